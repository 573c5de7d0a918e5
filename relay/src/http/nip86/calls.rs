//! One method after the other: what it changes or lists, and the shape of its answer (NIP-86).
//! Whoever comes here is an administrator.

use kith_nips::nip86::{Call, ListedEvent, ListedIp, ListedPubkey, METHODS, Method};
use kith_nips::{EventId, Kind, PublicKey};
use serde::Serialize;
use serde_json::{Value, json};
use tracing::{error, info};

use crate::http::Sources;
use crate::management::{Listing, Management, ManagementError};

/// Executes the request in `body` and gives its `result`.
///
/// # Errors
/// The text of its `error`; it had no effect then.
pub(super) async fn execute(sources: &Sources, body: &[u8]) -> Result<Value, String> {
    let call = Call::parse(body).map_err(|wrong| wrong.to_string())?;
    if let Some(list) = listed(sources, &call).await? {
        return Ok(list);
    }
    change(&sources.management, call)
        .await
        .map_err(|refused| refused.to_string())?;
    // Whoever looks after the answer finds what the relay says about its members (NIP-43).
    sources.members.settled().await;
    info!("an administrator changed the standing of the relay");
    Ok(Value::Bool(true))
}

/// The result of a method that lists something.
async fn listed(sources: &Sources, call: &Call) -> Result<Option<Value>, String> {
    let standing = sources.management.standing();
    let list = match call {
        Call::SupportedMethods => supported_methods(),
        Call::ListBannedPubkeys => pubkeys(&standing.banned_keys),
        Call::ListAllowedPubkeys => pubkeys(&standing.allowed_keys),
        Call::ListBannedEvents => events(standing.banned_events.iter()),
        Call::ListEventsNeedingModeration => needing_moderation(sources).await?,
        Call::ListAllowedKinds => array(
            standing
                .allowed_kinds
                .keys()
                .map(|kind: &Kind| kind.as_u16()),
        ),
        Call::ListBlockedIps => {
            let entries = standing.blocked_addresses.iter();
            array(entries.map(|(ip, reason)| ListedIp { ip: *ip, reason }))
        }
        _ => return Ok(None),
    };
    Ok(Some(list))
}

/// Makes a change.
async fn change(management: &Management, call: Call) -> Result<(), ManagementError> {
    match call {
        Call::BanPubkey(key, reason) => management.ban_key(key, &reason).await,
        Call::UnbanPubkey(key) => management.unban_key(key).await,
        Call::AllowPubkey(key, reason) => management.allow_key(key, &reason).await,
        Call::UnallowPubkey(key) => management.unallow_key(key).await,
        Call::CreateRole(role) => management.create_role(role).await,
        Call::EditRole(role) => management.edit_role(role).await,
        Call::DeleteRole(id) => management.delete_role(&id).await,
        Call::AssignRole(key, id) => management.assign_role(key, &id).await,
        Call::UnassignRole(key, id) => management.unassign_role(key, &id).await,
        Call::AllowEvent(id, reason) => management.allow_event(id, &reason).await,
        Call::BanEvent(id, reason) => management.ban_event(id, &reason).await,
        Call::ChangeRelayName(name) => management.change_name(&name).await,
        Call::ChangeRelayDescription(text) => management.change_description(&text).await,
        Call::ChangeRelayIcon(address) => management.change_icon(&address).await,
        Call::AllowKind(kind) => management.allow_kind(kind).await,
        Call::DisallowKind(kind) => management.disallow_kind(kind).await,
        Call::BlockIp(address, reason) => management.block_address(address, &reason).await,
        Call::UnblockIp(address) => management.unblock_address(address).await,
        Call::SupportedMethods
        | Call::ListBannedPubkeys
        | Call::ListAllowedPubkeys
        | Call::ListEventsNeedingModeration
        | Call::ListBannedEvents
        | Call::ListAllowedKinds
        | Call::ListBlockedIps => Ok(()),
    }
}

/// The names of all other methods.
fn supported_methods() -> Value {
    let others = METHODS
        .iter()
        .filter(|(_, method)| *method != Method::SupportedMethods);
    array(others.map(|(name, _)| *name))
}

async fn needing_moderation(sources: &Sources) -> Result<Value, String> {
    let config = sources.config.current();
    let reported = sources
        .management
        .events_needing_moderation(&config.policy.moderators)
        .await
        .map_err(|failure| {
            error!(%failure, "reports cannot be read");
            "the reports cannot be read"
        })?;
    Ok(events(
        reported.iter().map(|(id, reason)| (id, reason.as_str())),
    ))
}

fn pubkeys(listing: &Listing<PublicKey>) -> Value {
    let entries = listing.iter();
    array(entries.map(|(pubkey, reason)| ListedPubkey {
        pubkey: *pubkey,
        reason,
    }))
}

fn events<'a>(entries: impl Iterator<Item = (&'a EventId, &'a str)>) -> Value {
    array(entries.map(|(id, reason)| ListedEvent { id: *id, reason }))
}

fn array(entries: impl Iterator<Item = impl Serialize>) -> Value {
    entries.map(|entry| json!(entry)).collect()
}
