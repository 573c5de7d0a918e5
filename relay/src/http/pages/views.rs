//! From what the directory says to what pages show: plain and harmless.

use std::collections::{BTreeMap, BTreeSet};

use kith_nips::PublicKey;
use kith_nips::lbc::{self, Answer, Location, MeetupStatus};
use kith_nips::place::CityTag;
use kith_web::views::{City, CommunityCard, CommunityLink, Counted, MeetupCard, Person, Topic};
use kith_web::{Line, Mentioned, Site, Text, WebLink};

use crate::directory::{CommunityRecord, CommunityView, MeetupView, Reading};
use crate::http::api::reference::{naddr, npub};
use crate::store::{Facet, StoreError};

/// Characters of a title.
const TITLE_CHARACTERS_MAX: usize = 120;
/// Characters of a name of a person.
pub(super) const NAME_CHARACTERS_MAX: usize = 50;
/// Characters of what a list says of something.
const SUMMARY_CHARACTERS_MAX: usize = 160;
/// Characters of a place.
pub(super) const PLACE_CHARACTERS_MAX: usize = 120;
/// Lines of a comment or message.
const LINES_MAX: usize = 40;
/// Characters of a line of a comment or message.
const LINE_CHARACTERS_MAX: usize = 1_000;
/// Communities that a card names.
const COMMUNITIES_PER_CARD_MAX: usize = 3;
/// Topics of one thing.
const TOPICS_MAX: usize = 12;

/// A meetup in a list.
pub(super) fn meetup(view: &MeetupView, now: u64, site: &Site) -> MeetupCard {
    let meetup = &view.meetup;
    let when = meetup.when.as_ref();
    let going = view
        .rsvps
        .as_ref()
        .map_or(0, |rsvps| rsvps.tally.count(Answer::Accepted));
    let hosts = view.communities.iter().take(COMMUNITIES_PER_CARD_MAX);
    let place = meetup.places.first().map_or("", String::as_str);
    MeetupCard {
        naddr: naddr(&meetup.address()),
        title: meetup_title(view),
        summary: Text::line(meetup.summary.as_str(), SUMMARY_CHARACTERS_MAX),
        when: meetup.when.clone(),
        point: meetup.location.point(),
        place: Text::line(place, PLACE_CHARACTERS_MAX),
        city: city_of(&meetup.location),
        distance_km: view.distance_km,
        is_cancelled: meetup.status == MeetupStatus::Cancelled,
        is_over: when.is_some_and(|when| when.is_over(now)),
        is_official: view.is_official(),
        going: going as u64,
        communities: hosts.map(|host| link(&host.record)).collect(),
        image: picture(meetup.image.as_deref(), site),
    }
}

/// What a meetup is called.
pub(super) fn meetup_title(view: &MeetupView) -> Text {
    Text::line(&view.meetup.title, TITLE_CHARACTERS_MAX)
}

/// The page of a meetup.
pub(super) fn meetup_path(view: &MeetupView) -> String {
    kith_web::path(&["m", &naddr(&view.meetup.address())])
}

/// A community in a list.
pub(super) fn community(view: &CommunityView, site: &Site) -> CommunityCard {
    let record = &view.record;
    let metadata = record.metadata.as_ref();
    let image = metadata.and_then(|metadata| metadata.image.as_deref());
    CommunityCard {
        link: link(record),
        summary: Text::line(record.description(), SUMMARY_CHARACTERS_MAX),
        city: metadata.and_then(|metadata| city_of(&metadata.location)),
        topics: topics(record.topics()),
        members: view.counts.members,
        followers: view.counts.followers,
        upcoming: view.counts.upcoming_meetups,
        distance_km: view.distance_km,
        image: picture(image, site),
    }
}

/// A community by name.
pub(super) fn link(record: &CommunityRecord) -> CommunityLink {
    CommunityLink {
        id: record.id().to_string(),
        title: Text::line(&record.title(), TITLE_CHARACTERS_MAX),
    }
}

/// What somebody wrote in lines.
pub(super) fn lines(text: &str, mentioned: &Mentioned) -> Vec<Line> {
    let lines = text.lines().take(LINES_MAX);
    let lines = lines.map(|line| Line::read(line, LINE_CHARACTERS_MAX, mentioned));
    lines.filter(|line| !line.is_empty()).collect()
}

/// What something is about.
pub(super) fn topics(topics: &[lbc::Topic]) -> Vec<Topic> {
    let names = topics.iter().take(TOPICS_MAX);
    names
        .map(|topic| Topic(topic.as_str().to_owned()))
        .collect()
}

/// Cities to choose from.
pub(super) fn counted_cities(facets: Vec<Facet>) -> Vec<Counted<City>> {
    let cities = facets.into_iter().filter_map(|facet| {
        Some(Counted {
            of: City(CityTag::parse(&facet.name).ok()?),
            communities: facet.communities,
            meetups: facet.meetups,
        })
    });
    cities.collect()
}

/// Topics to choose from.
pub(super) fn counted_topics(facets: Vec<Facet>) -> Vec<Counted<Topic>> {
    let topics = facets.into_iter().map(|facet| Counted {
        of: Topic(facet.name),
        communities: facet.communities,
        meetups: facet.meetups,
    });
    topics.collect()
}

/// A picture, where pictures are shown.
pub(super) fn picture(image: Option<&str>, site: &Site) -> Option<WebLink> {
    WebLink::secure(image?).filter(|_| site.pictures)
}

fn city_of(location: &Location) -> Option<City> {
    location.cities.first().cloned().map(City)
}

/// What people call themselves.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<PublicKey, String>);

impl Names {
    /// The names of these people.
    pub(super) async fn of(
        reading: &Reading,
        people: BTreeSet<PublicKey>,
    ) -> Result<Names, StoreError> {
        reading.names(people).await.map(Names)
    }

    /// One of them.
    pub(super) fn person(&self, person: PublicKey) -> Person {
        let name = self.0.get(&person);
        Person {
            npub: npub(person),
            key: person.to_string(),
            name: name.map(|name| Text::line(name, NAME_CHARACTERS_MAX)),
        }
    }
}
