//! Following, membership and muting.

use kith_client::lbc::{ChannelMessage, Note};
use kith_client::{
    Answer, Change, EventId, Kith, MemberError, Membership, Prefix, PublicKey, PublishError,
    RsvpError, Search,
};
use serde_json::json;

use super::{create, evening, me, person, reader, tags, written};
use crate::events::{Note as Drafted, note, now};
use crate::harness::{Socket, TestRelay};

#[tokio::test]
async fn lbc_15_16_18_following_and_leaving_change_one_entry() {
    let relay = TestRelay::start().await;
    let (owner, guest) = (person(1, &[&relay]).await, person(2, &[&relay]).await);
    let (one, two) = (create(&owner, "One").await, create(&owner, "Two").await);
    let mut socket = relay.connect().await;
    let (one_id, unknown) = (one.to_string(), EventId::from_bytes([7; 32]).to_string());
    let list = written(&[
        &["locationStatus", "visiting"],
        &["e", &unknown, "wss://elsewhere.example", "extra"],
        &["x-unknown", "a", "", "c"],
        &["g", "GB:Brighton", "city"],
        &["e", &one_id],
        &["t", "Chess"],
    ]);
    let mut foreign = note(2).kind(10037).at(now() + 500).content("back in town");
    for tag in &list {
        foreign = foreign.tag(&tag.iter().map(String::as_str).collect::<Vec<_>>());
    }
    socket.accept(&foreign.signed()).await;

    assert!(matches!(
        guest.follow(two).await.unwrap(),
        Change::Published(_)
    ));
    let current = the_only(&mut socket, 10037).await;
    let followed: Vec<_> = list
        .iter()
        .cloned()
        .chain(written(&[&["e", &two.to_string()]]))
        .collect();
    assert_eq!(
        tags(&current),
        followed,
        "appended, and nothing else changed"
    );
    assert_eq!(current.content(), "back in town");
    assert_eq!(
        current.created_at(),
        foreign.signed().created_at() + 1,
        "nip01_108"
    );

    assert_eq!(
        guest.follow(two).await.unwrap(),
        Change::Unchanged,
        "no duplicate"
    );
    assert!(matches!(
        guest.leave(one).await.unwrap(),
        Change::Published(_)
    ));
    let left: Vec<_> = followed
        .into_iter()
        .filter(|tag| tag[1] != one_id)
        .collect();
    assert_eq!(tags(&the_only(&mut socket, 10037).await), left);
    assert_eq!(guest.leave(one).await.unwrap(), Change::Unchanged);

    let following = guest.following().await.unwrap().found;
    let titles: Vec<String> = following.iter().map(|view| view.title()).collect();
    assert_eq!(
        titles,
        ["Two"],
        "lbc_17: an id that is no community is skipped"
    );
}

#[tokio::test]
async fn lbc_20_followers_are_counted_once_each() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let community = create(&owner, "Brighton Chess").await;
    for number in [2, 3, 4] {
        person(number, &[&relay])
            .await
            .follow(community)
            .await
            .unwrap();
    }
    let phone = person(3, &[&relay]).await;
    phone.follow(community).await.unwrap();
    person(4, &[&relay]).await.leave(community).await.unwrap();
    let followers = reader(&[&relay]).await.followers(community).await.unwrap();
    let mut expected =
        [2, 3].map(|number| PublicKey::from(crate::events::keys(number).public_key()));
    expected.sort_unstable();
    assert_eq!(
        (followers.found.as_slice(), followers.silent.len()),
        (&expected[..], 0)
    );
    let mut socket = relay.connect().await;
    let asked = json!({"kinds": [10037], "#e": [community.to_string()]});
    assert_eq!(socket.count(asked).await, 2);
}

#[tokio::test]
async fn lbc_50_51_each_action_changes_the_fewest_lists() {
    let relay = TestRelay::start().await;
    let (owner, guest) = (person(1, &[&relay]).await, person(2, &[&relay]).await);
    let community = create(&owner, "Brighton Chess").await;
    let key = me(&guest);
    let state = async || {
        reader(&[&relay])
            .await
            .membership(community, key)
            .await
            .unwrap()
    };
    let what = |change: &Change| matches!(change, Change::Published(_));
    assert_eq!(state().await, Membership::Visitor);

    let approved = owner.approve(community, key).await.unwrap();
    assert_eq!(
        (what(&approved.members), what(&approved.muted)),
        (true, false)
    );
    assert_eq!(
        state().await,
        Membership::Lapsed,
        "approved, but does not follow"
    );
    guest.follow(community).await.unwrap();
    assert_eq!(state().await, Membership::Member);
    assert!(owner.approve(community, key).await.unwrap().is_nothing());

    let muted = owner.mute(community, key).await.unwrap();
    assert_eq!((what(&muted.members), what(&muted.muted)), (true, true));
    assert_eq!(state().await, Membership::Muted);
    assert!(owner.mute(community, key).await.unwrap().is_nothing());
    guest.leave(community).await.unwrap();
    assert_eq!(
        state().await,
        Membership::Muted,
        "D7: leaving does not unmute"
    );
    guest.follow(community).await.unwrap();

    let unmuted = owner.unmute(community, key).await.unwrap();
    assert_eq!(
        (what(&unmuted.members), what(&unmuted.muted)),
        (false, true)
    );
    assert_eq!(state().await, Membership::Follower, "not a member again");
    owner.approve(community, key).await.unwrap();
    let removed = owner.remove(community, key).await.unwrap();
    assert_eq!(
        (what(&removed.members), what(&removed.muted)),
        (true, false)
    );
    assert_eq!(state().await, Membership::Follower);
    guest.leave(community).await.unwrap();
    assert_eq!(state().await, Membership::Visitor);

    // Only the owner decides, and never against themselves (D10).
    for refused in [
        guest.approve(community, key).await,
        guest.mute(community, me(&owner)).await,
        guest.unmute(community, key).await,
        guest.remove(community, key).await,
    ] {
        assert!(matches!(refused, Err(MemberError::NotOwner(named)) if named.id == community));
    }
    let refused = owner.mute(community, me(&owner)).await;
    assert!(matches!(refused, Err(MemberError::Owner)));
    assert_eq!(
        owner.membership(community, me(&owner)).await.unwrap(),
        Membership::Owner
    );
}

#[tokio::test]
async fn members_are_listed_by_state() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let community = create(&owner, "Brighton Chess").await;
    let key = |number: u32| PublicKey::from(crate::events::keys(number).public_key());
    for follower in [2, 4, 5] {
        person(follower, &[&relay])
            .await
            .follow(community)
            .await
            .unwrap();
    }
    owner.approve(community, key(2)).await.unwrap();
    owner.approve(community, key(3)).await.unwrap();
    owner.mute(community, key(5)).await.unwrap();
    // LBC-49: the lists of others have no effect.
    let forged = note(4).kind(30000).tag(&["d", &community.to_string()]);
    relay
        .connect()
        .await
        .accept(&forged.tag(&["p", &key(4).to_string()]).signed())
        .await;

    let found = reader(&[&relay])
        .await
        .members(community)
        .await
        .unwrap()
        .found;
    let states: Vec<(PublicKey, Membership)> = found
        .iter()
        .map(|member| (member.person, member.state))
        .collect();
    assert_eq!(
        states,
        [
            (key(1), Membership::Owner),
            (key(2), Membership::Member),
            (key(3), Membership::Lapsed),
            (key(4), Membership::Follower),
            (key(5), Membership::Muted),
        ]
    );
}

#[tokio::test]
async fn nip51_03_lists_of_people_keep_what_others_put_into_them() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let community = create(&owner, "Brighton Chess").await;
    let id = community.to_string();
    let key = |number: u32| PublicKey::from(crate::events::keys(number).public_key()).to_string();
    let mut socket = relay.connect().await;
    let foreign = |d: &str, title: &str, person: u32| {
        note(1)
            .kind(30000)
            .at(now() + 100)
            .content("AbCd?iv=private")
            .tag(&["title", title])
            .tag(&["d", d])
            .tag(&["p", &key(1)])
            .tag(&["p", "no key at all"])
            .tag(&["p", &key(person), "wss://elsewhere.example", "petname"])
            .tag(&["x-unknown", "", "b"])
            .tag(&["description", "ours"])
    };
    let members: Drafted = foreign(&id, "Members!", 2);
    let blocked: Drafted = foreign(&format!("{id}:blocked"), "Blocked!", 3);
    socket
        .accept_all(&[members.signed(), blocked.signed()])
        .await;

    owner
        .approve(community, key(4).parse().unwrap())
        .await
        .unwrap();
    owner
        .mute(community, key(5).parse().unwrap())
        .await
        .unwrap();
    let mut lists = socket.query(json!({"kinds": [30000]})).await;
    lists.sort_by_key(|list| list.identifier().len());
    for (list, before, added) in [(&lists[0], &members, 4), (&lists[1], &blocked, 5)] {
        let mut expected = tags(&before.signed());
        expected.extend(written(&[&["p", &key(added)]]));
        assert_eq!(tags(list), expected);
        assert_eq!(list.content(), "AbCd?iv=private");
    }
    owner
        .remove(community, key(4).parse().unwrap())
        .await
        .unwrap();
    let list = socket
        .query(json!({"kinds": [30000], "#d": [id]}))
        .await
        .remove(0);
    assert_eq!(tags(&list), tags(&members.signed()));
}

#[tokio::test]
async fn lbc_53_54_the_relay_keeps_the_muted_out_of_the_community_and_nowhere_else() {
    let relay = TestRelay::start().await;
    let (owner, troll) = (person(1, &[&relay]).await, person(2, &[&relay]).await);
    let created = owner
        .create_community(&super::chess("Brighton Chess"))
        .await
        .unwrap();
    let (community, chat) = (created.id, created.steps[3].1.id);
    let other = create(&owner, "Another").await;
    let meetup = owner
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap()
        .reference;
    let elsewhere = owner
        .schedule_meetup(&evening(other, "Elsewhere"))
        .await
        .unwrap()
        .reference;
    troll.answer(&meetup, Answer::Accepted).await.unwrap();
    let proposal = troll
        .schedule_meetup(&evening(community, "Mine"))
        .await
        .unwrap()
        .reference;

    let comment = |content: &str| {
        let address = owner_address(&meetup);
        note(2)
            .kind(1111)
            .content(content)
            .tag(&["A", &address])
            .tag(&["K", "31923"])
            .tag(&["a", &address])
            .tag(&["k", "31923"])
    };
    let message = |content: &str| {
        let message = ChannelMessage::new(chat, content);
        message
            .draft()
            .unwrap()
            .sign(&crate::events::keys(2), now())
            .unwrap()
    };
    let mut socket = relay.connect().await;
    socket.accept(&comment("before").signed()).await;
    socket.accept(&message("before")).await;

    owner.mute(community, me(&troll)).await.unwrap();
    refused(&troll, &mut socket, &comment("now").signed()).await;
    refused(&troll, &mut socket, &message("now")).await;
    match troll.answer(&meetup, Answer::Declined).await.unwrap_err() {
        RsvpError::Publish(PublishError::NobodyAccepted { refused, .. }) => {
            assert_eq!(refused[0].prefix(), Some(Prefix::Blocked));
        }
        error => panic!("{error}"),
    }
    assert!(
        troll
            .schedule_meetup(&evening(community, "More"))
            .await
            .is_err()
    );
    assert!(troll.cancel_meetup(&proposal).await.is_err());
    // Everything else is their own affair.
    socket.accept(&note(2).content("hello").signed()).await;
    troll.answer(&elsewhere, Answer::Accepted).await.unwrap();
    troll.follow(community).await.unwrap();
    troll.leave(community).await.unwrap();

    // LBC-54: what was written before is hidden, not deleted.
    let of_community = Search::new().community(community);
    let attendance = owner.attendees(&meetup).await.unwrap();
    assert_eq!(
        (attendance.tally.attendees.len(), attendance.silent.len()),
        (0, 0)
    );
    assert_eq!(owner.meetups(&of_community).await.unwrap().found.len(), 1);
    let stored =
        socket.query(json!({"kinds": [1111, 42, 31925], "authors": [me(&troll).to_string()]}));
    assert_eq!(stored.await.len(), 4);

    owner.unmute(community, me(&troll)).await.unwrap();
    assert_eq!(
        owner
            .attendees(&meetup)
            .await
            .unwrap()
            .tally
            .count(Answer::Accepted),
        1
    );
    assert_eq!(owner.meetups(&of_community).await.unwrap().found.len(), 2);
    troll.answer(&meetup, Answer::Tentative).await.unwrap();
    socket.accept(&comment("again").signed()).await;
    socket.accept(&message("again")).await;
}

/// Refused by the relay, whoever sends it.
async fn refused(troll: &Kith, socket: &mut Socket, event: &kith_nips::Event) {
    assert_eq!(event.pubkey(), me(troll));
    socket.event(event).await.refused_with("blocked");
}

fn owner_address(meetup: &kith_client::Reference) -> String {
    match &meetup.target {
        kith_client::Target::Address(address) => address.to_string(),
        kith_client::Target::Id(id) => panic!("{id}"),
    }
}

/// The only event of this kind.
async fn the_only(socket: &mut Socket, kind: u16) -> kith_nips::Event {
    let mut found = socket.query(json!({"kinds": [kind]})).await;
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}
