//! What a relay answers to its administrators, on a page.

use super::page::Page;
use crate::output::admin::{AdminAnswer, AdminResult};

impl Page {
    /// `admin …`.
    pub fn admin(&mut self, answer: &AdminAnswer) {
        let nothing = "nothing is listed";
        match &answer.result {
            AdminResult::Done { .. } => self.line(&format!("Done on {}.", answer.relay)),
            AdminResult::Methods { methods } => {
                for method in methods {
                    self.line(method);
                }
                if methods.is_empty() {
                    self.line(nothing);
                }
            }
            AdminResult::People { people } => {
                let rows = people.iter();
                let rows = rows.map(|one| vec![one.npub.clone(), one.reason.clone()]);
                self.table(&["PERSON", "REASON"], rows.collect(), nothing);
            }
            AdminResult::Events { events } => {
                let rows = events.iter();
                let rows = rows.map(|one| vec![one.id.clone(), one.reason.clone()]);
                self.table(&["ID", "REASON"], rows.collect(), nothing);
            }
            AdminResult::Kinds { kinds } => {
                for kind in kinds {
                    self.line(&kind.to_string());
                }
                if kinds.is_empty() {
                    self.line(nothing);
                }
            }
            AdminResult::Addresses { addresses } => {
                let rows = addresses.iter();
                let rows = rows.map(|one| vec![one.ip.clone(), one.reason.clone()]);
                self.table(&["ADDRESS", "REASON"], rows.collect(), nothing);
            }
        }
    }
}
