//! A reader that follows RFC 5545 word by word and knows no time zones but those in the text, so
//! that a mistake of the writer is not read as it was meant.

use std::collections::{BTreeMap, BTreeSet};

use calcard::icalendar::{ICalendar, ICalendarComponentType};
use calcard::{Entry, Parser};
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// When something happens, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Time {
    /// Unix seconds.
    Instant(u64),
    /// `YYYYMMDD`.
    Day(String),
}

/// An event as it was read: its lines, and the zones of its calendar.
#[derive(Clone, Debug)]
pub(super) struct Read {
    lines: Vec<String>,
    zones: BTreeMap<String, Vec<(DateTime, i64, i64)>>,
}

/// The unfolded lines (RFC 5545 §3.1). Every line of the text must end with CR LF and have at most
/// 75 octets, and nothing but text between.
pub(super) fn lines(text: &str) -> Vec<String> {
    let text = text.strip_suffix("\r\n").expect("an end of line at last");
    let mut lines: Vec<String> = Vec::new();
    for line in text.split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line:?}", line.len());
        assert!(
            !line
                .chars()
                .any(|character| character.is_control() && character != '\t'),
            "{line:?}"
        );
        match line.strip_prefix(' ') {
            Some(rest) => lines.last_mut().expect("a line before").push_str(rest),
            None => lines.push(line.to_owned()),
        }
    }
    lines
}

/// The names of all properties.
pub(super) fn names(text: &str) -> BTreeSet<String> {
    let names = lines(text)
        .into_iter()
        .map(|line| property(&line).0.to_owned());
    names.collect()
}

/// The events of a calendar, which `calcard` must be able to read, too, and find the same number.
pub(super) fn events(text: &str) -> Vec<Read> {
    let lines = lines(text);
    let zones = zones(&lines);
    let events: Vec<Read> = blocks(&lines, "VEVENT")
        .into_iter()
        .map(|lines| Read {
            lines,
            zones: zones.clone(),
        })
        .collect();
    let parsed = parse(text);
    let count = parsed
        .components
        .iter()
        .filter(|component| component.component_type == ICalendarComponentType::VEvent)
        .count();
    assert_eq!(count, events.len(), "{text}");
    events
}

/// What `calcard`'s own parser makes of it. Its strict mode takes no component in another.
pub(super) fn parse(text: &str) -> ICalendar {
    let mut parser = Parser::new(text);
    let calendar = match parser.entry() {
        Entry::ICalendar(calendar) => calendar,
        other => panic!("expected a calendar, saw {other:?} in {text}"),
    };
    assert_eq!(parser.entry(), Entry::Eof, "{text}");
    calendar
}

impl Read {
    pub(super) fn lines_of(&self, name: &str) -> Vec<String> {
        let lines = self.lines.iter();
        let lines = lines.filter(|line| property(line).0 == name);
        lines.cloned().collect()
    }

    /// The names of its properties, in order.
    pub(super) fn properties(&self) -> Vec<&str> {
        self.lines.iter().map(|line| property(line).0).collect()
    }

    /// The text of a property that stands once.
    pub(super) fn value(&self, name: &str) -> String {
        let lines = self.lines_of(name);
        assert_eq!(lines.len(), 1, "{name} in {:?}", self.lines);
        unescaped(property(&lines[0]).2)
    }

    pub(super) fn start(&self) -> Time {
        self.time("DTSTART").expect("a start")
    }

    pub(super) fn end(&self) -> Option<Time> {
        self.time("DTEND")
    }

    /// The offset that the definition of its zone gives a property that is in a zone, in seconds.
    pub(super) fn offset(&self, name: &str) -> Option<i64> {
        let lines = self.lines_of(name);
        let (_, parameters, value) = property(lines.first()?);
        let zone = parameters.first()?.strip_prefix("TZID=")?;
        Some(offset_of(&self.zones[zone], local(value)))
    }

    fn time(&self, name: &str) -> Option<Time> {
        let lines = self.lines_of(name);
        assert!(lines.len() <= 1);
        let (_, parameters, value) = property(lines.first()?);
        if parameters == ["VALUE=DATE"] {
            return Some(Time::Day(value.to_owned()));
        }
        let seconds = match parameters.as_slice() {
            [] => {
                let utc = value.strip_suffix('Z').expect("an instant in UTC");
                seconds_of(local(utc))
            }
            [zone] => {
                let zone = zone.strip_prefix("TZID=").expect("a zone");
                let local = local(value);
                seconds_of(local) - offset_of(&self.zones[zone], local)
            }
            _ => panic!("{parameters:?}"),
        };
        Some(Time::Instant(u64::try_from(seconds).unwrap()))
    }
}

/// RFC 5545 §3.6.5: the observance with the latest onset that is not after the local time. Where
/// clocks go back, the onset is the later of the two equal times, so that all before it are the
/// first ones (§3.3.5).
fn offset_of(zone: &[(DateTime, i64, i64)], local: DateTime) -> i64 {
    let begun = zone.iter().filter(|(onset, _, _)| *onset <= local);
    let (_, _, to) = begun.max().expect("an observance before every event");
    *to
}

/// Of every zone: onset (in the offset before it), offset before, offset after.
fn zones(lines: &[String]) -> BTreeMap<String, Vec<(DateTime, i64, i64)>> {
    let mut zones = BTreeMap::new();
    for zone in blocks(lines, "VTIMEZONE") {
        let name = value_in(&zone, "TZID");
        let mut observances = Vec::new();
        for sort in ["STANDARD", "DAYLIGHT"] {
            for observance in blocks(&zone, sort) {
                observances.push((
                    local(&value_in(&observance, "DTSTART")),
                    offset(&value_in(&observance, "TZOFFSETFROM")),
                    offset(&value_in(&observance, "TZOFFSETTO")),
                ));
            }
        }
        assert!(!observances.is_empty());
        assert!(
            zones.insert(name, observances).is_none(),
            "a zone defined twice"
        );
    }
    zones
}

/// The lines between `BEGIN` and `END` of every component of this sort.
fn blocks(lines: &[String], sort: &str) -> Vec<Vec<String>> {
    let (begin, end) = (format!("BEGIN:{sort}"), format!("END:{sort}"));
    let mut blocks = Vec::new();
    let mut open: Option<Vec<String>> = None;
    for line in lines {
        if *line == begin {
            assert!(open.is_none());
            open = Some(Vec::new());
        } else if *line == end {
            blocks.push(open.take().expect("a beginning"));
        } else if let Some(block) = &mut open {
            block.push(line.clone());
        }
    }
    assert!(open.is_none());
    blocks
}

fn value_in(block: &[String], name: &str) -> String {
    let found = block.iter().find(|line| property(line).0 == name);
    property(found.expect(name)).2.to_owned()
}

/// Name, parameters, value. No parameter of ours is in quotation marks.
fn property(line: &str) -> (&str, Vec<&str>, &str) {
    let (head, value) = line.split_once(':').expect("a colon");
    let mut parts = head.split(';');
    let name = parts.next().expect("a name");
    (name, parts.collect(), value)
}

/// RFC 5545 §3.3.11.
fn unescaped(value: &str) -> String {
    let mut text = String::new();
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n' | 'N') => text.push('\n'),
                Some(escaped @ ('\\' | ';' | ',')) => text.push(escaped),
                other => panic!("\\{other:?} in {value:?}"),
            },
            other => text.push(other),
        }
    }
    text
}

fn local(text: &str) -> DateTime {
    DateTime::strptime("%Y%m%dT%H%M%S", text).expect(text)
}

fn seconds_of(local: DateTime) -> i64 {
    Offset::UTC.to_timestamp(local).unwrap().as_second()
}

fn offset(text: &str) -> i64 {
    let (sign, digits) = text.split_at(1);
    assert_eq!(digits.len(), 4, "{text}");
    let number: i64 = digits.parse().unwrap();
    let seconds = (number / 100 * 60 + number % 100) * 60;
    match sign {
        "+" => seconds,
        "-" => {
            assert_ne!(seconds, 0, "-0000 is forbidden");
            -seconds
        }
        _ => panic!("{text}"),
    }
}
