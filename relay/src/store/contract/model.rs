//! Random histories and filters against a model that is too simple to be wrong: a list of events
//! that is filtered and sorted anew for every question.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use kith_nips::{Event, EventId, Filter, Kind};
use proptest::prelude::*;

use super::{Bench, Mode, NOW, Sqlite, key, signed};
use crate::store::ScanOptions;

/// One step of a history; numbers are small so that events meet each other.
#[derive(Debug, Clone)]
enum Step {
    Note {
        by: u8,
        kind: u16,
        second: u64,
        tags: Vec<(char, u8)>,
        content: u8,
    },
    DeleteId {
        by: u8,
        second: u64,
        which: prop::sample::Index,
    },
    DeleteAddress {
        by: u8,
        second: u64,
        kind: u16,
        identifier: u8,
    },
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let tag = (prop::sample::select(vec!['t', 'g', 'd', 'T']), 0..3_u8);
    let kinds = vec![0, 1, 1, 1, 1037, 10002, 30023, 31923];
    let note = (
        1..4_u8,
        prop::sample::select(kinds),
        0..6_u64,
        prop::collection::vec(tag, 0..4),
        0..3_u8,
    )
        .prop_map(|(by, kind, second, tags, content)| Step::Note {
            by,
            kind,
            second,
            tags,
            content,
        });
    let delete_id = (1..4_u8, 0..6_u64, any::<prop::sample::Index>())
        .prop_map(|(by, second, which)| Step::DeleteId { by, second, which });
    let delete_address = (
        1..4_u8,
        0..6_u64,
        prop::sample::select(vec![0, 10002, 30023, 31923]),
        0..3_u8,
    )
        .prop_map(|(by, second, kind, identifier)| Step::DeleteAddress {
            by,
            second,
            kind,
            identifier,
        });
    let step = prop_oneof![
        12 => note,
        2 => delete_id,
        2 => delete_address,
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..60)
}

fn filters() -> impl Strategy<Value = Vec<Filter>> {
    let values = |max: u8| prop::collection::btree_set(0..max, 1..3);
    let filter = (
        prop::option::weighted(0.3, prop::collection::btree_set(1..4_u8, 1..3)),
        prop::option::weighted(
            0.4,
            prop::collection::btree_set(
                prop::sample::select(vec![0_u16, 1, 5, 1037, 10002, 30023, 31923]),
                0..4,
            ),
        ),
        prop::option::weighted(0.3, values(3)),
        prop::option::weighted(0.3, values(3)),
        prop::option::weighted(0.2, 0..6_u64),
        prop::option::weighted(0.2, 0..6_u64),
        prop::option::weighted(0.4, 0..8_usize),
    )
        .prop_map(
            |(authors, kinds, topics, identifiers, since, until, limit)| {
                let mut json = serde_json::Map::new();
                let strings = |set: BTreeSet<u8>| -> Vec<String> {
                    set.into_iter().map(|value| value.to_string()).collect()
                };
                if let Some(authors) = authors {
                    let keys: Vec<String> = authors
                        .iter()
                        .map(|by| key(*by).public_key().to_string())
                        .collect();
                    json.insert("authors".into(), keys.into());
                }
                if let Some(kinds) = kinds {
                    json.insert("kinds".into(), kinds.into_iter().collect::<Vec<_>>().into());
                }
                if let Some(topics) = topics {
                    json.insert("#t".into(), strings(topics).into());
                }
                if let Some(identifiers) = identifiers {
                    json.insert("#d".into(), strings(identifiers).into());
                }
                if let Some(since) = since {
                    json.insert("since".into(), (NOW + since).into());
                }
                if let Some(until) = until {
                    json.insert("until".into(), (NOW + until).into());
                }
                if let Some(limit) = limit {
                    json.insert("limit".into(), limit.into());
                }
                Filter::parse(&serde_json::Value::from(json).to_string()).unwrap()
            },
        );
    prop::collection::vec(filter, 1..4)
}

/// What a store must hold after a history.
#[derive(Default)]
struct Model {
    accepted: Vec<Event>,
    ended: BTreeSet<EventId>,
}

impl Model {
    fn save(&mut self, event: &Event) {
        if self.accepted.iter().any(|known| known.id() == event.id()) || self.is_barred(event) {
            return;
        }
        for known in &self.accepted {
            let same_address = event.address().is_some() && known.address() == event.address();
            if same_address || deletes(event, known) {
                self.ended.insert(known.id());
            }
        }
        self.accepted.push(event.clone());
    }

    fn is_barred(&self, event: &Event) -> bool {
        self.accepted.iter().any(|known| {
            let newer = event.address().is_some()
                && known.address() == event.address()
                && (Reverse(known.created_at()), known.id())
                    < (Reverse(event.created_at()), event.id());
            newer || deletes(known, event)
        })
    }

    fn live(&self) -> Vec<&Event> {
        self.accepted
            .iter()
            .filter(|event| !self.ended.contains(&event.id()))
            .collect()
    }

    fn answer(&self, filters: &[Filter]) -> Vec<EventId> {
        let mut found = BTreeSet::new();
        for filter in filters {
            let mut matching: Vec<_> = self
                .live()
                .into_iter()
                .filter(|event| filter.matches(event, 0))
                .map(|event| (Reverse(event.created_at()), event.id()))
                .collect();
            matching.sort();
            matching.truncate(filter.limit.unwrap_or(usize::MAX));
            found.extend(matching);
        }
        found.into_iter().map(|(_, id)| id).collect()
    }
}

fn deletes(request: &Event, target: &Event) -> bool {
    if request.kind() != Kind::DELETION
        || target.kind() == Kind::DELETION
        || request.pubkey() != target.pubkey()
    {
        return false;
    }
    let names = |tag: &str, value: String| {
        request
            .tags()
            .named(tag)
            .any(|tag| tag.value() == Some(value.as_str()))
    };
    names("e", target.id().to_string())
        || target.address().is_some_and(|address| {
            names("a", address.to_string()) && target.created_at() <= request.created_at()
        })
}

fn event_of(step: &Step, history: &[Event]) -> Option<Event> {
    match step {
        Step::Note {
            by,
            kind,
            second,
            tags,
            content,
        } => {
            let tags: Vec<[String; 2]> = tags
                .iter()
                .map(|(name, value)| [name.to_string(), value.to_string()])
                .collect();
            let tags: Vec<Vec<&str>> = tags
                .iter()
                .map(|tag| tag.iter().map(String::as_str).collect())
                .collect();
            let tags: Vec<&[&str]> = tags.iter().map(Vec::as_slice).collect();
            Some(signed(
                *by,
                *kind,
                NOW + second,
                &tags,
                &content.to_string(),
            ))
        }
        Step::DeleteId { by, second, which } => {
            if history.is_empty() {
                return None;
            }
            let id = which.get(history).id().to_string();
            Some(signed(*by, 5, NOW + second, &[&["e", &id]], ""))
        }
        Step::DeleteAddress {
            by,
            second,
            kind,
            identifier,
        } => {
            let identifier = if *kind < 30000 {
                String::new()
            } else {
                identifier.to_string()
            };
            let address = format!("{kind}:{}:{identifier}", key(*by).public_key());
            Some(signed(*by, 5, NOW + second, &[&["a", &address]], ""))
        }
        Step::Restart => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..Default::default() })]

    #[test]
    fn random_histories_are_answered_like_the_model(
        history in steps(),
        questions in prop::collection::vec(filters(), 12),
    ) {
        let mut bench = Bench::<Sqlite>::new(Mode::Running);
        let mut model = Model::default();
        let mut offered = Vec::new();
        for step in &history {
            if matches!(step, Step::Restart) {
                bench.restart();
            }
            if let Some(event) = event_of(step, &offered) {
                bench.save(&event);
                model.save(&event);
                offered.push(event);
            }
        }
        prop_assert_eq!(bench.events(), model.live().len() as u64);
        for filters in &questions {
            let found: Vec<EventId> = bench
                .answer_with(filters, ScanOptions::everything(NOW))
                .iter()
                .map(Event::id)
                .collect();
            prop_assert_eq!(found, model.answer(filters), "{:?}", filters);
        }
    }
}
