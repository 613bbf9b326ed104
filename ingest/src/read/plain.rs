//! Plain text: paragraphs between empty lines, wrapped lines joined.

use super::reflow;
use crate::{Document, Section};
use liaison_knowledge::Anchor;

pub(super) fn read(source: &str) -> Document {
    let lines: Vec<&str> = source.split(['\n', '\u{c}', '\u{2028}', '\u{2029}']).collect();
    let blocks = reflow::blocks(&lines, &reflow::Words::of(&lines));
    if blocks.is_empty() {
        return Document::default();
    }
    let section = Section {
        anchor: Anchor::Heading { heading: vec![] },
        heading: vec![],
        blocks,
    };
    Document {
        sections: vec![section],
        ..Document::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Block;

    #[test]
    fn text_is_read_as_paragraphs_and_lists() {
        let document = read(
            "Program terms\n\nA registered deal is protected for ninety days from the day of its appro-\nval. \
             It can be extended once by sixty days, if the partner\nasks in time.\n\n- one\n- two\n  and more\n",
        );
        let paragraph = |text: &str| Block::Paragraph(text.into());
        assert_eq!(
            document.sections[0].blocks,
            [
                paragraph("Program terms"),
                paragraph(
                    "A registered deal is protected for ninety days from the day of its approval. It can be \
                     extended once by sixty days, if the partner asks in time."
                ),
                Block::List(vec!["one".into(), "two and more".into()]),
            ]
        );
    }
}
