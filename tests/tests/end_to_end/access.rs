//! Who may see what, asked in every way through every door. One rule ([`may_see`]) and one table
//! of questions, whatever the door; the modules of the single NIPs look at each door more closely.

use kith_nips::{Event, Filter};
use serde_json::{Value, json};

use crate::events::{MOMENT, ids, note, pubkey};
use crate::harness::{Reply, Socket, TestRelay, assert_prefix};
use crate::keeping::WAYS;

const AUTHOR: u32 = 1;
const RECIPIENT: u32 = 2;
const OTHER: u32 = 3;
const STRANGER: u32 = 4;
/// Keys that ask to vanish: from this relay, and from all of them (NIP-62).
const LEAVING_HERE: u32 = 5;
const LEAVING_EVERYWHERE: u32 = 6;
/// The key of wraps: nobody has it (NIP-59).
const THROWN_AWAY: u32 = 9;

/// A word that everything published has.
const WORD: &str = "neighbours";

/// The kind that says that everything before it has been delivered.
const END_KIND: u16 = 9_322;

/// "I have nothing", in the words of NIP-77.
const NOTHING_HERE: &str = "6100000200";

/// Where the same question can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// REQ, until EOSE.
    Stored,
    /// REQ, after EOSE.
    Live,
    /// REQ for a word that all events have, until EOSE.
    Search,
    /// The same, after EOSE.
    LiveSearch,
    /// COUNT.
    Number,
    /// NEG-OPEN, by somebody who has nothing and is told everything.
    Comparison,
}

/// An event, with the name that a failing test prints.
struct Named {
    name: &'static str,
    event: Event,
}

/// What is published on this relay: private and public, between several people.
fn published(relay: &TestRelay) -> Vec<Named> {
    let to = |kind: u16, author: u32, people: &[u32]| {
        people.iter().fold(note(author).kind(kind), |note, person| {
            note.tag(&["p", &pubkey(*person).to_string()])
        })
    };
    [
        ("wrap 2", to(1_059, THROWN_AWAY, &[RECIPIENT])),
        ("wrap 3", to(1_059, THROWN_AWAY, &[OTHER])),
        ("wrap 2+3", to(1_059, THROWN_AWAY, &[RECIPIENT, OTHER])),
        ("wrap by 1 to 2", to(1_059, AUTHOR, &[RECIPIENT])),
        ("ephemeral 2", to(21_059, THROWN_AWAY, &[RECIPIENT])),
        ("ephemeral 3", to(21_059, THROWN_AWAY, &[OTHER])),
        ("old 1 to 2", to(4, AUTHOR, &[RECIPIENT])),
        ("old 2 to 1", to(4, RECIPIENT, &[AUTHOR])),
        ("old 1 to 3", to(4, AUTHOR, &[OTHER])),
        ("old to nobody", to(4, AUTHOR, &[])),
        ("note to 2", to(1, AUTHOR, &[RECIPIENT])),
        ("note by 4", to(1, STRANGER, &[])),
        ("protected", to(1, AUTHOR, &[OTHER]).tag(&["-"])),
        ("protected list", to(10_002, AUTHOR, &[]).tag(&["-"])),
        (
            "vanish here",
            to(62, LEAVING_HERE, &[]).tag(&["relay", &relay.url()]),
        ),
        (
            "vanish everywhere",
            to(62, LEAVING_EVERYWHERE, &[]).tag(&["relay", "ALL_RELAYS"]),
        ),
    ]
    .into_iter()
    .enumerate()
    .map(|(index, (name, note))| Named {
        name,
        event: note
            .at(MOMENT + index as u64)
            .content(format!("{name} {WORD}"))
            .signed(),
    })
    .collect()
}

/// The rule: whether somebody who has shown these keys may see `event` (NIP-17, NIP-42, NIP-59,
/// NIP-62; NIP-70 protects the writing only).
fn may_see(event: &Event, keys: &[u32]) -> bool {
    let keys: Vec<String> = keys.iter().map(|key| pubkey(*key).to_string()).collect();
    let is_own = |person: &str| keys.iter().any(|key| key == person);
    let mut people = event.tags().named("p").filter_map(|tag| tag.value());
    let is_named = people.any(is_own);
    match event.kind().as_u16() {
        4 => is_named || is_own(&event.pubkey().to_string()),
        1_059 | 21_059 => is_named,
        22_242 => false,
        62 => {
            let mut relays = event.tags().named("relay").filter_map(|tag| tag.value());
            relays.any(|relay| relay == "ALL_RELAYS") || is_own(&event.pubkey().to_string())
        }
        _ => true,
    }
}

/// The other rule: with which prefix a question is refused that can bring nothing but what is
/// for others (NIP59-06, NIP45-07).
fn refusal(filters: &Value, keys: &[u32], door: Door) -> Option<&'static str> {
    let filters = filters.as_array().unwrap();
    if !filters.iter().all(asks_for_private_kinds_only) {
        None
    } else if keys.is_empty() {
        Some("auth-required")
    } else if filters.iter().any(|filter| is_about(filter, keys, door)) {
        None
    } else {
        Some("restricted")
    }
}

/// An empty list asks for nothing, which is no secret.
fn asks_for_private_kinds_only(filter: &Value) -> bool {
    let private = [4, 1_059, 21_059].map(Value::from);
    filter["kinds"]
        .as_array()
        .is_some_and(|kinds| !kinds.is_empty() && kinds.iter().all(|kind| private.contains(kind)))
}

/// A number must say whose it is.
fn is_about(filter: &Value, keys: &[u32], door: Door) -> bool {
    let people: Vec<&Value> = ["authors", "#p"]
        .into_iter()
        .filter_map(|member| filter[member].as_array())
        .flatten()
        .collect();
    match people.is_empty() {
        true => door != Door::Number,
        false => people
            .into_iter()
            .any(|person| keys.iter().any(|key| *person == json!(pubkey(*key)))),
    }
}

/// The names of what must come through this door, in the order of publishing.
fn expected(published: &[Named], filters: &Value, keys: &[u32], door: Door) -> Vec<&'static str> {
    let filters: Vec<Filter> = filters
        .as_array()
        .unwrap()
        .iter()
        .map(|filter| Filter::parse(&filter.to_string()).unwrap())
        .collect();
    published
        .iter()
        .filter(|named| is_behind(door, named.event.kind().as_u16()))
        .filter(|named| filters.iter().any(|filter| filter.matches(&named.event, 0)))
        .filter(|named| may_see(&named.event, keys))
        .map(|named| named.name)
        .collect()
}

/// What is ephemeral is not stored, and what is encrypted has no words (NIP59-08, NIP50-08).
fn is_behind(door: Door, kind: u16) -> bool {
    match door {
        Door::Live => true,
        Door::Search | Door::LiveSearch => ![4, 1_059, 21_059].contains(&kind),
        Door::Stored | Door::Number | Door::Comparison => kind != 21_059,
    }
}

/// Every way to ask, from everything to one person's messages, alone and several at once.
fn questions(published: &[Named]) -> Vec<Value> {
    let everything = ids(published.iter().map(|named| &named.event));
    let private = json!([4, 1_059, 21_059]);
    let person = |key: u32| json!([pubkey(key)]);
    vec![
        // Without kinds.
        json!([{}]),
        json!([{"ids": everything}]),
        json!([{"authors": person(AUTHOR)}]),
        json!([{"authors": person(THROWN_AWAY)}]),
        json!([{"#p": person(RECIPIENT)}]),
        json!([{"#p": [pubkey(RECIPIENT), pubkey(OTHER)]}]),
        json!([{"authors": person(THROWN_AWAY), "#p": person(OTHER)}]),
        json!([{"since": MOMENT}]),
        // Kinds of both sorts.
        json!([{"kinds": [1, 4, 62, 1_059, 21_059, 22_242]}]),
        json!([{"kinds": [1_059, 1], "#p": person(RECIPIENT)}]),
        json!([{"kinds": [4, 10_002], "authors": person(AUTHOR)}]),
        json!([{"kinds": [22_242]}]),
        json!([{"kinds": [62]}]),
        json!([{"kinds": [62, 4], "authors": person(LEAVING_HERE)}]),
        json!([{"kinds": [22_242, 1_059]}]),
        // Private kinds only.
        json!([{"kinds": [4]}]),
        json!([{"kinds": [1_059]}]),
        json!([{"kinds": [21_059]}]),
        json!([{"kinds": private}]),
        json!([{"kinds": private, "ids": everything}]),
        json!([{"kinds": private, "#p": person(RECIPIENT)}]),
        json!([{"kinds": private, "#p": person(OTHER)}]),
        json!([{"kinds": private, "#p": person(STRANGER)}]),
        json!([{"kinds": private, "#p": [pubkey(RECIPIENT), pubkey(OTHER)]}]),
        json!([{"kinds": [4], "authors": person(AUTHOR)}]),
        json!([{"kinds": [4], "authors": person(RECIPIENT)}]),
        json!([{"kinds": [1_059], "authors": person(THROWN_AWAY)}]),
        json!([{"kinds": [1_059], "authors": person(AUTHOR), "#p": person(RECIPIENT)}]),
        json!([{"kinds": [4], "authors": person(AUTHOR), "#p": person(OTHER)}]),
        // Several filters: private alone, and next to others.
        json!([{"kinds": [1_059]}, {"kinds": [4]}]),
        json!([{"kinds": [1_059], "#p": person(OTHER)}, {"kinds": [1_059], "#p": person(RECIPIENT)}]),
        json!([{"kinds": [4], "authors": person(STRANGER)}, {"kinds": [1_059], "#p": person(OTHER)}]),
        json!([{"kinds": [1_059]}, {"kinds": [1]}]),
        json!([{"kinds": [4], "#p": person(OTHER)}, {}]),
        json!([{"kinds": [1_059], "#p": person(OTHER)}, {"ids": everything}]),
        json!([{"kinds": [1_059]}, {"kinds": []}]),
    ]
}

/// Who asks: nobody in particular, one person, or several on one connection.
const READERS: [&[u32]; 8] = [
    &[],
    &[STRANGER],
    &[AUTHOR],
    &[RECIPIENT],
    &[OTHER],
    &[RECIPIENT, STRANGER],
    &[AUTHOR, OTHER],
    &[LEAVING_HERE],
];

async fn publish(relay: &TestRelay, published: &[Named]) {
    let mut socket = relay.connect().await;
    socket.authenticate(AUTHOR).await.stored();
    for named in published {
        socket.accept(&named.event).await;
    }
}

async fn reader(relay: &TestRelay, keys: &[u32]) -> Socket {
    let mut socket = relay.connect().await;
    for key in keys {
        socket.authenticate(*key).await.stored();
    }
    socket
}

/// Asks through a door that answers at once. Names are in the order of publishing.
async fn ask(
    socket: &mut Socket,
    door: Door,
    filters: &Value,
    published: &[Named],
) -> Result<Found, String> {
    match door {
        Door::Number => send(socket, "COUNT", "x", filters).await,
        Door::Stored | Door::Live => send(socket, "REQ", "x", filters).await,
        Door::Search | Door::LiveSearch => {
            send(socket, "REQ", "x", &searching(filters)).await;
        }
        Door::Comparison => {
            let message = json!(["NEG-OPEN", "x", filters[0], NOTHING_HERE]);
            socket.send(message).await;
        }
    }
    let mut found = Vec::new();
    loop {
        match socket.receive().await {
            Reply::Event { event, .. } => found.push(event.id().to_string()),
            Reply::Eose(_) => {
                socket.close("x").await;
                return Ok(Found::Events(names(&found, published)));
            }
            Reply::NegMsg { message, .. } => {
                socket.send(json!(["NEG-CLOSE", "x"])).await;
                return Ok(Found::Events(names(&listed(&message), published)));
            }
            Reply::Count { count, .. } => return Ok(Found::Number(count)),
            Reply::Closed { message, .. } | Reply::NegErr { message, .. } => return Err(message),
            other => panic!("{other:?} for {filters}"),
        }
    }
}

/// The same filters, for events with [`WORD`].
fn searching(filters: &Value) -> Value {
    let mut filters = filters.clone();
    for filter in filters.as_array_mut().unwrap() {
        filter["search"] = json!(WORD);
    }
    filters
}

/// The ids in an answer to [`NOTHING_HERE`]: one list of fewer than 128 for the whole range, or
/// nothing at all (NIP-77).
fn listed(message: &str) -> Vec<String> {
    let Some(list) = message.strip_prefix("61000002") else {
        assert_eq!(message, "61");
        return Vec::new();
    };
    let (count, ids) = list.split_at(2);
    let ids: Vec<String> = (0..ids.len() / 64)
        .map(|index| ids[index * 64..][..64].to_owned())
        .collect();
    assert_eq!(usize::from_str_radix(count, 16), Ok(ids.len()));
    ids
}

/// What a question brought.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    Events(Vec<&'static str>),
    Number(u64),
}

async fn send(socket: &mut Socket, verb: &str, id: &str, filters: &Value) {
    let mut message = vec![json!(verb), json!(id)];
    message.extend(filters.as_array().unwrap().iter().cloned());
    socket.send(Value::Array(message)).await;
}

/// The names of the events with these ids, in the order of publishing; one that came twice is
/// there twice.
fn names(ids: &[String], published: &[Named]) -> Vec<&'static str> {
    let position = |id: &String| {
        let same = |named: &Named| named.event.id().to_string() == *id;
        published.iter().position(same).unwrap()
    };
    let mut positions: Vec<usize> = ids.iter().map(position).collect();
    positions.sort_unstable();
    positions
        .into_iter()
        .map(|position| published[position].name)
        .collect()
}

/// Asks every question as every reader.
async fn check(door: Door) {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let published = published(&relay);
        publish(&relay, &published).await;
        for keys in READERS {
            let mut socket = reader(&relay, keys).await;
            for filters in questions(&published) {
                // A comparison is about one filter.
                if door == Door::Comparison && filters.as_array().unwrap().len() > 1 {
                    continue;
                }
                let case = format!("{door:?} {filters} as {keys:?}");
                let found = ask(&mut socket, door, &filters, &published).await;
                match refusal(&filters, keys, door) {
                    Some(prefix) => assert_prefix(&found.expect_err(&case), prefix),
                    None => {
                        let names = expected(&published, &filters, keys, door);
                        let expected = match door {
                            Door::Number => Found::Number(names.len() as u64),
                            _ => Found::Events(names),
                        };
                        assert_eq!(found.expect(&case), expected, "{case}");
                    }
                }
            }
            socket.nothing_more().await;
        }
    }
}

#[tokio::test]
async fn nip59_05_06_nip42_08_nip70_06_stored_events_are_shown_to_whom_they_are_for() {
    check(Door::Stored).await;
}

#[tokio::test]
async fn nip45_07_nip59_11_only_what_could_be_shown_is_counted() {
    check(Door::Number).await;
}

#[tokio::test]
async fn nip77_03_12_nip59_11_only_what_could_be_shown_is_compared() {
    check(Door::Comparison).await;
}

#[tokio::test]
async fn nip50_08_what_is_private_cannot_be_searched_for() {
    check(Door::Search).await;
}

/// A reader who leaves everything open: the keys before the questions, and those added after.
type Listener = (&'static [u32], &'static [u32]);

const LISTENERS: [Listener; 11] = [
    (&[], &[]),
    (&[STRANGER], &[]),
    (&[AUTHOR], &[]),
    (&[RECIPIENT], &[]),
    (&[OTHER], &[]),
    (&[RECIPIENT, STRANGER], &[]),
    (&[AUTHOR, OTHER], &[]),
    (&[LEAVING_HERE], &[]),
    (&[], &[RECIPIENT]),
    (&[STRANGER], &[AUTHOR]),
    (&[], &[STRANGER, RECIPIENT, OTHER]),
];

#[tokio::test]
async fn nip59_05_06_08_nip42_08_15_live_events_are_pushed_to_whom_they_are_for() {
    check_live(Door::Live).await;
}

#[tokio::test]
async fn nip50_06_08_what_is_private_is_not_pushed_to_searches() {
    check_live(Door::LiveSearch).await;
}

/// Leaves every question open as every reader, then publishes.
async fn check_live(door: Door) {
    let relay = TestRelay::start().await;
    let published = published(&relay);
    let questions = questions(&published);
    let mut sockets = Vec::new();
    for (before, after) in LISTENERS {
        let mut socket = reader(&relay, before).await;
        for (index, filters) in questions.iter().enumerate() {
            let id = index.to_string();
            match door {
                Door::LiveSearch => send(&mut socket, "REQ", &id, &searching(filters)).await,
                _ => send(&mut socket, "REQ", &id, filters).await,
            }
            match refusal(filters, before, door) {
                Some(prefix) => drop(socket.expect_closed(&id, prefix).await),
                None => socket.expect_eose(&id).await,
            }
        }
        socket.req("end", json!({"kinds": [END_KIND]})).await;
        for key in after {
            socket.authenticate(*key).await.stored();
        }
        sockets.push(socket);
    }
    publish(&relay, &published).await;
    let end = note(STRANGER).kind(END_KIND).signed();
    relay.connect().await.accept(&end).await;
    for ((before, after), socket) in LISTENERS.iter().zip(&mut sockets) {
        let pushed = pushed_until(socket, &end, questions.len()).await;
        let keys = [*before, *after].concat();
        for (filters, ids) in questions.iter().zip(pushed) {
            let expected = match refusal(filters, before, door) {
                Some(_) => Vec::new(),
                None => expected(&published, filters, &keys, door),
            };
            let case = format!("{door:?} {filters} as {before:?}, then {after:?}");
            assert_eq!(names(&ids, &published), expected, "{case}");
        }
    }
}

/// What was pushed for each subscription, numbered from 0, before `end`.
async fn pushed_until(socket: &mut Socket, end: &Event, subscriptions: usize) -> Vec<Vec<String>> {
    let mut pushed = vec![Vec::new(); subscriptions];
    loop {
        match socket.receive().await {
            Reply::Event {
                subscription,
                event,
            } if event.id() == end.id() => {
                // Others may see it as well; what was published before has come by now.
                if subscription == "end" {
                    return pushed;
                }
            }
            Reply::Event {
                subscription,
                event,
            } => {
                pushed[subscription.parse::<usize>().unwrap()].push(event.id().to_string());
            }
            other => panic!("{other:?}"),
        }
    }
}
