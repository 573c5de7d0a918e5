//! NIP-17: where people receive private messages (kind 10050).
//!
//! Owns: how such a list is read, and how long a message may be. Must not know who seals or sends.

use nostr::RelayUrl;

use crate::nip01::Event;

/// Relays of one inbox that are used. NIP-17 advises lists of one to three; the first ones count.
pub const INBOX_RELAYS_MAX: usize = 3;

/// Longest address of such a relay, in bytes; a longer one is of no use to anybody.
const RELAY_BYTES_MAX: usize = 512;

/// Longest text of a message, in bytes. Sealed and wrapped it is about four times as long, and
/// still a message that relays take and every program can decrypt.
pub const MESSAGE_BYTES_MAX: usize = 16_384;

/// The relays of an inbox, each once, without what is no relay: at most [`INBOX_RELAYS_MAX`]. Who has none
/// receives no private messages.
///
/// ```
/// use kith_nips::Kind;
/// use kith_nips::nip01::Draft;
/// use kith_nips::nip17::inbox_relays;
///
/// let tag = |relay: &str| vec!["relay".to_owned(), relay.to_owned()];
/// let list = Draft {
///     kind: Kind::INBOX_RELAYS,
///     created_at: None,
///     tags: vec![tag("no relay"), tag("wss://inbox.example.com"), tag("wss://inbox.example.com")],
///     content: String::new(),
/// };
/// let list = list.sign(&nostr::Keys::generate(), 1_700_000_000)?;
/// assert_eq!(inbox_relays(&list).len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn inbox_relays(list: &Event) -> Vec<RelayUrl> {
    let mut relays = Vec::new();
    let named = list.tags().named("relay").filter_map(|tag| tag.value());
    for named in named.filter(|named| named.len() <= RELAY_BYTES_MAX) {
        if let Ok(relay) = RelayUrl::parse(named)
            && !relays.contains(&relay)
            && relays.len() < INBOX_RELAYS_MAX
        {
            relays.push(relay);
        }
    }
    relays
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;
    use crate::nip01::Draft;

    #[test]
    fn the_first_relays_of_an_inbox_count_and_endless_ones_are_none() {
        let long = format!("wss://inbox.example.com/{}", "x".repeat(RELAY_BYTES_MAX));
        let numbered = (1..=5).map(|number| format!("wss://inbox{number}.example.com"));
        let relays = [long, "no relay".to_owned()].into_iter().chain(numbered);
        let list = Draft {
            kind: Kind::INBOX_RELAYS,
            created_at: None,
            tags: relays
                .map(|relay| vec!["relay".to_owned(), relay])
                .collect(),
            content: String::new(),
        };
        let list = list.sign(&nostr::Keys::generate(), 1_700_000_000).unwrap();
        let read = inbox_relays(&list);
        let read: Vec<String> = read.iter().map(ToString::to_string).collect();
        assert_eq!(
            read,
            [1, 2, 3].map(|number| format!("wss://inbox{number}.example.com"))
        );
    }
}
