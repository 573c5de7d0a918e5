//! How many people, on a page.

use super::page::Page;
use crate::output::counts::{CommunityCounted, CountView, Precision};
use crate::output::views::{Moment, short};

impl Page {
    /// `community count`.
    pub fn community_counted(&mut self, counted: &CommunityCounted) {
        self.heading(counted.community.title.as_deref().unwrap_or_default());
        self.fact("followers", &number(counted.followers));
        self.fact("members", &number(counted.members));
        if counted.meetups.is_empty() {
            return;
        }
        self.blank();
        let rows = counted.meetups.iter().map(|meetup| {
            let start = meetup.start.as_ref().map(Moment::for_people);
            vec![
                start.unwrap_or_default(),
                meetup.title.clone(),
                number(meetup.answers),
                short(&meetup.id).to_owned(),
            ]
        });
        self.table(&["WHEN", "MEETUP", "ANSWERS", "ID"], rows.collect(), "");
    }
}

fn number(count: CountView) -> String {
    match count.precision {
        Precision::Exact => count.number.to_string(),
        Precision::Estimate => format!("about {}", count.number),
        Precision::AtLeast => format!("at least {}", count.number),
    }
}
