//! Drafts from calendars of other programs.

use kith_nips::extensions::Setting;
use kith_web::drafts::{self, Drafted, Importing};

use super::{Desk, Drafting};
use crate::http::pages::organize::path_of;

/// Fields `community`, `calendar`, `pick`, `pubkey`.
pub(super) async fn import(desk: &Desk<'_>) -> Drafting {
    let record = desk.community().await?;
    let author = desk.signer()?;
    if record.mutes(author) {
        return Err(desk.wrong("", "muted-here"));
    }
    let used = desk.reading.identifiers_used(author, record.id()).await?;
    let known = desk.reading.meetups_by(author, record.id()).await?;
    let relay = desk.relay();
    let importing = Importing {
        setting: Setting {
            community: &record.community,
            author,
            relay: relay.as_deref(),
            now: desk.reading.now(),
        },
        metadata: record.metadata.as_ref().map(|about| &about.note),
        known: &known,
        used: &used,
    };
    let drafted = drafts::import(desk.form, &importing, desk.sayer)?;
    Ok(Drafted {
        then: Some(path_of(&record, "").trim_end_matches('/').to_owned()),
        ..drafted
    })
}
