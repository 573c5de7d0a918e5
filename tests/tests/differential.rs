//! The whole relay against a model that is too simple to be wrong: both are told the same story
//! over a real socket, and every answer and every delivery must be the same.
//!
//! A story is made from a seed. Without variables, a number of fixed seeds is played, and one that
//! nobody has seen, which is printed:
//!
//! ```sh
//! cargo test -p kith-tests --test differential
//! KITH_DIFFERENTIAL_FILTERS=5000000 cargo test -p kith-tests --test differential   # longer
//! KITH_DIFFERENTIAL_SEED=4711 cargo test -p kith-tests --test differential         # one again
//! ```
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on panics, also in what tests share"
)]

use std::time::Instant;

use tokio::task::JoinSet;

pub(crate) use end_to_end::{events, harness, keeping};

mod differential {
    pub(crate) mod client;
    pub(crate) mod comparison;
    pub(crate) mod fact;
    pub(crate) mod model;
    pub(crate) mod question;
    pub(crate) mod run;
    pub(crate) mod shrink;
    pub(crate) mod tally;
    pub(crate) mod world;
}

#[allow(
    dead_code,
    unused_imports,
    reason = "the end-to-end tests use the rest of what is shared"
)]
#[path = "end_to_end"]
mod end_to_end {
    pub(crate) mod events;
    pub(crate) mod harness;
    pub(crate) mod keeping;
}

use differential::run;
use differential::shrink::shrink;
use differential::tally::Tally;
use differential::world::World;

/// Filters that are asked in all.
const FILTERS: usize = 100_000;
/// Filters about the events of one seed.
const FILTERS_PER_SEED: usize = 1_000;
/// What comes in every run of that length: what does not is not tested.
const ANSWERS: [&str; 24] = [
    "EVENT Taken",
    "EVENT Known(\"duplicate\")",
    "EVENT Refused(\"auth-required\")",
    "EVENT Refused(\"blocked\")",
    "EVENT Refused(\"duplicate\")",
    "EVENT Refused(\"invalid\")",
    "EVENT Refused(\"restricted\")",
    "REQ finish",
    "REQ finish, with events",
    "REQ more, with events",
    "REQ auth-required",
    "REQ invalid",
    "REQ restricted",
    "REQ unsupported",
    "REQ with search finish, with events",
    "REQ with search more, with events",
    "COUNT of some",
    "COUNT auth-required",
    "COUNT restricted",
    "COUNT with search of some",
    "NEG-OPEN with differences",
    "NEG-OPEN with search with differences",
    "NEG-OPEN auth-required",
    "REQ during which events came",
];
/// Worlds that are played at the same time.
const AT_ONCE: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_relay_and_the_model_agree() {
    let variable = |name: &str| {
        let value = std::env::var(name).ok()?;
        Some(value.parse::<u64>().expect("a number"))
    };
    let filters = variable("KITH_DIFFERENTIAL_FILTERS");
    let filters = filters.map_or(FILTERS, |filters| usize::try_from(filters).unwrap());
    let seeds: Vec<u64> = match variable("KITH_DIFFERENTIAL_SEED") {
        Some(seed) => vec![seed],
        None => {
            let fixed = (filters / FILTERS_PER_SEED).saturating_sub(1) as u64;
            (0..fixed).chain([fresh_seed()]).collect()
        }
    };
    let began = Instant::now();
    let mut total = Tally::default();
    let mut differences: Vec<String> = Vec::new();
    let mut waiting = seeds.into_iter();
    let mut playing = JoinSet::new();
    loop {
        while differences.is_empty()
            && playing.len() < AT_ONCE
            && let Some(seed) = waiting.next()
        {
            playing.spawn(agree(seed));
        }
        match playing.join_next().await {
            Some(Ok(Ok(tally))) => total.add(tally),
            Some(Ok(Err(difference))) => differences.push(difference),
            Some(Err(failure)) => differences.push(failure.to_string()),
            None => break,
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    let per_second = total.filters as f64 / seconds;
    println!("{total:#?} in {seconds:.0} s: {per_second:.0} filters/s");
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
    if total.filters >= FILTERS {
        for answer in ANSWERS {
            assert!(total.answers.contains_key(answer), "never: {answer}");
        }
    }
}

fn fresh_seed() -> u64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    let seed = since.as_nanos() as u64 >> 10;
    println!("fresh seed: {seed}");
    seed
}

/// Plays the world of a seed.
///
/// # Errors
/// A difference, made as small as it gets, and how to see it again.
async fn agree(seed: u64) -> Result<Tally, String> {
    let world = World::new(seed, FILTERS_PER_SEED, events::now());
    let difference = match run::play(&world).await {
        Ok(tally) => return Ok(tally),
        Err(difference) => difference,
    };
    let (step, what) = (difference.step, &difference.what);
    println!("seed {seed}, step {step}: {what}\nlooking for something smaller");
    let (world, difference) = shrink(world, difference).await;
    let steps: Vec<String> = world.steps.iter().map(ToString::to_string).collect();
    Err(format!(
        "KITH_DIFFERENTIAL_SEED={seed}, {:?}, {:?}\n{}\nafter step {} of these: {}",
        world.limits,
        world.way,
        steps.join("\n"),
        difference.step,
        difference.what
    ))
}
