//! Location Based Communities, "LBC" (2023 draft): the notes of a community as types.
//!
//! Owns what a community, its meetups, answers, lists and chat look like in events, and the pure
//! rules over them: who belongs, what is official, how answers add up. Must not know storage,
//! connections, filters or clocks: whoever calls fetches the notes and passes the time in.
//!
//! The draft called itself NIP-73. That number now belongs to External Content IDs, so it is never
//! announced for this, and `i` and `k` tags keep their official meaning (D1). Rules are cited as
//! LBC-n, decisions on ambiguities of the draft as Dn; each stands in the documentation where it is
//! applied.
//!
//! Every note has the same three steps:
//! - **build**: make the struct, [`Note::draft`] gives the event to sign;
//! - **read**: `Type::read(&event)` gives a [`Published`] note and is tolerant: what is unusable
//!   counts as missing, and only what would make it another note is an error;
//! - **edit**: change the fields of what was read, [`Published::replacement`] gives the next
//!   version. Tags that LBC does not know survive, in order (LBC-14, NIP51-03).
//!
//! Ownership never changes hands: there is no successor rule (D20). Whether a relay refuses the
//! writes of muted people is its own policy (D19).
//!
//! ```
//! use kith_nips::lbc::{Community, CommunityMetadata, Location, Note};
//! use kith_nips::place::CityTag;
//! # let keys = nostr::Keys::generate();
//! let community = Community::read(&Community::new("").draft()?.sign(&keys, 1_700_000_000)?)?;
//! let mut metadata = CommunityMetadata::new(community.reference(), "Brighton Chess");
//! metadata.location = Location::default().in_city(CityTag::parse("GB:Brighton")?);
//! let event = metadata.draft()?.sign(&keys, 1_700_000_001)?;
//! assert_eq!(CommunityMetadata::read(&event)?.display_title(), "Brighton Chess");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod address;
mod association;
mod audience;
mod calendar;
mod channel;
mod community;
mod deletion;
mod error;
mod follow_list;
mod founding;
mod location;
mod meetup;
mod meetup_read;
mod membership;
mod metadata;
mod people_list;
mod published;
mod reported;
mod rsvp;
mod slug;
mod summary;
pub(crate) mod tag_list;
mod tally;
#[cfg(test)]
pub(crate) mod testing;
mod topic;

pub use association::{Association, KnownCommunity, Standing, association, standing};
pub use audience::Audience;
pub use calendar::Calendar;
pub use channel::{
    Channel, ChannelHide, ChannelMessage, ChannelMetadata, ChannelMute, ChannelProfile, ChatView,
    MessageReply, is_hidden, official_channels,
};
pub use community::{Community, CommunityReference, short_id};
pub use deletion::{DatedAddress, close_community, delete_meetup};
pub(crate) use error::of_kind;
pub use error::{BuildError, ReadError};
pub use follow_list::{FollowList, Residence};
pub use founding::CommunityProfile;
pub use location::{Location, POSITION_CHARACTERS_MAX};
pub use meetup::{CalendarRequest, Meetup, MeetupStatus, Participant};
pub use membership::{
    ListChanges, Membership, approve, membership, mute, mute_because, remove, unmute,
};
pub use metadata::{COMMUNITY_RELAYS_MAX, CommunityMetadata};
pub use people_list::{ListRole, MemberList, Members, MuteList, Muted, PeopleList};
pub use published::{Note, Published, Versioned, created_at_after, newest};
pub use reported::{ReportScope, ReportSubject, ReportedThing};
pub use rsvp::{Answer, Availability, MeetupVersion, Rsvp};
pub(crate) use slug::SLUG_CHARACTERS_WRITTEN_MAX;
pub use slug::{SLUG_CHARACTERS_MAX, Slug};
pub use summary::{SUMMARY_CHARACTERS_MAX, Summary};
pub use tally::{Attendee, Basis, Group, Tally, TallyContext, tally};
pub use topic::Topic;
