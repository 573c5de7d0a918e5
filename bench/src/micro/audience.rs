//! Live subscriptions of many connections, and what arrives for them. Knows no session: the
//! inboxes are emptied here.

use std::sync::Arc;

use anyhow::{Context, bail};
use kith_nips::{Event, Filter};
use kith_relay::feed::Committed;
use kith_relay::gate::Gate;
use kith_relay::subscriptions::{Arrivals, Inbox, InboxLimits, Subscriptions};
use tokio::sync::watch;

use super::notes::{place, topic};

/// Subscriptions of one connection.
const SUBSCRIPTIONS_EACH: usize = 20;
/// Authors whom a home page follows.
const HOME_AUTHORS: usize = 20;
/// How far people go for a meetup.
const RADIUS_KM: u32 = 3;
const NO_LIMITS: InboxLimits = InboxLimits {
    events_max: usize::MAX,
    bytes_max: usize::MAX,
};

/// Everybody who listens.
pub struct Audience {
    subscriptions: Subscriptions,
    inboxes: Vec<Arc<Inbox>>,
}

impl Audience {
    /// So many subscriptions of one filter each, on things that `notes` are about.
    ///
    /// # Errors
    /// There are no notes.
    pub fn new(subscriptions: usize, notes: &[Arc<Event>]) -> anyhow::Result<Self> {
        Self::with(subscriptions, |number| filter(number, notes))
    }

    /// So many people who watch for meetups around them: every other in the towns that notes are from,
    /// the rest all over the world.
    ///
    /// # Errors
    /// Never with the places as they are.
    pub fn of_places(subscriptions: usize) -> anyhow::Result<Self> {
        Self::with(subscriptions, surroundings)
    }

    fn with(
        subscriptions: usize,
        filter: impl Fn(usize) -> anyhow::Result<Filter>,
    ) -> anyhow::Result<Self> {
        let mut audience = Audience {
            subscriptions: Subscriptions::new(),
            inboxes: Vec::new(),
        };
        let gate = Gate::new(watch::channel(Arc::default()).1);
        for number in 0..subscriptions {
            if number % SUBSCRIPTIONS_EACH == 0 {
                let inbox = Inbox::new(NO_LIMITS, gate.reader([]));
                audience.inboxes.push(Arc::new(inbox));
            }
            let filters = Arc::from([filter(number)?]);
            if let Some(inbox) = audience.inboxes.last() {
                audience.subscriptions.subscribe(inbox, filters);
            }
        }
        Ok(audience)
    }

    /// Delivers committed notes, then empties all inboxes; gives the number of deliveries.
    ///
    /// # Errors
    /// An inbox overflowed.
    pub fn tell(&self, notes: &[Arc<Event>]) -> anyhow::Result<usize> {
        let batch: Vec<Committed> = (1..)
            .zip(notes)
            .map(|(sequence, event)| Committed {
                sequence,
                event: Arc::clone(event),
                searchable: true,
            })
            .collect();
        self.subscriptions.deliver(&batch);
        let mut delivered = 0;
        for inbox in &self.inboxes {
            match inbox.take(usize::MAX) {
                Arrivals::Events(deliveries) => delivered += deliveries.len(),
                Arrivals::Overflowed => bail!("an inbox overflowed"),
            }
        }
        Ok(delivered)
    }
}

/// Meetups within a few kilometres of somewhere.
fn surroundings(number: usize) -> anyhow::Result<Filter> {
    let (_, town) = place(number);
    let around = town.get(4..).unwrap_or_default();
    let cell = match number % 2 {
        0 => town,
        _ => format!("{around}{around}"),
    };
    let json = format!(r#"{{"kinds":[31923],"search":"near:{cell},{RADIUS_KM}"}}"#);
    Ok(Filter::parse(&json)?)
}

/// What people keep open: places, people, home pages, chats, answers, topics and mentions.
///
/// # Errors
/// There are no notes.
pub fn filter(number: usize, notes: &[Arc<Event>]) -> anyhow::Result<Filter> {
    let note = |number: usize| {
        let found = notes.get(number.checked_rem(notes.len())?);
        found.map(Arc::as_ref)
    };
    let person = note(number).context("a note")?.pubkey();
    // Every tenth note is a meetup.
    let meetup = note(number * 10).context("a meetup")?;
    let (city, cell) = place(number);
    let topic = topic(number);
    let json = match number % 8 {
        0 => {
            let near = cell.get(..6).unwrap_or_default();
            format!(r##"{{"kinds":[31923],"#g":["{near}"]}}"##)
        }
        1 => format!(r##"{{"kinds":[31923],"#g":["{city}"],"#t":["{topic}"]}}"##),
        2 => format!(r#"{{"kinds":[1,31923],"authors":["{person}"]}}"#),
        3 => {
            let followed = (0..HOME_AUTHORS).filter_map(|other| note(number + other * 3));
            let authors: Vec<String> = followed
                .map(|note| format!("\"{}\"", note.pubkey()))
                .collect();
            let authors = authors.join(",");
            format!(r#"{{"kinds":[0,1,31923],"authors":[{authors}]}}"#)
        }
        4 => format!(r##"{{"kinds":[42],"#e":["{}"]}}"##, meetup.id()),
        5 => {
            let address = meetup.address().context("an address")?;
            format!(r##"{{"kinds":[31925],"#a":["{address}"]}}"##)
        }
        6 => format!(r##"{{"kinds":[1],"#t":["{topic}"],"since":1750000000}}"##),
        _ => format!(r##"{{"#p":["{person}"]}}"##),
    };
    Ok(Filter::parse(&json)?)
}
