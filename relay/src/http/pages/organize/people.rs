//! Members, proposals and attendees, for who organizes. All of it is public.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use kith_nips::extensions::attendance::no_formula;
use kith_nips::lbc::{Answer, Attendee, Group, Standing};
use kith_web::pages::{AttendeeRow, AttendeesPage, MembersPage, Organizing, ProposalsPage, Tab};
use kith_web::{Text, path};

use super::{about, first, path_of};
use crate::directory::{MeetupView, Rsvps};
use crate::http::api::listing::Wanted;
use crate::http::api::problem::Problem;
use crate::http::api::reference::npub;
use crate::http::api::values::{Limit, Moment};
use crate::http::insert;
use crate::http::pages::named::{community, meetup};
use crate::http::pages::views::{self, Names};
use crate::http::pages::visit::Visit;
use crate::http::pages::{Pages, signed};

/// People on the page of members, of each list.
const PEOPLE_MAX: usize = 500;
/// Coming meetups that are looked through for proposals.
const MEETUPS_MAX: usize = 100;
/// People on the page of attendees.
const ATTENDEES_MAX: usize = 1_000;
/// Characters of what somebody wrote.
const NOTE_CHARACTERS_MAX: usize = 1_000;

/// Members and the muted.
pub(in crate::http::pages) async fn members(
    State(pages): State<Pages>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let (reading, record) = community(&pages, &id).await?;
    let listed = record.members.iter().flat_map(|list| list.people());
    let listed: Vec<_> = listed
        .filter(|person| *person != record.owner())
        .take(PEOPLE_MAX)
        .collect();
    let muted = record.muted.iter().flat_map(|list| {
        let reason = |person| list.reason(person).unwrap_or_default().to_owned();
        let people = list.people().into_iter();
        people
            .map(|person| (person, reason(person)))
            .collect::<Vec<_>>()
    });
    let muted: Vec<_> = muted.take(PEOPLE_MAX).collect();
    let everybody = listed
        .iter()
        .copied()
        .chain(muted.iter().map(|(person, _)| *person));
    let names = Names::of(&reading, everybody.collect::<BTreeSet<_>>()).await?;
    let with_reason = |(person, reason): &(_, String)| {
        (
            names.person(*person),
            Text::line(reason, NOTE_CHARACTERS_MAX),
        )
    };
    Ok(signed(&MembersPage {
        frame: visit.unlisted(path_of(&record, "members")),
        about: about(&record, &visit, "members-title", Tab::Members),
        members: listed.iter().map(|person| names.person(*person)).collect(),
        muted: muted.iter().map(with_reason).collect(),
    }))
}

/// What others planned for the community.
pub(in crate::http::pages) async fn proposals(
    State(pages): State<Pages>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let (reading, record) = community(&pages, &id).await?;
    let wanted = Wanted {
        from: Some(Moment(reading.now())),
        limit: Some(Limit::of(MEETUPS_MAX)),
        ..Wanted::default()
    };
    let wanted = wanted.listing(&visit.list(""), pages.api.searches())?;
    let found = reading.meetups_of(&record, &wanted).await?.items;
    let by_others = found
        .iter()
        .filter(|view| view.meetup.author != record.owner());
    let is_own = |view: &&MeetupView| {
        let mut communities = view.communities.iter();
        communities.any(|one| one.record.id() == record.id() && one.standing == Standing::Official)
    };
    let (adopted, proposals): (Vec<_>, Vec<_>) = by_others.partition(is_own);
    let cards = |views: Vec<&MeetupView>| {
        let cards = views.into_iter();
        cards
            .map(|view| views::meetup(view, reading.now(), visit.site()))
            .collect()
    };
    Ok(signed(&ProposalsPage {
        frame: visit.unlisted(path_of(&record, "proposals")),
        about: about(&record, &visit, "proposals-title", Tab::Proposals),
        proposals: cards(proposals),
        adopted: cards(adopted),
    }))
}

/// Who answered a meetup.
pub(in crate::http::pages) async fn attendees(
    State(pages): State<Pages>,
    Path(naddr): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let (reading, view) = meetup(&pages, &naddr).await?;
    let rsvps = view.rsvps.clone().unwrap_or_default();
    let listed = || rsvps.tally.attendees.iter().take(ATTENDEES_MAX);
    let people: BTreeSet<_> = listed().map(|attendee| attendee.person).collect();
    let names = Names::of(&reading, people).await?;
    let row = |attendee: &Attendee| {
        let seat = seat(&rsvps, attendee);
        AttendeeRow {
            person: names.person(attendee.person),
            is_member: attendee.group == Group::Members,
            answer: match attendee.answer {
                Answer::Accepted => "answer-yes",
                Answer::Tentative => "answer-maybe",
                Answer::Declined => "answer-no",
            },
            waits: seat.is_some_and(|(has_seat, _)| !has_seat),
            guests: seat.map_or(0, |(_, guests)| u64::from(guests)),
            note: Text::line(&attendee.comment, NOTE_CHARACTERS_MAX),
        }
    };
    let card = views::meetup(&view, reading.now(), visit.site());
    let record = first(&view)?;
    Ok(signed(&AttendeesPage {
        frame: visit.unlisted(path(&["m", &card.naddr, "attendees"])),
        about: Organizing {
            owner: view.meetup.author.to_string(),
            ..about(&record, &visit, "attendees-title", Tab::Meetup)
        },
        attendees: listed().map(row).collect(),
        card,
    }))
}

/// The same for spreadsheets.
pub(in crate::http::pages) async fn attendees_csv(
    State(pages): State<Pages>,
    Path(naddr): Path<String>,
) -> Result<Response, Problem> {
    let (_, view) = meetup(&pages, &naddr).await?;
    let rsvps = view.rsvps.clone().unwrap_or_default();
    let mut text = String::from("npub,answer,member,answered_at,seat,guests,note\r\n");
    for attendee in &rsvps.tally.attendees {
        let at = i64::try_from(attendee.answered_at).unwrap_or(i64::MAX);
        let at = jiff::Timestamp::from_second(at).map(|at| at.to_string());
        let seat = seat(&rsvps, attendee);
        let fields = [
            npub(attendee.person),
            attendee.answer.as_str().to_owned(),
            if attendee.group == Group::Members {
                "yes"
            } else {
                "no"
            }
            .to_owned(),
            at.unwrap_or_default(),
            seat.map_or(
                "",
                |(has_seat, _)| if has_seat { "going" } else { "waiting" },
            )
            .to_owned(),
            seat.map_or(0, |(_, guests)| guests).to_string(),
            no_formula(&attendee.comment),
        ];
        text.push_str(&fields.map(|field| quoted(&field)).join(","));
        text.push_str("\r\n");
    }
    let mut response = Response::new(Body::from(text));
    insert(&mut response, CONTENT_TYPE, "text/csv; charset=utf-8");
    insert(
        &mut response,
        CONTENT_DISPOSITION,
        "attachment; filename=\"attendees.csv\"",
    );
    Ok(response)
}

/// A field as RFC 4180 §2 writes it.
fn quoted(field: &str) -> String {
    match field.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field.to_owned(),
    }
}

/// Whether somebody who said yes has a seat, and how many guests.
fn seat(rsvps: &Rsvps, attendee: &Attendee) -> Option<(bool, u32)> {
    let seat = rsvps.seating.as_ref()?.of(attendee.person)?;
    Some((seat.place.is_going(), seat.guests))
}
