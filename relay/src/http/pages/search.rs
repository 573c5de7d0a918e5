//! Meetups that somebody searches for, by place, time, words and topic.

use axum::extract::State;
use axum::response::Response;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use kith_nips::lbc::Topic;
use kith_nips::place::{Gazetteer, Point};
use kith_web::pages::{Chip, Question, Search};

use super::visit::Visit;
use super::{Pages, named, shown, stopping, views};
use crate::directory::Reading;
use crate::http::api::listing::Wanted;
use crate::http::api::parameter::Parameter;
use crate::http::api::problem::Problem;
use crate::http::api::reference;
use crate::http::api::values::{Limit, Moment, Near, Radius, Words};

/// Meetups on a page.
const MEETUPS_MAX: usize = 20;
/// Communities beside them.
const COMMUNITIES_MAX: usize = 6;
/// Places that somebody may mean.
const SUGGESTIONS_MAX: usize = 6;

/// Characters of what was not understood.
const WRONG_CHARACTERS_MAX: usize = 100;

/// A search as it was understood.
#[derive(Debug, Default)]
struct Understood {
    near: Option<Near>,
    radius: Option<Radius>,
    words: Option<Words>,
    topic: Vec<Topic>,
    /// What was not understood, as it was typed.
    wrong: Option<String>,
    /// Cities that may be meant.
    suggestions: Vec<String>,
}

pub(super) async fn show(State(pages): State<Pages>, visit: Visit) -> Result<Response, Problem> {
    let question = question(&visit);
    if let Some(page) = page_of(&pages, &question).await? {
        return Ok(named::to(&visit, &page));
    }
    let typed = question.clone();
    // Cities that are like one that nobody knows are looked for in the whole table.
    let understanding = tokio::task::spawn_blocking(move || Understood::read(&typed)).await;
    let understood = understanding.map_err(|_| stopping())?;
    let reading = pages.api.reading()?;
    let known = question.path();
    let suggestion = |name: &String| {
        let question = Question {
            near: name.clone(),
            ..question.clone()
        };
        Chip {
            name: name.clone(),
            path: visit.frame("/").to(&question.path()),
            is_current: false,
        }
    };
    let mut page = Search {
        frame: visit.unlisted(known.clone()),
        place: understood.near.is_some().then(|| question.near.clone()),
        suggestions: understood.suggestions.iter().map(suggestion).collect(),
        wrong: understood.wrong.clone(),
        meetups: Vec::new(),
        communities: Vec::new(),
        next: None,
        question,
    };
    if page.wrong.is_none() {
        find(&pages, &reading, &visit, &understood, &mut page).await?;
    }
    Ok(shown(&page))
}

/// Where the page is of what was pasted instead of words or a place.
async fn page_of(pages: &Pages, question: &Question) -> Result<Option<String>, Problem> {
    let pasted = [&question.near, &question.words];
    let Some(pasted) = pasted.into_iter().find(|text| is_identifier(text)) else {
        return Ok(None);
    };
    Ok(named::page_of(&pages.api.reading()?, pasted).await?)
}

/// Puts on the page what is found.
async fn find(
    pages: &Pages,
    reading: &Reading,
    visit: &Visit,
    understood: &Understood,
    page: &mut Search,
) -> Result<(), Problem> {
    let (now, site, searching) = (reading.now(), visit.site(), pages.api.searches());
    let known = page.question.path();
    let list = visit.list(&known);
    let point = understood.near.map(|Near(point)| point);
    let (from, to) = window(&page.question.when, now, point);
    let meetups = Wanted {
        to: to.map(Moment),
        ..understood.narrowed(visit.coming(from, MEETUPS_MAX))
    };
    let found = reading.meetups(&meetups.listing(&list, searching)?).await?;
    let found = list.list(found, |view| views::meetup(view, now, site));
    page.next = visit.next(&known, &found);
    page.meetups = found.items;
    let is_narrow = point.is_some() || understood.words.is_some() || !understood.topic.is_empty();
    if is_narrow && visit.value("cursor").is_none() {
        let communities = understood.narrowed(Wanted {
            limit: Some(Limit::of(COMMUNITIES_MAX)),
            ..Wanted::default()
        });
        let found = reading
            .communities(&communities.listing(&list, searching)?)
            .await?;
        let found = found.items.iter();
        page.communities = found.map(|view| views::community(view, site)).collect();
    }
    Ok(())
}

fn question(visit: &Visit) -> Question {
    let value = |name| visit.value(name).unwrap_or_default().to_owned();
    Question {
        near: value("near"),
        when: value("when"),
        words: value("q"),
        topic: value("topic"),
        radius: value("radius"),
    }
}

impl Understood {
    fn read(question: &Question) -> Understood {
        let mut understood = Understood::default();
        understood.near = understood.take(&question.near);
        if understood.wrong.is_some() {
            let cities = Gazetteer::suggest(&question.near).into_iter();
            let cities = cities.take(SUGGESTIONS_MAX).map(|city| city.label());
            understood.suggestions = cities.collect();
        }
        understood.radius = understood
            .take(&question.radius)
            .filter(|_| understood.near.is_some());
        match is_identifier(&question.words) {
            // It is of nothing that is here.
            true => understood.wrong = Some(shortened(&question.words)),
            false => understood.words = understood.take(&question.words),
        }
        understood.topic = understood.take(&question.topic).into_iter().collect();
        understood
    }

    /// A value; what is none is remembered as wrong.
    fn take<T: Parameter>(&mut self, typed: &str) -> Option<T> {
        if typed.is_empty() {
            return None;
        }
        let read = T::read(typed).ok();
        if read.is_none() {
            self.wrong = Some(shortened(typed));
        }
        read
    }

    fn narrowed(&self, wanted: Wanted) -> Wanted {
        Wanted {
            near: self.near,
            radius: self.radius,
            q: self.words.clone(),
            topic: self.topic.clone(),
            ..wanted
        }
    }
}

fn is_identifier(text: &str) -> bool {
    reference::named(text).is_some()
}

fn shortened(typed: &str) -> String {
    typed.chars().take(WRONG_CHARACTERS_MAX).collect()
}

/// From when to when, where the search is about; from now on if the word is not known.
fn window(when: &str, now: u64, place: Option<Point>) -> (u64, Option<u64>) {
    let window = local(now, zone_of(place)).and_then(|now| days(when, &now));
    match window {
        Some((from, to)) => (seconds(&from).max(now), Some(seconds(&to))),
        None => (now, None),
    }
}

/// The clocks of a place; of no place, UTC.
pub(super) fn zone_of(place: Option<Point>) -> TimeZone {
    let zone = place.and_then(|place| TimeZone::get(Gazetteer::nearest(place).timezone()).ok());
    zone.unwrap_or(TimeZone::UTC)
}

/// Unix seconds as these clocks show them.
pub(super) fn local(seconds: u64, zone: TimeZone) -> Option<Zoned> {
    let moment = Timestamp::from_second(i64::try_from(seconds).ok()?).ok()?;
    Some(moment.to_zoned(zone))
}

fn days(when: &str, now: &Zoned) -> Option<(Zoned, Zoned)> {
    let day = |date: Date| now.time_zone().to_zoned(date.at(0, 0, 0, 0)).ok();
    let today = now.date();
    let (first, after) = match when {
        "today" => (today, today.tomorrow().ok()?),
        "week" => (today, today.checked_add(7.days()).ok()?),
        "month" => (today, today.checked_add(30.days()).ok()?),
        "weekend" => {
            let first = match today.weekday() {
                Weekday::Saturday | Weekday::Sunday => today,
                _ => today.nth_weekday(1, Weekday::Saturday).ok()?,
            };
            (first, first.nth_weekday(1, Weekday::Monday).ok()?)
        }
        date => {
            let date: Date = date.parse().ok()?;
            (date, date.tomorrow().ok()?)
        }
    };
    let (from, to) = (day(first)?, day(after)?);
    (to > *now).then_some((from, to))
}

/// Unix seconds of a moment.
pub(super) fn seconds(moment: &Zoned) -> u64 {
    u64::try_from(moment.timestamp().as_second()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> u64 {
        seconds(&text.parse().unwrap())
    }

    #[test]
    fn words_for_times_mean_days_at_the_place() {
        // A Wednesday evening in Berlin, and Thursday morning in Tokyo.
        let now = moment("2026-12-02T20:00[Europe/Berlin]");
        let tokyo = Point::new(35.68, 139.69).unwrap();
        let berlin = Point::new(52.52, 13.4).unwrap();
        for (when, place, from, to) in [
            (
                "today",
                berlin,
                "2026-12-02T20:00[Europe/Berlin]",
                "2026-12-03T00:00[Europe/Berlin]",
            ),
            (
                "today",
                tokyo,
                "2026-12-03T04:00[Asia/Tokyo]",
                "2026-12-04T00:00[Asia/Tokyo]",
            ),
            (
                "weekend",
                berlin,
                "2026-12-05T00:00[Europe/Berlin]",
                "2026-12-07T00:00[Europe/Berlin]",
            ),
            (
                "week",
                berlin,
                "2026-12-02T20:00[Europe/Berlin]",
                "2026-12-09T00:00[Europe/Berlin]",
            ),
            (
                "2026-12-24",
                tokyo,
                "2026-12-24T00:00[Asia/Tokyo]",
                "2026-12-25T00:00[Asia/Tokyo]",
            ),
        ] {
            let expected = (moment(from), Some(moment(to)));
            assert_eq!(window(when, now, Some(place)), expected, "{when}");
        }
        let sunday = moment("2026-12-06T12:00[UTC]");
        let monday = moment("2026-12-07T00:00[UTC]");
        assert_eq!(window("weekend", sunday, None), (sunday, Some(monday)));
        for unknown in ["", "yesterday", "2020-01-01", "9999-99-99"] {
            assert_eq!(window(unknown, now, None), (now, None), "{unknown}");
        }
    }
}
