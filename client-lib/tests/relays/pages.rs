//! Answers that are longer than a page: read to their end, and where a relay gives no more, said.

use kith_client::lbc::{
    BuildError, Channel, ChannelMessage, ChannelProfile, ChatView, Community, CommunityReference,
    FollowList, Note,
};
use kith_client::{Event, EventId, Keys, Kith, Listing, Reason};
use kith_nips::nip01::Draft;
use nostr_relay_builder::builder::RelayBuilder;
use nostr_relay_builder::local::LocalRelay;
use nostr_sdk::prelude::{MemoryDatabase, MemoryDatabaseOptions, NostrDatabase};

use crate::map_relay::{MapRelay, Temper, announcing_all};
use crate::support::{TIMEOUT, reader, start};

const NOW: u64 = 1_700_000_000;

fn community() -> Event {
    signed(&Community::new(""), NOW)
}

fn signed(note: &impl Note, created_at: u64) -> Event {
    let draft = note.draft().unwrap();
    draft.sign(&Keys::generate(), created_at).unwrap()
}

/// So many people follow it since this second.
fn followers(community: EventId, count: usize, since: u64) -> Vec<Event> {
    let mut list = FollowList::new();
    list.follow(community);
    (0..count).map(|_| signed(&list, since)).collect()
}

/// A relay that has these, and gives so many at a time.
async fn holding(events: &[Event], gives_max: usize) -> LocalRelay {
    let database = MemoryDatabase::with_opts(MemoryDatabaseOptions {
        events: true,
        max_events: None,
    });
    for event in events {
        let event = nostr_sdk::Event::try_from(event).unwrap();
        database.save_event(&event).await.unwrap();
    }
    let builder = RelayBuilder::default().database(database);
    start(builder.max_filter_limit(gives_max)).await
}

async fn at(url: &str) -> Kith {
    let connecting = Kith::builder().relay(url).timeout(TIMEOUT).connect();
    connecting.await.unwrap()
}

/// How many were found, and whether the relay is known to have more.
fn outcome<T>(listing: Listing<T>) -> (usize, bool) {
    let reasons = listing.silent.iter().map(|refusal| &refusal.reason);
    let reasons: Vec<&Reason> = reasons.collect();
    let is_cut = match reasons[..] {
        [] => false,
        [Reason::TooManyAtOnce] => true,
        _ => panic!("{reasons:?}"),
    };
    (listing.found.len(), is_cut)
}

#[tokio::test]
async fn nip67_08_a_second_is_read_in_as_long_a_page_as_the_relay_gives() {
    const FOLLOWERS: usize = 4_500;
    let community = community();
    let mut events = followers(community.id(), FOLLOWERS, NOW + 1);
    events.extend(followers(community.id(), 2, NOW));
    events.push(community.clone());
    let relay = holding(&events, 100_000).await;
    let listing = reader(&[&relay]).await.followers(community.id()).await;
    assert_eq!(outcome(listing.unwrap()), (FOLLOWERS + 2, false));
}

#[tokio::test]
async fn nip67_08_what_a_relay_leaves_out_of_a_second_is_said() {
    let community = community();
    let second = followers(community.id(), 40, NOW + 1);
    let older = followers(community.id(), 5, NOW);
    let events = [std::slice::from_ref(&community), &second[..], &older[..]].concat();
    let (cut, whole) = (holding(&events, 15).await, holding(&events, 41).await);
    for (relays, expected) in [(&[&cut][..], (20, true)), (&[&whole], (45, false))] {
        let listing = reader(relays).await.followers(community.id()).await;
        assert_eq!(outcome(listing.unwrap()), expected);
    }
    // What one leaves out, another has; but who knows whether it has all of it?
    let both = reader(&[&cut, &whole]).await;
    let listing = both.followers(community.id()).await.unwrap();
    assert_eq!(listing.silent.len(), 1);
    assert_eq!(listing.silent[0].relay, cut.url().await);
    assert_eq!(outcome(listing), (45, true));
}

#[tokio::test]
async fn nip67_08_a_second_without_anything_older_is_cut_where_the_relay_says_that_it_cuts() {
    let community = community();
    let events = followers(community.id(), 40, NOW);
    let found = async |max_limit: Option<usize>, gives_max: usize| {
        let relay = MapRelay::start(announcing_all(max_limit), Temper::Honest, gives_max).await;
        relay.hold([community.clone()]);
        relay.hold(events.clone());
        outcome(
            at(&relay.url)
                .await
                .followers(community.id())
                .await
                .unwrap(),
        )
    };
    assert_eq!(found(Some(30), 30).await, (30, true));
    assert_eq!(found(Some(40), 40).await, (40, true), "it may have more");
    assert_eq!(found(Some(500), 500).await, (40, false));
    assert_eq!(found(None, 500).await, (40, false));

    // It says nothing, and gives less than it is asked for.
    let second = followers(community.id(), 700, NOW);
    let events = [std::slice::from_ref(&community), &second[..]].concat();
    let relay = holding(&events, 500).await;
    let listing = reader(&[&relay]).await.followers(community.id()).await;
    assert_eq!(outcome(listing.unwrap()), (500, true));
}

/// A community with a chat, and what was said in it so often in each of these seconds.
fn said(seconds: &[(u64, usize)]) -> (EventId, Vec<Event>) {
    let keys = Keys::generate();
    let sign = |draft: Result<Draft, BuildError>, at| draft.unwrap().sign(&keys, at).unwrap();
    let community = sign(Community::new("").draft(), NOW);
    let reference = CommunityReference::new(community.id(), community.pubkey());
    let channel = Channel::of_community(reference, ChannelProfile::named("Chess"));
    let channel = sign(channel.draft(), NOW);
    let mut events = vec![community.clone(), channel.clone()];
    for (second, count) in seconds {
        events.extend((0..*count).map(|number| {
            let message = ChannelMessage::new(channel.id(), format!("{second} {number}"));
            sign(message.draft(), NOW + second)
        }));
    }
    (community.id(), events)
}

#[tokio::test]
async fn nip67_08_a_chat_is_read_past_a_second_that_is_longer_than_a_page() {
    let (community, events) = said(&[(30, 2), (20, 450), (10, 3), (9, 1)]);
    for (gives_max, expected) in [
        (100_000, (456, false)),
        (450, (456, true)),
        (100, (106, true)),
    ] {
        let relay = holding(&events, gives_max).await;
        let kith = reader(&[&relay]).await;
        let chat = kith.chat(community).await.unwrap();
        let said = kith.chat_messages(&chat, ChatView::Everybody, 1_000).await;
        assert_eq!(outcome(said.unwrap()), expected, "{gives_max}");
    }
    // One second is all that there is.
    let (community, events) = said(&[(30, 2)]);
    let relay = holding(&events, 100).await;
    let kith = reader(&[&relay]).await;
    let chat = kith.chat(community).await.unwrap();
    let said = kith.chat_messages(&chat, ChatView::Everybody, 1_000).await;
    assert_eq!(outcome(said.unwrap()), (2, false));
}
