//! What became of announcements, on a page.

use super::page::Page;
use crate::output::announcements::{
    AnnouncementPlan, AnnouncementSum, CancellationTold, NothingToResume,
};

impl Page {
    /// `announce --dry-run`.
    pub fn announcement_plan(&mut self, plan: &AnnouncementPlan) {
        self.heading(&plan.about);
        for person in &plan.people {
            self.line(person);
        }
        let count = people(plan.people.len());
        let audience = plan.audience;
        self.line(&format!("{count} ({audience}); nothing was sent"));
    }

    /// `announce`.
    pub fn announcement_sum(&mut self, sum: &AnnouncementSum) {
        self.heading(&sum.about);
        let audience = sum.audience;
        self.line(&format!("{} ({audience})", people(sum.people)));
        let facts = [
            ("reached", sum.reached),
            ("before", sum.reached_before),
            ("no inbox", sum.no_inbox),
            ("refused", sum.refused),
            ("not sent", sum.failed),
        ];
        for (label, count) in facts.into_iter().filter(|(_, count)| *count > 0) {
            self.fact(label, &count.to_string());
        }
        for delivery in &sum.not_reached {
            self.delivery(delivery);
        }
        let not_reached = sum.no_inbox + sum.refused + sum.failed;
        let more = not_reached.saturating_sub(sum.not_reached.len());
        if more > 0 {
            self.line(&format!("and {more} more; --json names them all"));
        }
    }

    /// Who was told of a cancellation; nothing when nobody answered or nobody was to be told.
    pub fn told(&mut self, told: Option<CancellationTold>) {
        let Some(told) = told.filter(|told| told.people > 0) else {
            return;
        };
        let (reached, all) = (told.reached, people(told.people));
        let mut fact = format!("{reached} of {all} who answered");
        let others = [
            (told.no_inbox, "no inbox"),
            (told.refused, "refused"),
            (told.failed, "not sent"),
        ];
        for (count, why) in others.into_iter().filter(|(count, _)| *count > 0) {
            fact.push_str(&format!(", {count} {why}"));
        }
        self.fact("told", &fact);
    }

    /// `announce --resume`, when everything is done.
    pub fn nothing_to_resume(&mut self, _: &NothingToResume) {
        self.line("Every announcement is finished.");
    }
}

fn people(count: usize) -> String {
    let plural = if count == 1 { "person" } else { "people" };
    format!("{count} {plural}")
}
