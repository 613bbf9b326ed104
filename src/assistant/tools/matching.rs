//! Names as people remember them: "northwind" for "Northwind Traders GmbH", one slip of the finger included.

/// Least similarity (Damerau-Levenshtein, normalised) of two words taken for the same: one slip in five letters.
const SAME_WORD: f64 = 0.8;

/// The rows whose names contain `wanted`, or, where none does, those that come close to it.
pub(super) fn filter<T>(rows: Vec<T>, wanted: &str, names: impl Fn(&T) -> Vec<&str>) -> Vec<T> {
    let wanted = folded(wanted);
    if wanted.is_empty() {
        return Vec::new();
    }
    let contains = |row: &T| {
        names(row)
            .iter()
            .any(|name| starts_a_word(&folded(name), &wanted))
    };
    if rows.iter().any(contains) {
        return rows.into_iter().filter(contains).collect();
    }
    rows.into_iter()
        .filter(|row| names(row).iter().any(|name| is_close(&folded(name), &wanted)))
        .collect()
}

/// Lower case words with single spaces; punctuation separates.
fn folded(name: &str) -> String {
    let lower = name.to_lowercase();
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// "wind" is in "wind farm" and "windward", not in "northwind": inside a word, matches are accidents.
fn starts_a_word(name: &str, wanted: &str) -> bool {
    name.starts_with(wanted) || name.contains(&format!(" {wanted}"))
}

/// Every wanted word is like a word of the name.
fn is_close(name: &str, wanted: &str) -> bool {
    // "north wind" for "Northwind Traders": spaces are the first thing to slip.
    let (bare, sought) = (name.replace(' ', ""), wanted.replace(' ', ""));
    if sought.chars().count() > 3 && bare.starts_with(&sought) {
        return true;
    }
    let joined_match = strsim::normalized_damerau_levenshtein(&bare, &sought);
    joined_match >= SAME_WORD
        || wanted.split(' ').all(|wanted| {
            name.split(' ').any(|word| {
                word.chars().count() > 3
                    && (strsim::normalized_damerau_levenshtein(word, wanted) >= SAME_WORD
                        || (wanted.chars().count() > 3 && word.starts_with(wanted)))
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_as_they_are_remembered() {
        let names = [
            "Northwind Traders GmbH",
            "Windward Energy",
            "A-1 Logistics",
            "Müller & Söhne",
            "Contour",
        ];
        let check = |wanted: &str, expected: &[&str]| {
            assert_eq!(
                filter(names.to_vec(), wanted, |name| vec![name]),
                expected,
                "{wanted}"
            );
        };
        check("northwind", &["Northwind Traders GmbH"]);
        check("NORTHWIND traders", &["Northwind Traders GmbH"]);
        check("north wind", &["Northwind Traders GmbH"]);
        check("wind", &["Windward Energy"]);
        check("nortwhind", &["Northwind Traders GmbH"]);
        check("traders northwind", &["Northwind Traders GmbH"]);
        check("a1 logistics", &["A-1 Logistics"]);
        check("müller", &["Müller & Söhne"]);
        check("contuor", &["Contour"]);
        check("Fabrikam", &[]);
        check("!!!", &[]);
        check("%", &[]);
    }
}
