//! The parameters of a request (NIP-86), by position.

use std::net::IpAddr;

use serde_json::Value;

use super::{Call, CallError};
use crate::nip01::{EventId, Kind, PublicKey};
use crate::nip43::Role;

/// The parameters of a request, read by position.
pub(super) struct Params<'a>(pub(super) &'a [Value]);

impl Params<'_> {
    pub(super) fn none(&self, call: Call) -> Result<Call, CallError> {
        self.count(0, 0).map(|()| call)
    }

    pub(super) fn count(&self, min: usize, max: usize) -> Result<(), CallError> {
        let found = self.0.len();
        if (min..=max).contains(&found) {
            return Ok(());
        }
        let expected = match min == max {
            true => min.to_string(),
            false => format!("{min} to {max}"),
        };
        Err(CallError::Count { expected, found })
    }

    pub(super) fn get<T>(
        &self,
        index: usize,
        expected: &'static str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<T, CallError> {
        self.0.get(index).and_then(read).ok_or(CallError::Param {
            position: index + 1,
            expected,
        })
    }

    /// A key at the first place; the call has this many parameters.
    pub(super) fn pubkey(&self, min: usize, max: usize) -> Result<PublicKey, CallError> {
        self.count(min, max)?;
        self.get(0, "a public key of 64 lower-case hex characters", |value| {
            PublicKey::from_hex(value.as_str()?).ok()
        })
    }

    /// An id at the first place, perhaps with a reason.
    pub(super) fn event(&self) -> Result<EventId, CallError> {
        self.count(1, 2)?;
        self.get(0, "an event id of 64 lower-case hex characters", |value| {
            EventId::from_hex(value.as_str()?).ok()
        })
    }

    /// An address at the first place, perhaps with a reason.
    pub(super) fn ip(&self) -> Result<IpAddr, CallError> {
        self.count(1, 2)?;
        self.get(0, "an IP address", |value| {
            let address: IpAddr = value.as_str()?.parse().ok()?;
            Some(address.to_canonical())
        })
    }

    pub(super) fn kind(&self) -> Result<Kind, CallError> {
        self.count(1, 1)?;
        self.get(0, "a kind, a number from 0 to 65535", |value| {
            Some(Kind::new(u16::try_from(value.as_u64()?).ok()?))
        })
    }

    pub(super) fn text(&self, index: usize) -> Result<String, CallError> {
        self.get(index, "a string", |value| Some(value.as_str()?.to_owned()))
    }

    pub(super) fn only_text(&self) -> Result<String, CallError> {
        self.count(1, 1)?;
        self.text(0)
    }

    /// The reason at the second place; it may be missing or null.
    pub(super) fn reason(&self) -> Result<String, CallError> {
        match self.0.get(1) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(_) => self.text(1),
        }
    }

    /// Identifier, label, description, color and order; all but the first may be missing or null.
    pub(super) fn role(&self) -> Result<Role, CallError> {
        self.count(1, 5)?;
        let text = |index| match self.0.get(index) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(_) => self.text(index),
        };
        let color = match self.0.get(3) {
            None | Some(Value::Null) => None,
            Some(_) => Some(self.get(3, "a hue from 0 to 360", |value| {
                u16::try_from(value.as_u64()?).ok()
            })?),
        };
        let order = match self.0.get(4) {
            None | Some(Value::Null) => None,
            Some(_) => Some(self.get(4, "a whole number", Value::as_i64)?),
        };
        Ok(Role::new(self.text(0)?, text(1)?, text(2)?, color, order)?)
    }
}
