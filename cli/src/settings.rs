//! Where the configuration lives and which relays are used:
//! flag > environment > file > default. It knows nothing of keys or sockets.

mod relay;

pub use relay::{relay_url, relay_urls};

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use jiff::Zoned;
use nostr::RelayUrl;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use relay::{parse_all, split};

/// Used when no relay is configured.
pub const RELAY_DEFAULT: &str = "ws://127.0.0.1:7447";
/// Most relays that one run talks to.
pub const RELAYS_MAX: usize = 32;
/// Largest configuration file that is read, in bytes.
const CONFIG_BYTES_MAX: u64 = 64 * 1024;

const CONFIG_FILE: &str = "config.toml";

/// The environment variables that `kith` looks at, read once.
#[derive(Default)]
pub struct Environment {
    /// `KITH_CONFIG_DIR`: the configuration folder.
    pub config_dir: Option<PathBuf>,
    /// `KITH_KEY`: nsec, hex or ncryptsec, instead of the key file.
    pub key: Option<Zeroizing<String>>,
    /// `KITH_PASSWORD`: the password of the key.
    pub password: Option<Zeroizing<String>>,
    /// `KITH_RELAYS`: relays, separated by commas or spaces.
    pub relays: Option<String>,
    /// `KITH_NOW`: the current moment, for tests.
    pub now: Option<String>,
}

impl Environment {
    /// Reads the variables of this process. Empty ones count as not set.
    pub fn read() -> Self {
        let text = |name: &str| {
            std::env::var(name)
                .ok()
                .filter(|value| !value.trim().is_empty())
        };
        Self {
            config_dir: std::env::var_os("KITH_CONFIG_DIR")
                .filter(|value| !value.is_empty())
                .map(PathBuf::from),
            key: text("KITH_KEY").map(Zeroizing::new),
            password: text("KITH_PASSWORD").map(Zeroizing::new),
            relays: text("KITH_RELAYS"),
            now: text("KITH_NOW"),
        }
    }
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The system names no home folder.
    #[error("this system names no configuration folder")]
    NoFolder,
    /// The file exists but cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write {}: {error}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file is not TOML, or has a key that is not known.
    #[error("{}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line and reason.
        message: String,
    },
    /// Not the address of a relay.
    #[error("\"{text}\" is not the address of a relay")]
    Relay {
        /// As typed.
        text: String,
    },
    /// More than [`RELAYS_MAX`].
    #[error("more than {RELAYS_MAX} relays")]
    TooManyRelays,
    /// To be removed, but not in the list.
    #[error("{url} is not in the list of relays")]
    NoSuchRelay {
        /// The relay.
        url: String,
    },
    /// `KITH_NOW` or `--now` is no moment.
    #[error("\"{text}\" is not a moment with a time zone")]
    Now {
        /// As given.
        text: String,
    },
}

impl SettingsError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoFolder => "set KITH_CONFIG_DIR",
            Self::Relay { .. } => "relays look like wss://relay.example.com",
            Self::NoSuchRelay { .. } => "see `kith relays list`",
            Self::Syntax { .. } => {
                "the file holds relays = [\"wss://…\"], and home = \"your city\" or relay_lists = false if you like"
            }
            Self::Now { .. } => "write it as 2026-11-21T10:15:00+00:00[Europe/London]",
            Self::TooManyRelays => "remove some with `kith relays remove`",
            Self::Read { .. } | Self::Write { .. } => return None,
        };
        Some(hint.to_owned())
    }
}

/// Where the relays of this run were named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// `--relay`.
    Flag,
    /// `KITH_RELAYS`.
    Environment,
    /// `config.toml`.
    File,
    /// Nowhere: [`RELAY_DEFAULT`].
    Default,
}

/// What is in `config.toml`.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigFile {
    /// A place as people type it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    home: Option<String>,
    #[serde(default)]
    relays: Vec<String>,
    /// Whether the relays that people name themselves are used as well (NIP-65); they are when
    /// nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    relay_lists: Option<bool>,
}

/// The configuration folder.
#[derive(Debug, Clone)]
pub struct ConfigFolder(PathBuf);

impl ConfigFolder {
    /// `KITH_CONFIG_DIR`, else the user's own configuration folder.
    pub fn find(environment: &Environment) -> Result<Self, SettingsError> {
        if let Some(folder) = &environment.config_dir {
            return Ok(Self(folder.clone()));
        }
        etcetera::choose_base_strategy()
            .map(|folders| Self(folders.config_dir().join("kith")))
            .map_err(|_| SettingsError::NoFolder)
    }

    /// Where the program keeps what nobody writes by hand: `KITH_CONFIG_DIR`, else the user's own
    /// data folder.
    pub fn find_data(environment: &Environment) -> Result<Self, SettingsError> {
        match &environment.config_dir {
            Some(folder) => Ok(Self(folder.clone())),
            None => etcetera::choose_base_strategy()
                .map(|folders| Self(folders.data_dir().join("kith")))
                .map_err(|_| SettingsError::NoFolder),
        }
    }

    /// The path of a file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Makes the folder, readable by its owner only.
    pub fn create(&self) -> std::io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.0)
    }

    /// Writes a file so that a reader sees the old or the new one, whole, and
    /// so that nobody else can read it. Without `replace` an existing file is
    /// left alone and the error is `AlreadyExists`.
    pub fn write(&self, name: &str, text: &str, replace: bool) -> std::io::Result<()> {
        self.create()?;
        let mut file = tempfile::Builder::new()
            .prefix(".kith-")
            .tempfile_in(&self.0)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        let path = self.file(name);
        if replace {
            file.persist(path).map_err(|error| error.error)?;
        } else {
            file.persist_noclobber(path).map_err(|error| error.error)?;
        }
        #[cfg(unix)]
        fs::File::open(&self.0)?.sync_all()?;
        Ok(())
    }
}

/// The relays of this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relays {
    /// At least one, in the order given, without repetition.
    pub urls: Vec<RelayUrl>,
    /// Where they were named.
    pub source: Source,
}

impl Relays {
    /// Flag > environment > file > default.
    pub fn resolve(
        flags: &[String],
        environment: &Environment,
        folder: &ConfigFolder,
    ) -> Result<Self, SettingsError> {
        let (texts, source) = if !flags.is_empty() {
            (flags.to_vec(), Source::Flag)
        } else if let Some(list) = &environment.relays {
            (split(list), Source::Environment)
        } else {
            let file = read(&folder.file(CONFIG_FILE))?;
            if file.relays.is_empty() {
                (vec![RELAY_DEFAULT.to_owned()], Source::Default)
            } else {
                (file.relays, Source::File)
            }
        };
        Ok(Self {
            urls: parse_all(&texts)?,
            source,
        })
    }
}

/// Whether relays that people name themselves are used beside these.
pub fn uses_relay_lists(folder: &ConfigFolder) -> Result<bool, SettingsError> {
    Ok(read(&folder.file(CONFIG_FILE))?.relay_lists.unwrap_or(true))
}

/// Adds relays to the file. Those already there stay where they are.
pub fn add_relays(folder: &ConfigFolder, texts: &[String]) -> Result<Vec<RelayUrl>, SettingsError> {
    let mut file = read(&folder.file(CONFIG_FILE))?;
    file.relays.extend_from_slice(texts);
    let urls = parse_all(&file.relays)?;
    save(folder, file, urls)
}

/// Writes the first configuration: where the person lives, and relays as they typed them. What is
/// there and was not said again stays.
pub fn begin(
    folder: &ConfigFolder,
    home: Option<String>,
    relays: Option<&str>,
) -> Result<(), SettingsError> {
    if home.is_none() && relays.is_none() {
        return Ok(());
    }
    let mut file = read(&folder.file(CONFIG_FILE))?;
    file.home = home.or(file.home);
    let urls = match relays {
        Some(typed) => relay_urls(typed)?,
        None => parse_all(&file.relays)?,
    };
    save(folder, file, urls).map(|_| ())
}

/// Where the person lives, as they typed it.
pub fn home(folder: &ConfigFolder) -> Result<Option<String>, SettingsError> {
    Ok(read(&folder.file(CONFIG_FILE))?.home)
}

/// Removes relays from the file; one that is not there is an error.
pub fn remove_relays(
    folder: &ConfigFolder,
    texts: &[String],
) -> Result<Vec<RelayUrl>, SettingsError> {
    let file = read(&folder.file(CONFIG_FILE))?;
    let mut urls = parse_all(&file.relays)?;
    for text in texts {
        let url = relay_url(text)?;
        let Some(position) = urls.iter().position(|known| *known == url) else {
            return Err(SettingsError::NoSuchRelay {
                url: url.to_string(),
            });
        };
        urls.remove(position);
    }
    save(folder, file, urls)
}

/// The current moment: `--now`, else `KITH_NOW`, else the clock.
pub fn now(flag: Option<&str>, environment: &Environment) -> Result<Zoned, SettingsError> {
    match flag.or(environment.now.as_deref()) {
        None => Ok(Zoned::now()),
        Some(text) => text.parse().map_err(|_| SettingsError::Now {
            text: text.to_owned(),
        }),
    }
}

fn read(path: &Path) -> Result<ConfigFile, SettingsError> {
    let failed = |error| SettingsError::Read {
        path: path.to_owned(),
        error,
    };
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(ConfigFile::default()),
        Err(error) => return Err(failed(error)),
    };
    let mut text = String::new();
    file.take(CONFIG_BYTES_MAX)
        .read_to_string(&mut text)
        .map_err(failed)?;
    toml::from_str(&text).map_err(|error| {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map_or(1, |before| before.matches('\n').count().saturating_add(1));
        let message = format!("line {line}: {}", error.message());
        SettingsError::Syntax {
            path: path.to_owned(),
            message,
        }
    })
}

fn save(
    folder: &ConfigFolder,
    file: ConfigFile,
    urls: Vec<RelayUrl>,
) -> Result<Vec<RelayUrl>, SettingsError> {
    let path = folder.file(CONFIG_FILE);
    let file = ConfigFile {
        relays: urls.iter().map(ToString::to_string).collect(),
        ..file
    };
    let text = toml::to_string(&file).map_err(|error| SettingsError::Syntax {
        path: path.clone(),
        message: error.to_string(),
    })?;
    folder
        .write(CONFIG_FILE, &text, true)
        .map_err(|error| SettingsError::Write { path, error })?;
    Ok(urls)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, ConfigFolder) {
        let root = tempfile::tempdir().unwrap();
        let folder = ConfigFolder(root.path().join("kith"));
        (root, folder)
    }

    fn texts(urls: &[RelayUrl]) -> Vec<String> {
        urls.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn flag_before_environment_before_file_before_default() {
        let (_root, folder) = folder();
        let mut environment = Environment::default();
        let resolve = |flags: &[String], environment: &Environment| {
            let relays = Relays::resolve(flags, environment, &folder).unwrap();
            (texts(&relays.urls), relays.source)
        };
        assert_eq!(
            resolve(&[], &environment),
            (vec![RELAY_DEFAULT.to_owned()], Source::Default)
        );
        add_relays(&folder, &["wss://file.example".to_owned()]).unwrap();
        assert_eq!(
            resolve(&[], &environment),
            (vec!["wss://file.example".to_owned()], Source::File)
        );
        environment.relays = Some("wss://one.example, wss://two.example".to_owned());
        assert_eq!(
            resolve(&[], &environment),
            (
                vec![
                    "wss://one.example".to_owned(),
                    "wss://two.example".to_owned()
                ],
                Source::Environment
            )
        );
        assert_eq!(
            resolve(&["wss://flag.example".to_owned()], &environment),
            (vec!["wss://flag.example".to_owned()], Source::Flag)
        );
    }

    #[test]
    fn relays_are_added_once_and_removed() {
        let (_root, folder) = folder();
        let add = |url: &str| texts(&add_relays(&folder, &[url.to_owned()]).unwrap());
        assert_eq!(add("relay.example.com"), ["wss://relay.example.com"]);
        assert_eq!(add("wss://relay.example.com/"), ["wss://relay.example.com"]);
        assert_eq!(
            add("localhost:7447"),
            ["wss://relay.example.com", "ws://localhost:7447"]
        );
        let left = remove_relays(&folder, &["relay.example.com".to_owned()]).unwrap();
        assert_eq!(texts(&left), ["ws://localhost:7447"]);
        let error = remove_relays(&folder, &["relay.example.com".to_owned()]).unwrap_err();
        assert!(matches!(error, SettingsError::NoSuchRelay { .. }));
    }

    #[test]
    fn what_is_no_relay_is_refused() {
        for text in [
            "",
            "http://relay.example.com",
            "wss://",
            "wss://a b",
            "nonsense with spaces",
        ] {
            assert!(relay_url(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn unknown_keys_name_file_and_line() {
        let (_root, folder) = folder();
        folder
            .write(CONFIG_FILE, "relays = []\nrelay = \"x\"\n", true)
            .unwrap();
        let error = Relays::resolve(&[], &Environment::default(), &folder).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("config.toml: line 2: unknown field `relay`"),
            "{text}"
        );
    }

    #[test]
    fn the_clock_can_be_set_for_tests() {
        let environment = Environment {
            now: Some("2026-11-21T10:15:00+00:00[Europe/London]".to_owned()),
            ..Environment::default()
        };
        assert_eq!(
            now(None, &environment).unwrap().timestamp().as_second(),
            1_795_256_100
        );
        assert!(now(Some("yesterday"), &environment).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn files_are_for_their_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let (_root, folder) = folder();
        folder.write("secret", "x", false).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder.0), 0o700);
        assert_eq!(mode(&folder.file("secret")), 0o600);
        let again = folder.write("secret", "y", false).unwrap_err();
        assert_eq!(again.kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(folder.file("secret")).unwrap(), "x");
        assert_eq!(
            fs::read_dir(&folder.0).unwrap().count(),
            1,
            "no temporary file is left"
        );
    }
}
