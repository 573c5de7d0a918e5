//! Why there is no usable key, and what to do about it. Never holds a secret.

use std::path::PathBuf;

use super::LOG_N_MAX;

/// Why there is no usable key.
#[derive(Debug, thiserror::Error)]
pub enum KeystoreError {
    /// No key file and no `KITH_KEY`.
    #[error("there is no key yet")]
    Missing,
    /// A key file exists and was not to be replaced.
    #[error("there is already a key in {}", path.display())]
    Exists {
        /// The key file.
        path: PathBuf,
    },
    /// The text is neither nsec, hex nor ncryptsec.
    #[error("this is not a secret key")]
    NotASecretKey,
    /// A public key where a secret one is needed.
    #[error("this is a public key, not a secret one")]
    PublicKey,
    /// NIP-49: the password is wrong, or the text was changed.
    #[error("the password is wrong, or the key is damaged")]
    WrongPassword,
    /// NIP-49: more work than [`LOG_N_MAX`]; refused before memory is taken.
    #[error("the key asks for a work factor of {log_n}; at most {LOG_N_MAX} is allowed")]
    WorkFactor {
        /// What the key asks for.
        log_n: u8,
    },
    /// Passwords protect the key; an empty one does not.
    #[error("the password is empty")]
    EmptyPassword,
    /// NIP-49 encryption failed.
    #[error("the key could not be encrypted")]
    Encryption,
    /// The key file is not what `kith` writes.
    #[error("{}: {message}", path.display())]
    Damaged {
        /// The key file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// The connection to a signer is not what `kith` writes.
    #[error("{}: {message}", path.display())]
    DamagedSession {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// There is no connection to a signer.
    #[error("no signer is logged in")]
    NotLoggedIn,
    /// The secret key is not on this machine.
    #[error("the secret key is with your signer, not here")]
    Elsewhere,
    /// The key is in the keyring, and nowhere encrypted.
    #[error("the key is in the keyring of the system, not encrypted in a file")]
    InKeyring,
    /// The keyring has no such key.
    #[cfg(feature = "keyring")]
    #[error("the keyring of the system does not have your key")]
    NotInKeyring,
    /// The keyring cannot be used.
    #[cfg(feature = "keyring")]
    #[error("the keyring of the system cannot be used: {0}")]
    Keyring(&'static str),
    /// This program knows no keyring.
    #[cfg(not(feature = "keyring"))]
    #[error("this kith was built without the keyring of the system")]
    BuiltWithoutKeyring,
    /// Reading or writing failed.
    #[error("cannot {doing} {}: {error}", path.display())]
    File {
        /// "read", "write" or "remove".
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

impl KeystoreError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Missing => {
                "make one with `kith keys new`, or bring yours with `kith keys import`"
            }
            Self::Exists { .. } => {
                "`kith keys show` prints it; --force puts a new one in its place"
            }
            Self::NotASecretKey => "give an nsec1…, an ncryptsec1… or 64 hexadecimal digits",
            Self::PublicKey => "the secret key starts with nsec1 or ncryptsec1",
            Self::WrongPassword => "type it again, or check KITH_PASSWORD or --password-file",
            Self::WorkFactor { .. } => {
                "decrypt it with the program that made it and import the nsec"
            }
            Self::EmptyPassword => "choose one of some length: it protects your communities",
            Self::Damaged { .. } => "restore the file from a copy, or import your key with --force",
            Self::DamagedSession { .. } => {
                "end the connection with `kith logout`, and make a new one with `kith login`"
            }
            Self::NotLoggedIn => "`kith login` lets a phone or a bunker sign for you",
            Self::Elsewhere => "ask your signer for it, or `kith logout` to use the key file again",
            Self::InKeyring => "leave --encrypted out",
            #[cfg(feature = "keyring")]
            Self::NotInKeyring => "import your key again with --force, or restore the keyring",
            #[cfg(feature = "keyring")]
            Self::Keyring(_) => {
                "unlock it, or keep the key in a file: import it with --force and without --keyring"
            }
            #[cfg(not(feature = "keyring"))]
            Self::BuiltWithoutKeyring => "build it with `--features keyring`",
            Self::Encryption | Self::File { .. } => return None,
        };
        Some(hint.to_owned())
    }
}
