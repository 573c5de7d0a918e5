//! What people look for: a place, a city, topics, a time. Turns it into a question for relays of
//! either sort, and decides afterwards what really matches. Knows filters and places; asks nobody.

use kith_nips::Kind;
use kith_nips::discovery::{Circle, Discovery, Setting, Sort};
use kith_nips::lbc::{Location, Topic};
use kith_nips::nip52::When;
use kith_nips::place::{Cell, CityTag, CoverError, Point, cells_covering_circle, distance_km};
use nostr_sdk::Alphabet;

use crate::filters::{kinds_filter, tag, tag_filters};
use crate::question::Question;
use crate::reference::Reference;

/// What to look for. Every condition must be met; of several cities, topics or communities, one is
/// enough.
///
/// Conditions that a search has no use for are ignored: a community has no time.
///
/// Relays that announce the words of `nips/discovery.md` are asked with them, all others for the
/// cells of a map (`g` tags); what comes back is measured here. Both find the same notes, as long as
/// those carry the prefixes of their geohash (LBC-39). A note with the long geohash alone can be
/// found only with words, as no cell that is asked for is written in it.
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

/// A circle, the geohash cells that cover it, and cities that stand in for a position.
#[derive(Debug, Clone, PartialEq)]
struct Near {
    circle: Circle,
    cells: Vec<Cell>,
    cities: Vec<CityTag>,
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
            circle: Circle { centre, radius_km },
            cells,
            cities: Vec::new(),
        });
        Ok(self)
    }

    /// After [`Search::near`]: notes without a position match too when they name this city. Name
    /// several to allow any of them.
    ///
    /// ```
    /// use kith_client::{Search, place::{CityTag, Point}};
    /// let search = Search::new()
    ///     .near(Point::new(50.8225, -0.1372)?, 25.0)?
    ///     .or_in_city(CityTag::parse("GB:Brighton")?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn or_in_city(mut self, city: CityTag) -> Self {
        if let Some(near) = &mut self.near {
            near.cities.push(city);
        }
        self
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

    /// For community metadata: without a condition, all of it.
    pub(crate) fn community_question(&self) -> Question {
        let kinds = [Kind::COMMUNITY_METADATA];
        // The time of a community is nobody's condition.
        let everywhere = Discovery::default();
        self.question(&kinds, &everywhere, Sort::Distance)
            .unwrap_or_else(|| Question::new(vec![kinds_filter(&kinds)], everywhere))
    }

    /// For meetups: without a condition, all that carry the label (LBC-30).
    pub(crate) fn meetup_question(&self) -> Question {
        let kinds = [Kind::MEETUP, Kind::DATE_MEETUP];
        let window = self.window();
        let label = || tag_filters(&kinds, tag(Alphabet::L), vec!["meetup".to_owned()]);
        self.question(&kinds, &window, Sort::Start)
            .unwrap_or_else(|| Question::new(label(), window))
    }

    /// For both.
    pub(crate) fn live_question(&self) -> Question {
        self.community_question().and_all(self.meetup_question())
    }

    /// Without the communities that were named.
    pub(crate) fn of_any_community(mut self) -> Search {
        self.communities.clear();
        self
    }

    /// What brings every note of these kinds that can match, and more.
    ///
    /// The place is asked for rather than the topic, because cells are spelled in one way and
    /// topics are not.
    fn question(&self, kinds: &[Kind], window: &Discovery, sort: Sort) -> Option<Question> {
        let by_tag = |letter, values| tag_filters(kinds, tag(letter), values);
        if let Some(near) = &self.near {
            let cells = near.cells.iter().map(|cell| cell.as_str().to_owned());
            let cells = by_tag(Alphabet::G, cells.collect());
            let around = Discovery {
                near: Some(near.circle),
                sort: Some(sort),
                ..*window
            };
            let question = Question::either(cells, vec![kinds_filter(kinds)], around);
            let cities = by_tag(Alphabet::G, texts(&near.cities));
            return Some(question.and(cities, *window));
        }
        let filters = match (self.cities.is_empty(), self.topics.is_empty()) {
            (false, _) => by_tag(Alphabet::G, texts(&self.cities)),
            (true, false) => by_tag(Alphabet::T, texts(&self.topics)),
            (true, true) => return None,
        };
        Some(Question::new(filters, *window))
    }

    /// The time alone. What has no time is in no list (NIP52-09).
    pub(crate) fn window(&self) -> Discovery {
        Discovery {
            from: self.from,
            to: self.to,
            sort: Some(Sort::Start),
            ..Discovery::default()
        }
    }

    /// Whether place and topics match.
    pub(crate) fn matches(&self, location: &Location, topics: &[Topic]) -> bool {
        let is_any = |cities: &[CityTag]| location.cities.iter().any(|city| cities.contains(city));
        let within = self
            .near
            .as_ref()
            .is_none_or(|near| match location.point() {
                Some(point) => near.circle.contains(point),
                None => is_any(&near.cities),
            });
        let in_city = self.cities.is_empty() || is_any(&self.cities);
        let on_topic =
            self.topics.is_empty() || topics.iter().any(|topic| self.topics.contains(topic));
        within && in_city && on_topic
    }

    /// Whether the time matches, by the rules that relays have for it.
    pub(crate) fn matches_time(&self, when: Option<&When>) -> bool {
        let setting = Setting {
            start: when.map(When::starts_at),
            end: when.and_then(When::ends_at),
            ..Setting::default()
        };
        // The present matters to `open` alone.
        self.window().admits(&setting, 0)
    }

    /// Great-circle kilometres from the centre of the search.
    pub(crate) fn distance_km(&self, location: &Location) -> Option<f64> {
        let near = self.near.as_ref()?;
        Some(distance_km(near.circle.centre, location.point()?))
    }
}

fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(T::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Announced;
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
        let question = search.meetup_question();
        let filters = question.for_relay(&Announced::default());
        let values: Vec<String> = filters
            .iter()
            .flat_map(|asked| asked.filter.generic_tags.values().flatten().cloned())
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
        let question = search.community_question();
        for asked in question.for_relay(&Announced::default()) {
            for values in asked.filter.generic_tags.values() {
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
    fn a_city_stands_in_for_a_position_and_for_nothing_else() {
        let search = Search::new().near(brighton(), 25.0).unwrap();
        let search = search.or_in_city(city("GB:Brighton"));
        let in_brighton = |location: Location| location.in_city(city("GB:Brighton"));
        assert!(search.matches(&in_brighton(Location::default()), &[]));
        assert!(!search.matches(&Location::default().in_city(city("GB:Hove")), &[]));
        let london = Location::at(Point::new(51.5074, -0.1278).unwrap());
        assert!(!search.matches(&in_brighton(london), &[]));
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
