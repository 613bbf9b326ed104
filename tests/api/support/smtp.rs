//! A mail server that takes mails, or does not, as the test says.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// How long a mail may take to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A mail as the server got it.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) raw: String,
}

impl Mail {
    /// A header's value, unfolded.
    pub(crate) fn header(&self, name: &str) -> String {
        let head = self.raw.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
        let line = head
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name}: {}", self.raw))
            .to_owned()
    }

    /// Its text, decoded.
    pub(crate) fn text(&self) -> String {
        let mail = mail_parser::MessageParser::default()
            .parse(self.raw.as_bytes())
            .unwrap();
        mail.body_text(0).unwrap().into_owned()
    }
}

/// The running server.
pub(crate) struct Smtp {
    pub(crate) url: String,
    mails: Arc<Mutex<Vec<Mail>>>,
}

impl Smtp {
    /// Opens the server on a port of its own. It says `refusals` to the first recipients, one each, such as
    /// `451 later`, and takes every mail after that.
    pub(crate) fn start(refusals: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let mails = Arc::new(Mutex::new(Vec::new()));
        let mut refusals: VecDeque<String> = refusals.iter().map(|&one| one.to_owned()).collect();
        let taken = Arc::clone(&mails);
        thread::spawn(move || {
            for stream in listener.incoming() {
                // A client that breaks off has its reasons; the next one is served.
                let _ = serve(stream.unwrap(), &mut refusals, &taken);
            }
        });
        Self { url, mails }
    }

    /// The mails so far, once there are `count`.
    pub(crate) fn mails(&self, count: usize) -> Vec<Mail> {
        let start = Instant::now();
        loop {
            let mails = self.mails.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if mails.len() >= count {
                return mails;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "{} of {count} mails came",
                mails.len()
            );
            thread::sleep(Duration::from_millis(20));
        }
    }
}

fn serve(
    stream: TcpStream,
    refusals: &mut VecDeque<String>,
    mails: &Mutex<Vec<Mail>>,
) -> std::io::Result<()> {
    let mut out = stream.try_clone()?;
    let mut lines = BufReader::new(stream).lines();
    let (mut from, mut to) = (String::new(), String::new());
    write!(out, "220 stand-in\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let command = line.to_uppercase();
        let answer = match command.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" | "HELO" => "250 stand-in".to_owned(),
            "MAIL" => {
                from = between(&line);
                "250 ok".to_owned()
            }
            "RCPT" => {
                to = between(&line);
                refusals.pop_front().unwrap_or_else(|| "250 ok".to_owned())
            }
            "DATA" => {
                write!(out, "354 go on\r\n")?;
                let mut raw = String::new();
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    raw += line.strip_prefix('.').unwrap_or(&line);
                    raw += "\r\n";
                }
                let mail = Mail {
                    from: from.clone(),
                    to: to.clone(),
                    raw,
                };
                mails.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
                "250 taken".to_owned()
            }
            "QUIT" => {
                write!(out, "221 bye\r\n")?;
                return Ok(());
            }
            _ => "250 ok".to_owned(),
        };
        write!(out, "{answer}\r\n")?;
    }
    Ok(())
}

/// What stands in angle brackets.
fn between(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(address, _)| address.to_owned()).unwrap_or_default()
}
