//! Founding a community, and describing it anew.

use kith_nips::PublicKey;
use kith_nips::lbc::{
    Community, CommunityMetadata, CommunityProfile, CommunityReference, Note, Published,
};
use kith_nips::nip01::Draft;

use super::form::Form;
use super::said::{Drafted, Problems, Sayer};
use super::values::Values;
use super::{details, place};

/// Who founds a community, and when.
#[derive(Debug)]
pub struct Founding<'a> {
    /// Who will own it.
    pub owner: PublicKey,
    /// The communities that they own already.
    pub earlier: &'a [Published<Community>],
    /// A relay that will have it.
    pub relay: Option<String>,
    /// Now, Unix seconds.
    pub now: u64,
}

/// A community: fields `title`, `description`, `image`, `topics`, `city`, `latitude`, `longitude`. The first
/// note must be signed by the owner as it is, else the others are about nothing: they name its id (LBC-57).
///
/// # Errors
/// What is wrong with the form.
pub fn found(form: &Form, founding: &Founding<'_>, sayer: Sayer) -> Result<Drafted, Problems> {
    let profile = profile(form, None, sayer)?;
    let unwritten = |_| Problems::one("title", sayer.say("field-needed"));
    let note = Community::new(&profile.description);
    let first = note.draft_beside(founding.earlier, founding.now);
    let first = first.map_err(unwritten)?;
    let id = first.id(founding.owner, founding.now);
    let id = id.map_err(|_| Problems::one("description", sayer.say("field-characters")))?;
    let reference = CommunityReference::new(id, founding.owner);
    let reference = match &founding.relay {
        Some(relay) => reference.at(relay),
        None => reference,
    };
    let rest = profile.founding(&reference, founding.owner, founding.now);
    let rest: Result<Vec<Draft>, _> = rest.into_iter().collect();
    let mut drafts = vec![first];
    drafts.extend(rest.map_err(unwritten)?);
    Ok(Drafted {
        then: Some(crate::link::path(&["c", &id.to_string()])),
        ..Drafted::new(drafts, sayer.say_of("signs-community", &profile.title))
    })
}

/// The description of a community in its next version: the fields of [`found`].
///
/// # Errors
/// What is wrong with the form.
pub fn describe(
    form: &Form,
    community: &Published<Community>,
    metadata: Option<&Published<CommunityMetadata>>,
    now: u64,
    sayer: Sayer,
) -> Result<Drafted, Problems> {
    let profile = profile(form, metadata.map(|found| &found.note), sayer)?;
    let unwritten = |_| Problems::one("title", sayer.say("field-needed"));
    let draft = match metadata {
        Some(metadata) => {
            let mut next = metadata.clone();
            profile.say(&mut next.note);
            next.replacement(now).map_err(unwritten)?
        }
        None => {
            let metadata = profile.metadata(community.reference());
            metadata.draft().map_err(unwritten)?
        }
    };
    Ok(Drafted {
        then: Some(crate::link::path(&["c", &community.id.to_string()])),
        ..Drafted::new(
            vec![draft],
            sayer.say_of("signs-description", &profile.title),
        )
    })
}

/// What the fields show of a community.
pub fn community_values(
    community: &Published<Community>,
    metadata: Option<&CommunityMetadata>,
) -> Values {
    let mut values = Values::default();
    values.set("description", &community.description);
    if let Some(metadata) = metadata {
        values.set("title", &metadata.title);
        values.set("description", metadata.display_description(community));
        values.set("image", metadata.image.clone().unwrap_or_default());
        values.set("topics", details::written(&metadata.topics));
        place::fill(&mut values, &metadata.location);
    }
    values
}

fn profile(
    form: &Form,
    before: Option<&CommunityMetadata>,
    sayer: Sayer,
) -> Result<CommunityProfile, Problems> {
    let mut problems = Problems::default();
    let said = &mut problems;
    let location = before.map(|before| &before.location);
    let image = before.and_then(|before| before.image.as_deref());
    let most = details::DESCRIPTION_CHARACTERS_MAX;
    let profile = CommunityProfile {
        title: details::title(form, sayer, said),
        description: sayer.optional(form, "description", most, said),
        image: details::image(form, image, sayer, said),
        location: place::placed(form, location, sayer, said).location,
        topics: details::topics(form, sayer, said),
        carried_by: None,
    };
    problems.none()?;
    Ok(profile)
}

#[cfg(test)]
mod tests {
    use kith_nips::EventId;
    use kith_nips::lbc::{Channel, MemberList};

    use super::super::testing::{NOW, fields, keys, sign};
    use super::*;
    use crate::language::Language;

    const SAYER: Sayer = Sayer(Language::English);

    fn founded(
        form: &[(&str, &str)],
        earlier: &[Published<Community>],
    ) -> Result<Drafted, Problems> {
        let founding = Founding {
            owner: keys(3).public_key().into(),
            earlier,
            relay: Some("wss://r.example".to_owned()),
            now: NOW,
        };
        found(&fields(form), &founding, SAYER)
    }

    const CHESS: [(&str, &str); 5] = [
        ("title", "Brighton Chess"),
        ("description", "Boards on the *beach*"),
        ("topics", "Chess, #Beach"),
        ("city", "Brighton"),
        ("image", "https://example.com/a.jpg"),
    ];

    #[test]
    fn a_community_is_what_was_filled_in() {
        let drafted = founded(&CHESS, &[]).unwrap();
        let [first, metadata, members, chat] = drafted.drafts.as_slice() else {
            panic!("{drafted:?}")
        };
        let community = Community::read(&sign(first, 3)).unwrap();
        let metadata = CommunityMetadata::read(&sign(metadata, 3)).unwrap();
        assert_eq!(metadata.community.id, community.id);
        assert_eq!(metadata.title, "Brighton Chess");
        assert_eq!(
            metadata.display_description(&community),
            "Boards on the *beach*"
        );
        let topics: Vec<&str> = metadata.topics.iter().map(|topic| topic.as_str()).collect();
        assert_eq!(topics, ["chess", "beach"]);
        assert_eq!(metadata.location.cities[0].to_string(), "GB:Brighton");
        let members = MemberList::read(&sign(members, 3)).unwrap();
        assert_eq!(members.community(), community.id);
        let chat = Channel::read(&sign(chat, 3)).unwrap();
        assert_eq!(chat.communities[0].id, community.id);
        assert_eq!(drafted.then, Some(format!("/c/{}", community.id)));
    }

    #[test]
    fn lbc_04_two_of_one_second_are_two() {
        let first = founded(&CHESS, &[]).unwrap();
        let first = Community::read(&sign(&first.drafts[0], 3)).unwrap();
        let second = founded(&CHESS, std::slice::from_ref(&first)).unwrap();
        let second = Community::read(&sign(&second.drafts[0], 3)).unwrap();
        assert_ne!(first.id, second.id);
    }

    #[test]
    fn a_description_keeps_what_the_form_does_not_know() {
        let drafted = founded(&CHESS, &[]).unwrap();
        let community = Community::read(&sign(&drafted.drafts[0], 3)).unwrap();
        let mut known = CommunityMetadata::read(&sign(&drafted.drafts[1], 3)).unwrap();
        known
            .note
            .other_tags
            .push(vec!["x".to_owned(), "y".to_owned()]);
        let values = community_values(&community, Some(&known.note));
        let shown = [
            "description",
            "image",
            "topics",
            "city",
            "latitude",
            "longitude",
        ];
        let mut form: Vec<(&str, &str)> =
            shown.iter().map(|name| (*name, values.get(name))).collect();
        form.push(("title", "Brighton & Hove Chess"));
        let next = describe(&fields(&form), &community, Some(&known), NOW, SAYER).unwrap();
        let next = CommunityMetadata::read(&sign(&next.drafts[0], 3)).unwrap();
        let mut expected = known.note.clone();
        expected.title = "Brighton & Hove Chess".to_owned();
        assert_eq!(next.note, expected);
        assert!(next.created_at > known.created_at);
        assert_ne!(next.id, EventId::from_bytes([0; 32]));
    }

    #[test]
    fn every_field_has_its_problem() {
        let long = "x".repeat(20_001);
        for (name, value) in [
            ("title", ""),
            ("title", "a\nb"),
            ("title", &long),
            ("description", &long),
            ("description", "\u{1b}[0m"),
            ("image", "http://example.com/a.jpg"),
            ("image", "javascript:alert(1)"),
            ("topics", &long),
            ("city", "Nowhere at all, XX"),
            ("latitude", "91"),
        ] {
            let mut form: Vec<(&str, &str)> = CHESS.to_vec();
            form.retain(|(field, _)| *field != name);
            form.push((name, value));
            let problems = founded(&form, &[]).unwrap_err();
            let found: Vec<&str> = problems.0.iter().map(|problem| problem.field).collect();
            assert_eq!(found, [name], "{value:.20}");
        }
    }
}
