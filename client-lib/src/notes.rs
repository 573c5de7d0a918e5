//! Answering text notes (kind 1, NIP-10), quoting, and passing on (NIP-18). What is below a meetup is in
//! `comments`: a comment never answers a text note, nor the other way round.

use kith_nips::lbc::BuildError;
use kith_nips::nip10::{self, NotATextNote, Reply};
use kith_nips::{Event, EventId, nip18};

use crate::fetch::{Found, ReadError};
use crate::kith::Kith;
use crate::lookup::{LookupError, wrong_kind};
use crate::publish::{PublishError, Published};
use crate::reference::{Reference, nevent};

const WHAT: &str = "note";

/// Why a note was not answered, quoted or passed on.
///
/// ```
/// use kith_client::{NoteError, PublishError};
/// let error = NoteError::from(PublishError::ReadOnly);
/// assert_eq!(error.to_string(), "there is no key to sign with");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// The note is not there, or it is of another kind.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// Its author took it back (NIP-09).
    #[error("the note {0} was deleted by its author")]
    Deleted(String),
    /// The new note cannot be written.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// No relay took it, or there is no key.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl From<ReadError> for NoteError {
    fn from(error: ReadError) -> Self {
        LookupError::from(error).into()
    }
}

impl Kith {
    /// Answers a text note (kind 1) with a text note, in the thread that it belongs to. Its author and
    /// those whom it told are told.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, note: Reference) -> Result<(), kith_client::NoteError> {
    /// kith.reply(&note, "I do").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NoteError`]; [`LookupError::WrongKind`] for anything but a text note, which is commented on
    /// ([`Kith::comment`]).
    pub async fn reply(
        &self,
        note: impl Into<Reference>,
        text: impl Into<String>,
    ) -> Result<Published, NoteError> {
        let reference = note.into();
        let found = self.standing_note(&reference).await?;
        let reply = Reply::to(&found.event, hint(&found), text);
        let mut reply = reply.map_err(|NotATextNote(kind)| wrong_kind(WHAT, &reference, kind))?;
        if reply.root.author.is_none() {
            let root = self.author_of(reply.root.id).await;
            reply.root.author = root;
        }
        Ok(self.publish(&reply.draft()?).await?)
    }

    /// Writes a text note that quotes something: a note, a meetup, a community. The link to it stands at
    /// the end of the text.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, meetup: Reference) -> Result<(), kith_client::NoteError> {
    /// kith.quote(&meetup, "Who comes along?").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NoteError`]
    pub async fn quote(
        &self,
        quoted: impl Into<Reference>,
        text: &str,
    ) -> Result<Published, NoteError> {
        if text.trim().is_empty() {
            return Err(BuildError::Blank(WHAT).into());
        }
        let found = self.standing_note(&quoted.into()).await?;
        let text = format!("{}\n\nnostr:{}", text.trim_end(), link(&found));
        let draft = nip10::quote(&found.event, hint(&found).as_deref(), &text)?;
        Ok(self.publish(&draft).await?)
    }

    /// Passes something on as it is (NIP-18). What its author protected (NIP-70) is named only, and does
    /// not go along.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, meetup: Reference) -> Result<(), kith_client::NoteError> {
    /// kith.repost(&meetup).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NoteError`]
    pub async fn repost(&self, note: impl Into<Reference>) -> Result<Published, NoteError> {
        let found = self.standing_note(&note.into()).await?;
        let relay = hint(&found).unwrap_or_else(|| self.relay_hint());
        Ok(self.publish(&nip18::repost(&found.event, &relay)).await?)
    }

    /// The note that a reference leads to, unless its author took it back.
    async fn standing_note(&self, reference: &Reference) -> Result<Found, NoteError> {
        let found = self.note(reference, WHAT).await?;
        let mut silent = Vec::new();
        let standing = self.standing(vec![found], &mut silent).await.pop();
        standing.ok_or_else(|| NoteError::Deleted(reference.short()))
    }

    /// Who wrote this, as far as it can be found.
    async fn author_of(&self, id: EventId) -> Option<kith_nips::PublicKey> {
        let found = self.note(&id.into(), WHAT).await.ok()?;
        Some(found.event.pubkey())
    }
}

/// A relay that has it.
fn hint(found: &Found) -> Option<String> {
    found.relays.first().map(ToString::to_string)
}

/// What leads to it: an address where it has one.
fn link(found: &Found) -> String {
    let event: &Event = &found.event;
    match event.address() {
        Some(address) => Reference {
            target: address.into(),
            relays: found.relays.clone(),
        }
        .to_string(),
        None => nevent(
            event.id(),
            Some(event.pubkey()),
            Some(event.kind()),
            &found.relays,
        )
        .unwrap_or_else(|_| event.id().to_string()),
    }
}
