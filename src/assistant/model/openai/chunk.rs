//! A piece of a streamed reply, as servers send it.
//!
//! The client's own types want every field that the protocol names. Servers leave some out and add others, so these
//! want none.

use crate::assistant::turn::Usage;
use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Chunk {
    pub(super) choices: Vec<Choice>,
    pub(super) usage: Option<Tokens>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Choice {
    pub(super) delta: Delta,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Delta {
    pub(super) content: Option<String>,
    pub(super) tool_calls: Option<Vec<CallPiece>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CallPiece {
    index: Option<usize>,
    id: Option<String>,
    function: Option<FunctionPiece>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FunctionPiece {
    name: Option<String>,
    arguments: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tokens {
    prompt_tokens: u64,
    completion_tokens: u64,
}

impl From<Tokens> for Usage {
    fn from(tokens: Tokens) -> Self {
        Self {
            input: tokens.prompt_tokens,
            output: tokens.completion_tokens,
        }
    }
}

/// Tool calls, put together from their pieces.
#[derive(Debug, Default)]
pub(super) struct Calls(Vec<Call>);

#[derive(Debug, Default)]
pub(super) struct Call {
    index: Option<usize>,
    id: Option<String>,
    pub(super) name: String,
    pub(super) arguments: String,
}

impl Calls {
    /// Adds a piece to the call of its index; without one, to the call of its id; without either, to the last one.
    pub(super) fn add(&mut self, piece: CallPiece) {
        let CallPiece { index, id, function } = piece;
        let id = id.filter(|id| !id.is_empty());
        let is_its = |call: &Call| match (index, &id) {
            (Some(_), _) => call.index == index,
            (None, Some(_)) => call.id == id,
            (None, None) => true,
        };
        let place = self.0.iter().rposition(is_its).unwrap_or_else(|| {
            self.0.push(Call {
                index,
                id,
                ..Call::default()
            });
            self.0.len() - 1
        });
        let FunctionPiece { name, arguments } = function.unwrap_or_default();
        self.0[place].name += name.as_deref().unwrap_or_default();
        self.0[place].arguments += arguments.as_deref().unwrap_or_default();
    }

    pub(super) fn into_vec(self) -> Vec<Call> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(pieces: &[serde_json::Value], expected: &[(&str, &str)]) {
        let mut calls = Calls::default();
        for piece in pieces {
            calls.add(serde_json::from_value(piece.clone()).unwrap());
        }
        let calls = calls.into_vec();
        let got: Vec<_> = calls
            .iter()
            .map(|call| (call.name.as_str(), call.arguments.as_str()))
            .collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn pieces_find_their_call() {
        check(
            &[
                json!({"index": 0, "id": "a", "type": "function", "function": {"name": "one", "arguments": ""}}),
                json!({"index": 1, "id": "b", "function": {"name": "two"}}),
                json!({"index": 0, "function": {"arguments": "{\"x\""}}),
                json!({"index": 1, "id": "", "function": {"arguments": "{}"}}),
                json!({"index": 0, "function": {"arguments": ":1}"}}),
            ],
            &[("one", "{\"x\":1}"), ("two", "{}")],
        );
        check(
            &[
                json!({"id": "a", "function": {"name": "one", "arguments": "{"}}),
                json!({"function": {"arguments": "}"}}),
                json!({"id": "b", "function": {"name": "two", "arguments": "{}"}}),
            ],
            &[("one", "{}"), ("two", "{}")],
        );
    }

    #[test]
    fn nothing_is_required() {
        for text in [
            "{}",
            r#"{"choices":[{}]}"#,
            r#"{"choices":[{"delta":{}, "finish_reason":"some new reason"}], "usage":null}"#,
            r#"{"id":"", "choices":[{"delta":{"role":"assistant","content":null,"refusal":null}}]}"#,
        ] {
            let chunk: Chunk = serde_json::from_str(text).unwrap();
            assert!(chunk.usage.is_none() && chunk.choices.len() < 2, "{text}");
        }
    }
}
