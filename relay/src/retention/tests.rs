//! What is old goes, and nothing else, from a real store.

use std::sync::Arc;

use kith_nips::{Event, Filter};

use super::*;
use crate::config::{Config, RetentionRule};
use crate::session::fake_store::FakeStore;
use crate::store::contract::{Backend, NOW, Sqlite, signed};
use crate::store::{Outcome, ScanOptions};
use crate::subscriptions::Subscriptions;

const DAY: u64 = 86_400;

/// A store in a folder of its own.
struct Held {
    store: Arc<dyn Store>,
    folder: tempfile::TempDir,
}

impl Held {
    async fn with<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let held = Held {
            store: Arc::from(Sqlite::open(folder.path())),
            folder,
        };
        held.save(events).await;
        held
    }

    async fn save<'a>(&self, events: impl IntoIterator<Item = &'a Event>) {
        let events = events.into_iter().cloned().map(Arc::new).collect();
        let outcomes = self.store.save_all(events).await.unwrap();
        let is_saved = |outcome: &Outcome| matches!(outcome, Outcome::Saved(_));
        assert!(outcomes.iter().all(is_saved), "{outcomes:?}");
    }

    async fn run(&self, policy: &RetentionPolicy) -> Deleted {
        self.run_up_to(REMOVALS_PER_RUN_MAX, policy).await
    }

    async fn run_up_to(&self, removals_max: usize, policy: &RetentionPolicy) -> Deleted {
        let sweep = Sweep::new(self.store.as_ref(), removals_max);
        run(sweep, policy, NOW).await.unwrap()
    }

    /// Whether exactly these are still there.
    async fn check_left(&self, expected: &[&Event], of: &[&Event]) {
        for event in of {
            let is_there = self.store.holds(event.id()).await.unwrap();
            assert_eq!(is_there, expected.contains(event), "{}", event.json());
        }
    }
}

fn meetups_after(days: u64) -> RetentionPolicy {
    RetentionPolicy {
        meetup_seconds_after_end: Some(days * DAY),
        interval_seconds: 3_600,
        ..RetentionPolicy::default()
    }
}

fn by_age(rules: &[(Option<&[u16]>, u64)]) -> RetentionPolicy {
    let rules = rules.iter().map(|(kinds, days)| AgeRule {
        kinds: kinds.map(|kinds| kinds.iter().map(|kind| Kind::new(*kind)).collect()),
        older_than_seconds: days * DAY,
    });
    RetentionPolicy {
        rules: rules.collect(),
        ..RetentionPolicy::default()
    }
}

/// A meetup of Alice, announced a year before it.
fn meetup(name: &str, start: u64, end: Option<u64>) -> Event {
    let (start, end) = (start.to_string(), end.map(|end| end.to_string()));
    let mut tags = vec![vec!["d", name], vec!["start", &start]];
    tags.extend(end.as_deref().map(|end| vec!["end", end]));
    let tags: Vec<&[&str]> = tags.iter().map(Vec::as_slice).collect();
    signed(1, 31923, NOW - 365 * DAY, &tags, "")
}

fn address(event: &Event) -> String {
    event.address().unwrap().to_string()
}

/// An answer to a meetup, comments on it and on a comment on it.
fn belonging(meetup: &Event) -> Vec<Event> {
    let (id, address) = (meetup.id().to_string(), address(meetup));
    let of = |author, kind, tags: &[&[&str]]| signed(author, kind, NOW - 200 * DAY, tags, &id);
    let comment = of(3, 1111, &[&["A", &address], &["a", &address], &["E", &id]]);
    let comment_id = comment.id().to_string();
    vec![
        of(2, 31925, &[&["d", &id], &["a", &address]]),
        of(4, 1111, &[&["A", &address], &["e", &comment_id]]),
        of(5, 1111, &[&["E", &id], &["e", &id]]),
        of(6, 1111, &[&["e", &id]]),
        comment,
    ]
}

#[tokio::test]
async fn a_meetup_that_is_over_goes_with_all_that_belongs_to_it() {
    let over = NOW - 30 * DAY;
    let past = meetup("past", over - 7_200, Some(over));
    let instant = meetup("instant", over, None);
    // From the 45th to the 40th day before.
    let days = [
        ["d", "days"],
        ["start", "2023-09-30"],
        ["end", "2023-10-05"],
    ];
    let days = days.each_ref().map(|tag| tag.as_slice());
    let days = signed(1, 31922, NOW - 365 * DAY, &days, "");
    let recent = meetup("recent", over - 7_200, Some(over + 1));
    let coming = meetup("coming", NOW + DAY, Some(NOW + 2 * DAY));
    let lasting = meetup("lasting", NOW - 300 * DAY, Some(NOW + DAY));
    let timeless = signed(
        1,
        31923,
        NOW - 365 * DAY,
        &[&["d", "x"], &["start", "soon"]],
        "",
    );
    let others: Vec<Event> = [&recent, &coming, &lasting]
        .into_iter()
        .flat_map(belonging)
        .collect();
    let gone = belonging(&past);
    let about_something_else = signed(2, 1111, NOW, &[&["A", "31923:x:past"]], "");
    let all: Vec<&Event> = [
        &past, &instant, &days, &recent, &coming, &lasting, &timeless,
    ]
    .into_iter()
    .chain(&others)
    .chain(&gone)
    .chain([&about_something_else])
    .collect();
    let left: Vec<&Event> = [&recent, &coming, &lasting, &timeless, &about_something_else]
        .into_iter()
        .chain(&others)
        .collect();
    let held = Held::with(all.iter().copied()).await;
    let counting = Sweep::counting(held.store.as_ref());
    let counted = run(counting, &meetups_after(30), NOW).await.unwrap();
    held.check_left(&all, &all).await;
    let deleted = held.run(&meetups_after(30)).await;
    assert_eq!(deleted, counted);
    assert_eq!((deleted.meetups, deleted.belonging), (3, 5));
    assert!(!deleted.is_cut);
    held.check_left(&left, &all).await;
    assert_eq!(held.run(&meetups_after(30)).await, Deleted::default());
}

#[tokio::test]
async fn a_meetup_that_was_moved_to_another_day_stays_with_its_answers() {
    let past = meetup("walk", NOW - 60 * DAY, None);
    let start = (NOW + DAY).to_string();
    let moved = signed(1, 31923, NOW, &[&["d", "walk"], &["start", &start]], "");
    let answers = belonging(&moved);
    let held = Held::with([&past, &moved].into_iter().chain(&answers)).await;
    assert_eq!(held.run(&meetups_after(30)).await, Deleted::default());
    // It was moved after the run had read it.
    let mut sweep = Sweep::new(held.store.as_ref(), 100);
    let mut deleted = Deleted::default();
    let deleting = meetups::delete_with_answers(&mut sweep, &past, &mut deleted);
    deleting.await.unwrap();
    assert_eq!(deleted, Deleted::default());
    let all: Vec<&Event> = [&moved].into_iter().chain(&answers).collect();
    held.check_left(&all, &all).await;
}

#[tokio::test]
async fn what_is_cut_off_goes_with_the_next_run_and_the_meetup_last() {
    let past = meetup("past", NOW - 60 * DAY, None);
    let belonging = belonging(&past);
    let held = Held::with([&past].into_iter().chain(&belonging)).await;
    let policy = meetups_after(30);
    for (meetups, belonging, is_cut) in [(0, 2, true), (0, 2, true), (1, 1, false)] {
        let deleted = held.run_up_to(2, &policy).await;
        assert_eq!((deleted.meetups, deleted.belonging), (meetups, belonging));
        assert_eq!(deleted.is_cut, is_cut);
    }
    assert_eq!(held.store.status().await.unwrap().events, 0);
}

#[tokio::test]
async fn a_run_reads_on_behind_meetups_that_take_long() {
    let lasting: Vec<Event> = (0..1_005)
        .map(|number| meetup(&number.to_string(), NOW - 300 * DAY, Some(NOW + DAY)))
        .collect();
    let past = meetup("past", NOW - 60 * DAY, None);
    let held = Held::with(lasting.iter().chain([&past])).await;
    assert_eq!(held.run(&meetups_after(30)).await.meetups, 1);
    assert_eq!(held.store.status().await.unwrap().events, 1_005);
}

#[tokio::test]
async fn rules_take_what_they_name_at_its_age() {
    let at = |kind, days_ago: u64| signed(1, kind, NOW - days_ago * DAY, &[], "");
    let (old, new) = (at(42, 365), at(42, 364));
    let (old_text, new_text) = (at(1, 31), at(1, 29));
    let other = at(7, 1_000);
    let all = [&old, &new, &old_text, &new_text, &other];
    let held = Held::with(all).await;
    let policy = by_age(&[(Some(&[42]), 365), (Some(&[9, 1]), 30)]);
    let deleted = held.run(&policy).await;
    assert_eq!(deleted.by_rule, [1, 1]);
    held.check_left(&[&new, &new_text, &other], &all).await;
}

#[tokio::test]
async fn a_rule_for_all_kinds_spares_what_has_to_be_named_and_what_is_still_to_come() {
    let by = |author, kind, tags: &[&[&str]]| signed(author, kind, NOW - 1_000 * DAY, tags, "");
    let community = by(1, 1037, &[]);
    let id = community.id().to_string();
    let named: &[&[&str]] = &[&["d", &id], &["e", &id]];
    let mut spared = vec![
        community,
        meetup("coming", NOW + DAY, None),
        by(8, 62, &[]),
        by(9, 5, &[&["e", &"0".repeat(64)]]),
    ];
    spared.extend([0, 3, 40, 41, 43, 44, 8000, 8001, 10_002, 13_534].map(|kind| by(1, kind, &[])));
    spared.extend([30_000, 30_037, 31_924, 33_534].map(|kind| by(1, kind, named)));
    let old = [1, 7, 42, 1111, 1059, 31_923, 31_925, 30_023].map(|kind| by(1, kind, &[]));
    let all: Vec<&Event> = spared.iter().chain(&old).collect();
    let held = Held::with(all.iter().copied()).await;
    let deleted = held.run(&by_age(&[(None, 365)])).await;
    assert_eq!(deleted.by_rule, [old.len() as u64]);
    let left: Vec<&Event> = spared.iter().collect();
    held.check_left(&left, &all).await;
    // What is named goes, but for what no rule can name.
    let deleted = held.run(&by_age(&[(Some(&[1037, 0, 5, 62]), 365)])).await;
    assert_eq!(deleted.by_rule, [2]);
    let is_named = |event: &&Event| matches!(event.kind(), Kind::COMMUNITY | Kind::PROFILE);
    let left: Vec<&Event> = left.into_iter().filter(|event| !is_named(event)).collect();
    held.check_left(&left, &all).await;
}

#[tokio::test]
async fn a_failure_is_told_to_the_log_and_the_next_run_comes() {
    let store = FakeStore::new(Arc::new(Subscriptions::new()));
    store.fail();
    let policy = meetups_after(30);
    assert!(run(Sweep::new(&store, 1), &policy, NOW).await.is_err());
    assert_eq!(run_and_tell(&store, &policy, NOW).await, 3_600);
}

#[tokio::test]
async fn the_task_waits_for_a_policy_and_does_what_the_new_one_says() {
    let (old, past) = (
        signed(1, 1, NOW - 40 * DAY, &[], ""),
        meetup("past", NOW - 40 * DAY, None),
    );
    let held = Held::with([&old, &past]).await;
    let (sender, policy) = watch::channel(Arc::new(RetentionPolicy::default()));
    let task = start(Arc::clone(&held.store), policy, || NOW);
    for (policy, left) in [(by_age(&[(Some(&[1]), 30)]), 1), (meetups_after(30), 0)] {
        sender.send_replace(Arc::new(policy));
        while held.store.status().await.unwrap().events > left {
            tokio::task::yield_now().await;
        }
    }
    // Nothing old is left to be found either.
    let everything = held
        .store
        .count(Arc::from([Filter::default()]), ScanOptions::everything(0));
    assert_eq!(everything.await.unwrap(), 0);
    drop(sender);
    task.await.unwrap();
}

#[tokio::test]
async fn the_command_says_what_would_go_and_changes_nothing() {
    let past = meetup("past", NOW - 60 * DAY, None);
    let (chat, text) = (signed(1, 42, NOW, &[], ""), signed(1, 1, NOW, &[], ""));
    let belonging = belonging(&past);
    let all = [&past, &chat, &text].into_iter().chain(&belonging);
    let held = Held::with(all).await;
    let mut config = Config::default();
    config.data.folder = held.folder.path().to_owned();
    let Held { store, folder } = held;
    tokio::task::spawn_blocking(move || store.close())
        .await
        .unwrap();
    let stop = std::future::pending::<()>;
    let words = preview(&config, stop()).await.unwrap().to_string();
    assert_eq!(words, "nothing: no retention is set\n");
    let old = |kinds| RetentionRule {
        kinds,
        older_than_days: 365,
    };
    config.retention.meetup_days_after_end = Some(30);
    config.retention.rules = vec![
        old(Some(vec![Kind::TEXT_NOTE, Kind::CHANNEL_MESSAGE])),
        old(None),
    ];
    for _ in 0..2 {
        let words = preview(&config, stop()).await.unwrap().to_string();
        let expected = "meetups 30 days after their end: 1, with 5 answers and comments\n\
            kinds 1, 42 after 365 days: 2\n\
            all kinds that need not be named after 365 days: 8\n";
        assert_eq!(words, expected);
    }
    config.data.folder = folder.path().join("nowhere");
    let missing = preview(&config, stop()).await;
    assert!(matches!(missing, Err(PreviewError::Missing(_))));
}
