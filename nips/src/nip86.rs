//! NIP-86: what administrators ask a relay to do, and the shapes of its answers. HTTP and effects
//! are the relay's; who may ask is told by NIP-98. How a client writes and reads them is in `asking`.

mod asking;
mod params;

use std::net::IpAddr;

use nostr::Url;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::nip01::{EventId, Kind, PublicKey};
use crate::nip43::{Role, RoleError};

use params::Params;

pub use asking::{Answer, AnswerError, Entry, Listed};

/// The media type of a request.
pub const MEDIA_TYPE: &str = "application/nostr+json+rpc";

/// Every method, by its name. What each does is said at [`Call`].
pub const METHODS: [(&str, Method); 25] = [
    ("supportedmethods", Method::SupportedMethods),
    ("banpubkey", Method::BanPubkey),
    ("unbanpubkey", Method::UnbanPubkey),
    ("listbannedpubkeys", Method::ListBannedPubkeys),
    ("allowpubkey", Method::AllowPubkey),
    ("unallowpubkey", Method::UnallowPubkey),
    ("listallowedpubkeys", Method::ListAllowedPubkeys),
    ("createrole", Method::CreateRole),
    ("editrole", Method::EditRole),
    ("deleterole", Method::DeleteRole),
    ("assignrole", Method::AssignRole),
    ("unassignrole", Method::UnassignRole),
    (
        "listeventsneedingmoderation",
        Method::ListEventsNeedingModeration,
    ),
    ("allowevent", Method::AllowEvent),
    ("banevent", Method::BanEvent),
    ("listbannedevents", Method::ListBannedEvents),
    ("changerelayname", Method::ChangeRelayName),
    ("changerelaydescription", Method::ChangeRelayDescription),
    ("changerelayicon", Method::ChangeRelayIcon),
    ("allowkind", Method::AllowKind),
    ("disallowkind", Method::DisallowKind),
    ("listallowedkinds", Method::ListAllowedKinds),
    ("blockip", Method::BlockIp),
    ("unblockip", Method::UnblockIp),
    ("listblockedips", Method::ListBlockedIps),
];

/// A method without its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The names of all other methods.
    SupportedMethods,
    /// Takes and shows nothing by a key any more.
    BanPubkey,
    /// Ends the ban of a key.
    UnbanPubkey,
    /// The banned keys.
    ListBannedPubkeys,
    /// Lets a key write; others may not while there are any such.
    AllowPubkey,
    /// Takes a key off that list.
    UnallowPubkey,
    /// The keys on that list.
    ListAllowedPubkeys,
    /// Makes a role (NIP-43).
    CreateRole,
    /// Changes a role.
    EditRole,
    /// Takes a role away, from its members too.
    DeleteRole,
    /// Gives a role to a key, which makes it a member.
    AssignRole,
    /// Takes a role from a key.
    UnassignRole,
    /// What moderators reported.
    ListEventsNeedingModeration,
    /// Ends the ban of an event, or settles reports of it.
    AllowEvent,
    /// Removes an event and keeps it out.
    BanEvent,
    /// The banned events.
    ListBannedEvents,
    /// The relay's name (NIP-11).
    ChangeRelayName,
    /// The relay's description.
    ChangeRelayDescription,
    /// The address of the relay's picture.
    ChangeRelayIcon,
    /// Takes events of a kind again.
    AllowKind,
    /// Takes no events of a kind any more.
    DisallowKind,
    /// The allowed kinds.
    ListAllowedKinds,
    /// Ends and refuses connections of an address.
    BlockIp,
    /// Lets an address connect again.
    UnblockIp,
    /// The blocked addresses.
    ListBlockedIps,
}

/// A request: a method with parameters that make sense. Reasons are empty where none was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// The names of all other methods.
    SupportedMethods,
    /// A key is banned.
    BanPubkey(PublicKey, String),
    /// A key is not banned any more.
    UnbanPubkey(PublicKey),
    /// All [`ListedPubkey`]s that are banned.
    ListBannedPubkeys,
    /// A key may write.
    AllowPubkey(PublicKey, String),
    /// A key is not named any more among those that may write.
    UnallowPubkey(PublicKey),
    /// All [`ListedPubkey`]s that may write.
    ListAllowedPubkeys,
    /// There is a role (NIP-43).
    CreateRole(Role),
    /// A role is described anew.
    EditRole(Role),
    /// There is no role of this identifier.
    DeleteRole(String),
    /// A key has the role of this identifier.
    AssignRole(PublicKey, String),
    /// A key has not the role of this identifier.
    UnassignRole(PublicKey, String),
    /// All [`ListedEvent`]s that moderators reported (NIP-56).
    ListEventsNeedingModeration,
    /// An event is in order.
    AllowEvent(EventId, String),
    /// An event is removed and not taken again.
    BanEvent(EventId, String),
    /// All [`ListedEvent`]s that are banned.
    ListBannedEvents,
    /// The relay has this name.
    ChangeRelayName(String),
    /// The relay describes itself so.
    ChangeRelayDescription(String),
    /// The relay's picture is at this address.
    ChangeRelayIcon(String),
    /// Events of a kind are taken.
    AllowKind(Kind),
    /// Events of a kind are not taken.
    DisallowKind(Kind),
    /// The numbers of the allowed kinds.
    ListAllowedKinds,
    /// Nobody at this address may connect.
    BlockIp(IpAddr, String),
    /// People at this address may connect again.
    UnblockIp(IpAddr),
    /// All [`ListedIp`]s.
    ListBlockedIps,
}

/// Why a body is no request that can be executed. The text is for the `error` of the answer.
///
/// ```
/// use kith_nips::nip86::Call;
/// let error = Call::parse(br#"{"method":"stats","params":[]}"#).unwrap_err();
/// assert_eq!(error.to_string(), "there is no method \"stats\"");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Not `{"method":string,"params":array}`.
    #[error("expected a JSON object with a method and an array of params: {0}")]
    Shape(String),
    /// No method has this name.
    #[error("there is no method {0:?}")]
    Method(String),
    /// Too few or too many parameters.
    #[error("expected {expected} params, found {found}")]
    Count {
        /// How many there may be, in words.
        expected: String,
        /// How many there are.
        found: usize,
    },
    /// A parameter of a wrong type or value.
    #[error("param {position} must be {expected}")]
    Param {
        /// Which, counted from 1.
        position: usize,
        /// What it must be.
        expected: &'static str,
    },
    /// The parameters make no role.
    #[error(transparent)]
    Role(#[from] RoleError),
}

/// An entry in a list of keys.
///
/// ```
/// use kith_nips::{PublicKey, nip86::ListedPubkey};
/// let entry = ListedPubkey { pubkey: PublicKey::from_bytes([0; 32]), reason: "spam" };
/// let zeros = "0".repeat(64);
/// assert_eq!(
///     serde_json::to_string(&entry)?,
///     format!(r#"{{"pubkey":"{zeros}","reason":"spam"}}"#),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ListedPubkey<'a> {
    /// The key.
    pub pubkey: PublicKey,
    /// Why, or nothing.
    pub reason: &'a str,
}

/// An entry in a list of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ListedEvent<'a> {
    /// The id of the event.
    pub id: EventId,
    /// Why, or nothing.
    pub reason: &'a str,
}

/// An entry in the list of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ListedIp<'a> {
    /// The address.
    pub ip: IpAddr,
    /// Why, or nothing.
    pub reason: &'a str,
}

impl Call {
    /// Reads the body of a request. Members beside `method` and `params` are ignored.
    ///
    /// ```
    /// use kith_nips::{Kind, nip86::Call};
    /// let call = Call::parse(br#"{"method":"allowkind","params":[31923]}"#)?;
    /// assert_eq!(call, Call::AllowKind(Kind::MEETUP));
    /// # Ok::<(), kith_nips::nip86::CallError>(())
    /// ```
    pub fn parse(body: &[u8]) -> Result<Self, CallError> {
        #[derive(Deserialize)]
        struct Body {
            method: String,
            params: Vec<Value>,
        }
        let Body { method, params } =
            serde_json::from_slice(body).map_err(|error| CallError::Shape(error.to_string()))?;
        let known = METHODS.into_iter().find(|(name, _)| *name == method);
        let (_, method) = known.ok_or(CallError::Method(method))?;
        Self::read(method, &Params(&params))
    }

    fn read(method: Method, params: &Params<'_>) -> Result<Self, CallError> {
        let call = match method {
            Method::SupportedMethods => params.none(Call::SupportedMethods)?,
            Method::ListBannedPubkeys => params.none(Call::ListBannedPubkeys)?,
            Method::ListAllowedPubkeys => params.none(Call::ListAllowedPubkeys)?,
            Method::ListEventsNeedingModeration => {
                params.none(Call::ListEventsNeedingModeration)?
            }
            Method::ListBannedEvents => params.none(Call::ListBannedEvents)?,
            Method::ListAllowedKinds => params.none(Call::ListAllowedKinds)?,
            Method::ListBlockedIps => params.none(Call::ListBlockedIps)?,
            Method::BanPubkey => Call::BanPubkey(params.pubkey(1, 2)?, params.reason()?),
            // Some say why a ban ends; nothing is done with that.
            Method::UnbanPubkey => params
                .reason()
                .and(params.pubkey(1, 2))
                .map(Call::UnbanPubkey)?,
            Method::AllowPubkey => Call::AllowPubkey(params.pubkey(1, 2)?, params.reason()?),
            Method::UnallowPubkey => params
                .reason()
                .and(params.pubkey(1, 2))
                .map(Call::UnallowPubkey)?,
            Method::CreateRole => Call::CreateRole(params.role()?),
            Method::EditRole => Call::EditRole(params.role()?),
            Method::DeleteRole => Call::DeleteRole(params.only_text()?),
            Method::AssignRole => Call::AssignRole(params.pubkey(2, 2)?, params.text(1)?),
            Method::UnassignRole => Call::UnassignRole(params.pubkey(2, 2)?, params.text(1)?),
            Method::AllowEvent => Call::AllowEvent(params.event()?, params.reason()?),
            Method::BanEvent => Call::BanEvent(params.event()?, params.reason()?),
            Method::ChangeRelayName => Call::ChangeRelayName(params.only_text()?),
            Method::ChangeRelayDescription => Call::ChangeRelayDescription(params.only_text()?),
            Method::ChangeRelayIcon => Call::ChangeRelayIcon(params.only_text()?),
            Method::AllowKind => Call::AllowKind(params.kind()?),
            Method::DisallowKind => Call::DisallowKind(params.kind()?),
            Method::BlockIp => Call::BlockIp(params.ip()?, params.reason()?),
            Method::UnblockIp => params.reason().and(params.ip()).map(Call::UnblockIp)?,
        };
        Ok(call)
    }
}

/// Whether two addresses name the same relay: `ws` and `http` are the same here, `wss` and
/// `https` too (NIP-86 asks for the relay's address, NIP-98 for the request's). Case of the host,
/// default ports and a slash at the end do not matter; the path and the query do.
///
/// ```
/// use kith_nips::nip86::same_address;
/// assert!(same_address("wss://relay.example.com", "https://Relay.example.com:443/"));
/// assert!(!same_address("wss://relay.example.com", "http://relay.example.com"));
/// assert!(!same_address("wss://relay.example.com", "wss://relay.example.com/other"));
/// ```
pub fn same_address(one: &str, other: &str) -> bool {
    match (web_address(one), web_address(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// The parts that count: whether it is encrypted, host, port, path, query.
fn web_address(text: &str) -> Option<(bool, String, u16, String, Option<String>)> {
    let url = Url::parse(text).ok()?;
    let encrypted = match url.scheme() {
        "ws" | "http" => false,
        "wss" | "https" => true,
        _ => return None,
    };
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return None;
    }
    Some((
        encrypted,
        url.host_str()?.to_owned(),
        url.port_or_known_default()?,
        url.path().trim_end_matches('/').to_owned(),
        url.query().map(str::to_owned),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> String {
        "a".repeat(64)
    }

    fn parse(method: &str, params: &str) -> Result<Call, CallError> {
        let body = format!(r#"{{"method":"{method}","params":{params}}}"#);
        Call::parse(body.as_bytes())
    }

    #[test]
    fn nip86_07_every_name_is_there_once_and_can_be_called() {
        let hex = key();
        for (name, _) in METHODS {
            let tries = [
                "[]".to_owned(),
                format!(r#"["{hex}"]"#),
                format!(r#"["{hex}","reason"]"#),
                r#"["text"]"#.to_owned(),
                "[1]".to_owned(),
                r#"["192.0.2.1"]"#.to_owned(),
            ];
            assert!(
                tries.iter().any(|params| parse(name, params).is_ok()),
                "{name}"
            );
            assert_eq!(
                METHODS.iter().filter(|(other, _)| *other == name).count(),
                1
            );
        }
    }

    #[test]
    fn nip86_16_wrong_requests_are_refused() {
        let hex = key();
        for body in [
            "",
            "[]",
            "{}",
            r#"{"method":"allowkind"}"#,
            r#"{"method":1,"params":[]}"#,
        ] {
            assert!(
                matches!(Call::parse(body.as_bytes()), Err(CallError::Shape(_))),
                "{body}"
            );
        }
        let upper = hex.to_uppercase();
        for (method, params) in [
            ("supportedmethods", "[1]".to_owned()),
            ("SupportedMethods", "[]".to_owned()),
            ("banpubkey", "[]".to_owned()),
            ("banpubkey", "[1]".to_owned()),
            ("banpubkey", format!(r#"["{upper}"]"#)),
            ("banpubkey", format!(r#"["{}"]"#, &hex[1..])),
            ("banpubkey", format!(r#"["{hex}",1]"#)),
            ("banpubkey", format!(r#"["{hex}","a","b"]"#)),
            ("unbanpubkey", format!(r#"["{hex}",1]"#)),
            ("assignrole", format!(r#"["{hex}"]"#)),
            ("createrole", r#"["a","b","c",361,1]"#.to_owned()),
            ("createrole", r#"["a","b","c",1,"first"]"#.to_owned()),
            ("createrole", r#"[""]"#.to_owned()),
            ("banevent", r#"["note1abc"]"#.to_owned()),
            ("allowkind", "[65536]".to_owned()),
            ("allowkind", "[-1]".to_owned()),
            ("allowkind", "[1.5]".to_owned()),
            ("allowkind", r#"["1"]"#.to_owned()),
            ("disallowkind", "[1,2]".to_owned()),
            ("changerelayname", "[]".to_owned()),
            ("changerelayname", "[null]".to_owned()),
            ("blockip", r#"["192.0.2"]"#.to_owned()),
            ("blockip", r#"["192.0.2.0/24"]"#.to_owned()),
        ] {
            assert!(parse(method, &params).is_err(), "{method} {params}");
        }
    }

    #[test]
    fn nip86_10_roles_are_read_with_what_is_there() {
        let role = Role::new("host", "Host", "Opens the door", Some(120), Some(1)).unwrap();
        let full = r#"["host","Host","Opens the door",120,1]"#;
        assert_eq!(parse("createrole", full), Ok(Call::CreateRole(role)));
        let bare = Role::new("host", "", "", None, None).unwrap();
        for params in [r#"["host"]"#, r#"["host",null,null,null,null]"#] {
            assert_eq!(parse("editrole", params), Ok(Call::EditRole(bare.clone())));
        }
    }

    #[test]
    fn nip86_15_an_ipv4_address_in_ipv6_is_the_same() {
        let address = "192.0.2.1".parse().unwrap();
        for text in ["192.0.2.1", "::ffff:192.0.2.1", "::ffff:c000:201"] {
            let call = parse("unblockip", &format!(r#"["{text}"]"#));
            assert_eq!(call, Ok(Call::UnblockIp(address)));
        }
    }

    #[test]
    fn nip86_04_and_con_08_both_spellings_of_an_address() {
        let same = |one, other| assert!(same_address(one, other), "{one} {other}");
        let differ = |one, other| assert!(!same_address(one, other), "{one} {other}");
        same("ws://127.0.0.1:7447", "http://127.0.0.1:7447/");
        same(
            "wss://relay.example.com/path",
            "https://relay.example.com/path/",
        );
        differ("wss://relay.example.com", "https://relay.example.com:444");
        differ("wss://relay.example.com", "https://relay.example.com/?x=1");
        differ("wss://relay.example.com", "https://admin@relay.example.com");
        differ("wss://relay.example.com", "ftp://relay.example.com");
        differ("wss://relay.example.com", "relay.example.com");
    }
}
