//! What was reported.

use serde::Serialize;

use super::PublishedView;
use super::views::{CommunityName, Moment};

/// A report was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportSent {
    /// Id of the report, 64 hexadecimal digits.
    pub id: String,
    /// Its type.
    #[serde(rename = "type")]
    pub report_type: &'static str,
    /// Which relays took it.
    pub published: PublishedView,
}

/// What was reported in a community.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportsShown {
    /// The community.
    pub community: CommunityName,
    /// What was reported last comes first.
    pub reported: Vec<ReportedView>,
}

/// One thing, with everything that was reported about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportedView {
    /// What: `person`, `meetup`, `message` or `comment`, with members of its own.
    #[serde(flatten)]
    pub subject: ReportSubjectView,
    /// `npub1…` of whoever that is, or wrote it.
    pub npub: String,
    /// 64 hexadecimal digits.
    pub public_key: String,
    /// What they call themselves; not to be trusted.
    pub name: Option<String>,
    /// `owner`, `member`, `lapsed`, `follower`, `muted` or `visitor`.
    pub state: &'static str,
    /// By the owner and members, newest first.
    pub by_members: Vec<ReportView>,
    /// By everybody else, newest first.
    pub by_others: Vec<ReportView>,
}

/// What is reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ReportSubjectView {
    /// Somebody.
    Person,
    /// A meetup.
    Meetup {
        /// `31923:<public key>:<identifier>`.
        address: String,
        /// Its title.
        title: String,
    },
    /// A message in the chat.
    Message {
        /// 64 hexadecimal digits.
        id: String,
        /// Plain text.
        text: String,
    },
    /// A comment below a meetup.
    Comment {
        /// 64 hexadecimal digits.
        id: String,
        /// Plain text.
        text: String,
    },
}

/// What one person reported.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportView {
    /// Id of the report, 64 hexadecimal digits.
    pub id: String,
    /// `npub1…` of whoever reports.
    pub npub: String,
    /// 64 hexadecimal digits.
    pub public_key: String,
    /// What they call themselves; not to be trusted.
    pub name: Option<String>,
    /// `owner`, `member`, `lapsed`, `follower` or `visitor`.
    pub state: &'static str,
    /// `nudity`, `malware`, `profanity`, `illegal`, `spam`, `impersonation` or `other`.
    pub report_type: &'static str,
    /// In their words.
    pub text: String,
    /// When, on the clock of this machine (RFC 9557).
    pub at: Moment,
    /// Unix seconds.
    pub created_at: u64,
}
