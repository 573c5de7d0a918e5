//! NIP-56: reports (kind 1984) of people, notes and files. Owns the tags; who is listened to, and what is
//! done about a report, is for others.

use std::fmt;
use std::str::FromStr;

use crate::lbc::{BuildError, Note, Published, ReadError, of_kind};
use crate::nip01::Draft;
use crate::{Address, Event, EventId, Kind, PublicKey, Tag};

/// The longest text of a report that is written, in characters.
pub const REPORT_CHARACTERS_MAX: usize = 1_000;

/// A report.
///
/// ```
/// use kith_nips::lbc::Note;
/// use kith_nips::nip56::{Report, Reported, ReportType};
/// use kith_nips::{EventId, PublicKey};
/// # let keys = nostr::Keys::generate();
/// let author = PublicKey::from_bytes([2; 32]);
/// let note = Reported::Event(EventId::from_bytes([1; 32]));
/// let report = Report::new(author, note, ReportType::Spam, "sells watches");
/// let event = report.draft()?.sign(&keys, 1_700_000_000)?;
/// assert_eq!(Report::read(&event)?.note, report);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Who is reported, or wrote what is.
    pub person: PublicKey,
    /// What is reported.
    pub reported: Reported,
    /// Of which type.
    pub report_type: ReportType,
    /// In the words of whoever reports.
    pub text: String,
}

/// What a report is about.
///
/// ```
/// use kith_nips::nip56::Reported;
/// assert_eq!(Reported::Person.event(), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reported {
    /// The person.
    Person,
    /// One note.
    Event(EventId),
    /// A note with an address, in this version; the address is for readers who know newer ones.
    Versions(Address, EventId),
    /// A file, in a note.
    File {
        /// The hash of the file, as it is written.
        hash: String,
        /// The note that has it.
        event: EventId,
        /// Where it lies.
        server: Option<String>,
    },
}

impl Reported {
    /// The note, or the version of it.
    pub fn event(&self) -> Option<EventId> {
        match self {
            Reported::Person => None,
            Reported::Event(id) | Reported::Versions(_, id) => Some(*id),
            Reported::File { event, .. } => Some(*event),
        }
    }
}

/// The types of NIP-56.
///
/// ```
/// use kith_nips::nip56::ReportType;
/// assert_eq!("spam".parse(), Ok(ReportType::Spam));
/// assert!("Spam".parse::<ReportType>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReportType {
    /// Depictions of nudity.
    Nudity,
    /// Viruses, and what else harms machines.
    Malware,
    /// Profanity, hateful speech.
    Profanity,
    /// What may be against the law somewhere.
    Illegal,
    /// Spam.
    Spam,
    /// Somebody who pretends to be somebody else.
    Impersonation,
    /// What fits nowhere else.
    Other,
}

/// A word that is no type of report.
///
/// ```
/// use kith_nips::nip56::ReportType;
/// let error = "rude".parse::<ReportType>().unwrap_err();
/// assert!(error.to_string().starts_with("a report is one of nudity, malware"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a report is one of nudity, malware, profanity, illegal, spam, impersonation, other")]
pub struct UnknownReportType;

impl ReportType {
    /// All of them.
    pub const ALL: [ReportType; 7] = [
        ReportType::Nudity,
        ReportType::Malware,
        ReportType::Profanity,
        ReportType::Illegal,
        ReportType::Spam,
        ReportType::Impersonation,
        ReportType::Other,
    ];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            ReportType::Nudity => "nudity",
            ReportType::Malware => "malware",
            ReportType::Profanity => "profanity",
            ReportType::Illegal => "illegal",
            ReportType::Spam => "spam",
            ReportType::Impersonation => "impersonation",
            ReportType::Other => "other",
        }
    }
}

impl fmt::Display for ReportType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ReportType {
    type Err = UnknownReportType;

    fn from_str(word: &str) -> Result<ReportType, UnknownReportType> {
        let mut all = ReportType::ALL.into_iter();
        let known = all.find(|known| known.as_str() == word);
        known.ok_or(UnknownReportType)
    }
}

impl Report {
    /// A report.
    pub fn new(
        person: PublicKey,
        reported: Reported,
        report_type: ReportType,
        text: impl Into<String>,
    ) -> Report {
        Report {
            person,
            reported,
            report_type,
            text: text.into(),
        }
    }

    /// Reads a kind 1984. The type stands behind what is reported, or behind the person; unknown ones
    /// are [`ReportType::Other`]. Of several events the first counts.
    ///
    /// # Errors
    /// Another kind; nobody named.
    pub fn read(event: &Event) -> Result<Published<Report>, ReadError> {
        of_kind(event, Kind::REPORT, "1984")?;
        let tags = event.tags();
        let first = |name| tags.named(name).find(|tag| tag.value().is_some());
        let valid = |name| {
            let mut named = tags.named(name);
            named.find_map(|tag| Some((tag.value()?.parse::<EventId>().ok()?, tag)))
        };
        let (person, p) = tags
            .named("p")
            .find_map(|tag| Some((tag.value()?.parse::<PublicKey>().ok()?, tag)))
            .ok_or(ReadError::NobodyReported)?;
        let noted = valid("e");
        let file = first("x").zip(noted.as_ref());
        let address = tags
            .named("a")
            .find_map(|tag| tag.value()?.parse::<Address>().ok())
            .filter(|address| address.pubkey == person);
        let reported = match (&file, address, &noted) {
            (Some((x, (event, _))), _, _) => Reported::File {
                hash: x.value().unwrap_or_default().to_owned(),
                event: *event,
                server: tags.first_value("server").map(str::to_owned),
            },
            (None, Some(address), Some((id, _))) => Reported::Versions(address, *id),
            (None, None, Some((id, _))) => Reported::Event(*id),
            (None, _, None) => Reported::Person,
        };
        let word = |tag: &Tag<'_>| {
            tag.get(2)
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
        };
        let words = [
            file.as_ref().and_then(|(x, _)| word(x)),
            noted.as_ref().and_then(|(_, e)| word(e)),
            word(&p),
        ];
        let word = words.into_iter().flatten().next();
        let report_type = word.and_then(|word| word.parse().ok());
        let report = Report {
            person,
            reported,
            report_type: report_type.unwrap_or(ReportType::Other),
            text: event.content().to_owned(),
        };
        Ok(Published::of(event, report))
    }
}

impl Note for Report {
    /// # Errors
    /// A text above [`REPORT_CHARACTERS_MAX`].
    fn draft(&self) -> Result<Draft, BuildError> {
        let characters = self.text.chars().count();
        if characters > REPORT_CHARACTERS_MAX {
            return Err(BuildError::TooLong {
                what: "text of the report",
                characters,
                characters_max: REPORT_CHARACTERS_MAX,
            });
        }
        let word = self.report_type.as_str();
        let tag = |elements: &[&str]| elements.iter().map(|text| (*text).to_owned()).collect();
        let person = self.person.to_string();
        let mut tags: Vec<Vec<String>> = Vec::new();
        match &self.reported {
            Reported::Person => tags.push(tag(&["p", &person, word])),
            Reported::Event(id) => {
                tags.push(tag(&["e", &id.to_string(), word]));
                tags.push(tag(&["p", &person]));
            }
            Reported::Versions(address, id) => {
                tags.push(tag(&["e", &id.to_string(), word]));
                tags.push(tag(&["a", &address.to_string(), word]));
                tags.push(tag(&["p", &person]));
            }
            Reported::File {
                hash,
                event,
                server,
            } => {
                tags.push(tag(&["x", hash, word]));
                tags.push(tag(&["e", &event.to_string(), word]));
                tags.push(tag(&["p", &person]));
                tags.extend(server.iter().map(|server| tag(&["server", server])));
            }
        }
        Ok(Draft {
            kind: Kind::REPORT,
            created_at: None,
            tags,
            content: self.text.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lbc::testing::{event, id, key, publish, tags};

    fn reports() -> [Report; 4] {
        let address = Address {
            kind: Kind::MEETUP,
            pubkey: key(2),
            identifier: "night".to_owned(),
        };
        let file = Reported::File {
            hash: "ab".repeat(32),
            event: id(3),
            server: Some("https://files.example.com".to_owned()),
        };
        [
            Reported::Person,
            Reported::Event(id(3)),
            Reported::Versions(address, id(3)),
            file,
        ]
        .map(|reported| Report::new(key(2), reported, ReportType::Malware, "look"))
    }

    #[test]
    fn nip56_01_a_person_always_and_the_type_behind_what_is_reported() {
        for report in reports() {
            let draft = report.draft().unwrap();
            let named = |name: &str| draft.tags.iter().find(|tag| tag[0] == name);
            assert_eq!(named("p").unwrap()[1], key(2).to_string());
            assert_eq!(named("e").is_some(), report.reported != Reported::Person);
            let first = &draft.tags[0];
            assert_eq!(first[2], "malware");
            assert_eq!(
                Report::read(&publish(&draft, 1, 1_000)).unwrap().note,
                report
            );
        }
    }

    #[test]
    fn nip56_02_a_file_names_the_note_that_has_it() {
        let draft = reports()[3].draft().unwrap();
        let names: Vec<&str> = draft.tags.iter().map(|tag| tag[0].as_str()).collect();
        assert_eq!(names, ["x", "e", "p", "server"]);
    }

    #[test]
    fn reports_of_other_programs_are_read() {
        let person = key(2).to_string();
        let read = |list: &[&[&str]]| {
            let report = event(Kind::REPORT, tags(list), "why");
            Report::read(&report).map(|report| (report.note.reported, report.note.report_type))
        };
        let note = id(3).to_string();
        // The type stands behind the person though a note is named.
        assert_eq!(
            read(&[&["p", &person, "spam"], &["e", &note]]),
            Ok((Reported::Event(id(3)), ReportType::Spam))
        );
        assert_eq!(
            read(&[&["p", "x"], &["p", &person, "rude"], &["e", "x"]]),
            Ok((Reported::Person, ReportType::Other))
        );
        // A file without a note, an address of somebody else.
        let foreign = format!("31923:{}:night", key(9));
        assert_eq!(
            read(&[&["p", &person], &["x", "ff"], &["a", &foreign]]),
            Ok((Reported::Person, ReportType::Other))
        );
        assert!(read(&[&["e", &note, "spam"]]).is_err());
    }

    #[test]
    fn long_texts_are_refused() {
        let mut report = reports()[0].clone();
        report.text = "ü".repeat(REPORT_CHARACTERS_MAX);
        assert!(report.draft().is_ok());
        report.text.push('x');
        assert!(report.draft().is_err());
    }
}
