//! What people write below a meetup (NIP-22), as a tree. Muted people are left out (LBC-54), and so is what
//! the user muted for themselves (NIP51-08); nothing is ever deleted here.

use std::collections::{BTreeMap, BTreeSet};

use kith_nips::lbc::{self, BuildError, Membership, Note};
use kith_nips::nip22::{Comment, Item, Root};
use kith_nips::nip51::Said;
use kith_nips::{EventId, Kind, PublicKey};
use nostr_sdk::{Alphabet, SingleLetterTag};

use crate::communities::NamedCommunity;
use crate::fetch::{Fetched, Listing};
use crate::filters::tag_filters;
use crate::kith::Kith;
use crate::lookup::LookupError;
use crate::meetups::SeenMeetup;
use crate::publish::{self, PublishError};
use crate::reference::Reference;
use crate::refusal::merge;

/// Comments that are read of one meetup: the newest.
pub const COMMENTS_MAX: usize = 1_000;

/// How deep a tree is shown; what is deeper stands beside its last shown parent.
const DEPTH_MAX: usize = 8;

/// One comment, in its place in the tree.
///
/// ```no_run
/// # fn example(comment: &kith_client::MeetupComment) {
/// println!("{}{}", "  ".repeat(comment.depth), comment.text());
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MeetupComment {
    /// The note as it was read.
    pub comment: lbc::Published<Comment>,
    /// What its author calls themselves (kind 0).
    pub name: Option<String>,
    /// What its author is to the community of the meetup.
    pub state: Membership,
    /// 0 below the meetup itself, 1 for an answer, and so on.
    pub depth: usize,
}

impl MeetupComment {
    /// Plain text of a stranger: make it harmless before a terminal or a page shows it (NIP22-06).
    pub fn text(&self) -> &str {
        &self.comment.text
    }
}

/// Why something could not be commented on.
///
/// ```
/// use kith_client::{CommentError, PublishError};
///
/// let error = CommentError::from(PublishError::ReadOnly);
/// assert_eq!(error.to_string(), "there is no key to sign with");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommentError {
    /// The meetup is not there.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// The user's words would be shown to nobody.
    #[error("you are muted in {0}")]
    Muted(NamedCommunity),
    /// The note cannot be written.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// No relay took it, or there is no key.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl Kith {
    /// What was written below a meetup, answers after what they answer, older ones first; at most the
    /// newest [`COMMENTS_MAX`].
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, meetup: Reference) -> Result<(), kith_client::LookupError> {
    /// for comment in kith.comments(&meetup).await? {
    ///     println!("{}{}", "  ".repeat(comment.depth), comment.text());
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`LookupError`]
    pub async fn comments(
        &self,
        meetup: impl Into<Reference>,
    ) -> Result<Listing<MeetupComment>, LookupError> {
        let SeenMeetup { view, record, .. } = self.seen_meetup(&meetup.into()).await?;
        let address = view.address();
        let of_root = |letter, value| {
            let filters = tag_filters(
                &[Kind::COMMENT],
                SingleLetterTag::uppercase(letter),
                vec![value],
            );
            filters.into_iter()
        };
        let by_address = of_root(Alphabet::A, address.to_string()).collect();
        // Whatever is below a meetup of this author: the ids of earlier versions are not known.
        let otherwise = of_root(Alphabet::P, address.pubkey.to_string()).collect();
        let Fetched {
            mut found,
            mut silent,
            ..
        } = self.find_about(by_address, otherwise).await?;
        let is_about =
            |item: &Item| matches!(item, Item::Address { address: about, .. } if *about == address);
        found.retain(|found| {
            Comment::read(&found.event).is_ok_and(|comment| is_about(&comment.root.item))
        });
        found.sort_by_key(|found| std::cmp::Reverse((found.event.created_at(), found.event.id())));
        found.truncate(COMMENTS_MAX);
        let mut found = self.standing(found, &mut silent).await;
        let unheard = self.unheard(&mut silent).await;
        found.retain(|found| !unheard.covers(&Said::of(&found.event)));
        let comments: Vec<lbc::Published<Comment>> = found
            .iter()
            .filter_map(|found| Comment::read(&found.event).ok())
            .collect();
        let people: BTreeSet<PublicKey> = comments.iter().map(|comment| comment.author).collect();
        let (lists, names) = tokio::join!(self.follow_lists(&people), self.names(&people));
        merge(&mut silent, &lists.silent);
        merge(&mut silent, &names.silent);
        let state = |person: PublicKey| match &record {
            Some(record) => {
                let list = lists.found.iter().find(|list| list.author == person);
                let follows = list.is_some_and(|list| list.follows(record.community.id));
                record.membership(person, follows)
            }
            None => Membership::Visitor,
        };
        let heard = comments.into_iter().map(|comment| MeetupComment {
            name: names.names.get(&comment.author).cloned(),
            state: state(comment.author),
            depth: 0,
            comment,
        });
        let heard = heard.filter(|comment| comment.state != Membership::Muted);
        Ok(Listing {
            found: in_tree_order(heard.collect()),
            silent,
        })
    }

    /// Writes below a meetup.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, meetup: Reference) -> Result<(), kith_client::CommentError> {
    /// kith.comment(&meetup, "Is there a lift?").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`CommentError`]
    pub async fn comment(
        &self,
        meetup: impl Into<Reference>,
        text: impl Into<String>,
    ) -> Result<publish::Published, CommentError> {
        let me = self.author()?;
        let SeenMeetup { view, record, .. } = self.seen_meetup(&meetup.into()).await?;
        if let Some(record) = record.filter(|record| record.mutes(me)) {
            return Err(CommentError::Muted(record.named()));
        }
        let root = Root::meetup(view.meetup(), Some(self.relay_hint()));
        let draft = Comment::new(root, text).draft()?;
        Ok(self.publish(&draft).await?)
    }

    /// Answers a comment.
    ///
    /// ```no_run
    /// use kith_client::{Kith, MeetupComment};
    /// # async fn example(kith: Kith, question: MeetupComment) -> Result<(), kith_client::CommentError> {
    /// kith.comment_in_reply(&question, "Yes").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`CommentError::Build`], [`CommentError::Publish`].
    pub async fn comment_in_reply(
        &self,
        to: &MeetupComment,
        text: impl Into<String>,
    ) -> Result<publish::Published, CommentError> {
        let draft = Comment::reply_to(&to.comment, text).draft()?;
        Ok(self.publish(&draft).await?)
    }
}

/// Answers after what they answer, older ones first. What answers nothing that is shown stands at the
/// top (NIP22-07).
fn in_tree_order(comments: Vec<MeetupComment>) -> Vec<MeetupComment> {
    let known: BTreeSet<EventId> = comments.iter().map(|comment| comment.comment.id).collect();
    let mut below: BTreeMap<Option<EventId>, Vec<MeetupComment>> = BTreeMap::new();
    for comment in comments {
        let parent = comment.comment.reply.as_ref().map(|reply| reply.comment);
        let parent = parent.filter(|parent| known.contains(parent));
        below.entry(parent).or_default().push(comment);
    }
    for answers in below.values_mut() {
        // The last is taken first.
        answers
            .sort_by_key(|found| std::cmp::Reverse((found.comment.created_at, found.comment.id)));
    }
    let mut waiting: Vec<(usize, MeetupComment)> = Vec::new();
    let mut place = |waiting: &mut Vec<(usize, MeetupComment)>, parent, depth| {
        let answers = below.remove(&parent).unwrap_or_default();
        waiting.extend(answers.into_iter().map(|answer| (depth, answer)));
    };
    place(&mut waiting, None, 0);
    let mut ordered = Vec::new();
    while let Some((depth, comment)) = waiting.pop() {
        place(
            &mut waiting,
            Some(comment.comment.id),
            depth.saturating_add(1),
        );
        ordered.push(MeetupComment {
            depth: depth.min(DEPTH_MAX),
            ..comment
        });
    }
    ordered
}

#[cfg(test)]
mod tests {
    use kith_nips::nip22::CommentReply;

    use super::*;

    fn comment(id: u8, at: u64, parent: Option<u8>) -> MeetupComment {
        let reply = parent.map(|parent| CommentReply {
            comment: EventId::from_bytes([parent; 32]),
            author: None,
            relay: None,
        });
        let author = PublicKey::from_bytes([1; 32]);
        let root = Root::event(EventId::from_bytes([9; 32]), Kind::COMMUNITY, author);
        MeetupComment {
            comment: lbc::Published {
                id: EventId::from_bytes([id; 32]),
                author,
                created_at: at,
                kind: Kind::COMMENT,
                note: Comment {
                    reply,
                    ..Comment::new(root, "x")
                },
            },
            name: None,
            state: Membership::Visitor,
            depth: 0,
        }
    }

    fn order(comments: Vec<MeetupComment>) -> Vec<(u8, usize)> {
        let ordered = in_tree_order(comments).into_iter();
        ordered
            .map(|comment| (comment.comment.id.as_bytes()[0], comment.depth))
            .collect()
    }

    #[test]
    fn nip22_07_answers_stand_below_what_they_answer_and_lost_ones_at_the_top() {
        let comments = vec![
            comment(1, 10, None),
            comment(2, 40, Some(1)),
            comment(3, 20, Some(1)),
            comment(4, 30, Some(3)),
            comment(5, 5, Some(77)),
            comment(6, 50, None),
        ];
        let expected = [(5, 0), (1, 0), (3, 1), (4, 2), (2, 1), (6, 0)];
        assert_eq!(order(comments.clone()), expected);
        assert_eq!(order(comments.into_iter().rev().collect()), expected);
    }

    #[test]
    fn a_tree_is_only_so_deep() {
        let chain = (1..30).map(|id| comment(id, u64::from(id), (id > 1).then(|| id - 1)));
        let depths: Vec<usize> = order(chain.collect())
            .iter()
            .map(|(_, depth)| *depth)
            .collect();
        assert_eq!(depths.len(), 29);
        assert_eq!(depths.last(), Some(&DEPTH_MAX));
    }
}
