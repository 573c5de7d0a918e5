//! The filters of a world: made of what its events have, so that most of them find something.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::notes::{WORDS, address};
use crate::differential::fact::{Fact, is_hex32};
use crate::differential::question::SEARCH_CHARACTERS_MAX;
use crate::events::{Dice, MOMENT};

/// Filters in one request.
const GROUP_MAX: usize = 4;

/// What can be asked for.
pub(super) struct Questions {
    ids: Vec<Value>,
    authors: Vec<Value>,
    kinds: Vec<Value>,
    /// Tag names with one letter, and a value of such a tag.
    tags: Vec<(String, Value)>,
}

impl Questions {
    pub(super) fn about<'a>(facts: impl Iterator<Item = &'a Fact> + Clone) -> Self {
        let unique = |values: BTreeSet<String>| values.into_iter().map(Value::from).collect();
        let kinds: BTreeSet<u64> = facts.clone().map(|fact| fact.kind).collect();
        let mut tags = Vec::new();
        for fact in facts.clone() {
            for tag in fact.tags.iter().filter(|tag| tag[0].len() == 1) {
                if let [name, value, ..] = tag.as_slice()
                    && name != "-"
                {
                    tags.push((name.clone(), json!(value)));
                }
            }
            if let Some((kind, ..)) = fact.place() {
                tags.push(("d".to_owned(), json!(fact.identifier())));
                if kind == 31_923 {
                    tags.push(("a".to_owned(), json!(address(fact))));
                }
            }
        }
        let is_hex = |value: &Value| value.as_str().is_some_and(is_hex32);
        tags.retain(|(name, value)| !matches!(name.as_str(), "e" | "p") || is_hex(value));
        Questions {
            ids: unique(facts.clone().map(|fact| fact.id.clone()).collect()),
            authors: unique(facts.map(|fact| fact.pubkey.clone()).collect()),
            kinds: kinds.into_iter().map(Value::from).collect(),
            tags,
        }
    }

    /// The filters of one request.
    pub(super) fn group(&self, dice: &mut Dice) -> Vec<Value> {
        let amount = 1 + dice.below(GROUP_MAX);
        let mut filters: Vec<Value> = (0..amount).map(|_| self.filter(dice)).collect();
        match dice.below(40) {
            0 => filters.push(self.refused(dice)),
            1 => filters.push(filters[0].clone()),
            _ => {}
        }
        filters.truncate(GROUP_MAX);
        filters
    }

    /// The filters of one request, well-formed, without limit and search.
    pub(super) fn unlimited(&self, dice: &mut Dice) -> Vec<Value> {
        let amount = 1 + dice.below(2);
        let mut filters = vec![json!({"kinds": [1]})];
        for _ in 0..amount {
            let mut filter = self.filter(dice);
            if let Some(members) = filter.as_object_mut() {
                members.remove("limit");
                members.remove("search");
            }
            filters.push(filter);
        }
        // With all events of kind 1, or only with what the others find.
        filters.split_off(dice.below(2))
    }

    fn filter(&self, dice: &mut Dice) -> Value {
        let mut filter = Map::new();
        match dice.below(16) {
            0 => return json!({}),
            1 => return self.private(dice),
            _ => {}
        }
        if dice.below(10) == 0 {
            filter.insert("ids".to_owned(), list(dice, &self.ids, 6));
        }
        if dice.below(3) == 0 {
            filter.insert("authors".to_owned(), list(dice, &self.authors, 2));
        }
        if dice.below(5) < 2 {
            filter.insert("kinds".to_owned(), list(dice, &self.kinds, 4));
        }
        for _ in 0..*dice.pick(&[0, 0, 1, 1, 2]) {
            let (name, _) = dice.pick(&self.tags);
            let values = self.tags.iter().filter(|(tag, _)| tag == name);
            let values: Vec<Value> = values.map(|(_, value)| value.clone()).collect();
            filter.insert(format!("#{name}"), list(dice, &values, 3));
        }
        if dice.below(8) == 0 {
            filter.insert("search".to_owned(), search(dice));
        }
        with_times_and_limit(filter, dice)
    }

    /// Private kinds only, which not everybody may ask for.
    fn private(&self, dice: &mut Dice) -> Value {
        let mut filter = Map::new();
        let kinds = [json!(4), json!(1_059), json!(21_059)];
        filter.insert("kinds".to_owned(), list(dice, &kinds, 2));
        match dice.below(4) {
            0 => {}
            1 => {
                filter.insert("authors".to_owned(), list(dice, &self.authors, 2));
            }
            _ => {
                filter.insert("#p".to_owned(), list(dice, &self.authors, 2));
            }
        }
        Value::Object(filter)
    }

    /// NIP01-66 to NIP01-79.
    fn refused(&self, dice: &mut Dice) -> Value {
        let id = self.ids[0].as_str().unwrap();
        let wrong = [
            json!({"ids": [id.to_uppercase()]}),
            json!({"ids": [&id[..62]]}),
            json!({"#e": [""]}),
            json!({"authors": ["npub1"]}),
            json!({"kinds": [65_536]}),
            json!({"kinds": ["1"]}),
            json!({"since": -1}),
            json!({"limit": null}),
            json!({"#title": ["go"]}),
            json!({"#-": [""]}),
            json!({"tags": []}),
            json!({"search": "x".repeat(SEARCH_CHARACTERS_MAX + 1)}),
            json!({"search": 1}),
            json!([]),
        ];
        dice.pick(&wrong).clone()
    }
}

fn with_times_and_limit(mut filter: Map<String, Value>, dice: &mut Dice) -> Value {
    for member in ["since", "until"] {
        if dice.below(5) == 0 {
            let time = MOMENT - 1 + dice.below(9) as u64;
            filter.insert(member.to_owned(), json!(time));
        }
    }
    if dice.below(4) == 0 {
        let limit = *dice.pick(&[0, 1, 1, 2, 3, 5, 10, 20, 40, 100_000]);
        filter.insert("limit".to_owned(), json!(limit));
    }
    Value::Object(filter)
}

/// Words that are there, beginnings of them, extensions, and what could mean something elsewhere.
fn search(dice: &mut Dice) -> Value {
    let amount = *dice.pick(&[0, 1, 1, 1, 2, 2, 3]);
    let mut parts: Vec<String> = Vec::new();
    for _ in 0..amount {
        let word = *dice.pick(&WORDS);
        let letters = 1 + dice.below(word.chars().count());
        parts.push(match dice.below(8) {
            0 => word.chars().take(letters).collect(),
            1 => "language:en".to_owned(),
            2 => format!("\"{word}\" *"),
            _ => word.to_owned(),
        });
    }
    json!(parts.join(" "))
}

/// Up to `longest` values, rarely none, sometimes one of them twice.
fn list(dice: &mut Dice, values: &[Value], longest: usize) -> Value {
    if values.is_empty() || dice.below(40) == 0 {
        return json!([]);
    }
    let amount = 1 + dice.below(longest);
    let mut picked: Vec<Value> = (0..amount).map(|_| dice.pick(values).clone()).collect();
    if dice.below(10) == 0 {
        picked.push(picked[0].clone());
    }
    Value::Array(picked)
}
