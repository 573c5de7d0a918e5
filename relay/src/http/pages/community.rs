//! One community.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::Response;
use kith_nips::EventId;
use kith_nips::lbc::{ChannelMessage, Published};
use kith_web::pages::{Chat, Community, Message};
use kith_web::{Markdown, Mentioned, address};

use super::views::{self, Names};
use super::visit::Visit;
use super::{Pages, mentions, named, signed};
use crate::directory::{CommunityRecord, Messages, Reading};
use crate::http::api::problem::Problem;

/// The parameter that says from which second on older messages are read.
const BEFORE: &str = "before";
/// Messages of the chat on a page.
const MESSAGES_MAX: usize = 30;
/// Coming meetups on a page.
const UPCOMING_MAX: usize = 10;
/// Past meetups on the page.
const PAST_MAX: usize = 6;
/// Members who are named.
const MEMBERS_MAX: usize = 48;
/// Followers who are named.
const FOLLOWERS_MAX: usize = 24;

pub(super) async fn show(
    State(pages): State<Pages>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let (reading, record) = match named::community(&pages, &id).await {
        Ok(found) => found,
        Err(problem) => return named::elsewhere(&pages, &visit, &id, problem).await,
    };
    let (now, site) = (reading.now(), visit.site());
    let known = views::link(&record).path();
    let list = visit.list(&known);
    let coming = visit.coming(now, UPCOMING_MAX);
    let coming = coming.listing(&list, pages.api.searches())?;
    let upcoming = reading.meetups_of(&record, &coming).await?;
    let upcoming = list.list(upcoming, |view| views::meetup(view, now, site));
    let past = reading.past_of(&record, PAST_MAX).await?;
    let past = past.iter().map(|view| views::meetup(view, now, site));
    let members = reading.members(&record, None, MEMBERS_MAX).await?.items;
    let followers = reading.followers(&record, FOLLOWERS_MAX).await?;
    let owner = record.owner();
    let said = said(&reading, &record, &visit).await?;
    let authors = said.iter().flat_map(|(_, said)| &said.messages);
    let authors = authors.map(|message| message.author);
    let people = members.iter().map(|member| member.person).chain(authors);
    let people = people.chain(followers.iter().copied());
    let names = Names::of(&reading, people.collect::<BTreeSet<_>>()).await?;
    let texts = said.iter().flat_map(|(_, said)| &said.messages);
    let texts = texts.map(|message| message.text.as_str());
    let texts = texts.chain([record.description()]);
    let mentioned = mentions::mentioned(&reading, &visit, texts).await?;
    let view = reading.community(record).await?;
    Ok(signed(&Community {
        frame: visit.frame(known.as_str()),
        card: views::community(&view, site),
        description: Markdown::read(view.record.description(), site.pictures, &mentioned),
        owner: names.person(owner),
        organizer: owner.to_string(),
        members: members
            .iter()
            .filter(|member| !member.is_owner)
            .map(|member| names.person(member.person))
            .collect(),
        followers: followers
            .iter()
            .map(|person| names.person(*person))
            .collect(),
        next: visit.next(&known, &upcoming),
        upcoming: upcoming.items,
        past: past.collect(),
        chat: said.map(|(room, said)| chat(room, said, &known, &visit, &names, &mentioned)),
    }))
}

/// The main room, and what is said in it; without a room there is no chat.
async fn said(
    reading: &Reading,
    record: &CommunityRecord,
    visit: &Visit,
) -> Result<Option<(EventId, Messages)>, Problem> {
    let Some(room) = reading.room(record).await? else {
        return Ok(None);
    };
    let until = visit.value(BEFORE).and_then(|until| until.parse().ok());
    let said = reading.messages(record, room, until, MESSAGES_MAX).await?;
    Ok(Some((room, said)))
}

fn chat(
    room: EventId,
    said: Messages,
    known: &str,
    visit: &Visit,
    names: &Names,
    mentioned: &Mentioned,
) -> Chat {
    let older = said.before.map(|before| {
        let path = address(known, &[(BEFORE, &before.to_string())]);
        format!("{}#chat", visit.frame(known).to(&path))
    });
    let message = |message: &Published<ChannelMessage>| Message {
        id: message.id.to_string(),
        author: names.person(message.author),
        by: message.author.to_string(),
        lines: views::lines(&message.text, mentioned),
        created_at: message.created_at,
    };
    Chat {
        room: room.to_string(),
        messages: said.messages.iter().map(message).collect(),
        older,
        is_older: visit.value(BEFORE).is_some(),
    }
}
