//! Passages cut into what can be quoted: a sentence, a row, a question's answer, a list with its introduction.

use unicode_segmentation::UnicodeSegmentation;

/// Something quotable of a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    /// The words as they stand in the passage.
    pub(super) quote: String,
    /// The words as shown: a list gets its markers back.
    pub(super) shown: String,
    /// What it is compared by: its words with the question or heading that they answer.
    pub(super) meaning: String,
}

/// Longest list that is quoted as a whole, in lines.
const LIST_LINES: usize = 9;
/// A line longer than this is no list item.
const ITEM_CHARS: usize = 260;

/// The units of a passage's text under its headings.
pub(super) fn units(text: &str, heading: &[String]) -> Vec<Unit> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let context = heading.last().map_or("", String::as_str);
    let mut units = Vec::new();
    let mut nth = 0;
    while let Some(line) = lines.get(nth).copied() {
        nth += 1;
        if line.ends_with('?') && nth < lines.len() {
            // A question and what follows: the answer is quoted, both are compared.
            let answer = lines[nth];
            units.extend(of_line(answer, line));
            nth += 1;
        } else if line.ends_with(':') && nth < lines.len() {
            let items: Vec<&str> = lines[nth..]
                .iter()
                .copied()
                .take(LIST_LINES)
                .take_while(|l| l.len() <= ITEM_CHARS && !l.ends_with('?'))
                .collect();
            nth += items.len();
            if items.is_empty() {
                continue;
            }
            let marked: Vec<String> = items.iter().map(|item| format!("- {item}")).collect();
            units.push(Unit {
                quote: format!("{line}\n{}", items.join("\n")),
                shown: format!("{line}\n\n{}", marked.join("\n")),
                meaning: format!("{context} {line} {}", items.join(" ")),
            });
            units.extend(
                items
                    .into_iter()
                    .flat_map(|item| of_line(item, &format!("{context} {line}"))),
            );
        } else {
            units.extend(of_line(line, context));
        }
    }
    units
}

/// Abbreviations after which a full stop ends nothing.
const ABBREVIATIONS: &[&str] = &[
    "e.g.", "i.e.", "etc.", "approx.", "no.", "vs.", "inc.", "ltd.", "co.", "dr.", "mr.", "ms.",
];

/// A paragraph up to this length is quoted whole: its sentences explain each other.
const WHOLE_CHARS: usize = 320;

/// The units of a line: one for each sentence, which is compared by itself and quoted with its paragraph where
/// that is short.
fn of_line(line: &str, context: &str) -> Vec<Unit> {
    let whole = line.chars().count() <= WHOLE_CHARS;
    let unit = |sentence: String| Unit {
        meaning: format!("{context} {sentence}"),
        quote: if whole { line.to_owned() } else { sentence.clone() },
        shown: if whole { line.to_owned() } else { sentence },
    };
    sentences(line).into_iter().map(unit).collect()
}

/// The sentences of a line; a row (`Tier: Gold; Rate: 18 %`) is one.
fn sentences(line: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut open = String::new();
    for piece in line.split_sentence_bounds() {
        open.push_str(piece);
        let last = open
            .trim_end()
            .rsplit(' ')
            .next()
            .unwrap_or_default()
            .to_lowercase();
        if !ABBREVIATIONS.contains(&last.as_str()) {
            all.push(std::mem::take(&mut open));
        }
    }
    all.push(open);
    all.into_iter()
        .map(|s| s.trim().to_owned())
        .filter(|s| !s.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quotes(text: &str) -> Vec<String> {
        units(text, &[]).into_iter().map(|unit| unit.quote).collect()
    }

    #[test]
    fn a_passage_is_cut_where_it_can_be_quoted() {
        let filler = format!("Words {}", "words ".repeat(60));
        let long = format!("One. Two, e.g. this. {}", filler.trim());
        assert_eq!(quotes(&long), ["One.", "Two, e.g. this.", filler.trim()]);
        assert_eq!(
            quotes("How long?\n90 days. Then it ends."),
            ["90 days. Then it ends."; 2]
        );
        assert_eq!(
            quotes("Tier: Gold; Rate: 18 %\nTier: Silver; Rate: 12.5 %").len(),
            2
        );
        assert_eq!(quotes("Steps:\nLog in\nSubmit")[0], "Steps:\nLog in\nSubmit");
    }

    #[test]
    fn every_quote_stands_in_its_passage() {
        let text = "Intro: see below.\nYou need:\nA plan. With detail.\nTwo people\nWhy?\nBecause. It works.";
        for quote in quotes(text) {
            assert!(crate::assistant::verify::stands_in(&quote, text), "{quote}");
        }
    }
}
