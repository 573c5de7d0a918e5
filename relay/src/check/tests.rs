//! Checks of folders that were damaged on purpose.

use std::collections::BTreeMap;
use std::future::{pending, ready};
use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::feed;
use crate::store::contract::{NOW, signed};
use crate::store::sqlite::{SqliteStore, check as store_check};
use crate::store::{Outcome, Store};

/// A data folder that was used for a while.
struct Place {
    folder: TempDir,
    config: Config,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.data.folder = folder.path().join("data");
        let place = Place { folder, config };
        place.fill().await;
        place
    }

    async fn fill(&self) {
        let note = signed(1, 1, NOW, &[&["t", "chess"]], "taken back");
        let old = signed(1, 30_023, NOW, &[&["d", "a"]], "old");
        let new = signed(1, 30_023, NOW + 1, &[&["d", "a"]], "new");
        let id = note.id().to_string();
        let events = [
            signed(2, 1, NOW, &[&["t", "chess"], &["t", "go"]], "kept"),
            signed(2, 0, NOW, &[], "{}"),
            note,
            old,
            new.clone(),
            signed(1, 5, NOW, &[&["e", &id]], ""),
            signed(1, 5, NOW, &[&["e", &new.id().to_string()]], ""),
        ];
        let relay = DataFolder::open(self.data()).unwrap();
        let store = self.open();
        for event in events {
            let saved = store.save(event.into()).await.unwrap();
            assert!(matches!(saved, Outcome::Saved(_)), "{saved:?}");
        }
        close(store).await;
        // What was ended last leaves the log at the next start.
        close(self.open()).await;
        drop(relay);
    }

    fn open(&self) -> SqliteStore {
        let (publisher, _) = feed::channel();
        let options = settings::store_options(&self.config, self.data());
        SqliteStore::open(&options, publisher).unwrap()
    }

    fn data(&self) -> &Path {
        &self.config.data.folder
    }

    fn change(&self, file: &str, sql: &str) {
        let connection = Connection::open(self.data().join(file)).unwrap();
        assert!(connection.execute(sql, []).unwrap() > 0, "{sql}");
    }

    async fn check(&self) -> CheckReport {
        check(&self.config, self.folder.path(), true, pending())
            .await
            .unwrap()
    }

    async fn findings(&self) -> Vec<String> {
        let report = self.check().await;
        assert!(!report.agrees());
        assert_eq!(report.findings_total, report.findings.len() as u64);
        report.findings.iter().map(ToString::to_string).collect()
    }

    fn bytes(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let entries = std::fs::read_dir(self.data()).unwrap();
        entries
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.clone(), std::fs::read(path).unwrap()))
            .collect()
    }
}

async fn close(store: SqliteStore) {
    tokio::task::spawn_blocking(move || store.close())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_sound_folder_agrees_and_is_left_as_it_is() {
    let place = Place::new().await;
    let before = place.bytes();
    let report = place.check().await;
    assert_eq!(report.findings, []);
    assert_eq!((report.events, report.husks), (4, 1));
    assert!(report.tables >= 9 && report.rows > 20, "{report:?}");
    assert!(in_words(&report).starts_with("everything agrees: 4 events, 1 remains"));
    assert!(place.bytes() == before, "something in the folder changed");
    let left: Vec<_> = std::fs::read_dir(place.folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "left over: {left:?}");
}

#[tokio::test]
async fn a_folder_without_an_index_agrees() {
    let place = Place::new().await;
    std::fs::remove_file(place.data().join("index.db")).unwrap();
    assert!(place.check().await.agrees());
}

#[tokio::test]
async fn a_rebuild_mends_what_differs() {
    let place = Place::new().await;
    let start = NOW.to_string();
    let tags: &[&[&str]] = &[&["start", &start], &["t", "chess"], &["g", "u33db"]];
    let store = place.open();
    let saved = store.save(signed(3, 31_923, NOW, tags, "").into()).await;
    assert!(matches!(saved, Ok(Outcome::Saved(_))));
    close(store).await;
    place.change("index.db", "UPDATE facet_total SET events = events + 1");
    place.change("index.db", "DELETE FROM facet");
    assert!(!place.check().await.agrees());
    let before = place.bytes().remove(&place.data().join("log.db"));
    let events = crate::rebuild::rebuild(&place.config, pending())
        .await
        .unwrap();
    let report = place.check().await;
    assert!(report.agrees(), "{report:?}");
    assert_eq!(events, report.events);
    let after = place.bytes().remove(&place.data().join("log.db"));
    assert_eq!(before, after, "the log is only read");
    let mut config = place.config.clone();
    config.data.folder = place.folder.path().join("nowhere");
    let error = crate::rebuild::rebuild(&config, pending())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("does not exist"), "{error}");
}

#[tokio::test]
async fn rows_that_are_missing_surplus_or_different_are_named() {
    let place = Place::new().await;
    place.change("index.db", "INSERT INTO by_expiration VALUES (7, 1)");
    store_check::damage(place.data(), |mut entry| {
        match (entry.group.table.name(), entry.group.kind) {
            ("by_kind", 0) => return None,
            ("by_id", _) if entry.position.sequence == 2 => entry.position.sequence = 77,
            _ => {}
        }
        Some(entry)
    });
    let findings = place.findings().await;
    assert_eq!(findings.len(), 4, "{findings:?}");
    assert_eq!(
        findings[0],
        "index.db by_expiration at=7 sequence=1: the index has it, the log gives no such row"
    );
    assert!(
        findings[1].starts_with("index.db by_id id=")
            && findings[1].ends_with(" sequence=2: the index has no such row, the log gives it"),
        "{findings:?}"
    );
    assert!(
        findings[2].ends_with(" sequence=77: the index has it, the log gives no such row"),
        "{findings:?}"
    );
    assert!(
        findings[3].starts_with("index.db by_kind kind=0 age=")
            && findings[3].ends_with(": the index has no such row, the log gives it"),
        "{findings:?}"
    );
}

#[tokio::test]
async fn an_event_that_was_not_indexed_is_missed() {
    let place = Place::new().await;
    // Its row of the log says that it comes after all that is indexed, the index that it is in.
    place.change("log.db", "UPDATE log SET sequence = 99 WHERE sequence = 1");
    place.change(
        "index.db",
        "UPDATE state SET value = 99 WHERE name = 'indexed_upto'",
    );
    let findings = place.findings().await;
    assert!(
        findings.iter().any(|line| line.contains(" by_id ")),
        "{findings:?}"
    );
}

#[tokio::test]
async fn changed_events_are_named() {
    let place = Place::new().await;
    place.change(
        "log.db",
        "UPDATE log SET event = replace(event, 'kept', 'lost') WHERE sequence = 1",
    );
    place.change(
        "log.db",
        "UPDATE log SET event = event || ' ' WHERE sequence = 2",
    );
    let mut findings = place.findings().await;
    // The words of the changed text differ from those in the index as well.
    let words = findings.split_off(2);
    assert!(findings[0].starts_with("log.db event 1: "), "{findings:?}");
    assert_eq!(findings[1], "log.db event 2: not in the canonical form");
    assert_eq!(words.len(), 2, "{words:?}");
    for (finding, word) in words.iter().zip(["kept", "lost"]) {
        assert!(
            finding.contains("words") && finding.contains(word),
            "{finding}"
        );
    }
}

#[tokio::test]
async fn a_forged_signature_is_found_when_asked_for() {
    let place = Place::new().await;
    place.change(
        "log.db",
        "UPDATE log SET event = substr(event, 1, length(event) - 10) || '00000000\"}'
         WHERE sequence = 1",
    );
    assert!(!place.check().await.agrees());
    let report = check(&place.config, place.folder.path(), false, pending())
        .await
        .unwrap();
    assert!(report.agrees(), "{report:?}");
}

#[tokio::test]
async fn an_unreadable_event_is_named_and_the_index_left_alone() {
    let place = Place::new().await;
    place.change(
        "log.db",
        "UPDATE log SET event = '{\"id\":' WHERE sequence = 1",
    );
    let report = place.check().await;
    assert_eq!((report.findings_total, report.tables), (1, 0));
    let words = in_words(&report);
    assert!(words.starts_with("log.db event 1: "), "{words}");
    assert!(words.contains("\n1 differences: "), "{words}");
    assert!(
        words.ends_with("the log cannot be read as a whole\n"),
        "{words}"
    );
}

#[tokio::test]
async fn many_findings_are_counted_and_few_printed() {
    let place = Place::new().await;
    place.change(
        "index.db",
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1234)
         INSERT INTO by_expiration SELECT x, x FROM n",
    );
    let report = place.check().await;
    assert_eq!(report.findings_total, 1_234);
    let words = in_words(&report);
    assert_eq!(words.lines().count(), 50 + 2);
    assert!(
        words.contains("\n… and 1,184 more\n1,234 differences: "),
        "{words}"
    );
}

#[tokio::test]
async fn what_cannot_be_checked_is_said() {
    let place = Place::new().await;
    let error = check(&place.config, Path::new("/nowhere"), false, pending())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("/nowhere"), "{error}");
    let relay = DataFolder::open(place.data()).unwrap();
    let error = check(&place.config, place.folder.path(), false, pending())
        .await
        .unwrap_err();
    assert!(error.to_string().ends_with("in use by another kith-relay"));
    drop(relay);
    let error = check(&place.config, place.folder.path(), false, ready(()))
        .await
        .unwrap_err();
    assert!(matches!(error, CheckError::Stopped), "{error}");
    let mut config = place.config.clone();
    config.data.folder = place.folder.path().join("missing");
    let error = check(&config, place.folder.path(), false, pending())
        .await
        .unwrap_err();
    assert!(error.to_string().ends_with("missing does not exist"));
    assert!(!config.data.folder.exists(), "it was created");
}
