//! Meetups that are over, the answers to them (NIP-52) and the comments on them (NIP-22).

use kith_nips::discovery::Setting;
use kith_nips::nip01::TagName;
use kith_nips::nip50::{Rank, Search, SearchedText};
use kith_nips::{Event, Filter, Kind};
use tracing::error;

use super::Deleted;
use super::sweep::{Removal, Sweep};
use crate::store::{ScanOptions, StoreError};

/// Meetups that are looked at together.
const MEETUPS_PER_PAGE: usize = 1_000;

/// Takes off the meetups that were over `seconds` before `now` (Unix seconds), and what belongs to them.
pub(super) async fn delete_past(
    sweep: &mut Sweep<'_>,
    now: u64,
    seconds: u64,
    deleted: &mut Deleted,
) -> Result<(), StoreError> {
    let Some(over_by) = now.checked_sub(seconds) else {
        return Ok(());
    };
    // What was over by then had begun.
    let begun = match Search::parse(&format!("to:{}", over_by.saturating_add(1))) {
        Ok(search) => search,
        Err(reason) => {
            error!(%reason, "the time is out of range, no meetup is deleted");
            return Ok(());
        }
    };
    let filter = Filter {
        kinds: Some(vec![Kind::DATE_MEETUP, Kind::MEETUP]),
        search: Some(begun.clone()),
        limit: Some(MEETUPS_PER_PAGE),
        ..Filter::default()
    };
    let mut after: Option<Rank> = None;
    loop {
        let options = ScanOptions {
            after,
            ..ScanOptions::everything(0)
        };
        let mut pages = sweep.pages(vec![filter.clone()], options).await?;
        let mut looked_at = 0;
        while let Some(meetups) = pages.next().await? {
            for meetup in meetups {
                let setting = Setting::of(&meetup);
                looked_at += 1;
                after = Some(begun.rank(&meetup, || SearchedText::of(&meetup), &setting));
                let over = setting.end.or(setting.start);
                if over.is_some_and(|over| over <= over_by) {
                    delete_with_answers(sweep, &meetup, deleted).await?;
                }
                if sweep.is_cut() {
                    return Ok(());
                }
            }
        }
        if looked_at < MEETUPS_PER_PAGE {
            return Ok(());
        }
    }
}

/// The meetup goes last: what is cut off before finds it again.
pub(super) async fn delete_with_answers(
    sweep: &mut Sweep<'_>,
    meetup: &Event,
    deleted: &mut Deleted,
) -> Result<(), StoreError> {
    let mut pages = sweep
        .pages(belonging_to(meetup), ScanOptions::everything(0))
        .await?;
    while let Some(events) = pages.next().await? {
        for event in events {
            // Somebody may just have moved it to another day.
            if !is_current(sweep, meetup).await? {
                return Ok(());
            }
            match sweep.remove(event.id()).await? {
                Removal::Removed => deleted.belonging += 1,
                Removal::Gone => {}
                Removal::NotNow => return Ok(()),
            }
        }
    }
    if sweep.remove(meetup.id()).await? == Removal::Removed {
        deleted.meetups += 1;
    }
    Ok(())
}

/// Whether this is the version of the meetup that counts.
async fn is_current(sweep: &Sweep<'_>, meetup: &Event) -> Result<bool, StoreError> {
    let Some(address) = meetup.address() else {
        return Ok(false);
    };
    let current = sweep.store.find_address(address).await?;
    Ok(current.is_some_and(|current| current.id() == meetup.id()))
}

/// Answers name the meetup's address, comments its address or id, as what they are about (`A`, `E`) or
/// as what they reply to (`a`, `e`).
fn belonging_to(meetup: &Event) -> Vec<Filter> {
    let id = meetup.id().to_string();
    let address = meetup.address().map(|address| address.to_string());
    let naming = |kind: Kind, letter: char, value: &str| {
        let name = TagName::new(letter)?;
        Some(Filter {
            kinds: Some(vec![kind]),
            tags: [(name, vec![value.to_owned()])].into(),
            ..Filter::default()
        })
    };
    let by_address = address.iter().flat_map(|address| {
        [
            naming(Kind::RSVP, 'a', address),
            naming(Kind::COMMENT, 'A', address),
            naming(Kind::COMMENT, 'a', address),
        ]
    });
    let by_id = ['E', 'e'].map(|letter| naming(Kind::COMMENT, letter, &id));
    by_address.chain(by_id).flatten().collect()
}
