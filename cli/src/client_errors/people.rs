//! What the errors about other people and other relays mean to whoever ran `kith`.

use kith_client::{
    AdminError, FeedError, FriendError, IdentifierError, MuteError, NoteError, ProfileError,
    RelaysNearError, ReportError, VanishError,
};
use kith_nips::nip24::FieldError;

use crate::errors::CliError;
use crate::exit_code::ExitCode;

impl From<FriendError> for CliError {
    fn from(error: FriendError) -> Self {
        match error {
            FriendError::Read(error) => error.into(),
            FriendError::ListUnavailable(error) => error.into(),
            FriendError::Build(error) => error.into(),
            FriendError::Publish(error) => error.into(),
            FriendError::Yourself => Self::usage(error.to_string(), "give the npub of another"),
            _ => Self::plain(ExitCode::Failure, error.to_string()),
        }
    }
}

impl From<IdentifierError> for CliError {
    fn from(error: IdentifierError) -> Self {
        let message = error.to_string();
        match error {
            IdentifierError::Unknown { .. } => Self::new(
                ExitCode::Unreachable,
                message,
                "try again later, or give their npub1…",
            ),
            IdentifierError::NotConfirmed { .. } => Self::new(
                ExitCode::NotFound,
                message,
                "whoever runs a domain can name any key; ask them for their npub1…",
            ),
            _ => Self::new(
                ExitCode::NotFound,
                message,
                "is it typed as they gave it? their npub1… leads to them too",
            ),
        }
    }
}

impl From<FeedError> for CliError {
    fn from(error: FeedError) -> Self {
        match error {
            FeedError::Friends(error) => error.into(),
            FeedError::Read(error) => error.into(),
            _ => Self::plain(ExitCode::Failure, error.to_string()),
        }
    }
}

impl From<MuteError> for CliError {
    fn from(error: MuteError) -> Self {
        match error {
            MuteError::Read(error) => error.into(),
            MuteError::ListUnavailable(error) => error.into(),
            MuteError::Build(error) => error.into(),
            MuteError::Publish(error) => error.into(),
            MuteError::Sealed(_) => Self::new(
                ExitCode::Key,
                error.to_string(),
                "another program may have sealed it for another key; without --private it can be added to",
            ),
            _ => Self::plain(ExitCode::Failure, error.to_string()),
        }
    }
}

impl From<ProfileError> for CliError {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::Read(error) => error.into(),
            ProfileError::ListUnavailable(error) => error.into(),
            ProfileError::Publish(error) => error.into(),
            _ => Self::plain(ExitCode::Failure, error.to_string()),
        }
    }
}

impl From<FieldError> for CliError {
    /// Fields are called as the options that they are typed behind.
    fn from(error: FieldError) -> Self {
        Self::usage(
            format!("--{error}"),
            "what stands there now stays; \"\" removes it",
        )
    }
}

impl From<NoteError> for CliError {
    fn from(error: NoteError) -> Self {
        match error {
            NoteError::Lookup(error) => error.into(),
            NoteError::Build(error) => error.into(),
            NoteError::Publish(error) => error.into(),
            NoteError::Deleted(_) => Self::plain(ExitCode::NotFound, error.to_string()),
            _ => Self::plain(ExitCode::Failure, error.to_string()),
        }
    }
}

impl From<VanishError> for CliError {
    fn from(error: VanishError) -> Self {
        match error {
            VanishError::Publish(error) => error.into(),
            VanishError::Unreachable(_) => Self::new(
                ExitCode::Unreachable,
                error.to_string(),
                "is that its address?",
            ),
            _ => Self::plain(ExitCode::Failure, error.to_string()),
        }
    }
}

impl From<AdminError> for CliError {
    fn from(error: AdminError) -> Self {
        let message = error.to_string();
        match error {
            AdminError::Sign(error) => error.into(),
            AdminError::NoAnswer { .. } => {
                Self::new(ExitCode::Unreachable, message, "is the relay running?")
            }
            AdminError::Unauthorized { .. } => Self::new(
                ExitCode::Refused,
                message,
                "`kith doctor` says whether the clocks agree; the relay may know itself by another \
                 address",
            ),
            AdminError::Forbidden { .. } => Self::new(
                ExitCode::Refused,
                message,
                "its operator names the administrators; `kith keys show` says which key you use",
            ),
            AdminError::UnknownMethod { .. } => Self::new(
                ExitCode::Refused,
                message,
                "`kith admin methods` lists what it knows",
            ),
            AdminError::NotManaged { .. } | AdminError::Redirected { .. } => Self::new(
                ExitCode::Refused,
                message,
                "does it announce NIP-86? is this its address?",
            ),
            _ => Self::plain(ExitCode::Refused, message),
        }
    }
}

impl From<ReportError> for CliError {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Lookup(error) => error.into(),
            ReportError::Build(error) => error.into(),
            ReportError::Publish(error) => error.into(),
            ReportError::NotOwner(_) => super::not_yours(error.to_string()),
            _ => Self::plain(ExitCode::Failure, error.to_string()),
        }
    }
}

impl From<RelaysNearError> for CliError {
    fn from(error: RelaysNearError) -> Self {
        match error {
            RelaysNearError::Read(error) => error.into(),
            _ => Self::usage(error.to_string(), "try a smaller --radius"),
        }
    }
}
