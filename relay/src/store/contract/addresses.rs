//! Replaceable and addressable events (NIP-01).

use super::{NOW, in_both_modes, signed};
use crate::store::Outcome;

#[test]
fn nip01_50_a_newer_version_replaces() {
    in_both_modes(|bench| {
        let old = signed(1, 0, NOW, &[], "old");
        let new = signed(1, 0, NOW + 1, &[], "new");
        bench.saves(&old);
        bench.saves(&new);
        bench.has(&old, false);
        bench.has(&new, true);
        assert_eq!(bench.events(), 1);
    });
}

#[test]
fn nip01_51_an_older_version_is_refused() {
    in_both_modes(|bench| {
        let new = signed(1, 30023, NOW + 1, &[&["d", "x"]], "new");
        let old = signed(1, 30023, NOW, &[&["d", "x"]], "old");
        bench.saves(&new);
        assert_eq!(bench.save(&old), Outcome::Superseded);
        bench.has(&old, false);
        bench.has(&new, true);
    });
}

#[test]
fn nip01_52_equal_timestamps_lowest_id_wins() {
    let versions: Vec<_> = ["a", "b", "c", "d"]
        .iter()
        .map(|content| signed(1, 10037, 1_700_000_000, &[], content))
        .collect();
    let winner = "0d4817c6e3bf22a9849ccd2644fc680ef6251d578ed262c846fed8eddfbdff93";
    assert_eq!(versions[1].id().to_string(), winner);
    for order in permutations(4) {
        in_both_modes(|bench| {
            for index in &order {
                bench.save(&versions[*index]);
            }
            for (index, version) in versions.iter().enumerate() {
                bench.has(version, index == 1);
            }
        });
    }
}

fn permutations(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for shorter in permutations(count - 1) {
        for place in 0..=shorter.len() {
            let mut longer = shorter.clone();
            longer.insert(place, count - 1);
            all.push(longer);
        }
    }
    all
}

#[test]
fn nip01_53_other_author_kind_or_identifier_replaces_nothing() {
    in_both_modes(|bench| {
        let all = [
            signed(1, 30023, NOW, &[&["d", "x"]], ""),
            signed(2, 30023, NOW + 1, &[&["d", "x"]], ""),
            signed(1, 30024, NOW + 1, &[&["d", "x"]], ""),
            signed(1, 30023, NOW + 1, &[&["d", "X"]], ""),
            signed(1, 30023, NOW + 1, &[&["d", "x "]], ""),
        ];
        for event in &all {
            bench.saves(event);
        }
        for event in &all {
            bench.has(event, true);
        }
    });
}

#[test]
fn nip01_48_no_identifier_is_the_empty_one() {
    in_both_modes(|bench| {
        let none = signed(1, 30023, NOW, &[], "1");
        let name_only = signed(1, 30023, NOW + 1, &[&["d"]], "2");
        let empty = signed(1, 30023, NOW + 2, &[&["d", ""]], "3");
        bench.saves(&none);
        bench.saves(&name_only);
        bench.saves(&empty);
        bench.has(&none, false);
        bench.has(&name_only, false);
        bench.has(&empty, true);
        assert_eq!(bench.answer(&[r##"{"#d":[""]}"##]), [empty.id()]);
    });
}

#[test]
fn nip01_49_the_first_identifier_counts() {
    in_both_modes(|bench| {
        let event = signed(1, 30023, NOW, &[&["d", "a"], &["d", "b"]], "");
        bench.saves(&event);
        assert_eq!(bench.answer(&[r##"{"#d":["a"]}"##]), [event.id()]);
        assert!(bench.answer(&[r##"{"#d":["b"]}"##]).is_empty());
    });
}
