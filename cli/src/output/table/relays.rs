//! Relays near a place, on a page.

use super::page::Page;
use crate::output::relays::{FoundRelay, RelaysFound};

impl Page {
    /// `relays find`.
    pub fn relays_found(&mut self, found: &RelaysFound) {
        let km = found.radius_km;
        self.line(&format!("Within {km:.0} km of {}", found.place.name));
        self.blank();
        let rows = found.relays.iter().map(row);
        let header = ["RELAY", "KM", "SEEN BY", "CONNECTS", "ASKS FOR", "NIPS"];
        self.table(&header, rows.collect(), "no monitor tells of a relay there");
        if found.stale > 0 {
            self.line(&format!("{} more were not seen lately", found.stale));
        }
        self.next(&found.next);
    }
}

fn row(relay: &FoundRelay) -> Vec<String> {
    let mut url = relay.url.clone();
    if let Some(network) = relay.network.as_ref().filter(|name| *name != "clearnet") {
        url.push_str(&format!(" ({network})"));
    }
    if relay.yours {
        url.push_str(" (yours)");
    }
    let needs = relay.requirements.iter();
    let needs: Vec<&str> = needs
        .filter(|name| !name.starts_with('!'))
        .map(String::as_str)
        .collect();
    let nips: Vec<String> = relay.nips.iter().map(ToString::to_string).collect();
    vec![
        url,
        format!("{:.0}", relay.distance_km),
        relay.monitors.to_string(),
        relay
            .open_ms
            .map(|ms| format!("{ms} ms"))
            .unwrap_or_default(),
        needs.join(" "),
        nips.join(" "),
    ]
}
