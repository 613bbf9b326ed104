//! Domains as they tell one organisation from another.

/// Second labels under which a country's registry gives out names, as in `co.uk`. A rule instead of the public suffix
/// list: these labels and a country code hold for the suffixes that firms use, and cost no megabyte of data. Where it
/// errs, two domains of one organisation count as two, or a name under an unlisted suffix stays longer than it need be.
const SECOND: &[&str] = &[
    "ac", "asso", "co", "com", "ed", "edu", "firm", "gob", "gouv", "gov", "govt", "gv", "info", "ltd", "me",
    "mil", "ne", "net", "nhs", "nom", "or", "org", "plc", "sch",
];

/// The part of a host that its owner registered, in lower case: `shop.harbour.co.uk` is `harbour.co.uk`.
#[must_use]
pub fn registrable(host: &str) -> String {
    let host = host.trim().trim_end_matches('.').to_lowercase();
    let labels: Vec<&str> = host.split('.').collect();
    let keep = match labels.as_slice() {
        [.., second, country] if country.len() == 2 && SECOND.contains(second) => 3,
        _ => 2,
    };
    labels[labels.len().saturating_sub(keep)..].join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_lead_to_the_name_that_was_registered() {
        let check = |host: &str, expected: &str| assert_eq!(registrable(host), expected);
        check("www.Harbour.example", "harbour.example");
        check("shop.harbour.co.uk", "harbour.co.uk");
        check("harbour.co.uk", "harbour.co.uk");
        check("mail.eu.harbour.com", "harbour.com");
        check("localhost", "localhost");
        check("", "");
    }
}
