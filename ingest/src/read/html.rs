//! HTML: the main content of a page, without its navigation and without what the page hides.

use super::dom::{MAX_DEPTH, all_text, attribute, find, find_below, is_block, is_hidden, tag, visit};
use super::{ReadError, concealed, flow::Flow, style, table::Grid};
use crate::{Block, Document, FrontMatter, text};
use html5ever::tendril::TendrilSink;
use markup5ever_rcdom::{Handle, NodeData, RcDom};

pub(super) fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    let source = text::decode(bytes, charset(bytes).as_deref()).ok_or(ReadError::NotText)?;
    let dom = parse(&source);
    let stripped = style::strip(&dom.document);
    let body = find(&dom.document, "body").unwrap_or_else(|| dom.document.clone());
    let main = main_content(&body);
    let mut flow = Flow::default();
    let mut walk = Walk {
        flow: &mut flow,
        in_main: main.is_some(),
        in_cell: false,
    };
    walk.children(main.as_ref().unwrap_or(&body), 0);
    let (sections, heading) = flow.finish();
    let page_title = find(&dom.document, "title").map(|node| text::line(&all_text(&node)));
    let language = find(&dom.document, "html").and_then(|html| attribute(&html, "lang"));
    let front = FrontMatter {
        language: language.filter(|lang| !lang.is_empty()),
        ..FrontMatter::default()
    };
    Ok(Document {
        front,
        title: heading.or(page_title),
        sections,
        notices: stripped
            .then(|| concealed::NOTICE.to_owned())
            .into_iter()
            .collect(),
    })
}

/// Reads a piece of HTML (inside Markdown) into `flow`.
pub(super) fn into_flow(source: &str, flow: &mut Flow) {
    if source.trim_start().starts_with("<!--")
        && source.trim_end().ends_with("-->")
        && source.matches("<!--").count() == 1
    {
        return;
    }
    let dom = parse(source);
    flow.stripped |= style::strip(&dom.document);
    let body = find(&dom.document, "body").unwrap_or_else(|| dom.document.clone());
    Walk {
        flow,
        in_main: true,
        in_cell: false,
    }
    .children(&body, 0);
}

/// Whether a tag within Markdown hides what follows it.
pub(super) fn is_concealing(tag: &str) -> bool {
    let holder = parse(&format!("{tag}words"));
    style::strip(&holder.document)
}

fn parse(source: &str) -> RcDom {
    html5ever::parse_document(RcDom::default(), html5ever::ParseOpts::default()).one(source)
}

/// The charset that the page states in its first bytes.
fn charset(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_lowercase();
    let after = head.split("charset=").nth(1)?;
    Some(
        after
            .trim_start_matches(['"', '\'', ' '])
            .chars()
            .take_while(|c| c.is_alphanumeric() || "-_:".contains(*c))
            .collect(),
    )
}

/// The element that holds the page's own text, where the page marks one.
fn main_content(body: &Handle) -> Option<Handle> {
    let mut mains = Vec::new();
    let mut articles = Vec::new();
    visit(body, 0, &mut |node| match tag(node) {
        Some("main") => mains.push(node.clone()),
        Some("article") => articles.push(node.clone()),
        Some(_) if attribute(node, "role").as_deref() == Some("main") => mains.push(node.clone()),
        _ => {}
    });
    let candidate = match (&mains[..], &articles[..]) {
        ([first, ..], _) => first.clone(),
        ([], [only]) => only.clone(),
        _ => return None,
    };
    // Some pages mark an empty or a minor part as main.
    let (inside, all) = (all_text(&candidate).len(), all_text(body).len());
    (inside * 4 >= all || inside > 2000).then_some(candidate)
}

struct Walk<'a> {
    flow: &'a mut Flow,
    /// Inside the page's own content `header` and `aside` are content too.
    in_main: bool,
    in_cell: bool,
}

impl Walk<'_> {
    fn children(&mut self, node: &Handle, depth: usize) {
        for child in node.children.borrow().iter() {
            self.node(child, depth + 1);
        }
    }

    fn node(&mut self, node: &Handle, depth: usize) {
        if depth > MAX_DEPTH {
            self.flow.text(&all_text(node));
            return;
        }
        match &node.data {
            NodeData::Text { contents } => self.flow.text(&contents.borrow()),
            NodeData::Element { name, .. } if !self.is_skipped(node, &name.local) => {
                self.element(node, &name.local, depth);
            }
            _ => {}
        }
    }

    fn element(&mut self, node: &Handle, tag: &str, depth: usize) {
        match tag {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flow.end_block();
                self.flow.text(&all_text(node));
                self.flow.end_heading(tag.as_bytes()[1] - b'0');
            }
            "ul" | "ol" | "menu" | "dl" => {
                self.flow.open_list();
                self.children(node, depth);
                self.flow.close_list();
            }
            "li" | "dt" => {
                self.flow.end_item();
                self.children(node, depth);
            }
            "dd" => {
                // Behind its term; a definition without one is an item like others.
                if self.flow.is_open() {
                    self.flow.text(": ");
                }
                self.children(node, depth);
                self.flow.end_item();
            }
            "table" => self.table(node, depth),
            "pre" | "listing" => {
                let code = text::lines(&all_text(node));
                if !code.is_empty() {
                    self.flow.block(Block::Code(code));
                }
            }
            "br" if self.in_cell => self.flow.item_break(),
            "br" => self.flow.text(" "),
            "sup" => {
                let mark = self.flow.mark();
                self.children(node, depth);
                self.flow.raise(mark);
            }
            "details" | "section" | "article" | "main" => {
                let outer = std::mem::replace(&mut self.in_main, true);
                self.flow.end_block();
                self.children(node, depth);
                self.flow.end_block();
                self.in_main = outer;
            }
            tag if is_block(tag) => {
                self.flow.end_block();
                self.children(node, depth);
                self.flow.end_block();
            }
            _ => self.children(node, depth),
        }
    }

    fn is_skipped(&self, node: &Handle, tag: &str) -> bool {
        let never = matches!(
            tag,
            "head"
                | "title"
                | "script"
                | "style"
                | "noscript"
                | "template"
                | "svg"
                | "math"
                | "nav"
                | "iframe"
                | "object"
                | "button"
                | "select"
                | "input"
                | "textarea"
                | "dialog"
                | "img"
                | "audio"
                | "video"
                | "canvas"
        );
        let around = !self.in_main && matches!(tag, "footer" | "aside")
            || !self.in_main && tag == "header" && find(node, "h1").is_none();
        never || around || is_hidden(node)
    }

    fn table(&mut self, node: &Handle, depth: usize) {
        let rows = rows_of(node);
        let holds = |tags: &[&str]| tags.iter().any(|tag| find_below(node, tag).is_some());
        let names_columns = rows
            .iter()
            .flat_map(cells_of)
            .any(|cell| tag(&cell) == Some("th"));
        let is_layout = !names_columns && holds(&["table", "h1", "h2", "h3", "h4"]);
        if is_layout || rows.len() < 2 && rows.iter().all(|row| cells_of(row).len() < 2) {
            // A table that lays out the page.
            self.flow.end_block();
            for cell in rows.iter().flat_map(cells_of) {
                self.children(&cell, depth + 3);
                self.flow.end_block();
            }
            return;
        }
        if let Some(caption) = find_below(node, "caption") {
            self.flow.text(&all_text(&caption));
            self.flow.end_block();
        }
        let mut grid = Grid::default();
        let is_header = |row: &Handle| {
            let cells = cells_of(row);
            !cells.is_empty() && cells.iter().all(|cell| tag(cell) == Some("th"))
        };
        let mut header_rows = rows.iter().take_while(|row| is_header(row)).count();
        if header_rows == 0 && find_below(node, "thead").is_some() {
            header_rows = 1;
        }
        for row in &rows {
            grid.open_row();
            for cell in cells_of(row) {
                let span = |name| {
                    attribute(&cell, name)
                        .and_then(|n| n.trim().parse().ok())
                        .unwrap_or(1)
                };
                grid.cell(cell_text(&cell, depth + 3), span("colspan"), span("rowspan"));
            }
        }
        for block in grid.finish((header_rows > 0).then_some(header_rows)) {
            self.flow.block(block);
        }
    }
}

/// A cell's text on one line.
fn cell_text(cell: &Handle, depth: usize) -> String {
    let mut flow = Flow::default();
    Walk {
        flow: &mut flow,
        in_main: true,
        in_cell: true,
    }
    .children(cell, depth);
    // Behind the last line break is nothing.
    flow.finish_line().trim_end_matches(',').to_owned()
}

fn rows_of(table: &Handle) -> Vec<Handle> {
    let mut rows = Vec::new();
    for child in table.children.borrow().iter() {
        match tag(child) {
            Some("tr") => rows.push(child.clone()),
            Some("thead" | "tbody" | "tfoot") => rows.extend(rows_of(child)),
            _ => {}
        }
    }
    rows
}

fn cells_of(row: &Handle) -> Vec<Handle> {
    let is_cell = |node: &&Handle| matches!(tag(node), Some("td" | "th"));
    row.children.borrow().iter().filter(is_cell).cloned().collect()
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;
