//! Communities, meetups and people on a page.

use super::page::{NO_GUARANTEE, Page};
use super::seats::seat;
use crate::output::views::{
    AnswerBasis, AnswerView, CommunityView, ExtensionsView, MeetupStatus, MeetupView, Moment,
    PublishedView, short,
};
use crate::output::{
    Action, Answered, Communities, CommunityChanged, CommunityShown, Following, MeetupChanged,
    MeetupShown, Members, MembersChanged, PersonChange,
};

impl Page {
    /// `community create`, `edit`, `close`.
    pub fn community_changed(&mut self, changed: &CommunityChanged) {
        self.heading(&format!(
            "{} \"{}\"",
            past(changed.action),
            changed.community.title
        ));
        self.community_facts(&changed.community);
        self.published(&changed.published);
        if changed.action == Action::Closed {
            self.line(NO_GUARANTEE);
        }
        self.paragraphs(&changed.community.description);
        self.next(&changed.next);
    }

    /// `community list`.
    pub fn community_list(&mut self, found: &Communities) {
        if let Some(place) = &found.near {
            self.line(&format!("Near {}", place.name));
        }
        self.communities(&found.communities);
        self.next(&found.next);
    }

    /// `follow`, `leave`.
    pub fn following(&mut self, change: &Following) {
        let title = &change.community.title;
        self.line(&match (change.following, change.changed) {
            (true, true) => format!("You follow \"{title}\"."),
            (true, false) => format!("You follow \"{title}\" already."),
            (false, true) => format!("You left \"{title}\"."),
            (false, false) => format!("You do not follow \"{title}\"."),
        });
    }

    /// `meetup create`, `edit`, `cancel`, `adopt`, `release`.
    pub fn meetup_changed(&mut self, changed: &MeetupChanged) {
        self.heading(&format!(
            "{} \"{}\"",
            past(changed.action),
            changed.meetup.title
        ));
        self.meetup_facts(&changed.meetup);
        self.published(&changed.published);
        self.told(changed.told);
        self.paragraphs(&changed.meetup.summary);
        self.paragraphs(&changed.meetup.description);
        self.next(&changed.next);
    }

    /// `rsvp`.
    pub fn answered(&mut self, answered: &Answered) {
        let answer = match answered.status.as_str() {
            "accepted" => "You come to",
            "declined" => "You do not come to",
            _ => "You may come to",
        };
        let meetup = &answered.meetup;
        self.line(&format!(
            "{answer} \"{}\", {}.",
            meetup.title,
            time_range(meetup)
        ));
        for remark in answered.seat.iter().flat_map(seat) {
            self.line(&format!("Seat: {remark}."));
        }
    }

    /// `members list`.
    pub fn members(&mut self, members: &Members) {
        self.heading(&members.community.title);
        let people = members.people.iter();
        let has_reasons = people.clone().any(|person| person.reason.is_some());
        let rows = people.map(|person| {
            let reason = person.reason.clone().unwrap_or_default();
            let mut row = vec![person.state.clone(), person.npub.clone()];
            row.extend(has_reasons.then_some(reason));
            row
        });
        let header = ["STATE", "PERSON", "REASON"];
        let header = if has_reasons {
            &header[..]
        } else {
            &header[..2]
        };
        self.table(header, rows.collect(), "nobody");
    }

    /// `members approve`, `remove`, `mute`, `unmute`.
    pub fn members_changed(&mut self, changed: &MembersChanged) {
        self.people_changed(&changed.people);
    }

    pub(super) fn people_changed(&mut self, people: &[PersonChange]) {
        for person in people {
            let already = if person.changed { "" } else { " already" };
            self.line(&format!("{}{already}: {}", person.action, person.npub));
        }
    }

    pub(super) fn published(&mut self, published: &PublishedView) {
        self.fact("relays", &published.accepted.join(" "));
        let waiting = published.waiting.iter();
        let waiting: Vec<&str> = waiting.map(|waiting| waiting.relay.as_str()).collect();
        self.fact("waits for", &waiting.join(" "));
    }

    pub(super) fn communities(&mut self, communities: &[CommunityView]) {
        let distances = communities
            .iter()
            .any(|community| community.distance_km.is_some());
        let rows = communities.iter().map(|community| {
            let mut row = vec![
                community.title.clone(),
                place(community),
                community.topics.join(" "),
            ];
            if distances {
                row.push(kilometres(community.distance_km));
            }
            row.push(short(&community.id).to_owned());
            row
        });
        let mut header = vec!["COMMUNITY", "PLACE", "TOPICS"];
        if distances {
            header.push("KM");
        }
        header.push("ID");
        self.table(&header, rows.collect(), "no communities");
    }

    /// `meetup list`.
    pub fn meetup_list(&mut self, meetups: &[MeetupView]) {
        let mut communities = meetups.iter().map(|meetup| meetup.community.as_ref());
        let first = communities.next().flatten();
        match first.and_then(|community| community.title.as_ref()) {
            Some(title) if communities.all(|other| other == first) => {
                self.heading(title);
                self.meetups(meetups, false);
            }
            _ => self.meetups(meetups, true),
        }
    }

    /// `of_many`: their communities differ, so each is named.
    pub(super) fn meetups(&mut self, meetups: &[MeetupView], of_many: bool) {
        let meetups = meetups.iter().map(|meetup| (meetup, None));
        self.answered_meetups(&meetups.collect::<Vec<_>>(), of_many);
    }

    /// The same with an answer beside each, when there are some.
    pub(super) fn answered_meetups(
        &mut self,
        meetups: &[(&MeetupView, Option<&str>)],
        of_many: bool,
    ) {
        let mut each = meetups.iter();
        let distances = each.any(|(meetup, _)| meetup.distance_km.is_some());
        let answers = meetups.iter().any(|(_, answer)| answer.is_some());
        let rows = meetups.iter().map(|(meetup, answer)| {
            let mut row = vec![
                meetup.start.for_people(),
                format!("{}{}", meetup.title, remark(meetup)),
            ];
            if of_many {
                let known = meetup.community.as_ref();
                let title = known.and_then(|known| known.title.clone());
                row.push(title.unwrap_or_default());
            }
            row.push(meetup.locations.first().cloned().unwrap_or_default());
            if distances {
                row.push(kilometres(meetup.distance_km));
            }
            if answers {
                row.push(answer.map(word).unwrap_or_default().to_owned());
            }
            row.push(short(&meetup.id).to_owned());
            row
        });
        let mut header = vec!["WHEN", "MEETUP"];
        let optional = [
            (of_many, "COMMUNITY"),
            (true, "WHERE"),
            (distances, "KM"),
            (answers, "ANSWER"),
            (true, "ID"),
        ];
        let shown = optional.iter().filter(|(is_shown, _)| *is_shown);
        header.extend(shown.map(|(_, title)| title));
        self.table(&header, rows.collect(), "no meetups");
    }

    fn community_facts(&mut self, community: &CommunityView) {
        self.fact("place", &place(community));
        self.fact("topics", &community.topics.join(" "));
        self.fact("owner", &community.owner);
        self.fact("image", community.image.as_deref().unwrap_or_default());
        self.fact("carried by", &community.carried_by.join(" "));
        self.fact("id", &community.id);
        self.fact("link", &community.link);
    }

    /// `community show`.
    pub fn community(&mut self, shown: &CommunityShown) {
        self.heading(&shown.community.title);
        self.community_facts(&shown.community);
        let people = match shown.followers {
            0 => "no followers yet".to_owned(),
            _ => format!(
                "{}, {} of them members",
                counted(shown.followers, "follower"),
                shown.members
            ),
        };
        self.fact("people", &people);
        self.fact("you", shown.you.as_deref().unwrap_or_default());
        self.paragraphs(&shown.community.description);
        self.blank();
        self.meetups(&shown.meetups, false);
    }

    fn meetup_facts(&mut self, meetup: &MeetupView) {
        let when = match meetup.start {
            Moment::Time(_) => format!("{} ({})", time_range(meetup), meetup.timezone),
            Moment::Day(_) => time_range(meetup),
        };
        self.fact("when", &when);
        for location in &meetup.locations {
            self.fact("where", location);
        }
        let place = meetup.place.as_ref().map(|place| place.name.clone());
        self.fact("place", &place.unwrap_or_default());
        if let Some(community) = &meetup.community {
            let title = community.title.as_deref().unwrap_or("not on these relays");
            self.fact("community", &format!("{title} ({})", short(&community.id)));
        }
        self.fact("organiser", &meetup.organiser);
        self.extension_facts(&meetup.extensions);
        self.fact("topics", &meetup.topics.join(" "));
        self.fact("image", meetup.image.as_deref().unwrap_or_default());
        self.fact("id", &meetup.id);
        self.fact("link", &meetup.link);
    }

    fn extension_facts(&mut self, said: &ExtensionsView) {
        for host in &said.hosts {
            self.fact("host", host);
        }
        if let Some(series) = &said.series {
            self.fact("series", &format!("{} ({})", series.id, series.rule));
        }
        let seats = said.capacity.map(|seats| seats.to_string());
        self.fact("seats", &seats.unwrap_or_default());
        let answer_by = said.answer_by.as_ref().map(Moment::for_people);
        self.fact("answer by", &answer_by.unwrap_or_default());
    }

    /// `meetup show`.
    pub fn meetup(&mut self, shown: &MeetupShown) {
        self.heading(&format!("{}{}", shown.meetup.title, remark(&shown.meetup)));
        self.meetup_facts(&shown.meetup);
        self.paragraphs(&shown.meetup.summary);
        self.paragraphs(&shown.meetup.description);
        self.blank();
        self.answers(&shown.answers);
    }

    /// How many come, and who.
    pub(super) fn answers(&mut self, answers: &[AnswerView]) {
        let count = |status: &str| {
            let answers = answers.iter();
            answers.filter(|answer| answer.status == status).count()
        };
        self.line(&format!(
            "{} yes, {} maybe, {} no",
            count("accepted"),
            count("tentative"),
            count("declined")
        ));
        if answers.is_empty() {
            return;
        }
        self.seats(answers);
        let rows = answers.iter().flat_map(|answer| {
            let mut remarks = Vec::new();
            if answer.member {
                remarks.push("member".to_owned());
            }
            match answer.basis {
                AnswerBasis::Current => {}
                AnswerBasis::BeforeTheChange => {
                    remarks.push("answered before the change".to_owned());
                }
                AnswerBasis::EarlierVersion => {
                    remarks.push("answered an earlier version".to_owned());
                }
            }
            remarks.extend(seat(&answer.seat));
            if !answer.note.is_empty() {
                remarks.push(answer.note.clone());
            }
            let person = vec![word(&answer.status).to_owned(), answer.npub.clone()];
            let remarks = vec![String::new(), remarks.join(", ")];
            let is_remarkable = remarks.iter().any(|remark| !remark.is_empty());
            [Some(person), is_remarkable.then_some(remarks)]
        });
        let rows = rows.flatten().collect();
        self.table(&["ANSWER", "PERSON"], rows, "");
    }
}

fn past(action: Action) -> &'static str {
    match action {
        Action::Created => "Created",
        Action::Edited => "Changed",
        Action::Unchanged => "Unchanged:",
        Action::Cancelled => "Cancelled",
        Action::Adopted => "Adopted",
        Action::Released => "Released",
        Action::Closed => "Closed",
    }
}

/// "Fri 27 Nov 2026, 19:00–21:00".
pub fn time_range(meetup: &MeetupView) -> String {
    let start = meetup.start.for_people();
    match (&meetup.start, &meetup.end) {
        (Moment::Time(from), Some(Moment::Time(to))) if from.date() == to.date() => {
            format!("{start}–{}", to.strftime("%H:%M"))
        }
        (Moment::Day(from), Some(Moment::Day(after))) => match after.yesterday() {
            Ok(last) if last > *from => format!("{start} – {}", Moment::Day(last).for_people()),
            _ => start,
        },
        (_, Some(end)) => format!("{start} – {}", end.for_people()),
        (_, None) => start,
    }
}

/// An answer as it is typed.
fn word(status: &str) -> &'static str {
    match status {
        "accepted" => "yes",
        "declined" => "no",
        _ => "maybe",
    }
}

pub(super) fn place(community: &CommunityView) -> String {
    community
        .place
        .as_ref()
        .map(|place| place.name.clone())
        .unwrap_or_default()
}

fn remark(meetup: &MeetupView) -> &'static str {
    match (meetup.status, meetup.official) {
        (MeetupStatus::Cancelled, _) => " (cancelled)",
        (_, false) => " (proposal)",
        (MeetupStatus::Over, true) => " (over)",
        (MeetupStatus::Open, true) => "",
    }
}

pub(super) fn kilometres(distance: Option<f64>) -> String {
    distance.map(|km| format!("{km:.1}")).unwrap_or_default()
}

fn counted(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
