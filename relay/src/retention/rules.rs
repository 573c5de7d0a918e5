//! Events that are old by their `created_at`.

use kith_nips::discovery::Setting;
use kith_nips::nip01::StorageClass;
use kith_nips::{Event, Filter, Kind};

use super::AgeRule;
use super::sweep::{Removal, Sweep};
use crate::config::KINDS_NEVER_OLD;
use crate::store::{ScanOptions, StoreError};

/// Kinds beside the replaceable ones that are deleted only when they are named: communities and what
/// they are, their lists of people, chats and who was silenced in them, calendars.
const KINDS_TO_BE_NAMED: [Kind; 8] = [
    Kind::COMMUNITY,
    Kind::COMMUNITY_METADATA,
    Kind::PEOPLE_SET,
    Kind::CHANNEL,
    Kind::CHANNEL_METADATA,
    Kind::CHANNEL_HIDE_MESSAGE,
    Kind::CHANNEL_MUTE_USER,
    Kind::CALENDAR,
];

/// Takes off what a rule says is old at `now` (Unix seconds), and gives its number.
pub(super) async fn delete_aged(
    sweep: &mut Sweep<'_>,
    now: u64,
    rule: &AgeRule,
) -> Result<u64, StoreError> {
    let Some(until) = now.checked_sub(rule.older_than_seconds) else {
        return Ok(0);
    };
    let mut filter = Filter {
        kinds: rule.kinds.clone(),
        until: Some(until),
        ..Filter::default()
    };
    filter.normalise();
    // At the beginning of time nothing has expired: what has, and is still there, is old as well.
    let mut pages = sweep
        .pages(vec![filter], ScanOptions::everything(0))
        .await?;
    let mut deleted = 0;
    while let Some(events) = pages.next().await? {
        for event in events {
            if !is_about(rule, event.kind()) || is_still_to_come(&event, now) {
                continue;
            }
            match sweep.remove(event.id()).await? {
                Removal::Removed => deleted += 1,
                Removal::Gone => {}
                Removal::NotNow => return Ok(deleted),
            }
        }
    }
    Ok(deleted)
}

/// Whether a rule is about a kind.
fn is_about(rule: &AgeRule, kind: Kind) -> bool {
    let is_named = rule.kinds.is_some();
    let must_be_named =
        KINDS_TO_BE_NAMED.contains(&kind) || kind.storage_class() == StorageClass::Replaceable;
    !KINDS_NEVER_OLD.contains(&kind) && (is_named || !must_be_named)
}

/// Whether it is a meetup that is not over: people plan to go there, however long ago it was announced.
fn is_still_to_come(event: &Event, now: u64) -> bool {
    let setting = Setting::of(event);
    setting.end.or(setting.start).is_some_and(|over| over > now)
}
