//! The typeface of a document: what of a text it can show, how wide that is, and where a line breaks.
//!
//! Letters are set one beside the other as the font has them, without kerning or ligatures. That is enough for the
//! scripts it has (Latin, Greek, Cyrillic), whose letters with marks are characters of their own once composed; a script
//! that joins or turns its letters is not in it, and is shown as [`MISSING`].

use super::PdfError;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::{
    FontRef, MetadataProvider,
    charmap::Charmap,
    instance::{LocationRef, Size},
    metrics::GlyphMetrics,
};
use unicode_normalization::UnicodeNormalization;

/// Stands for a character that the font does not have.
pub(super) const MISSING: char = '\u{fffd}';

/// Stands for the end of a text that has no room.
const ELLIPSIS: char = '…';

/// So much of a text is looked at, in characters: more than any place of a document has room for.
const LONGEST: usize = 5_000;

/// One font, for reading and for embedding.
pub(super) struct Face {
    font: Font,
    characters: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
}

/// The weights of the typeface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

/// The fonts of a document.
pub(super) struct Faces {
    regular: Face,
    semi_bold: Face,
}

impl Faces {
    /// The fonts in the binary.
    pub(super) fn embedded() -> Result<Self, PdfError> {
        Ok(Self {
            regular: Face::of(include_bytes!("../../../assets/fonts/IBMPlexSans-Regular.ttf"))?,
            semi_bold: Face::of(include_bytes!("../../../assets/fonts/IBMPlexSans-SemiBold.ttf"))?,
        })
    }

    pub(super) fn of(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::SemiBold => &self.semi_bold,
        }
    }
}

impl Face {
    fn of(bytes: &'static [u8]) -> Result<Self, PdfError> {
        let read = FontRef::new(bytes).map_err(|_| PdfError::Typeface)?;
        Ok(Self {
            font: Font::new(bytes.into(), 0).ok_or(PdfError::Typeface)?,
            characters: read.charmap(),
            metrics: read.glyph_metrics(Size::unscaled(), LocationRef::default()),
        })
    }

    /// For embedding.
    pub(super) fn font(&self) -> Font {
        self.font.clone()
    }

    /// The same text in characters that the font has.
    pub(super) fn shown(&self, text: &str) -> String {
        let has = |c: &char| self.characters.map(*c).is_some();
        plain(text)
            .chars()
            .map(|c| Some(c).filter(has).unwrap_or(MISSING))
            .collect()
    }

    /// How wide a text is in points.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.advance(c)).sum::<f32>() * size
    }

    /// The glyphs of a text, one for each character.
    pub(super) fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let glyph = |(at, c): (usize, char)| {
            let id = GlyphId::new(self.characters.map(c).map_or(0, skrifa::GlyphId::to_u32));
            KrillaGlyph::new(id, self.advance(c), 0.0, 0.0, 0.0, at..at + c.len_utf8(), None)
        };
        text.char_indices().map(glyph).collect()
    }

    /// A text as at most `most` lines of that width: broken at spaces, within a word that is longer than a line, and
    /// with an ellipsis where something is left over.
    pub(super) fn lines(&self, text: &str, size: f32, width: f32, most: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() && lines.len() < most {
            let room = self.fitting(rest, size, width);
            if room == rest.len() {
                lines.push(rest.to_owned());
                break;
            }
            if lines.len() + 1 == most {
                lines.push(self.shortened(rest, size, width));
                break;
            }
            // The space after the last word needs no room.
            let end = match rest[room..].starts_with(' ') {
                true => room,
                false => rest[..room].rfind(' ').unwrap_or(room),
            };
            let (line, after) = rest.split_at(end);
            lines.push(line.trim_end().to_owned());
            rest = after.trim_start();
        }
        lines
    }

    /// A text on one line of that width.
    pub(super) fn shortened(&self, text: &str, size: f32, width: f32) -> String {
        if self.fitting(text, size, width) == text.len() {
            return text.to_owned();
        }
        let room = self.fitting(text, size, width - self.advance(ELLIPSIS) * size);
        format!("{}{ELLIPSIS}", text[..room].trim_end())
    }

    /// How many bytes of a text fit: those of one character at least, so that whoever breaks lines comes to an end.
    fn fitting(&self, text: &str, size: f32, width: f32) -> usize {
        let mut taken = 0.0;
        let mut end = 0;
        for (at, c) in text.char_indices() {
            taken += self.advance(c) * size;
            if at > 0 && taken > width {
                break;
            }
            end = at + c.len_utf8();
        }
        end
    }

    /// How far the next character is, for a size of 1.
    fn advance(&self, c: char) -> f32 {
        let width = self
            .characters
            .map(c)
            .and_then(|id| self.metrics.advance_width(id));
        width.unwrap_or_default() / self.font.units_per_em()
    }
}

/// A text on one line: letters composed with their marks, one space for any that are together, and nothing that is not to
/// be seen or turns what stands beside it.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::new();
    for c in text.chars().take(LONGEST).nfc() {
        match c {
            _ if c.is_whitespace() => {
                if !plain.is_empty() && !plain.ends_with(' ') {
                    plain.push(' ');
                }
            }
            _ if c.is_control() || is_unseen(c) => {}
            _ => plain.push(c),
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// Joiners, marks of direction, soft hyphens, variation selectors, tags, and code points that are no characters.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    ) || u32::from(c) & 0xfffe == 0xfffe
        || matches!(c, '\u{fdd0}'..='\u{fdef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face() -> Faces {
        Faces::embedded().unwrap()
    }

    #[test]
    fn both_weights_have_what_we_write_ourselves() {
        let faces = face();
        for weight in [Weight::Regular, Weight::SemiBold] {
            let face = faces.of(weight);
            let ours = format!("{MISSING}{ELLIPSIS}–×·“”€’ 0123456789%/,.:()-");
            assert_eq!(face.shown(&ours), ours);
            assert!(ours.chars().all(|c| face.advance(c) > 0.0));
        }
    }

    #[test]
    fn a_text_is_shown_in_the_characters_of_the_font() {
        let faces = face();
        let check = |text: &str, expected: &str| {
            for weight in [Weight::Regular, Weight::SemiBold] {
                assert_eq!(faces.of(weight).shown(text), expected, "{text:?}");
            }
        };
        check(
            "Łódź Çelik Ğüneş Øresund Ñandú ẞ",
            "Łódź Çelik Ğüneş Øresund Ñandú ẞ",
        );
        check("Nguyễn Thị Ổn", "Nguyễn Thị Ổn");
        check("Ελληνική Εταιρεία ΑΕ", "Ελληνική Εταιρεία ΑΕ");
        check("Объединение Їжак Љубљана Ў", "Объединение Їжак Љубљана Ў");
        // Composed where the letter and its mark come apart.
        check("Mu\u{308}ller", "Müller");
        check("東京 AB", "\u{fffd}\u{fffd} AB");
        check("שלום 🎉", "\u{fffd}\u{fffd}\u{fffd}\u{fffd} \u{fffd}");
        check(" a\t\n b\u{a0}c \r", "a b c");
        check("a\u{202e}b\u{0}c\u{200b}d\u{feff}e\u{ffff}", "abcde");
        check("", "");
    }

    #[test]
    fn lines_are_no_wider_than_they_may_be() {
        let faces = face();
        let face = faces.of(Weight::Regular);
        let check = |text: &str, width: f32, most: usize, expected: &[&str]| {
            let lines = face.lines(text, 10.0, width, most);
            assert_eq!(lines, expected, "{text:?}");
            for line in &lines {
                assert!(face.width(line, 10.0) <= width, "{line:?}");
            }
        };
        check("", 100.0, 3, &[]);
        check("one", 100.0, 3, &["one"]);
        check("one two three", 40.0, 3, &["one two", "three"]);
        check("one two three", 40.0, 1, &["one tw…"]);
        check("one two three four", 40.0, 2, &["one two", "three f…"]);
        check("Donaudampfschiff", 40.0, 4, &["Donaud", "ampfsch", "iff"]);
        check("a Donaudampfschiff", 40.0, 3, &["a", "Donaud", "ampfs…"]);
        // Nothing is as narrow as this, and yet it ends.
        assert_eq!(face.lines("abc", 10.0, 0.0, 2), ["a", "b…"]);
    }
}
