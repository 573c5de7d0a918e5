//! An announcement: what is said, to whom, and where they receive it. The browser seals and sends it; nothing
//! of it comes to this relay but the wraps for those who have their inbox here.

use std::ops::Bound;
use std::sync::Arc;

use kith_nips::PublicKey;
use kith_web::drafts::{Announcement, Recipient, Recipients};

use super::{Desk, Drafting, Refused};
use crate::directory::{CommunityRecord, MeetupView};
use crate::http::pages::organize::is_first;
use crate::http::pages::views::Names;

/// People of one answer; with `after` come those behind.
const RECIPIENTS_MAX: usize = 200;

/// Fields `community`, `audience`, `meetup` (naddr), `text`, `after` (key), `pubkey`.
pub(super) async fn announce(desk: &Desk<'_>) -> Drafting {
    let record = desk.community().await?;
    let announcement = Announcement::read(desk.form, desk.sayer)?;
    let view = match announcement.audience.is_of_meetup() {
        true => Some(meetup_of(desk, &record).await?),
        false => None,
    };
    let sender = desk.signer()?;
    let title = match &view {
        Some(view) => view.meetup.title.clone(),
        None => record.title(),
    };
    let author = view.as_ref().map(|view| view.meetup.author);
    if sender != record.owner() && Some(sender) != author {
        return Err(desk.not_yours(&title));
    }
    let answers = view.as_ref().and_then(|view| view.rsvps.as_ref());
    let found = desk
        .reading
        .audience(announcement.audience, sender, &record, answers);
    let found = found.await?;
    if found.people.is_empty() {
        return Err(desk.wrong("audience", "announce-nobody"));
    }
    let begin = after(desk)?.map_or(Bound::Unbounded, Bound::Excluded);
    let behind = found.people.range((begin, Bound::Unbounded));
    let some: Vec<PublicKey> = behind.copied().take(RECIPIENTS_MAX + 1).collect();
    let last = some.get(RECIPIENTS_MAX.saturating_sub(1));
    let next = last.filter(|_| some.len() > RECIPIENTS_MAX);
    let recipients = Recipients {
        target: match &view {
            Some(view) => view.meetup.address().to_string(),
            None => record.id().to_string(),
        },
        all: found.people.len(),
        cut: found.cut,
        next: next.map(ToString::to_string),
        people: recipients(desk, some.get(..RECIPIENTS_MAX).unwrap_or(&some)).await?,
    };
    Ok(announcement.drafted(&title, recipients, desk.sayer))
}

/// The meetup that the form names, whose people are those of this community.
async fn meetup_of(desk: &Desk<'_>, record: &Arc<CommunityRecord>) -> Result<MeetupView, Refused> {
    let view = desk.meetup().await?;
    match is_first(&view, record) {
        true => Ok(view),
        false => Err(desk.wrong("meetup", "missing-meetup")),
    }
}

/// Behind whom this part begins.
fn after(desk: &Desk<'_>) -> Result<Option<PublicKey>, Refused> {
    let after = desk.form.text("after").map(PublicKey::from_hex);
    let after = after.transpose();
    after.map_err(|_| desk.wrong("", "missing-person"))
}

async fn recipients(desk: &Desk<'_>, some: &[PublicKey]) -> Result<Vec<Recipient>, Refused> {
    let names = Names::of(&desk.reading, some.iter().copied().collect()).await?;
    let mut inboxes = desk.reading.inboxes(some.iter().copied()).await?;
    let of = |person: &PublicKey| {
        let relays = inboxes.remove(person).unwrap_or_default();
        Recipient::new(person.to_string(), &names.person(*person), relays)
    };
    Ok(some.iter().map(of).collect())
}
