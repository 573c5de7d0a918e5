//! A month of meetups: anywhere, near a place, or of a city, a community or a topic.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kith_nips::discovery::Sort;
use kith_nips::lbc;
use kith_nips::place::{CityTag, Gazetteer};
use kith_web::pages::{Calendar, Scope};
use kith_web::views::{City, Topic};

use super::search::{local, seconds, zone_of};
use super::visit::Visit;
use super::{Pages, named, shown, stopping, views};
use crate::directory::{CommunityRecord, MeetupView, Reading};
use crate::http::api::listing::Wanted;
use crate::http::api::parameter::Parameter;
use crate::http::api::problem::Problem;
use crate::http::api::values::{InCity, Moment, Near};
use crate::store::Spread;

/// Meetups of a day that are shown.
const PER_DAY_MAX: usize = 3;
/// Meetups that are looked at because they began before the month and go on in it.
const GOING_ON_MAX: usize = 30;
/// Years that have a calendar.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2100;
/// Characters of a place that nobody knows.
const WRONG_CHARACTERS_MAX: usize = 100;
/// How far the clocks of two places are apart, in seconds: a day begins up to so much earlier or later
/// elsewhere.
const DAY_ELSEWHERE_SECONDS: u64 = 14 * 3_600;

/// What a calendar is asked for.
struct Asked {
    scope: Scope,
    near: Option<Near>,
    city: Option<InCity>,
    topic: Vec<lbc::Topic>,
    community: Option<Arc<CommunityRecord>>,
    /// A place that nobody knows.
    wrong: Option<String>,
}

/// The month that it is, where the calendar is about.
pub(super) async fn current(State(pages): State<Pages>, visit: Visit) -> Result<Response, Problem> {
    show_month(&pages, &visit, None).await
}

pub(super) async fn month(
    State(pages): State<Pages>,
    Path(month): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let first = month_of(&month).ok_or_else(|| Problem::not_found("month"))?;
    show_month(&pages, &visit, Some(first)).await
}

async fn show_month(
    pages: &Pages,
    visit: &Visit,
    month: Option<Date>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("month");
    let reading = pages.api.reading()?;
    let asked = asked(&reading, visit).await?;
    let zone = asked.zone();
    let today = local(reading.now(), zone.clone())
        .ok_or_else(missing)?
        .date();
    let month = month.unwrap_or_else(|| today.first_of_month());
    let found = match asked.wrong {
        Some(_) => Vec::new(),
        None => found(pages, visit, &reading, &asked, &zone, month).await?,
    };
    let card = |view| views::meetup(view, reading.now(), visit.site());
    Ok(shown(&Calendar {
        // There is no end of months.
        frame: visit.unlisted(asked.scope.path(month)),
        scope: asked.scope,
        wrong: asked.wrong,
        month,
        today,
        meetups: found.iter().map(card).collect(),
        per_day_max: PER_DAY_MAX,
    }))
}

/// The first meetups of each day of a month.
async fn found(
    pages: &Pages,
    visit: &Visit,
    reading: &Reading,
    asked: &Asked,
    zone: &TimeZone,
    month: Date,
) -> Result<Vec<MeetupView>, Problem> {
    let missing = || Problem::not_found("month");
    let after = month.checked_add(1.month()).map_err(|_| missing())?;
    let days = month.series(1.day()).take_while(|day| *day <= after);
    let begin = |day: Date| zone.to_zoned(day.at(0, 0, 0, 0)).ok();
    let begins: Option<Vec<u64>> = days.map(|day| Some(seconds(&begin(day)?))).collect();
    let mut begins = begins.ok_or_else(missing)?;
    let ends = begins.first().zip(begins.last());
    let (from, to) = ends.ok_or_else(missing)?;
    let from = from.saturating_sub(DAY_ELSEWHERE_SECONDS);
    let to = to.saturating_add(DAY_ELSEWHERE_SECONDS);
    // What begins where the month came earlier, and what goes on, takes nothing from the first day.
    begins.insert(0, from);
    let listing = asked.wanted(from, to);
    let listing = listing.listing(&visit.list(""), pages.api.searches())?;
    let spread = Spread::new(begins, PER_DAY_MAX, GOING_ON_MAX);
    let community = asked.community.as_deref();
    Ok(reading.meetups_spread(community, &listing, spread).await?)
}

impl Asked {
    /// The clocks by which days begin.
    fn zone(&self) -> TimeZone {
        let of_city = self.city.as_ref().and_then(|InCity(tags)| {
            let cities = Gazetteer::resolve(&tags.first()?.to_string());
            Some(cities.first()?.point())
        });
        let of_community = || self.community.as_ref().and_then(|record| record.point());
        let point = self.near.map(|Near(point)| point);
        zone_of(point.or(of_city).or_else(of_community))
    }

    fn wanted(&self, from: u64, to: u64) -> Wanted {
        Wanted {
            near: self.near,
            city: self.city.clone(),
            topic: self.topic.clone(),
            from: Some(Moment(from)),
            to: Some(Moment(to)),
            sort: Some(Sort::Start),
            ..Wanted::default()
        }
    }
}

/// What the parameters say; of several the first of community, city, topic and place.
async fn asked(reading: &Reading, visit: &Visit) -> Result<Asked, Problem> {
    let mut asked = Asked {
        scope: Scope::Anywhere,
        near: None,
        city: None,
        topic: Vec::new(),
        community: None,
        wrong: None,
    };
    if let Some(id) = visit.value("community") {
        let record = named::community_in(reading, id).await?;
        asked.scope = Scope::Community(views::link(&record));
        asked.community = Some(record);
    } else if let Some(city) = visit.value("city") {
        let missing = || Problem::not_found("city");
        let tag = CityTag::parse(city).map_err(|_| missing())?;
        asked.city = Some(looked_up(city).await?.ok_or_else(missing)?);
        asked.scope = Scope::City(City(tag));
    } else if let Some(topic) = visit.value("topic") {
        let topic = <lbc::Topic as Parameter>::read(topic);
        let topic = topic.map_err(|_| Problem::not_found("topic"))?;
        asked.scope = Scope::Topic(Topic(topic.as_str().to_owned()));
        asked.topic = vec![topic];
    } else if let Some(near) = visit.value("near") {
        asked.near = looked_up(near).await?;
        if asked.near.is_none() {
            asked.wrong = Some(near.chars().take(WRONG_CHARACTERS_MAX).collect());
        }
        asked.scope = Scope::Near(near.to_owned());
    }
    Ok(asked)
}

/// A place. Cities that are like one that nobody knows are looked for in the whole table.
async fn looked_up<T: Parameter + Send + 'static>(typed: &str) -> Result<Option<T>, Problem> {
    let typed = typed.to_owned();
    let looking = tokio::task::spawn_blocking(move || T::read(&typed).ok());
    looking.await.map_err(|_| stopping())
}

/// The first day of a month that is written as `2026-12`.
fn month_of(text: &str) -> Option<Date> {
    let first: Date = format!("{text}-01").parse().ok()?;
    YEARS.contains(&first.year()).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_months_that_people_meet_in_are_months() {
        assert_eq!(month_of("2026-12"), Some(jiff::civil::date(2026, 12, 1)));
        for wrong in [
            "",
            "2026",
            "2026-13",
            "2026-1",
            "1066-10",
            "9999-12",
            "-2026-12",
            "2026-12-24",
        ] {
            assert_eq!(month_of(wrong), None, "{wrong}");
        }
    }
}
