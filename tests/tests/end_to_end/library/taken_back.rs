//! What one relay was told to delete, another still serves: it stays gone, whichever of them is asked
//! first.

use kith_client::lbc::ChatView;
use kith_client::{Answer, Change, Kith, LookupError, Search};
use kith_nips::{Event, EventId};
use serde_json::json;

use super::{create, evening, me, person, reader};
use crate::events::{note, now};
use crate::harness::TestRelay;

/// Two relays that have the same; only the first is told what is taken back.
struct Two {
    told: TestRelay,
    other: TestRelay,
}

impl Two {
    async fn start() -> Two {
        Two {
            told: TestRelay::start().await,
            other: TestRelay::start().await,
        }
    }

    /// The key `number`, on both.
    async fn both(&self, number: u32) -> Kith {
        person(number, &[&self.told, &self.other]).await
    }

    /// The newest event of this kind.
    async fn newest(&self, kind: u16) -> Event {
        let mut socket = self.other.connect().await;
        socket.query(json!({"kinds": [kind]})).await.remove(0)
    }

    /// Deletes an event by its author, where only one relay hears it.
    async fn take_back(&self, number: u32, event: &Event, by_address: bool) {
        // A version that replaced another of the same second is dated after it.
        let at = now().max(event.created_at());
        let request = note(number).kind(5).at(at);
        let request = match event.address().filter(|_| by_address) {
            Some(address) => request.tag(&["a", &address.to_string()]),
            None => request.tag(&["e", &event.id().to_string()]),
        };
        self.told.connect().await.accept(&request.signed()).await;
        let still = json!({"ids": [event.id().to_string()]});
        assert_eq!(self.told.connect().await.query(still.clone()).await, []);
        assert_eq!(self.other.connect().await.query(still).await.len(), 1);
    }

    /// Somebody who asks both, in either order.
    async fn readers(&self) -> [Kith; 2] {
        [
            reader(&[&self.told, &self.other]).await,
            reader(&[&self.other, &self.told]).await,
        ]
    }
}

#[tokio::test]
async fn nip09_18_what_an_owner_took_back_has_no_effect_any_more() {
    for by_address in [true, false] {
        let two = Two::start().await;
        let owner = two.both(1).await;
        let guest = two.both(2).await;
        let community = create(&owner, "Chess").await;
        guest.follow(community).await.unwrap();
        owner.approve(community, me(&guest)).await.unwrap();
        for reader in two.readers().await {
            let members = reader.count_members(community).await.unwrap();
            assert_eq!(members.number, 1);
        }
        // The member list, then the description.
        let lists = two.newest(30_000).await;
        two.take_back(1, &lists, by_address).await;
        for reader in two.readers().await {
            assert_eq!(reader.count_members(community).await.unwrap().number, 0);
        }
        let described = two.newest(30_037).await;
        two.take_back(1, &described, by_address).await;
        for reader in two.readers().await {
            let view = reader.community(community).await.unwrap();
            assert!(view.metadata().is_none(), "{by_address}: {}", view.title());
        }
    }
}

#[tokio::test]
async fn nip09_18_a_list_that_was_taken_back_follows_nobody() {
    for by_address in [true, false] {
        let two = Two::start().await;
        let owner = two.both(1).await;
        let guest = two.both(2).await;
        let (one, other) = (create(&owner, "One").await, create(&owner, "Other").await);
        guest.follow(one).await.unwrap();
        guest.follow_person(me(&owner)).await.unwrap();
        let [communities, people] = [two.newest(10_037).await, two.newest(3).await];
        two.take_back(2, &communities, by_address).await;
        two.take_back(2, &people, by_address).await;
        for reader in two.readers().await {
            assert_eq!(reader.followers(one).await.unwrap().found, []);
            let following = reader.following_of(me(&guest)).await.unwrap();
            assert_eq!(following.found, []);
        }
        assert_eq!(guest.followed_people().await.unwrap().people, []);
        // A new list begins empty, not with what was taken back.
        let change = guest.follow(other).await.unwrap();
        assert!(matches!(change, Change::Published(_)));
        let following = guest.following().await.unwrap().found;
        let ids: Vec<EventId> = following.iter().map(|view| view.id()).collect();
        assert_eq!(ids, [other]);
    }
}

#[tokio::test]
async fn nip09_18_meetups_answers_comments_and_messages_stay_gone() {
    for by_address in [true, false] {
        let two = Two::start().await;
        let owner = two.both(1).await;
        let guest = two.both(2).await;
        let community = create(&owner, "Chess").await;
        let night = owner.schedule_meetup(&evening(community, "Night")).await;
        let night = night.unwrap().reference;
        guest.answer(&night, Answer::Accepted).await.unwrap();
        guest.comment(&night, "Is there a lift?").await.unwrap();
        let chat = guest.chat(community).await.unwrap();
        guest.say(&chat, "Hello").await.unwrap();
        for (kind, author) in [(31_925, 2), (1_111, 2), (42, 2)] {
            let event = two.newest(kind).await;
            two.take_back(author, &event, by_address).await;
        }
        for reader in two.readers().await {
            let attendance = reader.attendees(&night).await.unwrap();
            assert_eq!(attendance.tally.attendees.len(), 0);
            assert_eq!(reader.comments(&night).await.unwrap().found, []);
            let said = reader.chat_messages(&chat, ChatView::Everybody, 10).await;
            assert_eq!(said.unwrap().found, []);
        }
        let meetup = two.newest(31_923).await;
        two.take_back(1, &meetup, by_address).await;
        for reader in two.readers().await {
            let gone = reader.meetup(&night).await.unwrap_err();
            assert!(matches!(gone, LookupError::Deleted(_)), "{gone}");
            assert_eq!(reader.meetups(&Search::new()).await.unwrap().found, []);
        }
    }
}

#[tokio::test]
async fn nip09_18_nobody_is_written_to_where_they_do_not_listen_any_more() {
    for by_address in [true, false] {
        let two = Two::start().await;
        let guest = two.both(2).await;
        let relays: Vec<_> = guest.relays().into_iter().map(|relay| relay.url).collect();
        guest.open_inbox(&relays).await.unwrap();
        let inbox = two.newest(10_050).await;
        two.take_back(2, &inbox, by_address).await;
        for reader in two.readers().await {
            assert_eq!(reader.inbox(me(&guest)).await.unwrap().found, []);
        }
    }
}

#[tokio::test]
async fn nip09_18_what_others_want_deleted_stays() {
    let two = Two::start().await;
    let owner = two.both(1).await;
    let community = create(&owner, "Chess").await;
    let described = two.newest(30_037).await;
    let foreign = note(2).kind(5).tag(&["e", &described.id().to_string()]);
    let foreign = foreign.tag(&["a", &described.address().unwrap().to_string()]);
    two.told
        .connect()
        .await
        .accept(&foreign.at(now()).signed())
        .await;
    for reader in two.readers().await {
        assert_eq!(reader.community(community).await.unwrap().title(), "Chess");
    }
}
