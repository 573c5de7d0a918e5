//! Filters (NIP-01): what a subscription asks for, and whether an event answers it. Limits and
//! order are the relay's.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Event, EventId, Kind, PublicKey, StorageClass, TagName};
use crate::discovery::Setting;
use crate::nip50::{Search, SearchedText};

mod read;

pub(super) use read::read as read_filter;

/// A filter (NIP-01). The default matches everything.
///
/// A list that is not there does not restrict; an empty one matches nothing. [`Filter::parse`]
/// leaves every list sorted and without repetition, and [`Filter::matches`] relies on it: call
/// [`Filter::normalise`] after filling lists by hand.
///
/// ```
/// use kith_nips::{Filter, Kind};
/// let filter = Filter::parse(r##"{"kinds":[31923,1037],"#g":["GB:Brighton"],"limit":50}"##)?;
/// assert_eq!(filter.kinds, Some(vec![Kind::COMMUNITY, Kind::MEETUP]));
/// assert_eq!(filter.limit, Some(50));
/// assert_eq!(Filter::parse(&filter.to_json())?, filter);
/// # Ok::<(), kith_nips::nip01::FilterError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Ids of events.
    pub ids: Option<Vec<EventId>>,
    /// Authors.
    pub authors: Option<Vec<PublicKey>>,
    /// Kinds.
    pub kinds: Option<Vec<Kind>>,
    /// Wanted first values per tag name; every name must be answered by some tag.
    pub tags: BTreeMap<TagName, Vec<String>>,
    /// Earliest `created_at`, inclusive, Unix time in seconds.
    pub since: Option<u64>,
    /// Latest `created_at`, inclusive, Unix time in seconds.
    pub until: Option<u64>,
    /// How many stored events at most.
    pub limit: Option<usize>,
    /// Words that the event must have (NIP-50), and where and when it must be (`nips/discovery.md`).
    pub search: Option<Search>,
}

/// Why a filter is refused. The text carries its prefix and is ready for `CLOSED`.
///
/// ```
/// use kith_nips::Filter;
/// let error = Filter::parse(r#"{"kinds":[1,70000]}"#).unwrap_err();
/// assert_eq!(error.to_string(), "invalid: kinds[1]: 70000 is not a kind (0 to 65535)");
/// let error = Filter::parse(r##"{"#title":["x"]}"##).unwrap_err();
/// assert_eq!(error.to_string(), "unsupported: member \"#title\"");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// Malformed.
    #[error("invalid: {0}")]
    Invalid(String),
    /// Well-formed, but with a member that this program does not know.
    #[error("unsupported: {0}")]
    Unsupported(String),
}

impl Filter {
    /// Reads a filter strictly: known members with their types, whole ids and keys only.
    pub fn parse(json: &str) -> Result<Self, FilterError> {
        read_filter(json, usize::MAX)
    }

    /// The filter as JSON, lists sorted.
    pub fn to_json(&self) -> String {
        // Nothing in a filter can fail to serialise; a filter for nothing is the safe answer.
        serde_json::to_string(self).unwrap_or_else(|_| r#"{"ids":[]}"#.to_owned())
    }

    /// Sorts every list and removes repetitions.
    pub fn normalise(&mut self) {
        fn sort<T: Ord>(list: &mut Vec<T>) {
            list.sort_unstable();
            list.dedup();
        }
        self.ids.as_mut().map(sort);
        self.authors.as_mut().map(sort);
        self.kinds.as_mut().map(sort);
        self.tags.values_mut().for_each(sort);
    }

    /// Whether the event answers every condition at `now` (Unix seconds, for what must not be over).
    /// `limit` is not looked at.
    ///
    /// ```
    /// use kith_nips::{Filter, Kind, nip01::Draft};
    /// # let tags = vec![vec!["t".into(), "chess".into()]];
    /// # let draft = Draft { kind: Kind::TEXT_NOTE, created_at: None, tags, content: String::new() };
    /// # let event = draft.sign(&nostr::Keys::generate(), 1_700_000_000)?;
    /// assert!(Filter::parse(r##"{"#t":["chess","go"],"until":1700000000}"##)?.matches(&event, 1_700_000_001));
    /// assert!(!Filter::parse(r##"{"#t":["ches"]}"##)?.matches(&event, 1_700_000_001));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn matches(&self, event: &Event, now: u64) -> bool {
        self.matches_without_search(event)
            && self.search.as_ref().is_none_or(|search| {
                let text = || SearchedText::of(event);
                search.finds(event, text, || Setting::of(event), now)
            })
    }

    /// Whether the event answers every condition but `search` and `limit`.
    pub fn matches_without_search(&self, event: &Event) -> bool {
        fn listed<T: Ord>(list: &Option<Vec<T>>, value: &T) -> bool {
            list.as_ref()
                .is_none_or(|list| list.binary_search(value).is_ok())
        }
        listed(&self.kinds, &event.kind())
            && listed(&self.authors, &event.pubkey())
            && listed(&self.ids, &event.id())
            && self.since.is_none_or(|since| since <= event.created_at())
            && self.until.is_none_or(|until| until >= event.created_at())
            && self.tags_match(event)
    }

    /// Whether no event can ever match: an empty list, `since` after `until`, or a search without
    /// words.
    pub fn matches_nothing(&self) -> bool {
        fn is_empty<T>(list: &Option<Vec<T>>) -> bool {
            list.as_ref().is_some_and(Vec::is_empty)
        }
        is_empty(&self.ids)
            || is_empty(&self.authors)
            || is_empty(&self.kinds)
            || self.tags.values().any(Vec::is_empty)
            || self.search.as_ref().is_some_and(Search::is_empty)
            || matches!((self.since, self.until), (Some(since), Some(until)) if since > until)
    }

    /// How many values all lists have together.
    pub fn value_count(&self) -> usize {
        fn count<T>(list: &Option<Vec<T>>) -> usize {
            list.as_ref().map_or(0, Vec::len)
        }
        let tags: usize = self.tags.values().map(Vec::len).sum();
        count(&self.ids) + count(&self.authors) + count(&self.kinds) + tags
    }

    fn tags_match(&self, event: &Event) -> bool {
        if self.tags.is_empty() {
            return true;
        }
        let addressable = event.kind().storage_class() == StorageClass::Addressable;
        self.tags.iter().all(|(name, wanted)| {
            let is_wanted = |value: &str| {
                wanted
                    .binary_search_by(|candidate| candidate.as_str().cmp(value))
                    .is_ok()
            };
            // The identifier of an addressable event is its first `d`, or empty (NIP-01).
            if addressable && *name == TagName::D {
                return is_wanted(event.identifier());
            }
            let mut tags = event.tags().iter();
            tags.any(|tag| tag.letter() == Some(*name) && tag.value().is_some_and(is_wanted))
        })
    }
}

impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(ids) = &self.ids {
            map.serialize_entry("ids", ids)?;
        }
        if let Some(authors) = &self.authors {
            map.serialize_entry("authors", authors)?;
        }
        if let Some(kinds) = &self.kinds {
            map.serialize_entry("kinds", kinds)?;
        }
        for (name, values) in &self.tags {
            map.serialize_entry(&format!("#{name}"), values)?;
        }
        if let Some(since) = self.since {
            map.serialize_entry("since", &since)?;
        }
        if let Some(until) = self.until {
            map.serialize_entry("until", &until)?;
        }
        if let Some(limit) = self.limit {
            map.serialize_entry("limit", &limit)?;
        }
        if let Some(search) = &self.search {
            map.serialize_entry("search", search.text())?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lbc::testing;
    use crate::nip01::Draft;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    fn filter(json: &str) -> Filter {
        let filter = Filter::parse(json).unwrap_or_else(|error| panic!("{error}: {json}"));
        assert_eq!(Filter::parse(&filter.to_json()), Ok(filter.clone()));
        filter
    }

    fn invalid(json: &str, reason: &str) {
        let error = Filter::parse(json).unwrap_err().to_string();
        assert_eq!(error, format!("invalid: {reason}"), "{json}");
    }

    fn is_invalid(json: &str) {
        let read = Filter::parse(json);
        assert!(
            matches!(read, Err(FilterError::Invalid(_))),
            "{json}: {read:?}"
        );
    }

    fn event(kind: Kind, tags: &[&[&str]]) -> Event {
        let draft = Draft {
            kind,
            created_at: None,
            tags: testing::tags(tags),
            content: String::new(),
        };
        draft.sign(&nostr::Keys::generate(), 1000).unwrap()
    }

    #[test]
    fn nip01_67_an_empty_filter_matches_everything() {
        assert_eq!(filter("{}"), Filter::default());
        assert_eq!(filter(" { } ").to_json(), "{}");
        assert!(Filter::default().matches(&event(Kind::MEETUP, &[]), 0));
        assert!(!Filter::default().matches_nothing());
    }

    #[test]
    fn nip01_68_members_and_values_or() {
        let event = event(Kind::MEETUP, &[&["t", "chess"], &["g", "gcpchg"]]);
        let key = event.pubkey();
        for (json, matches) in [
            (r#"{"kinds":[1,31923]}"#.to_owned(), true),
            (r#"{"kinds":[1,31922]}"#.to_owned(), false),
            (
                format!(r#"{{"authors":["{A}","{key}"],"kinds":[31923]}}"#),
                true,
            ),
            (format!(r#"{{"authors":["{key}"],"kinds":[1]}}"#), false),
            (format!(r#"{{"ids":["{}"]}}"#, event.id()), true),
            (format!(r#"{{"ids":["{A}"]}}"#), false),
            (
                format!(r##"{{"authors":["{key}"],"#t":["go","chess"],"since":1}}"##),
                true,
            ),
        ] {
            assert_eq!(filter(&json).matches(&event, 0), matches, "{json}");
        }
    }

    #[test]
    fn nip01_69_an_empty_list_matches_nothing() {
        let event = event(Kind::TEXT_NOTE, &[&["t", "x"]]);
        for member in ["ids", "authors", "kinds", "#t", "#e"] {
            let filter = filter(&format!(r#"{{"{member}":[]}}"#));
            assert!(!filter.matches(&event, 0));
            assert!(filter.matches_nothing());
        }
    }

    #[test]
    fn nip01_70_whole_lower_case_ids_and_keys_only() {
        let upper = A.to_uppercase();
        let long = format!("{A}a");
        for member in ["ids", "authors", "#e", "#p"] {
            for bad in ["", "aaaa", &A[1..], &upper, &long, "npub1aaaa"] {
                let quoted = format!("{bad:?}");
                invalid(
                    &format!(r#"{{"{member}":["{A}",{quoted}]}}"#),
                    &format!("{member}[1]: {quoted} is not 64 lower-case hex characters"),
                );
            }
            is_invalid(&format!(r#"{{"{member}":[7]}}"#));
            filter(&format!(r#"{{"{member}":["{A}"]}}"#));
        }
        for free in ["#E", "#P", "#a", "#q"] {
            filter(&format!(r#"{{"{free}":["short"]}}"#));
        }
    }

    #[test]
    fn nip01_72_kinds_are_integers_up_to_65535() {
        invalid(
            r#"{"kinds":[1,2,3,70000]}"#,
            "kinds[3]: 70000 is not a kind (0 to 65535)",
        );
        for bad in ["-1", "1.0", "1e0", "\"1\"", "null", "true", "[1]", "65536"] {
            is_invalid(&format!(r#"{{"kinds":[{bad}]}}"#));
        }
        assert_eq!(filter(r#"{"kinds":[65535,0]}"#).kinds.unwrap().len(), 2);
    }

    #[test]
    fn nip01_73_times_and_limits_are_non_negative_integers() {
        for member in ["since", "until", "limit"] {
            for bad in [
                "-1",
                "1.5",
                "1.0",
                "1e3",
                "\"1\"",
                "null",
                "[]",
                "true",
                "99999999999999999999",
            ] {
                is_invalid(&format!(r#"{{"{member}":{bad}}}"#));
            }
            filter(&format!(r#"{{"{member}":0}}"#));
            filter(&format!(r#"{{"{member}":{}}}"#, u64::MAX));
        }
        invalid(
            r#"{"limit":"many"}"#,
            r#"limit: invalid type: string "many", expected a non-negative integer"#,
        );
    }

    #[test]
    fn nip01_73_wrong_types_null_included_are_invalid() {
        for member in ["ids", "authors", "kinds", "#t", "search"] {
            for wrong in ["null", "7", "{}", "true", "[null]", "[[]]", "[{}]"] {
                is_invalid(&format!(r#"{{"{member}":{wrong}}}"#));
            }
        }
        for text in [
            "[]",
            "7",
            "null",
            "\"x\"",
            "",
            "{",
            "{} x",
            r#"{"kinds":[1,]}"#,
        ] {
            is_invalid(text);
        }
        is_invalid(r##"{"#t":["\ud800"]}"##);
        is_invalid("{\"#t\":[\"a\nb\"]}");
    }

    #[test]
    fn nip01_20_repeated_members_are_invalid() {
        invalid(r#"{"kinds":[1],"kinds":[1]}"#, "kinds: repeated");
        invalid(r##"{"#t":["x"],"#\u0074":["y"]}"##, "#t: repeated");
        is_invalid(r#"{"limit":1,"limit":1}"#);
        is_invalid(r#"{"search":"","search":""}"#);
        filter(r##"{"#t":["x"],"#T":["x"]}"##);
    }

    #[test]
    fn nip01_74_times_are_inclusive() {
        let event = event(Kind::TEXT_NOTE, &[]);
        for (json, matches) in [
            (r#"{"since":1000}"#, true),
            (r#"{"until":1000}"#, true),
            (r#"{"since":1000,"until":1000}"#, true),
            (r#"{"since":1001}"#, false),
            (r#"{"until":999}"#, false),
        ] {
            assert_eq!(filter(json).matches(&event, 0), matches, "{json}");
        }
    }

    #[test]
    fn nip01_75_since_after_until_matches_nothing() {
        let never = filter(r#"{"since":2000,"until":500}"#);
        assert!(never.matches_nothing());
        assert!(!never.matches(&event(Kind::TEXT_NOTE, &[]), 0));
        assert!(!filter(r#"{"limit":0}"#).matches_nothing());
    }

    #[test]
    fn nip01_76_only_the_first_value_of_a_tag_counts_exactly() {
        let event = event(
            Kind::TEXT_NOTE,
            &[
                &["t", "chess", "go"],
                &["T", "upper"],
                &["x"],
                &["title", "long name"],
            ],
        );
        for (json, matches) in [
            (r##"{"#t":["chess"]}"##, true),
            (r##"{"#t":["go"]}"##, false),
            (r##"{"#t":["Chess"]}"##, false),
            (r##"{"#t":["ches"]}"##, false),
            (r##"{"#t":["upper"]}"##, false),
            (r##"{"#T":["upper"]}"##, true),
            (r##"{"#x":[""]}"##, false),
            (r##"{"#t":["chess"],"#T":["upper"]}"##, true),
            (r##"{"#t":["chess"],"#T":["lower"]}"##, false),
        ] {
            assert_eq!(filter(json).matches(&event, 0), matches, "{json}");
        }
    }

    #[test]
    fn nip01_77_any_text_and_the_missing_identifier() {
        let odd = "a:b c\n\"\\ 😀\u{301}";
        let long = "x".repeat(100_000);
        let event = event(Kind::MEETUP, &[&["g", odd], &["t", &long]]);
        let json = serde_json::json!({ "#t": [long], "#g": [odd] }).to_string();
        assert!(filter(&json).matches(&event, 0));
        assert!(filter(r##"{"#d":[""]}"##).matches(&event, 0));
        assert!(!filter(r##"{"#d":["x"]}"##).matches(&event, 0));
    }

    #[test]
    fn nip01_49_and_77_identifiers_in_filters() {
        let wanted = |value: &str| filter(&format!(r##"{{"#d":["{value}"]}}"##));
        let twice = event(Kind::MEETUP, &[&["d", "one"], &["d", "two"]]);
        assert!(wanted("one").matches(&twice, 0));
        assert!(!wanted("two").matches(&twice, 0));
        assert!(wanted("").matches(&event(Kind::MEETUP, &[&["d"]]), 0));
        assert!(!wanted("").matches(&event(Kind::TEXT_NOTE, &[]), 0));
        let note = event(Kind::TEXT_NOTE, &[&["d", "one"], &["d", "two"]]);
        assert!(wanted("two").matches(&note, 0));
    }

    #[test]
    fn nip01_79_unknown_members_are_unsupported() {
        for (name, echoed) in [
            ("#title", "#title"),
            ("#1", "#1"),
            ("#-", "#-"),
            ("#", "#"),
            ("#é", "#é"),
            ("foo", "foo"),
            ("KINDS", "KINDS"),
            ("", ""),
        ] {
            for value in ["[]", "null", "[[[[]]]]"] {
                let error = Filter::parse(&format!(r#"{{"kinds":[1],"{name}":{value}}}"#));
                let text = format!("unsupported: member \"{echoed}\"");
                assert_eq!(error.unwrap_err().to_string(), text);
            }
        }
        let long = format!(r#"{{"{}":1}}"#, "é".repeat(1000));
        assert!(
            Filter::parse(&long)
                .unwrap_err()
                .to_string()
                .chars()
                .count()
                < 120
        );
    }

    #[test]
    fn nip01_81_repeated_values_count_once() {
        let filter = filter(&format!(
            r##"{{"kinds":[3,1,3],"ids":["{A}","{A}"],"#t":["b","a","b"]}}"##
        ));
        assert_eq!(filter.kinds, Some(vec![Kind::TEXT_NOTE, Kind::FOLLOW_LIST]));
        assert_eq!(filter.ids.as_ref().map(Vec::len), Some(1));
        assert_eq!(filter.tags[&TagName::new('t').unwrap()], ["a", "b"]);
    }

    #[test]
    fn nip01_83_two_thousand_authors_and_a_ceiling() {
        let keys: Vec<_> = (0..2000)
            .map(|number| format!("\"{number:064x}\""))
            .collect();
        let json = format!(r#"{{"authors":[{}],"kinds":[1]}}"#, keys.join(","));
        assert_eq!(
            filter(&json).authors.map(|authors| authors.len()),
            Some(2000)
        );
        assert!(read_filter(&json, 2001).is_ok());
        let error = read_filter(&json, 2000).unwrap_err().to_string();
        assert_eq!(
            error,
            "invalid: kinds: a filter may have 2000 values in all"
        );
    }

    #[test]
    fn filled_by_hand_then_normalised() {
        let mut filter = Filter {
            kinds: Some(vec![Kind::MEETUP, Kind::TEXT_NOTE, Kind::MEETUP]),
            ..Filter::default()
        };
        filter.normalise();
        assert_eq!(filter.to_json(), r#"{"kinds":[1,31923]}"#);
    }
}
