//! Where notes go beside the set of their author, and private messages that wait: the relays that a
//! community names itself, and inboxes that come back.

use std::time::Duration;

use kith_client::lbc::{Community, CommunityMetadata, CommunityReference};
use kith_client::nip52::{TimeSpan, When};
use kith_client::{
    Answer, EventId, Keys, Kind, Kith, KithBuilder, Listing, Local, Message, MessageError,
    NewCommunity, NewMeetup, NewMessage, QueuedNote, RelayUrl, Room,
};
use nostr_relay_builder::builder::RelayBuilder;
use nostr_relay_builder::local::LocalRelay;

use tokio::net::TcpSocket;

use crate::support::{EVENING, TIMEOUT, nowhere, put, reader, relay, scripted, start, tags, urls};

const FOUNDED: u64 = 1_700_000_000;

/// Comes within this time or never.
const DEADLINE: Duration = Duration::from_secs(60);

/// Somebody whose notes wait in a file.
struct Person {
    kith: Kith,
    local: Local,
    _folder: tempfile::TempDir,
}

async fn with_queue(relays: &[&LocalRelay], keys: &Keys) -> Person {
    with_queue_and(relays, keys, |builder| builder).await
}

async fn with_queue_and(
    relays: &[&LocalRelay],
    keys: &Keys,
    set: fn(KithBuilder) -> KithBuilder,
) -> Person {
    let folder = tempfile::tempdir().unwrap();
    let local = Local::open(folder.path().join("local.db")).await.unwrap();
    let builder = builder(relays, keys, &local).await;
    Person {
        kith: set(builder).connect().await.unwrap(),
        local,
        _folder: folder,
    }
}

async fn connect_with(relays: &[&LocalRelay], keys: &Keys, local: &Local) -> Kith {
    let builder = builder(relays, keys, local).await;
    builder.connect().await.unwrap()
}

async fn builder(relays: &[&LocalRelay], keys: &Keys, local: &Local) -> KithBuilder {
    let builder = Kith::builder().relays(urls(relays).await);
    let builder = builder.signer(keys.clone()).timeout(TIMEOUT);
    builder.local(local.clone())
}

impl Person {
    /// What waits after everything was tried.
    async fn waiting(&self) -> Vec<QueuedNote> {
        self.kith.settle(DEADLINE).await;
        self.local.queued().await.unwrap()
    }
}

/// A community that says that it is at these relays.
async fn community(at: &LocalRelay, owner: &Keys, relays: &[&str]) -> EventId {
    let event = put(at, &Community::new(""), owner, FOUNDED).await;
    let reference = CommunityReference::new(event.id(), owner.public_key().into());
    let mut metadata = CommunityMetadata::new(reference, "Brighton Chess");
    let named = relays.iter().map(|relay| ["relay", *relay]);
    let named: Vec<[&str; 2]> = named.collect();
    let named: Vec<&[&str]> = named.iter().map(|tag| &tag[..]).collect();
    metadata.other_tags = tags(&named);
    put(at, &metadata, owner, FOUNDED + 1).await;
    event.id()
}

async fn kinds_on(relay: &LocalRelay, author: &Keys) -> Vec<u16> {
    let client = reader(&[relay]).await;
    let filter = nostr_sdk::Filter::new().author(author.public_key());
    let found = client.client().fetch_events(filter, DEADLINE).await;
    let kinds = found.unwrap().into_iter().map(|event| event.kind.as_u16());
    let mut kinds: Vec<u16> = kinds.collect();
    kinds.sort_unstable();
    kinds
}

fn night(community: EventId) -> NewMeetup {
    let when = When::timed(TimeSpan::new(EVENING, None).unwrap());
    NewMeetup::new(community, "Opening night", when)
}

#[tokio::test]
async fn nip65_notes_of_a_community_go_to_the_relays_that_it_names() {
    let (home, theirs) = (relay().await, relay().await);
    let (owner, guest, other) = (Keys::generate(), Keys::generate(), Keys::generate());
    let named = theirs.url().await.to_string();
    let id = community(&home, &owner, &[&named]).await;

    let organizer = with_queue(&[&home], &owner).await;
    let scheduled = organizer.kith.schedule_meetup(&night(id)).await.unwrap();
    organizer.kith.approve(id, key(&guest)).await.unwrap();
    assert_eq!(organizer.waiting().await, []);
    assert_eq!(kinds_on(&theirs, &owner).await, [30_000, 31_923]);

    let person = with_queue(&[&home], &guest).await;
    person.kith.follow(id).await.unwrap();
    let meetup = person.kith.meetup(&scheduled.reference).await.unwrap();
    let answered = person.kith.answer(&meetup, Answer::Accepted).await.unwrap();
    // What the outcome tells of is the set.
    assert_eq!(answered.accepted, [home.url().await]);
    person.kith.comment(&meetup, "I bring cake").await.unwrap();
    assert_eq!(person.waiting().await, []);
    assert_eq!(kinds_on(&theirs, &guest).await, [1111, 10_037, 31_925]);

    // Who does not want it keeps to the set.
    let quiet = with_queue_and(&[&home], &other, KithBuilder::without_relay_lists).await;
    quiet.kith.follow(id).await.unwrap();
    assert_eq!(quiet.waiting().await, []);
    assert_eq!(kinds_on(&home, &other).await, [10_037]);
    assert!(kinds_on(&theirs, &other).await.is_empty());
}

#[tokio::test]
async fn nip65_what_is_said_in_a_community_goes_to_the_relays_that_it_names() {
    let (home, theirs) = (relay().await, relay().await);
    let (owner, guest) = (Keys::generate(), Keys::generate());
    let organizer = with_queue(&[&home], &owner).await;
    let created = organizer
        .kith
        .create_community(&NewCommunity::new("Brighton Chess"))
        .await
        .unwrap();
    let named = theirs.url().await.to_string();
    let edit = |metadata: &mut CommunityMetadata| metadata.set_carried_by([named.as_str()]);
    organizer
        .kith
        .edit_community(created.id, edit)
        .await
        .unwrap();
    assert_eq!(organizer.waiting().await, []);
    // What it lacked comes first (LBC-57).
    let notes = [40, 1037, 30_000, 30_037];
    assert_eq!(kinds_on(&theirs, &owner).await, notes);

    let new = NewCommunity {
        carried_by: vec![theirs.url().await],
        ..NewCommunity::new("Brighton Go")
    };
    organizer.kith.create_community(&new).await.unwrap();
    assert_eq!(organizer.waiting().await, []);
    assert_eq!(
        kinds_on(&theirs, &owner).await,
        notes.map(|kind| [kind; 2]).concat()
    );

    let person = with_queue(&[&home], &guest).await;
    let chat = person.kith.chat(created.id).await.unwrap();
    person.kith.say(&chat, "hello").await.unwrap();
    assert_eq!(person.waiting().await, []);
    assert_eq!(kinds_on(&theirs, &guest).await, [42]);
}

#[tokio::test]
async fn nip65_a_community_leads_to_few_relays_and_to_none_in_the_clear() {
    let home = relay().await;
    let (owner, guest) = (Keys::generate(), Keys::generate());
    let mut gone = Vec::new();
    for _ in 0..4 {
        gone.push(nowhere().await);
    }
    let clear = "ws://relay.example.com";
    let named = [clear, &gone[0], "no relay", &gone[1], &gone[2], &gone[3]];
    let id = community(&home, &owner, &named).await;
    // What others say about it leads nowhere.
    let reference = CommunityReference::new(id, key(&guest));
    let mut foreign = CommunityMetadata::new(reference, "Mine");
    foreign.other_tags = tags(&[&["relay", &gone[3]]]);
    put(&home, &foreign, &Keys::generate(), FOUNDED + 9).await;

    let person = with_queue(&[&home], &guest).await;
    person.kith.follow(id).await.unwrap();
    let waiting = person.waiting().await;
    let relays = waiting[0].relays.iter();
    let relays = relays.filter(|relay| relay.state == kith_client::QueueState::Waiting);
    let relays: Vec<String> = relays.map(|relay| relay.relay.to_string()).collect();
    let mut expected = gone[..2].to_vec();
    expected.sort();
    assert_eq!(relays, expected);
}

fn key(keys: &Keys) -> kith_client::PublicKey {
    keys.public_key().into()
}

#[tokio::test]
async fn private_messages_that_were_read_are_there_without_a_network() {
    let home = relay().await;
    let (alice, bob, carol) = (Keys::generate(), Keys::generate(), Keys::generate());
    let inbox = [home.url().await];
    let (writer, reader) = (
        with_queue(&[&home], &alice).await,
        with_queue(&[&home], &bob).await,
    );
    for person in [&writer, &reader] {
        person.kith.open_inbox(&inbox).await.unwrap();
    }
    let hello = NewMessage::to([key(&bob)], "hello");
    writer.kith.send_message(&hello).await.unwrap();
    assert_eq!(texts(reader.kith.messages().await.unwrap()), ["hello"]);
    assert_eq!(reader.waiting().await, []);
    reader.kith.disconnect().await;

    let offline = async |keys: &Keys| {
        let builder = Kith::builder().relays(urls(&[&home]).await).offline();
        let builder = builder.signer(keys.clone()).local(reader.local.clone());
        builder.connect().await.unwrap()
    };
    let kith = offline(&bob).await;
    assert_eq!(texts(kith.messages().await.unwrap()), ["hello"]);
    assert!(!kith.freshness().is_from_relays());
    // Nobody said whether Carol receives messages, which is not that she does not.
    assert!(kith.inbox(key(&carol)).await.is_err());
    let error = kith
        .send_message(&NewMessage::to([key(&carol)], "hello"))
        .await
        .unwrap_err();
    assert!(matches!(error, MessageError::InboxUnknown(_)), "{error}");
    let error = offline(&carol).await.messages().await.unwrap_err();
    assert!(matches!(error, MessageError::InboxUnknown(_)), "{error}");

    // What is cleared is not kept either.
    let room = Room::of([key(&alice), key(&bob)]);
    let forgotten = kith.forget_conversation(&reader.local, &room).await;
    assert_eq!(forgotten.unwrap().messages, 1);
    assert_eq!(texts(kith.messages().await.unwrap()), [""; 0]);
}

/// An address at which nobody is yet, and that nobody else takes.
struct Kept(TcpSocket);

impl Kept {
    fn new() -> Kept {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Kept(socket)
    }

    fn url(&self) -> RelayUrl {
        let address = self.0.local_addr().unwrap();
        RelayUrl::parse(&format!("ws://{address}")).unwrap()
    }

    /// From now on a relay is there.
    async fn relay(self) -> LocalRelay {
        let address = self.0.local_addr().unwrap();
        drop(self);
        let builder = RelayBuilder::default().addr(address.ip());
        start(builder.port(address.port())).await
    }
}

fn texts(messages: Listing<Message>) -> Vec<String> {
    let messages = messages.found.into_iter();
    messages.map(|message| message.text).collect()
}

#[tokio::test]
async fn a_private_message_waits_wrapped_and_is_sent_once_when_the_inbox_is_back() {
    let (home, away) = (relay().await, Kept::new());
    let (alice, bob) = (Keys::generate(), Keys::generate());
    let home_url = RelayUrl::parse(&home.url().await.to_string()).unwrap();
    let reader = with_queue(&[&home], &bob).await;
    reader.kith.open_inbox(&[away.url()]).await.unwrap();
    let writer = with_queue(&[&home], &alice).await;
    writer.kith.open_inbox(&[home_url]).await.unwrap();

    let hello = NewMessage::to([key(&bob)], "meet me at noon");
    let sent = writer.kith.send_message(&hello).await.unwrap();
    assert!(sent.deliveries[0].1.is_queued(), "{sent:?}");
    assert!(sent.copy.is_reached(), "{sent:?}");
    assert_eq!(writer.kith.outgoings().queued, 1);
    let waiting = writer.waiting().await;
    let [wrap] = &waiting[..] else {
        panic!("{waiting:?}")
    };
    assert_eq!(wrap.event.kind(), Kind::GIFT_WRAP);
    assert_eq!(
        wrap.event.tags().first_value("p"),
        Some(key(&bob).to_string().as_str())
    );
    assert_ne!(wrap.event.pubkey(), key(&alice));
    assert!(!wrap.event.json().contains("noon"));
    assert_eq!(wrap.relays[0].relay, away.url());

    // Another run of the program, after the relay came back.
    writer.kith.disconnect().await;
    let away = away.relay().await;
    let again = connect_with(&[&home], &alice, &writer.local).await;
    again.send_queued().await.unwrap();
    assert_eq!(writer.local.queued().await.unwrap(), []);
    let received = reader.kith.messages().await.unwrap();
    assert_eq!(received.found[0].wraps, [wrap.event.id()]);
    assert_eq!(texts(received), ["meet me at noon"]);
    again.send_queued().await.unwrap();
    assert_eq!(texts(again.messages().await.unwrap()), ["meet me at noon"]);
    assert_eq!(reader.kith.messages().await.unwrap().found.len(), 1);
    away.shutdown();
}

#[tokio::test]
async fn a_private_message_that_one_relay_has_or_all_refuse_does_not_wait() {
    let home = relay().await;
    let [alice, bob, carol] = [(); 3].map(|()| Keys::generate());
    let home_url = RelayUrl::parse(&home.url().await.to_string()).unwrap();
    let gone = RelayUrl::parse(&nowhere().await).unwrap();
    let refusing = scripted(|verb, id| match verb {
        "EVENT" => vec![format!(r#"["OK","{id}",false,"blocked: not here"]"#)],
        _ => vec![format!(r#"["EOSE","{id}"]"#)],
    })
    .await;
    let person = with_queue(&[&home], &bob).await;
    person.kith.open_inbox(&[gone, home_url]).await.unwrap();
    let strict = with_queue(&[&home], &carol).await;
    strict.kith.open_inbox(&[refusing]).await.unwrap();

    let writer = with_queue(&[&home], &alice).await;
    let to = |person: &Keys| NewMessage::to([key(person)], "hello");
    let sent = writer.kith.send_message(&to(&bob)).await.unwrap();
    assert!(sent.deliveries[0].1.is_reached());
    let error = writer.kith.send_message(&to(&carol)).await.unwrap_err();
    assert!(matches!(error, MessageError::Undelivered(_)), "{error}");
    assert_eq!(writer.waiting().await, []);
    assert_eq!(texts(person.kith.messages().await.unwrap()), ["hello"]);
}

#[tokio::test]
async fn a_private_message_is_written_without_a_network() {
    let home = relay().await;
    let (alice, bob) = (Keys::generate(), Keys::generate());
    let home_url = RelayUrl::parse(&home.url().await.to_string()).unwrap();
    let reader = with_queue(&[&home], &bob).await;
    let inbox = [home_url];
    reader.kith.open_inbox(&inbox).await.unwrap();
    let writer = with_queue(&[&home], &alice).await;
    writer.kith.open_inbox(&inbox).await.unwrap();
    writer.kith.inbox(key(&bob)).await.unwrap();
    assert_eq!(writer.waiting().await, []);
    writer.kith.disconnect().await;

    let builder = Kith::builder().relays(urls(&[&home]).await).offline();
    let builder = builder.signer(alice.clone()).local(writer.local.clone());
    let offline = builder.connect().await.unwrap();
    let hello = NewMessage::to([key(&bob)], "hello");
    let sent = offline.send_message(&hello).await.unwrap();
    assert!(sent.deliveries[0].1.is_queued() && sent.copy.is_queued());
    assert_eq!(texts(reader.kith.messages().await.unwrap()), [""; 0]);
    offline.disconnect().await;

    let again = connect_with(&[&home], &alice, &writer.local).await;
    again.settle(DEADLINE).await;
    assert_eq!(writer.local.queued().await.unwrap(), []);
    assert_eq!(texts(reader.kith.messages().await.unwrap()), ["hello"]);
    assert_eq!(texts(again.messages().await.unwrap()), ["hello"]);
}
