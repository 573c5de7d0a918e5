//! What people type to name a community, a meetup or a person, and what it
//! leads to: a NIP-19 text, an id, the start of an id that was listed, or a
//! title. It knows nothing of what is done with what was named.

mod people;

use kith_client::{self as client, Kith, ReadError, Reference, ReferenceError, Refusal, Search};
use kith_nips::extensions::Host;
use kith_nips::{EventId, PublicKey, nip19};
use nostr::nips::nip19::{FromBech32, Nip19Profile};

use crate::commands::views::{self, once_each};
use crate::context::Context;
use crate::errors::{Candidate, CliError};
use crate::exit_code::ExitCode;
use crate::output::views::short;
use crate::seen::{Seen, SeenItem, SeenKind, is_start_of_id, same_title};

pub use people::TypedPerson;

/// Most candidates that an error lists.
const CANDIDATES_MAX: usize = 10;
/// Longest text that is taken for a name, in bytes.
const NAME_BYTES_MAX: usize = 400;

/// What a text is, before anybody was asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Typed {
    /// It says itself what it means.
    Reference(Reference),
    /// A title, or the start of an id.
    Name(String),
}

impl Typed {
    /// Reads the text; a secret key or a damaged NIP-19 text is an error.
    pub fn parse(text: &str) -> Result<Self, CliError> {
        let name = text.trim();
        match name.parse::<Reference>() {
            Ok(reference) => Ok(Self::Reference(reference)),
            Err(ReferenceError::Unknown(_)) if !name.is_empty() && name.len() <= NAME_BYTES_MAX => {
                Ok(Self::Name(name.to_owned()))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The community that a text names.
pub async fn community(
    kith: &Kith,
    context: &Context,
    text: &str,
) -> Result<client::CommunityView, CliError> {
    let reference = match Typed::parse(text)? {
        Typed::Reference(reference) => reference,
        Typed::Name(name) => {
            let listed = Seen::load(&context.folder);
            match one(listed.starting_with(SeenKind::Community, &name), &name)? {
                Some(item) => reference_of(item)?,
                None => return named_community(kith, context, &name, &listed).await,
            }
        }
    };
    Ok(kith.community(&reference).await?)
}

/// The meetup that a text names.
pub async fn meetup(
    kith: &Kith,
    context: &Context,
    text: &str,
) -> Result<client::MeetupView, CliError> {
    match meetup_named(kith, context, text).await? {
        Named::Found(meetup) => Ok(*meetup),
        Named::Reference(reference) => Ok(kith.meetup(&reference).await?),
    }
}

/// What leads to the meetup that a text names; whether it is there may not have
/// been asked.
pub async fn to_meetup(kith: &Kith, context: &Context, text: &str) -> Result<Reference, CliError> {
    match meetup_named(kith, context, text).await? {
        Named::Found(meetup) => Ok(Reference::from(&*meetup)),
        Named::Reference(reference) => Ok(reference),
    }
}

/// A meetup of the series that a text names: by its own title or id, or by the id of the series.
/// Where all that fit are of one series, the next of them.
pub async fn meetup_of_series(
    kith: &Kith,
    context: &Context,
    text: &str,
) -> Result<client::MeetupView, CliError> {
    let Typed::Name(name) = Typed::parse(text)? else {
        return meetup(kith, context, text).await;
    };
    let known = known_communities(kith).await?;
    if !known.found.is_empty() {
        let search = Search::new().from(context.now_unix());
        let search = known.found.iter().fold(search, Search::community);
        let mut found = kith.meetups(&search).await?.found.into_iter();
        let series = |meetup: &client::MeetupView| Some((meetup.author(), meetup.series()?.id));
        let fits = |meetup: &client::MeetupView| {
            let id = series(meetup).map(|(_, id)| id);
            same_title(meetup.title(), &name) || id.is_some_and(|id| id.as_str() == name)
        };
        let first = found.by_ref().find(fits);
        if let Some(first) = first
            && series(&first).is_some()
            && found
                .filter(fits)
                .all(|other| series(&other) == series(&first))
        {
            return Ok(first);
        }
    }
    meetup(kith, context, text).await
}

enum Named {
    Reference(Reference),
    Found(Box<client::MeetupView>),
}

async fn meetup_named(kith: &Kith, context: &Context, text: &str) -> Result<Named, CliError> {
    let name = match Typed::parse(text)? {
        Typed::Reference(reference) => return Ok(Named::Reference(reference)),
        Typed::Name(name) => name,
    };
    let listed = Seen::load(&context.folder);
    match one(listed.starting_with(SeenKind::Meetup, &name), &name)? {
        Some(item) => Ok(Named::Reference(reference_of(item)?)),
        None => named_meetup(kith, context, &name, &listed).await,
    }
}

/// The communities that the user owns, then those that they follow, each once;
/// none without a key.
pub async fn known_communities(
    kith: &Kith,
) -> Result<client::Listing<client::CommunityView>, ReadError> {
    let Some(me) = kith.public_key() else {
        return Ok(client::Listing {
            found: Vec::new(),
            silent: Vec::new(),
        });
    };
    let (owned, followed) = tokio::try_join!(kith.communities_of(me), kith.following_of(me))?;
    let mut known = owned;
    for community in followed.found {
        if known.found.iter().all(|own| own.id() != community.id()) {
            known.found.push(community);
        }
    }
    known.silent.extend(followed.silent);
    Ok(known)
}

/// A person who need not be asked for: npub, nprofile, `nostr:` link or 64 hexadecimal digits.
pub fn person(text: &str) -> Result<PublicKey, CliError> {
    let typed = text.trim();
    let typed = typed.strip_prefix("nostr:").unwrap_or(typed);
    if is_secret(typed) {
        return Err(ReferenceError::SecretKey.into());
    }
    let lower = typed.to_ascii_lowercase();
    let is_name = lower.starts_with("npub1") || lower.starts_with("nprofile1");
    let key = if is_name && !nip19::is_bech32(typed) {
        None
    } else if lower.starts_with("nprofile1") {
        Nip19Profile::from_bech32(&lower)
            .ok()
            .map(|profile| profile.public_key)
    } else {
        nostr::PublicKey::parse(&lower).ok()
    };
    key.map(PublicKey::from).ok_or_else(|| {
        CliError::usage(
            format!("\"{text}\" is not a person"),
            "give an npub1…, an nprofile1… or 64 hexadecimal digits",
        )
    })
}

/// Whether a text begins as secret keys do; it must not be repeated or sent anywhere.
fn is_secret(typed: &str) -> bool {
    let typed = typed.trim().to_ascii_lowercase();
    let typed = typed.strip_prefix("nostr:").unwrap_or(&typed);
    typed.starts_with("nsec1") || typed.starts_with("ncryptsec1")
}

/// Somebody who runs a meetup too: as [`person`], with a relay where an `nprofile1…` names one.
pub fn host(text: &str) -> Result<Host, CliError> {
    let person = person(text)?;
    Ok(text.parse().unwrap_or_else(|_| person.into()))
}

async fn named_community(
    kith: &Kith,
    context: &Context,
    name: &str,
    listed: &Seen,
) -> Result<client::CommunityView, CliError> {
    let known = known_communities(kith).await?;
    let fits = |community: &client::CommunityView| {
        same_title(&community.title(), name)
            || (is_start_of_id(name) && starts_with(community.id(), name))
    };
    let mut found: Vec<client::CommunityView> = known.found.into_iter().filter(fits).collect();
    if found.len() > 1 {
        let shown: Vec<_> = found.iter().map(views::community).collect();
        // So that the short ids in the error can be typed.
        Seen::remember(&context.folder, &shown, &[]);
        let candidates = shown.iter().map(|community| Candidate {
            id: short(&community.id).to_owned(),
            reference: community.id.clone(),
            description: community.title.clone(),
        });
        return Err(ambiguous(name, candidates.collect()));
    }
    if let Some(community) = found.pop() {
        return Ok(community);
    }
    match one(listed.titled(SeenKind::Community, name), name)? {
        Some(item) => Ok(kith.community(&reference_of(item)?).await?),
        None => Err(CliError::new(
            ExitCode::NotFound,
            format!(
                "no community that you own, follow or listed is called \"{name}\"{}",
                unheard(&known.silent)
            ),
            "see `kith community list` and `kith near <place>`, or give its id or nostr: link",
        )),
    }
}

async fn named_meetup(
    kith: &Kith,
    context: &Context,
    name: &str,
    listed: &Seen,
) -> Result<Named, CliError> {
    let known = known_communities(kith).await?;
    let mut silent = known.silent;
    let mut found = Vec::new();
    // Without a community the search would be for all meetups there are.
    if !known.found.is_empty() {
        let search = Search::new().from(context.now_unix());
        let search = known.found.iter().fold(search, Search::community);
        let meetups = kith.meetups(&search).await?;
        silent.extend(meetups.silent);
        found = meetups.found;
    }
    found.retain(|meetup| {
        same_title(meetup.title(), name) || (is_start_of_id(name) && starts_with(meetup.id(), name))
    });
    if found.len() > 1 {
        let now = context.now_unix();
        let shown: Vec<_> = found
            .iter()
            .filter_map(|meetup| views::meetup(meetup, now))
            .collect();
        Seen::remember(&context.folder, &[], &shown);
        let candidates = shown.iter().map(|meetup| Candidate {
            id: short(&meetup.id).to_owned(),
            reference: meetup.address.clone(),
            description: format!("{}, {}", meetup.title, meetup.start.for_people()),
        });
        return Err(ambiguous(name, candidates.collect()));
    }
    if let Some(meetup) = found.pop() {
        return Ok(Named::Found(Box::new(meetup)));
    }
    match one(listed.titled(SeenKind::Meetup, name), name)? {
        Some(item) => Ok(Named::Reference(reference_of(item)?)),
        None => Err(CliError::new(
            ExitCode::NotFound,
            format!(
                "no meetup of your communities is called \"{name}\"{}",
                unheard(&silent)
            ),
            "see `kith meetup list` and `kith near <place>`, or give its naddr or nostr: link",
        )),
    }
}

/// A relay that did not answer may know the name.
fn unheard(silent: &[Refusal]) -> String {
    let relays: Vec<String> = once_each(silent).map(ToString::to_string).collect();
    match relays.is_empty() {
        true => String::new(),
        false => format!("; without an answer: {}", relays.join("; ")),
    }
}

/// The only thing that fits, if any does.
fn one<'a>(found: Vec<&'a SeenItem>, name: &str) -> Result<Option<&'a SeenItem>, CliError> {
    match found.as_slice() {
        [] => Ok(None),
        [item] => Ok(Some(item)),
        _ => {
            let candidates = found.iter().map(|item| Candidate {
                id: short(&item.id).to_owned(),
                reference: item.reference.clone(),
                description: item.title.clone(),
            });
            Err(ambiguous(name, candidates.collect()))
        }
    }
}

fn ambiguous(name: &str, mut candidates: Vec<Candidate>) -> CliError {
    let count = candidates.len();
    candidates.truncate(CANDIDATES_MAX);
    CliError {
        candidates,
        ..CliError::new(
            ExitCode::NotFound,
            format!("\"{name}\" can mean {count} different things"),
            "give one of these instead",
        )
    }
}

fn reference_of(item: &SeenItem) -> Result<Reference, CliError> {
    Ok(item.reference.parse::<Reference>()?)
}

fn starts_with(id: EventId, digits: &str) -> bool {
    id.to_string().starts_with(&digits.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0dba6b25d4b7ed5a57109c7266d8414aae7725df12d02bb3ecbb9741836fddc9";
    const KEY: &str = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    const NPUB: &str = "npub10xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqpkge6d";

    #[test]
    fn ids_and_links_say_what_they_mean() {
        for text in [ID.to_owned(), format!(" {ID} "), format!("31923:{KEY}:x")] {
            assert!(
                matches!(Typed::parse(&text), Ok(Typed::Reference(_))),
                "{text}"
            );
        }
        for text in [
            "Brighton Rust",
            "3f2a9c01",
            "note to self",
            "naddr is a word",
        ] {
            assert_eq!(Typed::parse(text).unwrap(), Typed::Name(text.to_owned()));
        }
    }

    #[test]
    fn nip21_01_secrets_and_damaged_texts_are_refused() {
        let secret = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5";
        for text in [secret.to_owned(), format!("nostr:{secret}")] {
            for error in [Typed::parse(&text).unwrap_err(), person(&text).unwrap_err()] {
                assert_eq!(error.code, ExitCode::Usage);
                assert!(!format!("{error:?}").contains("vl029"), "{error:?}");
            }
        }
        for text in ["", "  ", "naddr1qqqq", NPUB, &"x".repeat(401)] {
            assert!(Typed::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn nip19_01_a_person_in_bech32m_is_none() {
        let key = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8q";
        assert!(person(&format!("{key}zvjptg")).is_ok());
        assert!(person(&format!("{key}hszdw2")).is_err());
    }

    #[test]
    fn people_have_three_forms() {
        let key: PublicKey = KEY.parse().unwrap();
        for text in [KEY, NPUB, &format!("nostr:{NPUB}")] {
            assert_eq!(person(text).unwrap(), key, "{text}");
        }
        assert_eq!(person(&NPUB.to_uppercase()).unwrap(), key);
        assert!(person("Alice").is_err());
    }

    #[test]
    fn several_things_of_one_name_are_listed() {
        let item = |id: &str| SeenItem {
            kind: SeenKind::Community,
            id: id.repeat(8),
            reference: id.repeat(8),
            title: "Rust".to_owned(),
        };
        let (first, second) = (item("3f2a9c01"), item("3f2a9c02"));
        assert_eq!(one(vec![&first], "rust").unwrap(), Some(&first));
        let error = one(vec![&first, &second], "rust").unwrap_err();
        assert_eq!(error.code, ExitCode::NotFound);
        assert_eq!(error.candidates.len(), 2);
        assert_eq!(error.candidates[0].id, "3f2a9c01");
        assert_eq!(error.candidates[0].reference, first.reference);
    }
}
