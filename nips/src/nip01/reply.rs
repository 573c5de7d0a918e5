//! What a relay sends (NIP-01, NIP-42, NIP-45, NIP-67, NIP-77), written as JSON text. An event goes
//! out as the bytes that are stored.

use super::canonical::push_quoted;
use super::{Event, EventId, SubscriptionId, hex};

/// A message of a relay.
///
/// ```
/// use kith_nips::{RelayMessage, SubscriptionId, nip01::EoseHint};
/// let near = SubscriptionId::new("near")?;
/// let eose = RelayMessage::Eose { subscription: &near, hint: Some(EoseHint::Finish) };
/// assert_eq!(eose.to_json(), r#"["EOSE","near",["finish"]]"#);
/// let closed = RelayMessage::Closed { subscription: "near", message: "error: \"disk\" full" };
/// assert_eq!(closed.to_json(), r#"["CLOSED","near","error: \"disk\" full"]"#);
/// # Ok::<(), kith_nips::nip01::SubscriptionIdError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelayMessage<'a> {
    /// An event for a subscription.
    Event {
        /// The subscription that asked for it.
        subscription: &'a SubscriptionId,
        /// The event.
        event: &'a Event,
    },
    /// The answer to an EVENT or AUTH.
    Ok {
        /// The event in question.
        id: EventId,
        /// Whether the relay has it now.
        accepted: bool,
        /// Empty, or a prefix and a reason.
        message: &'a str,
    },
    /// All stored events were sent that this request brings.
    Eose {
        /// The subscription.
        subscription: &'a SubscriptionId,
        /// Whether there are more (NIP-67); none where the relay does not say.
        hint: Option<EoseHint>,
    },
    /// A subscription or count was refused or has ended.
    Closed {
        /// The id as the client wrote it.
        subscription: &'a str,
        /// A prefix and a reason.
        message: &'a str,
    },
    /// Something that belongs to no event and no subscription.
    Notice(&'a str),
    /// The answer to a COUNT (NIP-45).
    Count {
        /// The query.
        query: &'a SubscriptionId,
        /// How many events match.
        count: u64,
        /// Registers that can be merged with those of other relays: 512 hex characters.
        hll: Option<&'a str>,
    },
    /// A challenge (NIP-42).
    Auth {
        /// To be signed by the client.
        challenge: &'a str,
    },
    /// The next message of a comparison of sets (NIP-77).
    NegMsg {
        /// The comparison.
        subscription: &'a SubscriptionId,
        /// Goes out in hex.
        message: &'a [u8],
    },
    /// A comparison of sets was refused or has ended (NIP-77).
    NegErr {
        /// The id as the client wrote it.
        subscription: &'a str,
        /// A prefix and a reason.
        message: &'a str,
        /// With too many records: how many there may be.
        records_max: Option<u64>,
    },
}

/// What an EOSE says of the stored events that were not sent (NIP-67).
///
/// ```
/// use kith_nips::nip01::EoseHint;
/// assert_eq!(EoseHint::Finish.as_str(), "finish");
/// assert_eq!(EoseHint::More.as_str(), "more");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EoseHint {
    /// There are none: every stored event that matches was sent.
    Finish,
    /// There are some: a limit cut the answer.
    More,
}

impl EoseHint {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Finish => "finish",
            Self::More => "more",
        }
    }
}

impl RelayMessage<'_> {
    /// The whole message as JSON text.
    pub fn to_json(&self) -> String {
        let (mut json, event, end) = self.to_pieces();
        json.push_str(event);
        json.push_str(end);
        json
    }

    /// The whole message as JSON text in three pieces, in order. The second is the event as it is
    /// shared by all who get it, if the message has one.
    pub fn to_pieces(&self) -> (String, &str, &'static str) {
        let mut json = String::with_capacity(self.length_expected());
        match self {
            Self::Event {
                subscription,
                event,
            } => {
                open(&mut json, "EVENT", subscription.as_str());
                json.push(',');
                return (json, event.json(), "]");
            }
            Self::Ok {
                id,
                accepted,
                message,
            } => {
                open(&mut json, "OK", &id.to_hex());
                json.push_str(if *accepted { ",true," } else { ",false," });
                push_quoted(&mut json, message);
            }
            Self::Eose { subscription, hint } => {
                open(&mut json, "EOSE", subscription.as_str());
                if let Some(hint) = hint {
                    json.push_str(",[\"");
                    json.push_str(hint.as_str());
                    json.push_str("\"]");
                }
            }
            Self::Closed {
                subscription,
                message,
            } => {
                open(&mut json, "CLOSED", subscription);
                json.push(',');
                push_quoted(&mut json, message);
            }
            Self::Notice(message) => open(&mut json, "NOTICE", message),
            Self::Count { query, count, hll } => {
                open(&mut json, "COUNT", query.as_str());
                json.push_str(",{\"count\":");
                json.push_str(&count.to_string());
                if let Some(hll) = hll {
                    json.push_str(",\"hll\":");
                    push_quoted(&mut json, hll);
                }
                json.push('}');
            }
            Self::Auth { challenge } => open(&mut json, "AUTH", challenge),
            Self::NegMsg {
                subscription,
                message,
            } => {
                open(&mut json, "NEG-MSG", subscription.as_str());
                json.push_str(",\"");
                hex::push(&mut json, message);
                json.push('"');
            }
            Self::NegErr {
                subscription,
                message,
                records_max,
            } => {
                open(&mut json, "NEG-ERR", subscription);
                json.push(',');
                push_quoted(&mut json, message);
                if let Some(records_max) = records_max {
                    json.push(',');
                    json.push_str(&records_max.to_string());
                }
            }
        }
        json.push(']');
        (json, "", "")
    }

    /// A guess at the length of the first piece, to allocate once.
    fn length_expected(&self) -> usize {
        const FRAME: usize = 64;
        FRAME
            + match self {
                Self::Event { subscription, .. } => subscription.as_str().len(),
                Self::Ok { message, .. } => 64 + message.len(),
                Self::Eose { subscription, .. } => subscription.as_str().len(),
                Self::Closed {
                    subscription,
                    message,
                }
                | Self::NegErr {
                    subscription,
                    message,
                    ..
                } => subscription.len() + message.len(),
                Self::NegMsg {
                    subscription,
                    message,
                } => subscription.as_str().len() + 2 * message.len(),
                Self::Notice(message) => message.len(),
                Self::Count { query, hll, .. } => query.as_str().len() + hll.map_or(0, str::len),
                Self::Auth { challenge } => challenge.len(),
            }
    }
}

/// The verb and the first argument.
fn open(json: &mut String, verb: &str, argument: &str) {
    json.push_str("[\"");
    json.push_str(verb);
    json.push_str("\",");
    push_quoted(json, argument);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nip01::{Draft, Kind};
    use serde_json::json;

    fn check(message: RelayMessage<'_>, expected: serde_json::Value) {
        let json = message.to_json();
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read, expected);
        assert_eq!(json, expected.to_string());
        assert!(json.len() <= message.length_expected(), "{json}");
    }

    #[test]
    fn every_message_is_the_json_of_its_parts() {
        let odd = "\"\\ 😀";
        let id = SubscriptionId::new("😀 x").unwrap();
        let event_id = EventId::from_bytes([0xab; 32]);
        let ok = |accepted, message| RelayMessage::Ok {
            id: event_id,
            accepted,
            message,
        };
        check(ok(true, ""), json!(["OK", event_id, true, ""]));
        check(
            ok(false, "pow: more"),
            json!(["OK", event_id, false, "pow: more"]),
        );
        let eose = |hint| RelayMessage::Eose {
            subscription: &id,
            hint,
        };
        check(eose(None), json!(["EOSE", "😀 x"]));
        check(
            RelayMessage::Notice("invalid: x"),
            json!(["NOTICE", "invalid: x"]),
        );
        check(RelayMessage::Auth { challenge: "c" }, json!(["AUTH", "c"]));
        let count = RelayMessage::Count {
            query: &id,
            count: 7,
            hll: None,
        };
        check(count, json!(["COUNT", "😀 x", {"count": 7}]));
        let count = RelayMessage::Count {
            query: &id,
            count: u64::MAX,
            hll: Some("00"),
        };
        check(
            count,
            json!(["COUNT", "😀 x", {"count": u64::MAX, "hll": "00"}]),
        );
        let closed = RelayMessage::Closed {
            subscription: "s",
            message: "error: x",
        };
        check(closed, json!(["CLOSED", "s", "error: x"]));
        let escaped = RelayMessage::Closed {
            subscription: odd,
            message: odd,
        }
        .to_json();
        assert_eq!(escaped, json!(["CLOSED", odd, odd]).to_string());
    }

    #[test]
    fn nip67_01_02_the_hint_is_a_list_of_one_word() {
        let id = SubscriptionId::new("s").unwrap();
        for (hint, word) in [(EoseHint::Finish, "finish"), (EoseHint::More, "more")] {
            let eose = RelayMessage::Eose {
                subscription: &id,
                hint: Some(hint),
            };
            check(eose, json!(["EOSE", "s", [word]]));
        }
    }

    #[test]
    fn nip77_03_05_messages_in_lower_case_and_errors_with_a_number() {
        let id = SubscriptionId::new("s").unwrap();
        let message = RelayMessage::NegMsg {
            subscription: &id,
            message: &[0x61, 0xff],
        };
        check(message, json!(["NEG-MSG", "s", "61ff"]));
        let error = |message, records_max| RelayMessage::NegErr {
            subscription: "s",
            message,
            records_max,
        };
        check(
            error("closed: x", None),
            json!(["NEG-ERR", "s", "closed: x"]),
        );
        check(
            error("blocked: x", Some(500_000)),
            json!(["NEG-ERR", "s", "blocked: x", 500_000]),
        );
    }

    #[test]
    fn nip01_42_and_60_events_go_out_as_stored_with_the_id_echoed() {
        let draft = Draft {
            kind: Kind::TEXT_NOTE,
            created_at: None,
            tags: vec![],
            content: "\"\n".to_owned(),
        };
        let event = draft.sign(&nostr::Keys::generate(), 1).unwrap();
        let subscription = SubscriptionId::new("a\"b\\").unwrap();
        let message = RelayMessage::Event {
            subscription: &subscription,
            event: &event,
        };
        assert_eq!(
            message.to_json(),
            format!(r#"["EVENT","a\"b\\",{}]"#, event.json())
        );
    }
}
