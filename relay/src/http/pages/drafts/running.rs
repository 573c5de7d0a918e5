//! Drafts of owners: members, the muted, their own meetups, what is hidden. The stored lists are read, and the
//! whole new ones given.

use std::sync::Arc;

use kith_nips::lbc::{ChannelMessage, Published};
use kith_nips::{Address, EventId};
use kith_web::drafts::{self, Drafted, Running};

use super::{Desk, Drafting, Refused};
use crate::directory::CommunityRecord;
use crate::http::api::reference;
use crate::http::pages::organize::path_of;

/// Proposals that are decided at once.
const MEETUPS_MAX: usize = 100;

/// Fields `community`, `person`, `action`, `reason`, `pubkey`.
pub(super) async fn members(desk: &Desk<'_>) -> Drafting {
    let record = desk.own_community().await?;
    let person = desk.form.text("person").unwrap_or_default();
    let person = reference::person(person).map_err(|_| desk.wrong("person", "missing-person"))?;
    let title = record.title();
    let relay = desk.relay();
    let running = running(desk, &record, &title, relay.as_deref());
    let drafted = drafts::members(desk.form, &running, person, desk.sayer)?;
    Ok(with_page(drafted, &record, "members"))
}

/// Fields `community`, `add` and `remove` (naddr, several of each), `pubkey`.
pub(super) async fn calendar(desk: &Desk<'_>) -> Drafting {
    let record = desk.own_community().await?;
    let add = meetups(desk, "add")?;
    let take = meetups(desk, "remove")?;
    for address in &add {
        let view = desk.reading.meetup(address).await?;
        let view = view.filter(|view| view.is_of(record.id()));
        view.ok_or_else(|| desk.wrong("", "missing-meetup"))?;
    }
    let title = record.title();
    let relay = desk.relay();
    let running = running(desk, &record, &title, relay.as_deref());
    let drafted = drafts::calendar(&running, &add, &take, desk.sayer)?;
    Ok(with_page(drafted, &record, "proposals"))
}

/// Fields `community`, `message` (id), `reason`, `pubkey`.
pub(super) async fn hide(desk: &Desk<'_>) -> Drafting {
    let record = desk.community().await?;
    let message = message(desk, &record).await?;
    Ok(drafts::hide(
        desk.form,
        message.id,
        &record.title(),
        desk.sayer,
    )?)
}

/// Fields `community`, `message` (id; its author is hidden), `pubkey`.
pub(super) async fn hide_person(desk: &Desk<'_>) -> Drafting {
    let record = desk.community().await?;
    let message = message(desk, &record).await?;
    match desk.author()? {
        Some(author) if author == record.owner() => Err(desk.wrong("", "owner-mutes")),
        _ => Ok(drafts::hide_person(message.author, desk.sayer)?),
    }
}

/// The message of the chat that the form names.
async fn message(
    desk: &Desk<'_>,
    record: &CommunityRecord,
) -> Result<Published<ChannelMessage>, Refused> {
    let missing = || desk.wrong("", "missing-parent");
    let id = desk.form.text("message").unwrap_or_default();
    let id = EventId::from_hex(id).map_err(|_| missing())?;
    let rooms = desk.reading.rooms(record).await?;
    let message = desk.reading.message(&rooms, id).await?;
    message.ok_or_else(missing)
}

fn running<'a>(
    desk: &Desk<'_>,
    record: &'a CommunityRecord,
    title: &'a str,
    relay: Option<&'a str>,
) -> Running<'a> {
    Running {
        community: &record.community,
        title,
        members: record.members.as_ref(),
        muted: record.muted.as_ref(),
        calendar: record.calendar.as_ref(),
        relay,
        now: desk.reading.now(),
    }
}

fn meetups(desk: &Desk<'_>, field: &'static str) -> Result<Vec<Address>, Refused> {
    let named = desk.form.all(field).take(MEETUPS_MAX);
    let read = named.map(reference::meetup);
    let read: Result<Vec<Address>, _> = read.collect();
    read.map_err(|_| desk.wrong("", "missing-meetup"))
}

fn with_page(drafted: Drafted, record: &Arc<CommunityRecord>, page: &str) -> Drafted {
    Drafted {
        then: Some(path_of(record, page)),
        ..drafted
    }
}
