//! NIP-65: the relays that somebody writes to and reads from (kind 10002).
//!
//! Owns: the list and its tags. Must not know who connects to these relays.

use nostr::RelayUrl;

use crate::nip01::{Draft, Event, Kind};

/// Relays of one list that are read; a longer list is no help to anybody.
pub const RELAY_LIST_MAX: usize = 64;

/// How many relays of each sort a list should have, at most (NIP-65).
pub const RELAYS_ADVISED_MAX: usize = 4;

/// What somebody does at a relay.
///
/// ```
/// use kith_nips::nip65::Usage;
/// assert_eq!(Usage::Read.and(Usage::Write), Usage::Both);
/// assert!(Usage::Both.writes() && !Usage::Read.writes());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Usage {
    /// Looks there for what others write to or about them.
    Read,
    /// Publishes there.
    Write,
    /// Both.
    Both,
}

impl Usage {
    /// Whether notes to or about them should go there.
    pub fn reads(self) -> bool {
        self != Usage::Write
    }

    /// Whether their own notes are there.
    pub fn writes(self) -> bool {
        self != Usage::Read
    }

    /// One and the other.
    #[must_use]
    pub fn and(self, other: Usage) -> Usage {
        match self == other {
            true => self,
            false => Usage::Both,
        }
    }

    /// An unknown word is as good as none (NIP65-02).
    fn of(marker: Option<&str>) -> Usage {
        match marker {
            Some("read") => Usage::Read,
            Some("write") => Usage::Write,
            _ => Usage::Both,
        }
    }

    fn marker(self) -> Option<&'static str> {
        match self {
            Usage::Read => Some("read"),
            Usage::Write => Some("write"),
            Usage::Both => None,
        }
    }
}

/// The relays of somebody, each once, in the order of the list.
///
/// ```
/// use kith_nips::nip65::{RelayList, Usage};
/// # use nostr::RelayUrl;
/// let mut list = RelayList::default();
/// list.add(RelayUrl::parse("wss://one.example.com")?, Usage::Write);
/// list.add(RelayUrl::parse("wss://two.example.com")?, Usage::Both);
/// let event = list.draft().sign(&nostr::Keys::generate(), 1_700_000_000)?;
/// let read = RelayList::read(&event);
/// assert_eq!(read, list);
/// assert_eq!(read.write_relays().count(), 2);
/// assert_eq!(read.read_relays().count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RelayList {
    relays: Vec<(RelayUrl, Usage)>,
}

impl RelayList {
    /// Reads the `r` tags of a kind 10002. What is no relay is left out, and so is what comes after
    /// [`RELAY_LIST_MAX`] relays.
    pub fn read(event: &Event) -> RelayList {
        let mut list = RelayList::default();
        if event.kind() != Kind::RELAY_LIST {
            return list;
        }
        for tag in event.tags().named("r") {
            let mut values = tag.iter().skip(1);
            if let Some(Ok(relay)) = values.next().map(RelayUrl::parse) {
                list.add(relay, Usage::of(values.next()));
            }
        }
        list
    }

    /// With one more relay, or one more use of a relay that is there.
    pub fn add(&mut self, relay: RelayUrl, usage: Usage) {
        let relay = normal(relay);
        let has_room = self.relays.len() < RELAY_LIST_MAX;
        match self.relays.iter_mut().find(|(known, _)| *known == relay) {
            Some((_, known)) => *known = known.and(usage),
            None if has_room => self.relays.push((relay, usage)),
            None => {}
        }
    }

    /// The note. What its author wrote elsewhere in an older one is not kept: the list is all.
    pub fn draft(&self) -> Draft {
        let tag = |(relay, usage): &(RelayUrl, Usage)| {
            let mut tag = vec!["r".to_owned(), relay.to_string()];
            tag.extend(usage.marker().map(str::to_owned));
            tag
        };
        Draft {
            kind: Kind::RELAY_LIST,
            created_at: None,
            tags: self.relays.iter().map(tag).collect(),
            content: String::new(),
        }
    }

    /// All of them.
    pub fn relays(&self) -> &[(RelayUrl, Usage)] {
        &self.relays
    }

    /// Where their own notes are.
    pub fn write_relays(&self) -> impl Iterator<Item = &RelayUrl> {
        let relays = self.relays.iter().filter(|(_, usage)| usage.writes());
        relays.map(|(relay, _)| relay)
    }

    /// Where they look for what is to or about them.
    pub fn read_relays(&self) -> impl Iterator<Item = &RelayUrl> {
        let relays = self.relays.iter().filter(|(_, usage)| usage.reads());
        relays.map(|(relay, _)| relay)
    }
}

/// Without the slash that means nothing (NIP65-03); scheme, host and port are normal already.
fn normal(relay: RelayUrl) -> RelayUrl {
    let text = relay.as_str();
    let bare = text.strip_suffix('/').unwrap_or(text);
    let is_host_alone = bare.matches('/').count() == 2;
    match is_host_alone {
        true => RelayUrl::parse(bare).unwrap_or(relay),
        false => relay,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tags: &[&[&str]]) -> Vec<(String, Usage)> {
        let tags = tags.iter();
        let tags = tags.map(|tag| tag.iter().map(|value| (*value).to_owned()).collect());
        let draft = Draft {
            kind: Kind::RELAY_LIST,
            created_at: None,
            tags: tags.collect(),
            content: String::new(),
        };
        let event = draft.sign(&nostr::Keys::generate(), 1_700_000_000).unwrap();
        let list = RelayList::read(&event);
        let relays = list.relays().iter();
        relays
            .map(|(relay, usage)| (relay.to_string(), *usage))
            .collect()
    }

    #[test]
    fn nip65_02_a_marker_is_read_or_write_and_everything_else_is_both() {
        let found = read(&[
            &["r", "wss://a.example.com", "read"],
            &["r", "wss://b.example.com", "write"],
            &["r", "wss://c.example.com"],
            &["r", "wss://d.example.com", "sometimes"],
            &["r", "wss://e.example.com", ""],
        ]);
        let usages: Vec<Usage> = found.into_iter().map(|(_, usage)| usage).collect();
        use Usage::{Both, Read, Write};
        assert_eq!(usages, [Read, Write, Both, Both, Both]);
    }

    #[test]
    fn nip65_03_addresses_are_normal_once_each_and_only_of_relays() {
        let found = read(&[
            &["r", "WSS://Relay.Example.COM:443/", "read"],
            &["r", "wss://relay.example.com", "write"],
            &["r", "ws://127.0.0.1:7447/"],
            &["r", "wss://relay.example.com/inbox/"],
            &["r", "https://example.com"],
            &["r", "not a url"],
            &["r", ""],
            &["r"],
        ]);
        let relays: Vec<&str> = found.iter().map(|(relay, _)| relay.as_str()).collect();
        assert_eq!(
            relays[..2],
            ["wss://relay.example.com", "ws://127.0.0.1:7447"]
        );
        assert_eq!(found[0].1, Usage::Both);
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn a_list_without_end_is_cut_off() {
        let mut list = RelayList::default();
        for number in 0..2 * RELAY_LIST_MAX {
            let relay = format!("wss://r{number}.example.com");
            list.add(RelayUrl::parse(&relay).unwrap(), Usage::Both);
        }
        assert_eq!(list.relays().len(), RELAY_LIST_MAX);
    }
}
