//! What somebody says of themselves (kind 0, NIP-24), in its next version: what the form does not name, and what
//! nobody here knows, stays as it was.

use std::collections::BTreeMap;

use kith_nips::nip01::Draft;
use kith_nips::nip24::{self, Field, FieldError, FieldProblem, ProfileChange};
use kith_nips::{Event, Kind};
use serde_json::value::RawValue;

use super::details::line;
use super::form::Form;
use super::said::{Drafted, Problems, Sayer};
use crate::link::WebLink;

/// Fields of the form, which are called as members of a profile are.
const FIELDS: [(&str, Field); 5] = [
    ("name", Field::Name),
    ("about", Field::About),
    ("picture", Field::Picture),
    ("website", Field::Website),
    (IDENTIFIER, Field::Identifier),
];

/// The field of the identifier (NIP-05).
const IDENTIFIER: &str = "nip05";

/// A profile: those of the fields `name`, `about`, `picture`, `website` and `nip05` that the form has; an empty
/// one says nothing any more. `before` is the version that it changes, `now` in Unix seconds.
///
/// # Errors
/// What is wrong with the form.
pub fn profile(
    form: &Form,
    before: Option<&Event>,
    now: u64,
    sayer: Sayer,
) -> Result<Drafted, Problems> {
    let old = before.map_or("{}", Event::content);
    let mut problems = Problems::default();
    let change = change(form, old, sayer, &mut problems);
    problems.none()?;
    let content = change.applied_to(old);
    if content.is_none() && before.is_none() {
        return Err(Problems::one("", sayer.say("nothing-changed")));
    }
    // What says the same is a new version too: it asks a relay once more for the name in it.
    let content = content.unwrap_or_else(|| old.to_owned());
    let shown = match nip24::name(&content) {
        Some(name) => sayer.say_of("signs-profile", &name),
        None => sayer.say("signs-profile-unnamed"),
    };
    let tags = before.map(|before| {
        let tags = before.tags().iter();
        tags.map(|tag| tag.iter().map(str::to_owned).collect())
            .collect()
    });
    let draft = Draft {
        kind: Kind::PROFILE,
        created_at: before.map(|before| now.max(before.created_at().saturating_add(1))),
        tags: tags.unwrap_or_default(),
        content,
    };
    Ok(Drafted::new(vec![draft], shown))
}

/// What becomes of the fields that say something else than before. What was there already may stay, whatever it is.
fn change(form: &Form, old: &str, sayer: Sayer, problems: &mut Problems) -> ProfileChange {
    let mut change = ProfileChange::new();
    for (name, field) in FIELDS {
        let text = form.lines(name).unwrap_or_default();
        if !form.has(name) || text == said(old, name) {
            continue;
        }
        let earlier = problems.0.len();
        let text = sayer.optional(form, name, usize::MAX, problems);
        let text = match field {
            Field::About => text,
            _ => line(text, name, sayer, problems),
        };
        if problems.0.len() > earlier {
            continue;
        }
        // Pages show no other pictures.
        let is_shown = text.is_empty() || WebLink::secure(&text).is_some();
        if let Err(error) = change.set(field, &text) {
            problems.add(name, message(&error, sayer));
        } else if field == Field::Picture && !is_shown {
            problems.add(name, sayer.say("field-image"));
        }
    }
    change
}

/// What a profile says in a field of the form, as the form shows it.
fn said(content: &str, name: &str) -> String {
    if name == "name" {
        return nip24::name(content).unwrap_or_default();
    }
    // A number that is too large for a computer must not hide the texts beside it.
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(content).unwrap_or_default();
    let text = members.get(name);
    let text: Option<String> = text.and_then(|text| serde_json::from_str(text.get()).ok());
    let text = text.unwrap_or_default();
    text.trim().replace("\r\n", "\n").replace('\r', "\n")
}

fn message(error: &FieldError, sayer: Sayer) -> String {
    match (&error.problem, error.field) {
        (FieldProblem::LongText(most), _) => sayer.count("field-too-long", *most),
        (FieldProblem::LongAddress, _) => sayer.count("field-too-long", nip24::ADDRESS_BYTES_MAX),
        (_, Field::Picture) => sayer.say("field-image"),
        (_, Field::Website) => sayer.say("field-website"),
        (_, Field::Identifier) => sayer.say("field-identifier"),
        (_, Field::Name | Field::About) => sayer.say("field-characters"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::testing::{NOW, fields, keys, sign};
    use super::*;
    use crate::language::Language;

    const SAYER: Sayer = Sayer(Language::English);

    fn event(content: &str, tags: &[&[&str]], created_at: u64) -> Event {
        let own = |tag: &&[&str]| tag.iter().map(|text| (*text).to_owned()).collect();
        let draft = Draft {
            kind: Kind::PROFILE,
            created_at: Some(created_at),
            tags: tags.iter().map(own).collect(),
            content: content.to_owned(),
        };
        draft.sign(&keys(1), created_at).unwrap()
    }

    fn drafted(form: &[(&str, &str)], before: Option<&Event>) -> Draft {
        let drafted = profile(&fields(form), before, NOW, SAYER).unwrap();
        let [draft] = drafted.drafts.as_slice() else {
            panic!("{drafted:?}")
        };
        draft.clone()
    }

    #[track_caller]
    fn wrong(form: &[(&str, &str)], before: Option<&Event>, expect: &[(&str, &str)]) {
        let problems = profile(&fields(form), before, NOW, SAYER).unwrap_err().0;
        let found = problems.iter().map(|problem| problem.field);
        let names = expect.iter().map(|(name, _)| *name);
        assert!(found.eq(names), "{form:?}: {problems:?}");
        for (problem, (_, words)) in problems.iter().zip(expect) {
            assert!(problem.message.contains(words), "{problem:?}");
        }
    }

    #[test]
    fn nip24_a_first_profile_says_what_was_filled_in() {
        let form = [
            ("name", " Anna "),
            ("about", "Plays\r\nchess"),
            ("picture", "https://example.com/a.png"),
            ("website", "http://example.com/anna"),
            ("nip05", "Anna@Example.com"),
        ];
        let draft = drafted(&form, None);
        let read: Value = serde_json::from_str(&draft.content).unwrap();
        let expect = serde_json::json!({
            "name": "Anna",
            "about": "Plays\nchess",
            "picture": "https://example.com/a.png",
            "website": "http://example.com/anna",
            "nip05": "anna@example.com",
        });
        assert_eq!(read, expect);
        assert_eq!((draft.kind, draft.created_at), (Kind::PROFILE, None));
        assert!(draft.tags.is_empty());
        assert!(sign(&draft, 1).verify().is_ok());
        wrong(&[], None, &[("", "Nothing")]);
        wrong(&[("name", " "), ("about", "")], None, &[("", "Nothing")]);
    }

    #[test]
    fn nip24_what_the_form_does_not_know_is_kept() {
        let content =
            r#"{"name":"anna","about":"old","lud16":"a@b.example","n":1e400,"bot":false}"#;
        let before = event(content, &[&["i", "github:anna", "proof"], &["x"]], NOW + 10);
        let draft = drafted(&[("name", "Anna B."), ("about", "")], Some(&before));
        assert_eq!(
            draft.content,
            r#"{"bot":false,"lud16":"a@b.example","n":1e400,"name":"Anna B."}"#
        );
        assert_eq!(draft.tags, [vec!["i", "github:anna", "proof"], vec!["x"]]);
        assert_eq!(draft.created_at, Some(NOW + 11));
        let older = event(content, &[], 1_000);
        let later = drafted(&[("name", "Anna")], Some(&older));
        assert_eq!(later.created_at, Some(NOW));
        // What is no profile is replaced.
        let broken = drafted(&[("name", "Anna")], Some(&event("anna", &[], 1_000)));
        assert_eq!(broken.content, r#"{"name":"Anna"}"#);
    }

    #[test]
    fn what_was_there_may_stay_whatever_it_is() {
        let content = format!(
            r#"{{"name":"anna","display_name":"Anna B.","picture":"http://a.example/a.png","about":"{}"}}"#,
            "x".repeat(3_000)
        );
        let before = event(&content, &[], 1_000);
        let about = "x".repeat(3_000);
        let same = [
            ("name", "Anna B."),
            ("picture", "http://a.example/a.png"),
            ("about", &about),
        ];
        let draft = drafted(&same, Some(&before));
        assert_eq!(draft.content, content, "a new version that says the same");
        let mut form = same.to_vec();
        form.push(("website", "https://a.example"));
        let draft = drafted(&form, Some(&before));
        let read: Value = serde_json::from_str(&draft.content).unwrap();
        assert_eq!(
            (&read["name"], &read["picture"], &read["website"]),
            (
                &"anna".into(),
                &"http://a.example/a.png".into(),
                &"https://a.example/".into()
            )
        );
    }

    #[test]
    fn what_is_wrong_is_said_beside_its_field() {
        for (field, text, words) in [
            ("picture", "http://a.example/a.png", "https://"),
            ("picture", "javascript:alert(1)", "https://"),
            ("picture", "anna.png", "https://"),
            ("website", "javascript:alert(1)", "https://"),
            ("website", "anna", "https://"),
            ("nip05", "anna", "anna@example.com"),
            ("nip05", "anna smith@example.com", "anna@example.com"),
            ("nip05", "anna@example.com@example.com", "anna@example.com"),
            ("nip05", "<script>@example.com", "anna@example.com"),
            ("name", "Anna\u{0}", "no text"),
            ("name", "Anna\nBerta", "no text"),
            ("about", "a\u{7}", "no text"),
        ] {
            wrong(&[(field, text)], None, &[(field, words)]);
        }
        let long = "x".repeat(5_000);
        let address = format!("https://a.example/{long}");
        let form = [
            ("name", long.as_str()),
            ("about", &long),
            ("picture", &address),
            ("website", &address),
            ("nip05", &long),
        ];
        let expect = [
            ("name", "64"),
            ("about", "2,000"),
            ("picture", "1,024"),
            ("website", "1,024"),
            ("nip05", "anna@example.com"),
        ];
        wrong(&form, None, &expect);
        // A profile that is there does not change that.
        wrong(&form, Some(&event("{}", &[], 1_000)), &expect);
    }

    #[test]
    fn what_somebody_hostile_writes_is_text() {
        let name = "\"},\"nip05\":\"x@y.example\u{202e}</script>";
        let draft = drafted(&[("name", name)], None);
        let read: Value = serde_json::from_str(&draft.content).unwrap();
        assert_eq!(read, serde_json::json!({ "name": name }));
        let shown = profile(&fields(&[("name", name)]), None, NOW, SAYER).unwrap();
        assert!(!shown.shown.contains('\u{202e}'), "{}", shown.shown);
    }

    #[test]
    fn the_sentence_says_what_the_person_is_called() {
        let shown = |form: &[(&str, &str)]| {
            let before = event(r#"{"name":"Anna"}"#, &[], 1_000);
            let drafted = profile(&fields(form), Some(&before), NOW, SAYER);
            drafted.unwrap().shown
        };
        assert!(shown(&[("about", "chess")]).contains("Anna"));
        assert!(shown(&[("name", "Berta")]).contains("Berta"));
        assert!(shown(&[("name", "")]).contains("no name"));
    }
}
