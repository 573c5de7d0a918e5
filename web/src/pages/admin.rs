//! Managing the relay (NIP-86): a page that is the same for everybody, filled by the browser of an
//! administrator with signed requests.

use askama::Template;

use crate::frame::Frame;

/// The page of administrators.
#[derive(Debug, Template)]
#[template(path = "admin.html")]
pub struct Admin {
    /// What surrounds it.
    pub frame: Frame,
    /// Whether the relay can be managed over HTTP at all.
    pub is_on: bool,
    /// What the relay says of itself.
    pub description: String,
    /// Events that it holds.
    pub events: Option<u64>,
    /// Communities.
    pub communities: Option<u64>,
    /// Coming meetups.
    pub meetups: Option<u64>,
    /// The relay's own key, hexadecimal, where it has members.
    pub membership: Option<String>,
}

/// Numbers of the running relay, as it names them, and their messages; the notes it holds are shown before.
pub const NUMBERS: [(&str, &str); 7] = [
    ("connections", "admin-connections"),
    ("subscriptions", "admin-subscriptions"),
    ("taken", "admin-taken"),
    ("refused", "admin-refused"),
    ("rate_limited", "admin-rate-limited"),
    ("members", "members-title"),
    ("uptime_seconds", "admin-since"),
];

/// A list that administrators keep, by the methods of NIP-86.
#[derive(Debug)]
pub struct AdminList {
    /// The method that lists.
    pub list: &'static str,
    /// The methods that can be asked for from a form above it, with their messages.
    pub add: &'static [(&'static str, &'static str)],
    /// The methods that can be asked for of an entry, with their messages.
    pub each: &'static [(&'static str, &'static str)],
    /// The member of an entry that names it; entries that are numbers have none.
    pub key: &'static str,
    /// The message that says what is listed.
    pub heading: &'static str,
    /// The message that says what to type.
    pub label: &'static str,
}

/// The lists, in the order of the page.
pub const LISTS: [AdminList; 6] = [
    AdminList {
        list: "listeventsneedingmoderation",
        add: &[],
        each: &[("allowevent", "admin-keep"), ("banevent", "admin-remove")],
        key: "id",
        heading: "admin-reports",
        label: "admin-event",
    },
    AdminList {
        list: "listbannedpubkeys",
        add: &[("banpubkey", "admin-ban")],
        each: &[("unbanpubkey", "admin-unban")],
        key: "pubkey",
        heading: "admin-banned-people",
        label: "members-person",
    },
    AdminList {
        list: "listbannedevents",
        add: &[("banevent", "admin-ban")],
        each: &[("allowevent", "admin-unban")],
        key: "id",
        heading: "admin-banned-events",
        label: "admin-event",
    },
    AdminList {
        list: "listallowedpubkeys",
        add: &[("allowpubkey", "admin-allow")],
        each: &[("unallowpubkey", "admin-unallow")],
        key: "pubkey",
        heading: "admin-allowed-people",
        label: "members-person",
    },
    AdminList {
        list: "listallowedkinds",
        add: &[("allowkind", "admin-allow")],
        each: &[("disallowkind", "admin-unallow")],
        key: "",
        heading: "admin-kinds",
        label: "admin-kind",
    },
    AdminList {
        list: "listblockedips",
        add: &[("blockip", "admin-ban")],
        each: &[("unblockip", "admin-unban")],
        key: "ip",
        heading: "admin-addresses",
        label: "admin-address",
    },
];

/// What the relay says of itself: the method that changes it, and its message.
pub const TEXTS: [(&str, &str); 3] = [
    ("changerelayname", "field-label-name"),
    ("changerelaydescription", "field-label-description"),
    ("changerelayicon", "field-label-image"),
];

impl Admin {
    fn said(&self, method: &str) -> String {
        match method {
            "changerelayname" => self.frame.site.name.to_string(),
            "changerelaydescription" => self.description.clone(),
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use kith_nips::nip86::METHODS;

    use super::*;

    #[test]
    fn every_method_is_one_of_the_relay() {
        let lists = LISTS.iter().flat_map(|list| {
            let names = list.add.iter().chain(list.each).map(|(name, _)| *name);
            names.chain([list.list])
        });
        for name in lists.chain(TEXTS.map(|(name, _)| name)) {
            assert!(METHODS.iter().any(|(known, _)| *known == name), "{name}");
        }
    }
}
