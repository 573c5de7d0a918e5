//! Events and filters from small numbers, so that they meet each other.

use bolero::TypeGenerator;
use kith_nips::nip01::Draft;
use kith_nips::{Event, Filter, Kind};
use nostr::{Keys, SecretKey};
use serde_json::{Map, Value, json};

/// The time when a history begins.
pub const NOW: u64 = 1_700_000_000;

const AUTHORS: u8 = 4;
/// Seconds before the beginning within which events lie.
const SECONDS: u8 = 6;
/// Kinds of every class, those that do something more often.
const KINDS: [u16; 16] = [
    1, 1, 1, 0, 10_002, 30_023, 30_023, 31_923, 1_037, 1_037, 30_037, 30_037, 5, 5, 62, 1_059,
];
const TOPICS: [&str; 3] = ["chess", "go", ""];
const IDENTIFIERS: [&str; 3] = ["", "a", "b"];

/// An event in numbers.
#[derive(Debug, Clone, TypeGenerator)]
pub struct ANote {
    by: u8,
    kind: u8,
    second: u8,
    topics: [Option<u8>; 2],
    identifier: Option<u8>,
    /// Other events that it names, by id and by address; and persons.
    names: [Option<u8>; 2],
    named_addresses: [Option<u8>; 2],
    person: u8,
    expires: Option<u8>,
}

/// A question in numbers.
#[derive(Debug, Clone, TypeGenerator)]
pub struct AQuestion(Vec<AFilter>);

#[derive(Debug, Clone, TypeGenerator)]
struct AFilter {
    ids: Option<[u8; 2]>,
    authors: Option<[u8; 2]>,
    kinds: Option<Vec<u8>>,
    topic: Option<u8>,
    identifier: Option<u8>,
    since: Option<u8>,
    until: Option<u8>,
    limit: Option<u8>,
}

impl ANote {
    /// The event; `offered` are those that it can name.
    pub fn event(&self, offered: &[Event], now: u64) -> Event {
        let kind = of(&KINDS, self.kind);
        let mut tags: Vec<Vec<String>> = Vec::new();
        let mut tag = |name: &str, value: &str| tags.push(vec![name.to_owned(), value.to_owned()]);
        let named = |number: &Option<u8>| {
            let number = usize::from((*number)?).checked_rem(offered.len())?;
            offered.get(number)
        };
        if kind == 30_037 {
            // Of the two ways to name a community.
            let community = self
                .names
                .iter()
                .find_map(named)
                .map(|event| event.id().to_string());
            match (self.identifier, community) {
                (None, Some(id)) => tag("d", &id),
                (_, Some(id)) => tag("e", &id),
                (_, None) => {}
            }
        } else {
            for event in self.names.iter().filter_map(named) {
                tag("e", &event.id().to_string());
            }
        }
        if let Some(number) = self.identifier {
            tag("d", of(&IDENTIFIERS, number));
        }
        for address in self
            .named_addresses
            .iter()
            .filter_map(named)
            .filter_map(Event::address)
        {
            tag("a", &address.to_string());
        }
        for topic in self.topics.iter().flatten() {
            tag("t", of(&TOPICS, *topic));
        }
        if kind == 1_059 {
            tag("p", &author(self.person));
        }
        // Whether a community that has expired still bars others is not said.
        if let Some(seconds) = self.expires.filter(|_| kind != 1_037) {
            tag(
                "expiration",
                &(now + 1 + u64::from(seconds % 8)).to_string(),
            );
        }
        let created_at = NOW - u64::from(self.second % SECONDS);
        let draft = Draft {
            kind: Kind::new(kind),
            created_at: Some(created_at),
            tags,
            content: String::new(),
        };
        draft.sign(&keys(self.by), created_at).unwrap()
    }
}

impl AQuestion {
    /// One to three filters.
    pub fn filters(&self, offered: &[Event]) -> Vec<Filter> {
        let mut filters: Vec<Filter> = self
            .0
            .iter()
            .take(3)
            .map(|filter| filter.filter(offered))
            .collect();
        if filters.is_empty() {
            filters.push(Filter::default());
        }
        filters
    }
}

impl AFilter {
    fn filter(&self, offered: &[Event]) -> Filter {
        let mut members = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            members.extend(value.map(|value| (name.to_owned(), value)));
        };
        let id = |number: &u8| -> Option<String> {
            let number = usize::from(*number).checked_rem(offered.len())?;
            Some(offered.get(number)?.id().to_string())
        };
        put(
            "ids",
            self.ids.map(|ids| ids.iter().filter_map(id).collect()),
        );
        put(
            "authors",
            self.authors.map(|list| list.map(author).to_vec().into()),
        );
        let kinds = |list: &Vec<u8>| list.iter().take(3).map(|kind| of(&KINDS, *kind)).collect();
        put("kinds", self.kinds.as_ref().map(kinds));
        put("#t", self.topic.map(|topic| json!([of(&TOPICS, topic)])));
        put(
            "#d",
            self.identifier.map(|name| json!([of(&IDENTIFIERS, name)])),
        );
        let second = |second: u8| json!(NOW - u64::from(second % SECONDS));
        put("since", self.since.map(second));
        put("until", self.until.map(second));
        put("limit", self.limit.map(|limit| json!(limit % 8)));
        Filter::parse(&Value::from(members).to_string()).unwrap()
    }
}

fn of<T: Copy>(list: &[T], number: u8) -> T {
    list[usize::from(number) % list.len()]
}

fn keys(number: u8) -> Keys {
    let mut secret = [0; 32];
    secret[31] = number % AUTHORS + 1;
    Keys::new(SecretKey::from_slice(&secret).unwrap())
}

fn author(number: u8) -> String {
    keys(number).public_key().to_string()
}
