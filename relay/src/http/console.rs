//! What administrators ask of the running relay beside NIP-86, which has no names for it: numbers as they
//! change, the invite codes that wait to be used, the end of a membership, and the names of people (NIP-05). Requests and answers have the
//! form of NIP-86, under a media type of their own.

use axum::response::Response;
use http::{HeaderMap, Method, StatusCode};
use kith_nips::PublicKey;
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::info;

use super::Sources;
use super::administrators::{Asked, failed, is_of, respond};
use crate::clock::unix_now;

mod numbers;

pub(super) use numbers::Watching;
pub(crate) use numbers::{Measured, Stopping};

/// The media type of a request.
pub(super) const MEDIA_TYPE: &str = "application/vnd.kith.console+json";

/// What can be asked.
#[derive(Debug, Deserialize)]
#[serde(tag = "method", content = "params", rename_all = "lowercase")]
enum Call {
    /// Numbers, now and every few seconds.
    Numbers([String; 0]),
    /// The codes that wait to be used.
    ListInvites([String; 0]),
    /// A code is good no longer; it is named by its hash.
    RevokeInvite([String; 1]),
    /// Somebody is no member any more.
    RemoveMember([PublicKey; 1]),
    /// The names that somebody has, or that are held back.
    ListNames([String; 0]),
    /// A name is nobody's any more.
    FreeName([String; 1]),
}

/// Whether a request asks for this.
pub(super) fn is_asked_for(method: &Method, headers: &HeaderMap) -> bool {
    is_of(MEDIA_TYPE, method, headers)
}

/// Executes what an administrator asked for.
pub(super) async fn answer(sources: &Sources, asked: Asked) -> Response {
    let call: Call = match serde_json::from_slice(&asked.body) {
        Ok(call) => call,
        Err(wrong) => return failed(MEDIA_TYPE, StatusCode::OK, &wrong.to_string()),
    };
    let made = match call {
        Call::Numbers([]) => return numbers::answer(sources, &asked),
        Call::ListInvites([]) => return result(invites(sources)),
        Call::ListNames([]) => return result(names(sources)),
        Call::FreeName([name]) => sources.management.free_name(&name).await,
        Call::RevokeInvite([code]) => sources.management.revoke_invite(&code).await,
        Call::RemoveMember([member]) => sources.members.leave(member).await,
    };
    match made {
        Ok(()) => {
            info!("an administrator changed who belongs to the relay or has a name there");
            result(Value::Bool(true))
        }
        Err(refused) => failed(MEDIA_TYPE, StatusCode::OK, &refused.to_string()),
    }
}

fn result(value: Value) -> Response {
    respond(MEDIA_TYPE, StatusCode::OK, &json!({ "result": value }))
}

fn invites(sources: &Sources) -> Value {
    let standing = sources.management.standing();
    let waiting = standing.membership.invites(unix_now());
    let listed = waiting.map(|invite| {
        json!({ "id": invite.code_hash, "by": invite.by, "expires_at": invite.expires_at })
    });
    listed.collect()
}

fn names(sources: &Sources) -> Value {
    let standing = sources.management.standing();
    let listed = standing
        .names
        .holds()
        .map(|(name, hold)| json!({ "name": name, "pubkey": hold.of, "free_at": hold.free_at }));
    listed.collect()
}
