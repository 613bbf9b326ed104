//! Looking around in a parsed page: elements, attributes, text, and what the page hides.

use markup5ever_rcdom::{Handle, NodeData};

/// Elements nested deeper than this are read as plain text; no page people write comes near.
pub(super) const MAX_DEPTH: usize = 500;

pub(super) fn is_block(tag: &str) -> bool {
    matches!(
        tag,
        "p" | "div"
            | "blockquote"
            | "figure"
            | "figcaption"
            | "address"
            | "header"
            | "footer"
            | "aside"
            | "summary"
            | "form"
            | "fieldset"
            | "legend"
            | "hr"
            | "center"
            | "tr"
            | "td"
            | "th"
            | "body"
            | "caption"
            | "label"
    )
}

/// Whether it is part of a page's frame, or kept from those who listen to it. What nobody sees is taken out beforehand
/// (see `style.rs`).
pub(super) fn is_hidden(node: &Handle) -> bool {
    let role = attribute(node, "role");
    attribute(node, "aria-hidden").as_deref() == Some("true")
        || matches!(
            role.as_deref(),
            Some("navigation" | "contentinfo" | "search" | "menu" | "dialog")
        )
}

/// Whether there are words below it that would be read.
pub(super) fn has_words(node: &Handle) -> bool {
    all_text(node).chars().any(char::is_alphanumeric)
}

pub(super) fn tag(node: &Handle) -> Option<&str> {
    match &node.data {
        NodeData::Element { name, .. } => Some(&name.local),
        _ => None,
    }
}

pub(super) fn attribute(node: &Handle, wanted: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else {
        return None;
    };
    attrs
        .borrow()
        .iter()
        .find(|attr| &*attr.name.local == wanted)
        .map(|attr| attr.value.to_string())
}

pub(super) fn find_below(node: &Handle, wanted: &str) -> Option<Handle> {
    node.children
        .borrow()
        .iter()
        .find_map(|child| find(child, wanted))
}

pub(super) fn find(node: &Handle, wanted: &str) -> Option<Handle> {
    let mut found = None;
    visit(node, 0, &mut |node| {
        if found.is_none() && tag(node) == Some(wanted) {
            found = Some(node.clone());
        }
    });
    found
}

pub(super) fn visit(node: &Handle, depth: usize, see: &mut dyn FnMut(&Handle)) {
    see(node);
    if depth < MAX_DEPTH {
        for child in node.children.borrow().iter() {
            visit(child, depth + 1, see);
        }
    }
}

/// The text below a node without scripts and styles; block elements part words.
pub(super) fn all_text(node: &Handle) -> String {
    let mut out = String::new();
    let mut stack = vec![node.clone()];
    while let Some(node) = stack.pop() {
        match &node.data {
            NodeData::Text { contents } => out.push_str(&contents.borrow()),
            NodeData::Element { name, .. } => {
                if matches!(&*name.local, "script" | "style" | "template" | "noscript" | "svg")
                    || is_hidden(&node)
                {
                    continue;
                }
                if is_block(&name.local) || matches!(&*name.local, "br" | "li" | "dt" | "dd") {
                    out.push('\n');
                }
            }
            _ => {}
        }
        stack.extend(node.children.borrow().iter().rev().cloned());
    }
    out
}
