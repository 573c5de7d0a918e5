//! What has to do with a city, a topic or a person.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::Response;
use kith_nips::lbc;
use kith_nips::nip24::Profile;
use kith_nips::place::CityTag;
use kith_web::pages::{CityPage, PersonPage, TopicPage};
use kith_web::views::{City, CommunityCard, MeetupCard, Topic};
use kith_web::{Mentioned, Text, WebLink};

use super::views::{self, Names};
use super::visit::Visit;
use super::{Pages, named, shown};
use crate::directory::Reading;
use crate::http::api::listing::Wanted;
use crate::http::api::parameter::Parameter;
use crate::http::api::problem::Problem;
use crate::http::api::reference;
use crate::http::api::values::{InCity, Limit};
use crate::store::FacetsOf;

/// Meetups on a page.
const MEETUPS_MAX: usize = 20;
/// Communities on a page.
const COMMUNITIES_MAX: usize = 12;
/// Topics of a city.
const TOPICS_MAX: usize = 20;
/// Characters of a name and its host.
const IDENTIFIER_CHARACTERS_MAX: usize = 320;
/// Communities of a person.
const PERSONS_COMMUNITIES_MAX: usize = 50;

/// What a city or topic has.
struct Lists {
    meetups: Vec<MeetupCard>,
    next: Option<String>,
    communities: Vec<CommunityCard>,
}

pub(super) async fn city(
    State(pages): State<Pages>,
    Path((country, name)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Problem> {
    let text = format!("{country}:{name}");
    let missing = || Problem::not_found("city");
    let tag = CityTag::parse(&text).map_err(|_| missing())?;
    // Cities that are like one that nobody knows are looked for in the whole table.
    let reading = tokio::task::spawn_blocking(move || InCity::read(&text)).await;
    let city = reading.ok().and_then(Result::ok).ok_or_else(missing)?;
    let reading = pages.api.reading()?;
    let shown_city = City(tag);
    let known = shown_city.path();
    let here = |wanted| Wanted {
        city: Some(city.clone()),
        ..wanted
    };
    let lists = lists(&pages, &reading, &visit, &known, here).await?;
    let topics = FacetsOf::TopicsIn(shown_city.0.to_string());
    let topics = reading.facets(topics, TOPICS_MAX).await?;
    if lists.meetups.is_empty() && lists.communities.is_empty() {
        return Err(missing());
    }
    Ok(shown(&CityPage {
        frame: visit.frame(known),
        city: shown_city,
        meetups: lists.meetups,
        next: lists.next,
        communities: lists.communities,
        topics: views::counted_topics(topics),
    }))
}

pub(super) async fn topic(
    State(pages): State<Pages>,
    Path(name): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("topic");
    let topic = <lbc::Topic as Parameter>::read(&name).map_err(|_| missing())?;
    let reading = pages.api.reading()?;
    let shown_topic = Topic(topic.as_str().to_owned());
    let known = shown_topic.path();
    let about = |wanted| Wanted {
        topic: vec![topic.clone()],
        ..wanted
    };
    let lists = lists(&pages, &reading, &visit, &known, about).await?;
    if lists.meetups.is_empty() && lists.communities.is_empty() {
        return Err(missing());
    }
    Ok(shown(&TopicPage {
        frame: visit.frame(known),
        topic: shown_topic,
        meetups: lists.meetups,
        next: lists.next,
        communities: lists.communities,
    }))
}

async fn lists(
    pages: &Pages,
    reading: &Reading,
    visit: &Visit,
    known: &str,
    narrowed: impl Fn(Wanted) -> Wanted,
) -> Result<Lists, Problem> {
    let (now, site, searching) = (reading.now(), visit.site(), pages.api.searches());
    let list = visit.list(known);
    let meetups = narrowed(visit.coming(now, MEETUPS_MAX));
    let communities = narrowed(Wanted {
        limit: Some(Limit::of(COMMUNITIES_MAX)),
        ..Wanted::default()
    });
    let meetups = meetups.listing(&list, searching)?;
    let communities = communities.listing(&list, searching)?;
    let (meetups, communities) =
        tokio::try_join!(reading.meetups(&meetups), reading.communities(&communities))?;
    let meetups = list.list(meetups, |view| views::meetup(view, now, site));
    let communities = communities.items.iter();
    Ok(Lists {
        next: visit.next(known, &meetups),
        meetups: meetups.items,
        communities: communities
            .map(|view| views::community(view, site))
            .collect(),
    })
}

pub(super) async fn person(
    State(pages): State<Pages>,
    Path(npub): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let Ok(person) = reference::person(&npub) else {
        let missing = Problem::not_found("person");
        return named::elsewhere(&pages, &visit, &npub, missing).await;
    };
    let reading = pages.api.reading()?;
    let (now, site) = (reading.now(), visit.site());
    let agenda = visit.coming(now, MEETUPS_MAX);
    let agenda = agenda.listing(&visit.list(""), pages.api.searches())?;
    let (agenda, view) = tokio::try_join!(
        reading.agenda(person, &agenda),
        reading.person(person, None, PERSONS_COMMUNITIES_MAX),
    )?;
    let names = Names::of(&reading, BTreeSet::from([person])).await?;
    let profile = reading.profile(person).await?;
    let profile = profile.map_or_else(Profile::default, |event| Profile::read(event.content()));
    let identifier = pages.sources.names.identifier(&person);
    let identifier = identifier.map(|text| Text::line(&text, IDENTIFIER_CHARACTERS_MAX));
    let person = names.person(person);
    let entries = agenda.items.iter();
    let communities = view.communities.items.iter();
    Ok(shown(&PersonPage {
        // Where people go is not for search engines.
        frame: visit.unlisted(person.path()),
        meetups: entries
            .map(|entry| views::meetup(&entry.view, now, site))
            .collect(),
        communities: communities.map(|one| views::link(&one.record)).collect(),
        cities: view.cities.into_iter().map(City).collect(),
        topics: views::topics(&view.topics),
        person,
        identifier,
        about: views::lines(&profile.about.unwrap_or_default(), &Mentioned::default()),
        picture: views::picture(profile.picture.as_deref(), site),
        website: profile.website.as_deref().and_then(WebLink::read),
    }))
}
