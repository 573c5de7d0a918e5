//! Plays the steps of a world to a relay and to the model, and compares every answer and every
//! delivery. Stops at the first difference.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Debug;
use std::sync::Arc;

use kith_relay::Config;
use kith_relay::config::Synchronous;
use serde_json::{Value, json};

use super::client::{Client, Heard};
use super::comparison::Comparison;
use super::fact::Fact;
use super::model::{Limits, Model, OUR_URL, Verdict, may_ask};
use super::question::Question;
use super::world::{CONNECTIONS, How, Sent, Step, Way, World};
use crate::events::{FENCE_KEY, note, now, pubkey};
use crate::harness::TestRelay;
use crate::keeping;

/// Questions that may be under way on one connection.
const ASKED_AT_ONCE_MAX: usize = 40;
/// The subscription that gets nothing but fences.
const FENCE: &str = "fence";

/// What was compared.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) events: usize,
    pub(crate) filters: usize,
    pub(crate) served: usize,
    pub(crate) delivered: usize,
    /// How often each kind of answer came.
    pub(crate) answers: BTreeMap<String, usize>,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Tally) {
        self.events += other.events;
        self.filters += other.filters;
        self.served += other.served;
        self.delivered += other.delivered;
        for (answer, times) in other.answers {
            *self.answers.entry(answer).or_default() += times;
        }
    }

    fn note(&mut self, answer: String) {
        *self.answers.entry(answer).or_default() += 1;
    }
}

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

/// What the model knows about a connection, and what came on it.
struct Connection {
    client: Client,
    keys: Vec<String>,
    /// Open subscriptions.
    open: BTreeMap<String, Vec<Question>>,
    /// Questions that wait for the end of their answer.
    asked: BTreeMap<String, Answer>,
    comparisons: BTreeMap<String, Comparison>,
    /// Ids of events that are to be delivered or may be, with their subscription.
    due: Vec<(String, Arc<Fact>)>,
    /// Those that were.
    delivered: Vec<(String, String)>,
    /// Answers to EVENT and AUTH: id, and what was said.
    told: VecDeque<(String, Verdict)>,
}

/// What a relay answers to a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Answer {
    events: Vec<String>,
    end: Option<End>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    /// With the hint.
    Eose(Option<String>),
    Closed(String),
    Count(u64),
    /// Ids that only the client has, and ids that only the relay has.
    Compared(BTreeSet<String>, BTreeSet<String>),
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
        self.tally.note("race".to_owned());
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
            for json in got.events.iter().filter(|json| !self.is_known(json)) {
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

impl Answer {
    fn closed(prefix: &str) -> Self {
        Answer {
            events: Vec::new(),
            end: Some(End::Closed(prefix.to_owned())),
        }
    }

    /// In short: the verb, how it ended, and whether it brought anything.
    fn name(&self, asked: &Asked<'_>) -> String {
        let (verb, _) = asked.name();
        let searches = asked
            .filters
            .iter()
            .any(|filter| filter["search"].is_string());
        let what = if searches { "search" } else { "" };
        let end = match &self.end {
            Some(End::Eose(hint)) => format!("{hint:?} {}", !self.events.is_empty()),
            Some(End::Closed(prefix)) => prefix.clone(),
            Some(End::Count(count)) => format!("{}", *count > 0),
            Some(End::Compared(have, need)) => format!("{} {}", !have.is_empty(), !need.is_empty()),
            None => String::new(),
        };
        format!("{verb} {what} {end}")
    }

    /// Of the events as they came.
    fn ids(&self) -> Vec<String> {
        let ids = self.events.iter().map(|json| id_of(json).to_owned());
        ids.collect()
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

impl Connection {
    async fn new(url: &str) -> Result<Self, String> {
        let client = Client::connect(url).await?;
        let mut connection = Connection {
            client,
            keys: Vec::new(),
            open: BTreeMap::new(),
            asked: BTreeMap::new(),
            comparisons: BTreeMap::new(),
            due: Vec::new(),
            delivered: Vec::new(),
            told: VecDeque::new(),
        };
        let filter = json!({"authors": [pubkey(FENCE_KEY)], "limit": 0});
        let message = json!(["REQ", FENCE, filter]).to_string();
        connection.one_answer(FENCE, message).await?;
        let question = Question::read(&filter).unwrap();
        connection.open.insert(FENCE.to_owned(), vec![question]);
        Ok(connection)
    }

    async fn one_answer(&mut self, name: &str, message: String) -> Result<(), String> {
        self.asked.insert(name.to_owned(), Answer::default());
        self.client.say([message]).await?;
        while self.asked[name].end.is_none() {
            self.hear().await?;
        }
        self.asked.remove(name);
        Ok(())
    }

    /// Closes, and waits until the relay has read it.
    async fn close(&mut self, name: &str) -> Result<(), String> {
        self.open.remove(name);
        self.client
            .say([json!(["CLOSE", name]).to_string()])
            .await?;
        self.fence().await
    }

    /// Waits until the relay has read everything that was sent.
    async fn fence(&mut self) -> Result<(), String> {
        let message = json!(["COUNT", "read", {"ids": []}]).to_string();
        self.one_answer("read", message).await
    }

    async fn authenticate(&mut self, key: u32) -> Result<(), String> {
        let (message, id) = self.client.authentication(key);
        let told = self.tell(&id, message).await?;
        agree(told == Verdict::Taken, "AUTH", &[Verdict::Taken], &told)?;
        self.keys.push(pubkey(key).to_string());
        Ok(())
    }

    async fn publish(&mut self, id: &str, json: &str) -> Result<Verdict, String> {
        self.tell(id, format!(r#"["EVENT",{json}]"#)).await
    }

    /// Sends what is answered by an OK.
    async fn tell(&mut self, id: &str, message: String) -> Result<Verdict, String> {
        self.client.say([message]).await?;
        loop {
            if let Some((told, verdict)) = self.told.pop_front() {
                return match told == id {
                    true => Ok(verdict),
                    false => Err(format!("an OK for {told} in place of {id}")),
                };
            }
            self.hear().await?;
        }
    }

    /// Waits until this event has come to every subscription to which it is due.
    async fn until_delivered(&mut self, id: &str) -> Result<(), String> {
        let due = self.due.iter().filter(|(_, fact)| fact.id == id).count();
        let came = |(_, json): &&(String, String)| id_of(json) == id;
        while self.delivered.iter().filter(came).count() < due {
            self.hear().await?;
        }
        Ok(())
    }

    /// Takes one message and puts it where it belongs.
    async fn hear(&mut self) -> Result<(), String> {
        match self.client.hear().await? {
            Heard::Event { subscription, json } => self.hear_event(subscription, json),
            Heard::Eose { subscription, hint } => self.end(&subscription, End::Eose(hint)),
            Heard::Compared {
                comparison,
                message,
            } => self.go_on(&comparison, &message).await,
            Heard::NotCompared { comparison, prefix } => {
                self.comparisons.remove(&comparison);
                self.end(&comparison, End::Closed(prefix))
            }
            Heard::Closed {
                subscription,
                prefix,
            } => self.end(&subscription, End::Closed(prefix)),
            Heard::Count { query, count } => self.end(&query, End::Count(count)),
            Heard::Ok {
                id,
                accepted,
                prefix,
            } => {
                self.told.push_back((id, verdict(accepted, &prefix)?));
                Ok(())
            }
            Heard::Auth(_) => Ok(()),
        }
    }

    /// The next round of a comparison, or its end.
    async fn go_on(&mut self, name: &str, message: &str) -> Result<(), String> {
        let comparison = self.comparisons.get_mut(name);
        let comparison = comparison.ok_or_else(|| format!("nothing is compared under {name:?}"))?;
        if let Some(answer) = comparison.next(message)? {
            let message = json!(["NEG-MSG", name, answer]).to_string();
            return self.client.say([message]).await;
        }
        let message = json!(["NEG-CLOSE", name]).to_string();
        self.client.say([message]).await?;
        let comparison = self.comparisons.remove(name).unwrap();
        let (have, need) = comparison.differences();
        self.end(name, End::Compared(have, need))
    }

    fn hear_event(&mut self, subscription: String, json: String) -> Result<(), String> {
        match self.asked.get_mut(&subscription) {
            Some(answer) if answer.end.is_none() => answer.events.push(json),
            _ => self.delivered.push((subscription, json)),
        }
        Ok(())
    }

    fn end(&mut self, name: &str, end: End) -> Result<(), String> {
        match self.asked.get_mut(name) {
            Some(answer) if answer.end.is_none() => {
                answer.end = Some(end);
                Ok(())
            }
            _ => Err(format!("{end:?} for {name:?}, which asked nothing")),
        }
    }

    /// Each event that was due must have come once, and no other (NIP01-92, NIP01-93, NIP01-96).
    fn compare_deliveries(
        &mut self,
        facts: &BTreeMap<String, Arc<Fact>>,
        now: u64,
    ) -> Result<(), String> {
        let mut due: Vec<(String, String)> = Vec::new();
        let mut optional = BTreeSet::new();
        for (name, fact) in self.due.drain(..) {
            match fact.is_expired(now) {
                // It may have expired on its way.
                true => drop(optional.insert((name, fact.id.clone()))),
                false => due.push((name, fact.id.clone())),
            }
        }
        let mut came: Vec<(String, String)> = Vec::new();
        for (name, json) in self.delivered.drain(..) {
            let fact = facts
                .get(id_of(&json))
                .filter(|fact| fact.json == json)
                .ok_or_else(|| format!("delivered as nobody published it: {json}"))?;
            let key = (name, fact.id.clone());
            if !optional.remove(&key) {
                came.push(key);
            }
        }
        due.sort();
        came.sort();
        agree(due == came, "live (subscription, id)", &due, &came)
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

/// Long answers are mostly alike: what is in one of them only, or else both.
fn describe(expected: &Answer, got: &Answer) -> String {
    let ids = got.ids();
    let missing: Vec<_> = without(&expected.events, &ids);
    let surplus: Vec<_> = without(&ids, &expected.events);
    let ends = format!("expected {:?}, got {:?}", expected.end, got.end);
    if missing.is_empty() && surplus.is_empty() && ids != expected.events {
        return format!("{ends}\nexpected {:#?}\ngot {ids:#?}", expected.events);
    }
    let amount = expected.events.len();
    format!("{ends}\nof {amount} missing {missing:#?}\nsurplus {surplus:#?}")
}

fn without<'a>(ids: &'a [String], others: &[String]) -> Vec<&'a String> {
    ids.iter().filter(|id| !others.contains(id)).collect()
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

/// The canonical JSON begins with the id.
fn id_of(json: &str) -> &str {
    json.get(7..71).unwrap_or_default()
}

fn verdict(accepted: bool, prefix: &str) -> Result<Verdict, String> {
    let known = [
        "invalid",
        "blocked",
        "restricted",
        "duplicate",
        "auth-required",
    ];
    match known.into_iter().find(|known| *known == prefix) {
        Some(prefix) if accepted => Ok(Verdict::Known(prefix)),
        Some(prefix) => Ok(Verdict::Refused(prefix)),
        None if accepted && prefix.is_empty() => Ok(Verdict::Taken),
        None => Err(format!("OK {accepted} with prefix {prefix:?}")),
    }
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
