//! Filters: what was read is written and read again as the same, and matching agrees with a
//! matcher that works on plain JSON, written from the text of NIP-01 and NIP-50.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a target that cannot go on panics, also in what tests share"
)]

use bolero::{TypeGenerator, check};
use kith_fuzz::{Edit, corpus};
use kith_nips::{Event, Filter};
use serde_json::{Map, Value, json};

/// What `cargo test` tries beside the corpus.
const ITERATIONS: usize = 20_000;

const WORDS: [&str; 24] = [
    "\"ids\"",
    "\"authors\"",
    "\"kinds\"",
    "\"#e\"",
    "\"#d\"",
    "\"since\"",
    "\"until\"",
    "\"limit\"",
    "\"search\"",
    "\"\"",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    "null",
    "-1",
    "1.0",
    "1e3",
    "65536",
    "18446744073709551615",
    "\\u0000",
    "\\ud83d",
];

/// Few values, so that filters and events meet.
const KINDS: [u16; 6] = [0, 1, 7, 10_037, 30_023, 31_923];
const TAG_NAMES: [&str; 6] = ["t", "T", "d", "e", "tt", "1"];
const TEXTS: [&str; 8] = ["", "a", "b", "A", "ab", "\u{e9}", "a\u{0}", "\u{1f3b2}"];
const CONTENTS: [&str; 5] = ["", "chess", "go chess", "Chessboard", "tea"];
const SEARCHES: [&str; 5] = ["chess", "che", "go chess", "tea key:value", "key:value"];

/// The parts of an event, as numbers into the lists above.
#[derive(Debug, Clone, TypeGenerator)]
struct AnEvent {
    id: bool,
    author: u8,
    kind: u8,
    created_at: u8,
    tags: Vec<(u8, Vec<u8>)>,
    content: u8,
}

/// The parts of a filter; what is `None` does not restrict.
#[derive(Debug, Clone, TypeGenerator)]
struct AFilter {
    ids: Option<Vec<bool>>,
    authors: Option<Vec<u8>>,
    kinds: Option<Vec<u8>>,
    tags: Vec<(u8, Vec<u8>)>,
    since: Option<u8>,
    until: Option<u8>,
    limit: Option<u8>,
    search: Option<u8>,
}

#[test]
fn filters_are_written_as_they_are_read() {
    let corpus = corpus("filters").unwrap();
    let text = |input: &[u8]| String::from_utf8_lossy(input).into_owned();
    for input in &corpus {
        read(&text(input));
    }
    check!()
        .with_iterations(ITERATIONS)
        .with_type::<(u8, Vec<Edit>)>()
        .for_each(|(number, edits)| {
            let mut input = corpus[usize::from(*number) % corpus.len()].clone();
            for edit in edits.iter().take(4) {
                edit.apply(&mut input, &WORDS);
            }
            read(&text(&input));
        });
}

#[test]
fn matching_agrees_with_the_text_of_the_specification() {
    check!()
        .with_iterations(ITERATIONS)
        .with_type::<(AnEvent, AFilter)>()
        .for_each(|(event, filter)| {
            let (event, filter) = (event.json(), filter.json());
            let parsed = Event::parse(&event.to_string()).unwrap();
            let read = Filter::parse(&filter.to_string()).unwrap();
            let expected = answers(&event, &filter);
            assert_eq!(read.matches(&parsed, 0), expected, "{filter} of {event}");
            assert!(!(expected && read.matches_nothing()), "{filter}");
        });
}

fn read(text: &str) {
    match Filter::parse(text) {
        Ok(filter) => {
            let json = filter.to_json();
            assert_eq!(Filter::parse(&json).as_ref(), Ok(&filter), "{text}");
            assert_eq!(Filter::parse(&json).unwrap().to_json(), json, "{text}");
            let mut normalised = filter.clone();
            normalised.normalise();
            assert_eq!(normalised, filter, "{text}");
        }
        Err(error) => {
            let text = error.to_string();
            assert!(
                text.starts_with("invalid: ") || text.starts_with("unsupported: "),
                "{text}"
            );
        }
    }
}

fn of<T: Clone>(list: &[T], number: u8) -> T {
    list[usize::from(number) % list.len()].clone()
}

fn id(number: bool) -> String {
    format!("{:064x}", u8::from(number))
}

fn author(number: u8) -> String {
    format!("{:064x}", number % 3 + 1)
}

impl AnEvent {
    fn json(&self) -> Value {
        let tags = self.tags.iter().take(5).map(|(name, values)| {
            let values = values.iter().take(2).map(|value| of(&TEXTS, *value));
            std::iter::once(of(&TAG_NAMES, *name))
                .chain(values)
                .collect()
        });
        let tags: Vec<Vec<&str>> = tags.collect();
        json!({
            "id": id(self.id),
            "pubkey": author(self.author),
            "created_at": self.created_at % 4,
            "kind": of(&KINDS, self.kind),
            "tags": tags,
            "content": of(&CONTENTS, self.content),
            "sig": "0".repeat(128),
        })
    }
}

impl AFilter {
    fn json(&self) -> Value {
        let mut members = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            members.extend(value.map(|value| (name.to_owned(), value)));
        };
        put("ids", list(self.ids.as_ref(), |one| id(one).into()));
        put(
            "authors",
            list(self.authors.as_ref(), |one| author(one).into()),
        );
        put(
            "kinds",
            list(self.kinds.as_ref(), |one| of(&KINDS, one).into()),
        );
        for (name, values) in self.tags.iter().take(2) {
            let name = of(&TAG_NAMES[..4], *name);
            put(
                &format!("#{name}"),
                list(Some(values), |one| tag_value(name, one).into()),
            );
        }
        put("since", self.since.map(|at| (at % 4).into()));
        put("until", self.until.map(|at| (at % 4).into()));
        put("limit", self.limit.map(Into::into));
        put("search", self.search.map(|one| of(&SEARCHES, one).into()));
        members.into()
    }
}

fn list<T: Copy>(numbers: Option<&Vec<T>>, value: impl Fn(T) -> Value) -> Option<Value> {
    let numbers = numbers?.iter().take(3);
    Some(numbers.map(|number| value(*number)).collect())
}

/// Ids are whole where a tag must have them.
fn tag_value(name: &str, number: u8) -> String {
    match name {
        "e" => id(number.is_multiple_of(2)),
        _ => of(&TEXTS, number).to_owned(),
    }
}

/// Whether `event` is what `filter` asks for: each member that is there must be met.
fn answers(event: &Value, filter: &Value) -> bool {
    filter.as_object().unwrap().iter().all(|(name, wanted)| {
        let among = |value: &Value| wanted.as_array().unwrap().contains(value);
        match name.as_str() {
            "ids" => among(&event["id"]),
            "authors" => among(&event["pubkey"]),
            "kinds" => among(&event["kind"]),
            "since" => event["created_at"].as_u64() >= wanted.as_u64(),
            "until" => event["created_at"].as_u64() <= wanted.as_u64(),
            "limit" => true,
            "search" => is_found(event, wanted.as_str().unwrap()),
            tag => first_values(event, &tag[1..]).iter().any(among),
        }
    })
}

/// The values of a tag that count. An addressable event has one `d`, its first, or an empty one
/// (NIP-01).
fn first_values(event: &Value, name: &str) -> Vec<Value> {
    let tags = event["tags"].as_array().unwrap();
    let named = tags.iter().filter(|tag| tag[0] == name);
    let addressable = (30_000..40_000).contains(&event["kind"].as_u64().unwrap());
    if name == "d" && addressable {
        let first = named.map(|tag| tag.get(1).cloned()).next().flatten();
        return vec![first.unwrap_or_else(|| "".into())];
    }
    named.filter_map(|tag| tag.get(1).cloned()).collect()
}

/// Every word is the beginning of a word of the content; `key:value` is an extension and left out
/// (NIP-50). Without words nothing is found.
fn is_found(event: &Value, search: &str) -> bool {
    let content = event["content"].as_str().unwrap().to_lowercase();
    let words: Vec<&str> = search
        .split(' ')
        .filter(|word| !word.contains(':'))
        .collect();
    let begins = |word: &&str| {
        content
            .split(' ')
            .any(|candidate| candidate.starts_with(word))
    };
    !words.is_empty() && words.iter().all(begins)
}
