//! How an event becomes rows of the index, the same way when it comes and when it goes.

use kith_nips::{Event, EventId, nip50};

use super::facets::FacetRow;
use super::keys::{Position, Salt, author_key, long_word_keys, tag_key, word_key};
use super::placed;
use super::runs::{Changes, Entry, Group, Table};
use crate::store::Sequence;

/// Everything that one event puts into the index, apart from its address.
#[derive(Debug, Clone)]
pub struct Rows {
    /// The event's id.
    pub id: EventId,
    /// Its place in every ordered table.
    pub position: Position,
    /// Its kind.
    pub kind: u16,
    /// See [`author_key`].
    pub author: i64,
    /// See [`tag_key`]; sorted, without repeats.
    pub tags: Vec<i64>,
    /// See [`word_key`]; sorted, without repeats.
    pub words: Vec<i64>,
    /// See [`placed`]; sorted, without repeats.
    pub placed: Vec<Entry>,
    /// See [`FacetRow`].
    pub facets: Vec<FacetRow>,
    /// When it expires (NIP-40).
    pub expiration: Option<u64>,
}

impl Rows {
    /// Adds its entries to the sorted runs, or takes them away.
    pub fn mark(&self, removed: bool, changes: &mut Changes) {
        let (kind, position) = (self.kind, self.position);
        let keyed = |table, key| Group { table, key, kind };
        let mut under = |group| changes.mark(Entry { group, position }, removed);
        under(Group::ALL_EVENTS);
        under(Group::of_kind(kind));
        under(keyed(Table::Author, self.author));
        for tag in &self.tags {
            under(keyed(Table::Tag, *tag));
        }
        for entry in &self.placed {
            changes.mark(*entry, removed);
        }
        changes.mark(Entry::of_id(&self.id, position.sequence), removed);
        for word in &self.words {
            changes.mark_word(*word, position.sequence, removed);
        }
    }

    /// The rows of `event`.
    pub fn of(salt: &Salt, event: &Event, sequence: Sequence) -> Self {
        let author = author_key(&event.pubkey());
        let mut tags = Vec::new();
        let is_calendar_event = placed::is_calendar_event(event.kind());
        let mut named = vec![author];
        for (name, value) in event.indexed_tags() {
            let key = tag_key(salt, name, value);
            tags.push(key);
            if is_calendar_event && placed::is_filed_by_start(name, value) {
                named.push(key);
            }
        }
        tags.sort_unstable();
        tags.dedup();
        let mut words = Vec::new();
        let mut placed_words = Vec::new();
        let is_placed = placed::has_position(event);
        nip50::for_each_searched_word(event, |word| {
            words.push(word_key(word));
            if is_placed {
                placed_words.extend(long_word_keys(salt, word));
            }
        });
        words.sort_unstable();
        words.dedup();
        let mut placed = Vec::new();
        placed_words.extend_from_slice(&words);
        placed::file(event, sequence, &named, &placed_words, &mut placed);
        placed.sort_unstable();
        placed.dedup();
        Rows {
            id: event.id(),
            position: Position::of(event, sequence),
            kind: event.kind().as_u16(),
            author,
            tags,
            words,
            placed,
            facets: FacetRow::of(event),
            expiration: event.expiration(),
        }
    }
}
