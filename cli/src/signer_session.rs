//! The connection to a signer elsewhere (NIP-46), kept for the next run. It knows nothing of how a
//! signer is spoken to, nor of what it signs.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::PathBuf;

use kith_client::{RelayUrl, SignerSession};
use nostr::SecretKey;
use serde::{Deserialize, Serialize};

use crate::keystore::{KEY_FILE_BYTES_MAX, KeystoreError};
use crate::settings::ConfigFolder;

const SESSION_FILE: &str = "signer.toml";

/// What the file holds. The client's key is of no use but for this connection, which the signer can
/// end; so no password is needed for it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionFile {
    user_public_key: String,
    signer_public_key: String,
    client_secret_key: String,
    relays: Vec<String>,
}

/// The file of a configuration folder.
pub struct SessionStore<'a> {
    folder: &'a ConfigFolder,
}

impl<'a> SessionStore<'a> {
    /// The file in `folder`; nothing is read yet.
    pub fn new(folder: &'a ConfigFolder) -> Self {
        Self { folder }
    }

    /// The path of the file.
    pub fn path(&self) -> PathBuf {
        self.folder.file(SESSION_FILE)
    }

    /// The connection; `None` when there is none.
    pub fn load(&self) -> Result<Option<SignerSession>, KeystoreError> {
        let mut text = String::new();
        let read = fs::File::open(self.path())
            .and_then(|file| file.take(KEY_FILE_BYTES_MAX).read_to_string(&mut text));
        match read {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed("read", error)),
        }
        let content: SessionFile =
            toml::from_str(&text).map_err(|error| self.damaged(error.message()))?;
        let key = |text: &str, name: &str| {
            text.parse()
                .map_err(|_| self.damaged(&format!("{name} is not a public key")))
        };
        let client = SecretKey::from_hex(&content.client_secret_key)
            .map_err(|_| self.damaged("client_secret_key is not a secret key"))?;
        let relays = content.relays.iter().map(|relay| {
            let url = RelayUrl::parse(relay);
            url.map_err(|_| self.damaged(&format!("{relay} is not a relay address")))
        });
        Ok(Some(SignerSession {
            user: key(&content.user_public_key, "user_public_key")?,
            signer: key(&content.signer_public_key, "signer_public_key")?,
            client,
            relays: relays.collect::<Result<_, _>>()?,
        }))
    }

    /// Keeps a connection in the place of an older one.
    pub fn save(&self, session: &SignerSession) -> Result<(), KeystoreError> {
        let content = SessionFile {
            user_public_key: session.user.to_string(),
            signer_public_key: session.signer.to_string(),
            client_secret_key: session.client.to_secret_hex(),
            relays: session.relays.iter().map(ToString::to_string).collect(),
        };
        let text = toml::to_string(&content).map_err(|error| self.damaged(&error.to_string()))?;
        let written = self.folder.write(SESSION_FILE, &text, true);
        written.map_err(|error| self.failed("write", error))
    }

    /// Forgets the connection, if there is one.
    pub fn remove(&self) -> Result<(), KeystoreError> {
        match fs::remove_file(self.path()) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(self.failed("remove", error)),
            _ => Ok(()),
        }
    }

    fn failed(&self, doing: &'static str, error: std::io::Error) -> KeystoreError {
        KeystoreError::File {
            doing,
            path: self.path(),
            error,
        }
    }

    fn damaged(&self, message: &str) -> KeystoreError {
        KeystoreError::DamagedSession {
            path: self.path(),
            message: message.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use nostr::Keys;

    use super::*;
    use crate::settings::Environment;

    #[test]
    fn a_connection_is_kept_and_forgotten() {
        let root = tempfile::tempdir().unwrap();
        let folder = ConfigFolder::find(&Environment {
            config_dir: Some(root.path().join("kith")),
            ..Environment::default()
        });
        let folder = folder.unwrap();
        let store = SessionStore::new(&folder);
        assert!(store.load().unwrap().is_none());
        let key = || kith_client::PublicKey::from(Keys::generate().public_key());
        let session = SignerSession {
            user: key(),
            signer: key(),
            client: Keys::generate().secret_key().clone(),
            relays: vec![RelayUrl::parse("wss://relay.example").unwrap()],
        };
        store.save(&session).unwrap();
        let again = store.load().unwrap().unwrap();
        assert_eq!((again.user, again.signer), (session.user, session.signer));
        assert_eq!(again.client.to_secret_hex(), session.client.to_secret_hex());
        assert_eq!(again.relays, session.relays);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(store.path()).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "others cannot read it");
        }
        folder.write(SESSION_FILE, "relays = 1", true).unwrap();
        let error = store.load().unwrap_err();
        assert!(error.to_string().contains("signer.toml") && error.hint().is_some());
        store.remove().unwrap();
        store.remove().unwrap();
        assert!(store.load().unwrap().is_none());
    }
}
