//! Whether an answer was cut (NIP-67), and what a cap does not part.

use super::{NOW, in_both_modes, parsed, signed};
use crate::store::{Completeness, ScanOptions};
use kith_nips::Event;

fn options(limit_default: usize, limit_max: usize) -> ScanOptions {
    ScanOptions {
        limit_default,
        limit_max,
        completeness: true,
        ..ScanOptions::everything(NOW)
    }
}

fn note(second: u64, content: &str) -> Event {
    signed(1, 1, NOW + second, &[&["t", content]], content)
}

#[test]
fn nip67_01_02_03_04_05_what_a_limit_leaves_out_is_told() {
    use Completeness::{Complete, Cut};
    in_both_modes(|bench| {
        for second in 0..5 {
            bench.saves(&note(second, "go"));
        }
        bench.saves(&signed(1, 1059, NOW, &[], ""));
        for (filters, events, expected) in [
            (&[r#"{"kinds":[1]}"#][..], 5, Complete),
            (&[r#"{"kinds":[1],"limit":5}"#], 5, Complete),
            (&[r#"{"kinds":[1],"limit":4}"#], 4, Cut),
            (&[r#"{"kinds":[1],"limit":0}"#], 0, Cut),
            (&[r#"{"kinds":[2],"limit":0}"#], 0, Complete),
            (&[r#"{"kinds":[]}"#], 0, Complete),
            (&[r#"{"kinds":[2]}"#], 0, Complete),
            (&[r#"{"limit":5}"#], 5, Complete),
            (&[r#"{"kinds":[1]}"#, r#"{"kinds":[1],"limit":1}"#], 5, Cut),
            (
                &[r#"{"kinds":[2]}"#, r#"{"kinds":[1],"limit":5}"#],
                5,
                Complete,
            ),
            (&[r#"{"search":"go"}"#], 5, Complete),
            (&[r#"{"search":"go","limit":5}"#], 5, Complete),
            (&[r#"{"search":"go","limit":4}"#], 4, Cut),
        ] {
            let mut options = options(100, 100);
            // What the asker may not see is not spoken of (NIP67-06).
            options.visible = std::sync::Arc::new(|event| event.kind().as_u16() != 1059);
            let (found, completeness) = bench.answer_and_completeness(&parsed(filters), options);
            assert_eq!(found.len(), events, "{filters:?}");
            assert_eq!(completeness, expected, "{filters:?}");
        }
    });
}

#[test]
fn nip67_07_a_cap_parts_no_second_and_a_limit_does() {
    in_both_modes(|bench| {
        let mut saved: Vec<Event> = (0..6).map(|number| note(5, &number.to_string())).collect();
        saved.extend([note(9, "newest"), note(1, "old"), note(0, "older")]);
        for event in &saved {
            bench.saves(event);
        }
        for (filter, options, events, expected) in [
            (r#"{"kinds":[1]}"#, options(3, 100), 7, Completeness::Cut),
            (
                r#"{"kinds":[1],"limit":50}"#,
                options(3, 3),
                7,
                Completeness::Cut,
            ),
            (
                r#"{"kinds":[1],"limit":3}"#,
                options(9, 9),
                3,
                Completeness::Cut,
            ),
            (
                r#"{"kinds":[1],"limit":3}"#,
                options(9, 3),
                3,
                Completeness::Cut,
            ),
            (r#"{"kinds":[1]}"#, options(1, 100), 1, Completeness::Cut),
            // Who goes on from a moment knows what is of that moment, and gets something older.
            (
                &format!(r#"{{"kinds":[1],"until":{}}}"#, NOW + 5),
                options(1, 100),
                7,
                Completeness::Cut,
            ),
            (
                &format!(r#"{{"kinds":[1],"until":{},"limit":1}}"#, NOW + 5),
                options(1, 100),
                1,
                Completeness::Cut,
            ),
            (
                &format!(r#"{{"kinds":[1],"until":{}}}"#, NOW + 5),
                options(2, 100),
                8,
                Completeness::Complete,
            ),
            (r#"{"kinds":[1]}"#, options(8, 100), 8, Completeness::Cut),
            (
                r#"{"kinds":[1]}"#,
                options(9, 100),
                9,
                Completeness::Complete,
            ),
        ] {
            let (found, completeness) = bench.answer_and_completeness(&parsed(&[filter]), options);
            assert_eq!(found.len(), events, "{filter}");
            assert_eq!(completeness, expected, "{filter}");
            let mut times: Vec<u64> = found.iter().map(Event::created_at).collect();
            times.reverse();
            assert!(times.is_sorted(), "{times:?}");
        }
    });
}
