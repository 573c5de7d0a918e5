//! The relay itself, for people (NIP-11).

use askama::Template;

use crate::frame::Frame;
use crate::link::WebLink;
use crate::text::Text;

/// The relay itself.
#[derive(Debug, Template)]
#[template(path = "about.html")]
pub struct About {
    /// What surrounds it.
    pub frame: Frame,
    /// What it says of itself.
    pub description: Option<Text>,
    /// Its picture.
    pub icon: Option<WebLink>,
    /// Where to write to.
    pub contact: Option<WebLink>,
    /// Its terms.
    pub terms: Option<WebLink>,
    /// What to paste into a client.
    pub address: Text,
    /// How many events it holds.
    pub events: Option<u64>,
    /// How many communities.
    pub communities: Option<u64>,
    /// How many coming meetups.
    pub meetups: Option<u64>,
    /// What it speaks.
    pub nips: Vec<Nip>,
    /// The program.
    pub software: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// A part of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nip(pub u16);

impl About {
    fn preview(&self) -> &str {
        self.description.as_ref().map_or("", Text::as_str)
    }
}

impl Nip {
    fn number(&self) -> String {
        format!("{:02}", self.0)
    }

    fn link(&self) -> String {
        let number = self.number();
        format!("https://github.com/nostr-protocol/nips/blob/master/{number}.md")
    }

    fn title(&self) -> &'static str {
        match self.0 {
            1 => "Basic protocol",
            2 => "Follow lists",
            9 => "Deletion requests",
            11 => "Relay information document",
            13 => "Proof of work",
            17 => "Private messages",
            22 => "Comments",
            28 => "Public chat",
            40 => "Expiration",
            42 => "Authentication",
            43 => "Members",
            45 => "Counting",
            50 => "Search",
            52 => "Calendar events",
            56 => "Reports",
            59 => "Gift wraps",
            62 => "Requests to vanish",
            65 => "Relay lists",
            66 => "Relay discovery",
            67 => "Completeness of answers",
            70 => "Protected events",
            77 => "Comparing sets",
            86 => "Management",
            _ => "",
        }
    }
}
