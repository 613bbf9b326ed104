//! Salesforce's ids: 15 letters and digits that begin with the object's prefix, and three that make them safe where
//! capitals do not count.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CHECK: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/// The prefix of an object: Salesforce's own for its objects, the next one for custom ones.
pub(super) fn prefix(object: &str, custom_before: usize) -> String {
    let known = match object {
        "Account" => "001",
        "Contact" => "003",
        "User" => "005",
        "Opportunity" => "006",
        "Lead" => "00Q",
        "Campaign" => "701",
        _ => return format!("a{}", in_base_62(custom_before as u64, 2)),
    };
    known.to_owned()
}

/// The id of an object's record with this number, 18 letters long.
pub(super) fn id(prefix: &str, number: u64) -> String {
    whole(&format!("{prefix}5g0{}", in_base_62(number, 9))).expect("fifteen letters")
}

/// An id of 15 or 18 letters as one of 18; `None` if it is none, or if its last three letters do not fit.
pub(super) fn whole(id: &str) -> Option<String> {
    let letters = id.as_bytes();
    if !matches!(letters.len(), 15 | 18) || !letters.iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    let short = &id[..15];
    let check = short.as_bytes().chunks(5).map(|chunk| {
        let capitals = chunk.iter().enumerate();
        let place: usize = capitals
            .map(|(bit, letter)| usize::from(letter.is_ascii_uppercase()) << bit)
            .sum();
        char::from(CHECK[place])
    });
    let long: String = short.chars().chain(check).collect();
    (letters.len() == 15 || long == id).then_some(long)
}

fn in_base_62(mut number: u64, width: usize) -> String {
    let mut digits = vec![DIGITS[0]; width];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(number % 62) as usize];
        number /= 62;
    }
    String::from_utf8(digits).expect("letters and digits")
}

#[test]
fn the_last_three_letters_say_which_are_capitals() {
    let check = |id, expected: Option<&str>| assert_eq!(whole(id).as_deref(), expected, "{id}");
    check("0015000000Gv7qJ", Some("0015000000Gv7qJAAR"));
    check("0015000000Gv7qJAAR", Some("0015000000Gv7qJAAR"));
    check("0015000000Gv7qJAAA", None);
    check("0015000000Gv7q", None);
    check("0015000000Gv7q'", None);
}
