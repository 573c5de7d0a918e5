//! Descriptions in the manners of several programs.

use proptest::prelude::*;

use super::*;

fn check(html: &str, expected: &str) {
    assert_eq!(description(html), expected, "{html}");
}

#[test]
fn plain_texts_stay_as_they_are() {
    for text in [
        "",
        "Beginners: rating < 1500 && > 800",
        "I <3 chess, and 1<2>1",
        "See <https://chess.example/rules> or <mailto:ada@chess.example>",
        "  Two\n\n  lines &amp; an entity, as *typed*",
        "About <script> and <b>, without an end",
        "<- here ->, <!-- and there",
        "From: Ada <ada@chess.example>\n</ada>",
    ] {
        check(text, text);
    }
}

#[test]
fn what_google_writes() {
    check(
        "<p>Bring a <b>board</b>&nbsp;&amp; a <i>clock</i>.</p><p><br></p><p>Rules: \
         <a href=\"https://chess.example/rules?a=1&amp;b=2\" target=\"_blank\">here</a></p>",
        "Bring a **board** & a *clock*.\n\nRules: [here](https://chess.example/rules?a=1&b=2)",
    );
    check(
        "Doors: 19:00<br>Start: 19:30<br><br><ul><li>Tea</li><li>Cake</li></ul><br>\
         <a href=\"https://chess.example/\">https://chess.example</a>",
        "Doors: 19:00\nStart: 19:30\n\n- Tea\n- Cake\n\nhttps://chess.example/",
    );
    // Typed with line ends, and one word made bold.
    check(
        "First line\nsecond <b>line</b>\n\n\nand the end",
        "First line\nsecond **line**\n\nand the end",
    );
    check("<html-blob>One<br>two</html-blob>", "One\ntwo");
}

#[test]
fn what_outlook_writes() {
    check(
        "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2//EN\">\n<html><head>\n<title>Invitation</title>\n\
         <style><!-- p.MsoNormal {margin:0cm} </p> --></style>\n</head>\n<body>\n\
         <p class=MsoNormal><span style='color:#1F497D'>Dear all,<o:p></o:p></span></p>\n\
         <p class=MsoNormal><o:p>&nbsp;</o:p></p>\n<p>Write to <a href=\"mailto:ada@chess.example\">\
         ada@chess.example</a>\nsoon.</p>\n<!-- the end --></body></html>",
        "Dear all,\n\nWrite to ada@chess.example soon.",
    );
}

#[test]
fn what_editors_of_mobilizon_meetup_and_luma_write() {
    check(
        "<h2>Programme</h2><ol><li><p>Welcome</p></li><li><p>Talks</p><ul><li><p>Rust</p></li>\
         <li><p><strong>Go</strong></p></li></ul></li></ol><p>See you&hellip;</p><hr><p>Ada</p>",
        "## Programme\n\n1. Welcome\n2. Talks\n   - Rust\n   - **Go**\n\nSee you…\n\n---\n\nAda",
    );
    check(
        "<div>One</div><div><br></div><div>two<br></div><div>three</div>",
        "One\n\ntwo\nthree",
    );
    check(
        "<p><img src=\"x.png\" alt=\"A board\"></p><pre>a\n  b</pre><table><tr><td>19:00</td><td>Tea</td></tr>\
         <tr><td>20:00</td><td>Chess</td></tr></table>",
        "A board\n\na\nb\n\n19:00 Tea\n20:00 Chess",
    );
}

#[test]
fn scripts_and_ways_to_nowhere_are_left_out() {
    check(
        "<p>Hello<script>alert('</p>')</script> <a href=\"javascript:alert(1)\">you</a>\
         <a href=\"/path\">!</a></p><style>p {}",
        "Hello you!",
    );
    check("<p><a href=\"https://a.example\"></a></p>", "");
}

#[test]
fn emphasis_and_links_are_closed_where_markdown_wants_it() {
    check(
        "<p><b> Bold <i>both </i></b>plain<b></b></p>",
        "**Bold *both*** plain",
    );
    check(
        "<b><p>One</p><p>two</p></b>three",
        "**One**\n\n**two**\n\nthree",
    );
    check("<p><i>a <b>b</i> c</b></p>", "*a **b*** **c**");
    check(
        "<p><a href=\"https://a.example/x (1)\">[1]<br>next</a> <a href='https://b.example'>open",
        "[\\[1\\] next](https://a.example/x%20%281%29) [open](https://b.example)",
    );
    check(
        "<p><b><a href=\"https://a.example\">Rules</a></b></p>",
        "**[Rules](https://a.example)**",
    );
}

#[test]
fn depth_and_length_are_bounded() {
    let deep = "<ul><li><b><a href=\"https://a.example\">x".repeat(20_000);
    let written = markdown(&deep);
    let longest = written
        .lines()
        .map(|line| line.find('-').unwrap_or(0))
        .max();
    assert_eq!(longest, Some(12), "{}", &written[..400]);
    let long = format!("<p>{}</p>", "<br>ä".repeat(HTML_BYTES_MAX));
    assert!(markdown(&long).chars().count() >= super::super::DESCRIPTION_CHARACTERS_MAX);
    assert!(markdown(&long).len() < HTML_BYTES_MAX);
    // Cut in the middle of a character.
    let long = format!("x{}", "ä".repeat(HTML_BYTES_MAX));
    assert!(markdown(&long).starts_with("xä"));
}

/// Elements with their attributes, ends and what stands between them, in any order.
fn soup() -> impl Strategy<Value = String> {
    let name = proptest::sample::select(
        [&ELEMENTS[..], &BREAKS, &HIDDEN, &["img", "!--", "/", "x:y"]].concat(),
    );
    let piece = prop_oneof![
        name.clone().prop_map(|name| format!("<{name}>")),
        name.clone().prop_map(|name| format!("</{name}>")),
        (name, "[a-z]{0,5}", "\\PC{0,12}").prop_map(|(element, name, value)| {
            format!(
                "<{element} {name}={value} href=\"https://{value}\" alt='{value}' start={value}>"
            )
        }),
        "[ \n\t&<>\"'=#;*_\\[\\]()]{1,5}",
        "&(amp|nbsp|lt|#[0-9]{1,9}|#x[0-9a-f]{1,9});?",
        "\\PC{1,9}",
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_stands_there_is_written(html in soup()) {
        let written = markdown(&html);
        prop_assert_eq!(written.trim(), written.as_str());
        prop_assert!(!written.contains("\n\n\n"), "{:?}", written);
        let text = description(&html);
        prop_assert!(text == html || text == written);
    }

    /// What is no tag is kept, letter for letter.
    #[test]
    fn words_survive(words in proptest::collection::vec("[a-zäß0-9.,!?]{1,9}", 1..20)) {
        let html = format!("<p>{}</p>", words.join(" <b> </b>"));
        prop_assert_eq!(markdown(&html), words.join(" "));
    }
}
