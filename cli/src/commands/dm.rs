//! `kith dm`: private messages (NIP-17).

use std::io::{IsTerminal, Read};
use std::pin::Pin;

use jiff::Timestamp;
use kith_client::{
    Change, Delivery, INBOX_RELAYS_MAX, Kith, LiveMessages, MESSAGE_BYTES_MAX, Message, NewMessage,
    Room,
};
use kith_nips::PublicKey;

use super::views;
use crate::arguments::dm::Dm;
use crate::context::Context;
use crate::errors::CliError;
use crate::output::messages::{
    ConversationForgotten, ConversationShown, ConversationView, Conversations, DeliveryOutcome,
    DeliveryView, InboxOpened, MessageSent, MessageView,
};
use crate::output::views::{Moment, RelayView};
use crate::output::{Output, Report};
use crate::reference::TypedPerson;

/// Runs `kith dm`, without `--follow`.
pub async fn run(typed: &Dm, context: &Context) -> Result<Report, CliError> {
    if typed.open_inbox {
        return open_inbox(context).await;
    }
    let people = people(typed)?;
    if typed.forget {
        return forget(&people, typed.yes, context).await;
    }
    match text(typed)? {
        Some(text) => send(&people, text, typed, context).await,
        None if people.is_empty() => list(context).await,
        None => show(&people, typed, context).await,
    }
}

fn people(typed: &Dm) -> Result<Vec<TypedPerson>, CliError> {
    TypedPerson::parse_all(typed.person.iter().chain(&typed.with))
}

/// What was typed, or what comes through a pipe; nothing when nothing comes.
fn text(typed: &Dm) -> Result<Option<String>, CliError> {
    if let Some(text) = &typed.text
        && text != "-"
    {
        return Ok(Some(text.clone()));
    }
    let stdin = std::io::stdin();
    if typed.person.is_none() || (typed.text.is_none() && stdin.is_terminal()) {
        return Ok(None);
    }
    read_text(stdin.lock())
}

/// A text for people, from a pipe or a file; nothing when it is blank.
pub fn read_text(source: impl Read) -> Result<Option<String>, CliError> {
    let mut text = String::new();
    let read = source
        .take(MESSAGE_BYTES_MAX as u64 + 1)
        .read_to_string(&mut text);
    read.map_err(|error| CliError::file("read", "standard input", &error))?;
    let text = text.trim_end();
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

async fn open_inbox(context: &Context) -> Result<Report, CliError> {
    let kith = context.writer().await?.unlock().await?;
    let relays: Vec<_> = kith.relays().into_iter().map(|relay| relay.url).collect();
    let relays = &relays[..relays.len().min(INBOX_RELAYS_MAX)];
    let change = kith.open_inbox(relays).await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::change_warnings(&change, &kith));
    let output = Output::InboxOpened(InboxOpened {
        inbox: relays.iter().map(ToString::to_string).collect(),
        changed: matches!(change, Change::Published(_)),
        published: views::changed(&change),
    });
    Ok(Report { output, warnings })
}

async fn send(
    people: &[TypedPerson],
    text: String,
    typed: &Dm,
    context: &Context,
) -> Result<Report, CliError> {
    let kith = context.writer().await?.unlock().await?;
    let people = TypedPerson::find_all(people, &kith).await?;
    let sent = kith
        .send_message(&NewMessage {
            subject: typed.subject.clone(),
            ..NewMessage::to(people, text)
        })
        .await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::silent(&sent.silent, &kith));
    match &sent.copy {
        Delivery::Reached { .. } => {}
        Delivery::NoInbox => warnings.push(
            "you will not find it in your list, because you receive no messages; `kith dm \
             --open-inbox` changes that"
                .to_owned(),
        ),
        copy => warnings.push(format!("your own copy: {copy}")),
    }
    let deliveries = sent.deliveries.iter();
    let output = Output::MessageSent(MessageSent {
        message: message(&sent.message, &kith, context),
        deliveries: deliveries
            .map(|(person, outcome)| delivery(*person, outcome))
            .collect(),
    });
    Ok(Report { output, warnings })
}

async fn list(context: &Context) -> Result<Report, CliError> {
    let kith = context.writer().await?.unlock().await?;
    let listing = kith.conversations(&context.local().await?).await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::silent(&listing.silent, &kith));
    let conversations = listing.found.iter().filter_map(|conversation| {
        let others = others(&conversation.room, &kith);
        Some(ConversationView {
            people: others.iter().map(|person| views::npub(*person)).collect(),
            public_keys: others.iter().map(ToString::to_string).collect(),
            subject: conversation.subject.clone(),
            count: conversation.messages.len(),
            newest: message(conversation.messages.first()?, &kith, context),
        })
    });
    let output = Output::Conversations(Conversations {
        conversations: conversations.collect(),
    });
    Ok(Report { output, warnings })
}

async fn show(people: &[TypedPerson], typed: &Dm, context: &Context) -> Result<Report, CliError> {
    let kith = context.writer().await?.unlock().await?;
    let room = room(people, &kith).await?;
    let listing = kith.conversations(&context.local().await?).await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::silent(&listing.silent, &kith));
    let found = listing.found.iter().find(|known| known.room == room);
    let messages = found.iter().flat_map(|found| &found.messages);
    let output = Output::Conversation(ConversationShown {
        people: others(&room, &kith).into_iter().map(views::npub).collect(),
        subject: found.and_then(|found| found.subject.clone()),
        messages: messages
            .take(typed.last)
            .map(|found| message(found, &kith, context))
            .collect(),
    });
    Ok(Report { output, warnings })
}

async fn forget(people: &[TypedPerson], yes: bool, context: &Context) -> Result<Report, CliError> {
    let writer = context.writer().await?;
    let question = "Clear this conversation? The others keep their copies";
    context.prompt.confirm(question, yes)?;
    let kith = writer.unlock().await?;
    let room = room(people, &kith).await?;
    let local = context.local().await?;
    let forgotten = kith.forget_conversation(&local, &room).await?;
    let mut warnings = views::unreachable(&kith);
    let mut asked: Vec<String> = Vec::new();
    for request in &forgotten.requests {
        asked.extend(request.accepted.iter().map(ToString::to_string));
        warnings.extend(views::refusals(&request.refused, &kith));
    }
    asked.sort();
    asked.dedup();
    let output = Output::ConversationForgotten(ConversationForgotten {
        messages: forgotten.messages,
        asked,
    });
    Ok(Report { output, warnings })
}

/// `kith dm --follow` that goes on.
pub struct Running<'a> {
    context: &'a Context,
    kith: Kith,
    room: Option<Room>,
    /// Newest last.
    before: Vec<Message>,
    live: LiveMessages,
    interrupted: Pin<Box<dyn Future<Output = std::io::Result<()>>>>,
}

/// Begins `kith dm --follow`. Of one conversation the newest messages come first, else only new ones.
pub async fn start<'a>(typed: &Dm, context: &'a Context) -> Result<Running<'a>, CliError> {
    let people = people(typed)?;
    let kith = context.writer().await?.unlock().await?;
    let room = match people.is_empty() {
        true => None,
        false => Some(room(&people, &kith).await?),
    };
    let forgotten = context.local().await?;
    let mut live = kith.live_messages().await?;
    let mut before: Vec<Message> = Vec::new();
    if let Some(room) = &room {
        let messages = kith
            .without_forgotten(&forgotten, live.take_before())
            .await?;
        let of_room = messages.into_iter().filter(|known| known.room() == *room);
        before = of_room.take(typed.last).collect();
    }
    before.reverse();
    Ok(Running {
        context,
        kith,
        room,
        before,
        live,
        interrupted: Box::pin(tokio::signal::ctrl_c()),
    })
}

impl Running<'_> {
    /// The next message; `None` after Ctrl-C.
    pub async fn next(&mut self) -> Option<Result<Report, CliError>> {
        let report = |found: &Message| {
            let view = message(found, &self.kith, self.context);
            Some(Ok(Output::Message(Box::new(view)).into()))
        };
        if !self.before.is_empty() {
            return report(&self.before.remove(0));
        }
        loop {
            let found = tokio::select! {
                found = self.live.next() => found?,
                // Where it cannot be waited for, the process has no other end.
                _ = &mut self.interrupted => return None,
            };
            if self.room.as_ref().is_none_or(|room| found.room() == *room) {
                return report(&found);
            }
        }
    }
}

async fn room(people: &[TypedPerson], kith: &Kith) -> Result<Room, CliError> {
    let people = TypedPerson::find_all(people, kith).await?;
    Ok(Room::of(people.into_iter().chain(kith.public_key())))
}

fn others(room: &Room, kith: &Kith) -> Vec<PublicKey> {
    match kith.public_key() {
        Some(me) => room.others(me).collect(),
        None => Vec::new(),
    }
}

fn message(found: &Message, kith: &Kith, context: &Context) -> MessageView {
    let to = found.to.iter().filter(|person| **person != found.author);
    let sent = i64::try_from(found.sent_at).ok();
    let sent = sent.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let zone = context.now.time_zone().clone();
    MessageView {
        id: found.id.to_string(),
        author: views::npub(found.author),
        author_public_key: found.author.to_string(),
        yours: kith.public_key() == Some(found.author),
        to: to.map(|person| views::npub(*person)).collect(),
        sent_at: sent.map(|sent| Moment::Time(sent.to_zoned(zone))),
        sent_unix: found.sent_at,
        text: found.text.clone(),
        subject: found.subject.clone(),
        reply_to: found.reply_to.map(|id| id.to_string()),
        file: found.is_file,
    }
}

/// What became of a message for one person.
pub fn delivery(person: PublicKey, delivery: &Delivery) -> DeliveryView {
    let nothing = Vec::new();
    let (outcome, relays, refused) = match delivery {
        Delivery::Reached { relays, refused } => {
            (DeliveryOutcome::Reached, relays.as_slice(), refused)
        }
        Delivery::NoInbox => (DeliveryOutcome::NoInbox, [].as_slice(), &nothing),
        Delivery::Refused(refused) => (DeliveryOutcome::Refused, [].as_slice(), refused),
        Delivery::Failed(refused) => (DeliveryOutcome::Failed, [].as_slice(), refused),
        Delivery::Queued(refused) => (DeliveryOutcome::Queued, [].as_slice(), refused),
        _ => (DeliveryOutcome::Failed, [].as_slice(), &nothing),
    };
    let refused = refused.iter().map(|refusal| RelayView {
        relay: refusal.relay.to_string(),
        reason: refusal.reason.to_string(),
    });
    DeliveryView {
        person: views::npub(person),
        public_key: person.to_string(),
        outcome,
        relays: relays.iter().map(ToString::to_string).collect(),
        refused: refused.collect(),
    }
}
