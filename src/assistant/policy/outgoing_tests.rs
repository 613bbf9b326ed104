use super::*;
use proptest::prelude::*;
use url::Url;

fn links() -> AllowedLinks {
    AllowedLinks::new(&["https://portal.example.com".to_owned()]).unwrap()
}

#[track_caller]
fn check(markdown: &str, expected: &str) {
    assert_eq!(shown(markdown, &links()), expected, "{markdown}");
}

#[test]
fn prose_stays_as_it_is() {
    for text in [
        "A registered deal is protected for **90 days**; see *Protection*.",
        "| Deal | Amount |\n| --- | --- |\n| Acme \\| Co | EUR 1,240.50 |",
        "- one\n- two\n\n1. three",
        "It takes 5–7 days (see rates.xlsx, Node.js and ASP.NET), and/or 24/7 support: 3 < 5 & 7 > 2.",
        "Write to partners@vendor.example or ask at 10:30.",
        "The ratio is 3:1; data: three rows. `code` and [brackets] stay, so does [1] (one).",
        "See [the portal](https://portal.example.com/deals) or https://portal.example.com/help.",
        "Der Rabatt (z.B./usw.) gilt für v2.5/v2.6.",
    ] {
        check(text, text);
    }
}

#[test]
fn links_become_their_words() {
    check(
        "See [the **guide**](https://evil.example/a?b) now.",
        "See the **guide** now.",
    );
    check(
        "See [the guide][g].\n\n[g]: https://evil.example",
        "See the guide.\n\n",
    );
    check(
        "See [g] and [this][g].\n\n[g]: <https://evil.example> 'title'",
        "See g and this.\n\n",
    );
    check("Go to <https://evil.example/x>.", "Go to ….");
    check("Go to https://evil.example/x?q=1, now.", "Go to …, now.");
    check(
        "Go to www.evil.example or evil.example/login or //evil.example/x.",
        "Go to … or … or ….",
    );
    check(
        "[a](javascript:alert(1)) [b](data:text/html,x) [c](/admin) [d](//evil.example)",
        "a b c d",
    );
    check("javascript:alert and http:evil.example", "… and …");
    check("It is so [1](#cite-6f1c) and [2](#cite-x).", "It is so 1 and 2.");
    check(
        "[https://portal.example.com](https://evil.example)",
        "https://portal.example.com",
    );
    check(
        "[https://evil.example](https://portal.example.com)",
        "[…](https://portal.example.com/)",
    );
    check("<https://portal.example.com/x>", "https://portal.example.com/x");
    check(
        "[p]( <https://portal.example.com/x> \"title\")",
        "[p](https://portal.example.com/x)",
    );
}

#[test]
fn images_and_html_go() {
    check("![](https://portal.example.com/x.png)", "");
    check("A ![logo](https://evil.example/?q=secret) b", "A logo b");
    check("[![alt](https://evil.example/i)](https://evil.example)", "alt");
    check("Click <a href=\"https://evil.example\">here</a>.", "Click here.");
    check("one<br>two<img src=x onerror=alert(1)>", "one two");
    check("<script>\nalert(1)\n</script>\n\nwords", "\nwords");
    check("<!-- hidden -->words <!-- open", "");
    check("a <img src=//evil.example/", "a < img src=…");
}

#[test]
fn disguises_do_not_help() {
    for disguised in [
        "https&colon;//evil.example/x",
        "&#104;ttps://evil.example/x",
        "https\\://evil.example/x",
        "https:\\/\\/evil.example/x",
        "htt**ps://evil.example/x**",
        "h\u{200b}ttps://evil\u{2060}.example/x",
        "https://portal.example.com@evil.example",
        "https://portal.example.com,@evil.example",
        "https://portal.example.com]@evil.example",
        "https://portal.example.com.evil.example",
        "https:\\\\evil.example/x",
        "HTTPS://EVIL.EXAMPLE/x",
        "`https://evil.example/x`",
        "```\nhttps://evil.example/x\n```",
        "htthttps://evil.exampleps://evil.example/x",
        "[a[b](https://evil.example)](https://evil.example)",
        "[^1]\n\n[^1]: https://evil.example/x",
    ] {
        let out = shown(disguised, &links());
        assert!(!out.to_lowercase().contains("evil"), "{disguised} → {out}");
    }
}

#[test]
fn pieces_do_not_join_to_a_link() {
    let pieces = [
        "See [this.",
        "there](//evil.example/x).",
        "And ![that.",
        "so](https://portal.example.com/x) <img",
        "src=x>",
    ];
    let joined = pieces.map(|piece| shown(piece, &links())).join(" ");
    assert_eq!(shown(&joined, &links()), joined);
    let mut events = Parser::new(&joined);
    assert!(
        !events.any(|event| matches!(
            event,
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) | Event::InlineHtml(_)
        )),
        "{joined}"
    );
}

#[test]
fn what_nests_without_end_is_reduced_to_letters() {
    let nested = format!("{}a{}", "![".repeat(60), "](https://evil.example)".repeat(60));
    let out = shown(&nested, &links());
    assert!(!out.contains("](") && !out.contains("//"), "{out}");
}

/// Pieces of links, of disguises and of prose. Whatever must not be shown has `evil` in it.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "[",
            "]",
            "(",
            ")",
            "](",
            "![",
            "<",
            ">",
            "<a href=",
            "</a>",
            "<!--",
            "-->",
            "\\",
            "`",
            "*",
            "**",
            "\n",
            "\n\n",
            " ",
            "&",
            "&#58;",
            "&colon;",
            "&sol;",
            "#cite-1",
            "https",
            "https:",
            "HTTP://",
            "//",
            "/",
            "www.",
            "javascript:",
            "evil",
            "evil.example",
            "evil.example/x",
            "portal.example.com",
            "https://portal.example.com",
            "@",
            "]:",
            "[a]: ",
            "|",
            "| --- |",
            "\u{200b}",
            "\u{202e}",
            "<img src=",
            "\"",
            "'",
            "~",
            "- ",
            "> ",
            "    ",
            "```",
            ".",
            ",",
            ":",
        ])
        .prop_map(str::to_owned),
        Just("[a](https://evil.example/x)".to_owned()),
        Just("[b](https://portal.example.com/x)".to_owned()),
        Just("https://evil.example/x".to_owned()),
        "[a-z ]{0,4}",
        any::<char>().prop_map(String::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn nothing_outside_the_list_is_left(pieces in prop::collection::vec(piece(), 0..24)) {
        let text = pieces.concat();
        let out = shown(&text, &links());
        prop_assert_eq!(&shown(&out, &links()), &out, "shown text stays: {:?}", text);
        let mut read = String::new();
        for event in Parser::new_ext(&out, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES | Options::ENABLE_TASKLISTS) {
            match event {
                Event::Start(Tag::Link { dest_url, .. }) => {
                    let url = Url::parse(&dest_url);
                    let host = url.ok().and_then(|url| url.host_str().map(str::to_owned));
                    prop_assert_eq!(host.as_deref(), Some("portal.example.com"), "{:?} → {:?}", text, out);
                }
                Event::Start(Tag::Image { .. }) | Event::Html(_) | Event::InlineHtml(_) => {
                    prop_assert!(false, "{:?} → {:?}", text, out);
                }
                Event::Text(words) | Event::Code(words) => read.push_str(&words),
                _ => read.push(' '),
            }
        }
        for words in [&read, &out] {
            for word in words.to_lowercase().split_whitespace() {
                for start in ["//", "www.", "javascript:", "https:", "http:"] {
                    // A path of an allowed host may hold any word.
                    let host = |rest: &str| {
                        let rest = rest.trim_start_matches(['/', '\\']);
                        rest.split(['/', '?', '#']).next().unwrap_or_default().contains("evil.")
                    };
                    let is_evil = word.match_indices(start).any(|(at, _)| {
                        let is_name = start != "//" && word[..at].ends_with(char::is_alphanumeric);
                        !is_name && host(&word[at + start.len()..])
                    });
                    prop_assert!(!is_evil, "{:?} → {:?}", text, out);
                }
            }
        }
    }

    #[test]
    fn any_text_is_shown_without_a_panic(text in ".*") {
        let out = shown(&text, &links());
        prop_assert_eq!(&shown(&out, &links()), &out);
    }
}
