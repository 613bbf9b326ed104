//! Markdown: CommonMark with tables and footnotes; `directives.rs` knows what documentation systems add to it.

use super::{ReadError, concealed, directives, flow::Flow, html, table};
use crate::front::BadFrontMatter;
use crate::{Block, Document, FrontMatter, Row, Section, text};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

pub(super) fn read(source: &str) -> Result<Document, ReadError> {
    let mut notices = Vec::new();
    let (front, body) = match front_matter(source) {
        None => (FrontMatter::default(), source.to_owned()),
        Some((yaml, body)) => match FrontMatter::parse(yaml) {
            Ok(front) => (front, body.to_owned()),
            Err(BadFrontMatter::NotYaml(problem)) if !decides_access(yaml) => {
                let (done, front, body) = match FrontMatter::parse_loosely(yaml) {
                    Some(front) => (
                        "only its title, language and owner were taken",
                        front,
                        body.to_owned(),
                    ),
                    None => (
                        "it was read as text",
                        FrontMatter::default(),
                        format!("{yaml}\n\n{body}"),
                    ),
                };
                notices.push(format!(
                    "The front matter is not a YAML mapping, so {done}: {problem}."
                ));
                (front, body)
            }
            Err(error) => return Err(error.into()),
        },
    };
    let (sections, title, stripped) = walked(&body);
    notices.extend(stripped.then(|| concealed::NOTICE.to_owned()));
    Ok(Document {
        front,
        title,
        sections,
        notices,
    })
}

/// Markdown without front matter, as sections; and its first heading of level 1.
pub(super) fn sections(source: &str) -> (Vec<Section>, Option<String>) {
    let (sections, title, _) = walked(source);
    (sections, title)
}

/// [`sections`], and whether something that does not show was left out.
fn walked(source: &str) -> (Vec<Section>, Option<String>, bool) {
    let mut walk = Walk::default();
    let source = directives::resolved(source);
    // No strikethrough: `~5 to ~10 %` would lose its numbers, and a struck price reads as struck by its tildes.
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES;
    for event in Parser::new_ext(&source, options) {
        walk.event(event);
    }
    let stripped = walk.flow.stripped;
    let (sections, title) = walk.flow.finish();
    (sections, title, stripped)
}

/// Markdown as plain lines: a paragraph, an item or a row each.
pub(super) fn lines(source: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for section in sections(source).0 {
        if let Some(heading) = section.heading.last().filter(|heading| !lines.contains(heading)) {
            lines.push(heading.clone());
        }
        lines.extend(section.blocks.iter().flat_map(Block::lines));
    }
    lines.join("\n")
}

/// The YAML between `---` lines at the very start, and what follows it.
fn front_matter(source: &str) -> Option<(&str, &str)> {
    let rest = source.strip_prefix("---")?;
    let rest = rest.trim_start_matches([' ', '\t']);
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'))?;
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if matches!(line.trim_end(), "---" | "...") {
            return Some((&rest[..at], &rest[at + line.len()..]));
        }
        at += line.len();
    }
    // Never closed: as far as the first empty line it may still say who may see the document.
    let end = rest.find("\n\n").unwrap_or(rest.len());
    decides_access(&rest[..end]).then(|| (&rest[..end], &rest[end..]))
}

/// Whether broken front matter names a key that may not be lost.
fn decides_access(yaml: &str) -> bool {
    yaml.lines().any(|line| {
        let key = line
            .split(':')
            .next()
            .unwrap_or_default()
            .trim()
            .trim_matches(['"', '\''])
            .to_lowercase();
        key == "audience" || key.starts_with("effective")
    })
}

#[derive(Default)]
struct Walk {
    flow: Flow,
    /// Inside a quote a heading is only text.
    quotes: usize,
    /// Inside an image nothing is text.
    images: usize,
    raised_from: Option<usize>,
    html: Option<String>,
    concealing: Option<Concealing>,
    code: Option<String>,
    header: Vec<String>,
    rows: Vec<Row>,
    cells: Option<Vec<String>>,
    cell: String,
}

impl Walk {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.text(&text);
            }
            Event::Html(text) => match &mut self.html {
                Some(html) => html.push_str(&text),
                None => self.html_block(&text),
            },
            Event::InlineHtml(tag) => self.inline_tag(&tag),
            Event::SoftBreak | Event::HardBreak => self.text(" "),
            Event::Rule => self.flow.end_block(),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.images > 0 {
        } else if self.concealing.is_some() {
            self.flow.stripped |= text.chars().any(char::is_alphanumeric);
        } else if let Some(code) = &mut self.code {
            code.push_str(text);
        } else if self.cells.is_some() {
            self.cell.push_str(text);
        } else {
            self.flow.text(text);
        }
    }

    fn inline_tag(&mut self, tag: &str) {
        let name = tag
            .trim_start_matches(['<', '/'])
            .split(|c: char| !c.is_alphanumeric())
            .next()
            .unwrap_or("");
        let closing = tag.starts_with("</");
        if self.is_concealed(tag) {
            return;
        }
        match name.to_lowercase().as_str() {
            "br" if self.cells.is_some() => self.cell.push_str(text::item_break(&self.cell)),
            "br" => self.text(" "),
            "sup" if !closing => self.raised_from = Some(self.open_len()),
            "sup" => {
                if let Some(mark) = self.raised_from.take().filter(|mark| *mark <= self.open_len()) {
                    self.raise(mark);
                }
            }
            _ => {}
        }
    }

    /// Whether the tag belongs to an element that hides its text.
    fn is_concealed(&mut self, tag: &str) -> bool {
        if self.concealing.is_none() {
            self.concealing = Concealing::opened_in(tag, false);
            return self.concealing.is_some();
        }
        self.concealing = self
            .concealing
            .take()
            .and_then(|concealing| concealing.after(tag));
        true
    }

    /// A block of HTML; one that is left open goes on behind it.
    fn html_block(&mut self, source: &str) {
        if let Some(concealing) = self.concealing.take() {
            self.concealing = concealing.after(source);
            return;
        }
        html::into_flow(source, &mut self.flow);
        self.concealing = Concealing::opened_in(source, true);
    }

    fn open_len(&self) -> usize {
        if self.cells.is_some() {
            self.cell.len()
        } else {
            self.flow.mark()
        }
    }

    fn raise(&mut self, mark: usize) {
        if self.cells.is_none() {
            self.flow.raise(mark);
        } else if self.cell.is_char_boundary(mark) {
            let run = self.cell.split_off(mark);
            let raised = text::raised(&self.cell, run.trim());
            self.cell.push_str(&raised);
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Paragraph if self.quotes == 0 => {}
            Tag::Heading { .. } => self.flow.end_block(),
            Tag::BlockQuote(_) => {
                self.flow.end_block();
                self.quotes += 1;
            }
            Tag::CodeBlock(_) => self.code = Some(String::new()),
            Tag::HtmlBlock => self.html = Some(String::new()),
            Tag::List(_) => self.flow.open_list(),
            Tag::Item => self.flow.end_item(),
            Tag::Table(_) => (self.header, self.rows) = (vec![], vec![]),
            Tag::TableHead | Tag::TableRow => self.cells = Some(vec![]),
            Tag::Image { .. } => self.images += 1,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => {
                // An element within a line that nobody closed does not hide the rest of the document.
                self.concealing.take_if(|concealing| !concealing.is_block);
                self.flow.end_block();
            }
            TagEnd::Heading(level) if self.quotes == 0 => self.flow.end_heading(rank(level)),
            TagEnd::Heading(_) => self.flow.end_block(),
            TagEnd::BlockQuote(_) => {
                self.flow.end_block();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::CodeBlock => {
                let code = text::lines(&self.code.take().unwrap_or_default());
                if !code.is_empty() {
                    self.flow.block(Block::Code(code));
                }
            }
            TagEnd::HtmlBlock => {
                let html = self.html.take().unwrap_or_default();
                self.html_block(&html);
            }
            TagEnd::List(_) => self.flow.close_list(),
            TagEnd::Item => self.flow.end_item(),
            TagEnd::TableCell => {
                let cell = text::line(&std::mem::take(&mut self.cell));
                // Behind the last line break is nothing.
                let cell = cell.trim_end_matches(',').to_owned();
                self.cells.get_or_insert_default().push(cell);
            }
            TagEnd::TableHead => self.header = self.cells.take().unwrap_or_default(),
            TagEnd::TableRow => {
                let number = self.rows.len() as u32 + 2;
                self.rows.push(Row {
                    number,
                    cells: self.cells.take().unwrap_or_default(),
                });
            }
            TagEnd::Table => self.end_table(),
            TagEnd::Image => self.images = self.images.saturating_sub(1),
            _ => {}
        }
    }

    fn end_table(&mut self) {
        let cells = std::mem::take(&mut self.header);
        let mut rows = std::mem::take(&mut self.rows);
        // A second row of dashes ends a header of several rows.
        let is_rule = |row: &Row| {
            row.cells
                .iter()
                .all(|cell| cell.contains("--") && !cell.contains(char::is_alphanumeric))
        };
        let second = rows.iter().position(is_rule).filter(|at| *at <= 2);
        rows.retain(|row| !is_rule(row));
        let header_rows = if cells.iter().all(String::is_empty) {
            second.filter(|at| *at > 0)
        } else {
            rows.insert(0, Row { number: 1, cells });
            Some(1 + second.unwrap_or(0))
        };
        for block in table::blocks(rows, header_rows) {
            self.flow.block(block);
        }
    }
}

/// An element of HTML, begun in Markdown, that hides its text.
struct Concealing {
    name: String,
    /// How many of its name are open.
    open: usize,
    /// Whether it began a block: then it reaches over the ends of paragraphs.
    is_block: bool,
}

impl Concealing {
    /// The first such element that `source` opens and does not close.
    fn opened_in(source: &str, is_block: bool) -> Option<Self> {
        source.match_indices('<').find_map(|(at, _)| {
            let tag = &source[at..];
            let tag = &tag[..=tag.find('>')?];
            let name: String = tag[1..].chars().take_while(char::is_ascii_alphanumeric).collect();
            if name.is_empty() || !html::is_concealing(tag) {
                return None;
            }
            let opened = Self {
                name: name.to_lowercase(),
                open: 1,
                is_block,
            };
            opened.after(&source[at + tag.len()..])
        })
    }

    /// What is left of it behind `source`.
    fn after(mut self, source: &str) -> Option<Self> {
        let source = source.to_lowercase();
        let count = |start: &str| source.matches(&format!("{start}{}", self.name)).count();
        self.open = (self.open + count("<")).saturating_sub(count("</"));
        (self.open > 0).then_some(self)
    }
}

fn rank(level: HeadingLevel) -> u8 {
    level as u8
}

#[cfg(test)]
#[path = "markdown_tests.rs"]
mod tests;
