//! What the texts of a page mention by `nostr:` (NIP-21): looked up here, so that only what has a page becomes a
//! link to it.

use std::collections::{BTreeMap, BTreeSet};

use kith_nips::PublicKey;
use kith_web::{Mention, Mentioned, Text, mentions_in};

use super::views::{self, Names};
use super::visit::Visit;
use crate::directory::{Reading, Subject};
use crate::http::api::reference::{self, Named};
use crate::store::StoreError;

/// Mentions on a page that are looked up; further ones stay text.
const LOOKED_UP_MAX: usize = 50;

/// What is here of all that these texts mention.
pub(super) async fn mentioned<'a>(
    reading: &Reading,
    visit: &Visit,
    texts: impl Iterator<Item = &'a str>,
) -> Result<Mentioned, StoreError> {
    let identifiers: BTreeSet<&str> = texts.flat_map(mentions_in).take(LOOKED_UP_MAX).collect();
    let mut people: BTreeMap<&str, PublicKey> = BTreeMap::new();
    let mut found: Vec<(String, Mention)> = Vec::new();
    for identifier in identifiers {
        let mention = match subject(reading, identifier).await? {
            Some(Subject::Person(person)) => {
                people.insert(identifier, person);
                continue;
            }
            Some(Subject::Community(record)) => {
                let link = views::link(&record);
                let path = link.path();
                let name = link.title;
                Some(Mention { name, path })
            }
            Some(Subject::Meetup(address)) => reading.meetup(&address).await?.map(|view| Mention {
                name: views::meetup_title(&view),
                path: views::meetup_path(&view),
            }),
            None => None,
        };
        let mention = mention.filter(|mention| !mention.name.is_empty());
        found.extend(mention.map(|mention| (identifier.to_owned(), mention)));
    }
    let names = Names::of(reading, people.values().copied().collect()).await?;
    found.extend(people.into_iter().map(|(identifier, person)| {
        let person = names.person(person);
        let mention = Mention {
            name: Text::line(&format!("@{}", person.shown()), views::NAME_CHARACTERS_MAX),
            path: person.path(),
        };
        (identifier.to_owned(), mention)
    }));
    let frame = visit.frame("/");
    let in_language = found.into_iter().map(|(identifier, mention)| {
        let path = frame.to(&mention.path);
        (identifier, Mention { path, ..mention })
    });
    Ok(in_language.collect())
}

async fn subject(reading: &Reading, identifier: &str) -> Result<Option<Subject>, StoreError> {
    match reference::named(identifier) {
        None => Ok(None),
        Some(Named::Person(person)) => Ok(Some(Subject::Person(person))),
        Some(Named::Event(id)) => reading.subject_of(id).await,
        Some(Named::Address(address)) => reading.subject_at(&address).await,
    }
}
