//! What is said, on a page.

use super::page::Page;
use crate::output::chat::{
    ChatBegun, ChatLine, ChatShown, Comments, MessageView, Said, SaidAction,
};
use crate::output::views::{SHORT_ID_CHARACTERS, short};

impl Page {
    /// `chat`.
    pub fn chat(&mut self, chat: &ChatShown) {
        self.heading(&room(chat.community.title.as_deref(), &chat.room.name));
        for message in &chat.messages {
            self.utterance(message, 0);
        }
        if chat.messages.is_empty() {
            self.line("nothing was said yet");
        }
    }

    /// `comment`.
    pub fn comments(&mut self, comments: &Comments) {
        self.heading(&comments.title);
        for comment in &comments.comments {
            self.utterance(&comment.message, comment.depth);
        }
        if comments.comments.is_empty() {
            self.line("no comments");
        }
    }

    /// `chat` with a text, `chat --hide`, `comment`.
    pub fn said(&mut self, said: &Said) {
        let id = short(&said.id);
        self.line(&match said.action {
            SaidAction::Said => format!("Said ({id})."),
            SaidAction::Replied => format!("Answered ({id})."),
            SaidAction::Commented => format!("Written ({id})."),
            SaidAction::HiddenMessage => "The message is hidden.".to_owned(),
            SaidAction::HiddenPerson => "What they say is hidden.".to_owned(),
        });
    }

    /// `chat --follow`, first.
    pub fn chat_begun(&mut self, begun: &ChatBegun) {
        let room = room(begun.community.title.as_deref(), &begun.room.name);
        self.line(&format!("{room}, from now on (Ctrl-C ends it)"));
    }

    /// `chat --follow`.
    pub fn chat_line(&mut self, line: &ChatLine) {
        match line {
            ChatLine::Said { message } => self.utterance(message, 0),
            ChatLine::Gone { gone } => {
                self.line(&format!("({} is not shown any more)", short(gone)))
            }
            ChatLine::Connection { listening, relays } => {
                self.line(&format!("({listening} of {relays} relays listen)"));
            }
        }
    }

    /// "3f2a9c01 22 Nov 19:02 alice: Who brings boards?", further lines below the text.
    pub(super) fn utterance(&mut self, message: &MessageView, depth: usize) {
        let at = message.at.short();
        let name = match &message.name {
            Some(name) => name.as_str(),
            None => message.npub.get(..NPUB_CHARACTERS).unwrap_or(&message.npub),
        };
        let to = match (&message.reply_to, depth) {
            (Some(id), 0) => format!(" to {}", short(id)),
            _ => String::new(),
        };
        let indent = "  ".repeat(depth);
        let mut lines = message.text.trim().lines();
        let first = lines.next().unwrap_or_default();
        let id = short(&message.id);
        self.line(&format!("{id}  {indent}{at} {name}{to}: {first}"));
        for line in lines {
            let margin = " ".repeat(SHORT_ID_CHARACTERS);
            self.line(&format!("{margin}  {indent}  {line}"));
        }
    }
}

/// Enough of an npub to recognise it.
const NPUB_CHARACTERS: usize = 12;

/// The main room is most often called as the community.
fn room(community: Option<&str>, room: &str) -> String {
    match community {
        Some(community) if community != room => format!("{community}: {room}"),
        _ => room.to_owned(),
    }
}
