//! `kith outbox`: what is signed and not yet on every relay it is for.

use std::collections::BTreeSet;

use kith_client::{Event, EventId, Kind, QueuedNote, QueuedRelay};
use kith_nips::nip09;

use super::views::npub;
use crate::arguments::outbox::{Outbox as Arguments, OutboxAction};
use crate::context::Context;
use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::output::outbox::{Outbox, OutboxNote, OutboxRelay};
use crate::output::{Output, Report};

/// Longest part of a text that is shown, in characters.
const TEXT_CHARACTERS_MAX: usize = 40;

/// Runs `kith outbox …`.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Report, CliError> {
    let local = context.local().await?;
    let mut outbox = Outbox {
        notes: Vec::new(),
        sent: None,
        dropped: None,
        next: Vec::new(),
    };
    match &arguments.action {
        None => {}
        Some(OutboxAction::Send) => {
            let before = local.queued().await?;
            let kith = context.reader().await?;
            kith.send_queued().await?;
            let after: BTreeSet<EventId> = ids(&local.queued().await?).collect();
            let sent = ids(&before).filter(|id| !after.contains(id));
            outbox.sent = Some(sent.map(|id| id.to_string()).collect());
        }
        Some(OutboxAction::Drop { ids: typed, all }) => {
            let queued = local.queued().await?;
            let chosen = match all {
                true => ids(&queued).collect(),
                false => chosen(&queued, typed)?,
            };
            let dropped = local.drop_queued(&chosen).await?.into_iter();
            outbox.dropped = Some(dropped.map(|id| id.to_string()).collect());
        }
    }
    let now = context.now_unix();
    let queued = local.queued().await?;
    outbox.notes = queued.iter().map(|note| view(note, now)).collect();
    if arguments.action.is_none() && !queued.is_empty() {
        outbox.next = vec![
            "kith outbox send".to_owned(),
            "kith outbox drop …".to_owned(),
        ];
    }
    Ok(Output::Outbox(outbox).into())
}

fn ids(queued: &[QueuedNote]) -> impl Iterator<Item = EventId> {
    queued.iter().map(|note| note.event.id())
}

/// Those that were typed; one that is not there, or could be several, is an error.
fn chosen(queued: &[QueuedNote], typed: &[String]) -> Result<Vec<EventId>, CliError> {
    let hint = "`kith outbox` lists what waits";
    let one = |typed: &String| {
        let start = typed.to_ascii_lowercase();
        let mut fitting = ids(queued).filter(|id| id.to_string().starts_with(&start));
        match (fitting.next(), fitting.next()) {
            (Some(id), None) => Ok(id),
            (None, _) => Err(CliError::new(
                ExitCode::NotFound,
                format!("nothing with the id \"{typed}\" waits to be sent"),
                hint,
            )),
            (Some(_), Some(_)) => Err(CliError::new(
                ExitCode::NotFound,
                format!("several notes that wait have an id that starts with \"{typed}\""),
                hint,
            )),
        }
    };
    typed.iter().map(one).collect()
}

fn view(note: &QueuedNote, now: u64) -> OutboxNote {
    let event = &note.event;
    OutboxNote {
        id: event.id().to_string(),
        kind: event.kind().as_u16(),
        what: what(event),
        author: npub(event.pubkey()),
        queued_at_unix: note.queued_at,
        age_seconds: now.saturating_sub(note.queued_at),
        relays: note.relays.iter().map(relay).collect(),
    }
}

fn relay(relay: &QueuedRelay) -> OutboxRelay {
    OutboxRelay {
        relay: relay.relay.to_string(),
        state: relay.state.as_str(),
        reason: relay.reason.clone(),
        attempts: relay.attempts,
    }
}

/// What it is, with as much of its own words as fits. Of a private message not even we can read more
/// than to whom it is.
fn what(event: &Event) -> String {
    if event.kind() == Kind::GIFT_WRAP {
        let to = event.tags().first_value("p");
        let to = to.and_then(|key| key.parse().ok()).map(npub);
        return format!("private message to {}", to.unwrap_or_default());
    }
    let sort = match event.kind() {
        Kind::PROFILE => "profile",
        Kind::FOLLOW_LIST => "people you follow",
        Kind::DELETION => "deletion",
        Kind::CHANNEL => "chat",
        Kind::CHANNEL_METADATA => "description of a chat",
        Kind::CHANNEL_MESSAGE => "chat message",
        Kind::CHANNEL_HIDE_MESSAGE => "hidden chat message",
        Kind::CHANNEL_MUTE_USER => "muted in the chat",
        Kind::COMMUNITY => "community",
        Kind::COMMENT => "comment",
        Kind::REPORT => "report",
        Kind::COMMUNITY_FOLLOWS => "communities you follow",
        Kind::INBOX_RELAYS => "relays of your messages",
        Kind::PEOPLE_SET => "list of people",
        Kind::COMMUNITY_METADATA => "description of a community",
        Kind::MEETUP | Kind::DATE_MEETUP => "meetup",
        Kind::CALENDAR => "calendar",
        Kind::RSVP => "answer",
        _ => "note",
    };
    if event.kind() == Kind::DELETION {
        // Its content is no text of what is deleted (NIP09-19).
        return match nip09::deletion_reason(event) {
            Some(reason) => format!("{sort}, reason given: \"{}\"", shortened(reason)),
            None => sort.to_owned(),
        };
    }
    let title = ["title", "name"].iter().find_map(|name| {
        let value = event.tags().first_value(name)?;
        (!value.is_empty()).then_some(value)
    });
    let text = title.unwrap_or(event.content());
    let is_readable = !text.is_empty() && !text.starts_with('{');
    match is_readable {
        true => format!("{sort} \"{}\"", shortened(text)),
        false => sort.to_owned(),
    }
}

fn shortened(text: &str) -> String {
    let mut words: String = text.chars().take(TEXT_CHARACTERS_MAX).collect();
    if words.len() < text.len() {
        words.push('…');
    }
    words
}

#[cfg(test)]
mod tests {
    use kith_client::{Draft, Keys};

    use super::*;

    fn note(kind: Kind, content: &str) -> Event {
        let draft = Draft {
            kind,
            created_at: None,
            tags: vec![vec!["e".to_owned(), "ab".repeat(32)]],
            content: content.to_owned(),
        };
        draft.sign(&Keys::generate(), 1_700_000_000).unwrap()
    }

    #[test]
    fn nip09_19_the_content_of_a_deletion_is_shown_as_its_reason() {
        let deletion = |content| what(&note(Kind::DELETION, content));
        let shown = deletion("We moved");
        assert_eq!(shown, "deletion, reason given: \"We moved\"");
        assert_eq!(deletion(" "), "deletion");
        assert!(deletion("{}").starts_with("deletion, reason given: "));
        assert!(deletion(&"x".repeat(1_000)).ends_with("…\""));
        // Of other notes it is their text.
        let comment = what(&note(Kind::COMMENT, "We moved"));
        assert_eq!(comment, "comment \"We moved\"");
    }
}
