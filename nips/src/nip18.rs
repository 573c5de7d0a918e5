//! NIP-18: reposts. Owns which kind passes an event on and with which tags; must not know who is told.

use crate::lbc::tag_list::tag;
use crate::nip01::Draft;
use crate::{Event, Kind};

/// The repost of an event that `relay` has: kind 6 of a text note, kind 16 with `k` of anything else. The
/// event goes along as it is, unless its author protected it: then the content is empty (NIP70-07).
///
/// ```
/// use kith_nips::{Kind, nip01::Draft, nip18};
/// # let keys = nostr::Keys::generate();
/// let mut draft = Draft {
///     kind: Kind::TEXT_NOTE,
///     created_at: None,
///     tags: vec![],
///     content: "Come all!".into(),
/// };
/// let note = draft.clone().sign(&keys, 1_700_000_000)?;
/// assert_eq!(nip18::repost(&note, "wss://r.example").content, note.json());
/// draft.tags.push(vec!["-".into()]);
/// let protected = draft.sign(&keys, 1_700_000_000)?;
/// assert_eq!(nip18::repost(&protected, "wss://r.example").content, "");
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
pub fn repost(event: &Event, relay: &str) -> Draft {
    let kind = match event.kind() {
        Kind::TEXT_NOTE => Kind::REPOST,
        _ => Kind::GENERIC_REPOST,
    };
    let author = event.pubkey().to_string();
    let mut tags = vec![tag(["e", &event.id().to_string(), relay])];
    if let Some(address) = event.address() {
        tags.push(tag(["a", &address.to_string(), relay]));
    }
    tags.push(tag(["p", &author]));
    if kind == Kind::GENERIC_REPOST {
        tags.push(tag(["k", &event.kind().to_string()]));
    }
    let content = match event.is_protected() {
        true => String::new(),
        false => event.json().to_owned(),
    };
    Draft {
        kind,
        created_at: None,
        tags,
        content,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lbc::testing::{event, key, tags};

    const RELAY: &str = "wss://r.example";

    fn lines(draft: &Draft) -> Vec<String> {
        draft.tags.iter().map(|tag| tag.join(" ")).collect()
    }

    #[test]
    fn a_repost_names_event_author_and_what_is_not_a_text_note() {
        let author = key(1);
        let note = event(Kind::TEXT_NOTE, vec![], "hello");
        let draft = repost(&note, RELAY);
        assert_eq!(draft.kind, Kind::REPOST);
        let expected = [format!("e {} {RELAY}", note.id()), format!("p {author}")];
        assert_eq!(lines(&draft), expected);
        assert_eq!(Event::parse(&draft.content).unwrap().id(), note.id());
        let meetup = event(Kind::MEETUP, tags(&[&["d", "chess"]]), "");
        let draft = repost(&meetup, RELAY);
        assert_eq!(draft.kind, Kind::GENERIC_REPOST);
        let expected = [
            format!("e {} {RELAY}", meetup.id()),
            format!("a 31923:{author}:chess {RELAY}"),
            format!("p {author}"),
            "k 31923".to_owned(),
        ];
        assert_eq!(lines(&draft), expected);
    }

    #[test]
    fn nip70_07_what_is_protected_does_not_go_along() {
        for kind in [Kind::TEXT_NOTE, Kind::MEETUP] {
            let protected = event(kind, tags(&[&["t", "chess"], &["-"]]), "for members");
            assert_eq!(repost(&protected, RELAY).content, "");
            // A dash that protects nothing.
            let open = event(kind, tags(&[&["t", "-"]]), "for all");
            assert_eq!(repost(&open, RELAY).content, open.json().to_string());
        }
    }
}
