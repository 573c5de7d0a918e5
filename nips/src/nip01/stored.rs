//! Reading again what this program wrote. Canonical JSON has every byte in its place, so it is
//! walked once and kept as it is; whatever is not exactly canonical goes the long way through
//! [`Event::parse`].

use super::event::{CREATED_AT_MAX, Event};
use super::layout::{
    BEFORE_CONTENT, BEFORE_CREATED_AT, BEFORE_ID, BEFORE_KIND, BEFORE_PUBKEY, BEFORE_SIG,
    BEFORE_TAGS, END, IN_UNESCAPED,
};
use super::{EventError, EventId, Kind, PublicKey, Signature, hex};

impl Event {
    /// Reads JSON that this program stored earlier: several times as fast as [`Event::parse`] when
    /// it is canonical, and the same in every other respect.
    ///
    /// ```
    /// use kith_nips::{Event, Kind, nip01::Draft};
    /// # let draft = Draft { kind: Kind::TEXT_NOTE, created_at: None, tags: vec![], content: "hello".into() };
    /// # let event = draft.sign(&nostr::Keys::generate(), 1)?;
    /// let stored = event.json().to_owned();
    /// assert_eq!(Event::parse_stored(&stored)?, event);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse_stored(json: &str) -> Result<Self, EventError> {
        match Walk::new(json).event() {
            Some(event) => Ok(event),
            None => Self::parse(json),
        }
    }
}

/// A walk along canonical JSON. Every step that does not find what has to be there gives up.
struct Walk<'a> {
    json: &'a str,
    position: usize,
    spans: Vec<u32>,
    unescaped: String,
}

impl<'a> Walk<'a> {
    fn new(json: &'a str) -> Self {
        Self {
            json,
            position: 0,
            spans: Vec::new(),
            unescaped: String::new(),
        }
    }

    fn event(mut self) -> Option<Event> {
        if self.json.len() >= IN_UNESCAPED as usize {
            return None;
        }
        self.expect(BEFORE_ID)?;
        let id = EventId::from_bytes(self.hex()?);
        self.expect(BEFORE_PUBKEY)?;
        let pubkey = PublicKey::from_bytes(self.hex()?);
        self.expect(BEFORE_CREATED_AT)?;
        let created_at = self.number(CREATED_AT_MAX)?;
        self.expect(BEFORE_KIND)?;
        let kind = Kind::new(u16::try_from(self.number(u64::from(u16::MAX))?).ok()?);
        self.expect(BEFORE_TAGS)?;
        let tags_start = self.position as u32;
        let mut offsets = self.tags()?;
        self.expect(BEFORE_CONTENT)?;
        let content_start = self.position as u32;
        self.string()?;
        self.expect(BEFORE_SIG)?;
        Signature::from_bytes(self.hex()?);
        self.expect(END)?;
        if self.position != self.json.len() {
            return None;
        }
        let tag_count = offsets.len() as u32;
        offsets.reserve_exact(self.spans.len());
        offsets.extend_from_slice(&self.spans);
        Some(
            Event {
                id,
                pubkey,
                created_at,
                kind,
                may_expire: true,
                tag_count,
                tags_start,
                content_start,
                json: self.json.into(),
                unescaped: self.unescaped.into_boxed_str(),
                offsets: offsets.into_boxed_slice(),
            }
            .knowing_expiration(),
        )
    }

    fn rest(&self) -> &'a [u8] {
        self.json
            .as_bytes()
            .get(self.position..)
            .unwrap_or_default()
    }

    fn expect(&mut self, text: &str) -> Option<()> {
        self.rest()
            .starts_with(text.as_bytes())
            .then(|| self.position += text.len())
    }

    fn hex<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = hex::decode(self.rest().get(..2 * N)?)?;
        self.position += 2 * N;
        Some(bytes)
    }

    /// Plain digits without a leading zero.
    fn number(&mut self, max: u64) -> Option<u64> {
        let rest = self.rest();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 || (digits > 1 && rest.first() == Some(&b'0')) {
            return None;
        }
        let number = rest.iter().take(digits).try_fold(0_u64, |number, digit| {
            number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
        })?;
        self.position += digits;
        (number <= max).then_some(number)
    }

    /// The tags; for each the number of strings up to its end.
    fn tags(&mut self) -> Option<Vec<u32>> {
        let mut ends = Vec::new();
        self.expect("[")?;
        if self.expect("]").is_some() {
            return Some(ends);
        }
        loop {
            self.expect("[")?;
            self.string()?;
            while self.expect(",").is_some() {
                self.string()?;
            }
            self.expect("]")?;
            ends.push((self.spans.len() / 2) as u32);
            if self.expect(",").is_none() {
                self.expect("]")?;
                return Some(ends);
            }
        }
    }

    /// A string and its span.
    fn string(&mut self) -> Option<()> {
        self.expect("\"")?;
        let start = self.position;
        let plain = plain_length(self.rest());
        self.position += plain;
        if self.expect("\"").is_some() {
            self.spans.push(start as u32);
            self.spans.push((start + plain) as u32);
            return Some(());
        }
        let unescaped_start = self.unescaped.len() as u32;
        self.position = start;
        self.escaped_string()?;
        self.spans.push(unescaped_start | IN_UNESCAPED);
        self.spans.push(self.unescaped.len() as u32);
        Some(())
    }

    /// The rest of a string with escapes, closing quote included.
    fn escaped_string(&mut self) -> Option<()> {
        loop {
            let start = self.position;
            self.position += plain_length(self.rest());
            self.unescaped
                .push_str(self.json.get(start..self.position)?);
            if self.expect("\"").is_some() {
                return Some(());
            }
            self.expect("\\")?;
            let character = self.escape()?;
            self.unescaped.push(character);
        }
    }

    /// What a backslash stands before, in the one spelling that is written.
    fn escape(&mut self) -> Option<char> {
        let letter = self.rest().first()?;
        self.position += 1;
        Some(match letter {
            b'n' => '\n',
            b'"' => '"',
            b'\\' => '\\',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                self.expect("00")?;
                let [byte] = self.hex()?;
                let has_shorter = matches!(byte, b'\n' | b'\r' | b'\t' | 0x08 | 0x0c);
                if byte >= 0x20 || has_shorter {
                    return None;
                }
                char::from(byte)
            }
            _ => return None,
        })
    }
}

/// Bytes before the first quote, backslash or control character.
fn plain_length(bytes: &[u8]) -> usize {
    let is_special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
    // Whole chunks are tested without a branch per byte, which compiles to vector instructions.
    let (chunks, _) = bytes.as_chunks::<16>();
    let plain_chunks = chunks
        .iter()
        .take_while(|chunk| {
            !chunk
                .iter()
                .fold(false, |found, byte| found | is_special(byte))
        })
        .count();
    let tested = plain_chunks * 16;
    let rest = bytes.get(tested..).unwrap_or_default();
    tested + rest.iter().position(is_special).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nip01::Draft;

    fn canonical() -> String {
        let draft = Draft {
            kind: Kind::TEXT_NOTE,
            created_at: None,
            tags: vec![
                vec!["t".to_owned(), "a\"b".to_owned()],
                vec!["-".to_owned()],
            ],
            content: "é\n".repeat(40),
        };
        draft
            .sign(&nostr::Keys::generate(), 1_700_000_000)
            .unwrap()
            .json()
            .to_owned()
    }

    #[test]
    fn canonical_json_takes_the_short_way() {
        let json = canonical();
        let event = Walk::new(&json).event().unwrap();
        assert_eq!(event, Event::parse(&json).unwrap());
        assert_eq!(event.content(), "é\n".repeat(40));
        assert_eq!(event.tags().first_value("t"), Some("a\"b"));
        assert_eq!(event.json(), json);
    }

    #[test]
    fn anything_else_takes_the_long_way_to_the_same_event() {
        let json = canonical();
        let event = Event::parse(&json).unwrap();
        for (from, to) in [
            ("{\"id\"", " {\"id\""),
            ("é", "\\u00e9"),
            ("\\n", "\\u000a"),
            ("\"kind\":1", "\"kind\": 1"),
            (",\"content\"", ",\"x\":1,\"content\""),
            ("[\"-\"]", "[\"\\u002d\"]"),
        ] {
            let other = json.replace(from, to);
            assert_ne!(other, json);
            assert!(Walk::new(&other).event().is_none(), "{other}");
            assert_eq!(Event::parse_stored(&other).as_ref(), Ok(&event), "{other}");
        }
        for end in 0..json.len() {
            let Some(cut) = json.get(..end) else { continue };
            assert!(Event::parse_stored(cut).is_err());
        }
    }

    #[test]
    fn plain_bytes_end_before_the_first_special_one() {
        for special in [b'"', b'\\', 0x00, 0x1f] {
            for position in 0..70 {
                let mut bytes = vec![b'x'; 70];
                bytes[position] = special;
                bytes[69] = b'"';
                assert_eq!(plain_length(&bytes), position);
            }
        }
        assert_eq!(plain_length("é\u{7f}".repeat(20).as_bytes()), 60);
    }
}
