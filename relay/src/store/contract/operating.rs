//! What the operator does: events taken off, records kept.

use super::{Bench, Mode, NOW, Sqlite, in_both_modes, signed};
use crate::store::{Outcome, Record};

fn record(collection: &str, key: &str, value: Option<&str>) -> Record {
    Record {
        collection: collection.to_owned(),
        key: key.to_owned(),
        value: value.map(str::to_owned),
    }
}

#[test]
fn nip86_11_a_removed_event_is_gone_and_may_come_back() {
    in_both_modes(|bench| {
        let note = signed(1, 1, NOW, &[], "");
        let other = signed(1, 1, NOW, &[], "other");
        bench.saves(&note);
        bench.saves(&other);
        assert!(bench.remove(&note));
        bench.has(&note, false);
        bench.has(&other, true);
        assert!(!bench.remove(&note));
        assert_eq!(bench.events(), 1);
        bench.saves(&note);
        bench.has(&note, true);
    });
}

#[test]
fn nip86_11_no_older_version_returns_for_a_removed_one() {
    in_both_modes(|bench| {
        let older = signed(1, 31923, NOW, &[&["d", "x"]], "");
        let newer = signed(1, 31923, NOW + 1, &[&["d", "x"]], "");
        let newest = signed(1, 31923, NOW + 2, &[&["d", "x"]], "");
        bench.saves(&newer);
        assert!(bench.remove(&newer));
        bench.has(&newer, false);
        assert_eq!(bench.save(&older), Outcome::Superseded);
        bench.saves(&newest);
        bench.has(&newest, true);
    });
}

#[test]
fn what_a_removed_request_deleted_stays_deleted() {
    in_both_modes(|bench| {
        let note = signed(1, 1, NOW, &[], "");
        let id = note.id().to_string();
        let request = signed(1, 5, NOW, &[&["e", &id]], "");
        bench.saves(&note);
        bench.saves(&request);
        assert!(bench.remove(&request));
        bench.has(&request, false);
        assert_eq!(bench.save(&note), Outcome::Deleted);
    });
}

#[test]
fn records_are_kept_replaced_and_taken_away() {
    in_both_modes(|bench| {
        assert_eq!(bench.records(), []);
        let ban = record("ban", "b", Some("spam"));
        let name = record("name", "", Some("Kith \"west\""));
        bench.put_records(&[name.clone(), record("ban", "a", Some("x")), ban.clone()]);
        bench.put_records(&[record("ban", "a", None), record("ban", "z", None)]);
        assert_eq!(bench.records(), [ban, name.clone()]);
        let again = record("ban", "b", Some(""));
        bench.put_records(std::slice::from_ref(&again));
        assert_eq!(bench.records(), [again, name]);
        assert_eq!(bench.events(), 0);
    });
}

#[test]
fn nip86_11_what_came_again_after_a_removal_stays() {
    let mut bench = Bench::<Sqlite>::new(Mode::Running);
    let note = signed(1, 1, NOW, &[], "");
    let meetup = signed(1, 31923, NOW, &[&["d", "x"]], "");
    let other = signed(1, 1, NOW + 1, &[], "");
    for restarted in [false, true] {
        for event in [&note, &other] {
            if restarted {
                assert!(bench.remove(event));
            }
            bench.saves(event);
        }
        assert!(bench.remove(&note));
        bench.saves(&note);
        bench.restart();
        bench.has(&note, true);
        bench.has(&other, true);
        assert_eq!(bench.events(), 2);
    }
    bench.saves(&meetup);
    assert!(bench.remove(&meetup));
    bench.saves(&meetup);
    assert!(bench.remove(&meetup));
    // The same from the log alone.
    bench.rebuild();
    bench.has(&note, true);
    bench.has(&other, true);
    bench.has(&meetup, false);
    assert_eq!(bench.events(), 2);
    bench.saves(&meetup);
    bench.has(&meetup, true);
}
