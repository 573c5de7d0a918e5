//! Private messages and announcements on relays that are not ours: what is forged is not shown, who
//! refuses is named, and nobody gets anything twice.

use kith_client::{
    Audience, Delivery, Keys, Kith, Local, MessageError, NewAnnouncement, NewCommunity, NewMessage,
    PublicKey, RelayUrl, Room,
};
use nostr_relay_builder::local::LocalRelay;
use nostr_sdk::nips::nip59::make_seal;
use nostr_sdk::{EventBuilder, JsonUtil, Kind, NostrSigner, Tag, Timestamp, UnsignedEvent};
use serde_json::{Value, json};

use crate::support::{person, private_relay, relay, scripted};

fn key(keys: &Keys) -> PublicKey {
    keys.public_key().into()
}

/// Somebody who receives messages at this relay.
async fn reachable(relay: &LocalRelay, keys: &Keys) -> Kith {
    let kith = person(&[relay], keys).await;
    let inbox = RelayUrl::parse(&relay.url().await.to_string()).unwrap();
    kith.open_inbox(&[inbox]).await.unwrap();
    kith
}

async fn put(kith: &Kith, event: &nostr_sdk::Event) {
    let sent = kith.client().send_event(event).await.unwrap();
    assert!(!sent.success.is_empty(), "{sent:?}");
}

fn texts(messages: Vec<kith_client::Message>) -> Vec<String> {
    messages.into_iter().map(|message| message.text).collect()
}

#[tokio::test]
async fn nip17_01_05_a_group_talks_on_a_relay_that_asks_who_is_there() {
    let relay = private_relay().await;
    let [alice, bob, carol] = [(); 3].map(|()| Keys::generate());
    let [a, b, c] = [
        reachable(&relay, &alice).await,
        reachable(&relay, &bob).await,
        reachable(&relay, &carol).await,
    ];
    let first = NewMessage {
        subject: Some("Boards".to_owned()),
        ..NewMessage::to([key(&bob), key(&carol), key(&bob)], "Who brings some?")
    };
    let sent = a.send_message(&first).await.unwrap();
    assert_eq!(sent.deliveries.len(), 2);
    assert!(sent.copy.is_reached());
    let answer = NewMessage {
        reply_to: Some(sent.message.id),
        ..NewMessage::to([key(&alice), key(&carol)], "I do")
    };
    b.send_message(&answer).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let local = Local::open(folder.path().join("local.db")).await.unwrap();
    let room = Room::of([key(&alice), key(&bob), key(&carol)]);
    for kith in [&a, &b, &c] {
        let conversations = kith.conversations(&local).await.unwrap().found;
        let [conversation] = &conversations[..] else {
            panic!("{conversations:?}");
        };
        assert_eq!(conversation.room, room);
        assert_eq!(conversation.subject.as_deref(), Some("Boards"));
        let mut said = texts(conversation.messages.clone());
        said.sort();
        assert_eq!(said, ["I do", "Who brings some?"]);
    }
}

#[tokio::test]
async fn nip17_04_nothing_is_sent_when_somebody_has_no_inbox() {
    let relay = relay().await;
    let [alice, bob, carol] = [(); 3].map(|()| Keys::generate());
    let a = reachable(&relay, &alice).await;
    let b = reachable(&relay, &bob).await;
    let both = NewMessage::to([key(&bob), key(&carol)], "hello");
    let error = a.send_message(&both).await.unwrap_err();
    assert!(
        matches!(&error, MessageError::NoInbox(people) if *people == [key(&carol)]),
        "{error}"
    );
    assert_eq!(b.messages().await.unwrap().found, []);
    assert_eq!(a.messages().await.unwrap().found, []);
    let wraps = nostr_sdk::Filter::new().kind(Kind::GiftWrap);
    let wraps = a
        .client()
        .fetch_events(wraps, crate::support::TIMEOUT)
        .await;
    assert!(wraps.unwrap().is_empty());
}

/// A seal of `sealer` around this text, wrapped for `receiver`.
async fn wrapped(sealer: &Keys, receiver: &Keys, kind: Kind, rumor: &str) -> nostr_sdk::Event {
    let receiver = receiver.public_key();
    let content = sealer.nip44_encrypt(&receiver, rumor).await.unwrap();
    let seal = EventBuilder::new(kind, content);
    let seal = seal.sign_with_keys(sealer).unwrap();
    around(&seal.as_json(), &receiver, []).await
}

async fn around(
    seal: &str,
    receiver: &nostr_sdk::PublicKey,
    tags: impl IntoIterator<Item = Tag>,
) -> nostr_sdk::Event {
    let key = Keys::generate();
    let content = key.nip44_encrypt(receiver, seal).await.unwrap();
    let wrap = EventBuilder::new(Kind::GiftWrap, content);
    let wrap = wrap.tag(Tag::public_key(*receiver)).tags(tags);
    wrap.sign_with_keys(&key).unwrap()
}

fn rumor(author: &Keys, to: &Keys, text: &str) -> UnsignedEvent {
    let builder = EventBuilder::private_msg_rumor(to.public_key(), text);
    let mut rumor = builder.build(author.public_key());
    rumor.ensure_id();
    rumor
}

/// A rumor with a member of its own.
fn with(rumor: &UnsignedEvent, member: &str, value: &str) -> String {
    let mut rumor: Value = serde_json::from_str(&rumor.as_json()).unwrap();
    rumor[member] = json!(value);
    rumor.to_string()
}

#[tokio::test]
async fn nip17_02_nip44_07_nip59_01_what_is_forged_is_not_shown() {
    let relay = relay().await;
    let [alice, bob, mallory] = [(); 3].map(|()| Keys::generate());
    let b = reachable(&relay, &bob).await;
    let m = person(&[&relay], &mallory).await;
    let said = rumor(&alice, &bob, "forged");
    let json = said.as_json();

    // Mallory seals what Alice is to have said.
    put(&m, &wrapped(&mallory, &bob, Kind::Seal, &json).await).await;
    // The seal says that it is Alice's, and is signed by Mallory.
    let content = mallory
        .nip44_encrypt(&bob.public_key(), &json)
        .await
        .unwrap();
    let seal = EventBuilder::new(Kind::Seal, content)
        .sign_with_keys(&mallory)
        .unwrap();
    let mut seal: Value = serde_json::from_str(&seal.as_json()).unwrap();
    seal["pubkey"] = json!(alice.public_key().to_hex());
    put(&m, &around(&seal.to_string(), &bob.public_key(), []).await).await;
    // What Alice signed for everybody is not what she said in private.
    put(&m, &wrapped(&alice, &bob, Kind::TextNote, &json).await).await;
    let sig = "00".repeat(64);
    let signed = with(&said, "sig", &sig);
    put(&m, &wrapped(&alice, &bob, Kind::Seal, &signed).await).await;
    let renamed = with(&said, "id", &"00".repeat(32));
    put(&m, &wrapped(&alice, &bob, Kind::Seal, &renamed).await).await;
    for garbage in ["not JSON", "{}"] {
        put(&m, &wrapped(&alice, &bob, Kind::Seal, garbage).await).await;
        put(&m, &around(garbage, &bob.public_key(), []).await).await;
    }
    assert_eq!(b.messages().await.unwrap().found, []);

    let genuine = rumor(&alice, &bob, "genuine");
    let twice = [(); 2].map(|()| genuine.as_json());
    for json in twice {
        put(&m, &wrapped(&alice, &bob, Kind::Seal, &json).await).await;
    }
    let found = b.messages().await.unwrap().found;
    assert_eq!((found.len(), found[0].wraps.len()), (1, 2));
    assert_eq!(
        (found[0].author, found[0].text.as_str()),
        (key(&alice), "genuine")
    );
}

#[tokio::test]
async fn nip17_08_12_what_expired_or_was_taken_back_is_not_shown() {
    let relay = relay().await;
    let [alice, bob] = [(); 2].map(|()| Keys::generate());
    let b = reachable(&relay, &bob).await;
    let bob_key = bob.public_key();
    let sealed = async |rumor: UnsignedEvent| {
        let seal = make_seal(&alice, &bob_key, rumor).await.unwrap();
        seal.sign_with_keys(&alice).unwrap().as_json()
    };
    let kept = sealed(rumor(&alice, &bob, "kept")).await;
    put(&b, &around(&kept, &bob_key, []).await).await;
    let taken = rumor(&alice, &bob, "taken back");
    let id = taken.id.unwrap();
    let taken = sealed(taken).await;
    put(&b, &around(&taken, &bob_key, []).await).await;
    assert_eq!(b.messages().await.unwrap().found.len(), 2);
    let back = EventBuilder::new(Kind::EventDeletion, "").tag(Tag::event(id));
    let back = sealed(back.build(alice.public_key())).await;
    put(&b, &around(&back, &bob_key, []).await).await;
    // A relay that does not know expirations serves it as long as it likes.
    let later = Tag::expiration(Timestamp::now() + 600_u64);
    let expiring = sealed(rumor(&alice, &bob, "expiring")).await;
    put(&b, &around(&expiring, &bob_key, [later]).await).await;
    let late = Kith::builder()
        .relay(relay.url().await.to_string())
        .signer(bob.clone())
        .clock(|| Timestamp::now().as_secs() + 3_600);
    let late = late.connect().await.unwrap();
    assert_eq!(texts(late.messages().await.unwrap().found), ["kept"]);
}

/// A community of `owner` with so many followers, who receive messages at `inbox`.
async fn followers(relay: &LocalRelay, owner: &Kith, inbox: &str, count: usize) -> Vec<Keys> {
    let community = owner.create_community(&NewCommunity::new("Chess")).await;
    let community = community.unwrap().id;
    let everybody: Vec<Keys> = (0..count).map(|_| Keys::generate()).collect();
    for keys in &everybody {
        let kith = person(&[relay], keys).await;
        kith.follow(community).await.unwrap();
        kith.open_inbox(&[RelayUrl::parse(inbox).unwrap()])
            .await
            .unwrap();
        kith.disconnect().await;
    }
    everybody
}

async fn announcement(owner: &Kith) -> NewAnnouncement {
    let me = owner.public_key().unwrap();
    let community = owner.communities_of(me).await.unwrap().found.remove(0);
    NewAnnouncement::new(&community, Audience::Followers, "We moved")
}

#[tokio::test]
async fn an_announcement_that_is_dropped_goes_on_where_it_was() {
    let relay = relay().await;
    let owner = person(&[&relay], &Keys::generate()).await;
    let inbox = relay.url().await.to_string();
    let everybody = followers(&relay, &owner, &inbox, 12).await;
    let folder = tempfile::tempdir().unwrap();
    let local = Local::open(folder.path().join("local.db")).await.unwrap();
    let new = announcement(&owner).await;

    let mut first = owner.announce(&local, &new).await.unwrap();
    assert_eq!((first.people(), first.reached_before()), (12, 0));
    assert!(first.next().await.unwrap().unwrap().delivery.is_reached());
    drop(first);
    let records = local
        .announcements(owner.public_key().unwrap())
        .await
        .unwrap();
    assert!(!records[0].is_finished() || records[0].counts.reached == 12);

    let mut second = owner.announce(&local, &new).await.unwrap();
    assert!(second.reached_before() > 0);
    let mut reached = second.reached_before();
    while let Some(told) = second.next().await {
        assert!(told.unwrap().delivery.is_reached());
        reached += 1;
    }
    assert_eq!(reached, 12);
    let records = local
        .announcements(owner.public_key().unwrap())
        .await
        .unwrap();
    assert_eq!((records.len(), records[0].counts.reached), (1, 12));
    assert!(records[0].is_finished());
    for keys in &everybody {
        let kith = person(&[&relay], keys).await;
        let found = kith.messages().await.unwrap().found;
        assert_eq!((found.len(), found[0].wraps.len()), (1, 1));
        assert_eq!(
            found[0].room(),
            Room::of([key(keys), owner.public_key().unwrap()])
        );
    }
}

#[tokio::test]
async fn who_refuses_a_wrap_is_named_and_refusing_finishes_the_announcement() {
    let relay = relay().await;
    let owner = person(&[&relay], &Keys::generate()).await;
    let unwilling = scripted(|verb, id| match verb {
        "EVENT" => vec![format!(r#"["OK","{id}",false,"blocked: not here"]"#)],
        _ => vec![],
    });
    let unwilling = unwilling.await.to_string();
    followers(&relay, &owner, &unwilling, 2).await;
    let folder = tempfile::tempdir().unwrap();
    let local = Local::open(folder.path().join("local.db")).await.unwrap();
    let new = announcement(&owner).await;
    let mut announcing = owner.announce(&local, &new).await.unwrap();
    let mut refused = 0;
    while let Some(told) = announcing.next().await {
        let told = told.unwrap();
        let Delivery::Refused(refusals) = &told.delivery else {
            panic!("{told:?}");
        };
        assert_eq!(refusals[0].message(), Some("blocked: not here"));
        refused += 1;
    }
    let records = local
        .announcements(owner.public_key().unwrap())
        .await
        .unwrap();
    assert_eq!((refused, records[0].counts.refused), (2, 2));
    assert!(
        records[0].is_finished(),
        "trying again would change nothing"
    );
}
