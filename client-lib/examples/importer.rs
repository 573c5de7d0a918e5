//! Announces the events of a calendar file as meetups of a community. A second run changes what has
//! changed and announces nothing twice.
//!
//! ```sh
//! export KITH_KEY=nsec1…
//! cargo run -p kith-client --example importer -- nevent1… events.ics ws://127.0.0.1:7447
//! ```

use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

use kith_client::icalendar::{self, Window};
use kith_client::nip52::Zone;
use kith_client::{ImportOutcome, Keys, Kith, Reference};

/// Repeated events go on for ever; a year of them is announced, in seconds.
const AHEAD_SECONDS: u64 = 365 * 86_400;

const USAGE: &str = "usage: KITH_KEY=nsec1… importer COMMUNITY FILE RELAY…";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let key = std::env::var("KITH_KEY").map_err(|_| USAGE)?;
    run(std::env::args().skip(1), &key, |line| println!("{line}")).await
}

/// Reads and announces; `say` is told what became of each event.
pub async fn run(
    mut words: impl Iterator<Item = String>,
    key: &str,
    mut say: impl FnMut(String),
) -> Result<(), Box<dyn Error>> {
    let community: Reference = words.next().ok_or(USAGE)?.parse()?;
    let file = std::fs::read_to_string(words.next().ok_or(USAGE)?)?;
    let kith = Kith::builder()
        .relays(words)
        .signer(Keys::parse(key)?)
        .connect()
        .await?;

    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let window = Window {
        // Of times that name no zone.
        zone: Zone::utc(),
        from: now,
        to: now + AHEAD_SECONDS,
    };
    let calendar = icalendar::read(&file, &window)?;
    for skipped in &calendar.skipped {
        say(format!("left out: {}: {}", skipped.what, skipped.reason));
    }
    let imported = kith
        .import_meetups(&community, &calendar.events, |_| {})
        .await?;
    for (event, imported) in calendar.events.iter().zip(&imported) {
        let outcome = match &imported.outcome {
            ImportOutcome::Created(_) => "new",
            ImportOutcome::Updated(_) => "changed",
            ImportOutcome::CalledOff => "called off",
            ImportOutcome::Deleted => "deleted here",
            _ => "unchanged",
        };
        let title: String = event.title.chars().filter(|c| !c.is_control()).collect();
        let link = imported.reference.to_nip19()?;
        say(format!("{outcome}: {title} nostr:{link}"));
    }
    kith.disconnect().await;
    Ok(())
}
