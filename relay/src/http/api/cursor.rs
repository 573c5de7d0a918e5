//! Cursors: a place in a list as an opaque text, good for that list only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kith_nips::EventId;
use kith_nips::nip50::Rank;
use sha2::{Digest, Sha256};

use crate::directory::Place;

/// Bytes of the hash by which a cursor knows its list.
const LIST_BYTES: usize = 8;
/// Three numbers, an id, and the list.
const CURSOR_BYTES: usize = 3 * 8 + 32 + LIST_BYTES;

/// Characters of a cursor.
pub(super) const CHARACTERS: usize = (CURSOR_BYTES * 4).div_ceil(3);

/// What a cursor belongs to: path and parameters, without those that do not change the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ListId([u8; LIST_BYTES]);

impl ListId {
    /// The list at `path` with these parameters, in whatever order they stand.
    pub(super) fn of<'a>(
        path: &str,
        pairs: impl IntoIterator<Item = &'a (String, String)>,
    ) -> Self {
        let mut pairs: Vec<_> = pairs
            .into_iter()
            .filter(|(name, _)| !matches!(name.as_str(), "cursor" | "limit" | "format"))
            .collect();
        pairs.sort_unstable();
        let mut hash = Sha256::new();
        let mut add = |text: &str| {
            hash.update(text.len().to_be_bytes());
            hash.update(text);
        };
        add(path);
        for (name, value) in pairs {
            add(name);
            add(value);
        }
        let hash: [u8; 32] = hash.finalize().into();
        let mut list = [0; LIST_BYTES];
        list.copy_from_slice(hash.split_at(LIST_BYTES).0);
        ListId(list)
    }
}

/// The text of a place.
pub(super) fn write(place: Place, list: ListId) -> String {
    let Place { unlikeness, rank } = place;
    let mut bytes = Vec::with_capacity(CURSOR_BYTES);
    for number in [unlikeness, rank.0, rank.1] {
        bytes.extend_from_slice(&number.to_be_bytes());
    }
    bytes.extend_from_slice(rank.2.as_bytes());
    bytes.extend_from_slice(&list.0);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The place that a text names in a list.
pub(super) fn read(text: &str, list: ListId) -> Result<Place, String> {
    let wrong = || "not a cursor: take `next` of an answer as it is".to_owned();
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
    let bytes: [u8; CURSOR_BYTES] = bytes.try_into().map_err(|_| wrong())?;
    let (numbers, rest) = bytes.split_at(3 * 8);
    let (id, of) = rest.split_at(32);
    if of != list.0 {
        return Err("this cursor belongs to another list".to_owned());
    }
    let mut numbers = numbers.chunks_exact(8).map(|number| {
        let number: [u8; 8] = number.try_into().unwrap_or_default();
        u64::from_be_bytes(number)
    });
    let mut number = || numbers.next().unwrap_or_default();
    let (unlikeness, first, second) = (number(), number(), number());
    let id = EventId::from_bytes(id.try_into().unwrap_or_default());
    Ok(Place {
        unlikeness,
        rank: Rank(first, second, id),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        owned.collect()
    }

    #[test]
    fn a_cursor_is_good_for_its_list_only() {
        let place = Place {
            unlikeness: 7,
            rank: Rank(u64::MAX, 3, EventId::from_bytes([9; 32])),
        };
        let list = |given: &[(&str, &str)]| ListId::of("/meetups", &pairs(given));
        let own = list(&[("q", "chess"), ("topic", "go")]);
        let text = write(place, own);
        assert_eq!(text.len(), CHARACTERS);
        assert_eq!(read(&text, own), Ok(place));
        let same = list(&[
            ("limit", "5"),
            ("topic", "go"),
            ("q", "chess"),
            ("cursor", "x"),
        ]);
        assert_eq!(read(&text, same), Ok(place));
        for other in [
            list(&[("q", "chess")]),
            list(&[("q", "chessto"), ("pic", "go")]),
            ListId::of("/communities", &pairs(&[("q", "chess"), ("topic", "go")])),
        ] {
            assert!(read(&text, other).is_err());
        }
        for wrong in ["", "?", "AAAA", &format!("{text}A")] {
            assert!(read(wrong, own).is_err(), "{wrong}");
        }
    }
}
