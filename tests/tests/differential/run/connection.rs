//! One connection to the relay: what was asked and published on it, what came, and what the model
//! says is to come. Knows nothing of what is stored.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde_json::json;

use super::agree;
use super::answer::{Answer, End, id_of};
use crate::differential::client::{Client, Heard};
use crate::differential::comparison::Comparison;
use crate::differential::fact::Fact;
use crate::differential::model::Verdict;
use crate::differential::question::Question;
use crate::events::{FENCE_KEY, pubkey};

/// The subscription that gets nothing but fences.
const FENCE: &str = "fence";

/// What the model knows about a connection, and what came on it.
pub(super) struct Connection {
    pub(super) client: Client,
    pub(super) keys: Vec<String>,
    /// Open subscriptions.
    pub(super) open: BTreeMap<String, Vec<Question>>,
    /// Questions that wait for the end of their answer.
    pub(super) asked: BTreeMap<String, Answer>,
    pub(super) comparisons: BTreeMap<String, Comparison>,
    /// Ids of events that are to be delivered or may be, with their subscription.
    pub(super) due: Vec<(String, Arc<Fact>)>,
    /// Those that were.
    pub(super) delivered: Vec<(String, String)>,
    /// Answers to EVENT and AUTH: id, and what was said.
    pub(super) told: VecDeque<(String, Verdict)>,
}

impl Connection {
    pub(super) async fn new(url: &str) -> Result<Self, String> {
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

    pub(super) async fn one_answer(&mut self, name: &str, message: String) -> Result<(), String> {
        self.asked.insert(name.to_owned(), Answer::default());
        self.client.say([message]).await?;
        while self.asked[name].end.is_none() {
            self.hear().await?;
        }
        self.asked.remove(name);
        Ok(())
    }

    /// Closes, and waits until the relay has read it.
    pub(super) async fn close(&mut self, name: &str) -> Result<(), String> {
        self.open.remove(name);
        self.client
            .say([json!(["CLOSE", name]).to_string()])
            .await?;
        self.fence().await
    }

    /// Waits until the relay has read everything that was sent.
    pub(super) async fn fence(&mut self) -> Result<(), String> {
        let message = json!(["COUNT", "read", {"ids": []}]).to_string();
        self.one_answer("read", message).await
    }

    pub(super) async fn authenticate(&mut self, key: u32) -> Result<(), String> {
        let (message, id) = self.client.authentication(key);
        let told = self.tell(&id, message).await?;
        agree(told == Verdict::Taken, "AUTH", &[Verdict::Taken], &told)?;
        self.keys.push(pubkey(key).to_string());
        Ok(())
    }

    pub(super) async fn publish(&mut self, id: &str, json: &str) -> Result<Verdict, String> {
        self.tell(id, format!(r#"["EVENT",{json}]"#)).await
    }

    /// Sends what is answered by an OK.
    pub(super) async fn tell(&mut self, id: &str, message: String) -> Result<Verdict, String> {
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
    pub(super) async fn until_delivered(&mut self, id: &str) -> Result<(), String> {
        let due = self.due.iter().filter(|(_, fact)| fact.id == id).count();
        let came = |(_, json): &&(String, String)| id_of(json) == id;
        while self.delivered.iter().filter(came).count() < due {
            self.hear().await?;
        }
        Ok(())
    }

    /// Takes one message and puts it where it belongs.
    pub(super) async fn hear(&mut self) -> Result<(), String> {
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
    pub(super) async fn go_on(&mut self, name: &str, message: &str) -> Result<(), String> {
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

    pub(super) fn hear_event(&mut self, subscription: String, json: String) -> Result<(), String> {
        match self.asked.get_mut(&subscription) {
            Some(answer) if answer.end.is_none() => answer.events.push(json),
            _ => self.delivered.push((subscription, json)),
        }
        Ok(())
    }

    pub(super) fn end(&mut self, name: &str, end: End) -> Result<(), String> {
        match self.asked.get_mut(name) {
            Some(answer) if answer.end.is_none() => {
                answer.end = Some(end);
                Ok(())
            }
            _ => Err(format!("{end:?} for {name:?}, which asked nothing")),
        }
    }

    /// Each event that was due must have come once, and no other (NIP01-92, NIP01-93, NIP01-96).
    pub(super) fn compare_deliveries(
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
        let mut missing = due;
        came.retain(|key| match missing.iter().position(|due| due == key) {
            Some(index) => {
                missing.remove(index);
                false
            }
            None => true,
        });
        let agrees = missing.is_empty() && came.is_empty();
        agree(agrees, "delivered (missing, surplus)", &missing, &came)
    }
}

pub(super) fn verdict(accepted: bool, prefix: &str) -> Result<Verdict, String> {
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
