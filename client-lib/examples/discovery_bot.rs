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
    let key = std::env::var("KITH_KEY").ok();
    let ended = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    run(std::env::args().skip(1), key, ended, |line| {
        println!("{line}");
    })
    .await
}

/// Watches until `ended`; `say` is told every line.
pub async fn run(
    mut words: impl Iterator<Item = String>,
    key: Option<String>,
    ended: impl Future<Output = ()>,
    mut say: impl FnMut(String),
) -> Result<(), Box<dyn Error>> {
    let place = words.next().ok_or("usage: discovery_bot PLACE RELAY…")?;
    let place = parse_place(&place)?;
    let mut builder = Kith::builder().relays(words);
    if let Some(key) = key {
        builder = builder.signer(Keys::parse(&key)?);
    }
    let kith = builder.connect().await?;
    let search = Search::new().near(place.point, RADIUS_KM)?;
    let mut watch = kith.watch(&search).await?;
    say(format!("watching {RADIUS_KM} km around {}", place.label));
    let mut ended = std::pin::pin!(ended);
    loop {
        let announcement = tokio::select! {
            announcement = watch.next() => announcement,
            () = &mut ended => None,
        };
        let Some(announcement) = announcement else {
            break;
        };
        if let (News::New, Subject::Meetup(meetup)) = (announcement.news, announcement.subject) {
            let text = text(&meetup)?;
            say(text.clone());
            if kith.public_key().is_some() {
                say(tell(&kith, &meetup, text).await);
            }
        }
    }
    kith.disconnect().await;
    Ok(())
}

/// Publishes a note. Relays that refuse it do not end the bot.
async fn tell(kith: &Kith, meetup: &MeetupView, text: String) -> String {
    let note = Draft {
        kind: Kind::TEXT_NOTE,
        created_at: None,
        tags: vec![vec!["a".to_owned(), meetup.address().to_string()]],
        content: text,
    };
    match kith.publish(&note).await {
        Ok(published) => format!("told {} relays", published.accepted.len()),
        Err(error) => format!("not told: {error}"),
    }
}

/// What, when, where, and the link that other programs open.
fn text(meetup: &MeetupView) -> Result<String, Box<dyn Error>> {
    let when = match meetup.starts_at() {
        Some(start) => jiff::Timestamp::from_second(i64::try_from(start)?)?.to_string(),
        None => "some time".to_owned(),
    };
    let place = meetup.places().first();
    let place = place.map_or("a place to be announced", String::as_str);
    let title = meetup.display_title();
    let text = format!("{title}: {when}, {place} nostr:{}", meetup.naddr()?);
    // Written by strangers: nothing in it may steer a terminal.
    Ok(text.chars().filter(|letter| !letter.is_control()).collect())
}
