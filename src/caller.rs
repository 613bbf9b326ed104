//! Who asks, and therefore what they may see.

use crate::{crm::Partner, store::Owner};
use liaison_knowledge::Audience;

/// A partner's person, as a verified token (or the operator's command line) says.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The partner, looked up in the CRM by the verified id.
    pub partner: Partner,
    /// Who it is at the partner: the token's `sub`.
    pub subject: String,
}

impl Caller {
    /// Whose conversations this caller has; `shared` is the vendor's setting.
    #[must_use]
    pub fn owner(&self, shared: bool) -> Owner<'_> {
        Owner {
            partner_id: &self.partner.id,
            subject: &self.subject,
            shared,
        }
    }

    /// What this caller may see of the knowledge.
    #[must_use]
    pub fn audience(&self) -> Audience {
        self.partner.audience()
    }
}
