//! Private messages, on a page.

use super::page::{NO_GUARANTEE, Page};
use crate::output::messages::{
    ConversationForgotten, ConversationShown, Conversations, DeliveryOutcome, DeliveryView,
    InboxOpened, MessageSent, MessageView,
};
use crate::output::views::Moment;

/// Characters of the newest message that a list of conversations shows.
const GLANCE_CHARACTERS_MAX: usize = 60;

/// Characters of a key in front of a message: enough to tell the people of a conversation apart.
const SHORT_KEY_CHARACTERS: usize = 16;

impl Page {
    /// `dm`.
    pub fn conversations(&mut self, found: &Conversations) {
        let rows = found.conversations.iter().map(|conversation| {
            let people = match conversation.people.as_slice() {
                [] => "yourself".to_owned(),
                people => people.join(" "),
            };
            let newest = &conversation.newest;
            let glance: String = newest.text.chars().take(GLANCE_CHARACTERS_MAX).collect();
            vec![
                sent_at(newest),
                people,
                conversation.subject.clone().unwrap_or_default(),
                glance,
            ]
        });
        let nothing = "no messages; `kith dm npub1… \"…\"` sends one";
        self.table(
            &["WHEN", "PERSON", "SUBJECT", "NEWEST"],
            rows.collect(),
            nothing,
        );
    }

    /// `dm PERSON`: the newest message is the last line.
    pub fn conversation(&mut self, shown: &ConversationShown) {
        if let Some(subject) = &shown.subject {
            self.heading(subject);
        }
        for message in shown.messages.iter().rev() {
            self.message(message);
        }
        if shown.messages.is_empty() {
            self.line("no messages yet");
        }
    }

    /// One message. Further lines of its text are indented, so that none looks like another message.
    pub fn message(&mut self, message: &MessageView) {
        let author = match message.yours {
            true => "you",
            false => short_key(&message.author),
        };
        let file = if message.file { "(file) " } else { "" };
        let mut lines = message.text.lines();
        let first = lines.next().unwrap_or_default();
        self.line(&format!("{}  {author}: {file}{first}", sent_at(message)));
        for line in lines {
            self.line(&format!("    {line}"));
        }
    }

    /// `dm PERSON TEXT`.
    pub fn message_sent(&mut self, sent: &MessageSent) {
        for delivery in &sent.deliveries {
            self.delivery(delivery);
        }
    }

    /// What became of a message for one person.
    pub fn delivery(&mut self, delivery: &DeliveryView) {
        self.line(&delivery_line(delivery));
    }

    /// `dm PERSON --forget`.
    pub fn conversation_forgotten(&mut self, forgotten: &ConversationForgotten) {
        let count = forgotten.messages;
        let plural = if count == 1 {
            "message is"
        } else {
            "messages are"
        };
        self.line(&format!("{count} {plural} not shown here any more."));
        if !forgotten.asked.is_empty() {
            let relays = forgotten.asked.join(" ");
            self.line(&format!("Asked to delete your copies: {relays}"));
            self.line(NO_GUARANTEE);
        }
    }

    /// `dm --open-inbox`.
    pub fn inbox_opened(&mut self, opened: &InboxOpened) {
        let relays = opened.inbox.join(" ");
        self.line(&match opened.changed {
            true => format!("You receive messages at {relays}"),
            false => format!("You receive messages at {relays} already"),
        });
    }
}

/// "npub1…: refused by wss://…: blocked: …"
fn delivery_line(delivery: &DeliveryView) -> String {
    let refused = delivery.refused.iter();
    let refused = refused.map(|refused| format!("{}: {}", refused.relay, refused.reason));
    let refused = refused.collect::<Vec<_>>().join("; ");
    let person = &delivery.person;
    match delivery.outcome {
        DeliveryOutcome::Reached => format!("Sent to {person}"),
        DeliveryOutcome::NoInbox => format!("{person} receives no private messages"),
        DeliveryOutcome::Refused => format!("{person}: refused by {refused}"),
        DeliveryOutcome::Failed => format!("{person}: not sent to {refused}"),
        DeliveryOutcome::Queued => format!("{person}: waits to be sent to {refused}"),
    }
}

fn sent_at(message: &MessageView) -> String {
    message
        .sent_at
        .as_ref()
        .map(Moment::for_people)
        .unwrap_or_default()
}

fn short_key(npub: &str) -> &str {
    npub.get(..SHORT_KEY_CHARACTERS).unwrap_or(npub)
}
