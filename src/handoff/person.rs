//! Who asks for a person, in words. A closed list of patterns per language of the widget, so that it is known what is
//! taken for such a request; a question about other people is none.

mod words;

use crate::assistant::language::Language;
use words::{LANGUAGES, Words};

/// The language in which a sentence of `text` asks for a person; `None` when none does.
#[must_use]
pub fn asked_for(text: &str) -> Option<Language> {
    let lower = text.to_lowercase();
    lower
        .split(['.', '!', '?', ';', ',', ':', '\n'])
        .find_map(|sentence| {
            let words: Vec<&str> = sentence
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .collect();
            let language = LANGUAGES.iter().find(|language| asks(&words, language));
            language.map(|words| words.language)
        })
}

fn asks(words: &[&str], of: &Words) -> bool {
    let wished = |word: &&str| {
        [of.wishes, of.fillers, of.humans]
            .iter()
            .any(|list| list.contains(word))
    };
    let bare = words.iter().all(wished) && words.iter().any(|word| of.humans.contains(word));
    bare || (0..words.len()).any(|at| of.persons.contains(&words[at]) && is_wanted(words, at, of))
}

/// Whether the person at `at` is to be spoken with, by who writes.
fn is_wanted(words: &[&str], at: usize, of: &Words) -> bool {
    let fillers = words[..at]
        .iter()
        .rev()
        .take_while(|word| of.fillers.contains(word))
        .count();
    let Some((link, before)) = words[..at - fillers].split_last() else {
        return false;
    };
    let has_verb = |words: &[&str]| words.iter().any(|word| of.verbs.contains(word));
    of.links.contains(link)
        && before
            .iter()
            .all(|word| of.leads.contains(word) || of.verbs.contains(word))
        && (has_verb(before) || (of.verb_last && has_verb(&words[at..])))
        && words.get(at + 1).is_none_or(|next| !of.elsewhere.contains(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<Language>) {
        assert_eq!(asked_for(text), expected, "{text}");
    }

    #[test]
    fn requests_for_a_person_are_known() {
        for text in [
            "I want to talk to a human",
            "Can I speak with someone?",
            "please connect me to my partner manager",
            "This is wrong. Let me talk to a real person about it!",
            "How can I talk to a human being?",
            "put me through to somebody",
            "I need a human",
            "human please",
            "Real person",
            "I'd like to speak to a representative now",
        ] {
            check(text, Some(Language::English));
        }
        for text in [
            "Ich möchte mit einem Menschen sprechen",
            "Kann ich bitte mit jemandem über meine Registrierung reden?",
            "Verbinden Sie mich mit meinem Partnermanager!",
            "Mensch bitte",
            "Ich brauche einen Menschen",
        ] {
            check(text, Some(Language::German));
        }
        for text in [
            "Je voudrais parler à quelqu’un",
            "Je veux parler avec un humain.",
            "Mettez-moi en relation avec un conseiller, s'il vous plaît",
            "J'ai besoin d'un humain",
            "Puis-je discuter avec mon responsable ?",
        ] {
            check(text, Some(Language::French));
        }
    }

    #[test]
    fn questions_about_people_are_none() {
        for text in [
            "",
            "Who is my partner manager?",
            "How many certified people do I need for Platinum?",
            "My customer wants to talk to a person at your company",
            "Should I talk to my manager before I register a deal?",
            "Can I talk to someone at Harbourline about the renewal?",
            "Does a sales rep get commission on transfer deals?",
            "What does the account team do?",
            "I need a manager's approval for a discount",
            "Can I hand a deal to another partner?",
            "Wer ist mein Partnermanager?",
            "Muss ein Mitarbeiter zertifiziert sein, um mit Kunden zu sprechen?",
            "Darf ich mit jemandem von Acme sprechen?",
            "Combien de personnes faut-il certifier ?",
            "Le client veut parler à un conseiller de l'équipe",
        ] {
            check(text, None);
        }
    }
}
