//! What single properties of an event say.

use calcard::icalendar::{
    ICalendarClassification, ICalendarComponent, ICalendarEntry, ICalendarParameterName,
    ICalendarProperty, ICalendarValue,
};

use super::html;
use super::times::digits;
use crate::lbc::Topic;
use crate::place::Point;

/// Whom a calendar names. Nobody there has a key, so that their answers cannot be taken over; they
/// are counted so that nobody thinks they were.
///
/// ```
/// use kith_nips::icalendar::{self, Window};
/// use kith_nips::nip52::Zone;
/// let text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:chess\r\n\
///     DTSTART:20261203T183000Z\r\nSUMMARY:Winter chess\r\n\
///     ORGANIZER;CN=Ada:mailto:ada@example.com\r\n\
///     ATTENDEE;PARTSTAT=ACCEPTED:mailto:ben@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
/// let window = Window { zone: Zone::utc(), from: 0, to: u64::MAX };
/// let people = &icalendar::read(text, &window)?.events[0].people;
/// assert_eq!((people.going, people.organizer.as_deref()), (1, Some("Ada")));
/// # Ok::<(), icalendar::ReadCalendarError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct People {
    /// Of the `ATTENDEE`s, how many `ACCEPTED`.
    pub going: usize,
    /// `TENTATIVE`.
    pub maybe: usize,
    /// `DECLINED`.
    pub not_going: usize,
    /// Anything else: mostly they were asked and have not answered.
    pub unanswered: usize,
    /// `ORGANIZER`: the name, or the mail address if there is none.
    pub organizer: Option<String>,
}

impl People {
    /// How many `ATTENDEE`s there are.
    pub fn attendees(&self) -> usize {
        self.going + self.maybe + self.not_going + self.unanswered
    }
}

pub(super) fn is_private(event: &ICalendarComponent) -> bool {
    let class = event.property(&ICalendarProperty::Class);
    class.is_some_and(|entry| {
        !matches!(
            entry.values.first(),
            None | Some(ICalendarValue::Classification(
                ICalendarClassification::Public
            ))
        )
    })
}

pub(super) fn text_of(
    component: &ICalendarComponent,
    property: &ICalendarProperty,
) -> Option<String> {
    let value = component.property(property)?.values.first()?;
    Some(super::text::line(value.as_text()?)).filter(|text| !text.is_empty())
}

/// Outlook and Thunderbird put the same text in plain and in HTML; the latter has the links.
pub(super) fn description_of(event: &ICalendarComponent) -> String {
    let is_html = |entry: &&ICalendarEntry| {
        let format = entry.parameter(&ICalendarParameterName::Fmttype);
        let format = format.and_then(|format| format.as_text());
        format.is_some_and(|format| format.eq_ignore_ascii_case("text/html"))
    };
    let text = |entry: &ICalendarEntry| entry.values.first()?.as_text().map(str::to_owned);
    let styled = [
        super::extension("X-ALT-DESC"),
        ICalendarProperty::StyledDescription,
    ];
    let styled = styled.iter().flat_map(|name| event.properties(name));
    let styled = styled.filter(is_html).filter_map(text);
    let plain = event.property(&ICalendarProperty::Description);
    let plain = plain.and_then(text).map(|text| html::description(&text));
    let mut texts = styled.map(|text| html::markdown(&text)).chain(plain);
    let written = texts.find(|text| !text.trim().is_empty());
    super::text::paragraphs(&written.unwrap_or_default())
}

/// Rooms and projectors are invited like people, and are none.
pub(super) fn people_of(event: &ICalendarComponent) -> People {
    let parameter = |entry: &ICalendarEntry, name: ICalendarParameterName| {
        let value = entry.parameter(&name)?.as_text()?;
        Some(value.to_owned())
    };
    let mut people = People::default();
    for attendee in event.properties(&ICalendarProperty::Attendee) {
        let kind = parameter(attendee, ICalendarParameterName::Cutype).unwrap_or_default();
        if matches!(kind.as_str(), "ROOM" | "RESOURCE") {
            continue;
        }
        let answer = parameter(attendee, ICalendarParameterName::Partstat).unwrap_or_default();
        let answers = match answer.as_str() {
            "ACCEPTED" => &mut people.going,
            "TENTATIVE" => &mut people.maybe,
            "DECLINED" => &mut people.not_going,
            _ => &mut people.unanswered,
        };
        *answers += 1;
    }
    people.organizer = event
        .property(&ICalendarProperty::Organizer)
        .and_then(|entry| {
            let name = parameter(entry, ICalendarParameterName::Cn);
            let name = name.map(|name| super::text::line(&name));
            let address = || super::text::line(entry.calendar_address()?).into();
            name.filter(|name| !name.is_empty()).or_else(address)
        });
    people
}

pub(super) fn position_of(event: &ICalendarComponent) -> Option<Point> {
    let numbers = |entry: &ICalendarEntry| -> Vec<f64> {
        let values = entry.values.iter();
        let numbers = values.flat_map(|value| match value {
            ICalendarValue::Float(number) => vec![*number],
            value => {
                let text = value.as_text().unwrap_or_default();
                let text = text.trim_start_matches("geo:");
                let numbers = text.split([';', ',']);
                numbers.filter_map(|number| number.parse().ok()).collect()
            }
        });
        numbers.collect()
    };
    let properties = [
        ICalendarProperty::Geo,
        super::extension("X-APPLE-STRUCTURED-LOCATION"),
    ];
    properties.iter().find_map(|property| {
        let numbers = numbers(event.property(property)?);
        let (latitude, longitude) = (numbers.first()?, numbers.get(1)?);
        // Some programs write this where they know nothing.
        let is_known = (*latitude, *longitude) != (0.0, 0.0);
        Point::new(*latitude, *longitude).ok().filter(|_| is_known)
    })
}

pub(super) fn topics_of(event: &ICalendarComponent) -> Vec<Topic> {
    let entries = event.properties(&ICalendarProperty::Categories);
    let names = entries.flat_map(|entry| entry.values.iter().filter_map(ICalendarValue::as_text));
    let mut topics: Vec<Topic> = Vec::new();
    for topic in names
        .flat_map(|names| names.split(','))
        .filter_map(Topic::new)
    {
        if !topics.contains(&topic) && topics.len() < super::TOPICS_MAX {
            topics.push(topic);
        }
    }
    topics
}

pub(super) fn image_of(event: &ICalendarComponent) -> Option<String> {
    let is_picture = |entry: &&ICalendarEntry| {
        let format = entry.parameter(&ICalendarParameterName::Fmttype);
        let format = format.and_then(|format| format.as_text());
        format.is_some_and(|format| format.starts_with("image/"))
    };
    let images = event.properties(&ICalendarProperty::Image);
    let attached = event
        .properties(&ICalendarProperty::Attach)
        .filter(is_picture);
    let addresses = images.chain(attached);
    addresses
        .filter_map(|entry| entry.values.first()?.as_text())
        .find(|address| super::text::web_address(address).is_some())
        .map(|address| address.trim().to_owned())
}

/// A name for an event without one: what it says, and where it stands.
pub(super) fn uid_of(event: &ICalendarComponent, number: usize) -> String {
    let title = text_of(event, &ICalendarProperty::Summary).unwrap_or_default();
    let start = event.property(&ICalendarProperty::Dtstart);
    match start.and_then(|entry| entry.values.first()?.as_partial_date_time().cloned()) {
        Some(start) => format!("{title} {}", digits(&start)),
        None => format!("{title} {number}"),
    }
}

pub(super) fn has_range(change: &ICalendarComponent) -> bool {
    change
        .property(&ICalendarProperty::RecurrenceId)
        .is_some_and(|entry| entry.has_parameter(&ICalendarParameterName::Range))
}
