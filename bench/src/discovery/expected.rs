//! The right answers: every meetup that there is, held against every question, by what the protocol's
//! own crate says about one event and one search. The relay's index has no part in it.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::thread;

use anyhow::{anyhow, ensure};
use kith_nips::discovery::Setting;
use kith_nips::nip50::{Rank, SearchedText};
use kith_nips::{Event, EventId, Filter};

use super::questions::Class;
use crate::world::DiscoveryWorld;

/// Meetups that are kept for a question beyond its limit: they move up when those before them are
/// over.
const KEPT_BEYOND_LIMIT: usize = 1_000;

/// The answers to all questions of all classes.
pub struct Expected(Vec<Vec<Answers>>);

/// What answers one question, the best first: as many as can come to be asked for.
#[derive(Debug, Default, Clone)]
pub struct Answers(Vec<Found>);

/// A meetup that is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Its place among all. It ends with the id.
    pub rank: Rank,
    /// When a question for what is open no longer finds it; `None` if it is not asked.
    over_at: Option<u64>,
}

/// A meetup, prepared for many questions.
pub struct Meetup {
    /// It itself.
    pub event: Event,
    setting: Setting,
    text: OnceCell<SearchedText>,
}

impl Meetup {
    /// Prepares it.
    pub fn of(event: Event) -> Meetup {
        Meetup {
            setting: Setting::of(&event),
            event,
            text: OnceCell::new(),
        }
    }

    /// How it is found by a filter that searches, if it is ever: at the time 0 nothing is over.
    pub fn found_by(&self, filter: &Filter) -> Option<Found> {
        let search = filter.search.as_ref()?;
        let text = || self.text.get_or_init(|| SearchedText::of(&self.event));
        let is_found = search.discovery().admits(&self.setting, 0)
            && filter.matches_without_search(&self.event)
            && search.finds(&self.event, text, || self.setting, 0);
        is_found.then(|| Found {
            rank: search.rank(&self.event, text, &self.setting),
            over_at: search
                .discovery()
                .open
                .then(|| self.setting.end.or(self.setting.start))
                .flatten(),
        })
    }
}

impl Found {
    fn is_found_at(&self, now: u64) -> bool {
        self.over_at.is_none_or(|at| at > now)
    }
}

impl Expected {
    /// Holds all meetups of a world against all questions, on all cores.
    ///
    /// # Errors
    /// A meetup that cannot be made again; there is none.
    pub fn of(world: &DiscoveryWorld, classes: &[Class]) -> anyhow::Result<Expected> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let part = |core: usize| {
            let mut part = Expected::none(classes);
            for community in (0..world.communities()).skip(core).step_by(cores) {
                for event in world.meetups(community)? {
                    part.take(classes, &Meetup::of(event));
                }
            }
            Ok(part)
        };
        let parts: Vec<anyhow::Result<Expected>> = thread::scope(|scope| {
            let part = &part;
            let running: Vec<_> = (0..cores)
                .map(|core| scope.spawn(move || part(core)))
                .collect();
            let joined = running.into_iter().map(|one| {
                let failed = |_| Err(anyhow!("the right answers could not be found"));
                one.join().unwrap_or_else(failed)
            });
            joined.collect()
        });
        let mut all = Expected::none(classes);
        for part in parts {
            let answers = part?.0.into_iter().flatten();
            for (all, part) in all.0.iter_mut().flatten().zip(answers) {
                all.0.extend(part.0);
            }
        }
        for (class, answers) in classes.iter().zip(&mut all.0) {
            for (filter, answers) in class.filters.iter().zip(answers) {
                answers.keep_best(filter);
            }
        }
        Ok(all)
    }

    fn none(classes: &[Class]) -> Expected {
        let none = |class: &Class| vec![Answers::default(); class.filters.len()];
        Expected(classes.iter().map(none).collect())
    }

    /// Adds a meetup that is stored as well.
    pub fn take(&mut self, classes: &[Class], meetup: &Meetup) {
        for (class, answers) in classes.iter().zip(&mut self.0) {
            for (filter, answers) in class.filters.iter().zip(answers) {
                if let Some(found) = meetup.found_by(filter) {
                    answers.0.push(found);
                    if answers.0.len() > 2 * kept(filter) {
                        answers.keep_best(filter);
                    }
                }
            }
        }
    }

    /// Adds meetups that are stored as well.
    pub fn add(&mut self, classes: &[Class], meetups: &[Meetup]) {
        for meetup in meetups {
            self.take(classes, meetup);
        }
        for (class, answers) in classes.iter().zip(&mut self.0) {
            for (filter, answers) in class.filters.iter().zip(answers) {
                answers.keep_best(filter);
            }
        }
    }

    /// The answers to the questions of one class, in their order.
    pub fn of_class(&self, number: usize) -> &[Answers] {
        self.0.get(number).map(Vec::as_slice).unwrap_or_default()
    }
}

fn kept(filter: &Filter) -> usize {
    filter.limit.unwrap_or_default() + KEPT_BEYOND_LIMIT
}

impl Answers {
    fn keep_best(&mut self, filter: &Filter) {
        self.0.sort_unstable();
        self.0.truncate(kept(filter));
    }

    /// The ids of the right answer at a moment, when `also` is stored beside the world.
    fn at<'a>(
        &'a self,
        now: u64,
        limit: usize,
        also: &'a BTreeSet<Found>,
    ) -> impl Iterator<Item = Rank> + 'a {
        // Two sorted lists; no more than the limit of the first can be in the answer.
        let stored = self.0.iter().filter(move |found| found.is_found_at(now));
        let also = also.iter().filter(move |found| found.is_found_at(now));
        let all: BTreeSet<Rank> = stored
            .take(limit)
            .chain(also)
            .map(|found| found.rank)
            .collect();
        all.into_iter().take(limit)
    }

    /// Checks an answer. `must` was stored before the question; the relay's clock showed one of
    /// `seconds` while it answered. What else was written meanwhile may be in the answer if it belongs
    /// there.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(
        &self,
        filter: &Filter,
        answer: &[Event],
        must: &[Found],
        seconds: RangeInclusive<u64>,
    ) -> anyhow::Result<()> {
        let mut got = Vec::with_capacity(answer.len());
        for event in answer {
            let found = Meetup::of(event.clone()).found_by(filter);
            let found = found.filter(|found| found.is_found_at(*seconds.start()));
            got.push(found.ok_or_else(|| anyhow!("{} does not match", event.id()))?);
        }
        ensure!(
            got.is_sorted_by(|one, next| one.rank < next.rank),
            "the order is wrong"
        );
        let also: BTreeSet<Found> = got.iter().chain(must).copied().collect();
        let limit = filter.limit.unwrap_or(usize::MAX);
        let is_right = |now| {
            let got = got.iter().map(|found| found.rank);
            got.eq(self.at(now, limit, &also))
        };
        let count = self.at(*seconds.start(), limit, &also).count();
        ensure!(
            seconds.into_iter().any(is_right),
            "not the first {limit} of those that match: {} came of {count}",
            got.len()
        );
        Ok(())
    }

    /// As [`Answers::check`], of a page that says ids only. What was written by earlier runs is not
    /// known, and passes.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check_ids(
        &self,
        limit: usize,
        ids: &[EventId],
        must: &[Found],
        may: &[Found],
        seconds: RangeInclusive<u64>,
    ) -> anyhow::Result<()> {
        let known: BTreeMap<EventId, Found> = self
            .0
            .iter()
            .chain(may)
            .map(|found| (found.rank.2, *found))
            .collect();
        let got: Vec<Found> = ids.iter().filter_map(|id| known.get(id).copied()).collect();
        let also: BTreeSet<Found> = got.iter().chain(must).copied().collect();
        let strange = ids.len() - got.len();
        let is_right = |now| {
            let got = got.iter().map(|found| found.rank);
            got.eq(self.at(now, limit.saturating_sub(strange), &also))
        };
        ensure!(
            ids.len() <= limit && seconds.into_iter().any(is_right),
            "not the first {limit} of those that match: {} came, {strange} of them not known",
            ids.len()
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests;
