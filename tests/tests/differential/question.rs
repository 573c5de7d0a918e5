//! A filter as the model sees it, and whether an event answers it (NIP-01). Knows nothing of
//! limits, of readers, or of what is stored.

use serde_json::Value;

use super::fact::{Class, Fact, is_hex32};

/// Longest search text.
pub(crate) const SEARCH_CHARACTERS_MAX: usize = 1_000;

/// A well-formed filter.
#[derive(Debug, Clone, Default)]
pub(crate) struct Question {
    ids: Option<Vec<String>>,
    pub(crate) authors: Option<Vec<String>>,
    pub(crate) kinds: Option<Vec<u64>>,
    /// Tag name and wanted values.
    pub(crate) tags: Vec<(String, Vec<String>)>,
    since: Option<u64>,
    until: Option<u64>,
    pub(crate) limit: Option<u64>,
    pub(crate) search: Option<String>,
}

impl Question {
    /// Reads a filter.
    ///
    /// # Errors
    /// The prefix with which a relay refuses it (NIP01-66 to NIP01-79).
    pub(crate) fn read(filter: &Value) -> Result<Self, &'static str> {
        let mut question = Question::default();
        for (member, value) in filter.as_object().ok_or("invalid")? {
            match member.as_str() {
                "ids" => question.ids = Some(hex_list(value)?),
                "authors" => question.authors = Some(hex_list(value)?),
                "kinds" => question.kinds = Some(kinds(value)?),
                "since" => question.since = Some(number(value)?),
                "until" => question.until = Some(number(value)?),
                "limit" => question.limit = Some(number(value)?),
                "search" => question.search = Some(search(value)?),
                _ => question.tags.push(tag_condition(member, value)?),
            }
        }
        Ok(question)
    }

    /// Whether the event answers all conditions. Not looked at: limit and search.
    pub(crate) fn matches(&self, fact: &Fact) -> bool {
        listed(&self.ids, &fact.id)
            && listed(&self.authors, &fact.pubkey)
            && listed(&self.kinds, &fact.kind)
            && self.since.is_none_or(|since| fact.created_at >= since)
            && self.until.is_none_or(|until| fact.created_at <= until)
            && self
                .tags
                .iter()
                .all(|(name, values)| has_tag(fact, name, values))
    }

    /// Whether it asks for private kinds only (NIP59-06).
    pub(crate) fn is_private(&self) -> bool {
        let private = |kind: &u64| matches!(kind, 4 | 1_059 | 21_059);
        matches!(&self.kinds, Some(kinds) if !kinds.is_empty() && kinds.iter().all(private))
    }

    /// The values asked of this tag.
    pub(crate) fn wanted(&self, name: &str) -> Option<&[String]> {
        let condition = self.tags.iter().find(|(tag, _)| tag == name);
        condition.map(|(_, values)| values.as_slice())
    }
}

fn listed<T: PartialEq>(list: &Option<Vec<T>>, value: &T) -> bool {
    match list {
        Some(list) => list.contains(value),
        None => true,
    }
}

/// NIP01-76 to NIP01-78; of an addressable event only the first `d` counts, and none is like an
/// empty one (NIP01-48, NIP01-49).
fn has_tag(fact: &Fact, name: &str, values: &[String]) -> bool {
    if name == "d" && fact.class() == Class::Addressable {
        return values.iter().any(|value| value == fact.identifier());
    }
    fact.values(name)
        .any(|found| values.iter().any(|value| value == found))
}

fn tag_condition(member: &str, value: &Value) -> Result<(String, Vec<String>), &'static str> {
    let name = member.strip_prefix('#').ok_or("unsupported")?;
    if !matches!(name.as_bytes(), [letter] if letter.is_ascii_alphabetic()) {
        return Err("unsupported");
    }
    let values = match name {
        "e" | "p" => hex_list(value)?,
        _ => list(value)?.iter().map(text).collect::<Result<_, _>>()?,
    };
    Ok((name.to_owned(), values))
}

fn hex_list(value: &Value) -> Result<Vec<String>, &'static str> {
    let values: Vec<String> = list(value)?.iter().map(text).collect::<Result<_, _>>()?;
    match values.iter().all(|value| is_hex32(value)) {
        true => Ok(values),
        false => Err("invalid"),
    }
}

/// NIP50-10
fn search(value: &Value) -> Result<String, &'static str> {
    let search = text(value)?;
    match search.chars().count() <= SEARCH_CHARACTERS_MAX {
        true => Ok(search),
        false => Err("invalid"),
    }
}

fn kinds(value: &Value) -> Result<Vec<u64>, &'static str> {
    let kinds: Vec<u64> = list(value)?.iter().map(number).collect::<Result<_, _>>()?;
    match kinds.iter().all(|kind| *kind <= 65_535) {
        true => Ok(kinds),
        false => Err("invalid"),
    }
}

fn list(value: &Value) -> Result<&Vec<Value>, &'static str> {
    value.as_array().ok_or("invalid")
}

fn text(value: &Value) -> Result<String, &'static str> {
    value.as_str().map(str::to_owned).ok_or("invalid")
}

fn number(value: &Value) -> Result<u64, &'static str> {
    value.as_u64().ok_or("invalid")
}
