//! Pages that list what has to do with a city, a topic or a person.

use askama::Template;

use super::calendar::Scope;
use crate::feed::Feed;
use crate::frame::Frame;
use crate::link::WebLink;
use crate::mention::Line;
use crate::text::Text;
use crate::views::{City, CommunityCard, CommunityLink, Counted, MeetupCard, Person, Topic};

/// A city.
#[derive(Debug, Template)]
#[template(path = "city.html")]
pub struct CityPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The city.
    pub city: City,
    /// Coming meetups.
    pub meetups: Vec<MeetupCard>,
    /// The next page of them.
    pub next: Option<String>,
    /// Communities.
    pub communities: Vec<CommunityCard>,
    /// What there is about what.
    pub topics: Vec<Counted<Topic>>,
}

/// A topic.
#[derive(Debug, Template)]
#[template(path = "topic.html")]
pub struct TopicPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The topic.
    pub topic: Topic,
    /// Coming meetups.
    pub meetups: Vec<MeetupCard>,
    /// The next page of them.
    pub next: Option<String>,
    /// Communities.
    pub communities: Vec<CommunityCard>,
}

/// A person.
#[derive(Debug, Template)]
#[template(path = "person.html")]
pub struct PersonPage {
    /// What surrounds it.
    pub frame: Frame,
    /// Who.
    pub person: Person,
    /// The name at this relay that is theirs (NIP-05).
    pub identifier: Option<Text>,
    /// What they say about themselves.
    pub about: Vec<Line>,
    /// Their picture.
    pub picture: Option<WebLink>,
    /// Their own page.
    pub website: Option<WebLink>,
    /// Where they go.
    pub meetups: Vec<MeetupCard>,
    /// What they belong to.
    pub communities: Vec<CommunityLink>,
    /// The cities that they named.
    pub cities: Vec<City>,
    /// What they are interested in.
    pub topics: Vec<Topic>,
}

impl CityPage {
    fn feed(&self) -> Option<Feed> {
        let city = self.city.0.to_string();
        let has_feeds = self.frame.site.api;
        has_feeds.then(|| Feed::of_meetups(vec![("city", city)]))
    }

    fn calendar(&self) -> String {
        self.frame.to(&Scope::City(self.city.clone()).current())
    }
}

impl TopicPage {
    fn feed(&self) -> Option<Feed> {
        let topic = self.topic.0.clone();
        let has_feeds = self.frame.site.api;
        has_feeds.then(|| Feed::of_meetups(vec![("topic", topic)]))
    }

    fn calendar(&self) -> String {
        self.frame.to(&Scope::Topic(self.topic.clone()).current())
    }
}
