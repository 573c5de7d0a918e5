//! The first run of somebody without a key: asked on a terminal, told what to do elsewhere, and nothing
//! is left of what was not answered to the end.

use serde_json::json;

use super::login::signer;
use super::terminal::Terminal;
use super::{Person, text};
use crate::harness::TestRelay;

const DOWN: &str = "\u{1b}[B";
const CONTROL_C: &str = "\u{3}";
const ESCAPE: &str = "\u{1b}";
const BACKSPACE: &str = "\u{7f}";
const CREATE: [&str; 5] = [
    "community",
    "create",
    "Brighton Chess",
    "--place",
    "Brighton, GB",
];

fn newcomer(words: &[&str]) -> (Person, Terminal) {
    let mut person = Person::new("");
    person.unset("KITH_PASSWORD");
    person.unset("KITH_RELAYS");
    let terminal = start(&person, words);
    (person, terminal)
}

fn start(person: &Person, words: &[&str]) -> Terminal {
    Terminal::start(person.command_on_terminal(words), 40, 100)
}

#[tokio::test]
async fn a_newcomer_is_asked_and_then_the_command_goes_on() {
    let relay = TestRelay::start().await;
    let (mut person, mut terminal) = newcomer(&CREATE);
    terminal.shows_text("There is no key yet").await;
    terminal.shows_text("A new key").await;
    terminal.press("\r");
    terminal.shows_text("New password for your key").await;
    terminal.press("\r");
    terminal.shows_text("choose one of some length").await;
    terminal.press("correct horse\r");
    terminal.shows_text("Confirmation:").await;
    terminal.press("correct horse\r");
    terminal.shows_text("What should others call you?").await;
    terminal.press("Ada\r");
    terminal.shows_text("Where do you live?").await;
    terminal.press("Brihgton\r");
    terminal.shows_text("no place called").await;
    terminal.press(&BACKSPACE.repeat("Brihgton".len()));
    terminal.press("Brighton, GB\r");
    terminal.shows_text("Which relays?").await;
    terminal.press(&format!("{}\r", relay.url()));
    terminal.shows_text("Created").await;
    assert_eq!(terminal.ended().await, 0);

    let config = std::fs::read_to_string(person.folder().join("config.toml")).unwrap();
    assert!(config.contains("home = \"Brighton, GB\""), "{config}");
    let listed = person.json(["relays", "list"]).await;
    assert_eq!(listed, json!({"relays": [relay.url()], "source": "file"}));
    // Where they live is near enough.
    let near = person.json(["near"]).await;
    assert_eq!(near["communities"][0]["title"], "Brighton Chess");
    let key = person.public_key().await;
    assert_eq!(near["communities"][0]["owner_public_key"], json!(key));
    let mut socket = relay.connect().await;
    let profiles = socket.query(json!({"kinds": [0], "authors": [key]})).await;
    assert_eq!(profiles[0].content(), r#"{"name":"Ada"}"#);
    person.set("KITH_PASSWORD", "correct horse");
    person
        .done(["community", "close", "Brighton Chess", "--yes"])
        .await;
    // Adding a relay keeps the place.
    person
        .done(["relays", "add", "wss://relay.example.com"])
        .await;
    let config = std::fs::read_to_string(person.folder().join("config.toml")).unwrap();
    assert!(config.contains("home = \"Brighton, GB\""), "{config}");
}

#[tokio::test]
async fn a_key_that_somebody_has_is_taken_after_a_mistake_too() {
    let relay = TestRelay::start().await;
    let mut person = Person::new(&relay.url());
    person.unset("KITH_PASSWORD");
    let mut terminal = start(&person, &["dm", "--open-inbox"]);
    terminal.shows_text("There is no key yet").await;
    terminal.press(&format!("{DOWN}\r"));
    terminal.shows_text("Your secret key").await;
    terminal.press("npub1xyz\r");
    terminal.shows_text("this is a public key").await;
    terminal.press(&format!("{:064x}\r", 1));
    terminal.shows_text("New password for your key").await;
    terminal.press("correct horse\r");
    terminal.shows_text("Confirmation:").await;
    terminal.press("correct horse\r");
    // Who has a key has a name; and these relays are in the environment.
    terminal.shows_text("Where do you live?").await;
    terminal.press("\r");
    assert_eq!(terminal.ended().await, 0);
    let key = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    assert_eq!(person.public_key().await, key);
    assert!(!person.folder().join("config.toml").exists());
    let mut socket = relay.connect().await;
    let inboxes = socket.query(json!({"kinds": [10050]})).await;
    assert_eq!(inboxes.len(), 1);
}

#[tokio::test]
async fn nip46_02_a_bunker_can_be_the_first_key() {
    let relay = TestRelay::start().await;
    let user = nostr_sdk::Keys::generate();
    let address = signer(&relay.url(), &user);
    // When it listens, nobody knows: somebody else waits for it.
    let other = Person::new(&relay.url());
    let words = ["login", "--bunker", "--wait", "5"];
    while other.run_with_input(words, &address).await.code != 0 {}

    let person = Person::new(&relay.url());
    let mut terminal = start(&person, &["dm", "--open-inbox"]);
    terminal.shows_text("There is no key yet").await;
    terminal.press(&format!("{DOWN}{DOWN}\r"));
    terminal.shows_text("Address of your signer").await;
    terminal.press("bunker://nobody\r");
    terminal
        .shows(|rows| rows.iter().filter(|row| row.contains("Address of")).count() > 1)
        .await;
    terminal.press(&format!("{address}\r"));
    terminal.shows_text("Where do you live?").await;
    terminal.press("\r");
    assert_eq!(terminal.ended().await, 0);
    assert_eq!(person.public_key().await, user.public_key().to_hex());
}

#[tokio::test]
async fn whoever_stops_at_a_question_leaves_nothing_behind() {
    let answers = ["\r", "secret\r", "secret\r", "Ada\r", "Brighton, GB\r"];
    let questions = [
        "There is no key yet",
        "New password",
        "Confirmation:",
        "call you?",
        "Where do you live?",
        "Which relays?",
    ];
    // Without a password there is no key.
    let codes = [1, 4, 4, 1, 1, 1];
    for (last, key) in (0..questions.len()).zip([CONTROL_C, ESCAPE].into_iter().cycle()) {
        let (person, mut terminal) = newcomer(&CREATE);
        for (question, answer) in questions.iter().zip(&answers).take(last) {
            terminal.shows_text(question).await;
            terminal.press(answer);
        }
        terminal.shows_text(questions[last]).await;
        terminal.press(key);
        terminal.shows_text("cancelled, nothing was changed").await;
        assert_eq!(terminal.ended().await, codes[last], "{}", questions[last]);
        let left = std::fs::read_dir(person.folder()).unwrap().count();
        assert_eq!(left, 0, "{}", questions[last]);
    }
}

#[tokio::test]
async fn programs_are_not_asked_and_reading_needs_no_key() {
    let relay = TestRelay::start().await;
    let person = Person::new(&relay.url());
    let hint = "kith keys new";
    person.fails(CREATE, 4, "there is no key", hint).await;
    person
        .fails(["near"], 2, "no place was named", "config.toml")
        .await;
    // Also where somebody could answer.
    let words: Vec<&str> = CREATE.into_iter().chain(["--json"]).collect();
    let mut terminal = start(&person, &words);
    terminal.shows_text("there is no key yet").await;
    assert_eq!(terminal.ended().await, 4);
    let mut terminal = start(&person, &["near", "Brighton, GB"]);
    terminal.shows_text("no meetups").await;
    assert_eq!(terminal.ended().await, 0);
    let key = person.run(["keys", "show", "--json"]).await;
    assert_eq!(key.code, 4, "{}", text(&json!(key.stderr)));
}
