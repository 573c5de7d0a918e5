//! Names at the host of the relay (NIP-05): what is stored may ask for one, or be the end of one. Who has
//! which is decided in `management`.

use kith_nips::Event;

use crate::management::names::{GivenNames, Naming, NotGiven};

/// Does what a stored event says about the name of its author, and gives why a name that it asks for is not
/// theirs. `now` is Unix seconds.
pub(super) async fn after_saving(event: &Event, names: &GivenNames, now: u64) -> Option<NotGiven> {
    match names.after(event, now).await {
        // Who gives no names need not say so to everybody.
        Ok(Naming::Given | Naming::NotAsked | Naming::NotGiven(NotGiven::Nobody)) => None,
        Ok(Naming::NotGiven(reason)) => Some(reason),
        // What cannot be changed is in the log; the event itself is stored, and asks again when it is sent again.
        Err(_) => None,
    }
}
