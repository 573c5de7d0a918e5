//! One frame of RFC 6455 §5.2: its head, and its mask. Knows nothing of messages.

use std::ops::Range;

use super::Broken;

/// Longest payload of a control frame, in bytes (RFC 6455 §5.5).
const CONTROL_BYTES_MAX: usize = 125;
/// Payloads up to here, in bytes, have their length in the second byte.
const SHORT_BYTES_MAX: u8 = 125;
/// Longest head of a server's frame, in bytes.
const HEAD_BYTES_MAX: usize = 10;
/// Says that the length is in the next two bytes.
const LENGTH_IN_2: u8 = 126;
/// Says that the length is in the next eight bytes.
const LENGTH_IN_8: u8 = 127;
const FINAL: u8 = 0x80;
const RESERVED: u8 = 0x70;
const OPCODE: u8 = 0x0f;
const MASKED: u8 = 0x80;
const LENGTH: u8 = 0x7f;

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opcode {
    /// More of the message before.
    Continue,
    /// A message of text, or its beginning.
    Text,
    /// A message of bytes, or its beginning.
    Binary,
    /// The end of the connection.
    Close,
    /// Is anybody there?
    Ping,
    /// Yes.
    Pong,
}

/// The head of a client's frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) opcode: Opcode,
    pub(super) is_final: bool,
    mask: [u8; 4],
    /// Where the payload is, from the beginning of the frame.
    pub(super) payload: Range<usize>,
}

impl Opcode {
    fn read(bits: u8) -> Option<Self> {
        Some(match bits {
            0x0 => Opcode::Continue,
            0x1 => Opcode::Text,
            0x2 => Opcode::Binary,
            0x8 => Opcode::Close,
            0x9 => Opcode::Ping,
            0xa => Opcode::Pong,
            _ => return None,
        })
    }

    const fn bits(self) -> u8 {
        match self {
            Opcode::Continue => 0x0,
            Opcode::Text => 0x1,
            Opcode::Binary => 0x2,
            Opcode::Close => 0x8,
            Opcode::Ping => 0x9,
            Opcode::Pong => 0xa,
        }
    }

    const fn is_control(self) -> bool {
        matches!(self, Opcode::Close | Opcode::Ping | Opcode::Pong)
    }
}

impl Head {
    /// Reads the head of the frame that `bytes` begin with; nothing while it is not there whole.
    ///
    /// # Errors
    /// [`Broken::Protocol`] and [`Broken::TooLong`], as soon as the head says so.
    pub(super) fn read(bytes: &[u8], payload_bytes_max: usize) -> Result<Option<Self>, Broken> {
        let Some((&[first, second], rest)) = bytes.split_first_chunk() else {
            return Ok(None);
        };
        let Some((length, rest)) = read_length(second & LENGTH, rest) else {
            return Ok(None);
        };
        let is_masked = second & MASKED != 0;
        let mask = match is_masked {
            true => rest.split_first_chunk(),
            false => Some((&[0; 4], rest)),
        };
        let Some((mask, rest)) = mask else {
            return Ok(None);
        };
        let opcode = Opcode::read(first & OPCODE).ok_or(Broken::Protocol)?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > payload_bytes_max {
            return Err(Broken::TooLong);
        }
        let is_final = first & FINAL != 0;
        let is_wrong_control = opcode.is_control() && (!is_final || length > CONTROL_BYTES_MAX);
        if !is_masked || first & RESERVED != 0 || is_wrong_control {
            return Err(Broken::Protocol);
        }
        let start = bytes.len() - rest.len();
        Ok(Some(Head {
            opcode,
            is_final,
            mask: *mask,
            payload: start..start + length,
        }))
    }

    /// Takes the mask from a whole payload.
    pub(super) fn unmask(&self, payload: &mut [u8]) {
        let [a, b, c, d] = self.mask;
        let mask = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
        let (words, rest) = payload.as_chunks_mut::<8>();
        for word in words {
            *word = (u64::from_ne_bytes(*word) ^ mask).to_ne_bytes();
        }
        for (byte, mask) in rest.iter_mut().zip(self.mask.iter().cycle()) {
            *byte ^= mask;
        }
    }
}

/// Appends a frame of the server whose payload is these pieces, one after the other.
pub(crate) fn push_frame(frames: &mut Vec<u8>, opcode: Opcode, pieces: &[&[u8]]) {
    let length = pieces.iter().map(|piece| piece.len()).sum();
    frames.reserve(HEAD_BYTES_MAX + length);
    frames.push(FINAL | opcode.bits());
    push_length(frames, length);
    for piece in pieces {
        frames.extend_from_slice(piece);
    }
}

/// The first place at `position` or behind it at which one of the server's `frames` ends.
pub(crate) fn frame_end(frames: &[u8], position: usize) -> usize {
    let mut end = 0;
    while end < position {
        let Some(length) = frames.get(end..).and_then(frame_bytes) else {
            return frames.len();
        };
        end += length;
    }
    end
}

/// The bytes of the server's frame that `frames` begin with, its head included.
fn frame_bytes(frames: &[u8]) -> Option<usize> {
    let (&[_, second], rest) = frames.split_first_chunk()?;
    let (length, rest) = read_length(second & LENGTH, rest)?;
    Some(frames.len() - rest.len() + usize::try_from(length).ok()?)
}

/// The length of a payload, and what follows it in the frame.
fn read_length(short: u8, rest: &[u8]) -> Option<(u64, &[u8])> {
    match short {
        LENGTH_IN_2 => {
            let (length, rest) = rest.split_first_chunk()?;
            Some((u64::from(u16::from_be_bytes(*length)), rest))
        }
        LENGTH_IN_8 => {
            let (length, rest) = rest.split_first_chunk()?;
            Some((u64::from_be_bytes(*length), rest))
        }
        short => Some((u64::from(short), rest)),
    }
}

fn push_length(frames: &mut Vec<u8>, length: usize) {
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short), _) if short <= SHORT_BYTES_MAX => frames.push(short),
        (_, Ok(length)) => {
            frames.push(LENGTH_IN_2);
            frames.extend_from_slice(&length.to_be_bytes());
        }
        _ => {
            frames.push(LENGTH_IN_8);
            frames.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame as a client sends it.
    fn masked(first: u8, second: u8, rest: &[u8]) -> Vec<u8> {
        [&[first, second], rest].concat()
    }

    #[test]
    fn the_example_of_rfc_6455_is_read() {
        let mut frame = vec![
            0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
        ];
        for end in 0..6 {
            let part = frame.get(..end).unwrap();
            assert!(Head::read(part, 5).unwrap().is_none(), "{end}");
        }
        let head = Head::read(&frame, 5).unwrap().unwrap();
        assert_eq!(
            (head.opcode, head.is_final, head.payload.clone()),
            (Opcode::Text, true, 6..11)
        );
        let payload = frame.get_mut(head.payload.clone()).unwrap();
        head.unmask(payload);
        assert_eq!(payload, b"Hello");
    }

    #[test]
    fn the_mask_goes_on_over_words() {
        let head = Head::read(&masked(0x82, 0x80, &[1, 2, 3, 4]), 0).unwrap();
        let mut payload = [0; 23];
        head.unwrap().unmask(&mut payload);
        let expected: Vec<u8> = [1, 2, 3, 4].into_iter().cycle().take(23).collect();
        assert_eq!(payload.as_slice(), expected);
    }

    #[test]
    fn wrong_heads_are_told_apart() {
        let mask = [0; 4];
        let read = |first, second| Head::read(&masked(first, second, &mask), 200);
        for (first, second) in [
            (0x81, 0x05), // no mask
            (0xc1, 0x80), // reserved bits
            (0xa1, 0x80),
            (0x91, 0x80),
            (0x83, 0x80), // opcodes that mean nothing
            (0x8b, 0x80),
            (0x09, 0x80), // half a ping
        ] {
            assert!(
                matches!(read(first, second), Err(Broken::Protocol)),
                "{first:x}"
            );
        }
        let long_ping = masked(0x89, 0xfe, &[0, 126, 0, 0, 0, 0]);
        assert!(matches!(Head::read(&long_ping, 200), Err(Broken::Protocol)));
        for too_long in [
            masked(0x81, 0xfe, &[0, 201, 0, 0, 0, 0]),
            masked(0x81, 0xff, &[0xff; 12]),
        ] {
            assert!(matches!(Head::read(&too_long, 200), Err(Broken::TooLong)));
        }
    }

    #[test]
    fn frames_are_found_again_at_every_length() {
        let lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 3];
        let mut frames = Vec::new();
        let mut ends = vec![0];
        for length in lengths {
            let (left, right) = (vec![7; length / 2], vec![8; length - length / 2]);
            push_frame(&mut frames, Opcode::Text, &[&left, &right]);
            ends.push(frames.len());
        }
        for (end, next) in ends.iter().zip(ends.iter().skip(1)) {
            assert_eq!(frame_end(&frames, *end), *end);
            assert_eq!(frame_end(&frames, end + 1), *next);
        }
        assert_eq!(frame_end(&frames, usize::MAX), frames.len());
    }
}
