//! NIP-50: words to search for, the text of an event that is searched, and how well the two fit. Places
//! and dates in a search are in [`discovery`](crate::discovery).
//!
//! Index and query fold text in this one place, so that they cannot disagree. Storage, limits and
//! the order of an answer are the relay's.

use std::borrow::Borrow;

use crate::discovery::{Discovery, DiscoveryError, Setting, Sort};
use crate::nip01::{Event, EventId};

mod text;
mod words;

pub use text::{SearchedText, for_each_searched_word, is_found_by_topic};
pub use words::for_each_word;

use text::for_each_field;

/// Longest search text, in characters.
pub const SEARCH_CHARACTERS_MAX: usize = 1_000;

/// What a filter searches for: words and phrases, all of which must be found, and places and dates
/// (`nips/discovery.md`). A word is found where a word of the text begins with it; the words of a
/// phrase in quotes stand whole, one behind the other, in one field. Other `key:value` words are
/// extensions that are not known, and left out, as NIP-50 asks.
///
/// ```
/// use kith_nips::nip50::Search;
/// let search = Search::parse("  Café KITH language:en \"board-games\" ")?;
/// assert_eq!(search.words(), ["board", "cafe", "games", "kith"]);
/// assert_eq!(search.phrases(), [["board", "games"]]);
/// assert!(Search::parse("language:en")?.is_empty());
/// # Ok::<(), kith_nips::nip50::SearchError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Search {
    text: String,
    words: Vec<String>,
    phrases: Vec<Vec<String>>,
    discovery: Discovery,
}

/// The text says everything else.
impl PartialEq for Search {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Search {}

/// Why a text cannot be searched for.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SearchError {
    /// It has more than [`SEARCH_CHARACTERS_MAX`] characters.
    #[error("longer than {SEARCH_CHARACTERS_MAX} characters")]
    TooLong,
    /// A word of discovery cannot be read.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
}

impl Search {
    /// Reads a search text.
    ///
    /// # Errors
    /// [`SearchError`]
    pub fn parse(text: &str) -> Result<Self, SearchError> {
        if text.chars().nth(SEARCH_CHARACTERS_MAX).is_some() {
            return Err(SearchError::TooLong);
        }
        let mut search = Search {
            text: text.to_owned(),
            words: Vec::new(),
            phrases: Vec::new(),
            discovery: Discovery::default(),
        };
        let mut rest = text;
        while let Some((plain, quoted)) = rest.split_once('"') {
            let Some((phrase, after)) = quoted.split_once('"') else {
                break;
            };
            search.take_words(plain)?;
            search.take_phrase(phrase);
            rest = after;
        }
        search.take_words(rest)?;
        search.words.sort_unstable();
        search.words.dedup();
        search.discovery.check()?;
        Ok(search)
    }

    fn take_words(&mut self, text: &str) -> Result<(), DiscoveryError> {
        for part in text.split_whitespace() {
            if part == "open" {
                self.discovery.open = true;
                continue;
            }
            match extension(part) {
                Some((key, value)) => {
                    // What nobody knows is left out.
                    self.discovery.take(key, value)?;
                }
                None => for_each_word(part, |word| self.words.push(word.to_owned())),
            }
        }
        Ok(())
    }

    fn take_phrase(&mut self, text: &str) {
        let mut phrase = Vec::new();
        for_each_word(text, |word| phrase.push(word.to_owned()));
        if !phrase.is_empty() {
            self.words.extend_from_slice(&phrase);
            self.phrases.push(phrase);
        }
    }

    /// The text as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The folded words, sorted, each once, those of phrases among them.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Searches for another folded word instead of one.
    pub fn replace_word(&mut self, word: &str, by: String) {
        self.words.retain(|kept| kept != word);
        self.words.push(by);
        self.words.sort_unstable();
        self.words.dedup();
    }

    /// The folded words of each phrase, in order.
    pub fn phrases(&self) -> &[Vec<String>] {
        &self.phrases
    }

    /// The places and dates.
    pub fn discovery(&self) -> &Discovery {
        &self.discovery
    }

    /// Whether nothing is asked for, so that nothing is found (NIP50-04).
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.discovery.is_empty()
    }

    /// The order of the answer.
    pub fn order(&self) -> Sort {
        self.discovery.order(!self.words.is_empty())
    }

    /// Whether an event is found at `now` (Unix seconds). `text` and `setting` are called only when they
    /// are needed, so that whoever has many searches prepares them for an event once.
    pub fn finds<T: Borrow<SearchedText>>(
        &self,
        event: &Event,
        text: impl FnOnce() -> T,
        setting: impl FnOnce() -> Setting,
        now: u64,
    ) -> bool {
        !self.is_empty()
            && (self.discovery.is_empty() || self.discovery.admits(&setting(), now))
            && self.is_in(event, text)
    }

    /// Whether the words and phrases are in an event.
    pub fn is_in<T: Borrow<SearchedText>>(&self, event: &Event, text: impl FnOnce() -> T) -> bool {
        (self.words.is_empty() || self.score(text().borrow()).is_some()) && self.has_phrases(event)
    }

    /// Of the setting of `event` what this search asks for: who looks for no place needs no position.
    pub fn setting_of(&self, event: &Event) -> Setting {
        match self.discovery.has_place() {
            true => Setting::of(event),
            false => Setting::in_time(event),
        }
    }

    /// Where an event that is found stands in the answer: ascending, no two events the same.
    pub fn rank<T: Borrow<SearchedText>>(
        &self,
        event: &Event,
        text: impl FnOnce() -> T,
        setting: &Setting,
    ) -> Rank {
        let newest = u64::MAX - event.created_at();
        let (first, second) = match self.order() {
            Sort::Start => (setting.start.unwrap_or(u64::MAX), 0),
            // Distances are not negative, so that their bits are in order.
            Sort::Distance => (self.discovery.distance_km(setting).to_bits(), 0),
            Sort::Relevance => {
                let score = self.score(text().borrow()).unwrap_or(0);
                (u64::from(u32::MAX - score), newest)
            }
            Sort::New => (newest, 0),
        };
        Rank(first, second, event.id())
    }

    /// Whether each phrase stands in one of the event's fields.
    pub fn has_phrases(&self, event: &Event) -> bool {
        if self.phrases.is_empty() {
            return true;
        }
        let mut missing: Vec<&Vec<String>> = self.phrases.iter().collect();
        let mut words: Vec<String> = Vec::new();
        for_each_field(event, |field, _| {
            words.clear();
            for_each_word(field, |word| words.push(word.to_owned()));
            missing.retain(|phrase| !words.windows(phrase.len()).any(|part| part == **phrase));
        });
        missing.is_empty()
    }

    /// How well the text fits: greater is better; `None` when it does not have every word. Each
    /// word counts for the weightiest field that has it (title and name 8, location, summary, topic and
    /// city 4, content 1), threefold as a whole word and twofold as the beginning of one, and once for
    /// each occurrence up to five.
    ///
    /// ```
    /// use kith_nips::nip50::{Search, SearchedText};
    /// # use kith_nips::{Kind, nip01::Draft};
    /// # let draft = |content: &str| Draft {
    /// #     kind: Kind::TEXT_NOTE, created_at: None, tags: vec![], content: content.into(),
    /// # };
    /// # let keys = nostr::Keys::generate();
    /// let event = draft("Chess in Lübeck, chess on Fridays").sign(&keys, 1)?;
    /// let text = SearchedText::of(&event);
    /// assert_eq!(Search::parse("chess")?.score(&text), Some(3 + 2));
    /// assert_eq!(Search::parse("LUBECK che")?.score(&text), Some(3 + 1 + 2 + 2));
    /// assert_eq!(Search::parse("chess go")?.score(&text), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn score(&self, text: &SearchedText) -> Option<u32> {
        if self.words.is_empty() {
            return None;
        }
        self.words.iter().map(|word| text.score_of(word)).sum()
    }
}

/// Where an event stands in an answer to a search: by the order's own measure, then by time for
/// [`Sort::Relevance`], then by id. It depends on nothing but the event and the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank(pub u64, pub u64, pub EventId);

/// `key:value`, where the key is a word that begins with a letter.
fn extension(part: &str) -> Option<(&str, &str)> {
    part.split_once(':').filter(|(key, _)| {
        key.starts_with(|first: char| first.is_ascii_alphabetic())
            && key
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nip01::{Draft, Kind};

    fn event(kind: u16, tags: &[[&str; 2]], content: &str) -> Event {
        let draft = Draft {
            kind: Kind::new(kind),
            created_at: None,
            tags: tags
                .iter()
                .map(|tag| tag.iter().map(|part| (*part).to_owned()).collect())
                .collect(),
            content: content.to_owned(),
        };
        draft.sign(&nostr::Keys::generate(), 1).unwrap()
    }

    fn score(event: &Event, search: &str) -> Option<u32> {
        Search::parse(search)
            .unwrap()
            .score(&SearchedText::of(event))
    }

    fn words(text: &str) -> Vec<String> {
        Search::parse(text).unwrap().words().to_vec()
    }

    #[test]
    fn nip50_05_folding_is_the_same_on_both_sides() {
        for (written, typed) in [
            ("Lübeck", "lubeck"),
            ("LU\u{308}BECK", "lübeck"),
            ("Straße", "strasse"),
            ("Łódź", "lodz"),
            ("Malmø", "MALMO"),
            ("Ὀδυσσεύς", "ΟΔΥΣΣΕΥΣ"),
            ("Ёлка", "елка"),
            ("ﬁnish", "finish"),
            ("Ｋｉｔｈ", "kith"),
            ("İstanbul", "istanbul"),
            ("한국어", "한국"),
            ("हिन्दी", "हिन्दी"),
        ] {
            let event = event(1, &[], written);
            assert!(score(&event, typed).is_some(), "{written} {typed}");
            assert!(score(&event, written).is_some(), "{written}");
        }
        assert_eq!(words("東京 go"), ["go", "京", "東"]);
        assert!(score(&event(1, &[], "新宿と東京"), "東京").is_some());
    }

    #[test]
    fn nip50_01_the_searched_tags_depend_on_the_kind() {
        let tags = [
            ["title", "alpha"],
            ["name", "beta"],
            ["summary", "gamma"],
            ["location", "delta"],
            ["location", "epsilon"],
            ["t", "zeta"],
        ];
        let found = |kind: u16| -> Vec<String> {
            let text = SearchedText::of(&event(kind, &tags, "omega"));
            text.words().map(str::to_owned).collect()
        };
        let all = ["alpha", "beta", "delta", "epsilon", "gamma", "omega"];
        assert_eq!(found(31924), all);
        let with_topic = [&all[..], &["zeta"]].concat();
        for kind in [31922, 31923] {
            assert_eq!(found(kind), with_topic, "{kind}");
        }
        assert_eq!(found(30037), ["alpha", "omega", "zeta"]);
        assert_eq!(found(1), ["omega"]);
        for kind in [4, 13, 1059, 21059] {
            assert!(found(kind).is_empty(), "{kind}");
        }
    }

    #[test]
    fn nip50_03_04_10_extensions_quotes_and_operators() {
        assert_eq!(words(r#""go" OR -chess* NEAR(a,b) ^x {y} 18:30"#).len(), 10);
        assert!(words("language:en domain:example.com https://a.b/c x-y_1:z").is_empty());
        assert!(words(" \u{a0}\t , \" ").is_empty());
        assert_eq!(score(&event(1, &[], "anything"), "language:en"), None);
        assert!(Search::parse(&"é".repeat(SEARCH_CHARACTERS_MAX)).is_ok());
        let longer = "é".repeat(SEARCH_CHARACTERS_MAX + 1);
        assert_eq!(Search::parse(&longer), Err(SearchError::TooLong));
    }

    #[test]
    fn nip50_02_titles_and_whole_words_fit_better() {
        let by_title = event(31923, &[["title", "Chess evening"]], "Bring a board.");
        let by_place = event(31923, &[["location", "Chess café"]], "Bring a board.");
        let by_content = event(31923, &[], "We play chess.");
        let by_beginning = event(31923, &[], "We own chessboards.");
        let scores: Vec<_> = [&by_title, &by_place, &by_content, &by_beginning]
            .map(|event| score(event, "chess").unwrap())
            .into();
        assert!(
            scores.is_sorted_by(|better, worse| better > worse),
            "{scores:?}"
        );
        assert_eq!(score(&by_title, "chess board"), Some(3 * 8 + 1 + 3 + 1));
        assert_eq!(score(&by_title, "hess"), None);
    }
}
