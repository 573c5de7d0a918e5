//! NIP-42: is an AUTH event an answer to our challenge? Signatures are checked elsewhere, before;
//! challenges are made and kept by the relay.

use nostr::Url;

use crate::nip01::{Event, Kind, PublicKey};

/// How far the time of an authentication may be from the relay's, in seconds, either way.
pub const AUTHENTICATION_AGE_MAX_S: u64 = 600;

/// Why an authentication is refused. The text is what follows `invalid: ` in the answer.
///
/// ```
/// use kith_nips::nip42::AuthenticationError;
/// assert_eq!(AuthenticationError::Kind.to_string(), "an authentication is of kind 22242");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticationError {
    /// Not kind 22242.
    #[error("an authentication is of kind 22242")]
    Kind,
    /// More than [`AUTHENTICATION_AGE_MAX_S`] from the relay's time.
    #[error("created_at is more than 600 seconds from the relay's time")]
    Time,
    /// No `challenge` tag, or not our challenge.
    #[error("the challenge is not the one this connection was given last")]
    Challenge,
    /// No `relay` tag, or not our URL.
    #[error("the relay is not this one")]
    Relay,
}

/// Checks kind, time, challenge and relay of an event whose id and signature were checked already,
/// and says who has authenticated.
///
/// `relay_urls` are all URLs under which the relay is known, compared by [`same_relay`]; `now` is
/// Unix time in seconds. The first `challenge` and the first `relay` tag count.
///
/// ```
/// use kith_nips::{Kind, nip01::Draft, nip42};
/// let keys = nostr::Keys::generate();
/// let draft = Draft {
///     kind: Kind::AUTHENTICATION,
///     created_at: None,
///     tags: vec![
///         vec!["relay".into(), "wss://relay.example.com/".into()],
///         vec!["challenge".into(), "f00d".into()],
///     ],
///     content: String::new(),
/// };
/// let event = draft.sign(&keys, 1_700_000_000)?;
/// let who = nip42::check(&event, "f00d", &["wss://relay.example.com"], 1_700_000_030)?;
/// assert_eq!(who, keys.public_key().into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn check<U: AsRef<str>>(
    event: &Event,
    challenge: &str,
    relay_urls: &[U],
    now: u64,
) -> Result<PublicKey, AuthenticationError> {
    if event.kind() != Kind::AUTHENTICATION {
        return Err(AuthenticationError::Kind);
    }
    if event.created_at().abs_diff(now) > AUTHENTICATION_AGE_MAX_S {
        return Err(AuthenticationError::Time);
    }
    // An empty challenge would make every answer right.
    if challenge.is_empty() || event.tags().first_value("challenge") != Some(challenge) {
        return Err(AuthenticationError::Challenge);
    }
    let relay = event.tags().first_value("relay").unwrap_or_default();
    if !relay_urls.iter().any(|url| same_relay(url.as_ref(), relay)) {
        return Err(AuthenticationError::Relay);
    }
    Ok(event.pubkey())
}

/// Whether two URLs name the same relay: same host and port. Scheme (`ws` or `wss`), case of the
/// host, default port, path and query do not matter. What is no relay URL is never the same.
///
/// ```
/// use kith_nips::nip42::same_relay;
/// assert!(same_relay("wss://Relay.Example.com", "ws://relay.example.com:80/path"));
/// assert!(!same_relay("wss://relay.example.com", "wss://relay.example.com:444"));
/// ```
pub fn same_relay(one: &str, other: &str) -> bool {
    match (endpoint(one), endpoint(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// Host in lower case, and port unless it is the default of the scheme.
fn endpoint(url: &str) -> Option<(String, Option<u16>)> {
    let url = Url::parse(url).ok()?;
    if !matches!(url.scheme(), "ws" | "wss") {
        return None;
    }
    // The URL type has lowered the host and dropped a default port already.
    Some((url.host_str()?.to_owned(), url.port()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nip01::Draft;

    const NOW: u64 = 1_700_000_000;
    const URLS: [&str; 2] = ["wss://relay.example.com", "ws://alias.example.com:7777"];

    struct Attempt {
        kind: Kind,
        created_at: u64,
        tags: Vec<[&'static str; 2]>,
    }

    impl Attempt {
        fn good() -> Self {
            Self {
                kind: Kind::AUTHENTICATION,
                created_at: NOW,
                tags: vec![["relay", "wss://relay.example.com/"], ["challenge", "c1"]],
            }
        }

        fn check(&self) -> Result<PublicKey, AuthenticationError> {
            let draft = Draft {
                kind: self.kind,
                created_at: Some(self.created_at),
                tags: self
                    .tags
                    .iter()
                    .map(|tag| tag.map(str::to_owned).to_vec())
                    .collect(),
                content: String::new(),
            };
            check(
                &draft.sign(&nostr::Keys::generate(), NOW).unwrap(),
                "c1",
                &URLS,
                NOW,
            )
        }
    }

    #[test]
    fn nip42_03_a_right_answer_is_accepted_up_to_ten_minutes_off() {
        for created_at in [NOW, NOW - 600, NOW + 600] {
            let attempt = Attempt {
                created_at,
                ..Attempt::good()
            };
            assert!(attempt.check().is_ok(), "{created_at}");
        }
    }

    #[test]
    fn nip42_04_every_wrong_part_is_refused() {
        use AuthenticationError::{Challenge, Kind as WrongKind, Relay, Time};
        let kind = Attempt {
            kind: Kind::TEXT_NOTE,
            ..Attempt::good()
        };
        assert_eq!(kind.check(), Err(WrongKind));
        for created_at in [NOW - 601, NOW + 601, NOW - 1800, NOW + 1800, 0] {
            let attempt = Attempt {
                created_at,
                ..Attempt::good()
            };
            assert_eq!(attempt.check(), Err(Time), "{created_at}");
        }
        let relay = ["relay", URLS[0]];
        for tags in [
            vec![relay],
            vec![relay, ["challenge", "c2"]],
            vec![relay, ["challenge", ""]],
        ] {
            assert_eq!(
                Attempt {
                    tags,
                    ..Attempt::good()
                }
                .check(),
                Err(Challenge)
            );
        }
        let challenge = ["challenge", "c1"];
        for tags in [
            vec![challenge],
            vec![challenge, ["relay", "wss://other.example.com"]],
            vec![challenge, ["relay", "relay.example.com"]],
            vec![challenge, ["relay", "https://relay.example.com"]],
            vec![challenge, ["relay", "wss://relay.example.com:8443"]],
        ] {
            assert_eq!(
                Attempt {
                    tags,
                    ..Attempt::good()
                }
                .check(),
                Err(Relay)
            );
        }
    }

    #[test]
    fn nip42_04_an_empty_challenge_proves_nothing() {
        let draft = Draft {
            kind: Kind::AUTHENTICATION,
            created_at: None,
            tags: vec![
                vec!["relay".into(), URLS[0].into()],
                vec!["challenge".into(), String::new()],
            ],
            content: String::new(),
        };
        let event = draft.sign(&nostr::Keys::generate(), NOW).unwrap();
        assert_eq!(
            check(&event, "", &URLS, NOW),
            Err(AuthenticationError::Challenge)
        );
    }

    #[test]
    fn nip42_05_what_does_not_matter_in_a_url() {
        for same in [
            "wss://relay.example.com",
            "ws://relay.example.com",
            "WSS://RELAY.example.COM/",
            "wss://relay.example.com:443",
            "ws://relay.example.com:80",
            "wss://relay.example.com/other/path?x=1",
        ] {
            assert!(same_relay(URLS[0], same), "{same}");
        }
        assert!(same_relay("ws://[::1]:7777", "wss://[0:0::1]:7777/"));
        for different in [
            "wss://example.com",
            "wss://relay.example.com:80",
            "",
            "wss://",
            "://",
        ] {
            assert!(!same_relay(URLS[0], different), "{different}");
        }
        assert!(!same_relay("", ""));
    }
}
