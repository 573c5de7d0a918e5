use super::*;
use crate::lbc::testing::{event, key, tags};

const OLD: &str = "AAAA?iv=BBBB";
const NEW: &str = "AgAAAA==";

fn list(tags: Vec<Vec<String>>, content: &str) -> MuteList {
    let event = event(Kind::MUTE_LIST, tags, content);
    MuteList::read(&event).unwrap().note
}

#[test]
fn nip51_08_items_of_both_parts_are_muted() {
    let (ben, thread) = (key(2).to_string(), EventId::from_bytes([7; 32]));
    let public = tags(&[
        &["p", &ben, "wss://r.example"],
        &["t", "Chess"],
        &["p", "no key"],
        &["word", " "],
    ]);
    let mut list = list(public, NEW);
    assert_eq!(list.sealed(), Some((NEW, Cipher::Nip44)));
    let private = format!(r#"[["word","Rain"],["e","{thread}"],["x","y"]]"#);
    list.open(&private).unwrap();
    let expected: Mutes = [
        Muted::Person(key(2)),
        Muted::Topic("chess".to_owned()),
        Muted::Word("rain".to_owned()),
        Muted::Thread(thread),
    ]
    .into_iter()
    .collect();
    assert_eq!(list.mutes(), expected);
    assert_eq!((list.public().count(), list.private().count()), (2, 2));
}

#[test]
fn nip51_02_private_items_are_an_array_of_tags_and_the_old_form_is_encrypted_anew() {
    let mut fresh = MuteList::new();
    assert_eq!(fresh.content(), Content::Keep(String::new()));
    assert_eq!(fresh.mute_privately(&Muted::word("Rain")), Ok(true));
    assert_eq!(fresh.mute_privately(&Muted::word("rain")), Ok(false));
    assert!(fresh.mute(&Muted::Person(key(2))));
    let items = r#"[["word","rain"]]"#.to_owned();
    assert_eq!(fresh.content(), Content::Encrypt(items));
    let draft = fresh.draft_with(NEW.to_owned());
    assert_eq!((draft.kind, draft.content.as_str()), (Kind::MUTE_LIST, NEW));
    assert_eq!(draft.tags, tags(&[&["p", &key(2).to_string()]]));

    let unknown = r#"[["x","kept","",""],["word","rain"]]"#;
    let mut old = list(vec![], OLD);
    assert_eq!(old.sealed(), Some((OLD, Cipher::Nip04)));
    old.open(unknown).unwrap();
    assert!(old.mute(&Muted::Person(key(2))));
    assert_eq!(old.content(), Content::Encrypt(unknown.to_owned()));
    // What is as it should be already stays.
    let mut new = list(vec![], NEW);
    new.open(unknown).unwrap();
    assert!(new.mute(&Muted::Person(key(2))));
    assert_eq!(new.content(), Content::Keep(NEW.to_owned()));
    assert_eq!(new.unmute(&Muted::word("RAIN")), Ok(true));
    let rest = r#"[["x","kept","",""]]"#.to_owned();
    assert_eq!(new.content(), Content::Encrypt(rest));
}

#[test]
fn nip51_03_what_cannot_be_read_is_kept_and_not_overwritten() {
    for content in [OLD, NEW] {
        let before = tags(&[&["x", "unknown"], &["p", "broken"]]);
        let mut list = list(before.clone(), content);
        assert_eq!(list.open("[1]"), Err(NoItems));
        let word = Muted::word("rain");
        assert_eq!(list.mute_privately(&word), Err(StillSealed));
        assert_eq!(list.unmute(&word), Err(StillSealed));
        assert!(list.mute(&word));
        assert_eq!(list.content(), Content::Keep(content.to_owned()));
        let draft = list.draft_with(content.to_owned());
        assert_eq!(draft.tags[..2], before);
        assert_eq!(draft.tags[2], ["word", "rain"]);
    }
}

#[test]
fn nip51_06_the_name_of_a_tag_says_which_use_it_is_and_an_edit_keeps_the_other() {
    let ada = key(1);
    let (one, two) = (format!("30000:{ada}:one"), format!("30000:{ada}:two"));
    let before = tags(&[
        &["i", "github:semisol", "9721ce4ee4fceb91c9711ca2a6c9a5ab"],
        &["a", &one, "wss://r.example"],
        &["a", "30015:broken"],
        &["i", "mastodon:bitcoinhackers.org/@semisol"],
        &["x", "unknown"],
    ]);
    let event = event(Kind::FAVOURITE_SETS, before.clone(), "kept");
    let mut list = FavouriteSets::read(&event).unwrap().note;
    let proof = Some("9721ce4ee4fceb91c9711ca2a6c9a5ab".to_owned());
    assert_eq!(
        list.identities(),
        [
            ("github:semisol".to_owned(), proof),
            ("mastodon:bitcoinhackers.org/@semisol".to_owned(), None),
        ]
    );
    let (one, two): (Address, Address) = (one.parse().unwrap(), two.parse().unwrap());
    assert_eq!(list.sets(), std::slice::from_ref(&one));
    assert!(list.add(&two));
    assert!(list.remove(&one));
    let mut expected = before;
    expected.remove(1);
    expected.push(vec!["a".to_owned(), two.to_string()]);
    let draft = list.draft().unwrap();
    assert_eq!((draft.tags, draft.content.as_str()), (expected, "kept"));
    assert_eq!(draft.kind.as_u16(), 10011);

    // Of one use alone, the other is empty, not guessed.
    let identities =
        crate::lbc::testing::event(Kind::FAVOURITE_SETS, tags(&[&["i", "github:semisol"]]), "");
    let list = FavouriteSets::read(&identities).unwrap();
    assert_eq!((list.sets().len(), list.identities().len()), (0, 1));
}
