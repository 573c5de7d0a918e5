//! Deletion requests (NIP-09), before and after their targets.

use super::{NOW, in_both_modes, key, signed};
use crate::store::Outcome;
use kith_nips::Event;

fn request(by: u8, created_at: u64, tags: &[&[&str]]) -> Event {
    signed(by, 5, created_at, tags, "please")
}

fn address(kind: u16, by: u8, identifier: &str) -> String {
    format!("{kind}:{}:{identifier}", key(by).public_key())
}

#[test]
fn nip09_01_07_13_a_request_removes_bars_and_stays() {
    in_both_modes(|bench| {
        let note = signed(1, 1, NOW, &[], "regretted");
        bench.saves(&note);
        // Whatever the times are: the request names the id.
        let request = request(1, NOW - 100, &[&["e", &note.id().to_string()]]);
        bench.saves(&request);
        bench.has(&note, false);
        bench.has(&request, true);
        assert_eq!(bench.save(&note), Outcome::Deleted);
        assert_eq!(bench.events(), 1);
    });
}

#[test]
fn nip09_02_08_an_address_is_deleted_up_to_the_request() {
    in_both_modes(|bench| {
        let at = |second: u64| signed(1, 30023, NOW + second, &[&["d", "a:b"]], "");
        bench.saves(&at(1));
        bench.saves(&request(1, NOW + 1, &[&["a", &address(30023, 1, "a:b")]]));
        bench.has(&at(1), false);
        assert_eq!(bench.save(&at(0)), Outcome::Deleted);
        assert_eq!(bench.save(&at(1)), Outcome::Deleted);
        bench.saves(&at(2));
        bench.has(&at(2), true);
        // A late request does not reach the newer version.
        bench.saves(&request(1, NOW, &[&["a", &address(30023, 1, "a:b")]]));
        bench.has(&at(2), true);
    });
}

#[test]
fn nip09_03_06_nothing_else_is_touched() {
    in_both_modes(|bench| {
        let own = signed(1, 30023, NOW, &[&["d", "post"]], "");
        let prefix = signed(1, 30023, NOW, &[&["d", "post-2"]], "");
        let foreign = signed(2, 30023, NOW, &[&["d", "post"]], "");
        let foreign_note = signed(2, 1, NOW, &[], "");
        for event in [&own, &prefix, &foreign, &foreign_note] {
            bench.saves(event);
        }
        bench.saves(&request(
            1,
            NOW + 9,
            &[
                &["a", &address(30023, 2, "post")],
                &["e", &foreign_note.id().to_string()],
                &["a", &address(30023, 1, "post")],
            ],
        ));
        bench.has(&own, false);
        bench.has(&prefix, true);
        bench.has(&foreign, true);
        bench.has(&foreign_note, true);
    });
}

#[test]
fn nip09_04_replaceable_and_unidentified_addresses_are_deleted_too() {
    in_both_modes(|bench| {
        let list = signed(1, 10002, NOW, &[], "");
        let bare = signed(1, 30003, NOW, &[], "");
        bench.saves(&list);
        bench.saves(&bare);
        bench.saves(&request(
            1,
            NOW,
            &[
                &["a", &address(10002, 1, "")],
                &["a", &address(30003, 1, "")],
            ],
        ));
        bench.has(&list, false);
        bench.has(&bare, false);
    });
}

#[test]
fn nip09_09_10_a_request_may_come_first() {
    in_both_modes(|bench| {
        let mine = signed(1, 1, NOW, &[], "mine");
        let theirs = signed(2, 1, NOW, &[], "theirs");
        bench.saves(&request(
            1,
            NOW,
            &[
                &["e", &mine.id().to_string()],
                &["e", &theirs.id().to_string()],
            ],
        ));
        assert_eq!(bench.save(&mine), Outcome::Deleted);
        bench.saves(&theirs);
        bench.has(&theirs, true);
    });
}

#[test]
fn nip09_11_12_requests_cannot_be_deleted() {
    in_both_modes(|bench| {
        let note = signed(1, 1, NOW, &[], "");
        bench.saves(&note);
        let first = request(1, NOW, &[&["e", &note.id().to_string()]]);
        let vanish = signed(1, 62, NOW - 50, &[&["relay", "ALL_RELAYS"]], "");
        bench.saves(&first);
        bench.saves(&vanish);
        bench.saves(&request(
            1,
            NOW + 1,
            &[
                &["e", &first.id().to_string()],
                &["e", &vanish.id().to_string()],
                &["a", &address(5, 1, "")],
            ],
        ));
        bench.has(&first, true);
        bench.has(&vanish, true);
        assert_eq!(bench.save(&note), Outcome::Deleted);
        // Nor may a request be barred before it comes.
        let later = request(1, NOW + 5, &[&["e", &note.id().to_string()]]);
        bench.saves(&request(1, NOW + 4, &[&["e", &later.id().to_string()]]));
        bench.saves(&later);
    });
}

#[test]
fn nip09_16_no_earlier_version_comes_back() {
    in_both_modes(|bench| {
        let old = signed(1, 0, NOW, &[], "old");
        let new = signed(1, 0, NOW + 1, &[], "new");
        bench.saves(&old);
        bench.saves(&new);
        bench.saves(&request(1, NOW + 2, &[&["e", &new.id().to_string()]]));
        bench.has(&old, false);
        bench.has(&new, false);
        assert_eq!(bench.save(&old), Outcome::Superseded);
        bench.saves(&signed(1, 0, NOW + 3, &[], "newest"));
    });
}

#[test]
fn nip09_17_the_recipient_of_a_wrap_deletes_it() {
    in_both_modes(|bench| {
        let recipient = key(2).public_key().to_string();
        let wrap = signed(1, 1059, NOW, &[&["p", &recipient]], "sealed");
        bench.saves(&wrap);
        bench.saves(&request(3, NOW, &[&["e", &wrap.id().to_string()]]));
        bench.has(&wrap, true);
        bench.saves(&request(2, NOW, &[&["e", &wrap.id().to_string()]]));
        bench.has(&wrap, false);
        assert_eq!(bench.save(&wrap), Outcome::Deleted);
    });
}

#[test]
fn nip09_21_versions_and_requests_end_the_same_in_any_order() {
    let old = signed(1, 30023, NOW, &[&["d", "x"]], "old");
    let delete = request(1, NOW + 1, &[&["a", &address(30023, 1, "x")]]);
    let new = signed(1, 30023, NOW + 2, &[&["d", "x"]], "new");
    let all = [&old, &delete, &new];
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        in_both_modes(|bench| {
            for index in order {
                bench.save(all[index]);
            }
            bench.has(&old, false);
            bench.has(&delete, true);
            bench.has(&new, true);
            assert_eq!(bench.events(), 2);
        });
    }
}

#[test]
fn one_request_may_name_an_event_twice() {
    in_both_modes(|bench| {
        let post = signed(1, 30023, NOW, &[&["d", "x"]], "");
        bench.saves(&post);
        let id = post.id().to_string();
        let by_address = address(30023, 1, "x");
        bench.saves(&request(
            1,
            NOW,
            &[&["e", &id], &["e", &id], &["a", &by_address]],
        ));
        bench.has(&post, false);
        assert_eq!(bench.events(), 1);
    });
}
