//! What becomes of one line: the road of every event (`admit`), with the operator's rights.

use kith_nips::{Event, Prefix, StorageClass};
use serde_json::value::RawValue;
use tokio::sync::OwnedSemaphorePermit;

use super::source::Numbered;
use crate::admit::{Admission, Decision, Verdict};
use crate::clock::unix_now;
use crate::refusal::Refusal;
use crate::store::Outcome;
use crate::transfer::lines::{LINE_BYTES_MAX, Line};

/// What became of one line.
pub(super) struct Judged {
    pub(super) number: u64,
    pub(super) text: String,
    pub(super) fate: Fate,
    /// Kept until the line is counted.
    _place: Option<OwnedSemaphorePermit>,
}

/// What can become of a line.
pub(super) enum Fate {
    /// Stored now.
    Imported,
    /// Stored already.
    Known,
    /// A newer version is stored.
    Superseded,
    /// Cannot be stored, for this reason.
    Rejected(String),
    /// Nobody knows: the store or the check failed.
    Unjudged(String),
}

pub(super) async fn judge(admission: &Admission, numbered: Numbered) -> Judged {
    let Numbered {
        number,
        line,
        place,
    } = numbered;
    let fate = match &line {
        Line::Text(text) => fate_of(admission, event_json(text)).await,
        Line::NotUtf8(_) => Fate::Rejected("invalid: not UTF-8".to_owned()),
        Line::TooLong(_) => Fate::Rejected(format!(
            "invalid: longer than {LINE_BYTES_MAX} bytes; only its start is kept here"
        )),
    };
    Judged {
        number,
        text: line.into_text(),
        fate,
        _place: place,
    }
}

async fn fate_of(admission: &Admission, json: &str) -> Fate {
    let now = unix_now();
    let mut checked = admission.check(json, &[], now);
    if let Err(Verdict::Event { decision, .. }) = &checked
        && needs_author(decision)
        && let Ok(event) = Event::parse(json)
    {
        // A protected event was taken from its author once (NIP-70), and is the operator's now.
        checked = admission.check(json, &[event.pubkey()], now);
    }
    let verdict = match checked {
        Ok(event) if event.kind().storage_class() == StorageClass::Ephemeral => {
            return Fate::Rejected("invalid: ephemeral events are not stored".to_owned());
        }
        Ok(event) => admission.settle(event).await,
        Err(verdict) => verdict,
    };
    match verdict {
        Verdict::Event { decision, .. } => decided(&decision),
        Verdict::Unidentified(reason) => Fate::Rejected(reason),
    }
}

fn needs_author(decision: &Decision) -> bool {
    let prefix = |refusal: &Refusal| refusal.prefix == Prefix::AuthRequired;
    matches!(decision, Decision::Refused(refusal) if prefix(refusal))
}

fn decided(decision: &Decision) -> Fate {
    match decision {
        Decision::Judged(Outcome::Saved(_)) => Fate::Imported,
        Decision::Judged(Outcome::Duplicate) => Fate::Known,
        Decision::Judged(Outcome::Superseded) => Fate::Superseded,
        Decision::Refused(refusal) if refusal.prefix == Prefix::Error => {
            Fate::Unjudged(refusal.reason.clone().into_owned())
        }
        _ => Fate::Rejected(decision.message().into_owned()),
    }
}

/// The event in a line: the line itself, or the last element of an EVENT message.
fn event_json(text: &str) -> &str {
    let text = text.trim();
    if !text.starts_with('[') {
        return text;
    }
    match serde_json::from_str::<Vec<&RawValue>>(text).as_deref() {
        Ok([verb, .., event]) if verb.get() == "\"EVENT\"" => event.get(),
        _ => text,
    }
}
