//! What a section of the configuration is, and the one macro that declares them all: a key's
//! type, default, bounds, meaning and moment of effect stand in one place.
//!
//! Knows neither files nor environment variables: those are `load`'s.

use std::fmt::Display;
use std::ops::RangeInclusive;

use toml::Value;

/// When a changed key takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// As soon as the configuration is read again.
    Live,
    /// At the next start of the relay.
    Restart,
}

/// One key of a section.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The name inside its section.
    pub name: &'static str,
    /// What it means: the lines of its documentation.
    pub about: &'static [&'static str],
    /// When a change takes effect.
    pub effect: Effect,
}

/// A table of the configuration file, as seen by the code that reads and prints it.
pub trait Section {
    /// The section's name in the file.
    fn name(&self) -> &'static str;
    /// What the section is for.
    fn about(&self) -> &'static [&'static str];
    /// Its keys, in the order in which they are printed.
    fn keys(&self) -> &'static [Key];
    /// The value of a key; `None` when it is unset or no key has this name.
    fn get(&self, key: &str) -> Option<Value>;
    /// Sets a key from a TOML value.
    ///
    /// # Errors
    /// What was expected and what was found, without the name of the key.
    fn set(&mut self, key: &str, value: &Value) -> Result<(), String>;
    /// Sets a key from the text of an environment variable.
    ///
    /// # Errors
    /// As [`Section::set`].
    fn set_text(&mut self, key: &str, text: &str) -> Result<(), String>;
}

/// A type that a key may have.
pub trait Setting: Sized {
    /// Reads a TOML value.
    ///
    /// # Errors
    /// What was expected and what was found.
    fn from_value(value: &Value) -> Result<Self, String>;
    /// The same value as TOML would have it, from plain text such as an environment variable's.
    fn text_to_value(text: &str) -> Value;
    /// The value as TOML; `None` when unset.
    fn to_value(&self) -> Option<Value>;
}

/// `expected …, found …`, with the value as it stands in the file.
pub(super) fn expected(what: &str, found: &Value) -> String {
    format!("expected {what}, found {found}")
}

/// Checks a number against the bounds of its key.
pub(super) fn check_range<T: PartialOrd + Display>(
    value: &T,
    range: &RangeInclusive<T>,
) -> Result<(), String> {
    if range.contains(value) {
        return Ok(());
    }
    let (least, most) = (range.start(), range.end());
    Err(format!(
        "expected a number from {least} to {most}, found {value}"
    ))
}

/// Declares a section: a public struct, its defaults and its [`Section`] implementation.
///
/// `live` or `restart` stands before each key (see [`Effect`]). `, in a..=b` bounds a number,
/// `, check f` calls `f(&value) -> Result<(), String>`.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        pub struct $name:ident = $section:literal {
            $(
                $(#[doc = $doc:literal])+
                $effect:ident $field:ident: $type:ty = $default:expr
                    $(, in $range:expr)? $(, check $check:path)?;
            )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            $( $(#[doc = $doc])+ pub $field: $type, )+
        }

        impl Default for $name {
            fn default() -> Self {
                $name { $( $field: $default, )+ }
            }
        }

        impl $crate::config::section::Section for $name {
            fn name(&self) -> &'static str {
                $section
            }

            fn about(&self) -> &'static [&'static str] {
                &[$($about),+]
            }

            fn keys(&self) -> &'static [$crate::config::section::Key] {
                &[$(
                    $crate::config::section::Key {
                        name: stringify!($field),
                        about: &[$($doc),+],
                        effect: $crate::config::section::section!(@effect $effect),
                    },
                )+]
            }

            fn get(&self, key: &str) -> Option<::toml::Value> {
                match key {
                    $( stringify!($field) => {
                        $crate::config::section::Setting::to_value(&self.$field)
                    } )+
                    _ => None,
                }
            }

            fn set(&mut self, key: &str, value: &::toml::Value) -> Result<(), String> {
                match key {
                    $( stringify!($field) => {
                        let value =
                            <$type as $crate::config::section::Setting>::from_value(value)?;
                        $( $crate::config::section::check_range(&value, &($range))?; )?
                        $( $check(&value)?; )?
                        self.$field = value;
                        Ok(())
                    } )+
                    _ => Err(format!("the section {} has no key {key}", $section)),
                }
            }

            fn set_text(&mut self, key: &str, text: &str) -> Result<(), String> {
                match key {
                    $( stringify!($field) => {
                        let value =
                            <$type as $crate::config::section::Setting>::text_to_value(text);
                        self.set(key, &value)
                    } )+
                    _ => Err(format!("the section {} has no key {key}", $section)),
                }
            }
        }
    };
    (@effect live) => { $crate::config::section::Effect::Live };
    (@effect restart) => { $crate::config::section::Effect::Restart };
}
pub(super) use section;
