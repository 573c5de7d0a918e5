//! Texts and addresses of strangers, made fit to be written.
//!
//! Owns: which characters get into a calendar, and how many. `calcard` escapes `,` `;` `\` and
//! line feeds in texts, and what else it does is wrong in three places, so that this file keeps it
//! from doing so:
//! - other control characters it writes as they are (a carriage return as `\r`, which RFC 5545
//!   does not know): here they are removed;
//! - in addresses it escapes `,` `;` `\` as in texts, which RFC 5545 §3.3.13 forbids: here they
//!   are percent-encoded, so that there is nothing to escape;
//! - in parameters it writes `\"` for a quotation mark: the only parameters written are fixed
//!   words and names of the time-zone database.

use calcard::icalendar::Uri;

use super::{DESCRIPTION_CHARACTERS_MAX, LINE_CHARACTERS_MAX, URI_BYTES_MAX};

/// Of the characters that RFC 3986 allows in an address, those that are neither letters nor
/// digits; without the comma and the semicolon.
const URI_PUNCTUATION: &[u8] = b"-._~:/?#[]@!$&'()*+=%";

/// One line: white space of any sort is a single space, control characters are gone.
pub(super) fn line(text: &str) -> String {
    let words = text
        .split(|character: char| character.is_whitespace() || character.is_control())
        .filter(|word| !word.is_empty());
    let mut line = String::new();
    for (index, word) in words.enumerate() {
        if line.len() > LINE_CHARACTERS_MAX * char::MAX.len_utf8() {
            break;
        }
        line.push_str(if index == 0 { "" } else { " " });
        line.push_str(word);
    }
    shortened(line, LINE_CHARACTERS_MAX)
}

/// Several lines: every sort of line end is a line feed, other control characters are gone but
/// for tabs.
pub(super) fn paragraphs(text: &str) -> String {
    let text = text.trim().replace("\r\n", "\n");
    let kept = text.chars().filter_map(|character| match character {
        '\r' | '\u{0b}' | '\u{0c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\n' | '\t' => Some(character),
        _ if character.is_control() => None,
        _ => Some(character),
    });
    let text: String = kept.take(DESCRIPTION_CHARACTERS_MAX + 1).collect();
    shortened(text, DESCRIPTION_CHARACTERS_MAX)
}

/// The address of a page or a picture, `http` or `https`.
pub(super) fn web_address(text: &str) -> Option<Uri> {
    address(text, &["https://", "http://"])
}

/// The address of a page, or of a note (NIP-21).
pub(super) fn link(text: &str) -> Option<Uri> {
    address(text, &["https://", "http://", "nostr:"])
}

/// The address if it begins with one of these and goes on. One with white space or control
/// characters in it is nothing that its author meant as an address.
fn address(text: &str, beginnings: &[&str]) -> Option<Uri> {
    let text = text.trim();
    let begins = beginnings.iter().any(|beginning| {
        let given = text.get(..beginning.len());
        given.is_some_and(|given| given.eq_ignore_ascii_case(beginning))
            && text.len() > beginning.len()
    });
    let is_broken = text
        .chars()
        .any(|character| character.is_whitespace() || character.is_control());
    if !begins || is_broken || text.len() > URI_BYTES_MAX {
        return None;
    }
    let mut address = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || URI_PUNCTUATION.contains(&byte) {
            address.push(char::from(byte));
        } else {
            address.push_str(&format!("%{byte:02X}"));
        }
    }
    Some(Uri::Location(address))
}

fn shortened(text: String, characters_max: usize) -> String {
    match text.char_indices().nth(characters_max) {
        None => text,
        Some(_) => {
            let mut short: String = text.chars().take(characters_max - 1).collect();
            short.push('…');
            short
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: Option<Uri>) -> Option<String> {
        address.map(Uri::into_unwrapped_string)
    }

    #[test]
    fn a_line_has_no_line_ends_and_no_control_characters() {
        assert_eq!(
            line(" Chess\r\nEND:VEVENT\u{0} \u{2028}\u{7}x\u{85}\t y "),
            "Chess END:VEVENT x y"
        );
        assert_eq!(line("\u{1b}\r\n"), "");
    }

    #[test]
    fn paragraphs_keep_their_lines() {
        assert_eq!(
            paragraphs("\r\n# One\r\n\r\n* two\rthree\u{2029}\u{0}four\u{1b}\t.\n"),
            "# One\n\n* two\nthree\nfour\t."
        );
    }

    #[test]
    fn long_texts_end_with_an_ellipsis() {
        let long = "ä".repeat(LINE_CHARACTERS_MAX + 1);
        assert_eq!(line(&long).chars().count(), LINE_CHARACTERS_MAX);
        assert!(line(&long).ends_with("ä…"));
        assert_eq!(line(&long["ä".len()..]), long["ä".len()..]);
        let many = "ä ".repeat(LINE_CHARACTERS_MAX * 9);
        assert_eq!(line(&many).chars().count(), LINE_CHARACTERS_MAX);
        let text = paragraphs(&"x\n".repeat(DESCRIPTION_CHARACTERS_MAX));
        assert_eq!(text.chars().count(), DESCRIPTION_CHARACTERS_MAX);
    }

    #[test]
    fn addresses_have_nothing_that_would_be_escaped() {
        for (given, expected) in [
            (
                "https://a.example/x?y=1&z=%20#e",
                Some("https://a.example/x?y=1&z=%20#e"),
            ),
            (
                " HTTP://a.example/1,2;3\\4\"5 ",
                Some("HTTP://a.example/1%2C2%3B3%5C4%225"),
            ),
            (
                "https://münchen.example/ü",
                Some("https://m%C3%BCnchen.example/%C3%BC"),
            ),
            ("https://", None),
            ("https://a.example/\r\nATTACH:x", None),
            ("https://a.example/a b", None),
            ("https://a.example/\u{0}", None),
            ("javascript:alert(1)", None),
            ("data:image/png;base64,AAAA", None),
            ("nostr:naddr1abc", None),
            ("ümlaut", None),
            ("", None),
        ] {
            assert_eq!(read(web_address(given)).as_deref(), expected, "{given:?}");
        }
        assert_eq!(
            read(link("nostr:naddr1abc")).as_deref(),
            Some("nostr:naddr1abc")
        );
        let long = format!("https://a.example/{}", "x".repeat(URI_BYTES_MAX));
        assert_eq!(web_address(&long), None);
    }
}
