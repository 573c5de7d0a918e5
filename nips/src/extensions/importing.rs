//! Events of calendars of other programs as meetups (NIP-48): the same event is the same meetup whenever
//! it is read.

use super::{Plan, Setting};
use crate::icalendar::ReadEvent;
use crate::lbc::{BuildError, CommunityMetadata, Location, Meetup, MeetupStatus};
use crate::nip48::Proxy;

/// The first version of the meetup that an event is. What the event does not say of its place and topics,
/// the community does.
///
/// # Errors
/// As [`Plan::note`].
pub fn imported(
    event: &ReadEvent,
    setting: &Setting<'_>,
    metadata: Option<&CommunityMetadata>,
) -> Result<Meetup, BuildError> {
    let plan = Plan {
        title: event.title.clone(),
        location: metadata.map_or_else(Location::default, |about| about.location.clone()),
        topics: metadata.map_or_else(Vec::new, |about| about.topics.clone()),
        ..Plan::default()
    };
    let mut meetup = plan.note(setting, &event.source.slug(), event.when.clone())?;
    // The calendar does not say when it was published.
    super::attendance::Terms::default().write(&mut meetup);
    import_again(&mut meetup, event);
    Ok(meetup)
}

/// What the event says now; what it does not say stays.
pub fn import_again(meetup: &mut Meetup, event: &ReadEvent) {
    meetup.title.clone_from(&event.title);
    meetup.description.clone_from(&event.description);
    meetup.when = Some(event.when.clone());
    meetup.status = match event.is_cancelled {
        true => MeetupStatus::Cancelled,
        false => MeetupStatus::Published,
    };
    if let Some(place) = &event.place {
        meetup.places = vec![place.clone()];
    }
    if let Some(position) = event.position {
        let cities = std::mem::take(&mut meetup.location.cities);
        let here = Location::at(position);
        meetup.location = cities.into_iter().fold(here, Location::in_city);
    }
    if !event.topics.is_empty() {
        meetup.topics.clone_from(&event.topics);
    }
    if event.image.is_some() {
        meetup.image.clone_from(&event.image);
    }
    for link in &event.links {
        if !meetup.links.contains(link) {
            meetup.links.push(link.clone());
        }
    }
    let proxy = Proxy::of_calendar_event(event).tag();
    let is_proxy = |tag: &Vec<String>| tag.first() == proxy.first();
    match meetup.other_tags.iter_mut().find(|tag| is_proxy(tag)) {
        Some(tag) => *tag = proxy,
        None => meetup.other_tags.push(proxy),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_calendar_does_not_say_stays() {
        let text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTART:20270101T100000Z\r\n\
                    SUMMARY:New\r\nURL:https://x.example/1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let window = crate::icalendar::Window {
            zone: crate::nip52::Zone::utc(),
            from: 0,
            to: u64::MAX,
        };
        let read = crate::icalendar::read(text, &window).unwrap();
        let event = &read.events[0];
        let community = crate::lbc::CommunityReference::new(
            crate::EventId::from_bytes([1; 32]),
            crate::PublicKey::from_bytes([2; 32]),
        );
        let mut meetup = Meetup::new(community, &event.source.slug(), "Old", event.when.clone());
        meetup.image = Some("https://x.example/p.jpg".to_owned());
        meetup.places = vec!["Here".to_owned()];
        meetup.other_tags = vec![vec!["proxy".to_owned(), "old".to_owned()]];
        import_again(&mut meetup, event);
        assert_eq!(meetup.title, "New");
        assert_eq!(meetup.image.as_deref(), Some("https://x.example/p.jpg"));
        assert_eq!(meetup.places, ["Here"]);
        assert_eq!(meetup.links, ["https://x.example/1"]);
        assert_eq!(meetup.other_tags, [["proxy", "https://x.example/1", "web"]]);
        let once = meetup.clone();
        import_again(&mut meetup, event);
        assert_eq!(meetup, once);
    }
}
