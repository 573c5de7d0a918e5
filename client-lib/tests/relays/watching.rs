//! What is announced near a place, as it comes: in words where a relay announces them, in cells
//! elsewhere, across lost connections, and once whatever the number of relays.

use std::time::Duration;

use futures_util::StreamExt;
use kith_client::lbc::{Location, MeetupStatus};
use kith_client::{Announcement, Event, Keys, Kith, News, ReadError, Subject, Watch};

use crate::discovery::{community, meetup, near, point, signed, span, visitor};
use crate::map_relay::{MapRelay, Temper, announcing_all};
use crate::support::{EVENING, TIMEOUT, nowhere};

const FOUNDED: u64 = 1_700_000_000;

const HOUR: u64 = 3_600;

/// Comes within this time or never. A lost connection is made again after ten seconds.
const DEADLINE: Duration = Duration::from_secs(60);

async fn next(watch: &mut Watch) -> (News, String) {
    let announcement = tokio::time::timeout(DEADLINE, watch.next()).await;
    let Announcement { news, subject, .. } = announcement.unwrap().unwrap();
    let title = match subject {
        Subject::Community(community) => community.title(),
        Subject::Meetup(meetup) => meetup.title().to_owned(),
    };
    (news, title)
}

fn is(news: News, title: &str) -> (News, String) {
    (news, title.to_owned())
}

struct Chess {
    keys: Keys,
    notes: [Event; 2],
    here: Location,
}

impl Chess {
    fn new(title: &str) -> Chess {
        let keys = Keys::generate();
        let here = Location::at(point(50.8225, -0.1372));
        let notes = community(&keys, title, &here);
        Chess { keys, notes, here }
    }

    /// The meetup of this name in a version of this age.
    fn meetup(&self, slug: &str, age: u64, status: MeetupStatus) -> Event {
        let evening = span(EVENING, Some(EVENING + HOUR));
        let id = self.notes[0].id();
        let mut note = meetup(id, &self.keys, slug, &self.here, evening);
        note.status = status;
        signed(&note, &self.keys, FOUNDED + age)
    }

    /// A meetup that is announced as soon as everything before it was judged.
    fn fence(&self, name: &str) -> Event {
        self.meetup(name, 1_000, MeetupStatus::Published)
    }
}

async fn announcements_of(relays: &[&MapRelay]) {
    let chess = Chess::new("Chess");
    let old = chess.meetup("old", 2, MeetupStatus::Published);
    for relay in relays {
        relay.hold(chess.notes.clone());
        relay.hold([old.clone()]);
    }
    let hold = |event: Event| relays.iter().for_each(|relay| relay.hold([event.clone()]));
    let kith = visitor(relays).await;
    let search = near(50.8225, -0.1372, 10.0).topic("chess").from(EVENING);
    let mut watch = kith.watch(&search).await.unwrap();
    assert_eq!(watch.silent(), []);

    hold(chess.meetup("new", 3, MeetupStatus::Published));
    assert_eq!(next(&mut watch).await, is(News::New, "new"));
    hold(chess.meetup("old", 4, MeetupStatus::Published));
    assert_eq!(next(&mut watch).await, is(News::Changed, "old"));
    hold(chess.meetup("old", 5, MeetupStatus::Cancelled));
    assert_eq!(next(&mut watch).await, is(News::Cancelled, "old"));
    let go = Chess::new("Go");
    let [founded, described] = go.notes.clone();
    hold(founded);
    hold(described);
    assert_eq!(next(&mut watch).await, is(News::New, "Go"));

    // Elsewhere, before the time, by somebody who does not own the community, of another topic.
    let away = Location::at(point(48.137, 11.575));
    let id = chess.notes[0].id();
    let evening = span(EVENING, None);
    let far = meetup(id, &chess.keys, "far", &away, evening);
    let early = span(EVENING - 9 * HOUR, None);
    let early = meetup(id, &chess.keys, "early", &chess.here, early);
    let mut bridge = meetup(id, &chess.keys, "bridge", &chess.here, evening);
    bridge.topics.clear();
    for note in [far, early, bridge] {
        hold(signed(&note, &chess.keys, FOUNDED + 9));
    }
    hold(chess.fence("fence"));
    assert_eq!(next(&mut watch).await, is(News::New, "fence"));
    kith.disconnect().await;
    let end = tokio::time::timeout(DEADLINE, StreamExt::next(&mut watch)).await;
    assert_eq!(end.unwrap(), None, "the stream ends with its handle");
}

#[tokio::test]
async fn what_is_announced_comes_in_words_and_in_cells() {
    let words = MapRelay::honest().await;
    announcements_of(&[&words]).await;
    let live = |filter: &&serde_json::Value| filter["limit"] == 0;
    let asked = words.asked();
    let live: Vec<_> = asked.iter().filter(live).collect();
    assert_eq!(live.len(), 2, "communities and meetups: {live:?}");
    assert!(live.iter().all(|filter| filter.get("#g").is_none()));
    announcements_of(&[&MapRelay::plain().await]).await;
}

#[tokio::test]
async fn nip01_103_what_several_relays_announce_comes_once() {
    announcements_of(&[&MapRelay::plain().await, &MapRelay::honest().await]).await;
}

#[tokio::test]
async fn nip50_09_a_relay_that_does_not_listen_to_words_announces_no_more_for_it() {
    let deaf = MapRelay::start(announcing_all(Some(500)), Temper::Deaf, 500).await;
    announcements_of(&[&deaf]).await;
    let unwilling = MapRelay::start(announcing_all(None), Temper::Unwilling, 500).await;
    announcements_of(&[&unwilling]).await;
}

#[tokio::test]
async fn what_was_missed_is_announced_when_the_relay_is_back() {
    let relay = MapRelay::honest().await;
    let chess = Chess::new("Chess");
    relay.hold(chess.notes.clone());
    let kith = visitor(&[&relay]).await;
    let search = near(50.8225, -0.1372, 10.0);
    let mut watch = kith.watch(&search).await.unwrap();
    relay.hang_up();
    relay.hold([chess.fence("missed")]);
    assert_eq!(next(&mut watch).await, is(News::New, "missed"));
    relay.hold([chess.fence("heard")]);
    assert_eq!(next(&mut watch).await, is(News::New, "heard"));
}

#[tokio::test]
async fn a_watch_that_is_dropped_is_closed() {
    let relay = MapRelay::honest().await;
    let kith = visitor(&[&relay]).await;
    let watch = kith.watch(&near(50.8225, -0.1372, 10.0)).await.unwrap();
    let open = async |number| {
        let waiting = tokio::time::timeout(DEADLINE, relay.has_open(number));
        waiting.await.unwrap();
    };
    // Its questions are answered and closed; what it listens to is not.
    open(1).await;
    drop(watch);
    open(0).await;
    assert!(kith.relays()[0].connected);
}

#[tokio::test]
async fn watching_needs_one_relay_that_listens() {
    let relay = MapRelay::honest().await;
    let gone = nowhere().await;
    let builder = Kith::builder().relay(&gone).relay(&relay.url);
    let kith = builder.timeout(TIMEOUT).connect().await.unwrap();
    let search = near(50.8225, -0.1372, 10.0);
    let watch = kith.watch(&search).await.unwrap();
    assert_eq!(watch.silent().len(), 1);
    drop(watch);

    let refusing = crate::support::scripted(|verb, id| match verb {
        "REQ" => vec![format!(r#"["CLOSED","{id}","restricted: members only"]"#)],
        _ => vec![],
    })
    .await;
    let kith = Kith::builder().relay(refusing.to_string());
    let kith = kith.timeout(TIMEOUT).connect().await.unwrap();
    let error = kith.watch(&search).await.unwrap_err();
    let ReadError::NobodyAnswered { silent } = error else {
        panic!("{error}")
    };
    assert!(silent[0].to_string().contains("members only"));
}
