//! Filters as relays are asked: bounded in length, never empty, and how much each can bring. Knows
//! kinds, addresses and tags; asks nobody.

use std::collections::HashSet;

use kith_nips::{Address, EventId, Kind, PublicKey, StorageClass};
use nostr_sdk::{Alphabet, Filter, SingleLetterTag};

use crate::fetch::Found;

/// Values of one condition of one filter; longer lists are asked for in several filters.
pub(crate) const FILTER_VALUES_MAX: usize = 100;

/// How many events can match, when the filter names what it wants one by one: then no further page
/// needs to be asked for.
pub(crate) fn at_most(filter: &Filter) -> Option<usize> {
    if let Some(ids) = &filter.ids {
        return Some(ids.len());
    }
    let authors = filter.authors.as_ref()?.len();
    let kinds = filter.kinds.as_ref()?;
    let d = filter
        .generic_tags
        .get(&SingleLetterTag::lowercase(Alphabet::D));
    let mut sum: usize = 0;
    for kind in kinds {
        let each = match Kind::new(kind.as_u16()).storage_class() {
            StorageClass::Replaceable => 1,
            StorageClass::Addressable => d?.len(),
            StorageClass::Regular | StorageClass::Ephemeral => return None,
        };
        sum = sum.saturating_add(authors.saturating_mul(each));
    }
    Some(sum)
}

/// Filters of kinds by authors and `d` values. A filter matches every pair, so what comes back must
/// still be compared with what was wanted.
pub(crate) fn addresses_filters(addresses: &[Address]) -> Vec<Filter> {
    addresses
        .chunks(FILTER_VALUES_MAX)
        .filter_map(|chunk| {
            let kinds: HashSet<u16> = chunk.iter().map(|address| address.kind.as_u16()).collect();
            let authors = authors(chunk.iter().map(|address| address.pubkey));
            let filter = Filter::new().kinds(kinds.into_iter().map(nostr_sdk::Kind::from));
            let named = chunk.iter().any(|address| !address.identifier.is_empty());
            match (authors.is_empty(), named) {
                (true, _) => None,
                (false, false) => Some(filter.authors(authors)),
                (false, true) => Some(
                    filter
                        .authors(authors)
                        .identifiers(chunk.iter().map(|address| &address.identifier)),
                ),
            }
        })
        .collect()
}

/// Filters of a kind with a value of one tag, in as many filters as the values need.
pub(crate) fn tag_filters(
    kinds: &[Kind],
    tag: SingleLetterTag,
    values: Vec<String>,
) -> Vec<Filter> {
    values
        .chunks(FILTER_VALUES_MAX)
        .map(|chunk| kinds_filter(kinds).custom_tags(tag, chunk))
        .collect()
}

/// A filter of kinds alone.
pub(crate) fn kinds_filter(kinds: &[Kind]) -> Filter {
    Filter::new().kinds(
        kinds
            .iter()
            .map(|kind| nostr_sdk::Kind::from(kind.as_u16())),
    )
}

/// Filters of ids, in as many filters as they need.
pub(crate) fn ids_filters(ids: &[EventId]) -> Vec<Filter> {
    ids.chunks(FILTER_VALUES_MAX)
        .map(|chunk| Filter::new().ids(chunk.iter().map(|id| nostr_sdk::EventId::from(*id))))
        .collect()
}

/// Filters for what the authors of these notes took back, by address and by id.
pub(crate) fn deletion_filters(found: &[Found]) -> Vec<Filter> {
    found
        .chunks(FILTER_VALUES_MAX)
        .flat_map(|chunk| {
            let authors = authors(chunk.iter().map(|found| found.event.pubkey()));
            let addresses = chunk.iter().filter_map(|found| found.event.address());
            let addresses: Vec<String> = addresses.map(|address| address.to_string()).collect();
            let ids = chunk
                .iter()
                .map(|found| found.event.id().to_string())
                .collect();
            let by = |letter, values| {
                let filters = tag_filters(&[Kind::DELETION], tag(letter), values);
                let authors = authors.clone();
                filters
                    .into_iter()
                    .map(move |filter| filter.authors(authors.clone()))
            };
            let by_address = by(Alphabet::A, addresses);
            by_address.chain(by(Alphabet::E, ids)).collect::<Vec<_>>()
        })
        .collect()
}

/// Filters for what an author took back of these addresses, whether anything is there or not.
pub(crate) fn deletion_filters_of(author: PublicKey, addresses: &[Address]) -> Vec<Filter> {
    let names = addresses.iter().map(ToString::to_string).collect();
    let filters = tag_filters(&[Kind::DELETION], tag(Alphabet::A), names);
    let by_author = |filter: Filter| filter.authors(authors([author]));
    filters.into_iter().map(by_author).collect()
}

/// Keys as the client pool wants them. A key that is no point of the curve cannot have signed
/// anything, so leaving it out loses nothing.
pub(crate) fn authors(keys: impl IntoIterator<Item = PublicKey>) -> Vec<nostr_sdk::PublicKey> {
    keys.into_iter()
        .filter_map(|key| nostr_sdk::PublicKey::try_from(key).ok())
        .collect()
}

pub(crate) const fn tag(letter: Alphabet) -> SingleLetterTag {
    SingleLetterTag::lowercase(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(kind: Kind, identifier: &str) -> Address {
        let key = nostr_sdk::Keys::generate().public_key();
        Address {
            kind,
            pubkey: key.into(),
            identifier: identifier.to_owned(),
        }
    }

    #[test]
    fn nip67_11_what_is_named_one_by_one_needs_no_further_page() {
        let ids = [EventId::from_bytes([1; 32]), EventId::from_bytes([2; 32])];
        assert_eq!(at_most(&ids_filters(&ids)[0]), Some(2));
        let list = address(Kind::COMMUNITY_FOLLOWS, "");
        assert_eq!(at_most(&addresses_filters(&[list])[0]), Some(1));
        let lists = [address(Kind::PEOPLE_SET, "a"), address(Kind::CALENDAR, "b")];
        assert_eq!(
            at_most(&addresses_filters(&lists)[0]),
            Some(8),
            "every pair can match"
        );

        let author = nostr_sdk::Keys::generate().public_key();
        assert_eq!(at_most(&kinds_filter(&[Kind::MEETUP])), None);
        assert_eq!(
            at_most(&kinds_filter(&[Kind::MEETUP]).author(author)),
            None,
            "any identifier"
        );
        assert_eq!(
            at_most(&kinds_filter(&[Kind::DELETION]).author(author)),
            None
        );
    }

    #[test]
    fn nip01_106_filters_have_no_empty_lists_and_bounded_ones() {
        assert!(ids_filters(&[]).is_empty());
        assert!(addresses_filters(&[]).is_empty());
        assert!(deletion_filters(&[]).is_empty());
        assert!(tag_filters(&[Kind::RSVP], tag(Alphabet::A), vec![]).is_empty());
        let values = (0..250).map(|number| number.to_string()).collect();
        let filters = tag_filters(&[Kind::RSVP], tag(Alphabet::A), values);
        assert_eq!(filters.len(), 3);
        // A key that is no point of the curve leaves nothing to ask for.
        let nobody = Address {
            kind: Kind::CALENDAR,
            pubkey: PublicKey::from_bytes([0xff; 32]),
            identifier: "x".to_owned(),
        };
        assert!(addresses_filters(&[nobody]).is_empty());
    }
}
