//! What was reported, on a page.

use super::page::Page;
use crate::output::reports::{
    ReportSent, ReportSubjectView, ReportView, ReportedView, ReportsShown,
};
use crate::output::views::short;

/// Characters of a message that stand for it.
const GLANCE_CHARACTERS_MAX: usize = 60;

impl Page {
    /// `report`.
    pub fn report_sent(&mut self, sent: &ReportSent) {
        self.line(&format!(
            "Reported as {} ({}).",
            sent.report_type,
            short(&sent.id)
        ));
    }

    /// `reports`.
    pub fn reports(&mut self, shown: &ReportsShown) {
        self.heading(shown.community.title.as_deref().unwrap_or_default());
        for thing in &shown.reported {
            self.blank();
            self.line(&subject(thing));
            self.reports_by("members", &thing.by_members);
            self.reports_by("others", &thing.by_others);
        }
        if shown.reported.is_empty() {
            self.line("nothing was reported");
        }
    }

    fn reports_by(&mut self, whom: &str, reports: &[ReportView]) {
        if !reports.is_empty() {
            self.line(&format!("  by {whom}"));
        }
        for report in reports {
            let who = report.name.as_ref().unwrap_or(&report.npub);
            let at = report.at.short();
            let (what, state) = (report.report_type, report.state);
            let mut lines = report.text.trim().lines();
            let first = lines.next().map(|first| format!(": {first}"));
            let first = first.unwrap_or_default();
            self.line(&format!("    {at} {what}, {who} ({state}){first}"));
            for line in lines {
                self.line(&format!("      {line}"));
            }
        }
    }
}

/// "message 3f2a9c01 by cai (follower): Buy watches"
fn subject(thing: &ReportedView) -> String {
    let who = thing.name.as_ref().unwrap_or(&thing.npub);
    let state = thing.state;
    let glance = |text: &str| {
        let line = text.trim().lines().next().unwrap_or_default();
        line.chars().take(GLANCE_CHARACTERS_MAX).collect::<String>()
    };
    match &thing.subject {
        ReportSubjectView::Person => match &thing.name {
            Some(name) => format!("person {name} ({state}), {}", thing.npub),
            None => format!("person {} ({state})", thing.npub),
        },
        ReportSubjectView::Meetup { title, .. } => {
            format!("meetup \"{title}\" by {who} ({state})")
        }
        ReportSubjectView::Message { id, text } => {
            format!("message {} by {who} ({state}): {}", short(id), glance(text))
        }
        ReportSubjectView::Comment { id, text } => {
            format!("comment {} by {who} ({state}): {}", short(id), glance(text))
        }
    }
}
