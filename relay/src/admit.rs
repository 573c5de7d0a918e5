//! May this event come in? One road for every event that a client sends: shape, cheap checks,
//! signature, checks that need the store, and the store's own judgement, in this order.
//!
//! Each check is a small function in a file of its own. None of them knows a socket, SQL, or what
//! is written on the wire: that is chosen in `answer`, in one place.

use std::fmt;
use std::sync::Arc;

use kith_nips::nip01::EventError;
use kith_nips::{Event, Prefix, PublicKey, StorageClass};
use tokio::sync::watch;
use tracing::{error, warn};

use crate::clock::unix_now;
use crate::management::membership::{Members, MembershipPolicy};
use crate::management::names::GivenNames;
use crate::management::{Management, Standing};
use crate::refusal::Refusal;
use crate::store::{Outcome, Store};
use crate::subscriptions::Subscriptions;
use crate::verify::Verifier;

mod answer;
mod authentication;
mod banned;
mod community;
mod expiration;
mod kinds;
mod limits;
mod membership;
mod mute;
mod names;
mod policy;
mod protected;
mod shape;
mod tally;
mod vanish;
mod work;
mod writers;

pub use answer::{Decision, Verdict};
pub use policy::AdmissionPolicy;
pub use tally::{Tallied, Tally};

/// What a check may look at beside the event.
#[derive(Debug, Clone, Copy)]
struct Context<'a> {
    policy: &'a AdmissionPolicy,
    /// What administrators banned and allowed.
    standing: &'a Standing,
    membership: &'a MembershipPolicy,
    /// The relay's own key, if it has members.
    relay_key: Option<PublicKey>,
    /// Keys that authenticated on the connection.
    keys: &'a [PublicKey],
    /// Unix seconds.
    now: u64,
}

/// A check that needs nothing but the event and its context.
type Check = fn(&Event, &Context<'_>) -> Result<(), Refusal>;

/// In this order. None of them tells a stranger what is stored (NIP-70): the first that could is
/// the store itself, after all of these.
const CHECKS: [Check; 19] = [
    kinds::never_as_event,
    authentication::required,
    banned::key,
    banned::event,
    banned::kind,
    writers::allowed,
    writers::members,
    kinds::never_bare,
    kinds::wrap_names_a_recipient,
    limits::size,
    limits::creation_time,
    expiration::in_the_future,
    membership::well_formed,
    membership::not_in_the_relays_name,
    protected::by_its_author,
    protected::not_inside_a_repost,
    work::enough,
    community::metadata_names_a_community,
    vanish::names_this_relay,
];

/// The road into the store. Shared by all sessions.
pub struct Admission {
    store: Arc<dyn Store>,
    subscriptions: Arc<Subscriptions>,
    verifier: Verifier,
    policy: watch::Receiver<Arc<AdmissionPolicy>>,
    management: Management,
    members: Option<Members>,
    names: Option<GivenNames>,
    tally: Tally,
}

impl Admission {
    /// Puts the road together. `policy` and the standing of `management` are read again for every
    /// event, so that new ones have effect at once.
    pub fn new(
        store: Arc<dyn Store>,
        subscriptions: Arc<Subscriptions>,
        verifier: Verifier,
        policy: watch::Receiver<Arc<AdmissionPolicy>>,
        management: Management,
    ) -> Self {
        Admission {
            store,
            subscriptions,
            verifier,
            policy,
            management,
            members: None,
            names: None,
            tally: Tally::default(),
        }
    }

    /// On a relay with members: lets people join and leave.
    #[must_use]
    pub fn with_members(mut self, members: Members) -> Self {
        self.members = Some(members);
        self
    }

    /// On a relay that gives names: does what profiles ask for.
    #[must_use]
    pub fn with_names(mut self, names: GivenNames) -> Self {
        self.names = Some(names);
        self
    }

    /// The members, on a relay with members.
    pub fn members(&self) -> Option<&Members> {
        self.members.as_ref()
    }

    /// The policy as it is now.
    pub fn policy(&self) -> Arc<AdmissionPolicy> {
        Arc::clone(&self.policy.borrow())
    }

    /// What became of events since the start.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The signature checks, for events that take another road (authentication, imports).
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The whole road for one EVENT message: `json` is the text of its event, `keys` are
    /// authenticated on its connection.
    pub async fn admit(&self, json: &str, keys: &[PublicKey]) -> Verdict {
        match self.check(json, keys, unix_now()) {
            Ok(event) => self.settle(event).await,
            Err(verdict) => verdict,
        }
    }

    /// The first part of the road: everything that neither waits nor costs much.
    ///
    /// # Errors
    /// The verdict, when the event goes no further.
    pub fn check(&self, json: &str, keys: &[PublicKey], now: u64) -> Result<Arc<Event>, Verdict> {
        let event = shape::parse(json)?;
        let policy = self.policy();
        let standing = self.management.standing();
        let membership = self.members().map(Members::policy).unwrap_or_default();
        let context = Context {
            policy: &policy,
            standing: &standing,
            membership: &membership,
            relay_key: self.members().map(Members::relay_key),
            keys,
            now,
        };
        match CHECKS.iter().try_for_each(|check| check(&event, &context)) {
            Ok(()) => Ok(Arc::new(event)),
            Err(refusal) => Err(Verdict::new(event.id(), Decision::Refused(refusal))),
        }
    }

    /// The rest of the road for an event that passed [`Admission::check`]: signature, checks
    /// against what is stored, then the store, or live subscribers only if its kind is ephemeral.
    pub async fn settle(&self, event: Arc<Event>) -> Verdict {
        let id = event.id();
        let verdict = self.settle_all(vec![event]).await.pop();
        verdict.unwrap_or_else(|| Verdict::new(id, Decision::Refused(cannot_check())))
    }

    /// As [`Admission::settle`] for events that came together: their signatures are checked by one
    /// worker, and the store gets them at once. The verdicts have the order of the events.
    pub async fn settle_all(&self, events: Vec<Arc<Event>>) -> Vec<Verdict> {
        let mut travellers = Vec::with_capacity(events.len());
        for event in events {
            travellers.push(self.set_out(event).await);
        }
        self.verify_all(&mut travellers).await;
        for traveller in &mut travellers {
            if traveller.decision.is_none() {
                traveller.decision = self.decide(traveller).await;
            }
        }
        self.save_all(&mut travellers).await;
        self.name_all(&mut travellers).await;
        let verdicts = travellers.into_iter().map(|traveller| {
            let refused = || Decision::Refused(cannot_check());
            let decision = traveller.decision.unwrap_or_else(refused);
            Verdict::new(traveller.event.id(), decision)
        });
        verdicts.collect()
    }

    /// Of what is stored already only the id is checked: it was signed when it came, and checking
    /// a signature is the dearest part of the road.
    async fn set_out(&self, event: Arc<Event>) -> Traveller {
        let (held, decision) = match self.store.holds(event.id()).await {
            Ok(true) => (true, event.verify_id().err().map(invalid)),
            Ok(false) => (false, None),
            Err(failure) => {
                error!(%failure, "the store could not tell whether it has an event");
                (false, Some(Decision::Refused(cannot_check())))
            }
        };
        Traveller {
            event,
            held,
            decision,
        }
    }

    async fn verify_all(&self, travellers: &mut [Traveller]) {
        let unchecked: Vec<&mut Traveller> = travellers
            .iter_mut()
            .filter(|traveller| traveller.decision.is_none() && !traveller.held)
            .collect();
        if unchecked.is_empty() {
            return;
        }
        let events = unchecked.iter().map(|traveller| traveller.event.clone());
        match self.verifier.verify_all(events.collect()).await {
            Ok(verified) => {
                for (traveller, verified) in unchecked.into_iter().zip(verified) {
                    traveller.decision = verified.err().map(invalid);
                }
            }
            Err(_) => {
                warn!("events were refused because no signature worker is left");
                for traveller in unchecked {
                    traveller.decision = Some(Decision::Refused(cannot_check()));
                }
            }
        }
    }

    /// What can be decided before the store is asked to keep the event.
    async fn decide(&self, traveller: &Traveller) -> Option<Decision> {
        let event = &traveller.event;
        let is_ephemeral = event.kind().storage_class() == StorageClass::Ephemeral;
        if is_ephemeral {
            match vanish::is_past(event, self.store.as_ref()).await {
                Ok(false) => {}
                Ok(true) => return Some(Decision::Judged(Outcome::Vanished)),
                Err(failure) => {
                    error!(%failure, "the store could not tell whether an author vanished");
                    return Some(Decision::Refused(cannot_check()));
                }
            }
        }
        if let Some(members) = self.members()
            && let Some(decision) = membership::carried_out(event, members, unix_now()).await
        {
            return Some(decision);
        }
        let policy = self.policy();
        if policy.enforce_mute {
            match mute::not_muted(event, self.store.as_ref()).await {
                Ok(Ok(())) => {}
                Ok(Err(refusal)) => return Some(Decision::Refused(refusal)),
                Err(failure) => {
                    error!(%failure, "the store could not tell whether an author is muted");
                    return Some(Decision::Refused(cannot_check()));
                }
            }
        }
        if is_ephemeral {
            let reached = self.subscriptions.deliver_ephemeral(event);
            return Some(match reached {
                0 if policy.ephemeral_mute => Decision::Unheard,
                _ => Decision::Heard,
            });
        }
        // Never offered to the store, which may have lost it meanwhile: its signature was not
        // checked this time.
        traveller
            .held
            .then_some(Decision::Judged(Outcome::Duplicate))
    }

    async fn save_all(&self, travellers: &mut [Traveller]) {
        let undecided: Vec<&mut Traveller> = travellers
            .iter_mut()
            .filter(|traveller| traveller.decision.is_none())
            .collect();
        if undecided.is_empty() {
            return;
        }
        let events = undecided.iter().map(|traveller| traveller.event.clone());
        match self.store.save_all(events.collect()).await {
            Ok(outcomes) => {
                for (traveller, outcome) in undecided.into_iter().zip(outcomes) {
                    if let (Outcome::Saved(_), Some(members)) = (outcome, self.members()) {
                        membership::after_saving(&traveller.event, members).await;
                    }
                    traveller.decision = Some(Decision::Judged(outcome));
                }
            }
            Err(failure) => {
                error!(%failure, events = undecided.len(), "events could not be stored");
                for traveller in undecided {
                    let refusal = Refusal::new(Prefix::Error, "the event could not be stored");
                    traveller.decision = Some(Decision::Refused(refusal));
                }
            }
        }
    }

    /// What is stored has an effect on names, in the order in which it came; what came again too, so that
    /// a profile can be sent once more to ask once more.
    async fn name_all(&self, travellers: &mut [Traveller]) {
        let Some(names) = &self.names else { return };
        for traveller in travellers {
            let Some(Decision::Judged(outcome @ (Outcome::Saved(_) | Outcome::Duplicate))) =
                traveller.decision
            else {
                continue;
            };
            let not_given = names::after_saving(&traveller.event, names, unix_now()).await;
            if let (Outcome::Saved(_), Some(reason)) = (outcome, not_given) {
                traveller.decision = Some(Decision::Unnamed(reason));
            }
        }
    }
}

/// An event on its way.
struct Traveller {
    event: Arc<Event>,
    /// The store has it already.
    held: bool,
    /// Where it ended, once it has.
    decision: Option<Decision>,
}

fn invalid(wrong: EventError) -> Decision {
    Decision::Refused(Refusal::new(Prefix::Invalid, wrong.to_string()))
}

impl fmt::Debug for Admission {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Admission")
            .field("policy", &self.policy())
            .finish_non_exhaustive()
    }
}

/// What cannot be checked is refused, never accepted.
fn cannot_check() -> Refusal {
    Refusal::new(Prefix::Error, "the event could not be checked, try again")
}

#[cfg(test)]
mod tests;
