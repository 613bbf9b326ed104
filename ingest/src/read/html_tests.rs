use super::*;
use crate::Table;

#[track_caller]
fn check(html: &str, expected: &[(&[&str], &[&str])]) {
    let document = read(html.as_bytes()).unwrap();
    let lines = |block: &Block| match block {
        Block::Paragraph(text) | Block::Code(text) => vec![text.clone()],
        Block::List(items) => items.iter().map(|item| format!("- {item}")).collect(),
        Block::Table(table @ Table { rows, .. }) => rows.iter().map(|row| table.line(row)).collect(),
        other => panic!("{other:?}"),
    };
    let got: Vec<(Vec<String>, Vec<String>)> = document
        .sections
        .iter()
        .map(|s| (s.heading.clone(), s.blocks.iter().flat_map(lines).collect()))
        .collect();
    let own = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    let expected: Vec<_> = expected
        .iter()
        .map(|(heading, lines)| (own(heading), own(lines)))
        .collect();
    assert_eq!(got, expected, "{html}");
}

#[test]
fn the_main_content_is_read() {
    check(
        "<html><body><nav>Home</nav><header>Logo</header><main><h1>Rules</h1><p>Ninety <b>days</b>.</p></main>\
         <footer>Imprint</footer></body></html>",
        &[(&["Rules"], &["Ninety days."])],
    );
    check(
        "<body><header><h1>Rules</h1></header><div>Text<ul><li>a<ul><li>b</li></ul></li><li><p>c</p></li></ul></div>\
         <aside>More</aside>",
        &[(&["Rules"], &["Text", "- a", "- b", "- c"])],
    );
}

#[test]
fn what_the_page_hides_is_not_read() {
    check(
        "<p>Seen</p><p hidden>no</p><p style='Display: none'>no</p><div aria-hidden=true>no</div><script>no</script>\
         <!-- no --><p style='opacity:0.8'>Seen too</p>",
        &[(&[], &["Seen", "Seen too"])],
    );
}

#[test]
fn tables_are_read_with_their_spans() {
    check(
        "<table><caption>Rates</caption><tr><th rowspan=2>Tier<th colspan=2>Rate</tr><tr><th>New<th>Renewal</tr>\
         <tr><td rowspan=2>Gold<td>18 %<td>9 %</tr><tr><td>17 %<td>8 %<sup>1</sup></tr></table>",
        &[(
            &[],
            &[
                "Rates",
                "Tier: Gold; Rate New: 18 %; Rate Renewal: 9 %",
                "Tier: Gold; Rate New: 17 %; Rate Renewal: 8 %¹",
            ],
        )],
    );
    check(
        "<table><tr><td>Layout <h2>Part</h2>words</table>",
        &[(&[], &["Layout"]), (&["Part"], &["words"])],
    );
    check(
        "<table><tr><td>Tier</td><td>Gold</td></tr><tr><td>Days</td><td><p>a</p><p>b</p></td></tr></table>",
        &[(&[], &["Tier; Gold", "Days; a b"])],
    );
}

#[test]
fn tables_in_tables_and_lists_in_lists() {
    check(
        "<table><tr><th>Action<th>Sound</tr><tr><td>Quack<td><table><tr><th>Type<th>Long<tr><td>Short<td>no</table></tr></table>",
        &[(&[], &["Action: Quack; Sound: Type: Short; Long: no"])],
    );
    check(
        "<table><tr><th>Role<th>May<tr><td>Admin<br>Seller<td>See.<br>Edit</table>",
        &[(&[], &["Role: Admin, Seller; May: See. Edit"])],
    );
    check(
        "<ol><li>Step<dl><dd>Note</dd></dl></li></ol><dl><dt>MDF<dd>Funds</dl>",
        &[(&[], &["- Step", "- Note", "- MDF: Funds"])],
    );
}

#[test]
fn a_footnote_mark_does_not_join_the_amount() {
    check(
        "<p>EUR 500<sup>1</sup> per deal</p>",
        &[(&[], &["EUR 500¹ per deal"])],
    );
}

#[test]
fn the_page_says_its_title_and_language() {
    let document =
        read(b"<html lang=de><head><title>Regeln</title></head><body><p>Text</p></body></html>").unwrap();
    assert_eq!(document.title.as_deref(), Some("Regeln"));
    assert_eq!(document.front.language.as_deref(), Some("de"));
}

#[test]
fn deep_nesting_is_flattened() {
    let deep = format!("{}words{}", "<div>".repeat(5000), "</div>".repeat(5000));
    check(&deep, &[(&[], &["words"])]);
}

#[test]
fn text_that_does_not_show_is_left_out_and_told() {
    #[track_caller]
    fn check(html: &str, hides: bool) {
        let document = read(format!("<p>Seen</p>{html}").as_bytes()).unwrap();
        let all: Vec<String> = document
            .sections
            .iter()
            .flat_map(|s| s.blocks.iter().flat_map(Block::lines))
            .collect();
        let is_read = all.iter().any(|line| line.contains("words"));
        assert_eq!(
            (is_read, document.notices.len()),
            (!hides, usize::from(hides)),
            "{html}"
        );
    }
    for style in [
        "display:none",
        "visibility: hidden",
        "font-size:1px",
        "font-size: 0.1em !important",
        "color:#FFF",
        "color: white; background: #ffffff",
        "color:#123456;background-color:#123456",
        "color:transparent",
        "position:absolute;left:-9999px",
        "text-indent:-999em",
        "height:0;overflow:hidden",
        "clip:rect(0,0,0,0)",
        "mso-hide:all",
        "opacity:0",
    ] {
        check(&format!("<p style='{style}'>words</p>"), true);
        check(
            &format!("<h2>Title</h2><table><tr><td>a<td>b<tr><td>c<td><b style='{style}'>words</b></table>"),
            true,
        );
    }
    check("<p hidden>words</p>", true);
    check("<font color=white>words</font>", true);
    check(&format!("{}<p hidden>words", "<div>".repeat(2000)), true);
    for shown in [
        "<p style='opacity:0.8;font-size:0.9em;color:#333'>words",
        "<table bgcolor=navy><tr><td style='color:white'>words",
        "<div style='background-color:#003366'><p style='color:#fff'>words",
        "<style>.dark{background:black}</style><div class=dark><p style='color:white'>words",
        "<p style='margin-left:-10px;height:0'>words",
    ] {
        check(shown, false);
    }
    let empty = read(b"<p>Seen</p><!-- words --><p hidden> </p>").unwrap();
    assert!(empty.notices.is_empty());
}
