//! `meetups`: listed, one by one, and who answered them.

use axum::extract::State;
use kith_nips::discovery::Sort;
use kith_nips::lbc::Topic;

use super::answer::{Answer, Asked, ListOf};
use super::format::{Format, Preference};
use super::listing::Wanted;
use super::model::{Detail, Meetup, Rsvp};
use super::parameter::{InPath, parameters};
use super::problem::{Problem, Problems};
use super::site::Site;
use super::values::{
    CursorText, InBox, InCity, Limit, Moment, Near, OneFormat, Person, Radius, Status, Topics,
    Words,
};
use super::writing::{Appointments, Meetups, Written};
use super::{Api, reference};
use crate::directory::{Listing, MeetupView, Reading};

parameters! {
    /// What a list of meetups takes.
    struct MeetupsParameters {
        /// Near this place: `latitude,longitude`, a geohash, or the name of a city (`Brighton, UK`).
        near: Option<Near>,
        /// How far "near" is, in km.
        radius: Option<Radius>,
        /// In this box: `west,south,east,north` in degrees; `west` greater than `east` is a box across 180°.
        bbox: Option<InBox>,
        /// Not over before: Unix seconds, a date (00:00 UTC), or RFC 3339. Now, if nothing is said.
        from: Option<Moment>,
        /// Begun before: as `from`.
        to: Option<Moment>,
        /// `open`: neither called off nor over. `all` (the default): also those that were called off.
        status: Option<Status>,
        /// In this city: `CC:Name`, or its name.
        city: Option<InCity>,
        /// About this topic. May be repeated.
        topic: Vec<Topic>,
        /// Whether one of several topics is enough.
        topics: Option<Topics>,
        /// With these words, in title, summary, place or description; in quotes they stand together.
        q: Option<Words>,
        /// Alike to what this person follows (`npub`): the most topics in common first, a meetup of a followed
        /// community counts as one more. What has nothing in common is left out.
        like: Option<Person>,
        /// The order: by start, if nothing is said.
        sort: Option<Sort>,
        /// Items on a page.
        limit: Option<Limit>,
        /// `next` of the page before.
        cursor: Option<CursorText>,
        /// The format, if the path has no ending and `Accept` does not say it.
        format: Option<OneFormat<Meetups>>,
    }
}

parameters! {
    /// What the list of the meetups of a community takes.
    struct MeetupsOfCommunity {
        /// Not over before: Unix seconds, a date (00:00 UTC), or RFC 3339. Now, if nothing is said.
        from: Option<Moment>,
        /// Begun before: as `from`.
        to: Option<Moment>,
        /// `open`: neither called off nor over. `all` (the default): also those that were called off.
        status: Option<Status>,
        /// With these words, in title, summary, place or description; in quotes they stand together.
        q: Option<Words>,
        /// The order: by start, if nothing is said.
        sort: Option<Sort>,
        /// Items on a page.
        limit: Option<Limit>,
        /// `next` of the page before.
        cursor: Option<CursorText>,
        /// The format, if the path has no ending and `Accept` does not say it.
        format: Option<OneFormat<Meetups>>,
    }
}

parameters! {
    /// What a list of answers takes.
    struct RsvpsParameters {
        /// Items on a page.
        limit: Option<Limit>,
        /// `next` of the page before.
        cursor: Option<CursorText>,
    }
}

parameters! {
    /// What a meetup takes.
    struct MeetupParameters {
        /// The format, if the path has no ending and `Accept` does not say it.
        format: Option<OneFormat<Appointments>>,
    }
}

impl MeetupsOfCommunity {
    /// Whether somebody subscribes to everything.
    pub(super) fn is_feed(&self, format: Format) -> bool {
        matches!(format, Format::ICalendar | Format::Atom)
            && self.from.is_none()
            && self.to.is_none()
            && self.status.is_none()
            && self.q.is_none()
            && self.sort.is_none()
            && self.limit.is_none()
            && self.cursor.is_none()
    }

    pub(super) fn wanted(self, now: u64) -> Result<Wanted, Problem> {
        Ok(Wanted {
            from: Some(from_or_now(self.from, self.to, now)?),
            to: self.to,
            status: self.status,
            q: self.q,
            sort: Some(self.sort.unwrap_or(Sort::Start)),
            limit: self.limit,
            cursor: self.cursor,
            ..Wanted::default()
        })
    }
}

/// What is over is left out unless somebody asks for it.
pub(super) fn from_or_now(
    from: Option<Moment>,
    to: Option<Moment>,
    now: u64,
) -> Result<Moment, Problem> {
    match (from, to) {
        (Some(from), _) => Ok(from),
        (None, Some(Moment(to))) if to <= now => Err(Problem::parameter(
            "to",
            "is in the past; say from when as well (from)",
        )),
        (None, _) => Ok(Moment(now)),
    }
}

/// Meetups.
///
/// Only those of open communities. Meetups that are over are left out unless `from` asks for them; those that
/// were called off are in the list and say so. Also as GeoJSON (`meetups.geojson`), iCalendar (`meetups.ics`)
/// and Atom (`meetups.atom`).
#[utoipa::path(
    get,
    path = "/meetups",
    operation_id = "listMeetups",
    tag = "meetups",
    params(MeetupsParameters),
    responses(
        (status = 200, description = "A page of meetups", content(
            (ListOf<Meetup> = "application/json"),
            (Value = "application/geo+json"),
            (String = "text/calendar"),
            (String = "application/atom+xml"),
        )),
        Problems,
    )
)]
pub(super) async fn list(
    State(api): State<Api>,
    asked: Asked,
    site: Site,
    preference: Preference,
    parameters: MeetupsParameters,
) -> Result<Answer, Problem> {
    let format = preference.choose(parameters.format)?;
    let reading = api.reading()?;
    let wanted = Wanted {
        near: parameters.near,
        radius: parameters.radius,
        bbox: parameters.bbox,
        from: Some(from_or_now(parameters.from, parameters.to, reading.now())?),
        to: parameters.to,
        status: parameters.status,
        city: parameters.city,
        topic: parameters.topic,
        topics: parameters.topics,
        q: parameters.q,
        like: parameters.like,
        sort: Some(parameters.sort.unwrap_or(Sort::Start)),
        limit: parameters.limit,
        cursor: parameters.cursor,
    };
    let listing = wanted.written_as(format).listing(&asked, api.searches())?;
    let page = reading.meetups(&listing).await?;
    Written::of(format, &asked, &site, "Meetups", &listing).meetups(page)
}

/// One meetup.
///
/// Also as iCalendar (`meetups/{naddr}.ics`).
#[utoipa::path(
    get,
    path = "/meetups/{naddr}",
    operation_id = "showMeetup",
    tag = "meetups",
    params(
        ("naddr" = String, Path, description = "naddr1… of a meetup, or its address `31923:<author>:<identifier>`"),
        MeetupParameters,
    ),
    responses(
        (status = 200, description = "The meetup", content(
            (Meetup = "application/json"),
            (String = "text/calendar"),
        )),
        Problems,
    )
)]
pub(super) async fn one(
    State(api): State<Api>,
    InPath(naddr): InPath,
    asked: Asked,
    site: Site,
    preference: Preference,
    parameters: MeetupParameters,
) -> Result<Answer, Problem> {
    let format = preference.choose(parameters.format)?;
    let view = find(&api.reading()?, &naddr).await?;
    match format {
        Format::ICalendar => {
            let title = view.meetup.title.clone();
            let listing = Listing::default();
            Written::of(format, &asked, &site, title, &listing).all_meetups(&[view], &api.feeds)
        }
        _ => Ok(Answer::json(&Meetup::of(&view, Detail::Whole))),
    }
}

/// The answers to a meetup.
///
/// One per person, the newest. Members of the community come first, then others, each in the order of
/// answering. People who are muted are left out.
#[utoipa::path(
    get,
    path = "/meetups/{naddr}/rsvps",
    operation_id = "listRsvps",
    tag = "meetups",
    params(
        ("naddr" = String, Path, description = "naddr1… of a meetup, or its address `31923:<author>:<identifier>`"),
        RsvpsParameters,
    ),
    responses(
        (status = 200, description = "A page of answers", body = ListOf<Rsvp>),
        Problems,
    )
)]
pub(super) async fn rsvps(
    State(api): State<Api>,
    InPath(naddr): InPath,
    asked: Asked,
    parameters: RsvpsParameters,
) -> Result<Answer, Problem> {
    let after = asked.place(parameters.cursor.as_ref())?;
    let reading = api.reading()?;
    let view = find(&reading, &naddr).await?;
    let page = reading.rsvps(&view, after, Limit::or_default(parameters.limit));
    let list = asked.list(page, Rsvp::of);
    Ok(asked.answer(&list))
}

async fn find(reading: &Reading, naddr: &str) -> Result<MeetupView, Problem> {
    let address = reference::meetup(naddr).map_err(|wrong| Problem::parameter("naddr", wrong))?;
    let found = reading.meetup(&address).await?;
    found.ok_or_else(|| Problem::not_found("meetup"))
}
