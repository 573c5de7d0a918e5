//! What a search finds (NIP-50), word by word. Only how well something fits is asked of
//! `kith-nips`, where the score is defined.

use kith_nips::Event;
use kith_nips::nip50::{Search, SearchedText};

use crate::differential::fact::Fact;

/// Whether every word begins some word of the searched text, and every phrase stands in one of its
/// fields (NIP50-01, NIP50-03, NIP50-04).
pub(super) fn finds(search: &str, fact: &Fact) -> bool {
    // Every second part is in quotes; a quotation mark without a second one means nothing.
    let parts: Vec<&str> = search.split('"').collect();
    let is_quoted = |place: usize| place % 2 == 1 && place + 1 < parts.len();
    let (mut wanted, mut phrases) = (Vec::new(), Vec::new());
    for (place, part) in parts.iter().enumerate() {
        if is_quoted(place) {
            wanted.extend(words(part));
            phrases.extend(
                [words(part)]
                    .into_iter()
                    .filter(|phrase| !phrase.is_empty()),
            );
        } else {
            let plain = part.split_whitespace().filter(|word| !is_extension(word));
            wanted.extend(plain.flat_map(words));
        }
    }
    let fields = searched(fact);
    let begins = |word: &String| {
        let mut found = fields.iter().flatten();
        found.any(|found| found.starts_with(word.as_str()))
    };
    let stands = |phrase: &Vec<String>| {
        let mut found = fields.iter().flat_map(|field| field.windows(phrase.len()));
        found.any(|part| part == *phrase)
    };
    !wanted.is_empty() && wanted.iter().all(begins) && phrases.iter().all(stands)
}

/// Greater is better.
pub(super) fn score(search: &str, fact: &Fact) -> u32 {
    let event = Event::parse(&fact.json).unwrap();
    let search = Search::parse(search).unwrap();
    search.score(&SearchedText::of(&event)).unwrap_or_default()
}

/// The words of each searched field.
fn searched(fact: &Fact) -> Vec<Vec<String>> {
    let tags: &[&str] = match fact.kind {
        // NIP50-08: nobody finds what is private by its words.
        4 | 13 | 1_059 | 21_059 => return Vec::new(),
        31_922..=31_924 => &["title", "name", "summary", "location"],
        30_037 => &["title"],
        _ => &[],
    };
    let described = tags.iter().flat_map(|name| fact.values(name));
    let (topics, cities) = match fact.kind {
        30_037 | 31_922 | 31_923 => (fact.values("t").collect(), fact.values("g").collect()),
        _ => (Vec::new(), Vec::new()),
    };
    // `CC:Name`
    let cities = cities
        .into_iter()
        .filter_map(|city: &str| city.split_once(':'));
    let described = described.chain(topics).chain(cities.map(|(_, name)| name));
    let texts = described.chain([fact.content.as_str()]);
    texts.map(words).collect()
}

/// `key:value`
fn is_extension(part: &str) -> bool {
    let is_key = |key: &str| {
        key.starts_with(|first: char| first.is_ascii_alphabetic())
            && key
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || "_-".contains(it))
    };
    part.split_once(':').is_some_and(|(key, _)| is_key(key))
}

/// The words of a text, folded (NIP50-05). Written for the alphabet of the worlds.
fn words(text: &str) -> Vec<String> {
    let mut spaced = String::new();
    for letter in text.chars() {
        match letter {
            'é' | 'É' => spaced.push('e'),
            'ï' => spaced.push('i'),
            'Ｇ' => spaced.push('g'),
            'ｏ' => spaced.push('o'),
            // An accent on the letter before.
            '\u{301}' => {}
            // Written without spaces.
            '日' | '本' | '語' => spaced.extend([' ', letter, ' ']),
            _ if letter.is_ascii_alphanumeric() => spaced.push(letter.to_ascii_lowercase()),
            _ => spaced.push(' '),
        }
    }
    spaced.split_whitespace().map(str::to_owned).collect()
}
