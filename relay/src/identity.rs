//! The relay's own key: made at the first start and kept in the data folder, or given by the
//! operator. Signs what the relay says about itself (NIP-11 `self`, NIP-43). Knows no event by its
//! meaning; the secret leaves this file in signatures only, and is never printed.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use kith_nips::nip01::{Draft, DraftError};
use kith_nips::{Event, PublicKey};
use nostr::{Keys, SecretKey};
use tracing::{info, warn};

/// The file in the data folder, with the secret key in hexadecimal.
const KEY_FILE: &str = "relay.key";

/// What is written before it gets the name of [`KEY_FILE`].
const UNFINISHED_FILE: &str = "relay.key.new";

/// No key is longer: 64 digits, or the 63 characters of an `nsec1…`, and a line end.
const KEY_FILE_BYTES_MAX: u64 = 256;

/// Whoever else may read a file, in the bits of its mode.
#[cfg(unix)]
const READABLE_BY_OTHERS: u32 = 0o077;

/// The relay as an author.
pub struct Identity {
    keys: Keys,
    public: PublicKey,
}

/// There is no key to sign with.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The file is not there, or cannot be read.
    #[error("the relay's key {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
    /// The file holds something else. What it holds is not told.
    #[error(
        "{} does not hold a secret key: one line of 64 hexadecimal digits or nsec1… is expected",
        .0.display()
    )]
    NoKey(PathBuf),
    /// A new key could not be written.
    #[error("a key for the relay cannot be kept in {}: {reason}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
    /// A new key needs bytes that nobody can guess.
    #[error("the system gives no random bytes for a key: {0}")]
    NoRandomness(getrandom::Error),
}

impl Identity {
    /// Reads the key in `given`, or else the one in the data folder, which is made if there is
    /// none.
    ///
    /// # Errors
    /// [`IdentityError`]; a key that is there and cannot be read is never replaced.
    pub fn open(given: Option<&Path>, data_folder: &Path) -> Result<Self, IdentityError> {
        if let Some(path) = given {
            return Self::read(path);
        }
        let path = data_folder.join(KEY_FILE);
        match path.try_exists() {
            Ok(true) => Self::read(&path),
            Ok(false) => Self::make(&path, &data_folder.join(UNFINISHED_FILE)),
            Err(reason) => Err(IdentityError::Unreadable { path, reason }),
        }
    }

    /// The key under which the relay is known (NIP-11 `self`).
    pub fn public_key(&self) -> PublicKey {
        self.public
    }

    /// Signs in the relay's name; `now` is Unix time in seconds, used if the draft has no time of
    /// its own.
    ///
    /// # Errors
    /// What cannot be an event.
    pub fn sign(&self, draft: &Draft, now: u64) -> Result<Event, DraftError> {
        draft.sign(&self.keys, now)
    }

    fn of(secret: SecretKey) -> Self {
        let keys = Keys::new(secret);
        let public = keys.public_key().into();
        Identity { keys, public }
    }

    fn read(path: &Path) -> Result<Self, IdentityError> {
        let unreadable = |reason| IdentityError::Unreadable {
            path: path.to_owned(),
            reason,
        };
        let file = File::open(path).map_err(unreadable)?;
        warn_if_others_may_read(&file, path);
        let mut bytes = Vec::new();
        file.take(KEY_FILE_BYTES_MAX)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        let no_key = || IdentityError::NoKey(path.to_owned());
        let text = str::from_utf8(&bytes).map_err(|_| no_key())?;
        let secret = SecretKey::parse(text.trim()).map_err(|_| no_key())?;
        Ok(Self::of(secret))
    }

    /// Under its final name the file is always whole: a crash leaves none, or the key.
    fn make(path: &Path, unfinished: &Path) -> Result<Self, IdentityError> {
        let secret = new_secret()?;
        let line = format!("{}\n", secret.to_secret_hex());
        write_private(unfinished, line.as_bytes())
            .and_then(|()| std::fs::rename(unfinished, path))
            .and_then(|()| sync_folder_of(path))
            .map_err(|reason| IdentityError::Unwritable {
                path: path.to_owned(),
                reason,
            })?;
        info!("made a key for the relay, in {}", path.display());
        Ok(Self::of(secret))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Identity")
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}

fn new_secret() -> Result<SecretKey, IdentityError> {
    loop {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(IdentityError::NoRandomness)?;
        // Out of 2^128 numbers, one is no key.
        if let Ok(secret) = SecretKey::from_slice(&bytes) {
            return Ok(secret);
        }
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // What a crash left may have been made with another mode.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The new name must survive a power failure too.
#[cfg(unix)]
fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(not(unix))]
fn sync_folder_of(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn warn_if_others_may_read(file: &File, path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = file
        .metadata()
        .map(|metadata| metadata.permissions().mode());
    if mode.is_ok_and(|mode| mode & READABLE_BY_OTHERS != 0) {
        warn!(
            "others on this machine may read the relay's key: chmod 600 {}",
            path.display()
        );
    }
}

#[cfg(not(unix))]
fn warn_if_others_may_read(_: &File, _: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_nips::Kind;
    use tempfile::{TempDir, tempdir};

    /// Of the secret key 1.
    const PUBLIC: &str = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

    fn with_file(content: &[u8]) -> (TempDir, PathBuf) {
        let folder = tempdir().unwrap();
        let path = folder.path().join("given");
        std::fs::write(&path, content).unwrap();
        (folder, path)
    }

    #[test]
    fn the_key_made_at_the_first_start_stays() {
        let folder = tempdir().unwrap();
        let made = Identity::open(None, folder.path()).unwrap();
        let read = Identity::open(None, folder.path()).unwrap();
        assert_eq!(made.public_key(), read.public_key());
        let other = tempdir().unwrap();
        let other = Identity::open(None, other.path()).unwrap();
        assert_ne!(made.public_key(), other.public_key());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempdir().unwrap();
        // A crash left this.
        let unfinished = folder.path().join(UNFINISHED_FILE);
        std::fs::write(&unfinished, "x".repeat(1_000)).unwrap();
        Identity::open(None, folder.path()).unwrap();
        let mode = std::fs::metadata(folder.path().join(KEY_FILE)).unwrap();
        assert_eq!(mode.permissions().mode() & 0o777, 0o600);
        assert!(!unfinished.exists());
    }

    #[test]
    fn the_operator_gives_a_key_in_either_spelling() {
        let hex = format!("{:064x}\n", 1);
        let secret = SecretKey::parse(hex.trim()).unwrap();
        let nsec = nostr::nips::nip19::ToBech32::to_bech32(&secret).unwrap();
        for content in [hex, nsec] {
            let (folder, path) = with_file(content.as_bytes());
            let identity = Identity::open(Some(&path), folder.path()).unwrap();
            assert_eq!(identity.public_key().to_string(), PUBLIC);
            assert!(!folder.path().join(KEY_FILE).exists());
        }
    }

    #[test]
    fn what_is_no_key_is_an_error_that_does_not_tell_it() {
        let zero = "0".repeat(64);
        let long = "1".repeat(1_000);
        for content in ["", "hunter2", &zero, &PUBLIC[1..], &long] {
            let (folder, path) = with_file(content.as_bytes());
            let error = Identity::open(Some(&path), folder.path()).unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(matches!(error, IdentityError::NoKey(_)), "{text}");
            assert!(content.is_empty() || !text.contains(content), "{text}");
        }
        let (folder, path) = with_file(b"\xff\xfe");
        assert!(Identity::open(Some(&path), folder.path()).is_err());
        let missing = folder.path().join("missing");
        let error = Identity::open(Some(&missing), folder.path()).unwrap_err();
        assert!(error.to_string().contains("missing"), "{error}");
    }

    #[test]
    fn a_key_that_cannot_be_read_is_not_replaced() {
        let folder = tempdir().unwrap();
        let path = folder.path().join(KEY_FILE);
        std::fs::write(&path, "spoilt").unwrap();
        Identity::open(None, folder.path()).unwrap_err();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "spoilt");
    }

    #[test]
    fn it_signs_and_does_not_show_its_secret() {
        let (folder, path) = with_file(format!("{:064x}", 1).as_bytes());
        let identity = Identity::open(Some(&path), folder.path()).unwrap();
        let draft = Draft {
            kind: Kind::RELAY_MEMBERS,
            created_at: None,
            tags: vec![vec!["-".to_owned()]],
            content: String::new(),
        };
        let event = identity.sign(&draft, 5).unwrap();
        assert_eq!(event.pubkey(), identity.public_key());
        assert_eq!(event.created_at(), 5);
        assert!(event.verify().is_ok());
        let shown = format!("{identity:?}");
        assert!(!shown.contains(&format!("{:064x}", 1)), "{shown}");
    }
}
