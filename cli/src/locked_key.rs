//! The key of one run: whose it is is known at once; the secret is unlocked, or the signer that has it
//! is gone to, when a signature is needed, at most once. It knows nothing of what is signed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kith_client::{
    NostrSigner, RemoteSigner, SIGNER_TIMEOUT_DEFAULT, ShowPage, SignerOptions, SignerSession,
};
use kith_nips::Kind;
use nostr::signer::{SignerBackend, SignerError};
use nostr::util::BoxedFuture;
use nostr::{Event, Keys, PublicKey, UnsignedEvent};
use tokio::sync::OnceCell;

use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::keystore::StoredKey;
use crate::password::Password;
use crate::progress::Waiting;

const QUESTION: &str = "Password of your key";
const QUESTION_OF_A_RELAY: &str = "Password of your key (a relay asks who you are)";

/// A key whose secret may still be encrypted. Clones unlock together.
#[derive(Clone)]
pub struct LockedKey(Secret);

#[derive(Clone)]
enum Secret {
    Open(Keys),
    Stored(Arc<Stored>),
    Elsewhere(Arc<Elsewhere>),
}

struct Stored {
    key: StoredKey,
    password: Password,
    unlocked: OnceCell<Result<Keys, CliError>>,
}

struct Elsewhere {
    session: SignerSession,
    user: PublicKey,
    timeout: Duration,
    waiting: Waiting,
    signer: OnceCell<Result<RemoteSigner, CliError>>,
}

impl fmt::Debug for LockedKey {
    /// Without the secret: it must not get into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LockedKey")
            .field("public_key", &self.public_key())
            .finish_non_exhaustive()
    }
}

impl LockedKey {
    /// A key that needs no password.
    pub fn open(keys: Keys) -> Self {
        Self(Secret::Open(keys))
    }

    /// A key in a file, and where its password comes from.
    pub fn stored(key: StoredKey, password: Password) -> Self {
        let unlocked = OnceCell::new();
        Self(Secret::Stored(Arc::new(Stored {
            key,
            password,
            unlocked,
        })))
    }

    /// A key that a signer elsewhere has, which may take as long as a person does, or longer when
    /// relays may.
    pub fn elsewhere(
        session: SignerSession,
        relay_timeout: Duration,
        waiting: Waiting,
    ) -> Result<Self, CliError> {
        let user = PublicKey::try_from(session.user)
            .map_err(|error| CliError::plain(ExitCode::Key, error.to_string()))?;
        Ok(Self(Secret::Elsewhere(Arc::new(Elsewhere {
            session,
            user,
            timeout: relay_timeout.max(SIGNER_TIMEOUT_DEFAULT),
            waiting,
            signer: OnceCell::new(),
        }))))
    }

    /// Whose key it is.
    pub fn public_key(&self) -> PublicKey {
        match &self.0 {
            Secret::Open(keys) => keys.public_key(),
            Secret::Stored(stored) => stored.key.public_key,
            Secret::Elsewhere(elsewhere) => elsewhere.user,
        }
    }

    /// Unlocks it, so that signing needs no password any more.
    pub async fn unlock(&self) -> Result<(), CliError> {
        self.signer(QUESTION).await.map(|_| ())
    }

    /// For what somebody sealed to themselves: their lists are read beside what was asked for, so nobody is
    /// asked for a password, and no signer elsewhere gone to, for that alone.
    async fn signer_without_asking(&self) -> Result<&dyn NostrSigner, SignerError> {
        let is_ready = match &self.0 {
            Secret::Open(_) => true,
            Secret::Stored(stored) => {
                stored.unlocked.initialized()
                    || stored.password.given().is_ok_and(|one| one.is_some())
            }
            Secret::Elsewhere(elsewhere) => elsewhere.signer.initialized(),
        };
        match is_ready {
            true => self.signer(QUESTION).await.map_err(SignerError::backend),
            false => Err(SignerError::from("the key is locked")),
        }
    }

    /// Asks for the password when nobody gave it, or goes to the signer; a second time the first
    /// outcome is repeated.
    async fn signer(&self, question: &'static str) -> Result<&dyn NostrSigner, CliError> {
        let outcome = match &self.0 {
            Secret::Open(keys) => return Ok(keys),
            Secret::Stored(stored) => {
                let unlocking = || unlocked(stored, question);
                let outcome = stored.unlocked.get_or_init(unlocking).await;
                outcome.as_ref().map(|keys| keys as &dyn NostrSigner)
            }
            Secret::Elsewhere(elsewhere) => {
                let going = || reached(elsewhere);
                let outcome = elsewhere.signer.get_or_init(going).await;
                outcome.as_ref().map(|signer| signer as &dyn NostrSigner)
            }
        };
        outcome.map_err(Clone::clone)
    }
}

async fn unlocked(stored: &Arc<Stored>, question: &'static str) -> Result<Keys, CliError> {
    let locked = Arc::clone(stored);
    // Decryption takes a fifth of a second, typing a password longer.
    let work = move || locked.key.unlock(|| locked.password.get(question));
    let outcome = tokio::task::spawn_blocking(work).await;
    outcome.unwrap_or_else(|error| Err(CliError::plain(ExitCode::Failure, error.to_string())))
}

async fn reached(elsewhere: &Elsewhere) -> Result<RemoteSigner, CliError> {
    let options = SignerOptions {
        timeout: elsewhere.timeout,
        show_page: show_page(&elsewhere.waiting),
    };
    Ok(RemoteSigner::resume(&elsewhere.session, options).await?)
}

/// Tells the person of a page on which to say yes.
pub fn show_page(waiting: &Waiting) -> ShowPage {
    let waiting = waiting.clone();
    Arc::new(move |page| {
        let _resting = waiting.rest();
        eprintln!("your signer asks you to say yes on {page}");
    })
}

impl NostrSigner for LockedKey {
    fn backend(&self) -> SignerBackend<'_> {
        SignerBackend::Keys
    }

    fn get_public_key(&self) -> BoxedFuture<'_, Result<PublicKey, SignerError>> {
        Box::pin(async { Ok(self.public_key()) })
    }

    fn sign_event(&self, unsigned: UnsignedEvent) -> BoxedFuture<'_, Result<Event, SignerError>> {
        let question = match unsigned.kind.as_u16() == Kind::AUTHENTICATION.as_u16() {
            true => QUESTION_OF_A_RELAY,
            false => QUESTION,
        };
        Box::pin(async move {
            let signer = self.signer(question).await.map_err(SignerError::backend)?;
            signer.sign_event(unsigned).await
        })
    }

    fn nip04_encrypt<'a>(
        &'a self,
        _: &'a PublicKey,
        _: &'a str,
    ) -> BoxedFuture<'a, Result<String, SignerError>> {
        no_old_messages()
    }

    /// Only for lists of one's own that another program wrote long ago (NIP-51).
    fn nip04_decrypt<'a>(
        &'a self,
        author: &'a PublicKey,
        payload: &'a str,
    ) -> BoxedFuture<'a, Result<String, SignerError>> {
        Box::pin(async move {
            if *author != self.public_key() {
                return no_old_messages().await;
            }
            let signer = self.signer_without_asking().await?;
            signer.nip04_decrypt(author, payload).await
        })
    }

    fn nip44_encrypt<'a>(
        &'a self,
        reader: &'a PublicKey,
        text: &'a str,
    ) -> BoxedFuture<'a, Result<String, SignerError>> {
        Box::pin(async move {
            let signer = self.signer(QUESTION).await.map_err(SignerError::backend)?;
            signer.nip44_encrypt(reader, text).await
        })
    }

    fn nip44_decrypt<'a>(
        &'a self,
        author: &'a PublicKey,
        payload: &'a str,
    ) -> BoxedFuture<'a, Result<String, SignerError>> {
        Box::pin(async move {
            let signer = match *author == self.public_key() {
                true => self.signer_without_asking().await?,
                false => self.signer(QUESTION).await.map_err(SignerError::backend)?,
            };
            signer.nip44_decrypt(author, payload).await
        })
    }
}

/// NIP-04 is not safe any more: nothing here writes it, nor reads what others wrote.
fn no_old_messages<'a>() -> BoxedFuture<'a, Result<String, SignerError>> {
    Box::pin(async { Err(SignerError::from("this program does not use NIP-04")) })
}

#[cfg(test)]
mod tests {
    use nostr::EventBuilder;
    use nostr::nips::nip49::KeySecurity;
    use zeroize::Zeroizing;

    use super::*;
    use crate::keystore::Keystore;
    use crate::prompt::Prompt;
    use crate::settings::{ConfigFolder, Environment};

    fn stored(keys: &Keys) -> (tempfile::TempDir, StoredKey) {
        let root = tempfile::tempdir().unwrap();
        let folder = ConfigFolder::find(&Environment {
            config_dir: Some(root.path().join("kith")),
            ..Environment::default()
        })
        .unwrap();
        let store = Keystore::new(&folder);
        store
            .save(keys, "right", KeySecurity::Medium, false)
            .unwrap();
        let stored = store.load().unwrap();
        (root, stored)
    }

    #[tokio::test]
    async fn whose_key_it_is_needs_no_password_and_signing_does() {
        let keys = Keys::generate();
        let (root, stored) = stored(&keys);
        let file = root.path().join("password");
        let key = LockedKey::stored(
            stored,
            Password::new(Some(file.clone()), None, Prompt::default()),
        );
        assert_eq!(key.get_public_key().await.unwrap(), keys.public_key());

        // Only now somebody looks for the password.
        std::fs::write(&file, "right\n").unwrap();
        let note = EventBuilder::text_note("hello");
        let signed = key.sign_event(note.build(keys.public_key())).await.unwrap();
        assert!(signed.verify().is_ok());
        std::fs::remove_file(&file).unwrap();
        assert!(key.clone().unlock().await.is_ok(), "once for all clones");
    }

    #[tokio::test]
    async fn a_wrong_password_is_asked_for_once() {
        let keys = Keys::generate();
        let (_root, stored) = stored(&keys);
        let wrong = Password::new(
            None,
            Some(Zeroizing::new("wrong".to_owned())),
            Prompt::default(),
        );
        let key = LockedKey::stored(stored, wrong);
        let error = key.unlock().await.unwrap_err();
        assert_eq!(error.code, ExitCode::Key);
        assert!(error.hint.is_some());
        let note = EventBuilder::text_note("hello").build(keys.public_key());
        let refusal = key.sign_event(note).await.unwrap_err();
        assert_eq!(refusal.to_string(), error.message);
        let secret = keys.secret_key().to_secret_hex();
        assert!(!format!("{key:?} {error:?}").contains(&secret));
    }

    #[tokio::test]
    async fn an_open_key_asks_nobody() {
        let keys = Keys::generate();
        let key = LockedKey::open(keys.clone());
        assert_eq!(key.public_key(), keys.public_key());
        assert!(key.unlock().await.is_ok());
    }
}
