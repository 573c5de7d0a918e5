use super::*;
use crate::lbc::testing::{id, key, publish_by};

const RELAY: &str = "wss://r.example";

fn address() -> Address {
    Address {
        kind: Kind::MEETUP,
        pubkey: key(1),
        identifier: "chess".to_owned(),
    }
}

fn meetup() -> Root {
    Root {
        relay: Some(RELAY.to_owned()),
        ..Root::address(address(), Some(id(5)))
    }
}

fn tags(comment: &Comment) -> Vec<String> {
    let draft = comment.draft().unwrap();
    draft.tags.iter().map(|tag| tag.join(" ")).collect()
}

#[test]
fn nip22_02_a_comment_on_a_meetup_names_address_kind_and_author_twice() {
    let (author, version) = (key(1), id(5));
    assert_eq!(
        tags(&Comment::new(meetup(), "Is there a lift?")),
        [
            format!("A 31923:{author}:chess {RELAY}"),
            "K 31923".to_owned(),
            format!("P {author} {RELAY}"),
            format!("a 31923:{author}:chess {RELAY}"),
            format!("e {version} {RELAY}"),
            "k 31923".to_owned(),
            format!("p {author} {RELAY}"),
        ]
    );
}

#[test]
fn nip22_03_a_comment_on_a_community_names_the_event() {
    let (author, community) = (key(1), id(7));
    let root = Root::event(community, Kind::COMMUNITY, author);
    assert_eq!(
        tags(&Comment::new(root, "Hello")),
        [
            format!("E {community}  {author}"),
            "K 1037".to_owned(),
            format!("P {author}"),
            format!("e {community}  {author}"),
            "k 1037".to_owned(),
            format!("p {author}"),
        ]
    );
}

#[test]
fn nip22_04_an_answer_keeps_the_root_and_names_the_comment() {
    let draft = Comment::new(meetup(), "Is there a lift?").draft().unwrap();
    let question = Comment::read(&publish_by(&draft, key(2), 5)).unwrap();
    let answer = Comment::reply_to(&question, "Yes");
    let (root, parent) = (key(1), key(2));
    assert_eq!(
        tags(&answer),
        [
            format!("A 31923:{root}:chess {RELAY}"),
            "K 31923".to_owned(),
            format!("P {root} {RELAY}"),
            format!("e {} {RELAY} {parent}", question.id),
            "k 1111".to_owned(),
            format!("p {parent} {RELAY}"),
        ]
    );
    let read = Comment::read(&publish_by(&answer.draft().unwrap(), key(3), 6)).unwrap();
    assert_eq!(read.reply, answer.reply);
    assert_eq!(tags(&read), tags(&answer));
}

#[test]
fn nip22_01_everything_but_a_text_note_is_commented_on_with_1111() {
    let on = |kind: Kind| Comment::new(Root::event(id(7), kind, key(1)), "Hello").draft();
    for kind in [
        Kind::MEETUP,
        Kind::DATE_MEETUP,
        Kind::COMMUNITY,
        Kind::COMMENT,
    ] {
        assert_eq!(on(kind).unwrap().kind.as_u16(), 1111, "{kind}");
    }
    assert_eq!(on(Kind::TEXT_NOTE), Err(BuildError::CommentOnNote));
}

#[test]
fn nip22_08_the_address_is_the_root_whatever_the_version() {
    let of_version = |version: u8| {
        let comment = Comment::new(Root::address(address(), Some(id(version))), "x");
        Comment::read(&publish_by(&comment.draft().unwrap(), key(2), 5)).unwrap()
    };
    let about = |comment: &Comment| match &comment.root.item {
        Item::Address { address, .. } => address.clone(),
        Item::Event(id) => panic!("{id}"),
    };
    let (before, after) = (of_version(5), of_version(6));
    assert_eq!(about(&before), about(&after));
    assert_eq!(
        before.reply, None,
        "the version is no comment that is answered"
    );
    // Without the hint it is about the same.
    let mut draft = before.draft().unwrap();
    draft.tags.retain(|tag| tag[0] != "e");
    let read = Comment::read(&publish_by(&draft, key(2), 5)).unwrap();
    assert_eq!(about(&read), about(&before));
}

#[test]
fn nip22_05_without_kinds_it_is_not_shown() {
    let draft = Comment::new(meetup(), "x").draft().unwrap();
    for missing in ["K", "k", "A"] {
        let mut draft = draft.clone();
        draft.tags.retain(|tag| tag[0] != missing);
        assert!(
            Comment::read(&publish_by(&draft, key(2), 5)).is_err(),
            "{missing}"
        );
    }
}

#[test]
fn a_comment_says_something() {
    assert_eq!(
        Comment::new(meetup(), " \n").draft(),
        Err(BuildError::Blank("comment"))
    );
}
