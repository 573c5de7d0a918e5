//! WebSocket frames (RFC 6455 §5) as a client that measures needs them: written before the clock
//! starts, read in place. Knows no socket and no message.
//!
//! A measuring client shares the processors with the relay, so it must cost as little as can be:
//! it masks with zeros, which leaves the text as it is, and copies only what is cut off at the end
//! of a read.

use anyhow::{bail, ensure};

/// The longest message that is read.
const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

const FINAL: u8 = 0x80;
const MASKED: u8 = 0x80;
const OPCODE: u8 = 0x0f;
const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// Appends a text message.
pub fn push_text(out: &mut Vec<u8>, text: &[u8]) {
    push(out, TEXT, text);
}

/// A text message.
pub fn text(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 14);
    push_text(&mut out, text.as_bytes());
    out
}

fn push(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    out.push(FINAL | opcode);
    match payload.len() {
        length @ 0..=125 => out.push(MASKED | length as u8),
        length @ 126..=0xffff => {
            out.push(MASKED | 126);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            out.push(MASKED | 127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(payload);
}

/// What a relay sent so far.
#[derive(Debug, Default)]
pub struct Reader {
    /// The beginning of a frame that is not complete.
    rest: Vec<u8>,
    /// The beginning of a message in several frames.
    fragments: Vec<u8>,
    /// Answers to pings, not sent yet.
    pongs: Vec<u8>,
}

impl Reader {
    /// Takes what was read and calls `on_message` with each message that is complete now.
    ///
    /// # Errors
    /// The relay closed the connection, or breaks the protocol.
    pub fn take(&mut self, bytes: &[u8], on_message: &mut impl FnMut(&[u8])) -> anyhow::Result<()> {
        if self.rest.is_empty() {
            let used = self.frames(bytes, on_message)?;
            self.rest
                .extend_from_slice(bytes.get(used..).unwrap_or_default());
            return Ok(());
        }
        let mut all = std::mem::take(&mut self.rest);
        all.extend_from_slice(bytes);
        let used = self.frames(&all, on_message)?;
        all.drain(..used);
        if !all.is_empty() {
            self.rest = all;
        }
        Ok(())
    }

    /// Answers to pings that came, as frames.
    pub fn take_pongs(&mut self) -> Option<Vec<u8>> {
        (!self.pongs.is_empty()).then(|| std::mem::take(&mut self.pongs))
    }

    /// How many bytes the complete frames at the beginning took.
    fn frames(
        &mut self,
        bytes: &[u8],
        on_message: &mut impl FnMut(&[u8]),
    ) -> anyhow::Result<usize> {
        let mut used = 0;
        while let Some(frame) = Frame::first(bytes.get(used..).unwrap_or_default())? {
            used += frame.bytes;
            self.frame(&frame, on_message)?;
        }
        Ok(used)
    }

    fn frame(
        &mut self,
        frame: &Frame<'_>,
        on_message: &mut impl FnMut(&[u8]),
    ) -> anyhow::Result<()> {
        match frame.opcode {
            TEXT | BINARY if frame.is_final => on_message(frame.payload),
            TEXT | BINARY | CONTINUATION => {
                self.fragments.extend_from_slice(frame.payload);
                ensure!(
                    self.fragments.len() <= MESSAGE_BYTES_MAX,
                    "a message is too long"
                );
                if frame.is_final {
                    on_message(&std::mem::take(&mut self.fragments));
                }
            }
            PING => push(&mut self.pongs, PONG, frame.payload),
            PONG => {}
            CLOSE => {
                let reason = frame.payload.get(2..).unwrap_or_default();
                bail!(
                    "the relay closed the connection: {}",
                    String::from_utf8_lossy(reason)
                );
            }
            opcode => bail!("a frame with opcode {opcode}"),
        }
        Ok(())
    }
}

struct Frame<'a> {
    opcode: u8,
    is_final: bool,
    payload: &'a [u8],
    /// Header and payload.
    bytes: usize,
}

impl Frame<'_> {
    /// The frame at the beginning, once it is complete. Frames of a server are not masked.
    fn first(bytes: &[u8]) -> anyhow::Result<Option<Frame<'_>>> {
        let Some((&[first, second], rest)) = bytes.split_first_chunk() else {
            return Ok(None);
        };
        ensure!(second & MASKED == 0, "a masked frame from a server");
        let long = rest
            .first_chunk()
            .map(|length| usize::from(u16::from_be_bytes(*length)));
        let longer = rest
            .first_chunk()
            .map(|length| u64::from_be_bytes(*length) as usize);
        let (header, length) = match second {
            126 => (4, long),
            127 => (10, longer),
            length => (2, Some(usize::from(length))),
        };
        let Some(length) = length else {
            return Ok(None);
        };
        ensure!(length <= MESSAGE_BYTES_MAX, "a frame of {length} bytes");
        let payload = bytes.get(header..header + length);
        Ok(payload.map(|payload| Frame {
            opcode: first & OPCODE,
            is_final: first & FINAL != 0,
            payload,
            bytes: header + length,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_server(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut masked = Vec::new();
        push(&mut masked, first & OPCODE, payload);
        let header = masked.len() - payload.len() - 4;
        let mut frame = masked[..header].to_vec();
        frame[0] = first;
        frame[1] &= !MASKED;
        frame.extend_from_slice(payload);
        frame
    }

    fn read(chunks: &[&[u8]]) -> (Vec<usize>, Reader) {
        let (mut reader, mut lengths) = (Reader::default(), Vec::new());
        for chunk in chunks {
            let mut note = |message: &[u8]| lengths.push(message.len());
            reader.take(chunk, &mut note).unwrap();
        }
        (lengths, reader)
    }

    #[test]
    fn messages_are_found_however_they_are_cut() {
        let mut stream = Vec::new();
        for length in [0, 1, 125, 126, 65_535, 65_536] {
            stream.extend(from_server(FINAL | TEXT, &vec![b'x'; length]));
        }
        for cut in [1, 2, 3, 7, 4_096, stream.len()] {
            let chunks: Vec<&[u8]> = stream.chunks(cut).collect();
            let (lengths, reader) = read(&chunks);
            assert_eq!(lengths, [0, 1, 125, 126, 65_535, 65_536]);
            assert!(reader.rest.is_empty());
        }
    }

    #[test]
    fn fragments_are_one_message_and_pings_between_them_are_answered() {
        let mut stream = from_server(TEXT, b"one ");
        stream.extend(from_server(FINAL | PING, b"there?"));
        stream.extend(from_server(FINAL | CONTINUATION, b"message"));
        let (lengths, mut reader) = read(&[&stream]);
        assert_eq!(lengths, [11]);
        let pong = reader.take_pongs().unwrap();
        assert_eq!(pong[0], FINAL | PONG);
        assert!(pong.ends_with(b"there?"));
        assert_eq!(reader.take_pongs(), None);
    }

    #[test]
    fn an_end_and_a_masked_frame_are_errors() {
        for frame in [from_server(FINAL | CLOSE, b"\x03\xe8bye"), text("[]")] {
            assert!(Reader::default().take(&frame, &mut |_| {}).is_err());
        }
    }
}
