//! Order, limits and matching of stored answers (NIP-01), page by page.

use std::sync::Arc;

use kith_nips::{Event, EventId, Filter};

use super::{NOW, in_both_modes, kind, parsed, signed};
use crate::store::ScanOptions;

fn ids(events: &[&Event]) -> Vec<EventId> {
    events.iter().map(|event| event.id()).collect()
}

#[test]
fn nip01_84_newest_first_ties_by_id() {
    in_both_modes(|bench| {
        let mut events: Vec<Event> = Vec::new();
        for second in 0..4 {
            for content in ["a", "b", "c"] {
                events.push(signed(1, 1, NOW + second, &[], content));
            }
        }
        for event in &events {
            bench.saves(event);
        }
        events.sort_by_key(|event| (std::cmp::Reverse(event.created_at()), event.id()));
        let expected = ids(&events.iter().collect::<Vec<_>>());
        assert_eq!(bench.answer(&["{}"]), expected);
        assert_eq!(
            bench.answer(&[r#"{"kinds":[1]}"#, r#"{"limit":3}"#]),
            expected
        );
        assert_eq!(bench.answer(&[r#"{"limit":5}"#]), expected[..5]);
        assert_eq!(
            bench.answer(&[r#"{"limit":2}"#, &format!(r#"{{"until":{NOW},"limit":1}}"#)]),
            [expected[0], expected[1], expected[9]]
        );
        assert_eq!(bench.count(&[r#"{"limit":1}"#]), 12);
    });
}

#[test]
fn nip01_87_default_and_greatest_limit() {
    in_both_modes(|bench| {
        for second in 0..6 {
            bench.saves(&signed(1, 1, NOW + second, &[], ""));
        }
        let mut options = ScanOptions::everything(NOW);
        options.limit_default = 2;
        options.limit_max = 4;
        for (filter, expected) in [("{}", 2), (r#"{"limit":3}"#, 3), (r#"{"limit":9}"#, 4)] {
            let found = bench.answer_with(&parsed(&[filter]), options.clone());
            assert_eq!(found.len(), expected, "{filter}");
        }
    });
}

#[test]
fn hidden_events_use_up_no_limit() {
    in_both_modes(|bench| {
        for second in 0..4 {
            bench.saves(&signed(1, 1, NOW + second, &[], "open"));
            bench.saves(&signed(1, 4, NOW + second, &[], "private"));
        }
        let mut options = ScanOptions::everything(NOW);
        options.visible = Arc::new(|event| event.kind() != kind(4));
        let found = bench.answer_with(&parsed(&[r#"{"limit":3}"#]), options);
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|event| event.kind() == kind(1)));
    });
}

#[test]
fn nip01_74_since_and_until_are_inclusive() {
    in_both_modes(|bench| {
        let at: Vec<Event> = (0..5)
            .map(|second| signed(1, 1, NOW + second, &[], ""))
            .collect();
        for event in &at {
            bench.saves(event);
        }
        let filter = format!(r#"{{"since":{},"until":{}}}"#, NOW + 1, NOW + 3);
        assert_eq!(bench.answer(&[&filter]), ids(&[&at[3], &at[2], &at[1]]));
        let empty = format!(r#"{{"since":{},"until":{}}}"#, NOW + 3, NOW + 1);
        assert!(bench.answer(&[&empty]).is_empty());
    });
}

#[test]
fn nip01_76_80_tags_match_exactly_and_together() {
    in_both_modes(|bench| {
        let both = signed(
            1,
            1,
            NOW + 2,
            &[&["t", "rust"], &["g", "gcpv", "geohash"]],
            "",
        );
        let one = signed(1, 1, NOW + 1, &[&["t", "rust"], &["t", "Brighton"]], "");
        let upper = signed(
            1,
            1111,
            NOW,
            &[&["T", "rust"], &["g"], &["t", "x", "rust"]],
            "",
        );
        for event in [&both, &one, &upper] {
            bench.saves(event);
        }
        assert_eq!(bench.answer(&[r##"{"#t":["rust"]}"##]), ids(&[&both, &one]));
        assert_eq!(bench.answer(&[r##"{"#T":["rust"]}"##]), ids(&[&upper]));
        assert_eq!(
            bench.answer(&[r##"{"#t":["rust"],"#g":["gcpv"]}"##]),
            ids(&[&both])
        );
        assert_eq!(bench.answer(&[r##"{"#g":["geohash"]}"##]), []);
        assert_eq!(
            bench.answer(&[r##"{"#t":["rust","Brighton","x"]}"##]),
            ids(&[&both, &one, &upper])
        );
    });
}

#[test]
fn large_answers_come_in_pages() {
    in_both_modes_with_many(|bench, all| {
        assert_eq!(bench.answer(&["{}"]), all);
        assert_eq!(
            bench.answer(&[r#"{"kinds":[1]}"#, r##"{"#t":["x"]}"##]),
            all
        );
        assert_eq!(
            bench.count(&[r##"{"#t":["x"],"kinds":[1]}"##]),
            all.len() as u64
        );
    });
}

/// 600 events of 1 kB with few different times: more than two pages, with ties across them.
fn in_both_modes_with_many(contract: impl Fn(&mut super::Bench<super::Sqlite>, Vec<EventId>)) {
    let content = "x".repeat(1024);
    let mut events: Vec<Event> = (0..600_u64)
        .map(|number| {
            let nonce = number.to_string();
            signed(
                1,
                1,
                NOW + number / 100,
                &[&["t", "x"], &["nonce", &nonce]],
                &content,
            )
        })
        .collect();
    for mode in [super::Mode::Running, super::Mode::Restarted] {
        let mut bench = super::Bench::new(super::Mode::Running);
        for event in &events {
            bench.saves(event);
        }
        if mode == super::Mode::Restarted {
            bench.restart();
        }
        events.sort_by_key(|event| (std::cmp::Reverse(event.created_at()), event.id()));
        contract(&mut bench, events.iter().map(Event::id).collect());
    }
}

#[test]
fn what_comes_later_is_not_in_an_answer_that_was_begun() {
    let mut bench = super::Bench::<super::Sqlite>::new(super::Mode::Running);
    let before = signed(1, 1, NOW, &[], "before");
    let after = signed(1, 1, NOW + 1, &[], "after");
    bench.saves(&before);
    let store = bench.store.as_deref().unwrap();
    let filters: Arc<[Filter]> = Arc::from([Filter::default()]);
    bench.runtime.block_on(async {
        let scan = store
            .scan(filters, ScanOptions::everything(NOW))
            .await
            .unwrap();
        let upto = scan.upto();
        let outcome = store.save(Arc::new(after)).await.unwrap();
        assert_eq!(outcome, crate::store::Outcome::Saved(upto + 1));
        let (page, _) = store.next_page(scan).await.unwrap();
        let found: Vec<EventId> = page.events.iter().map(|event| event.id()).collect();
        assert_eq!(found, [before.id()]);
    });
}
