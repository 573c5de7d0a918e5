//! Planning a meetup, or a series of them.

use std::collections::BTreeSet;

use kith_nips::PublicKey;
use kith_nips::extensions::attendance::{CAPACITY_MAX, GUESTS_MAX, Terms};
use kith_nips::extensions::{Plan, SeriesId, SeriesPlan, Setting, first_day, occurrences};
use kith_nips::lbc::{Community, Location, Meetup, Note, Published, SUMMARY_CHARACTERS_MAX, Slug};
use kith_nips::nip01::Draft;
use kith_nips::nip52::When;
use kith_nips::place::Gazetteer;

use super::form::Form;
use super::repeat;
use super::said::{Drafted, Problems, Sayer};
use super::values::Values;
use super::{details, hosts, place, time};

/// Characters of a place in words.
const PLACE_CHARACTERS_MAX: usize = 200;

/// Who plans where and when.
#[derive(Debug)]
pub struct Planning<'a> {
    /// The community that it is for.
    pub community: &'a Published<Community>,
    /// Where the community is.
    pub home: Option<&'a Location>,
    /// Whose meetup it is. By anybody but the owner it is a proposal.
    pub author: PublicKey,
    /// The `d` values that the author has used, which a new meetup must not have.
    pub used: &'a BTreeSet<String>,
    /// A relay that has the community.
    pub relay: Option<&'a str>,
    /// Now, Unix seconds.
    pub now: u64,
}

/// What a form says of a meetup.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) plan: Plan,
    pub(super) when: When,
}

/// Meetups: fields `title`, `summary`, `description`, `day`, `begins`, `ends`, `last_day`, `zone`, `place`,
/// `city`, `latitude`, `longitude`, `image`, `topics`, `links`, `capacity`, `guests_max`, `answer_by`,
/// `hosts`, `repeat`, `every`, `count`, `until`.
///
/// # Errors
/// What is wrong with the form.
pub fn meetup(form: &Form, planning: &Planning<'_>, sayer: Sayer) -> Result<Drafted, Problems> {
    let notes = notes(form, planning, sayer)?;
    let drafts: Result<Vec<Draft>, _> = notes.iter().map(Note::draft).collect();
    let drafts = drafts.map_err(|_| Problems::one("last_day", sayer.say("field-date")))?;
    let first = notes.first().map_or("", |meetup| meetup.title.as_str());
    let is_proposal = planning.author != planning.community.owner();
    let shown = match (drafts.len(), is_proposal) {
        (1, false) => sayer.say_of("signs-meetup", first),
        (1, true) => sayer.say_of("signs-proposal", first),
        (count, _) => sayer.say_counted("signs-series", first, count as u64),
    };
    Ok(Drafted::new(drafts, shown))
}

/// The first of the meetups that [`meetup`] makes, to be looked at before it is published.
///
/// # Errors
/// What is wrong with the form.
pub fn preview(form: &Form, planning: &Planning<'_>, sayer: Sayer) -> Result<Meetup, Problems> {
    let mut notes = notes(form, planning, sayer)?.into_iter();
    let needed = || Problems::one("day", sayer.say("field-needed"));
    notes.next().ok_or_else(needed)
}

fn notes(form: &Form, planning: &Planning<'_>, sayer: Sayer) -> Result<Vec<Meetup>, Problems> {
    let Said { plan, when } = said(form, None, planning.home, sayer)?;
    let rule = repeat::rule(form, &when, sayer)?;
    let setting = Setting {
        community: planning.community,
        author: planning.author,
        relay: planning.relay,
        now: planning.now,
    };
    let too_long = |_| {
        Problems::one(
            "summary",
            sayer.count("field-too-long", SUMMARY_CHARACTERS_MAX),
        )
    };
    let community = planning.community.id;
    let Some(rule) = rule else {
        let is_used = |slug: &Slug| planning.used.contains(&slug.identifier(community));
        let slug = Slug::unused(&plan.title, first_day(&when), is_used);
        return Ok(vec![plan.note(&setting, &slug, when).map_err(too_long)?]);
    };
    let dates = occurrences(&rule, &when).map_err(|error| repeat::problem(&error, sayer))?;
    let is_used = |id: &SeriesId| {
        let mut slugs = dates.iter().map(|occurrence| id.slug(occurrence.day));
        slugs.any(|slug| planning.used.contains(&slug.identifier(community)))
    };
    let id = unused(&plan.title, is_used);
    let series = SeriesPlan {
        plan: &plan,
        first: &when,
        rule: &rule,
        id: &id,
    };
    let notes = dates.iter().map(|date| series.note(&setting, date));
    notes.collect::<Result<_, _>>().map_err(too_long)
}

/// An id that no series of the author in this community has on these days.
fn unused(title: &str, is_used: impl Fn(&SeriesId) -> bool) -> SeriesId {
    let first = SeriesId::from_title(title);
    let others = (2..1_000).filter_map(|number| format!("{first}-{number}").parse().ok());
    let mut all = std::iter::once(first.clone()).chain(others);
    all.find(|id| !is_used(id)).unwrap_or(first)
}

/// Reads the fields; `before` is the meetup that is changed, `home` is where a new one is if nothing is said.
pub(super) fn said(
    form: &Form,
    before: Option<&Meetup>,
    home: Option<&Location>,
    sayer: Sayer,
) -> Result<Said, Problems> {
    let mut problems = Problems::default();
    let wrong = &mut problems;
    let known = before.map(Plan::of).unwrap_or_default();
    let location = before.map(|before| &before.location).or(home);
    let placed = place::placed(form, location, sayer, wrong);
    let of_home = home.and_then(Location::point).and_then(Gazetteer::city_at);
    let zone = placed.zone.or(of_home.map(|city| city.timezone()));
    let when = time::when(form, zone, sayer, wrong);
    let most = details::DESCRIPTION_CHARACTERS_MAX;
    let summary = sayer.optional(form, "summary", SUMMARY_CHARACTERS_MAX, wrong);
    let answer_by = when
        .as_ref()
        .and_then(|when| time::moment(form, "answer_by", when, sayer, wrong));
    let plan = Plan {
        title: details::title(form, sayer, wrong),
        summary: details::line(summary, "summary", sayer, wrong),
        description: sayer.optional(form, "description", most, wrong),
        places: places(form, &known.places, sayer, wrong),
        location: placed.location,
        image: details::image(form, known.image.as_deref(), sayer, wrong),
        topics: details::topics(form, sayer, wrong),
        links: details::links(form, &known.links, sayer, wrong),
        terms: Terms {
            capacity: sayer
                .number(form, "capacity", CAPACITY_MAX, wrong)
                .filter(|seats| *seats > 0),
            guests_max: sayer.number(form, "guests_max", GUESTS_MAX, wrong),
            answer_by,
            published_at: known.terms.published_at,
        },
        hosts: hosts::read(form, &known.hosts, sayer, wrong),
        ..known
    };
    problems.none()?;
    match when {
        Some(when) => Ok(Said { plan, when }),
        None => Err(Problems::one("day", sayer.say("field-needed"))),
    }
}

/// What the fields show of a meetup.
pub fn meetup_values(meetup: &Meetup) -> Values {
    let mut values = Values::default();
    values.set("title", &meetup.title);
    values.set("summary", meetup.summary.as_str());
    values.set("description", &meetup.description);
    values.set("place", meetup.places.first().cloned().unwrap_or_default());
    values.set("image", meetup.image.clone().unwrap_or_default());
    values.set("topics", details::written(&meetup.topics));
    values.set("links", meetup.links.join("\n"));
    hosts::fill(&mut values, meetup);
    place::fill(&mut values, &meetup.location);
    let terms = Terms::read(meetup);
    values.set_number("capacity", terms.capacity);
    values.set_number("guests_max", terms.guests_max);
    if let Some(when) = &meetup.when {
        time::fill(&mut values, when);
        if let Some(at) = terms.answer_by {
            time::fill_moment(&mut values, "answer_by", at, when);
        }
    }
    values
}

/// What the fields show of a meetup that is not planned yet, in a community that is there.
pub fn new_meetup_values(home: Option<&Location>) -> Values {
    let mut values = Values::default();
    if let Some(home) = home {
        place::fill(&mut values, home);
        let city = home.point().and_then(Gazetteer::city_at);
        values.set("zone", city.map(|city| city.timezone()).unwrap_or_default());
    }
    values
}

/// The first place in words; the others stay.
fn places(form: &Form, before: &[String], sayer: Sayer, problems: &mut Problems) -> Vec<String> {
    let place = sayer.optional(form, "place", PLACE_CHARACTERS_MAX, problems);
    let place = details::line(place, "place", sayer, problems);
    let first = Some(place).filter(|place| !place.is_empty());
    first
        .into_iter()
        .chain(before.iter().skip(1).cloned())
        .collect()
}

#[cfg(test)]
mod tests;
