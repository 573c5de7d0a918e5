//! What a relay sends, read as strictly as the specification allows: a reply of the wrong shape
//! fails whatever test receives it (NIP01-100, PFX-01, PFX-02).

use kith_nips::{Event, EventId};
use serde_json::Value;
use serde_json::value::RawValue;

/// One message of the relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reply {
    Event {
        subscription: String,
        event: Event,
    },
    Ok(Answer),
    Eose(String),
    Closed {
        subscription: String,
        message: String,
    },
    Notice(String),
    Count {
        query: String,
        count: u64,
        hll: Option<String>,
    },
    Auth(String),
    NegMsg {
        subscription: String,
        message: String,
    },
    NegErr {
        subscription: String,
        message: String,
        records_max: Option<u64>,
    },
}

/// An OK: the answer to an EVENT or AUTH.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) id: EventId,
    pub(crate) accepted: bool,
    pub(crate) message: String,
}

impl Answer {
    /// `OK+ ""`
    #[track_caller]
    pub(crate) fn stored(&self) {
        assert!(
            self.accepted && self.message.is_empty(),
            "not stored: {self:?}"
        );
    }

    /// `OK+` with this prefix.
    #[track_caller]
    pub(crate) fn accepted_with(&self, prefix: &str) {
        assert!(self.accepted, "refused: {self:?}");
        assert_prefix(&self.message, prefix);
    }

    /// `OK-` with this prefix.
    #[track_caller]
    pub(crate) fn refused_with(&self, prefix: &str) {
        assert!(!self.accepted, "accepted: {self:?}");
        assert_prefix(&self.message, prefix);
    }
}

/// Whether a text is `prefix: something`.
#[track_caller]
pub(crate) fn assert_prefix(text: &str, prefix: &str) {
    let rest = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix(": "));
    assert!(
        rest.is_some_and(|rest| !rest.is_empty()),
        "expected \"{prefix}: …\", got {text:?}"
    );
}

impl Reply {
    /// Reads one message.
    #[track_caller]
    pub(crate) fn read(text: &str) -> Self {
        match Self::try_read(text) {
            Some(reply) => reply,
            None => panic!("the relay sent what no relay may send: {text}"),
        }
    }

    fn try_read(text: &str) -> Option<Self> {
        let parts: Vec<&RawValue> = serde_json::from_str(text).ok()?;
        let (verb, parts) = parts.split_first()?;
        let verb: String = string(verb)?;
        match (verb.as_str(), parts) {
            ("EVENT", [subscription, event]) => Some(Reply::Event {
                subscription: string(subscription)?,
                event: served_event(event.get())?,
            }),
            ("OK", [id, accepted, message]) => {
                let accepted: bool = serde_json::from_str(accepted.get()).ok()?;
                let message = string(message)?;
                let well_formed =
                    (accepted && message.is_empty()) || has_known_prefix(&message, &verb);
                well_formed.then_some(Reply::Ok(Answer {
                    id: EventId::from_hex(&string(id)?).ok()?,
                    accepted,
                    message,
                }))
            }
            ("EOSE", [subscription]) => Some(Reply::Eose(string(subscription)?)),
            // The hint of NIP-67.
            ("EOSE", [subscription, hint]) => {
                let is_hint = matches!(hint.get(), r#"["finish"]"# | r#"["more"]"#);
                is_hint.then_some(Reply::Eose(string(subscription)?))
            }
            ("CLOSED", [subscription, message]) => {
                let message = string(message)?;
                has_known_prefix(&message, &verb).then_some(Reply::Closed {
                    subscription: string(subscription)?,
                    message,
                })
            }
            ("NOTICE", [message]) => Some(Reply::Notice(string(message)?)),
            ("COUNT", [query, answer]) => {
                let answer: Value = serde_json::from_str(answer.get()).ok()?;
                Some(Reply::Count {
                    query: string(query)?,
                    count: answer.get("count")?.as_u64()?,
                    hll: answer.get("hll").and_then(Value::as_str).map(str::to_owned),
                })
            }
            ("AUTH", [challenge]) => Some(Reply::Auth(string(challenge)?)),
            ("NEG-MSG", [subscription, message]) => Some(Reply::NegMsg {
                subscription: string(subscription)?,
                message: string(message)?,
            }),
            ("NEG-ERR", [subscription, message, rest @ ..]) => {
                let message = string(message)?;
                let records_max = match rest {
                    [] => None,
                    [number] => Some(serde_json::from_str(number.get()).ok()?),
                    _ => return None,
                };
                has_known_prefix(&message, &verb).then_some(Reply::NegErr {
                    subscription: string(subscription)?,
                    message,
                    records_max,
                })
            }
            _ => None,
        }
    }
}

fn string(json: &RawValue) -> Option<String> {
    serde_json::from_str(json.get()).ok()
}

/// An event as it may be served: the seven members and nothing else, id and signature right
/// (NIP01-21, NIP01-42).
fn served_event(json: &str) -> Option<Event> {
    let members: serde_json::Map<String, Value> = serde_json::from_str(json).ok()?;
    let event = Event::parse(json).ok()?;
    (members.len() == 7 && event.verify().is_ok()).then_some(event)
}

/// The words of the checklist, written out: the relay's own list may be wrong. `unsupported` is
/// for questions only (CON-03), `closed` for comparisons (NIP-77).
fn has_known_prefix(message: &str, verb: &str) -> bool {
    let Some((word, rest)) = message.split_once(": ") else {
        return false;
    };
    let known = match word {
        "duplicate" | "pow" | "blocked" | "rate-limited" | "invalid" | "restricted" | "mute"
        | "error" | "auth-required" | "info" => true,
        "unsupported" => matches!(verb, "CLOSED" | "NEG-ERR"),
        "closed" => verb == "NEG-ERR",
        _ => false,
    };
    known && !rest.is_empty()
}
