//! The lists that the readers of this folder share.

use crate::registration::lexicon::lists;

lists! {
    ABBREVIATIONS = "words/layout.txt" ["abbreviations"];
    CLOSINGS = "words/layout.txt" ["closing"];
    GREETINGS = "words/layout.txt" ["greeting"];
    FROM = "words/layout.txt" ["from"];
    HEADERS = "words/layout.txt" ["header"];
    SUBJECTS = "words/layout.txt" ["subject"];
    WROTE = "words/layout.txt" ["wrote"];
    DIVIDERS = "words/layout.txt" ["divider"];
    INSTRUCTIONS = "words/layout.txt" ["instruction"];
    GIVEN_NAMES = "words/names.txt" ["given"];
    SALUTATIONS = "words/names.txt" ["salutation"];
    TITLES = "words/names.txt" ["title"];
    GENERIC = "words/names.txt" ["generic"];
    PARTICLES = "words/names.txt" ["particles"];
}
