//! Names in a sentence, as far as capitals give them away.

/// Names of `text`: two or more words with a capital in a row, and single words that no dictionary would write so
/// (capitals or digits inside). A first word that is alone counts for nothing, as every sentence begins with a capital;
/// so does any other single word: German writes all its nouns so.
pub(super) fn of(text: &str) -> impl Iterator<Item = String> {
    let (mut names, mut run) = (Vec::new(), Vec::new());
    let mut begins = true;
    for word in text.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let ends_sentence = word.ends_with(['.', '!', '?', ':', '|']);
        let goes_on = word.ends_with(char::is_alphanumeric);
        if !word.starts_with(char::is_alphanumeric) {
            close(&mut run, &mut names);
        }
        if is_capital(bare) && !(begins && is_plain(bare)) {
            run.push(bare);
        } else {
            close(&mut run, &mut names);
        }
        if !goes_on {
            close(&mut run, &mut names);
        }
        begins = ends_sentence;
    }
    close(&mut run, &mut names);
    names.into_iter()
}

fn close(run: &mut Vec<&str>, names: &mut Vec<String>) {
    let is_name = run.len() > 1 || run.iter().any(|word| is_odd(word));
    if is_name {
        names.push(run.join(" "));
    }
    run.clear();
}

fn is_capital(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

/// `Alpine`, not `AlpineSoft`, `A1` or `MDF`.
fn is_plain(word: &str) -> bool {
    word.chars().skip(1).all(char::is_lowercase)
}

/// `AlpineSoft`: a capital inside behind a small letter. Abbreviations and codes are not names.
fn is_odd(word: &str) -> bool {
    let letters: Vec<char> = word.chars().collect();
    letters
        .windows(2)
        .any(|pair| pair[0].is_lowercase() && pair[1].is_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(of(text).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn names_are_told_from_words() {
        check("Your deal with Alpine Dairy closes soon.", &["Alpine Dairy"]);
        check("Alpine Dairy Ltd. closes soon", &["Dairy Ltd"]);
        check("It was sold to AlpineSoft, and to Harbor.", &["AlpineSoft"]);
        check(
            "Your MDF request is with Ann Berg, Bo Lind.",
            &["Ann Berg", "Bo Lind"],
        );
        check("Die Provision wird im Oktober gezahlt.", &[]);
        check("You have two deals. Both are open.", &[]);
        check(
            "There is 1 in Prospecting (EUR 38,866.00) and one with (Ann Berg).",
            &["Ann Berg"],
        );
        check("", &[]);
    }
}
