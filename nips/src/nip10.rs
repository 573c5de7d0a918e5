//! NIP-10: answers to text notes (kind 1), and notes that quote something.
//!
//! Owns the tags that place a note in a thread, in the marked form and in the old one by position. Must
//! not know how a thread is shown, nor what other kinds are answered with: that is NIP-22.

use std::collections::HashSet;

use crate::lbc::BuildError;
use crate::lbc::tag_list::tag;
use crate::nip01::{Draft, Tag};
use crate::{Event, EventId, Kind, PublicKey};

const ROOT: &str = "root";
const REPLY: &str = "reply";
const MENTION: &str = "mention";

/// A note that another one names in `e`.
///
/// ```
/// use kith_nips::{EventId, nip10::Pointer};
/// let pointer = Pointer { id: EventId::from_bytes([1; 32]), relay: None, author: None };
/// assert_eq!(pointer.author, None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// Its id.
    pub id: EventId,
    /// A relay that has it.
    pub relay: Option<String>,
    /// Its author, when the tag says so.
    pub author: Option<PublicKey>,
}

/// Where a text note stands, as its `e` tags say.
///
/// ```
/// use kith_nips::nip10::Thread;
/// # use kith_nips::{Kind, nip01::Draft};
/// # let root = "01".repeat(32);
/// # let tags = vec![vec!["e".into(), root.clone(), String::new(), "root".into()]];
/// # let draft = Draft { kind: Kind::TEXT_NOTE, created_at: None, tags, content: "Yes".into() };
/// let answer = draft.sign(&nostr::Keys::generate(), 1_700_000_000)?;
/// let thread = Thread::of(&answer);
/// assert_eq!(thread.parent, thread.root, "it answers the first note");
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// The first note of the thread; none when the note answers nothing.
    pub root: Option<Pointer>,
    /// The note that is answered; none when the note answers nothing.
    pub parent: Option<Pointer>,
    /// Notes that are only mentioned.
    pub mentions: Vec<Pointer>,
}

/// An answer to a text note.
///
/// ```
/// use kith_nips::nip10::Reply;
/// # use kith_nips::{Kind, nip01::Draft};
/// # let draft = Draft { kind: Kind::TEXT_NOTE, created_at: None, tags: vec![], content: "Who plays?".into() };
/// let question = draft.sign(&nostr::Keys::generate(), 1_700_000_000)?;
/// let answer = Reply::to(&question, None, "I do")?.draft()?;
/// assert_eq!(answer.kind, Kind::TEXT_NOTE);
/// assert_eq!(answer.tags[0][3], "root");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The first note of the thread.
    pub root: Pointer,
    /// The note that is answered; none when it is the first one.
    pub parent: Option<Pointer>,
    /// Those who are told: whom the answered note told, and its author.
    pub people: Vec<PublicKey>,
    /// Plain text.
    pub text: String,
}

/// Why an event cannot be answered with a text note.
///
/// ```
/// use kith_nips::{Kind, nip10::NotATextNote};
/// let error = NotATextNote(Kind::MEETUP);
/// assert_eq!(error.to_string(), "kind 31923 is answered with a comment, not with a note");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("kind {0} is answered with a comment, not with a note")]
pub struct NotATextNote(pub Kind);

impl Pointer {
    fn of(tag: &Tag<'_>) -> Option<Pointer> {
        Some(Pointer {
            id: tag.value()?.parse().ok()?,
            relay: tag
                .get(2)
                .filter(|relay| !relay.is_empty())
                .map(str::to_owned),
            author: tag.get(4).and_then(|author| author.parse().ok()),
        })
    }

    fn tag(&self, marker: &str) -> Vec<String> {
        let author = self.author.map(|author| author.to_string());
        tag([
            "e",
            &self.id.to_string(),
            self.relay.as_deref().unwrap_or_default(),
            marker,
            author.as_deref().unwrap_or_default(),
        ])
    }
}

impl Thread {
    /// Reads the `e` tags of a note. Where one is marked `root` or `reply`, the markers say what each is;
    /// else the places do, as in old notes: the first is the root, the last is what is answered, those
    /// between are mentioned (NIP10-02). What is no event id is left out.
    pub fn of(note: &Event) -> Thread {
        let tags = note.tags();
        let named = tags.named("e").filter_map(|tag| {
            let pointer = Pointer::of(&tag)?;
            Some((tag.get(3).unwrap_or_default(), pointer))
        });
        let named: Vec<(&str, Pointer)> = named.collect();
        match named
            .iter()
            .any(|(marker, _)| matches!(*marker, ROOT | REPLY))
        {
            true => Thread::marked(named),
            false => Thread::by_position(named),
        }
    }

    fn marked(named: Vec<(&str, Pointer)>) -> Thread {
        let (mut root, mut parent, mut mentions) = (None, None, Vec::new());
        for (marker, pointer) in named {
            match marker {
                ROOT if root.is_none() => root = Some(pointer),
                REPLY if parent.is_none() => parent = Some(pointer),
                _ => mentions.push(pointer),
            }
        }
        Thread {
            root: root.clone().or(parent.clone()),
            parent: parent.or(root),
            mentions,
        }
    }

    fn by_position(named: Vec<(&str, Pointer)>) -> Thread {
        let (mentioned, mut placed): (Vec<_>, Vec<_>) = named
            .into_iter()
            .partition(|(marker, _)| *marker == MENTION);
        let last = placed.pop().map(|(_, pointer)| pointer);
        let mut placed = placed.into_iter().map(|(_, pointer)| pointer);
        let first = placed.next();
        let mentioned = mentioned.into_iter().map(|(_, pointer)| pointer);
        Thread {
            root: first.or(last.clone()),
            parent: last,
            mentions: placed.chain(mentioned).collect(),
        }
    }
}

impl Reply {
    /// An answer to a text note that `relay` has.
    ///
    /// # Errors
    /// [`NotATextNote`]: everything else is answered with a comment (NIP22-01).
    pub fn to(
        note: &Event,
        relay: Option<String>,
        text: impl Into<String>,
    ) -> Result<Reply, NotATextNote> {
        if note.kind() != Kind::TEXT_NOTE {
            return Err(NotATextNote(note.kind()));
        }
        let answered = Pointer {
            id: note.id(),
            relay,
            author: Some(note.pubkey()),
        };
        let (root, parent) = match Thread::of(note).root {
            Some(root) => (root, Some(answered)),
            None => (answered, None),
        };
        let tags = note.tags();
        let told = tags.named("p").filter_map(|tag| tag.value()?.parse().ok());
        let mut once = HashSet::new();
        let people = told.chain([note.pubkey()]);
        Ok(Reply {
            root,
            parent,
            people: people.filter(|person| once.insert(*person)).collect(),
            text: text.into(),
        })
    }

    /// The note, with marked `e` tags.
    ///
    /// # Errors
    /// A blank text.
    pub fn draft(&self) -> Result<Draft, BuildError> {
        let parent = self.parent.iter().map(|parent| parent.tag(REPLY));
        let people = self
            .people
            .iter()
            .map(|person| tag(["p", &person.to_string()]));
        let tags = [self.root.tag(ROOT)]
            .into_iter()
            .chain(parent)
            .chain(people);
        text_note(&self.text, tags.collect())
    }
}

/// A text note that quotes an event which `relay` has: `q` names it by its address, or by its id where it
/// has none, and `p` its author. `text` has the `nostr:` link to it.
///
/// ```
/// # use kith_nips::{Kind, nip01::Draft};
/// # let draft = Draft { kind: Kind::TEXT_NOTE, created_at: None, tags: vec![], content: "Come!".into() };
/// let note = draft.sign(&nostr::Keys::generate(), 1_700_000_000)?;
/// let quote = kith_nips::nip10::quote(&note, None, "I will\nnostr:note1…")?;
/// assert_eq!(quote.tags[0][..2], ["q".to_owned(), note.id().to_string()]);
/// assert_eq!(quote.tags[1], ["p".to_owned(), note.pubkey().to_string()]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A blank text.
pub fn quote(quoted: &Event, relay: Option<&str>, text: &str) -> Result<Draft, BuildError> {
    let name = match quoted.address() {
        Some(address) => address.to_string(),
        None => quoted.id().to_string(),
    };
    let author = quoted.pubkey().to_string();
    let tags = vec![
        tag(["q", &name, relay.unwrap_or_default(), &author]),
        tag(["p", &author]),
    ];
    text_note(text, tags)
}

fn text_note(text: &str, tags: Vec<Vec<String>>) -> Result<Draft, BuildError> {
    if text.trim().is_empty() {
        return Err(BuildError::Blank("note"));
    }
    Ok(Draft {
        kind: Kind::TEXT_NOTE,
        created_at: None,
        tags,
        content: text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lbc::testing::{event, id, key, publish, tags};

    const RELAY: &str = "wss://r.example";

    fn note(list: &[&[&str]]) -> Event {
        event(Kind::TEXT_NOTE, tags(list), "hello")
    }

    fn reply(to: &Event) -> Reply {
        Reply::to(to, Some(RELAY.to_owned()), "yes").unwrap()
    }

    fn lines(draft: &Draft) -> Vec<String> {
        draft.tags.iter().map(|tag| tag.join(" ")).collect()
    }

    #[test]
    fn nip10_01_an_answer_to_the_first_note_has_one_root_and_a_deeper_one_also_what_it_answers() {
        let first = note(&[]);
        let answer = reply(&first).draft().unwrap();
        let (one, root) = (key(1), first.id());
        assert_eq!(answer.kind, Kind::TEXT_NOTE);
        assert_eq!(
            lines(&answer),
            [format!("e {root} {RELAY} root {one}"), format!("p {one}")]
        );
        let second = publish(&answer, 2, 1_001);
        let two = key(2);
        let deeper = reply(&second).draft().unwrap();
        assert_eq!(
            lines(&deeper)[..2],
            [
                format!("e {root} {RELAY} root {one}"),
                format!("e {} {RELAY} reply {two}", second.id()),
            ]
        );
        let third = publish(&deeper, 3, 1_002);
        let thread = Thread::of(&third);
        assert_eq!(thread.root.map(|root| root.id), Some(root));
        assert_eq!(thread.parent.map(|parent| parent.id), Some(second.id()));
        // Below the third, the root is the first note still.
        let deepest = reply(&third).draft().unwrap();
        assert_eq!(lines(&deepest)[0], format!("e {root} {RELAY} root {one}"));
        assert!(lines(&deepest)[1].contains(" reply "));
    }

    #[test]
    fn nip10_02_old_tags_mean_what_their_places_say() {
        let names: Vec<String> = (1..=4).map(|number| id(number).to_string()).collect();
        let of = |names: &[String], marker: &str| {
            let list = names
                .iter()
                .map(|name| ["e", name, "", marker].map(str::to_owned).to_vec());
            let thread = Thread::of(&event(Kind::TEXT_NOTE, list.collect(), "x"));
            let ids = |pointer: Option<Pointer>| pointer.map(|pointer| pointer.id);
            let mentions: Vec<EventId> = thread.mentions.iter().map(|one| one.id).collect();
            (ids(thread.root), ids(thread.parent), mentions)
        };
        assert_eq!(of(&[], ""), (None, None, vec![]));
        assert_eq!(of(&names[..1], ""), (Some(id(1)), Some(id(1)), vec![]));
        assert_eq!(of(&names[..2], ""), (Some(id(1)), Some(id(2)), vec![]));
        let between = vec![id(2), id(3)];
        assert_eq!(of(&names, ""), (Some(id(1)), Some(id(4)), between));
        // What is only mentioned answers nothing.
        assert_eq!(of(&names[..1], "mention"), (None, None, vec![id(1)]));
        let broken = note(&[&["e", "no id"], &["e"], &["e", &names[0]]]);
        assert_eq!(
            Thread::of(&broken).parent.map(|parent| parent.id),
            Some(id(1))
        );
    }

    #[test]
    fn nip10_02_markers_count_whatever_the_places_are() {
        let (one, two, three) = (id(1).to_string(), id(2).to_string(), id(3).to_string());
        let author = key(9).to_string();
        let marked = note(&[
            &["e", &one, "", "reply"],
            &["e", &two, "", "mention"],
            &["e", &three, RELAY, "root", &author],
        ]);
        let thread = Thread::of(&marked);
        let root = thread.root.unwrap();
        assert_eq!((root.id, root.author), (id(3), Some(key(9))));
        assert_eq!(root.relay.as_deref(), Some(RELAY));
        assert_eq!(thread.parent.map(|parent| parent.id), Some(id(1)));
        assert_eq!(thread.mentions.len(), 1);
    }

    #[test]
    fn nip10_03_those_who_were_told_are_told_again_once_and_so_is_the_author() {
        let (author, two, three) = (key(1), key(2), key(3));
        let (a, b, c) = (author.to_string(), two.to_string(), three.to_string());
        let answered = note(&[&["p", &b, RELAY], &["p", "no key"], &["p", &c], &["p", &b]]);
        assert_eq!(reply(&answered).people, [two, three, author]);
        let told = note(&[&["p", &a], &["p", &b]]);
        assert_eq!(reply(&told).people, [author, two]);
        let tags = reply(&told).draft().unwrap().tags;
        let told: Vec<&Vec<String>> = tags.iter().filter(|tag| tag[0] == "p").collect();
        assert_eq!(told, [&["p".to_owned(), a], &["p".to_owned(), b]]);
    }

    #[test]
    fn nip10_04_a_quote_names_an_address_or_an_id_with_relay_and_author() {
        let author = key(1);
        let plain = note(&[]);
        let draft = quote(&plain, Some(RELAY), "look").unwrap();
        assert_eq!(draft.kind, Kind::TEXT_NOTE);
        let expected = [
            format!("q {} {RELAY} {author}", plain.id()),
            format!("p {author}"),
        ];
        assert_eq!(lines(&draft), expected);
        let meetup = event(Kind::MEETUP, tags(&[&["d", "chess"]]), "");
        let draft = quote(&meetup, Some(RELAY), "look").unwrap();
        assert_eq!(
            lines(&draft)[0],
            format!("q 31923:{author}:chess {RELAY} {author}")
        );
        assert!(
            draft.tags.iter().all(|tag| tag[0] != "e"),
            "it answers nothing"
        );
    }

    #[test]
    fn nip22_01_a_text_note_answers_text_notes_only() {
        for kind in [Kind::MEETUP, Kind::COMMUNITY, Kind::COMMENT] {
            let other = event(kind, tags(&[&["d", "x"]]), "");
            assert_eq!(Reply::to(&other, None, "yes"), Err(NotATextNote(kind)));
        }
        let blank = Reply::to(&note(&[]), None, " \n").unwrap();
        assert_eq!(blank.draft(), Err(BuildError::Blank("note")));
    }
}
