//! One meetup.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::Response;
use kith_nips::PublicKey;
use kith_nips::lbc::{Answer, Published};
use kith_nips::nip22;
use kith_web::pages::{Attendees, Comment, Meetup};
use kith_web::{Markdown, Text, WebLink};

use super::views::{self, Names, PLACE_CHARACTERS_MAX};
use super::visit::Visit;
use super::{Pages, shown};
use crate::directory::MeetupView;
use crate::http::api::problem::Problem;
use crate::http::api::reference;

/// People who are named.
const NAMED_MAX: usize = 48;
/// Comments on the page.
const COMMENTS_MAX: usize = 50;
/// Lines of a comment.
const COMMENT_LINES_MAX: usize = 40;
/// Characters of a line of a comment.
const LINE_CHARACTERS_MAX: usize = 1_000;
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
    let missing = || Problem::not_found("meetup");
    let address = reference::meetup(&naddr).map_err(|_| missing())?;
    let reading = pages.api.reading()?;
    let view = reading.meetup(&address).await?.ok_or_else(missing)?;
    let comments = reading.comments(&view, COMMENTS_MAX).await?;
    let going = going(&view);
    let authors = comments.comments.iter().map(|comment| comment.author);
    let people = going
        .iter()
        .copied()
        .chain(authors)
        .chain([view.meetup.author]);
    let names = Names::of(&reading, people.collect::<BTreeSet<_>>()).await?;
    let card = views::meetup(&view, reading.now(), visit.site());
    let meetup = &view.meetup;
    let place = |place: &String| Text::line(place, PLACE_CHARACTERS_MAX);
    Ok(shown(&Meetup {
        frame: visit.frame(card.path()),
        description: Markdown::read(&meetup.description, visit.site().pictures),
        plain: Text::line(&meetup.description, PLAIN_CHARACTERS_MAX),
        places: meetup.places.iter().take(PLACES_MAX).map(place).collect(),
        topics: views::topics(&meetup.topics),
        links: links(&meetup.links),
        author: names.person(meetup.author),
        attendees: attendees(&view, &going, &names),
        comments: comments
            .comments
            .iter()
            .map(|one| comment(one, &names))
            .collect(),
        has_more_comments: comments.has_more,
        card,
    }))
}

/// Who comes, members first, in the order of answering.
fn going(view: &MeetupView) -> Vec<PublicKey> {
    let tally = view.rsvps.iter().map(|rsvps| &rsvps.tally);
    let going = tally.flat_map(|tally| tally.with(Answer::Accepted));
    going
        .take(NAMED_MAX)
        .map(|attendee| attendee.person)
        .collect()
}

fn attendees(view: &MeetupView, going: &[PublicKey], names: &Names) -> Attendees {
    let count = |answer| {
        let rsvps = view.rsvps.as_ref();
        rsvps.map_or(0, |rsvps| rsvps.tally.count(answer)) as u64
    };
    Attendees {
        going: going.iter().map(|person| names.person(*person)).collect(),
        accepted: count(Answer::Accepted),
        tentative: count(Answer::Tentative),
        declined: count(Answer::Declined),
    }
}

fn links(links: &[String]) -> Vec<WebLink> {
    let links = links.iter().filter_map(|link| WebLink::read(link));
    links.take(LINKS_MAX).collect()
}

fn comment(comment: &Published<nip22::Comment>, names: &Names) -> Comment {
    let lines = comment.text.lines().take(COMMENT_LINES_MAX);
    let lines = lines.map(|line| Text::line(line, LINE_CHARACTERS_MAX));
    Comment {
        author: names.person(comment.author),
        lines: lines.filter(|line| !line.is_empty()).collect(),
        created_at: comment.created_at,
        is_reply: comment.reply.is_some(),
    }
}
