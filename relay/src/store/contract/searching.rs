//! Searches (NIP-50): what is found, in which order, and what is not.

use super::{Bench, Mode, NOW, Sqlite, in_both_modes, parsed, signed};
use crate::store::ScanOptions;
use kith_nips::{Event, EventId};

fn meetup(second: u64, title: &str, content: &str) -> Event {
    let identifier = format!("{second}");
    let tags: &[&[&str]] = &[&["d", &identifier], &["title", title]];
    signed(1, 31923, NOW + second, tags, content)
}

fn ids(events: &[&Event]) -> Vec<EventId> {
    events.iter().map(|event| event.id()).collect()
}

#[test]
fn nip50_01_02_all_words_all_members_best_first() {
    in_both_modes(|bench| {
        let title = meetup(1, "Chess in Lübeck", "");
        let content = meetup(2, "Evening", "chess, chess and Lübeck");
        let older = signed(1, 1, NOW - 5, &[], "chess lübeck");
        let newer = signed(1, 1, NOW + 5, &[], "chess lübeck");
        let only_one = meetup(3, "Chess", "");
        let twin = signed(2, 1, NOW + 5, &[], "chess lübeck");
        for event in [&older, &title, &only_one, &content, &newer, &twin] {
            bench.saves(event);
        }
        let (first, second) = match newer.id() < twin.id() {
            true => (&newer, &twin),
            false => (&twin, &newer),
        };
        let search = r#"{"search":"CHESS lubeck"}"#;
        let expected = ids(&[&title, &content, first, second, &older]);
        assert_eq!(bench.answer(&[search]), expected);
        assert_eq!(bench.count(&[search]), 5);
        let cut = r#"{"search":"chess lubeck","limit":2}"#;
        assert_eq!(bench.answer(&[cut]), ids(&[&title, &content]));
        let notes = r#"{"search":"chess lubeck","kinds":[1],"until":1700000000}"#;
        assert_eq!(bench.answer(&[notes]), ids(&[&older]));
        // A word is found by its beginning, and each event comes once.
        let prefixes = r#"{"search":"che lub","kinds":[31923]}"#;
        let all = r#"{"kinds":[1]}"#;
        assert_eq!(
            bench.answer(&[all, prefixes, prefixes]),
            ids(&[&title, &content, first, second, &older])
        );
        assert_eq!(
            bench
                .answer(&[r#"{"search":"chess"}"#, r#"{"kinds":[1]}"#])
                .len(),
            6
        );
    });
}

#[test]
fn nip50_04_08_nothing_dead_or_private_is_found() {
    in_both_modes(|bench| {
        let replaced = meetup(1, "chess", "");
        let newer = signed(1, 31923, NOW + 9, &[&["d", "1"], &["title", "go"]], "");
        let deleted = signed(1, 1, NOW, &[], "chess");
        let id = deleted.id().to_string();
        let until = (NOW - 1).to_string();
        let expired = signed(1, 1, NOW, &[&["expiration", &until]], "chess");
        let vanished = signed(3, 1, NOW, &[], "chess");
        let private = signed(1, 4, NOW, &[], "chess");
        let removed = signed(1, 1, NOW + 1, &[], "chess");
        for event in [
            &replaced, &newer, &deleted, &expired, &vanished, &private, &removed,
        ] {
            bench.saves(event);
        }
        bench.saves(&signed(
            1,
            5,
            NOW + 2,
            &[&["e", &id]],
            "chess in the reason",
        ));
        bench.saves(&signed(3, 62, NOW, &[&["relay", "ALL_RELAYS"]], ""));
        assert!(bench.remove(&removed));
        let found = bench.answer(&[r#"{"search":"chess","kinds":[1,4,31923]}"#]);
        assert_eq!(found, []);
        assert_eq!(bench.count(&[r#"{"search":"chess"}"#]), 1);
        for nothing in ["", "  ", "language:en", "\\\"'*-"] {
            let filter = format!(r#"{{"search":"{nothing}"}}"#);
            assert_eq!(bench.answer(&[&filter]), [], "{nothing:?}");
            assert_eq!(bench.count(&[&filter]), 0);
        }
    });
}

#[test]
fn lbc_10_a_description_is_found_once_its_community_is_there() {
    in_both_modes(|bench| {
        let community = signed(1, 1037, NOW, &[], "");
        let id = community.id().to_string();
        let tags: &[&[&str]] = &[&["d", &id], &["title", "Chess club"]];
        let description = signed(1, 30037, NOW, tags, "");
        bench.saves(&description);
        let search = r#"{"search":"chess"}"#;
        assert_eq!(bench.answer(&[search]), []);
        bench.has(&description, true);
        bench.saves(&community);
        assert_eq!(bench.answer(&[search]), ids(&[&description]));
        bench.saves(&signed(1, 5, NOW, &[&["e", &id]], ""));
        assert_eq!(bench.answer(&[search]), []);
        assert_eq!(bench.count(&[search]), 0);
    });
}

#[test]
fn nip50_02_the_best_are_found_among_many() {
    let mut bench = Bench::<Sqlite>::new(Mode::Running);
    let mut events = Vec::new();
    for second in 0..300_u64 {
        let times = usize::try_from(second % 7).unwrap();
        let event = signed(1, 1, NOW - second, &[], &"chess ".repeat(times));
        bench.saves(&event);
        if times > 0 {
            events.push((std::cmp::Reverse(times.min(5)), second, event.id()));
        }
        if second == 150 {
            bench.restart();
        }
    }
    events.sort_unstable();
    let expected: Vec<EventId> = events.iter().map(|(_, _, id)| *id).collect();
    assert_eq!(bench.answer(&[r#"{"search":"chess"}"#]), expected);
    let mut options = ScanOptions::everything(NOW);
    options.limit_max = 10;
    let capped = bench.answer_with(&parsed(&[r#"{"search":"chess"}"#]), options);
    let capped: Vec<EventId> = capped.iter().map(Event::id).collect();
    assert_eq!(capped, expected[..10]);
}
