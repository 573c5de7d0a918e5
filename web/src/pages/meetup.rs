//! One meetup.

use askama::Template;
use serde_json::{Value, json};

use crate::drafts::REPORT_TYPES;
use crate::frame::Frame;
use crate::link::{WebLink, address, path};
use crate::live;
use crate::markdown::Markdown;
use crate::mention::Line;
use crate::text::{Text, is_unruly};
use crate::views::{MeetupCard, Person, Topic};
use crate::when;

mod sharing;

/// Characters of a meetup that other sites show of it.
const PREVIEW_CHARACTERS_MAX: usize = 200;

/// A meetup.
#[derive(Debug, Template)]
#[template(path = "meetup.html")]
pub struct Meetup {
    /// What surrounds it.
    pub frame: Frame,
    /// What a list says of it.
    pub card: MeetupCard,
    /// Its address as other notes name it: `31923:<author>:<name>`.
    pub address: String,
    /// How many guests each may bring; `None` when it takes no answers.
    pub guests_max: Option<u32>,
    /// What it says of itself.
    pub description: Markdown,
    /// The same in one line.
    pub plain: Text,
    /// Where it is, in words, the most important first.
    pub places: Vec<Text>,
    /// What it is about.
    pub topics: Vec<Topic>,
    /// Further addresses.
    pub links: Vec<WebLink>,
    /// Who published it.
    pub author: Person,
    /// The same key in hexadecimal: whoever has it sees links to the pages of organizers.
    pub organizer: String,
    /// Who runs it together with them.
    pub hosts: Vec<Person>,
    /// Their keys in hexadecimal, with spaces between them: they see links to what is of use to them.
    pub co_organizers: String,
    /// Who comes, who may come, and who does not.
    pub attendees: Attendees,
    /// What people say of it, the oldest first.
    pub comments: Vec<Comment>,
    /// Whether there are more comments than are shown.
    pub has_more_comments: bool,
}

/// The answers to a meetup.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attendees {
    /// Everybody who answered, hexadecimal; of very many the first.
    pub people: Vec<String>,
    /// Who comes; of very many the first.
    pub going: Vec<Person>,
    /// How many come.
    pub accepted: u64,
    /// How many may come.
    pub tentative: u64,
    /// How many do not.
    pub declined: u64,
    /// Seats, where they are limited.
    pub seats: Option<Seats>,
    /// Who waits for a seat, the first in line first.
    pub waiting: Vec<Person>,
}

/// The seats of a meetup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seats {
    /// How many there are.
    pub capacity: u64,
    /// How many are taken.
    pub taken: u64,
}

impl Attendees {
    fn more(&self) -> u64 {
        self.accepted.saturating_sub(self.going.len() as u64)
    }
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The id of the note.
    pub id: String,
    /// By whom.
    pub author: Person,
    /// Plain text, its lines.
    pub lines: Vec<Line>,
    /// When, Unix seconds.
    pub created_at: u64,
    /// Whether it answers another.
    pub is_reply: bool,
}

impl Meetup {
    /// What is asked for to hear of new answers, and of those that are taken back.
    fn answers_asked(&self) -> String {
        let new = json!({ "kinds": [31_925], "#a": [self.address] });
        in_script(&live::with_deletions(vec![new], &self.attendees.people))
    }

    /// What is asked for to hear of new comments, and of those that are taken back.
    fn comments_asked(&self) -> String {
        let new = json!({ "kinds": [1_111], "#A": [self.address] });
        let authors = self.comments.iter().map(|comment| &comment.author.key);
        in_script(&live::with_deletions(vec![new], authors))
    }

    /// Where those who have not answered are asked whether they come.
    fn announce(&self) -> Option<String> {
        let host = self.card.communities.first()?;
        let page = path(&["c", &host.id, "announce"]);
        let silent = [("audience", "silent"), ("meetup", &self.card.naddr)];
        Some(self.frame.to(&address(&page, &silent)))
    }

    fn seats(&self, seats: &Seats) -> String {
        self.frame.numbers("seats", seats.taken, seats.capacity)
    }

    fn preview(&self) -> Text {
        let text = match self.card.summary.is_empty() {
            true => &self.plain,
            false => &self.card.summary,
        };
        Text::line(text.as_str(), PREVIEW_CHARACTERS_MAX)
    }

    fn calendar_file(&self) -> String {
        format!("/api/v1{}.ics", path(&["meetups", &self.card.naddr]))
    }

    /// Start and end with the offset of the place, for what the reader's own clock says.
    fn local_times(&self) -> Option<String> {
        let when = self.card.when.as_ref()?;
        if when.kind() == kith_nips::Kind::DATE_MEETUP {
            return None;
        }
        let (start, end) = when::with_offset(when, self.card.point)?;
        Some(match end {
            Some(end) => format!("{start} {end}"),
            None => start,
        })
    }

    fn where_in_words(&self) -> String {
        let places: Vec<&str> = self.places.iter().map(Text::as_str).collect();
        places.join(", ")
    }

    /// The map of everybody, at the place.
    fn map(&self) -> Option<String> {
        let point = self.card.point?;
        let (latitude, longitude) = (point.latitude(), point.longitude());
        Some(format!(
            "https://www.openstreetmap.org/?mlat={latitude:.5}&mlon={longitude:.5}#map=16/{latitude:.5}/{longitude:.5}"
        ))
    }

    /// The place for whatever map program there is (RFC 5870).
    fn geo(&self) -> Option<String> {
        let point = self.card.point?;
        Some(format!(
            "geo:{:.5},{:.5}",
            point.latitude(),
            point.longitude()
        ))
    }

    fn google(&self) -> Option<String> {
        let when = self.card.when.as_ref()?;
        let start = when::instant(when.starts_at())?;
        let end = when.ends_at().and_then(when::instant).unwrap_or(start);
        let format = match when.kind() {
            kith_nips::Kind::DATE_MEETUP => "%Y%m%d",
            _ => "%Y%m%dT%H%M%SZ",
        };
        let dates = format!("{}/{}", start.strftime(format), end.strftime(format));
        Some(address(
            "https://calendar.google.com/calendar/render",
            &[
                ("action", "TEMPLATE"),
                ("text", &self.frame.title(&self.card.title)),
                ("dates", &dates),
                ("details", &self.frame.whole(&self.card.path())),
                ("location", &self.where_in_words()),
            ],
        ))
    }

    fn outlook(&self) -> Option<String> {
        let when = self.card.when.as_ref()?;
        let start = when::instant(when.starts_at())?;
        let end = when.ends_at().and_then(when::instant).unwrap_or(start);
        let all_day = when.kind() == kith_nips::Kind::DATE_MEETUP;
        Some(address(
            "https://outlook.live.com/calendar/0/deeplink/compose",
            &[
                ("rru", "addevent"),
                ("subject", &self.frame.title(&self.card.title)),
                ("startdt", &start.to_string()),
                ("enddt", &end.to_string()),
                ("allday", if all_day { "true" } else { "" }),
                ("body", &self.frame.whole(&self.card.path())),
                ("location", &self.where_in_words()),
            ],
        ))
    }

    /// What search engines read (<https://schema.org/Event>), safe within a script element.
    fn json_ld(&self) -> String {
        let card = &self.card;
        let status = match card.is_cancelled {
            true => "https://schema.org/EventCancelled",
            false => "https://schema.org/EventScheduled",
        };
        let mut event = json!({
            "@context": "https://schema.org",
            "@type": "Event",
            "name": self.frame.title(&card.title),
            "url": self.frame.whole(&card.path()),
            "description": self.preview().as_str(),
            "eventStatus": status,
            "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
            "location": self.place_for_machines(),
        });
        let mut add = |name: &str, value: Value| {
            if let Some(object) = event.as_object_mut() {
                object.insert(name.to_owned(), value);
            }
        };
        if let Some(when) = &card.when
            && let Some((start, end)) = when::with_offset(when, card.point)
        {
            add("startDate", start.into());
            if let Some(end) = end {
                add("endDate", end.into());
            }
        }
        if let Some(image) = &card.image {
            add("image", json!([image.as_str()]));
        }
        if let Some(community) = card.communities.first() {
            let organizer = json!({
                "@type": "Organization",
                "name": self.frame.title(&community.title),
                "url": self.frame.whole(&community.path()),
            });
            add("organizer", organizer);
        }
        in_script(&event)
    }

    fn place_for_machines(&self) -> Value {
        let city = self.card.city.as_ref();
        let name = match (self.places.first(), city) {
            (Some(place), _) => place.to_string(),
            (None, Some(city)) => city.name().to_string(),
            (None, None) => self.frame.title(&self.card.title),
        };
        let mut place = json!({ "@type": "Place", "name": name });
        if let Some(object) = place.as_object_mut() {
            let mut postal = json!({ "@type": "PostalAddress" });
            if let Some(postal) = postal.as_object_mut() {
                postal.insert("streetAddress".to_owned(), self.where_in_words().into());
                if let Some(city) = city {
                    postal.insert("addressLocality".to_owned(), city.name().as_str().into());
                    postal.insert("addressCountry".to_owned(), city.country().into());
                }
            }
            object.insert("address".to_owned(), postal);
            if let Some(point) = self.card.point {
                let geo = json!({
                    "@type": "GeoCoordinates",
                    "latitude": point.latitude(),
                    "longitude": point.longitude(),
                });
                object.insert("geo".to_owned(), geo);
            }
        }
        place
    }
}

/// JSON that no parser of HTML takes for anything else, without characters that turn others around.
fn in_script(value: &Value) -> String {
    let mut written = String::new();
    for character in value.to_string().chars() {
        match character {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                written.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            character if is_unruly(character) => {
                written.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            character => written.push(character),
        }
    }
    written
}
