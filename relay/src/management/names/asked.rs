//! What people ask for: a name is asked for by a profile (kind 0) whose `nip05` ends in the host of the
//! relay. Brings together profiles, rules and what holds. Knows no socket and no wording of an answer.
//!
//! What counts is the newest profile that is stored when its turn comes, whoever sent it: it is signed.
//! So one that is sent again, or by somebody else, asks again, and a turn that was lost is made up for.

use std::fmt;
use std::sync::Arc;

use kith_nips::nip05::ROOT_NAME;
use kith_nips::nip24::Profile;
use kith_nips::{Address, Event, Kind, PublicKey};
use tokio::sync::{Mutex, watch};

use super::{GivenTo, Names, NamesPolicy, Naming};
use crate::management::{Management, ManagementError};
use crate::store::ScanOptions;

/// The names of a running relay. Clones share everything.
#[derive(Clone)]
pub struct GivenNames {
    management: Management,
    policy: watch::Receiver<Arc<NamesPolicy>>,
    /// One person at a time, from the look at their profile to its last effect.
    turn: Arc<Mutex<()>>,
}

impl GivenNames {
    /// The names that `management` knows.
    pub fn new(management: Management, policy: watch::Receiver<Arc<NamesPolicy>>) -> Self {
        GivenNames {
            management,
            policy,
            turn: Arc::default(),
        }
    }

    /// Whose `name` is for everybody to see: whoever has it, unless they are banned or the operator gives
    /// names to others only.
    pub fn holder(&self, name: &str) -> Option<PublicKey> {
        let standing = self.management.standing();
        let holder = standing.names.holder(name)?;
        let policy = self.policy.borrow();
        let is_shown = policy.host.is_some()
            && !standing.banned_keys.contains(&holder)
            && policy.allows(&standing, name, &holder).is_ok();
        is_shown.then_some(holder)
    }

    /// The identifier that everybody finds somebody by, such as `bob@relay.example.com`.
    pub fn identifier(&self, person: &PublicKey) -> Option<String> {
        let standing = self.management.standing();
        let name = standing.names.current(person)?;
        self.holder(name)?;
        let policy = self.policy.borrow();
        Some(format!("{name}@{}", policy.host.as_deref()?))
    }

    /// The host at which names can be had, and by whom; `None` where nobody is given one.
    pub fn offer(&self) -> Option<(String, GivenTo)> {
        let policy = self.policy.borrow();
        let host = policy.host.clone()?;
        (policy.given_to != GivenTo::Nobody).then_some((host, policy.given_to))
    }

    /// Looks again at what the author of `event`, which is stored, asks for, if it can say anything about
    /// that. `now` is Unix seconds.
    ///
    /// # Errors
    /// [`ManagementError`]; nothing has changed then.
    pub async fn after(&self, event: &Event, now: u64) -> Result<Naming, ManagementError> {
        if !self.concerns(event) {
            return Ok(Naming::NotAsked);
        }
        let person = event.pubkey();
        let _turn = self.turn.lock().await;
        let policy = Arc::clone(&self.policy.borrow());
        let profile = self.profile(person, now).await?;
        if profile.is_none() && event.kind() == Kind::VANISH {
            let forgotten = self.management.forget_names(person, &policy, now).await;
            return forgotten.map(|()| Naming::NotAsked);
        }
        let asked = profile.and_then(|profile| self.asks_for(&profile));
        let asked = asked.as_deref();
        self.management.name(person, asked, &policy, now).await
    }

    /// Whether an event can have to do with the name of its author: almost none has.
    fn concerns(&self, event: &Event) -> bool {
        let person = event.pubkey();
        let has_one = |names: &Names| names.current(&person).is_some();
        let ever_had_one = |names: &Names| names.people.contains_key(&person);
        match event.kind() {
            Kind::PROFILE => {
                self.asks_for(event).is_some() || has_one(&self.management.standing().names)
            }
            Kind::DELETION => has_one(&self.management.standing().names),
            Kind::VANISH => ever_had_one(&self.management.standing().names),
            _ => false,
        }
    }

    async fn profile(
        &self,
        pubkey: PublicKey,
        now: u64,
    ) -> Result<Option<Arc<Event>>, ManagementError> {
        let address = Address {
            kind: Kind::PROFILE,
            pubkey,
            identifier: String::new(),
        };
        let found = self.management.store.find_address(address).await?;
        Ok(found.filter(|event| ScanOptions::everything(now).shows(event)))
    }

    /// The name at this host that a profile asks for. That of the host itself is not given.
    fn asks_for(&self, profile: &Event) -> Option<String> {
        let policy = Arc::clone(&self.policy.borrow());
        let host = policy.host.as_deref()?;
        let identifier = Profile::read(profile.content()).identifier?;
        let is_a_persons = identifier.name() != ROOT_NAME;
        (identifier.domain() == host && is_a_persons).then(|| identifier.name().to_owned())
    }
}

impl fmt::Debug for GivenNames {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("GivenNames")
            .field("policy", &self.policy.borrow())
            .finish_non_exhaustive()
    }
}
