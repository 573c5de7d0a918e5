//! The types that configuration keys may have, and how they are written in TOML and in an
//! environment variable. Knows no key by name.

use std::net::IpAddr;
use std::path::PathBuf;

use kith_nips::PublicKey;
use toml::Value;

use super::section::{Setting, expected};

/// The word that switches an optional bound off.
const NONE: &str = "none";

impl Setting for bool {
    fn from_value(value: &Value) -> Result<Self, String> {
        value
            .as_bool()
            .ok_or_else(|| expected("true or false", value))
    }

    fn text_to_value(text: &str) -> Value {
        text.parse().map_or_else(|_| string(text), Value::Boolean)
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::Boolean(*self))
    }
}

impl Setting for u64 {
    fn from_value(value: &Value) -> Result<Self, String> {
        whole_number(value).ok_or_else(|| expected("a whole number", value))
    }

    fn text_to_value(text: &str) -> Value {
        number_or_string(text)
    }

    fn to_value(&self) -> Option<Value> {
        i64::try_from(*self).ok().map(Value::Integer)
    }
}

impl Setting for usize {
    fn from_value(value: &Value) -> Result<Self, String> {
        whole_number(value)
            .and_then(|number| usize::try_from(number).ok())
            .ok_or_else(|| expected("a whole number", value))
    }

    fn text_to_value(text: &str) -> Value {
        number_or_string(text)
    }

    fn to_value(&self) -> Option<Value> {
        i64::try_from(*self).ok().map(Value::Integer)
    }
}

/// A bound that can be switched off with `"none"`.
impl Setting for Option<u64> {
    fn from_value(value: &Value) -> Result<Self, String> {
        if value.as_str() == Some(NONE) {
            return Ok(None);
        }
        whole_number(value)
            .map(Some)
            .ok_or_else(|| expected("a whole number or \"none\"", value))
    }

    fn text_to_value(text: &str) -> Value {
        number_or_string(text)
    }

    fn to_value(&self) -> Option<Value> {
        self.as_ref()
            .map_or_else(|| Some(string(NONE)), u64::to_value)
    }
}

impl Setting for String {
    fn from_value(value: &Value) -> Result<Self, String> {
        value
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| expected("a text in quotes", value))
    }

    fn text_to_value(text: &str) -> Value {
        string(text)
    }

    fn to_value(&self) -> Option<Value> {
        Some(string(self))
    }
}

/// A text that may be unset; empty counts as unset.
impl Setting for Option<String> {
    fn from_value(value: &Value) -> Result<Self, String> {
        String::from_value(value).map(|text| (!text.is_empty()).then_some(text))
    }

    fn text_to_value(text: &str) -> Value {
        string(text)
    }

    fn to_value(&self) -> Option<Value> {
        self.as_deref().map(string)
    }
}

impl Setting for PathBuf {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value.as_str() {
            Some(path) if !path.is_empty() => Ok(PathBuf::from(path)),
            _ => Err(expected("a path in quotes", value)),
        }
    }

    fn text_to_value(text: &str) -> Value {
        string(text)
    }

    fn to_value(&self) -> Option<Value> {
        Some(string(&self.to_string_lossy()))
    }
}

/// A public key in lower-case hexadecimal; empty counts as unset.
impl Setting for Option<PublicKey> {
    fn from_value(value: &Value) -> Result<Self, String> {
        let what = "a public key of 64 lower-case hexadecimal digits";
        match value.as_str() {
            Some("") => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| expected(what, value)),
            None => Err(expected(what, value)),
        }
    }

    fn text_to_value(text: &str) -> Value {
        string(text)
    }

    fn to_value(&self) -> Option<Value> {
        self.map(|key| Value::String(key.to_string()))
    }
}

/// A list of public keys; in an environment variable they are separated by commas.
impl Setting for Vec<PublicKey> {
    fn from_value(value: &Value) -> Result<Self, String> {
        let what = "a list of public keys of 64 lower-case hexadecimal digits";
        list(value, |text| text.parse().ok(), what)
    }

    fn text_to_value(text: &str) -> Value {
        comma_list(text)
    }

    fn to_value(&self) -> Option<Value> {
        let texts = self.iter().map(|key| string(&key.to_string()));
        Some(Value::Array(texts.collect()))
    }
}

/// A list of texts; in an environment variable they are separated by commas.
impl Setting for Vec<String> {
    fn from_value(value: &Value) -> Result<Self, String> {
        list(value, |text| Some(text.to_owned()), "a list of texts")
    }

    fn text_to_value(text: &str) -> Value {
        comma_list(text)
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::Array(self.iter().map(|text| string(text)).collect()))
    }
}

/// A list of IP addresses; in an environment variable they are separated by commas.
impl Setting for Vec<IpAddr> {
    fn from_value(value: &Value) -> Result<Self, String> {
        list(value, |text| text.parse().ok(), "a list of IP addresses")
    }

    fn text_to_value(text: &str) -> Value {
        comma_list(text)
    }

    fn to_value(&self) -> Option<Value> {
        let texts = self.iter().map(|address| string(&address.to_string()));
        Some(Value::Array(texts.collect()))
    }
}

fn string(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn whole_number(value: &Value) -> Option<u64> {
    value
        .as_integer()
        .and_then(|number| u64::try_from(number).ok())
}

fn number_or_string(text: &str) -> Value {
    text.trim()
        .parse()
        .map_or_else(|_| string(text), Value::Integer)
}

fn comma_list(text: &str) -> Value {
    let parts = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    Value::Array(parts.map(string).collect())
}

fn list<T>(value: &Value, item: impl Fn(&str) -> Option<T>, what: &str) -> Result<Vec<T>, String> {
    value
        .as_array()
        .and_then(|values| {
            values
                .iter()
                .map(|value| value.as_str().and_then(&item))
                .collect()
        })
        .ok_or_else(|| expected(what, value))
}
