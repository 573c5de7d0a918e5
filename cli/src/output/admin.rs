//! What a relay answers to its administrators.

use serde::Serialize;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AdminAnswer {
    /// Which relay.
    pub relay: String,
    /// The method of NIP-86 that was called.
    pub method: &'static str,
    /// What it answered: members of the same object.
    #[serde(flatten)]
    pub result: AdminResult,
    /// Entries that could not be read; 0 where nothing is listed.
    pub unreadable: usize,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum AdminResult {
    /// It is done, or was so already.
    Done {
        /// Always true.
        done: bool,
    },
    /// Names of methods.
    Methods {
        /// As NIP-86 names them.
        methods: Vec<String>,
    },
    /// People.
    People {
        /// Each with the reason.
        people: Vec<AdminPerson>,
    },
    /// Events.
    Events {
        /// Each with the reason.
        events: Vec<AdminEvent>,
    },
    /// Kinds.
    Kinds {
        /// Numbers.
        kinds: Vec<u16>,
    },
    /// Addresses.
    Addresses {
        /// Each with the reason.
        addresses: Vec<AdminAddress>,
    },
}

/// Somebody who is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AdminPerson {
    /// `npub1…`.
    pub npub: String,
    /// 64 hexadecimal digits.
    pub public_key: String,
    /// Why, or nothing; not to be trusted.
    pub reason: String,
}

/// An event that is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AdminEvent {
    /// 64 hexadecimal digits.
    pub id: String,
    /// Why, or nothing; not to be trusted.
    pub reason: String,
}

/// An address that is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AdminAddress {
    /// The address.
    pub ip: String,
    /// Why, or nothing; not to be trusted.
    pub reason: String,
}
