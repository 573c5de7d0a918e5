//! Plays the steps of a world to a relay and to the model, and compares every answer and every
//! delivery. Stops at the first difference.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::Arc;

use kith_relay::Config;
use kith_relay::config::Synchronous;
use serde_json::{Value, json};

use super::comparison::Comparison;
use super::fact::Fact;
use super::model::{Limits, Model, OUR_URL, Verdict, may_ask};
use super::question::Question;
use super::tally::Tally;
use super::world::{CONNECTIONS, How, Sent, Step, Way, World};
use crate::events::{FENCE_KEY, note, now};
use crate::harness::TestRelay;
use crate::keeping;

mod answer;
mod connection;

use answer::{Answer, End, describe, id_of};
use connection::Connection;

/// Questions that may be under way on one connection.
const ASKED_AT_ONCE_MAX: usize = 40;

/// Where relay and model differ.
#[derive(Debug, Clone)]
pub(crate) struct Difference {
    /// Number of the step, from 0, after which it was seen.
    pub(crate) step: usize,
    pub(crate) what: String,
}

/// Plays `world` on a relay of its own.
///
/// # Errors
/// The first difference.
pub(crate) async fn play(world: &World) -> Result<Tally, Difference> {
    let mut run = match Run::begin(world).await {
        Ok(run) => run,
        Err(what) => return Err(Difference { step: 0, what }),
    };
    let played = run.play(&world.steps).await;
    let step = run.step;
    played.map_err(|what| Difference { step, what })?;
    Ok(run.tally)
}

struct Run {
    relay: TestRelay,
    model: Model,
    connections: Vec<Connection>,
    /// Everything that was published, by id.
    facts: BTreeMap<String, Arc<Fact>>,
    fences: u64,
    /// Whether events were published since the last fence.
    is_unsettled: bool,
    step: usize,
    tally: Tally,
}

/// One question of a batch.
struct Asked<'a> {
    step: usize,
    via: usize,
    how: How,
    filters: &'a [Value],
}

impl Run {
    async fn begin(world: &World) -> Result<Self, String> {
        let limits = world.limits;
        let way = world.way;
        let relay = TestRelay::start_with(|config| configure(config, limits, way)).await;
        let mut run = Run {
            relay,
            model: Model::new(limits),
            connections: Vec::new(),
            facts: BTreeMap::new(),
            fences: 0,
            is_unsettled: false,
            step: 0,
            tally: Tally::default(),
        };
        run.connect().await?;
        Ok(run)
    }

    async fn connect(&mut self) -> Result<(), String> {
        for _ in 0..CONNECTIONS {
            let connection = Connection::new(&self.relay.url()).await?;
            self.connections.push(connection);
        }
        Ok(())
    }

    async fn play(&mut self, steps: &[Step]) -> Result<(), String> {
        let mut batch: Vec<Asked<'_>> = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            if let Step::Ask { via, how, filters } = step {
                if batch.len() >= ASKED_AT_ONCE_MAX
                    || batch
                        .iter()
                        .any(|asked| asked.via == *via && is_slot(asked.how, *how))
                {
                    self.ask(&std::mem::take(&mut batch)).await?;
                }
                batch.push(Asked {
                    step: number,
                    via: *via,
                    how: *how,
                    filters,
                });
                continue;
            }
            self.ask(&std::mem::take(&mut batch)).await?;
            self.step = number;
            match step {
                Step::Publish { via, sent } => self.publish(*via, sent).await?,
                Step::Close { via, slot } => {
                    self.settle().await?;
                    self.connections[*via].close(&slot_name(*slot)).await?;
                }
                Step::Authenticate { via, key } => {
                    self.settle().await?;
                    self.connections[*via].authenticate(*key).await?;
                }
                Step::Restart => {
                    self.settle().await?;
                    self.connections.clear();
                    self.relay.restart().await;
                    self.connect().await?;
                }
                Step::Race { via, filters, sent } => self.race(*via, filters, sent).await?,
                Step::Pass { second } => {
                    while now() <= *second {
                        self.connections[0].fence().await?;
                    }
                }
                Step::Ask { .. } => {}
            }
        }
        self.ask(&batch).await?;
        self.settle().await
    }

    // Events

    /// One event at a time: the order in which events come decides what becomes of them.
    async fn publish(&mut self, via: usize, sent: &Sent) -> Result<(), String> {
        let fact = &sent.fact;
        let before = now();
        let told = self.connections[via].publish(&fact.id, &sent.text).await?;
        let after = now();
        let keys = &self.connections[via].keys;
        let verdicts = [before, after].map(|time| self.model.judge(fact, keys, time));
        let verdicts = verdicts.concat();
        if sent.is_broken {
            // Or for another reason, if it has one.
            let is_other = told != Verdict::Taken && verdicts.contains(&told);
            let refused = Verdict::Refused("invalid");
            return agree(
                is_other || told == refused,
                "a broken event",
                &refused,
                &told,
            );
        }
        agree(verdicts.contains(&told), "EVENT", &verdicts, &told)?;
        self.tally.events += 1;
        self.tally.note(format!("EVENT {told:?}"));
        if told == Verdict::Taken {
            self.take(fact, before);
        }
        Ok(())
    }

    fn take(&mut self, fact: &Arc<Fact>, now: u64) {
        self.facts.insert(fact.id.clone(), Arc::clone(fact));
        self.model.keep(fact);
        self.is_unsettled = true;
        for connection in &mut self.connections {
            for (name, questions) in &connection.open {
                if self.model.is_due(fact, questions, &connection.keys, now) {
                    connection.due.push((name.clone(), Arc::clone(fact)));
                }
            }
        }
    }

    /// Waits until everything that was published has been delivered, and compares. Deliveries keep
    /// the order of storing, so one more event is published: when it has come, all have.
    async fn settle(&mut self) -> Result<(), String> {
        if !self.is_unsettled {
            return Ok(());
        }
        self.deliver_all().await?;
        self.compare_deliveries()
    }

    async fn deliver_all(&mut self) -> Result<(), String> {
        self.fences += 1;
        let event = note(FENCE_KEY)
            .kind(9_321)
            .at(1)
            .content(self.fences.to_string())
            .signed();
        let fact = Arc::new(Fact::read(event.json()));
        let told = self.connections[0].publish(&fact.id, &fact.json).await?;
        agree(told == Verdict::Taken, "a fence", &[Verdict::Taken], &told)?;
        self.take(&fact, now());
        for connection in &mut self.connections {
            connection.until_delivered(&fact.id).await?;
        }
        self.is_unsettled = false;
        Ok(())
    }

    fn compare_deliveries(&mut self) -> Result<(), String> {
        let time = now();
        for (via, connection) in self.connections.iter_mut().enumerate() {
            self.tally.delivered += connection.delivered.len();
            connection
                .compare_deliveries(&self.facts, time)
                .map_err(|what| format!("connection {via}: {what}"))?;
        }
        Ok(())
    }

    /// What comes in during a REQ comes to its subscription once, stored or new (NIP01-91).
    async fn race(
        &mut self,
        via: usize,
        filters: &[Value],
        sent: &[Arc<Sent>],
    ) -> Result<(), String> {
        self.settle().await?;
        let questions: Vec<Question> = filters.iter().flat_map(Question::read).collect();
        if may_ask(&questions, &self.connections[via].keys, false).is_err() {
            return Ok(());
        }
        let before = now();
        // Not in place of another, which would get events of its own until then.
        let name = format!("race {}", self.step);
        self.run_race(via, &name, filters, sent).await?;
        let connection = &mut self.connections[via];
        let answer = connection.asked.remove(&name).unwrap();
        connection.open.insert(name.clone(), questions);
        self.deliver_all().await?;
        let connection = &mut self.connections[via];
        connection
            .due
            .retain(|(subscription, _)| *subscription != name);
        let delivered = std::mem::take(&mut connection.delivered).into_iter();
        let (new, others) = delivered.partition(|(subscription, _)| *subscription == name);
        connection.delivered = others;
        let mut came = answer.ids();
        came.extend(
            new.iter()
                .map(|(_, json): &(String, String)| id_of(json).to_owned()),
        );
        came.sort();
        let after = now();
        let questions = &connection.open[&name];
        let stored = self.model.stored(questions, &connection.keys, after);
        let mut expected: Vec<String> = stored.events.iter().map(|it| it.id.clone()).collect();
        expected.sort();
        let may_differ = self.model.changes_between(before, after);
        if !new.is_empty() {
            self.tally.note("REQ during which events came".to_owned());
        }
        agree(
            may_differ || came == expected,
            "a REQ while events come in",
            &expected,
            &came,
        )?;
        self.compare_deliveries()
    }

    /// Publishes half of the events, asks, and publishes the rest, without waiting for anything.
    async fn run_race(
        &mut self,
        via: usize,
        name: &str,
        filters: &[Value],
        sent: &[Arc<Sent>],
    ) -> Result<(), String> {
        let publisher = (via + 1) % CONNECTIONS;
        let mut request = vec![json!("REQ"), json!(name)];
        request.extend(filters.iter().cloned());
        let request = Value::Array(request).to_string();
        let connection = &mut self.connections[via];
        connection.asked.insert(name.to_owned(), Answer::default());
        let mut halves = sent.chunks(sent.len().div_ceil(2).max(1));
        let events = |half: Option<&[Arc<Sent>]>| -> Vec<String> {
            let half = half.unwrap_or_default().iter();
            half.map(|sent| format!(r#"["EVENT",{}]"#, sent.text))
                .collect()
        };
        let first = events(halves.next());
        self.connections[publisher].client.say(first).await?;
        self.connections[via].client.say([request]).await?;
        let second = events(halves.next());
        self.connections[publisher].client.say(second).await?;
        while self.connections[publisher].told.len() < sent.len() {
            self.connections[publisher].hear().await?;
        }
        while self.connections[via].asked[name].end.is_none() {
            self.connections[via].hear().await?;
        }
        let told: BTreeMap<_, _> = self.connections[publisher].told.drain(..).collect();
        let time = now();
        for sent in sent {
            let verdicts = self.model.judge(&sent.fact, &[], time);
            let told = told.get(&sent.fact.id).copied();
            let is_expected = told.is_some_and(|told| verdicts.contains(&told));
            agree(is_expected, "EVENT", &verdicts, &told)?;
            if told == Some(Verdict::Taken) {
                self.take(&sent.fact, time);
            }
        }
        Ok(())
    }

    // Questions

    /// Asks all of these at once, and again if meanwhile something expired that they could find.
    async fn ask(&mut self, batch: &[Asked<'_>]) -> Result<(), String> {
        if batch.is_empty() {
            return Ok(());
        }
        self.settle().await?;
        loop {
            let before = now();
            self.ask_at_once(batch).await?;
            let after = now();
            if !self.model.changes_between(before, after) {
                return self.compare_answers(batch, before);
            }
        }
    }

    async fn ask_at_once(&mut self, batch: &[Asked<'_>]) -> Result<(), String> {
        self.step = batch[0].step;
        for (via, connection) in self.connections.iter_mut().enumerate() {
            let mut messages = Vec::new();
            connection.asked.clear();
            for asked in batch.iter().filter(|asked| asked.via == via) {
                let (verb, name) = asked.name();
                let mut message = vec![json!(verb), json!(name)];
                message.extend(asked.filters.iter().cloned());
                if let How::Compare { with_half } = asked.how {
                    let set = half(&self.facts, &asked.filters[0], with_half);
                    let (comparison, first) = Comparison::begin(set)?;
                    connection.comparisons.insert(name.clone(), comparison);
                    message.push(json!(first));
                }
                messages.push(Value::Array(message).to_string());
                connection.asked.insert(name, Answer::default());
            }
            connection.client.say(messages).await?;
        }
        for connection in &mut self.connections {
            while connection.asked.values().any(|answer| answer.end.is_none()) {
                connection.hear().await?;
            }
        }
        Ok(())
    }

    fn compare_answers(&mut self, batch: &[Asked<'_>], now: u64) -> Result<(), String> {
        for asked in batch {
            self.step = asked.step;
            let (_, name) = asked.name();
            let connection = &mut self.connections[asked.via];
            let got = connection.asked.remove(&name).unwrap();
            let questions: Result<Vec<Question>, _> =
                asked.filters.iter().map(Question::read).collect();
            let mut expected = match &questions {
                Ok(questions) => self
                    .model
                    .answer(asked.how, questions, &connection.keys, now),
                Err(prefix) => Answer::closed(prefix),
            };
            if let How::Compare { with_half } = asked.how
                && let Some(End::Compared(_, set)) = &expected.end
            {
                let own = half(&self.facts, &asked.filters[0], with_half);
                let own = own.into_iter().map(|fact| fact.id.clone()).collect();
                let end = End::Compared(&own - set, set - &own);
                expected.end = Some(end);
            }
            // A relay need not know whether something was left out (NIP67-02).
            if let (Some(End::Eose(hint)), Some(End::Eose(None))) = (&mut expected.end, &got.end) {
                *hint = None;
            }
            if let How::Subscribe(_) = asked.how {
                connection.open.remove(&name);
                if let (Ok(questions), Some(End::Eose(_))) = (questions, &expected.end) {
                    connection.open.insert(name, questions);
                }
            }
            self.tally.filters += asked.filters.len();
            self.tally.note(got.name(asked));
            self.tally.served += got.events.len();
            if let Some(json) = got.events.iter().find(|json| !self.is_known(json)) {
                return Err(format!("served as nobody published it: {json}"));
            }
            if got.ids() != expected.events || got.end != expected.end {
                return Err(describe(&expected, &got));
            }
        }
        Ok(())
    }

    fn is_known(&self, json: &str) -> bool {
        let fact = self.facts.get(id_of(json));
        fact.is_some_and(|fact| fact.json == json)
    }
}

impl Model {
    /// The whole answer to one question.
    fn answer(&self, how: How, questions: &[Question], keys: &[String], now: u64) -> Answer {
        if let Err(prefix) = may_ask(questions, keys, how == How::Count) {
            return Answer::closed(prefix);
        }
        match how {
            How::Subscribe(_) => {
                let stored = self.stored(questions, keys, now);
                let hint = match stored.is_cut {
                    true => "more",
                    false => "finish",
                };
                let events = stored.events.iter();
                Answer {
                    events: events.map(|fact| fact.id.clone()).collect(),
                    end: Some(End::Eose(Some(hint.to_owned()))),
                }
            }
            How::Compare { .. } => {
                let set = self.set(&questions[0], keys, now);
                let ids = set.iter().map(|fact| fact.id.clone()).collect();
                Answer {
                    events: Vec::new(),
                    end: Some(End::Compared(BTreeSet::new(), ids)),
                }
            }
            How::Count => Answer {
                events: Vec::new(),
                end: Some(End::Count(self.count(questions, keys, now) as u64)),
            },
        }
    }
}

impl Asked<'_> {
    /// The verb, and a name that is its own while it is under way.
    fn name(&self) -> (&'static str, String) {
        match self.how {
            How::Subscribe(slot) => ("REQ", slot_name(slot)),
            How::Count => ("COUNT", format!("count {}", self.step)),
            How::Compare { .. } => ("NEG-OPEN", format!("comparison {}", self.step)),
        }
    }
}

fn configure(config: &mut Config, limits: Limits, way: Way) {
    config.limits.default_limit = limits.default;
    config.limits.max_limit = limits.max;
    config.limits.negentropy_sessions_max = ASKED_AT_ONCE_MAX;
    config.server.aliases = vec![OUR_URL.to_owned()];
    config.limits.created_at_upper_limit_seconds = Some(limits.ahead_seconds);
    // Crashes are for other tests.
    config.store.synchronous = Synchronous::Normal;
    if way.small_pages {
        config.store.page_bytes_max = 4_096;
        config.store.scan_slice_ms = 1;
    }
    if let Some(change) = keeping::WAYS.get(way.keeping) {
        change(config);
    }
}

fn slot_name(slot: usize) -> String {
    format!("slot {slot}")
}

/// What a client has that compares: nothing, or half of everything published that the filter
/// could bring.
fn half<'a>(
    facts: &'a BTreeMap<String, Arc<Fact>>,
    filter: &Value,
    with_half: bool,
) -> Vec<&'a Arc<Fact>> {
    let Some(question) = Question::read(filter).ok().filter(|_| with_half) else {
        return Vec::new();
    };
    let in_half = |fact: &&Arc<Fact>| fact.id.as_bytes()[0] < b'8' && question.matches(fact);
    facts.values().filter(in_half).collect()
}

/// Whether two questions would have the same name.
fn is_slot(one: How, other: How) -> bool {
    matches!(one, How::Subscribe(_)) && one == other
}

fn agree(
    is_expected: bool,
    what: &str,
    expected: &dyn Debug,
    got: &dyn Debug,
) -> Result<(), String> {
    match is_expected {
        true => Ok(()),
        false => Err(format!("{what}: expected {expected:#?}\ngot {got:#?}")),
    }
}
