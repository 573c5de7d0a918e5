//! NIP-48: notes that stand for something elsewhere, and say what.
//!
//! Owns: the `proxy` tag. Must not know how anything elsewhere is fetched.

use crate::{Event, icalendar};

const TAG: &str = "proxy";

/// What a note stands for.
///
/// ```
/// use kith_nips::nip48::{Protocol, Proxy};
/// let proxy = Proxy { id: "https://meet.example/42".to_owned(), protocol: Protocol::Web };
/// assert_eq!(proxy.tag(), ["proxy", "https://meet.example/42", "web"]);
/// assert_eq!(proxy.link(), Some("https://meet.example/42"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Proxy {
    /// Its name where it is from; compared exactly (NIP48-02).
    pub id: String,
    /// How it is spoken of there.
    pub protocol: Protocol,
}

/// Where something is from (NIP48-01).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// `activitypub`: the id of an object.
    ActivityPub,
    /// `atproto`: an AT URI.
    AtProto,
    /// `rss`: an address with the id of an entry behind `#`.
    Rss,
    /// `web`: the address of a page, and of what is published in another way the name that it has
    /// there.
    Web,
}

impl Protocol {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Protocol::ActivityPub => "activitypub",
            Protocol::AtProto => "atproto",
            Protocol::Rss => "rss",
            Protocol::Web => "web",
        }
    }

    /// The protocol of this name.
    pub fn read(name: &str) -> Option<Protocol> {
        let all = [
            Protocol::ActivityPub,
            Protocol::AtProto,
            Protocol::Rss,
            Protocol::Web,
        ];
        all.into_iter().find(|protocol| protocol.as_str() == name)
    }
}

impl Proxy {
    /// The tag that says so.
    pub fn tag(&self) -> Vec<String> {
        [TAG, &self.id, self.protocol.as_str()]
            .map(str::to_owned)
            .to_vec()
    }

    /// What a note stands for, in order; of protocols that are not known, nothing.
    pub fn read(event: &Event) -> impl Iterator<Item = Proxy> {
        let tags = event.tags().named(TAG);
        tags.filter_map(|tag| {
            let id = tag.value().filter(|id| !id.is_empty())?.to_owned();
            let protocol = Protocol::read(tag.get(2)?)?;
            Some(Proxy { id, protocol })
        })
    }

    /// The address to go to: only what is `http` or `https` is one (NIP48-03).
    pub fn link(&self) -> Option<&str> {
        let is_link = ["https://", "http://"].iter().any(|scheme| {
            let beginning = self.id.get(..scheme.len());
            beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(scheme))
        });
        is_link.then_some(self.id.as_str())
    }

    /// An event of a calendar: by its page, and without one by its `UID`; an occurrence of a repeated
    /// one also by when it was to begin.
    pub fn of_calendar_event(event: &icalendar::ReadEvent) -> Proxy {
        let page = event.links.first();
        let mut id = page.unwrap_or(&event.source.uid).clone();
        if let Some(occurrence) = &event.source.occurrence {
            id.push('#');
            id.push_str(occurrence);
        }
        Proxy {
            id,
            protocol: Protocol::Web,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;
    use crate::nip01::Draft;

    #[test]
    fn nip48_01_to_03_only_known_protocols_and_web_addresses_count() {
        let tags: &[&[&str]] = &[
            &["proxy", "https://one.example/1", "activitypub"],
            &["proxy", "at://two", "atproto"],
            &["proxy", "https://three.example/feed#3", "rss"],
            &["proxy", "javascript:alert(1)", "web"],
            &["proxy", "x", "carrier pigeon"],
            &["proxy", "", "web"],
            &["proxy", "alone"],
        ];
        let draft = Draft {
            kind: Kind::TEXT_NOTE,
            created_at: None,
            tags: crate::lbc::testing::tags(tags),
            content: String::new(),
        };
        let event = crate::lbc::testing::publish(&draft, 1, 0);
        let read: Vec<Proxy> = Proxy::read(&event).collect();
        assert_eq!(read.len(), 4);
        let tags: Vec<Vec<String>> = read.iter().map(Proxy::tag).collect();
        for (written, tag) in tags.iter().zip(event.tags().named("proxy")) {
            assert_eq!(written[1..], [tag.value().unwrap(), tag.get(2).unwrap()]);
        }
        let links: Vec<Option<&str>> = read.iter().map(Proxy::link).collect();
        let expected = [
            Some("https://one.example/1"),
            None,
            Some("https://three.example/feed#3"),
            None,
        ];
        assert_eq!(links, expected);
    }
}
