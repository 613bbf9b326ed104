//! A mail that comes back: an answer, a failure to deliver, or a machine's word. Its text is data: quoted text is cut
//! off, markup becomes words, and nothing in it is followed.

use mail_parser::{Address, HeaderValue, Message, MessageParser, MimeHeaders};

/// What stands above everything that an answer repeats.
pub(super) const LINE: &str = "-- Write your answer above this line --";
/// Before the secret in an address for replies.
const PREFIX: &str = "reply+";
/// Longest answer that is kept, in characters.
const LONGEST: usize = 10_000;
/// Longest reason that is kept, in characters.
const LONGEST_REASON: usize = 300;

/// What a mail is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// An answer.
    Reply {
        /// Whose, as the mail says.
        name: String,
        /// Without what it quotes.
        text: String,
    },
    /// A mail to the manager could not be delivered: why.
    Bounce(String),
    /// A machine's answer, such as an absence note: nothing for the partner.
    Automatic,
    /// It was taken before.
    Again,
}

/// A mail as it came in.
#[derive(Debug)]
pub(super) struct Mail {
    /// The secret of the address it was sent to.
    pub(super) token: String,
    /// The sender's address, as the mail says.
    pub(super) from: String,
    /// Its `Message-ID`.
    pub(super) id: Option<String>,
    /// What it is.
    pub(super) what: Incoming,
}

/// Why a mail cannot be taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMail {
    /// It cannot be read.
    #[error("this is no mail")]
    NoMail,
    /// It was not sent to an address for replies.
    #[error("the mail was sent to no address for replies")]
    NoAddress,
    /// Nothing is left when the quoted text is cut off.
    #[error("the mail says nothing above what it quotes")]
    Empty,
}

/// The address for replies to a hand-over.
pub(super) fn address(token: &str, domain: &str) -> String {
    format!("{PREFIX}{token}@{domain}")
}

/// Reads a mail to an address for replies of `domain`.
pub(super) fn read(raw: &[u8], domain: &str) -> Result<Mail, BadMail> {
    let message = MessageParser::default()
        .parse(raw)
        .filter(|message| message.from().is_some() || message.to().is_some())
        .ok_or(BadMail::NoMail)?;
    let token = token(&message, domain).ok_or(BadMail::NoAddress)?;
    let sender = message.from().and_then(Address::first);
    let from = sender
        .and_then(|one| one.address())
        .unwrap_or_default()
        .to_owned();
    let name = sender
        .and_then(|one| one.name())
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let what = if let Some(reason) = bounce(&message) {
        Incoming::Bounce(reason)
    } else if is_automatic(&message) {
        Incoming::Automatic
    } else {
        let text = said(&message.body_text(0).unwrap_or_default());
        if text.is_empty() {
            return Err(BadMail::Empty);
        }
        Incoming::Reply {
            name: name.unwrap_or(&from).to_owned(),
            text,
        }
    };
    Ok(Mail {
        token,
        from,
        id: message.message_id().map(str::to_owned),
        what,
    })
}

fn token(message: &Message<'_>, domain: &str) -> Option<String> {
    let all = [message.to(), message.cc()]
        .into_iter()
        .flatten()
        .flat_map(Address::iter);
    all.filter_map(|one| one.address()).find_map(|address| {
        let address = address.to_lowercase();
        let (local, of) = address.rsplit_once('@')?;
        let token = local.strip_prefix(PREFIX)?;
        (of == domain.to_lowercase()).then(|| token.to_owned())
    })
}

/// Why a mail could not be delivered, when this is a report of that (RFC 3464).
fn bounce(message: &Message<'_>) -> Option<String> {
    let kind = message.content_type()?;
    let is_report = kind.ctype().eq_ignore_ascii_case("multipart")
        && kind
            .subtype()
            .is_some_and(|subtype| subtype.eq_ignore_ascii_case("report"))
        && kind
            .attribute("report-type")
            .is_some_and(|of| of.eq_ignore_ascii_case("delivery-status"));
    if !is_report {
        return None;
    }
    let fields = message.parts.iter().filter(|part| {
        part.content_type()
            .is_some_and(|kind| kind.subtype() == Some("delivery-status"))
    });
    let fields: String = fields
        .map(|part| String::from_utf8_lossy(part.contents()).into_owned())
        .collect();
    let field = |name: &str| {
        let line = fields.lines().find_map(|line| {
            line.split_once(':')
                .filter(|(key, _)| key.trim().eq_ignore_ascii_case(name))
        });
        line.map(|(_, value)| value.trim().to_owned())
    };
    // A delay is no failure: the mail server goes on trying.
    if field("Action").is_some_and(|action| action.eq_ignore_ascii_case("delayed")) {
        return None;
    }
    let reason = field("Diagnostic-Code")
        .or_else(|| field("Status"))
        .unwrap_or_else(|| "it came back".to_owned());
    Some(reason.chars().take(LONGEST_REASON).collect())
}

/// Absence notes and the like say so (RFC 3834), or are reports.
fn is_automatic(message: &Message<'_>) -> bool {
    let header = |name: &'static str| match message.header(name) {
        Some(HeaderValue::Text(text)) => Some(text.to_lowercase()),
        _ => None,
    };
    let is_report = message.content_type().is_some_and(|kind| {
        kind.subtype()
            .is_some_and(|subtype| subtype.eq_ignore_ascii_case("report"))
    });
    is_report
        || header("Auto-Submitted").is_some_and(|value| !value.starts_with("no"))
        || header("X-Auto-Response-Suppress").is_some() && header("X-Autoreply").is_some()
        || header("Precedence").is_some_and(|value| ["auto_reply", "bulk", "junk"].contains(&value.as_str()))
}

/// What somebody wrote above the text that their program quotes, without a signature.
fn said(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let end = (0..lines.len())
        .find(|&at| begins_quote(&lines[at..]))
        .unwrap_or(lines.len());
    // Answers between the lines keep their place: only what is quoted at the end goes.
    let kept = lines[..end]
        .iter()
        .rposition(|line| !line.is_empty() && !line.starts_with('>'));
    let own = kept.map_or(&[][..], |last| &lines[..=last]);
    own.join("\n").trim().chars().take(LONGEST).collect()
}

/// Whether the rest is what a mail program adds below an answer.
fn begins_quote(rest: &[&str]) -> bool {
    let line = rest[0].trim_start_matches(['>', ' ']);
    if line.contains(LINE) || rest[0] == "--" {
        return true;
    }
    let mark = line.trim_matches(['-', '_', ' ']).to_lowercase();
    let has_bars = line.starts_with("---") || line.starts_with("___");
    if has_bars
        && (ORIGINAL.contains(&mark.as_str()) || (mark.is_empty() && rest.len() > 1 && is_header(rest[1])))
    {
        return true;
    }
    // "On Friday, Liaison <liaison@example.com> wrote:" may be broken into two or three lines.
    let starts = INTRODUCTIONS.iter().any(|(start, _)| line.starts_with(start));
    let joined = rest.iter().take(3).copied().collect::<Vec<_>>().join(" ");
    let introduces = |(start, end): &(&str, &str)| {
        let said = joined.trim_start_matches(['>', ' ']);
        said.starts_with(start) && said.find(end).is_some_and(|at| at < 300)
    };
    (starts && INTRODUCTIONS.iter().any(introduces))
        || (is_header(line) && rest.iter().take(4).filter(|next| is_header(next)).count() >= 3)
}

/// How programs introduce what they quote: the start of the line, and what follows in it.
const INTRODUCTIONS: [(&str, &str); 6] = [
    ("On ", " wrote:"),
    ("Am ", " schrieb"),
    ("Le ", " a écrit"),
    ("El ", " escribió:"),
    ("Op ", " schreef"),
    ("Il ", " ha scritto:"),
];
const ORIGINAL: [&str; 4] = [
    "original message",
    "ursprüngliche nachricht",
    "message d'origine",
    "forwarded message",
];
/// The first words of the block that Outlook puts above what it quotes.
const HEADERS: [&str; 14] = [
    "From:",
    "Sent:",
    "Date:",
    "To:",
    "Subject:",
    "Von:",
    "Gesendet:",
    "Datum:",
    "An:",
    "Betreff:",
    "De :",
    "Envoyé :",
    "À :",
    "Objet :",
];

fn is_header(line: &str) -> bool {
    let line = line.trim_start_matches(['*', '>', ' ']);
    HEADERS.iter().any(|header| line.starts_with(header))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";

    fn mail(headers: &str, body: &str) -> Vec<u8> {
        format!("From: Anneke Visser <anneke@vendor.example>\nTo: Liaison <Reply+{TOKEN}@Replies.example>\nMessage-ID: <m-1@vendor.example>\n{headers}\n{body}")
            .replace('\n', "\r\n")
            .into_bytes()
    }

    #[track_caller]
    fn check(body: &str, expected: &str) {
        let read = read(
            &mail("Content-Type: text/plain; charset=utf-8\n", body),
            "replies.example",
        )
        .unwrap();
        assert_eq!(
            (read.token.as_str(), read.from.as_str()),
            (TOKEN, "anneke@vendor.example")
        );
        assert_eq!(read.id.as_deref(), Some("m-1@vendor.example"));
        let what = Incoming::Reply {
            name: "Anneke Visser".to_owned(),
            text: expected.to_owned(),
        };
        assert_eq!(read.what, what, "{body}");
    }

    #[test]
    fn what_a_program_quotes_is_cut_off() {
        check("Yes, 60 days.\n", "Yes, 60 days.");
        check(
            &format!("Yes.\n\nOn Fri, 20 Nov 2026, Liaison wrote:\n> {LINE}\n> secret\n"),
            "Yes.",
        );
        check(
            "Yes.\n\nOn Fri, 20 Nov 2026 at 10:00\nLiaison <reply@replies.example>\nwrote:\n\n> old\n",
            "Yes.",
        );
        check("Ja.\n\nAm 20.11.2026 um 10:00 schrieb Liaison:\n> alt\n", "Ja.");
        check(
            "Oui.\n\nLe ven. 20 nov. 2026 à 10:00, Liaison a écrit :\n> ancien\n",
            "Oui.",
        );
        check(&format!("Yes.\n\n{LINE}\nold\n"), "Yes.");
        check("Yes.\n\n-----Original Message-----\nFrom: Liaison\nold\n", "Yes.");
        check(
            "Yes.\n________________________________\nFrom: Liaison\nSent: Friday\nTo: me\nold\n",
            "Yes.",
        );
        check(
            "Ja.\n\nVon: Liaison\nGesendet: Freitag\nAn: mich\nBetreff: x\nalt\n",
            "Ja.",
        );
        check("Yes.\n-- \nAnneke Visser\nMerrowline\n", "Yes.");
        check(
            "> How long?\n60 days.\n> And then?\nNothing.\n> bye\n",
            "> How long?\n60 days.\n> And then?\nNothing.",
        );
        // Words that only look like an introduction stay.
        check(
            "On Friday we decide.\nFrom: the desk, with thanks.\n",
            "On Friday we decide.\nFrom: the desk, with thanks.",
        );
    }

    #[test]
    fn markup_becomes_words() {
        let raw = mail(
            "Content-Type: text/html; charset=utf-8\n",
            "<p>Yes, <b>60</b> days.</p><script>alert(1)</script>\n",
        );
        let Incoming::Reply { text, .. } = read(&raw, "replies.example").unwrap().what else {
            panic!("no answer")
        };
        assert!(text.starts_with("Yes, 60 days.") && !text.contains('<'), "{text}");
    }

    #[test]
    fn machines_are_told_from_people() {
        let read =
            |headers: &str, body: &str| read(&mail(headers, body), "replies.example").map(|mail| mail.what);
        let away = "I am away until Monday.\n";
        assert_eq!(
            read("Auto-Submitted: auto-replied\n", away),
            Ok(Incoming::Automatic)
        );
        assert_eq!(read("Precedence: bulk\n", away), Ok(Incoming::Automatic));
        let report = |action: &str| {
            format!(
                "--b\n\nIt came back.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n\
                 Final-Recipient: rfc822; a@b.example\nAction: {action}\nStatus: 5.1.1\n\
                 Diagnostic-Code: smtp; 550 no such user\n--b--\n"
            )
        };
        let headers =
            "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n";
        assert_eq!(
            read(headers, &report("failed")),
            Ok(Incoming::Bounce("smtp; 550 no such user".to_owned()))
        );
        assert_eq!(read(headers, &report("delayed")), Ok(Incoming::Automatic));
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        let check = |raw: &[u8], expected| assert_eq!(read(raw, "replies.example").unwrap_err(), expected);
        check(b"", BadMail::NoMail);
        check(b"\x00\xff\x00", BadMail::NoMail);
        check(
            b"From: a@b.example\r\nTo: c@d.example\r\n\r\nx\r\n",
            BadMail::NoAddress,
        );
        check(&mail("", "> only what was quoted\n"), BadMail::Empty);
        assert_eq!(
            read(&mail("", "Yes."), "other.example").unwrap_err(),
            BadMail::NoAddress
        );
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_break_it(bytes: Vec<u8>, text in ".*") {
            let _ = read(&bytes, "replies.example");
            let _ = read(&mail("", &text), "replies.example");
        }
    }
}
