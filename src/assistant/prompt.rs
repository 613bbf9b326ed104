//! Prompts are files with a version; what is kept of an answer says which one it was asked with.

use crate::hex::hex;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// What the assistant's model is told.
pub static ASSISTANT: LazyLock<Prompt> =
    LazyLock::new(|| Prompt::read(include_str!("prompts/assistant.prompt.md")));
/// What it is told of sentences that did not pass.
pub static REPAIR: LazyLock<Prompt> =
    LazyLock::new(|| Prompt::read(include_str!("prompts/repair.prompt.md")));
/// What it is told of a reply that cannot be read.
pub static UNREADABLE: LazyLock<Prompt> =
    LazyLock::new(|| Prompt::read(include_str!("prompts/unreadable.prompt.md")));

/// A prompt of ours.
#[derive(Debug)]
pub struct Prompt {
    /// Raised whenever its words change in a way that matters.
    pub version: &'static str,
    /// Of its text, in hexadecimal.
    pub sha256: String,
    /// Its text, with `{{name}}` where something is filled in.
    pub text: &'static str,
}

impl Prompt {
    /// A file: `version: N` in its first line, an empty line, the text.
    fn read(file: &'static str) -> Self {
        let (head, text) = file.split_once("\n\n").unwrap_or(("", file));
        Self {
            version: head.trim().trim_start_matches("version:").trim(),
            sha256: hex(&Sha256::digest(text)),
            text: text.trim_end(),
        }
    }

    /// Its text with these in their places. What is filled in is not looked at again.
    #[must_use]
    pub fn fill(&self, with: &[(&str, &str)]) -> String {
        let mut filled = String::with_capacity(self.text.len());
        let mut rest = self.text;
        while let Some((before, place)) = rest.split_once("{{") {
            let Some((name, after)) = place.split_once("}}") else {
                break;
            };
            filled.push_str(before);
            let value = with.iter().find(|(known, _)| *known == name);
            filled.push_str(value.map_or("", |(_, value)| value));
            rest = after;
        }
        filled + rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prompt_has_a_version() {
        for prompt in [&*ASSISTANT, &*REPAIR, &*UNREADABLE] {
            assert!(
                prompt.version.parse::<u32>().is_ok_and(|version| version > 0),
                "{prompt:?}"
            );
            assert_eq!(prompt.sha256.len(), 64);
        }
    }

    #[test]
    fn what_is_filled_in_stays_as_it_is() {
        let prompt = Prompt::read("version: 1\n\nOn {{day}}: {{what}}{{nothing}}.\n");
        assert_eq!(
            prompt.fill(&[("day", "{{what}}"), ("what", "go")]),
            "On {{what}}: go."
        );
    }
}
