//! What is near a place, announced there, or coming up, on a page.

use super::notes::{kilometres, place, time_range};
use super::page::Page;
use crate::output::discovery::{Agenda, Announced, Near, News, Watching};
use crate::output::views::{CommunityView, MeetupView, short};

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

    /// `watch`, first.
    pub fn watching(&mut self, watching: &Watching) {
        let within = within(watching.radius_km, &watching.watching.name);
        self.line(&format!("{within}, from now on (Ctrl-C ends it)"));
    }

    /// `watch`, for each announcement: one line.
    pub fn announced(&mut self, announced: &Announced) {
        let news = match announced.news {
            News::New => "New",
            News::Changed => "Changed",
            News::Cancelled => "Cancelled",
        };
        if let Some(community) = &announced.community {
            self.line(&format!("{news} community {}", community_line(community)));
        }
        if let Some(meetup) = &announced.meetup {
            self.line(&format!("{news} meetup {}", meetup_line(meetup)));
        }
    }
}

fn community_line(community: &CommunityView) -> String {
    let distance = distance(community.distance_km);
    let facts = [place(community), distance, community.topics.join(" ")];
    facts_line(&community.title, &community.id, &facts)
}

fn meetup_line(meetup: &MeetupView) -> String {
    let community = meetup.community.as_ref();
    let community = community.and_then(|known| known.title.clone());
    let proposal = if meetup.official { "" } else { "proposal" };
    let facts = [
        time_range(meetup),
        meetup.locations.first().cloned().unwrap_or_default(),
        distance(meetup.distance_km),
        community.unwrap_or_default(),
        proposal.to_owned(),
    ];
    facts_line(&meetup.title, &meetup.id, &facts)
}

/// "Opening night": Fri 27 Nov 2026, 19:00–21:00; The Black Lion; 0.3 km (77aa00bb)
fn facts_line(title: &str, id: &str, facts: &[String]) -> String {
    let facts = facts.iter().filter(|fact| !fact.is_empty());
    let facts: Vec<&str> = facts.map(String::as_str).collect();
    format!("\"{title}\": {} ({})", facts.join("; "), short(id))
}

fn distance(km: Option<f64>) -> String {
    match km {
        Some(_) => format!("{} km", kilometres(km)),
        None => String::new(),
    }
}

fn within(radius_km: f64, place: &str) -> String {
    let km = format!("{radius_km:.1}");
    let km = km.strip_suffix(".0").unwrap_or(&km);
    format!("Within {km} km of {place}")
}
