//! Drafts of everybody: answering a meetup, commenting on it, chatting.

use kith_web::drafts::{self, ChatRoom, CommentOn, RsvpTo};

use super::{Desk, Drafting};
use crate::directory::CommunityRecord;

/// Fields `meetup`, `status`, `guests`, `note`, `pubkey`.
pub(super) async fn rsvp(desk: &Desk<'_>) -> Drafting {
    let view = desk.meetup().await?;
    let before = match desk.author()? {
        Some(author) => desk.reading.answers_of(&view, author).await?,
        None => Vec::new(),
    };
    let to = RsvpTo {
        meetup: &view.meetup,
        before: &before,
        relay: desk.relay(),
        now: desk.reading.now(),
    };
    Ok(drafts::rsvp(desk.form, to, desk.sayer)?)
}

/// Fields `meetup`, `text`, `parent`, `pubkey`.
pub(super) async fn comment(desk: &Desk<'_>) -> Drafting {
    let view = desk.meetup().await?;
    let mut hosts = view.communities.iter();
    let is_muted = |record: &CommunityRecord| is_muted(desk, record);
    if hosts.any(|host| is_muted(&host.record)) {
        return Err(desk.wrong("", "muted-here"));
    }
    let parent = match desk.parent()? {
        Some(id) => {
            let found = desk.reading.comment(&view, id).await?;
            Some(found.ok_or_else(|| desk.wrong("", "missing-parent"))?)
        }
        None => None,
    };
    let on = CommentOn {
        meetup: &view.meetup,
        parent: parent.as_ref(),
        relay: desk.relay(),
    };
    Ok(drafts::comment(desk.form, on, desk.sayer)?)
}

/// Fields `community`, `text`, `parent`, `pubkey`.
pub(super) async fn chat(desk: &Desk<'_>) -> Drafting {
    let record = desk.community().await?;
    if is_muted(desk, &record) {
        return Err(desk.wrong("", "muted-here"));
    }
    let room = desk.reading.room(&record).await?;
    let channel = room.ok_or_else(|| desk.wrong("", "no-chat"))?;
    let parent = match desk.parent()? {
        Some(id) => {
            let found = desk.reading.message(channel, id).await?;
            Some(found.ok_or_else(|| desk.wrong("", "missing-parent"))?)
        }
        None => None,
    };
    let room = ChatRoom {
        title: &record.title(),
        channel,
        parent: parent.as_ref(),
        relay: desk.relay(),
        now: desk.reading.now(),
    };
    Ok(drafts::chat(desk.form, room, desk.sayer)?)
}

fn is_muted(desk: &Desk<'_>, record: &CommunityRecord) -> bool {
    let author = desk.author().ok().flatten();
    author.is_some_and(|author| record.mutes(author))
}
