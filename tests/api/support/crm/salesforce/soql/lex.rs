//! A query as a row of tokens, each with its place.

use super::super::{super::times, errors::Failure};
use jiff::{Timestamp, civil::Date};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A keyword, or a field with the relationships that lead to it: `Partner__r.Name`, `LAST_N_DAYS:7`.
    Word(String),
    Text(String),
    Number(f64),
    Date(Date),
    DateTime(Timestamp),
    /// `=`, `!=`, `(` and the like; `<>` is `!=`.
    Mark(&'static str),
    End,
}

const MARKS: [(&str, &str); 11] = [
    ("<=", "<="),
    (">=", ">="),
    ("!=", "!="),
    ("<>", "!="),
    ("=", "="),
    ("<", "<"),
    (">", ">"),
    ("(", "("),
    (")", ")"),
    (",", ","),
    ("*", "*"),
];

/// Escaped, the wild letters of LIKE mean themselves. Until it is known whether there is a LIKE, they are letters that
/// no text has.
pub(super) const PERCENT: char = '\u{e000}';
pub(super) const UNDERSCORE: char = '\u{e001}';

pub(super) fn tokens(soql: &str) -> Result<Vec<(usize, Token)>, Failure> {
    let mut tokens = Vec::new();
    let mut place = 0;
    while let Some(letter) = soql[place..].chars().next() {
        let rest = &soql[place..];
        if letter.is_whitespace() {
            place += letter.len_utf8();
            continue;
        }
        let (length, token) = match letter {
            '\'' => text(soql, place)?,
            letter if letter.is_ascii_alphabetic() => {
                let word = run(rest, |it| it.is_ascii_alphanumeric() || "_.:".contains(it));
                (word.len(), Token::Word(word.to_owned()))
            }
            letter if letter.is_ascii_digit() || "+-".contains(letter) => {
                let word = run(rest, |it| it.is_ascii_alphanumeric() || "+-:.".contains(it));
                let token = literal(word).ok_or_else(|| unexpected(soql, place, word))?;
                (word.len(), token)
            }
            _ => {
                let mark = MARKS.iter().find(|(written, _)| rest.starts_with(written));
                let (written, mark) = mark.ok_or_else(|| unexpected(soql, place, &letter.to_string()))?;
                (written.len(), Token::Mark(mark))
            }
        };
        tokens.push((place, token));
        place += length;
    }
    tokens.push((soql.len(), Token::End));
    Ok(tokens)
}

pub(super) fn unexpected(soql: &str, place: usize, what: &str) -> Failure {
    Failure::at(
        soql,
        place,
        "MALFORMED_QUERY",
        &format!("unexpected token: '{what}'"),
    )
}

fn run(rest: &str, belongs: impl Fn(char) -> bool) -> &str {
    let end = rest.find(|letter| !belongs(letter)).unwrap_or(rest.len());
    &rest[..end]
}

fn literal(word: &str) -> Option<Token> {
    if let Some(day) = times::day(word) {
        return Some(Token::Date(day));
    }
    if word.contains('T') {
        return times::instant(word).map(Token::DateTime);
    }
    word.parse().ok().map(Token::Number)
}

/// A text between quotes, without its escapes, and how long it is with them.
fn text(soql: &str, place: usize) -> Result<(usize, Token), Failure> {
    let malformed = |message: &str| Failure::at(soql, place, "MALFORMED_QUERY", message);
    let mut text = String::new();
    let mut letters = soql[place + 1..].char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\'' => return Ok((at + 2, Token::Text(text))),
            '\\' => match letters.next().map(|(_, escaped)| escaped) {
                Some('n' | 'N') => text.push('\n'),
                Some('r' | 'R') => text.push('\r'),
                Some('t' | 'T') => text.push('\t'),
                Some('b' | 'B') => text.push('\u{8}'),
                Some('f' | 'F') => text.push('\u{c}'),
                Some(quote @ ('"' | '\'' | '\\')) => text.push(quote),
                Some('%') => text.push(PERCENT),
                Some('_') => text.push(UNDERSCORE),
                _ => return Err(malformed("Invalid string literal: illegal character sequence")),
            },
            letter => text.push(letter),
        }
    }
    Err(malformed("line 1: no viable alternative at character '<EOF>'"))
}
