//! Answers about whoever uses this machine: the key, the signer, the relays, the man pages.

use std::path::PathBuf;

use serde::Serialize;

use super::views::PublishedView;
use crate::settings::Source;

/// A signer elsewhere signs from now on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LoggedIn {
    /// Whose notes it signs, `npub1…`.
    pub npub: String,
    /// The same, 64 hexadecimal digits.
    pub public_key: String,
    /// The key that the signer answers with.
    pub signer_public_key: String,
    /// Where it listens.
    pub relays: Vec<String>,
    /// Where the connection is kept.
    pub file: PathBuf,
}

/// The key file is used again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LoggedOut {
    /// Whose notes the signer signed, `npub1…`.
    pub npub: String,
    /// The same, 64 hexadecimal digits.
    pub public_key: String,
}

/// A key was written.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KeySaved {
    /// `npub1…`.
    pub npub: String,
    /// 64 hexadecimal digits.
    pub public_key: String,
    /// The encrypted key file, or the one that names a key in the keyring.
    pub file: PathBuf,
    /// Whether the key is in the keyring of the system.
    #[serde(skip)]
    pub in_keyring: bool,
    /// Where the key that was there before is kept.
    pub replaced_key_file: Option<PathBuf>,
    /// What to run next.
    #[serde(skip)]
    pub next: Vec<String>,
}

/// The key that would be used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KeyShown {
    /// `npub1…`.
    pub npub: String,
    /// 64 hexadecimal digits.
    pub public_key: String,
    /// The key file; absent when the key came from `KITH_KEY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// `nsec1…` or `ncryptsec1…`, only when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<String>,
}

/// The relays that are used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Relays {
    /// Addresses.
    pub relays: Vec<String>,
    /// `flag`, `environment`, `file` or `default`.
    pub source: Source,
}

/// Man pages were written.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ManPages {
    /// The files.
    pub files: Vec<PathBuf>,
}

/// Relays were asked to delete all that the key wrote.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Vanished {
    /// Id of the request, 64 hexadecimal digits.
    pub id: String,
    /// Whether every relay is meant, or one.
    pub everywhere: bool,
    /// Which relays took the request.
    pub published: PublishedView,
}
