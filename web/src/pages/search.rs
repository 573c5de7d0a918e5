//! Meetups that were searched for.

use askama::Template;

use super::calendar::Scope;
use crate::feed::Feed;
use crate::frame::Frame;
use crate::link::address;
use crate::views::{CommunityCard, MeetupCard, Topic};

/// What somebody looks for, as they typed it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// Near where.
    pub near: String,
    /// When: `today`, `weekend`, `week`, `month`, or a date.
    pub when: String,
    /// Words.
    pub words: String,
    /// A topic.
    pub topic: String,
    /// How far "near" is, in km.
    pub radius: String,
}

/// A choice that is one link away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// Its name.
    pub name: String,
    /// Where it leads.
    pub path: String,
    /// Whether it is chosen.
    pub is_current: bool,
}

impl Question {
    /// The times that can be chosen: their values, and the messages that name them.
    pub const TIMES: [(&'static str, &'static str); 5] = [
        ("", "when-any"),
        ("today", "when-today"),
        ("weekend", "when-weekend"),
        ("week", "when-week"),
        ("month", "when-month"),
    ];

    pub(crate) fn is_at(&self, when: &str) -> bool {
        self.when == when
    }

    /// The search as a link.
    pub fn path(&self) -> String {
        address(
            "/search",
            &[
                ("near", &self.near),
                ("when", &self.when),
                ("q", &self.words),
                ("topic", &self.topic),
                ("radius", &self.radius),
            ],
        )
    }

    /// The same search at other times.
    pub fn chips(&self, frame: &Frame) -> Vec<Chip> {
        let chip = |(when, message): (&str, &str)| {
            let other = Question {
                when: when.to_owned(),
                ..self.clone()
            };
            Chip {
                name: frame.say(message),
                path: frame.to(&other.path()),
                is_current: self.when == when,
            }
        };
        Question::TIMES.into_iter().map(chip).collect()
    }
}

/// What a search found.
#[derive(Debug, Template)]
#[template(path = "search.html")]
pub struct Search {
    /// What surrounds it.
    pub frame: Frame,
    /// What was searched for.
    pub question: Question,
    /// What the place is called that the search is about.
    pub place: Option<String>,
    /// A place that nobody knows, or a word that cannot be searched for.
    pub wrong: Option<String>,
    /// Places that may be meant.
    pub suggestions: Vec<Chip>,
    /// Meetups.
    pub meetups: Vec<MeetupCard>,
    /// Communities, on the first page.
    pub communities: Vec<CommunityCard>,
    /// The next page.
    pub next: Option<String>,
}

impl Search {
    fn heading(&self) -> String {
        match (&self.place, self.question.words.is_empty()) {
            (Some(place), _) => self.frame.say_with("search-near", "place", place),
            (None, false) => self
                .frame
                .say_with("search-for", "words", &self.question.words),
            (None, true) => self.frame.say("search-title"),
        }
    }

    fn chips(&self) -> Vec<Chip> {
        self.question.chips(&self.frame)
    }

    /// What is found, whenever it is: who subscribes wants to hear of the week after as well.
    fn feed(&self) -> Option<Feed> {
        let question = &self.question;
        let given = [
            ("near", &question.near),
            ("radius", &question.radius),
            ("q", &question.words),
            ("topic", &question.topic),
        ];
        let given = given.map(|(name, value)| (name, value.clone()));
        let has_feeds = self.frame.site.api && self.wrong.is_none();
        has_feeds.then(|| Feed::of_meetups(given.to_vec()))
    }

    /// The same in a month, as far as a calendar can be asked for it.
    fn calendar(&self) -> String {
        let question = &self.question;
        let scope = match (question.near.is_empty(), question.topic.is_empty()) {
            (false, _) => Scope::Near(question.near.clone()),
            (true, false) => Scope::Topic(Topic(question.topic.clone())),
            (true, true) => Scope::Anywhere,
        };
        self.frame.to(&scope.current())
    }
}
