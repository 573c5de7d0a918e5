//! `kith` and relays: what people and scripts are told when something is wrong, missing, somebody
//! else's, or only partly there. What needs no relay is tested beside the program; when everything
//! goes well, in `tour`.

use std::future::pending;

use serde_json::json;
use tokio::net::TcpListener;

use crate::harness::TestRelay;

mod admin;
mod agenda;
pub(crate) mod announcements;
mod calendars;
mod chat;
mod completion;
mod doctor;
mod first_run;
mod friends;
mod identifiers;
mod invite;
#[cfg(feature = "keyring")]
mod keyring;
mod login;
mod messages;
mod mutes;
mod outbox;
mod person;
mod profile;
mod quiet;
mod reach;
mod relays;
mod reports;
mod screen;
mod series;
mod snapshots;
mod terminal;
mod vanishing;
mod watch;

#[cfg(feature = "foreign-relays")]
pub(crate) use person::Running;
pub(crate) use person::{Person, text};

/// The address of a relay that is not there.
async fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("ws://{}", listener.local_addr().unwrap())
}

/// An organizer with a community that has a meetup, and a guest.
async fn party(relay: &TestRelay) -> (Person, Person) {
    let organizer = Person::with_key(&relay.url(), 1);
    prepare(&organizer).await;
    (organizer, Person::with_key(&relay.url(), 2))
}

/// Creates a community that has a meetup.
async fn prepare(organizer: &Person) {
    let place = ["--place", "Brighton, GB"];
    organizer
        .done(
            ["community", "create", "Brighton Chess"]
                .iter()
                .chain(&place),
        )
        .await;
    organizer.done(MEETUP).await;
}

const MEETUP: [&str; 6] = [
    "meetup",
    "create",
    "Brighton Chess",
    "Opening night",
    "--start",
    "next friday 19:00",
];

#[tokio::test]
async fn what_was_mistyped_is_an_error_of_one_line_with_a_hint() {
    let relay = TestRelay::start().await;
    let (organizer, _) = party(&relay).await;
    organizer
        .fails(
            ["near", "Brihgton"],
            2,
            "no place called \"Brihgton\"",
            "type a city",
        )
        .await;
    let nowhere = [
        "community",
        "create",
        "Chess",
        "--place",
        "Nowhereville-on-Sea",
    ];
    organizer
        .fails(
            nowhere,
            2,
            "no place called \"Nowhereville-on-Sea\"",
            "type a city",
        )
        .await;
    for (start, error, hint) in [
        ("soonish", "--start: \"soonish\"", "next friday 19:00"),
        ("friday", "has no time of day", "friday 19:00"),
        (
            "03/12/2026 19:00",
            "can be read as two different days",
            "2026-12-03",
        ),
        (
            "2026-02-30 19:00",
            "there is no such date",
            "2026-12-03 18:30",
        ),
        ("2020-01-01 19:00", "--start:", "--allow-past"),
    ] {
        let words = [
            "meetup",
            "create",
            "Brighton Chess",
            "Talk",
            "--start",
            start,
        ];
        organizer.fails(words, 2, error, hint).await;
    }
    // What the parser of the command line says itself: it points at its help.
    let far = organizer
        .run(["near", "Brighton, GB", "--radius", "20000km"])
        .await;
    assert_eq!((far.code, far.stdout.as_str()), (2, ""), "{far:?}");
    assert!(
        far.stderr
            .starts_with("error: invalid value '20000km' for '--radius"),
        "{far:?}"
    );

    let mut socket = relay.connect().await;
    let meetups = socket.query(json!({"kinds": [31923]})).await;
    assert_eq!(
        meetups.len(),
        1,
        "nothing was published by a command that failed"
    );
}

#[tokio::test]
async fn what_does_not_exist_or_is_ambiguous_ends_with_3() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = party(&relay).await;
    guest
        .fails(
            ["follow", "Brighton Chess"],
            3,
            "called \"Brighton Chess\"",
            "kith near",
        )
        .await;
    guest
        .fails(
            ["rsvp", "Opening night", "yes"],
            3,
            "called \"Opening night\"",
            "kith near",
        )
        .await;
    let unknown = "ab".repeat(32);
    guest
        .fails(
            ["community", "show", &unknown],
            3,
            "no relay has the community",
            "--relay",
        )
        .await;
    guest
        .fails(
            ["meetup", "show", &unknown],
            3,
            "no relay has the meetup",
            "--relay",
        )
        .await;

    // Two of one name: each is listed with what to type instead.
    organizer.done(MEETUP).await;
    let ended = organizer
        .run(["meetup", "show", "Opening night", "--json"])
        .await;
    assert_eq!(ended.code, 3, "{ended:?}");
    let failure: serde_json::Value = serde_json::from_str(&ended.stderr).unwrap();
    let candidates = failure["error"]["candidates"].as_array().unwrap();
    assert_eq!(candidates.len(), 2, "{failure}");
    for candidate in candidates {
        for name in [&candidate["id"], &candidate["reference"]] {
            let shown = organizer.json(["meetup", "show", &text(name)]).await;
            assert_eq!(shown["meetup"]["address"], candidate["reference"]);
        }
    }
}

#[tokio::test]
async fn a_key_that_is_missing_locked_or_not_the_owners_ends_with_4() {
    let relay = TestRelay::start().await;
    let organizer = Person::with_key_file(&relay.url()).await;
    prepare(&organizer).await;
    let guest = Person::with_key(&relay.url(), 2);
    let nobody = Person::new(&relay.url());
    nobody
        .fails(
            ["community", "create", "Chess"],
            4,
            "there is no key",
            "kith keys new",
        )
        .await;

    guest.done(["near", "Brighton, GB"]).await;
    for words in [
        &["community", "edit", "Brighton Chess", "--title", "Mine"][..],
        &["community", "close", "Brighton Chess", "--yes"],
        &["meetup", "edit", "Opening night", "--title", "Mine"],
        &["meetup", "cancel", "Opening night"],
        &["members", "approve", "Brighton Chess", &guest.npub().await],
    ] {
        guest.fails(words, 4, "only ", "kith keys show").await;
    }

    let organizer = organizer.with("KITH_PASSWORD", "not the password");
    let create = ["community", "create", "Another"];
    organizer
        .fails(create, 4, "the password is wrong", "KITH_PASSWORD")
        .await;
    // Reading needs no password.
    organizer
        .done(["community", "show", "Brighton Chess"])
        .await;

    let mut socket = relay.connect().await;
    assert_eq!(socket.query(json!({"kinds": [1037]})).await.len(), 1);
    assert_eq!(socket.query(json!({"kinds": [5]})).await, []);
}

#[tokio::test]
async fn a_secret_key_is_never_taken_for_a_name_nor_repeated() {
    let relay = TestRelay::start().await;
    let organizer = Person::with_key_file(&relay.url()).await;
    prepare(&organizer).await;
    let secret = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5";
    for words in [
        &["follow", secret][..],
        &["community", "show", secret],
        &["meetup", "show", secret],
        &["members", "approve", "Brighton Chess", secret],
    ] {
        organizer
            .fails(words, 2, "this is a secret key", "can act as you")
            .await;
        let ended = organizer.run(words).await;
        assert!(!ended.stderr.contains("vl029mgp"), "{ended:?}");
    }
    let key_file = std::fs::read_to_string(organizer.folder().join("key.toml")).unwrap();
    assert!(
        key_file.contains("ncryptsec1") && !key_file.contains("nsec1vl"),
        "{key_file}"
    );
    assert!(
        !key_file.contains("\"nsec1"),
        "the key is encrypted: {key_file}"
    );
}

#[tokio::test]
async fn no_relay_that_answers_ends_with_5() {
    let person = Person::with_key(&nowhere().await, 1);
    for (words, error) in [
        (&["near", "Brighton, GB"][..], "no relay could be reached"),
        (&["follow", &"ab".repeat(32)], "no relay answered"),
    ] {
        person.fails(words, 5, error, "is the relay running?").await;
    }

    // It is there, and never says a word.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("ws://{}", listener.local_addr().unwrap());
    let keep = tokio::spawn(async move {
        let _connection = listener.accept().await.unwrap();
        let _another = listener.accept().await.unwrap();
        pending::<()>().await;
    });
    let near = [
        "near",
        "Brighton, GB",
        "--timeout",
        "1",
        "--relay",
        silent.as_str(),
    ];
    person
        .fails(
            near,
            5,
            "no relay could be reached",
            "is the relay running?",
        )
        .await;
    keep.abort();
}

#[tokio::test]
async fn what_every_relay_refuses_ends_with_6() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = party(&relay).await;
    guest.done(["near", "Brighton, GB"]).await;
    organizer
        .done(["members", "mute", "Brighton Chess", &guest.npub().await])
        .await;
    // LBC-53: the relay gives the owner's list effect.
    guest
        .fails(["rsvp", "Opening night", "yes"], 6, "blocked: ", "")
        .await;
    organizer
        .done(["members", "unmute", "Brighton Chess", &guest.npub().await])
        .await;
    guest.done(["rsvp", "Opening night", "yes"]).await;

    organizer.done(["meetup", "cancel", "Opening night"]).await;
    guest
        .fails(["rsvp", "Opening night", "no"], 6, "takes no answers", "")
        .await;
}

#[tokio::test]
async fn nip51_05_a_list_is_not_rewritten_while_a_relay_is_down_unless_told_to() {
    let relay = TestRelay::start().await;
    let (_, guest) = party(&relay).await;
    let down = nowhere().await;
    let guest = guest.with("KITH_RELAYS", format!("{} {down}", relay.url()));

    // Reading goes on, and says what may be missing.
    let near = guest.run(["near", "Brighton, GB"]).await;
    assert_eq!(near.code, 0, "{near:?}");
    assert!(near.stdout.contains("Opening night"), "{near:?}");
    let warnings: Vec<&str> = near.stderr.lines().collect();
    assert!(
        warnings.len() == 1 && warnings[0].starts_with(&format!("warning: without {down}: ")),
        "{near:?}"
    );
    let near = guest.run(["near", "Brighton, GB", "--json"]).await;
    let warning: serde_json::Value = serde_json::from_str(&near.stderr).unwrap();
    assert!(
        text(&warning["warning"]["message"]).starts_with("without "),
        "{near:?}"
    );

    // Answering replaces nobody's list.
    assert_eq!(guest.run(["rsvp", "Opening night", "maybe"]).await.code, 0);
    let follow = ["follow", "Brighton Chess"];
    guest
        .fails(
            follow,
            5,
            "that you follow was not changed",
            "--force-new-list",
        )
        .await;
    let ended = guest.run(follow.iter().chain(&["--force-new-list"])).await;
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(ended.stdout.trim(), "You follow \"Brighton Chess\".");

    let guest = guest.with("KITH_RELAYS", relay.url());
    assert_eq!(
        guest.done(follow).await.trim(),
        "You follow \"Brighton Chess\" already."
    );
}

#[tokio::test]
async fn lbc_57_a_community_that_was_interrupted_is_completed_not_made_twice() {
    // Its description has more tags than this relay allows.
    let relay = TestRelay::start_with(|config| config.limits.max_event_tags = 6).await;
    let organizer = Person::with_key(&relay.url(), 1);
    let create = ["community", "create", "Brighton Chess"];
    let place = ["--place", "Brighton, GB"];
    let ended = organizer
        .run(create.iter().chain(&place).chain(&["--json"]))
        .await;
    assert_eq!((ended.code, ended.stdout.as_str()), (6, ""), "{ended:?}");
    let failure: serde_json::Value = serde_json::from_str(&ended.stderr).unwrap();
    let message = text(&failure["error"]["message"]);
    assert!(message.contains("the description ("), "{message}");
    assert!(!message.contains("the member list"), "{message}");

    let mut socket = relay.connect().await;
    let communities = socket.query(json!({"kinds": [1037]})).await;
    let id = communities[0].id().to_string();
    let hint = text(&failure["error"]["hint"]);
    assert!(hint.contains(&format!("--finish {id}")), "{hint}");

    let finished = organizer
        .json(create.iter().chain(&["--finish", id.as_str()]))
        .await;
    assert_eq!(finished["community"]["id"], id.as_str());
    assert_eq!(finished["community"]["title"], "Brighton Chess");
    assert_eq!(socket.query(json!({"kinds": [1037]})).await, communities);
    for kind in [30037, 30000, 40] {
        let found = socket.query(json!({"kinds": [kind]})).await;
        assert_eq!(found.len(), 1, "kind {kind}");
    }
}

#[tokio::test]
async fn flag_before_environment_before_file_before_default() {
    let (one, two) = (TestRelay::start().await, TestRelay::start().await);
    let mut person = Person::with_key_file(&one.url()).await;
    prepare(&person).await;
    let urls = |relays: &serde_json::Value| (relays["relays"].clone(), relays["source"].clone());

    person.unset("KITH_RELAYS");
    let listed = urls(&person.json(["relays", "list"]).await);
    assert_eq!(listed, (json!(["ws://127.0.0.1:7447"]), json!("default")));
    person.done(["relays", "add", &one.url()]).await;
    let listed = urls(&person.json(["relays", "list"]).await);
    assert_eq!(listed, (json!([one.url()]), json!("file")));
    let found = person.json(["near", "Brighton, GB"]).await;
    assert_eq!(found["communities"].as_array().unwrap().len(), 1);

    person.set("KITH_RELAYS", two.url());
    let found = person.json(["near", "Brighton, GB"]).await;
    assert_eq!(found["communities"], json!([]));
    let found = person
        .json(["near", "Brighton, GB", "--relay", &one.url()])
        .await;
    assert_eq!(found["communities"].as_array().unwrap().len(), 1);

    // Another key for one command.
    let before = person.public_key().await;
    person.set("KITH_KEY", format!("{:064x}", 1));
    let key = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    assert_eq!(person.public_key().await, key);
    person.unset("KITH_KEY");
    assert_eq!(person.public_key().await, before);

    person.unset("KITH_RELAYS");
    person.done(["relays", "remove", &one.url()]).await;
    let listed = urls(&person.json(["relays", "list"]).await);
    assert_eq!(listed.1, "default");
}

#[tokio::test]
async fn a_text_from_a_relay_cannot_steer_the_terminal() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = party(&relay).await;
    let title = "Red \u{202e}thgin";
    organizer
        .done(["meetup", "edit", "Opening night", "--title", title])
        .await;
    let shown = guest.done(["near", "Brighton, GB"]).await;
    assert!(shown.contains("Red  thgin"), "{shown}");
    let shown = guest.json(["near", "Brighton, GB"]).await;
    assert_eq!(
        shown["meetups"][0]["title"], title,
        "programs get it as it is"
    );
}
