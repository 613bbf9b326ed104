//! A drafted piece as Markdown, or as one HTML file that needs nothing else.

use super::OnePager;
use liaison_knowledge::Anchor;
use pulldown_cmark::{Event, Parser, html};

/// The piece as Markdown: claims with their numbers, then the sources.
#[must_use]
pub fn markdown(piece: &OnePager) -> String {
    let mut text = format!("# {}\n", words(&piece.title));
    for section in &piece.sections {
        text.push_str(&format!("\n## {}\n\n", section.heading));
        for claim in &section.claims {
            let marks: String = claim.citations.iter().map(|n| format!(" [{n}]")).collect();
            let said = words(&claim.text);
            let (first, rest) = said.split_once('\n').unwrap_or((&said, ""));
            text.push_str(&format!("- {first}{marks}\n"));
            for line in rest.lines().filter(|line| !line.is_empty()) {
                text.push_str(&format!("  {line}\n"));
            }
        }
    }
    text.push_str("\n## Sources\n\n");
    for citation in &piece.citations {
        text.push_str(&format!(
            "{}. {}, {}\n",
            citation.n,
            words(&citation.title),
            words(&place(&citation.anchor))
        ));
    }
    text
}

/// A document's words as words: what could become a link, an image or markup is escaped, because a file that is
/// given away must load nothing.
fn words(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\\' | '[' | ']' | '<') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

fn place(anchor: &Anchor) -> String {
    match anchor {
        Anchor::Page { page } => format!("page {page}"),
        Anchor::Slide { slide } => format!("slide {slide}"),
        Anchor::Rows { sheet, rows } => format!("{sheet}, rows {} to {}", rows[0], rows[1]),
        Anchor::Heading { heading } if heading.is_empty() => "opening".to_owned(),
        Anchor::Heading { heading } => heading.join(" › "),
    }
}

const STYLE: &str = include_str!("one-pager.css");

/// The piece as one HTML file: no script, no outside file, nothing of a document as markup.
#[must_use]
pub fn html(piece: &OnePager) -> String {
    let markdown = markdown(piece);
    // Markup inside a document's words is shown, not obeyed.
    let as_text = |event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    };
    let mut body = String::new();
    html::push_html(&mut body, Parser::new(&markdown).map(as_text));
    let mut title = String::new();
    let _ = pulldown_cmark_escape::escape_html(&mut title, &piece.title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
}
