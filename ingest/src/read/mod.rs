//! From bytes to a [`Document`], one file per format.
//!
//! Everything in here trusts nothing about the bytes, but it runs in the caller's process and the libraries
//! below it may loop, overflow the stack or fill the memory: only the child process of
//! [`sandbox`](crate::sandbox) should call [`read`] on files from outside.

mod csv;
mod deck;
mod error;
mod faq;
mod flow;
mod html;
mod markdown;
mod office;
mod page;
mod pdf;
mod plain;
mod reflow;
mod sheet;
mod table;
mod word;
mod workbook;

use crate::{Document, FrontMatter, text};
pub use error::ReadError;

/// The most text taken from one file, in characters: a thousand pages of small print are 5 million. Small
/// files that unfold into more than this are attacks or mistakes.
pub const MAX_CHARS: usize = 20_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Markdown,
    Html,
    Plain,
    Faq,
    Csv,
    Pdf,
    Deck,
    Word,
    Workbook,
}

/// Whether files with this name are read. A sidecar is not: it belongs to the file beside it.
#[must_use]
pub fn is_supported(name: &str) -> bool {
    format_of_name(name).is_some() && sidecar_of(name).is_none()
}

/// The file that `name` is a sidecar of: `rates.xlsx` for `rates.xlsx.yaml`.
#[must_use]
pub fn sidecar_of(name: &str) -> Option<&str> {
    let dot = name.rfind('.')?;
    let is_yaml = ["yaml", "yml"]
        .iter()
        .any(|yaml| name[dot + 1..].eq_ignore_ascii_case(yaml));
    let base = &name[..dot];
    (is_yaml && format_of_name(base).is_some()).then_some(base)
}

/// Reads a sidecar's statements.
pub fn sidecar(bytes: &[u8]) -> Result<FrontMatter, ReadError> {
    let yaml = text::decode(bytes, None).ok_or(ReadError::NotText)?;
    Ok(FrontMatter::parse(&yaml)?)
}

/// Reads a file in this process. `name` decides the format where the bytes do not.
pub fn read(name: &str, bytes: &[u8]) -> Result<Document, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    let mut document = match format_of(name, bytes)? {
        Format::Markdown => markdown::read(&decoded(bytes)?)?,
        Format::Plain => plain::read(&decoded(bytes)?),
        Format::Html => html::read(bytes)?,
        Format::Faq => faq::read(&decoded(bytes)?)?,
        Format::Csv => csv::read(name, &decoded(bytes)?)?,
        Format::Pdf => pdf::read(bytes)?,
        Format::Deck => deck::read(bytes)?,
        Format::Word => word::read(bytes)?,
        Format::Workbook => workbook::read(bytes)?,
    };
    document.title = document
        .title
        .map(|title| text::line(&title))
        .filter(|title| !title.is_empty());
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

fn decoded(bytes: &[u8]) -> Result<String, ReadError> {
    text::decode(bytes, None).ok_or(ReadError::NotText)
}

/// A path's last part.
fn file_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

fn format_of_name(name: &str) -> Option<Format> {
    let extension = file_name(name)
        .rsplit_once('.')
        .map(|(_, ext)| ext.to_lowercase())?;
    Some(match extension.as_str() {
        "md" | "markdown" | "mdx" => Format::Markdown,
        "html" | "htm" | "xhtml" => Format::Html,
        "txt" | "text" => Format::Plain,
        "yaml" | "yml" => Format::Faq,
        "csv" | "tsv" => Format::Csv,
        "pdf" => Format::Pdf,
        "pptx" | "pptm" | "ppsx" => Format::Deck,
        "docx" | "docm" => Format::Word,
        "xlsx" | "xlsm" => Format::Workbook,
        _ => return None,
    })
}

/// The format by name, corrected by what the bytes say.
fn format_of(name: &str, bytes: &[u8]) -> Result<Format, ReadError> {
    let named = format_of_name(name);
    let is_office = matches!(named, Some(Format::Deck | Format::Word | Format::Workbook));
    // The PDF header may stand behind some junk, but a text about PDF is not one.
    if bytes.starts_with(b"%PDF-") {
        return Ok(Format::Pdf);
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        // Word, Excel and PowerPoint put an encrypted file into the container of their old formats.
        let locked = "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<_>>();
        return Err(
            if is_office && bytes.windows(locked.len()).any(|window| window == locked) {
                ReadError::Encrypted
            } else {
                ReadError::unsupported("an Office file from before 2007; save it as .docx, .xlsx or .pptx")
            },
        );
    }
    if bytes.starts_with(b"PK\x03\x04") && !is_office {
        return office::format_of_zip(bytes)
            .ok_or_else(|| ReadError::unsupported("an archive; unpack it and load the files"));
    }
    if is_office && !bytes.starts_with(b"PK") {
        return Err(ReadError::corrupt("it is no Office file (no ZIP archive)"));
    }
    named.ok_or_else(|| {
        ReadError::unsupported("read are PDF, PPTX, DOCX, XLSX, CSV, HTML, Markdown, plain text and YAML FAQ")
    })
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
