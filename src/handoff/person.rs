//! Who asks for a person, in words. A closed list of patterns per language of the widget, so that it is known what is
//! taken for such a request; a question about other people is none.

/// A language in which a person was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// German.
    German,
    /// French.
    French,
}

/// The words of a language that make a request.
struct Words {
    language: Language,
    /// Before the request, and no sign of anyone else who makes it.
    leads: &'static [&'static str],
    /// What is to be done with the person.
    verbs: &'static [&'static str],
    /// Between the verb and the person.
    links: &'static [&'static str],
    /// Before the person.
    fillers: &'static [&'static str],
    /// The person.
    persons: &'static [&'static str],
    /// Those of them that say it without a verb: "a human, please".
    humans: &'static [&'static str],
    /// Beside a person without a verb.
    wishes: &'static [&'static str],
    /// Behind the person: it is somebody else's.
    elsewhere: &'static [&'static str],
    /// Whether the verb may stand at the end.
    verb_last: bool,
}

const LANGUAGES: [Words; 3] = [
    Words {
        language: Language::English,
        leads: &[
            "i", "we", "me", "us", "can", "could", "may", "would", "d", "like", "want", "need", "to",
            "please", "just", "let", "rather", "prefer", "wish", "is", "it", "possible", "able", "be", "how",
            "do", "hello", "hi", "no", "ok", "okay", "and", "but", "so", "then", "you", "through", "over",
            "now", "really", "directly",
        ],
        verbs: &[
            "speak", "talk", "chat", "connect", "transfer", "put", "forward", "hand", "speaking", "talking",
        ],
        links: &["to", "with"],
        fillers: &[
            "a", "an", "the", "my", "our", "your", "real", "live", "actual", "human", "partner", "account",
            "channel", "another", "some", "support",
        ],
        persons: &[
            "human",
            "humans",
            "person",
            "people",
            "someone",
            "somebody",
            "agent",
            "representative",
            "rep",
            "manager",
            "colleague",
            "being",
            "staff",
            "team",
        ],
        humans: &["human", "person", "agent", "representative", "being"],
        wishes: &[
            "i", "we", "want", "need", "please", "get", "give", "me", "us", "just", "can", "have", "d",
            "like", "now",
        ],
        elsewhere: &["at", "from", "of", "in", "who", "whose", "there"],
        verb_last: false,
    },
    Words {
        language: Language::German,
        leads: &[
            "ich",
            "wir",
            "mich",
            "uns",
            "möchte",
            "möchten",
            "will",
            "wollen",
            "würde",
            "würden",
            "gern",
            "gerne",
            "kann",
            "können",
            "könnte",
            "könnten",
            "darf",
            "dürfte",
            "bitte",
            "lieber",
            "mal",
            "jetzt",
            "direkt",
            "sie",
            "du",
            "ist",
            "es",
            "möglich",
            "hallo",
            "nein",
            "ok",
            "und",
            "aber",
            "wie",
            "doch",
            "einfach",
            "persönlich",
        ],
        verbs: &[
            "sprechen",
            "reden",
            "telefonieren",
            "chatten",
            "verbinden",
            "verbinde",
            "verbindet",
            "sprich",
            "schreiben",
        ],
        links: &["mit"],
        fillers: &[
            "einem",
            "einer",
            "einen",
            "ein",
            "eine",
            "meinem",
            "meiner",
            "meinen",
            "unserem",
            "unserer",
            "ihrem",
            "dem",
            "der",
            "echten",
            "echter",
            "echte",
            "richtigen",
            "realen",
            "menschlichen",
            "partner",
            "anderen",
            "partnerteam",
        ],
        persons: &[
            "mensch",
            "menschen",
            "person",
            "mitarbeiter",
            "mitarbeiterin",
            "jemand",
            "jemandem",
            "jemanden",
            "berater",
            "beraterin",
            "ansprechpartner",
            "ansprechpartnerin",
            "partnermanager",
            "partnermanagerin",
            "manager",
            "managerin",
            "betreuer",
            "betreuerin",
            "kollegen",
            "kollegin",
            "partnerbetreuer",
            "partnerbetreuerin",
            "team",
        ],
        humans: &[
            "mensch",
            "menschen",
            "person",
            "mitarbeiter",
            "mitarbeiterin",
            "berater",
            "beraterin",
        ],
        wishes: &[
            "ich",
            "wir",
            "brauche",
            "brauchen",
            "möchte",
            "will",
            "bitte",
            "nur",
            "jetzt",
            "benötige",
        ],
        elsewhere: &["von", "bei", "aus", "beim", "im"],
        verb_last: true,
    },
    Words {
        language: Language::French,
        leads: &[
            "je",
            "j",
            "nous",
            "moi",
            "on",
            "veux",
            "voudrais",
            "voudrions",
            "aimerais",
            "aimerions",
            "souhaite",
            "souhaiterais",
            "souhaitons",
            "peux",
            "puis",
            "pourrais",
            "pouvons",
            "est",
            "ce",
            "que",
            "qu",
            "il",
            "possible",
            "de",
            "d",
            "svp",
            "s",
            "te",
            "vous",
            "plaît",
            "plait",
            "bonjour",
            "non",
            "mais",
            "et",
            "comment",
            "préfère",
            "directement",
            "besoin",
            "ai",
            "en",
            "relation",
            "contact",
            "pouvez",
            "me",
            "merci",
            "à",
        ],
        verbs: &[
            "parler",
            "discuter",
            "échanger",
            "mettez",
            "mettre",
            "passez",
            "passer",
            "transférez",
            "transférer",
        ],
        links: &["à", "a", "avec", "au", "aux", "moi"],
        fillers: &[
            "un",
            "une",
            "le",
            "la",
            "l",
            "mon",
            "ma",
            "notre",
            "votre",
            "vrai",
            "vraie",
            "véritable",
            "être",
            "autre",
            "responsable",
            "gestionnaire",
        ],
        persons: &[
            "humain",
            "humaine",
            "personne",
            "quelqu",
            "conseiller",
            "conseillère",
            "responsable",
            "interlocuteur",
            "interlocutrice",
            "agent",
            "gestionnaire",
            "manager",
            "collègue",
            "équipe",
        ],
        humans: &[
            "humain",
            "humaine",
            "conseiller",
            "conseillère",
            "interlocuteur",
            "interlocutrice",
        ],
        wishes: &[
            "je", "j", "veux", "voudrais", "ai", "besoin", "d", "de", "s", "il", "te", "vous", "plaît",
            "plait", "svp",
        ],
        elsewhere: &["chez", "de", "du"],
        verb_last: false,
    },
];

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
