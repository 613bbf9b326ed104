//! Text on its way out: links to their words, images, HTML and invisible characters gone.
//!
//! The text is edited where a Markdown parser finds something, and left alone elsewhere, until nothing is found any
//! more: what an edit lays bare is found in the next round. So the result is a fixed point, and shown text stays as it
//! is. What other parsers might still take for a link or for HTML is pulled apart.

use super::links::AllowedLinks;
use liaison_ingest::is_invisible;
use linkify::{LinkFinder, LinkKind};
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// Rounds after which a text that still changes is reduced to its letters: only texts made for it nest so deeply.
const MOST_ROUNDS: usize = 12;
/// Stands for an address. Not nothing: what stood around it could make another one.
const GONE: &str = "…";

pub(super) fn shown(markdown: &str, links: &AllowedLinks) -> String {
    let mut text: String = markdown.chars().filter(|c| !is_invisible(*c)).collect();
    for _ in 0..MOST_ROUNDS {
        let edits = edits(&text, links);
        if edits.is_empty() {
            return text;
        }
        text = edited(&text, &edits);
    }
    letters(&text)
}

/// A place in the text, and what it becomes.
type Edit = (Range<usize>, String);

/// What has to change, in order and apart from each other.
fn edits(text: &str, links: &AllowedLinks) -> Vec<Edit> {
    let found = Found::in_markdown(text, links);
    let mut edits = if found.edits.is_empty() {
        [found.addresses, outside(text, &found.targets, links)].concat()
    } else {
        found.edits
    };
    edits.sort_by_key(|(place, _)| (place.start, std::cmp::Reverse(place.end)));
    let mut end = 0;
    // Of two that overlap the outer one goes first; the next round finds the other again, if it is still there.
    edits.retain(|(place, _)| {
        let is_apart = place.start >= end;
        if is_apart {
            end = place.end;
        }
        is_apart
    });
    edits
}

fn edited(text: &str, edits: &[Edit]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (place, instead) in edits {
        out.push_str(&text[at..place.start]);
        out.push_str(instead);
        at = place.end;
    }
    out + &text[at..]
}

/// What a Markdown parser finds.
#[derive(Default)]
struct Found {
    /// Links, images, definitions and HTML to be replaced.
    edits: Vec<Edit>,
    /// Addresses in running text, as it reads once escapes and entities are resolved.
    addresses: Vec<Edit>,
    /// `](https://…)` of the links that stay.
    targets: Vec<Range<usize>>,
}

impl Found {
    fn in_markdown(text: &str, links: &AllowedLinks) -> Self {
        let parser = Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
        let definitions = parser.reference_definitions().iter();
        let mut found = Self {
            edits: definitions
                .map(|(_, definition)| (definition.span.clone(), String::new()))
                .collect(),
            ..Self::default()
        };
        let mut run = Run::default();
        // Open links and images: their place, where their words end, and the target that stays.
        let mut open: Vec<(Range<usize>, Range<usize>, Option<String>)> = Vec::new();
        for (event, place) in parser.into_offset_iter() {
            if let Some((_, words, _)) = open.last_mut()
                && !matches!(event, Event::End(TagEnd::Link | TagEnd::Image))
            {
                words.end = words.end.max(place.end);
            }
            match event {
                Event::Text(words) => run.add(&words, place),
                Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough)
                | Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough) => {}
                other => {
                    found.addresses.extend(run.addresses(links));
                    run = Run::default();
                    found.see(text, other, place, &mut open, links);
                }
            }
        }
        found.addresses.extend(run.addresses(links));
        found
    }

    fn see(
        &mut self,
        text: &str,
        event: Event<'_>,
        place: Range<usize>,
        open: &mut Vec<(Range<usize>, Range<usize>, Option<String>)>,
        links: &AllowedLinks,
    ) {
        match event {
            Event::Start(Tag::Link {
                link_type, dest_url, ..
            }) => {
                let is_address = matches!(link_type, LinkType::Autolink | LinkType::Email);
                let target = links.target(&dest_url).filter(|_| !is_address);
                let start = place.start + 1;
                open.push((place, start..start, target));
            }
            Event::Start(Tag::Image { .. }) => {
                let start = place.start + 2;
                open.push((place, start..start, None));
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                let Some((place, words, target)) = open.pop() else {
                    return;
                };
                self.close(text, place, words, target);
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let is_break = html.len() > 2 && html.as_bytes()[..3].eq_ignore_ascii_case(b"<br");
                self.edits
                    .push((place, if is_break { " " } else { "" }.to_owned()));
            }
            _ => {}
        }
    }

    fn close(&mut self, text: &str, place: Range<usize>, words: Range<usize>, target: Option<String>) {
        let shown = &text[words.clone()];
        let instead = match target {
            Some(target) if !shown.trim().is_empty() => format!("[{shown}]({target})"),
            _ => shown.to_owned(),
        };
        if text[place.clone()] == instead {
            self.targets.push(words.end..place.end);
        } else {
            self.edits.push((place, instead));
        }
    }
}

/// Text that stands together on the page, and where its bytes come from.
#[derive(Default)]
struct Run {
    text: String,
    /// Where a piece starts in `text`, and its place in the source: longer or shorter where something was resolved.
    pieces: Vec<(usize, Range<usize>)>,
}

impl Run {
    fn add(&mut self, words: &str, place: Range<usize>) {
        self.pieces.push((self.text.len(), place));
        self.text.push_str(words);
    }

    fn addresses(&self, links: &AllowedLinks) -> Vec<Edit> {
        let found = addresses(&self.text, links).into_iter();
        found
            .map(|place| {
                (
                    self.source(place.start).start..self.source(place.end - 1).end,
                    GONE.to_owned(),
                )
            })
            .collect()
    }

    /// The place in the source that the byte at `at` comes from.
    fn source(&self, at: usize) -> Range<usize> {
        let nth = self
            .pieces
            .partition_point(|(start, _)| *start <= at)
            .saturating_sub(1);
        let Some((start, place)) = self.pieces.get(nth) else {
            return 0..0;
        };
        let end = self
            .pieces
            .get(nth + 1)
            .map_or(self.text.len(), |(next, _)| *next);
        if end - start == place.len() {
            let byte = place.start + (at - start);
            return byte..byte + 1;
        }
        place.clone()
    }
}

/// What may be taken for a link, an address or HTML outside of the links that stay, read as bare text.
fn outside(text: &str, targets: &[Range<usize>], links: &AllowedLinks) -> Vec<Edit> {
    let mut edits = Vec::new();
    let starts = std::iter::once(0).chain(targets.iter().map(|target| target.end));
    let ends = targets.iter().map(|target| target.start).chain([text.len()]);
    for (start, end) in starts.zip(ends) {
        let part = &text[start..end];
        for (at, _) in part.match_indices("](") {
            edits.push((start + at..start + at + 2, "] (".to_owned()));
        }
        for (at, _) in part.match_indices('<') {
            let opens = |c: char| c.is_ascii_alphabetic() || "/!?".contains(c);
            if part[at + 1..].starts_with(opens) {
                edits.push((start + at..start + at + 1, "< ".to_owned()));
            }
        }
        let found = addresses(part, links).into_iter();
        edits.extend(found.map(|place| (start + place.start..start + place.end, GONE.to_owned())));
    }
    edits
}

/// The addresses in `text` that are not allowed.
fn addresses(text: &str, links: &AllowedLinks) -> Vec<Range<usize>> {
    let mut finder = LinkFinder::new();
    finder.url_must_have_scheme(false);
    let found = finder.links(text);
    let mut starts: Vec<usize> = found
        .filter(|link| *link.kind() == LinkKind::Url && is_address(link.as_str()))
        .map(|link| link.start())
        .collect();
    starts.extend(unusual_starts(text));
    starts.sort_unstable();
    let mut places: Vec<Range<usize>> = Vec::new();
    for start in starts {
        // To the end of the word: where an address ends is seen differently by everyone who makes links of them.
        let end = start + word(&text[start..]).len();
        let is_new = places.last().is_none_or(|last| start >= last.end);
        if is_new && end > start && links.target(&text[start..end]).is_none() {
            places.push(start..end);
        }
    }
    places
}

/// Whether the finder's hit is more than a name with a dot in it, such as a file's or a company's.
fn is_address(hit: &str) -> bool {
    if hit.contains("://") {
        return true;
    }
    let host = hit.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let ending = host.rsplit('.').next().unwrap_or_default();
    let is_host = ending.len() > 1 && ending.chars().all(char::is_alphabetic);
    is_host && hit.len() > host.len() + 1
}

/// Where addresses start that the finder does not know: without slashes, without a scheme, or with code in them.
fn unusual_starts(text: &str) -> Vec<usize> {
    const SCHEMES: [&str; 9] = [
        "http",
        "https",
        "ftp",
        "ws",
        "wss",
        "javascript",
        "vbscript",
        "data",
        "blob",
    ];
    let mut starts = Vec::new();
    for (at, _) in text.match_indices(':') {
        let before = &text[..at];
        let start = last_word(before);
        let is_scheme = SCHEMES
            .iter()
            .any(|scheme| before[start..].eq_ignore_ascii_case(scheme));
        if is_scheme && !word(&text[at + 1..]).is_empty() {
            starts.push(start);
        }
    }
    for (at, start) in text.to_ascii_lowercase().match_indices("www.") {
        if !text[..at].ends_with(char::is_alphanumeric) && !word(&text[at + start.len()..]).is_empty() {
            starts.push(at);
        }
    }
    for (at, _) in text.match_indices("//").chain(text.match_indices("\\\\")) {
        let host = word(text[at..].trim_start_matches(['/', '\\']));
        let host = host.split(['/', '?', '#', '\\']).next().unwrap_or_default();
        if host.contains('.') && host.len() > 3 {
            let scheme = text[..at].strip_suffix(':');
            starts.push(scheme.map_or(at, last_word));
        }
    }
    starts
}

/// Where the letters and digits at the end of `text` start.
fn last_word(text: &str) -> usize {
    text.len() - text.chars().rev().take_while(char::is_ascii_alphanumeric).count()
}

/// The first word of `text`, up to white space, without the marks behind it.
fn word(text: &str) -> &str {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text[..end].trim_end_matches(|c: char| ".,;:!?)]}'\"»”’*_|`…>".contains(c))
}

/// Letters, digits and the marks between sentences and inside numbers.
fn letters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        let is_mark =
            matches!(c, '.' | ',') && next.is_none_or(|next| next.is_whitespace() || next.is_ascii_digit());
        out.push(if c.is_alphanumeric() || c.is_whitespace() || is_mark {
            c
        } else {
            ' '
        });
    }
    out.lines().map(str::trim).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
#[path = "outgoing_tests.rs"]
mod tests;
