//! Where the configuration lives and which relays are used:
//! flag > environment > file > default. It knows nothing of keys or sockets.

mod error;
mod folder;
mod relay;

pub use error::SettingsError;
pub use folder::ConfigFolder;
pub use relay::{relay_url, relay_urls};

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

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
    /// The most work that is done for a relay that wants some of each note (NIP-13).
    #[serde(skip_serializing_if = "Option::is_none")]
    work_bits_max: Option<u8>,
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

/// The most work that is done for a relay, in leading zero bits, when the file says so.
pub fn work_bits_max(folder: &ConfigFolder) -> Result<Option<u8>, SettingsError> {
    Ok(read(&folder.file(CONFIG_FILE))?.work_bits_max)
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
mod tests;
