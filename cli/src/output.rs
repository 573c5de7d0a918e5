//! What commands answer with. Every command returns one [`Output`] (`watch` one
//! after the other); it is printed in `print.rs` and nowhere else, as a text
//! for people or as JSON for programs.
//! The JSON members named in this file and in the modules below are stable: members are added, never
//! renamed or removed.

pub mod account;
pub mod admin;
pub mod announcements;
pub mod calendar;
pub mod chat;
pub mod counts;
pub mod discovery;
pub mod doctor;
pub mod freshness;
pub mod friends;
pub mod invite;
mod json;
pub mod messages;
pub mod mutes;
pub mod outbox;
mod print;
pub mod profile;
pub mod relay_list;
pub mod relays;
pub mod reports;
pub mod series;
#[cfg(test)]
mod snapshots;
mod table;
pub mod views;

use serde::Serialize;

pub use print::{
    Style, closed, is_colourless, print, print_error, print_warning, print_with, show_address,
};
pub use table::{age, plain};

use account::{KeySaved, KeyShown, LoggedIn, LoggedOut, ManPages, Relays, Vanished};
use admin::AdminAnswer;
use announcements::{AnnouncementPlan, AnnouncementSum, CancellationTold, NothingToResume};
use calendar::{Attendees, Imports, Written};
use chat::{ChatBegun, ChatLine, ChatShown, Comments, Said};
use counts::CommunityCounted;
use discovery::{Agenda, Announced, Near, Watching};
use doctor::Doctor;
use friends::{FeedBegun, FeedLine, FeedShown, FriendsChanged, FriendsShown};
use invite::Invitation;
use messages::{
    ConversationForgotten, ConversationShown, Conversations, DeliveryView, InboxOpened,
    MessageSent, MessageView,
};
use mutes::{MutesChanged, MutesShown};
use outbox::Outbox;
use profile::ProfileShown;
use relay_list::RelayListShown;
use relays::RelaysFound;
use reports::{ReportSent, ReportsShown};
use series::{AllSeries, SeriesChanged, SeriesShown};
use views::{
    AnswerView, CommunityView, MeetupView, PersonView, PlaceView, PublishedView, SeatView,
};

/// The answer of one command.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Output {
    /// `keys new`, `keys import`.
    KeySaved(KeySaved),
    /// `keys show`.
    Key(KeyShown),
    /// `login`.
    LoggedIn(LoggedIn),
    /// `logout`.
    LoggedOut(LoggedOut),
    /// `relays list`, `add`, `remove`.
    Relays(Relays),
    /// `relays show`, `publish`.
    RelayList(RelayListShown),
    /// `community create`, `edit`, `close`.
    CommunityChanged(CommunityChanged),
    /// `community show`.
    Community(CommunityShown),
    /// `community list`.
    Communities(Communities),
    /// `follow`, `leave`.
    Following(Following),
    /// `meetup create`, `edit`, `cancel`.
    MeetupChanged(MeetupChanged),
    /// `meetup show`.
    Meetup(MeetupShown),
    /// `meetup list`.
    Meetups(Meetups),
    /// `meetup series create`, `edit`, `cancel`.
    SeriesChanged(SeriesChanged),
    /// `meetup series show`.
    Series(SeriesShown),
    /// `meetup series list`.
    AllSeries(AllSeries),
    /// `meetup hosts`: one meetup with those who run it.
    Hosts(Meetups),
    /// `meetup import`.
    Imports(Imports),
    /// `attendees`.
    Attendees(Attendees),
    /// `meetup export`, `agenda --ics`, `attendees --csv`, into a file.
    Written(Written),
    /// `rsvp`.
    Answered(Answered),
    /// `near`.
    Near(Near),
    /// `agenda`.
    Agenda(Agenda),
    /// `watch`, first.
    Watching(Watching),
    /// `watch`, for each announcement.
    Announced(Box<Announced>),
    /// `outbox …`.
    Outbox(Outbox),
    /// `doctor`.
    Doctor(Doctor),
    /// `chat`.
    Chat(ChatShown),
    /// `comment`.
    Comments(Comments),
    /// `chat` or `comment` with a text, `chat --hide`.
    Said(Said),
    /// `chat --follow`, first.
    ChatBegun(ChatBegun),
    /// `chat --follow`, for everything that happens.
    ChatLine(Box<ChatLine>),
    /// `invite`.
    Invitation(Invitation),
    /// `members list`.
    Members(Members),
    /// `members approve`, `remove`, `mute`, `unmute`.
    MembersChanged(MembersChanged),
    /// `announce --dry-run`.
    AnnouncementPlan(AnnouncementPlan),
    /// `announce --json`, for each person.
    Delivered(Box<DeliveryView>),
    /// `announce`, at the end.
    AnnouncementSum(Box<AnnouncementSum>),
    /// `announce --resume`, when everything is done.
    NothingToResume(NothingToResume),
    /// `dm`.
    Conversations(Conversations),
    /// `dm PERSON`.
    Conversation(ConversationShown),
    /// `dm --follow`, for each message.
    Message(Box<MessageView>),
    /// `dm PERSON TEXT`.
    MessageSent(MessageSent),
    /// `dm PERSON --forget`.
    ConversationForgotten(ConversationForgotten),
    /// `dm --open-inbox`.
    InboxOpened(InboxOpened),
    /// `friends`.
    Friends(FriendsShown),
    /// `friends add`, `friends remove`.
    FriendsChanged(FriendsChanged),
    /// `feed`.
    Feed(FeedShown),
    /// `feed --follow`, first.
    FeedBegun(FeedBegun),
    /// `feed --follow`, for everything that comes.
    FeedLine(FeedLine),
    /// `admin …`.
    Admin(AdminAnswer),
    /// `profile show`, `profile set`.
    Profile(ProfileShown),
    /// `mute`.
    Mutes(MutesShown),
    /// `mute` with something, `unmute`.
    MutesChanged(MutesChanged),
    /// `vanish`.
    Vanished(Vanished),
    /// `report`.
    ReportSent(ReportSent),
    /// `reports`.
    Reports(ReportsShown),
    /// `community count`.
    CommunityCounted(CommunityCounted),
    /// `relays find`.
    RelaysFound(RelaysFound),
    /// `man --out`.
    ManPages(ManPages),
    /// Help, completions, the man page: a text as it is.
    Text(Text),
}

/// A community was created, edited or closed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CommunityChanged {
    /// `created`, `edited`, `unchanged` or `closed`.
    pub action: Action,
    /// As it is now.
    pub community: CommunityView,
    /// Which relays took it.
    pub published: PublishedView,
    /// What to run next.
    #[serde(skip)]
    pub next: Vec<String>,
}

/// What happened to a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is new.
    Created,
    /// It has a new version.
    Edited,
    /// It said so already; nothing was written.
    Unchanged,
    /// The meetup does not take place.
    Cancelled,
    /// A proposal is official.
    Adopted,
    /// An adopted meetup is a proposal again.
    Released,
    /// The community is closed.
    Closed,
}

/// A community, its next meetups and how many people.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CommunityShown {
    /// The community.
    pub community: CommunityView,
    /// How many follow it, the owner and the muted left out.
    pub followers: usize,
    /// How many of them are members.
    pub members: usize,
    /// What you are to it: `owner`, `member`, `follower`, `lapsed`, `muted` or `visitor`.
    pub you: Option<String>,
    /// Meetups that are not over, soonest first.
    pub meetups: Vec<MeetupView>,
}

/// Several communities.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Communities {
    /// Nearest first when a place was given, else by title.
    pub communities: Vec<CommunityView>,
    /// What they were looked for by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub near: Option<PlaceView>,
    /// What to run when there are none.
    #[serde(skip)]
    pub next: Vec<String>,
}

/// A community is followed or not any more.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Following {
    /// The community.
    pub community: CommunityView,
    /// Whether it is followed now.
    pub following: bool,
    /// Whether that is new.
    pub changed: bool,
    /// Which relays took the list; absent when nothing changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<PublishedView>,
}

/// A meetup was created, edited or cancelled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeetupChanged {
    /// `created`, `edited`, `unchanged`, `cancelled`, `adopted` or `released`.
    pub action: Action,
    /// As it is now.
    pub meetup: MeetupView,
    /// Which relays took it.
    pub published: PublishedView,
    /// Of a cancelled one, how many of those who answered were told; absent when nobody was to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told: Option<CancellationTold>,
    /// What to run next.
    #[serde(skip)]
    pub next: Vec<String>,
}

/// A meetup and who comes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeetupShown {
    /// The meetup.
    pub meetup: MeetupView,
    /// One for each person; the muted are left out.
    pub answers: Vec<AnswerView>,
}

/// Several meetups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Meetups {
    /// Soonest first; with `--past` the latest first.
    pub meetups: Vec<MeetupView>,
}

/// An answer was given.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answered {
    /// `accepted`, `declined` or `tentative`.
    pub status: String,
    /// The meetup.
    pub meetup: MeetupView,
    /// Which relays took the answer.
    pub published: PublishedView,
    /// Whether there is a seat; absent where seats have no limit.
    #[serde(flatten)]
    pub seat: Option<SeatView>,
}

/// The people of a community.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Members {
    /// The community.
    pub community: CommunityView,
    /// Owner, members, lapsed members, followers, muted.
    pub people: Vec<PersonView>,
}

/// Lists of people were changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MembersChanged {
    /// The community.
    pub community: CommunityView,
    /// One for each person, in the order given.
    pub people: Vec<PersonChange>,
}

/// What happened to one person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PersonChange {
    /// `npub1…`.
    pub npub: String,
    /// 64 hexadecimal digits.
    pub public_key: String,
    /// `approved`, `removed`, `muted`, `unmuted`, `followed` or `unfollowed`.
    pub action: &'static str,
    /// Whether that is new.
    pub changed: bool,
}

/// A text that is printed as it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Text {
    /// The text.
    pub text: String,
}

/// An answer, and what should be said beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The answer.
    pub output: Output,
    /// Relays that refused or were silent; guesses that were made.
    pub warnings: Vec<String>,
}

impl From<Output> for Report {
    fn from(output: Output) -> Self {
        Self {
            output,
            warnings: Vec::new(),
        }
    }
}

impl Output {
    /// What tells a person that something goes on, and is no answer.
    fn is_notice(&self) -> bool {
        match self {
            Output::Watching(_) | Output::ChatBegun(_) => true,
            Output::ChatLine(line) => matches!(**line, ChatLine::Connection { .. }),
            _ => false,
        }
    }
}
