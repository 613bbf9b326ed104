//! Personal data that the language model need not see: placeholders on the way there, the data back on the way home.
//!
//! What is recognised has a form of its own: e-mail addresses, telephone numbers as people write them, IBANs and card
//! numbers whose check digits hold. Names and postal addresses have none and are not.

mod numbers;

use linkify::{LinkFinder, LinkKind};
use std::ops::Range;

/// The placeholders of one turn. The same data has the same placeholder wherever it stands.
#[derive(Debug, Clone, Default)]
pub struct Mask {
    hidden: Vec<Hidden>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Hidden {
    kind: Kind,
    data: String,
    /// `[email 1]`.
    placeholder: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Email,
    Phone,
    Iban,
    Card,
    /// Words that look like a placeholder and are none: hidden too, or they would be taken for one.
    Text,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Email, Self::Phone, Self::Iban, Self::Card, Self::Text];

    fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Iban => "iban",
            Self::Card => "card",
            Self::Text => "text",
        }
    }
}

impl Mask {
    /// `text` with placeholders instead of personal data.
    pub fn hide(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for (place, kind) in found(text) {
            out.push_str(&text[at..place.start]);
            out.push_str(self.placeholder(kind, &text[place.clone()]));
            at = place.end;
        }
        out + &text[at..]
    }

    /// `text` with the data back; what looks like a placeholder and was never given out stays. A model's words go
    /// through here before they are verified: quotes and numbers have to stand in the sources as they are.
    #[must_use]
    pub fn restore(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for place in lookalikes(text) {
            let shown = &text[place.clone()];
            let hidden = self
                .hidden
                .iter()
                .find(|hidden| hidden.placeholder.eq_ignore_ascii_case(shown));
            out.push_str(&text[at..place.start]);
            out.push_str(hidden.map_or(shown, |hidden| &hidden.data));
            at = place.end;
        }
        out + &text[at..]
    }

    fn placeholder(&mut self, kind: Kind, data: &str) -> &str {
        let known = self
            .hidden
            .iter()
            .position(|hidden| hidden.kind == kind && hidden.data == data);
        let place = known.unwrap_or_else(|| {
            let of_kind = self.hidden.iter().filter(|hidden| hidden.kind == kind).count();
            self.hidden.push(Hidden {
                kind,
                data: data.to_owned(),
                placeholder: format!("[{} {}]", kind.name(), of_kind + 1),
            });
            self.hidden.len() - 1
        });
        &self.hidden[place].placeholder
    }
}

/// What to hide, in order; of two that overlap, the one that starts first and then the longer one.
fn found(text: &str) -> Vec<(Range<usize>, Kind)> {
    let mut all: Vec<(Range<usize>, Kind)> = lookalikes(text).map(|place| (place, Kind::Text)).collect();
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Email]);
    all.extend(
        finder
            .links(text)
            .map(|link| (link.start()..link.end(), Kind::Email)),
    );
    all.extend(numbers::ibans(text).map(|place| (place, Kind::Iban)));
    all.extend(numbers::cards(text).map(|place| (place, Kind::Card)));
    all.extend(numbers::phones(text).map(|place| (place, Kind::Phone)));
    all.sort_by_key(|(place, _)| (place.start, std::cmp::Reverse(place.end)));
    let mut end = 0;
    all.retain(|(place, _)| {
        let is_apart = place.start >= end;
        if is_apart {
            end = place.end;
        }
        is_apart
    });
    all
}

/// `[email 1]` and the like, in any case.
fn lookalikes(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices('[').filter_map(|(start, _)| {
        let inner = &text[start + 1..];
        let kind = Kind::ALL.iter().map(|kind| kind.name()).find(|name| {
            let word = inner.get(..name.len());
            word.is_some_and(|word| word.eq_ignore_ascii_case(name))
        })?;
        let number = inner[kind.len()..].strip_prefix(' ')?;
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        let is_closed = digits > 0 && number[digits..].starts_with(']');
        is_closed.then(|| start..start + 1 + kind.len() + 1 + digits + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut mask = Mask::default();
        assert_eq!(mask.hide(text), expected, "{text}");
        assert_eq!(mask.restore(expected), text);
    }

    #[test]
    fn personal_data_gets_a_placeholder() {
        check("Ask ada.brunner+crm@example.co.uk.", "Ask [email 1].");
        check(
            "Call +49 (0)30 1234-567 or 030 1234567.",
            "Call [phone 1] or [phone 2].",
        );
        check("(555) 123-4567 and 555-123-4567", "[phone 1] and [phone 2]");
        check(
            "Pay to DE89 3704 0044 0532 0130 00, please",
            "Pay to [iban 1], please",
        );
        check("GB82WEST12345698765432", "[iban 1]");
        check("Card 4111 1111 1111 1111.", "Card [card 1].");
        check(
            "a@example.com, b@example.com, a@example.com",
            "[email 1], [email 2], [email 1]",
        );
        check(
            "It says [Email 1] there: a@example.com",
            "It says [text 1] there: [email 1]",
        );
    }

    #[test]
    fn what_answers_are_about_stays() {
        for text in [
            "EUR 1,240,500.00 on 2026-03-12, 12.03.2026 or 03-12-2026 10:30",
            "Between 01.02.2026 10 and 01-02-2026 10 h",
            "Deal 0006512345678 of 4111 1111 1111 1112 units, 90 days, 18 %",
            "DE12 3456 is no account; version 1.2.3.4, 2025/2026, 24/7",
            "[email] [email x] [phone] email 1",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn what_was_not_given_out_stays() {
        assert_eq!(Mask::default().restore("see [email 7]"), "see [email 7]");
    }

    proptest! {
        #[test]
        fn it_all_comes_back(
            texts in prop::collection::vec(
                prop::collection::vec(
                    prop_oneof![
                        prop::sample::select(vec![
                            "a@example.com", "[email 1]", "[Email 2]", "[text 1]", "[card ", "]", "[", "+49 30 1234567",
                            "4111111111111111", "DE89370400440532013000", " ", "1", "0", "-", "(", "\n",
                        ]).prop_map(str::to_owned),
                        ".{0,3}",
                    ],
                    0..12,
                ),
                1..4,
            )
        ) {
            let mut mask = Mask::default();
            let texts: Vec<String> = texts.iter().map(|pieces| pieces.concat()).collect();
            let hidden: Vec<String> = texts.iter().map(|text| mask.hide(text)).collect();
            for (text, hidden) in texts.iter().zip(&hidden) {
                prop_assert_eq!(&mask.restore(hidden), text);
            }
        }
    }
}
