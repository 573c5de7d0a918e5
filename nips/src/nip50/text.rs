//! The text of an event that is searched, and how well a word fits it.

use std::collections::BTreeMap;

use super::for_each_word;
use crate::nip01::{Event, Kind};
use crate::place::CityTag;

/// Occurrences of one word that still raise the score.
const OCCURRENCES_COUNTED_MAX: u32 = 5;

/// Tags that say in a few words what a calendar event or calendar is, with their weights (NIP-52).
const CALENDAR_TAGS: [(&str, u32); 4] =
    [("title", 8), ("name", 8), ("location", 4), ("summary", 4)];
/// The same for a community's description (LBC).
const COMMUNITY_TAGS: [(&str, u32); 1] = [("title", 8)];
/// Of topics, and of the names of cities, of meetups and communities.
const TOPIC_WEIGHT: u32 = 4;
const CONTENT_WEIGHT: u32 = 1;

/// The words of an event that are searched: of its content, for calendar events, calendars and
/// communities of the tags that describe them, and for meetups and communities of their topics and the
/// names of their cities. Private events have none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchedText {
    words: BTreeMap<String, Found>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Found {
    /// Of the weightiest field with this word.
    weight: u32,
    occurrences: u32,
}

impl SearchedText {
    /// The searched words of `event`.
    pub fn of(event: &Event) -> Self {
        let mut text = SearchedText::default();
        for_each_field(event, |field, weight| text.add(field, weight));
        text
    }

    /// The folded words, sorted, each once.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.keys().map(String::as_str)
    }

    fn add(&mut self, text: &str, weight: u32) {
        for_each_word(text, |word| {
            let found = match self.words.get_mut(word) {
                Some(found) => found,
                None => self.words.entry(word.to_owned()).or_default(),
            };
            found.weight = found.weight.max(weight);
            found.occurrences = found.occurrences.saturating_add(1);
        });
    }

    /// How well a word fits; `None` when no word of the text begins with it.
    pub(super) fn score_of(&self, wanted: &str) -> Option<u32> {
        let from = (
            std::ops::Bound::Included(wanted),
            std::ops::Bound::Unbounded,
        );
        let mut best = None;
        let mut occurrences = 0_u32;
        for (word, found) in self.words.range::<str, _>(from) {
            if !word.starts_with(wanted) {
                break;
            }
            let fit = if word == wanted { 3 } else { 2 };
            best = best.max(Some(found.weight * fit));
            occurrences = occurrences.saturating_add(found.occurrences);
        }
        best.map(|best| best + occurrences.min(OCCURRENCES_COUNTED_MAX))
    }
}

/// Gives each searched word of an event to `take`, folded, as often and in the order in which they
/// stand there: the words of its [`SearchedText`].
///
/// ```
/// use kith_nips::nip50::for_each_searched_word;
/// # use kith_nips::{Kind, nip01::Draft};
/// # let draft = Draft {
/// #     kind: Kind::TEXT_NOTE, created_at: None, tags: vec![], content: "Chess, Café, chess".into(),
/// # };
/// # let event = draft.sign(&nostr::Keys::generate(), 1)?;
/// let mut words = Vec::new();
/// for_each_searched_word(&event, |word| words.push(word.to_owned()));
/// assert_eq!(words, ["chess", "cafe", "chess"]);
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
pub fn for_each_searched_word(event: &Event, mut take: impl FnMut(&str)) {
    for_each_field(event, |field, _| for_each_word(field, &mut take));
}

/// The texts of an event that are searched, with their weights.
pub(super) fn for_each_field(event: &Event, mut take: impl FnMut(&str, u32)) {
    if is_private(event.kind()) {
        return;
    }
    if is_found_by_topic(event.kind()) {
        for tag in event.tags().named("t") {
            take(tag.value().unwrap_or_default(), TOPIC_WEIGHT);
        }
        for tag in event.tags().named("g") {
            let city = CityTag::parse(tag.value().unwrap_or_default());
            take(city.as_ref().map_or("", CityTag::name), TOPIC_WEIGHT);
        }
    }
    for (name, weight) in described_by(event.kind()) {
        for tag in event.tags().named(name) {
            take(tag.value().unwrap_or_default(), *weight);
        }
    }
    take(event.content(), CONTENT_WEIGHT);
}

/// Whether the words of their topics and of the names of their cities are searched in events of a kind:
/// meetups and communities are what their topics say, and where their cities are.
pub fn is_found_by_topic(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::MEETUP | Kind::DATE_MEETUP | Kind::COMMUNITY_METADATA
    )
}

fn described_by(kind: Kind) -> &'static [(&'static str, u32)] {
    match kind {
        Kind::MEETUP | Kind::DATE_MEETUP | Kind::CALENDAR => &CALENDAR_TAGS,
        Kind::COMMUNITY_METADATA => &COMMUNITY_TAGS,
        _ => &[],
    }
}

/// What is encrypted has no words for others; who may read it finds it by its recipients.
fn is_private(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ENCRYPTED_MESSAGE | Kind::SEAL | Kind::GIFT_WRAP | Kind::EPHEMERAL_GIFT_WRAP
    )
}
