//! What was reported in a community, for its owner.

use askama::Template;

use super::Organizing;
use crate::frame::Frame;
use crate::text::Text;
use crate::views::Person;

/// What was reported.
#[derive(Debug, Template)]
#[template(path = "organize/reports.html")]
pub struct ReportsPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The community.
    pub about: Organizing,
    /// For whom this page is.
    pub reader: ReportsReader,
}

/// Who reads, as far as the relay knows.
#[derive(Debug)]
pub enum ReportsReader {
    /// Nobody said who they are.
    Unknown,
    /// Somebody who does not run the community.
    Other,
    /// Who runs it, and what was reported last first.
    Owner(Vec<ReportedRow>),
}

/// One thing that was reported.
#[derive(Debug)]
pub struct ReportedRow {
    /// The message that says what it is.
    pub what: &'static str,
    /// The id of a message of the chat, which can be hidden.
    pub message: Option<String>,
    /// What was written, or a title.
    pub text: Text,
    /// Where it is shown, if it has a page.
    pub path: Option<String>,
    /// Who that is, or who wrote it.
    pub person: Person,
    /// Whether it is hidden already.
    pub is_hidden: bool,
    /// Whether the person is muted already.
    pub is_muted: bool,
    /// Whether the person runs the community, and so cannot be muted.
    pub is_owner: bool,
    /// Who belongs to the community and reported it.
    pub by_members: Vec<ReportRow>,
    /// Others who did.
    pub by_others: Vec<ReportRow>,
}

/// What one person reported.
#[derive(Debug)]
pub struct ReportRow {
    /// Who.
    pub person: Person,
    /// The message that says of which type it is.
    pub sort: &'static str,
    /// In their words.
    pub text: Text,
    /// When, Unix seconds.
    pub created_at: u64,
}

impl ReportedRow {
    /// The two groups that reported, each with its message.
    fn groups(&self) -> [(&'static str, &[ReportRow]); 2] {
        [
            ("reports-members", &self.by_members[..]),
            ("reports-others", &self.by_others[..]),
        ]
    }
}
