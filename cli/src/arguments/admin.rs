//! `kith admin …` as typed.

use std::net::IpAddr;

use clap::{Args, Subcommand};

/// Examples below the help of `kith admin`.
pub const EXAMPLES: &str = "\
Examples:
  kith admin methods --relay wss://relay.example.com
  kith admin ban npub1… --reason spam
  kith admin banned --json
  kith admin reported
  kith admin ban-event nevent1…

Works with every relay that can be managed by NIP-86, if your key is an administrator
there. Of several relays, --relay says which.";

/// Manage a relay.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// List what the relay lets administrators do
    Methods,
    /// Take and show nothing by somebody any more
    Ban(PersonWhy),
    /// End such a ban
    Unban(Person),
    /// List those who are banned
    Banned,
    /// Let somebody write; where there are any such, others may not
    Allow(PersonWhy),
    /// Take somebody off that list
    Unallow(Person),
    /// List those who may write
    Allowed,
    /// List events that were reported and wait for a decision
    Reported,
    /// Say that an event is in order, or end its ban
    AllowEvent(EventWhy),
    /// Remove an event and keep it out
    BanEvent(EventWhy),
    /// List events that are banned
    BannedEvents,
    /// Change the name of the relay
    Name {
        /// The new name
        name: String,
    },
    /// Change what the relay says of itself
    Description {
        /// The new description
        description: String,
    },
    /// Change the picture of the relay
    Icon {
        /// Address of a picture
        url: String,
    },
    /// Take events of a kind again
    AllowKind {
        /// A number such as 31923
        kind: u16,
    },
    /// Take no events of a kind any more
    DisallowKind {
        /// A number such as 31923
        kind: u16,
    },
    /// List the kinds that are allowed
    Kinds,
    /// End and refuse connections of an address
    BlockIp {
        /// An IP address
        address: IpAddr,
        /// Why
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// Let an address connect again
    UnblockIp {
        /// An IP address
        address: IpAddr,
    },
    /// List addresses that are blocked
    BlockedIps,
    /// Make, change, give and take roles
    #[command(subcommand)]
    Role(Role),
}

/// Somebody.
#[derive(Debug, Args)]
pub struct Person {
    /// npub, nprofile or 64 hexadecimal digits
    pub person: String,
}

/// Somebody, and why.
#[derive(Debug, Args)]
pub struct PersonWhy {
    /// npub, nprofile or 64 hexadecimal digits
    pub person: String,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
}

/// An event, and why.
#[derive(Debug, Args)]
pub struct EventWhy {
    /// 64 hexadecimal digits, note1…, nevent1… or a nostr: link
    pub event: String,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
}

/// Roles of the members of a relay (NIP-43).
#[derive(Debug, Subcommand)]
pub enum Role {
    /// Make a role
    Create(NewRole),
    /// Describe a role anew
    Edit(NewRole),
    /// Take a role away, from everybody
    Delete {
        /// Which role
        role: String,
    },
    /// Give a role to somebody, which makes them a member
    Assign {
        /// Which role
        role: String,
        /// npub, nprofile or 64 hexadecimal digits
        person: String,
    },
    /// Take a role from somebody
    Unassign {
        /// Which role
        role: String,
        /// npub, nprofile or 64 hexadecimal digits
        person: String,
    },
}

/// What a role is.
#[derive(Debug, Args)]
pub struct NewRole {
    /// What it is named by
    pub role: String,
    /// What it is called
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub label: String,
    /// What it is for
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub description: String,
    /// Its colour: a hue from 0 to 360
    #[arg(long, value_name = "DEGREES")]
    pub color: Option<u16>,
    /// Its place among others, lower first
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub order: Option<i64>,
}
