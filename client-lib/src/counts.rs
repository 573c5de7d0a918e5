//! How many people follow a community or answered a meetup, on all relays together (NIP-45): relays
//! count, sketches of what they counted are put together, and each number says what it is worth.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use kith_nips::lbc::Membership;
use kith_nips::nip45::HyperLogLog;
use kith_nips::{Kind, PublicKey};
use nostr_sdk::{Alphabet, Filter};

use crate::fetch::ReadError;
use crate::filters::{tag, tag_filters};
use crate::kith::Kith;
use crate::link::Counted;
use crate::lookup::LookupError;
use crate::reference::Reference;
use crate::refusal::{Reason, Refusal, merge};

/// When relays only give numbers and the largest is not above this, the notes are fetched and counted:
/// a few pages.
const FETCHED_MAX: u64 = 2_000;

/// A number of people.
///
/// ```
/// use kith_client::{Count, CountPrecision};
///
/// let count = Count { number: 40, precision: CountPrecision::AtLeast, silent: vec![] };
/// assert_eq!(count.to_string(), "at least 40");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// How many.
    pub number: u64,
    /// What that is worth.
    pub precision: CountPrecision,
    /// Relays that did not answer: whom only they know is not counted.
    pub silent: Vec<Refusal>,
}

/// What a number is worth.
///
/// ```
/// assert_ne!(kith_client::CountPrecision::Exact, kith_client::CountPrecision::Estimate);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CountPrecision {
    /// Of the relays that answered, it is the number.
    Exact,
    /// It is near the number: from sketches, or by the word of a relay.
    Estimate,
    /// There are not less: the largest that one relay counted.
    AtLeast,
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.precision {
            CountPrecision::Exact => write!(f, "{}", self.number),
            CountPrecision::Estimate => write!(f, "about {}", self.number),
            CountPrecision::AtLeast => write!(f, "at least {}", self.number),
        }
    }
}

/// Whether one person can have several notes of the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notes {
    OneEach,
    Several,
}

impl Kith {
    /// How many people follow a community (kind 10037), the owner and the muted included.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, community: Reference) -> Result<(), Box<dyn std::error::Error>> {
    /// println!("{} follow", kith.count_followers(&community).await?);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`LookupError`]
    pub async fn count_followers(
        &self,
        community: impl Into<Reference>,
    ) -> Result<Count, LookupError> {
        let id = self.record(&community.into()).await?.community.id;
        let kinds = [Kind::COMMUNITY_FOLLOWS];
        let value = id.to_string();
        let filters = tag_filters(&kinds, tag(Alphabet::E), vec![value.clone()]);
        if let Some(count) = self.count(&filters, &value, Notes::OneEach).await? {
            return Ok(count);
        }
        let listing = self.followers_of(id).await?;
        Ok(counted(listing.found.len(), listing.silent))
    }

    /// How many members a community has, the owner left out: those on its list who follow it (LBC-50).
    /// From lists alone, so that the number is exact if every relay answers.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, community: Reference) -> Result<(), Box<dyn std::error::Error>> {
    /// println!("{} members", kith.count_members(&community).await?);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`LookupError`]
    pub async fn count_members(
        &self,
        community: impl Into<Reference>,
    ) -> Result<Count, LookupError> {
        let record = self.record(&community.into()).await?;
        let id = record.community.id;
        let listed = record.members.iter().flat_map(|list| list.people());
        let listed: BTreeSet<PublicKey> = listed.collect();
        let lists = self.follow_lists(&listed).await;
        let mut silent = record.silent.clone();
        merge(&mut silent, &lists.silent);
        let following = lists.found.iter().filter(|list| list.follows(id));
        let members =
            following.filter(|list| record.membership(list.author, true) == Membership::Member);
        Ok(counted(members.count(), silent))
    }

    /// How many people answered a meetup, whatever they answered.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, meetup: Reference) -> Result<(), Box<dyn std::error::Error>> {
    /// println!("{} answers", kith.count_answers(&meetup).await?);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`LookupError`]
    pub async fn count_answers(&self, meetup: impl Into<Reference>) -> Result<Count, LookupError> {
        let view = self.meetup(meetup).await?;
        let value = view.address().to_string();
        let filters = tag_filters(&[Kind::RSVP], tag(Alphabet::A), vec![value.clone()]);
        if let Some(count) = self.count(&filters, &value, Notes::Several).await? {
            return Ok(count);
        }
        let (rsvps, silent) = self.answers(&view, None).await?;
        let people: BTreeSet<PublicKey> = rsvps.iter().map(|rsvp| rsvp.author).collect();
        Ok(counted(people.len(), silent))
    }

    /// What relays counted, put together; `None` when the notes have to be fetched to know more.
    async fn count(
        &self,
        filters: &[Filter],
        value: &str,
        notes: Notes,
    ) -> Result<Option<Count>, ReadError> {
        // With more filters, no number could be put together.
        let [filter] = filters else {
            return Ok(None);
        };
        let asked = self.links().iter().map(|link| async move {
            let announced = self.announced(link).await;
            let outcome = match announced.counts {
                true => {
                    let (sketches, signer) = (self.sketches(), self.signer());
                    link.count(filter, sketches, signer, self.timeout()).await
                }
                false => Err(Reason::refused("unsupported: it does not count")),
            };
            outcome.map_err(|reason| Refusal {
                relay: link.url().clone(),
                reason,
            })
        });
        let mut counted = Vec::new();
        let mut silent = Vec::new();
        for outcome in join_all(asked).await {
            match outcome {
                Ok(answer) => counted.push(answer),
                Err(refusal) => silent.push(refusal),
            }
        }
        Ok(together(&counted, silent, value, notes))
    }
}

/// The rules for numbers of several relays; `None` when the notes are few enough to be fetched, or when
/// nobody counted.
fn together(counted: &[Counted], silent: Vec<Refusal>, value: &str, notes: Notes) -> Option<Count> {
    let largest = counted.iter().max_by_key(|answer| answer.count)?;
    let answer = |number, precision| {
        Some(Count {
            number,
            precision,
            silent: silent.clone(),
        })
    };
    if let [only] = counted
        && silent.is_empty()
        && !only.is_approximate
        && notes == Notes::OneEach
    {
        return answer(only.count, CountPrecision::Exact);
    }
    if silent.is_empty()
        && let Some(merged) = merged(counted, value)
    {
        let sum = counted
            .iter()
            .fold(0_u64, |sum, answer| sum.saturating_add(answer.count));
        let fewest = match notes {
            // There cannot be less than one relay has, nor more than all have together.
            Notes::OneEach => largest.count,
            Notes::Several => 0,
        };
        let number = merged.estimate().clamp(fewest.min(sum), sum);
        return answer(number, CountPrecision::Estimate);
    }
    if largest.count <= FETCHED_MAX || notes == Notes::Several {
        return None;
    }
    // NIP45-12: never the sum.
    match largest.is_approximate {
        true => answer(largest.count, CountPrecision::Estimate),
        false => answer(largest.count, CountPrecision::AtLeast),
    }
}

/// All sketches in one; `None` when one is missing or broken.
fn merged(counted: &[Counted], value: &str) -> Option<HyperLogLog> {
    let mut merged = HyperLogLog::new(value);
    for answer in counted {
        merged.merge(&HyperLogLog::from_hex(value, answer.sketch.as_deref()?)?);
    }
    Some(merged)
}

/// What was counted here.
fn counted(number: usize, silent: Vec<Refusal>) -> Count {
    Count {
        number: u64::try_from(number).unwrap_or(u64::MAX),
        precision: match silent.is_empty() {
            true => CountPrecision::Exact,
            false => CountPrecision::AtLeast,
        },
        silent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nostr_sdk::RelayUrl;
    use sha2::{Digest, Sha256};

    const VALUE: &str = "brighton";

    fn key(number: u16) -> PublicKey {
        PublicKey::from_bytes(Sha256::digest(number.to_le_bytes()).into())
    }

    fn relay(people: std::ops::Range<u16>) -> Counted {
        let mut sketch = HyperLogLog::new(VALUE);
        let count = people.len() as u64;
        people.for_each(|number| sketch.add(&key(number)));
        Counted {
            count,
            is_approximate: false,
            sketch: Some(sketch.to_hex()),
        }
    }

    fn bare(count: u64) -> Counted {
        Counted {
            count,
            is_approximate: false,
            sketch: None,
        }
    }

    fn of(counted: &[Counted]) -> Option<(u64, CountPrecision)> {
        let count = together(counted, Vec::new(), VALUE, Notes::OneEach)?;
        Some((count.number, count.precision))
    }

    #[test]
    fn nip45_11_sketches_of_overlapping_relays_are_merged() {
        let (number, precision) = of(&[relay(0..300), relay(200..500)]).unwrap();
        assert_eq!(precision, CountPrecision::Estimate);
        assert!(number.abs_diff(500) < 125, "{number}");
        let same = of(&[relay(0..50), relay(0..50)]).unwrap();
        let once = of(&[relay(0..50), relay(0..0)]).unwrap();
        assert_eq!(same.1, CountPrecision::Estimate);
        assert!(same.0 >= 50 && once.0 == 50, "{same:?} {once:?}");
        assert_eq!(of(&[relay(0..7)]), Some((7, CountPrecision::Exact)));
    }

    #[test]
    fn nip45_11_a_sketch_that_cannot_be_right_is_held_to_the_numbers() {
        let liar = Counted {
            sketch: Some("ff".repeat(256)),
            ..relay(0..10)
        };
        let (number, _) = of(&[liar, relay(0..20)]).unwrap();
        assert_eq!(number, 30);
        let broken = Counted {
            sketch: Some("FF".repeat(256)),
            ..relay(0..10)
        };
        assert_eq!(of(&[broken, relay(0..20)]), None, "they are fetched");
    }

    #[test]
    fn nip45_12_numbers_alone_are_never_added() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[bare(3), bare(4)]), None, "they are fetched");
        let many = Some((5_000, CountPrecision::AtLeast));
        assert_eq!(of(&[bare(5_000), bare(4_000)]), many);
        assert_eq!(of(&[bare(5_000), relay(0..10)]), many);
        let silent = vec![Refusal {
            relay: RelayUrl::parse("wss://relay.example.com").unwrap(),
            reason: Reason::ConnectionLost,
        }];
        let one = together(&[bare(5_000)], silent, VALUE, Notes::OneEach).unwrap();
        assert_eq!(
            (one.number, one.precision),
            (5_000, CountPrecision::AtLeast)
        );
        let estimated = Counted {
            is_approximate: true,
            ..bare(5_000)
        };
        assert_eq!(of(&[estimated]), Some((5_000, CountPrecision::Estimate)));
        let several = together(&[bare(5_000)], Vec::new(), VALUE, Notes::Several);
        assert_eq!(several, None, "one person may have several notes");
    }
}
