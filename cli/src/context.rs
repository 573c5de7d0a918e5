//! What one run works with: settings resolved once, the key when it is needed,
//! a connection when it is needed. It knows nothing of what is done with them.

use std::fs;
use std::io::Read;
use std::time::Duration;

use jiff::Zoned;
use kith_client::{Kith, Rewrite};
use kith_nips::PublicKey;
use nostr::Keys;
use zeroize::Zeroizing;

use crate::arguments::{Global, ListRewrite};
use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::keystore::{KEY_FILE_BYTES_MAX, Keystore, KeystoreError, TypedSecret};
use crate::prompt;
use crate::settings::{self, ConfigFolder, Environment, Relays};

/// How a script gives the password.
const PASSWORD_INSTEAD: &str = "set KITH_PASSWORD or give --password-file";

/// What one run works with.
pub struct Context {
    /// Options of every command.
    pub global: Global,
    /// Variables of the process.
    pub environment: Environment,
    /// The configuration folder.
    pub folder: ConfigFolder,
    /// The moment that dates count from, in the zone of this machine.
    pub now: Zoned,
}

impl Context {
    /// Resolves what every command needs.
    pub fn new(global: Global, environment: Environment) -> Result<Self, CliError> {
        let folder = ConfigFolder::find(&environment)?;
        let now = settings::now(global.now.as_deref(), &environment)?;
        // Notes know whole seconds only.
        let now = now.round(jiff::Unit::Second).unwrap_or(now);
        Ok(Self {
            global,
            environment,
            folder,
            now,
        })
    }

    /// Unix seconds of [`Context::now`].
    pub fn now_unix(&self) -> u64 {
        u64::try_from(self.now.timestamp().as_second()).unwrap_or_default()
    }

    /// The relays of this run.
    pub fn relays(&self) -> Result<Relays, CliError> {
        Ok(Relays::resolve(
            &self.global.relays,
            &self.environment,
            &self.folder,
        )?)
    }

    /// Whose key it is, without unlocking it; `None` when there is none, or
    /// when only the password would tell.
    pub fn public_key(&self) -> Result<Option<PublicKey>, CliError> {
        let key = match &self.environment.key {
            Some(typed) => match TypedSecret::parse(typed)? {
                TypedSecret::Plain(keys) => Some(keys.public_key()),
                encrypted @ TypedSecret::Encrypted(_) => match self.password_for_scripts()? {
                    Some(password) => Some(
                        encrypted
                            .unlock(|| Ok::<_, KeystoreError>(password))?
                            .public_key(),
                    ),
                    None => None,
                },
            },
            None => match Keystore::new(&self.folder).load() {
                Ok(stored) => Some(stored.public_key),
                Err(KeystoreError::Missing) => None,
                Err(error) => return Err(error.into()),
            },
        };
        Ok(key.map(PublicKey::from))
    }

    /// The key, unlocked; asks for the password when nobody gave it.
    pub fn keys(&self) -> Result<Keys, CliError> {
        match &self.environment.key {
            Some(typed) => TypedSecret::parse(typed)
                .map_err(|error| CliError::from(error).about("KITH_KEY"))?
                .unlock(|| self.password("Password of KITH_KEY")),
            None => {
                let stored = Keystore::new(&self.folder).load()?;
                let password = self.password("Password of your key")?;
                Ok(stored.unlock(&password)?)
            }
        }
    }

    /// A password that was given, else asked for.
    pub fn password(&self, question: &str) -> Result<Zeroizing<String>, CliError> {
        match self.password_for_scripts()? {
            Some(password) => Ok(password),
            None => prompt::secret(question, false, PASSWORD_INSTEAD).map_err(no_password),
        }
    }

    /// A password that was given, else asked for twice.
    pub fn new_password(&self) -> Result<Zeroizing<String>, CliError> {
        match self.password_for_scripts()? {
            Some(password) => Ok(password),
            None => prompt::secret("New password for your key", true, PASSWORD_INSTEAD)
                .map_err(no_password),
        }
    }

    /// A connection that only reads.
    pub async fn reader(&self) -> Result<Kith, CliError> {
        self.connect(None).await
    }

    /// A connection that can sign; unlocks the key.
    pub async fn writer(&self) -> Result<Kith, CliError> {
        self.connect(Some(self.keys()?)).await
    }

    /// [`Context::writer`] for commands that rewrite a list.
    pub async fn list_writer(&self, list: ListRewrite) -> Result<Kith, CliError> {
        let kith = self.writer().await?;
        Ok(if list.force_new_list {
            kith.with_rewrite(Rewrite::Confirmed)
        } else {
            kith
        })
    }

    async fn connect(&self, keys: Option<Keys>) -> Result<Kith, CliError> {
        let relays = self.relays()?.urls;
        let mut builder = Kith::builder()
            .relays(relays.iter().map(ToString::to_string))
            .timeout(Duration::from_secs(self.global.timeout));
        if let Some(keys) = keys {
            builder = builder.signer(keys);
        }
        Ok(builder.connect().await?)
    }

    /// `--password-file`, else `KITH_PASSWORD`.
    fn password_for_scripts(&self) -> Result<Option<Zeroizing<String>>, CliError> {
        let Some(path) = &self.global.password_file else {
            return Ok(self.environment.password.clone());
        };
        let mut text = Zeroizing::new(String::new());
        fs::File::open(path)
            .and_then(|file| file.take(KEY_FILE_BYTES_MAX).read_to_string(&mut text))
            .map_err(|error| CliError::file("read", path, &error))?;
        let line = text.lines().next().unwrap_or_default();
        Ok(Some(Zeroizing::new(line.to_owned())))
    }
}

/// No password is a key problem for scripts, however it came about.
fn no_password(error: prompt::PromptError) -> CliError {
    CliError {
        code: ExitCode::Key,
        ..CliError::from(error)
    }
}
