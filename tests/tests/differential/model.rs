//! The relay as the checklist describes it, without anything that makes one fast: a list of events,
//! looked through from end to end for every question, sorted anew for every answer. It shares no
//! code with what it judges.

use std::cmp::Reverse;
use std::sync::Arc;

use super::fact::{Class, Fact, Place, read_place};
use super::question::Question;

mod communities;
mod search;

/// What the relay is called, beside its address.
pub(crate) const OUR_URL: &str = "wss://kith.test";

/// NIP62-01
const ALL_RELAYS: &str = "ALL_RELAYS";

/// The relay's own bounds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Events for a filter without `limit`.
    pub(crate) default: usize,
    /// Events for any filter.
    pub(crate) max: usize,
    /// Seconds that `created_at` may be ahead.
    pub(crate) ahead_seconds: u64,
}

/// An answer to EVENT: what stands in front of the colon, nothing if it was simply taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// `OK+ ""`
    Taken,
    /// `OK+` with this prefix: nothing changed.
    Known(&'static str),
    /// `OK-` with this prefix.
    Refused(&'static str),
}

/// What a relay holds.
#[derive(Debug)]
pub(crate) struct Model {
    limits: Limits,
    /// What can be found, unless it has expired.
    kept: Vec<Arc<Fact>>,
    /// Everything ever kept that older versions must not come back after.
    versions: Vec<Arc<Fact>>,
    /// Deletion requests, also those that expired (NIP40-09).
    deletions: Vec<Arc<Fact>>,
    /// Requests to vanish, also those that expired.
    vanished: Vec<Arc<Fact>>,
}

/// An answer to a REQ.
#[derive(Debug)]
pub(crate) struct Stored {
    /// In order.
    pub(crate) events: Vec<Arc<Fact>>,
    /// Whether a limit left something out (NIP67-02, NIP67-05).
    pub(crate) is_cut: bool,
}

impl Model {
    pub(crate) fn new(limits: Limits) -> Self {
        Model {
            limits,
            kept: Vec::new(),
            versions: Vec::new(),
            deletions: Vec::new(),
            vanished: Vec::new(),
        }
    }

    // EVENT

    /// The answer to a well-formed, well-signed event from a connection on which `keys`
    /// authenticated. Several where the checklist gives several reasons and no order.
    pub(crate) fn judge(&self, fact: &Fact, keys: &[String], now: u64) -> Vec<Verdict> {
        if let Err(prefix) = self.admits(fact, keys, now) {
            return vec![Verdict::Refused(prefix)];
        }
        if self.is_muted(fact, now) {
            return vec![Verdict::Refused("blocked")];
        }
        if fact.class() == Class::Ephemeral {
            return vec![match self.has_vanished(fact) {
                true => Verdict::Refused("blocked"),
                false => Verdict::Taken,
            }];
        }
        if self.kept.iter().any(|kept| kept.id == fact.id) {
            return vec![Verdict::Known("duplicate")];
        }
        let reasons = [
            (self.has_vanished(fact) || self.was_deleted(fact), "blocked"),
            (self.describes_foreign_community(fact), "restricted"),
        ];
        let applying = reasons.into_iter().filter(|(applies, _)| *applies);
        let refusals: Vec<Verdict> = applying.map(|(_, it)| Verdict::Refused(it)).collect();
        match refusals.is_empty() {
            true if self.was_superseded(fact) => vec![Verdict::Refused("duplicate")],
            true => vec![Verdict::Taken],
            false => refusals,
        }
    }

    /// What can be said without looking at what is kept.
    fn admits(&self, fact: &Fact, keys: &[String], now: u64) -> Result<(), &'static str> {
        match fact.kind {
            // NIP42-08, NIP17-09
            22_242 => return Err("invalid"),
            13..=15 => return Err("blocked"),
            // NIP59-09
            1_059 | 21_059 if fact.references("p").next().is_none() => return Err("invalid"),
            _ => {}
        }
        // NIP11-19
        if fact.created_at > now + self.limits.ahead_seconds {
            return Err("invalid");
        }
        // NIP40-01, NIP40-05
        if fact.expiration().is_err() || fact.is_expired(now) {
            return Err("invalid");
        }
        // NIP70-01, NIP70-02
        if fact.named("-").next().is_some() && !keys.contains(&fact.pubkey) {
            return Err(match keys.is_empty() {
                true => "auth-required",
                false => "restricted",
            });
        }
        // LBC-10
        if fact.kind == 30_037 && communities::described(fact).is_none() {
            return Err("invalid");
        }
        // NIP62-05
        let is_ours = |relay| relay == OUR_URL || relay == ALL_RELAYS;
        if fact.kind == 62 && !fact.values("relay").any(is_ours) {
            return Err("invalid");
        }
        Ok(())
    }

    /// NIP62-03, NIP62-07, NIP62-09; for wraps, whoever they are for (NIP62-02).
    fn has_vanished(&self, fact: &Fact) -> bool {
        let mut requests = self.vanished.iter();
        requests.any(|request| ends(request, fact))
    }

    /// NIP09-07 to NIP09-10, NIP59-07.
    fn was_deleted(&self, fact: &Fact) -> bool {
        self.deletions.iter().any(|request| deletes(request, fact))
    }

    /// NIP01-51, NIP01-52, NIP09-16, NIP40-03. What a community ended (LBC-10) keeps its place in
    /// time for all but itself.
    fn was_superseded(&self, fact: &Fact) -> bool {
        fact.place().is_some_and(|place| {
            self.versions.iter().any(|version| {
                version.place() == Some(place)
                    && version.id != fact.id
                    && !fact.is_newer_than(version)
            })
        })
    }

    /// Keeps an event that was taken, and lets go of what ends with it.
    pub(crate) fn keep(&mut self, fact: &Arc<Fact>) {
        if fact.class() == Class::Ephemeral {
            return;
        }
        if let Some(place) = fact.place() {
            self.kept.retain(|kept| kept.place() != Some(place));
            self.versions.push(Arc::clone(fact));
        }
        if fact.kind == 5 {
            self.kept.retain(|kept| !deletes(fact, kept));
            self.deletions.push(Arc::clone(fact));
        }
        if fact.kind == 62 {
            // NIP62-01, NIP62-02; what was remembered of the author goes too.
            for list in [&mut self.kept, &mut self.versions, &mut self.deletions] {
                list.retain(|other| !ends(fact, other));
            }
            self.vanished.push(Arc::clone(fact));
        }
        if fact.kind == 1_037 {
            // LBC-10
            let foreign = |other: &Arc<Fact>| {
                other.kind == 30_037
                    && communities::described(other) == Some(fact.id.as_str())
                    && other.pubkey != fact.pubkey
            };
            self.kept.retain(|kept| !foreign(kept));
        }
        self.kept.push(Arc::clone(fact));
    }

    /// Whether something expires after the second `start`, and at `end` at the latest.
    pub(crate) fn changes_between(&self, start: u64, end: u64) -> bool {
        let mut kept = self.kept.iter();
        kept.any(|kept| kept.is_expired(end) && !kept.is_expired(start))
    }

    /// The event with this id.
    fn find(&self, id: &str, now: u64) -> Option<&Arc<Fact>> {
        let mut kept = self.kept.iter();
        kept.find(|kept| kept.id == id && !kept.is_expired(now))
    }

    /// The newest version of that place.
    fn find_place(&self, place: Place<'_>, now: u64) -> Option<&Arc<Fact>> {
        let mut kept = self.kept.iter();
        kept.find(|kept| kept.place() == Some(place) && !kept.is_expired(now))
    }

    // REQ, COUNT, NEG-OPEN

    /// Stored events for a REQ: first what each search found, one after the other, then the rest
    /// by time; nothing twice.
    pub(crate) fn stored(&self, questions: &[Question], keys: &[String], now: u64) -> Stored {
        let mut searched = Vec::new();
        let mut others = Vec::new();
        let mut is_cut = false;
        for question in questions {
            let mut found = self.found(question, keys, now);
            let part = self.part(question, &found);
            is_cut |= part < found.len();
            found.truncate(part);
            match question.search {
                Some(_) => searched.extend(found),
                None => others.extend(found),
            }
        }
        sort(&mut others);
        let mut events: Vec<Arc<Fact>> = Vec::new();
        for fact in searched.into_iter().chain(others) {
            if events.iter().all(|event| event.id != fact.id) {
                events.push(fact);
            }
        }
        Stored { events, is_cut }
    }

    /// The set that a NEG-OPEN compares (NIP77-12).
    pub(crate) fn set(&self, question: &Question, keys: &[String], now: u64) -> Vec<Arc<Fact>> {
        let mut found = self.found(question, keys, now);
        if let Some(limit) = question.limit {
            found.truncate(usize::try_from(limit).unwrap());
        }
        found
    }

    /// Whether a subscription of a connection with these keys gets this new event (NIP01-92,
    /// NIP50-06).
    pub(crate) fn is_due(
        &self,
        fact: &Fact,
        questions: &[Question],
        keys: &[String],
        now: u64,
    ) -> bool {
        may_read(fact, keys, now)
            && questions
                .iter()
                .any(|question| self.answers(fact, question))
    }

    fn answers(&self, fact: &Fact, question: &Question) -> bool {
        question.matches(fact)
            && match &question.search {
                Some(search) => search::finds(search, fact) && self.is_grounded(fact),
                None => true,
            }
    }

    /// The number of events for a COUNT (NIP45-01, NIP45-03).
    pub(crate) fn count(&self, questions: &[Question], keys: &[String], now: u64) -> usize {
        let mut all = Vec::new();
        for question in questions {
            all.extend(self.found(question, keys, now));
        }
        sort(&mut all);
        all.len()
    }

    /// All events that answer one filter, in order.
    fn found(&self, question: &Question, keys: &[String], now: u64) -> Vec<Arc<Fact>> {
        let mut found: Vec<Arc<Fact>> = self
            .kept
            .iter()
            .filter(|fact| self.answers(fact, question) && may_read(fact, keys, now))
            .cloned()
            .collect();
        sort(&mut found);
        if let Some(search) = &question.search {
            // Equal scores stay in order (NIP50-02).
            found.sort_by_cached_key(|fact| Reverse(search::score(search, fact)));
        }
        found
    }

    /// How many of the events that were found for one filter are sent.
    fn part(&self, question: &Question, found: &[Arc<Fact>]) -> usize {
        // NIP01-87
        let own = question.limit.map(|limit| usize::try_from(limit).unwrap());
        let part = own.unwrap_or(self.limits.default).min(self.limits.max);
        if own == Some(part) || question.search.is_some() {
            return part.min(found.len());
        }
        // The relay's own cap parts no events of the same time (NIP67-07).
        let first_page = whole_times(found, part);
        let is_known = |until| found[..first_page].iter().all(|it| it.created_at == until);
        match question.until.is_some_and(is_known) {
            false => first_page,
            // Who pages by time knows these and needs something older (NIP67-08).
            true => whole_times(found, first_page + part),
        }
    }
}

/// NIP01-84, NIP01-81: newest first, the lower id first, each once.
fn sort(facts: &mut Vec<Arc<Fact>>) {
    facts.sort_by(|one, other| {
        (Reverse(one.created_at), &one.id).cmp(&(Reverse(other.created_at), &other.id))
    });
    facts.dedup_by(|one, other| one.id == other.id);
}

/// At least this many of the events, and all that have the time of the last of these.
fn whole_times(found: &[Arc<Fact>], amount: usize) -> usize {
    match found.get(amount - 1) {
        Some(last) => {
            let as_late = found
                .iter()
                .filter(|fact| fact.created_at >= last.created_at);
            as_late.count()
        }
        None => found.len(),
    }
}

/// Whether this request deletes that event, whichever comes first (NIP-09, NIP59-07).
fn deletes(request: &Fact, fact: &Fact) -> bool {
    // NIP09-11, NIP09-12
    if fact.kind == 5 || fact.kind == 62 {
        return false;
    }
    let by_author = request.pubkey == fact.pubkey;
    let by_recipient = fact.kind == 1_059 && fact.references("p").any(|key| key == request.pubkey);
    let names_it = request.references("e").any(|id| id == fact.id);
    let names_place = request
        .values("a")
        .filter_map(read_place)
        .any(|place| fact.place() == Some(place));
    ((by_author || by_recipient) && names_it)
        || (by_author && names_place && fact.created_at <= request.created_at)
}

/// Whether this request to vanish ends that event, whichever comes first (NIP62-01, NIP62-02).
fn ends(request: &Fact, fact: &Fact) -> bool {
    let is_wrapped = fact.kind == 1_059 && fact.references("p").any(|key| key == request.pubkey);
    let is_concerned = fact.pubkey == request.pubkey || is_wrapped;
    is_concerned && fact.created_at <= request.created_at
}

/// Whether a connection on which `keys` authenticated may have this event (NIP40-02, NIP42-08,
/// NIP59-05).
pub(crate) fn may_read(fact: &Fact, keys: &[String], now: u64) -> bool {
    let is_recipient = || keys.iter().any(|key| fact.values("p").any(|p| p == key));
    let is_author = || keys.contains(&fact.pubkey);
    let is_party = match fact.kind {
        22_242 => false,
        4 => is_author() || is_recipient(),
        1_059 | 21_059 => is_recipient(),
        // NIP62-08
        62 => fact.values("relay").any(|relay| relay == ALL_RELAYS) || is_author(),
        _ => true,
    };
    is_party && !fact.is_expired(now)
}

/// Whether such a question is answered at all (NIP59-06); a number has to be asked for one's own
/// messages (NIP45-07).
///
/// # Errors
/// The prefix of the refusal.
pub(crate) fn may_ask(
    questions: &[Question],
    keys: &[String],
    only_own: bool,
) -> Result<(), &'static str> {
    if !questions.iter().all(Question::is_private) {
        return Ok(());
    }
    if keys.is_empty() {
        return Err("auth-required");
    }
    let is_own = |question: &Question| {
        let lists = [question.authors.as_deref(), question.wanted("p")];
        let mut people = lists.into_iter().flatten().flatten();
        match lists {
            [None, None] => !only_own,
            _ => people.any(|person| keys.contains(person)),
        }
    };
    match questions.iter().any(is_own) {
        true => Ok(()),
        false => Err("restricted"),
    }
}
