//! What people write about meetups: titles and texts in which some words are everywhere and most are
//! seldom, as in real ones. Knows no notes.

use anyhow::Context;

use super::zipf::Zipf;
use crate::world::{Dice, Words};

/// What meetups are about, the most popular first.
pub const TOPICS: [&str; 60] = [
    "board games",
    "hiking",
    "languages",
    "running",
    "books",
    "music",
    "photography",
    "yoga",
    "cycling",
    "dancing",
    "bitcoin",
    "cooking",
    "chess",
    "film",
    "climbing",
    "startups",
    "python",
    "writing",
    "football",
    "gardening",
    "javascript",
    "painting",
    "theatre",
    "volunteering",
    "meditation",
    "parents",
    "rust",
    "wine",
    "data",
    "design",
    "swimming",
    "choir",
    "history",
    "coffee",
    "nostr",
    "philosophy",
    "volleyball",
    "robotics",
    "knitting",
    "astronomy",
    "improv",
    "linux",
    "badminton",
    "poetry",
    "ceramics",
    "jazz",
    "security",
    "sailing",
    "beekeeping",
    "repair café",
    "go",
    "haskell",
    "mushrooms",
    "esperanto",
    "juggling",
    "ham radio",
    "fencing",
    "calligraphy",
    "birdwatching",
    "bouldering",
];

/// What stands around the topic in a title.
const TITLES: [&str; 18] = [
    "{} evening",
    "{} meetup",
    "{} for beginners",
    "Open {} table",
    "{} workshop",
    "{} night",
    "Introduction to {}",
    "Sunday {}",
    "{} and coffee",
    "{} in the park",
    "Monthly {} round",
    "{} for newcomers",
    "Feierabend {}",
    "{} talk and drinks",
    "{} im Kiez",
    "Queer {} circle",
    "{} jam",
    "Long {} weekend",
];

/// The words that are in most texts, the most frequent first; all others come after them.
const FREQUENT: [&str; 48] = [
    "the",
    "and",
    "we",
    "to",
    "in",
    "a",
    "for",
    "is",
    "with",
    "at",
    "you",
    "our",
    "of",
    "are",
    "everyone",
    "welcome",
    "meet",
    "beginners",
    "together",
    "bring",
    "join",
    "evening",
    "people",
    "free",
    "friends",
    "new",
    "every",
    "learn",
    "drinks",
    "month",
    "food",
    "after",
    "register",
    "wir",
    "und",
    "experience",
    "afterwards",
    "language",
    "English",
    "deutsch",
    "group",
    "start",
    "arrive",
    "questions",
    "donation",
    "wheelchair",
    "entrance",
    "upstairs",
];
/// Words that people search for and that many texts have: of [`FREQUENT`], none that says nothing.
const COMMON: std::ops::Range<usize> = 14..40;

/// Words that few texts have.
const RARE_WORDS: u64 = 2_000;
/// One word of so many is one of them.
const WORDS_PER_RARE_WORD: u64 = 60;
/// Sets the throws of the vocabulary apart from those of the worlds, which all have the same.
const PURPOSE: u64 = 0x766f_6361_6275_6c61;

/// The vocabulary.
#[derive(Debug)]
pub struct Prose {
    words: Vec<&'static str>,
    frequencies: Zipf,
    rare: Vec<String>,
}

impl Prose {
    /// The one there is.
    ///
    /// # Errors
    /// No words; there are some.
    pub fn new() -> anyhow::Result<Prose> {
        let vocabulary = Words::read();
        let mut words = FREQUENT.to_vec();
        let others = vocabulary.all().iter();
        words.extend(others.filter(|word| !FREQUENT.contains(word)));
        let rare = (0..RARE_WORDS).map(|number| {
            let mut dice = Dice::of(&[PURPOSE, number]);
            let mut half = || dice.one_of(vocabulary.all()).copied().context("a word");
            Ok(format!("{}{}", half()?, half()?.to_lowercase()))
        });
        Ok(Prose {
            frequencies: Zipf::new(words.len()),
            rare: rare.collect::<anyhow::Result<Vec<String>>>()?,
            words,
        })
    }

    /// What a meetup is called: always less than 50 characters.
    pub fn title(&self, dice: &mut Dice, topic: &str, number: u64) -> String {
        let title = dice.one_of(&TITLES).copied().unwrap_or_default();
        let title = capitalised(&title.replace("{}", topic));
        format!("{title} #{number}")
    }

    /// Sentences of about this many bytes.
    pub fn text(&self, dice: &mut Dice, bytes: u64) -> String {
        let wanted = bytes as usize;
        let mut text = String::with_capacity(wanted + 32);
        let mut left_in_sentence = 0;
        while text.len() < wanted {
            let word = self.word(dice);
            if left_in_sentence == 0 {
                text.push_str(if text.is_empty() { "" } else { ". " });
                text.push_str(&capitalised(word));
                left_in_sentence = 4 + dice.below(12);
            } else {
                text.push(' ');
                text.push_str(word);
            }
            left_in_sentence -= 1;
        }
        text.push('.');
        text
    }

    /// Words that many texts have.
    pub fn common(&self) -> &[&'static str] {
        self.words.get(COMMON).unwrap_or_default()
    }

    /// Words that few texts have.
    pub fn rare(&self) -> &[String] {
        &self.rare
    }

    fn word(&self, dice: &mut Dice) -> &str {
        if dice.below(WORDS_PER_RARE_WORD) == 0 {
            return dice.one_of(&self.rare).map_or("", String::as_str);
        }
        let place = self.frequencies.throw(dice);
        self.words.get(place).copied().unwrap_or_default()
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};

    use super::*;

    #[test]
    fn some_words_are_in_most_texts_and_most_in_few() {
        let prose = Prose::new().unwrap();
        let mut texts_with: BTreeMap<String, u32> = BTreeMap::new();
        for number in 0..2_000 {
            let text = prose.text(&mut Dice::of(&[number]), 600).to_lowercase();
            let words: HashSet<&str> = text.split([' ', '.']).collect();
            for word in words {
                *texts_with.entry(word.to_owned()).or_default() += 1;
            }
        }
        let texts = |word: &str| texts_with.get(word).copied().unwrap_or_default();
        assert!((800..1_900).contains(&texts("beginners")));
        for word in prose.common() {
            let texts = texts(&word.to_lowercase());
            assert!((400..1_900).contains(&texts), "{word}: {texts}");
        }
        assert!(prose.rare().iter().all(|word| texts(word) < 20));
    }

    #[test]
    fn titles_are_short_enough_to_keep_their_number_in_a_slug() {
        let prose = Prose::new().unwrap();
        for topic in TOPICS {
            for number in 0..100 {
                let title = prose.title(&mut Dice::of(&[number]), topic, 200);
                assert!(title.ends_with(" #200") && title.chars().count() < 50);
                assert!(title.to_lowercase().contains(topic));
            }
        }
    }
}
