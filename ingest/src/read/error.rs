//! Why a file could not be read, for the person who can do something about it.

use serde::{Deserialize, Serialize};

/// Why a file could not be read. Crosses the border of the reading process as JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum ReadError {
    /// Not a format that is read, or not in the shape that is.
    #[error("this kind of file is not read: {detail}")]
    Unsupported {
        /// What it is, and what to do instead.
        detail: String,
    },
    /// Nothing in it to read.
    #[error("the file holds no text")]
    Empty,
    /// Locked by a password.
    #[error("the file is locked by a password; save a copy without one")]
    Encrypted,
    /// Pictures of pages only.
    #[error("the PDF holds pictures of pages without a text layer; run text recognition (OCR) on it first")]
    Scanned,
    /// Text that comes out of a PDF in the wrong order.
    #[error(
        "the PDF is in a right-to-left script, which is not read in the right order; load the source document instead"
    )]
    RightToLeft,
    /// Damaged, or not what its name says.
    #[error("the file is damaged or not what its name says: {detail}")]
    Corrupt {
        /// What the reader found.
        detail: String,
    },
    /// More than is read.
    #[error("the file is too large: {detail}")]
    TooLarge {
        /// Which limit.
        detail: String,
    },
    /// Reading took too long.
    #[error("reading took too long and was stopped; split the file or save it anew")]
    TimedOut,
    /// The reading process died.
    #[error(
        "the reader crashed on this file and was stopped; save it anew with the program it was made with ({detail})"
    )]
    Crashed {
        /// Its last words.
        detail: String,
    },
    /// The statements about audience or dates are wrong, so nobody may see the file yet.
    #[error("front matter: {detail}")]
    BadFrontMatter {
        /// Which, and how to write it.
        detail: String,
    },
    /// Bytes that are no text in a file that should be text.
    #[error("the file is not text, though its name says so")]
    NotText,
    /// The reading process could not be started: not the file's fault.
    #[error("the reading process could not be started: {detail}")]
    NoReader {
        /// What the system said.
        detail: String,
    },
}

impl ReadError {
    /// A stable name for logs and reports.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unsupported { .. } => "unsupported",
            Self::Empty => "empty",
            Self::Encrypted => "encrypted",
            Self::Scanned => "scanned",
            Self::RightToLeft => "right_to_left",
            Self::Corrupt { .. } => "corrupt",
            Self::TooLarge { .. } => "too_large",
            Self::TimedOut => "timed_out",
            Self::Crashed { .. } => "crashed",
            Self::BadFrontMatter { .. } => "bad_front_matter",
            Self::NotText => "not_text",
            Self::NoReader { .. } => "no_reader",
        }
    }

    pub(crate) fn unsupported(detail: impl Into<String>) -> Self {
        Self::Unsupported {
            detail: detail.into(),
        }
    }

    pub(crate) fn corrupt(detail: impl std::fmt::Display) -> Self {
        let detail = crate::text::line(&detail.to_string());
        // Parsers print the bytes they stumbled over; those help nobody.
        let said = detail.split("Error {").next().unwrap_or_default();
        Self::Corrupt {
            detail: said.chars().take(200).collect(),
        }
    }
}

impl From<crate::front::BadFrontMatter> for ReadError {
    fn from(error: crate::front::BadFrontMatter) -> Self {
        Self::BadFrontMatter {
            detail: error.to_string(),
        }
    }
}
