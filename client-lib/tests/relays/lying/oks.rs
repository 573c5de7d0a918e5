//! What an OK is worth: it is a relay's claim, about one note.

use kith_client::{Draft, Keeping, Keys, Kind, Kith, PublishError, Reason};
use serde_json::json;

use crate::support::{TIMEOUT, person, relay, scripted_with};

fn list() -> Draft {
    Draft {
        kind: Kind::INBOX_RELAYS,
        created_at: None,
        tags: vec![],
        content: String::new(),
    }
}

/// A relay that answers each note with these, where `ID` is its id, and has nothing.
async fn taking(answers: &'static [&'static str]) -> Kith {
    let url = scripted_with(move |message| match message[0].as_str() {
        Some("REQ") => vec![json!(["EOSE", message[1]]).to_string()],
        Some("EVENT") => {
            let id = message[1]["id"].as_str().unwrap();
            answers
                .iter()
                .map(|answer| answer.replace("ID", id))
                .collect()
        }
        _ => Vec::new(),
    });
    let builder = Kith::builder().relay(url.await.to_string());
    let builder = builder.signer(Keys::generate()).timeout(TIMEOUT);
    builder.connect().await.unwrap()
}

#[tokio::test]
async fn nip01_107_an_ok_counts_for_its_own_note_and_once() {
    let elsewhere = taking(&[
        r#"["OK","abababababababababababababababababababababababababababababababab",true,""]"#,
    ])
    .await;
    let error = elsewhere.publish(&list()).await.unwrap_err();
    let PublishError::NobodyAccepted { refused, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(refused[0].reason, Reason::Timeout(TIMEOUT));

    let twice = taking(&[
        r#"["OK","ID",false,"blocked: no"]"#,
        r#"["OK","ID",true,""]"#,
    ])
    .await;
    assert!(twice.publish(&list()).await.is_err());
    let turning = taking(&[
        r#"["OK","ID",true,""]"#,
        r#"["OK","ID",false,"blocked: no"]"#,
    ])
    .await;
    assert_eq!(turning.publish(&list()).await.unwrap().accepted.len(), 1);
}

#[tokio::test]
async fn an_ok_is_a_claim_and_reading_back_shows_what_it_is_worth() {
    let liar = taking(&[r#"["OK","ID",true,""]"#]).await;
    let published = liar.publish(&list()).await.unwrap();
    assert_eq!(published.accepted.len(), 1, "so it says");
    let kept = liar.read_back(&published).await;
    assert_eq!(kept[0].keeping, Keeping::Lost);
    assert_eq!(
        liar.check_writing().await.unwrap()[0].keeping,
        Keeping::Lost
    );

    let honest = relay().await;
    let kith = person(&[&honest], &Keys::generate()).await;
    let published = kith.publish(&list()).await.unwrap();
    assert_eq!(kith.read_back(&published).await[0].keeping, Keeping::Kept);
    assert_eq!(
        kith.check_writing().await.unwrap()[0].keeping,
        Keeping::Kept
    );
}

#[tokio::test]
async fn pfx_04_a_duplicate_that_is_not_there_was_not_taken() {
    // nostr-rs-relay says so of a list that is older than the one that it has.
    let older = taking(&[r#"["OK","ID",true,"duplicate: "]"#]).await;
    let error = older.publish(&list()).await.unwrap_err();
    let PublishError::NobodyAccepted { refused, .. } = error else {
        panic!("{error}")
    };
    assert!(
        refused[0].to_string().contains("something newer"),
        "{}",
        refused[0]
    );
    // Of a note that replaces nothing, a relay may well know the one that it is sent again.
    let note = Draft {
        kind: Kind::new(1),
        ..list()
    };
    assert_eq!(older.publish(&note).await.unwrap().accepted.len(), 1);
}
