//! EML: who wrote to whom and when, the body, and what is attached, each part by its own reader.

use super::{MAX_CHARS, ReadError, html, plain, read_part};
use crate::{Block, Document, Section, text};
use liaison_knowledge::Anchor;
use mail_parser::{Address, Message, MessageParser, MessagePart, MimeHeaders, PartType};

/// Mails attached to mails are followed this far.
const MAX_DEPTH: usize = 3;
/// Mails of people have a handful of attachments.
const MAX_ATTACHMENTS: usize = 50;

/// Reads a mail that is attached `depth` mails deep.
pub(super) fn read(bytes: &[u8], depth: usize) -> Result<Document, ReadError> {
    // Mails are made of bytes below 128 and of what those encode, but some programs save them as UTF-16.
    let wide = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let narrow = wide.then(|| text::decode(bytes, None)).flatten();
    let bytes = narrow.as_deref().map_or(bytes, str::as_bytes);
    let message = MessageParser::default()
        .parse(bytes)
        .ok_or_else(|| ReadError::corrupt("it has no mail header"))?;
    if is_encrypted(&message) {
        return Err(ReadError::unsupported(
            "an encrypted mail; save its text decrypted",
        ));
    }
    let mut document = Document {
        title: message.subject().map(str::to_owned),
        sections: body(&message)?,
        ..Document::default()
    };
    add_attachments(&message, depth, &mut document);
    if let Some(first) = document.sections.first_mut() {
        let fields = fields(&message);
        if !fields.is_empty() {
            first.blocks.insert(0, Block::Paragraph(fields));
        }
    }
    Ok(document)
}

fn is_encrypted(message: &Message<'_>) -> bool {
    message.content_type().is_some_and(|kind| {
        let (main, sub) = (kind.ctype(), kind.subtype().unwrap_or_default());
        main.eq_ignore_ascii_case("multipart") && sub.eq_ignore_ascii_case("encrypted")
            || sub.to_lowercase().ends_with("pkcs7-mime")
                && kind
                    .attribute("smime-type")
                    .is_none_or(|purpose| purpose != "signed-data")
    })
}

/// `From: Ada Brunner; To: Ken Mori; Date: 2025-01-31`.
fn fields(message: &Message<'_>) -> String {
    let people = |address: Option<&Address<'_>>| {
        let names = address.into_iter().flat_map(Address::iter);
        let names = names.filter_map(|one| one.name.as_deref().or(one.address.as_deref()));
        names.collect::<Vec<_>>().join(", ")
    };
    let date = message
        .date()
        .filter(|date| date.is_valid())
        .map(|date| format!("{:04}-{:02}-{:02}", date.year, date.month, date.day));
    let fields = [
        ("From", people(message.from())),
        ("To", people(message.to())),
        ("Date", date.unwrap_or_default()),
    ];
    let shown = fields
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}: {}", text::line(value)));
    shown.collect::<Vec<_>>().join("; ")
}

/// The body as HTML where it is written so, else as text: the two say the same.
fn body(message: &Message<'_>) -> Result<Vec<Section>, ReadError> {
    let mut sections = Vec::new();
    for part in message.html_bodies() {
        match &part.body {
            PartType::Html(page) => sections.extend(html::read(page.as_bytes())?.sections),
            PartType::Text(text) => sections.extend(plain::read(text).sections),
            _ => {}
        }
    }
    if sections.is_empty() {
        let texts = message.text_bodies().filter_map(|part| part.text_contents());
        sections.extend(texts.flat_map(|text| plain::read(text).sections));
    }
    Ok(sections)
}

/// Adds what is attached under its file's name, and says what could not be read.
fn add_attachments(message: &Message<'_>, depth: usize, document: &mut Document) {
    let mut chars = document.chars();
    for (nth, part) in message.attachments().enumerate() {
        if is_picture(part) {
            continue;
        }
        let name = text::line(part.attachment_name().unwrap_or(match &part.body {
            PartType::Message(_) => "attached mail.eml",
            _ => "attachment",
        }));
        let read = if depth >= MAX_DEPTH || nth >= MAX_ATTACHMENTS || chars > MAX_CHARS {
            Err(ReadError::unsupported("there are too many attachments before it"))
        } else {
            read_part(&name, part.contents(), depth + 1)
        };
        match read {
            Ok(attached) => {
                chars += attached.chars();
                document.notices.extend(attached.notices);
                document
                    .sections
                    .extend(attached.sections.into_iter().map(|section| below(&name, section)));
            }
            Err(error) => document
                .notices
                .push(format!("Attachment \"{name}\" was left out: {error}.")),
        }
    }
}

/// Logos and signatures.
fn is_picture(part: &MessagePart<'_>) -> bool {
    part.content_type()
        .is_some_and(|kind| kind.ctype().eq_ignore_ascii_case("image"))
}

fn below(name: &str, mut section: Section) -> Section {
    // A sheet of CSV is called like its file.
    if section.heading.first().is_some_and(|first| first == name) {
        return section;
    }
    section.heading.insert(0, name.to_owned());
    if let Anchor::Heading { heading } = &mut section.anchor {
        heading.insert(0, name.to_owned());
    }
    section
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The title, then a line per heading path and block, then the notices.
    #[track_caller]
    fn check(mail: &str, expected: &[&str]) {
        let document = read(mail.replace('\n', "\r\n").as_bytes(), 0).unwrap();
        let mut lines = vec![document.title.unwrap_or_default()];
        for section in document.sections {
            lines.push(format!("# {}", section.heading.join(" / ")));
            lines.extend(section.blocks.iter().flat_map(Block::lines));
        }
        lines.extend(document.notices);
        assert_eq!(lines, expected, "{mail}");
    }

    #[test]
    fn a_mail_is_read_with_its_fields() {
        check(
            "From: Ada Brunner <ada@example.com>\nTo: ken@example.com\nDate: Fri, 31 Jan 2025 10:00:00 +0100\n\
             Subject: =?utf-8?q?Rates_f=C3=BCr_2025?=\n\nGold earns 18 %.\n",
            &[
                "Rates für 2025",
                "# ",
                "From: Ada Brunner; To: ken@example.com; Date: 2025-01-31",
                "Gold earns 18 %.",
            ],
        );
    }

    #[test]
    fn of_two_versions_of_the_body_one_is_read() {
        check(
            "From: a@example.com\nSubject: S\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n\
             --b\nContent-Type: text/plain\n\nGold 18 %\n--b\nContent-Type: text/html\n\n\
             <table><tr><th>Tier<th>Rate<tr><td>Gold<td>18 %</table>\n--b--\n",
            &["S", "# ", "From: a@example.com", "Tier: Gold; Rate: 18 %"],
        );
    }

    #[test]
    fn attachments_are_read_by_what_they_are() {
        check(
            "From: a@example.com\nSubject: S\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n\
             --b\n\nSee below.\n\
             --b\nContent-Type: text/csv; name=rates.csv\nContent-Disposition: attachment; filename=rates.csv\n\n\
             Tier,Rate\nGold,18 %\n\
             --b\nContent-Type: image/png; name=logo.png\nContent-Disposition: attachment; filename=logo.png\n\nx\n\
             --b\nContent-Type: application/zip; name=all.zip\nContent-Disposition: attachment; filename=all.zip\n\
             Content-Transfer-Encoding: base64\n\nUEsDBA==\n\
             --b\nContent-Type: message/rfc822\n\nFrom: b@example.com\nSubject: Inner\n\nInner words.\n--b--\n",
            &[
                "S",
                "# ",
                "From: a@example.com",
                "See below.",
                "# rates.csv",
                "Tier: Gold; Rate: 18 %",
                "# attached mail.eml",
                "From: b@example.com",
                "Inner words.",
                "Attachment \"all.zip\" was left out: this kind of file is not read: an archive; unpack it and load \
                 the files.",
            ],
        );
    }

    #[test]
    fn an_encrypted_mail_says_so() {
        let mail = b"From: a@example.com\r\nContent-Type: multipart/encrypted; boundary=b\r\n\r\n--b--\r\n";
        assert_eq!(read(mail, 0).map_err(|e| e.code()).err(), Some("unsupported"));
    }
}
