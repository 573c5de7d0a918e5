//! NIP-01: events, filters and the messages between clients and relays.
//!
//! Everything a relay touches for every message is here, so it is made for speed: an event is held
//! as the JSON that goes to disk and to the wire, and read in place. Nothing here knows a clock, a
//! socket or a policy.

mod address;
mod canonical;
mod convert;
mod draft;
mod error;
mod event;
mod filter;
pub(crate) mod hex;
mod id;
mod kind;
mod layout;
mod message;
mod nesting;
mod parse;
mod prefix;
#[cfg(test)]
mod properties;
mod reply;
mod stored;
mod subscription_id;
mod tags;
mod values;
mod verify;

pub use address::{Address, AddressError};
pub use convert::NotOnCurve;
pub use draft::{Draft, DraftError};
pub use error::{EventError, Member};
pub use event::{CREATED_AT_MAX, Event};
pub use filter::{Filter, FilterError};
pub use id::{EventId, HexError, PublicKey, Signature};
pub use kind::{Kind, StorageClass};
pub use message::{ClientMessage, FilterLimits, MessageError};
pub use nesting::NESTING_LEVELS_MAX;
pub use parse::claimed_id;
pub use prefix::Prefix;
pub use reply::{EoseHint, RelayMessage};
pub use subscription_id::{SUBSCRIPTION_ID_CHARACTERS_MAX, SubscriptionId, SubscriptionIdError};
pub use tags::{Tag, TagName, Tags};
pub use verify::Verification;
