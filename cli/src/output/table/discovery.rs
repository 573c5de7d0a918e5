//! What is near a place, and what is coming up, on a page.

use super::page::Page;
use crate::output::discovery::{Agenda, Near};

impl Page {
    /// `near`.
    pub fn near(&mut self, near: &Near) {
        self.line(&within(near.radius_km, &near.place.name));
        self.blank();
        self.heading("Communities");
        self.communities(&near.communities);
        self.blank();
        self.heading("Meetups");
        self.meetups(&near.meetups, true);
        self.next(&near.next);
    }

    /// `agenda`.
    pub fn agenda(&mut self, agenda: &Agenda) {
        if let (Some(place), Some(radius_km)) = (&agenda.place, agenda.radius_km) {
            self.line(&within(radius_km, &place.name));
            self.blank();
        }
        let meetups = agenda.meetups.iter();
        let meetups = meetups.map(|entry| (&entry.meetup, entry.answer.as_deref()));
        self.answered_meetups(&meetups.collect::<Vec<_>>(), true);
        self.next(&agenda.next);
    }
}

fn within(radius_km: f64, place: &str) -> String {
    let km = format!("{radius_km:.1}");
    let km = km.strip_suffix(".0").unwrap_or(&km);
    format!("Within {km} km of {place}")
}
