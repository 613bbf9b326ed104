//! What a page's markup says about whether text shows: inline styles and attributes. Style sheets are not evaluated: the
//! tabs and folded parts of a page are hidden by them, too, until somebody opens them.

use super::concealed::TOO_SMALL;
use super::dom::{attribute, has_words, tag, visit};
use markup5ever_rcdom::Handle;

/// Lengths from here on move text off the page.
const FAR_AWAY: f32 = -900.0;
/// Points of a font whose size is relative.
const USUAL_SIZE: f32 = 12.0;

/// Takes what does not show out of a page; whether there were words in it.
pub(super) fn strip(document: &Handle) -> bool {
    let mut has_sheets = false;
    visit(document, 0, &mut |node| {
        has_sheets |= matches!(tag(node), Some("style" | "link"));
    });
    let mut stripped = false;
    let mut open = vec![(document.clone(), true)];
    while let Some((node, on_paper)) = open.pop() {
        let on_paper = on_paper && !is_coloured(&node, has_sheets);
        node.children.borrow_mut().retain(|child| {
            let conceals = is_concealed(child, on_paper && !is_coloured(child, has_sheets));
            stripped |= conceals && has_words(child);
            !conceals
        });
        open.extend(
            node.children
                .borrow()
                .iter()
                .map(|child| (child.clone(), on_paper)),
        );
    }
    stripped
}

/// Whether the text of an element does not show; `on_paper`: nothing gives it another ground than white.
fn is_concealed(node: &Handle, on_paper: bool) -> bool {
    if attribute(node, "hidden").is_some() {
        return true;
    }
    let is_set_white = attribute(node, "color").is_some_and(|color| is_white(&color));
    let style = attribute(node, "style").unwrap_or_default();
    let rules = rules(&style);
    let color = value(&rules, "color");
    rules.iter().any(|(name, value)| conceals(name, value))
        || is_folded(&rules)
        || color.is_some() && color == value(&rules, "background-color").or(value(&rules, "background"))
        || on_paper && (is_set_white || color.is_some_and(is_white))
}

/// Whether something else than white may stand behind its text.
fn is_coloured(node: &Handle, has_sheets: bool) -> bool {
    let style = attribute(node, "style").unwrap_or_default();
    let background = |(name, value): &(String, String)| {
        name.starts_with("background")
            && !is_white(value)
            && !matches!(value.as_str(), "none" | "transparent")
    };
    let by_sheet = || has_sheets && (attribute(node, "class").is_some() || attribute(node, "id").is_some());
    attribute(node, "bgcolor").is_some_and(|color| !is_white(&color))
        || attribute(node, "background").is_some()
        || rules(&style).iter().any(background)
        || by_sheet()
}

/// `name: value` pairs in lower case, without white space and `!important`.
fn rules(style: &str) -> Vec<(String, String)> {
    let style: String = style.to_lowercase().split_whitespace().collect();
    let rules = style.split(';').filter_map(|rule| rule.split_once(':'));
    rules
        .map(|(name, value)| (name.to_owned(), value.trim_end_matches("!important").to_owned()))
        .collect()
}

/// The last one counts.
fn value<'r>(rules: &'r [(String, String)], wanted: &str) -> Option<&'r str> {
    let found = rules.iter().rev().find(|(name, _)| name == wanted);
    found.map(|(_, value)| value.as_str())
}

fn conceals(name: &str, value: &str) -> bool {
    match name {
        "display" => value == "none",
        "visibility" => matches!(value, "hidden" | "collapse"),
        "mso-hide" => value == "all",
        "opacity" => value
            .trim_end_matches('%')
            .parse::<f32>()
            .is_ok_and(|share| share < 0.05),
        "font-size" => points(value).is_some_and(|size| size < TOO_SMALL),
        "text-indent" | "left" | "top" | "right" | "bottom" | "margin-left" | "margin-top" => {
            points(value).is_some_and(|length| length < FAR_AWAY)
        }
        "clip" => value.starts_with("rect(0") || value.starts_with("rect(1px"),
        "clip-path" => value.starts_with("inset(50%") || value.starts_with("inset(100%"),
        "transform" => value == "scale(0)",
        "color" => value == "transparent" || value.starts_with("rgba(") && value.ends_with(",0)"),
        _ => false,
    }
}

/// Whether a box without room shows nothing of what it holds.
fn is_folded(rules: &[(String, String)]) -> bool {
    let has_no_room = |name| {
        let room = value(rules, name).and_then(points);
        room.is_some_and(|room| room < TOO_SMALL)
    };
    value(rules, "overflow") == Some("hidden")
        && ["height", "max-height", "width", "max-width"]
            .into_iter()
            .any(has_no_room)
}

/// A length in points or pixels, which differ too little to matter here.
fn points(value: &str) -> Option<f32> {
    let end = value
        .find(|c: char| c.is_ascii_alphabetic() || c == '%')
        .unwrap_or(value.len());
    let number: f32 = value[..end].parse().ok()?;
    Some(match &value[end..] {
        "em" | "rem" | "ex" | "ch" => number * USUAL_SIZE,
        "%" => number / 100.0 * USUAL_SIZE,
        "vw" | "vh" => number * 10.0,
        _ => number,
    })
}

fn is_white(color: &str) -> bool {
    let color = color.trim().to_lowercase();
    matches!(
        color.as_str(),
        "white"
            | "#fff"
            | "#ffffff"
            | "#fefefe"
            | "rgb(255,255,255)"
            | "rgba(255,255,255,1)"
            | "hsl(0,0%,100%)"
    )
}
