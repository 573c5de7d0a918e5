//! What becomes of a form: drafts with a sentence that says what they are, or what is wrong with it.

use fluent_bundle::FluentArgs;
use kith_nips::nip01::Draft;
use serde::Serialize;
use serde_json::{Value, json};

use super::announce::Recipients;
use super::form::Form;
use crate::language::Language;
use crate::text::Text;
use crate::{formats, words};

/// Characters of a title in a sentence.
const TITLE_CHARACTERS_MAX: usize = 120;

/// Notes to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drafted {
    /// They, in the order of publishing.
    pub drafts: Vec<Draft>,
    /// What is signed, for the person who signs.
    pub shown: String,
    /// The page of what is made or changed, if it has one.
    pub then: Option<String>,
    /// To whom it goes, where it is not published.
    pub recipients: Option<Recipients>,
}

/// Something that is wrong with a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The field; empty when it is about the whole form.
    pub field: &'static str,
    /// What to do about it.
    pub message: String,
}

/// Everything that is wrong with a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Drafted {
    /// Notes to sign, with what they are in a sentence.
    pub fn new(drafts: Vec<Draft>, shown: String) -> Drafted {
        Drafted {
            drafts,
            shown,
            then: None,
            recipients: None,
        }
    }

    /// The answer to a browser.
    pub fn to_json(&self) -> Value {
        let drafts = self.drafts.iter().map(|draft| {
            let mut written = json!({
                "kind": draft.kind.as_u16(),
                "tags": draft.tags,
                "content": draft.content,
            });
            if let (Some(at), Some(fields)) = (draft.created_at, written.as_object_mut()) {
                fields.insert("created_at".to_owned(), at.into());
            }
            written
        });
        let mut answer = json!({ "drafts": drafts.collect::<Vec<_>>(), "shown": self.shown });
        if let Some(fields) = answer.as_object_mut() {
            let then = self.then.iter().map(|then| ("then", json!(then)));
            let recipients = self.recipients.iter();
            let recipients = recipients.map(|recipients| ("recipients", json!(recipients)));
            fields.extend(
                then.chain(recipients)
                    .map(|(name, value)| (name.to_owned(), value)),
            );
        }
        answer
    }
}

impl Problems {
    /// One problem.
    pub fn one(field: &'static str, message: String) -> Problems {
        Problems(vec![Problem { field, message }])
    }

    /// Notes one more.
    pub fn add(&mut self, field: &'static str, message: String) {
        self.0.push(Problem { field, message });
    }

    /// Goes on only when nothing was wrong.
    ///
    /// # Errors
    /// Whatever was.
    pub fn none(self) -> Result<(), Problems> {
        match self.0.is_empty() {
            true => Ok(()),
            false => Err(self),
        }
    }

    /// The answer to a browser.
    pub fn to_json(&self) -> Value {
        json!({ "problems": self.0 })
    }
}

/// Speaks the language of whoever filled the form in.
#[derive(Debug, Clone, Copy)]
pub struct Sayer(pub Language);

impl Sayer {
    /// A message.
    pub fn say(self, id: &str) -> String {
        words::say(self.0, id, &FluentArgs::new())
    }

    /// A message with a title of something in it, which may be in any script.
    pub fn say_of(self, id: &str, title: &str) -> String {
        self.say_counted(id, title, 0)
    }

    /// A message with a title and a number.
    pub fn say_counted(self, id: &str, title: &str, count: u64) -> String {
        let title = Text::line(title, TITLE_CHARACTERS_MAX);
        let mut given = FluentArgs::new();
        given.set("title", format!("\u{2068}{title}\u{2069}"));
        given.set("count", count);
        given.set("shown", formats::number(self.0, count));
        words::say(self.0, id, &given)
    }

    /// A message with a number.
    pub fn count(self, id: &str, count: usize) -> String {
        self.say_counted(id, "", count as u64)
    }

    /// A text that must be there, of so many characters at most.
    pub(super) fn required(
        self,
        form: &Form,
        field: &'static str,
        characters_max: usize,
        problems: &mut Problems,
    ) -> String {
        let text = self.optional(form, field, characters_max, problems);
        if text.is_empty() && !problems.0.iter().any(|problem| problem.field == field) {
            problems.add(field, self.say("field-needed"));
        }
        text
    }

    /// A text that may be there, of so many characters at most.
    pub(super) fn optional(
        self,
        form: &Form,
        field: &'static str,
        characters_max: usize,
        problems: &mut Problems,
    ) -> String {
        let text = form.lines(field).unwrap_or_default();
        if text.chars().count() > characters_max {
            problems.add(field, self.count("field-too-long", characters_max));
            return String::new();
        }
        if text.chars().any(is_control) {
            problems.add(field, self.say("field-characters"));
            return String::new();
        }
        text
    }

    /// A whole number that may be there, of at most so much.
    pub(super) fn number(
        self,
        form: &Form,
        field: &'static str,
        most: u32,
        problems: &mut Problems,
    ) -> Option<u32> {
        let text = form.text(field)?;
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|number| *number <= most);
        if !is_plain || number.is_none() {
            problems.add(field, self.count("field-number", most as usize));
            return None;
        }
        number
    }
}

/// Characters that programs do not agree how to hash (NIP-01), or that are no text.
fn is_control(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\t')
}
