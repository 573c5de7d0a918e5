//! What texts mention by `nostr:` and an identifier (NIP-21), and the lines of a text with links where that has a
//! page. Knows how mentions are written; what is there, and where, is told by whoever looked.

use std::collections::BTreeMap;

use crate::text::Text;

/// Mentions of a text that are looked at; further ones stay text.
pub const MENTIONS_MAX: usize = 20;

/// The longest identifier that is one, in bytes. NIP-19 allows 5000, of which pages need few.
const IDENTIFIER_BYTES_MAX: usize = 1_000;

/// What stands before an identifier.
const SCHEME: &str = "nostr:";

/// What can have a page; a secret key is among the others.
const WITH_PAGES: [&str; 5] = ["npub1", "nprofile1", "note1", "nevent1", "naddr1"];

/// Something that was mentioned, and its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// What it is called.
    pub name: Text,
    /// Its page.
    pub path: String,
}

/// What was found of all that texts mention, by identifier (NIP-19).
///
/// ```
/// use kith_web::{Line, Mention, Mentioned, Text};
/// let ben = Mention { name: Text::line("Ben", 10), path: "/p/npub1ben".to_owned() };
/// let mentioned: Mentioned = [("npub1ben".to_owned(), ben)].into_iter().collect();
/// let line = Line::read("Ask nostr:npub1ben, or nostr:npub1unknown.", 80, &mentioned);
/// let shown: Vec<(&str, Option<&str>)> = line.pieces().collect();
/// assert_eq!(
///     shown,
///     [("Ask ", None), ("Ben", Some("/p/npub1ben")), (", or nostr:npub1unknown.", None)]
/// );
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mentioned(BTreeMap<String, Mention>);

impl FromIterator<(String, Mention)> for Mentioned {
    fn from_iter<I: IntoIterator<Item = (String, Mention)>>(found: I) -> Self {
        Mentioned(found.into_iter().collect())
    }
}

impl Mentioned {
    /// What an address with `nostr:` leads to.
    pub(crate) fn at(&self, address: &str) -> Option<&Mention> {
        self.0.get(address.strip_prefix(SCHEME)?)
    }

    /// A text as it is between mentions, and what they mention.
    pub(crate) fn split<'a>(&'a self, text: &'a str) -> Vec<(&'a str, Option<&'a Mention>)> {
        let (mut pieces, mut rest_at) = (Vec::new(), 0);
        for (at, identifier) in mentions(text) {
            if let Some(mention) = self.0.get(identifier) {
                pieces.push((&text[rest_at..at], None));
                pieces.push((mention.name.as_str(), Some(mention)));
                rest_at = at + SCHEME.len() + identifier.len();
            }
        }
        pieces.push((&text[rest_at..], None));
        pieces.retain(|(text, _)| !text.is_empty());
        pieces
    }
}

/// The identifiers that a text mentions, [`MENTIONS_MAX`] at most.
pub fn mentions_in(text: &str) -> impl Iterator<Item = &str> {
    mentions(text).map(|(_, identifier)| identifier)
}

/// Where mentions begin, and their identifiers.
fn mentions(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let found = text.match_indices(SCHEME).filter_map(|(at, _)| {
        let is_inside = text[..at].ends_with(|before: char| before.is_alphanumeric());
        let behind = &text[at + SCHEME.len()..];
        let end = behind.find(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit());
        let identifier = &behind[..end.unwrap_or(behind.len())];
        let is_one = !is_inside
            && identifier.len() <= IDENTIFIER_BYTES_MAX
            && WITH_PAGES.iter().any(|begin| identifier.starts_with(begin));
        is_one.then_some((at, identifier))
    });
    found.take(MENTIONS_MAX)
}

/// One line of plain text by somebody, with links where it mentions what has a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line(Vec<(Text, Option<String>)>);

impl Line {
    /// The text as one line, cut after so many characters.
    pub fn read(text: &str, characters_max: usize, mentioned: &Mentioned) -> Line {
        let line = Text::line(text, characters_max);
        let pieces = mentioned.split(line.as_str()).into_iter();
        let pieces = pieces.map(|(text, mention)| {
            let path = mention.map(|mention| mention.path.clone());
            (Text::harmless(text), path)
        });
        Line(pieces.collect())
    }

    /// Whether there is nothing to see.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is shown, and where it leads.
    pub fn pieces(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let pieces = self.0.iter();
        pieces.map(|(text, path)| (text.as_str(), path.as_deref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(identifier: &str) -> Mentioned {
        let mention = Mention {
            name: Text::line("Ben", 10),
            path: "/p/ben".to_owned(),
        };
        [(identifier.to_owned(), mention)].into_iter().collect()
    }

    fn shown(text: &str, identifier: &str) -> String {
        let line = Line::read(text, 200, &named(identifier));
        let pieces = line.pieces().map(|(text, path)| match path {
            Some(path) => format!("[{text}]({path})"),
            None => text.to_owned(),
        });
        pieces.collect()
    }

    #[test]
    fn nip21_03_mentions_lead_to_pages_and_unknown_ones_stay_text() {
        let ben = "npub1ben";
        for (text, expected) in [
            ("nostr:npub1ben", "[Ben](/p/ben)"),
            (
                "(nostr:npub1ben),nostr:npub1ben!",
                "([Ben](/p/ben)),[Ben](/p/ben)!",
            ),
            (
                "Hi  nostr:npub1ben \u{202e} there",
                "Hi [Ben](/p/ben) there",
            ),
            // Of what nobody knows, what is longer, and what is no mention.
            ("nostr:npub1anna", "nostr:npub1anna"),
            ("nostr:npub1bent", "nostr:npub1bent"),
            ("npub1ben", "npub1ben"),
            ("xnostr:npub1ben", "xnostr:npub1ben"),
            ("nostr:", "nostr:"),
            ("nostr:NPUB1BEN", "nostr:NPUB1BEN"),
            ("<b>nostr:npub1ben</b>", "<b>[Ben](/p/ben)</b>"),
        ] {
            assert_eq!(shown(text, ben), expected, "{text}");
        }
        assert_eq!(shown("nostr:nsec1ben", "nsec1ben"), "nostr:nsec1ben");
        let long = format!("npub1{}", "q".repeat(IDENTIFIER_BYTES_MAX));
        assert_eq!(mentions_in(&format!("nostr:{long}")).count(), 0);
        let many = "nostr:npub1ben ".repeat(MENTIONS_MAX + 5);
        assert_eq!(mentions_in(&many).count(), MENTIONS_MAX);
    }
}
