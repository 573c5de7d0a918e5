//! A month of meetups: anywhere, near a place, or of a city, a community or a topic.

use std::collections::BTreeMap;

use askama::Template;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::formats;
use crate::frame::Frame;
use crate::link::{address, path};
use crate::text::Text;
use crate::views::{City, CommunityLink, MeetupCard, Topic};

/// What a calendar is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    #[default]
    Anywhere,
    /// What is near a place, as it was typed.
    Near(String),
    /// What is in a city.
    City(City),
    /// What belongs to a community.
    Community(CommunityLink),
    /// What is about a topic.
    Topic(Topic),
}

impl Scope {
    /// The calendar of a month, given by a day of it.
    pub fn path(&self, month: Date) -> String {
        let month = month.strftime("%Y-%m").to_string();
        self.with_parameter(&path(&["calendar", &month]))
    }

    /// The calendar of whatever month it is.
    pub fn current(&self) -> String {
        self.with_parameter("/calendar")
    }

    fn with_parameter(&self, path: &str) -> String {
        match self {
            Scope::Anywhere => path.to_owned(),
            Scope::Near(near) => address(path, &[("near", near)]),
            Scope::City(city) => address(path, &[("city", &city.0.to_string())]),
            Scope::Community(community) => address(path, &[("community", &community.id)]),
            Scope::Topic(topic) => address(path, &[("topic", &topic.0)]),
        }
    }

    /// Where everything on one day is; of a community, what it has before it.
    fn all_of(&self, day: Date) -> String {
        let day = day.to_string();
        let when = ("when", day.as_str());
        let given = match self {
            Scope::Anywhere => ("near", String::new()),
            Scope::Near(near) => ("near", near.clone()),
            Scope::City(city) => ("near", city.0.to_string()),
            Scope::Topic(topic) => ("topic", topic.0.clone()),
            Scope::Community(community) => return community.path(),
        };
        address("/search", &[when, (given.0, given.1.as_str())])
    }
}

/// A month of meetups.
#[derive(Debug, Template)]
#[template(path = "calendar.html")]
pub struct Calendar {
    /// What surrounds it.
    pub frame: Frame,
    /// What it is about.
    pub scope: Scope,
    /// A place that nobody knows.
    pub wrong: Option<String>,
    /// The first day of the month.
    pub month: Date,
    /// The day that it is.
    pub today: Date,
    /// Meetups of the month.
    pub meetups: Vec<MeetupCard>,
    /// Meetups of a day that are shown.
    pub per_day_max: usize,
}

/// A day of the month.
#[derive(Debug)]
struct Day<'a> {
    date: Date,
    name: String,
    is_today: bool,
    meetups: Vec<Entry<'a>>,
    /// Where all of the day is, when it may have more than is shown.
    all: Option<String>,
}

/// A meetup on a day.
#[derive(Debug)]
struct Entry<'a> {
    card: &'a MeetupCard,
    /// When it starts on that day, if it does.
    starts_at: Option<String>,
}

impl Calendar {
    fn heading(&self) -> String {
        formats::month(self.frame.language, self.month)
    }

    /// What it is about, and the page of that.
    fn about(&self) -> Option<(Text, String)> {
        match &self.scope {
            Scope::Anywhere => None,
            Scope::Near(near) => {
                let near_there = self.frame.say_with("search-near", "place", near);
                let search = address("/search", &[("near", near)]);
                Some((self.frame.plain(&near_there), search))
            }
            Scope::City(city) => Some((city.name(), city.path())),
            Scope::Community(community) => {
                let title = self.frame.title(&community.title);
                Some((self.frame.plain(&title), community.path()))
            }
            Scope::Topic(topic) => Some((topic.name(), topic.path())),
        }
    }

    fn near(&self) -> Text {
        match &self.scope {
            Scope::Near(near) => self.frame.plain(near),
            _ => Text::default(),
        }
    }

    fn title(&self) -> String {
        let heading = self.heading();
        match self.about() {
            Some((about, _)) => format!("{heading} · {about}"),
            None => heading,
        }
    }

    /// The name of another month, and its calendar.
    fn neighbour(&self, months: i64) -> Option<(String, String)> {
        let month = self.month.checked_add(months.months()).ok()?;
        let name = formats::month(self.frame.language, month);
        Some((name, self.frame.to(&self.scope.path(month))))
    }

    fn is_this_month(&self) -> bool {
        self.today.first_of_month() == self.month
    }

    fn weekdays(&self) -> Vec<String> {
        let first = formats::first_weekday(self.frame.language);
        // Any week will do.
        let monday = jiff::civil::date(2024, 1, 1);
        let after = i64::from(first.since(jiff::civil::Weekday::Monday));
        let begin = monday.checked_add(after.days()).unwrap_or(monday);
        let week = begin.series(1.day()).take(7);
        week.map(|day| formats::weekday(self.frame.language, day))
            .collect()
    }

    /// In which column of the week the month begins, counted from 1.
    fn first_column(&self) -> i8 {
        let first = formats::first_weekday(self.frame.language);
        self.month.weekday().since(first) + 1
    }

    fn days(&self) -> Vec<Day<'_>> {
        let mut on: BTreeMap<Date, Vec<Entry<'_>>> = BTreeMap::new();
        let last = self.month.last_of_month();
        for card in &self.meetups {
            let Some((begins, ends)) = card.days() else {
                continue;
            };
            let times = self.frame.times(card);
            let starts_at = times.and_then(|times| times.start_time);
            let dates = begins.max(self.month).series(1.day());
            for date in dates.take_while(|date| *date <= ends.min(last)) {
                // On the days after the first it goes on.
                let starts_at = starts_at.clone().filter(|_| date == begins);
                on.entry(date).or_default().push(Entry { card, starts_at });
            }
        }
        let days = self.month.series(1.day()).take_while(|day| *day <= last);
        days.map(|date| {
            let mut meetups = on.remove(&date).unwrap_or_default();
            let is_full = meetups.len() >= self.per_day_max;
            meetups.truncate(self.per_day_max);
            let all = self.frame.to(&self.scope.all_of(date));
            Day {
                date,
                name: formats::day(self.frame.language, date),
                is_today: date == self.today,
                meetups,
                // Searches are for what is to come.
                all: (is_full && date >= self.today).then_some(all),
            }
        })
        .collect()
    }
}
