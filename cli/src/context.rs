//! What one run works with: settings resolved once, the key when it is needed,
//! a connection when it is needed. It knows nothing of what is done with them.

use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Zoned;
use kith_client::nip24::{Field, ProfileChange};
use kith_client::{ConnectError, Kith, Local, QueueState, QueuedNote, Rewrite};
use nostr::Keys;
use tokio::sync::OnceCell;

use crate::arguments::{Global, ListRewrite};
use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::first_run::{FirstRun, Newcomer};
use crate::keystore::{Keystore, KeystoreError, TypedSecret};
use crate::locked_key::LockedKey;
use crate::output::{self, freshness::Beside};
use crate::password::Password;
use crate::place::TypedPlace;
use crate::progress::Waiting;
use crate::prompt::{self, Prompt};
use crate::settings::{self, ConfigFolder, Environment, Relays, Source};
use crate::signer_session::SessionStore;

/// What a program must remember between two runs.
pub const LOCAL_FILE: &str = "local.db";

/// How long a run goes on after its answer, to send what waits and to keep what was read.
const SETTLE_TIME_MAX: Duration = Duration::from_secs(2);

/// When nobody answers and nobody was named.
const NO_RELAYS_HINT: &str =
    "no relay is configured, so one on this machine was tried; add yours with `kith relays add`";

/// What one run works with.
pub struct Context {
    /// Options of every command.
    pub global: Global,
    /// Variables of the process.
    pub environment: Environment,
    /// The configuration folder.
    pub folder: ConfigFolder,
    /// Where passwords come from.
    pub password: Password,
    /// Who asks the person.
    pub prompt: Prompt,
    /// What shows that something is waited for.
    pub waiting: Waiting,
    /// The moment that dates count from, in the zone of this machine.
    pub now: Zoned,
    /// What is remembered on this machine, once it was opened.
    local: OnceCell<Local>,
    /// The connections of this run.
    connections: Mutex<Vec<Kith>>,
}

impl Context {
    /// Resolves what every command needs.
    pub fn new(global: Global, environment: Environment) -> Result<Self, CliError> {
        let folder = ConfigFolder::find(&environment)?;
        let now = settings::now(global.now.as_deref(), &environment)?;
        // Notes know whole seconds only.
        let now = now.round(jiff::Unit::Second).unwrap_or(now);
        let has_reader = std::io::stderr().is_terminal() && !global.json && !global.quiet;
        let waiting = Waiting::new(has_reader);
        let prompt = Prompt::new(waiting.clone());
        let password = Password::new(
            global.password_file.clone(),
            environment.password.clone(),
            prompt.clone(),
        );
        Ok(Self {
            global,
            environment,
            folder,
            password,
            prompt,
            waiting,
            now,
            local: OnceCell::new(),
            connections: Mutex::default(),
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

    /// The secret in `KITH_KEY`, when it is set; asks for its password when
    /// it needs one that nobody gave.
    pub fn environment_keys(&self) -> Result<Option<Keys>, CliError> {
        let Some(typed) = &self.environment.key else {
            return Ok(None);
        };
        TypedSecret::parse(typed)
            .map_err(|error| CliError::from(error).about("KITH_KEY"))?
            .unlock(|| self.password.get("Password of KITH_KEY"))
            .map(Some)
    }

    /// What is remembered on this machine.
    pub async fn local(&self) -> Result<Local, CliError> {
        self.local
            .get_or_try_init(|| self.open_local())
            .await
            .cloned()
    }

    /// What is to be said beside the answer: how old it is, and what did not reach a relay.
    pub fn beside(&self) -> Beside {
        let connections = self.connections();
        let freshness = connections.iter().map(Kith::freshness).max();
        let outgoings = connections.iter().map(Kith::outgoings);
        let outgoings = outgoings.max_by_key(|outgoings| outgoings.waits_for.len());
        Beside::new(
            freshness.unwrap_or_default(),
            &outgoings.unwrap_or_default(),
        )
    }

    /// How a run ends that failed in nothing: whether something that it signed is on no relay yet.
    pub async fn exit_code(&self) -> ExitCode {
        let connections = self.connections().clone();
        let mut outgoings = connections.iter().map(Kith::outgoings);
        if !outgoings.any(|outgoings| outgoings.queued > 0) {
            return ExitCode::Done;
        }
        // A relay may have come back meanwhile.
        let queued = match self.local().await {
            Ok(local) => local.queued().await.unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        let is_nowhere = |note: &QueuedNote| {
            let mut relays = note.relays.iter();
            relays.all(|relay| relay.state != QueueState::Taken)
        };
        match queued.iter().any(is_nowhere) {
            true => ExitCode::Queued,
            false => ExitCode::Done,
        }
    }

    /// Lets what goes on beside the answer come to its end, for a short time.
    pub async fn settle(&self) {
        let connections = self.connections().clone();
        join_all(connections.iter().map(|kith| kith.settle(SETTLE_TIME_MAX))).await;
    }

    fn connections(&self) -> MutexGuard<'_, Vec<Kith>> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn open_local(&self) -> Result<Local, CliError> {
        let folder = ConfigFolder::find_data(&self.environment)?;
        let file = folder.file(LOCAL_FILE);
        let created = folder.create();
        created.map_err(|error| CliError::file("write", &file, &error))?;
        Ok(Local::open(file).await?)
    }

    /// A connection for reading. The key, when there is one, is used for relays
    /// that answer only those whom they know.
    pub async fn reader(&self) -> Result<Kith, CliError> {
        let kith = self.connect(self.key()?).await?;
        let is_alone = kith.relays().iter().all(|relay| !relay.connected);
        if is_alone && !self.global.offline && self.local().await?.cached_notes().await? == 0 {
            let relays = kith.unreachable().to_vec();
            return Err(ConnectError::NobodyReachable { relays }.into());
        }
        Ok(kith)
    }

    /// A connection for writing. The key is unlocked later, by
    /// [`Writer::unlock`]. Who has no key is asked for one, where somebody can answer.
    pub async fn writer(&self) -> Result<Writer, CliError> {
        match self.writing_key()? {
            None if self.can_welcome() => self.welcome().await,
            key => self.writer_of(key).await,
        }
    }

    /// The same, and an error without a key.
    pub async fn writer_with_a_key(&self) -> Result<Writer, CliError> {
        self.writer_of(self.writing_key()?).await
    }

    async fn writer_of(&self, key: Option<LockedKey>) -> Result<Writer, CliError> {
        let key = key.ok_or(KeystoreError::Missing)?;
        let kith = self.connect(Some(key.clone())).await?;
        Ok(Writer { kith, key })
    }

    /// The key that signs; asks for the password of `KITH_KEY` when it needs one that nobody gave.
    fn writing_key(&self) -> Result<Option<LockedKey>, CliError> {
        match self.key()? {
            Some(key) => Ok(Some(key)),
            None => Ok(self.environment_keys()?.map(LockedKey::open)),
        }
    }

    /// The place that was typed, else where the person lives.
    pub fn place(&self, typed: Option<&str>) -> Result<TypedPlace, CliError> {
        if let Some(typed) = typed {
            return TypedPlace::parse(typed);
        }
        match settings::home(&self.folder)? {
            Some(home) => Ok(TypedPlace::parse(&home)?),
            None => Err(CliError::usage(
                "no place was named",
                "name one, or write home = \"your city\" into config.toml",
            )),
        }
    }

    /// Programs and pipes are not asked.
    fn can_welcome(&self) -> bool {
        !self.global.json && prompt::is_possible()
    }

    async fn welcome(&self) -> Result<Writer, CliError> {
        let first_run = FirstRun {
            folder: &self.folder,
            password: &self.password,
            prompt: &self.prompt,
            waiting: &self.waiting,
            asks_for_relays: self.relays()?.source == Source::Default,
            relay_timeout: Duration::from_secs(self.global.timeout),
        };
        let Newcomer { key, name } = first_run.welcome().await?;
        let kith = self.connect(Some(key.clone())).await?;
        if let Some(name) = name {
            // What was asked for goes on all the same.
            if let Err(error) = publish_name(&kith, &name).await {
                let message = error.message;
                self.prompt
                    .say(&format!("your name was not published: {message}"));
            }
        }
        Ok(Writer { kith, key })
    }

    /// [`Context::writer`] for commands that rewrite a list.
    pub async fn list_writer(&self, list: ListRewrite) -> Result<Writer, CliError> {
        let Writer { kith, key } = self.writer().await?;
        let kith = match list.force_new_list {
            true => kith.with_rewrite(Rewrite::Confirmed),
            false => kith,
        };
        Ok(Writer { kith, key })
    }

    /// The key of this run; `None` when there is none, or when only a password
    /// that nobody gave would tell whose it is.
    fn key(&self) -> Result<Option<LockedKey>, CliError> {
        if let Some(typed) = &self.environment.key {
            let is_known = match TypedSecret::parse(typed)? {
                TypedSecret::Plain(_) => true,
                TypedSecret::Encrypted(_) => self.password.given()?.is_some(),
            };
            return match is_known {
                true => Ok(self.environment_keys()?.map(LockedKey::open)),
                false => Ok(None),
            };
        }
        if let Some(session) = SessionStore::new(&self.folder).load()? {
            let relay_timeout = Duration::from_secs(self.global.timeout);
            let waiting = self.waiting.clone();
            return LockedKey::elsewhere(session, relay_timeout, waiting).map(Some);
        }
        match Keystore::new(&self.folder).load() {
            Ok(stored) => Ok(Some(LockedKey::stored(stored, self.password.clone()))),
            Err(KeystoreError::Missing) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn connect(&self, key: Option<LockedKey>) -> Result<Kith, CliError> {
        let relays = self.relays()?;
        let mut builder = Kith::builder()
            .relays(relays.urls.iter().map(ToString::to_string))
            .timeout(Duration::from_secs(self.global.timeout))
            .on_work(self.waiting.show_work());
        if let Some(key) = key {
            builder = builder.signer(key);
        }
        if let Some(bits) = settings::work_bits_max(&self.folder)? {
            builder = builder.work_bits_max(bits);
        }
        if !settings::uses_relay_lists(&self.folder)? {
            builder = builder.without_relay_lists();
        }
        if self.global.offline {
            builder = builder.offline();
        }
        match self.local().await {
            Ok(local) => builder = builder.local(local),
            Err(error) if self.global.offline => return Err(error),
            // Relays can be asked without it.
            Err(error) => output::print_warning(&error.message, self.global.json),
        }
        let connected = builder.connect().await.and_then(|kith| {
            let is_guess = relays.source == Source::Default && !self.global.offline;
            let is_alone = kith.relays().iter().all(|relay| !relay.connected);
            match is_guess && is_alone {
                true => Err(ConnectError::NobodyReachable {
                    relays: kith.unreachable().to_vec(),
                }),
                false => Ok(kith),
            }
        });
        let kith = connected.map_err(|error| match relays.source {
            Source::Default => CliError {
                hint: Some(NO_RELAYS_HINT.to_owned()),
                ..error.into()
            },
            Source::Flag | Source::Environment | Source::File => error.into(),
        })?;
        self.connections().push(kith.clone());
        Ok(kith)
    }
}

/// A key that was made just now has no older profile which a silent relay could have.
async fn publish_name(kith: &Kith, name: &str) -> Result<(), CliError> {
    let mut change = ProfileChange::new();
    change.set(Field::Name, name)?;
    let kith = kith.with_rewrite(Rewrite::Confirmed);
    kith.change_profile(&change).await?;
    Ok(())
}

/// A connection that can write once the key is unlocked: names are looked up
/// and mistakes found before anybody types a password.
pub struct Writer {
    kith: Kith,
    key: LockedKey,
}

impl Writer {
    /// For reading.
    pub fn kith(&self) -> &Kith {
        &self.kith
    }

    /// For writing. What is to be replaced must be read after this: a person
    /// may take minutes to type a password.
    pub async fn unlock(self) -> Result<Kith, CliError> {
        self.key.unlock().await?;
        Ok(self.kith)
    }
}
