//! NIP-98: a signed event in the `Authorization` header says who sends an HTTP request. Knows no
//! HTTP library: the caller passes the value of the header and what the request is. That no event
//! is used twice is the server's to see to.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha2::{Digest, Sha256};

use crate::nip01::{Draft, Event, EventError, Kind, PublicKey, Signature, hex};

/// How far the time of an authorization may be from the server's, in seconds, either way.
pub const AUTHORIZATION_AGE_MAX_S: u64 = 60;

/// The longest header value that is looked at, in bytes.
pub const HEADER_BYTES_MAX: usize = 8_192;

/// The word before the event.
const SCHEME: &str = "Nostr";

/// Padding may be there or not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What is wrong with an authorization.
///
/// ```
/// use kith_nips::nip98::HttpAuthError;
/// assert_eq!(HttpAuthError::Kind.to_string(), "an authorization is of kind 27235");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpAuthError {
    /// Longer than [`HEADER_BYTES_MAX`].
    #[error("the header is longer than 8192 bytes")]
    TooLong,
    /// The first word is not `Nostr`.
    #[error("the header does not begin with Nostr")]
    Scheme,
    /// What follows is no base64 of UTF-8 text.
    #[error("what follows Nostr is not base64")]
    Base64,
    /// That text is no event, or its id or signature is wrong.
    #[error(transparent)]
    Event(#[from] EventError),
    /// Not kind 27235.
    #[error("an authorization is of kind 27235")]
    Kind,
    /// More than [`AUTHORIZATION_AGE_MAX_S`] from the server's time.
    #[error("created_at is more than 60 seconds from the server's time")]
    Time,
    /// No `u` tag, or another address.
    #[error("the u tag is not the address of this request")]
    Url,
    /// No `method` tag, or another method.
    #[error("the method tag is not the method of this request")]
    Method,
    /// The `payload` tag is not the hash of the body, or is missing where it must not be.
    #[error("the payload tag is not the SHA-256 of the body")]
    Payload,
}

/// The request that an authorization must be for.
#[derive(Debug, Clone, Copy)]
pub struct HttpRequest<'a> {
    /// Its method, in capitals.
    pub method: &'a str,
    /// The exact bytes of its body; empty if it has none.
    pub body: &'a [u8],
    /// Whether the `payload` tag may be left out (not under NIP-86).
    pub payload_optional: bool,
}

/// A right authorization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpAuth {
    /// Its signature: whoever remembers it recognises a second use. Nobody but the signer can make
    /// another one for the same event (BIP-340), so whoever has another one is the signer.
    pub signature: Signature,
    /// Who sends the request.
    pub pubkey: PublicKey,
    /// When it was made, in Unix seconds.
    pub created_at: u64,
}

/// Checks the value of an `Authorization` header for `request` at `now` (Unix seconds). `is_url`
/// says whether the value of the `u` tag is the address of the request; the first of each tag
/// counts. The signature is checked last, because it costs most.
///
/// ```
/// use kith_nips::nip98::{self, HttpAuthError, HttpRequest};
/// let request = HttpRequest { method: "GET", body: b"", payload_optional: true };
/// let is_url = |url: &str| url == "https://relay.example.com/";
/// let wrong = nip98::check("Basic YTpi", &request, is_url, 1_700_000_000);
/// assert_eq!(wrong, Err(HttpAuthError::Scheme));
/// ```
pub fn check(
    header: &str,
    request: &HttpRequest<'_>,
    is_url: impl FnOnce(&str) -> bool,
    now: u64,
) -> Result<HttpAuth, HttpAuthError> {
    let event = Event::parse(&decode(header)?)?;
    if event.kind() != Kind::HTTP_AUTH {
        return Err(HttpAuthError::Kind);
    }
    if event.created_at().abs_diff(now) > AUTHORIZATION_AGE_MAX_S {
        return Err(HttpAuthError::Time);
    }
    let tags = event.tags();
    if !tags.first_value("u").is_some_and(is_url) {
        return Err(HttpAuthError::Url);
    }
    if tags.first_value("method") != Some(request.method) {
        return Err(HttpAuthError::Method);
    }
    let may_lack_payload = request.payload_optional;
    match tags.first_value("payload") {
        None if may_lack_payload => {}
        // Without a body there is nothing to hash.
        Some(_) if may_lack_payload && request.body.is_empty() => {}
        Some(payload) if payload == hex::encode(&Sha256::digest(request.body)) => {}
        _ => return Err(HttpAuthError::Payload),
    }
    event.verify()?;
    Ok(HttpAuth {
        signature: event.sig(),
        pubkey: event.pubkey(),
        created_at: event.created_at(),
    })
}

/// The event to sign for a request (NIP98-06): empty content, `u`, `method`, and of a body its hash.
///
/// ```
/// use kith_nips::nip98;
/// let draft = nip98::authorization("https://relay.example.com/", "POST", b"{}");
/// assert_eq!(draft.tags[1], ["method", "POST"]);
/// assert_eq!(draft.tags[2][0], "payload");
/// assert_eq!(nip98::authorization("https://relay.example.com/", "GET", b"").tags.len(), 2);
/// ```
pub fn authorization(url: &str, method: &str, body: &[u8]) -> Draft {
    let mut tags = vec![
        vec!["u".to_owned(), url.to_owned()],
        vec!["method".to_owned(), method.to_owned()],
    ];
    if !body.is_empty() {
        let hash = hex::encode(&Sha256::digest(body));
        tags.push(vec!["payload".to_owned(), hash]);
    }
    Draft {
        kind: Kind::HTTP_AUTH,
        created_at: None,
        tags,
        content: String::new(),
    }
}

/// The value of the `Authorization` header with this signed event.
///
/// ```
/// use kith_nips::nip98::{self, HttpRequest};
/// # let keys = nostr::Keys::generate();
/// let url = "https://relay.example.com/";
/// let event = nip98::authorization(url, "POST", b"{}").sign(&keys, 1_700_000_000)?;
/// let request = HttpRequest { method: "POST", body: b"{}", payload_optional: false };
/// let header = nip98::header(event.json());
/// assert!(nip98::check(&header, &request, |u| u == url, 1_700_000_000).is_ok());
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
pub fn header(event: &str) -> String {
    format!("{SCHEME} {}", BASE64.encode(event))
}

/// The text of the event.
fn decode(header: &str) -> Result<String, HttpAuthError> {
    if header.len() > HEADER_BYTES_MAX {
        return Err(HttpAuthError::TooLong);
    }
    let (scheme, token) = header
        .trim_ascii()
        .split_once(' ')
        .ok_or(HttpAuthError::Scheme)?;
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return Err(HttpAuthError::Scheme);
    }
    let bytes = BASE64
        .decode(token.trim_ascii())
        .map_err(|_| HttpAuthError::Base64)?;
    String::from_utf8(bytes).map_err(|_| HttpAuthError::Base64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

    const NOW: u64 = 1_700_000_000;
    const URL: &str = "https://relay.example.com/?x=1";
    const BODY: &[u8] = br#"{"method":"supportedmethods","params":[]}"#;

    /// An authorization in the making; right until changed.
    struct Attempt {
        kind: Kind,
        created_at: u64,
        tags: Vec<[String; 2]>,
        method: &'static str,
        body: &'static [u8],
        payload_optional: bool,
    }

    impl Attempt {
        fn good() -> Self {
            let payload = hex::encode(&Sha256::digest(BODY));
            Attempt {
                kind: Kind::HTTP_AUTH,
                created_at: NOW,
                tags: [("u", URL), ("method", "POST"), ("payload", &payload)]
                    .map(|(name, value)| [name.to_owned(), value.to_owned()])
                    .to_vec(),
                method: "POST",
                body: BODY,
                payload_optional: false,
            }
        }

        fn with(mut self, name: &str, value: &str) -> Self {
            let tag = self.tags.iter_mut().find(|[tag, _]| tag == name).unwrap();
            value.clone_into(&mut tag[1]);
            self
        }

        fn without(mut self, name: &str) -> Self {
            self.tags.retain(|[tag, _]| tag != name);
            self
        }

        fn json(&self) -> String {
            let draft = Draft {
                kind: self.kind,
                created_at: Some(self.created_at),
                tags: self.tags.iter().map(|tag| tag.to_vec()).collect(),
                content: String::new(),
            };
            let event = draft.sign(&nostr::Keys::generate(), NOW).unwrap();
            event.json().to_owned()
        }

        fn check(&self) -> Result<(), HttpAuthError> {
            self.check_header(&format!("Nostr {}", STANDARD.encode(self.json())))
        }

        fn check_header(&self, header: &str) -> Result<(), HttpAuthError> {
            let request = HttpRequest {
                method: self.method,
                body: self.body,
                payload_optional: self.payload_optional,
            };
            check(header, &request, |url| url == URL, NOW).map(|_| ())
        }
    }

    #[test]
    fn nip98_01_every_part_must_be_right() {
        assert_eq!(Attempt::good().check(), Ok(()));
        for (attempt, error) in [
            (
                Attempt::good().with("u", "https://relay.example.com/"),
                HttpAuthError::Url,
            ),
            (Attempt::good().without("u"), HttpAuthError::Url),
            (Attempt::good().with("method", "GET"), HttpAuthError::Method),
            (
                Attempt::good().with("method", "post"),
                HttpAuthError::Method,
            ),
            (Attempt::good().without("method"), HttpAuthError::Method),
            (
                Attempt {
                    kind: Kind::TEXT_NOTE,
                    ..Attempt::good()
                },
                HttpAuthError::Kind,
            ),
        ] {
            assert_eq!(attempt.check(), Err(error));
        }
    }

    #[test]
    fn nip98_01_up_to_a_minute_off() {
        let at = |created_at| {
            Attempt {
                created_at,
                ..Attempt::good()
            }
            .check()
        };
        assert_eq!((at(NOW - 60), at(NOW + 60)), (Ok(()), Ok(())));
        for created_at in [NOW - 61, NOW + 61] {
            assert_eq!(at(created_at), Err(HttpAuthError::Time));
        }
    }

    #[test]
    fn nip98_01_id_and_signature_are_checked() {
        let (one, other) = (Attempt::good().json(), Attempt::good().json());
        let value = |json: &str, name: &str| {
            let event: serde_json::Value = serde_json::from_str(json).unwrap();
            event[name].as_str().unwrap().to_owned()
        };
        for name in ["id", "sig"] {
            let forged = one.replace(&value(&one, name), &value(&other, name));
            let header = format!("Nostr {}", STANDARD.encode(forged));
            let answer = Attempt::good().check_header(&header);
            assert!(matches!(answer, Err(HttpAuthError::Event(_))), "{name}");
        }
    }

    #[test]
    fn nip98_02_and_nip86_03_the_payload_is_the_hash_of_the_exact_body() {
        let spaced = Attempt {
            body: br#"{"method":"supportedmethods", "params":[]}"#,
            ..Attempt::good()
        };
        assert_eq!(spaced.check(), Err(HttpAuthError::Payload));
        let bare = Attempt::good().without("payload");
        assert_eq!(bare.check(), Err(HttpAuthError::Payload));
        let optional = |attempt: Attempt| Attempt {
            payload_optional: true,
            ..attempt
        };
        assert_eq!(optional(bare).check(), Ok(()));
        assert_eq!(
            optional(Attempt::good().with("payload", "x")).check(),
            Err(HttpAuthError::Payload)
        );
        let bodiless = Attempt {
            body: b"",
            ..optional(Attempt::good())
        };
        assert_eq!(bodiless.check(), Ok(()));
    }

    #[test]
    fn nip98_04_padding_and_scheme_and_length() {
        let good = Attempt::good();
        let mut padded = good.json();
        // White space after an event changes nothing but the length of the base64.
        while padded.len().is_multiple_of(3) {
            padded.push(' ');
        }
        for token in [STANDARD.encode(&padded), STANDARD_NO_PAD.encode(&padded)] {
            for scheme in ["Nostr", "nostr", "NOSTR"] {
                assert_eq!(good.check_header(&format!("{scheme} {token}")), Ok(()));
            }
        }
        for (header, error) in [
            ("", HttpAuthError::Scheme),
            ("Nostr", HttpAuthError::Scheme),
            ("Bearer abc", HttpAuthError::Scheme),
            ("Nostr ???", HttpAuthError::Base64),
            ("Nostr /w==", HttpAuthError::Base64),
        ] {
            assert_eq!(good.check_header(header), Err(error), "{header}");
        }
        let mut long = good.json();
        long.push_str(&" ".repeat(HEADER_BYTES_MAX));
        let header = format!("Nostr {}", STANDARD.encode(long));
        assert_eq!(good.check_header(&header), Err(HttpAuthError::TooLong));
    }

    #[test]
    fn nip98_07_the_example_of_the_nip_is_wrong() {
        let example = r#"{"id":"fe964e758903360f28d8424d092da8494ed207cba823110be3a57dfe4b578734","pubkey":"63fe6318dc58583cfe16810f86dd09e18bfd76aabc24a0081ce2856f330504ed","content":"","kind":27235,"created_at":1682327852,"tags":[["u","https://api.snort.social/api/v1/n5sp/list"],["method","GET"]],"sig":"5ed9d8ec958bc854f997bdc24ac337d005af372324747efe4a00e24f4c30437ff4dd8308684bed467d9d6be3e5a517bb43b1732cc7d33949a3aaf86705c22184"}"#;
        let request = HttpRequest {
            method: "GET",
            body: b"",
            payload_optional: true,
        };
        let header = format!("Nostr {}", STANDARD.encode(example));
        let is_url = |url: &str| url == "https://api.snort.social/api/v1/n5sp/list";
        let answer = check(&header, &request, is_url, 1_682_327_852);
        assert!(matches!(answer, Err(HttpAuthError::Event(_))), "{answer:?}");
    }
}
