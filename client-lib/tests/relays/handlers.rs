//! Programs for kinds that the library does not show (NIP-89), and what it says of itself: nothing.

use kith_client::lbc::{Location, Note};
use kith_client::nip02::FollowedPeople;
use kith_client::nip52::{TimeSpan, When};
use kith_client::{
    Answer, Draft, Event, Keys, Kind, NewAnswer, NewCommunity, NewMeetup, Plan, PublicKey,
};
use serde_json::json;

use crate::discovery::point;
use crate::map_relay::MapRelay;
use crate::support::{EVENING, connect, tags};

const FILE: Kind = Kind::new(1_063);
const RECOMMENDATION: Kind = Kind::new(31_989);
const HANDLER: Kind = Kind::new(31_990);

fn key(keys: &Keys) -> PublicKey {
    keys.public_key().into()
}

fn signed(kind: Kind, with: &[&[&str]], keys: &Keys) -> Event {
    let draft = Draft {
        kind,
        created_at: None,
        tags: tags(with),
        content: String::new(),
    };
    draft.sign(keys, EVENING).unwrap()
}

/// A program of these keys that shows a kind.
fn program(name: &str, kind: &str, keys: &Keys) -> Event {
    let address = format!("https://{name}.example.com/<bech32>");
    let with: [&[&str]; 4] = [
        &["d", name],
        &["k", kind],
        &["web", &address],
        &["latest", "https://evil.example.com/<bech32>"],
    ];
    signed(HANDLER, &with, keys)
}

fn recommending(kind: &str, programs: &[&Event], keys: &Keys) -> Event {
    let addresses = programs
        .iter()
        .map(|one| one.address().unwrap().to_string());
    let mut with = vec![vec!["d".to_owned(), kind.to_owned()]];
    with.extend(addresses.map(|at| vec!["a".to_owned(), at, String::new(), "web".to_owned()]));
    let draft = Draft {
        kind: RECOMMENDATION,
        created_at: None,
        tags: with,
        content: String::new(),
    };
    draft.sign(keys, EVENING).unwrap()
}

#[tokio::test]
async fn nip89_02_03_05_programs_for_a_kind_are_those_that_the_user_and_their_follows_recommend() {
    let relay = MapRelay::plain().await;
    let [ada, ben, cai, zoe, maker] = [(); 5].map(|()| Keys::generate());
    let kith = connect(vec![relay.url.clone()], &ada).await;
    assert_eq!(kith.handlers_of(FILE).await.unwrap().found, []);

    let [mine, theirs, strange] =
        ["mine", "theirs", "strange"].map(|name| program(name, "1063", &maker));
    let other = program("other", "1", &maker);
    let mut follows = FollowedPeople::new();
    follows.follow(key(&ben));
    follows.follow(key(&cai));
    relay.hold([
        follows.draft().unwrap().sign(&ada, EVENING).unwrap(),
        recommending("1063", &[&mine], &ada),
        recommending("1063", &[&theirs, &other], &ben),
        recommending("1063", &[&theirs], &cai),
        recommending("1", &[&other], &ben),
        recommending("1063", &[&strange], &zoe),
        mine,
        theirs,
        strange,
        other,
    ]);
    let found = kith.handlers_of(FILE).await.unwrap();
    assert_eq!(found.silent, []);
    let found = found.found.iter().map(|one| {
        let address = one.handler.address("web", "nevent1qqqq", &[]);
        (address.unwrap(), one.recommended_by.len())
    });
    assert_eq!(
        found.collect::<Vec<_>>(),
        [
            ("https://mine.example.com/nevent1qqqq".to_owned(), 1),
            ("https://theirs.example.com/nevent1qqqq".to_owned(), 2),
        ]
    );
    let asked = relay.asked();
    let asked = asked
        .iter()
        .rfind(|filter| filter["kinds"] == json!([31_989]));
    let asked = asked.unwrap();
    assert_eq!(asked["#d"], json!(["1063"]));
    let authors = asked["authors"].to_string();
    for (keys, is_asked) in [(&ada, true), (&ben, true), (&cai, true), (&zoe, false)] {
        let is_named = authors.contains(&key(keys).to_string());
        assert_eq!(is_named, is_asked, "{authors}");
    }
}

#[tokio::test]
async fn nip89_04_nothing_that_is_published_names_the_program() {
    let relay = MapRelay::plain().await;
    let (ada, ben) = (Keys::generate(), Keys::generate());
    let owner = connect(vec![relay.url.clone()], &ada).await;
    let guest = connect(vec![relay.url.clone()], &ben).await;
    let here = Location::at(point(50.82, -0.14));
    let community = NewCommunity {
        location: here.clone(),
        ..NewCommunity::new("Chess")
    };
    let community = owner.create_community(&community).await.unwrap().id;
    guest.follow(community).await.unwrap();
    owner.approve(community, key(&ben)).await.unwrap();
    let when = When::timed(TimeSpan::new(EVENING, None).unwrap());
    let plan = Plan {
        location: here,
        ..Plan::new("Blitz")
    };
    let meetup = NewMeetup::new(community, plan, when);
    let meetup = owner.schedule_meetup(&meetup).await.unwrap().reference;
    guest
        .answer(&meetup, NewAnswer::from(Answer::Accepted))
        .await
        .unwrap();
    guest.follow_person(key(&ada)).await.unwrap();
    owner.cancel_meetup(&meetup).await.unwrap();
    let note = Draft {
        kind: Kind::TEXT_NOTE,
        created_at: None,
        tags: vec![],
        content: "See you".to_owned(),
    };
    guest.publish(&note).await.unwrap();
    let sent = relay.sent();
    assert!(sent.len() >= 10, "{}", sent.len());
    for event in sent {
        assert_eq!(event.tags().named("client").count(), 0, "{}", event.json());
    }
}
