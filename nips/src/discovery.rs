//! Places and dates in a search (`nips/discovery.md`): what `near:`, `bbox:`, `from:`, `to:`, `sort:`
//! and `open` ask for, and whether an event answers it.
//!
//! Owns the grammar of these words and what they mean for one event. What the other words of a search
//! mean is in [`nip50`](crate::nip50); how events are found, the relay knows.

use std::fmt;

use crate::nip01::{Event, Kind, StorageClass};
use crate::place::{BoundingBox, Cell, EARTH_RADIUS_KM, Point, distance_km};

mod read;
mod setting;

pub use read::{DiscoveryError, read_time};
pub use setting::Setting;

/// What a relay can be asked beside words: what it announces in the header
/// [`SEARCH_EXTENSIONS_HEADER`].
pub const SEARCH_EXTENSIONS: [&str; 6] = ["near", "bbox", "from", "to", "sort", "open"];

/// The header that comes with a relay's information document (NIP-11), a list of keys between commas.
pub const SEARCH_EXTENSIONS_HEADER: &str = "search-extensions";

/// The keys that the header's value names.
///
/// ```
/// use kith_nips::discovery::announced_keys;
/// assert_eq!(announced_keys("near, from,to").collect::<Vec<_>>(), ["near", "from", "to"]);
/// ```
pub fn announced_keys(header: &str) -> impl Iterator<Item = &str> {
    header.split(',').map(str::trim)
}

/// Half the way round the Earth, in whole km: no two places are further apart.
pub const RADIUS_KM_MAX: f64 = 20_016.0;

/// What a search asks for beside words. The default asks for nothing.
///
/// ```
/// use kith_nips::nip50::Search;
/// let search = Search::parse("chess near:52.52,13.405,10 sort:start open")?;
/// let discovery = search.discovery();
/// assert_eq!(discovery.near.map(|circle| circle.radius_km), Some(10.0));
/// assert!(discovery.open);
/// assert_eq!(discovery.to_string(), "near:52.52,13.405,10 sort:start open");
/// # Ok::<(), kith_nips::nip50::SearchError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Discovery {
    /// At most so far from there.
    pub near: Option<Circle>,
    /// In this box.
    pub within: Option<BoundingBox>,
    /// Not over before, Unix seconds.
    pub from: Option<u64>,
    /// Begun before, Unix seconds.
    pub to: Option<u64>,
    /// The order of stored events; `None` leaves it to what is asked.
    pub sort: Option<Sort>,
    /// Neither cancelled nor over.
    pub open: bool,
}

/// A circle on the Earth.
///
/// ```
/// use kith_nips::discovery::Circle;
/// use kith_nips::place::Point;
/// let berlin = Circle { centre: Point::new(52.52, 13.405)?, radius_km: 10.0 };
/// assert!(berlin.contains(Point::new(52.45, 13.40)?));
/// # Ok::<(), kith_nips::place::PointError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Circle {
    /// Its middle.
    pub centre: Point,
    /// How far it reaches, in km.
    pub radius_km: f64,
}

impl Circle {
    /// Whether a point is in it, edge included.
    pub fn contains(&self, point: Point) -> bool {
        distance_km(self.centre, point) <= self.radius_km
    }
}

/// An order of stored events.
///
/// ```
/// use kith_nips::discovery::Sort;
/// assert_eq!(Sort::read("start"), Some(Sort::Start));
/// assert_eq!(Sort::Distance.as_str(), "distance");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sort {
    /// The soonest first.
    Start,
    /// The nearest first.
    Distance,
    /// The best fit first (NIP-50).
    Relevance,
    /// The newest `created_at` first.
    New,
}

impl Sort {
    /// All of them.
    pub const ALL: [Sort; 4] = [Sort::Start, Sort::Distance, Sort::Relevance, Sort::New];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Sort::Start => "start",
            Sort::Distance => "distance",
            Sort::Relevance => "relevance",
            Sort::New => "new",
        }
    }

    /// The order that a word names.
    pub fn read(word: &str) -> Option<Sort> {
        Sort::ALL.into_iter().find(|sort| sort.as_str() == word)
    }
}

impl Discovery {
    /// Whether nothing is asked for; an order alone asks for nothing.
    pub fn is_empty(&self) -> bool {
        !self.has_place() && !self.needs_time()
    }

    /// Whether only events with a position can match.
    pub fn has_place(&self) -> bool {
        self.near.is_some() || self.within.is_some()
    }

    /// Whether only events with a time can match.
    pub fn needs_time(&self) -> bool {
        self.from.is_some() || self.to.is_some() || self.open || self.sort == Some(Sort::Start)
    }

    /// The order of the answer; `has_words` says whether words are searched as well.
    pub fn order(&self, has_words: bool) -> Sort {
        self.sort.unwrap_or(match () {
            () if self.near.is_some() => Sort::Distance,
            () if has_words => Sort::Relevance,
            () if self.needs_time() => Sort::Start,
            () => Sort::New,
        })
    }

    /// Whether an event that is there and then is asked for at `now` (Unix seconds).
    pub fn admits(&self, setting: &Setting, now: u64) -> bool {
        self.admits_position(setting.position()) && self.admits_time(setting, now)
    }

    /// Whether an event with this position is there where it is asked for.
    pub fn admits_position(&self, position: Option<Point>) -> bool {
        let Some(point) = position else {
            return !self.has_place();
        };
        self.near.is_none_or(|circle| circle.contains(point))
            && self.within.is_none_or(|area| area.contains(point))
    }

    fn admits_time(&self, setting: &Setting, now: u64) -> bool {
        let Some(start) = setting.start else {
            return !self.needs_time();
        };
        let from = self.from.unwrap_or(0);
        let begun = self.to.is_none_or(|to| start < to);
        let not_over = match setting.end {
            Some(end) => end > from,
            None => start >= from,
        };
        begun && not_over && (!self.open || setting.is_open(now))
    }

    /// How far an event is from the middle of the circle, in km; 0 without a circle or position.
    pub fn distance_km(&self, setting: &Setting) -> f64 {
        match (self.near, setting.position()) {
            (Some(circle), Some(point)) => distance_km(circle.centre, point),
            _ => 0.0,
        }
    }
}

/// The words that ask for this, as [`Search::parse`](crate::nip50::Search::parse) reads them.
impl fmt::Display for Discovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Vec::new();
        if let Some(Circle { centre, radius_km }) = self.near {
            let (latitude, longitude) = (centre.latitude(), centre.longitude());
            words.push(format!("near:{latitude},{longitude},{radius_km}"));
        }
        if let Some(area) = self.within {
            let (west, south, east, north) = (area.west(), area.south(), area.east(), area.north());
            words.push(format!("bbox:{west},{south},{east},{north}"));
        }
        words.extend(self.from.map(|from| format!("from:{from}")));
        words.extend(self.to.map(|to| format!("to:{to}")));
        words.extend(self.sort.map(|sort| format!("sort:{}", sort.as_str())));
        words.extend(self.open.then(|| "open".to_owned()));
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests;
