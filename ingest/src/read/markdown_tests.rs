use super::*;

/// Sections as `# heading path` lines followed by a line per paragraph, item (`- `), row (`| `) or code.
fn shown(source: &str) -> String {
    let mut out = Vec::new();
    for section in read(source).unwrap().sections {
        out.push(format!("# {}", section.heading.join(" / ")));
        for block in section.blocks {
            match block {
                Block::Paragraph(text) => out.push(text),
                Block::List(items) => out.extend(items.iter().map(|item| format!("- {item}"))),
                Block::Table(table) => {
                    out.extend(table.rows.iter().map(|row| format!("| {}", table.line(row))));
                }
                Block::Code(code) => out.push(format!("`{code}`")),
                other => out.push(format!("{other:?}")),
            }
        }
    }
    out.join("\n")
}

#[track_caller]
fn check(source: &str, expected: &str) {
    assert_eq!(shown(source), expected, "{source}");
}

#[test]
fn headings_make_paths() {
    check(
        "intro\n# A\none\n## B\ntwo\n### C\n## D\nthree\n# E",
        "# \nintro\n# A\none\n# A / B\ntwo\n# A / B / C\n# A / D\nthree\n# E",
    );
    check("Set\n===\ntext\n\n## Id {#id}\nx", "# Set\ntext\n# Set / Id\nx");
    assert_eq!(read("## Sub\n# Top\nx").unwrap().title.as_deref(), Some("Top"));
}

#[test]
fn inline_marks_are_stripped() {
    check(
        "A **bold** [link](http://x), `code`, <b>tag</b>,<br>![alt](i.png) ~5 to ~10 %\nwrapped[^1].\n\n[^1]: Note.",
        "# \nA bold link, code, tag, ~5 to ~10 % wrapped.\nNote.",
    );
    check("EUR 500<sup>1</sup> a deal", "# \nEUR 500¹ a deal");
    check(
        "before <!-- not this --> after\n\n<!-- nor\n\nthis -->\n\nend",
        "# \nbefore after\nend",
    );
}

#[test]
fn lists_tables_and_code() {
    check(
        "To do:\n\n1. one\n\n   more\n   - sub\n2. two",
        "# \nTo do:\n- one more\n- sub\n- two",
    );
    check(
        "|Tier|Rate|\n|-|-|\n|Gold|**18** %|\n|Silver||",
        "# \n| Tier: Gold; Rate: 18 %\n| Tier: Silver",
    );
    check(
        "- step\n\n  ```\n  run  it\n  ```\n- next",
        "# \n- step\n`run  it`\n- next",
    );
    check(
        "<table><tr><th>Tier<th>Rate<tr><td>Gold<td>18 %</table>",
        "# \n| Tier: Gold; Rate: 18 %",
    );
    check("- [x] done", "# \n- done");
}

#[test]
fn directives_keep_only_their_text() {
    check("> [!NOTE]\n> Mind this.", "# \nMind this.");
    check(">[!Important] Now.\n> More.", "# \nNow. More.");
    check(
        "::: tip Good to know\nText\n:::\nafter",
        "# \nGood to know\nText\nafter",
    );
    check(
        ":::image type=\"content\" source=\"a.png\" alt-text=\"b\":::\n\nText",
        "# \nText",
    );
    check(
        "Select :::image type=\"icon\" source=\"a.png\"::: to edit",
        "# \nSelect to edit",
    );
    check("[!INCLUDE [x](y.md)]\n\nText", "# \nText");
    check("```\n::: kept\n```", "# \n`::: kept`");
    check("> # Quoted\n> words", "# \nQuoted\nwords");
}

#[test]
fn front_matter_is_taken_off() {
    let document = read("---\ntitle: T\naudience: internal\n---\n\n# H\ntext").unwrap();
    assert_eq!(document.front.title.as_deref(), Some("T"));
    assert_eq!(document.title.as_deref(), Some("H"));
    check("---\ntitle: T\n---\ntext", "# \ntext");
    check("---\r\ntitle: T\r\n---\r\ntext\r\n", "# \ntext");
    check("---\n\nwords after a rule", "# \nwords after a rule");
}

#[test]
fn broken_front_matter_is_text_unless_it_decides_who_may_see() {
    let document = read("---\ntitle: Co-sell: how\n  it: works\n---\ntext").unwrap();
    assert_eq!(document.notices.len(), 1);
    assert_eq!(document.sections[0].blocks.len(), 2);
    for source in [
        "---\ntitle: a: b: c\naudience: internal\n---\ntext",
        "---\naudience: everyone\n---\ntext",
        "---\naudience: staff\n\ntext that never closes it",
        "---\n\"Audience\": [x\n---\ntext",
    ] {
        assert!(
            matches!(read(source), Err(ReadError::BadFrontMatter { .. })),
            "{source}"
        );
    }
}

#[test]
fn text_that_html_hides_is_left_out() {
    let hidden = |source: &str| read(source).unwrap().notices.len();
    for (source, expected) in [
        (
            "Seen <span style=\"display:none\">not *that*</span> words",
            "# \nSeen words",
        ),
        (
            "Seen\n\n<div hidden>\n\n# Not\n\n- that\n\n| a |\n| - |\n| b |\n\n</div>\n\nwords",
            "# \nSeen\nwords",
        ),
        (
            "Seen\n\n<p style='color:white'>not that</p>\n\nwords",
            "# \nSeen\nwords",
        ),
        ("Seen <i hidden>never closed\n\nwords", "# \nSeen\nwords"),
        ("Seen <b style='x'><b hidden>not</b></b> words", "# \nSeen words"),
    ] {
        check(source, expected);
        assert_eq!(hidden(source), 1, "{source}");
    }
    assert_eq!(hidden("Seen <!-- comment --> <span>words</span>"), 0);
    assert_eq!(
        hidden("Tag characters \u{e0041}\u{e0042}"),
        0,
        "those are seen in the bytes"
    );
}
