//! Something said to many: what it says, and to whom. Each of them gets it as a private message of their own
//! (NIP-17), which the browser seals; only what is in it is drafted here.

use kith_nips::Kind;
use kith_nips::lbc::Audience;
use kith_nips::nip01::Draft;
use kith_nips::nip17::MESSAGE_BYTES_MAX;
use serde::Serialize;

use super::form::Form;
use super::said::{Drafted, Problems, Sayer};
use crate::views::Person;

/// Characters of an announcement: in any script they are no longer than a private message may be.
pub const ANNOUNCEMENT_CHARACTERS_MAX: usize = 4_096;

const _: () = assert!(ANNOUNCEMENT_CHARACTERS_MAX * char::MAX.len_utf8() <= MESSAGE_BYTES_MAX);

/// What is said to which people: fields `audience`, `meetup` and `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// To whom.
    pub audience: Audience,
    text: String,
}

/// A part of the people to whom it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recipients {
    /// Their name among announcements: the id of the community, or the address of the meetup.
    pub target: String,
    /// How many there are in all.
    pub all: usize,
    /// Whether there are more of whom this relay takes no account.
    pub cut: bool,
    /// These, in the order of their keys.
    pub people: Vec<Recipient>,
    /// The last of them, when more come after; the field `after` of the next form.
    pub next: Option<String>,
}

/// Somebody to whom it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recipient {
    /// Who, in hexadecimal digits.
    pub pubkey: String,
    /// Their page.
    pub path: String,
    /// What they are called.
    pub name: String,
    /// Where they receive private messages; nowhere, as far as this relay knows.
    pub relays: Vec<String>,
}

impl Recipient {
    /// Somebody, and where they receive private messages.
    pub fn new(pubkey: String, person: &Person, relays: Vec<String>) -> Recipient {
        Recipient {
            pubkey,
            path: person.path(),
            name: person.shown(),
            relays,
        }
    }
}

impl Announcement {
    /// What the form says.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(form: &Form, sayer: Sayer) -> Result<Announcement, Problems> {
        let mut problems = Problems::default();
        let audience = form.text("audience").and_then(|word| word.parse().ok());
        match audience {
            None => problems.add("audience", sayer.say("field-choose")),
            Some(audience) if needs_meetup(audience, form) => {
                problems.add("meetup", sayer.say("announce-which"));
            }
            Some(_) => {}
        }
        let text = sayer.required(form, "text", ANNOUNCEMENT_CHARACTERS_MAX, &mut problems);
        match audience {
            Some(audience) if problems.0.is_empty() => Ok(Announcement { audience, text }),
            _ => Err(problems),
        }
    }

    /// The message, which the browser addresses to each of them, and the sentence about it.
    pub fn drafted(self, title: &str, recipients: Recipients, sayer: Sayer) -> Drafted {
        let message = Draft {
            kind: Kind::PRIVATE_MESSAGE,
            created_at: None,
            tags: Vec::new(),
            content: self.text,
        };
        let count = recipients.all as u64;
        let shown = sayer.say_counted("signs-announce", title, count);
        Drafted {
            recipients: Some(recipients),
            ..Drafted::new(vec![message], shown)
        }
    }
}

fn needs_meetup(audience: Audience, form: &Form) -> bool {
    audience.is_of_meetup() && form.text("meetup").is_none()
}

#[cfg(test)]
mod tests {
    use super::super::testing::fields;
    use super::*;
    use crate::language::Language;

    const SAYER: Sayer = Sayer(Language::English);

    fn wrong(given: &[(&str, &str)]) -> Vec<&'static str> {
        let problems = Announcement::read(&fields(given), SAYER).unwrap_err();
        problems.0.iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn what_is_missing_stands_beside_its_field() {
        assert_eq!(wrong(&[]), ["audience", "text"]);
        assert_eq!(
            wrong(&[("audience", "everybody"), ("text", "Hi")]),
            ["audience"]
        );
        for audience in ["silent", "going", "maybe", "declined", "answered"] {
            assert_eq!(wrong(&[("audience", audience), ("text", "Hi")]), ["meetup"]);
        }
        let long = "😀".repeat(ANNOUNCEMENT_CHARACTERS_MAX + 1);
        assert_eq!(wrong(&[("audience", "members"), ("text", &long)]), ["text"]);
        assert_eq!(
            wrong(&[("audience", "members"), ("text", "a\u{0}")]),
            ["text"]
        );
    }

    #[test]
    fn the_longest_text_is_a_message_and_goes_to_nobody_by_itself() {
        let long = "😀".repeat(ANNOUNCEMENT_CHARACTERS_MAX);
        let form = fields(&[("audience", "members"), ("text", &long)]);
        let announcement = Announcement::read(&form, SAYER).unwrap();
        let recipients = Recipients {
            target: "ab".repeat(32),
            all: 1,
            cut: false,
            people: vec![],
            next: None,
        };
        let drafted = announcement.drafted("Chess", recipients, SAYER);
        let [message] = drafted.drafts.as_slice() else {
            panic!("{:?}", drafted.drafts);
        };
        assert_eq!(message.kind, Kind::PRIVATE_MESSAGE);
        assert!(message.tags.is_empty() && message.content.len() == MESSAGE_BYTES_MAX);
        assert_eq!(drafted.to_json()["recipients"]["all"], 1);
        assert!(drafted.shown.contains("1 person"), "{}", drafted.shown);
    }
}
