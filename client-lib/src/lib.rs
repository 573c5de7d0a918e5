//! Local communities and their meetups on any set of Nostr relays: find them, found them, follow
//! them, meet.
//!
//! Everything starts with a [`Kith`]: some relays, and a key if you want to write. What belongs
//! together is put together from all relays (newest versions, owner's word, deletions), what was
//! read from fewer relays than you asked says so, and nothing is rewritten from a version that may
//! not be the newest ([`Rewrite`]). The notes themselves are those of `kith-nips`, re-exported as
//! [`lbc`], [`nip52`] and [`place`].
//!
//! # A tour
//! ```no_run
//! use kith_client::lbc::{Location, Topic};
//! use kith_client::nip52::{TimeSpan, When, Zone};
//! use kith_client::place::{CityTag, Point};
//! use kith_client::{Answer, Keys, Kith, NewCommunity, NewMeetup, Plan, Reference, Search};
//!
//! # async fn tour() -> Result<(), Box<dyn std::error::Error>> {
//! // An organizer creates a community …
//! let organizer = Kith::builder()
//!     .relay("ws://127.0.0.1:7447")
//!     .signer(Keys::generate())
//!     .connect()
//!     .await?;
//! let brighton = Point::new(50.8225, -0.1372)?;
//! let created = organizer
//!     .create_community(&NewCommunity {
//!         description: "Boards on the beach".to_owned(),
//!         location: Location::at(brighton).in_city(CityTag::parse("GB:Brighton")?),
//!         topics: Topic::new("chess").into_iter().collect(),
//!         ..NewCommunity::new("Brighton Chess")
//!     })
//!     .await?;
//!
//! // … and a meetup.
//! let when = When::timed(TimeSpan::new(1_796_322_600, Some(1_796_335_200))?)
//!     .in_zone(Zone::new("Europe/London")?);
//! let plan = Plan {
//!     places: vec!["The Black Lion".to_owned()],
//!     location: Location::at(brighton),
//!     ..Plan::new("Winter chess")
//! };
//! let scheduled = organizer
//!     .schedule_meetup(&NewMeetup::new(created.id, plan, when))
//!     .await?;
//! println!("come to {}", scheduled.reference);
//!
//! // Somebody else finds both near them …
//! let visitor = Kith::builder()
//!     .relay("ws://127.0.0.1:7447")
//!     .signer(Keys::generate())
//!     .connect()
//!     .await?;
//! let nearby = Search::new().near(brighton, 25.0)?;
//! let meetup = visitor.meetups(&nearby).await?.into_iter().next().ok_or("no meetup")?;
//!
//! // … joins, and answers.
//! let community = meetup.community().ok_or("no community")?.id;
//! visitor.follow(community).await?;
//! visitor.answer(&meetup, Answer::Accepted).await?;
//!
//! // The organizer sees who comes, and makes them a member.
//! let attendance = organizer.attendees(&meetup).await?;
//! for attendee in attendance.tally.with(Answer::Accepted) {
//!     organizer.approve(created.id, attendee.person).await?;
//! }
//! for member in organizer.members(created.id).await? {
//!     println!("{} {:?}", member.person, member.state);
//! }
//!
//! // Plans change.
//! organizer.cancel_meetup(&meetup).await?;
//! let pasted: Reference = "nostr:naddr1…".parse()?;
//! assert!(visitor.meetup(&pasted).await?.is_cancelled());
//! # Ok(()) }
//! ```
//!
//! # Errors
//! One enum for each family of operations: [`ConnectError`], [`ReadError`], [`LookupError`],
//! [`CommunityError`], [`FollowError`], [`MeetupError`], [`RsvpError`], [`MemberError`],
//! [`AgendaError`], [`ChatError`], [`CommentError`], [`InboxError`], [`MessageError`],
//! [`AnnouncementError`], [`FriendError`], [`IdentifierError`], [`FeedError`], [`AdminError`],
//! [`ReportError`], [`NoteError`], [`MuteError`], [`ProfileError`], [`VanishError`], [`RelaysNearError`],
//! [`RelayMemberError`], [`LocalError`], [`QueueError`], [`RelayListError`], [`RemoteSignerError`],
//! [`PublishError`]. Their texts say what failed and where; [`Refusal`] says why at each relay.

mod about;
mod agenda;
mod announcements;
mod cache;
mod chat;
mod checkup;
mod comments;
mod communities;
mod connect;
mod counts;
mod discovery;
mod feed;
mod fetch;
mod filters;
mod follows;
mod friends;
mod handlers;
mod identifiers;
mod inboxes;
mod kith;
mod link;
mod listener;
mod lists;
mod local;
mod lookup;
mod meetups;
mod members;
mod messages;
mod mutes;
mod notes;
mod outgoing;
mod profiles;
mod public_ip;
mod publish;
mod question;
mod records;
mod reference;
mod refusal;
mod relay_admin;
mod relay_lists;
mod relay_members;
mod relays_near;
mod remote_signer;
mod reports;
mod rsvps;
mod search;
mod vanishing;
mod versions;
mod visits;
mod watch;
mod web;
mod work;

pub use agenda::{AgendaError, AgendaItem};
pub use announcements::{
    ANNOUNCEMENT_PEOPLE_MAX, AnnouncementCounts, AnnouncementError, AnnouncementRecord, Announcing,
    Audience, NewAnnouncement, Recipients, Told,
};
pub use cache::{
    CACHED_BYTES_MAX, CACHED_NOTES_MAX, CACHED_SEALED_BYTES_MAX, CACHED_SEALED_NOTES_MAX,
    Freshness, KnownName,
};
pub use chat::{CHAT_MESSAGES_MAX, Chat, ChatError, ChatMessage, ChatNews, ChatRoom, LiveChat};
pub use checkup::{Keeping, KeepingCheckup, RelayCheckup};
pub use comments::{COMMENTS_MAX, CommentError, MeetupComment};
pub use communities::{
    ClosedCommunity, CommunityError, CommunityStep, CommunityView, CreatedCommunity,
    IncompleteCommunity, NamedCommunity, NewCommunity,
};
pub use connect::{ConnectError, KithBuilder, RELAYS_MAX, TIMEOUT_DEFAULT};
pub use counts::{Count, CountPrecision};
pub use discovery::Discovered;
pub use feed::{
    FEED_ITEMS_MAX, FEED_PEOPLE_MAX, FeedError, FeedItem, FeedNews, FeedPeople, FeedSubject,
    LiveFeed,
};
pub use fetch::{EVENTS_PER_ANSWER_MAX, EVENTS_PER_PAGE, Listing, ReadError};
pub use follows::FollowError;
pub use friends::{FOLLOWED_PEOPLE_MAX, FollowedPerson, Following, FriendError};
pub use handlers::RecommendedHandler;
pub use identifiers::{
    CheckedIdentifier, FoundPerson, IDENTIFIERS_ASKED_MAX, IdentifierError, IdentifierInvalid,
    IdentifierState, IdentifierUnknown, Identifiers,
};
pub use inboxes::{Delivery, INBOX_RELAYS_MAX, InboxError};
pub use kith::{Kith, RelayState, Rewrite};
pub use lists::{Change, ListUnavailable};
pub use local::{Local, LocalError};
pub use lookup::LookupError;
pub use meetups::{
    ImportOutcome, Imported, MeetupCommunity, MeetupError, MeetupView, NewMeetup, NewSeries,
    Scheduled, SeriesItem, SeriesOutcome, SeriesTime, write_calendar,
};
pub use members::{MUTE_REASON_CHARACTERS_MAX, Member, MemberChange, MemberError};
pub use messages::{
    Conversation, Forgotten, LiveMessages, MESSAGE_BYTES_MAX, MESSAGE_PEOPLE_MAX, MESSAGES_MAX,
    Message, MessageError, NewMessage, Room, SentMessage,
};
pub use mutes::{MuteError, MutedFor, OwnMutes};
pub use notes::NoteError;
pub use outgoing::{
    QUEUED_BYTES_MAX, QUEUED_FOR_MAX, QUEUED_NOTES_MAX, QueueError, QueueRun, QueueState,
    QueuedNote, QueuedRelay,
};
pub use profiles::{ChangedProfile, PersonProfile, ProfileError};
pub use publish::{Outgoings, PublishError, PublishOutcome, Published};
pub use reference::{
    HINTS_MAX, IDENTIFIER_BYTES_MAX, REFERENCE_CHARACTERS_MAX, Reference, ReferenceError, Target,
};
pub use refusal::{Reason, Refusal};
pub use relay_admin::{AdminError, RelayAdmin};
pub use relay_lists::{
    EXTRA_RELAYS_ASKED_MAX, EXTRA_RELAYS_PER_NOTE_MAX, RELAYS_PER_PERSON_MAX, RelayListError,
};
pub use relay_members::{RelayMemberError, RelayMembership};
pub use relays_near::{NearbyRelay, RelaysNear, RelaysNearError};
pub use remote_signer::{
    RemoteSigner, RemoteSignerError, SIGNER_TIMEOUT_DEFAULT, ShowPage, SignerInvitation,
    SignerOptions, SignerSession,
};
pub use reports::{ReportError, ReportOfSomebody, ReportSubject, ReportedThing, Reports};
pub use rsvps::{Attendance, RsvpError};
pub use search::Search;
pub use vanishing::{VANISH_RELAYS_MAX, VanishConfirmed, VanishError, VanishFrom};
pub use watch::{Announcement, News, Subject, Watch};
pub use work::{ShowWork, WORK_BITS_MAX_DEFAULT, WorkProgress};

pub use kith_nips::extensions::{NewAnswer, Plan};
pub use kith_nips::lbc::{Answer, Attendee, Availability, Membership, Standing, Tally};
pub use kith_nips::nip01::Draft;
pub use kith_nips::nip05::{FileError, Identifier, IdentifierFormError};
pub use kith_nips::nip46::{BunkerAddress, ClientAddress};
pub use kith_nips::nip51::Muted;
pub use kith_nips::nip65::{RelayList, Usage};
pub use kith_nips::{
    Address, Event, EventId, Kind, Prefix, PublicKey, extensions, icalendar, lbc, nip02, nip22,
    nip24, nip52, nip56, nip66, nip86, nip89, place,
};
pub use nostr_sdk::{Keys, NostrSigner, RelayUrl};
