//! Lists as feeds (Atom, RFC 4287), with positions (GeoRSS Simple). Owns the form; what is in a feed
//! is for the routes.
//!
//! The template `templates/feed.atom.xml` escapes every value; [`Text`] is the only sort of value
//! that it gets from strangers, and has no character that XML 1.0 forbids even when it is escaped.

use std::fmt;

use askama::Template;
use jiff::Timestamp;
use kith_nips::place::Point;

/// A feed. Times are Unix seconds; addresses that are neither `http`, `https` nor `nostr:` are left
/// out.
#[derive(Debug, Clone, Default)]
pub(super) struct Feed {
    /// What names the feed for good: an address (`https:`, `tag:`, `nostr:`).
    pub(super) id: String,
    /// What it is called.
    pub(super) title: String,
    /// What is in it.
    pub(super) subtitle: Option<String>,
    /// When something in it changed last.
    pub(super) updated: u64,
    /// Who made it, where an entry does not say otherwise.
    pub(super) author: String,
    /// The address of this feed.
    pub(super) this: Option<String>,
    /// A page for people with the same in it.
    pub(super) page: Option<String>,
    /// The feed with what comes after this one (RFC 5005).
    pub(super) next: Option<String>,
    /// In the order of the list.
    pub(super) entries: Vec<Entry>,
}

/// One thing in a feed.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    /// What names it for good, whatever changes: an address, for instance `nostr:naddr1…`.
    pub(super) id: String,
    /// What it is called.
    pub(super) title: String,
    /// When this version was made.
    pub(super) updated: u64,
    /// When it was made first.
    pub(super) published: Option<u64>,
    /// Who made it.
    pub(super) author: Option<String>,
    /// In short.
    pub(super) summary: Option<String>,
    /// At length, as plain text.
    pub(super) content: String,
    /// What it is about.
    pub(super) categories: Vec<String>,
    /// A page about it.
    pub(super) link: Option<String>,
    /// Where it is on the map.
    pub(super) position: Option<Point>,
}

impl Feed {
    /// The whole document.
    ///
    /// # Errors
    /// None that the values could cause: only what the template engine may invent.
    pub(super) fn write(&self) -> Result<String, askama::Error> {
        let links = [
            ("self", self.this.as_deref()),
            ("alternate", self.page.as_deref()),
            ("next", self.next.as_deref()),
        ];
        let links = links.into_iter().filter_map(|(rel, address)| {
            let href = address.and_then(link)?;
            Some(Link { rel, href })
        });
        let document = Document {
            id: Text::of(&self.id),
            title: Text::of(&self.title),
            subtitle: self.subtitle.as_deref().map(Text::of),
            updated: date(self.updated),
            author: Text::of(&self.author),
            software: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            links: links.collect(),
            entries: self.entries.iter().map(Item::of).collect(),
        };
        document.render()
    }
}

/// What the template writes.
#[derive(Template)]
#[template(path = "feed.atom.xml")]
struct Document {
    id: Text,
    title: Text,
    subtitle: Option<Text>,
    updated: Timestamp,
    author: Text,
    software: &'static str,
    version: &'static str,
    links: Vec<Link>,
    entries: Vec<Item>,
}

struct Link {
    rel: &'static str,
    href: Text,
}

struct Item {
    id: Text,
    title: Text,
    updated: Timestamp,
    published: Option<Timestamp>,
    author: Option<Text>,
    summary: Option<Text>,
    content: Text,
    categories: Vec<Text>,
    link: Option<Text>,
    point: Option<String>,
}

impl Item {
    fn of(entry: &Entry) -> Item {
        Item {
            id: Text::of(&entry.id),
            title: Text::of(&entry.title),
            updated: date(entry.updated),
            published: entry.published.map(date),
            author: entry.author.as_deref().map(Text::of),
            summary: entry.summary.as_deref().map(Text::of),
            content: Text::of(&entry.content),
            categories: entry.categories.iter().map(|term| Text::of(term)).collect(),
            link: entry.link.as_deref().and_then(link),
            point: entry.position.map(point),
        }
    }
}

/// A text without the characters that XML 1.0 §2.2 forbids, nor other control characters; every line
/// end is a line feed, as whoever reads it makes it anyway (§2.11).
#[derive(Debug, Clone, PartialEq, Eq)]
struct Text(String);

impl Text {
    fn of(text: &str) -> Text {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let is_allowed = |character: &char| match character {
            '\t' | '\n' => true,
            '\u{fffe}' | '\u{ffff}' => false,
            _ => !character.is_control(),
        };
        Text(text.chars().filter(is_allowed).collect())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An address that a reader may offer to open.
fn link(address: &str) -> Option<Text> {
    let address = address.trim();
    let may_open = ["https://", "http://", "nostr:"].iter().any(|beginning| {
        let given = address.get(..beginning.len());
        given.is_some_and(|given| given.eq_ignore_ascii_case(beginning))
            && address.len() > beginning.len()
    });
    let is_whole = !address
        .chars()
        .any(|character| character.is_whitespace() || character.is_control());
    (may_open && is_whole).then(|| Text::of(address))
}

/// `created_at` has no bound; dates have one (the year 9999).
fn date(seconds: u64) -> Timestamp {
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .unwrap_or(LAST_SECOND)
}

/// 9999-12-30T22:00:00Z, the last whole second that is a date in every time zone.
const LAST_SECOND: Timestamp = Timestamp::constant(253_402_207_200, 0);

/// Latitude first, unlike everywhere else.
fn point(position: Point) -> String {
    format!("{:.6} {:.6}", position.latitude(), position.longitude())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use roxmltree::{Document, Node};

    use super::*;

    const ATOM: &str = "http://www.w3.org/2005/Atom";

    fn feed(entries: Vec<Entry>) -> Feed {
        Feed {
            id: "tag:relay.example,2026:meetups".to_owned(),
            title: "Meetups".to_owned(),
            updated: 1_790_000_000,
            author: "relay.example".to_owned(),
            entries,
            ..Feed::default()
        }
    }

    fn child<'a>(node: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
        let mut found = node
            .children()
            .filter(|child| child.has_tag_name((ATOM, name)));
        let first = found.next();
        assert!(found.next().is_none(), "one {name}");
        first
    }

    fn text(node: Node<'_, '_>, name: &str) -> Option<String> {
        child(node, name).map(|node| {
            assert!(node.attribute("type").is_none(), "plain text");
            assert!(node.children().all(|child| child.is_text()));
            node.text().unwrap_or_default().to_owned()
        })
    }

    #[test]
    fn a_feed_has_everything_in_its_place() {
        let entry = Entry {
            id: "nostr:naddr1abc".to_owned(),
            title: "Chess & <chips>".to_owned(),
            updated: 1_790_000_000,
            published: Some(1_780_000_000),
            author: Some("Alice".to_owned()),
            summary: Some("In short".to_owned()),
            content: "# Rules\n\n* be \"kind\" ]]>".to_owned(),
            categories: vec!["chess".to_owned(), "a\"b".to_owned()],
            link: Some("https://kith.example/m?a=1&b=2".to_owned()),
            position: Some(Point::new(50.8225, -0.1372).unwrap()),
        };
        let mut feed = feed(vec![entry]);
        feed.subtitle = Some("All".to_owned());
        feed.this = Some("https://relay.example/api/v1/meetups.atom?a=1&b=2".to_owned());
        feed.page = Some("https://relay.example/".to_owned());
        let written = feed.write().unwrap();
        assert_eq!(
            written,
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:georss=\"http://www.georss.org/georss\">
<id>tag:relay.example,2026:meetups</id>
<title>Meetups</title>
<subtitle>All</subtitle>
<updated>2026-09-21T14:13:20Z</updated>
<author><name>relay.example</name></author>
<generator version=\"{}\">kith-relay</generator>
<link rel=\"self\" href=\"https://relay.example/api/v1/meetups.atom?a=1&#38;b=2\"/>
<link rel=\"alternate\" href=\"https://relay.example/\"/>
<entry>
<id>nostr:naddr1abc</id>
<title>Chess &#38; &#60;chips&#62;</title>
<updated>2026-09-21T14:13:20Z</updated>
<published>2026-05-28T20:26:40Z</published>
<author><name>Alice</name></author>
<category term=\"chess\"/>
<category term=\"a&#34;b\"/>
<link rel=\"alternate\" href=\"https://kith.example/m?a=1&#38;b=2\"/>
<summary>In short</summary>
<content># Rules\n\n* be &#34;kind&#34; ]]&#62;</content>
<georss:point>50.822500 -0.137200</georss:point>
</entry>
</feed>",
                env!("CARGO_PKG_VERSION")
            )
        );
    }

    #[test]
    fn an_empty_feed_is_a_feed() {
        let written = feed(vec![]).write().unwrap();
        let document = Document::parse(&written).unwrap();
        let root = document.root_element();
        assert!(root.has_tag_name((ATOM, "feed")));
        for name in ["id", "title", "updated", "author"] {
            assert!(child(root, name).is_some(), "{name}");
        }
        assert!(child(root, "entry").is_none() && child(root, "link").is_none());
    }

    #[test]
    fn only_addresses_that_may_be_opened_are_links() {
        for (address, is_link) in [
            ("https://a.example/", true),
            ("HTTP://a.example/\"><script>", true),
            ("nostr:naddr1abc", true),
            ("javascript:alert(1)", false),
            ("data:text/html,x", false),
            ("https://a.example/ b", false),
            ("https://a.example/\u{0}", false),
            ("https://", false),
            ("", false),
        ] {
            let entry = Entry {
                link: Some(address.to_owned()),
                ..Entry::default()
            };
            let written = feed(vec![entry]).write().unwrap();
            let document = Document::parse(&written).unwrap();
            let entry = child(document.root_element(), "entry").unwrap();
            let seen = child(entry, "link").and_then(|link| link.attribute("href"));
            assert_eq!(seen, is_link.then_some(address));
        }
    }

    #[test]
    fn every_time_is_a_date() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (u64::MAX, "9999-12-30T22:00:00Z"),
        ] {
            let mut feed = feed(vec![]);
            feed.updated = seconds;
            let written = feed.write().unwrap();
            let document = Document::parse(&written).unwrap();
            let updated = text(document.root_element(), "updated");
            assert_eq!(updated.as_deref(), Some(expected));
        }
    }

    fn hostile() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("</title></entry><entry>".to_owned()),
            Just("]]>".to_owned()),
            Just("<![CDATA[".to_owned()),
            Just("<!-- -->".to_owned()),
            Just("&amp;&#0;&x;".to_owned()),
            Just("\"/><link href='javascript:x'".to_owned()),
            Just("\u{0}\u{1b}\u{b}\u{fffe}\u{ffff}\u{85}".to_owned()),
            Just("\r\n\r".to_owned()),
            any::<char>().prop_map(String::from),
            ".{0,20}",
        ];
        proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn texts_are_read_as_they_were(texts in proptest::collection::vec(hostile(), 8)) {
            let entry = Entry {
                id: texts[0].clone(),
                title: texts[1].clone(),
                author: Some(texts[2].clone()),
                summary: Some(texts[3].clone()),
                content: texts[4].clone(),
                categories: vec![texts[5].clone(), texts[6].clone()],
                link: Some(format!("https://{}", texts[7])),
                ..Entry::default()
            };
            let mut feed = feed(vec![entry]);
            feed.title = texts[6].clone();
            feed.author = texts[7].clone();
            let written = feed.write().unwrap();
            let document = Document::parse(&written).unwrap();
            let root = document.root_element();
            let read = |text: &str| Some(Text::of(text).0);
            prop_assert_eq!(text(root, "title"), read(&texts[6]));
            let entry = child(root, "entry").unwrap();
            for (name, given) in [("id", 0), ("title", 1), ("summary", 3), ("content", 4)] {
                prop_assert_eq!(text(entry, name), read(&texts[given]), "{}", name);
            }
            let author = child(entry, "author").unwrap();
            prop_assert_eq!(text(author, "name"), read(&texts[2]));
            let categories = entry.children().filter(|child| child.has_tag_name((ATOM, "category")));
            let terms: Vec<String> = categories.map(|node| node.attribute("term").unwrap().to_owned()).collect();
            // In an attribute a line feed or a tab is a space (XML 1.0 §3.3.3).
            let term = |text: &str| Text::of(text).0.replace(['\n', '\t'], " ");
            prop_assert_eq!(terms, [term(&texts[5]), term(&texts[6])]);
            let elements = entry.children().filter(Node::is_element).count();
            prop_assert!(elements == 8 || elements == 9);
        }
    }
}
