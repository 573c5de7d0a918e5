//! NIP-66: what monitors say about relays (kind 30166), and about themselves (kind 10166). Owns the tags;
//! whom to believe, and what is too old, is for whoever reads several.

use crate::lbc::{BuildError, Note, Published, ReadError, of_kind};
use crate::nip01::Draft;
use crate::place::{Cell, Point};
use crate::{Event, Kind, Tag};

/// Values of one list that are read of one note.
const VALUES_MAX: usize = 200;

/// Longest word of a network or a requirement, in characters.
const WORD_CHARACTERS_MAX: usize = 32;

/// What one monitor says about one relay (kind 30166).
///
/// ```
/// use kith_nips::lbc::Note;
/// use kith_nips::nip66::{MonitoredRelay, Requirement};
/// # let keys = nostr::Keys::generate();
/// let mut relay = MonitoredRelay::new("wss://relay.example.com/");
/// relay.nips = vec![1, 45];
/// relay.requirements = vec![Requirement { name: "payment".into(), is_needed: false }];
/// let draft = relay.draft()?;
/// assert!(draft.tags.contains(&vec!["R".to_owned(), "!payment".to_owned()]));
/// assert_eq!(MonitoredRelay::read(&draft.sign(&keys, 1_700_000_000)?)?.note, relay);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonitoredRelay {
    /// Its address as the monitor writes it; a text of a stranger.
    pub url: String,
    /// `clearnet`, `tor`, `i2p`, `loki`, or another word.
    pub network: Option<String>,
    /// NIPs that it supports.
    pub nips: Vec<u16>,
    /// What it asks for, or does not.
    pub requirements: Vec<Requirement>,
    /// Milliseconds to connect.
    pub open_ms: Option<u32>,
    /// Milliseconds to an answer.
    pub read_ms: Option<u32>,
    /// Milliseconds to an OK.
    pub write_ms: Option<u32>,
    /// Where it is: a geohash, the longest of those that are given.
    pub geohash: Option<Cell>,
}

/// Something that a relay asks for: `auth`, `writes`, `pow`, `payment`, or another word.
///
/// ```
/// use kith_nips::nip66::Requirement;
/// let none = Requirement { name: "auth".into(), is_needed: false };
/// assert_eq!(none.to_string(), "!auth");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Requirement {
    /// Which.
    pub name: String,
    /// Whether it asks for it; with `!` it does not.
    pub is_needed: bool,
}

impl std::fmt::Display for Requirement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let not = if self.is_needed { "" } else { "!" };
        write!(f, "{not}{}", self.name)
    }
}

impl MonitoredRelay {
    /// A relay that was seen, and nothing else about it.
    pub fn new(url: impl Into<String>) -> MonitoredRelay {
        MonitoredRelay {
            url: url.into(),
            ..MonitoredRelay::default()
        }
    }

    /// Reads a kind 30166; what cannot be read of it counts as missing.
    ///
    /// # Errors
    /// Another kind.
    pub fn read(event: &Event) -> Result<Published<MonitoredRelay>, ReadError> {
        of_kind(event, Kind::RELAY_DISCOVERY, "30166")?;
        let tags = event.tags();
        let values = |name| {
            let values = tags.named(name).filter_map(|tag| tag.value());
            values.map(str::to_owned).take(VALUES_MAX)
        };
        let number = |name| tags.first_value(name).and_then(|text| text.parse().ok());
        let cells = tags.named("g").filter_map(|tag| tag.value());
        let mut relay = MonitoredRelay {
            url: event.identifier().to_owned(),
            network: tags.first_value("n").and_then(word),
            nips: Vec::new(),
            requirements: Vec::new(),
            open_ms: number("rtt-open"),
            read_ms: number("rtt-read"),
            write_ms: number("rtt-write"),
            geohash: Cell::longest(cells.take(VALUES_MAX)),
        };
        for nip in values("N").filter_map(|text| text.parse().ok()) {
            if !relay.nips.contains(&nip) {
                relay.nips.push(nip);
            }
        }
        for text in values("R") {
            let name = text.strip_prefix('!');
            let requirement = word(name.unwrap_or(&text)).map(|found| Requirement {
                name: found,
                is_needed: name.is_none(),
            });
            relay.requirements.extend(requirement);
        }
        Ok(Published::of(event, relay))
    }

    /// Where it is: the centre of its geohash.
    pub fn point(&self) -> Option<Point> {
        self.geohash.as_ref().map(Cell::centre)
    }
}

impl Note for MonitoredRelay {
    /// Lists as repeated tags, values as strings (NIP66-03).
    fn draft(&self) -> Result<Draft, BuildError> {
        let tag = |name: &str, value: &str| vec![name.to_owned(), value.to_owned()];
        let mut tags = vec![tag("d", &self.url)];
        tags.extend(self.network.iter().map(|network| tag("n", network)));
        tags.extend(self.nips.iter().map(|nip| tag("N", &nip.to_string())));
        let requirements = self.requirements.iter();
        tags.extend(requirements.map(|requirement| tag("R", &requirement.to_string())));
        for (name, time) in [
            ("rtt-open", self.open_ms),
            ("rtt-read", self.read_ms),
            ("rtt-write", self.write_ms),
        ] {
            tags.extend(time.map(|time| tag(name, &time.to_string())));
        }
        tags.extend(self.geohash.iter().map(|cell| tag("g", cell.as_str())));
        Ok(Draft {
            kind: Kind::RELAY_DISCOVERY,
            created_at: None,
            tags,
            content: String::new(),
        })
    }
}

/// What a monitor says about itself (kind 10166).
///
/// ```
/// use kith_nips::nip66::Monitor;
/// use kith_nips::{Kind, nip01::Draft};
/// # let keys = nostr::Keys::generate();
/// let tags = [["frequency", "3600"].map(str::to_owned).to_vec()].to_vec();
/// let draft = Draft { kind: Kind::RELAY_MONITOR, created_at: None, tags, content: "".into() };
/// let monitor = Monitor::read(&draft.sign(&keys, 1_700_000_000)?)?;
/// assert_eq!(monitor.frequency_seconds, Some(3_600));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Monitor {
    /// How often it looks at each relay.
    pub frequency_seconds: Option<u64>,
    /// How long it waits.
    pub timeouts: Vec<MonitorTimeout>,
}

/// How long a monitor waits for something.
///
/// ```
/// use kith_nips::nip66::MonitorTimeout;
/// assert_eq!(MonitorTimeout { test: None, milliseconds: 5_000 }.test, None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitorTimeout {
    /// `open`, `read`, `write`, `nip11`, …; everything, when none is named.
    pub test: Option<String>,
    /// How long.
    pub milliseconds: u64,
}

impl Monitor {
    /// Reads a kind 10166; what cannot be read of it counts as missing. Of a timeout, either order is
    /// taken: the text of NIP-66 has the number first, its example last (NIP66-04).
    ///
    /// # Errors
    /// Another kind.
    pub fn read(event: &Event) -> Result<Published<Monitor>, ReadError> {
        of_kind(event, Kind::RELAY_MONITOR, "10166")?;
        let tags = event.tags();
        let frequency = tags.first_value("frequency");
        let timeouts = tags.named("timeout").take(VALUES_MAX);
        let monitor = Monitor {
            frequency_seconds: frequency.and_then(|text| text.trim().parse().ok()),
            timeouts: timeouts.filter_map(|tag| timeout(&tag)).collect(),
        };
        Ok(Published::of(event, monitor))
    }
}

fn timeout(tag: &Tag<'_>) -> Option<MonitorTimeout> {
    let (first, second) = (tag.get(1)?, tag.get(2).unwrap_or_default());
    let (milliseconds, test) = match first.parse() {
        Ok(milliseconds) => (milliseconds, second),
        Err(_) => (second.parse().ok()?, first),
    };
    Some(MonitorTimeout {
        test: word(test),
        milliseconds,
    })
}

/// A short word, or nothing.
fn word(text: &str) -> Option<String> {
    let text = text.trim();
    let is_word = !text.is_empty() && text.chars().count() <= WORD_CHARACTERS_MAX;
    is_word.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lbc::testing::{event, tags};

    #[test]
    fn nip66_03_lists_are_repeated_tags_of_strings_and_no_is_an_exclamation_mark() {
        let cell = Cell::parse("gcpuuz").unwrap();
        let requirement = |name: &str, is_needed| Requirement {
            name: name.to_owned(),
            is_needed,
        };
        let relay = MonitoredRelay {
            network: Some("clearnet".to_owned()),
            nips: vec![1, 45],
            requirements: vec![requirement("auth", true), requirement("payment", false)],
            open_ms: Some(234),
            read_ms: Some(0),
            geohash: Some(cell),
            ..MonitoredRelay::new("wss://relay.example.com/")
        };
        let expected = tags(&[
            &["d", "wss://relay.example.com/"],
            &["n", "clearnet"],
            &["N", "1"],
            &["N", "45"],
            &["R", "auth"],
            &["R", "!payment"],
            &["rtt-open", "234"],
            &["rtt-read", "0"],
            &["g", "gcpuuz"],
        ]);
        let draft = relay.draft().unwrap();
        assert_eq!(draft.tags, expected);
        let read = MonitoredRelay::read(&event(draft.kind, draft.tags, "{}"));
        assert_eq!(read.unwrap().note, relay);
    }

    #[test]
    fn nip66_02_what_is_wrong_counts_as_missing() {
        let long = "x".repeat(33);
        let odd = tags(&[
            &["d", "wss://x"],
            &["N", "x"],
            &["N", "1"],
            &["N", "1"],
            &["N", "99999"],
            &["R", "!"],
            &["R", &long],
            &["n", ""],
            &["rtt-open", "-1"],
            &["rtt-read", "fast"],
            &["g", "GB:Brighton", "city"],
            &["g", "gc"],
            &["g", "gcp"],
        ]);
        let read = MonitoredRelay::read(&event(Kind::RELAY_DISCOVERY, odd, "")).unwrap();
        let expected = MonitoredRelay {
            nips: vec![1],
            geohash: Some(Cell::parse("gcp").unwrap()),
            ..MonitoredRelay::new("wss://x")
        };
        assert_eq!(read.note, expected);
        assert!(MonitoredRelay::read(&event(Kind::TEXT_NOTE, vec![], "")).is_err());
    }

    #[test]
    fn nip66_04_timeouts_are_read_in_both_orders() {
        let list = tags(&[
            &["frequency", "3600"],
            &["timeout", "5000", "open"],
            &["timeout", "read", "3000"],
            &["timeout", "7000"],
            &["timeout", "soon"],
            &["timeout"],
        ]);
        let monitor = Monitor::read(&event(Kind::RELAY_MONITOR, list, "")).unwrap();
        assert_eq!(monitor.frequency_seconds, Some(3_600));
        let timeouts = monitor.timeouts.iter();
        let timeouts: Vec<(Option<&str>, u64)> = timeouts
            .map(|timeout| (timeout.test.as_deref(), timeout.milliseconds))
            .collect();
        let expected = [(Some("open"), 5_000), (Some("read"), 3_000), (None, 7_000)];
        assert_eq!(timeouts, expected);
    }
}
