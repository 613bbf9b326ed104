//! Which format a file has: its bytes decide, its name is a hint where bytes leave a choice.
//!
//! Containers and binary formats are told by their signatures, an Office file by the parts in its archive. Text
//! has no signature: a page, a mail or a FAQ is recognised by how it starts, and between Markdown, CSV and plain
//! text the name goes first. A file with an unknown extension is read only when its bytes leave no doubt, because
//! folders hold scripts and styles too.

use super::ReadError;
use crate::text;

/// What a file is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Markdown,
    Html,
    Plain,
    Faq,
    Csv,
    Mail,
    Pdf,
    Deck,
    Word,
    Workbook,
}

impl Format {
    /// Whether nothing but text is in it. A mail is none: anything may be attached.
    pub(super) fn is_text(self) -> bool {
        match self {
            Self::Markdown | Self::Html | Self::Plain | Self::Faq | Self::Csv => true,
            Self::Mail | Self::Pdf | Self::Deck | Self::Word | Self::Workbook => false,
        }
    }
}

/// As much of a text file as is looked at.
const HEAD_BYTES: usize = 16 << 10;
/// A PDF's signature may stand behind this much junk.
const PDF_HEAD_BYTES: usize = 1024;
/// Where Word, Excel and PowerPoint kept their files before 2007, and Outlook keeps its messages.
const COMPOUND_FILE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
const ZIP: &[u8] = b"PK\x03\x04";

/// The format that a file's extension names.
pub(super) fn of_name(name: &str) -> Option<Format> {
    Some(match extension(name)?.as_str() {
        "md" | "markdown" | "mdx" => Format::Markdown,
        "html" | "htm" | "xhtml" => Format::Html,
        "txt" | "text" => Format::Plain,
        "yaml" | "yml" => Format::Faq,
        "csv" | "tsv" => Format::Csv,
        "eml" => Format::Mail,
        "pdf" => Format::Pdf,
        "pptx" | "pptm" | "ppsx" => Format::Deck,
        "docx" | "docm" => Format::Word,
        "xlsx" | "xlsm" => Format::Workbook,
        _ => return None,
    })
}

fn extension(name: &str) -> Option<String> {
    super::file_name(name)
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_lowercase())
}

/// The format of a file, or why it is not read.
pub(super) fn of(name: &str, bytes: &[u8]) -> Result<Format, ReadError> {
    let named = of_name(name);
    let is_pdf = |head: &[u8]| head.windows(5).any(|window| window == b"%PDF-");
    if bytes.starts_with(b"%PDF-")
        || named == Some(Format::Pdf) && is_pdf(&bytes[..bytes.len().min(PDF_HEAD_BYTES)])
    {
        return Ok(Format::Pdf);
    }
    if bytes.starts_with(COMPOUND_FILE) {
        return Err(of_compound_file(bytes));
    }
    if bytes.starts_with(ZIP) {
        return of_archive(named, bytes);
    }
    if bytes.starts_with(b"{\\rtf") {
        return Err(ReadError::unsupported("a rich text file; save it as .docx"));
    }
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    // The shorter signatures are words too: a text may start with BM or MZ.
    let is_text = !head.contains(&0) || encoding_rs::Encoding::for_bom(bytes).is_some();
    if !is_text && let Some(kind) = infer::get(bytes) {
        return Err(ReadError::unsupported(described(kind)));
    }
    of_text(name, named, &text::decode(head, None).unwrap_or_default())
}

/// Whether a file holds other files, by its signature.
pub(super) fn is_container(bytes: &[u8]) -> bool {
    bytes.starts_with(ZIP) || bytes.starts_with(COMPOUND_FILE)
}

/// What is in an archive, by the names of its parts.
fn of_archive(named: Option<Format>, bytes: &[u8]) -> Result<Format, ReadError> {
    let holds = |folder: &[u8]| part_names(bytes).any(|part| part.starts_with(folder));
    let found = [
        (&b"word/"[..], Format::Word),
        (b"ppt/", Format::Deck),
        (b"xl/", Format::Workbook),
    ]
    .into_iter()
    .find_map(|(folder, format)| holds(folder).then_some(format));
    match (found, named) {
        (Some(format), _) => Ok(format),
        // Its own reader says what is damaged.
        (None, Some(format @ (Format::Word | Format::Deck | Format::Workbook)))
            if part_names(bytes).next().is_none() =>
        {
            Ok(format)
        }
        _ => Err(ReadError::unsupported(infer::get(bytes).map_or_else(
            || "an archive; unpack it and load the files".to_owned(),
            described,
        ))),
    }
}

/// The names in the directory at the end of a ZIP archive; none when it is damaged.
pub(super) fn part_names(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let number = |at: usize, len: usize| {
        let field = bytes.get(at..at + len)?;
        Some(
            field
                .iter()
                .rev()
                .fold(0, |value, byte| value << 8 | usize::from(*byte)),
        )
    };
    let end = bytes.len().saturating_sub(22 + 65_535);
    let record = bytes[end..]
        .windows(4)
        .rposition(|window| window == b"PK\x05\x06");
    let mut at = record.and_then(|record| number(end + record + 16, 4));
    std::iter::from_fn(move || {
        let entry = at?;
        at = None;
        if bytes.get(entry..entry + 4)? != b"PK\x01\x02" {
            return None;
        }
        let (name, extra, comment) = (
            number(entry + 28, 2)?,
            number(entry + 30, 2)?,
            number(entry + 32, 2)?,
        );
        at = Some(entry + 46 + name + extra + comment);
        bytes.get(entry + 46..entry + 46 + name)
    })
}

fn of_compound_file(bytes: &[u8]) -> ReadError {
    // Names in the directory of the container are UTF-16.
    let holds = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(name.len()).any(|window| window == name)
    };
    if holds("EncryptedPackage") {
        ReadError::Encrypted
    } else if holds("__properties_version1.0") {
        ReadError::unsupported("an Outlook message; save it as .eml")
    } else {
        ReadError::unsupported("an Office file from before 2007; save it as .docx, .xlsx or .pptx")
    }
}

/// What a file is that is not read, and what to do instead.
fn described(kind: infer::Type) -> String {
    let name = kind.extension().to_uppercase();
    match (kind.mime_type(), kind.matcher_type()) {
        (mime, _) if mime.contains("opendocument") => {
            "an OpenDocument file; save it as .docx, .xlsx or .pptx".to_owned()
        }
        (_, infer::MatcherType::Image) => {
            format!("a picture ({name}); load the document that its words come from")
        }
        (_, infer::MatcherType::Audio | infer::MatcherType::Video) => {
            format!("a recording ({name}); load its transcript")
        }
        (_, infer::MatcherType::Archive) => "an archive; unpack it and load the files".to_owned(),
        _ => format!("a {name} file; save its text in a format that is read"),
    }
}

fn of_text(name: &str, named: Option<Format>, head: &str) -> Result<Format, ReadError> {
    let start = head.trim_start();
    if start.to_lowercase().starts_with("### yamlmime:faq") {
        return Ok(Format::Faq);
    }
    // Markdown may start with a piece of HTML, but not with a whole page.
    let is_loose = !matches!(named, None | Some(Format::Markdown));
    if named != Some(Format::Html) && is_page(start, is_loose) {
        return Ok(Format::Html);
    }
    if named.is_none_or(|format| !matches!(format, Format::Html | Format::Markdown)) && is_mail(head) {
        return Ok(Format::Mail);
    }
    match named {
        Some(Format::Word | Format::Deck | Format::Workbook) => {
            Err(ReadError::corrupt("it is no Office file (no ZIP archive)"))
        }
        Some(Format::Html) if !head.is_empty() && !head.contains('<') => Ok(guess(head)),
        Some(Format::Plain) => Ok(guess(head)),
        Some(format) => Ok(format),
        None if extension(name).is_none() && !head.is_empty() => Ok(guess(head)),
        None => Err(ReadError::unsupported(
            "read are PDF, PPTX, DOCX, XLSX, CSV, HTML, Markdown, plain text, mail (EML) and YAML FAQ",
        )),
    }
}

/// Text that nothing names: Markdown and CSV where two signs or every line say so.
fn guess(head: &str) -> Format {
    if is_markdown(head) {
        Format::Markdown
    } else if is_sheet(head) {
        Format::Csv
    } else {
        Format::Plain
    }
}

/// Whether `start` opens a page; a `loose` one may lack its first tags, as exports of spreadsheets do.
fn is_page(start: &str, loose: bool) -> bool {
    let mut rest = start;
    while let Some((open, close)) = [("<?xml", "?>"), ("<!--", "-->")]
        .into_iter()
        .find(|(open, _)| rest.starts_with(open))
    {
        let Some((_, after)) = rest[open.len()..].split_once(close) else {
            return false;
        };
        rest = after.trim_start();
    }
    let tag: String = rest.chars().take(14).collect::<String>().to_lowercase();
    let opens = |tags: &[&str]| tags.iter().any(|open| tag.starts_with(open));
    opens(&["<!doctype html", "<html"]) || loose && opens(&["<head", "<body", "<table"])
}

/// Whether `head` starts with the fields of a mail: one that people write and one that programs do.
fn is_mail(head: &str) -> bool {
    let mut names = Vec::new();
    for line in head.lines() {
        match line.split_once(':') {
            _ if line.trim().is_empty() => break,
            _ if line.starts_with([' ', '\t']) && !names.is_empty() => {}
            Some((name, _)) if name.bytes().all(|b| b.is_ascii_graphic()) => names.push(name.to_lowercase()),
            _ => return false,
        }
    }
    let has = |fields: &[&str]| names.iter().any(|name| fields.contains(&name.as_str()));
    has(&["from", "to", "subject", "date"])
        && has(&[
            "mime-version",
            "message-id",
            "received",
            "return-path",
            "content-type",
            "delivered-to",
        ])
}

/// Whether `head` shows two of the signs of Markdown.
fn is_markdown(head: &str) -> bool {
    let is_heading = |line: &str| {
        let text = line.trim_start_matches('#');
        (1..=6).contains(&(line.len() - text.len())) && text.starts_with(' ')
    };
    let is_rule = |line: &str| line.contains("|--") || line.contains("| --") || line.contains("|:-");
    let signs = [
        head.starts_with("---\n") || head.starts_with("---\r\n"),
        head.lines().any(is_heading),
        head.lines().filter(|line| is_heading(line)).nth(1).is_some(),
        head.lines().any(is_rule),
        head.contains("]("),
        head.contains("```"),
        head.contains("**"),
    ];
    signs.into_iter().filter(|sign| *sign).count() >= 2
}

/// Whether the lines of `head` have the same columns throughout.
fn is_sheet(head: &str) -> bool {
    // The last line may be cut.
    let lines: Vec<&str> = head.lines().filter(|line| !line.trim().is_empty()).collect();
    let lines = &lines[..lines
        .len()
        .saturating_sub(usize::from(head.len() >= HEAD_BYTES - 4))];
    let recurs = |delimiter: char, least: usize| {
        let count = |line: &&str| line.matches(delimiter).count();
        lines.len() >= 3
            && lines.first().is_some_and(|first| {
                count(first) >= least && lines.iter().all(|line| count(line) == count(first))
            })
    };
    recurs('\t', 1) || recurs(';', 2) || recurs(',', 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, bytes: &[u8], expected: Result<Format, &str>) {
        let found = of(name, bytes);
        let code = found.as_ref().map(|format| *format).map_err(ReadError::code);
        assert_eq!(code, expected, "{name}: {found:?}");
    }

    #[test]
    fn bytes_go_before_the_name() {
        check("rules.docx", b"%PDF-1.7", Ok(Format::Pdf));
        check("rules.pdf", b"junk\n%PDF-1.7", Ok(Format::Pdf));
        check(
            "about.txt",
            b"A file that starts with %PDF-1.7",
            Ok(Format::Plain),
        );
        check("rules.pdf", b"<!DOCTYPE html><html>", Ok(Format::Html));
        check("rates.xlsx", b"<table><tr><td>1</table>", Ok(Format::Html));
        check(
            "page",
            b"<?xml version='1.0'?>\n<!-- a -->\n<html>",
            Ok(Format::Html),
        );
        check("rules.md", b"<table><tr><td>1</table>", Ok(Format::Markdown));
        check("logo.md", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Err("unsupported"));
        check("bm.md", b"BM and MZ are words", Ok(Format::Markdown));
        check("rates.docx", b"plain words", Err("corrupt"));
        check("a.docx", b"PK\x03\x04 cut", Ok(Format::Word));
        check("a.zip", b"PK\x03\x04 cut", Err("unsupported"));
        check("a.rtf", b"{\\rtf1", Err("unsupported"));
    }

    #[test]
    fn text_is_told_by_how_it_starts() {
        let mail = b"From: a@example.com\nSubject: Rates\nMIME-Version: 1.0\n\nHello";
        check("mail", mail, Ok(Format::Mail));
        check("mail.txt", mail, Ok(Format::Mail));
        check(
            "mail.txt",
            b"From: Ada\nSubject: Rates\n\nHello",
            Ok(Format::Plain),
        );
        check("faq.txt", b"### YamlMime:FAQ\ntitle: T", Ok(Format::Faq));
        check("rules.txt", b"# Rules\n\n[Sign in](x.md)", Ok(Format::Markdown));
        check("rules.txt", b"# is the number sign", Ok(Format::Plain));
        check(
            "rates.txt",
            b"Tier;Product;Rate\nGold;Flow;18\nSilver;Flow;15\n",
            Ok(Format::Csv),
        );
        check("letter", b"Dear all,\nwe met,\nyours", Ok(Format::Plain));
        check("rules.html", b"# Rules\n\n**All** of them", Ok(Format::Markdown));
        check("style.css", b"body { color: red }", Err("unsupported"));
    }

    #[test]
    fn containers_say_what_to_do() {
        let compound = |stream: &str| {
            let name = stream.encode_utf16().flat_map(u16::to_le_bytes);
            COMPOUND_FILE.iter().copied().chain(name).collect::<Vec<u8>>()
        };
        check("a.doc", &compound("WordDocument"), Err("unsupported"));
        check("a.docx", &compound("EncryptedPackage"), Err("encrypted"));
        let message = of("a.msg", &compound("__properties_version1.0")).map_err(|e| e.to_string());
        assert!(message.unwrap_err().contains("save it as .eml"));
    }
}
