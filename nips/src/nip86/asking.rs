//! The other side of management: a request as it is sent, and the answer of a relay, which may be any
//! program. Knows no HTTP.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::{Call, METHODS, Method};
use crate::nip01::{EventId, Kind, PublicKey};

/// Longest text of a relay that is kept, in characters.
const TEXT_CHARACTERS_MAX: usize = 500;

/// What a relay answers to a [`Call`].
///
/// ```
/// use kith_nips::nip86::{Answer, Method};
/// let answer = Answer::read(Method::ListAllowedKinds, br#"{"result":[1,31923]}"#)?;
/// assert!(matches!(answer, Answer::Kinds(listed) if listed.entries.len() == 2));
/// # Ok::<(), kith_nips::nip86::AnswerError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is done, or was so already.
    Done,
    /// The names of methods, as the relay writes them.
    Methods(Listed<String>),
    /// Keys.
    Pubkeys(Listed<Entry<PublicKey>>),
    /// Events.
    Events(Listed<Entry<EventId>>),
    /// Kinds.
    Kinds(Listed<Kind>),
    /// Addresses.
    Addresses(Listed<Entry<IpAddr>>),
}

/// A list that a relay answered.
///
/// ```
/// let listed = kith_nips::nip86::Listed::<String>::default();
/// assert_eq!((listed.entries.len(), listed.unreadable), (0, 0));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// What could be read, in the order of the relay.
    pub entries: Vec<T>,
    /// How many entries could not.
    pub unreadable: usize,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Listed {
            entries: Vec::new(),
            unreadable: 0,
        }
    }
}

/// An entry, and why it is there.
///
/// ```
/// use kith_nips::{Kind, nip86::Entry};
/// let entry = Entry { item: Kind::MEETUP, reason: "spam".to_owned() };
/// assert_eq!(entry.reason, "spam");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<T> {
    /// What is listed.
    pub item: T,
    /// Why, or nothing; a text of a stranger.
    pub reason: String,
}

/// Why an answer is none.
///
/// ```
/// use kith_nips::nip86::{Answer, AnswerError, Method};
/// let error = Answer::read(Method::BanPubkey, br#"{"error":"no"}"#).unwrap_err();
/// assert_eq!(error, AnswerError::Refused("no".to_owned()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Not an object with `result` or `error`: whoever answered does not know NIP-86.
    #[error("the answer is not one of NIP-86")]
    NoAnswer,
    /// The relay says that it did not do it, and why.
    #[error("{0}")]
    Refused(String),
    /// A result that does not belong to the method.
    #[error("the result is not {0}")]
    Shape(&'static str),
}

impl Method {
    /// Its name in a request.
    ///
    /// ```
    /// assert_eq!(kith_nips::nip86::Method::BlockIp.name(), "blockip");
    /// ```
    pub fn name(self) -> &'static str {
        let known = METHODS.iter().find(|(_, method)| *method == self);
        known.map_or("", |(name, _)| name)
    }
}

impl Call {
    /// Its method.
    pub fn method(&self) -> Method {
        match self {
            Call::SupportedMethods => Method::SupportedMethods,
            Call::BanPubkey(..) => Method::BanPubkey,
            Call::UnbanPubkey(_) => Method::UnbanPubkey,
            Call::ListBannedPubkeys => Method::ListBannedPubkeys,
            Call::AllowPubkey(..) => Method::AllowPubkey,
            Call::UnallowPubkey(_) => Method::UnallowPubkey,
            Call::ListAllowedPubkeys => Method::ListAllowedPubkeys,
            Call::CreateRole(_) => Method::CreateRole,
            Call::EditRole(_) => Method::EditRole,
            Call::DeleteRole(_) => Method::DeleteRole,
            Call::AssignRole(..) => Method::AssignRole,
            Call::UnassignRole(..) => Method::UnassignRole,
            Call::ListEventsNeedingModeration => Method::ListEventsNeedingModeration,
            Call::AllowEvent(..) => Method::AllowEvent,
            Call::BanEvent(..) => Method::BanEvent,
            Call::ListBannedEvents => Method::ListBannedEvents,
            Call::ChangeRelayName(_) => Method::ChangeRelayName,
            Call::ChangeRelayDescription(_) => Method::ChangeRelayDescription,
            Call::ChangeRelayIcon(_) => Method::ChangeRelayIcon,
            Call::AllowKind(_) => Method::AllowKind,
            Call::DisallowKind(_) => Method::DisallowKind,
            Call::ListAllowedKinds => Method::ListAllowedKinds,
            Call::BlockIp(..) => Method::BlockIp,
            Call::UnblockIp(_) => Method::UnblockIp,
            Call::ListBlockedIps => Method::ListBlockedIps,
        }
    }

    /// The body of the request. A reason that is empty is left out.
    ///
    /// ```
    /// use kith_nips::{Kind, nip86::Call};
    /// let body = Call::AllowKind(Kind::MEETUP).to_json();
    /// assert_eq!(body, r#"{"method":"allowkind","params":[31923]}"#);
    /// ```
    pub fn to_json(&self) -> String {
        json!({ "method": self.method().name(), "params": self.params() }).to_string()
    }

    fn params(&self) -> Vec<Value> {
        let with_reason = |item: String, reason: &str| match reason {
            "" => vec![item.into()],
            reason => vec![item.into(), reason.into()],
        };
        match self {
            Call::BanPubkey(key, reason) | Call::AllowPubkey(key, reason) => {
                with_reason(key.to_string(), reason)
            }
            Call::AllowEvent(id, reason) | Call::BanEvent(id, reason) => {
                with_reason(id.to_string(), reason)
            }
            Call::BlockIp(address, reason) => with_reason(address.to_string(), reason),
            Call::UnbanPubkey(key) | Call::UnallowPubkey(key) => vec![key.to_string().into()],
            Call::UnblockIp(address) => vec![address.to_string().into()],
            Call::CreateRole(role) | Call::EditRole(role) => vec![
                role.id().into(),
                role.label().into(),
                role.description().into(),
                json!(role.color()),
                json!(role.order()),
            ],
            Call::DeleteRole(role) => vec![role.as_str().into()],
            Call::AssignRole(key, role) | Call::UnassignRole(key, role) => {
                vec![key.to_string().into(), role.as_str().into()]
            }
            Call::ChangeRelayName(text)
            | Call::ChangeRelayDescription(text)
            | Call::ChangeRelayIcon(text) => vec![text.as_str().into()],
            Call::AllowKind(kind) | Call::DisallowKind(kind) => vec![kind.as_u16().into()],
            Call::SupportedMethods
            | Call::ListBannedPubkeys
            | Call::ListAllowedPubkeys
            | Call::ListEventsNeedingModeration
            | Call::ListBannedEvents
            | Call::ListAllowedKinds
            | Call::ListBlockedIps => Vec::new(),
        }
    }
}

impl Answer {
    /// Reads the body of an answer to a call of this method. An entry of a list that cannot be read is
    /// counted and skipped; members beside `result` and `error` are ignored.
    ///
    /// # Errors
    /// [`AnswerError`]
    pub fn read(method: Method, body: &[u8]) -> Result<Answer, AnswerError> {
        let answer: Value = serde_json::from_slice(body).map_err(|_| AnswerError::NoAnswer)?;
        let answer = answer.as_object().ok_or(AnswerError::NoAnswer)?;
        match answer.get("error") {
            None | Some(Value::Null) => {}
            // Some write an empty error beside a result.
            Some(Value::String(text)) if text.is_empty() => {}
            Some(Value::String(text)) => return Err(AnswerError::Refused(short(text))),
            Some(other) => return Err(AnswerError::Refused(short(&other.to_string()))),
        }
        let result = answer.get("result").ok_or(AnswerError::NoAnswer)?;
        match method {
            Method::SupportedMethods => list(result, |name| Some(short(name.as_str()?)))
                .map(Answer::Methods)
                .ok_or(AnswerError::Shape("a list of methods")),
            Method::ListBannedPubkeys | Method::ListAllowedPubkeys => list(result, |entry| {
                listed(entry, "pubkey", |text| PublicKey::from_hex(text).ok())
            })
            .map(Answer::Pubkeys)
            .ok_or(AnswerError::Shape("a list of keys")),
            Method::ListEventsNeedingModeration | Method::ListBannedEvents => {
                list(result, |entry| {
                    listed(entry, "id", |text| EventId::from_hex(text).ok())
                })
                .map(Answer::Events)
                .ok_or(AnswerError::Shape("a list of events"))
            }
            Method::ListAllowedKinds => list(result, |kind| {
                Some(Kind::new(u16::try_from(kind.as_u64()?).ok()?))
            })
            .map(Answer::Kinds)
            .ok_or(AnswerError::Shape("a list of kinds")),
            Method::ListBlockedIps => list(result, |entry| {
                listed(entry, "ip", |text| {
                    Some(text.parse::<IpAddr>().ok()?.to_canonical())
                })
            })
            .map(Answer::Addresses)
            .ok_or(AnswerError::Shape("a list of addresses")),
            _ => match result.as_bool() {
                Some(true) => Ok(Answer::Done),
                Some(false) => Err(AnswerError::Refused("it was not done".to_owned())),
                None => Err(AnswerError::Shape("`true`")),
            },
        }
    }
}

fn list<T>(result: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Listed<T>> {
    // Programs in Go write an empty list as null.
    let entries = match result {
        Value::Null => &Vec::new(),
        Value::Array(entries) => entries,
        _ => return None,
    };
    let read: Vec<T> = entries.iter().filter_map(read).collect();
    Some(Listed {
        unreadable: entries.len().saturating_sub(read.len()),
        entries: read,
    })
}

fn listed<T>(entry: &Value, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<Entry<T>> {
    let item = read(entry.get(name)?.as_str()?)?;
    let reason = entry.get("reason").and_then(Value::as_str);
    Some(Entry {
        item,
        reason: short(reason.unwrap_or_default()),
    })
}

fn short(text: &str) -> String {
    text.chars().take(TEXT_CHARACTERS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nip43::Role;

    fn key() -> PublicKey {
        PublicKey::from_bytes([7; 32])
    }

    #[test]
    fn nip86_07_what_is_sent_is_what_a_relay_reads() {
        let id = EventId::from_bytes([8; 32]);
        let ip: IpAddr = "2001:db8::1".parse().unwrap();
        let why = || "spam \"and\" more".to_owned();
        let role = Role::new("host", "Host", "", Some(120), Some(-1)).unwrap();
        let calls = [
            Call::SupportedMethods,
            Call::BanPubkey(key(), why()),
            Call::BanPubkey(key(), String::new()),
            Call::UnbanPubkey(key()),
            Call::ListBannedPubkeys,
            Call::AllowPubkey(key(), why()),
            Call::UnallowPubkey(key()),
            Call::ListAllowedPubkeys,
            Call::CreateRole(role.clone()),
            Call::EditRole(role),
            Call::EditRole(Role::new("bare", "", "", None, None).unwrap()),
            Call::DeleteRole("host".to_owned()),
            Call::AssignRole(key(), "host".to_owned()),
            Call::UnassignRole(key(), "host".to_owned()),
            Call::ListEventsNeedingModeration,
            Call::AllowEvent(id, why()),
            Call::BanEvent(id, why()),
            Call::ListBannedEvents,
            Call::ChangeRelayName("Chess".to_owned()),
            Call::ChangeRelayDescription("Chess".to_owned()),
            Call::ChangeRelayIcon("https://example.com/x.png".to_owned()),
            Call::AllowKind(Kind::MEETUP),
            Call::DisallowKind(Kind::MEETUP),
            Call::ListAllowedKinds,
            Call::BlockIp(ip, why()),
            Call::UnblockIp(ip),
            Call::ListBlockedIps,
        ];
        for (_, method) in METHODS {
            assert!(
                calls.iter().any(|call| call.method() == method),
                "{method:?}"
            );
        }
        for call in calls {
            assert_eq!(Call::parse(call.to_json().as_bytes()), Ok(call));
        }
    }

    #[test]
    fn nip86_08_lists_are_read_and_what_is_broken_is_counted() {
        let hex = key().to_string();
        let body = format!(
            r#"{{"result":[{{"pubkey":"{hex}","reason":"spam"}},{{"pubkey":"{hex}","reason":null}},
                {{"pubkey":"{hex}"}},{{"pubkey":"nobody"}},7,{{}}],"error":"","more":1}}"#
        );
        let answer = Answer::read(Method::ListBannedPubkeys, body.as_bytes()).unwrap();
        let Answer::Pubkeys(listed) = answer else {
            panic!("{answer:?}")
        };
        let reasons: Vec<&str> = listed
            .entries
            .iter()
            .map(|one| one.reason.as_str())
            .collect();
        assert_eq!((reasons, listed.unreadable), (vec!["spam", "", ""], 3));
        let none = Answer::read(Method::ListBlockedIps, br#"{"result":null,"error":null}"#);
        assert_eq!(none, Ok(Answer::Addresses(Listed::default())));
    }

    #[test]
    fn what_is_no_answer_is_told_from_a_refusal() {
        let done = |body: &str| Answer::read(Method::BanPubkey, body.as_bytes());
        assert_eq!(done(r#"{"result":true}"#), Ok(Answer::Done));
        for body in ["", "<html>", "[]", "{}", "true", r#"{"error":null}"#] {
            assert_eq!(done(body), Err(AnswerError::NoAnswer), "{body}");
        }
        for body in [
            r#"{"result":[]}"#,
            r#"{"result":"ok"}"#,
            r#"{"result":null}"#,
        ] {
            assert_eq!(done(body), Err(AnswerError::Shape("`true`")), "{body}");
        }
        assert!(matches!(
            done(r#"{"result":false}"#),
            Err(AnswerError::Refused(_))
        ));
        let long = format!(r#"{{"result":true,"error":"{}"}}"#, "x".repeat(5_000));
        let Err(AnswerError::Refused(text)) = done(&long) else {
            panic!()
        };
        assert_eq!(text.len(), TEXT_CHARACTERS_MAX);
        let kinds = Answer::read(Method::ListAllowedKinds, br#"{"result":{"1":true}}"#);
        assert_eq!(kinds, Err(AnswerError::Shape("a list of kinds")));
    }
}
