//! How much of a text can be read, in figures: what decides between the engines for PDF, and whether a text layer is
//! worth indexing at all.
//!
//! A font without a map to Unicode gives characters that stand for nothing, or letters of scripts that nobody mixes;
//! bytes of one encoding read as another give accents throughout. Neither needs a dictionary to be seen.

/// Characters of a text, by what they belong to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Quality {
    /// In all tokens, that is between white space.
    chars: usize,
    /// In words and numbers. Letters that stand alone are not: they are mostly words that fell apart.
    words: usize,
    /// In tokens that are no text.
    garbled: usize,
    /// Letters, and how many of them bear an accent.
    letters: usize,
    accents: usize,
}

impl Quality {
    pub(super) fn of<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let mut quality = Self::default();
        for token in lines.flat_map(str::split_whitespace) {
            let chars = token.chars().count();
            quality.chars += chars;
            quality.letters += token.chars().filter(|c| c.is_alphabetic()).count();
            quality.accents += token.chars().filter(|c| is_accent(*c)).count();
            if is_garbled(token) {
                quality.garbled += chars;
            } else if chars > 1 || token.chars().all(|c| c.is_ascii_digit()) {
                quality.words += chars;
            }
        }
        quality
    }

    /// Whether there is anything at all.
    pub(super) fn is_empty(self) -> bool {
        self.chars == 0
    }

    /// Whether too much of it is no text.
    pub(super) fn is_garbled(self) -> bool {
        // No language writes accents on half of its letters.
        self.garbled * 5 > self.chars || self.letters >= 50 && self.accents * 2 > self.letters
    }

    /// Whether nothing suggests that another engine would do better on `pages` pages.
    pub(super) fn is_enough(self, pages: usize) -> bool {
        /// A page of prose has 2,000 characters, a slide 300.
        const FEW_CHARS: usize = 250;
        self.words >= FEW_CHARS * pages.max(1)
            && self.garbled * 20 <= self.chars
            && self.words * 10 >= self.chars * 9
    }

    /// Whether there is hardly more than stamps on `pages` pages.
    pub(super) fn is_hardly_any(self, pages: usize) -> bool {
        self.words < 20 * pages
    }

    /// Whether this is more than `other` by a margin. Engines differ by a few words anywhere, and the first knows
    /// headings and tables, which are worth some words.
    pub(super) fn is_clearly_more_than(self, other: Self) -> bool {
        let (own, others) = (self.readable(), other.readable());
        own * 4 > others * 5 || own > 0 && own >= others && self.garbled * 4 < other.garbled
    }

    fn readable(self) -> usize {
        self.words.saturating_sub(self.garbled)
    }
}

/// Whether a token cannot be a word: characters that stand for nothing, accents throughout, scripts mixed.
fn is_garbled(token: &str) -> bool {
    if token.is_ascii() {
        return token.bytes().any(|b| b.is_ascii_control());
    }
    let (mut chars, mut odd, mut accents, mut letters) = (0, 0, 0, 0);
    for c in token.chars() {
        chars += 1;
        odd += usize::from(matches!(c, '\u{fffd}' | '\u{e000}'..='\u{f8ff}') || c.is_control());
        accents += usize::from(is_accent(c));
        letters += usize::from(c.is_alphabetic());
    }
    odd * 3 >= chars
        || letters >= 4 && accents * 3 > chars * 2
        || token.split(|c: char| !c.is_alphabetic()).any(mixes_scripts)
}

/// Whether letters of one word come from scripts that nobody mixes; a sign before a unit (`μm`) is no word.
fn mixes_scripts(word: &str) -> bool {
    let mut scripts: Vec<Script> = Vec::new();
    let mut letters = 0;
    // Languages without spaces write foreign names inside their own.
    for script in word
        .chars()
        .map(Script::of)
        .filter(|script| *script != Script::Han)
    {
        letters += 1;
        if !scripts.contains(&script) {
            scripts.push(script);
        }
    }
    scripts.len() > 2 || scripts.len() == 2 && letters >= 5
}

/// Whether `c` is in the upper half of Latin-1, as which bytes of other encodings are misread.
fn is_accent(c: char) -> bool {
    matches!(c, '¡'..='ÿ')
}

/// Blocks of Unicode that are written together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Han,
    /// A block of 128 characters, as which most other scripts are coded.
    Other(u32),
}

impl Script {
    fn of(c: char) -> Self {
        match c {
            '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{fb00}'..='\u{fb06}' => Self::Latin,
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Self::Greek,
            '\u{400}'..='\u{52f}' => Self::Cyrillic,
            '\u{2e80}'..='\u{a4cf}'
            | '\u{ac00}'..='\u{d7ff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{ff00}'..='\u{ffef}' => Self::Han,
            '\u{20000}'.. => Self::Han,
            // Modifiers, phonetic and mathematical letters go with any script.
            '\u{250}'..='\u{36f}'
            | '\u{1d00}'..='\u{1dff}'
            | '\u{2070}'..='\u{218f}'
            | '\u{1d400}'..='\u{1d7ff}' => Self::Latin,
            '\u{590}'..='\u{8ff}' => Self::Other(0),
            _ => Self::Other(u32::from(c) >> 7),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Quality {
        Quality::of(text.lines())
    }

    #[test]
    fn what_is_no_text_is_recognised() {
        #[track_caller]
        fn check(text: &str, garbled: bool) {
            assert_eq!(of(text).is_garbled(), garbled, "{text:?} {:?}", of(text));
        }
        check("\u{fffd}\u{fffd}\u{e001} ab", true);
        check("plain words and one \u{fffd}", false);
        check("åèýæßäê ôâêþ", true);
        check(&"3⁄4å èý æß äê ôâ ê3 ".repeat(5), true);
        check("Größe Äpfel ÉTÉ façade naïve", false);
        check("ଋҩǥƹ ୡȥဎ", true);
        check("5 μm α-helix 90° ±3 €5", false);
        check("Договор о партнёрстве", false);
        check("製品APIの価格 価格表", false);
        check("חלון ההגנה", false);
        check("A B C D", false);
    }

    #[test]
    fn more_text_is_better_but_not_by_a_word() {
        #[track_caller]
        fn check(text: &str, other: &str, expected: bool) {
            assert_eq!(
                of(text).is_clearly_more_than(of(other)),
                expected,
                "{text} | {other}"
            );
        }
        check("ninety days of protection", "ninety days", true);
        check("ninety days of protection", "ninety days of protec", false);
        check("ninety days", "n i n e t y d a y s", true);
        check("ninety days", "\u{fffd}inety \u{fffd}\u{fffd}ys", true);
        check("", "", false);
    }

    #[test]
    fn a_full_page_needs_no_second_look() {
        let page = "ninety days of protection for a registered deal ".repeat(8);
        assert!(of(&page).is_enough(1));
        assert!(!of(&page).is_enough(2));
        assert!(!of(&(page + &"x y z ".repeat(40))).is_enough(1));
        assert!(of("Scanned by X").is_hardly_any(2));
    }
}
