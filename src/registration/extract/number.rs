//! Numbers as people write them: `45000`, `45.000,00`, `45'000`, `45 000`, `1,2`.

use rust_decimal::Decimal;

/// The number that begins at a byte of `text`, and the byte behind it. A single separator before three digits groups
/// (`45.000`), before one or two it is the decimal point (`1,2`); `small` says that a large unit follows, so that
/// `1.250` million is one and a quarter.
pub(super) fn read(text: &str, start: usize, small: impl Fn(&str) -> bool) -> Option<(Decimal, usize)> {
    let mut groups: Vec<&str> = Vec::new();
    let mut separators: Vec<char> = Vec::new();
    let mut at = start;
    loop {
        let rest = &text[at..];
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits == 0 || digits > 15 {
            return None;
        }
        groups.push(&rest[..digits]);
        at += digits;
        let behind = &text[at..];
        let Some(separator) = behind.chars().next().filter(|c| is_separator(*c)) else {
            break;
        };
        let next = &behind[separator.len_utf8()..];
        let len = next.len() - next.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let first = groups.first().map_or(0, |group| group.len());
        let joins = match separator {
            '.' | ',' => len > 0,
            _ => len == 3 && first <= 3 && separators.iter().all(|s| *s == separator),
        };
        if !joins || groups.len() > 6 {
            break;
        }
        separators.push(separator);
        at += separator.len_utf8();
    }
    let (whole, fraction) = parts(&groups, &separators, small(&text[at..]))?;
    let number: Decimal = if fraction.is_empty() {
        whole.parse().ok()?
    } else {
        format!("{whole}.{fraction}").parse().ok()?
    };
    Some((number, at))
}

fn is_separator(c: char) -> bool {
    matches!(
        c,
        '.' | ',' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}'
    )
}

/// The digits before and behind the decimal point; `None` when it is no number, such as `10.03.2026`.
fn parts(groups: &[&str], separators: &[char], small: bool) -> Option<(String, String)> {
    let (last, before) = groups.split_last()?;
    let Some((point, rest)) = separators.split_last() else {
        return Some(((*last).to_owned(), String::new()));
    };
    let grouped =
        |groups: &[&str]| groups.iter().skip(1).all(|group| group.len() == 3) && groups[0].len() <= 3;
    let decimal = match (point, rest) {
        ('.' | ',', []) => last.len() != 3 || small || before[0] == "0" || before[0].len() > 3,
        ('.' | ',', rest) => rest.iter().all(|c| c != point),
        _ => false,
    };
    if decimal {
        let clean = before.len() == 1 || (grouped(before) && rest.windows(2).all(|pair| pair[0] == pair[1]));
        return (clean && last.len() <= 4).then(|| (before.concat(), (*last).to_owned()));
    }
    grouped(groups).then(|| (groups.concat(), String::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_s_way_of_writing_is_read() {
        let check = |text: &str, expected: &str| {
            let found = read(text, 0, |rest| rest.starts_with("m"));
            let shown = found.map(|(number, end)| format!("{} | {}", number.normalize(), &text[end..]));
            assert_eq!(shown.unwrap_or_default(), expected, "{text}");
        };
        check("45000", "45000 | ");
        check("45k", "45 | k");
        check("45.000,00 €", "45000 |  €");
        check("45,000.50", "45000.5 | ");
        check("45'000.- CHF", "45000 | .- CHF");
        check("45’000", "45000 | ");
        check("45 000 €", "45000 |  €");
        check("1\u{202f}250\u{202f}000 €", "1250000 |  €");
        check("1.2m", "1.2 | m");
        check("1,2 Mio", "1.2 |  Mio");
        check("1.250m", "1.25 | m");
        check("97.400 euro", "97400 |  euro");
        check("52.5k", "52.5 | k");
        check("45,000, plus", "45000 | , plus");
        check("40 50", "40 |  50");
        check("0.125", "0.125 | ");
        check("10.03.2026", "");
        check("3.4.5", "");
    }
}
