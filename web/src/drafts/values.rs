//! What stands in the fields of a form before somebody changes it.

use std::collections::BTreeMap;

/// The values of fields, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values(BTreeMap<&'static str, String>);

impl Values {
    /// What stands in a field; nothing unless somebody put it there.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Whether a field says this.
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.get(name) == value
    }

    pub(super) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.insert(name, value.into());
    }

    pub(super) fn set_number(&mut self, name: &'static str, number: Option<impl ToString>) {
        if let Some(number) = number {
            self.set(name, number.to_string());
        }
    }
}
