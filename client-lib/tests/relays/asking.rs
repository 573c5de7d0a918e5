//! How relays are asked, and what becomes of odd answers.

use std::sync::atomic::{AtomicUsize, Ordering};

use kith_client::lbc::{Community, CommunityMetadata, CommunityReference, Note};
use kith_client::{
    ConnectError, Draft, Keys, Kind, Kith, NewCommunity, PublishError, ReadError, Reason,
    Reference, Search,
};

use crate::support::{TIMEOUT, connect, nowhere, person, private_relay, reader, relay, scripted};

fn note(kind: u16) -> Draft {
    Draft {
        kind: Kind::new(kind),
        created_at: None,
        tags: vec![],
        content: "hello".to_owned(),
    }
}

#[tokio::test]
async fn connecting_needs_one_relay_and_names_the_others() {
    let gone = nowhere().await;
    let error = Kith::builder()
        .relay(&gone)
        .timeout(TIMEOUT)
        .connect()
        .await
        .unwrap_err();
    match error {
        ConnectError::NobodyReachable { relays } => {
            assert_eq!(relays[0].relay.to_string().trim_end_matches('/'), gone);
        }
        error => panic!("{error}"),
    }
}

#[tokio::test]
async fn wss_is_spoken_with_tls() {
    // A relay without TLS: what fails is the handshake, not the absence of TLS in this build.
    let plain = scripted(|_, _| vec![]).await;
    let url = plain.to_string().replace("ws://", "wss://");
    let error = Kith::builder()
        .relay(url)
        .timeout(TIMEOUT)
        .connect()
        .await
        .unwrap_err();
    let ConnectError::NobodyReachable { relays } = error else {
        panic!("{error}")
    };
    let reason = relays[0].reason.to_string();
    assert!(reason.contains("tls"), "{reason}");
}

#[tokio::test]
async fn nip42_12_authentication_happens_when_a_relay_asks_for_it() {
    let relay = private_relay().await;
    let keys = Keys::generate();
    let kith = person(&[&relay], &keys).await;
    let created = kith
        .create_community(&NewCommunity::new("Private"))
        .await
        .unwrap();
    assert_eq!(kith.community(created.id).await.unwrap().title(), "Private");

    // On a new connection the first question has to authenticate.
    let again = person(&[&relay], &keys).await;
    assert_eq!(
        again.community(created.id).await.unwrap().title(),
        "Private"
    );

    let nobody = reader(&[&relay]).await;
    match nobody.communities(&Search::new()).await.unwrap_err() {
        ReadError::NobodyAnswered { silent } => {
            assert!(
                matches!(silent[0].reason, Reason::Authentication(_)),
                "{}",
                silent[0]
            );
        }
        error => panic!("{error}"),
    }
}

#[tokio::test]
async fn nip42_12_questions_that_are_refused_together_authenticate_once() {
    static AUTHENTICATIONS: AtomicUsize = AtomicUsize::new(0);
    let strict = scripted(|verb, id| match verb {
        "REQ" if AUTHENTICATIONS.load(Ordering::Relaxed) > 0 => {
            vec![format!(r#"["EOSE","{id}"]"#)]
        }
        "REQ" => vec![
            r#"["AUTH","c"]"#.to_owned(),
            format!(r#"["CLOSED","{id}","auth-required: who are you?"]"#),
        ],
        "AUTH" => {
            AUTHENTICATIONS.fetch_add(1, Ordering::Relaxed);
            vec![format!(r#"["OK","{id}",true,""]"#)]
        }
        _ => vec![],
    })
    .await;
    let kith = connect(vec![strict.to_string()], &Keys::generate()).await;
    // More topics than one filter holds.
    let topics = (0..350).map(|number| format!("topic-{number}"));
    let search = topics.fold(Search::new(), |search, topic| search.topic(&topic));
    let found = kith.communities(&search).await.unwrap();
    assert_eq!((found.found, found.silent), (vec![], vec![]));
    assert_eq!(AUTHENTICATIONS.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn at_most_four_questions_are_under_way_at_one_relay() {
    static OPEN: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    static QUESTIONS: AtomicUsize = AtomicUsize::new(0);
    let counting = scripted(|verb, id| {
        match verb {
            "REQ" => {
                let open = OPEN.fetch_add(1, Ordering::Relaxed) + 1;
                MOST.fetch_max(open, Ordering::Relaxed);
                QUESTIONS.fetch_add(1, Ordering::Relaxed);
                return vec![format!(r#"["EOSE","{id}"]"#)];
            }
            "CLOSE" => {
                OPEN.fetch_sub(1, Ordering::Relaxed);
            }
            _ => {}
        }
        vec![]
    })
    .await;
    let kith = connect(vec![counting.to_string()], &Keys::generate()).await;
    let topics = (0..950).map(|number| format!("topic-{number}"));
    let search = topics.fold(Search::new(), |search, topic| search.topic(&topic));
    let (one, two) = tokio::join!(kith.communities(&search), kith.meetups(&search));
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(QUESTIONS.load(Ordering::Relaxed), 20);
    assert!(MOST.load(Ordering::Relaxed) <= 4);
}

#[tokio::test]
async fn nip42_14_a_challenge_that_nothing_required_is_not_answered() {
    let curious = scripted(|verb, id| match verb {
        "REQ" => vec![
            r#"["AUTH","who are you"]"#.to_owned(),
            format!(r#"["EOSE","{id}"]"#),
        ],
        "AUTH" => panic!("nobody asked"),
        _ => vec![],
    })
    .await;
    let kith = connect(vec![curious.to_string()], &Keys::generate()).await;
    for _ in 0..2 {
        assert_eq!(kith.communities(&Search::new()).await.unwrap().found, []);
    }
}

#[tokio::test]
async fn nip42_13_refused_after_authentication_is_refused() {
    let strict = scripted(|verb, id| match verb {
        "REQ" => vec![
            r#"["AUTH","c"]"#.to_owned(),
            format!(r#"["CLOSED","{id}","auth-required: who are you?"]"#),
        ],
        "AUTH" => vec![format!(r#"["OK","{id}",true,""]"#)],
        _ => vec![],
    })
    .await;
    let kith = connect(vec![strict.to_string()], &Keys::generate()).await;
    let ReadError::NobodyAnswered { silent } = kith.communities(&Search::new()).await.unwrap_err()
    else {
        panic!("answered");
    };
    assert!(matches!(silent[0].reason, Reason::Refused { .. }));
}

#[tokio::test]
async fn nip01_107_without_an_ok_publishing_times_out() {
    let silent = scripted(|_, _| vec![]).await;
    let kith = connect(vec![silent.to_string()], &Keys::generate()).await;
    match kith.publish(&note(1)).await.unwrap_err() {
        PublishError::NobodyAccepted { refused, .. } => {
            assert_eq!(refused[0].reason, Reason::Timeout(TIMEOUT));
        }
        error => panic!("{error}"),
    }
}

#[tokio::test]
async fn pfx_05_an_ephemeral_note_that_nobody_hears_is_no_error() {
    let lonely = scripted(|verb, id| match verb {
        "EVENT" => vec![format!(r#"["OK","{id}",false,"mute: nobody listens"]"#)],
        _ => vec![],
    })
    .await;
    let kith = connect(vec![lonely.to_string()], &Keys::generate()).await;
    let published = kith.publish(&note(20_001)).await.unwrap();
    assert_eq!((published.unheard.len(), published.accepted.len()), (1, 0));
    assert!(
        kith.publish(&note(1)).await.is_err(),
        "but a stored kind must be stored"
    );
}

/// Secret key 1.
fn first_keys() -> Keys {
    Keys::parse("0000000000000000000000000000000000000000000000000000000000000001").unwrap()
}

#[tokio::test]
async fn nip01_101_what_was_not_asked_for_is_dropped_and_counted() {
    // A real note of another kind, and things that are no messages at all.
    let noisy = scripted(|verb, id| {
        let event = note(1).sign(&first_keys(), 1_700_000_000).unwrap();
        match verb {
            "REQ" => vec![
                "gibberish".to_owned(),
                r#"["NOTICE","hi"]"#.to_owned(),
                r#"["NEWVERB",1]"#.to_owned(),
                r#"["EOSE","another-subscription"]"#.to_owned(),
                format!(r#"["EVENT","another-subscription",{}]"#, event.json()),
                format!(r#"["EVENT","{id}",{}]"#, event.json()),
                format!(r#"["EOSE","{id}"]"#),
            ],
            _ => vec![],
        }
    })
    .await;
    let kith = connect(vec![noisy.to_string()], &Keys::generate()).await;
    assert_eq!(kith.communities(&Search::new()).await.unwrap().found, []);
    assert_eq!(kith.relays()[0].unasked_events, 1);
}

#[tokio::test]
async fn nip01_101_a_forged_copy_of_a_known_note_is_dropped() {
    // The id and signature are those of a real note, the text is not.
    let forging = scripted(|verb, id| {
        let keys = first_keys();
        let community = Community::new("")
            .draft()
            .unwrap()
            .sign(&keys, 1_700_000_000)
            .unwrap();
        let reference = CommunityReference::new(community.id(), keys.public_key().into());
        let metadata = CommunityMetadata::new(reference, "Real").draft().unwrap();
        let metadata = metadata.sign(&keys, 1_700_000_001).unwrap();
        let forged = metadata.json().replace("Real", "Fake");
        match verb {
            "REQ" => vec![
                format!(r#"["EVENT","{id}",{}]"#, community.json()),
                format!(r#"["EVENT","{id}",{}]"#, metadata.json()),
                format!(r#"["EVENT","{id}",{forged}]"#),
                format!(r#"["EOSE","{id}"]"#),
            ],
            _ => vec![],
        }
    })
    .await;
    let kith = connect(vec![forging.to_string()], &Keys::generate()).await;
    for _ in 0..2 {
        let found = kith.communities(&Search::new()).await.unwrap().found;
        let titles: Vec<String> = found.iter().map(|view| view.title()).collect();
        assert_eq!(titles, ["Real"]);
    }
}

#[tokio::test]
async fn nip67_10_odd_hints_after_eose_are_no_error() {
    let hinting = scripted(|verb, id| match verb {
        "REQ" => vec![format!(r#"["EOSE","{id}",["finish","whatever"],7]"#)],
        _ => vec![],
    })
    .await;
    let kith = connect(vec![hinting.to_string()], &Keys::generate()).await;
    assert_eq!(kith.communities(&Search::new()).await.unwrap().silent, []);
}

#[tokio::test]
async fn without_a_key_everything_can_be_read_and_nothing_written() {
    let relay = relay().await;
    let owner = person(&[&relay], &Keys::generate()).await;
    let id = owner
        .create_community(&NewCommunity::new("Open"))
        .await
        .unwrap()
        .id;
    let kith = reader(&[&relay]).await;
    assert_eq!(kith.community(id).await.unwrap().title(), "Open");
    let error = kith.follow(Reference::from(id)).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no key to sign with");
}

#[tokio::test]
async fn a_question_that_a_relay_drops_is_asked_once_more() {
    static QUESTIONS: AtomicUsize = AtomicUsize::new(0);
    let forgetful = scripted(|verb, id| match verb {
        "REQ" if QUESTIONS.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) => vec![],
        "REQ" => vec![format!(r#"["EOSE","{id}"]"#)],
        _ => vec![],
    })
    .await;
    let kith = connect(vec![forgetful.to_string()], &Keys::generate()).await;
    let found = kith.following().await.unwrap();
    assert_eq!((found.found, found.silent), (vec![], vec![]));
    assert_eq!(QUESTIONS.load(Ordering::Relaxed), 2);
}
