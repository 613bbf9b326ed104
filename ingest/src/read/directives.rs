//! Markdown as documentation systems and hurried authors write it, made into Markdown that a parser knows.
//!
//! Directives lose their marks and keep their text: alerts (`[!NOTE]`), containers (`:::note`), pictures and names
//! (`:::no-loc text="Flow":::`). Inclusions go, as the included text is a file of its own. Tables get the row of
//! dashes that their header needs, and links with spaces in their address become links.

/// `source` for the parser. Fenced code stays as it is.
pub(super) fn resolved(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + source.len() / 16);
    let mut fence: Option<&str> = None;
    let mut before = "";
    let mut rows = 0;
    let mut lines = source.lines().peekable();
    while let Some(line) = lines.next() {
        let bare = line.trim_start_matches([' ', '\t', '>']);
        let mark = ["```", "~~~"].into_iter().find(|mark| bare.starts_with(mark));
        match (fence, mark) {
            (Some(open), Some(mark)) if open == mark => fence = None,
            (None, Some(mark)) => fence = Some(mark),
            _ => {}
        }
        let is_row = fence.is_none() && (bare.starts_with('|') || is_rule(bare));
        if fence.is_some() || mark.is_some() {
            out.push_str(line);
        } else if is_row {
            add_row(line, rows, before, lines.peek().copied(), &mut out);
        } else {
            add_line(line, bare, &mut out);
        }
        out.push('\n');
        rows = if is_row { rows + 1 } else { 0 };
        before = line;
    }
    out
}

fn add_line(line: &str, bare: &str, out: &mut String) {
    let quote = &line[..line.len() - bare.len()];
    if bare.starts_with(":::") && !bare.starts_with(":::no-loc") && !bare.starts_with(":::image") {
        let title = container_title(bare);
        for part in [quote, "\n", quote, title, "\n", quote] {
            out.push_str(part);
        }
    } else if is_inclusion(bare) {
        out.push_str(quote);
    } else {
        out.push_str(&inline(line));
    }
}

/// A line without the marks inside it.
fn inline(line: &str) -> std::borrow::Cow<'_, str> {
    if !line.contains(":::") && !line.contains("[!") && !line.contains("](") {
        return line.into();
    }
    let line = with_linkable_addresses(&without_inclusions(&without_extensions(line)));
    match line.find("[!").filter(|at| is_alert_start(&line[..*at])) {
        Some(at) => format!("{}{}", &line[..at], after_alert(&line[at..])).into(),
        None => line.into(),
    }
}

/// `Select :::image type="icon" …::: to edit` without the picture, `:::no-loc text="Flow":::` as the name.
fn without_extensions(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, extension)) = rest
        .split_once(":::image")
        .filter(|(before, _)| !before.contains(":::no-loc"))
        .or_else(|| rest.split_once(":::no-loc"))
    {
        let (attributes, after) = extension.split_once(":::").unwrap_or((extension, ""));
        let is_name = rest[before.len()..].starts_with(":::no-loc");
        out.push_str(before);
        rest = after;
        if is_name && let Some((_, name)) = attributes.split_once("text=\"") {
            out.push_str(name.split('"').next().unwrap_or_default());
        } else if out.ends_with("**") && rest.starts_with("**") {
            // Emphasis around the picture alone.
            out.truncate(out.len() - 2);
            rest = &rest[2..];
        }
    }
    // A line break behind a picture would make HTML of the lines below it.
    let is_break = ["<br>", "<br/>", "<br />"].contains(&rest.trim()) && out.trim().is_empty();
    if !is_break {
        out.push_str(rest);
    }
    out
}

/// A line without `[!INCLUDE [title](path)]`.
fn without_inclusions(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.match_indices("[!").map(|(at, _)| at).find(|at| {
        rest[at + 2..]
            .get(..7)
            .is_some_and(|word| word.eq_ignore_ascii_case("include"))
    }) {
        out.push_str(&rest[..at]);
        // To the bracket that closes it: the title has brackets of its own.
        let mut depth = 0;
        let end = rest[at..].find(|c| {
            depth += i32::from(c == '[') - i32::from(c == ']');
            depth == 0
        });
        rest = end.map_or("", |end| &rest[at + end + 1..]);
    }
    out.push_str(rest);
    out
}

/// Whether a line is an inclusion in the spelling of some other system.
fn is_inclusion(bare: &str) -> bool {
    let bare = bare.trim_end();
    let is_call = |open: &str, close: &str| {
        bare.strip_prefix(open).is_some_and(|inside| {
            inside.ends_with(close) && inside.to_lowercase().trim_start().starts_with("include")
        })
    };
    is_call("{%", "%}")
        || is_call("{{%", "%}}")
        || is_call("{{<", ">}}")
        || is_call("[[", "]]")
        || is_call("!!!", "!!!")
        || is_call("::", "}")
        || bare.starts_with("!include ")
        || bare.starts_with("--8<--")
        || bare.starts_with("{!") && bare.ends_with("!}")
}

/// `[text](my file.md)` as authors write it is no link to a parser.
fn with_linkable_addresses(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("](") {
        out.push_str(before);
        out.push_str("](");
        let address = after.split(')').next().unwrap_or_default();
        rest = &after[address.len()..];
        // A title stands in quotes behind a space, an address with spaces in angle brackets.
        let is_plain = !address.contains(['"', '\'', '<', '(']) && rest.starts_with(')');
        if is_plain && address.trim().contains(' ') {
            out.push_str(&address.trim().replace(' ', "%20"));
        } else {
            out.push_str(address);
        }
    }
    out.push_str(rest);
    out
}

/// The title of `:::note Title`; attributes are not one.
fn container_title(line: &str) -> &str {
    let words = line.trim_matches(':').trim();
    let title = words.split_once(' ').map_or("", |(_, title)| title.trim());
    if title.contains(['=', '{', '"']) {
        ""
    } else {
        title
    }
}

/// Whether only marks of quotes and lists stand before an alert.
fn is_alert_start(before: &str) -> bool {
    before
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '\t' | '>' | '.' | ')' | '-' | '*' | '+'))
}

/// The rest of the line after `[!NOTE]`; nothing for videos and code, which are elsewhere.
fn after_alert(line: &str) -> &str {
    let word = line[2..]
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default()
        .to_lowercase();
    if matches!(word.as_str(), "video" | "div" | "code") {
        return "";
    }
    line.split_once(']').map_or(line, |(_, rest)| rest.trim())
}

/// The row of dashes below a table's header.
fn is_rule(bare: &str) -> bool {
    bare.contains('-')
        && bare.contains('|')
        && bare.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t'))
}

fn without_quote(line: &str) -> &str {
    line.trim_start_matches([' ', '\t', '>'])
}

/// Adds a row of a table, the one behind `rows` others, with a row of dashes that has as many columns as the header
/// above it: without one, or with another number of columns, a parser sees no table at all.
fn add_row(line: &str, rows: usize, before: &str, next: Option<&str>, out: &mut String) {
    let bare = without_quote(line);
    let quote = &line[..line.len() - bare.len()];
    if bare.trim_end() == "|" {
        return out.push_str(quote);
    }
    if is_rule(bare) {
        // A header may do without bars at its ends.
        let is_first = rows == usize::from(without_quote(before).starts_with('|'));
        let expected = columns(without_quote(before));
        if is_first && before.contains('|') && expected != columns(bare) {
            return push_rule(quote, expected, out);
        }
        return out.push_str(line);
    }
    out.push_str(&inline(line));
    let is_bare_row = |next: &str| without_quote(next).starts_with('|') && !is_rule(without_quote(next));
    let starts_table =
        without_quote(before).is_empty() && columns(bare) > 1 && bare.trim_end().ends_with('|');
    if starts_table && next.is_some_and(is_bare_row) {
        out.push('\n');
        push_rule(quote, columns(bare), out);
    }
}

fn push_rule(quote: &str, columns: usize, out: &mut String) {
    out.push_str(quote);
    out.push('|');
    out.push_str(&"---|".repeat(columns));
}

/// How many cells a row of a table has.
fn columns(row: &str) -> usize {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let row = row.strip_suffix('|').unwrap_or(row);
    let bars = row.matches('|').count() - row.matches("\\|").count();
    bars + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: &str) {
        assert_eq!(resolved(source).trim_matches('\n'), expected, "{source}");
    }

    #[test]
    fn inclusions_go_in_every_spelling() {
        for line in [
            "[!INCLUDE [Legal](includes/legal.md)]",
            "[!include[](legal.md)]",
            "  [!Include[a](b.md)]",
            "[!INCLUDE [Rates (EUR) and [more]](rates(1).md)]",
            "{% include \"legal.md\" %}",
            "{{% include legal.md %}}",
            "{{< include legal.md >}}",
            "--8<-- \"legal.md\"",
            "{!legal.md!}",
            "!include legal.md",
            "[[include:legal]]",
            "!!!include(legal.md)!!!",
            "::include{file=legal.md}",
        ] {
            assert_eq!(resolved(line).trim(), "", "{line}");
        }
        check("See [!INCLUDE [x](y.md)] and more.", "See  and more.");
        check("`{% include %}` is how", "`{% include %}` is how");
    }

    #[test]
    fn extensions_keep_their_words() {
        check("| :::no-loc text=\"MPN ID\"::: | id |", "| MPN ID | id |");
        check(
            "a :::image source=\"a.png\"::: b :::no-loc text=\"C\":::",
            "a  b C",
        );
        check("Edit (**:::image type=\"icon\":::**)", "Edit ()");
        check(
            "    :::image source=\"a.png\":::<br>\n    **Figure**",
            "    \n    **Figure**",
        );
        check("1. > [!NOTE]\n   > Mind this.", "1. > \n   > Mind this.");
        check(
            "[sign in](my page.md) [now](b.md \"B\")",
            "[sign in](my%20page.md) [now](b.md \"B\")",
        );
    }

    #[test]
    fn tables_get_the_rule_that_they_need() {
        check(
            "| A | B |\n|--|--|--|\n| 1 | 2 |",
            "| A | B |\n|---|---|\n| 1 | 2 |",
        );
        check("| A | B |\n| 1 | 2 |", "| A | B |\n|---|---|\n| 1 | 2 |");
        check(
            "| A | B |\n|:-:|:-:|\n| - | - |\n| 1 | 2 |",
            "| A | B |\n|:-:|:-:|\n| - | - |\n| 1 | 2 |",
        );
        check("A | B\n--|--\n1 | 2", "A | B\n--|--\n1 | 2");
        check("> | A \\| a | B |\n> |:-|-:|", "> | A \\| a | B |\n> |:-|-:|");
        check("| A | B |\n|--|--|\n|", "| A | B |\n|--|--|");
        check(
            "| A | B |\n|--|--|\n1 | 2 |\n| 3 | 4 |\n| 5 | 6 |",
            "| A | B |\n|--|--|\n1 | 2 |\n| 3 | 4 |\n| 5 | 6 |",
        );
    }
}
