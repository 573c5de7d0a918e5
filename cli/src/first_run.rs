//! The first run of somebody who has no key: questions, and only after the last answer something is
//! written, so that nothing half-made is left when they stop. It knows nothing of the command that goes
//! on afterwards.

use std::fmt;
use std::time::Duration;

use kith_client::nip24::{Field, ProfileChange};
use kith_client::{BunkerAddress, RemoteSigner, SIGNER_TIMEOUT_DEFAULT, SignerOptions};
use nostr::Keys;
use nostr::nips::nip49::KeySecurity;
use zeroize::Zeroizing;

use crate::errors::CliError;
use crate::keystore::{Keystore, TypedSecret};
use crate::locked_key::{LockedKey, show_page};
use crate::password::Password;
use crate::place::TypedPlace;
use crate::progress::Waiting;
use crate::prompt::{Prompt, PromptError, Question};
use crate::settings::{self, ConfigFolder, RELAY_DEFAULT};
use crate::signer_session::SessionStore;

/// How a script does without these questions.
const INSTEAD: &str = "make a key with `kith keys new`, or bring yours with `kith keys import`";

/// What the questions need.
pub struct FirstRun<'a> {
    /// Where key and configuration are written.
    pub folder: &'a ConfigFolder,
    /// For the new key; asked for when nobody gave one.
    pub password: &'a Password,
    /// Who asks.
    pub prompt: &'a Prompt,
    /// What rests meanwhile.
    pub waiting: &'a Waiting,
    /// Nobody has named relays yet, so they are asked for.
    pub asks_for_relays: bool,
    /// How long a relay may stay silent.
    pub relay_timeout: Duration,
}

/// Somebody who has a key now.
pub struct Newcomer {
    /// Their key, unlocked.
    pub key: LockedKey,
    /// What they want to be called.
    pub name: Option<String>,
}

impl FirstRun<'_> {
    /// Asks everything, then writes everything.
    pub async fn welcome(&self) -> Result<Newcomer, CliError> {
        let answers = self.ask()?;
        self.keep(answers).await
    }

    fn ask(&self) -> Result<Answers, CliError> {
        let ways = vec![Way::New, Way::Own, Way::Elsewhere];
        let question = "There is no key yet. What signs what you write?";
        let way = self.prompt.choice(question, ways, INSTEAD)?;
        let signer = match way {
            Way::New => self.kept_here(Keys::generate(), KeySecurity::Medium)?,
            Way::Own => self.own_key()?,
            Way::Elsewhere => Signer::Elsewhere(self.address()?),
        };
        let name = match way {
            Way::New => self.line(
                "What should others call you?",
                "Enter: no name",
                "",
                is_name,
            )?,
            // Who has a key has a name.
            Way::Own | Way::Elsewhere => None,
        };
        let home = self.line(
            "Where do you live?",
            "a city (\"Brighton, GB\"), for `kith near`; Enter: nowhere",
            "",
            is_place,
        )?;
        let relays = match self.asks_for_relays {
            true => self.line(
                "Which relays?",
                "wss://…, with spaces between several",
                RELAY_DEFAULT,
                |typed| match settings::relay_urls(typed) {
                    Ok(_) => Ok(()),
                    Err(error) => Err(error.to_string()),
                },
            )?,
            false => None,
        };
        Ok(Answers {
            signer,
            name,
            home,
            relays,
        })
    }

    fn kept_here(&self, keys: Keys, security: KeySecurity) -> Result<Signer, CliError> {
        Ok(Signer::Here {
            keys,
            security,
            password: self.password.get_new()?,
        })
    }

    /// Asks until it is a secret key.
    fn own_key(&self) -> Result<Signer, CliError> {
        let secret = loop {
            let question = "Your secret key (nsec, hex or ncryptsec)";
            let typed = self.prompt.secret(question, false, INSTEAD)?;
            match TypedSecret::parse(&typed) {
                Ok(secret) => break secret,
                Err(error) => self.prompt.say(&error.to_string()),
            }
        };
        // A key that was ever written in the clear may have been seen (NIP-49).
        let security = match &secret {
            TypedSecret::Plain(_) => KeySecurity::Weak,
            TypedSecret::Encrypted(encrypted) => encrypted.key_security(),
        };
        let question = "Password of that key";
        let keys = secret.unlock(|| {
            let typed = self.prompt.secret(question, false, INSTEAD);
            typed.map_err(CliError::from)
        })?;
        self.kept_here(keys, security)
    }

    /// Asks until it is the address of a signer.
    fn address(&self) -> Result<BunkerAddress, CliError> {
        loop {
            let question = "Address of your signer (bunker://…)";
            let typed = self.prompt.secret(question, false, INSTEAD)?;
            match typed.trim().parse() {
                Ok(address) => return Ok(address),
                Err(error) => self.prompt.say(&CliError::from(error).message),
            }
        }
    }

    /// A line, when one was typed.
    fn line(
        &self,
        text: &str,
        help: &str,
        default: &str,
        check: impl Fn(&str) -> Result<(), String> + Clone + 'static,
    ) -> Result<Option<String>, PromptError> {
        let question = Question {
            text,
            help,
            default,
        };
        let typed = self.prompt.line(question, check, INSTEAD)?;
        Ok((!typed.is_empty()).then_some(typed))
    }

    /// A signer is asked first: it may say no.
    async fn keep(&self, answers: Answers) -> Result<Newcomer, CliError> {
        let Answers {
            signer,
            name,
            home,
            relays,
        } = answers;
        let configure = || settings::begin(self.folder, home, relays.as_deref());
        let key = match signer {
            Signer::Here {
                keys,
                security,
                password,
            } => {
                configure()?;
                Keystore::new(self.folder).save(&keys, &password, security, false)?;
                LockedKey::open(keys)
            }
            Signer::Elsewhere(address) => {
                let options = SignerOptions {
                    timeout: self.relay_timeout.max(SIGNER_TIMEOUT_DEFAULT),
                    show_page: show_page(self.waiting),
                };
                let signer = RemoteSigner::connect(&address, options).await?;
                let session = signer.session();
                configure()?;
                SessionStore::new(self.folder).save(&session)?;
                LockedKey::elsewhere(session, self.relay_timeout, self.waiting.clone())?
            }
        };
        Ok(Newcomer { key, name })
    }
}

/// What the person said.
struct Answers {
    signer: Signer,
    name: Option<String>,
    home: Option<String>,
    relays: Option<String>,
}

/// Who signs.
enum Signer {
    /// A key in a file.
    Here {
        keys: Keys,
        security: KeySecurity,
        password: Zeroizing<String>,
    },
    /// A phone or a bunker.
    Elsewhere(BunkerAddress),
}

#[derive(Clone, Copy)]
enum Way {
    New,
    Own,
    Elsewhere,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New => "A new key: I am new here",
            Self::Own => "A key that I have (nsec, ncryptsec)",
            Self::Elsewhere => "My phone or a bunker (NIP-46)",
        })
    }
}

fn is_name(typed: &str) -> Result<(), String> {
    match ProfileChange::new().set(Field::Name, typed) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.problem.to_string()),
    }
}

fn is_place(typed: &str) -> Result<(), String> {
    match typed.trim() {
        "" => Ok(()),
        typed => TypedPlace::parse(typed)
            .map(|_| ())
            .map_err(|error| error.message),
    }
}
