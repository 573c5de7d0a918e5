//! What clients send (NIP-01, NIP-42, NIP-45, NIP-77): one text message to a typed verb, or the
//! answer that the mistake deserves. The event inside is not read here, see [`Event::parse`], nor
//! what a comparison of sets says: see [`nip77`].
//!
//! [`Event::parse`]: super::Event::parse
//! [`nip77`]: crate::nip77

mod error;

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::filter::read_filter;
use super::nesting;
use super::{Filter, FilterError, NESTING_LEVELS_MAX, SubscriptionId, SubscriptionIdError};
use crate::nip77::Message;

pub use error::MessageError;

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
mod tests;
