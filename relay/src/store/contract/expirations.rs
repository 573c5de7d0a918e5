//! Expiration (NIP-40): hidden at once, removed later.

use super::{Bench, Mode, NOW, Sqlite, in_both_modes, parsed, signed};
use crate::store::{Outcome, ScanOptions};

fn seen_at(bench: &mut Bench<Sqlite>, filter: &str, now: u64) -> usize {
    bench
        .answer_with(&parsed(&[filter]), ScanOptions::everything(now))
        .len()
}

#[test]
fn nip40_02_an_expired_event_is_hidden_before_it_is_removed() {
    in_both_modes(|bench| {
        let until = (NOW + 10).to_string();
        let note = signed(1, 1, NOW, &[&["expiration", &until]], "");
        bench.saves(&note);
        for filter in [
            "{}",
            r#"{"kinds":[1]}"#,
            &format!(r#"{{"ids":["{}"]}}"#, note.id()),
        ] {
            assert_eq!(seen_at(bench, filter, NOW + 9), 1, "{filter}");
            assert_eq!(seen_at(bench, filter, NOW + 10), 0, "{filter}");
        }
    });
}

#[test]
fn nip40_03_no_older_version_reappears_when_the_newest_expires() {
    let mut bench = Bench::<Sqlite>::new(Mode::Running);
    let old = signed(1, 30023, NOW - 2, &[&["d", "x"]], "old");
    // Expired from the point of view of the store's clock, so that it is removed for good.
    let expired = (NOW - 1).to_string();
    let new = signed(
        1,
        30023,
        NOW - 1,
        &[&["d", "x"], &["expiration", &expired]],
        "new",
    );
    bench.saves(&old);
    bench.saves(&new);
    bench.restart();
    wait_until_removed(&mut bench);
    bench.has(&old, false);
    assert_eq!(bench.save(&old), Outcome::Superseded);
    rebuild(&mut bench);
    assert_eq!(bench.save(&old), Outcome::Superseded);
    bench.saves(&signed(1, 30023, NOW, &[&["d", "x"]], "newest"));
}

#[test]
fn nip40_09_a_deletion_outlives_its_expired_request() {
    let mut bench = Bench::<Sqlite>::new(Mode::Running);
    let note = signed(1, 1, NOW - 5, &[], "");
    bench.saves(&note);
    let expired = (NOW - 1).to_string();
    let id = note.id().to_string();
    bench.saves(&signed(
        1,
        5,
        NOW - 4,
        &[&["e", &id], &["expiration", &expired]],
        "why",
    ));
    bench.restart();
    wait_until_removed(&mut bench);
    assert_eq!(bench.save(&note), Outcome::Deleted);
    rebuild(&mut bench);
    assert_eq!(bench.save(&note), Outcome::Deleted);
}

/// Drops everything that is derived from the log.
fn rebuild(bench: &mut Bench<Sqlite>) {
    let store = bench.store.take().unwrap();
    store.close();
    for file in ["index.db", "index.db-wal", "index.db-shm"] {
        let _ = std::fs::remove_file(bench.folder().join(file));
    }
    bench.store = Some(<Sqlite as super::Backend>::open(bench.folder()));
}

/// Waits until no readable row of the log says anything any more.
fn wait_until_removed(bench: &mut Bench<Sqlite>) {
    let log = rusqlite::Connection::open(bench.folder().join("log.db")).unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        let left: i64 = log
            .query_row("SELECT count(*) FROM log WHERE husk = 0", [], |row| {
                row.get(0)
            })
            .unwrap();
        if left == 0 {
            return;
        }
        assert!(
            std::time::Instant::now() < deadline,
            "{left} events were not removed"
        );
        std::thread::yield_now();
    }
}
