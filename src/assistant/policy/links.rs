//! Which addresses may be shown: those of the vendor's own list, compared as parsed URLs.

use url::Url;

/// Addresses that answers may link to.
#[derive(Debug, Clone, Default)]
pub(super) struct AllowedLinks(Vec<Url>);

/// An entry of the list that is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no address: write one like `https://portal.example.com` or `https://example.com/partners/`"
)]
pub struct BadLink(pub String);

impl AllowedLinks {
    /// Each entry allows its host, or what lies under its path.
    ///
    /// # Errors
    /// When an entry is no `http` or `https` address with a host and, at most, a port and a path.
    pub(super) fn new(entries: &[String]) -> Result<Self, BadLink> {
        let parse = |entry: &String| parse(entry).ok_or_else(|| BadLink(entry.clone()));
        entries.iter().map(parse).collect::<Result<_, _>>().map(Self)
    }

    /// The same with one more entry; nothing changes where it is none.
    pub(super) fn with(&self, entry: &str) -> Self {
        Self(self.0.iter().cloned().chain(parse(entry)).collect())
    }

    /// `address` as it may be written between the parentheses of a Markdown link, if it is allowed.
    pub(super) fn target(&self, address: &str) -> Option<String> {
        let url = plain(address)?;
        let is_allowed = self.0.iter().any(|allowed| is_under(&url, allowed));
        is_allowed.then(|| url.as_str().replace('(', "%28").replace(')', "%29"))
    }
}

fn parse(entry: &str) -> Option<Url> {
    let url = plain(entry)?;
    (url.query().is_none() && url.fragment().is_none()).then_some(url)
}

/// An address that every parser reads alike: printable ASCII, nothing before the host, and the host written as it is.
fn plain(address: &str) -> Option<Url> {
    let is_plain = |b: u8| b.is_ascii_graphic() && !b"\\<>\"`{}|^".contains(&b);
    if !address.bytes().all(is_plain) {
        return None;
    }
    let url = Url::parse(address).ok()?;
    let (_, rest) = address.split_once("://")?;
    let written = rest.split(['/', '?', '#']).next()?;
    let host = url.host_str()?;
    let authority = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let is_web = matches!(url.scheme(), "http" | "https");
    (is_web && written.eq_ignore_ascii_case(&authority)).then_some(url)
}

fn is_under(url: &Url, allowed: &Url) -> bool {
    let folder = allowed.path().trim_end_matches('/');
    let path = url.path();
    let below = path.strip_prefix(folder);
    // What a server makes of an encoded slash is its own affair.
    let is_ambiguous = || {
        let path = path.to_ascii_lowercase();
        ["%2e", "%2f", "%5c"].iter().any(|code| path.contains(code))
    };
    url.origin() == allowed.origin()
        && below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
        && (folder.is_empty() || !is_ambiguous())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_as_parsed() {
        let entries = ["https://portal.example.com", "https://example.com/partners/"];
        let links = AllowedLinks::new(&entries.map(str::to_owned)).unwrap();
        #[track_caller]
        fn check(links: &AllowedLinks, address: &str, expected: bool) {
            assert_eq!(links.target(address).is_some(), expected, "{address}");
        }
        for allowed in [
            "https://portal.example.com",
            "https://portal.example.com/deals?id=1#top",
            "HTTPS://Portal.Example.com/deals",
            "https://example.com/partners",
            "https://example.com/partners/rates",
        ] {
            check(&links, allowed, true);
        }
        for other in [
            "http://portal.example.com",
            "https://portal.example.com.evil.net",
            "https://portal.example.com@evil.net",
            "https://user@portal.example.com",
            "https://portal.example.com:8443",
            "https://evil.net/https://portal.example.com",
            "https://evil.net\\@portal.example.com",
            "https:\\\\portal.example.com",
            "https:portal.example.com",
            "https://portal.example.com\u{200b}",
            "https://pоrtal.example.com", // a Cyrillic o
            "https://portal%2eexample.com",
            "https://xportal.example.com",
            "https://example.com",
            "https://example.com/partnersandmore",
            "https://example.com/partners/../admin",
            "https://example.com/partners/%2e%2e/admin",
            "https://example.com/partners/..%2fadmin",
            "javascript:alert(1)",
            "data:text/html,x",
            "//portal.example.com",
            "/deals",
            "#cite-1",
            "",
        ] {
            check(&links, other, false);
        }
        assert_eq!(
            links.target("https://portal.example.com/a(b)").as_deref(),
            Some("https://portal.example.com/a%28b%29")
        );
    }

    #[test]
    fn an_entry_that_is_no_address_is_named() {
        for bad in [
            "portal.example.com",
            "https://",
            "mailto:a@example.com",
            "https://a.example/?q=1",
            "*",
        ] {
            assert_eq!(
                AllowedLinks::new(&[bad.to_owned()]).err(),
                Some(BadLink(bad.to_owned()))
            );
        }
    }
}
