//! NIP-09: what a deletion request asks for. Whether a target exists, and who may delete it by id,
//! is for the reader of the request to check.

use crate::nip01::{Address, Event, EventId, Kind};

/// The targets of a deletion request, each once, in the order of its tags.
///
/// ```
/// use kith_nips::{Kind, nip01::Draft, nip09};
/// let keys = nostr::Keys::generate();
/// let draft = Draft {
///     kind: Kind::DELETION,
///     created_at: None,
///     tags: vec![
///         vec!["e".into(), "ab".repeat(32)],
///         vec!["a".into(), format!("31923:{}:chess", keys.public_key())],
///         vec!["e".into(), "nonsense".into()],
///     ],
///     content: "cancelled".into(),
/// };
/// let targets = nip09::deletion_targets(&draft.sign(&keys, 1_700_000_000)?);
/// assert_eq!(targets.ids.len(), 1);
/// assert_eq!(targets.addresses[0].identifier, "chess");
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeletionTargets {
    /// Events named by id. An id does not tell its author or kind: the request concerns only those
    /// by its own author, and none of kind 5 or 62.
    pub ids: Vec<EventId>,
    /// Addresses of the request's author. All versions up to the request's `created_at`, inclusive,
    /// are meant.
    pub addresses: Vec<Address>,
}

/// Reads the `e` and `a` tags of a kind 5 event (NIP-09).
///
/// Left out are malformed values, addresses of other authors, and addresses of kinds 5 and 62:
/// deleting a deletion or a request to vanish has no effect. `k` tags do not matter. Any other kind
/// of event has no targets.
pub fn deletion_targets(request: &Event) -> DeletionTargets {
    let mut targets = DeletionTargets::default();
    if request.kind() != Kind::DELETION {
        return targets;
    }
    for tag in request.tags().iter() {
        let Some(value) = tag.value() else { continue };
        match tag.name() {
            "e" => targets.ids.extend(EventId::from_hex(value)),
            "a" => targets.addresses.extend(own_address(request, value)),
            _ => {}
        }
    }
    keep_first(&mut targets.ids);
    keep_first(&mut targets.addresses);
    targets
}

/// Why the author of a deletion request wants it, as they say: its content. It is never the text of what
/// is deleted, and is shown as a reason only (NIP09-19).
///
/// ```
/// use kith_nips::{Kind, nip01::Draft, nip09};
/// let draft = Draft {
///     kind: Kind::DELETION,
///     created_at: None,
///     tags: vec![vec!["e".into(), "ab".repeat(32)]],
///     content: "posted by accident".into(),
/// };
/// let request = draft.sign(&nostr::Keys::generate(), 1_700_000_000)?;
/// assert_eq!(nip09::deletion_reason(&request), Some("posted by accident"));
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
pub fn deletion_reason(request: &Event) -> Option<&str> {
    let reason = request.content().trim();
    (request.kind() == Kind::DELETION && !reason.is_empty()).then_some(reason)
}

fn own_address(request: &Event, value: &str) -> Option<Address> {
    let address: Address = value.parse().ok()?;
    let lasting = matches!(address.kind, Kind::DELETION | Kind::VANISH);
    (address.pubkey == request.pubkey() && !lasting).then_some(address)
}

/// Removes repetitions without changing the order.
fn keep_first<T: Clone + Eq + std::hash::Hash>(list: &mut Vec<T>) {
    let mut seen = std::collections::HashSet::with_capacity(list.len());
    list.retain(|item| seen.insert(item.clone()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nip01::Draft;

    fn targets(kind: Kind, tags: &[[&str; 2]], keys: &nostr::Keys) -> DeletionTargets {
        let draft = Draft {
            kind,
            created_at: None,
            tags: tags
                .iter()
                .map(|tag| tag.map(str::to_owned).to_vec())
                .collect(),
            content: String::new(),
        };
        deletion_targets(&draft.sign(keys, 1_700_000_000).unwrap())
    }

    #[test]
    fn nip09_04_and_05_trailing_colons_and_colons_in_identifiers() {
        let keys = nostr::Keys::generate();
        let key = keys.public_key();
        let values = [
            format!("10002:{key}:"),
            format!("30003:{key}:"),
            format!("30000:{key}:a:b:"),
        ];
        let tags: Vec<_> = values.iter().map(|value| ["a", value]).collect();
        let found = targets(Kind::DELETION, &tags, &keys);
        let written: Vec<_> = found.addresses.iter().map(ToString::to_string).collect();
        assert_eq!(written, values);
    }

    #[test]
    fn nip09_06_addresses_of_others_are_left_out() {
        let keys = nostr::Keys::generate();
        let own = format!("31923:{}:x", keys.public_key());
        let other = format!("31923:{}:x", nostr::Keys::generate().public_key());
        let found = targets(Kind::DELETION, &[["a", &other], ["a", &own]], &keys);
        assert_eq!(found.addresses, [own.parse().unwrap()]);
    }

    #[test]
    fn nip09_11_and_12_deletions_and_vanish_requests_have_no_address_to_delete() {
        let keys = nostr::Keys::generate();
        let key = keys.public_key();
        let deletion = format!("5:{key}:");
        let vanish = format!("62:{key}:");
        let found = targets(Kind::DELETION, &[["a", &deletion], ["a", &vanish]], &keys);
        assert_eq!(found, DeletionTargets::default());
    }

    #[test]
    fn nip09_14_malformed_and_repeated_parts_are_ignored() {
        let keys = nostr::Keys::generate();
        let id = "ab".repeat(32);
        let upper = id.to_uppercase();
        let tags = [
            ["e", &id],
            ["e", "x"],
            ["e", ""],
            ["e", &upper],
            ["a", "x"],
            ["a", "1:2:3"],
            ["k", "not a kind"],
            ["e", &id],
        ];
        let found = targets(Kind::DELETION, &tags, &keys);
        assert_eq!(found.ids, [id.parse().unwrap()]);
        assert!(found.addresses.is_empty());
        assert_eq!(
            targets(Kind::DELETION, &[], &keys),
            DeletionTargets::default()
        );
        assert_eq!(
            targets(Kind::TEXT_NOTE, &[["e", &id]], &keys),
            DeletionTargets::default()
        );
    }
}
