//! Drafts of organizers: communities and meetups.

use kith_nips::PublicKey;
use kith_web::drafts::{self, Drafted, Editing, Form, Founding, Planning, Problems, Sayer};
use kith_web::path;

use super::{Desk, Drafting, Refused};
use crate::directory::{CommunityRecord, MeetupView};
use crate::http::api::reference::naddr;

/// Fields of a community, `pubkey`; and `community` to describe one that is there.
pub(super) async fn community(desk: &Desk<'_>) -> Drafting {
    if desk.form.text("community").is_some() {
        return describe(desk).await;
    }
    let owner = desk.signer()?;
    let earlier = desk.reading.founded_by(owner).await?;
    let founding = Founding {
        owner,
        earlier: &earlier,
        relay: desk.relay(),
        now: desk.reading.now(),
    };
    Ok(drafts::found(desk.form, &founding, desk.sayer)?)
}

async fn describe(desk: &Desk<'_>) -> Drafting {
    let record = desk.own_community().await?;
    let drafted = drafts::describe(
        desk.form,
        &record.community,
        record.metadata.as_ref(),
        desk.reading.now(),
        desk.sayer,
    );
    Ok(drafted?)
}

/// Fields of a meetup, `community`, `pubkey`.
pub(super) async fn meetup(desk: &Desk<'_>) -> Drafting {
    let record = desk.community().await?;
    let author = desk.signer()?;
    if record.mutes(author) {
        return Err(desk.wrong("", "muted-here"));
    }
    let drafted = with_planning(desk, &record, author, drafts::meetup).await?;
    Ok(Drafted {
        then: drafted.drafts.first().map(|draft| {
            let identifier = draft.tags.iter().find_map(|tag| match tag.as_slice() {
                [name, value, ..] if name == "d" => Some(value.clone()),
                _ => None,
            });
            let address = kith_nips::Address {
                kind: draft.kind,
                pubkey: author,
                identifier: identifier.unwrap_or_default(),
            };
            path(&["m", &naddr(&address)])
        }),
        ..drafted
    })
}

/// Fields of a meetup, `meetup`, `scope`.
pub(super) async fn edit(desk: &Desk<'_>) -> Drafting {
    changed(desk, drafts::edit).await
}

/// Fields `meetup`, `scope`, `note`.
pub(super) async fn cancel(desk: &Desk<'_>) -> Drafting {
    changed(desk, drafts::cancel).await
}

async fn changed(
    desk: &Desk<'_>,
    change: impl Fn(&Form, &Editing<'_>, Sayer) -> Result<Drafted, Problems>,
) -> Drafting {
    let view = own_meetup(desk).await?;
    let drafted = with_editing(desk, &view, change).await?;
    Ok(Drafted {
        then: Some(path(&["m", &naddr(&view.meetup.address())])),
        ..drafted
    })
}

/// Makes something of a form about a new meetup.
pub(super) async fn with_planning<T>(
    desk: &Desk<'_>,
    record: &CommunityRecord,
    author: PublicKey,
    make: impl Fn(&Form, &Planning<'_>, Sayer) -> Result<T, Problems>,
) -> Result<T, Refused> {
    let used = desk.reading.identifiers_used(author, record.id()).await?;
    let relay = desk.relay();
    let planning = Planning {
        community: &record.community,
        home: record.metadata.as_ref().map(|about| &about.location),
        author,
        used: &used,
        relay: relay.as_deref(),
        now: desk.reading.now(),
    };
    Ok(make(desk.form, &planning, desk.sayer)?)
}

/// Makes something of a form about a meetup that is there.
pub(super) async fn with_editing<T>(
    desk: &Desk<'_>,
    view: &MeetupView,
    make: impl Fn(&Form, &Editing<'_>, Sayer) -> Result<T, Problems>,
) -> Result<T, Refused> {
    let series = desk.reading.series(&view.meetup).await?;
    let relay = desk.relay();
    let editing = Editing {
        meetup: &view.meetup,
        series: &series,
        relay: relay.as_deref(),
        now: desk.reading.now(),
    };
    Ok(make(desk.form, &editing, desk.sayer)?)
}

/// The meetup that the form names, if whoever signs wrote it.
pub(super) async fn own_meetup(desk: &Desk<'_>) -> Result<MeetupView, Refused> {
    let view = desk.meetup().await?;
    match desk.author()? {
        Some(author) if author != view.meetup.author => Err(desk.not_yours(&view.meetup.title)),
        _ => Ok(view),
    }
}
