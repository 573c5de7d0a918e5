//! Reading meetups as anybody may have written them: by LBC, by NIP-52 of any year, or by the
//! client of the draft's author. Tolerant: only the kind can be wrong.

use super::community::CommunityReference;
use super::location::DiscoveryReader;
use super::meetup::{LABEL, LABEL_NAMESPACE};
use super::tag_list::{element, not_taken};
use super::{CalendarRequest, Meetup, MeetupStatus, Participant, Published, ReadError, Summary};
use crate::nip52::When;
use crate::{Address, Event, Kind, Tag, nip52};

/// Tags of which the first value counts; an edit writes them anew.
const SINGLE_TAGS: [&str; 7] = ["d", "title", "name", "summary", "brief", "status", "image"];

impl Meetup {
    /// Reads a kind 31923, or a kind 31922 as an all-day meetup (LBC-33).
    ///
    /// What is unusable counts as missing: no start means no time (NIP52-09), an end that is not
    /// after the start is dropped (NIP52-04), an unknown status is a normal one (LBC-32). The
    /// labels of LBC-30 are not asked for (D21).
    ///
    /// # Errors
    /// Another kind.
    pub fn read(event: &Event) -> Result<Published<Meetup>, ReadError> {
        if !matches!(event.kind(), Kind::MEETUP | Kind::DATE_MEETUP) {
            return Err(ReadError::Kind {
                expected: "31923 or 31922",
                found: event.kind(),
            });
        }
        let tags = event.tags();
        let text = |names: [&str; 2]| {
            let filled = |name: &&str| {
                tags.named(name)
                    .find_map(|tag| tag.value())
                    .is_some_and(|text| !text.trim().is_empty())
            };
            names
                .iter()
                .find(|name| filled(name))
                .and_then(|name| tags.first_value(name))
                .unwrap_or_default()
        };
        let mut meetup = Meetup::empty(event.identifier().to_owned());
        meetup.title = text(["title", "name"]).to_owned();
        meetup.summary = Summary::read(text(["summary", "brief"]));
        meetup.description = event.content().to_owned();
        meetup.when = When::read(event);
        meetup.status = MeetupStatus::read(tags.first_value("status").unwrap_or_default());
        meetup.image = tags
            .first_value("image")
            .filter(|image| !image.is_empty())
            .map(str::to_owned);
        let mut discovery = DiscoveryReader::default();
        meetup.other_tags = not_taken(event, |tag| meetup.take(tag) || discovery.take(tag));
        meetup.location = discovery.location.finish();
        meetup.topics = discovery.topics;
        Ok(Published::of(event, meetup))
    }

    /// Whether the event carries `["L","kind"]` and `["l","meetup","kind"]`. A filter on `#l` finds
    /// other namespaces too; this is the check afterwards (LBC-30).
    ///
    /// ```
    /// use kith_nips::{Kind, lbc::Meetup, nip01::Draft};
    /// # let keys = nostr::Keys::generate();
    /// let tags = vec![vec!["l".into(), "meetup".into(), "somewhere.else".into()]];
    /// let draft = Draft { kind: Kind::MEETUP, created_at: None, tags, content: String::new() };
    /// assert!(!Meetup::has_label(&draft.sign(&keys, 1_700_000_000)?));
    /// # Ok::<(), kith_nips::nip01::DraftError>(())
    /// ```
    pub fn has_label(event: &Event) -> bool {
        event.tags().named("l").any(|tag| is_label(&tag))
    }

    /// Takes a tag that a later draft writes; what is left must be preserved.
    fn take(&mut self, tag: &Tag<'_>) -> bool {
        match tag.name() {
            name if SINGLE_TAGS.contains(&name) || nip52::WHEN_TAGS.contains(&name) => true,
            "location" => collect(&mut self.places, element(tag, 1)),
            "r" => collect(&mut self.links, element(tag, 1)),
            "e" => collect(&mut self.communities, CommunityReference::read(tag)),
            "a" => collect(&mut self.calendar_requests, calendar_request(tag)),
            "p" => collect(&mut self.participants, participant(tag)),
            "L" => tag.value() == Some(LABEL_NAMESPACE),
            "l" => is_label(tag),
            _ => false,
        }
    }
}

/// Keeps a repeated tag in its order (NIP52-08). Whether the tag said anything.
fn collect<T>(list: &mut Vec<T>, value: Option<T>) -> bool {
    let is_value = value.is_some();
    list.extend(value);
    is_value
}

fn is_label(tag: &Tag<'_>) -> bool {
    tag.value() == Some(LABEL) && tag.get(2) == Some(LABEL_NAMESPACE)
}

fn calendar_request(tag: &Tag<'_>) -> Option<CalendarRequest> {
    let calendar: Address = tag.value()?.parse().ok()?;
    (calendar.kind == Kind::CALENDAR).then(|| CalendarRequest {
        calendar,
        relay: element(tag, 2),
    })
}

fn participant(tag: &Tag<'_>) -> Option<Participant> {
    Some(Participant {
        person: tag.value()?.parse().ok()?,
        relay: element(tag, 2),
        role: element(tag, 3),
    })
}
