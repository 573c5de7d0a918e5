//! Lists in all their formats. What the formats look like is in `geojson`, `atom` and the crate's
//! `icalendar`; here is what of a community or meetup goes where.

use kith_nips::icalendar::{Calendar, Entry as CalendarEntry};
use kith_nips::lbc::Standing;
use kith_nips::nip52::When;
use kith_nips::place::{BoundingBox, Point};
use serde::Serialize;

use super::answer::{Answer, Asked, ListOf};
use super::atom::{Entry, Feed};
use super::feeds::{FeedKey, Feeds};
use super::format::Format;
use super::geojson::{Feature, FeatureCollection};
use super::model::{Community, Detail, Meetup, texts};
use super::problem::Problem;
use super::reference::{naddr, npub};
use super::site::Site;
use super::values::Formatted;
use crate::directory::{CommunityView, Listing, MeetupView, Page};

/// How often a calendar program should ask again, in minutes.
const CALENDAR_REFRESH_MINUTES: u32 = 60;

/// Lists of meetups.
#[derive(Debug, Clone, Copy)]
pub(super) enum Meetups {}

impl Formatted for Meetups {
    const FORMATS: &'static [Format] = &Format::ALL;
}

/// Lists of communities.
#[derive(Debug, Clone, Copy)]
pub(super) enum Communities {}

impl Formatted for Communities {
    const FORMATS: &'static [Format] = &[Format::Json, Format::GeoJson, Format::Atom];
}

/// Single meetups, and agendas.
#[derive(Debug, Clone, Copy)]
pub(super) enum Appointments {}

impl Formatted for Appointments {
    const FORMATS: &'static [Format] = &[Format::Json, Format::ICalendar];
}

/// Everything else.
#[derive(Debug, Clone, Copy)]
pub(super) enum Facts {}

impl Formatted for Facts {
    const FORMATS: &'static [Format] = &[Format::Json];
}

/// A list to be written.
pub(super) struct Written<'a> {
    pub(super) format: Format,
    pub(super) asked: &'a Asked,
    pub(super) site: &'a Site,
    /// What the list is called where it has a name.
    pub(super) title: String,
    /// The part of the map that was asked for.
    pub(super) bbox: Option<BoundingBox>,
}

impl<'a> Written<'a> {
    /// The list that answers this question.
    pub(super) fn of(
        format: Format,
        asked: &'a Asked,
        site: &'a Site,
        title: impl Into<String>,
        listing: &Listing,
    ) -> Self {
        let search = listing.search.as_ref();
        Written {
            format,
            asked,
            site,
            title: title.into(),
            bbox: search.and_then(|search| search.discovery().within),
        }
    }

    /// A page of meetups.
    pub(super) fn meetups(&self, page: Page<MeetupView>) -> Result<Answer, Problem> {
        let views = page.items.clone();
        let json = |view: &MeetupView| Meetup::of(view, Detail::Listed);
        let list = self.asked.list(page, json);
        match self.format {
            Format::Json => Ok(self.asked.answer(&list)),
            Format::GeoJson => {
                let ids = views.iter().map(|view| naddr(&view.meetup.address()));
                let points = views.iter().map(|view| view.meetup.location.point());
                Ok(self.map(ids.zip(points), list))
            }
            Format::ICalendar => Ok(self.calendar(&views).linked(self.next(&list))),
            Format::Atom => {
                let entries = views.iter().map(meetup_entry).collect();
                self.feed(entries, self.next(&list))
            }
        }
    }

    /// Meetups that are all there are, as calendar or feed.
    pub(super) fn all_meetups(
        &self,
        views: &[MeetupView],
        feeds: &Feeds,
    ) -> Result<Answer, Problem> {
        let address = self.site.address(&self.asked.itself(self.format));
        let key = FeedKey::of(self.format, &address, &self.title, views);
        let written = feeds.get(key, || match self.format {
            Format::Atom => self.write_feed(views.iter().map(meetup_entry).collect(), None),
            _ => Ok(self.write_calendar(views)),
        })?;
        let format = match self.format {
            Format::Atom => Format::Atom,
            _ => Format::ICalendar,
        };
        Ok(Answer::of(format.content_type(), written))
    }

    /// A page of communities.
    pub(super) fn communities(&self, page: Page<CommunityView>) -> Result<Answer, Problem> {
        let views = page.items.clone();
        let json = |view: &CommunityView| Community::of(view, Detail::Listed);
        let list = self.asked.list(page, json);
        match self.format {
            Format::GeoJson => {
                let ids = views.iter().map(|view| view.record.id().to_string());
                let points = views.iter().map(|view| view.record.point());
                Ok(self.map(ids.zip(points), list))
            }
            Format::Atom => {
                let entries = views.iter().map(community_entry).collect();
                self.feed(entries, self.next(&list))
            }
            Format::Json | Format::ICalendar => Ok(self.asked.answer(&list)),
        }
    }

    fn next<T>(&self, list: &ListOf<T>) -> Option<String> {
        self.asked.next_page(list.next.as_deref())
    }

    fn map<P: Serialize>(
        &self,
        places: impl Iterator<Item = (String, Option<Point>)>,
        list: ListOf<P>,
    ) -> Answer {
        let next = self.next(&list);
        let features = places
            .zip(list.items)
            .map(|((id, position), properties)| Feature {
                id,
                position,
                properties,
            });
        let map = FeatureCollection {
            bbox: self.bbox,
            features: features.collect(),
        };
        Answer::json(&map)
            .typed(self.format.content_type())
            .linked(next)
    }

    fn calendar(&self, views: &[MeetupView]) -> Answer {
        Answer::of(Format::ICalendar.content_type(), self.write_calendar(views))
    }

    fn write_calendar(&self, views: &[MeetupView]) -> String {
        let mut calendar = Calendar::new(self.title.clone());
        calendar.source = Some(self.site.address(&self.asked.itself(Format::ICalendar)));
        calendar.refresh_minutes = Some(CALENDAR_REFRESH_MINUTES);
        calendar.entries = views.iter().map(calendar_entry).collect();
        calendar.write()
    }

    fn feed(&self, entries: Vec<Entry>, next: Option<String>) -> Result<Answer, Problem> {
        let written = self.write_feed(entries, next.as_deref())?;
        Ok(Answer::of(Format::Atom.content_type(), written).linked(next))
    }

    fn write_feed(&self, entries: Vec<Entry>, next: Option<&str>) -> Result<String, Problem> {
        let this = self.site.address(&self.asked.itself(Format::Atom));
        let feed = Feed {
            id: this.clone(),
            title: self.title.clone(),
            updated: entries.iter().map(|entry| entry.updated).max().unwrap_or(0),
            author: self.site.address(""),
            this: Some(this),
            next: next.map(|next| self.site.address(next)),
            entries,
            ..Feed::default()
        };
        feed.write().map_err(|error| {
            tracing::error!(%error, "a feed cannot be written");
            let status = http::StatusCode::INTERNAL_SERVER_ERROR;
            Problem::new(status, "the feed cannot be written")
        })
    }
}

fn calendar_entry(view: &MeetupView) -> CalendarEntry<'_> {
    let standing = match view.is_official() {
        true => Standing::Official,
        false => Standing::Proposal,
    };
    let mut entry = CalendarEntry::new(&view.meetup, standing);
    entry.community = view.communities.first().map(|host| host.record.title());
    entry.link = Some(format!("nostr:{}", naddr(&view.meetup.address())));
    entry
}

fn meetup_entry(view: &MeetupView) -> Entry {
    let meetup = &view.meetup;
    let id = format!("nostr:{}", naddr(&meetup.address()));
    let title = match meetup.takes_answers() {
        true => meetup.title.clone(),
        false => format!("Cancelled: {}", meetup.title),
    };
    let facts = meetup.when.iter().map(moment).chain(meetup.places.clone());
    let facts: Vec<String> = facts.collect();
    Entry {
        title,
        updated: meetup.created_at,
        author: Some(npub(meetup.author)),
        summary: Some(meetup.summary.as_str().to_owned()).filter(|text| !text.is_empty()),
        content: format!("{}\n\n{}", facts.join(", "), meetup.description),
        categories: texts(&meetup.topics),
        link: Some(id.clone()),
        position: meetup.location.point(),
        id,
        ..Entry::default()
    }
}

/// When, as a clock on the wall shows it.
fn moment(when: &When) -> String {
    match when {
        When::Timed { span, .. } => {
            let zone = when.start_zone();
            let start = span.start_in(&zone);
            format!("{} ({zone})", start.strftime("%F %H:%M"))
        }
        When::AllDay(days) if days.last_day() == days.start() => days.start().to_string(),
        When::AllDay(days) => format!("{} to {}", days.start(), days.last_day()),
    }
}

fn community_entry(view: &CommunityView) -> Entry {
    let record = &view.record;
    let community = Community::of(view, Detail::Listed);
    let id = format!("nostr:{}", community.naddr());
    let described = record.metadata.as_ref().map(|metadata| metadata.created_at);
    Entry {
        title: record.title(),
        updated: described.unwrap_or(record.community.created_at),
        published: Some(record.community.created_at),
        author: Some(npub(record.owner())),
        content: record.description().to_owned(),
        categories: texts(record.topics()),
        link: Some(id.clone()),
        position: record.point(),
        id,
        ..Entry::default()
    }
}
