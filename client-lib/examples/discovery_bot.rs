//! A bot that announces new meetups near a place: on standard output, and with a key in `KITH_KEY` as
//! notes of its own.
//!
//! ```sh
//! cargo run -p kith-client --example discovery_bot -- Brighton ws://127.0.0.1:7447
//! ```

use std::error::Error;

use kith_client::place::parse_place;
use kith_client::{Draft, Keys, Kind, Kith, MeetupView, News, Search, Subject};

/// How far from the place, in kilometres.
const RADIUS_KM: f64 = 25.0;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let place = parse_place(&words.next().ok_or("usage: discovery_bot PLACE RELAY…")?)?;
    let mut builder = Kith::builder().relays(words);
    if let Ok(key) = std::env::var("KITH_KEY") {
        builder = builder.signer(Keys::parse(&key)?);
    }
    let kith = builder.connect().await?;
    let search = Search::new().near(place.point, RADIUS_KM)?;
    let mut watch = kith.watch(&search).await?;
    println!("watching {RADIUS_KM} km around {}", place.label);
    loop {
        let announcement = tokio::select! {
            announcement = watch.next() => announcement,
            _ = tokio::signal::ctrl_c() => None,
        };
        let Some(announcement) = announcement else {
            break;
        };
        if let (News::New, Subject::Meetup(meetup)) = (announcement.news, announcement.subject) {
            announce(&kith, &meetup).await?;
        }
    }
    kith.disconnect().await;
    Ok(())
}

/// Says that there is a meetup. A relay that refuses the note does not end the bot.
async fn announce(kith: &Kith, meetup: &MeetupView) -> Result<(), Box<dyn Error>> {
    let text = announcement(meetup)?;
    println!("{text}");
    if kith.public_key().is_some() {
        let note = Draft {
            kind: Kind::TEXT_NOTE,
            created_at: None,
            tags: vec![vec!["a".to_owned(), meetup.address().to_string()]],
            content: text,
        };
        match kith.publish(&note).await {
            Ok(published) => println!("told {} relays", published.accepted.len()),
            Err(error) => eprintln!("not told: {error}"),
        }
    }
    Ok(())
}

/// What, when, where, and the link that other programs open.
fn announcement(meetup: &MeetupView) -> Result<String, Box<dyn Error>> {
    let when = match meetup.starts_at() {
        Some(start) => jiff::Timestamp::from_second(i64::try_from(start)?)?.to_string(),
        None => "some time".to_owned(),
    };
    let title = plain(&meetup.display_title());
    let place = meetup.places().first().map(|place| plain(place));
    let place = place.unwrap_or_else(|| "a place to be announced".to_owned());
    Ok(format!(
        "{title}: {when}, {place} nostr:{}",
        meetup.naddr()?
    ))
}

/// Titles are written by strangers: nothing in them may steer a terminal.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}
