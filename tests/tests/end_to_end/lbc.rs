//! Location Based Communities (LBC, the 2023 draft): what the relay does with communities, line by
//! line. What clients make of them is tested with the client library.

use kith_nips::Event;

use crate::events::{Note, note, pubkey};

mod kinds;
mod mute;
mod order;
mod ownership;

/// Begins the community of the key `owner`.
fn community(owner: u32) -> Note {
    note(owner).kind(1_037)
}

/// Begins metadata for a community by the key `author`.
fn metadata(author: u32, community: &Event) -> Note {
    let id = community.id().to_string();
    note(author)
        .kind(30_037)
        .tag(&["d", &id])
        .tag(&["e", &id, "", &community.pubkey().to_string()])
        .tag(&["title", "Brighton and Hove"])
}

/// Begins a meetup of a community by the key `author`.
fn meetup(author: u32, community: &Event, slug: &str) -> Note {
    let id = community.id().to_string();
    note(author)
        .kind(31_923)
        .tag(&["d", &format!("{id}:{slug}")])
        .tag(&["e", &id, "", &community.pubkey().to_string()])
        .tag(&["title", slug])
        .tag(&["start", "1796322600"])
        .tag(&["D", "20790"])
        .tag(&["L", "kind"])
        .tag(&["l", "meetup", "kind"])
}

/// Begins the answer of the key `author` to this version of a meetup.
fn rsvp(author: u32, meetup: &Event) -> Note {
    let address = meetup.address().unwrap().to_string();
    note(author)
        .kind(31_925)
        .tag(&["d", &format!("answer to {address}")])
        .tag(&["a", &address])
        .tag(&["e", &meetup.id().to_string()])
        .tag(&["status", "accepted"])
}

/// Begins a list of people by the key `author` under the name of a community's list, with this
/// ending: nothing for members, `:blocked` for the muted.
fn people(author: u32, community: &Event, ending: &str, keys: &[u32]) -> Note {
    let list = note(author)
        .kind(30_000)
        .tag(&["d", &format!("{}{ending}", community.id())]);
    keys.iter().fold(list, |list, key| {
        list.tag(&["p", &pubkey(*key).to_string()])
    })
}
