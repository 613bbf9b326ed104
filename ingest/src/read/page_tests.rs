use super::*;

fn page(lines: &[&str]) -> Page {
    Page {
        lines: lines.iter().map(ToString::to_string).collect(),
        ..Page::default()
    }
}

#[test]
fn what_repeats_at_the_edges_is_dropped() {
    let mut pages: Vec<Page> = (1..=4)
        .map(|n| {
            page(&[
                "Partner Program",
                &format!("Gold {}0 %", n * n),
                "a",
                "b",
                &format!("c {}", n * n),
                &format!("2025 | {}", n + 6),
            ])
        })
        .collect();
    drop_furniture(&mut pages);
    assert_eq!(pages[2].lines, ["", "Gold 90 %", "a", "b", "c 9", ""]);
}

#[test]
fn a_sentence_that_repeats_is_kept_once() {
    let terms = "This form is valid only with the signature of both sides and the seal.";
    let mut pages: Vec<Page> = ["a", "b", "c"].map(|text| page(&["Form", terms, text])).into();
    drop_furniture(&mut pages);
    assert_eq!(pages[0].lines, ["", terms, "a"]);
    assert_eq!(pages[1].lines, ["", "", "b"]);
}

#[test]
fn page_numbers_are_known_by_their_form() {
    #[track_caller]
    fn check(line: &str, expected: bool) {
        assert_eq!(is_page_number(line, 3), expected, "{line}");
    }
    check("Page 3 of 12", true);
    check("- 3 -", true);
    check("3/12", true);
    check("3", true);
    check("4", false);
    check("3 days", false);
    check("18 %", false);
}

#[test]
fn tables_are_found_among_the_lines() {
    let cells = |row: &[&str]| row.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut page = page(&["Rates", "Tier Product Rate", "Gold Flow", "Suite 18 %", "end"]);
    page.tables = vec![vec![
        cells(&["Tier", "Product", "Rate"]),
        cells(&["Gold", "Flow Suite", "18 %"]),
    ]];
    let mut builder = Builder::default();
    builder.page(1, page, &Words::default());
    let [Block::Paragraph(_), Block::Table(table), Block::Paragraph(_)] = &builder.sections[0].blocks[..]
    else {
        panic!("{:?}", builder.sections)
    };
    assert_eq!(
        table.line(&table.rows[0]),
        "Tier: Gold; Product: Flow Suite; Rate: 18 %"
    );
}

#[test]
fn headings_reach_over_pages_and_no_word_of_them_is_lost() {
    let mut first = page(&["Rules", "Protection", "ninety days", "", "Foot"]);
    first.headings = vec![
        ("Rules".into(), 20.0),
        ("Protection".into(), 14.0),
        ("Foot".into(), 14.0),
    ];
    let mut builder = Builder::default();
    builder.page(1, first, &Words::default());
    builder.page(2, page(&["more"]), &Words::default());
    let got: Vec<_> = builder
        .sections
        .iter()
        .map(|s| (s.heading.join("/"), s.blocks.len()))
        .collect();
    assert_eq!(
        got,
        [("Rules/Protection".to_owned(), 2), ("Rules/Foot".to_owned(), 1)]
    );
}
