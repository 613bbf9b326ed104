//! A query's tokens as what they mean. Names are not looked up here.

use super::{
    super::{super::times, errors::Failure},
    lex::{Token, tokens, unexpected},
};
use jiff::{Timestamp, ToSpan, civil::Date};

pub(super) struct Query {
    /// Empty for `COUNT()`.
    pub(super) select: Vec<Path>,
    pub(super) from: (usize, String),
    pub(super) filter: Option<Filter>,
    pub(super) order: Vec<Order>,
    pub(super) limit: Option<usize>,
    pub(super) offset: usize,
}

/// A field and the relationships that lead to it, as written and where.
pub(super) struct Path {
    pub(super) place: usize,
    pub(super) names: Vec<String>,
}

pub(super) struct Order {
    pub(super) by: Path,
    pub(super) descending: bool,
    pub(super) nulls_last: bool,
}

pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Test(Path, Operator, Vec<Literal>),
}

/// How a value must stand to a literal, or to one of several.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Operator {
    Is,
    IsNot,
    Less,
    AtMost,
    More,
    AtLeast,
    Like,
    In,
    NotIn,
}

#[derive(Debug, Clone)]
pub(super) enum Literal {
    Null,
    Boolean(bool),
    Text(String),
    Number(f64),
    Date(Date),
    DateTime(Timestamp),
    /// The days from the first to the last, both included: `LAST_N_DAYS:7`.
    Days(Date, Date),
}

pub(super) fn parse(soql: &str) -> Result<Query, Failure> {
    let tokens = tokens(soql)?;
    Parser { soql, tokens, at: 0 }.query()
}

struct Parser<'q> {
    soql: &'q str,
    tokens: Vec<(usize, Token)>,
    at: usize,
}

impl Parser<'_> {
    fn query(mut self) -> Result<Query, Failure> {
        self.expect_word("SELECT")?;
        let select = self.select()?;
        self.expect_word("FROM")?;
        let from = self.word()?;
        let filter = self.word_is("WHERE").then(|| self.filter()).transpose()?;
        let mut order = Vec::new();
        if self.word_is("ORDER") {
            self.expect_word("BY")?;
            order.push(self.order()?);
            while self.mark_is(",") {
                order.push(self.order()?);
            }
        }
        let limit = self.word_is("LIMIT").then(|| self.count()).transpose()?;
        let offset = self
            .word_is("OFFSET")
            .then(|| self.count())
            .transpose()?
            .unwrap_or(0);
        if offset > 2000 {
            let message = "Maximum SOQL offset allowed is 2000";
            return Err(Failure::new(400, "NUMBER_OUTSIDE_VALID_RANGE", message));
        }
        if *self.peek() != Token::End {
            return Err(self.unexpected());
        }
        Ok(Query {
            select,
            from,
            filter,
            order,
            limit,
            offset,
        })
    }

    fn select(&mut self) -> Result<Vec<Path>, Failure> {
        if matches!(self.peek(), Token::Word(word) if word.eq_ignore_ascii_case("COUNT")) {
            self.at += 1;
            self.expect_mark("(")?;
            self.expect_mark(")")?;
            return Ok(Vec::new());
        }
        let mut paths = vec![self.path()?];
        while self.mark_is(",") {
            paths.push(self.path()?);
        }
        Ok(paths)
    }

    /// Tests joined by one connective: to mix AND and OR there have to be parentheses.
    fn filter(&mut self) -> Result<Filter, Failure> {
        let first = self.negated()?;
        let mut all = vec![first];
        for (connective, joined) in [
            ("AND", Filter::All as fn(_) -> _),
            ("OR", Filter::Any as fn(_) -> _),
        ] {
            while self.word_is(connective) {
                all.push(self.negated()?);
            }
            if all.len() > 1 {
                return Ok(joined(all));
            }
        }
        Ok(all.remove(0))
    }

    fn negated(&mut self) -> Result<Filter, Failure> {
        if self.word_is("NOT") {
            return Ok(Filter::Not(Box::new(self.negated()?)));
        }
        if self.mark_is("(") {
            let inner = self.filter()?;
            self.expect_mark(")")?;
            return Ok(inner);
        }
        let path = self.path()?;
        let operator = self.operator()?;
        if matches!(operator, Operator::In | Operator::NotIn) {
            self.expect_mark("(")?;
            let mut literals = vec![self.literal()?];
            while self.mark_is(",") {
                literals.push(self.literal()?);
            }
            self.expect_mark(")")?;
            return Ok(Filter::Test(path, operator, literals));
        }
        let literal = self.literal()?;
        Ok(Filter::Test(path, operator, vec![literal]))
    }

    fn operator(&mut self) -> Result<Operator, Failure> {
        if self.word_is("LIKE") {
            return Ok(Operator::Like);
        }
        if self.word_is("IN") {
            return Ok(Operator::In);
        }
        if self.word_is("NOT") {
            self.expect_word("IN")?;
            return Ok(Operator::NotIn);
        }
        let operator = match self.peek() {
            Token::Mark("=") => Operator::Is,
            Token::Mark("!=") => Operator::IsNot,
            Token::Mark("<") => Operator::Less,
            Token::Mark("<=") => Operator::AtMost,
            Token::Mark(">") => Operator::More,
            Token::Mark(">=") => Operator::AtLeast,
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(operator)
    }

    fn literal(&mut self) -> Result<Literal, Failure> {
        let literal = match self.peek() {
            Token::Text(text) => Literal::Text(text.clone()),
            Token::Number(number) => Literal::Number(*number),
            Token::Date(day) => Literal::Date(*day),
            Token::DateTime(at) => Literal::DateTime(*at),
            Token::Word(word) => named(word).ok_or_else(|| self.unexpected())?,
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(literal)
    }

    fn order(&mut self) -> Result<Order, Failure> {
        let by = self.path()?;
        let descending = !self.word_is("ASC") && self.word_is("DESC");
        let mut nulls_last = false;
        if self.word_is("NULLS") {
            nulls_last = self.word_is("LAST");
            if !nulls_last {
                self.expect_word("FIRST")?;
            }
        }
        Ok(Order {
            by,
            descending,
            nulls_last,
        })
    }

    fn path(&mut self) -> Result<Path, Failure> {
        let (place, word) = self.word()?;
        let names = word.split('.').map(str::to_owned).collect();
        Ok(Path { place, names })
    }

    fn count(&mut self) -> Result<usize, Failure> {
        match self.peek() {
            Token::Number(number) if *number >= 0.0 && number.fract() == 0.0 => {
                let count = *number as usize;
                self.at += 1;
                Ok(count)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn word(&mut self) -> Result<(usize, String), Failure> {
        match &self.tokens[self.at] {
            (place, Token::Word(word)) if !word.contains(':') => {
                let found = (*place, word.clone());
                self.at += 1;
                Ok(found)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.at].1
    }

    /// Whether the next token is this keyword, which is then behind us.
    fn word_is(&mut self, keyword: &str) -> bool {
        let is = matches!(self.peek(), Token::Word(word) if word.eq_ignore_ascii_case(keyword));
        self.at += usize::from(is);
        is
    }

    fn mark_is(&mut self, mark: &'static str) -> bool {
        let is = *self.peek() == Token::Mark(mark);
        self.at += usize::from(is);
        is
    }

    fn expect_word(&mut self, keyword: &str) -> Result<(), Failure> {
        if self.word_is(keyword) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn expect_mark(&mut self, mark: &'static str) -> Result<(), Failure> {
        if self.mark_is(mark) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn unexpected(&self) -> Failure {
        let (place, token) = &self.tokens[self.at];
        let end = self
            .tokens
            .get(self.at + 1)
            .map_or(self.soql.len(), |(next, _)| *next);
        let written = match token {
            Token::End => "<EOF>",
            _ => self.soql[*place..end].trim(),
        };
        unexpected(self.soql, *place, written)
    }
}

/// A literal that is a word: a truth value, nothing, or days counted from today, in UTC.
fn named(word: &str) -> Option<Literal> {
    let word = word.to_uppercase();
    let today = times::day_of(times::now());
    let (name, count) = match word.split_once(':') {
        Some((name, count)) => (name, Some(count.parse::<i32>().ok()?)),
        None => (word.as_str(), None),
    };
    let days = |first: i32, last: i32| {
        let day = |count: i32| today.checked_add(count.days()).ok();
        Some(Literal::Days(day(first)?, day(last)?))
    };
    match (name, count) {
        ("NULL", None) => Some(Literal::Null),
        ("TRUE", None) => Some(Literal::Boolean(true)),
        ("FALSE", None) => Some(Literal::Boolean(false)),
        ("YESTERDAY", None) => days(-1, -1),
        ("TODAY", None) => days(0, 0),
        ("TOMORROW", None) => days(1, 1),
        // The last days and today; the next days from tomorrow on.
        ("LAST_N_DAYS", Some(count)) => days(-count, 0),
        ("NEXT_N_DAYS", Some(count)) => days(1, count),
        _ => None,
    }
}
