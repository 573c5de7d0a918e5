//! Reads a configuration: defaults, then the file, then the environment, then flags.
//!
//! A later source wins over an earlier one. Every problem of every source is collected, so that
//! an operator mends a file once.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Value;
use toml::de::{DeTable, DeValue};

use super::Config;
use super::error::{ConfigError, Place, Problem};
use super::names::GivenTo;
use super::section::Section;

/// Environment variables with this beginning are settings, all of them.
const VARIABLE_PREFIX: &str = "KITH_RELAY_";
/// Names the configuration file.
const VARIABLE_CONFIG: &str = "KITH_RELAY_CONFIG";
/// Short for [`VARIABLE_PREFIX`]`SERVER_LISTEN`.
const VARIABLE_LISTEN: &str = "KITH_RELAY_LISTEN";
/// Short for [`VARIABLE_PREFIX`]`DATA_FOLDER`.
const VARIABLE_DATA: &str = "KITH_RELAY_DATA";
/// What a relay with members cannot do without.
const NEEDS_MEMBERS: &str =
    "needs features.membership, features.auth and features.protected_events";
/// Names less alike than this (0 to 1) are not suggested.
const LIKENESS_MIN: f64 = 0.8;

/// What the command line says about the configuration.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--config FILE`
    pub config: Option<PathBuf>,
    /// `--listen HOST:PORT`
    pub listen: Option<String>,
    /// `--data DIR`
    pub data: Option<PathBuf>,
}

/// Where a configuration is read from. Kept by the running relay to read it again.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    flags: Flags,
    variables: BTreeMap<String, OsString>,
}

/// Where the value of a key came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// A line of the configuration file.
    File(Place),
    /// An environment variable.
    Environment(String),
    /// A command line flag.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => write!(formatter, "default"),
            Origin::File(place) => write!(formatter, "{place}"),
            Origin::Environment(name) => write!(formatter, "environment variable {name}"),
            Origin::Flag(name) => write!(formatter, "flag {name}"),
        }
    }
}

/// A configuration and where each of its values came from.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The values.
    pub config: Config,
    origins: BTreeMap<(&'static str, &'static str), Origin>,
    problems: Vec<Problem>,
}

impl Sources {
    /// These flags and these environment variables; variables that do not begin with
    /// `KITH_RELAY_` are left out.
    pub fn new(flags: Flags, variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let variables = variables
            .into_iter()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .filter(|(name, _)| name.starts_with(VARIABLE_PREFIX))
            .collect();
        Sources { flags, variables }
    }

    /// These flags and the environment of this process.
    pub fn of_process(flags: Flags) -> Self {
        Sources::new(flags, std::env::vars_os())
    }

    /// Reads every source.
    ///
    /// # Errors
    /// Every problem found, each with its place.
    pub fn load(&self) -> Result<Loaded, ConfigError> {
        let mut loaded = Loaded::default();
        let from_variable = self.variables.get(VARIABLE_CONFIG);
        let from_variable = from_variable
            .filter(|path| !path.is_empty())
            .map(PathBuf::from);
        if let Some(path) = self.flags.config.clone().or(from_variable) {
            loaded.read_file(&path)?;
        }
        loaded.read_variables(&self.variables);
        loaded.read_flags(&self.flags);
        loaded.check_together();
        if loaded.problems.is_empty() {
            Ok(loaded)
        } else {
            Err(ConfigError {
                problems: loaded.problems,
            })
        }
    }
}

impl Loaded {
    /// Where the value of a key came from.
    pub fn origin(&self, section: &'static str, key: &'static str) -> &Origin {
        self.origins
            .get(&(section, key))
            .unwrap_or(&Origin::Default)
    }

    fn read_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| Problem::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        let file = File { path, text: &text };
        let table = DeTable::parse(&text).map_err(|error| Problem::Syntax {
            at: file.place(error.span().unwrap_or_default()),
            message: error.message().to_owned(),
        })?;
        for (name, content) in table.get_ref() {
            let section: &str = name.get_ref();
            match content.get_ref() {
                DeValue::Table(keys) if self.config.section_mut(section).is_some() => {
                    self.read_section(&file, section, keys);
                }
                _ => self.problems.push(Problem::UnknownKey {
                    at: file.place(name.span()),
                    key: section.to_owned(),
                    nearest: nearest_key(&self.config, section),
                }),
            }
        }
        Ok(())
    }

    fn read_section(&mut self, file: &File<'_>, section: &str, keys: &DeTable<'_>) {
        for (name, value) in keys {
            let key: &str = name.get_ref();
            let at = file.place(name.span());
            let value_at = file.place(value.span());
            let set = |section: &mut dyn Section| section.set(key, &plain_value(value.get_ref()));
            match self.set(section, key, Origin::File(at.clone()), set) {
                Some(Ok(())) => {}
                Some(Err(reason)) => self.problems.push(Problem::Value {
                    origin: value_at.to_string(),
                    key: format!("{section}.{key}"),
                    reason,
                }),
                None => self.problems.push(Problem::UnknownKey {
                    at,
                    key: format!("{section}.{key}"),
                    nearest: nearest_key(&self.config, &format!("{section}.{key}")),
                }),
            }
        }
    }

    fn read_variables(&mut self, variables: &BTreeMap<String, OsString>) {
        let known = variable_names(&self.config);
        for (name, value) in variables {
            if name == VARIABLE_CONFIG {
                continue;
            }
            let Some((section, key)) = known.get(name).copied() else {
                self.problems.push(Problem::UnknownVariable {
                    name: name.clone(),
                    nearest: nearest_variable(name, known.keys()),
                });
                continue;
            };
            let set = |section: &mut dyn Section| match value.to_str() {
                Some(text) => section.set_text(key, text),
                None => Err("expected UTF-8".to_owned()),
            };
            let origin = Origin::Environment(name.clone());
            if let Some(Err(reason)) = self.set(section, key, origin.clone(), set) {
                self.problems.push(Problem::Value {
                    origin: origin.to_string(),
                    key: format!("{section}.{key}"),
                    reason,
                });
            }
        }
    }

    fn read_flags(&mut self, flags: &Flags) {
        if let Some(listen) = &flags.listen {
            let origin = Origin::Flag("--listen");
            let set = |section: &mut dyn Section| section.set_text("listen", listen);
            if let Some(Err(reason)) = self.set("server", "listen", origin.clone(), set) {
                self.problems.push(Problem::Value {
                    origin: origin.to_string(),
                    key: "server.listen".to_owned(),
                    reason,
                });
            }
        }
        if let Some(data) = &flags.data {
            self.config.data.folder.clone_from(data);
            self.origins
                .insert(("data", "folder"), Origin::Flag("--data"));
        }
    }

    /// Sets one key and remembers its origin; `None` when there is no such key.
    fn set(
        &mut self,
        section: &str,
        key: &str,
        origin: Origin,
        set: impl FnOnce(&mut dyn Section) -> Result<(), String>,
    ) -> Option<Result<(), String>> {
        let section = self.config.section_mut(section)?;
        let key = section.keys().iter().find(|known| known.name == key)?;
        let result = set(section);
        self.origins.insert((section.name(), key.name), origin);
        Some(result)
    }

    /// What no key can check alone.
    fn check_together(&mut self) {
        let limits = &mut self.config.limits;
        if limits.default_limit > limits.max_limit {
            let reason = format!(
                "{} is above limits.max_limit, which is {}",
                limits.default_limit, limits.max_limit
            );
            match self.origins.get(&("limits", "default_limit")) {
                // Whoever lowers only the ceiling means both.
                None => limits.default_limit = limits.max_limit,
                Some(origin) => self.problems.push(Problem::Value {
                    origin: origin.to_string(),
                    key: "limits.default_limit".to_owned(),
                    reason,
                }),
            }
        }
        let store = &self.config.store;
        if store.tail_events_max <= store.index_after_events {
            self.problems.push(Problem::Value {
                origin: self.origin("store", "tail_events_max").to_string(),
                key: "store.tail_events_max".to_owned(),
                reason: "must be above store.index_after_events".to_owned(),
            });
        }
        if self.config.policy.auth_required && !self.config.features.auth {
            self.problems.push(Problem::Value {
                origin: self.origin("policy", "auth_required").to_string(),
                key: "policy.auth_required".to_owned(),
                reason: "needs features.auth, which is switched off".to_owned(),
            });
        }
        if self.config.policy.members_only && !self.config.features.has_members() {
            self.problems.push(Problem::Value {
                origin: self.origin("policy", "members_only").to_string(),
                key: "policy.members_only".to_owned(),
                reason: NEEDS_MEMBERS.to_owned(),
            });
        }
        let names = &self.config.names;
        if names.given_to == GivenTo::Members && !self.config.features.has_members() {
            self.problems.push(Problem::Value {
                origin: self.origin("names", "given_to").to_string(),
                key: "names.given_to".to_owned(),
                reason: NEEDS_MEMBERS.to_owned(),
            });
        }
    }
}

struct File<'a> {
    path: &'a Path,
    text: &'a str,
}

impl File<'_> {
    fn place(&self, span: Range<usize>) -> Place {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Place {
            path: self.path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.chars().count()
                - before.get(..line_start).map_or(0, |s| s.chars().count())
                + 1,
        }
    }
}

/// The value without its place. An integer too great for TOML's own range, a date or a table is
/// kept as text, which no key accepts.
fn plain_value(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(value) => Value::Boolean(*value),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Value::String(number.to_string()), Value::Integer),
        DeValue::Float(number) => number
            .as_str()
            .parse()
            .map_or_else(|_| Value::String(number.to_string()), Value::Float),
        DeValue::Datetime(time) => Value::Datetime(*time),
        DeValue::Array(values) => Value::Array(
            values
                .iter()
                .map(|value| plain_value(value.get_ref()))
                .collect(),
        ),
        DeValue::Table(table) => Value::Table(
            table
                .iter()
                .map(|(key, value)| (key.get_ref().to_string(), plain_value(value.get_ref())))
                .collect(),
        ),
    }
}

/// Every variable that sets a key, the short forms included.
fn variable_names(config: &Config) -> BTreeMap<String, (&'static str, &'static str)> {
    let mut names: BTreeMap<_, _> = full_keys(config)
        .map(|(section, key)| {
            let name = format!("{VARIABLE_PREFIX}{section}_{key}").to_ascii_uppercase();
            (name, (section, key))
        })
        .collect();
    names.insert(VARIABLE_LISTEN.to_owned(), ("server", "listen"));
    names.insert(VARIABLE_DATA.to_owned(), ("data", "folder"));
    names
}

fn full_keys(config: &Config) -> impl Iterator<Item = (&'static str, &'static str)> {
    config
        .sections()
        .into_iter()
        .flat_map(|section| section.keys().iter().map(|key| (section.name(), key.name)))
}

/// A known key or section spelt like `unknown`; the same key in another section comes first.
fn nearest_key(config: &Config, unknown: &str) -> Option<String> {
    let last = unknown.rsplit('.').next().unwrap_or(unknown);
    let elsewhere = full_keys(config).find(|(_, key)| *key == last);
    if let Some((section, key)) = elsewhere {
        return Some(format!("{section}.{key}"));
    }
    if !unknown.contains('.') {
        return nearest(
            unknown,
            config.sections().map(|section| section.name()).into_iter(),
        );
    }
    let names: Vec<String> = full_keys(config)
        .map(|(section, key)| format!("{section}.{key}"))
        .collect();
    nearest(unknown, names.iter().map(String::as_str))
}

/// A known variable spelt like `unknown`; the beginning that they share does not count.
fn nearest_variable<'a>(unknown: &str, known: impl Iterator<Item = &'a String>) -> Option<String> {
    let rest = |name: &'a str| name.strip_prefix(VARIABLE_PREFIX);
    let unknown = unknown.strip_prefix(VARIABLE_PREFIX)?;
    nearest(unknown, known.filter_map(|name| rest(name)))
        .map(|name| format!("{VARIABLE_PREFIX}{name}"))
}

fn nearest<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    known
        .map(|name| (strsim::jaro_winkler(unknown, name), name))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, name)| name.to_owned())
}
