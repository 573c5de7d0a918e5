//! What people read of the real programs, kept as it was. Ids, links and addresses are other ones in every
//! run, and are masked. `INSTA_UPDATE=always` writes the snapshots anew.

use super::{Person, text};
use crate::harness::TestRelay;

/// What "next friday" counts from: a Saturday.
const TODAY: &str = "2026-11-21T10:15:00+00:00[Europe/London]";

/// The text without what differs from run to run.
fn masked(text: &str, relay: &TestRelay) -> String {
    let text = text.replace(&relay.url(), "ws://relay");
    let mut masked = String::new();
    for part in text.split_inclusive(|letter: char| !letter.is_alphanumeric()) {
        let word = part.trim_end_matches(|letter: char| !letter.is_alphanumeric());
        let end = part.get(word.len()..).unwrap_or_default();
        let prefix = ["npub1", "naddr1", "nevent1"];
        let prefix = prefix.into_iter().find(|prefix| word.starts_with(prefix));
        let is_id = word.len() >= 8 && word.chars().all(|letter| letter.is_ascii_hexdigit());
        match prefix {
            Some(prefix) => masked.push_str(&format!("{prefix}…")),
            None if is_id => masked.push_str("(id)"),
            None => masked.push_str(word),
        }
        masked.push_str(end);
    }
    masked
}

#[tokio::test]
async fn what_an_organizer_and_a_guest_read() {
    let relay = TestRelay::start().await;
    let person = |number| Person::with_key(&relay.url(), number).with("KITH_NOW", TODAY);
    let (ada, ben) = (person(1), person(2));
    let place = ["--place", "Brighton, GB", "--topic", "chess"];
    let create = ["community", "create", "Brighton Chess"];
    let created = ada.done(create.iter().chain(&place)).await;
    insta::assert_snapshot!("community_create", masked(&created, &relay));
    let start = ["--start", "next friday 19:00", "--where", "The Black Lion"];
    let schedule = ["meetup", "create", "Brighton Chess", "Winter chess"];
    let scheduled = ada.done(schedule.iter().chain(&start)).await;
    insta::assert_snapshot!("meetup_create", masked(&scheduled, &relay));
    for (name, words) in [
        ("near", &["near", "Brighton, GB"][..]),
        ("follow", &["follow", "Brighton Chess"]),
        ("rsvp", &["rsvp", "Winter chess", "yes", "--guests", "1"]),
        ("agenda", &["agenda"]),
        ("meetup_show", &["meetup", "show", "Winter chess"]),
        ("attendees", &["attendees", "Winter chess"]),
        ("community_show", &["community", "show", "Brighton Chess"]),
        ("members_list", &["members", "list", "Brighton Chess"]),
        ("chat", &["chat", "Brighton Chess"]),
        ("keys_show", &["keys", "show"]),
        ("relays_list", &["relays", "list"]),
    ] {
        insta::assert_snapshot!(name, masked(&ben.done(words).await, &relay));
    }
    let series = ["meetup", "series", "create", "Brighton Chess", "Blitz"];
    let when = [
        "--start",
        "2026-12-03 19:00",
        "--repeat",
        "weekly",
        "--times",
        "3",
    ];
    let made = ada.done(series.iter().chain(&when)).await;
    insta::assert_snapshot!("series_create", masked(&made, &relay));
    let listed = ada.done(["meetup", "series", "list"]).await;
    insta::assert_snapshot!("series_list", masked(&listed, &relay));
    let planned = [
        "announce",
        "Winter chess",
        "--to",
        "going",
        "hello",
        "--dry-run",
    ];
    let planned = ada.done(planned).await;
    insta::assert_snapshot!("announce_dry_run", masked(&planned, &relay));
    let key = text(&ben.json(["keys", "show"]).await["public_key"]);
    assert_eq!(
        masked(&format!("{key}, naddr1xyz."), &relay),
        "(id), naddr1…."
    );
}
