//! One connection to a relay, whatever is asked of it; and what happens when it is lost.

use std::collections::BTreeSet;
use std::time::Duration;

use kith_client::lbc::{Location, Note};
use kith_client::nip02::FollowedPeople;
use kith_client::{Draft, Event, FeedNews, FeedPeople, FeedSubject, Keys, Kind, Kith, LiveFeed};
use serde_json::Value;

use crate::discovery::{community, near, point};
use crate::map_relay::MapRelay;
use crate::support::{EVENING, TIMEOUT, connect};

/// Comes within this time or never. A lost connection is made again after ten seconds.
const DEADLINE: Duration = Duration::from_secs(60);

const FOUNDED: u64 = 1_700_000_000;

const HOUR: u64 = 3_600;

/// What is asked for again after a loss: so much more than what was not heard.
const OVERLAP: u64 = 2 * HOUR;

fn following(person: &Keys, follower: &Keys) -> Event {
    let mut list = FollowedPeople::new();
    list.follow(person.public_key().into());
    list.draft().unwrap().sign(follower, FOUNDED).unwrap()
}

fn written(text: &str, keys: &Keys, created_at: u64) -> Event {
    let note = Draft {
        kind: Kind::TEXT_NOTE,
        created_at: None,
        tags: vec![],
        content: text.to_owned(),
    };
    note.sign(keys, created_at).unwrap()
}

/// The next note of the feed, past what is said of connections.
async fn next(live: &mut LiveFeed) -> String {
    loop {
        let news = tokio::time::timeout(DEADLINE, live.next()).await;
        let FeedNews::Item(item) = news.unwrap().unwrap() else {
            continue;
        };
        let FeedSubject::Note { text } = item.subject else {
            panic!("{item:?}");
        };
        return text;
    }
}

async fn has_open(relay: &MapRelay, subscriptions: usize) {
    let waiting = tokio::time::timeout(DEADLINE, relay.has_open(subscriptions));
    waiting.await.unwrap();
}

#[tokio::test]
async fn nip01_13_all_subscriptions_on_a_relay_share_one_connection() {
    let relay = MapRelay::honest().await;
    let (ada, ben) = (Keys::generate(), Keys::generate());
    let here = Location::at(point(50.82, -0.14));
    relay.hold(community(&ben, "Chess", &here));
    relay.hold([following(&ben, &ada), written("hello", &ben, FOUNDED)]);
    let kith = connect(vec![relay.url.clone()], &ada).await;
    let search = near(50.82, -0.14, 10.0);
    let (watch, feed, all, some) = tokio::join!(
        kith.watch(&search),
        kith.live_feed(FeedPeople::Following, 10),
        kith.communities(&search),
        kith.feed(FeedPeople::Following, 10),
    );
    let (_watch, feed) = (watch.unwrap(), feed.unwrap());
    assert_eq!(feed.beginning().len(), 1);
    assert_eq!(
        (all.unwrap().found.len(), some.unwrap().found.len()),
        (1, 1)
    );
    // Two that stay open at the same time, and the many that were answered.
    has_open(&relay, 2).await;
    assert!(relay.asked().len() > 4, "{:?}", relay.asked());
    assert_eq!(relay.connections(), 1);
}

#[tokio::test]
async fn nip01_105_what_a_lost_connection_left_out_comes_once_when_it_is_made_again() {
    let relay = MapRelay::plain().await;
    let (ada, ben) = (Keys::generate(), Keys::generate());
    relay.hold([
        following(&ben, &ada),
        written("old", &ben, EVENING - HOUR - 1),
    ]);
    let builder = Kith::builder().relay(&relay.url).signer(ada);
    let builder = builder.timeout(TIMEOUT).clock(|| EVENING);
    let kith = builder.connect().await.unwrap();
    let mut live = kith.live_feed(FeedPeople::Following, 10).await.unwrap();
    assert_eq!(live.beginning().len(), 1);
    relay.hold([written("told", &ben, EVENING - 1)]);
    assert_eq!(next(&mut live).await, "told");
    has_open(&relay, 1).await;
    let subscription = relay.asked();

    relay.hang_up();
    has_open(&relay, 0).await;
    let asked_before = relay.asked().len();
    // One that was written before the loss, or by a slow clock, and one after it.
    relay.hold([
        written("slow", &ben, EVENING - HOUR),
        written("missed", &ben, EVENING),
    ]);
    let missed = BTreeSet::from([next(&mut live).await, next(&mut live).await]);
    assert_eq!(
        missed,
        BTreeSet::from(["missed", "slow"].map(str::to_owned))
    );
    assert_eq!(relay.connections(), 2);
    let again = relay.asked().split_off(asked_before);
    let since = |filter: &Value| filter["since"] == EVENING - OVERLAP;
    assert!(again.iter().any(since), "{again:?}");
    // What was listened to is listened to again, in the same words.
    let is_live = |filter: &&Value| filter["limit"] == 1 && filter["kinds"][0] == 1;
    let before: Vec<&Value> = subscription.iter().filter(is_live).collect();
    let after: Vec<&Value> = again.iter().filter(is_live).collect();
    assert_eq!((after.len(), after), (before.len(), before));

    // Nothing of what was told comes between.
    relay.hold([written("heard", &ben, EVENING + 1)]);
    assert_eq!(next(&mut live).await, "heard");
    has_open(&relay, 1).await;
}
