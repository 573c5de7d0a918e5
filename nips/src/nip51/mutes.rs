//! Which words of others a mute list hides. Knows no list and no clock.

use std::collections::BTreeSet;

use super::Muted;
use crate::{Event, EventId, PublicKey};

/// What is muted, ready to be compared with what people say.
///
/// ```
/// use kith_nips::nip51::{Muted, Mutes, Said};
/// # use kith_nips::PublicKey;
/// let mutes: Mutes = [Muted::word("Rain")].into_iter().collect();
/// let said = Said { text: "RAIN again", ..Said::by(PublicKey::from_bytes([1; 32])) };
/// assert!(mutes.hide(&said));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mutes(BTreeSet<Muted>);

/// Something that somebody said.
///
/// ```
/// # use kith_nips::PublicKey;
/// let said = kith_nips::nip51::Said::by(PublicKey::from_bytes([1; 32]));
/// assert_eq!(said.text, "");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said<'a> {
    /// By whom.
    pub author: PublicKey,
    /// Its id, and the ids of what it answers and is about.
    pub threads: Vec<EventId>,
    /// Its topics (`t`).
    pub topics: Vec<&'a str>,
    /// Its words; `#topics` in them count too.
    pub text: &'a str,
}

impl<'a> Said<'a> {
    /// Something without words.
    pub fn by(author: PublicKey) -> Said<'a> {
        Said {
            author,
            threads: Vec::new(),
            topics: Vec::new(),
            text: "",
        }
    }

    /// An event of any kind that has words in its content.
    pub fn of(event: &'a Event) -> Said<'a> {
        let tags = event.tags();
        let named = tags.named("e").chain(tags.named("E"));
        let named = named.filter_map(|tag| tag.value()?.parse().ok());
        Said {
            author: event.pubkey(),
            threads: [event.id()].into_iter().chain(named).collect(),
            topics: tags.named("t").filter_map(|tag| tag.value()).collect(),
            text: event.content(),
        }
    }
}

impl FromIterator<Muted> for Mutes {
    fn from_iter<I: IntoIterator<Item = Muted>>(items: I) -> Mutes {
        Mutes(items.into_iter().collect())
    }
}

impl Mutes {
    /// Whether nothing is muted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each item once, in an order of its own.
    pub fn iter(&self) -> impl Iterator<Item = &Muted> {
        self.0.iter()
    }

    /// Whether this is not to be shown. Words and topics are compared in small letters (NIP51-08).
    pub fn hide(&self, said: &Said<'_>) -> bool {
        if self.is_empty() {
            return false;
        }
        let text = said.text.to_lowercase();
        self.0.iter().any(|item| match item {
            Muted::Person(person) => *person == said.author,
            Muted::Thread(id) => said.threads.contains(id),
            Muted::Word(word) => has_word(&text, word),
            Muted::Topic(topic) => {
                let mut topics = said.topics.iter();
                topics.any(|named| named.to_lowercase() == *topic)
                    || has_word(&text, &format!("#{topic}"))
            }
        })
    }
}

/// Whether the word stands in the text. Where letters are large and small, words have ends; in other
/// scripts a word may stand anywhere.
fn has_word(text: &str, word: &str) -> bool {
    let mut places = text.match_indices(word);
    !word.is_empty()
        && places.any(|(start, found)| {
            let (before, after) = (text.get(..start), text.get(start + found.len()..));
            let before = before.and_then(|before| before.chars().next_back());
            let after = after.and_then(|after| after.chars().next());
            let goes_on = |one: Option<char>, other: Option<char>| match (one, other) {
                (Some(one), Some(other)) => is_spelt(one) && is_spelt(other),
                _ => false,
            };
            !goes_on(before, found.chars().next()) && !goes_on(found.chars().next_back(), after)
        })
}

/// A letter of a script with spaces between words, or a digit.
fn is_spelt(character: char) -> bool {
    character.is_lowercase() || character.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;
    use crate::lbc::testing::{event, id, key, tags};

    fn hides(item: Muted, said: &Said<'_>) -> bool {
        [item].into_iter().collect::<Mutes>().hide(said)
    }

    #[test]
    fn nip51_08_words_are_compared_in_small_letters_and_whole() {
        for (word, text, expected) in [
            ("Rain", "no RAIN please", true),
            ("rain", "Rain.", true),
            ("ÄRGER", "nur ärger", true),
            ("rain", "the train", false),
            ("rain", "rainy", false),
            ("rain", "drained, then rain", true),
            ("heavy rain", "some Heavy Rain", true),
            ("雨", "今日は雨です", true),
            ("", "anything", false),
        ] {
            let said = Said {
                text,
                ..Said::by(key(1))
            };
            assert_eq!(
                hides(Muted::word(word), &said),
                expected,
                "{word} in {text}"
            );
        }
    }

    #[test]
    fn nip51_08_people_topics_and_threads_are_hidden() {
        let (answered, root) = (id(5).to_string(), id(6).to_string());
        let list = tags(&[&["e", &answered], &["E", &root], &["t", "Chess"]]);
        let comment = event(Kind::COMMENT, list, "who plays #Go tonight?");
        let said = Said::of(&comment);
        for item in [
            Muted::Person(key(1)),
            Muted::topic("#chess"),
            Muted::topic("GO"),
            Muted::Thread(id(5)),
            Muted::Thread(id(6)),
            Muted::Thread(comment.id()),
        ] {
            assert!(hides(item.clone(), &said), "{item:?}");
        }
        for item in [
            Muted::Person(key(2)),
            Muted::topic("plays"),
            Muted::Thread(id(7)),
        ] {
            assert!(!hides(item.clone(), &said), "{item:?}");
        }
        assert!(!Mutes::default().hide(&said));
    }
}
