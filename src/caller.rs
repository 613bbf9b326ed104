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

    /// The domain of the partner's own addresses, where the caller is known by one of them; else nothing.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.subject.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// What this caller may see of the knowledge.
    #[must_use]
    pub fn audience(&self) -> Audience {
        self.partner.audience()
    }
}
