//! One community.

use askama::Template;
use serde_json::{Value, json};

use super::calendar::Scope;
use crate::drafts::REPORT_TYPES;
use crate::feed::Feed;
use crate::frame::Frame;
use crate::live;
use crate::markdown::Markdown;
use crate::mention::Line;
use crate::qr::Code;
use crate::text::Text;
use crate::views::{CommunityCard, MeetupCard, Person};

/// Characters of a community that other sites show of it.
const PREVIEW_CHARACTERS_MAX: usize = 200;

/// A community.
#[derive(Debug, Template)]
#[template(path = "community.html")]
pub struct Community {
    /// What surrounds it.
    pub frame: Frame,
    /// What a list says of it.
    pub card: CommunityCard,
    /// What it says of itself.
    pub description: Markdown,
    /// Who owns it.
    pub owner: Person,
    /// The same key in hexadecimal: whoever has it sees links to the pages of organizers.
    pub organizer: String,
    /// Who else belongs to it; of very many the first.
    pub members: Vec<Person>,
    /// Who follows it without belonging to it, for all to read; of very many some.
    pub followers: Vec<Person>,
    /// Coming meetups.
    pub upcoming: Vec<MeetupCard>,
    /// The next page of them.
    pub next: Option<String>,
    /// Meetups that are over, the last first.
    pub past: Vec<MeetupCard>,
    /// What is said in its main room; `None` without a chat.
    pub chat: Option<Chat>,
}

/// A page of a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chat {
    /// The id of the room.
    pub room: String,
    /// What is said, the oldest first.
    pub messages: Vec<Message>,
    /// Where older messages are.
    pub older: Option<String>,
    /// Whether these are older ones.
    pub is_older: bool,
}

/// A message in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The id of the note.
    pub id: String,
    /// By whom.
    pub author: Person,
    /// The same key in hexadecimal.
    pub by: String,
    /// Plain text, its lines.
    pub lines: Vec<Line>,
    /// When, Unix seconds.
    pub created_at: u64,
}

impl Chat {
    /// What is asked for to hear of new messages, of those that are taken back, and of what the owner hides;
    /// nothing where old ones are read.
    fn asked(&self, owner: &str) -> Value {
        if self.is_older {
            return json!([]);
        }
        let new = json!({ "kinds": [42], "#e": [self.room] });
        let hidden = json!({ "kinds": [43], "authors": [owner] });
        let authors = self.messages.iter().map(|message| &message.author.key);
        live::with_deletions(vec![new, hidden], authors)
    }
}

impl Community {
    fn preview(&self) -> Text {
        let topics = self.frame.list(&self.card.topics);
        let text = match self.card.summary.is_empty() {
            true => topics.as_str(),
            false => self.card.summary.as_str(),
        };
        Text::line(text, PREVIEW_CHARACTERS_MAX)
    }

    fn more_members(&self) -> u64 {
        let named = self.members.len() as u64;
        // The owner is one of them.
        self.card.members.saturating_sub(named.saturating_add(1))
    }

    /// Followers who are not named; members, who follow it too, are counted by themselves.
    fn more_followers(&self) -> u64 {
        let named = self.followers.len() as u64;
        let members = self.card.members.saturating_sub(1);
        let followers = self.card.followers.saturating_sub(members);
        followers.saturating_sub(named)
    }

    fn feed(&self) -> Option<Feed> {
        let has_feeds = self.frame.site.api;
        has_feeds.then(|| Feed::of_community(&self.card.link.id))
    }

    fn calendar(&self) -> String {
        Scope::Community(self.card.link.clone()).current()
    }

    /// The address of this page, to be shown to somebody beside.
    fn code(&self) -> Option<Code> {
        Code::of(&self.frame.whole(&self.card.link.path()))
    }
}
