//! Events for the contract, and what writing them gives.

use kith_nips::nip01::Draft;
use kith_nips::{Event, Kind};
use nostr::{Keys, SecretKey};

use super::{NOW, in_both_modes};
use crate::store::Outcome;

/// A key pair from a small number.
pub(crate) fn key(number: u8) -> Keys {
    let mut secret = [0; 32];
    secret[31] = number;
    Keys::new(SecretKey::from_slice(&secret).unwrap())
}

/// A signed event.
pub(crate) fn signed(by: u8, kind: u16, created_at: u64, tags: &[&[&str]], content: &str) -> Event {
    let draft = Draft {
        kind: Kind::new(kind),
        created_at: Some(created_at),
        tags: tags
            .iter()
            .map(|tag| tag.iter().map(|part| (*part).to_owned()).collect())
            .collect(),
        content: content.to_owned(),
    };
    draft.sign(&key(by), created_at).unwrap()
}

#[test]
fn nip01_34_an_id_is_stored_once() {
    in_both_modes(|bench| {
        let note = signed(1, 1, NOW, &[], "once");
        bench.saves(&note);
        assert_eq!(bench.save(&note), Outcome::Duplicate);
        assert_eq!(bench.events(), 1);
        bench.has(&note, true);
    });
}

#[test]
fn nip01_43_regular_events_are_all_kept() {
    in_both_modes(|bench| {
        for kind in [1, 2, 4, 44, 1000, 9999, 45, 999, 40000, 65535] {
            for content in ["a", "b"] {
                let note = signed(1, kind, NOW, &[], content);
                bench.saves(&note);
                bench.has(&note, true);
            }
        }
        assert_eq!(bench.events(), 20);
    });
}

#[test]
fn sequences_grow_and_are_kept_over_a_restart() {
    in_both_modes(|bench| {
        let mut last = 0;
        for second in 0..5 {
            let Outcome::Saved(sequence) = bench.save(&signed(1, 1, NOW + second, &[], "")) else {
                panic!("not saved");
            };
            assert!(sequence > last);
            last = sequence;
        }
    });
}
