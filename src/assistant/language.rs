//! The languages in which we say words of our own.

use whichlang::{Lang, detect_language};

/// A language of the widget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// German.
    German,
    /// French.
    French,
}

impl Language {
    /// The language of a text; what is in none of these is answered in English.
    #[must_use]
    pub fn of(text: &str) -> Self {
        match detect_language(text) {
            Lang::Deu => Self::German,
            Lang::Fra => Self::French,
            _ => Self::English,
        }
    }

    /// What is said in this language, of what is said in all: English, German, French.
    #[must_use]
    pub fn of_all<T>(self, [english, german, french]: [T; 3]) -> T {
        match self {
            Self::English => english,
            Self::German => german,
            Self::French => french,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_told_apart() {
        let check = |text: &str, expected| assert_eq!(Language::of(text), expected, "{text}");
        check("How long is a registered deal protected?", Language::English);
        check("What is my tier?", Language::English);
        check(
            "Wie lange ist ein registriertes Geschäft geschützt?",
            Language::German,
        );
        check(
            "Wie hoch ist meine Provision in diesem Quartal?",
            Language::German,
        );
        check(
            "Combien de temps une affaire enregistrée est-elle protégée ?",
            Language::French,
        );
        check("Quel est le montant de mes commissions ?", Language::French);
        check("MDF?", Language::English);
        check("", Language::English);
    }
}
