//! Events of a calendar of another program as meetups: field `calendar` has its text, and `pick` those that
//! are taken.

use std::collections::BTreeSet;

use kith_nips::extensions::{Setting, import_again, imported, next_version};
use kith_nips::icalendar::{self, ReadCalendar, ReadEvent, Window};
use kith_nips::lbc::{CommunityMetadata, Meetup, Note, Published};
use kith_nips::nip01::Draft;
use kith_nips::nip52::Zone;
use kith_nips::place::Gazetteer;

use super::form::Form;
use super::said::{Drafted, Problems, Sayer};

/// Meetups that are made at once: each is signed on its own.
const PICKED_MAX: usize = 60;
/// How far ahead repeated events are read, in seconds: a year.
const AHEAD_SECONDS: u64 = 366 * 86_400;

/// Where a calendar is taken to.
#[derive(Debug)]
pub struct Importing<'a> {
    /// The community, who signs, and when.
    pub setting: Setting<'a>,
    /// What the community says of itself.
    pub metadata: Option<&'a CommunityMetadata>,
    /// Meetups of the author in the community: what was taken before is changed.
    pub known: &'a [Published<Meetup>],
    /// The `d` values that the author has used: what was deleted since stays so.
    pub used: &'a BTreeSet<String>,
}

/// Reads the calendar that was filled in: what is not over, and begins within a year.
///
/// # Errors
/// It is no calendar.
pub fn read_calendar(
    form: &Form,
    metadata: Option<&CommunityMetadata>,
    now: u64,
    sayer: Sayer,
) -> Result<ReadCalendar, Problems> {
    let Some(text) = form.text("calendar") else {
        return Err(Problems::one("calendar", sayer.say("field-needed")));
    };
    let home = metadata.and_then(|about| about.location.point());
    let zone = home
        .and_then(Gazetteer::city_at)
        .and_then(|city| Zone::new(city.timezone()).ok());
    let window = Window {
        zone: zone.unwrap_or_else(Zone::utc),
        from: now,
        to: now.saturating_add(AHEAD_SECONDS),
    };
    let read = icalendar::read(text, &window);
    read.map_err(|_| Problems::one("calendar", sayer.say("import-unread")))
}

/// What an event is picked by.
pub fn pick_of(event: &ReadEvent) -> String {
    event.source.slug().to_string()
}

/// The meetups that were picked.
///
/// # Errors
/// What is wrong with the form.
pub fn import(form: &Form, importing: &Importing<'_>, sayer: Sayer) -> Result<Drafted, Problems> {
    let now = importing.setting.now;
    let calendar = read_calendar(form, importing.metadata, now, sayer)?;
    let picked: BTreeSet<&str> = form.all("pick").collect();
    if picked.len() > PICKED_MAX {
        return Err(Problems::one(
            "pick",
            sayer.count("field-repeat-many", PICKED_MAX),
        ));
    }
    let mut drafts: Vec<Draft> = Vec::new();
    let events = calendar.events.iter();
    for event in events.filter(|event| picked.contains(pick_of(event).as_str())) {
        drafts.extend(importing.draft(event));
    }
    if drafts.is_empty() {
        return Err(Problems::one("", sayer.say("nothing-changed")));
    }
    let shown = sayer.count("signs-import", drafts.len());
    Ok(Drafted::new(drafts, shown))
}

impl Importing<'_> {
    fn draft(&self, event: &ReadEvent) -> Option<Draft> {
        let identifier = event.source.slug().identifier(self.setting.community.id);
        let same = |known: &&Published<Meetup>| {
            known.identifier() == identifier && known.kind == event.when.kind()
        };
        if let Some(known) = self.known.iter().find(same) {
            let mut next = known.clone();
            import_again(&mut next.note, event);
            return next_version(&next, &known.note, self.setting.now)
                .ok()
                .flatten();
        }
        if event.is_cancelled || self.used.contains(&identifier) {
            return None;
        }
        imported(event, &self.setting, self.metadata)
            .ok()?
            .draft()
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use kith_nips::lbc::Community;

    use super::super::testing::{fields, keys, sign};
    use super::*;
    use crate::language::Language;

    const NOW: u64 = 1_796_000_000;
    const SAYER: Sayer = Sayer(Language::English);
    const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:chess\r\n\
        DTSTART;TZID=Europe/London:20261203T183000\r\nDURATION:PT3H\r\n\
        RRULE:FREQ=WEEKLY;COUNT=2\r\nSUMMARY:Winter chess\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    fn imports(
        picked: &[String],
        known: &[Published<Meetup>],
        used: &BTreeSet<String>,
    ) -> Result<Drafted, Problems> {
        let community = Community::new("").draft().unwrap();
        let community = Community::read(&sign(&community, 3)).unwrap();
        let importing = Importing {
            setting: Setting {
                community: &community,
                author: keys(3).public_key().into(),
                relay: None,
                now: NOW,
            },
            metadata: None,
            known,
            used,
        };
        let mut form = vec![("calendar", CALENDAR)];
        form.extend(picked.iter().map(|pick| ("pick", pick.as_str())));
        import(&fields(&form), &importing, SAYER)
    }

    #[test]
    fn what_is_picked_becomes_meetups_once() {
        let form = fields(&[("calendar", CALENDAR)]);
        let read = read_calendar(&form, None, NOW, SAYER).unwrap();
        let picks: Vec<String> = read.events.iter().map(pick_of).collect();
        assert_eq!(picks.len(), 2);
        let nothing = BTreeSet::new();
        let drafted = imports(&picks[1..], &[], &nothing).unwrap();
        let [draft] = drafted.drafts.as_slice() else {
            panic!("{drafted:?}")
        };
        let meetup = Meetup::read(&sign(draft, 3)).unwrap();
        assert_eq!(meetup.title, "Winter chess");
        assert_eq!(meetup.when.as_ref().unwrap().starts_at(), 1_796_927_400);
        let known = std::slice::from_ref(&meetup);
        assert_eq!(
            imports(&picks[1..], known, &nothing).unwrap_err().0[0].field,
            ""
        );
        // What was deleted stays so.
        let used = BTreeSet::from([meetup.identifier().to_owned()]);
        assert_eq!(imports(&picks[1..], &[], &used).unwrap_err().0[0].field, "");
        assert_eq!(imports(&[], &[], &nothing).unwrap_err().0[0].field, "");
    }

    #[test]
    fn what_is_no_calendar_is_said() {
        for text in ["", "hello", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"] {
            let form = fields(&[("calendar", text)]);
            let wrong = read_calendar(&form, None, NOW, SAYER).unwrap_err();
            assert_eq!(wrong.0[0].field, "calendar");
        }
    }
}
