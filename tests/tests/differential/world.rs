//! What happens to a relay, made from a number: the same number makes the same steps. Only events
//! that expire during the run depend on the clock (NIP-40). Knows neither relay nor model.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::fact::Fact;
use super::model::Limits;
use crate::events::Dice;

mod notes;
mod questions;

use notes::Notes;
use questions::Questions;

/// Connections: the first never authenticates, the second does with one key, the third with two.
pub(crate) const CONNECTIONS: usize = 3;
/// Subscriptions that may be open on each.
pub(crate) const SLOTS: usize = 16;
/// The keys of people are 1 to this.
const PEOPLE: usize = 5;
/// Events that one world has, not counting those that are sent twice.
const EVENTS_MIN: usize = 60;
/// The same at most.
const EVENTS_MAX: usize = 300;
/// How many events are published at most before something is asked.
const RUN_EVENTS_MAX: usize = 10;
/// Events that come in during one REQ.
const RACE_EVENTS: usize = 12;
/// REQs during which events come in, in one world.
const RACES: usize = 3;
/// Events may expire this many seconds after the world was made.
const LIFE_SECONDS_MAX: usize = 3;
/// Seconds that `created_at` may be ahead.
const AHEAD_SECONDS: u64 = 900;

/// A relay, and everything that is done with it.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) limits: Limits,
    pub(crate) way: Way,
    pub(crate) steps: Vec<Step>,
}

/// How the relay keeps and reads events, which must not matter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    /// Which of [`keeping::WAYS`](crate::keeping::WAYS), or the relay's own if there is none.
    pub(crate) keeping: usize,
    /// Whether answers come in many small parts.
    pub(crate) small_pages: bool,
}

/// One thing that happens, on the connection `via`.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Publish {
        via: usize,
        sent: Arc<Sent>,
    },
    Ask {
        via: usize,
        how: How,
        filters: Vec<Value>,
    },
    /// A REQ while events come in on the next connection. Its filters have no limit, and none of
    /// the events can change what becomes of another.
    Race {
        via: usize,
        filters: Vec<Value>,
        sent: Vec<Arc<Sent>>,
    },
    Close {
        via: usize,
        slot: usize,
    },
    Authenticate {
        via: usize,
        key: u32,
    },
    Restart,
    /// Until this second is over.
    Pass {
        second: u64,
    },
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// REQ, which stays open in this slot and takes the place of what was open there.
    Subscribe(usize),
    /// COUNT
    Count,
    /// NEG-OPEN with the first filter and nothing, or with half of what matches.
    Compare { with_half: bool },
}

/// An event in the form in which it is sent.
#[derive(Debug)]
pub(crate) struct Sent {
    /// What it says.
    pub(crate) fact: Arc<Fact>,
    /// The JSON.
    pub(crate) text: String,
    /// Whether it breaks a rule of shape, id or signature (NIP01-19 to NIP01-31).
    pub(crate) is_broken: bool,
}

impl World {
    /// The world of this seed with about `filters` filters; `now` is the time, Unix seconds.
    pub(crate) fn new(seed: u64, filters: usize, now: u64) -> Self {
        let mut dice = Dice(seed);
        // The generator is linear: like seeds begin alike.
        for _ in 0..16 {
            dice.below(2);
        }
        let limits = match dice.below(2) {
            0 => (500, 5_000),
            _ => (5 + dice.below(40), 20 + dice.below(40)),
        };
        let limits = Limits {
            default: limits.0,
            max: limits.1,
            ahead_seconds: AHEAD_SECONDS,
        };
        let way = Way {
            keeping: dice.below(3),
            small_pages: dice.below(2) == 0,
        };
        let events = EVENTS_MIN + dice.below(EVENTS_MAX - EVENTS_MIN);
        let mut notes = Notes::new(&mut dice, now);
        let mut sent = notes.make(events);
        let races = (0..RACES).map(|_| notes.plain(RACE_EVENTS)).collect();
        dice.shuffle(&mut sent);
        for _ in 0..events / 8 {
            let again = Arc::clone(dice.pick(&sent));
            let place = dice.below(sent.len());
            sent.insert(place, again);
        }
        let questions = Questions::about(sent.iter().map(|sent| &*sent.fact));
        // Answers that the relay's own limits cut cannot be compared while events come in.
        let has_races = limits.default >= events;
        let passes_after = match dice.below(8) {
            0 => sent.len() / 2,
            _ => usize::MAX,
        };
        let mut maker = Maker {
            dice,
            races: if has_races { races } else { Vec::new() },
            passes_after,
            life_ends: now + LIFE_SECONDS_MAX as u64,
            questions,
            steps: Vec::new(),
            filters_left: filters,
        };
        maker.tell(sent);
        World {
            limits,
            way,
            steps: maker.steps,
        }
    }
}

struct Maker {
    dice: Dice,
    /// The events of each race.
    races: Vec<Vec<Arc<Sent>>>,
    /// After how many events it waits until all that expire soon have expired.
    passes_after: usize,
    life_ends: u64,
    questions: Questions,
    steps: Vec<Step>,
    filters_left: usize,
}

impl Maker {
    /// Runs of events, and questions between them.
    fn tell(&mut self, sent: Vec<Arc<Sent>>) {
        let restart_after = sent.len() / 4 + self.dice.below(sent.len() / 2);
        let mut published = 0;
        let mut rest = sent.as_slice();
        while !rest.is_empty() {
            let run = (1 + self.dice.below(RUN_EVENTS_MAX)).min(rest.len());
            let share = self.filters_left * run / rest.len();
            let (now, later) = rest.split_at(run);
            for sent in now {
                let via = self.dice.below(CONNECTIONS);
                let sent = Arc::clone(sent);
                self.steps.push(Step::Publish { via, sent });
            }
            rest = later;
            let reached = published..published + run;
            published += run;
            if reached.contains(&restart_after) {
                self.steps.push(Step::Restart);
            }
            if reached.contains(&self.passes_after) {
                let second = self.life_ends;
                self.steps.push(Step::Pass { second });
            }
            self.authenticate();
            self.ask(share);
            self.race();
        }
    }

    /// Each key comes at some time, again and again: a restart forgets them.
    fn authenticate(&mut self) {
        for (via, key) in [(1, 1), (2, 2), (2, 3)] {
            if self.dice.below(6) == 0 {
                self.steps.push(Step::Authenticate { via, key });
            }
        }
    }

    fn race(&mut self) {
        if self.dice.below(3) == 0
            && let Some(sent) = self.races.pop()
        {
            self.steps.push(Step::Race {
                via: self.dice.below(CONNECTIONS),
                filters: self.questions.unlimited(&mut self.dice),
                sent,
            });
        }
    }

    fn ask(&mut self, filters: usize) {
        let left_after = self.filters_left.saturating_sub(filters);
        while self.filters_left > left_after {
            let mut filters = self.questions.group(&mut self.dice);
            let via = self.dice.below(CONNECTIONS);
            let slot = self.dice.below(SLOTS);
            let how = match self.dice.below(10) {
                0 | 1 => How::Count,
                2 => How::Compare {
                    with_half: self.dice.below(2) == 0,
                },
                _ => How::Subscribe(slot),
            };
            if let How::Compare { .. } = how {
                filters.truncate(1);
            }
            self.filters_left = self.filters_left.saturating_sub(filters.len());
            self.steps.push(Step::Ask { via, how, filters });
        }
        if self.dice.below(2) == 0 {
            let via = self.dice.below(CONNECTIONS);
            let slot = self.dice.below(SLOTS);
            self.steps.push(Step::Close { via, slot });
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Publish { via, sent } => write!(formatter, "{via}: EVENT {}", sent.text),
            Step::Ask { via, how, filters } => {
                let verb = match how {
                    How::Subscribe(slot) => format!("REQ {slot}"),
                    How::Count => "COUNT".to_owned(),
                    How::Compare { with_half } => format!("NEG-OPEN (with half: {with_half})"),
                };
                let filters: Vec<String> = filters.iter().map(Value::to_string).collect();
                write!(formatter, "{via}: {verb} {}", filters.join(" "))
            }
            Step::Race { via, filters, sent } => {
                let filters: Vec<String> = filters.iter().map(Value::to_string).collect();
                let filters = filters.join(" ");
                let events: Vec<&str> = sent.iter().map(|sent| sent.text.as_str()).collect();
                let events = events.join("\n    ");
                write!(formatter, "{via}: REQ {filters} during\n    {events}")
            }
            Step::Pass { second } => write!(formatter, "wait until second {second} is over"),
            Step::Close { via, slot } => write!(formatter, "{via}: CLOSE {slot}"),
            Step::Authenticate { via, key } => write!(formatter, "{via}: AUTH as key {key}"),
            Step::Restart => formatter.write_str("the relay restarts, all connections are new"),
        }
    }
}
