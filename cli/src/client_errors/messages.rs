//! What the errors about what people say to each other mean to whoever ran `kith`.

use kith_client::{
    AnnouncementError, ChatError, CommentError, Delivery, InboxError, MessageError, Refusal,
};

use super::{CLOCK_HINT, UNMUTE_HINT, code_of, not_yours};
use crate::errors::CliError;
use crate::exit_code::ExitCode;

impl From<InboxError> for CliError {
    fn from(error: InboxError) -> Self {
        match error {
            InboxError::ListUnavailable(error) => Self {
                hint: Some("try again when they answer, or leave them out with --relay".to_owned()),
                ..error.into()
            },
            InboxError::Publish(error) => error.into(),
            _ => Self::plain(ExitCode::Usage, error.to_string()),
        }
    }
}

impl From<MessageError> for CliError {
    fn from(error: MessageError) -> Self {
        match error {
            MessageError::Read(error) => error.into(),
            MessageError::Publish(error) => error.into(),
            MessageError::Local(error) => error.into(),
            MessageError::NoInbox(_) => Self::new(
                ExitCode::NotFound,
                error.to_string(),
                "nothing was sent; is the list on other relays? name one with --relay",
            ),
            MessageError::InboxUnknown(_) => Self::new(
                ExitCode::Unreachable,
                error.to_string(),
                "nothing was sent; try again when a relay answers",
            ),
            MessageError::NoInboxOfYours => Self::new(
                ExitCode::NotFound,
                error.to_string(),
                "`kith dm --open-inbox` says that you do",
            ),
            MessageError::Undelivered(deliveries) => {
                let refused: Vec<Refusal> = deliveries
                    .iter()
                    .flat_map(|(_, delivery)| match delivery {
                        Delivery::Refused(refused) | Delivery::Failed(refused) => refused.clone(),
                        _ => Vec::new(),
                    })
                    .collect();
                let error = MessageError::Undelivered(deliveries);
                let is_about_time = refused.iter().any(Refusal::is_about_time);
                Self {
                    hint: is_about_time.then(|| CLOCK_HINT.to_owned()),
                    ..Self::plain(code_of(&refused), error.to_string())
                }
            }
            MessageError::Seal(_) => Self::plain(ExitCode::Key, error.to_string()),
            _ => Self::plain(ExitCode::Usage, error.to_string()),
        }
    }
}

impl From<AnnouncementError> for CliError {
    fn from(error: AnnouncementError) -> Self {
        match error {
            AnnouncementError::Lookup(error) => error.into(),
            AnnouncementError::Message(error) => error.into(),
            AnnouncementError::Local(error) => error.into(),
            AnnouncementError::NotYours(_) => not_yours(error.to_string()),
            AnnouncementError::NotAMeetup(_) => Self::usage(
                error.to_string(),
                "a community has members and followers; `kith meetup list` shows its meetups",
            ),
            _ => Self::plain(ExitCode::Usage, error.to_string()),
        }
    }
}

impl From<ChatError> for CliError {
    fn from(error: ChatError) -> Self {
        match error {
            ChatError::Lookup(error) => error.into(),
            ChatError::Build(error) => error.into(),
            ChatError::Publish(error) => error.into(),
            ChatError::NoChat(_) => Self::new(
                ExitCode::NotFound,
                error.to_string(),
                "its owner opens one with `kith community create --finish`",
            ),
            ChatError::Muted(_) => Self::new(ExitCode::Refused, error.to_string(), UNMUTE_HINT),
            _ => Self::plain(ExitCode::Failure, error.to_string()),
        }
    }
}

impl From<CommentError> for CliError {
    fn from(error: CommentError) -> Self {
        match error {
            CommentError::Lookup(error) => error.into(),
            CommentError::Build(error) => error.into(),
            CommentError::Publish(error) => error.into(),
            CommentError::Muted(_) => Self::new(ExitCode::Refused, error.to_string(), UNMUTE_HINT),
            _ => Self::plain(ExitCode::Failure, error.to_string()),
        }
    }
}
