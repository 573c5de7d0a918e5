//! NIP-24: the further fields of a profile (kind 0, NIP-01). Owns what people say of themselves, also
//! which identifier is theirs (NIP-05), and how one's own profile is changed: nothing is lost that this
//! file does not know. Must not know who asks, nor whether an identifier is confirmed.

use std::collections::BTreeMap;
use std::fmt;

use nostr::Url;
use serde_json::value::RawValue;

use crate::nip05::{Identifier, IdentifierFormError};

/// Longer names are cut, in characters; nobody can give themselves one.
pub const NAME_CHARACTERS_MAX: usize = 64;

/// What people say about themselves is cut after this, in characters, and cannot be written longer.
pub const ABOUT_CHARACTERS_MAX: usize = 2_000;

/// Longest address of a picture or a page, in bytes.
pub const ADDRESS_BYTES_MAX: usize = 1_024;

/// What somebody says of themselves (kind 0). Everything is a text of a stranger: make it harmless before
/// it is shown, and ask before it is believed.
///
/// ```
/// use kith_nips::nip24::Profile;
///
/// let profile = Profile::read(r#"{"name":"bob","nip05":"bob@example.com","picture":"javascript:1"}"#);
/// assert_eq!(profile.name.as_deref(), Some("bob"));
/// assert_eq!(profile.identifier, "bob@example.com".parse().ok());
/// assert_eq!(profile.picture, None, "it is no web address");
/// // What is no profile says nothing.
/// assert_eq!(Profile::read("not a profile"), Profile::default());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Profile {
    /// What they call themselves: `display_name`, else `name`, without spaces around it and at most
    /// [`NAME_CHARACTERS_MAX`] characters long.
    pub name: Option<String>,
    /// What they say about themselves, in lines; at most [`ABOUT_CHARACTERS_MAX`] characters.
    pub about: Option<String>,
    /// Where their picture is: `https` or `http`, at most [`ADDRESS_BYTES_MAX`] bytes.
    pub picture: Option<String>,
    /// Their page, as [`Profile::picture`].
    pub website: Option<String>,
    /// Which identifier they say is theirs (`nip05`); the file at its domain has the word.
    pub identifier: Option<Identifier>,
}

impl Profile {
    /// Reads the content of a kind 0. What is not a JSON object is an empty profile, and so is each
    /// member that is not as it should be.
    pub fn read(content: &str) -> Profile {
        let members = Members::read(content);
        let address = |member: &str| members.text(member).and_then(|text| web_address(&text));
        Profile {
            name: members.name(),
            about: members.cut("about", ABOUT_CHARACTERS_MAX),
            picture: address("picture"),
            website: address("website"),
            identifier: members.text("nip05").and_then(|text| text.parse().ok()),
        }
    }
}

/// What the author of a profile with this content calls themselves, as [`Profile::name`].
///
/// ```
/// use kith_nips::nip24::name;
/// assert_eq!(name(r#"{"name":"alice","display_name":"Alice B."}"#).as_deref(), Some("Alice B."));
/// assert_eq!(name("not a profile"), None);
/// ```
pub fn name(content: &str) -> Option<String> {
    Members::read(content).name()
}

/// What of a profile can be changed.
///
/// ```
/// use kith_nips::nip24::Field;
/// assert_eq!(Field::Identifier.to_string(), "identifier");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// `name`, and `display_name` where there is one: it is what is shown.
    Name,
    /// `about`
    About,
    /// `picture`
    Picture,
    /// `website`
    Website,
    /// `nip05`
    Identifier,
}

impl Field {
    /// In the order in which they are shown.
    pub const ALL: [Field; 5] = [
        Field::Name,
        Field::About,
        Field::Picture,
        Field::Website,
        Field::Identifier,
    ];

    /// The member of the object.
    fn member(self) -> &'static str {
        match self {
            Field::Name => NAME,
            Field::About => "about",
            Field::Picture => "picture",
            Field::Website => "website",
            Field::Identifier => "nip05",
        }
    }

    /// The text as it is written; nothing for one that says nothing.
    fn written(self, text: &str) -> Result<Option<String>, FieldProblem> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let written = match self {
            Field::Name => at_most(NAME_CHARACTERS_MAX, text)?,
            Field::About => at_most(ABOUT_CHARACTERS_MAX, text)?,
            Field::Picture | Field::Website => {
                if text.len() > ADDRESS_BYTES_MAX {
                    return Err(FieldProblem::LongAddress);
                }
                web_address(text).ok_or(FieldProblem::NoWebAddress)?
            }
            Field::Identifier => {
                let identifier: Identifier = text.parse()?;
                // The name of a domain is left out only where it is shown.
                format!("{}@{}", identifier.name(), identifier.domain())
            }
        };
        Ok(Some(written))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Field::Identifier => "identifier",
            field => field.member(),
        })
    }
}

/// A field cannot say this.
///
/// ```
/// use kith_nips::nip24::{Field, FieldProblem, ProfileChange};
///
/// let error = ProfileChange::new().set(Field::Website, "ftp://example.com").unwrap_err();
/// assert_eq!((error.field, &error.problem), (Field::Website, &FieldProblem::NoWebAddress));
/// assert_eq!(error.to_string(), "website: this is no web address, such as https://example.com");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct FieldError {
    /// Which.
    pub field: Field,
    /// Why not.
    pub problem: FieldProblem,
}

/// Why a field cannot say something.
///
/// ```
/// use kith_nips::nip24::FieldProblem;
/// assert_eq!(FieldProblem::LongText(64).to_string(), "at most 64 characters are possible");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldProblem {
    /// A text with more characters than this.
    #[error("at most {0} characters are possible")]
    LongText(usize),
    /// An address with more than [`ADDRESS_BYTES_MAX`] bytes.
    #[error("an address has at most {ADDRESS_BYTES_MAX} bytes")]
    LongAddress,
    /// Neither `https` nor `http`.
    #[error("this is no web address, such as https://example.com")]
    NoWebAddress,
    /// It cannot be anybody's identifier.
    #[error(transparent)]
    NoIdentifier(#[from] IdentifierFormError),
}

/// What is to become of a profile; what it does not name stays as it is.
///
/// ```
/// use kith_nips::nip24::{Field, ProfileChange};
///
/// let mut change = ProfileChange::new();
/// change.set(Field::Name, "Ben")?.set(Field::About, "")?;
/// let old = r#"{"about":"new here","lud16":"ben@example.com"}"#;
/// let new = change.applied_to(old);
/// assert_eq!(new.as_deref(), Some(r#"{"lud16":"ben@example.com","name":"Ben"}"#));
/// // Twice is once.
/// assert_eq!(change.applied_to(&new.unwrap()), None);
/// # Ok::<(), kith_nips::nip24::FieldError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileChange {
    fields: BTreeMap<Field, Option<String>>,
}

impl ProfileChange {
    /// Nothing is to change.
    pub fn new() -> ProfileChange {
        ProfileChange::default()
    }

    /// What a field is to say from then on, without spaces around it. An empty text removes the field.
    ///
    /// # Errors
    /// [`FieldError`] when it is too long, or not what the field holds; the change stays as it was.
    pub fn set(&mut self, field: Field, text: &str) -> Result<&mut ProfileChange, FieldError> {
        let written = field.written(text);
        let written = written.map_err(|problem| FieldError { field, problem })?;
        self.fields.insert(field, written);
        Ok(self)
    }

    /// Whether nothing was named.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The content of a profile with this content, changed: every member that is not named, and what
    /// nobody here knows, as it was. What is no JSON object is replaced as an empty one. `None` when it
    /// says so already.
    pub fn applied_to(&self, content: &str) -> Option<String> {
        let Members(mut members) = Members::read(content);
        let mut is_changed = false;
        for (field, text) in &self.fields {
            for member in members_of(*field, &members) {
                let old = members.get(member);
                let said = old.and_then(|old| text_in(old));
                let said = said.and_then(|said| field.written(&said).ok().flatten());
                // A member that is there and says nothing is removed as well.
                let is_so = said == *text && old.is_some() == text.is_some();
                if is_so {
                    continue;
                }
                is_changed = true;
                match text {
                    Some(text) => {
                        let text = serde_json::value::to_raw_value(text).ok()?;
                        members.insert(member.to_owned(), text);
                    }
                    None => {
                        members.remove(member);
                    }
                }
            }
        }
        match is_changed {
            true => serde_json::to_string(&members).ok(),
            false => None,
        }
    }
}

const NAME: &str = "name";
const DISPLAY_NAME: &str = "display_name";

/// What a field stands in.
fn members_of(field: Field, members: &BTreeMap<String, Box<RawValue>>) -> Vec<&'static str> {
    match field {
        Field::Name if members.contains_key(DISPLAY_NAME) => vec![NAME, DISPLAY_NAME],
        field => vec![field.member()],
    }
}

/// The members of a profile, each exactly as it is written: a number that is too long for a computer
/// survives a rewrite too.
struct Members(BTreeMap<String, Box<RawValue>>);

impl Members {
    fn read(content: &str) -> Members {
        Members(serde_json::from_str(content).unwrap_or_default())
    }

    fn text(&self, member: &str) -> Option<String> {
        text_in(self.0.get(member)?)
    }

    /// Without spaces around it.
    fn cut(&self, member: &str, characters_max: usize) -> Option<String> {
        let text = self.text(member)?;
        let text: String = text.trim().chars().take(characters_max).collect();
        (!text.is_empty()).then_some(text)
    }

    fn name(&self) -> Option<String> {
        let mut names = [DISPLAY_NAME, NAME].into_iter();
        names.find_map(|member| self.cut(member, NAME_CHARACTERS_MAX))
    }
}

fn text_in(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

fn at_most(characters_max: usize, text: &str) -> Result<String, FieldProblem> {
    match text.chars().nth(characters_max) {
        Some(_) => Err(FieldProblem::LongText(characters_max)),
        None => Ok(text.to_owned()),
    }
}

/// As browsers write it, without anything that would have to be made harmless.
fn web_address(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let is_web = matches!(url.scheme(), "https" | "http");
    let address = String::from(url);
    (is_web && address.len() <= ADDRESS_BYTES_MAX).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_name_comes_first_and_nonsense_is_no_name() {
        let both = r#"{"name":"alice","display_name":" Alice of Brighton "}"#;
        assert_eq!(name(both).as_deref(), Some("Alice of Brighton"));
        for blank in [r#""  ""#, "null", "7"] {
            let blank = format!(r#"{{"name":"alice","display_name":{blank}}}"#);
            assert_eq!(name(&blank).as_deref(), Some("alice"), "{blank}");
        }
        let long = format!(r#"{{"name":"{}"}}"#, "ü".repeat(500));
        assert_eq!(name(&long).unwrap().chars().count(), NAME_CHARACTERS_MAX);
        for content in ["{}", r#"{"name":7}"#, r#"{"name":" "}"#] {
            assert_eq!(name(content), None, "{content}");
        }
    }

    #[test]
    fn nip01_109_content_that_cannot_be_parsed_is_an_empty_profile() {
        let object = Profile::read(r#"{"name":"bob","nip05":"Bob@example.com","about":[]}"#);
        assert_eq!(object.name.as_deref(), Some("bob"));
        assert_eq!(object.identifier, "bob@example.com".parse().ok());
        let string = serde_json::json!(r#"{"name":"bob"}"#).to_string();
        let deep = "[".repeat(100_000);
        for content in [
            "",
            "bob",
            "[]",
            "null",
            "7",
            "{",
            r#"{"name":"bob"}}"#,
            &string,
            &deep,
        ] {
            assert_eq!(Profile::read(content), Profile::default());
        }
        // A member that is no text, or no identifier, takes nothing else with it.
        for broken in ["7", "null", "{}", r#""bob smith@example.com""#, r#""bob""#] {
            let content = format!(r#"{{"name":"bob","nip05":{broken}}}"#);
            let profile = Profile::read(&content);
            assert_eq!(
                (profile.name.as_deref(), profile.identifier),
                (Some("bob"), None)
            );
        }
    }

    #[test]
    fn of_a_page_and_a_picture_only_web_addresses_count_and_everything_is_bounded() {
        for (written, read) in [
            (
                "https://example.com/a.png",
                Some("https://example.com/a.png"),
            ),
            (" HTTP://Example.com ", Some("http://example.com/")),
            (
                "https://example.com/\u{202e}\"<b>",
                Some("https://example.com/%E2%80%AE%22%3Cb%3E"),
            ),
            ("javascript:alert(1)", None),
            ("data:image/png;base64,AA", None),
            ("ftp://example.com/a.png", None),
            ("example.com/a.png", None),
            ("https://", None),
            ("", None),
        ] {
            let content = serde_json::json!({ "picture": written, "website": written });
            let profile = Profile::read(&content.to_string());
            assert_eq!(profile.picture.as_deref(), read, "{written}");
            assert_eq!(profile.website.as_deref(), read, "{written}");
        }
        let address = format!("https://example.com/{}", "a".repeat(ADDRESS_BYTES_MAX));
        let content = serde_json::json!({ "picture": address, "about": "ü".repeat(5_000) });
        let profile = Profile::read(&content.to_string());
        assert_eq!(profile.picture, None);
        assert_eq!(profile.about.unwrap().chars().count(), ABOUT_CHARACTERS_MAX);
    }

    fn change(fields: &[(Field, &str)]) -> ProfileChange {
        let mut change = ProfileChange::new();
        for (field, text) in fields {
            change.set(*field, text).unwrap();
        }
        change
    }

    #[test]
    fn nip01_109_a_change_keeps_what_it_does_not_know_and_replaces_what_is_no_profile() {
        let old = concat!(
            r#"{"lud16":"ben@example.com","n":123456789012345678901234567890.10,"#,
            r#""bot":false,"about":"here","x":{"b":[1,null],"a":"\ud800"}}"#
        );
        let changed = change(&[(Field::Name, " Ben "), (Field::About, " ")]);
        assert_eq!(
            changed.applied_to(old).unwrap(),
            concat!(
                r#"{"bot":false,"lud16":"ben@example.com","n":123456789012345678901234567890.10,"#,
                r#""name":"Ben","x":{"b":[1,null],"a":"\ud800"}}"#
            )
        );
        for content in ["", "ben", "[]", "null", "7", "{", r#""{}""#] {
            let new = changed.applied_to(content);
            assert_eq!(new.as_deref(), Some(r#"{"name":"Ben"}"#), "{content}");
        }
    }

    #[test]
    fn the_longer_name_is_changed_only_where_there_is_one() {
        let named = change(&[(Field::Name, "Ben")]);
        let unnamed = change(&[(Field::Name, "")]);
        for (old, with_a_name, without) in [
            ("{}", r#"{"name":"Ben"}"#, None),
            (r#"{"name":"b"}"#, r#"{"name":"Ben"}"#, Some("{}")),
            (
                r#"{"name":"Ben","display_name":"Benjamin"}"#,
                r#"{"display_name":"Ben","name":"Ben"}"#,
                Some("{}"),
            ),
            (
                r#"{"display_name":7}"#,
                r#"{"display_name":"Ben","name":"Ben"}"#,
                Some("{}"),
            ),
        ] {
            let new = named.applied_to(old);
            assert_eq!(new.as_deref(), Some(with_a_name), "{old}");
            assert_eq!(name(&new.unwrap()).as_deref(), Some("Ben"));
            assert_eq!(unnamed.applied_to(old).as_deref(), without, "{old}");
        }
    }

    #[test]
    fn nip05_05_the_name_of_a_domain_is_written_whole() {
        for (typed, written) in [
            ("example.com", "_@example.com"),
            ("_@Example.com", "_@example.com"),
            ("Ben@Example.com", "ben@example.com"),
            ("ben@127.0.0.1:7447", "ben@127.0.0.1:7447"),
        ] {
            let new = change(&[(Field::Identifier, typed)]).applied_to("");
            assert_eq!(new, Some(format!(r#"{{"nip05":"{written}"}}"#)));
            assert_eq!(Profile::read(&new.unwrap()).identifier, typed.parse().ok());
        }
    }

    #[test]
    fn what_is_so_already_is_no_change() {
        let old = r#"{"website":"https://example.com","nip05":"Ben@example.com","name":"Ben "}"#;
        let same = [
            (Field::Website, "https://example.com/"),
            (Field::Identifier, "ben@example.com"),
            (Field::Name, "Ben"),
            (Field::About, ""),
        ];
        assert_eq!(change(&same).applied_to(old), None);
        assert_eq!(change(&[]).applied_to("nonsense"), None);
        let blank = change(&[(Field::About, "")]);
        assert_eq!(blank.applied_to(r#"{"about":" "}"#).as_deref(), Some("{}"));
    }

    #[test]
    fn what_a_field_cannot_say_is_refused_by_its_name() {
        let (name, about) = ("ü".repeat(65), "ü".repeat(2_001));
        let address = format!("https://example.com/{}", "a".repeat(1_024));
        let mut changed = change(&[(Field::Name, "Ben")]);
        let before = changed.clone();
        for (field, text, message) in [
            (
                Field::Name,
                &*name,
                "name: at most 64 characters are possible",
            ),
            (
                Field::About,
                &*about,
                "about: at most 2000 characters are possible",
            ),
            (
                Field::Picture,
                &*address,
                "picture: an address has at most 1024 bytes",
            ),
            (
                Field::Website,
                "javascript:alert(1)",
                "website: this is no web address, such as https://example.com",
            ),
            (
                Field::Identifier,
                "ben@nowhere@",
                "identifier: \"nowhere@\" is not a domain, such as example.com",
            ),
        ] {
            let error = changed.set(field, text).unwrap_err();
            assert_eq!(error.to_string(), message);
            assert_eq!(changed, before, "{message}");
        }
        assert!(changed.set(Field::Name, &"ü".repeat(64)).is_ok());
    }
}
