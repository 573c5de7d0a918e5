//! Imports and exports in folders of their own.

use std::future::pending;
use std::path::{Path, PathBuf};

use kith_nips::Event;
use serde_json::Value;
use tempfile::TempDir;

use super::*;
use crate::config::Config;
use crate::data_folder::DataFolder;
use crate::store::contract::signed;

const NOW: u64 = 1_700_000_000;

/// A folder with a data folder in it.
struct Place {
    folder: TempDir,
    config: Config,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.data.folder = folder.path().join("data");
        Place { folder, config }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, lines: &[&str]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, lines.join("\n")).unwrap();
        path
    }

    async fn import(&self, lines: &[&str]) -> ImportSummary {
        let input = self.write("events.jsonl", lines);
        import(&self.config, &input, None, pending()).await.unwrap()
    }

    async fn export(&self, filters: &[&str]) -> Vec<String> {
        let output = self.path("exported.jsonl");
        let filters: Vec<String> = filters.iter().map(|filter| (*filter).to_owned()).collect();
        let summary = export(&self.config, &output, &filters, pending())
            .await
            .unwrap();
        let lines = lines_of(&output);
        assert_eq!(summary.exported, lines.len() as u64);
        lines
    }

    /// The rejected lines: number, reason, text.
    fn rejects(&self) -> Vec<(u64, String, String)> {
        let mut rejects: Vec<_> = lines_of(&self.path("events.jsonl.rejects.jsonl"))
            .iter()
            .map(|line| {
                let reject: Value = serde_json::from_str(line).unwrap();
                let text = |member: &str| reject[member].as_str().unwrap().to_owned();
                (
                    reject["line"].as_u64().unwrap(),
                    text("reason"),
                    text("text"),
                )
            })
            .collect();
        rejects.sort();
        rejects
    }
}

fn lines_of(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn note(created_at: u64, content: &str) -> Event {
    signed(1, 1, created_at, &[], content)
}

#[tokio::test]
async fn what_was_imported_is_exported_newest_first() {
    let place = Place::new();
    let notes: Vec<Event> = (0..50).map(|age| note(NOW - age, "note")).collect();
    let mut lines: Vec<&str> = notes.iter().map(Event::json).collect();
    lines.reverse();
    let summary = place.import(&lines).await;
    assert_eq!(
        summary.to_string(),
        "imported 50, already known 0, rejected 0"
    );
    lines.reverse();
    assert_eq!(place.export(&[]).await, lines);
}

#[tokio::test]
async fn messages_are_read_like_events_and_blank_lines_skipped() {
    let place = Place::new();
    let (first, second) = (note(NOW, "a"), note(NOW, "b"));
    let summary = place
        .import(&[
            &format!("\u{feff}[\"EVENT\",{}]\r", first.json()),
            "",
            &format!(" [\"EVENT\", \"subscription\", {}] ", second.json()),
        ])
        .await;
    assert_eq!((summary.imported, summary.rejected), (2, 0));
}

#[tokio::test]
async fn a_second_import_knows_everything() {
    let place = Place::new();
    let event = note(NOW, "a");
    assert_eq!(place.import(&[event.json()]).await.imported, 1);
    let summary = place.import(&[event.json(), event.json()]).await;
    assert_eq!((summary.imported, summary.known), (0, 2));
}

#[tokio::test]
async fn bad_lines_are_kept_with_their_number_and_the_reason() {
    let place = Place::new();
    let good = note(NOW, "good");
    let forged = good.json().replace("good", "evil");
    let ephemeral = signed(1, 20_001, NOW, &[], "");
    let expired = signed(1, 1, NOW, &[&["expiration", "5"]], "");
    let summary = place
        .import(&[
            "garbage",
            &forged,
            good.json(),
            ephemeral.json(),
            "{}",
            expired.json(),
        ])
        .await;
    let expect = place.path("events.jsonl.rejects.jsonl");
    assert_eq!(summary.rejects, expect);
    assert_eq!(
        summary.to_string(),
        format!(
            "imported 1, already known 0, rejected 5 → {}",
            expect.display()
        )
    );
    let rejects = place.rejects();
    let numbers: Vec<u64> = rejects.iter().map(|(number, ..)| *number).collect();
    assert_eq!(numbers, [1, 2, 4, 5, 6]);
    assert!(
        rejects
            .iter()
            .all(|(_, reason, _)| reason.starts_with("invalid: ")),
        "{rejects:?}"
    );
    assert_eq!(rejects[0].2, "garbage");
    assert_eq!(rejects[1].2, forged);
    assert!(rejects[2].1.contains("ephemeral"));
}

#[tokio::test]
async fn deleted_and_superseded_events_are_accounted_for() {
    let place = Place::new();
    let deleted = note(NOW, "regretted");
    let deletion = signed(1, 5, NOW + 1, &[&["e", &deleted.id().to_string()]], "");
    assert_eq!(place.import(&[deletion.json()]).await.imported, 1);
    let (older, newer) = (
        signed(2, 0, NOW, &[], "{}"),
        signed(2, 0, NOW + 1, &[], "{}"),
    );
    assert_eq!(place.import(&[newer.json()]).await.imported, 1);
    let summary = place.import(&[deleted.json(), older.json()]).await;
    assert_eq!((summary.superseded, summary.rejected), (1, 1));
    assert!(place.rejects()[0].1.starts_with("blocked: "));
}

#[tokio::test]
async fn nip11_22_limits_for_clients_do_not_apply() {
    let mut place = Place::new();
    place.config.limits.created_at_lower_limit_seconds = Some(1);
    place.config.limits.max_event_tags = 1;
    place.config.limits.max_content_length_chars = 1;
    place.config.limits.min_pow_difficulty = 256;
    let event = signed(1, 1, 5, &[&["t", "a"], &["t", "b"], &["-"]], "long");
    let summary = place.import(&[event.json()]).await;
    assert_eq!(summary.rejected, 0, "{:?}", place.rejects());
}

#[tokio::test]
async fn filters_choose_what_is_exported() {
    let place = Place::new();
    let (one, seven) = (note(NOW, "a"), signed(2, 7, NOW, &[], "+"));
    place.import(&[one.json(), seven.json()]).await;
    assert_eq!(place.export(&[r#"{"kinds":[7]}"#]).await, [seven.json()]);
    assert_eq!(
        place
            .export(&[r#"{"kinds":[7]}"#, r#"{"kinds":[1]}"#])
            .await
            .len(),
        2
    );
}

#[tokio::test]
async fn a_bad_filter_is_named_and_nothing_is_written() {
    let place = Place::new();
    let output = place.path("out.jsonl");
    let filters = ["{\"kinds\":5}".to_owned()];
    let error = export(&place.config, &output, &filters, pending())
        .await
        .unwrap_err();
    assert!(
        error.to_string().starts_with("--filter {\"kinds\":5}: "),
        "{error}"
    );
    assert!(!output.exists());
}

#[tokio::test]
async fn a_folder_in_use_is_left_alone() {
    let place = Place::new();
    let _relay = DataFolder::open(&place.config.data.folder).unwrap();
    let input = place.write("events.jsonl", &[]);
    let error = import(&place.config, &input, None, pending())
        .await
        .unwrap_err();
    assert!(
        error.to_string().ends_with("in use by another kith-relay"),
        "{error}"
    );
    let output = place.path("out.jsonl");
    let error = export(&place.config, &output, &[], pending())
        .await
        .unwrap_err();
    assert!(
        error.to_string().ends_with("in use by another kith-relay"),
        "{error}"
    );
}

#[tokio::test]
async fn unreadable_and_unwritable_files_are_named() {
    let place = Place::new();
    let missing = place.path("missing.jsonl");
    let error = import(&place.config, &missing, None, pending())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("missing.jsonl: "), "{error}");
    let input = place.write("events.jsonl", &["garbage"]);
    let error = import(&place.config, &input, Some(input.clone()), pending())
        .await
        .unwrap_err();
    assert!(matches!(error, ImportError::RejectsAreInput(_)));
    let nowhere = Some(place.path("no/such/folder"));
    let error = import(&place.config, &input, nowhere, pending())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("the rejects file"), "{error}");
    let output = place.path("no/such/file");
    let error = export(&place.config, &output, &[], pending())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("no/such/file: "), "{error}");
}

#[tokio::test]
async fn a_stopped_import_keeps_what_it_has_and_says_so() {
    let place = Place::new();
    let input = place.write("events.jsonl", &[note(NOW, "a").json()]);
    let summary = import(&place.config, &input, None, async {}).await.unwrap();
    assert!(summary.stopped);
    assert!(summary.to_string().ends_with("import again to continue"));
}

#[tokio::test]
async fn a_stopped_export_leaves_no_file() {
    let place = Place::new();
    place.import(&[note(NOW, "a").json()]).await;
    let output = place.path("out.jsonl");
    let error = export(&place.config, &output, &[], async {}).await;
    // The export of one event may be faster than the stop.
    if error.is_err() {
        assert!(!output.exists());
    }
    assert!(!place.path("out.jsonl.partial").exists());
}
