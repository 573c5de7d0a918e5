//! What somebody says of themselves: the newest version that this relay or the browser knows is changed.

use std::sync::Arc;

use kith_nips::{Event, Kind, PublicKey};
use kith_web::drafts;

use super::{Desk, Drafting, Refused};

/// Fields `name`, `about`, `picture`, `website`, `nip05`, `pubkey`, and `before`: the profile (an event in JSON) that is
/// changed, where this relay may have an older one.
pub(super) async fn profile(desk: &Desk<'_>) -> Drafting {
    let author = desk.signer()?;
    let stored = desk.reading.profile(author).await?;
    let before = newest(stored, brought(desk, author)?);
    let now = desk.reading.now();
    Ok(drafts::profile(
        desk.form,
        before.as_deref(),
        now,
        desk.sayer,
    )?)
}

/// The version that the browser found elsewhere: what its author signed, and nothing else.
fn brought(desk: &Desk<'_>, author: PublicKey) -> Result<Option<Arc<Event>>, Refused> {
    let Some(text) = desk.form.text("before") else {
        return Ok(None);
    };
    let event = Event::parse(text).ok();
    let own = event.filter(|event| {
        event.kind() == Kind::PROFILE && event.pubkey() == author && event.verify().is_ok()
    });
    let own = own.ok_or_else(|| desk.wrong("", "form-unread"))?;
    Ok(Some(Arc::new(own)))
}

/// Of two of one second the one with the lower id (NIP-01).
fn newest(one: Option<Arc<Event>>, other: Option<Arc<Event>>) -> Option<Arc<Event>> {
    let both = one.into_iter().chain(other);
    both.max_by(|one, other| {
        let age = one.created_at().cmp(&other.created_at());
        age.then_with(|| other.id().cmp(&one.id()))
    })
}
