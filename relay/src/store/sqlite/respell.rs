//! Words that nothing has, and that are spelled much like a word of a topic or city: compared by the
//! sets of three letters in a row (trigrams), as in PostgreSQL's `pg_trgm`, and by how many letters
//! have to be changed.

use std::collections::BTreeSet;
use std::sync::Arc;

use kith_nips::Event;
use kith_nips::nip50::{self, Search};

use super::facets;
use super::index::Index;
use super::keys::word_keys;
use super::runs::Entry;
use super::tail::Tail;
use crate::store::StoreError;

/// Words of one search that are looked at.
const WORDS_MAX: usize = 8;
/// Names whose words are compared: those that are on most.
const NAMES_COMPARED_MAX: usize = 4_096;
/// Shorter words are searched as they are.
const LETTERS_MIN: usize = 4;
/// How much of both words' trigrams they must share.
const SIMILARITY_MIN: f64 = 0.2;
/// Letters of a word for each that may be wrong.
const LETTERS_PER_MISTAKE: usize = 4;

/// The words of a search that nothing in the index has and that may be replaced.
///
/// # Errors
/// [`StoreError`] when the index cannot be read.
pub fn unknown_words(search: &Search, index: &Index) -> Result<Vec<String>, StoreError> {
    let mut unknown = Vec::new();
    for word in search.words().iter().take(WORDS_MAX) {
        let is_in_phrase = search.phrases().iter().flatten().any(|part| part == word);
        let is_long = word.chars().count() >= LETTERS_MIN;
        if is_long && !is_in_phrase && !is_indexed(word, index)? {
            unknown.push(word.clone());
        }
    }
    Ok(unknown)
}

/// Replaces these words of a search, those that the tail does not have either, by the most similar
/// words of topics and cities, where there are any.
///
/// # Errors
/// [`StoreError`] when the index cannot be read.
pub fn respell(
    search: &mut Search,
    mut unknown: Vec<String>,
    index: &Index,
    tail: &Tail,
) -> Result<(), StoreError> {
    let recent: Vec<Arc<Event>> = {
        let state = tail.read();
        let events = state.layer.events();
        events.map(|(_, event)| event.clone()).collect()
    };
    for event in recent {
        nip50::for_each_searched_word(&event, |found| {
            unknown.retain(|word| !found.starts_with(word.as_str()));
        });
    }
    // What the indexer moved since the index was looked at is in the index by now.
    let mut missing = Vec::with_capacity(unknown.len());
    for word in unknown {
        if !is_indexed(&word, index)? {
            missing.push(word);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let known = facets::names(NAMES_COMPARED_MAX, index, tail)?;
    for word in missing {
        if let Some(similar) = most_similar(&word, &known) {
            search.replace_word(&word, similar);
        }
    }
    Ok(())
}

fn is_indexed(word: &str, index: &Index) -> Result<bool, StoreError> {
    let (first, last) = word_keys(word);
    let entry = index.scan(Entry::of_word(first, i64::MIN)).next()?;
    Ok(entry.is_some_and(|entry| entry <= Entry::of_word(last, i64::MAX)))
}

/// The word of these names that is spelled most like this one; of equals the one that is on most.
fn most_similar(word: &str, names: &[(String, u64)]) -> Option<String> {
    let wanted = trigrams(word);
    let mistakes_max = (word.chars().count() / LETTERS_PER_MISTAKE).max(1);
    let mut best: Option<(f64, u64, String)> = None;
    for (name, events) in names {
        nip50::for_each_word(name, |known| {
            if strsim::osa_distance(word, known) > mistakes_max {
                return;
            }
            let similarity = similarity(&wanted, &trigrams(known));
            let is_better = best
                .as_ref()
                .is_none_or(|(most, on, _)| (similarity, *events) > (*most, *on));
            if similarity >= SIMILARITY_MIN && is_better {
                best = Some((similarity, *events, known.to_owned()));
            }
        });
    }
    best.map(|(_, _, word)| word)
}

fn similarity(one: &BTreeSet<[char; 3]>, other: &BTreeSet<[char; 3]>) -> f64 {
    let shared = one.intersection(other).count();
    let all = one.len() + other.len() - shared;
    // A few dozen.
    shared as f64 / all.max(1) as f64
}

/// Three letters in a row, with two spaces before the word and one behind.
fn trigrams(word: &str) -> BTreeSet<[char; 3]> {
    let letters: Vec<char> = [' ', ' ']
        .into_iter()
        .chain(word.chars())
        .chain([' '])
        .collect();
    letters
        .windows(3)
        .filter_map(|three| three.try_into().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_errors_are_found_out_and_other_words_are_left_alone() {
        let names = [
            ("DE:Hamburg", 9),
            ("DE:Homburg", 2),
            ("board games", 5),
            ("photography", 3),
            ("chess", 8),
        ];
        let names = names.map(|(name, events)| (name.to_owned(), events));
        for (typed, expected) in [
            ("hambrug", Some("hamburg")),
            ("hamburk", Some("hamburg")),
            ("homburk", Some("homburg")),
            ("fotography", Some("photography")),
            ("gmaes", Some("games")),
            ("ches", Some("chess")),
            ("cheese", None),
            ("berlin", None),
            ("xyzzy", None),
        ] {
            assert_eq!(most_similar(typed, &names).as_deref(), expected, "{typed}");
        }
    }
}
