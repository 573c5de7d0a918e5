//! What people look for: a place, a city, topics, a time. Turns it into filters that every relay
//! understands, and decides afterwards what really matches. Knows filters and places; asks nobody.

use kith_nips::Kind;
use kith_nips::lbc::{Location, Topic};
use kith_nips::nip52::When;
use kith_nips::place::{Cell, CityTag, CoverError, Point, cells_covering_circle, distance_km};
use nostr_sdk::{Alphabet, Filter};

use crate::filters::{kinds_filter, tag, tag_filters};
use crate::reference::Reference;

/// What to look for. Every condition must be met; of several cities, topics or communities, one is
/// enough.
///
/// Conditions that a search has no use for are ignored: a community has no time.
///
/// ```
/// use kith_client::{Search, place::{CityTag, Point}};
///
/// let near_brighton = Search::new()
///     .near(Point::new(50.8225, -0.1372)?, 25.0)?
///     .topic("chess")
///     .from(1_796_256_000)
///     .to(1_796_860_800);
/// let in_munich = Search::new()
///     .city(CityTag::parse("DE:München")?)
///     .city(CityTag::parse("DE:Munich")?);
/// assert_ne!(near_brighton, in_munich);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[must_use]
pub struct Search {
    near: Option<Near>,
    cities: Vec<CityTag>,
    topics: Vec<Topic>,
    from: Option<u64>,
    to: Option<u64>,
    communities: Vec<Reference>,
}

/// A circle and the geohash cells that cover it.
#[derive(Debug, Clone, PartialEq)]
struct Near {
    centre: Point,
    radius_km: f64,
    cells: Vec<Cell>,
}

impl Search {
    /// Everything.
    pub fn new() -> Self {
        Search::default()
    }

    /// Within `radius_km` of a point, measured to the position in the note; notes without a
    /// position do not match.
    ///
    /// # Errors
    /// [`CoverError`] when the radius is not a distance or too large to be asked for.
    pub fn near(mut self, centre: Point, radius_km: f64) -> Result<Self, CoverError> {
        let cells = cells_covering_circle(centre, radius_km)?;
        self.near = Some(Near {
            centre,
            radius_km,
            cells,
        });
        Ok(self)
    }

    /// Tagged with this city, spelled exactly so (LBC-42). Name several to allow any of them.
    pub fn city(mut self, city: CityTag) -> Self {
        self.cities.push(city);
        self
    }

    /// About this topic, in upper or lower case. Name several to allow any of them. A blank topic
    /// is ignored.
    pub fn topic(mut self, topic: &str) -> Self {
        self.topics.extend(Topic::new(topic));
        self
    }

    /// Meetups that are not over by this time, in Unix seconds.
    pub fn from(mut self, from: u64) -> Self {
        self.from = Some(from);
        self
    }

    /// Meetups that begin before this time, in Unix seconds.
    pub fn to(mut self, to: u64) -> Self {
        self.to = Some(to);
        self
    }

    /// Meetups of this community. Name several to allow any of them.
    pub fn community(mut self, community: impl Into<Reference>) -> Self {
        self.communities.push(community.into());
        self
    }

    /// The communities that were named.
    pub(crate) fn named_communities(&self) -> &[Reference] {
        &self.communities
    }

    /// The filters that bring every note of these kinds that can match, and more.
    ///
    /// The place is asked for rather than the topic, because cells are spelled in one way and
    /// topics are not.
    pub(crate) fn filters(&self, kinds: &[Kind]) -> Option<Vec<Filter>> {
        if let Some(near) = &self.near {
            let cells = near
                .cells
                .iter()
                .map(|cell| cell.as_str().to_owned())
                .collect();
            return Some(tag_filters(kinds, tag(Alphabet::G), cells));
        }
        if !self.cities.is_empty() {
            let cities = self.cities.iter().map(CityTag::to_string).collect();
            return Some(tag_filters(kinds, tag(Alphabet::G), cities));
        }
        if !self.topics.is_empty() {
            let topics = self.topics.iter().map(Topic::to_string).collect();
            return Some(tag_filters(kinds, tag(Alphabet::T), topics));
        }
        None
    }

    /// [`Search::filters`] for community metadata: without a condition, all of it.
    pub(crate) fn community_filters(&self) -> Vec<Filter> {
        let kinds = [Kind::COMMUNITY_METADATA];
        self.filters(&kinds)
            .unwrap_or_else(|| vec![kinds_filter(&kinds)])
    }

    /// [`Search::filters`] for meetups: without a condition, all that carry the label (LBC-30).
    pub(crate) fn meetup_filters(&self) -> Vec<Filter> {
        let kinds = [Kind::MEETUP, Kind::DATE_MEETUP];
        let label = || tag_filters(&kinds, tag(Alphabet::L), vec!["meetup".to_owned()]);
        self.filters(&kinds).unwrap_or_else(label)
    }

    /// Whether place and topics match.
    pub(crate) fn matches(&self, location: &Location, topics: &[Topic]) -> bool {
        let within = match (&self.near, self.distance_km(location)) {
            (None, _) => true,
            (Some(near), Some(distance)) => distance <= near.radius_km,
            (Some(_), None) => false,
        };
        let in_city = self.cities.is_empty()
            || location
                .cities
                .iter()
                .any(|city| self.cities.contains(city));
        let on_topic =
            self.topics.is_empty() || topics.iter().any(|topic| self.topics.contains(topic));
        within && in_city && on_topic
    }

    /// Whether the time matches. What has no time is in no list (NIP52-09).
    pub(crate) fn matches_time(&self, when: Option<&When>) -> bool {
        let from = self.from.unwrap_or(0);
        let to = self.to.unwrap_or(u64::MAX);
        when.is_some_and(|when| when.overlaps(from, to))
    }

    /// Great-circle kilometres from the centre of the search.
    pub(crate) fn distance_km(&self, location: &Location) -> Option<f64> {
        let near = self.near.as_ref()?;
        Some(distance_km(near.centre, location.point()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_nips::nip52::TimeSpan;

    fn brighton() -> Point {
        Point::new(50.8225, -0.1372).unwrap()
    }

    fn city(text: &str) -> CityTag {
        CityTag::parse(text).unwrap()
    }

    #[test]
    fn lbc_41_cells_of_one_length_are_asked_for_and_distances_checked() {
        let search = Search::new().near(brighton(), 25.0).unwrap();
        let filters = search.meetup_filters();
        let values: Vec<String> = filters
            .iter()
            .flat_map(|filter| filter.generic_tags.values().flatten().cloned())
            .collect();
        assert!(!values.is_empty());
        assert!(values.iter().all(|value| value.len() == values[0].len()));
        assert!((3..=6).contains(&values[0].len()));

        let at = |latitude, longitude| Location::at(Point::new(latitude, longitude).unwrap());
        assert!(search.matches(&at(50.85, -0.1), &[]));
        assert!(
            !search.matches(&at(51.5074, -0.1278), &[]),
            "London is 76 km away"
        );
        assert!(!search.matches(&Location::default().in_city(city("GB:Brighton")), &[]));
    }

    #[test]
    fn nip01_106_a_filter_has_a_bounded_number_of_values() {
        let search = Search::new().near(brighton(), 500.0).unwrap();
        for filter in search.community_filters() {
            for values in filter.generic_tags.values() {
                assert!((1..=crate::filters::FILTER_VALUES_MAX).contains(&values.len()));
            }
        }
    }

    #[test]
    fn lbc_45_topics_compare_in_lower_case() {
        let search = Search::new().topic(" Chess ").topic("").topic("go");
        let topics = |text: &str| vec![Topic::new(text).unwrap()];
        assert!(search.matches(&Location::default(), &topics("CHESS")));
        assert!(search.matches(&Location::default(), &topics("go")));
        assert!(!search.matches(&Location::default(), &topics("bridge")));
    }

    #[test]
    fn one_of_several_cities_is_enough() {
        let search = Search::new()
            .city(city("DE:München"))
            .city(city("DE:Munich"));
        let munich = Location::default().in_city(city("DE:Munich"));
        assert!(search.matches(&munich, &[]));
        assert!(!search.matches(&Location::default().in_city(city("DE:Lübeck")), &[]));
    }

    #[test]
    fn nip52_09_a_meetup_without_a_time_is_in_no_list() {
        assert!(!Search::new().matches_time(None));
    }

    #[test]
    fn a_window_is_half_open_and_compares_real_times() {
        let when = When::timed(TimeSpan::new(100, Some(200)).unwrap());
        let matches = |search: Search| search.matches_time(Some(&when));
        assert!(matches(Search::new()));
        assert!(matches(Search::new().from(199)));
        assert!(!matches(Search::new().from(200)));
        assert!(matches(Search::new().to(101)));
        assert!(!matches(Search::new().to(100)));
    }
}
