//! Drafts of everybody: answering a meetup, commenting on it, chatting, joining the relay.

use kith_nips::EventId;
use kith_nips::nip56::Reported;
use kith_web::drafts::{self, ChatRoom, CommentOn, ReportOf, RsvpTo};

use super::{Desk, Drafting};
use crate::directory::CommunityRecord;
use crate::http::api::problem::Problem;
use crate::http::pages::Pages;

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
            let found = desk.reading.message(&[channel], id).await?;
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

/// Fields `meetup` or `community`, `note` (id of a comment or message in it; without one the whole is
/// reported), `type`, `text`.
pub(super) async fn report(desk: &Desk<'_>) -> Drafting {
    let missing = || desk.wrong("", "missing-parent");
    let note = desk.form.text("note").map(EventId::from_hex).transpose();
    let note = note.map_err(|_| missing())?;
    if desk.form.has("meetup") {
        let view = desk.meetup().await?;
        let meetup = &view.meetup;
        let (person, reported, shown) = match note {
            Some(id) => {
                let comment = desk.reading.comment(&view, id).await?.ok_or_else(missing)?;
                (comment.author, Reported::Event(id), "signs-report")
            }
            None => {
                let version = Reported::Versions(meetup.address(), meetup.id);
                (meetup.author, version, "signs-report-meetup")
            }
        };
        let title = &meetup.title;
        let of = ReportOf {
            person,
            reported,
            shown,
            title,
        };
        return Ok(drafts::report(desk.form, of, desk.sayer)?);
    }
    let record = desk.community().await?;
    let (person, reported, shown) = match note {
        Some(id) => {
            let rooms = desk.reading.rooms(&record).await?;
            let message = desk.reading.message(&rooms, id).await?;
            let author = message.ok_or_else(missing)?.author;
            (author, Reported::Event(id), "signs-report")
        }
        None => {
            let whole = Reported::Event(record.id());
            (record.owner(), whole, "signs-report-community")
        }
    };
    let title = &record.title();
    let of = ReportOf {
        person,
        reported,
        shown,
        title,
    };
    Ok(drafts::report(desk.form, of, desk.sayer)?)
}

/// Field `code`, where the relay has members.
pub(super) fn join(pages: &Pages, desk: &Desk<'_>) -> Drafting {
    match pages.has_members() {
        true => Ok(drafts::join(desk.form, desk.sayer)?),
        false => Err(Problem::not_found("draft").into()),
    }
}

fn is_muted(desk: &Desk<'_>, record: &CommunityRecord) -> bool {
    let author = desk.author().ok().flatten();
    author.is_some_and(|author| record.mutes(author))
}
