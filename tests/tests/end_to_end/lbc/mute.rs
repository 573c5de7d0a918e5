//! People whom an owner muted (LBC-53).

use kith_nips::Event;
use serde_json::json;

use super::{community, meetup, metadata, people, rsvp};
use crate::events::{MOMENT, Note, note, pubkey};
use crate::harness::{Socket, TestRelay, within_deadline};
use crate::keeping::WAYS;

/// The owner, somebody muted, and somebody who is not.
const OWNER: u32 = 1;
const MUTED: u32 = 2;
const NEIGHBOUR: u32 = 3;

/// A community with everything that people write about.
struct Scene {
    community: Event,
    metadata: Event,
    meetup: Event,
    proposal: Event,
    channel: Event,
}

impl Scene {
    /// Publishes a community of this owner.
    async fn publish(socket: &mut Socket, owner: u32) -> Self {
        let community = community(owner).signed();
        let id = community.id().to_string();
        let scene = Scene {
            metadata: metadata(owner, &community).signed(),
            meetup: meetup(owner, &community, "chess").signed(),
            proposal: meetup(NEIGHBOUR, &community, "hike").signed(),
            channel: note(owner)
                .kind(40)
                .tag(&["e", &id, "", &community.pubkey().to_string()])
                .content(r#"{"name":"chat"}"#)
                .signed(),
            community,
        };
        for event in [
            &scene.community,
            &scene.metadata,
            &scene.meetup,
            &scene.proposal,
            &scene.channel,
        ] {
            socket.accept(event).await;
        }
        scene
    }

    /// A version of the block list, by its owner.
    fn blocked(&self, owner: u32, at: u64, keys: &[u32]) -> Event {
        people(owner, &self.community, ":blocked", keys)
            .at(at)
            .signed()
    }

    /// One of each way to write into the community, all four kinds.
    fn contributions(&self, author: u32) -> Vec<Note> {
        let id = |event: &Event| event.id().to_string();
        let address = |event: &Event| event.address().unwrap().to_string();
        let comment = |tag: &[&str]| note(author).kind(1_111).tag(tag).tag(&["K", "x"]);
        let message = note(author)
            .kind(42)
            .tag(&["e", &id(&self.channel), "", "root"]);
        let reply = message.clone().tag(&["e", &"a".repeat(64), "", "reply"]);
        vec![
            message,
            reply,
            comment(&["E", &id(&self.community)]),
            comment(&["A", &address(&self.metadata)]),
            comment(&["A", &address(&self.meetup)]),
            comment(&["E", &id(&self.meetup)]),
            comment(&["A", &address(&self.meetup)]).tag(&["E", &id(&self.meetup)]),
            comment(&["A", &address(&self.proposal)]),
            rsvp(author, &self.meetup),
            // As the first client wrote it: an event id in place of the kind.
            note(author).kind(31_925).tag(&["d", "old"]).tag(&[
                "a",
                &address(&self.meetup).replace("31923:", &format!("{}:", id(&self.meetup))),
            ]),
            note(author)
                .kind(31_925)
                .tag(&["d", "by version"])
                .tag(&["e", &id(&self.meetup)]),
            rsvp(author, &self.proposal),
            meetup(author, &self.community, "mine"),
            note(author)
                .kind(31_923)
                .tag(&["d", "1796322600"])
                .tag(&["e", &id(&self.community)]),
        ]
    }
}

/// Everything that `author` writes into the community is refused.
async fn check_refused(socket: &mut Socket, scene: &Scene, author: u32, at: u64) {
    for contribution in scene.contributions(author) {
        let event = contribution.at(at).signed();
        socket.event(&event).await.refused_with("blocked");
        assert_eq!(socket.count(json!({"ids": [event.id()]})).await, 0);
    }
}

/// Everything that `author` writes into the community is taken.
async fn check_accepted(socket: &mut Socket, scene: &Scene, author: u32, at: u64) {
    for contribution in scene.contributions(author) {
        let event = contribution.at(at).signed();
        let answer = socket.event(&event).await;
        assert!(answer.accepted, "{answer:?} for {}", event.json());
    }
}

#[tokio::test]
async fn lbc_53_the_muted_do_not_write_into_the_community() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let scene = Scene::publish(&mut socket, OWNER).await;
        check_accepted(&mut socket, &scene, MUTED, MOMENT).await;
        let list = scene.blocked(OWNER, MOMENT, &[9, MUTED]);
        socket.accept(&list).await;
        let mut live = relay.connect().await;
        live.req("live", json!({"authors": [pubkey(MUTED)], "limit": 0}))
            .await;
        check_refused(&mut socket, &scene, MUTED, MOMENT + 1).await;
        live.nothing_delivered().await;
        check_accepted(&mut socket, &scene, NEIGHBOUR, MOMENT + 1).await;
        drop((socket, live));
        relay.restart().await;
        let mut socket = relay.connect().await;
        check_refused(&mut socket, &scene, MUTED, MOMENT + 2).await;
        // Nothing that was there is gone.
        let before = json!({"authors": [pubkey(MUTED)], "kinds": [42, 1_111]});
        assert_eq!(socket.count(before).await, 8);
    }
}

#[tokio::test]
async fn lbc_53_unmuting_takes_effect_at_once() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let scene = Scene::publish(&mut socket, OWNER).await;
        for round in 0..4 {
            let at = MOMENT + 10 * round;
            socket.accept(&scene.blocked(OWNER, at, &[MUTED])).await;
            check_refused(&mut socket, &scene, MUTED, at).await;
            socket.accept(&scene.blocked(OWNER, at + 5, &[])).await;
            check_accepted(&mut socket, &scene, MUTED, at).await;
            // An older list changes nothing.
            let older = scene.blocked(OWNER, at + 4, &[MUTED]);
            socket.event(&older).await.refused_with("duplicate");
            check_accepted(&mut socket, &scene, MUTED, at + 1).await;
        }
        // A list that was deleted mutes nobody.
        let list = scene.blocked(OWNER, MOMENT + 100, &[MUTED]);
        socket.accept(&list).await;
        check_refused(&mut socket, &scene, MUTED, MOMENT + 100).await;
        let request = note(OWNER)
            .kind(5)
            .at(MOMENT + 100)
            .tag(&["a", &list.address().unwrap().to_string()]);
        socket.accept(&request.signed()).await;
        check_accepted(&mut socket, &scene, MUTED, MOMENT + 101).await;
    }
}

#[tokio::test]
async fn lbc_53_everything_else_of_the_muted_is_unaffected() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let scene = Scene::publish(&mut socket, OWNER).await;
        let elsewhere = Scene::publish(&mut socket, NEIGHBOUR).await;
        socket.accept(&scene.blocked(OWNER, MOMENT, &[MUTED])).await;
        check_accepted(&mut socket, &elsewhere, MUTED, MOMENT).await;
        let id = scene.community.id().to_string();
        // Not by the owner, so not official, though it names the community.
        let unofficial = note(NEIGHBOUR).kind(40).tag(&["e", &id]).signed();
        let own = note(MUTED).kind(31_923).tag(&["d", "party"]).signed();
        socket.accept(&unofficial).await;
        socket.accept(&own).await;
        let channel = scene.channel.id().to_string();
        let address = scene.meetup.address().unwrap().to_string();
        for event in [
            note(MUTED).content("hello"),
            note(MUTED).tag(&["e", &id]).tag(&["a", &address]),
            note(MUTED).kind(7).tag(&["e", &id]),
            note(MUTED).kind(10_037).tag(&["e", &id]),
            note(MUTED)
                .kind(42)
                .tag(&["e", &unofficial.id().to_string(), "", "root"]),
            // Named, but not the root.
            note(MUTED)
                .kind(42)
                .tag(&["e", &unofficial.id().to_string(), "", "root"])
                .tag(&["e", &channel, "", "reply"]),
            note(MUTED)
                .kind(1_111)
                .tag(&["E", &own.id().to_string()])
                .tag(&["e", &id]),
            note(MUTED).kind(1_111).tag(&["I", "https://example.com"]),
            rsvp(MUTED, &own),
            meetup(MUTED, &elsewhere.community, "theirs"),
            community(MUTED),
            note(MUTED).kind(5).tag(&["e", &own.id().to_string()]),
        ] {
            socket.accept(&event.signed()).await;
        }
    }
}

#[tokio::test]
async fn lbc_53_an_owner_is_never_muted() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let scene = Scene::publish(&mut socket, OWNER).await;
    socket
        .accept(&scene.blocked(OWNER, MOMENT, &[OWNER, MUTED]))
        .await;
    check_accepted(&mut socket, &scene, OWNER, MOMENT + 1).await;
    check_refused(&mut socket, &scene, MUTED, MOMENT + 1).await;
}

#[tokio::test]
async fn lbc_53_being_a_member_does_not_help() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let scene = Scene::publish(&mut socket, OWNER).await;
    socket
        .accept(&people(OWNER, &scene.community, "", &[MUTED]).signed())
        .await;
    check_accepted(&mut socket, &scene, MUTED, MOMENT).await;
    socket.accept(&scene.blocked(OWNER, MOMENT, &[MUTED])).await;
    let follows = note(MUTED)
        .kind(10_037)
        .tag(&["e", &scene.community.id().to_string()]);
    socket.accept(&follows.signed()).await;
    check_refused(&mut socket, &scene, MUTED, MOMENT + 1).await;
}

#[tokio::test]
async fn lbc_53_the_switch_is_the_operators() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let scene = Scene::publish(&mut socket, OWNER).await;
    socket.accept(&scene.blocked(OWNER, MOMENT, &[MUTED])).await;
    check_refused(&mut socket, &scene, MUTED, MOMENT).await;
    relay.reload(&[("KITH_RELAY_LBC_ENFORCE_MUTE", "false")]);
    let probe = rsvp(MUTED, &scene.meetup).signed();
    let off = within_deadline("the switch", async {
        while !socket.event(&probe).await.accepted {}
    });
    off.await;
    check_accepted(&mut socket, &scene, MUTED, MOMENT + 1).await;
}
