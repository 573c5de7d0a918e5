//! Bytes of a client to messages: frames are unmasked where they lie, fragments are put together.
//! Pure: knows no socket.

use std::ops::Range;

use super::close::Echo;
use super::frame::{Head, Opcode};
use super::{Broken, Received};

/// What came from a client and was not used up. Empty, it holds no memory.
#[derive(Debug)]
pub(super) struct Input {
    bytes: Vec<u8>,
    /// The payload of the last frame, in `bytes`; what lies before its end was used up.
    payload: Range<usize>,
    /// A message whose end has not come, or that was the last to be received.
    fragments: Option<Box<Fragments>>,
    message_bytes_max: usize,
}

/// A message in several frames.
#[derive(Debug)]
struct Fragments {
    is_text: bool,
    is_complete: bool,
    bytes: Vec<u8>,
    /// So many of the bytes are known to be UTF-8.
    checked: usize,
}

impl Input {
    pub(super) fn new(bytes: Vec<u8>, message_bytes_max: usize) -> Self {
        Input {
            bytes,
            payload: 0..0,
            fragments: None,
            message_bytes_max,
        }
    }

    /// Adds what the socket brought. The last message is gone.
    pub(super) fn append(&mut self, bytes: &[u8]) {
        self.forget();
        self.bytes.drain(..self.payload.end);
        self.payload = 0..0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next message, in place of the last; nothing while it is not there whole.
    pub(super) fn next(&mut self) -> Result<Option<Received>, Broken> {
        self.forget();
        loop {
            let rest = self.bytes.get_mut(self.payload.end..).unwrap_or_default();
            let Some(head) = Head::read(rest, self.message_bytes_max)? else {
                return Ok(None);
            };
            let Some(payload) = rest.get_mut(head.payload.clone()) else {
                return Ok(None);
            };
            head.unmask(payload);
            let start = self.payload.end;
            self.payload = start + head.payload.start..start + head.payload.end;
            if let Some(received) = self.take(&head)? {
                return Ok(Some(received));
            }
        }
    }

    /// The bytes of the last message.
    pub(super) fn payload(&self) -> &[u8] {
        match &self.fragments {
            Some(fragments) if fragments.is_complete => &fragments.bytes,
            _ => self.bytes.get(self.payload.clone()).unwrap_or_default(),
        }
    }

    /// Bytes that are kept.
    #[cfg(test)]
    pub(super) fn memory_bytes(&self) -> usize {
        let fragments = self.fragments.as_ref();
        self.bytes.capacity() + fragments.map_or(0, |fragments| fragments.bytes.capacity())
    }

    /// Gives back the memory of what was used up.
    fn forget(&mut self) {
        if self.payload.end == self.bytes.len() {
            self.bytes = Vec::new();
            self.payload = 0..0;
        }
        if self.fragments.as_ref().is_some_and(|last| last.is_complete) {
            self.fragments = None;
        }
    }

    /// Takes a frame whose payload is there.
    fn take(&mut self, head: &Head) -> Result<Option<Received>, Broken> {
        let is_begun = self.fragments.is_some();
        match head.opcode {
            Opcode::Ping => Ok(Some(Received::Ping)),
            Opcode::Pong => Ok(Some(Received::Pong)),
            Opcode::Close => {
                let payload = self.bytes.get(self.payload.clone()).unwrap_or_default();
                Ok(Some(Received::Close(Echo::of(payload)?)))
            }
            Opcode::Text if head.is_final && !is_begun => Ok(Some(Received::Text)),
            Opcode::Binary if head.is_final && !is_begun => Ok(Some(Received::Binary)),
            Opcode::Text | Opcode::Binary if is_begun => Err(Broken::Protocol),
            Opcode::Continue if !is_begun => Err(Broken::Protocol),
            Opcode::Text | Opcode::Binary | Opcode::Continue => self.join(head),
        }
    }

    /// Adds a fragment to its message.
    fn join(&mut self, head: &Head) -> Result<Option<Received>, Broken> {
        let message = self
            .fragments
            .get_or_insert_with(|| Box::new(Fragments::new(head.opcode == Opcode::Text)));
        let payload = self.bytes.get(self.payload.clone()).unwrap_or_default();
        if message.bytes.len() + payload.len() > self.message_bytes_max {
            return Err(Broken::TooLong);
        }
        message.bytes.extend_from_slice(payload);
        message.is_complete = head.is_final;
        if message.is_text {
            message.check()?;
        }
        Ok(head.is_final.then_some(match message.is_text {
            true => Received::Text,
            false => Received::Binary,
        }))
    }
}

impl Fragments {
    fn new(is_text: bool) -> Self {
        Fragments {
            is_text,
            is_complete: false,
            bytes: Vec::new(),
            checked: 0,
        }
    }

    /// Wrong text is refused with the first fragment that shows it; a character may end in the
    /// next.
    fn check(&mut self) -> Result<(), Broken> {
        let unchecked = self.bytes.get(self.checked..).unwrap_or_default();
        match str::from_utf8(unchecked) {
            Ok(_) => self.checked = self.bytes.len(),
            Err(wrong) if wrong.error_len().is_none() && !self.is_complete => {
                self.checked += wrong.valid_up_to();
            }
            Err(_) => return Err(Broken::NotUtf8),
        }
        Ok(())
    }
}
