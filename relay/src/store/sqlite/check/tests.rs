//! Kinds of tables that an index may have, in files made for the test.

use std::path::PathBuf;

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;

struct Pair {
    folder: TempDir,
}

impl Pair {
    fn new(sql: &str) -> Self {
        let pair = Pair {
            folder: tempfile::tempdir().unwrap(),
        };
        for file in ["kept", "rebuilt"] {
            pair.run(file, sql);
        }
        pair
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn run(&self, file: &str, sql: &str) {
        let connection = Connection::open(self.path(file)).unwrap();
        connection.execute_batch(sql).unwrap();
    }

    fn compare(&self) -> Vec<String> {
        let mut report = CheckReport::default();
        compare::compare(&self.path("kept"), &self.path("rebuilt"), &mut report).unwrap();
        report.findings.iter().map(ToString::to_string).collect()
    }
}

#[test]
fn what_is_not_derived_is_not_compared() {
    let pair = Pair::new("CREATE TABLE state (name, value); CREATE TABLE purge (sequence);");
    pair.run(
        "kept",
        "INSERT INTO state VALUES ('a', 1); INSERT INTO purge VALUES (1);",
    );
    assert_eq!(pair.compare(), [""; 0]);
}

#[test]
fn the_boxes_of_a_spatial_table_are_compared() {
    let pair = Pair::new("CREATE VIRTUAL TABLE places USING rtree(id, west, east);");
    pair.run("kept", "INSERT INTO places VALUES (1, 0.5, 1.5);");
    assert_eq!(
        pair.compare(),
        ["index.db places id=1 west=0.5 east=1.5: the index has it, the log gives no such row"]
    );
    pair.run("rebuilt", "INSERT INTO places VALUES (1, 0.5, 1.5);");
    assert_eq!(pair.compare(), [""; 0]);
}

#[test]
fn values_of_every_type_are_sorted_as_sqlite_sorts_them() {
    let rows = "(NULL), (-1), (2), (10), (2.5), ('a'), ('B'), (x'00'), (x'ff')";
    let pair = Pair::new("CREATE TABLE mixed (value)");
    pair.run("kept", &format!("INSERT INTO mixed VALUES {rows}"));
    assert_eq!(pair.compare().len(), 9);
    pair.run("rebuilt", &format!("INSERT INTO mixed VALUES {rows}"));
    assert_eq!(pair.compare(), [""; 0]);
    pair.run("rebuilt", "DELETE FROM mixed WHERE value = 10");
    assert_eq!(pair.compare().len(), 1);
}

#[test]
fn a_table_that_is_missing_is_named() {
    let pair = Pair::new("");
    pair.run("rebuilt", "CREATE TABLE fresh (a INTEGER PRIMARY KEY)");
    assert_eq!(
        pair.compare(),
        ["index.db fresh (the table): the index has no such row, the log gives it"]
    );
}
