//! What waits to be sent, on a page.

use super::page::Page;
use crate::output::outbox::{Outbox, OutboxNote};
use crate::output::views::short;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

impl Page {
    /// `outbox …`.
    pub fn outbox(&mut self, outbox: &Outbox) {
        for (ids, word) in [(&outbox.sent, "sent"), (&outbox.dropped, "dropped")] {
            if let Some(ids) = ids {
                self.line(&format!("{}: {word}", notes(ids.len())));
            }
        }
        let rows = outbox.notes.iter().map(|note| {
            vec![
                note.what.clone(),
                age(note.age_seconds),
                short(&note.id).to_owned(),
            ]
        });
        self.table(&["NOTE", "WAITS", "ID"], rows.collect(), "nothing waits");
        for note in &outbox.notes {
            self.relays_of(note);
        }
        self.next(&outbox.next);
    }

    fn relays_of(&mut self, note: &OutboxNote) {
        self.blank();
        self.line(short(&note.id));
        for relay in &note.relays {
            let reason = match &relay.reason {
                Some(reason) => format!(": {reason}"),
                None => String::new(),
            };
            self.fact(relay.state, &format!("{}{reason}", relay.relay));
        }
    }
}

/// "1 note", "2 notes".
fn notes(count: usize) -> String {
    match count {
        1 => "1 note".to_owned(),
        _ => format!("{count} notes"),
    }
}

/// In the largest unit of which there is one.
pub fn age(seconds: u64) -> String {
    match seconds {
        0..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => format!("{} min", seconds / MINUTE),
        HOUR..DAY => format!("{} h", seconds / HOUR),
        DAY.. => format!("{} d", seconds / DAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_in_one_unit() {
        let ages = [0, 59, 60, 3_599, 3_600, 86_399, 86_400, 900_000].map(age);
        let told = [
            "0 s", "59 s", "1 min", "59 min", "1 h", "23 h", "1 d", "10 d",
        ];
        assert_eq!(ages, told);
    }
}
