//! E-mail addresses and domains, and whose they are.

use super::{Context, page::Page};
use crate::registration::{fold::folded, lexicon::lists, names::domain::registrable};
use linkify::{LinkFinder, LinkKind};
use std::ops::Range;

lists! {
    FREE_MAIL = "words/company.txt" ["free mail"];
    NO_DOMAIN = "words/company.txt" ["no domain"];
    TOP_LEVEL = "words/company.txt" ["top level"];
}

/// An address of a mailbox or a site.
#[derive(Debug, Clone)]
pub(super) struct Address {
    /// Bytes.
    pub(super) range: Range<usize>,
    /// Before the `@`; empty for a site.
    pub(super) local: String,
    /// Lower case, registrable: `harbour.example` of `mail.harbour.example`.
    pub(super) domain: String,
    /// Bytes of the domain.
    pub(super) domain_range: Range<usize>,
    /// The letters and digits before the `@`, as names are compared with them.
    pub(super) person: String,
    /// The first label of the domain, as names are compared with it.
    pub(super) label: String,
}

impl Address {
    pub(super) fn is_mail(&self) -> bool {
        !self.local.is_empty()
    }

    /// Whether the domain tells whose address it is.
    pub(super) fn is_free(&self) -> bool {
        is_free_mail(&self.domain)
    }
}

/// Whether everyone can have an address there.
pub(in crate::registration) fn is_free_mail(domain: &str) -> bool {
    // "freemail.example" says it itself.
    let label = domain.split('.').next().unwrap_or_default();
    FREE_MAIL.has(domain) || matches!(label, "freemail" | "webmail" | "mail" | "email")
}

/// More addresses than a text that a person pastes has.
const MOST: usize = 200;

/// The addresses of a text that are neither the partner's nor the vendor's, in their order.
pub(super) fn all(page: &Page<'_>, context: &Context<'_>) -> Vec<Address> {
    let mut finder = LinkFinder::new();
    finder
        .kinds(&[LinkKind::Email, LinkKind::Url])
        .url_must_have_scheme(false);
    finder
        .links(page.text)
        .filter_map(|link| {
            let range = link.start()..link.end();
            match link.kind() {
                LinkKind::Email => mailbox(link.as_str(), range),
                _ => site(link.as_str(), range),
            }
        })
        .filter(|address| !is_ours(&address.domain, context))
        .take(MOST)
        .collect()
}

/// Whether a domain is the partner's or the vendor's.
pub(super) fn is_ours(domain: &str, context: &Context<'_>) -> bool {
    let name = context
        .vendor_name
        .to_lowercase()
        .replace(|c: char| !c.is_alphanumeric(), "");
    let label = domain.split('.').next().unwrap_or_default().replace('-', "");
    registrable(context.partner_domain) == domain || (!name.is_empty() && label == name)
}

fn mailbox(text: &str, range: Range<usize>) -> Option<Address> {
    let (local, host) = text.rsplit_once('@')?;
    let start = range.end - host.len();
    let domain = registrable(host);
    Some(Address {
        person: bare(local),
        label: bare(domain.split('.').next().unwrap_or_default()),
        local: local.to_owned(),
        domain_range: start..range.end,
        domain,
        range,
    })
}

/// Letters and digits, folded and squeezed.
fn bare(text: &str) -> String {
    let plain: String = folded(text).chars().filter(|c| c.is_alphanumeric()).collect();
    squeezed(&plain)
}

/// `ae`, `oe` and `ue` as the vowel before: what remains of an umlaut in an address.
pub(super) fn squeezed(word: &str) -> String {
    word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
}

/// A site, when its name ends like one: `offer.pdf` and `e.g.so` do not.
fn site(text: &str, range: Range<usize>) -> Option<Address> {
    let scheme = text.find("://").map_or(0, |at| at + 3);
    let host = text[scheme..]
        .split(['/', '?', '#', ':'])
        .next()
        .unwrap_or_default();
    let start = range.start + scheme;
    let domain = registrable(host);
    let end = host.rsplit('.').next().unwrap_or_default().to_lowercase();
    let known =
        TOP_LEVEL.has(&end) && domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    (known && !NO_DOMAIN.has(&domain) && !NO_DOMAIN.has(host)).then(|| Address {
        local: String::new(),
        person: String::new(),
        label: bare(domain.split('.').next().unwrap_or_default()),
        domain_range: start..start + host.len(),
        domain,
        range,
    })
}
