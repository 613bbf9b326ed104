//! What the words of a question tell about where to look, whatever it is like.

use super::{super::Ask, arguments, filters, words};
use crate::assistant::tools::Tool;

/// What opens a question about how things are done, whoever does them.
pub(super) const RULE_OPENERS: &[&str] = &["how", "does", "do", "is", "are", "what", "when"];

/// Words for what a deal brings.
pub(super) const EARNINGS: &[&str] = &[
    "earn",
    "earns",
    "earned",
    "make",
    "get",
    "bring",
    "commission",
    "commissions",
    "spiff",
    "payout",
    "cut",
    "fee",
];
/// Words for a deal that comes about.
const CLOSINGS: &[&str] = &[
    "close", "closes", "closed", "win", "wins", "won", "sell", "sells", "sold", "sign", "signs", "signed",
    "land", "lands", "landed",
];

/// Whether a text supposes a deal: of an amount ("what if I close 50k?", "what would we earn on 120,000 EUR?"), or one of
/// the partner's own ("suppose Norlund signs: what is our cut?").
pub(super) fn supposes_deal(text: &str, ask: &Ask<'_>) -> bool {
    let supposes = words::any_of(text, &["if"]) || words::any_of(text, Tool::EstimateCommission.words());
    let (earns, closes) = (words::any_of(text, EARNINGS), words::any_of(text, CLOSINGS));
    let is_own = || arguments::own_customer(text, ask.vocabulary).is_some();
    supposes && ((earns || closes) && arguments::stated(text, ask).is_some() || earns && closes && is_own())
}

/// Whether a question about own records asks for the rule as well.
pub(super) fn asks_for_rule(text: &str) -> bool {
    let words: Vec<String> = words::words(text).collect();
    let is_rule = |(nth, word): (usize, &String)| {
        let next = words.get(nth + 1).map_or("", String::as_str);
        // "Have to" is a "must" of two words; "should have" speaks of what was.
        RULE_WORDS.contains(&word.as_str()) && (word, next) != (&"should".to_owned(), "have")
            || ["have", "has"].contains(&word.as_str()) && next == "to"
    };
    words.iter().enumerate().any(is_rule)
}

const RULE_WORDS: &[&str] = &[
    "why",
    "rule",
    "rules",
    "condition",
    "conditions",
    "could",
    "can",
    "must",
    "should",
    "may",
    "requirements",
    "allowed",
];

/// How strongly a question's words point to the partner itself.
pub(super) enum Own {
    Strong,
    Weak,
    None,
}

pub(super) fn pronouns(text: &str) -> Own {
    let words: Vec<String> = words::words(text).collect();
    let has = |list: &[&str]| words::any_in(&words, list);
    let states = |pair: &[String]| {
        let [first, second] = pair else { return false };
        ["did", "have", "am", "are", "were", "was"].contains(&first.as_str())
            && ["i", "we"].contains(&second.as_str())
            || ["to", "for", "after", "by"].contains(&first.as_str())
                && ["me", "us"].contains(&second.as_str())
            || ["i", "we"].contains(&first.as_str())
                && ["stand", "still", "earned", "got"].contains(&second.as_str())
    };
    // "Do we have …", not "do we have to …".
    let possesses = |four: &[String]| {
        let [first, second, third, fourth] = four else {
            return false;
        };
        (first, third) == (&"do".to_owned(), &"have".to_owned())
            && ["i", "we"].contains(&second.as_str())
            && fourth != "to"
    };
    let padded: Vec<String> = words.iter().cloned().chain([String::new()]).collect();
    let states = words.windows(2).any(states) || padded.windows(4).any(possesses);
    if has(&["my", "our", "ours", "mine", "weve", "ive"]) || states {
        Own::Strong
    } else if has(&["i", "we", "me", "us"]) {
        Own::Weak
    } else {
        Own::None
    }
}

/// Whether a question asks for single ones, for sums, or for ratios.
pub(super) struct Wants {
    pub(super) list: bool,
    pub(super) sum: bool,
    pub(super) ratio: bool,
}

pub(super) fn wants(text: &str) -> Wants {
    let words: Vec<String> = words::words(text).collect();
    let has = |list: &[&str]| words::any_in(&words, list);
    // "For how much each?", "was it paid, and how much?" and "what did we win?" ask for single ones.
    let single = has(&["each"]) || asks_what_became(text) || asks_what_closed(&words);
    let amount = |pair: &[String]| pair == ["how", "much"] || pair == ["what", "amount"];
    let sums = splits(&words)
        || !single
            && (has(&["total", "totals", "sum", "sums", "split", "altogether", "overall"])
                || words.windows(2).any(amount));
    let is_rate = |pair: &[String]| {
        ["win", "hit", "close", "closing", "success", "conversion"].contains(&pair[0].as_str())
            && ["rate", "rates", "ratio"].contains(&pair[1].as_str())
    };
    let ratio = has(&[
        "average",
        "avg",
        "median",
        "share",
        "proportion",
        "ratio",
        "typical",
        "usually",
    ]) || words.windows(2).any(is_rate);
    Wants {
        list: (single || has(&["list", "name", "which", "status"])) && !sums && !ratio,
        sum: sums && !ratio,
        ratio,
    }
}

/// Whether a question wants to know if a single request or amount was decided on or paid.
pub(super) fn asks_what_became(text: &str) -> bool {
    filters::asks_whether(text) && words::any_of(text, DECIDED)
}

/// What becomes of a single request or amount.
const DECIDED: &[&str] = &[
    "approved",
    "paid",
    "rejected",
    "declined",
    "decided",
    "reimbursed",
    "transferred",
    "accepted",
];

/// "By stage", "per closing month".
fn splits(words: &[String]) -> bool {
    const SPLITS: &[&str] = &[
        "stage",
        "stages",
        "phase",
        "month",
        "months",
        "product",
        "products",
        "motion",
        "attribution",
        "type",
        "source",
    ];
    let parts = |three: &[String]| {
        ["by", "per"].contains(&three[0].as_str())
            && three[1..].iter().any(|word| SPLITS.contains(&word.as_str()))
    };
    let padded: Vec<String> = words.iter().cloned().chain([String::new()]).collect();
    padded.windows(3).any(parts)
}

/// "What did we win last quarter?"
fn asks_what_closed(words: &[String]) -> bool {
    let asks = |three: &[String]| {
        three[0] == "did" && ["i", "we"].contains(&three[1].as_str()) && CLOSINGS.contains(&three[2].as_str())
    };
    words
        .first()
        .is_some_and(|first| ["what", "whom", "who"].contains(&first.as_str()))
        && words.windows(3).any(asks)
}

#[cfg(test)]
mod tests {
    use super::{super::super::Vocabulary, *};

    #[test]
    fn single_ones_are_told_from_sums() {
        let check = |text: &str, list: bool, sum: bool| {
            let found = wants(text);
            assert_eq!((found.list, found.sum), (list, sum), "{text}");
        };
        check("What did we win last month?", true, false);
        check("what did we earn last month", false, false);
        check("Which deals closed, and for how much each?", true, false);
        check("How much did we win?", false, true);
        check("Has the stand been paid, and how much was it?", true, false);
        check("Is the total right?", false, true);
        check("our deals by stage, with the value in each", false, true);
        check("open deals per closing month", false, true);
        check("deals by the customer", false, false);
    }

    #[test]
    fn a_deal_is_supposed_where_an_amount_and_its_earnings_stand_together() {
        let vocabulary = Vocabulary {
            customers: vec!["Norlund Ferries".to_owned()],
            ..Vocabulary::default()
        };
        let check = |text: &str, expected: bool| {
            let ask = arguments::tests::ask(text, &vocabulary);
            assert_eq!(supposes_deal(text, &ask), expected, "{text}");
        };
        check("What if I close 50k at Gold?", true);
        check(
            "What would we earn on a 120,000 EUR renewal that we source?",
            true,
        );
        check("What if Norlund closes for 80k?", true);
        check("Suppose Norlund signs as it stands: what would our cut be?", true);
        check("If Norlund cancels, do we get our commission?", false);
        check("Estimate my commission on 30 000 euros", true);
        check("Suppose I sign 75,000 dollars this month: what do I get?", true);
        check("What happens to my commission if the customer cancels?", false);
        check(
            "What would happen if two partners close the same deal in 2026?",
            false,
        );
        check("Which deals over 50k did I win?", false);
        check("Why did I get 9,760.72?", false);
        check("What if a deal closes within 90 days?", false);
    }
}
