//! Managing a relay, any relay that knows NIP-86, with a request signed after NIP-98. Knows HTTP and the
//! shapes of answers; what a method does is the relay's.

use http::header::CONTENT_TYPE;
use http::header::{AUTHORIZATION, LOCATION};
use http::{Request, StatusCode};
use hyper::body::Bytes;
use kith_nips::nip86::{Answer, AnswerError, Call, MEDIA_TYPE, Method};
use kith_nips::nip98;
use nostr_sdk::{JsonUtil, RelayUrl, Url};

use crate::kith::Kith;
use crate::publish::PublishError;
use crate::web;

/// The longest answer that is read, in bytes: a list of some ten thousand entries.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Characters of what a relay says about a refusal.
const REASON_CHARACTERS_MAX: usize = 300;

/// Manages one relay. Made by [`Kith::relay_admin`].
///
/// ```no_run
/// use kith_client::nip86::{Answer, Call};
/// use kith_client::{Kith, RelayUrl};
///
/// # async fn example(kith: Kith, spammer: kith_client::PublicKey) -> Result<(), Box<dyn std::error::Error>> {
/// let admin = kith.relay_admin(&RelayUrl::parse("wss://relay.example.com")?);
/// admin.call(&Call::BanPubkey(spammer, "spam".to_owned())).await?;
/// if let Answer::Pubkeys(banned) = admin.call(&Call::ListBannedPubkeys).await? {
///     println!("{} are banned", banned.entries.len());
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct RelayAdmin {
    kith: Kith,
    relay: RelayUrl,
}

/// Why a relay was not managed.
///
/// ```
/// use kith_client::{AdminError, RelayUrl};
///
/// let relay = RelayUrl::parse("wss://relay.example.com")?;
/// let error = AdminError::Forbidden { relay, reason: "no administrator".to_owned() };
/// assert_eq!(
///     error.to_string(),
///     "wss://relay.example.com does not let this key manage it: no administrator"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdminError {
    /// There is no key, or it does not sign.
    #[error(transparent)]
    Sign(#[from] PublishError),
    /// Nothing was heard, or what was heard is no HTTP, or too long.
    #[error("{relay} did not answer: {reason}")]
    NoAnswer {
        /// The relay.
        relay: RelayUrl,
        /// Why.
        reason: String,
    },
    /// It did not take the signature (401), perhaps because a clock is wrong.
    #[error("{relay} does not accept the signature of the request: {reason}")]
    Unauthorized {
        /// The relay.
        relay: RelayUrl,
        /// In its own words.
        reason: String,
    },
    /// The key is no administrator there (403).
    #[error("{relay} does not let this key manage it: {reason}")]
    Forbidden {
        /// The relay.
        relay: RelayUrl,
        /// In its own words.
        reason: String,
    },
    /// It sends the request elsewhere. Nobody signed for that address, so it is not followed.
    #[error("{relay} sends the request elsewhere, to {location:?}, which is not followed")]
    Redirected {
        /// The relay.
        relay: RelayUrl,
        /// Where to.
        location: String,
    },
    /// It cannot be managed this way.
    #[error("{relay} does not answer as NIP-86 says: {reason}")]
    NotManaged {
        /// The relay.
        relay: RelayUrl,
        /// What it did instead.
        reason: String,
    },
    /// It can be managed, but not so.
    #[error("{relay} does not know the method {}", method.name())]
    UnknownMethod {
        /// The relay.
        relay: RelayUrl,
        /// What it does not know.
        method: Method,
        /// What it knows, as it says.
        known: Vec<String>,
    },
    /// It did not do it.
    #[error("{relay} did not do it: {reason}")]
    Refused {
        /// The relay.
        relay: RelayUrl,
        /// In its own words.
        reason: String,
    },
}

impl Kith {
    /// To manage a relay, of the set or not, as the user. Nothing is asked yet.
    ///
    /// ```no_run
    /// # fn example(kith: &kith_client::Kith) {
    /// let first = &kith.relays()[0].url;
    /// let admin = kith.relay_admin(first);
    /// assert_eq!(admin.relay(), first);
    /// # }
    /// ```
    pub fn relay_admin(&self, relay: &RelayUrl) -> RelayAdmin {
        RelayAdmin {
            kith: self.clone(),
            relay: relay.clone(),
        }
    }
}

impl RelayAdmin {
    /// Which relay.
    pub fn relay(&self) -> &RelayUrl {
        &self.relay
    }

    /// Asks for one thing. The whole takes as long as one relay may stay silent, for each request.
    ///
    /// # Errors
    /// [`AdminError`]
    pub async fn call(&self, call: &Call) -> Result<Answer, AdminError> {
        match self.ask(call).await {
            Err(AdminError::Refused { relay, reason }) => {
                match self.methods_without(call.method()).await {
                    Some(known) => Err(AdminError::UnknownMethod {
                        relay,
                        method: call.method(),
                        known,
                    }),
                    None => Err(AdminError::Refused { relay, reason }),
                }
            }
            outcome => outcome,
        }
    }

    /// What the relay knows, if it says so and this is not among it: every relay has its own words for
    /// methods that it does not know.
    async fn methods_without(&self, method: Method) -> Option<Vec<String>> {
        if method == Method::SupportedMethods {
            return None;
        }
        let Ok(Answer::Methods(known)) = self.ask(&Call::SupportedMethods).await else {
            return None;
        };
        let is_known = known.entries.iter().any(|name| name == method.name());
        (!is_known).then_some(known.entries)
    }

    /// NIP-98 has the address of the request signed, NIP-86 that of the relay: who insists on the
    /// second is asked again.
    async fn ask(&self, call: &Call) -> Result<Answer, AdminError> {
        let body = call.to_json();
        let relay: &Url = (&self.relay).into();
        let mut address = relay.clone();
        let scheme = match relay.scheme() {
            "wss" => "https",
            _ => "http",
        };
        // Between these schemes, this cannot fail.
        let _ = address.set_scheme(scheme);
        let mut answer = self.post(address.as_str(), &body).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            answer = self.post(relay.as_str(), &body).await?;
        }
        self.read(call.method(), &answer)
    }

    async fn post(&self, signed_for: &str, body: &str) -> Result<web::Answer, AdminError> {
        let draft = nip98::authorization(signed_for, "POST", body.as_bytes());
        let event = self.kith.sign(&draft).await?;
        let request = Request::builder()
            .method(http::Method::POST)
            .header(CONTENT_TYPE, MEDIA_TYPE)
            .header(AUTHORIZATION, nip98::header(&event.as_json()));
        let body = Bytes::copy_from_slice(body.as_bytes());
        let asking = web::exchange((&self.relay).into(), request, body, ANSWER_BYTES_MAX);
        let timeout = self.kith.timeout();
        let reason = match tokio::time::timeout(timeout, asking).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("nothing within {} ms", timeout.as_millis()),
        };
        Err(AdminError::NoAnswer {
            relay: self.relay.clone(),
            reason,
        })
    }

    fn read(&self, method: Method, answer: &web::Answer) -> Result<Answer, AdminError> {
        let relay = self.relay.clone();
        let read = Answer::read(method, &answer.body);
        let reason = match &read {
            Err(AnswerError::Refused(reason)) => reason.clone(),
            _ => short(&String::from_utf8_lossy(&answer.body), answer.status),
        };
        match answer.status {
            StatusCode::UNAUTHORIZED => Err(AdminError::Unauthorized { relay, reason }),
            StatusCode::FORBIDDEN => Err(AdminError::Forbidden { relay, reason }),
            status if status.is_redirection() => {
                let location = answer.headers.get(LOCATION);
                let location = location.and_then(|location| location.to_str().ok());
                Err(AdminError::Redirected {
                    relay,
                    location: cut(location.unwrap_or_default()),
                })
            }
            status => match read {
                Ok(read) if status.is_success() => Ok(read),
                // Some say so with another status than 200.
                Err(AnswerError::Refused(reason)) => Err(AdminError::Refused { relay, reason }),
                Err(error) if status.is_success() => Err(AdminError::NotManaged {
                    relay,
                    reason: format!("{}: {error}", method.name()),
                }),
                _ => Err(AdminError::NotManaged {
                    relay,
                    reason: format!("the answer is {status}"),
                }),
            },
        }
    }
}

/// What a relay said, as far as it is a short text; else the words for the status.
fn short(body: &str, status: StatusCode) -> String {
    let text = body.trim();
    match text.is_empty() || text.starts_with('<') || text.starts_with('{') {
        true => status.to_string(),
        false => cut(text),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(REASON_CHARACTERS_MAX).collect()
}
