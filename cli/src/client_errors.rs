//! What the errors of the library mean to whoever ran `kith`: exit code and
//! hint. The line itself is the library's.

mod messages;
mod people;

use kith_client::{
    CommunityError, ConnectError, FollowError, ListUnavailable, LocalError, LookupError,
    MeetupError, MemberError, PublishError, QueueError, ReadError, Reason, ReferenceError, Refusal,
    RemoteSignerError, RsvpError,
};
use kith_nips::lbc::BuildError;
use kith_nips::nip46::AddressError;

use crate::errors::CliError;
use crate::exit_code::ExitCode;

const RELAY_HINT: &str = "is the relay running? `kith relays list` shows which are used";
const UNMUTE_HINT: &str = "its owner can change that: `kith members unmute`";
const OTHER_RELAY_HINT: &str = "another relay may take it: name one with --relay";
const CLOCK_HINT: &str =
    "is the clock of this machine right? `kith doctor` compares it with those of the relays";
const AUTHENTICATION_HINT: &str =
    "this relay answers only those whom it knows; `kith keys show` says which key you use";

impl From<ConnectError> for CliError {
    fn from(error: ConnectError) -> Self {
        match &error {
            ConnectError::NobodyReachable { .. } => {
                Self::new(ExitCode::Unreachable, error.to_string(), RELAY_HINT)
            }
            ConnectError::Signer(_) => Self::plain(ExitCode::Key, error.to_string()),
            _ => Self::usage(error.to_string(), "see `kith relays list`"),
        }
    }
}

impl From<AddressError> for CliError {
    fn from(error: AddressError) -> Self {
        Self::usage(
            error.to_string(),
            "your signer shows it: bunker://…?relay=wss://…",
        )
    }
}

impl From<RemoteSignerError> for CliError {
    fn from(error: RemoteSignerError) -> Self {
        let (code, hint) = match &error {
            RemoteSignerError::NoRelay(_) => (ExitCode::Unreachable, RELAY_HINT),
            RemoteSignerError::Silent(_) => (
                ExitCode::Key,
                "is it running, and does it wait for you to say yes?",
            ),
            RemoteSignerError::Refused(_) => (
                ExitCode::Key,
                "an address of a signer is good for once; ask it for a new one",
            ),
            _ => (ExitCode::Key, "log out, and use another signer"),
        };
        Self::new(code, error.to_string(), hint)
    }
}

impl From<ReadError> for CliError {
    fn from(error: ReadError) -> Self {
        match &error {
            ReadError::NobodyAnswered { silent } => Self {
                hint: hint_of(silent),
                ..Self::plain(code_of(silent), error.to_string())
            },
            _ => Self::plain(ExitCode::Failure, error.to_string()),
        }
    }
}

impl From<LookupError> for CliError {
    fn from(error: LookupError) -> Self {
        let hint = match error {
            LookupError::Read(error) => return error.into(),
            LookupError::NotFound { .. } => "is it on other relays? name one with --relay",
            LookupError::WrongKind { .. } => "check what the link or id leads to",
            LookupError::Closed(_) => "`kith leave` takes it off the list of those that you follow",
            _ => return Self::plain(ExitCode::NotFound, error.to_string()),
        };
        Self::new(ExitCode::NotFound, error.to_string(), hint)
    }
}

impl From<ReferenceError> for CliError {
    fn from(error: ReferenceError) -> Self {
        let hint = match error {
            ReferenceError::SecretKey => {
                "whoever saw it can act as you; to use it here: `kith keys import`"
            }
            ReferenceError::Person(_) => "name a community or a meetup",
            _ => "give an id, naddr1…, nevent1… or a nostr: link",
        };
        Self::usage(error.to_string(), hint)
    }
}

impl From<PublishError> for CliError {
    fn from(error: PublishError) -> Self {
        match &error {
            PublishError::ReadOnly | PublishError::Signer(_) => {
                Self::plain(ExitCode::Key, error.to_string())
            }
            PublishError::Queue(error) => error.clone().into(),
            PublishError::Draft(_) => Self::plain(ExitCode::Usage, error.to_string()),
            PublishError::NobodyAccepted { refused, .. } => Self {
                hint: hint_of(refused),
                ..Self::plain(code_of(refused), error.to_string())
            },
            _ => Self::plain(ExitCode::Failure, error.to_string()),
        }
    }
}

impl From<QueueError> for CliError {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Local(error) => error.into(),
            _ => Self::new(
                ExitCode::Failure,
                error.to_string(),
                "`kith outbox send` sends it, `kith outbox drop` gives it up",
            ),
        }
    }
}

impl From<ListUnavailable> for CliError {
    fn from(error: ListUnavailable) -> Self {
        Self::new(
            ExitCode::Unreachable,
            error.to_string(),
            "try again when they answer, or leave them out with --relay; --force-new-list writes \
             it anyway, and what only they know is lost",
        )
    }
}

impl From<BuildError> for CliError {
    fn from(error: BuildError) -> Self {
        Self::plain(ExitCode::Usage, error.to_string())
    }
}

impl From<FollowError> for CliError {
    fn from(error: FollowError) -> Self {
        match error {
            FollowError::Lookup(error) => error.into(),
            FollowError::ListUnavailable(error) => error.into(),
            FollowError::Build(error) => error.into(),
            FollowError::Publish(error) => error.into(),
            _ => Self::plain(ExitCode::Failure, error.to_string()),
        }
    }
}

impl From<MemberError> for CliError {
    fn from(error: MemberError) -> Self {
        match error {
            MemberError::Lookup(error) => error.into(),
            MemberError::ListUnavailable(error) => error.into(),
            MemberError::Build(error) => error.into(),
            MemberError::Publish(error) => error.into(),
            MemberError::NotOwner(_) => not_yours(error.to_string()),
            MemberError::Owner | MemberError::ReasonTooLong(_) => {
                Self::plain(ExitCode::Usage, error.to_string())
            }
            _ => Self::plain(ExitCode::Failure, error.to_string()),
        }
    }
}

impl From<CommunityError> for CliError {
    fn from(error: CommunityError) -> Self {
        match error {
            CommunityError::Lookup(error) => error.into(),
            CommunityError::ListUnavailable(error) => error.into(),
            CommunityError::Build(error) => error.into(),
            CommunityError::Publish(error) => error.into(),
            CommunityError::NotOwner(_) => not_yours(error.to_string()),
            CommunityError::Incomplete(_) => Self::plain(ExitCode::Refused, error.to_string()),
            _ => Self::plain(ExitCode::Failure, error.to_string()),
        }
    }
}

impl From<MeetupError> for CliError {
    fn from(error: MeetupError) -> Self {
        match error {
            MeetupError::Lookup(error) => error.into(),
            MeetupError::ListUnavailable(error) => error.into(),
            MeetupError::Build(error) => error.into(),
            MeetupError::Publish(error) => error.into(),
            MeetupError::NotAuthor(_) | MeetupError::NotOwner(_) => not_yours(error.to_string()),
            MeetupError::SeriesTaken(_) => {
                Self::new(ExitCode::Usage, error.to_string(), "name it with --id")
            }
            MeetupError::Series(_) => Self::new(
                ExitCode::Usage,
                error.to_string(),
                "--times or --until ends a series; --start names its first date",
            ),
            MeetupError::Muted(_) => Self::plain(ExitCode::Refused, error.to_string()),
            _ => Self::plain(ExitCode::Usage, error.to_string()),
        }
    }
}

impl From<RsvpError> for CliError {
    fn from(error: RsvpError) -> Self {
        match error {
            RsvpError::Lookup(error) => error.into(),
            RsvpError::Build(error) => error.into(),
            RsvpError::Publish(error) => error.into(),
            RsvpError::Cancelled(_) => Self::new(
                ExitCode::Refused,
                error.to_string(),
                "`kith meetup list` shows the others",
            ),
            RsvpError::TooLate(title, last) => Self::new(
                ExitCode::Refused,
                format!("the meetup \"{title}\" took answers until {}", in_utc(last)),
                "`kith rsvp … maybe --note …` tells the organiser all the same",
            ),
            RsvpError::TooManyGuests(_) => Self::plain(ExitCode::Usage, error.to_string()),
            _ => Self::plain(ExitCode::Failure, error.to_string()),
        }
    }
}

impl From<LocalError> for CliError {
    fn from(error: LocalError) -> Self {
        let hint = match &error {
            LocalError::TooNew { .. } => "use the newer program, or move the file away",
            LocalError::Foreign { .. } => "move the file away",
            _ => "is the folder writable, and the disk not full?",
        };
        Self::new(ExitCode::Failure, error.to_string(), hint)
    }
}

fn in_utc(unix: u64) -> String {
    let at = i64::try_from(unix).ok();
    let at = at.and_then(|at| jiff::Timestamp::from_second(at).ok());
    let shown = at.map(|at| at.strftime("%a %-d %b %Y, %H:%M UTC").to_string());
    shown.unwrap_or_else(|| unix.to_string())
}

/// It belongs to another key.
fn not_yours(message: String) -> CliError {
    CliError::new(
        ExitCode::Key,
        message,
        "`kith keys show` says which key you use",
    )
}

/// Refused when a relay said no, unreachable when none said anything.
fn code_of(refused: &[Refusal]) -> ExitCode {
    let said_no = |refusal: &Refusal| {
        matches!(
            refusal.reason,
            Reason::Refused { .. } | Reason::Authentication(_) | Reason::Limit(_)
        )
    };
    if refused.iter().any(said_no) {
        ExitCode::Refused
    } else {
        ExitCode::Unreachable
    }
}

fn hint_of(refused: &[Refusal]) -> Option<String> {
    if refused.iter().any(Refusal::is_about_time) {
        return Some(CLOCK_HINT.to_owned());
    }
    let mut reasons = refused.iter().map(|refusal| &refusal.reason);
    if reasons.any(|reason| matches!(reason, Reason::Authentication(_))) {
        return Some(AUTHENTICATION_HINT.to_owned());
    }
    match code_of(refused) {
        ExitCode::Unreachable => Some(RELAY_HINT.to_owned()),
        ExitCode::Refused => Some(OTHER_RELAY_HINT.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use kith_client::RelayUrl;

    use super::*;

    fn nobody_answered(reasons: Vec<Reason>) -> CliError {
        let refusal = |reason| Refusal {
            relay: RelayUrl::parse("wss://relay.example.com").unwrap(),
            reason,
        };
        let silent = reasons.into_iter().map(refusal).collect();
        ReadError::NobodyAnswered { silent }.into()
    }

    #[test]
    fn who_was_refused_is_not_told_to_start_the_relay() {
        let lost = nobody_answered(vec![Reason::ConnectionLost]);
        assert_eq!(
            (lost.code, lost.hint.as_deref()),
            (ExitCode::Unreachable, Some(RELAY_HINT))
        );
        let refused = nobody_answered(vec![
            Reason::ConnectionLost,
            Reason::refused("restricted: members only"),
        ]);
        assert_eq!(
            (refused.code, refused.hint.as_deref()),
            (ExitCode::Refused, Some(OTHER_RELAY_HINT))
        );
        for text in [
            "invalid: created_at is more than 900 seconds in the future",
            "invalid: event creation timestamp is too old",
        ] {
            let late = [
                Reason::refused(text),
                Reason::Authentication(text.to_owned()),
            ];
            for reason in late {
                let error = nobody_answered(vec![Reason::ConnectionLost, reason]);
                assert_eq!(error.hint.as_deref(), Some(CLOCK_HINT), "{text}");
            }
        }
        let unknown = nobody_answered(vec![Reason::Authentication("who?".to_owned())]);
        assert_eq!(
            (unknown.code, unknown.hint.as_deref()),
            (ExitCode::Refused, Some(AUTHENTICATION_HINT))
        );
    }
}
