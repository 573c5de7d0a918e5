//! What came of calendars, on a page.

use super::page::Page;
use crate::output::calendar::{Attendees, ImportAction, Imports, PeopleView, Written};
use crate::output::views::Moment;

impl Page {
    /// `meetup import`.
    pub fn imports(&mut self, imports: &Imports) {
        self.heading(&imports.community.title);
        let meetups = imports.meetups.iter();
        let rows = meetups.map(|meetup| {
            vec![
                meetup.action.as_str().to_owned(),
                meetup
                    .start
                    .as_ref()
                    .map(Moment::for_people)
                    .unwrap_or_default(),
                meetup.title.clone(),
                meetup.locations.join(", "),
            ]
        });
        let nothing = "nothing in this time; --past and --days look further";
        self.table(
            &["ACTION", "WHEN", "MEETUP", "WHERE"],
            rows.collect(),
            nothing,
        );
        for skipped in &imports.skipped {
            self.line(&format!(
                "left out \"{}\": {}",
                skipped.what, skipped.reason
            ));
        }
        self.people_named(&imports.people);
        let is_tried = |action| action == ImportAction::Read;
        if imports.meetups.iter().any(|meetup| is_tried(meetup.action)) {
            self.line("Nothing was announced; without --dry-run it is.");
        }
    }

    fn people_named(&mut self, people: &PeopleView) {
        let counts = [
            (people.going, "going"),
            (people.maybe, "maybe"),
            (people.not_going, "not going"),
            (people.unanswered, "without an answer"),
        ];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: Vec<String> = counts
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        if !counts.is_empty() {
            let counts = counts.join(", ");
            self.line(&format!(
                "{counts} in the calendar: without keys, not imported"
            ));
        }
        if !people.organizers.is_empty() {
            let names = people.organizers.join(", ");
            self.line(&format!(
                "organized in the calendar by {names}: here by whoever imports"
            ));
        }
    }

    /// `attendees`.
    pub fn attendees(&mut self, attendees: &Attendees) {
        self.heading(&attendees.meetup.title);
        self.line(&attendees.meetup.start.for_people());
        self.answers(&attendees.answers);
    }

    /// A file was written.
    pub fn written(&mut self, written: &Written) {
        let entries = written.entries;
        let plural = if entries == 1 { "entry" } else { "entries" };
        self.line(&format!("{}: {entries} {plural}", written.file.display()));
    }
}
