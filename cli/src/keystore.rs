//! The user's key: a NIP-49 encrypted file in the configuration folder, a file that names a key in the
//! keyring of the system, or `KITH_KEY`. It knows nothing of relays or of what is signed. Secrets are
//! never printed, logged or put into an error here.

mod error;
mod keyring;

pub use error::KeystoreError;
pub use keyring::Keyring;

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::PathBuf;

use kith_nips::nip19;
use nostr::nips::nip19::{FromBech32, ToBech32};
use nostr::nips::nip49::{EncryptedSecretKey, KeySecurity};
use nostr::{Keys, PublicKey, SecretKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::settings::ConfigFolder;

/// Work factor of new key files: 64 MiB and about a fifth of a second (NIP-49).
pub const LOG_N: u8 = 16;
/// Highest work factor that is tried: 1 GiB of memory (NIP-49).
pub const LOG_N_MAX: u8 = 20;
/// Largest key or password file that is read, in bytes.
pub const KEY_FILE_BYTES_MAX: u64 = 16 * 1024;

const KEY_FILE: &str = "key.toml";

/// A secret as it was typed, not yet decrypted.
pub enum TypedSecret {
    /// nsec or hex.
    Plain(Keys),
    /// ncryptsec (NIP-49); the work factor has been checked.
    Encrypted(EncryptedSecretKey),
}

impl TypedSecret {
    /// Reads nsec, hex or ncryptsec; spaces around it are ignored.
    pub fn parse(text: &str) -> Result<Self, KeystoreError> {
        let text = text.trim();
        if text.starts_with("npub1") || text.starts_with("nprofile1") {
            return Err(KeystoreError::PublicKey);
        }
        let is_name = text.starts_with("ncryptsec1") || text.starts_with("nsec1");
        if is_name && !nip19::is_bech32(text) {
            return Err(KeystoreError::NotASecretKey);
        }
        if text.starts_with("ncryptsec1") {
            let encrypted =
                EncryptedSecretKey::from_bech32(text).map_err(|_| KeystoreError::NotASecretKey)?;
            if encrypted.log_n() > LOG_N_MAX {
                return Err(KeystoreError::WorkFactor {
                    log_n: encrypted.log_n(),
                });
            }
            return Ok(Self::Encrypted(encrypted));
        }
        let secret = SecretKey::parse(text).map_err(|_| KeystoreError::NotASecretKey)?;
        Ok(Self::Plain(Keys::new(secret)))
    }

    /// The keys; `password` is only asked when it is needed.
    pub fn unlock<E: From<KeystoreError>>(
        self,
        password: impl FnOnce() -> Result<Zeroizing<String>, E>,
    ) -> Result<Keys, E> {
        match self {
            Self::Plain(keys) => Ok(keys),
            Self::Encrypted(encrypted) => Ok(decrypt(&encrypted, &password()?)?),
        }
    }
}

/// The key file of a configuration folder.
pub struct Keystore<'a> {
    folder: &'a ConfigFolder,
}

/// What the file holds. The public key is there so that it can be shown
/// without the password; it is checked when the secret is unlocked.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    public_key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    encrypted_secret_key: Option<String>,
    /// The secret is in the keyring of the system.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    in_keyring: bool,
}

/// Where a secret is.
enum StoredSecret {
    Encrypted(EncryptedSecretKey),
    InKeyring,
}

/// A key file as read.
pub struct StoredKey {
    path: PathBuf,
    /// Whose key it is, as the file says.
    pub public_key: PublicKey,
    secret: StoredSecret,
    /// Others on this machine may read the file.
    pub readable_by_others: bool,
}

impl StoredKey {
    /// The encrypted form (`ncryptsec1…`).
    pub fn encrypted(&self) -> Result<String, KeystoreError> {
        match &self.secret {
            StoredSecret::Encrypted(encrypted) => {
                encrypted.to_bech32().map_err(|_| KeystoreError::Encryption)
            }
            StoredSecret::InKeyring => Err(KeystoreError::InKeyring),
        }
    }

    /// Whether a password unlocks it; the keyring needs none.
    pub fn needs_password(&self) -> bool {
        matches!(self.secret, StoredSecret::Encrypted(_))
    }

    /// The keys; `password` is only asked when it is needed.
    pub fn unlock<E: From<KeystoreError>>(
        &self,
        password: impl FnOnce() -> Result<Zeroizing<String>, E>,
    ) -> Result<Keys, E> {
        let encrypted = match &self.secret {
            StoredSecret::Encrypted(encrypted) => encrypted,
            StoredSecret::InKeyring => return Ok(Keyring::open()?.take(self.public_key)?),
        };
        let keys = decrypt(encrypted, &password()?)?;
        if keys.public_key() != self.public_key {
            let message = "the secret key is not that of the public key".to_owned();
            let path = self.path.clone();
            return Err(KeystoreError::Damaged { path, message }.into());
        }
        Ok(keys)
    }
}

impl<'a> Keystore<'a> {
    /// The key file in `folder`; nothing is read yet.
    pub fn new(folder: &'a ConfigFolder) -> Self {
        Self { folder }
    }

    /// The path of the key file.
    pub fn path(&self) -> PathBuf {
        self.folder.file(KEY_FILE)
    }

    /// An error if there is a key and `replace` is not set.
    pub fn check_free(&self, replace: bool) -> Result<(), KeystoreError> {
        if !replace && self.path().exists() {
            return Err(KeystoreError::Exists { path: self.path() });
        }
        Ok(())
    }

    /// Reads the key file.
    pub fn load(&self) -> Result<StoredKey, KeystoreError> {
        let path = self.path();
        let failed = |error| KeystoreError::File {
            doing: "read",
            path: path.clone(),
            error,
        };
        let damaged = |message: &str| KeystoreError::Damaged {
            path: path.clone(),
            message: message.to_owned(),
        };
        let file = match fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(KeystoreError::Missing);
            }
            Err(error) => return Err(failed(error)),
        };
        let readable_by_others = is_readable_by_others(&file).map_err(failed)?;
        let mut text = String::new();
        file.take(KEY_FILE_BYTES_MAX)
            .read_to_string(&mut text)
            .map_err(failed)?;
        let content: KeyFile = toml::from_str(&text).map_err(|error| damaged(error.message()))?;
        let public_key = PublicKey::parse(&content.public_key)
            .map_err(|_| damaged("public_key is not a public key"))?;
        let secret = match (content.encrypted_secret_key, content.in_keyring) {
            (Some(text), false) => match TypedSecret::parse(&text)? {
                TypedSecret::Encrypted(encrypted) => StoredSecret::Encrypted(encrypted),
                TypedSecret::Plain(_) => {
                    return Err(damaged("encrypted_secret_key is not encrypted"));
                }
            },
            (None, true) => StoredSecret::InKeyring,
            _ => {
                let message = "it has either encrypted_secret_key or in_keyring = true";
                return Err(damaged(message));
            }
        };
        Ok(StoredKey {
            path,
            public_key,
            secret,
            readable_by_others,
        })
    }

    /// Encrypts and writes the key. With `replace`, an older key is kept beside
    /// it under a name that carries its public key; the path of that copy is
    /// given back.
    pub fn save(
        &self,
        keys: &Keys,
        password: &str,
        security: KeySecurity,
        replace: bool,
    ) -> Result<Option<PathBuf>, KeystoreError> {
        if password.is_empty() {
            return Err(KeystoreError::EmptyPassword);
        }
        self.check_free(replace)?;
        let encrypted = EncryptedSecretKey::new(keys.secret_key(), password, LOG_N, security)
            .ok()
            .and_then(|encrypted| encrypted.to_bech32().ok())
            .ok_or(KeystoreError::Encryption)?;
        self.write(
            &KeyFile {
                public_key: keys.public_key().to_hex(),
                encrypted_secret_key: Some(encrypted),
                in_keyring: false,
            },
            replace,
        )
    }

    /// Keeps the key in the keyring, and writes whose it is. Otherwise as [`Keystore::save`].
    pub fn save_in_keyring(
        &self,
        keys: &Keys,
        keyring: &Keyring,
        replace: bool,
    ) -> Result<Option<PathBuf>, KeystoreError> {
        self.check_free(replace)?;
        keyring.keep(keys)?;
        self.write(
            &KeyFile {
                public_key: keys.public_key().to_hex(),
                encrypted_secret_key: None,
                in_keyring: true,
            },
            replace,
        )
    }

    fn write(&self, content: &KeyFile, replace: bool) -> Result<Option<PathBuf>, KeystoreError> {
        let text = toml::to_string(content).map_err(|_| KeystoreError::Encryption)?;
        let kept = if replace { self.keep_old()? } else { None };
        self.folder
            .write(KEY_FILE, &text, replace)
            .map_err(|error| {
                if error.kind() == ErrorKind::AlreadyExists {
                    KeystoreError::Exists { path: self.path() }
                } else {
                    KeystoreError::File {
                        doing: "write",
                        path: self.path(),
                        error,
                    }
                }
            })?;
        Ok(kept)
    }

    /// A lost key is a lost community: the file that is replaced stays beside.
    fn keep_old(&self) -> Result<Option<PathBuf>, KeystoreError> {
        let old = match fs::read_to_string(self.path()) {
            Ok(old) => old,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(KeystoreError::File {
                    doing: "read",
                    path: self.path(),
                    error,
                });
            }
        };
        let owner = self.load().map_or_else(
            |_| "damaged".to_owned(),
            |key| key.public_key.to_hex().chars().take(16).collect(),
        );
        let name = format!("key-{owner}.toml");
        self.folder
            .write(&name, &old, true)
            .map_err(|error| KeystoreError::File {
                doing: "write",
                path: self.folder.file(&name),
                error,
            })?;
        Ok(Some(self.folder.file(&name)))
    }
}

fn decrypt(encrypted: &EncryptedSecretKey, password: &str) -> Result<Keys, KeystoreError> {
    if encrypted.log_n() > LOG_N_MAX {
        return Err(KeystoreError::WorkFactor {
            log_n: encrypted.log_n(),
        });
    }
    encrypted
        .decrypt_with_max_log_n(password, LOG_N_MAX)
        .map(Keys::new)
        .map_err(|_| KeystoreError::WrongPassword)
}

#[cfg(unix)]
fn is_readable_by_others(file: &fs::File) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(file.metadata()?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_readable_by_others(_file: &fs::File) -> std::io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests;
