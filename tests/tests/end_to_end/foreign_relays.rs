//! Kith on relays that we did not write, each alone and all together with ours. `.ci/run` builds
//! them (`tests/foreign/relays.sh`) and asks for these tests with the feature `foreign-relays`.

use serde_json::Value;

use super::tour::{story, tour};
use crate::command_line::Person;
use crate::process::RelayProcess;

mod announcing;
mod clocks;
mod program;
mod talking;

use self::program::{ForeignRelay, Software};

/// Ours, and all of theirs.
struct Together {
    ours: RelayProcess,
    theirs: Vec<ForeignRelay>,
    _folder: tempfile::TempDir,
}

impl Together {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ours = RelayProcess::start(folder.path()).await;
        let mut theirs = Vec::new();
        for software in [Software::NostrRsRelay, Software::Khatru] {
            theirs.push(ForeignRelay::start(software).await);
        }
        Together {
            ours,
            theirs,
            _folder: folder,
        }
    }

    fn urls(&self) -> Vec<String> {
        let theirs = self.theirs.iter().map(ForeignRelay::url);
        std::iter::once(self.ours.url()).chain(theirs).collect()
    }
}

async fn tours_on(software: Software) {
    let relay = ForeignRelay::start(software).await;
    for (heading, steps_min) in [("A five-minute tour", 11), ("An organizer's tour", 8)] {
        let folder = tempfile::tempdir().unwrap();
        tour(heading, steps_min, &relay.url(), folder.path()).await;
    }
}

async fn everything_on(relays: &[String]) {
    let relays: Vec<&str> = relays.iter().map(String::as_str).collect();
    story(&relays).await;
    talking::story(&relays).await;
}

#[tokio::test]
async fn the_tours_of_the_readme_work_as_written_on_nostr_rs_relay() {
    tours_on(Software::NostrRsRelay).await;
}

#[tokio::test]
async fn the_tours_of_the_readme_work_as_written_on_khatru() {
    tours_on(Software::Khatru).await;
}

#[tokio::test]
async fn everything_works_on_nostr_rs_relay_alone() {
    let relay = ForeignRelay::start(Software::NostrRsRelay).await;
    everything_on(&[relay.url()]).await;
}

#[tokio::test]
async fn everything_works_on_khatru_alone() {
    let relay = ForeignRelay::start(Software::Khatru).await;
    everything_on(&[relay.url()]).await;
}

#[tokio::test]
async fn everything_works_on_all_relays_together() {
    let relays = Together::start().await;
    let urls = relays.urls();
    everything_on(&urls).await;
    // Ours is asked in words, theirs for the cells of a map.
    let ours = near(&urls[0]).await;
    assert!(ours.len() > 3, "{ours:?}");
    for url in &urls[1..] {
        assert_eq!(near(url).await, ours, "{url}");
    }
}

/// What a stranger finds near Brighton on this relay, in order: ids and distances.
async fn near(relay: &str) -> Vec<(Value, Value)> {
    let stranger = Person::new(relay);
    let found = stranger.json(["near", "Hove", "--radius", "50km"]).await;
    let lists = [&found["communities"], &found["meetups"]];
    let found = lists.into_iter().flat_map(|list| list.as_array().unwrap());
    found
        .map(|found| (found["id"].clone(), found["distance_km"].clone()))
        .collect()
}
