//! A model's answer before it is verified: parts that each say what they rest on.

use super::language::Language;

/// An answer that nobody has checked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// The parts in order.
    pub parts: Vec<Part>,
}

/// How a part is set off from the one before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// It goes on in the same line.
    Word,
    /// It begins a line, as the next item of a list does.
    Line,
    /// It begins a paragraph.
    #[default]
    Paragraph,
}

impl Gap {
    /// The gap in Markdown.
    #[must_use]
    pub fn markdown(self) -> &'static str {
        match self {
            Self::Word => " ",
            Self::Line => "\n",
            Self::Paragraph => "\n\n",
        }
    }
}

/// A part of a draft.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Words of ours that state no fact. A model cannot write one: it can only pick.
    Phrase(Phrase),
    /// A sentence (or a list with its introduction) and what it rests on.
    Sentence {
        /// Markdown without citation marks.
        text: String,
        /// What it rests on; without any it is withheld.
        cites: Vec<Cite>,
        /// Before it.
        gap: Gap,
    },
    /// A question back, which states no fact.
    Question {
        /// Its words.
        text: String,
        /// Before it.
        gap: Gap,
    },
    /// The records of a tool call as a table, written by code.
    Table {
        /// Place in [`super::evidence::Evidence::records`].
        result: usize,
    },
}

/// What a sentence rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cite {
    /// Words of a passage.
    Quote {
        /// Place in [`super::evidence::Evidence::passages`].
        passage: usize,
        /// The words, as they stand there.
        quote: String,
    },
    /// The records of a tool call.
    Records {
        /// Place in [`super::evidence::Evidence::records`].
        result: usize,
    },
}

/// Words of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phrase {
    /// Back to a greeting.
    Greeting,
    /// Back to thanks.
    Welcome,
    /// Back to a farewell.
    Farewell,
    /// To "what can you do?".
    Abilities,
    /// The CRM gave no answer.
    RecordsUnavailable,
    /// The model broke off behind what it had said.
    BrokenOff,
}

impl Phrase {
    /// The words.
    #[must_use]
    pub fn words(self, language: Language) -> &'static str {
        language.of_all(match self {
            Self::Greeting => [
                "Hello! Ask me about the partner program, or about your own deals, commissions and tier.",
                "Hallo! Fragen Sie mich zum Partnerprogramm oder zu Ihren eigenen Deals, Provisionen und Ihrer Stufe.",
                "Bonjour ! Posez-moi vos questions sur le programme partenaires ou sur vos propres affaires, commissions et niveau.",
            ],
            Self::Welcome => ["You are welcome.", "Gern geschehen.", "Avec plaisir."],
            Self::Farewell => [
                "Goodbye, and good selling.",
                "Auf Wiedersehen, und gute Geschäfte.",
                "Au revoir, et bonnes ventes.",
            ],
            Self::Abilities => [
                "I answer from the vendor's program documents, with the place each answer comes from, and from your own records: pipeline, deal registrations, commissions, tier progress, certifications and referral link. What I cannot prove I do not say; a person can then take over.",
                "Ich antworte aus den Programmunterlagen des Anbieters, mit der Stelle zu jeder Antwort, und aus Ihren eigenen Daten: Pipeline, Deal-Registrierungen, Provisionen, Stand Ihrer Stufe, Zertifizierungen und Empfehlungslink. Was ich nicht belegen kann, sage ich nicht; dann kann ein Mensch übernehmen.",
                "Je réponds à partir des documents du programme, en citant l’endroit d’où vient chaque réponse, et à partir de vos propres données : pipeline, enregistrements d’affaires, commissions, progression de niveau, certifications et lien de parrainage. Ce que je ne peux pas prouver, je ne le dis pas ; une personne peut alors prendre le relais.",
            ],
            Self::RecordsUnavailable => [
                "Your records cannot be read at the moment; please try again in a few minutes.",
                "Ihre Daten können gerade nicht gelesen werden; bitte versuchen Sie es in einigen Minuten noch einmal.",
                "Vos données ne peuvent pas être lues pour le moment ; veuillez réessayer dans quelques minutes.",
            ],
            Self::BrokenOff => [
                "The rest of this answer did not arrive; please ask again for what is missing.",
                "Der Rest dieser Antwort ist nicht angekommen; bitte fragen Sie noch einmal nach dem, was fehlt.",
                "Le reste de cette réponse n’est pas arrivé ; veuillez redemander ce qui manque.",
            ],
        })
    }
}
