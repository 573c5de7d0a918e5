//! The Nostr protocol as Kith needs it: events, filters and messages for the hot path, Location
//! Based Communities (LBC), and places.
//!
//! One module per NIP. Nothing here does input or output, and nothing here knows a socket, a
//! database or a clock: callers pass the time in.

pub mod discovery;
pub mod extensions;
pub mod icalendar;
pub mod lbc;
pub mod nip01;
pub mod nip02;
pub mod nip05;
pub mod nip09;
pub mod nip10;
pub mod nip11;
pub mod nip13;
pub mod nip17;
pub mod nip18;
pub mod nip19;
pub mod nip22;
pub mod nip24;
pub mod nip40;
pub mod nip42;
pub mod nip43;
pub mod nip44;
pub mod nip45;
pub mod nip46;
pub mod nip48;
pub mod nip50;
pub mod nip51;
pub mod nip52;
pub mod nip56;
pub mod nip62;
pub mod nip65;
pub mod nip66;
pub mod nip77;
pub mod nip86;
pub mod nip89;
pub mod nip98;
pub mod place;

pub use nip01::{
    Address, ClientMessage, Event, EventId, Filter, Kind, Prefix, PublicKey, RelayMessage,
    Signature, StorageClass, SubscriptionId, Tag, Tags,
};
