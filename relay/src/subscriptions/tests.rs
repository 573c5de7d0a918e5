//! Who is told of what, within which bounds.

use std::sync::Arc;

use kith_nips::{Event, EventId, Filter, PublicKey};
use tokio::sync::watch;

use super::{Arrivals, Inbox, InboxLimits, Subscriptions};
use crate::clock::unix_now;
use crate::feed::{self, Committed};
use crate::gate::{Gate, Reader};
use crate::session::fake_store::{ALICE, BOB, CAROL, event, event_at};

const LIMITS: InboxLimits = InboxLimits {
    events_max: 3,
    bytes_max: 100_000,
};

fn reader<const KEYS: usize>(keys: [PublicKey; KEYS]) -> Reader {
    Gate::new(watch::channel(Arc::default()).1).reader(keys)
}

fn filters(json: &[&str]) -> Arc<[Filter]> {
    json.iter()
        .map(|json| Filter::parse(json).unwrap())
        .collect()
}

fn committed(sequence: u64, event: &Arc<Event>) -> Committed {
    Committed {
        sequence,
        event: Arc::clone(event),
        searchable: true,
    }
}

/// The ids that wait in the inbox.
fn arrived(inbox: &Inbox) -> Vec<EventId> {
    match inbox.take(usize::MAX) {
        Arrivals::Events(deliveries) => deliveries
            .into_iter()
            .map(|delivery| delivery.event.id())
            .collect(),
        Arrivals::Overflowed => panic!("the inbox overflowed"),
    }
}

#[test]
fn nip01_82_and_92_each_subscription_is_told_once() {
    let subscriptions = Subscriptions::new();
    let (one, other) = (
        Arc::new(Inbox::new(LIMITS, reader([]))),
        Arc::new(Inbox::new(LIMITS, reader([]))),
    );
    let both_match = filters(&[r#"{"kinds":[1]}"#, r##"{"#t":["chess"]}"##]);
    let first = subscriptions.subscribe(&one, Arc::clone(&both_match));
    let second = subscriptions.subscribe(&one, filters(&["{}"]));
    subscriptions.subscribe(&other, both_match);
    let note = event(ALICE, 1, &[&["t", "chess"], &["t", "chess"]], "tonight");
    subscriptions.deliver(&[committed(7, &note)]);
    let Arrivals::Events(deliveries) = one.take(usize::MAX) else {
        panic!("the inbox overflowed");
    };
    let seen: Vec<_> = deliveries
        .iter()
        .map(|delivery| (delivery.subscription, delivery.sequence))
        .collect();
    assert_eq!(seen, [(first, Some(7)), (second, Some(7))]);
    assert_eq!(arrived(&other), [note.id()]);
}

#[test]
fn nip01_96_a_closed_subscription_is_told_nothing() {
    let subscriptions = Subscriptions::new();
    let inbox = Arc::new(Inbox::new(LIMITS, reader([])));
    let key = subscriptions.subscribe(&inbox, filters(&["{}"]));
    assert_eq!(subscriptions.len(), 1);
    subscriptions.unsubscribe(key);
    assert!(subscriptions.is_empty());
    subscriptions.deliver(&[committed(1, &event(ALICE, 1, &[], ""))]);
    assert!(arrived(&inbox).is_empty());
}

#[test]
fn nip01_95_a_full_inbox_gives_up_alone() {
    let subscriptions = Subscriptions::new();
    let (slow, quick) = (
        Arc::new(Inbox::new(LIMITS, reader([]))),
        Arc::new(Inbox::new(LIMITS, reader([]))),
    );
    subscriptions.subscribe(&slow, filters(&["{}"]));
    subscriptions.subscribe(&quick, filters(&["{}"]));
    for sequence in 1..=5 {
        let note = event(ALICE, 1, &[], &format!("note {sequence}"));
        subscriptions.deliver(&[committed(sequence, &note)]);
        assert_eq!(arrived(&quick), [note.id()]);
    }
    assert!(matches!(slow.take(0), Arrivals::Overflowed));
}

#[test]
fn nip01_95_bytes_are_bounded_too() {
    let limits = InboxLimits {
        events_max: 1_000,
        bytes_max: 3_000,
    };
    let subscriptions = Subscriptions::new();
    let inbox = Arc::new(Inbox::new(limits, reader([])));
    subscriptions.subscribe(&inbox, filters(&["{}"]));
    let long = event(ALICE, 1, &[], &"x".repeat(1_600));
    subscriptions.deliver(&[committed(1, &long)]);
    assert_eq!(arrived(&inbox), [long.id()]);
    subscriptions.deliver(&[committed(1, &long), committed(2, &long)]);
    assert!(matches!(inbox.take(0), Arrivals::Overflowed));
}

#[test]
fn nip59_05_and_nip42_15_private_events_arrive_after_authentication() {
    let subscriptions = Subscriptions::new();
    let inbox = Arc::new(Inbox::new(LIMITS, reader([])));
    subscriptions.subscribe(&inbox, filters(&["{}"]));
    let bob = event(BOB, 1, &[], "").pubkey();
    let wrap = event(ALICE, 1_059, &[&["p", &bob.to_string()]], "sealed");
    subscriptions.deliver(&[committed(1, &wrap)]);
    assert!(arrived(&inbox).is_empty());
    inbox.set_reader(reader([bob]));
    subscriptions.deliver(&[committed(2, &wrap)]);
    assert_eq!(arrived(&inbox), [wrap.id()]);
    inbox.set_reader(reader([event(CAROL, 1, &[], "").pubkey()]));
    subscriptions.deliver(&[committed(3, &wrap)]);
    assert!(arrived(&inbox).is_empty());
}

#[test]
fn nip40_02_expired_events_do_not_arrive() {
    let subscriptions = Subscriptions::new();
    let inbox = Arc::new(Inbox::new(LIMITS, reader([])));
    subscriptions.subscribe(&inbox, filters(&["{}"]));
    let gone = (unix_now() - 1).to_string();
    let note = event_at(ALICE, 1, &[&["expiration", &gone]], "", 1_000);
    subscriptions.deliver(&[committed(1, &note)]);
    assert!(arrived(&inbox).is_empty());
}

#[test]
fn nip01_57_ephemeral_events_say_how_many_they_reached() {
    let subscriptions = Subscriptions::new();
    let inbox = Arc::new(Inbox::new(LIMITS, reader([])));
    let typing = event(ALICE, 20_001, &[], "typing");
    assert_eq!(subscriptions.deliver_ephemeral(&typing), 0);
    subscriptions.subscribe(&inbox, filters(&[r#"{"kinds":[20001]}"#]));
    subscriptions.subscribe(&inbox, filters(&[r#"{"kinds":[1]}"#]));
    assert_eq!(subscriptions.deliver_ephemeral(&typing), 1);
    assert_eq!(arrived(&inbox), [typing.id()]);
    let foreign = event(ALICE, 21_059, &[&["p", &"a".repeat(64)]], "sealed");
    subscriptions.subscribe(&inbox, filters(&[r#"{"kinds":[21059]}"#]));
    assert_eq!(subscriptions.deliver_ephemeral(&foreign), 0);
}

#[tokio::test]
async fn the_dispatcher_keeps_the_order_of_commits() {
    let subscriptions = Subscriptions::new();
    let inbox = Arc::new(Inbox::new(
        InboxLimits {
            events_max: 100,
            ..LIMITS
        },
        reader([]),
    ));
    subscriptions.subscribe(&inbox, filters(&["{}"]));
    let notes: Vec<_> = (0..20)
        .map(|number| event(ALICE, 1, &[], &number.to_string()))
        .collect();
    let (publisher, feed) = feed::channel();
    let batches: Vec<Vec<Committed>> = notes
        .chunks(3)
        .zip((1..).step_by(3))
        .map(|(chunk, first)| {
            chunk
                .iter()
                .zip(first..)
                .map(|(note, sequence)| committed(sequence, note))
                .collect()
        })
        .collect();
    let writer = std::thread::spawn(move || {
        for batch in batches {
            publisher.publish(batch);
        }
    });
    subscriptions.run(feed).await;
    writer.join().unwrap();
    let expected: Vec<EventId> = notes.iter().map(|note| note.id()).collect();
    assert_eq!(arrived(&inbox), expected);
}
