//! What the user muted for themselves, on a page.

use super::page::Page;
use crate::output::mutes::{MutesChanged, MutesShown};

impl Page {
    /// `mute`.
    pub fn mutes(&mut self, shown: &MutesShown) {
        let rows = shown.muted.iter().map(|item| {
            let who = if item.private {
                "only you"
            } else {
                "everybody"
            };
            let kind = item.kind.to_owned();
            vec![kind, item.value.clone(), who.to_owned()]
        });
        let nothing = "you muted nothing; `kith mute --help` says how";
        self.table(&["WHAT", "MUTED", "READ BY"], rows.collect(), nothing);
    }

    /// `mute` with something, `unmute`.
    pub fn mutes_changed(&mut self, changed: &MutesChanged) {
        for item in &changed.muted {
            let already = if item.changed { "" } else { " already" };
            let (action, kind, value) = (item.action, item.kind, &item.value);
            self.line(&format!("{action}{already}: {kind} {value}"));
        }
    }
}
