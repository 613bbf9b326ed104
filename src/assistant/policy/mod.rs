//! What may be shown, asked and sent to a language model, whatever a model or a document says. Pure functions.
//!
//! None of it trusts a model to behave. [`Policy::shown`] takes links, images and HTML out of text that is about to be
//! released; [`Policy::gives_away`] recognises sentences about the machinery; [`Mask`] keeps personal data from the model;
//! [`refused`] names questions that are declined before anything is looked up. Whether an answer is *true* is none of
//! its business: that is [`super::verify`]'s, and who may see what is decided by the tools and the index.

mod internal;
mod links;
mod outgoing;
mod personal;
mod questions;

pub use internal::Internals;
pub use links::{AllowedLinks, BadLink};
pub use personal::Mask;
pub use questions::{Refused, refused};

use crate::config::GuardSettings;

/// The vendor's policy.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    links: AllowedLinks,
    internals: Internals,
    masks_personal_data: bool,
}

impl Policy {
    /// The policy of these settings, for a model that is given `prompt`.
    ///
    /// # Errors
    /// With the first link that is none.
    pub fn new(settings: &GuardSettings, prompt: &str) -> Result<Self, BadLink> {
        Ok(Self {
            links: AllowedLinks::new(&settings.links)?,
            internals: Internals::new(prompt),
            masks_personal_data: settings.mask_personal_data,
        })
    }

    /// Markdown as it may be shown: every image and all HTML gone, every link and bare address that the vendor does not
    /// allow reduced to its words (an address, which has none, to `…`), invisible characters removed. Each text is safe
    /// on its own and in any row of such texts with white space between them. Shown text stays as it is.
    ///
    /// Our own `[n](#cite-ID)` links lose their targets here like any other: put them in afterwards.
    #[must_use]
    pub fn shown(&self, markdown: &str) -> String {
        outgoing::shown(markdown, &self.links)
    }

    /// Whether a model's sentence tells what is nobody's business: see [`Internals::are_given_away`].
    #[must_use]
    pub fn gives_away(&self, sentence: &str) -> bool {
        self.internals.are_given_away(sentence)
    }

    /// A mask for one turn, when the vendor wants personal data kept from the language model.
    #[must_use]
    pub fn mask(&self) -> Option<Mask> {
        self.masks_personal_data.then(Mask::default)
    }
}
