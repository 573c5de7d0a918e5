//! What a relay says of itself (NIP-11), as far as questions depend on it: which words it reads in
//! a search (`nips/discovery.md`). Fetched when it is first needed and kept; a relay without a
//! document, or with a broken one, is a relay that announces nothing.

use std::time::Duration;

use http::header::{ACCEPT, DATE};
use http::{Request, StatusCode};
use hyper::body::Bytes;
use jiff::fmt::rfc2822;
use kith_nips::discovery::{Discovery, SEARCH_EXTENSIONS_HEADER, announced_keys};
use kith_nips::nip11::{Limitation, MEDIA_TYPE, RelayInformation};
use nostr_sdk::Url;
use tokio::time::Instant;

use super::Link;
use crate::web::{self, WebError};

/// How long the document may take. A question waits for it, and can do without.
const FETCH_TIME_MAX: Duration = Duration::from_secs(3);

/// A longer document is not read.
const DOCUMENT_BYTES_MAX: usize = 128 * 1024;

/// What was read counts for this long: operators switch things on and off.
pub(crate) const KEPT_FOR: Duration = Duration::from_secs(60 * 60);

/// A document that could not be fetched is not tried again for this long.
const RETRY_AFTER: Duration = Duration::from_secs(60);

/// The NIP that searches belong to.
const SEARCH_NIP: u16 = 50;

/// The NIP that members of relays belong to.
const MEMBERS_NIP: u16 = 43;

/// The NIP that counts belong to.
const COUNT_NIP: u16 = 45;

/// What a relay says of itself.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) information: RelayInformation,
    /// The header beside it, which lists the words of a search.
    words: String,
    /// When it was sent, by the clock there; Unix seconds.
    pub(crate) date: Option<i64>,
}

/// What a relay announces about searching by place and time, and about what may be written. The default
/// announces nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Announced {
    pub(crate) near: bool,
    pub(crate) from: bool,
    pub(crate) to: bool,
    pub(crate) sort: bool,
    /// Whether it counts (NIP-45).
    pub(crate) counts: bool,
    /// The longest answer that it gives at once, when it says so.
    pub(crate) limit_max: Option<usize>,
    /// Whether people can ask to become members (NIP-43).
    pub(crate) has_members: bool,
    /// What it refuses.
    pub(crate) limits: Limitation,
    /// By how many seconds its clock is ahead of the one here; it is the relay's that decides.
    pub(crate) clock_ahead: i64,
}

impl Announced {
    /// What a document says that came at `now`, Unix seconds. Words count only beside NIP-50: without it,
    /// `search` itself is unknown (NIP50-09).
    fn read(document: &Document, now: u64) -> Announced {
        let Document {
            information, words, ..
        } = document;
        let nips = information.supported_nips.as_deref().unwrap_or_default();
        let limits = information.limitation.unwrap_or_default();
        let limit_max = limits.max_limit;
        let without_words = Announced {
            counts: nips.contains(&COUNT_NIP),
            limit_max: limit_max.and_then(|limit| usize::try_from(limit).ok()),
            has_members: nips.contains(&MEMBERS_NIP),
            limits,
            clock_ahead: ahead(document.date, now),
            ..Announced::default()
        };
        if !nips.contains(&SEARCH_NIP) {
            return without_words;
        }
        let has = |word: &str| announced_keys(words).any(|known| known == word);
        Announced {
            near: has("near"),
            from: has("from"),
            to: has("to"),
            sort: has("sort"),
            ..without_words
        }
    }

    /// The same without the words of a search.
    fn without_words(self) -> Announced {
        Announced {
            near: false,
            from: false,
            to: false,
            sort: false,
            limit_max: None,
            ..self
        }
    }

    /// Whether it reads any words of a search.
    pub(crate) fn reads_words(&self) -> bool {
        self.near || self.from || self.to || self.sort
    }

    /// As much of what is asked as this relay understands; `None` when it has to be asked without.
    /// The rest is sorted out here, so that only the place cannot be left away: everything within
    /// a day, anywhere, is not what cells bring.
    pub(crate) fn understands(&self, asked: &Discovery) -> Option<Discovery> {
        let understood = Discovery {
            near: asked.near.filter(|_| self.near),
            from: asked.from.filter(|_| self.from),
            to: asked.to.filter(|_| self.to),
            ..Discovery::default()
        };
        let is_placed = understood.near == asked.near;
        let is_understood = self.sort && is_placed && !understood.is_empty();
        is_understood.then_some(Discovery {
            sort: asked.sort,
            ..understood
        })
    }
}

/// What was fetched, and until when it counts.
#[derive(Debug, Default)]
pub(super) struct Memory(Option<(Instant, Announced)>);

impl Memory {
    fn current(&self) -> Option<Announced> {
        let (until, announced) = self.0?;
        (Instant::now() < until).then_some(announced)
    }
}

impl Link {
    /// What this relay announces, and whether it just said so. The first question waits for the
    /// document; those that come meanwhile wait with it.
    pub(crate) async fn announced(
        &self,
        timeout: Duration,
        clock: fn() -> u64,
    ) -> (Announced, bool) {
        let mut memory = self.information.lock().await;
        if let Some(announced) = memory.current() {
            return (announced, false);
        }
        let url = <&Url>::from(self.url());
        let fetching = tokio::time::timeout(timeout.min(FETCH_TIME_MAX), fetch(url));
        let fetched = fetching.await.unwrap_or(Err(FetchError::Timeout));
        let (announced, kept_for, is_new) = match fetched {
            Ok(document) => (Announced::read(&document, clock()), KEPT_FOR, true),
            Err(error) => {
                tracing::debug!(relay = %self.url(), %error, "no relay information document");
                (Announced::default(), RETRY_AFTER, false)
            }
        };
        memory.0 = Some((Instant::now() + kept_for, announced));
        (announced, is_new)
    }

    /// Whether it need not be asked.
    pub(crate) async fn knows_announced(&self) -> bool {
        self.information.lock().await.current().is_some()
    }

    /// It said so that many seconds ago, to somebody else.
    pub(crate) async fn keep_announced(&self, announced: Announced, age_seconds: u64) {
        let mut memory = self.information.lock().await;
        let rest = KEPT_FOR.saturating_sub(Duration::from_secs(age_seconds));
        if memory.current().is_none() {
            memory.0 = Some((Instant::now() + rest, announced));
        }
    }

    /// The document itself, fetched anew, or why there is none.
    pub(crate) async fn document(&self, timeout: Duration) -> Result<Document, String> {
        let url = self.url().clone();
        let fetching = tokio::time::timeout(timeout.min(FETCH_TIME_MAX), fetch((&url).into()));
        let fetched = fetching.await.unwrap_or(Err(FetchError::Timeout));
        fetched.map_err(|error| error.to_string())
    }

    /// It refused a search that it had announced: from now on it counts as not announced.
    pub(crate) async fn announced_too_much(&self) -> Announced {
        let mut memory = self.information.lock().await;
        let announced = memory.0.map(|(_, announced)| announced.without_words());
        let announced = announced.unwrap_or_default();
        memory.0 = Some((Instant::now() + KEPT_FOR, announced));
        announced
    }
}

/// By how many seconds what a relay takes for now is later than `now`; 0 if it does not say the time.
fn ahead(date: Option<i64>, now: u64) -> i64 {
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    date.map_or(0, |date| date.saturating_sub(now))
}

/// Why there is no document. For the log; to the caller it is the same as an empty one.
#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error("it took too long")]
    Timeout,
    #[error(transparent)]
    Web(#[from] WebError),
    #[error("the answer is {0}")]
    Status(StatusCode),
    #[error("the document is no text: {0}")]
    NoText(#[from] std::str::Utf8Error),
}

/// GET to where the WebSocket is, with the media type of the document (NIP-11).
async fn fetch(url: &Url) -> Result<Document, FetchError> {
    let request = Request::builder().header(ACCEPT, MEDIA_TYPE);
    let answer = web::exchange(url, request, Bytes::new(), DOCUMENT_BYTES_MAX).await?;
    if answer.status != StatusCode::OK {
        return Err(FetchError::Status(answer.status));
    }
    let words = answer.headers.get(SEARCH_EXTENSIONS_HEADER);
    let words = words.and_then(|words| words.to_str().ok());
    let words = words.unwrap_or_default().to_owned();
    let date = answer.headers.get(DATE);
    let date = date.and_then(|date| date.to_str().ok()).and_then(seconds);
    let text = std::str::from_utf8(&answer.body)?;
    Ok(Document {
        information: RelayInformation::from_json(text),
        words,
        date,
    })
}

/// The form of dates in HTTP is one of those in letters.
fn seconds(date: &str) -> Option<i64> {
    let date = rfc2822::DateTimeParser::new().parse_timestamp(date);
    date.ok().map(|date| date.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_nips::discovery::Circle;
    use kith_nips::place::Point;

    const ALL: &str = "near, bbox, from, to, sort, open";

    fn announced(document: &str, words: &str) -> Announced {
        let document = Document {
            information: RelayInformation::from_json(document),
            words: words.to_owned(),
            date: None,
        };
        Announced::read(&document, 1_700_000_000)
    }

    fn around_berlin() -> Option<Circle> {
        let centre = Point::new(52.52, 13.405).unwrap();
        Some(Circle {
            centre,
            radius_km: 10.0,
        })
    }

    #[test]
    fn nip50_09_words_count_only_beside_50() {
        let document = r#"{"supported_nips":[1,50],"limitation":{"max_limit":500}}"#;
        let all = announced(document, ALL);
        assert_eq!(all.limit_max, Some(500));
        assert!(all.near && all.from && all.to && all.sort);
        let none = Announced::default();
        for (document, words) in [
            (r#"{"supported_nips":[1,11]}"#, ALL),
            ("{}", ALL),
            (r#"{"supported_nips":[1,50]}"#, ""),
            (r#"{"supported_nips":[1,50]}"#, "nearby, sorted;from"),
            (r#"{"supported_nips":"50"}"#, ALL),
            ("<html>", ALL),
            ("", ALL),
        ] {
            assert_eq!(announced(document, words), none, "{document} {words}");
        }
    }

    #[test]
    fn times_are_judged_by_the_clock_of_the_relay() {
        for (date, clock_ahead) in [
            (Some(1_700_003_600), 3_600),
            (Some(1_699_999_990), -10),
            (None, 0),
        ] {
            let document = Document {
                information: RelayInformation::default(),
                words: String::new(),
                date,
            };
            let announced = Announced::read(&document, 1_700_000_000);
            assert_eq!(announced.clock_ahead, clock_ahead);
        }
    }

    #[test]
    fn counting_needs_no_searching() {
        let counts = |document| announced(document, ALL).counts;
        assert!(counts(r#"{"supported_nips":[1,45]}"#));
        assert!(counts(r#"{"supported_nips":[45,50]}"#));
        assert!(!counts(r#"{"supported_nips":[50]}"#));
        assert!(!announced(r#"{"supported_nips":[45]}"#, ALL).reads_words());
    }

    #[test]
    fn the_clock_of_a_relay_is_read() {
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(seconds("yesterday"), None);
    }

    #[test]
    fn what_is_not_announced_is_not_asked_for() {
        let searching = |words| announced(r#"{"supported_nips":[50]}"#, words);
        let some = searching("near, sort");
        let asked = Discovery {
            near: around_berlin(),
            from: Some(100),
            ..Discovery::default()
        };
        let understood = some.understands(&asked).unwrap();
        assert_eq!((understood.near, understood.from), (asked.near, None));
        // Without the place, cells are the better question.
        let no_place = searching("from,sort");
        assert_eq!(no_place.understands(&asked), None);
        // Without an order there are no pages.
        let no_order = searching("near,from");
        assert_eq!(no_order.understands(&asked), None);
        let nothing = Discovery::default();
        assert_eq!(some.understands(&nothing), None);
    }
}
