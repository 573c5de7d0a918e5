//! The relays that people use themselves (NIP-65): where notes go, and where they are looked for.

use serde_json::{Value, json};

use super::{Person, party, prepare, text};
use crate::harness::TestRelay;

async fn authors(relay: &TestRelay, kind: u16) -> Vec<String> {
    let mut socket = relay.connect().await;
    let events = socket.query(json!({"kinds": [kind]})).await;
    events
        .iter()
        .map(|event| event.pubkey().to_string())
        .collect()
}

#[tokio::test]
async fn nip65_04_a_note_goes_where_its_author_writes_and_where_those_named_read() {
    let (home, reads, writes) = (
        TestRelay::start().await,
        TestRelay::start().await,
        TestRelay::start().await,
    );
    let (organizer, guest) = party(&home).await;
    let publish = ["relays", "publish", &home.url(), "--read", &reads.url()];
    organizer.done(publish).await;
    let publish = ["relays", "publish", &home.url(), "--write", &writes.url()];
    let published = guest.json(publish).await;
    assert_eq!(published["changed"], true);
    assert_eq!(guest.json(publish).await["changed"], false);

    guest.done(["near", "Brighton, GB"]).await;
    let answered = guest.json(["rsvp", "Opening night", "yes"]).await;
    // What the outcome tells of is the set.
    assert_eq!(answered["published"]["accepted"], json!([home.url()]));
    let guest_key = guest.public_key().await;
    for relay in [&home, &reads, &writes] {
        assert_eq!(authors(relay, 31_925).await, [guest_key.as_str()]);
        let lists = authors(relay, 10_002).await;
        assert!(lists.contains(&guest_key), "{lists:?}");
    }
    assert_eq!(guest.json(["outbox"]).await["notes"], json!([]));

    // NIP65-05: the list is where others find out.
    let npub = guest.npub().await;
    let shown = organizer.json(["relays", "show", &npub]).await;
    let relays = shown["relays"].as_array().unwrap();
    assert_eq!(
        relays[1],
        json!({"relay": writes.url(), "reads": false, "writes": true})
    );

    // Who does not want it keeps to the set.
    std::fs::write(guest.folder().join("config.toml"), "relay_lists = false\n").unwrap();
    guest
        .done(["comment", "Opening night", "I bring cake"])
        .await;
    assert_eq!(authors(&home, 1111).await, [guest_key]);
    for relay in [&reads, &writes] {
        assert!(authors(relay, 1111).await.is_empty());
    }
}

#[tokio::test]
async fn nip65_05_what_a_link_leads_to_is_found_where_the_link_says() {
    let (home, elsewhere) = (TestRelay::start().await, TestRelay::start().await);
    let organizer = Person::with_key(&elsewhere.url(), 1);
    prepare(&organizer).await;
    let shown = organizer.json(["meetup", "show", "Opening night"]).await;
    let link = text(&shown["meetup"]["link"]);
    let guest = Person::with_key(&home.url(), 2);
    let found = guest.json(["meetup", "show", &link]).await;
    assert_eq!(found["meetup"]["title"], "Opening night");
    assert_eq!(found["meetup"]["community"]["title"], "Brighton Chess");

    // The address says whose it is, and the list where that person writes.
    let publish = ["relays", "publish", &elsewhere.url()];
    organizer
        .done(
            publish
                .iter()
                .chain(&["--relay", &elsewhere.url(), "--relay", &home.url()]),
        )
        .await;
    let address = text(&shown["meetup"]["address"]);
    let found: Value = guest.json(["meetup", "show", &address]).await;
    assert_eq!(found["meetup"]["title"], "Opening night");

    let stranger = Person::with_key(&home.url(), 3);
    std::fs::create_dir_all(stranger.folder()).unwrap();
    std::fs::write(
        stranger.folder().join("config.toml"),
        "relay_lists = false\n",
    )
    .unwrap();
    stranger
        .fails(["meetup", "show", &link], 3, "no relay has the meetup", "")
        .await;
}

#[tokio::test]
async fn nip65_06_a_list_is_kept_short() {
    let relay = TestRelay::start().await;
    let person = Person::with_key(&relay.url(), 1);
    let many: Vec<String> = (0..5)
        .map(|number| format!("wss://r{number}.example.com"))
        .collect();
    let words = ["relays", "publish"].map(str::to_owned).into_iter();
    person
        .fails(
            words.clone().chain(many.clone()),
            2,
            "at most 4 relays",
            "two to four",
        )
        .await;
    let write_only = ["--write".to_owned(), many[0].clone()];
    person
        .fails(
            words.chain(write_only),
            2,
            "one to read from",
            "two to four",
        )
        .await;
    assert!(authors(&relay, 10_002).await.is_empty());
}
