//! What is answered to a question, by either side, and how two answers differ.

use std::collections::BTreeSet;

use super::Asked;

/// What a relay answers to a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) events: Vec<String>,
    pub(super) end: Option<End>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// With the hint.
    Eose(Option<String>),
    Closed(String),
    Count(u64),
    /// Ids that only the client has, and ids that only the relay has.
    Compared(BTreeSet<String>, BTreeSet<String>),
}

impl Answer {
    pub(super) fn closed(prefix: &str) -> Self {
        Answer {
            events: Vec::new(),
            end: Some(End::Closed(prefix.to_owned())),
        }
    }

    /// In short.
    pub(super) fn name(&self, asked: &Asked<'_>) -> String {
        let (verb, _) = asked.name();
        let searches = asked
            .filters
            .iter()
            .any(|filter| filter["search"].is_string());
        let search = if searches { " with search" } else { "" };
        let end = match &self.end {
            Some(End::Eose(hint)) => {
                let events = if self.events.is_empty() {
                    ""
                } else {
                    ", with events"
                };
                format!("{}{events}", hint.as_deref().unwrap_or("no hint"))
            }
            Some(End::Closed(prefix)) => prefix.clone(),
            Some(End::Count(0)) | None => "of none".to_owned(),
            Some(End::Count(_)) => "of some".to_owned(),
            Some(End::Compared(have, need)) if have.is_empty() && need.is_empty() => {
                "without differences".to_owned()
            }
            Some(End::Compared(..)) => "with differences".to_owned(),
        };
        format!("{verb}{search} {end}")
    }

    /// Of the events as they came.
    pub(super) fn ids(&self) -> Vec<String> {
        let ids = self.events.iter().map(|json| id_of(json).to_owned());
        ids.collect()
    }
}

/// Long answers are mostly alike: what is in one of them only, or else both.
pub(super) fn describe(expected: &Answer, got: &Answer) -> String {
    let ids = got.ids();
    let missing: Vec<_> = without(&expected.events, &ids);
    let surplus: Vec<_> = without(&ids, &expected.events);
    let ends = format!("expected {:?}, got {:?}", expected.end, got.end);
    if missing.is_empty() && surplus.is_empty() && ids != expected.events {
        return format!("{ends}\nexpected {:#?}\ngot {ids:#?}", expected.events);
    }
    let amount = expected.events.len();
    format!("{ends}\nof {amount} missing {missing:#?}\nsurplus {surplus:#?}")
}

pub(super) fn without<'a>(ids: &'a [String], others: &[String]) -> Vec<&'a String> {
    ids.iter().filter(|id| !others.contains(id)).collect()
}

/// The canonical JSON begins with the id.
pub(super) fn id_of(json: &str) -> &str {
    json.get(7..71).unwrap_or_default()
}
