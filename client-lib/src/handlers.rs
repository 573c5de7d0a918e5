//! Programs for kinds of notes that this library does not show (NIP-89): those that the user and the people
//! whom they follow recommend. Knows notes; opens nothing.

use std::cmp::Reverse;

use kith_nips::nip02::{self, FollowedPeople};
use kith_nips::nip89::{self, Handler};
use kith_nips::{Address, Kind, PublicKey};
use nostr_sdk::{Alphabet, Filter};

use crate::fetch::{Found, Listing, ReadError};
use crate::filters::{FILTER_VALUES_MAX, addresses_filters, authors, kinds_filter, tag};
use crate::kith::Kith;
use crate::refusal::{Refusal, merge};

/// People whose recommendations are looked at. Of a longer list these are the last, which were added
/// last.
const PEOPLE_MAX: usize = 500;

/// Programs that are looked up.
const PROGRAMS_MAX: usize = 100;

/// Where the addresses of programs are opened that this library names: in a browser.
const PLATFORM: &str = "web";

/// A program for a kind of notes, and who recommends it.
///
/// ```no_run
/// # async fn example(kith: kith_client::Kith) -> Result<(), kith_client::ReadError> {
/// use kith_client::Kind;
/// for program in kith.handlers_of(Kind::new(1_063)).await?.found {
///     // Only addresses that begin with https, as no other scheme was confirmed.
///     println!("{:?}", program.handler.address("web", "nevent1…", &[]));
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecommendedHandler {
    /// What it announces.
    pub handler: Handler,
    /// The people who recommend it: the user, and those whom they follow.
    pub recommended_by: Vec<PublicKey>,
}

impl Kith {
    /// Programs for a kind that this one does not know, as the user and the people whom they follow
    /// recommend them (NIP-89): the user's own first, then what most recommend. Without a key nobody
    /// recommends anything.
    ///
    /// # Errors
    /// [`ReadError`] when no relay answers.
    pub async fn handlers_of(&self, kind: Kind) -> Result<Listing<RecommendedHandler>, ReadError> {
        let mut silent = Vec::new();
        let Some(me) = self.public_key() else {
            let found = Vec::new();
            return Ok(Listing { found, silent });
        };
        let people = self.people_to_ask(me, &mut silent).await?;
        let mut programs = self.recommended(kind, &people, &mut silent).await?;
        programs.sort_by_key(|(_, by)| (!by.contains(&me), Reverse(by.len())));
        programs.truncate(PROGRAMS_MAX);
        let addresses: Vec<Address> = programs.iter().map(|(at, _)| at.clone()).collect();
        let announced = self
            .newest_matching(addresses_filters(&addresses), &mut silent)
            .await?;
        let announced = announced
            .iter()
            .filter_map(|note| Handler::read(&note.event));
        let announced: Vec<Handler> = announced.filter(|handler| handler.shows(kind)).collect();
        let found = programs.into_iter().filter_map(|(at, recommended_by)| {
            let handler = announced.iter().find(|handler| handler.at == at)?.clone();
            Some(RecommendedHandler {
                handler,
                recommended_by,
            })
        });
        let found = found.collect();
        Ok(Listing { found, silent })
    }

    /// The user, and whom they follow.
    async fn people_to_ask(
        &self,
        me: PublicKey,
        silent: &mut Vec<Refusal>,
    ) -> Result<Vec<PublicKey>, ReadError> {
        let list = addresses_filters(&[nip02::address(me)]);
        let lists = self.newest_matching(list, silent).await?;
        let list = lists.iter().find(|list| list.event.pubkey() == me);
        let list = list.and_then(|list| FollowedPeople::read(&list.event).ok());
        let follows = list.map(|list| list.people()).unwrap_or_default();
        let follows = follows.iter().rev().take(PEOPLE_MAX).map(|one| one.person);
        Ok([me].into_iter().chain(follows).collect())
    }

    /// The programs that these people recommend for a kind, and who does.
    async fn recommended(
        &self,
        kind: Kind,
        people: &[PublicKey],
        silent: &mut Vec<Refusal>,
    ) -> Result<Vec<(Address, Vec<PublicKey>)>, ReadError> {
        let of_kind = kinds_filter(&[nip89::RECOMMENDATION])
            .custom_tag(tag(Alphabet::D), kind.as_u16().to_string());
        let filters = people.chunks(FILTER_VALUES_MAX);
        let filters = filters.map(|people| of_kind.clone().authors(authors(people.to_vec())));
        let notes = self.newest_matching(filters.collect(), silent).await?;
        let mut programs: Vec<(Address, Vec<PublicKey>)> = Vec::new();
        for note in &notes {
            let author = note.event.pubkey();
            for address in nip89::recommended(&note.event, kind, PLATFORM) {
                match programs.iter_mut().find(|(known, _)| *known == address) {
                    Some((_, by)) if by.contains(&author) => {}
                    Some((_, by)) => by.push(author),
                    None => programs.push((address, vec![author])),
                }
            }
        }
        Ok(programs)
    }

    /// The newest versions of what these filters match, without what was deleted.
    async fn newest_matching(
        &self,
        filters: Vec<Filter>,
        silent: &mut Vec<Refusal>,
    ) -> Result<Vec<Found>, ReadError> {
        if filters.is_empty() {
            return Ok(Vec::new());
        }
        let fetched = self.fetch(filters).await.answered()?;
        merge(silent, &fetched.silent);
        Ok(self.settled(fetched.found, silent).await)
    }
}
