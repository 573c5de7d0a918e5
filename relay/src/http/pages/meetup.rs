//! One meetup.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::Response;
use kith_nips::PublicKey;
use kith_nips::extensions::attendance::{GUESTS_MAX, Seating, Terms};
use kith_nips::extensions::hosts;
use kith_nips::lbc::{Answer, Published};
use kith_nips::nip22;
use kith_web::pages::{Attendees, Comment, Meetup, Seats};
use kith_web::{Frame, Markdown, Mentioned, Text, WebLink};

use super::views::{self, Names, PLACE_CHARACTERS_MAX};
use super::visit::Visit;
use super::{Pages, mentions, named, signed};
use crate::directory::{MeetupView, Reading};
use crate::http::api::problem::Problem;

/// People who are named.
const NAMED_MAX: usize = 48;
/// People who run it together with its author.
const HOSTS_MAX: usize = 12;
/// People whose answers are watched for being taken back.
const WATCHED_MAX: usize = 100;
/// Comments on the page.
const COMMENTS_MAX: usize = 50;
/// Places of a meetup.
const PLACES_MAX: usize = 4;
/// Further addresses of a meetup.
const LINKS_MAX: usize = 8;
/// Characters of a description that previews choose from.
const PLAIN_CHARACTERS_MAX: usize = 300;

pub(super) async fn show(
    State(pages): State<Pages>,
    Path(naddr): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let (reading, view) = match named::meetup(&pages, &naddr).await {
        Ok(found) => found,
        Err(problem) => return named::elsewhere(&pages, &visit, &naddr, problem).await,
    };
    let path = views::meetup_path(&view);
    page(&reading, &view, visit.frame(path), &visit).await
}

/// The page of a meetup.
pub(super) async fn page(
    reading: &Reading,
    view: &MeetupView,
    frame: Frame,
    visit: &Visit,
) -> Result<Response, Problem> {
    let comments = reading.comments(view, COMMENTS_MAX).await?;
    let going = going(view);
    let authors = comments.comments.iter().map(|comment| comment.author);
    let people = going
        .iter()
        .copied()
        .chain(authors)
        .chain(waiting(view))
        .chain([view.meetup.author])
        .chain(co_hosts(view));
    let names = Names::of(reading, people.collect::<BTreeSet<_>>()).await?;
    let texts = comments
        .comments
        .iter()
        .map(|comment| comment.text.as_str());
    let texts = texts.chain([view.meetup.description.as_str()]);
    let mentioned = mentions::mentioned(reading, visit, texts).await?;
    let card = views::meetup(view, reading.now(), visit.site());
    let keys: Vec<String> = co_hosts(view).map(|host| host.to_string()).collect();
    let meetup = &view.meetup;
    let place = |place: &String| Text::line(place, PLACE_CHARACTERS_MAX);
    Ok(signed(&Meetup {
        frame,
        address: meetup.address().to_string(),
        guests_max: guests_max(view, reading.now()),
        description: Markdown::read(&meetup.description, visit.site().pictures, &mentioned),
        plain: Text::line(&meetup.description, PLAIN_CHARACTERS_MAX),
        places: meetup.places.iter().take(PLACES_MAX).map(place).collect(),
        topics: views::topics(&meetup.topics),
        links: links(&meetup.links),
        author: names.person(meetup.author),
        organizer: meetup.author.to_string(),
        hosts: co_hosts(view).map(|host| names.person(host)).collect(),
        co_organizers: keys.join(" "),
        attendees: attendees(view, &going, &names),
        comments: comments
            .comments
            .iter()
            .map(|one| comment(one, &names, &mentioned))
            .collect(),
        has_more_comments: comments.has_more,
        card,
    }))
}

/// Who comes, members first, in the order of answering.
fn going(view: &MeetupView) -> Vec<PublicKey> {
    let rsvps = view.rsvps.as_ref();
    let going = rsvps
        .into_iter()
        .flat_map(|rsvps| rsvps.tally.with(Answer::Accepted));
    let seating = rsvps.and_then(|rsvps| rsvps.seating.as_ref());
    let has_seat = |person| {
        let seat = seating.and_then(|seating| seating.of(person));
        seat.is_none_or(|seat| seat.place.is_going())
    };
    going
        .filter(|attendee| has_seat(attendee.person))
        .take(NAMED_MAX)
        .map(|attendee| attendee.person)
        .collect()
}

/// Who runs it together with its author.
fn co_hosts(view: &MeetupView) -> impl Iterator<Item = PublicKey> {
    let others = hosts(&view.meetup).into_iter().map(|host| host.person);
    let author = view.meetup.author;
    others.filter(move |host| *host != author).take(HOSTS_MAX)
}

fn attendees(view: &MeetupView, going: &[PublicKey], names: &Names) -> Attendees {
    let count = |answer| {
        let rsvps = view.rsvps.as_ref();
        rsvps.map_or(0, |rsvps| rsvps.tally.count(answer)) as u64
    };
    let seating = view.rsvps.as_ref().and_then(|rsvps| rsvps.seating.as_ref());
    let seats_of = seating.map(|seating| &seating.seats);
    let without_seat = seats_of.into_iter().flatten();
    let without_seat = without_seat.filter(|seat| !seat.place.is_going()).count() as u64;
    let waiting = waiting(view);
    let everybody = view.rsvps.iter().flat_map(|rsvps| &rsvps.tally.attendees);
    let everybody = everybody.take(WATCHED_MAX);
    Attendees {
        people: everybody.map(|one| one.person.to_string()).collect(),
        going: going.iter().map(|person| names.person(*person)).collect(),
        // Who has no seat does not come.
        accepted: count(Answer::Accepted).saturating_sub(without_seat),
        tentative: count(Answer::Tentative),
        declined: count(Answer::Declined),
        seats: seating.and_then(seats),
        waiting: waiting.map(|person| names.person(person)).collect(),
    }
}

fn seats(seating: &Seating) -> Option<Seats> {
    Some(Seats {
        capacity: u64::from(seating.capacity?),
        taken: u64::from(seating.taken),
    })
}

/// Who waits for a seat, the first in line first.
fn waiting(view: &MeetupView) -> impl Iterator<Item = PublicKey> {
    let seating = view.rsvps.iter().filter_map(|rsvps| rsvps.seating.as_ref());
    let waiting = seating.flat_map(Seating::waiting);
    waiting.take(NAMED_MAX).map(|seat| seat.person)
}

/// How many guests each may bring; `None` when nobody can answer any more.
fn guests_max(view: &MeetupView, now: u64) -> Option<u32> {
    let meetup = &view.meetup;
    let is_over = meetup.when.as_ref().is_some_and(|when| when.is_over(now));
    let guests_max = Terms::read(meetup).guests_max.unwrap_or(GUESTS_MAX);
    (meetup.takes_answers() && !is_over).then_some(guests_max)
}

fn links(links: &[String]) -> Vec<WebLink> {
    let links = links.iter().filter_map(|link| WebLink::read(link));
    links.take(LINKS_MAX).collect()
}

fn comment(comment: &Published<nip22::Comment>, names: &Names, mentioned: &Mentioned) -> Comment {
    Comment {
        id: comment.id.to_string(),
        author: names.person(comment.author),
        lines: views::lines(&comment.text, mentioned),
        created_at: comment.created_at,
        is_reply: comment.reply.is_some(),
    }
}
