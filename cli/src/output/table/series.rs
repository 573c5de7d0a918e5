//! Meetups that are repeated, and who runs meetups, on a page.

use super::page::Page;
use crate::output::Meetups;
use crate::output::series::{AllSeries, SeriesChanged, SeriesShown};
use crate::output::views::{Moment, short};

impl Page {
    /// `meetup series create`, `edit`, `cancel`.
    pub fn series_changed(&mut self, changed: &SeriesChanged) {
        self.heading(&changed.rule);
        let rows = changed.meetups.iter().map(|meetup| {
            let start = meetup.start.as_ref();
            vec![
                meetup.action.as_str().to_owned(),
                start.map(Moment::for_people).unwrap_or_default(),
                meetup.title.clone(),
                meetup.locations.join(", "),
            ]
        });
        let header = ["ACTION", "WHEN", "MEETUP", "WHERE"];
        self.table(&header, rows.collect(), "nothing to change");
        self.told(changed.told);
    }

    /// `meetup series show`.
    pub fn series(&mut self, shown: &SeriesShown) {
        self.heading(&shown.series.title);
        self.fact("series", &shown.series.id);
        self.fact("rule", &shown.series.rule);
        self.fact("organiser", &shown.series.organiser);
        let counted = format!("{}, {} to come", shown.series.meetups, shown.series.coming);
        self.fact("meetups", &counted);
        self.blank();
        self.meetups(&shown.meetups, false);
    }

    /// `meetup series list`.
    pub fn all_series(&mut self, all: &AllSeries) {
        let rows = all.series.iter().map(|series| {
            let community = series.community.as_ref();
            let community = community.and_then(|community| community.title.clone());
            let next = series.next.as_ref();
            vec![
                series.title.clone(),
                community.unwrap_or_default(),
                series.rule.clone(),
                next.map(Moment::for_people).unwrap_or_default(),
                series.coming.to_string(),
                short(&series.next_id).to_owned(),
            ]
        });
        let header = ["SERIES", "COMMUNITY", "RULE", "NEXT", "TO COME", "ID"];
        self.table(&header, rows.collect(), "no series");
    }

    /// `meetup hosts`.
    pub fn hosts(&mut self, shown: &Meetups) {
        for meetup in &shown.meetups {
            self.heading(&meetup.title);
            self.fact("organiser", &meetup.organiser);
            for host in &meetup.extensions.hosts {
                self.fact("host", host);
            }
        }
    }
}
