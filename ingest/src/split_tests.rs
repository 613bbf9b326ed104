use super::*;
use crate::{Row, Table};
use proptest::prelude::*;

fn id() -> DocumentId {
    DocumentId::of_source("test")
}

fn section(heading: &[&str], blocks: Vec<Block>) -> Section {
    let heading: Vec<String> = heading.iter().map(ToString::to_string).collect();
    Section {
        anchor: Anchor::Heading {
            heading: heading.clone(),
        },
        heading,
        blocks,
    }
}

fn words(count: usize) -> String {
    (0..count)
        .map(|n| format!("word{n}"))
        .collect::<Vec<_>>()
        .join(" ")
        + "."
}

/// As if these sections were a part of a document.
fn passages(sections: Vec<Section>) -> Vec<Passage> {
    let limits = Limits {
        document_chars: 0,
        ..Limits::default()
    };
    whole_document(sections, &limits)
}

fn whole_document(sections: Vec<Section>, limits: &Limits) -> Vec<Passage> {
    let document = Document {
        sections,
        ..Document::default()
    };
    split(id(), &document, limits)
}

/// Heading paths and texts of the passages.
fn shown(sections: Vec<Section>) -> Vec<String> {
    passages(sections)
        .iter()
        .map(|p| format!("{} > {}", p.heading.join("/"), p.text.replace('\n', " | ")))
        .collect()
}

#[test]
fn small_neighbours_are_joined_under_their_common_heading() {
    let text = |text: &str| vec![Block::Paragraph(text.into())];
    assert_eq!(
        shown(vec![
            section(&["Rules", "Gold"], text("Ten deals.")),
            section(&["Rules", "Silver"], text("Five deals.")),
            section(&["Rules", "Silver", "Note"], text("Per year.")),
        ]),
        ["Rules > Gold | Ten deals. | Silver | Five deals. | Note | Per year."]
    );
    assert_eq!(
        shown(vec![
            section(&["Rules"], text("All.")),
            section(&["Rules", "Gold"], text("Ten deals."))
        ]),
        ["Rules > All. | Gold | Ten deals."]
    );
    // No common heading: each has its own place.
    assert_eq!(
        shown(vec![section(&["A"], text("a")), section(&["B"], text("b"))]),
        ["A > a", "B > b"]
    );
    let joined = passages(vec![
        section(&["R", "A"], text("a")),
        section(&["R", "B"], text("b")),
    ]);
    assert_eq!(
        joined[0].anchor,
        Anchor::Heading {
            heading: vec!["R".into()]
        }
    );
}

#[test]
fn large_sections_keep_their_own_place() {
    let long = |n| vec![Block::Paragraph(words(n))];
    let got = passages(vec![
        section(&["R", "A"], long(60)),
        section(&["R", "B"], long(60)),
    ]);
    assert_eq!(
        got.iter().map(|p| p.heading.join("/")).collect::<Vec<_>>(),
        ["R/A", "R/B"]
    );
}

#[test]
fn a_document_of_one_short_text_stays_whole() {
    let count = |sections: Vec<Section>| whole_document(sections, &Limits::default()).len();
    let text = |n| {
        vec![
            Block::Paragraph(words(n)),
            Block::List(vec![words(20), words(20)]),
        ]
    };
    // Some 1,900 characters, and some 2,300.
    assert_eq!(count(vec![section(&["Memo"], text(210))]), 1);
    assert!(count(vec![section(&["Memo"], text(260))]) > 2);
    assert!(
        count(vec![
            section(&["Memo", "A"], text(210)),
            section(&["Memo", "B"], text(210))
        ]) > 3
    );
    let row = |n| Row {
        number: n,
        cells: vec![words(6)],
    };
    let rows = Table {
        rows: (0..30).map(row).collect(),
        ..Table::default()
    };
    assert!(count(vec![section(&["Rates"], vec![Block::Table(rows)])]) > 1);
}

#[test]
fn a_heading_alone_is_its_own_words() {
    assert_eq!(
        shown(vec![section(&["Deck", "Thank you"], vec![])]),
        ["Deck > Thank you"]
    );
    assert_eq!(shown(vec![section(&[], vec![])]), Vec::<String>::new());
}

#[test]
fn a_list_stays_with_its_introduction() {
    let items: Vec<String> = (0..10).map(|n| format!("item {n} {}", words(6))).collect();
    let got = passages(vec![section(
        &["R"],
        vec![
            Block::Paragraph(words(100)),
            Block::Paragraph("You need:".into()),
            Block::List(items),
        ],
    )]);
    assert_eq!(got.len(), 2);
    assert!(got[1].text.starts_with("You need:\nitem 0"), "{}", got[1].text);
}

#[test]
fn rows_are_never_parted_and_know_their_numbers() {
    let rows = (5..65)
        .map(|number| Row {
            number,
            cells: vec![format!("Tier {number}"), words(4)],
        })
        .collect();
    let table = Block::Table(Table {
        header: vec!["Tier".into(), "Words".into()],
        rows,
    });
    let sheet = Section {
        anchor: Anchor::Rows {
            sheet: "Rates".into(),
            rows: [3, 64],
        },
        heading: vec!["Rates".into()],
        blocks: vec![Block::Paragraph("Rates 2025".into()), table],
    };
    let got = passages(vec![sheet]);
    assert!(got.len() > 2);
    assert!(got[0].text.starts_with("Rates 2025\nTier: Tier 5; Words: word0"));
    let mut next = 3;
    for passage in &got {
        let Anchor::Rows { rows, .. } = &passage.anchor else {
            panic!("{:?}", passage.anchor)
        };
        assert_eq!(rows[0], next);
        next = rows[1] + 1;
        let last = passage.text.lines().last().unwrap_or_default();
        assert!(
            last.starts_with(&format!("Tier: Tier {};", rows[1])),
            "{last} {rows:?}"
        );
    }
    assert_eq!(next, 65);
}

#[test]
fn the_rest_of_a_long_answer_is_found_under_its_question() {
    let answer = (0..6).map(|_| words(60)).collect::<Vec<_>>().join("\n");
    let pair = Block::Pair {
        question: "How?".into(),
        answer,
    };
    let got = passages(vec![section(&["FAQ"], vec![pair])]);
    assert!(got[0].text.starts_with("How?\n"));
    assert_eq!(got[0].heading, ["FAQ"]);
    assert_eq!(got[1].heading, ["FAQ", "How?"]);
}

#[test]
fn long_paragraphs_are_cut_at_sentences_into_even_parts() {
    let text = (0..40)
        .map(|n| format!("Sentence number {n} says something about the rules."))
        .collect::<Vec<_>>()
        .join(" ");
    let got = passages(vec![section(&["R"], vec![Block::Paragraph(text)])]);
    assert_eq!(got.len(), 3);
    assert!(
        got.iter()
            .all(|p| p.text.ends_with('.') && p.text.starts_with("Sentence") && p.text.len() > 400),
        "{got:#?}"
    );
}

#[test]
fn sentences_end_at_full_stops_whatever_follows() {
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(sentences(text).collect::<Vec<_>>(), expected);
        assert_eq!(grains(text, 5).concat(), text);
    }
    check(
        "One. two! “Three?” four",
        &["One. ", "two! ", "“Three?” ", "four"],
    );
    check("18.5 % of 1,000.00", &["18.5 % of 1,000.00"]);
    check("一。二！", &["一。", "二！"]);
    check("", &[]);
}

fn text_strategy() -> impl Strategy<Value = String> {
    let word =
        prop_oneof![4 => "[a-zA-Z]{1,12}", 1 => "[0-9]{1,4}[.]", 1 => "[ä漢é]{1,40}", 1 => "[a-z]{1,400}"];
    prop::collection::vec(word, 1..120).prop_map(|words| words.join(" "))
}

fn block_strategy() -> impl Strategy<Value = Block> {
    let rows = prop::collection::vec(prop::collection::vec(text_strategy(), 1..3), 1..6).prop_map(|rows| {
        let rows = (1..)
            .zip(rows)
            .map(|(number, cells)| Row { number, cells })
            .collect();
        Block::Table(Table { header: vec![], rows })
    });
    prop_oneof![
        4 => text_strategy().prop_map(Block::Paragraph),
        2 => prop::collection::vec(text_strategy(), 1..8).prop_map(Block::List),
        1 => rows,
        1 => (text_strategy(), text_strategy()).prop_map(|(question, answer)| Block::Pair { question, answer }),
        1 => text_strategy().prop_map(Block::Notes),
    ]
}

fn document_strategy() -> impl Strategy<Value = Document> {
    let path = prop::collection::vec(prop::sample::select(vec!["A", "B", "C"]), 0..4);
    let section =
        (path, prop::collection::vec(block_strategy(), 0..5), 0..3_u8).prop_map(|(path, blocks, kind)| {
            let heading: Vec<String> = path.iter().map(|h| format!("<{h}>")).collect();
            let anchor = match kind {
                0 => Anchor::Page { page: 1 },
                1 => Anchor::Slide { slide: 2 },
                _ => Anchor::Heading {
                    heading: heading.clone(),
                },
            };
            Section {
                anchor,
                heading,
                blocks,
            }
        });
    prop::collection::vec(section, 0..6).prop_map(|sections| Document {
        sections,
        ..Document::default()
    })
}

fn limits(whole_chars: usize) -> Limits {
    Limits {
        document_chars: whole_chars,
        whole_chars,
        piece_chars: whole_chars * 2 / 3,
        even_chars: whole_chars / 2,
        min_chars: whole_chars / 5,
        merge_chars: whole_chars / 2,
    }
}

/// The text without white space, and without the heading lines that joined sections bring along (in the
/// strategy these are the only words in angle brackets).
fn bare(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with('<'));
    lines
        .flat_map(str::chars)
        .filter(|c| !c.is_whitespace())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_word_is_lost_doubled_or_moved(document in document_strategy(), max in 60..1500_usize) {
        let limits = limits(max);
        let passages = split(id(), &document, &limits);
        let expected: String = document
            .sections
            .iter()
            .flat_map(|section| &section.blocks)
            .flat_map(|block| atoms(block, usize::MAX))
            .map(|atom| bare(&atom.text))
            .collect();
        let got: String = passages.iter().map(|passage| bare(&passage.text)).collect();
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn passages_are_within_limits_and_the_same_each_time(document in document_strategy(), max in 60..1500_usize) {
        let limits = limits(max);
        let passages = split(id(), &document, &limits);
        for (n, passage) in passages.iter().enumerate() {
            prop_assert!(passage.text.chars().count() <= max);
            prop_assert!(!passage.text.trim().is_empty());
            prop_assert_eq!(passage.ordinal as usize, n);
        }
        let ids: std::collections::HashSet<_> = passages.iter().map(|passage| passage.id).collect();
        prop_assert_eq!(ids.len(), passages.len());
        prop_assert_eq!(split(id(), &document, &limits), passages);
    }
}
