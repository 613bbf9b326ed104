//! Numbers of people and of their accounts, told from other numbers by form and check digits.

use std::ops::Range;

/// Digits that an international telephone number has, after the standard E.164; the shortest in use has 7.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// Digits of a national number that starts with 0, so that dates and short codes are none.
const NATIONAL_DIGITS: std::ops::RangeInclusive<usize> = 9..=13;
/// Digits of a payment card, after ISO/IEC 7812.
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;
/// Characters of an IBAN, after ISO 13616.
const IBAN_LENGTH: std::ops::RangeInclusive<usize> = 15..=34;

/// Account numbers whose check digits hold.
pub(super) fn ibans(text: &str) -> impl Iterator<Item = Range<usize>> {
    starts(text, |c| c.is_ascii_uppercase()).filter_map(|start| {
        let rest = &text[start..];
        let head = rest.as_bytes().get(..4)?;
        let is_head =
            head[..2].iter().all(u8::is_ascii_uppercase) && head[2..].iter().all(u8::is_ascii_digit);
        let run = is_head.then(|| run(rest, |c| c.is_ascii_uppercase() || c.is_ascii_digit(), " "))?;
        // A word in capitals may stand behind it: the longest beginning that holds.
        let ends = (1..=run.len()).rev().filter(|end| ends_word(rest, *end));
        let mut ends = ends.filter(|end| run.as_bytes()[end - 1] != b' ');
        ends.find(|end| is_iban(&run[..*end]))
            .map(|end| start..start + end)
    })
}

fn is_iban(text: &str) -> bool {
    let letters: Vec<u32> = text.chars().filter_map(|c| c.to_digit(36)).collect();
    if !IBAN_LENGTH.contains(&letters.len()) {
        return false;
    }
    // ISO 7064, MOD 97-10, with the first four characters last and letters as numbers from 10.
    let (head, body) = letters.split_at(4);
    let rest = body.iter().chain(head).fold(0, |rest, value| match value {
        0..=9 => (rest * 10 + value) % 97,
        _ => (rest * 100 + value) % 97,
    });
    rest == 1
}

/// Numbers of payment cards: those whose last digit is Luhn's.
pub(super) fn cards(text: &str) -> impl Iterator<Item = Range<usize>> {
    starts(text, |c| c.is_ascii_digit()).filter_map(|start| {
        let run = run(&text[start..], |c| c.is_ascii_digit(), " -");
        let digits: Vec<u32> = run.chars().filter_map(|c| c.to_digit(10)).collect();
        let is_card =
            CARD_DIGITS.contains(&digits.len()) && luhn(&digits) && digits.iter().any(|digit| *digit > 0);
        (is_card && ends_word(&text[start..], run.len())).then(|| start..start + run.len())
    })
}

fn luhn(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum = digits.iter().rev().enumerate().map(|(nth, digit)| match nth % 2 {
        0 => *digit,
        _ => doubled(*digit),
    });
    sum.sum::<u32>() % 10 == 0
}

/// Telephone numbers: with a plus, with a leading zero and parted, or as North America writes them.
pub(super) fn phones(text: &str) -> impl Iterator<Item = Range<usize>> {
    starts(text, |c| c == '+' || c == '(' || c.is_ascii_digit()).filter_map(|start| {
        let rest = &text[start..];
        let plus = usize::from(rest.starts_with('+'));
        let run =
            &rest[..plus + run(&rest[plus..], |c| c.is_ascii_digit() || "()/".contains(c), " -.").len()];
        let run = run.trim_end_matches(['(', '/']).trim_end();
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        let is_parted = run.contains([' ', '-', '/', '(']) && !run.contains('.');
        let is_phone = match run.as_bytes() {
            [b'+', ..] => PHONE_DIGITS.contains(&digits),
            [b'0', ..] => is_parted && NATIONAL_DIGITS.contains(&digits) && !is_date(run),
            _ => is_north_american(run),
        };
        (is_phone && ends_word(rest, run.len())).then(|| start..start + run.len())
    })
}

/// Whether it starts like `01-02-2026` or `01/02/2026`.
fn is_date(run: &str) -> bool {
    let parts: Vec<&str> = run.split(['-', '/', ' ']).take(3).collect();
    matches!(parts[..], [day, month, year] if day.len() == 2 && month.len() == 2 && year.len() == 4)
}

/// `(555) 123-4567` or `555-123-4567`.
fn is_north_american(run: &str) -> bool {
    let shape: String = run
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    matches!(
        shape.as_str(),
        "(000) 000-0000" | "(000)000-0000" | "000-000-0000"
    )
}

/// Where a run may start: not in the middle of a word or a number.
fn starts<'t>(text: &'t str, is_first: impl Fn(char) -> bool + 't) -> impl Iterator<Item = usize> + 't {
    let mut before = ' ';
    text.char_indices().filter_map(move |(at, c)| {
        let is_start = is_first(c) && !before.is_alphanumeric() && !"+-.,/".contains(before);
        before = c;
        is_start.then_some(at)
    })
}

/// The longest beginning of `text` made of such characters, with at most one separator between two of them.
fn run<'t>(text: &'t str, is_part: impl Fn(char) -> bool, separators: &str) -> &'t str {
    let (mut end, mut is_gap) = (0, true);
    for (at, c) in text.char_indices() {
        if is_part(c) {
            (end, is_gap) = (at + c.len_utf8(), false);
        } else if separators.contains(c) && !is_gap {
            is_gap = true;
        } else {
            break;
        }
    }
    &text[..end]
}

fn ends_word(text: &str, end: usize) -> bool {
    text.is_char_boundary(end) && !text[end..].starts_with(char::is_alphanumeric)
}
