//! The relays that somebody says they use, on a page.

use super::page::Page;
use crate::output::relay_list::{ListedRelay, RelayListShown};

impl Page {
    /// `relays show`, `relays publish`.
    pub fn relay_list(&mut self, list: &RelayListShown) {
        match list.changed {
            Some(true) => self.line("Others see from now on:"),
            Some(false) => self.line("Others see already:"),
            None => self.heading(&list.npub),
        }
        let rows = list
            .relays
            .iter()
            .map(|relay| vec![relay.relay.clone(), usage(relay).to_owned()]);
        self.table(
            &["RELAY", "USED TO"],
            rows.collect(),
            "says nothing about relays",
        );
    }
}

fn usage(relay: &ListedRelay) -> &'static str {
    match (relay.writes, relay.reads) {
        (true, false) => "write",
        (false, true) => "read",
        _ => "write and read",
    }
}
