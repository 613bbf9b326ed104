//! What goes over the wire of `/api/chat`, in both directions.

use serde_json::{Value, json};

/// A request with one question.
pub(crate) fn body(conversation: &str, question: &str) -> Value {
    let part = json!({ "type": "text", "text": question });
    json!({ "id": conversation, "messages": [{ "id": "m", "role": "user", "parts": [part] }] })
}

/// The text of an answer.
pub(crate) fn text(parts: &[Value]) -> String {
    parts.iter().filter_map(|part| part["delta"].as_str()).collect()
}

/// The parts of one kind.
pub(crate) fn of_type<'p>(parts: &'p [Value], kind: &str) -> Vec<&'p Value> {
    parts.iter().filter(|part| part["type"] == kind).collect()
}
