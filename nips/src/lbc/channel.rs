//! The chat of a community: NIP-28 channels (kinds 40 to 44) that name the community (LBC-52).
//!
//! NIP-28 is unrecommended today; LBC and its data use it, so this does too (D18). What the relay
//! refuses from muted keys is not decided here (D19).

mod definition;
mod message;
mod moderation;
mod profile;

pub use definition::{Channel, ChannelMetadata, official_channels};
pub use message::{ChannelMessage, MessageReply};
pub use moderation::{ChannelHide, ChannelMute, ChatView, is_hidden};
pub use profile::ChannelProfile;
