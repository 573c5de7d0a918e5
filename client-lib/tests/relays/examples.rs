//! The programs in `examples/`, against a relay that is not ours.

use std::cell::RefCell;

use kith_client::lbc::Location;
use kith_client::nip52::{TimeSpan, When};
use kith_client::place::parse_place;
use kith_client::{Keys, Kith, NewCommunity, NewMeetup, Plan, Search};
use nostr_relay_builder::local::LocalRelay;
use tokio::sync::{mpsc, oneshot};

use crate::support::{EVENING, person, reader, relay, urls};

#[path = "../../examples/discovery_bot.rs"]
#[allow(dead_code, reason = "its main is for cargo run")]
mod discovery_bot;
#[path = "../../examples/importer.rs"]
#[allow(dead_code, reason = "its main is for cargo run")]
mod importer;
#[path = "../../examples/terminal_client.rs"]
#[allow(dead_code, reason = "its main is for cargo run")]
mod terminal_client;

/// A community near Brighton, and the link to it.
async fn community(organizer: &Kith) -> (kith_client::EventId, String) {
    let brighton = parse_place("Brighton, GB").unwrap().point;
    let created = organizer
        .create_community(&NewCommunity {
            location: Location::at(brighton),
            ..NewCommunity::new("Brighton Chess")
        })
        .await
        .unwrap();
    let view = organizer.community(created.id).await.unwrap();
    (created.id, view.nevent().unwrap())
}

async fn schedule(organizer: &Kith, community: kith_client::EventId, title: &str) {
    let when = When::timed(TimeSpan::new(EVENING, None).unwrap());
    let plan = Plan {
        location: Location::at(parse_place("Brighton, GB").unwrap().point),
        places: vec!["The Black Lion".to_owned()],
        ..Plan::new(title)
    };
    let meetup = NewMeetup::new(community, plan, when);
    organizer.schedule_meetup(&meetup).await.unwrap();
}

async fn words(first: &[&str], relay: &LocalRelay) -> Vec<String> {
    let first = first.iter().map(|&word| word.to_owned());
    first.chain(urls(&[relay]).await).collect()
}

#[tokio::test]
async fn the_discovery_bot_announces_what_is_new_as_a_note_too() {
    let relay = relay().await;
    let organizer = person(&[&relay], &Keys::generate()).await;
    let (community, _) = community(&organizer).await;
    schedule(&organizer, community, "Before").await;
    let bot = Keys::generate();
    let words = words(&["Brighton, GB"], &relay).await;
    let (say, mut said) = mpsc::unbounded_channel();
    let (end, ended) = oneshot::channel::<()>();
    let running = discovery_bot::run(
        words.into_iter(),
        Some(bot.secret_key().to_secret_hex()),
        async { ended.await.unwrap() },
        |line| say.send(line).unwrap(),
    );
    let asking = async {
        let first = said.recv().await.unwrap();
        assert_eq!(first, "watching 25 km around Brighton, England, GB");
        schedule(&organizer, community, "Winter chess").await;
        let line = said.recv().await.unwrap();
        let begins = "Winter chess: 2026-12-03T18:30:00Z, The Black Lion nostr:naddr1";
        assert!(line.starts_with(begins), "{line}");
        assert_eq!(said.recv().await.unwrap(), "told 1 relays");
        end.send(()).unwrap();
        line
    };
    let (ran, line) = tokio::join!(running, asking);
    ran.unwrap();

    let anybody = reader(&[&relay]).await;
    let filter = nostr_sdk::Filter::new()
        .author(bot.public_key())
        .kind(nostr_sdk::Kind::TextNote);
    let timeout = crate::support::TIMEOUT;
    let notes = anybody
        .client()
        .fetch_events(filter, timeout)
        .await
        .unwrap();
    let contents: Vec<&str> = notes.iter().map(|note| note.content.as_str()).collect();
    assert_eq!(contents, [line.as_str()]);
}

#[tokio::test]
async fn the_importer_announces_each_event_once() {
    let relay = relay().await;
    let key = Keys::generate();
    let (_, link) = community(&person(&[&relay], &key).await).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.ics");
    let start = jiff::Zoned::now().saturating_add(jiff::Span::new().days(7));
    let start = start.with_time_zone(jiff::tz::TimeZone::UTC);
    let calendar = |title: &str| {
        let start = start.strftime("%Y%m%dT%H%M%SZ");
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nBEGIN:VEVENT\r\nUID:one@example\r\n\
             DTSTAMP:20260101T000000Z\r\nDTSTART:{start}\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\n\
             SUMMARY:{title}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    };
    let words = words(&[&link, file.to_str().unwrap()], &relay).await;
    let secret = key.secret_key().to_secret_hex();
    let run = async |title: &str| {
        std::fs::write(&file, calendar(title)).unwrap();
        let mut said = Vec::new();
        importer::run(words.clone().into_iter(), &secret, |line| said.push(line))
            .await
            .unwrap();
        said
    };
    let begins = |said: &[String], begin: &str| {
        assert_eq!(said.len(), 2, "{said:?}");
        for line in said {
            assert!(line.starts_with(&format!("{begin} nostr:naddr1")), "{line}");
        }
    };
    begins(&run("Chess").await, "new: Chess");
    begins(&run("Chess").await, "unchanged: Chess");
    begins(&run("Chess and tea").await, "changed: Chess and tea");
    let meetups = reader(&[&relay]).await.meetups(&Search::new()).await;
    assert_eq!(meetups.unwrap().found.len(), 2);
}

#[tokio::test]
async fn the_terminal_client_finds_follows_answers_and_talks() {
    let relay = relay().await;
    let organizer = person(&[&relay], &Keys::generate()).await;
    let (community, _) = community(&organizer).await;
    schedule(&organizer, community, "Winter chess").await;
    let chat = organizer.chat(community).await.unwrap();
    organizer.say(&chat, "Who brings boards?").await.unwrap();
    let guest = Keys::generate();
    let lines = [
        "near Brighton, GB",
        "follow 1",
        "yes 1",
        "say 1 Me",
        "chat 1",
        "no 2",
        "what",
        "quit",
        "near Brighton, GB",
    ];
    let said = RefCell::new(Vec::new());
    let secret = guest.secret_key().to_secret_hex();
    terminal_client::run(
        words(&[], &relay).await.into_iter(),
        Some(secret),
        lines.map(str::to_owned).into_iter(),
        |line| said.borrow_mut().push(line.to_owned()),
    )
    .await
    .unwrap();
    let said = said.into_inner();
    let [help, near, follow, yes, say, chat, no, what] = &said[..] else {
        panic!("{said:#?}");
    };
    assert_eq!(near, "1  Winter chess");
    assert!(follow.starts_with("Published"), "{follow}");
    assert_eq!(
        (yes.as_str(), say.as_str()),
        ("told 1 relays", "told 1 relays")
    );
    assert!(
        chat.contains(": Who brings boards?") && chat.contains(": Me"),
        "{chat}"
    );
    assert_eq!(no, "nothing with that number was listed");
    assert_eq!(what, help);
    let members = organizer.members(community).await.unwrap().found;
    let is_guest = |member: &kith_client::Member| member.person == guest.public_key().into();
    assert!(members.iter().any(is_guest), "{members:?}");
}
