//! What the log alone is worth.

use super::{Bench, Mode, NOW, Sqlite, signed};

#[test]
fn the_index_is_rebuilt_from_the_log() {
    let mut bench = Bench::<Sqlite>::new(Mode::Running);
    let kept = signed(1, 1, NOW, &[&["t", "kept"]], "");
    let deleted = signed(1, 1, NOW + 1, &[], "");
    let old = signed(1, 0, NOW, &[], "old");
    let new = signed(1, 0, NOW + 1, &[], "new");
    for event in [&kept, &deleted, &old, &new] {
        bench.saves(event);
    }
    let id = deleted.id().to_string();
    bench.saves(&signed(1, 5, NOW + 2, &[&["e", &id]], ""));
    bench.rebuild();
    bench.has(&kept, true);
    bench.has(&deleted, false);
    bench.has(&old, false);
    bench.has(&new, true);
    assert_eq!(bench.events(), 3);
    assert_eq!(bench.save(&deleted), crate::store::Outcome::Deleted);
}

#[test]
fn the_bytes_of_dead_events_leave_the_disk() {
    let mut bench = Bench::<Sqlite>::new(Mode::Running);
    let secret = "a sentence that was taken back";
    let note = signed(1, 1, NOW, &[], secret);
    bench.saves(&note);
    let id = note.id().to_string();
    bench.saves(&signed(1, 5, NOW, &[&["e", &id]], ""));
    bench.restart();
    bench.store.take().unwrap().close();
    for entry in std::fs::read_dir(bench.folder()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let found = bytes
            .windows(secret.len())
            .any(|window| window == secret.as_bytes());
        assert!(!found, "still in {}", path.display());
    }
}

#[test]
fn a_log_of_a_later_format_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let connection = rusqlite::Connection::open(folder.path().join("log.db")).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let options = crate::store::sqlite::SqliteOptions::new(folder.path());
    let (feed, _) = crate::feed::channel();
    let Err(error) = crate::store::SqliteStore::open(&options, feed) else {
        panic!("opened");
    };
    assert!(error.to_string().contains("log.db"), "{error}");
    assert!(error.to_string().contains("99"), "{error}");
}
