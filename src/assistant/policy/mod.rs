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

use internal::Internals;
use links::AllowedLinks;

pub use links::BadLink;
pub use personal::Mask;
pub use questions::{Refused, refused};

use std::sync::Arc;

/// The vendor's policy.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    links: AllowedLinks,
    internals: Arc<Internals>,
    masks_personal_data: bool,
}

impl Policy {
    /// A policy that lets these links be shown, and says whether personal data is kept from the language model, which
    /// is given `prompt`.
    ///
    /// # Errors
    /// With the first link that is none.
    pub fn new(links: &[String], masks_personal_data: bool, prompt: &str) -> Result<Self, BadLink> {
        Ok(Self {
            links: AllowedLinks::new(links)?,
            internals: Arc::new(Internals::new(prompt)),
            masks_personal_data,
        })
    }

    /// The same policy with one more address, such as a partner's own; nothing changes where it is none.
    #[must_use]
    pub fn with_link(&self, link: &str) -> Self {
        Self {
            links: self.links.with(link),
            ..self.clone()
        }
    }

    /// Whether personal data is kept from the language model.
    #[must_use]
    pub fn masks(&self) -> bool {
        self.masks_personal_data
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

    /// Whether a model's sentence tells what is nobody's business: see `internal.rs`.
    #[must_use]
    pub fn gives_away(&self, sentence: &str) -> bool {
        self.internals.are_given_away(sentence)
    }
}
