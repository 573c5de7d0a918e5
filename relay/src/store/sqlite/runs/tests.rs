//! Runs against a plain ordered set, through merges, failures, reopening and readers that stay.

use std::collections::BTreeSet;
use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;

use super::entry::Marked;
use super::*;
use crate::store::sqlite::keys::Position;
use crate::store::sqlite::schema;

/// The same numbers in every run of a test.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

struct Place {
    folder: TempDir,
    index: Connection,
    reader: Connection,
    shared: Arc<Runs>,
    merger: Merger,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let index = schema::open_index(folder.path()).unwrap();
        Self::over(folder, index)
    }

    fn over(folder: TempDir, index: Connection) -> Self {
        let shared = Arc::new(Runs::open(&index, 1 << 16, 1 << 16).unwrap());
        let merger = Merger::open(shared.clone(), &index).unwrap();
        let reader = schema::open_reader(folder.path(), schema::INDEX_FILE).unwrap();
        Place {
            folder,
            index,
            reader,
            shared,
            merger,
        }
    }

    fn reopened(self) -> Self {
        let Place { folder, .. } = self;
        let index = schema::open_index(folder.path()).unwrap();
        Self::over(folder, index)
    }

    fn in_transaction(&mut self, work: impl FnOnce(&mut Merger, &Connection)) {
        let transaction = self.index.transaction().unwrap();
        work(&mut self.merger, &transaction);
        transaction.commit().unwrap();
        self.merger.publish();
    }

    fn add(&mut self, entries: Vec<Marked>) {
        let changes = entries.into_iter().collect();
        self.in_transaction(|merger, index| merger.add(changes, index).unwrap());
    }

    fn merge_all(&mut self) {
        while self.merger.has_work() {
            self.in_transaction(|merger, index| merger.step_at_leisure(1000, index).unwrap());
        }
    }

    fn read(&self, manifest: &Manifest, from: Entry, entries_max: usize) -> Vec<Entry> {
        let mut scan = manifest.scan(from, self.shared.blocks(&self.reader));
        let mut read = Vec::new();
        while read.len() < entries_max
            && let Some(entry) = scan.next().unwrap()
        {
            read.push(entry);
        }
        read
    }

    /// The blocks of all others cannot be read any more.
    fn keep_only_the_newest_run(&self) {
        let manifest = self.shared.manifest();
        let newest = manifest.runs().iter().map(|run| run.number).max().unwrap();
        let delete = "DELETE FROM block WHERE number < ?1";
        self.index.execute(delete, [newest << 32]).unwrap();
    }

    fn read_key(&self, from: Entry) -> Option<Entry> {
        let manifest = self.shared.manifest();
        let mut scan = manifest.scan_key(from, self.shared.blocks(&self.reader));
        scan.next().unwrap()
    }

    fn all(&self) -> Vec<Entry> {
        self.read(&self.shared.manifest(), Entry::FIRST, usize::MAX)
    }

    fn blocks(&self) -> u64 {
        let count = "SELECT count(*) FROM block";
        self.index.query_row(count, [], |row| row.get(0)).unwrap()
    }
}

fn entry(dice: &mut Dice, sequence: i64) -> Entry {
    let table = Table::ALL[dice.below(11) as usize];
    let group = match table {
        Table::Time => Group::ALL_EVENTS,
        Table::Kind => Group::of_kind(dice.below(3) as u16),
        _ => Group {
            table,
            key: dice.below(40) as i64 - 20,
            kind: dice.below(2) as u16,
        },
    };
    // Later entries are younger, so that runs are of different times.
    let age = (1_i64 << 52) - sequence * 10 + dice.below(100) as i64;
    Entry {
        group,
        position: Position {
            age,
            id_prefix: dice.below(3) as i64,
            sequence,
        },
    }
}

fn added(entry: Entry) -> Marked {
    let removed = false;
    Marked { entry, removed }
}

fn taken_away(entry: Entry) -> Marked {
    let removed = true;
    Marked { entry, removed }
}

#[test]
fn runs_hold_what_a_set_would_hold() {
    let mut dice = Dice(0x5eed_1234_5678_9abc);
    let mut place = Place::new();
    let mut model = BTreeSet::new();
    let mut sequence = 0;
    let mut kept: Option<(Arc<Manifest>, Vec<Entry>)> = None;
    for round in 0..120 {
        let mut change = Vec::new();
        for _ in 0..dice.below(700) {
            sequence += 1;
            change.push(entry(&mut dice, sequence));
        }
        let fresh = change.clone();
        let mut change: Vec<Marked> = change.into_iter().map(added).collect();
        let old: Vec<Entry> = model.iter().copied().collect();
        for _ in 0..dice.below(80).min(old.len() as u64) {
            change.push(taken_away(old[dice.below(old.len() as u64) as usize]));
        }
        match dice.below(6) {
            0 => {
                // A transaction that fails leaves everything as it was.
                let transaction = place.index.transaction().unwrap();
                let changes = change.into_iter().collect();
                place.merger.add(changes, &transaction).unwrap();
                place.merger.step(700, &transaction).unwrap();
                drop(transaction);
                place.merger.abandon();
            }
            chance => {
                model.extend(fresh);
                for marked in &change {
                    if marked.removed {
                        model.remove(&marked.entry);
                    }
                }
                let step = dice.below(1500);
                place.in_transaction(|merger, index| {
                    merger.add(change.into_iter().collect(), index).unwrap();
                    match chance {
                        2..4 => merger.step_at_leisure(step, index).unwrap(),
                        _ => merger.step(step, index).unwrap(),
                    }
                });
                if chance == 1 {
                    place = place.reopened();
                    kept = None;
                }
            }
        }
        assert_eq!(place.all(), model.iter().copied().collect::<Vec<_>>());
        for _ in 0..10 {
            let from = entry(&mut dice, sequence / 2);
            let expected: Vec<Entry> = model.range(from..).take(7).copied().collect();
            assert_eq!(place.read(&place.shared.manifest(), from, 7), expected);
        }
        for wanted in model.iter().step_by(2_003) {
            assert!(place.shared.manifest().may_have(wanted));
            assert_eq!(place.read_key(*wanted), Some(*wanted));
        }
        // Whoever holds what was there before can still read it.
        if let Some((manifest, entries)) = &kept {
            assert_eq!(&place.read(manifest, Entry::FIRST, usize::MAX), entries);
        }
        if round % 10 == 0 {
            kept = Some((place.shared.manifest(), place.all()));
        }
    }
    drop(kept);
    place.merge_all();
    assert_eq!(place.all(), model.iter().copied().collect::<Vec<_>>());
    let runs = place.shared.manifest().runs().len();
    assert!(runs < 4 * 4, "{runs} runs");
}

#[test]
fn at_leisure_all_runs_become_one_when_the_rest_is_a_quarter_of_the_largest() {
    let mut dice = Dice(5);
    let mut place = Place::new();
    let mut add = |place: &mut Place, count: i64| {
        let entries = (0..count).map(|number| entry(&mut dice, number + 1_000 * count));
        place.add(entries.map(added).collect());
    };
    let lengths = |place: &Place| -> Vec<u64> {
        let manifest = place.shared.manifest();
        manifest.runs().iter().map(|run| run.entries).collect()
    };
    add(&mut place, 41);
    add(&mut place, 6);
    place.merge_all();
    assert_eq!(lengths(&place), [41, 6]);
    add(&mut place, 5);
    assert!(place.merger.has_work());
    // Only at leisure.
    place.in_transaction(|merger, index| merger.step(1_000, index).unwrap());
    assert_eq!(lengths(&place), [41, 6, 5]);
    place.merge_all();
    assert_eq!(lengths(&place), [52]);
    assert!(!place.merger.has_work());
}

#[test]
fn what_was_added_and_taken_away_leaves_nothing() {
    let mut dice = Dice(77);
    let mut place = Place::new();
    let entries: Vec<Entry> = (0..5_000).map(|number| entry(&mut dice, number)).collect();
    for some in entries.chunks(1_000) {
        place.add(some.iter().copied().map(added).collect());
    }
    for some in entries.chunks(500) {
        place.add(some.iter().copied().map(taken_away).collect());
    }
    assert_eq!(place.all(), []);
    // Each in one merge with its counterpart.
    while place.shared.manifest().runs().len() > 1 {
        place.add(vec![added(entries[0]), taken_away(entries[0])]);
        place.add(vec![added(entry(&mut dice, 9_000))]);
        place.merge_all();
    }
    let entries: u64 = place
        .shared
        .manifest()
        .runs()
        .iter()
        .map(|run| run.entries)
        .sum();
    assert!(entries < 20, "{entries} are left");
}

/// The entries of an event under its place and under its one word.
fn with_a_word(event: i64, word: i64) -> [Entry; 2] {
    [(Table::PlaceStart, 7), (Table::WordStart, word)].map(|(table, key)| Entry {
        group: Group {
            table,
            key,
            kind: (event % 3) as u16,
        },
        position: Position {
            age: 1_000 + event % 50,
            id_prefix: event * 31 % 17,
            sequence: event,
        },
    })
}

#[test]
fn what_stands_beside_an_entry_is_found_in_its_run() {
    let mut place = Place::new();
    for part in 0..9 {
        let events = (0..700).map(|number| part * 700 + number);
        let mut change: Vec<Marked> = events
            .clone()
            .flat_map(|event| with_a_word(event, event % 4))
            .map(added)
            .collect();
        // Each seventh of the part before is taken away again.
        let gone = events.map(|event| event - 700);
        let gone = gone.filter(|event| *event >= 0 && event % 7 == 0);
        change.extend(
            gone.flat_map(|event| with_a_word(event, event % 4))
                .map(taken_away),
        );
        place.add(change);
        if part % 3 == 2 {
            place.in_transaction(|merger, index| merger.step(2_000, index).unwrap());
        }
    }
    let manifest = place.shared.manifest();
    assert!(manifest.runs().len() > 1);
    let mut scan = manifest.scan(Entry::FIRST, place.shared.blocks(&place.reader));
    let mut found = 0;
    while let Some(entry) = scan.next().unwrap() {
        if entry.group.table == Table::PlaceStart {
            found += 1;
            let event = entry.position.sequence;
            for word in 0..4 {
                let [_, beside] = with_a_word(event, word);
                assert_eq!(scan.has_beside(&beside).unwrap(), word == event % 4);
            }
        }
    }
    assert_eq!(found, 9 * 700 - 8 * 100);
}

#[test]
fn blocks_go_when_nobody_reads_them_and_not_before() {
    let mut dice = Dice(99);
    let mut place = Place::new();
    for part in 0..4 {
        let entries = (0..3_000).map(|number| added(entry(&mut dice, part * 10_000 + number)));
        place.add(entries.collect());
    }
    let before = place.blocks();
    let manifest = place.shared.manifest();
    let entries = place.all();
    place.merge_all();
    assert_eq!(place.shared.manifest().runs().len(), 1);
    assert!(place.blocks() > before * 3 / 2, "both are there");
    assert_eq!(place.read(&manifest, Entry::FIRST, usize::MAX), entries);
    drop(manifest);
    place.merge_all();
    assert!(place.blocks() <= before, "only what was merged");
    assert_eq!(place.all(), entries);
}

#[test]
fn what_a_crash_left_of_a_merge_is_cleared_away() {
    let mut dice = Dice(5);
    let mut place = Place::new();
    for part in 0..4 {
        let entries = (0..3_000).map(|number| added(entry(&mut dice, part * 10_000 + number)));
        place.add(entries.collect());
    }
    let before = place.blocks();
    place.in_transaction(|merger, index| merger.step(6_000, index).unwrap());
    assert!(place.blocks() > before, "half of the merge is written");
    let entries = place.all();
    let mut place = place.reopened();
    place.merge_all();
    assert_eq!(place.all(), entries);
    assert_eq!(place.shared.manifest().runs().len(), 1);
    assert!(place.blocks() <= before);
}

#[test]
fn runs_of_other_times_are_not_looked_into() {
    let mut place = Place::new();
    let position = |sequence| Position {
        age: 1_000_000 - sequence,
        id_prefix: 0,
        sequence,
    };
    let group = Group::of_kind(1);
    for part in 0..3 {
        let entries = (0..1_000).map(|number| Entry {
            group,
            position: position(part * 1_000 + number),
        });
        place.add(entries.map(added).collect());
    }
    place.keep_only_the_newest_run();
    let read = place.read(&place.shared.manifest(), Entry::beginning(group), 900);
    let expected = (2_100..3_000).rev().map(position);
    assert!(read.iter().map(|entry| entry.position).eq(expected));
}

#[test]
fn a_block_that_is_missing_or_damaged_is_an_error_that_says_what_to_do() {
    let mut place = Place::new();
    let entries = (0..500).map(|number| added(entry(&mut Dice(number as u64 + 1), number)));
    place.add(entries.collect());
    for damage in ["UPDATE block SET bytes = x'ffff'", "DELETE FROM block"] {
        place.index.execute(damage, []).unwrap();
        let shared = Runs::open(&place.index, 0, 0).unwrap();
        let blocks = shared.blocks(&place.index);
        let error = shared.manifest().scan(Entry::FIRST, blocks).next();
        let error = error.unwrap_err().to_string();
        assert!(error.contains("delete index.db"), "{error}");
    }
}

#[test]
fn runs_without_a_key_are_not_looked_into() {
    let mut place = Place::new();
    let id = |number: i64| {
        let mut entry = entry(&mut Dice(number as u64 + 1), number);
        entry.group = Group {
            table: Table::Tag,
            key: number * 1_000_003,
            kind: 1,
        };
        entry
    };
    for part in 0..3 {
        place.add(
            (0..1_000)
                .map(|number| added(id(part * 1_000 + number)))
                .collect(),
        );
    }
    assert!(
        !place.shared.manifest().may_have(&id(77_777))
            || !place.shared.manifest().may_have(&id(77_778))
    );
    place.keep_only_the_newest_run();
    let manifest = place.shared.manifest();
    let found = (2_000..3_000).filter(|number| {
        let blocks = place.shared.blocks(&place.reader);
        matches!(manifest.scan_key(id(*number), blocks).next(), Ok(Some(entry)) if entry == id(*number))
    });
    // The others would have to be looked for in a run that cannot be read.
    assert!(found.count() > 900);
}
