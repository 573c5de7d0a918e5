//! Requests to vanish (NIP-62): what goes, what is barred, and what is not.

use super::{Backend, Bench, Mode, NOW, Sqlite, in_both_modes, key, signed};
use crate::store::Outcome;
use kith_nips::Event;

fn request(by: u8, created_at: u64) -> Event {
    signed(by, 62, created_at, &[&["relay", "ALL_RELAYS"]], "")
}

fn wrap(by: u8, created_at: u64, recipients: &[u8]) -> Event {
    let names: Vec<String> = recipients
        .iter()
        .map(|number| key(*number).public_key().to_string())
        .collect();
    let tags: Vec<Vec<&str>> = names.iter().map(|name| vec!["p", name.as_str()]).collect();
    let tags: Vec<&[&str]> = tags.iter().map(Vec::as_slice).collect();
    signed(by, 1059, created_at, &tags, "")
}

#[test]
fn nip62_01_02_everything_up_to_the_request_goes() {
    in_both_modes(|bench| {
        let note = signed(1, 1, NOW - 9, &[], "");
        let same_second = signed(1, 1, NOW, &[], "same second");
        let profile = signed(1, 0, NOW - 9, &[], "");
        let meetup = signed(1, 31923, NOW - 9, &[&["d", "x"]], "");
        let deletion = signed(1, 5, NOW - 9, &[&["e", &"0".repeat(64)]], "");
        let earlier = request(1, NOW - 20);
        let to_me = wrap(7, NOW - 9, &[1]);
        let to_both = wrap(7, NOW - 8, &[2, 1]);
        let gone = [
            &note,
            &same_second,
            &profile,
            &meetup,
            &deletion,
            &to_me,
            &to_both,
        ];
        let later = signed(1, 1, NOW + 1, &[], "later");
        let foreign = signed(2, 1, NOW - 9, &[], "");
        let to_other = wrap(7, NOW - 9, &[2]);
        let mentions = signed(2, 1, NOW - 9, &[&["p", &note.pubkey().to_string()]], "");
        let kept = [&later, &foreign, &to_other, &mentions];
        bench.saves(&earlier);
        for event in gone.into_iter().chain(kept) {
            bench.saves(event);
        }
        bench.saves(&request(1, NOW));
        for event in gone.into_iter().chain([&earlier]) {
            bench.has(event, false);
        }
        for event in kept {
            bench.has(event, true);
        }
        assert_eq!(bench.events(), 5);
    });
}

#[test]
fn nip62_03_04_09_older_events_stay_out_and_newer_ones_come_in() {
    in_both_modes(|bench| {
        let note = signed(1, 1, NOW - 9, &[], "");
        let deleted = signed(1, 1, NOW - 8, &[], "");
        let id = deleted.id().to_string();
        for event in [&note, &deleted, &signed(1, 5, NOW - 7, &[&["e", &id]], "")] {
            bench.saves(event);
        }
        bench.saves(&request(1, NOW));
        let never_seen = signed(1, 0, NOW, &[], "never seen");
        for event in [&note, &deleted, &never_seen, &wrap(7, NOW - 1, &[2, 1])] {
            assert_eq!(bench.save(event), Outcome::Vanished);
        }
        for event in [
            &signed(1, 1, NOW + 1, &[], ""),
            &signed(1, 0, NOW + 1, &[], ""),
            &wrap(7, NOW + 1, &[1]),
            &wrap(7, NOW - 1, &[2]),
        ] {
            bench.saves(event);
            bench.has(event, true);
        }
    });
}

#[test]
fn nip62_07_a_request_stays_and_an_older_one_changes_nothing() {
    in_both_modes(|bench| {
        let vanish = request(1, NOW);
        bench.saves(&vanish);
        let id = vanish.id().to_string();
        bench.saves(&signed(1, 5, NOW + 1, &[&["e", &id]], ""));
        bench.has(&vanish, true);
        assert_eq!(bench.save(&request(1, NOW - 5)), Outcome::Vanished);
        assert_eq!(bench.save(&vanish), Outcome::Duplicate);
        let later = signed(1, 1, NOW + 2, &[], "");
        bench.saves(&later);
        bench.has(&later, true);
        assert_eq!(
            bench.save(&signed(1, 1, NOW, &[], "")),
            Outcome::Vanished,
            "the newer request is still in force"
        );
        bench.saves(&request(1, NOW + 3));
        bench.has(&later, false);
        bench.has(&vanish, false);
    });
}

#[test]
fn nip62_09_what_a_request_had_deleted_is_not_barred_beyond_it() {
    in_both_modes(|bench| {
        let ahead = signed(1, 1, NOW + 5, &[], "ahead of its deletion");
        let id = ahead.id().to_string();
        let pubkey = ahead.pubkey();
        let address = format!("30023:{pubkey}:x");
        let deletion = signed(1, 5, NOW, &[&["e", &id], &["a", &address]], "");
        bench.saves(&deletion);
        assert_eq!(bench.save(&ahead), Outcome::Deleted);
        bench.saves(&request(1, NOW));
        // The request to delete is gone as well, and with it what it asked for.
        bench.saves(&ahead);
        bench.saves(&signed(1, 30023, NOW + 1, &[&["d", "x"]], ""));
    });
}

#[test]
fn nip62_01_no_trace_of_a_vanished_key_stays_on_the_disk() {
    let mut bench = Bench::<Sqlite>::new(Mode::Running);
    let said = "a sentence before vanishing";
    let title = "an-address-before-vanishing";
    let note = signed(1, 1, NOW - 9, &[], said);
    let deleted = signed(1, 30023, NOW - 8, &[&["d", title]], "");
    let id = deleted.id().to_string();
    for event in [&note, &deleted, &signed(1, 5, NOW - 7, &[&["e", &id]], "")] {
        bench.saves(event);
    }
    // The husk of the deleted version is on the disk by now.
    bench.restart();
    bench.saves(&request(1, NOW));
    bench.restart();
    bench.store.take().unwrap().close();
    for entry in std::fs::read_dir(bench.folder()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for text in [said, title] {
            let found = bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes());
            assert!(!found, "{text:?} is still in {}", path.display());
        }
    }
    bench.store = Some(Sqlite::open(bench.folder()));
    assert_eq!(bench.events(), 1);
}

#[test]
fn lbc_61_a_vanished_owner_takes_the_community_along() {
    in_both_modes(|bench| {
        let community = signed(1, 1037, NOW - 9, &[], "");
        let id = community.id().to_string();
        let owned = [
            signed(1, 30037, NOW - 8, &[&["d", &id], &["e", &id]], ""),
            signed(1, 30000, NOW - 8, &[&["d", &id]], ""),
            signed(1, 31923, NOW - 8, &[&["d", "m"], &["e", &id]], ""),
            signed(1, 40, NOW - 8, &[&["e", &id]], ""),
        ];
        let followed = signed(2, 10037, NOW - 8, &[&["e", &id]], "");
        for event in owned.iter().chain([&community, &followed]) {
            bench.saves(event);
        }
        bench.saves(&request(1, NOW));
        for event in owned.iter().chain([&community]) {
            bench.has(event, false);
        }
        bench.has(&followed, true);
    });
}
