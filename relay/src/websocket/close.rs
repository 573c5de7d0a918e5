//! Close frames: which codes may be said, and what is said back (RFC 6455 §7.4).

use super::Broken;

/// Why the relay closes a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CloseCode {
    /// The relay stops.
    Away = 1001,
    /// What came is not the protocol.
    Protocol = 1002,
    /// Text that is not UTF-8.
    NotUtf8 = 1007,
    /// Not allowed here.
    Policy = 1008,
    /// Too long.
    Size = 1009,
}

/// What is said back to a client that closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Echo {
    /// What it said.
    Same,
    /// That its code may not be said.
    NotAllowed,
}

impl Echo {
    /// Finds the answer to the payload of a close frame.
    ///
    /// # Errors
    /// [`Broken::Protocol`] for half a code, [`Broken::NotUtf8`] for a reason that is no text.
    pub(super) fn of(payload: &[u8]) -> Result<Self, Broken> {
        let Some((code, reason)) = payload.split_first_chunk() else {
            return match payload {
                [] => Ok(Echo::Same),
                _ => Err(Broken::Protocol),
            };
        };
        if str::from_utf8(reason).is_err() {
            return Err(Broken::NotUtf8);
        }
        // The codes of the registry that may be sent, then those of libraries and applications.
        match u16::from_be_bytes(*code) {
            1000..=1003 | 1007..=1013 | 3000..=4999 => Ok(Echo::Same),
            _ => Ok(Echo::NotAllowed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_may_not_be_said_are_not_echoed() {
        let echo = |code: u16| Echo::of(&code.to_be_bytes()).unwrap();
        for code in [1000, 1001, 1003, 1007, 1011, 1013, 3000, 4999] {
            assert_eq!(echo(code), Echo::Same, "{code}");
        }
        for code in [0, 999, 1004, 1005, 1006, 1014, 1015, 2999, 5000, 65_535] {
            assert_eq!(echo(code), Echo::NotAllowed, "{code}");
        }
        assert_eq!(Echo::of(b"").unwrap(), Echo::Same);
        assert!(matches!(Echo::of(b"x"), Err(Broken::Protocol)));
        assert!(matches!(Echo::of(b"\x03\xe8\xff"), Err(Broken::NotUtf8)));
    }
}
