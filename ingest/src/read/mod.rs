//! From bytes to a [`Document`], one file per format.
//!
//! Everything in here trusts nothing about the bytes, but it runs in the caller's process and the libraries
//! below it may loop, overflow the stack or fill the memory: only the child process of
//! [`sandbox`](crate::sandbox) should call [`read`] on files from outside.

mod chart;
mod concealed;
mod csv;
mod deck;
mod directives;
mod dom;
mod error;
mod faq;
mod flow;
mod html;
mod kind;
mod mail;
mod markdown;
mod office;
mod page;
mod pdf;
mod plain;
mod quality;
mod reflow;
mod set;
mod sheet;
mod style;
mod table;
mod unseen;
mod word;
mod workbook;
mod workbook_parts;
mod wrapped;

use crate::{Document, FrontMatter, text};
pub use error::ReadError;
use kind::Format;
use liaison_knowledge::Anchor;

/// The most text taken from one file, in characters: a thousand pages of small print are 5 million. Small
/// files that unfold into more than this are attacks or mistakes.
pub const MAX_CHARS: usize = 20_000_000;

/// Whether files with this name are read. A sidecar is not: it belongs to the file beside it.
#[must_use]
pub fn is_supported(name: &str) -> bool {
    kind::of_name(name).is_some() && sidecar_of(name).is_none()
}

/// Whether a file is read as text by nothing but readers of text: no container, and nothing attached. Looks at its
/// first bytes only, which is safe in any process.
pub(crate) fn is_text(name: &str, bytes: &[u8]) -> bool {
    kind::of_name(name).is_some_and(Format::is_text)
        && !kind::is_container(bytes)
        && kind::of(name, bytes).is_ok_and(Format::is_text)
}

/// The file that `name` is a sidecar of: `rates.xlsx` for `rates.xlsx.yaml`.
#[must_use]
pub fn sidecar_of(name: &str) -> Option<&str> {
    let dot = name.rfind('.')?;
    let is_yaml = ["yaml", "yml"]
        .iter()
        .any(|yaml| name[dot + 1..].eq_ignore_ascii_case(yaml));
    let base = &name[..dot];
    (is_yaml && kind::of_name(base).is_some()).then_some(base)
}

/// Reads a sidecar's statements.
pub fn sidecar(bytes: &[u8]) -> Result<FrontMatter, ReadError> {
    let yaml = text::decode(bytes, None).ok_or(ReadError::NotText)?;
    Ok(FrontMatter::parse(&yaml)?)
}

/// Reads a file in this process. `name` decides the format where the bytes do not.
pub fn read(name: &str, bytes: &[u8]) -> Result<Document, ReadError> {
    read_part(name, bytes, 0)
}

/// Reads a file that is attached to a mail which is attached to a mail, and so on, `depth` times.
fn read_part(name: &str, bytes: &[u8], depth: usize) -> Result<Document, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    let mut document = match kind::of(name, bytes)? {
        Format::Markdown => markdown::read(&decoded(bytes)?)?,
        Format::Plain => plain::read(&decoded(bytes)?),
        Format::Html => html::read(bytes)?,
        Format::Faq => faq::read(&decoded(bytes)?)?,
        Format::Csv => csv::read(name, &decoded(bytes)?)?,
        Format::Mail => mail::read(bytes, depth)?,
        Format::Pdf => pdf::read(bytes)?,
        Format::Deck => deck::read(bytes)?,
        Format::Word => word::read(bytes)?,
        Format::Workbook => workbook::read(bytes)?,
    };
    if is_smuggling(bytes) && !document.notices.iter().any(|notice| notice == concealed::NOTICE) {
        document.notices.push(concealed::NOTICE.to_owned());
    }
    document.title = document
        .title
        .take()
        .and_then(telling)
        .or_else(|| first_heading(&document));
    document.front.title = document.front.title.take().and_then(telling);
    if document.chars() > MAX_CHARS {
        return Err(ReadError::TooLarge {
            detail: format!("it unfolds into more than {MAX_CHARS} characters"),
        });
    }
    if document.sections.is_empty() {
        return Err(ReadError::Empty);
    }
    Ok(document)
}

/// A title that says what the document is about: not what programs and templates fill in by themselves.
fn telling(title: String) -> Option<String> {
    /// Without their numbers: `Slide 1`, `Document2`.
    const FILLERS: [&str; 16] = [
        "",
        "untitled",
        "untitled document",
        "document",
        "title",
        "include",
        "include file",
        "includes",
        "new page",
        "word document",
        "powerpoint presentation",
        "presentation",
        "slide",
        "sheet",
        "book",
        "workbook",
    ];
    let title = text::line(&title);
    let lower = title.to_lowercase();
    let words = lower.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
    // `Microsoft Word - rates.doc` is what printing to PDF gives.
    let is_filler = FILLERS.contains(&words)
        || ["microsoft word", "microsoft powerpoint"]
            .iter()
            .any(|by| words.starts_with(by));
    // A year alone still tells one edition from another.
    let is_year = title.len() == 4 && words.is_empty() && !title.contains(' ');
    (!is_filler || is_year).then_some(title)
}

/// The heading that a document of headings starts with.
fn first_heading(document: &Document) -> Option<String> {
    let first = document.sections.first()?;
    match first.anchor {
        Anchor::Heading { .. } => first.heading.first().cloned(),
        _ => None,
    }
}

/// Whether a file of UTF-8 text has tag characters: letters that nothing shows (see `text.rs`, which takes them out).
fn is_smuggling(bytes: &[u8]) -> bool {
    let tag = |window: &[u8]| matches!(window, [0xf3, 0xa0, 0x80 | 0x81, _]);
    std::str::from_utf8(bytes).is_ok() && bytes.windows(4).any(tag)
}

fn decoded(bytes: &[u8]) -> Result<String, ReadError> {
    text::decode(bytes, None).ok_or(ReadError::NotText)
}

/// A path's last part.
fn file_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_is_read() {
        #[track_caller]
        fn check(name: &str, supported: bool, sidecar: Option<&str>) {
            assert_eq!(
                (is_supported(name), sidecar_of(name)),
                (supported, sidecar),
                "{name}"
            );
        }
        check("deck.PPTX", true, None);
        check("a.b/rules", false, None);
        check("faq.yaml", true, None);
        check("rates.xlsx.yaml", false, Some("rates.xlsx"));
        check("faq.yaml.yml", false, Some("faq.yaml"));
        check("logo.png", false, None);
        check("logo.png.yaml", true, None);
    }

    #[test]
    fn titles_say_what_the_document_is_about() {
        #[track_caller]
        fn check(title: &str, expected: Option<&str>) {
            assert_eq!(telling(title.to_owned()).as_deref(), expected, "{title}");
        }
        check(" Partner  rules ", Some("Partner rules"));
        check("Include file", None);
        check("Slide 1", None);
        check("Document2", None);
        check("Microsoft Word - rates.doc", None);
        check("Book your visit", Some("Book your visit"));
        check("2025", Some("2025"));
        check("17", None);
    }

    #[test]
    fn what_is_not_read_says_why() {
        #[track_caller]
        fn check(name: &str, bytes: &[u8], code: &str) {
            assert_eq!(
                read(name, bytes).map_err(|e| e.code()).err(),
                Some(code),
                "{name}"
            );
        }
        check("a.md", b"", "empty");
        check("a.md", b" \n ", "empty");
        check("a.md", b"PNG\0\0", "not_text");
        check("a.zip", b"PK\x03\x04....", "unsupported");
        check("a.png", b"....", "unsupported");
        check("a.docx", b"plain words", "corrupt");
        check("a.docx", b"PK\x03\x04 cut", "corrupt");
        check("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "unsupported");
        check("a.pdf", b"%PDF-1.7 cut", "corrupt");
        check("toc.yaml", b"- name: Overview\n  href: index.md\n", "unsupported");
        check("a.md", b"---\naudience: everybody\n---\nText", "bad_front_matter");
    }
}
