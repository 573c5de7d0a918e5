//! Names of people at the host of the relay, such as `bob@relay.example.com` (NIP-05): who has which,
//! and the rules by which somebody is given one. One immutable value, a part of the standing. Knows no
//! event and no HTTP: what people ask for is read in `asked`.
//!
//! The first who asks has a name, and keeps it until they ask for another or for none. What they gave up
//! is held back for them for a while, so that nobody else is taken for them at once; of each person that
//! is one name, so that nobody can use names up by giving them up. A ban or a setting takes no name away:
//! it is not shown, and comes back with its holder.

use std::collections::BTreeMap;
use std::sync::Arc;

use kith_nips::PublicKey;
use serde::{Deserialize, Serialize};

use super::{Change, Management, ManagementError};

mod asked;
mod policy;

pub use asked::GivenNames;
pub use policy::{GivenTo, NamesPolicy, NotGiven};

/// Names that are held or held back.
pub const NAMES_MAX: usize = 20_000;

/// By name; the value is a [`Hold`] in JSON.
const NAMES: &str = "names";

/// Who has which name. Clones are cheap.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    holds: Arc<BTreeMap<String, Hold>>,
    people: Arc<BTreeMap<PublicKey, Own>>,
}

/// Whose a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Who has or had it; nothing is known of who vanished (NIP-62).
    pub of: Option<PublicKey>,
    /// Given up: from then on (Unix seconds) anybody may have it.
    pub free_at: Option<u64>,
}

/// The names of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Own {
    current: Option<String>,
    /// Given up, and held back for them.
    former: Option<String>,
}

/// What became of the wish for a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// There was none, and they have no name.
    NotAsked,
    /// The name is theirs.
    Given,
    /// It is not; what they had before they still have.
    NotGiven(NotGiven),
}

impl Names {
    /// Who has a name now. Whether it is shown is for [`GivenNames::holder`] to say.
    pub fn holder(&self, name: &str) -> Option<PublicKey> {
        let hold = self.holds.get(name)?;
        hold.of.filter(|_| hold.free_at.is_none())
    }

    /// The name that somebody has now.
    pub fn current(&self, person: &PublicKey) -> Option<&str> {
        self.people.get(person)?.current.as_deref()
    }

    /// Every name that is held or held back, in order.
    pub fn holds(&self) -> impl ExactSizeIterator<Item = (&str, Hold)> {
        self.holds.iter().map(|(name, hold)| (name.as_str(), *hold))
    }

    /// Whether somebody else than `person` has a name, or it is held back at `now`.
    fn is_taken(&self, name: &str, person: PublicKey, now: u64) -> bool {
        let is_anothers = |hold: &Hold| {
            let is_free = hold.free_at.is_some_and(|at| at <= now);
            !is_free && hold.of != Some(person)
        };
        self.holds.get(name).is_some_and(is_anothers)
    }

    fn insert(&mut self, name: &str, hold: Hold) {
        self.remove(name);
        if let Some(person) = hold.of {
            let own = Arc::make_mut(&mut self.people).entry(person).or_default();
            let of_person = match hold.free_at {
                None => &mut own.current,
                Some(_) => &mut own.former,
            };
            *of_person = Some(name.to_owned());
        }
        Arc::make_mut(&mut self.holds).insert(name.to_owned(), hold);
    }

    fn remove(&mut self, name: &str) {
        let removed = Arc::make_mut(&mut self.holds).remove(name);
        let Some(person) = removed.and_then(|hold| hold.of) else {
            return;
        };
        let people = Arc::make_mut(&mut self.people);
        if let Some(own) = people.get_mut(&person) {
            for of_person in [&mut own.current, &mut own.former] {
                of_person.take_if(|own| own == name);
            }
            if *own == Own::default() {
                people.remove(&person);
            }
        }
    }

    /// Takes one record. Those of other collections are somebody else's.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(&mut self, collection: &str, key: &str, value: &str) -> Result<(), String> {
        if collection == NAMES {
            let hold: Hold = serde_json::from_str(value).map_err(|error| error.to_string())?;
            if hold.of.is_none() && hold.free_at.is_none() {
                return Err("a name that nobody has must be free at some time".to_owned());
            }
            self.insert(key, hold);
        }
        Ok(())
    }
}

impl Management {
    /// Gives `person` the name that they ask for, if it can be theirs at `now` (Unix seconds); who asks for
    /// none has none. All of it is one change, so that of two who ask at once one is first.
    ///
    /// # Errors
    /// [`ManagementError`], as of every change here; nothing has changed then.
    pub async fn name(
        &self,
        person: PublicKey,
        asked: Option<&str>,
        policy: &NamesPolicy,
        now: u64,
    ) -> Result<Naming, ManagementError> {
        self.change(|change| named(change, person, asked, policy, now))
            .await
    }

    /// Whoever vanished (NIP-62) has no name, and it is not known whose it was; it is held back all the same.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn forget_names(
        &self,
        person: PublicKey,
        policy: &NamesPolicy,
        now: u64,
    ) -> Result<(), ManagementError> {
        self.change(|change| {
            let own = change.standing.names.people.get(&person).cloned();
            let Own { current, former } = own.unwrap_or_default();
            for name in current.into_iter().chain(former) {
                hold_back(change, &name, None, policy, now)?;
            }
            Ok(())
        })
        .await
    }

    /// A name is nobody's any more, and not held back.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn free_name(&self, name: &str) -> Result<(), ManagementError> {
        self.change(|change| {
            free(change, name);
            Ok(())
        })
        .await
    }
}

fn named(
    change: &mut Change,
    person: PublicKey,
    asked: Option<&str>,
    policy: &NamesPolicy,
    now: u64,
) -> Result<Naming, ManagementError> {
    let Some(asked) = asked else {
        give_up(change, person, policy, now)?;
        return Ok(Naming::NotAsked);
    };
    if let Err(not_given) = policy.allows(&change.standing, asked, &person) {
        return Ok(Naming::NotGiven(not_given));
    }
    let names = &change.standing.names;
    if names.current(&person) == Some(asked) {
        return Ok(Naming::Given);
    }
    if names.is_taken(asked, person, now) {
        return Ok(Naming::NotGiven(NotGiven::Taken));
    }
    free_all_due(change, now);
    // A name that is asked for again may be among those that are held.
    let others = change.standing.names.holds.keys();
    if others.filter(|name| *name != asked).count() >= NAMES_MAX {
        return Ok(Naming::NotGiven(NotGiven::Full));
    }
    give_up(change, person, policy, now)?;
    let hold = Hold {
        of: Some(person),
        free_at: None,
    };
    put(change, asked, hold)?;
    Ok(Naming::Given)
}

/// Nobody asked for these again in time.
fn free_all_due(change: &mut Change, now: u64) {
    let is_due = |(_, hold): &(&String, &Hold)| hold.free_at.is_some_and(|at| at <= now);
    let due = change.standing.names.holds.iter().filter(is_due);
    let due: Vec<String> = due.map(|(name, _)| name.clone()).collect();
    for name in due {
        free(change, &name);
    }
}

/// Holds back the name that `person` has, in place of the one before.
fn give_up(
    change: &mut Change,
    person: PublicKey,
    policy: &NamesPolicy,
    now: u64,
) -> Result<(), ManagementError> {
    let own = change.standing.names.people.get(&person).cloned();
    let Some(Own {
        current: Some(name),
        former,
    }) = own
    else {
        return Ok(());
    };
    if let Some(former) = former {
        free(change, &former);
    }
    hold_back(change, &name, Some(person), policy, now)
}

fn hold_back(
    change: &mut Change,
    name: &str,
    of: Option<PublicKey>,
    policy: &NamesPolicy,
    now: u64,
) -> Result<(), ManagementError> {
    if policy.held_back_seconds == 0 {
        free(change, name);
        return Ok(());
    }
    let free_at = Some(now.saturating_add(policy.held_back_seconds));
    put(change, name, Hold { of, free_at })
}

fn put(change: &mut Change, name: &str, hold: Hold) -> Result<(), ManagementError> {
    let json = serde_json::to_string(&hold);
    let json = json.map_err(|error| ManagementError::Invalid(error.to_string()))?;
    change.standing.names.insert(name, hold);
    change.put(NAMES, name, json);
    Ok(())
}

fn free(change: &mut Change, name: &str) {
    if change.standing.names.holds.contains_key(name) {
        change.standing.names.remove(name);
        change.remove(NAMES, name);
    }
}

#[cfg(test)]
mod tests;
