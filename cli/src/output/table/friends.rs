//! People whom the user follows, and what they do, on a page.

use super::notes::time_range;
use super::page::Page;
use crate::output::friends::{
    FeedBegun, FeedItemView, FeedLine, FeedName, FeedShown, FeedSubjectView, FriendsChanged,
    FriendsShown,
};
use crate::output::views::{MeetupView, short};

/// Enough of an npub to recognise it.
const NPUB_CHARACTERS: usize = 12;

impl Page {
    /// `friends`.
    pub fn friends(&mut self, shown: &FriendsShown) {
        let has_identifiers = shown.people.iter().any(|one| one.identifier.is_some());
        let rows = shown.people.iter().map(|one| {
            let state = if one.friend { "friend" } else { "following" };
            let name = match (&one.petname, &one.name) {
                (Some(petname), Some(name)) if petname != name => format!("{petname} ({name})"),
                (petname, name) => petname
                    .as_ref()
                    .or(name.as_ref())
                    .cloned()
                    .unwrap_or_default(),
            };
            let mut row = vec![state.to_owned(), name];
            row.extend(has_identifiers.then(|| one.identifier.clone().unwrap_or_default()));
            row.push(one.npub.clone());
            row
        });
        let nothing = "you follow nobody; `kith friends add npub1…` changes that";
        let headings: &[&str] = match has_identifiers {
            true => &["STATE", "NAME", "IDENTIFIER", "PERSON"],
            false => &["STATE", "NAME", "PERSON"],
        };
        self.table(headings, rows.collect(), nothing);
        if shown.further > 0 {
            self.line(&format!("and {} more", shown.further));
        }
    }

    /// `friends add`, `friends remove`.
    pub fn friends_changed(&mut self, changed: &FriendsChanged) {
        self.people_changed(&changed.people);
    }

    /// `feed`.
    pub fn feed(&mut self, shown: &FeedShown) {
        for item in &shown.items {
            self.feed_item(item);
        }
        if shown.items.is_empty() {
            self.line(match shown.feed {
                FeedName::Friends => "nothing yet; `kith friends` says who your friends are",
                FeedName::Following => "nothing yet; `kith friends` says whom you follow",
            });
        }
    }

    /// `feed --follow`, first.
    pub fn feed_begun(&mut self, begun: FeedBegun) {
        self.line(match begun.feed {
            FeedName::Friends => "Your friends, from now on (Ctrl-C ends it)",
            FeedName::Following => "Those whom you follow, from now on (Ctrl-C ends it)",
        });
    }

    /// `feed --follow`.
    pub fn feed_line(&mut self, line: &FeedLine) {
        match line {
            FeedLine::Item { item } => self.feed_item(item),
            FeedLine::Connection { listening, relays } => {
                self.line(&format!("({listening} of {relays} relays listen)"));
            }
        }
    }

    /// "22 Nov 19:02  ben: Who brings boards?", further lines below the text.
    fn feed_item(&mut self, item: &FeedItemView) {
        let who = match &item.name {
            Some(name) => name.as_str(),
            None => item.npub.get(..NPUB_CHARACTERS).unwrap_or(&item.npub),
        };
        let (said, text) = match &item.subject {
            FeedSubjectView::Note { text } => (String::new(), text),
            FeedSubjectView::Meetup { address, meetup } => {
                let called = called(meetup.as_deref(), address);
                (format!(" announces {called}"), &String::new())
            }
            FeedSubjectView::Answer {
                status,
                note,
                address,
                meetup,
            } => {
                let called = called(meetup.as_deref(), address);
                (format!(" {} {called}", verb(status)), note)
            }
        };
        let mut lines = text.trim().lines();
        let first = lines.next().map(|first| format!(": {first}"));
        let first = first.unwrap_or_default();
        self.line(&format!("{}  {who}{said}{first}", item.at.short()));
        for line in lines {
            self.line(&format!("    {line}"));
        }
    }
}

fn verb(status: &str) -> &'static str {
    match status {
        "accepted" => "comes to",
        "tentative" => "may come to",
        _ => "does not come to",
    }
}

/// "Opening night", Fri 27 Nov 2026, 19:00–21:00 (77aa00bb)
fn called(meetup: Option<&MeetupView>, address: &str) -> String {
    match meetup {
        Some(meetup) => {
            let when = time_range(meetup);
            format!("\"{}\", {when} ({})", meetup.title, short(&meetup.id))
        }
        None => format!("a meetup that is not here ({address})"),
    }
}
