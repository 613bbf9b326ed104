//! Amounts of money as people write them: `45k`, `€ 45.000,00`, `1,2 Mio. CHF`, `40 to 50k`, `forty thousand euros`.
//!
//! This file reads; [`super::value`] decides which amount is the deal's.

use super::{
    Context, number,
    page::Page,
    suffix::{SCALES, is_sign, suffix},
};
use crate::{
    program::money::Currency,
    registration::{
        fold::folded,
        lexicon::{Words, lists},
    },
};
use rust_decimal::Decimal;
use std::ops::Range;

lists! {
    CURRENCIES = "words/money.txt" ["currencies"];
    NUMBERS = "words/money.txt" ["numbers"];
    JOINS = "words/money.txt" ["joins"];
    COUNTED = "words/money.txt" ["counted"];
}

/// An amount that a text names.
#[derive(Debug, Clone)]
pub(super) struct Amount {
    /// In major units; of a range, the lower end.
    pub(super) value: Decimal,
    /// And the bytes that name it.
    pub(super) currency: Option<(Currency, Range<usize>)>,
    /// Whether a word for thousands or millions stands with it.
    pub(super) scaled: bool,
    /// Whether digits are grouped, as in `45.000`.
    pub(super) grouped: bool,
    pub(super) bytes: Range<usize>,
    pub(super) words: Range<usize>,
}

/// Every amount and every bare number of a text that may be one, in order. `taken` are words that are days.
pub(super) fn all(page: &Page<'_>, context: &Context<'_>, taken: &[Range<usize>]) -> Vec<Amount> {
    let reader = Reader { page, context };
    let mut found = Vec::new();
    let mut at = 0;
    let mut days = taken.iter().peekable();
    while at < page.tokens.len() {
        while days.next_if(|day| day.end <= at).is_some() {}
        if let Some(day) = days.peek().filter(|day| day.contains(&at)) {
            at = day.end;
            continue;
        }
        match reader.range(at) {
            Some(amount) => {
                at = amount.words.end.max(at + 1);
                found.push(amount);
            }
            None => at += 1,
        }
    }
    found
}

struct Reader<'p, 't> {
    page: &'p Page<'t>,
    context: &'p Context<'p>,
}

/// A number with what stands behind it.
struct One {
    value: Decimal,
    scale: Option<u32>,
    currency: Option<(Currency, Range<usize>)>,
    bytes: Range<usize>,
    grouped: bool,
}

impl Reader<'_, '_> {
    /// One amount, or the lower one of two.
    fn range(&self, at: usize) -> Option<Amount> {
        let first = self.one(at)?;
        let second = self.joined(first.bytes.end);
        let mut amount = self.amount(at, first);
        if let Some((next, second)) = second {
            let upper = self.amount(next, second);
            // "40 to 50k": the scale is that of both.
            if !amount.scaled && upper.scaled && amount.value < Decimal::from(1000) {
                let millions = upper.value >= Decimal::from(1_000_000) && amount.value < Decimal::from(100);
                let scaled = amount.value * power(if millions { 6 } else { 3 });
                amount.value = if scaled <= upper.value {
                    scaled
                } else {
                    amount.value
                };
            }
            if amount.value <= upper.value {
                amount.scaled |= upper.scaled;
                amount.currency = amount.currency.or(upper.currency);
                amount.bytes.end = upper.bytes.end;
                amount.words.end = upper.words.end;
            }
        }
        Some(amount)
    }

    fn amount(&self, at: usize, one: One) -> Amount {
        let scale = one.scale.map_or(Decimal::ONE, power);
        let end = self
            .page
            .tokens
            .partition_point(|token| token.range.start < one.bytes.end);
        Amount {
            value: one.value.saturating_mul(scale).normalize(),
            currency: one.currency,
            scaled: one.scale.is_some(),
            grouped: one.grouped,
            words: at..end.max(at + 1).min(self.page.tokens.len()),
            bytes: one.bytes,
        }
    }

    /// The other end of a range: behind a dash, a slash or a word for it.
    fn joined(&self, byte: usize) -> Option<(usize, One)> {
        let next = self.page.token_at(byte);
        // Nothing is joined to a number that ends inside of a word.
        let gap = self
            .page
            .text
            .get(byte..self.page.tokens.get(next)?.range.start)?;
        if matches!(
            gap.trim(),
            "-" | "–" | "—" | "/" | "- €" | "-€" | "- $" | "-$" | "-£" | "- £"
        ) && !gap.contains('\n')
        {
            return Some((next, self.bare(next)?));
        }
        let (len, _) = JOINS
            .at(self.page, next)
            .filter(|_| gap.trim().is_empty() && !gap.contains('\n'))?;
        let number = next + len;
        self.page.together(next, number).then_some(())?;
        Some((number, self.one(number)?))
    }

    fn one(&self, at: usize) -> Option<One> {
        let token = self.page.tokens.get(at)?;
        if token.key.starts_with(|c: char| c.is_ascii_digit()) {
            let start = token.range.start;
            let mark = self.page.text[..start].chars().next_back();
            let inside = mark.is_some_and(|c| {
                matches!(c, '+' | '#' | '.' | '_' | '/' | ':') && !self.opens_amount(start, c)
            });
            if inside { None } else { self.bare(at) }
        } else {
            self.spelled(at)
        }
    }

    /// Digits, whatever stands before them.
    fn bare(&self, at: usize) -> Option<One> {
        let text = self.page.text;
        let start = self.page.tokens[at].range.start;
        let line_end = self.page.layout.lines[self.page.tokens[at].line].range.end;
        let line = &text[..line_end.max(start)];
        self.page
            .key(at)
            .starts_with(|c: char| c.is_ascii_digit())
            .then_some(())?;
        let large =
            |rest: &str| suffix(rest).is_some_and(|suffix| suffix.scale.is_some_and(|scale| scale >= 6));
        let (value, end) = number::read(line, start, large)?;
        let grouped =
            line[start..end].contains(|c: char| !c.is_ascii_digit()) && value >= Decimal::from(1000);
        self.with_suffix(value, start, end, line_end, grouped)
    }

    /// A slash, stop or colon before a number may close a word: "budget:45k", "CHF.45'000".
    fn opens_amount(&self, start: usize, mark: char) -> bool {
        let before = self.page.text[..start].trim_end_matches(mark);
        mark != '+'
            && mark != '#'
            && mark != '_'
            && before.ends_with(|c: char| c.is_alphabetic() || c == '€' || c.is_whitespace())
    }

    /// `forty thousand`, `vierzigtausend`, `half a million`.
    fn spelled(&self, at: usize) -> Option<One> {
        let token = &self.page.tokens[at];
        let start = token.range.start;
        if let Some(tens) = token.key.strip_suffix("tausend").filter(|tens| !tens.is_empty()) {
            let value: Decimal = NUMBERS.value(tens)?.parse().ok()?;
            let line_end = self.page.layout.lines[token.line].range.end.max(token.range.end);
            let mut one = self.with_suffix(value, start, token.range.end, line_end, false)?;
            one.scale = Some(3);
            return Some(one);
        }
        let (len, value) = NUMBERS.at(self.page, at)?;
        let scale = self.page.key(at + len);
        // "a k" and "one m" are no numbers: the scale is written out, too.
        let spelled = SCALES
            .value(scale)
            .filter(|_| scale.len() > 4 && self.page.together(at, at + len))?;
        let end = self.page.tokens[at + len].range.end;
        let line_end = self.page.layout.lines[self.page.tokens[at + len].line]
            .range
            .end
            .max(end);
        let mut one = self.with_suffix(value.parse().ok()?, start, end, line_end, false)?;
        one.scale = spelled.parse().ok();
        Some(one)
    }

    /// A number with scale and currency around it; `None` when what stands behind it says that it counts things.
    fn with_suffix(
        &self,
        value: Decimal,
        start: usize,
        end: usize,
        line_end: usize,
        grouped: bool,
    ) -> Option<One> {
        let rest = &self.page.text[end..line_end.max(end)];
        let suffix = suffix(rest).unwrap_or_default();
        let mut one = One {
            value,
            scale: suffix.scale,
            currency: None,
            bytes: start..end + suffix.len,
            grouped,
        };
        if let Some((code, range)) = suffix.currency {
            one.currency = self
                .currency(code)
                .map(|currency| (currency, end + range.start..end + range.end));
        } else if suffix.len == 0 && rest.starts_with(|c: char| c.is_alphabetic() || c == '%') {
            return None;
        }
        if one.currency.is_none()
            && let Some((currency, range)) = self.currency_before(start)
        {
            one.bytes.start = range.start.min(one.bytes.start);
            one.currency = Some((currency, range));
        }
        if one.currency.is_none() {
            one.currency = self.code_behind(one.bytes.end, line_end);
        }
        let behind = self.page.text[one.bytes.end..line_end.max(one.bytes.end)].trim_start();
        let next = self.page.key(self.page.token_at(one.bytes.end));
        let counts = one.currency.is_none()
            && (behind.starts_with('%')
                || COUNTED.has(next) && !behind.starts_with('/') && one.scale.is_none());
        (!counts).then_some(one)
    }

    /// A code in capitals among the next words: `5 000 000 dinars algériens (DZD)`.
    fn code_behind(&self, from: usize, line_end: usize) -> Option<(Currency, Range<usize>)> {
        let next = self.page.token_at(from);
        let near = self.page.tokens[next.min(self.page.tokens.len())..]
            .iter()
            .take(3)
            .take_while(|token| token.range.end <= line_end);
        let mut words = near.take_while(|token| !token.key.starts_with(|c: char| c.is_ascii_digit()));
        words.find_map(|token| {
            let word = self.page.slice(&token.range);
            let code = CURRENCIES
                .value(&token.key)
                .filter(|_| word.len() == 3 && word.bytes().all(|b| b.is_ascii_uppercase()))?;
            Some((self.currency(code)?, token.range.clone()))
        })
    }

    /// `€ `, `CHF `, `US$`, and `€€€ - ` in front of a form's line.
    fn currency_before(&self, start: usize) -> Option<(Currency, Range<usize>)> {
        let line = &self.page.layout.lines[self.page.tokens.get(self.page.token_at(start))?.line];
        let before = self.page.text.get(line.range.start.min(start)..start)?;
        let trimmed = before.trim_end_matches([' ', '\u{a0}', '\u{202f}', '.', '~', '-', '–', ':', '=', '(']);
        let len = trimmed
            .chars()
            .rev()
            .take_while(|c| c.is_alphabetic() || is_sign(*c))
            .map(char::len_utf8)
            .sum::<usize>();
        let word = &trimmed[trimmed.len() - len..];
        let sign = word.chars().last().filter(|c| is_sign(*c));
        let code = CURRENCIES.value(&folded(word)).or_else(|| {
            let sign = sign?.to_string();
            CURRENCIES.value(&sign)
        });
        // A word counts right before the number only: "in euro: 45" does, "euro. 45 users" does not.
        let near = sign.is_some() || before.len() - trimmed.len() <= 2;
        let end = line.range.start.min(start) + trimmed.len();
        Some((self.currency(code.filter(|_| near)?)?, end - word.len()..end))
    }

    /// The currency of a code. A `$` is that of the partner, where it counts in dollars at all, and so are crowns.
    fn currency(&self, code: &str) -> Option<Currency> {
        let home = self.context.home_currency.code();
        let dollars = ["USD", "CAD", "AUD", "NZD", "SGD", "HKD"];
        let crowns = ["SEK", "NOK", "DKK", "ISK"];
        let local = [dollars.as_slice(), crowns.as_slice()]
            .into_iter()
            .any(|kin| kin.first() == Some(&code) && kin.contains(&home));
        if local {
            home.parse().ok()
        } else {
            code.parse().ok()
        }
    }
}

fn power(scale: u32) -> Decimal {
    Decimal::from(10_i64.pow(scale.min(12)))
}
