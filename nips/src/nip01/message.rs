//! What clients send (NIP-01, NIP-42, NIP-45, NIP-77): one text message to a typed verb, or the
//! answer that the mistake deserves. The event inside is not read here, see [`Event::parse`], nor
//! what a comparison of sets says: see [`nip77`].
//!
//! [`Event::parse`]: super::Event::parse
//! [`nip77`]: crate::nip77

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::filter::read_filter;
use super::nesting;
use super::{Filter, FilterError, NESTING_LEVELS_MAX, SubscriptionId, SubscriptionIdError};
use crate::nip77::Message;

/// A refused subscription id is echoed up to this many characters; a longer one is answered by
/// `NOTICE`.
const ECHOED_ID_CHARACTERS_MAX: usize = 256;

/// A message of a client.
///
/// ```
/// use kith_nips::{ClientMessage, Kind, nip01::FilterLimits};
/// let limits = FilterLimits::default();
/// let text = r#"["REQ","near",{"kinds":[31923]},{"kinds":[1037],"limit":5}]"#;
/// let Ok(ClientMessage::Req { subscription, filters }) = ClientMessage::parse(text, &limits) else {
///     panic!("not a REQ");
/// };
/// assert_eq!(subscription.as_str(), "near");
/// assert_eq!(filters[0].kinds, Some(vec![Kind::MEETUP]));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientMessage<'a> {
    /// Publish: the JSON of the event as it came.
    Event(&'a str),
    /// Subscribe.
    Req {
        /// Name of the subscription.
        subscription: SubscriptionId,
        /// One or more filters; an event that matches any of them is wanted.
        filters: Vec<Filter>,
    },
    /// Count (NIP-45).
    Count {
        /// Name of the query.
        query: SubscriptionId,
        /// One or more filters.
        filters: Vec<Filter>,
    },
    /// End a subscription.
    Close(SubscriptionId),
    /// Authenticate (NIP-42): the JSON of the event as it came.
    Auth(&'a str),
    /// Begin to compare sets (NIP-77).
    NegOpen {
        /// Name of the comparison; subscriptions have names of their own.
        subscription: SubscriptionId,
        /// What the set consists of.
        filter: Box<Filter>,
        /// The client's first message.
        message: Message,
    },
    /// Go on comparing.
    NegMsg {
        /// Name of the comparison.
        subscription: SubscriptionId,
        /// The client's next message.
        message: Message,
    },
    /// End a comparison.
    NegClose(SubscriptionId),
}

/// Ceilings for what one request may ask.
///
/// ```
/// use kith_nips::{ClientMessage, nip01::{FilterLimits, MessageError}};
/// let limits = FilterLimits { filters_per_request_max: 1, filter_values_max: 10 };
/// assert_eq!(
///     ClientMessage::parse(r#"["REQ","a",{},{}]"#, &limits),
///     Err(MessageError::Closed {
///         subscription: "a".into(),
///         reason: "invalid: a request may have 1 filters".into(),
///     }),
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilterLimits {
    /// Filters in one REQ or COUNT.
    pub filters_per_request_max: usize,
    /// Values in all lists of one filter together.
    pub filter_values_max: usize,
}

impl Default for FilterLimits {
    fn default() -> Self {
        Self {
            filters_per_request_max: 32,
            filter_values_max: 10_000,
        }
    }
}

/// What is wrong with a message, and where the answer must go. Texts carry their prefix.
///
/// ```
/// use kith_nips::{ClientMessage, nip01::{FilterLimits, MessageError}};
/// let error = ClientMessage::parse(r#"["HELLO"]"#, &FilterLimits::default()).unwrap_err();
/// assert_eq!(error, MessageError::Notice("invalid: unknown verb \"HELLO\"".into()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Cannot be tied to an event or subscription: answer `NOTICE`.
    #[error("{0}")]
    Notice(String),
    /// Answer `CLOSED` for this subscription; one that is open under the id ends.
    #[error("{reason}")]
    Closed {
        /// The id as the client wrote it, possibly longer than ids may be.
        subscription: String,
        /// The whole text, prefix included.
        reason: String,
    },
    /// Answer `CLOSED` for this COUNT; subscriptions are not touched, also one of the same id
    /// (NIP-45).
    #[error("{reason}")]
    Uncounted {
        /// The id as the client wrote it, possibly longer than ids may be.
        query: String,
        /// The whole text, prefix included.
        reason: String,
    },
    /// Answer `NEG-ERR` for this comparison; one that is open under the id ends (NIP-77).
    #[error("{reason}")]
    Unsynced {
        /// The id as the client wrote it, possibly longer than ids may be.
        subscription: String,
        /// The whole text, prefix included.
        reason: String,
    },
}

impl MessageError {
    /// The same mistake in a COUNT.
    fn in_count(self) -> Self {
        match self {
            Self::Closed {
                subscription: query,
                reason,
            } => Self::Uncounted { query, reason },
            other => other,
        }
    }

    /// The same mistake in a comparison of sets.
    fn in_sync(self) -> Self {
        match self {
            Self::Closed {
                subscription,
                reason,
            } => Self::Unsynced {
                subscription,
                reason,
            },
            other => other,
        }
    }

    /// The same mistake where nothing can be open under the id.
    fn without_id(self) -> Self {
        match self {
            Self::Closed { reason, .. } => Self::Notice(reason),
            other => other,
        }
    }
}

impl<'a> ClientMessage<'a> {
    /// Reads one text message.
    pub fn parse(text: &'a str, limits: &FilterLimits) -> Result<Self, MessageError> {
        let parts = Parts::read(text, limits.filters_per_request_max)?;
        match &*parts.verb {
            "EVENT" => parts.object("EVENT").map(ClientMessage::Event),
            "AUTH" => parts.object("AUTH").map(ClientMessage::Auth),
            "REQ" => {
                let subscription = parts.subscription("REQ")?;
                let filters = parts.filters(&subscription, limits)?;
                Ok(ClientMessage::Req {
                    subscription,
                    filters,
                })
            }
            "COUNT" => parts.count(limits).map_err(MessageError::in_count),
            "CLOSE" => match parts.subscription("CLOSE") {
                Ok(subscription) => Ok(ClientMessage::Close(subscription)),
                Err(error) => Err(error.without_id()),
            },
            "NEG-OPEN" => parts.neg_open(limits).map_err(MessageError::in_sync),
            "NEG-MSG" => parts.neg_msg().map_err(MessageError::in_sync),
            "NEG-CLOSE" => match parts.subscription("NEG-CLOSE") {
                Ok(subscription) => Ok(ClientMessage::NegClose(subscription)),
                Err(error) => Err(error.without_id()),
            },
            verb => {
                let verb: String = verb.chars().take(32).collect();
                Err(notice(format_args!("unknown verb {verb:?}")))
            }
        }
    }
}

/// A message taken apart, nothing but the verb read.
struct Parts<'a> {
    verb: Cow<'a, str>,
    /// The second element.
    second: Option<&'a str>,
    /// What the verb reads after it; of filters one more than there may be at most.
    further: Vec<&'a str>,
}

impl<'a> Parts<'a> {
    fn read(text: &'a str, filters_max: usize) -> Result<Self, MessageError> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let elements = deserializer
            .deserialize_seq(Elements { filters_max })
            .and_then(|elements| {
                deserializer.end()?;
                Ok(elements)
            })
            .map_err(|error| {
                if error.is_data() {
                    notice(format_args!("a message must be an array"))
                } else {
                    notice(format_args!("not JSON: {error}"))
                }
            })?;
        let verb = elements
            .verb
            .ok_or_else(|| notice(format_args!("an empty message")))?;
        let verb = read_string(verb)
            .ok_or_else(|| notice(format_args!("the first element must be a string")))?;
        if elements.faulty {
            return Err(notice(format_args!(
                "lone surrogates, or nested deeper than {NESTING_LEVELS_MAX} levels"
            )));
        }
        Ok(Self {
            verb,
            second: elements.second,
            further: elements.further,
        })
    }

    fn object(&self, verb: &str) -> Result<&'a str, MessageError> {
        self.second
            .filter(|text| text.starts_with('{'))
            .ok_or_else(|| notice(format_args!("{verb} needs an event")))
    }

    fn count(&self, limits: &FilterLimits) -> Result<ClientMessage<'a>, MessageError> {
        let query = self.subscription("COUNT")?;
        let filters = self.filters(&query, limits)?;
        Ok(ClientMessage::Count { query, filters })
    }

    fn neg_open(&self, limits: &FilterLimits) -> Result<ClientMessage<'a>, MessageError> {
        let subscription = self.subscription("NEG-OPEN")?;
        let json = self
            .further
            .first()
            .ok_or_else(|| closed(&subscription, "invalid: NEG-OPEN needs a filter"))?;
        let filter = read_filter(json, limits.filter_values_max)
            .map_err(|error| closed(&subscription, error.to_string()))?;
        let message = read_message(self.further.get(1), &subscription)?;
        Ok(ClientMessage::NegOpen {
            subscription,
            filter: Box::new(filter),
            message,
        })
    }

    fn neg_msg(&self) -> Result<ClientMessage<'a>, MessageError> {
        let subscription = self.subscription("NEG-MSG")?;
        let message = read_message(self.further.first(), &subscription)?;
        Ok(ClientMessage::NegMsg {
            subscription,
            message,
        })
    }

    fn subscription(&self, verb: &str) -> Result<SubscriptionId, MessageError> {
        let text = self
            .second
            .and_then(read_string)
            .ok_or_else(|| notice(format_args!("{verb} needs a subscription id")))?;
        SubscriptionId::new(&text).map_err(|error| {
            let echo = text.chars().nth(ECHOED_ID_CHARACTERS_MAX).is_none();
            match error {
                SubscriptionIdError::TooLong if echo => MessageError::Closed {
                    subscription: text.into_owned(),
                    reason: format!("invalid: {error}"),
                },
                _ => notice(format_args!("{error}")),
            }
        })
    }

    fn filters(
        &self,
        subscription: &SubscriptionId,
        limits: &FilterLimits,
    ) -> Result<Vec<Filter>, MessageError> {
        if self.further.is_empty() {
            return Err(closed(subscription, "invalid: a request needs a filter"));
        }
        let most = limits.filters_per_request_max;
        if self.further.len() > most {
            let reason = format!("invalid: a request may have {most} filters");
            return Err(closed(subscription, reason));
        }
        let numbered = self.further.iter().zip(1..);
        numbered
            .map(|(json, number)| {
                read_filter(json, limits.filter_values_max).map_err(|error| {
                    let reason = match error {
                        FilterError::Invalid(text) => format!("invalid: filter {number}: {text}"),
                        FilterError::Unsupported(text) => {
                            format!("unsupported: filter {number}: {text}")
                        }
                    };
                    closed(subscription, reason)
                })
            })
            .collect()
    }
}

fn notice(reason: fmt::Arguments<'_>) -> MessageError {
    MessageError::Notice(format!("invalid: {reason}"))
}

fn closed(subscription: &SubscriptionId, reason: impl Into<String>) -> MessageError {
    MessageError::Closed {
        subscription: subscription.as_str().to_owned(),
        reason: reason.into(),
    }
}

/// The message of a comparison that this element is.
fn read_message(
    json: Option<&&str>,
    subscription: &SubscriptionId,
) -> Result<Message, MessageError> {
    let text = json
        .and_then(|json| read_string(json))
        .ok_or_else(|| closed(subscription, "invalid: a message in hex is needed"))?;
    Message::from_hex(&text).map_err(|fault| closed(subscription, format!("invalid: {fault}")))
}

/// The string that this JSON text is, if it is one.
fn read_string(json: &str) -> Option<Cow<'_, str>> {
    #[derive(serde::Deserialize)]
    #[serde(transparent)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    let text: Text<'_> = serde_json::from_str(json).ok()?;
    Some(text.0)
}

/// The elements of a message as JSON text.
struct Elements {
    filters_max: usize,
}

struct Found<'a> {
    verb: Option<&'a str>,
    second: Option<&'a str>,
    further: Vec<&'a str>,
    /// An element that nobody reads is nested too deep or has a lone surrogate.
    faulty: bool,
}

impl<'de> Visitor<'de> for Elements {
    type Value = Found<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Found<'de>, A::Error> {
        let mut next = || -> Result<Option<&'de str>, A::Error> {
            Ok(elements.next_element::<&RawValue>()?.map(RawValue::get))
        };
        let mut found = Found {
            verb: next()?,
            second: None,
            further: Vec::new(),
            faulty: false,
        };
        if found.verb.is_none() {
            return Ok(found);
        }
        let verb = found.verb.and_then(read_string);
        let (further_max, rest_is_ignored) = match verb.as_deref() {
            // One more tells that there are too many.
            Some("REQ" | "COUNT") => (self.filters_max.saturating_add(1), false),
            Some("NEG-OPEN") => (2, true),
            Some("NEG-MSG") => (1, true),
            _ => (0, true),
        };
        found.second = next()?;
        while let Some(element) = next()? {
            if found.further.len() < further_max {
                found.further.push(element);
            } else if rest_is_ignored {
                found.faulty |= nesting::check(element, NESTING_LEVELS_MAX - 1).is_err();
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nip01::Kind;

    fn parse(text: &str) -> Result<ClientMessage<'_>, MessageError> {
        ClientMessage::parse(text, &FilterLimits::default())
    }

    fn noticed(text: &str) {
        let read = parse(text);
        match &read {
            Err(MessageError::Notice(reason)) => {
                assert!(reason.starts_with("invalid: "), "{reason}");
            }
            _ => panic!("{text}: {read:?}"),
        }
    }

    fn closed(text: &str, subscription: &str, reason: &str) {
        let error = MessageError::Closed {
            subscription: subscription.to_owned(),
            reason: reason.to_owned(),
        };
        assert_eq!(parse(text), Err(error), "{text}");
    }

    fn uncounted(text: &str, query: &str, reason: &str) {
        let error = MessageError::Uncounted {
            query: query.to_owned(),
            reason: reason.to_owned(),
        };
        assert_eq!(parse(text), Err(error), "{text}");
    }

    fn unsynced(text: &str, subscription: &str, reason: &str) {
        let error = MessageError::Unsynced {
            subscription: subscription.to_owned(),
            reason: reason.to_owned(),
        };
        assert_eq!(parse(text), Err(error), "{text}");
    }

    fn id(text: &str) -> SubscriptionId {
        SubscriptionId::new(text).unwrap()
    }

    #[test]
    fn nip01_14_what_is_no_message() {
        for text in [
            "",
            " ",
            "nonsense",
            "[",
            "[]",
            "{}",
            "7",
            "null",
            "\"REQ\"",
            "[7]",
            "[null]",
            "[[\"REQ\"]]",
            "[{}]",
            "[\"REQ\",\"a\",{},]",
            "[\"CLOSE\",\"a\"] x",
            "[\"CLOSE\" \"a\"]",
            "[\"\u{1}\"]",
            "[\"\\ud800\"]",
            "\u{feff}[\"CLOSE\",\"a\"]",
        ] {
            noticed(text);
        }
    }

    #[test]
    fn nip01_15_unknown_verbs() {
        for text in [
            r#"["HELLO"]"#,
            r#"["event",{}]"#,
            r#"["Req","a",{}]"#,
            r#"[""]"#,
            r#"["EOSE","a"]"#,
        ] {
            noticed(text);
        }
        let long = parse(&format!("[{:?}]", "X".repeat(10_000)))
            .unwrap_err()
            .to_string();
        assert!(long.len() < 100, "{long}");
    }

    #[test]
    fn nip01_16_trailing_elements_are_ignored() {
        assert_eq!(
            parse(r#"["CLOSE","a",7,{},null]"#),
            Ok(ClientMessage::Close(id("a")))
        );
        assert_eq!(
            parse(r#"["EVENT",{"a":1},[],"x"]"#),
            Ok(ClientMessage::Event(r#"{"a":1}"#))
        );
        assert_eq!(parse(r#"["AUTH",{},1]"#), Ok(ClientMessage::Auth("{}")));
    }

    #[test]
    fn nip01_17_whitespace_and_escapes() {
        let text = " \r\n[ \"\\u0043LOSE\" ,\t\"\\u0041\\/\" ]\n";
        assert_eq!(parse(text), Ok(ClientMessage::Close(id("A/"))));
        let spaced = parse("[\n\"EVENT\" , { \"id\" : 1 } ]");
        assert_eq!(spaced, Ok(ClientMessage::Event("{ \"id\" : 1 }")));
    }

    #[test]
    fn nip01_18_deep_nesting_and_surrogates_in_ignored_elements() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(parse(&format!(r#"["CLOSE","a",{}]"#, nested(31))).is_ok());
        noticed(&format!(r#"["CLOSE","a",{}]"#, nested(32)));
        noticed(&format!(r#"["CLOSE","a",{}]"#, nested(200_000)));
        noticed(r#"["CLOSE","a","\ud800"]"#);
        noticed(&format!(r#"["EVENT",{{}},{}]"#, nested(32)));
        for filter in [
            r##"{"#t":["\ud800"]}"##,
            r#"{"\ud800":1}"#,
            &format!(r#"{{"ids":{}}}"#, nested(40)),
        ] {
            let text = format!(r#"["REQ","a",{filter}]"#);
            let read = parse(&text);
            assert!(matches!(read, Err(MessageError::Closed { .. })), "{read:?}");
        }
        noticed(&nested(200_000));
        noticed(&"[".repeat(200_000));
    }

    #[test]
    fn nip01_19_events_come_through_as_they_are() {
        let event = r#"{"id":"x","content":"\ud800"}"#;
        assert_eq!(
            parse(&format!("[\"EVENT\",{event}]")),
            Ok(ClientMessage::Event(event))
        );
        for text in [
            r#"["EVENT"]"#,
            r#"["EVENT",7]"#,
            r#"["EVENT","a",{}]"#,
            r#"["AUTH","challenge"]"#,
            r#"["EVENT",[{}]]"#,
            r#"["AUTH"]"#,
        ] {
            noticed(text);
        }
    }

    #[test]
    fn nip01_60_ids_are_kept_exactly() {
        for text in ["a", "\"\\", &"😀".repeat(64), " "] {
            let message = serde_json::json!(["REQ", text, {}]).to_string();
            let Ok(ClientMessage::Req { subscription, .. }) = parse(&message) else {
                panic!("{message}");
            };
            assert_eq!(subscription.as_str(), text);
        }
    }

    #[test]
    fn nip01_61_long_ids_are_echoed_up_to_a_length() {
        for length in [65, 256] {
            let long = "é".repeat(length);
            let reason = "invalid: the subscription id is longer than 64 characters";
            closed(&format!(r#"["REQ","{long}",{{}}]"#), &long, reason);
            uncounted(&format!(r#"["COUNT","{long}",{{}}]"#), &long, reason);
            noticed(&format!(r#"["CLOSE","{long}"]"#));
        }
        noticed(&format!(r#"["REQ","{}",{{}}]"#, "é".repeat(257)));
    }

    #[test]
    fn nip01_62_and_97_empty_missing_or_other_ids() {
        for verb in ["REQ", "COUNT", "CLOSE"] {
            for rest in [
                "",
                ",\"\"",
                ",7,{}",
                ",null",
                ",{}",
                ",[\"a\"]",
                ",\"\\ud800\",{}",
            ] {
                noticed(&format!("[\"{verb}\"{rest}]"));
            }
        }
    }

    #[test]
    fn nip01_66_a_request_needs_filters_that_are_objects() {
        closed(r#"["REQ","a"]"#, "a", "invalid: a request needs a filter");
        closed(
            r#"["REQ","a",7]"#,
            "a",
            "invalid: filter 1: a filter must be an object",
        );
        closed(
            r#"["REQ","a",{},[]]"#,
            "a",
            "invalid: filter 2: a filter must be an object",
        );
        closed(
            r#"["REQ","a",null]"#,
            "a",
            "invalid: filter 1: a filter must be an object",
        );
    }

    #[test]
    fn nip01_70_to_73_and_79_what_is_wrong_and_where() {
        closed(
            r#"["REQ","a",{},{"kinds":[1,2,3,70000]}]"#,
            "a",
            "invalid: filter 2: kinds[3]: 70000 is not a kind (0 to 65535)",
        );
        closed(
            r#"["REQ","a",{"authors":["npub1"]}]"#,
            "a",
            "invalid: filter 1: authors[0]: \"npub1\" is not 64 lower-case hex characters",
        );
        closed(
            r#"["REQ","a",{"limit":-1}]"#,
            "a",
            "invalid: filter 1: limit: invalid type: integer `-1`, expected a non-negative integer",
        );
        closed(
            r##"["REQ","a",{"#title":["x"]}]"##,
            "a",
            "unsupported: filter 1: member \"#title\"",
        );
    }

    #[test]
    fn nip45_02_06_counts_fail_as_requests_do_and_close_nothing() {
        uncounted(r#"["COUNT","q"]"#, "q", "invalid: a request needs a filter");
        uncounted(
            r#"["COUNT","q",{"foo":1}]"#,
            "q",
            "unsupported: filter 1: member \"foo\"",
        );
        let Ok(ClientMessage::Count { query, filters }) = parse(r#"["COUNT","q",{"kinds":[7]}]"#)
        else {
            panic!("not a count");
        };
        assert_eq!((query.as_str(), filters.len()), ("q", 1));
    }

    #[test]
    fn nip77_01_04_opening_going_on_and_closing() {
        assert_eq!(
            parse(r#"["NEG-OPEN","a",{"kinds":[31923],"limit":7},"6100000200"]"#),
            Ok(ClientMessage::NegOpen {
                subscription: id("a"),
                filter: Box::new(Filter::parse(r#"{"kinds":[31923],"limit":7}"#).unwrap()),
                message: Message::from_hex("6100000200").unwrap(),
            })
        );
        assert_eq!(
            parse(r#"["NEG-MSG","a","61"]"#),
            Ok(ClientMessage::NegMsg {
                subscription: id("a"),
                message: Message::from_hex("61").unwrap(),
            })
        );
        assert_eq!(
            parse(r#"["NEG-CLOSE","a"]"#),
            Ok(ClientMessage::NegClose(id("a")))
        );
        // NIP01-16.
        for more in [
            r#"["NEG-OPEN","a",{},"61",{},7]"#,
            r#"["NEG-MSG","a","61",7]"#,
        ] {
            assert!(parse(more).is_ok(), "{more}");
        }
        let nested = "[".repeat(32) + &"]".repeat(32);
        noticed(&format!(r#"["NEG-MSG","a","61",{nested}]"#));
    }

    #[test]
    fn nip77_03_what_is_wrong_and_with_what() {
        unsynced(
            r#"["NEG-OPEN","a"]"#,
            "a",
            "invalid: NEG-OPEN needs a filter",
        );
        unsynced(
            r#"["NEG-OPEN","a",[{}],"61"]"#,
            "a",
            "invalid: a filter must be an object",
        );
        unsynced(
            r#"["NEG-OPEN","a",{"kinds":[70000]},"61"]"#,
            "a",
            "invalid: kinds[0]: 70000 is not a kind (0 to 65535)",
        );
        unsynced(
            r##"["NEG-OPEN","a",{"#title":["x"]},"61"]"##,
            "a",
            "unsupported: member \"#title\"",
        );
        let long = "x".repeat(65);
        let reason = "invalid: the subscription id is longer than 64 characters";
        unsynced(
            &format!(r#"["NEG-OPEN","{long}",{{}},"61"]"#),
            &long,
            reason,
        );
        unsynced(&format!(r#"["NEG-MSG","{long}","61"]"#), &long, reason);
        for verb in ["NEG-OPEN", "NEG-MSG", "NEG-CLOSE"] {
            for rest in ["", ",\"\"", ",7", ",null,{},\"61\""] {
                noticed(&format!("[\"{verb}\"{rest}]"));
            }
        }
        noticed(&format!(r#"["NEG-CLOSE","{long}"]"#));
    }

    #[test]
    fn nip77_05_06_10_messages_are_read_here() {
        let neg_msg = |message: &str| format!(r#"["NEG-MSG","a"{message}]"#);
        let neg_open = |message: &str| format!(r#"["NEG-OPEN","a",{{}}{message}]"#);
        for (message, reason) in [
            ("", "a message in hex is needed"),
            (",7", "a message in hex is needed"),
            (",null", "a message in hex is needed"),
            (",{}", "a message in hex is needed"),
            (",\"\\ud800\"", "a message in hex is needed"),
            (",\"6\"", "the message is not hex of an even length"),
            (",\"6g\"", "the message is not hex of an even length"),
            (",\"\"", "the message is empty"),
            (",\"50\"", "the first byte is 0x50, not a version"),
            (",\"6100\"", "the message ends too early"),
        ] {
            let reason = format!("invalid: {reason}");
            unsynced(&neg_msg(message), "a", &reason);
            unsynced(&neg_open(message), "a", &reason);
        }
        for good in [",\"6A\"", ",\"6a\"", ",\"\\u0036a\""] {
            assert!(parse(&neg_msg(good)).is_ok(), "{good}");
            assert!(parse(&neg_open(good)).is_ok(), "{good}");
        }
    }

    #[test]
    fn nip01_83_ten_filters_are_served_and_too_many_are_not() {
        let request = |count: usize| format!(r#"["REQ","a"{}]"#, r#",{"kinds":[1]}"#.repeat(count));
        for count in [1, 10, 32] {
            let text = request(count);
            let Ok(ClientMessage::Req { filters, .. }) = parse(&text) else {
                panic!("{count} filters");
            };
            assert_eq!(filters.len(), count);
            assert!(
                filters
                    .iter()
                    .all(|filter| filter.kinds == Some(vec![Kind::TEXT_NOTE]))
            );
        }
        closed(&request(33), "a", "invalid: a request may have 32 filters");
        closed(
            &request(5000),
            "a",
            "invalid: a request may have 32 filters",
        );
        let limits = FilterLimits {
            filter_values_max: 2,
            ..FilterLimits::default()
        };
        assert!(
            ClientMessage::parse(r#"["REQ","a",{"kinds":[1,2]},{"kinds":[1,2]}]"#, &limits).is_ok()
        );
        let error = ClientMessage::parse(r#"["REQ","a",{"kinds":[1,2,3]}]"#, &limits).unwrap_err();
        assert_eq!(
            error.to_string(),
            "invalid: filter 1: kinds: a filter may have 2 values in all"
        );
    }
}
