//! How much of the words a reader gets: token F1 against a reference.
//!
//! The reference of `NAME` is `NAME.md` beside it, that of `NAME.pdf` may also be `NAME.txt` (as `pdftotext` makes
//! it). A word is a run of letters and digits, normalised (NFKC) and in lower case; order does not count. Of the
//! reference, Markdown's marks, tags, comments and the addresses of links are no words. Of the document, the title,
//! each heading and the names of a table's columns count once.

use super::{extension, files_below};
use liaison_ingest::{Block, Document, Sandbox};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

/// Files below this are shown with the words that make the difference.
const POOR: f64 = 0.9;

/// Prints a line per file that has a reference, and the mean and median per format: of all files, where one that
/// is not read counts 0, and of those that are read.
pub(super) async fn compare(sandbox: &Sandbox, folders: &[String]) {
    let mut scores: BTreeMap<String, Vec<(f64, bool)>> = BTreeMap::new();
    for path in files_below(folders) {
        let Some(reference) = reference_of(&path) else {
            continue;
        };
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let expected = counted(&reference);
        if expected.is_empty() {
            continue;
        }
        let name = path.to_string_lossy();
        let (found, note) = match sandbox.read(&name, &bytes).await {
            Ok(document) => (counted(&text_of(&document)), None),
            Err(error) => (HashMap::new(), Some(format!("not read: {error}"))),
        };
        let score = f1(&found, &expected);
        println!("{score:.3}  {name} {}", note.as_deref().unwrap_or_default());
        if score < POOR && note.is_none() {
            println!(
                "       missing {}; more {}",
                beyond(&expected, &found),
                beyond(&found, &expected)
            );
        }
        scores
            .entry(extension(&path))
            .or_default()
            .push((score, note.is_none()));
    }
    for (extension, scores) in scores {
        let all: Vec<f64> = scores.iter().map(|(score, _)| *score).collect();
        let read: Vec<f64> = scores
            .iter()
            .filter(|(_, read)| *read)
            .map(|(score, _)| *score)
            .collect();
        println!("{extension:>5}: {}; read {}", summary(all), summary(read));
    }
}

fn summary(mut scores: Vec<f64>) -> String {
    scores.sort_by(f64::total_cmp);
    let files = scores.len();
    let mean = scores.iter().sum::<f64>() / files.max(1) as f64;
    let median = scores.get(files / 2).copied().unwrap_or_default();
    format!("{files} files, mean {mean:.3}, median {median:.3}")
}

/// The words of the reference beside a file.
fn reference_of(path: &Path) -> Option<String> {
    let beside = |extension: &str| PathBuf::from(format!("{}.{extension}", path.display()));
    if let Ok(markdown) = std::fs::read_to_string(beside("md")) {
        return Some(without_marks(&markdown));
    }
    let text = (extension(path) == "pdf").then(|| std::fs::read(path.with_extension("txt")).ok())??;
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// Markdown without comments, tags, addresses, list markers and character references.
fn without_marks(markdown: &str) -> String {
    let mut text = without_between(markdown, "<!--", "-->");
    text = without_addresses(&text);
    let lines = text.lines().map(|line| {
        let bare = line.trim_start();
        let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
        let marked = [". ", ") "]
            .iter()
            .find_map(|mark| bare[digits..].strip_prefix(mark));
        let item = marked
            .filter(|_| digits > 0)
            .or_else(|| bare.strip_prefix("- "))
            .unwrap_or(bare);
        ["[x] ", "[X] ", "[ ] "]
            .iter()
            .find_map(|task| item.strip_prefix(task))
            .unwrap_or(item)
    });
    let text = without_between(&lines.collect::<Vec<_>>().join("\n"), "<", ">");
    ["&lt;", "&gt;", "&amp;", "&quot;", "&nbsp;"]
        .iter()
        .fold(text, |text, name| text.replace(name, " "))
}

fn without_between(text: &str, open: &str, close: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once(open) {
        out.push_str(before);
        out.push(' ');
        match inside.split_once(close) {
            Some((_, after)) => rest = after,
            None => return out + inside,
        }
    }
    out + rest
}

/// `[text](address)` without the address, which may hold brackets itself.
fn without_addresses(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, address)) = rest.split_once("](") {
        out.push_str(before);
        out.push(' ');
        let mut depth = 1;
        let end = address.find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0 || c == '\n'
        });
        rest = end.map_or("", |end| &address[end..]);
    }
    out + rest
}

fn text_of(document: &Document) -> String {
    let title = document.title.as_deref().unwrap_or_default();
    let mut out = vec![title];
    let mut titled = false;
    let mut path: &[String] = &[];
    for section in &document.sections {
        let shared = path
            .iter()
            .zip(&section.heading)
            .take_while(|(a, b)| a == b)
            .count();
        for heading in &section.heading[shared..] {
            if heading == title && !titled {
                titled = true;
            } else {
                out.push(heading);
            }
        }
        path = &section.heading;
        out.extend(section.blocks.iter().flat_map(words_of));
    }
    out.join("\n")
}

fn words_of(block: &Block) -> Vec<&str> {
    match block {
        Block::Paragraph(text) | Block::Notes(text) | Block::Code(text) => vec![text],
        Block::List(items) => items.iter().map(String::as_str).collect(),
        Block::Pair { question, answer } => vec![question, answer],
        Block::Table(table) => {
            let cells = table.rows.iter().flat_map(|row| &row.cells);
            table.header.iter().chain(cells).map(String::as_str).collect()
        }
    }
}

fn counted(text: &str) -> HashMap<String, usize> {
    let mut words = HashMap::new();
    let text = text.nfkc().collect::<String>().to_lowercase();
    for word in text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        *words.entry(word.to_owned()).or_default() += 1;
    }
    words
}

fn f1(found: &HashMap<String, usize>, expected: &HashMap<String, usize>) -> f64 {
    let shared = |(word, count): (&String, &usize)| expected.get(word).copied().unwrap_or(0).min(*count);
    let shared: usize = found.iter().map(shared).sum();
    let all = found.values().sum::<usize>() + expected.values().sum::<usize>();
    2.0 * shared as f64 / all.max(1) as f64
}

/// The words that `words` has beyond `others`, the most frequent first.
fn beyond(words: &HashMap<String, usize>, others: &HashMap<String, usize>) -> String {
    let more = |(word, count): (&String, &usize)| {
        let more = count.saturating_sub(others.get(word).copied().unwrap_or(0));
        (more > 0).then(|| (more, word.clone()))
    };
    let mut words: Vec<(usize, String)> = words.iter().filter_map(more).collect();
    words.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let shown = words.iter().take(10).map(|(more, word)| format!("{word}×{more}"));
    shown.collect::<Vec<_>>().join(" ")
}
