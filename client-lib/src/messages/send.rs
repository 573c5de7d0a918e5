//! Sending a message: wrapped once for each person, and once for oneself.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use kith_nips::{EventId, PublicKey};
use nostr_sdk::{RelayUrl, Tag, UnsignedEvent};

use super::{Message, MessageError, draft, rumor, wrap};
use crate::inboxes::{Delivery, GivenUp};
use crate::kith::Kith;
use crate::local::Local;
use crate::outgoing::{Answer, Listener};
use crate::publish::PublishError;
use crate::refusal::Refusal;

pub use kith_nips::nip17::MESSAGE_BYTES_MAX;

/// People to whom one message may go; for more there are announcements.
pub const MESSAGE_PEOPLE_MAX: usize = 32;

/// A message to be sent.
///
/// ```
/// use kith_client::{NewMessage, PublicKey};
///
/// let bob = PublicKey::from_bytes([2; 32]);
/// let message = NewMessage {
///     subject: Some("Boards".to_owned()),
///     ..NewMessage::to([bob], "I bring two")
/// };
/// assert_eq!(message.text, "I bring two");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// To whom; each gets it once, oneself always has a copy.
    pub to: Vec<PublicKey>,
    /// Plain text.
    pub text: String,
    /// A name for the conversation.
    pub subject: Option<String>,
    /// The message that it answers.
    pub reply_to: Option<EventId>,
}

impl NewMessage {
    /// A text to some people.
    pub fn to(people: impl IntoIterator<Item = PublicKey>, text: impl Into<String>) -> NewMessage {
        NewMessage {
            to: people.into_iter().collect(),
            text: text.into(),
            subject: None,
            reply_to: None,
        }
    }
}

/// A message that reached at least one person, or waits in the queue for somebody
/// ([`Delivery::Queued`]).
///
/// ```no_run
/// # fn example(sent: kith_client::SentMessage) {
/// for (person, delivery) in &sent.deliveries {
///     println!("{person}: {delivery}");
/// }
/// if !sent.copy.is_reached() {
///     println!("you will not see it in your list: {}", sent.copy);
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentMessage {
    /// As everybody sees it.
    pub message: Message,
    /// What became of it for each person.
    pub deliveries: Vec<(PublicKey, Delivery)>,
    /// What became of the copy for oneself.
    pub copy: Delivery,
    /// Relays that did not answer when inboxes were looked for.
    pub silent: Vec<Refusal>,
}

impl Kith {
    /// Sends a private message (NIP-17): only to the relays where each person receives messages
    /// (kind 10050), and a copy to one's own. When somebody receives none, nothing is sent to
    /// anybody: there is no safe other place. With a file ([`crate::KithBuilder::local`]), what no
    /// relay of somebody's inbox could be given waits there, wrapped as it is, and is sent later.
    ///
    /// ```no_run
    /// use kith_client::{Kith, NewMessage, PublicKey};
    /// # async fn example(kith: Kith, bob: PublicKey) -> Result<(), kith_client::MessageError> {
    /// kith.send_message(&NewMessage::to([bob], "See you tonight")).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`MessageError`]
    pub async fn send_message(&self, new: &NewMessage) -> Result<SentMessage, MessageError> {
        let me = self.author()?;
        check_text(&new.text)?;
        let to: BTreeSet<PublicKey> = new.to.iter().copied().collect();
        if to.is_empty() || to.len() > MESSAGE_PEOPLE_MAX {
            return Err(MessageError::People(to.len()));
        }
        let everybody = to.iter().copied().chain([me]).collect();
        let inboxes = self.inboxes(&everybody).await?;
        let inbox = |person: &PublicKey| inboxes.relays.get(person).cloned().unwrap_or_default();
        let without = |person: &&PublicKey| inbox(person).is_empty();
        let without: Vec<PublicKey> = to.iter().filter(without).copied().collect();
        let unknown = inboxes.unknown(to.iter().copied());
        match (unknown.is_empty(), without.is_empty()) {
            (false, _) => return Err(MessageError::InboxUnknown(unknown)),
            (true, false) => return Err(MessageError::NoInbox(without)),
            (true, true) => {}
        }
        let (rumor, message) = self.rumor(me, &to, new)?;
        let others = to.iter().filter(|person| **person != me);
        let deliveries = join_all(others.map(|person| {
            let inbox = inbox(person);
            let rumor = &rumor;
            async move { Ok((*person, self.wrap_for(*person, rumor, &inbox).await?)) }
        }));
        let deliveries: Vec<(PublicKey, Delivery)> = deliveries
            .await
            .into_iter()
            .collect::<Result<_, MessageError>>()?;
        let is_sent = |delivery: &Delivery| delivery.is_reached() || delivery.is_queued();
        // A copy of what reaches nobody would be a lie.
        if !deliveries.is_empty() && !deliveries.iter().any(|(_, delivery)| is_sent(delivery)) {
            return Err(MessageError::Undelivered(deliveries));
        }
        let copy = self.wrap_for(me, &rumor, &inbox(&me)).await?;
        if deliveries.is_empty() && !is_sent(&copy) {
            return Err(MessageError::Undelivered(vec![(me, copy)]));
        }
        self.noted_outgoings().note_message(&deliveries, &copy);
        Ok(SentMessage {
            message,
            deliveries,
            copy,
            silent: inboxes.silent,
        })
    }

    fn rumor(
        &self,
        me: PublicKey,
        to: &BTreeSet<PublicKey>,
        new: &NewMessage,
    ) -> Result<(UnsignedEvent, Message), MessageError> {
        let to = to.iter().map(|person| curve_point(*person));
        let to = to.collect::<Result<Vec<_>, _>>()?;
        let subject = new.subject.iter().map(|text| ["subject", text.as_str()]);
        let id = new.reply_to.map(|id| id.to_string());
        let reply = id.iter().map(|id| ["e", id.as_str()]);
        let extra = subject.chain(reply).filter_map(|tag| Tag::parse(tag).ok());
        let mut rumor = draft(curve_point(me)?, &to, &new.text, extra, self.now());
        let id = EventId::from(rumor.id());
        match rumor::read(&rumor, id, id) {
            Some(rumor::Said::Message(mut message)) => {
                message.wraps.clear();
                Ok((rumor, *message))
            }
            _ => Err(MessageError::Seal("it is no message".to_owned())),
        }
    }

    /// Wraps for one person and sends. With a queue the wrap is put there before; it leaves with the
    /// first relay that has it, or when all said no.
    async fn wrap_for(
        &self,
        person: PublicKey,
        rumor: &UnsignedEvent,
        inbox: &[RelayUrl],
    ) -> Result<Delivery, MessageError> {
        if inbox.is_empty() {
            return Ok(Delivery::NoInbox);
        }
        let signer = self.signer().ok_or(PublishError::ReadOnly)?;
        let wrapped = wrap(signer, &curve_point(person)?, rumor).await;
        let wrapped = wrapped.map_err(MessageError::Seal)?;
        let Some(local) = self.local() else {
            return Ok(self.deliver(&wrapped, inbox, &GivenUp::default()).await);
        };
        let event = kith_nips::Event::try_from(&wrapped);
        let event = event.map_err(|error| MessageError::Seal(error.to_string()))?;
        let id = event.id();
        let _claim = self.under_way().claim(id);
        let queued = local.queue(event, inbox.to_vec(), self.now()).await;
        queued.map_err(PublishError::from)?;
        let delivery = self.deliver(&wrapped, inbox, &GivenUp::default()).await;
        Ok(self.settle_wrap(local, id, delivery).await)
    }

    /// What was not sent stays in the queue, and everything else leaves it.
    async fn settle_wrap(&self, local: &Local, id: EventId, delivery: Delivery) -> Delivery {
        let Delivery::Failed(refused) = delivery else {
            if let Err(error) = local.drop_queued(&[id]).await {
                tracing::warn!(%error, "what was sent stays in the queue");
            }
            return delivery;
        };
        let answers = refused.iter().map(|refusal| {
            let answer = Answer::asked(Err(&refusal.reason));
            (refusal.relay.clone(), answer)
        });
        let (answers, listener) = (answers.collect(), Listener::Present);
        if let Err(error) = local.cross_off(id, answers, listener, self.now()).await {
            tracing::warn!(%error, "what relays said is not in the queue");
        }
        Delivery::Queued(refused)
    }
}

/// A text that can be sent.
pub(crate) fn check_text(text: &str) -> Result<(), MessageError> {
    match text.len() {
        _ if text.trim().is_empty() => Err(MessageError::Empty),
        bytes if bytes > MESSAGE_BYTES_MAX => Err(MessageError::TooLong(bytes)),
        _ => Ok(()),
    }
}

/// The key as the curve has it; what is no point of it belongs to nobody.
pub(crate) fn curve_point(person: PublicKey) -> Result<nostr_sdk::PublicKey, MessageError> {
    nostr_sdk::PublicKey::try_from(person)
        .map_err(|_| MessageError::Seal(format!("{person} is nobody's key")))
}
