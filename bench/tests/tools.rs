//! The tools against a real relay in this process, with tiny numbers. What is asserted are counts,
//! never times.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics, also in what tests share"
)]

use std::fs;

use clap::Parser;
use kith_bench::world::{DiscoveryWorld, Size, World};
use kith_bench::{block_on, compare, conns, discovery, fanout, ingest, query, scan};
use kith_relay::{Config, Relay, RunningRelay};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

const SIZE: Size = Size {
    events: 800,
    seed: 11,
};

/// A relay on threads of its own, on a free port, with a data folder of its own.
struct TestRelay {
    runtime: Runtime,
    relay: RunningRelay,
    _folder: TempDir,
}

impl TestRelay {
    fn start() -> TestRelay {
        let runtime = Runtime::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.data.folder = folder.path().to_str().unwrap().into();
        let relay = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            Relay::start(config, listener).await.unwrap()
        });
        TestRelay {
            runtime,
            relay,
            _folder: folder,
        }
    }

    /// One that took the world.
    fn with_world() -> TestRelay {
        let test = TestRelay::start();
        let outcome = test.ingest();
        assert_eq!((outcome.events, outcome.refused), (800, 0));
        test
    }

    fn ingest(&self) -> ingest::Outcome {
        let lines = World::new(SIZE).unwrap().lines().unwrap();
        let options = ingest::Options {
            connections: 3,
            outstanding: 16,
        };
        let prepared = ingest::Prepared::new(&lines, options).unwrap();
        block_on(ingest::publish(&self.relay.url(), prepared)).unwrap()
    }

    fn stop(mut self) {
        self.relay.shutdown();
        self.runtime.block_on(self.relay.join()).unwrap();
    }
}

#[test]
fn a_world_is_taken_and_every_question_answered() {
    let test = TestRelay::with_world();
    let options = query::Options {
        connections: 2,
        seconds: 0.1,
    };
    let classes = query::with_mix(&World::new(SIZE).unwrap()).unwrap();
    assert_eq!(classes.len(), 13);
    for class in &classes {
        let outcome = block_on(query::ask(&test.relay.url(), class, options)).unwrap();
        assert!(outcome.questions >= 2, "{}", outcome.class);
        let events = outcome.events_per_req;
        match outcome.class {
            "profiles of 20 people" | "anything, newest 20" => assert_eq!(events, 20.0),
            "nothing there" => assert_eq!(events, 0.0),
            "note by id" | "address" => assert!(0.0 < events && events <= 1.0),
            class => assert!(events > 0.0, "{class}"),
        }
    }
    test.stop();
}

#[test]
fn what_was_published_before_is_taken_again_and_not_refused() {
    let test = TestRelay::with_world();
    assert_eq!(test.ingest().refused, 0);
    test.stop();
}

#[test]
fn each_new_event_reaches_its_group_once() {
    let test = TestRelay::start();
    let options = fanout::Options {
        subscribers: 40,
        reach: 10,
        unpaced_events: 25,
        rate: 50,
        paced_seconds: 1,
    };
    let outcome = block_on(fanout::measure(&test.relay.url(), options)).unwrap();
    assert_eq!(outcome.unpaced_deliveries, 250);
    assert_eq!(outcome.paced_deliveries, 500);
    test.stop();
}

#[test]
fn idle_connections_are_held_and_more_than_one_address_may_have() {
    let test = TestRelay::start();
    let options = conns::Options {
        connections: 300,
        rest_seconds: 0.0,
    };
    let (url, pid) = (test.relay.url(), std::process::id());
    let outcome = block_on(conns::hold(&url, pid, options)).unwrap();
    assert_eq!(outcome.connections, 300);
    assert!(outcome.after.private_bytes > 0);
    test.stop();
}

#[test]
fn simple_questions_are_answered_beside_scans() {
    let test = TestRelay::with_world();
    let classes = query::with_mix(&World::new(SIZE).unwrap()).unwrap();
    let options = scan::Options {
        scans: 5,
        seconds: 0.1,
    };
    let outcome = scan::measure(&test.relay.url(), &scan::points(&classes), options).unwrap();
    assert!(outcome.scanned_events_per_second > 0.0);
    test.stop();
}

/// The command line of `compare`.
#[derive(Parser)]
struct Comparison {
    #[command(flatten)]
    arguments: compare::Arguments,
}

#[test]
fn relays_that_run_already_are_compared_and_written_between_the_marks() {
    let test = TestRelay::with_world();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let relay = |name: &str| {
        format!(
            "[[relay]]\nname = \"{name}\"\nurl = \"{}\"\ndata = \"{}\"\npid = {}\n",
            test.relay.url(),
            folder.path().display(),
            std::process::id()
        )
    };
    fs::write(file("relays.toml"), relay("one") + &relay("two")).unwrap();
    let marks = "<!-- compare: begin -->\nold\n<!-- compare: end -->\n";
    fs::write(file("table.md"), format!("before\n{marks}after\n")).unwrap();
    let words = "compare --rounds 2 --events 800 --seed 11 --only query --query-seconds 0.02";
    let (json, table) = (file("all.json"), file("table.md"));
    let files = ["--json", &json, "--markdown", &table, &file("relays.toml")].map(str::to_owned);
    let words = words.split(' ').map(str::to_owned).chain(files);
    compare::run(&Comparison::parse_from(words).arguments).unwrap();

    let table = fs::read_to_string(table).unwrap();
    assert!(table.starts_with("before\n") && table.ends_with("after\n"));
    assert!(!table.contains("old"));
    assert!(table.contains("| | one | two | two ÷ one |"));
    assert!(table.contains("\n| nothing there: REQ/s | "));
    let all: serde_json::Value = serde_json::from_str(&fs::read_to_string(json).unwrap()).unwrap();
    assert_eq!(all["rounds"].as_array().map(Vec::len), Some(4));
    assert_eq!(
        all["rounds"][3]["failures"].as_array().map(Vec::len),
        Some(0)
    );
    test.stop();
}

#[test]
fn meetups_are_found_by_place_date_and_words_beside_a_writer() {
    let test = TestRelay::start();
    let size = Size {
        events: 4_000,
        seed: 11,
    };
    let world = DiscoveryWorld::new(size).unwrap();
    assert_eq!(discovery::fill(&test.relay.url(), &world).unwrap(), 4_000);
    let options = discovery::Options {
        seconds: 0.3,
        rate: 300,
        rest_seconds: 0.0,
    };
    let classes = discovery::classes(&world).unwrap();
    // The second run finds what the first one wrote.
    for _ in 0..2 {
        let rows = discovery::measure(&test.relay.url(), &world, &classes, options).unwrap();
        assert_eq!(rows.len(), 10);
        for row in &rows {
            assert_eq!(row.questions == 0, row.latency.is_none(), "{row}");
            assert!(row.written_per_second > 0.0, "{row}");
        }
        assert!(rows[..8].iter().all(|row| row.questions > 0));
        assert!(rows.iter().any(|row| row.rows_per_answer > 0.0));
        discovery::Report::of(size, options, rows).check().unwrap();
    }
    // Of another world the relay has nothing, so that its answers are not the right ones.
    let other = DiscoveryWorld::new(Size { seed: 12, ..size }).unwrap();
    let classes = &discovery::classes(&other).unwrap()[..1];
    let rows = discovery::measure(&test.relay.url(), &other, classes, options).unwrap();
    let wrong = discovery::Report::of(size, options, rows)
        .check()
        .unwrap_err();
    assert!(wrong.to_string().contains("not the first 20"), "{wrong}");
    test.stop();
}

#[test]
fn a_relay_that_is_not_there_is_an_error() {
    let line = r#"{"id":"0000000000000000000000000000000000000000000000000000000000000000"}"#;
    let prepared = ingest::Prepared::new(&[line], ingest::Options::default()).unwrap();
    assert!(block_on(ingest::publish("ws://127.0.0.1:1", prepared)).is_err());
    assert!(ingest::Prepared::new(&["{}"], ingest::Options::default()).is_err());
}
