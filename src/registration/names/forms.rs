//! Legal forms: what stands behind a name in a register and is left out everywhere else.

use crate::registration::lexicon::lists;

lists! {
    LEGAL_FORMS = "words/legal-forms.txt" ["forms"];
}
