//! How fast an announcement reaches many people: each gets a private message in a wrap of their own,
//! stored before it is sent, so two signatures and two encryptions for each person are what it costs
//! at least. Made-up people follow a made-up community on a relay that takes all of it.

use std::time::Instant;

use anyhow::{Context, ensure};
use clap::Args;
use kith_client::{Audience, Keys, Kith, Local, NewAnnouncement, NewCommunity};
use kith_nips::nip01::Draft;
use kith_nips::{EventId, Kind};
use nostr::EventBuilder;

use crate::ingest::{Options, Prepared, publish};

/// Wraps that are made on one core to know what it can do.
const WRAPS_ALONE: u32 = 2_000;

/// Announce something to many followers of a new community on a relay.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The relay, as ws://host:port
    #[arg(long, default_value = "ws://127.0.0.1:7447")]
    relay: String,
    /// How many follow the community
    #[arg(long, default_value_t = 10_000)]
    people: usize,
}

/// Measures and prints.
///
/// # Errors
/// A relay that does not answer or does not take everything; a full disk.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let alone = runtime.block_on(wraps_per_second())?;
    println!("one core makes {alone:.0} wraps/s");
    runtime.block_on(announce(arguments, alone))
}

/// What sealing and wrapping cost alone.
async fn wraps_per_second() -> anyhow::Result<f64> {
    let (sender, receiver) = (Keys::generate(), Keys::generate().public_key());
    let begun = Instant::now();
    for number in 0..WRAPS_ALONE {
        let message = EventBuilder::private_msg_rumor(receiver, format!("message {number}"));
        let rumor = message.build(sender.public_key());
        EventBuilder::gift_wrap(&sender, &receiver, rumor, []).await?;
    }
    Ok(f64::from(WRAPS_ALONE) / begun.elapsed().as_secs_f64())
}

async fn announce(arguments: &Arguments, alone: f64) -> anyhow::Result<()> {
    let organizer = Kith::builder()
        .relay(&arguments.relay)
        .signer(Keys::generate());
    let kith = organizer.connect().await?;
    let community = kith
        .create_community(&NewCommunity::new("Announced"))
        .await?;
    let events = followers(community.id, arguments)?;
    let lines: Vec<&str> = events.iter().map(String::as_str).collect();
    let taken = publish(&arguments.relay, Prepared::new(&lines, Options::default())?).await?;
    ensure!(taken.refused == 0, "{:?}", taken.first_refusal);

    let folder = tempfile::tempdir()?;
    let local = Local::open(folder.path().join("local.db")).await?;
    let text = "The next meetup is in the library";
    let new = NewAnnouncement::new(community.id, Audience::Followers, text);
    let begun = Instant::now();
    let mut announcing = kith.announce(&local, &new).await?;
    let asked = begun.elapsed();
    let mut reached = 0;
    while let Some(told) = announcing.next().await {
        let told = told?;
        ensure!(
            told.delivery.is_reached(),
            "{}: {}",
            told.person,
            told.delivery
        );
        reached += 1;
    }
    ensure!(reached == arguments.people, "{reached} were reached");
    let seconds = (begun.elapsed() - asked).as_secs_f64();
    let rate = reached as f64 / seconds;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "who it is for, and their inboxes: {:.2} s",
        asked.as_secs_f64()
    );
    println!("reached {reached} people in {seconds:.2} s: {rate:.0} people/s");
    println!(
        "{:.0} % of what {cores} cores make of wraps, with the relay on the same machine",
        rate / (alone * cores as f64) * 100.0
    );
    let again = Instant::now();
    let mut announcing = kith.announce(&local, &new).await?;
    ensure!(
        announcing.next().await.is_none(),
        "somebody was written to twice"
    );
    println!(
        "the same again, to nobody: {:.2} s",
        again.elapsed().as_secs_f64()
    );
    Ok(())
}

/// Who follows the community and receives messages at the relay, as JSON.
fn followers(community: EventId, arguments: &Arguments) -> anyhow::Result<Vec<String>> {
    let now = jiff::Timestamp::now().as_second();
    let now = u64::try_from(now).context("a clock before 1970")?;
    let mut events = Vec::with_capacity(2 * arguments.people);
    // Nobody follows in the same second as everybody else.
    for created_at in (0..now).rev().take(arguments.people) {
        let keys = Keys::generate();
        let tags = [
            (
                Kind::COMMUNITY_FOLLOWS,
                ["e".to_owned(), community.to_string()],
            ),
            (
                Kind::INBOX_RELAYS,
                ["relay".to_owned(), arguments.relay.clone()],
            ),
        ];
        for (kind, tag) in tags {
            let draft = Draft {
                kind,
                created_at: None,
                tags: vec![tag.to_vec()],
                content: String::new(),
            };
            events.push(draft.sign(&keys, created_at)?.json().to_owned());
        }
    }
    Ok(events)
}
