//! Answers to meetups (kind 31925). How answers add up is in `tally`.

use sha2::{Digest, Sha256};

use super::tag_list::{element, not_taken, tag};
use super::{BuildError, Note, Published, ReadError, Versioned, of_kind};
use crate::nip01::Draft;
use crate::{Address, Event, EventId, Kind, PublicKey, Tag};

/// The namespace of the old label form of the status (NIP52-17).
const STATUS_NAMESPACE: &str = "status";

/// A person's answer to a meetup (kind 31925, NIP52-13, LBC-35).
///
/// ```
/// use kith_nips::lbc::{Answer, Note, Rsvp};
/// use kith_nips::{Address, Kind, PublicKey};
/// # let keys = nostr::Keys::generate();
/// let author = PublicKey::from_bytes([2; 32]);
/// let meetup = Address { kind: Kind::MEETUP, pubkey: author, identifier: "a:chess".into() };
/// let event = Rsvp::new(meetup, Answer::Accepted).draft()?.sign(&keys, 1_700_000_000)?;
/// let mut rsvp = Rsvp::read(&event)?;
/// rsvp.answer = Answer::Tentative;
/// assert_eq!(rsvp.replacement(1_700_000_100)?.tags[0][0], "d");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rsvp {
    identifier: String,
    /// The meetup: an address of kind 31923 or 31922 (D11).
    pub meetup: Address,
    /// A relay that has the meetup.
    pub relay: Option<String>,
    /// The version of the meetup that was answered.
    pub version: Option<MeetupVersion>,
    /// The answer.
    pub answer: Answer,
    /// Whether the person is otherwise free then; means nothing when declined (NIP52-14).
    pub availability: Option<Availability>,
    /// A word to the organizer: the content.
    pub comment: String,
    /// Tags that NIP-52 does not know, in order; an edit preserves them (LBC-14).
    pub other_tags: Vec<Vec<String>>,
}

/// The version of a meetup that was answered: `["e", id, relay]` (D11).
///
/// ```
/// use kith_nips::{EventId, lbc::MeetupVersion};
/// let version = MeetupVersion { id: EventId::from_bytes([1; 32]), relay: None };
/// assert_eq!(version.relay, None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MeetupVersion {
    /// Id of the event.
    pub id: EventId,
    /// A relay that has it.
    pub relay: Option<String>,
}

/// What a person answers (NIP52-13).
///
/// ```
/// use kith_nips::lbc::Answer;
/// assert_eq!(Answer::read("accepted"), Some(Answer::Accepted));
/// assert_eq!(Answer::read("Accepted"), None);
/// assert_eq!(Answer::Declined.as_str(), "declined");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// `accepted`: comes.
    Accepted,
    /// `tentative`: may come.
    Tentative,
    /// `declined`: does not come.
    Declined,
}

impl Answer {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Accepted => "accepted",
            Answer::Tentative => "tentative",
            Answer::Declined => "declined",
        }
    }

    /// The answer of this word.
    pub fn read(word: &str) -> Option<Answer> {
        [Answer::Accepted, Answer::Tentative, Answer::Declined]
            .into_iter()
            .find(|answer| answer.as_str() == word)
    }
}

/// Whether a person is otherwise free (`fb`, NIP52-13).
///
/// ```
/// assert_ne!(kith_nips::lbc::Availability::Free, kith_nips::lbc::Availability::Busy);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Availability {
    /// `free`
    Free,
    /// `busy`
    Busy,
}

impl Rsvp {
    /// An answer with the `d` that all devices of a person arrive at (D12). Use it only if the
    /// person has not answered yet: an existing RSVP is edited instead, which keeps its `d`.
    pub fn new(meetup: Address, answer: Answer) -> Rsvp {
        Rsvp {
            identifier: Rsvp::identifier_for(&meetup),
            meetup,
            relay: None,
            version: None,
            answer,
            availability: None,
            comment: String::new(),
            other_tags: Vec::new(),
        }
    }

    /// The `d` of a new RSVP: lower-case hex SHA-256 of the `a` value (D12, LBC-35).
    ///
    /// ```
    /// use kith_nips::lbc::Rsvp;
    /// let a = "31923:79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798:\
    ///          0dba6b25d4b7ed5a57109c7266d8414aae7725df12d02bb3ecbb9741836fddc9:2026-12-meetup";
    /// assert_eq!(
    ///     Rsvp::identifier_for(&a.parse()?),
    ///     "7feeff6c8da3a7a9381b031f187a46f5adf6ece6a642d8e7e5ea19fb53e412ac"
    /// );
    /// # Ok::<(), kith_nips::nip01::AddressError>(())
    /// ```
    pub fn identifier_for(meetup: &Address) -> String {
        let hash: [u8; 32] = Sha256::digest(meetup.to_string()).into();
        EventId::from_bytes(hash).to_string()
    }

    /// Reads a kind 31925. The status may be in the old label form (NIP52-17); the `a` may begin
    /// with an event id, a bug of an old client: that id counts as the version that was answered
    /// unless an `e` says otherwise, and the form is never written again (LBC-37).
    ///
    /// # Errors
    /// Another kind; no meetup named; an unknown status (NIP52-14).
    pub fn read(event: &Event) -> Result<Published<Rsvp>, ReadError> {
        of_kind(event, Kind::RSVP, "31925")?;
        let (target, relay) = target(event).ok_or(ReadError::NoMeetup)?;
        let answer = answer(event)?;
        let mut rsvp = Rsvp::new(target.meetup, answer);
        rsvp.identifier = event.identifier().to_owned();
        rsvp.relay = relay;
        rsvp.comment = event.content().to_owned();
        if answer != Answer::Declined {
            rsvp.availability = availability(event.tags().first_value("fb"));
        }
        rsvp.other_tags = not_taken(event, |tag| rsvp.take(tag));
        let old_version = target.event_id.map(|id| MeetupVersion { id, relay: None });
        rsvp.version = rsvp.version.or(old_version);
        Ok(Published::of(event, rsvp))
    }

    /// The `d` value; an edit keeps it (D12).
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// Takes a tag that a later draft writes; what is left must be preserved.
    fn take(&mut self, tag: &Tag<'_>) -> bool {
        let value = tag.value().unwrap_or_default();
        match tag.name() {
            "d" | "status" | "fb" => true,
            "a" => Target::read(value).is_some_and(|target| target.meetup == self.meetup),
            "e" => match value.parse() {
                Ok(id) if self.version.is_none() => {
                    self.version = Some(MeetupVersion {
                        id,
                        relay: element(tag, 2),
                    });
                    true
                }
                _ => false,
            },
            "p" => value.parse() == Ok(self.meetup.pubkey),
            "L" => value == STATUS_NAMESPACE,
            "l" => is_status_label(tag),
            _ => false,
        }
    }
}

impl Note for Rsvp {
    fn draft(&self) -> Result<Draft, BuildError> {
        let mut tags = vec![
            tag(["d", &self.identifier]),
            tag([
                "a",
                &self.meetup.to_string(),
                self.relay.as_deref().unwrap_or_default(),
            ]),
        ];
        if let Some(version) = &self.version {
            tags.push(tag([
                "e",
                &version.id.to_string(),
                version.relay.as_deref().unwrap_or_default(),
            ]));
        }
        tags.push(tag(["status", self.answer.as_str()]));
        match self.availability {
            _ if self.answer == Answer::Declined => {}
            Some(Availability::Free) => tags.push(tag(["fb", "free"])),
            Some(Availability::Busy) => tags.push(tag(["fb", "busy"])),
            None => {}
        }
        tags.push(tag(["p", &self.meetup.pubkey.to_string()]));
        tags.extend(self.other_tags.iter().cloned());
        Ok(Draft {
            kind: Kind::RSVP,
            created_at: None,
            tags,
            content: self.comment.clone(),
        })
    }
}

impl Versioned for Rsvp {}

impl Published<Rsvp> {
    /// Where this answer lives.
    pub fn address(&self) -> Address {
        self.address_of(&self.identifier)
    }
}

/// What an `a` tag names.
struct Target {
    meetup: Address,
    /// In the old form, the event id that stands where the kind belongs (LBC-37).
    event_id: Option<EventId>,
}

impl Target {
    fn read(value: &str) -> Option<Target> {
        if let Ok(meetup) = value.parse::<Address>() {
            let is_meetup = matches!(meetup.kind, Kind::MEETUP | Kind::DATE_MEETUP);
            return is_meetup.then_some(Target {
                meetup,
                event_id: None,
            });
        }
        let (event_id, rest) = value.split_once(':')?;
        let (author, identifier) = rest.split_once(':')?;
        let pubkey: PublicKey = author.parse().ok()?;
        let meetup = Address {
            kind: Kind::MEETUP,
            pubkey,
            identifier: identifier.to_owned(),
        };
        Some(Target {
            meetup,
            event_id: Some(event_id.parse().ok()?),
        })
    }
}

/// The first usable `a` of today's form, else the first of the old one, with its relay hint.
fn target(event: &Event) -> Option<(Target, Option<String>)> {
    let targets = || {
        event
            .tags()
            .named("a")
            .filter_map(|tag| Some((Target::read(tag.value()?)?, element(&tag, 2))))
    };
    targets()
        .find(|(target, _)| target.event_id.is_none())
        .or_else(|| targets().next())
}

fn answer(event: &Event) -> Result<Answer, ReadError> {
    let tags = event.tags();
    let label = || {
        tags.named("l")
            .find(is_status_label)
            .and_then(|tag| tag.value())
    };
    let word = tags
        .first_value("status")
        .or_else(label)
        .unwrap_or_default();
    Answer::read(word).ok_or_else(|| ReadError::Status(word.to_owned()))
}

fn is_status_label(tag: &Tag<'_>) -> bool {
    tag.get(2) == Some(STATUS_NAMESPACE)
}

fn availability(value: Option<&str>) -> Option<Availability> {
    match value {
        Some("free") => Some(Availability::Free),
        Some("busy") => Some(Availability::Busy),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lbc::testing::{self, COMMUNITY, OWNER, event, id, key, publish, tags};

    fn meetup() -> Address {
        format!("31923:{OWNER}:{COMMUNITY}:2026-12-meetup")
            .parse()
            .unwrap()
    }

    fn read(list: &[&[&str]]) -> Result<Published<Rsvp>, ReadError> {
        Rsvp::read(&event(Kind::RSVP, tags(list), ""))
    }

    #[test]
    fn lbc_35_rsvp_d_is_sha256_of_a() {
        let rsvp = Rsvp::new(meetup(), Answer::Accepted);
        assert_eq!(
            rsvp.identifier(),
            "7feeff6c8da3a7a9381b031f187a46f5adf6ece6a642d8e7e5ea19fb53e412ac"
        );
    }

    #[test]
    fn lbc_35_all_tags_of_an_answer() {
        let mut rsvp = Rsvp::new(meetup(), Answer::Tentative);
        rsvp.relay = Some("wss://a.example".into());
        rsvp.version = Some(MeetupVersion {
            id: id(9),
            relay: Some("wss://b.example".into()),
        });
        rsvp.availability = Some(Availability::Busy);
        assert_eq!(
            rsvp.draft().unwrap().tags,
            tags(&[
                &["d", rsvp.identifier()],
                &["a", &meetup().to_string(), "wss://a.example"],
                &["e", &id(9).to_string(), "wss://b.example"],
                &["status", "tentative"],
                &["fb", "busy"],
                &["p", OWNER],
            ])
        );
    }

    #[test]
    fn nip52_13_fb_is_omitted_and_ignored_when_declined() {
        let mut rsvp = Rsvp::new(meetup(), Answer::Declined);
        rsvp.availability = Some(Availability::Free);
        assert!(rsvp.draft().unwrap().tags.iter().all(|tag| tag[0] != "fb"));
        let a = meetup().to_string();
        let read = read(&[
            &["a", &a],
            &["d", "x"],
            &["status", "declined"],
            &["fb", "free"],
        ])
        .unwrap();
        assert_eq!(read.availability, None);
    }

    #[test]
    fn nip52_14_an_unknown_status_is_no_answer() {
        let a = meetup().to_string();
        for status in ["going", "", "ACCEPTED", "accepted "] {
            let found = read(&[&["a", &a], &["status", status]]);
            assert_eq!(found, Err(ReadError::Status(status.to_owned())));
        }
        assert_eq!(read(&[&["a", &a]]), Err(ReadError::Status(String::new())));
    }

    #[test]
    fn nip52_17_old_label_form_is_read_as_status() {
        let a = meetup().to_string();
        let labels: &[&[&str]] = &[
            &["a", &a],
            &["d", "x"],
            &["L", "status"],
            &["l", "accepted", "status"],
            &["l", "x", "y"],
        ];
        let old = read(labels).unwrap();
        assert_eq!(old.answer, Answer::Accepted);
        let draft = old.draft().unwrap();
        assert!(
            draft
                .tags
                .contains(&vec!["status".into(), "accepted".into()])
        );
        assert_eq!(
            old.other_tags,
            tags(&[&["l", "x", "y"]]),
            "a stale label must not contradict the status"
        );
        let both = read(&[
            &["a", &a],
            &["l", "accepted", "status"],
            &["status", "declined"],
        ])
        .unwrap();
        assert_eq!(both.answer, Answer::Declined);
    }

    #[test]
    fn lbc_37_old_a_with_an_event_id_first() {
        let old = format!("{}:{OWNER}:{COMMUNITY}", id(4));
        let rsvp = read(&[&["a", &old], &["d", "x"], &["status", "accepted"]]).unwrap();
        let expected: Address = format!("31923:{OWNER}:{COMMUNITY}").parse().unwrap();
        assert_eq!(rsvp.meetup, expected);
        assert_eq!(
            rsvp.version,
            Some(MeetupVersion {
                id: id(4),
                relay: None
            })
        );
        let draft = rsvp.draft().unwrap();
        let written: Vec<_> = draft.tags.iter().filter(|tag| tag[0] == "a").collect();
        assert_eq!(
            written,
            [&["a".to_owned(), expected.to_string()]],
            "never written"
        );
    }

    #[test]
    fn lbc_37_today_s_form_wins_over_the_old_one() {
        let (old, new) = (format!("{}:{OWNER}:x", id(4)), meetup().to_string());
        let rsvp = read(&[&["a", &old], &["a", &new], &["status", "accepted"]]).unwrap();
        assert_eq!(
            (rsvp.meetup.clone(), rsvp.version.clone()),
            (meetup(), None)
        );
    }

    #[test]
    fn nip52_13_without_a_meetup_it_is_no_answer() {
        let profile = format!("30037:{OWNER}:x");
        for a in ["", "31923", "31923:x:y", &profile, "x:y:z"] {
            assert_eq!(
                read(&[&["a", a], &["status", "accepted"]]),
                Err(ReadError::NoMeetup),
                "{a}"
            );
        }
    }

    #[test]
    fn nip52_13_all_day_meetups_can_be_answered() {
        let a = format!("31922:{OWNER}:x");
        assert_eq!(
            read(&[&["a", &a], &["status", "accepted"]])
                .unwrap()
                .meetup
                .kind,
            Kind::DATE_MEETUP
        );
    }

    #[test]
    fn lbc_35_an_edit_keeps_the_identifier_and_what_it_does_not_know() {
        let a = meetup().to_string();
        let mut rsvp = read(&[
            &["z", "1"],
            &["d", "random"],
            &["a", &a],
            &["status", "accepted"],
            &["p", &key(8).to_string()],
        ])
        .unwrap();
        rsvp.answer = Answer::Declined;
        let draft = rsvp.replacement(0).unwrap();
        assert_eq!(draft.created_at, Some(1_001));
        assert_eq!(draft.tags[0], ["d", "random"]);
        assert!(
            draft
                .tags
                .ends_with(&tags(&[&["z", "1"], &["p", &key(8).to_string()]]))
        );
    }

    proptest! {
        #[test]
        fn build_read_build(
            author in testing::keys(), identifier in testing::text(), relay in testing::relay(),
            version in proptest::option::of((testing::ids(), testing::relay())),
            answer in prop_oneof![Just(Answer::Accepted), Just(Answer::Tentative)],
            availability in proptest::option::of(prop_oneof![Just(Availability::Free), Just(Availability::Busy)]),
            comment in testing::text(), other_tags in testing::unknown_tags(),
        ) {
            let mut rsvp = Rsvp::new(Address { kind: Kind::MEETUP, pubkey: author, identifier }, answer);
            rsvp.relay = relay;
            rsvp.version = version.map(|(id, relay)| MeetupVersion { id, relay });
            rsvp.availability = availability;
            rsvp.comment = comment;
            rsvp.other_tags = other_tags;
            let draft = rsvp.draft().unwrap();
            let read = Rsvp::read(&publish(&draft, 1, 5)).unwrap();
            prop_assert_eq!(&read.note, &rsvp);
            prop_assert_eq!(read.draft().unwrap(), draft);
        }
    }
}
