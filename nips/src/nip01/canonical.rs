//! Writes the one JSON text of an event (NIP-01) and the spans that let it be read again without
//! parsing. Knows nothing of where the values came from, nor whether they are true.

use super::event::Event;
use super::layout::{
    BEFORE_CONTENT, BEFORE_CREATED_AT, BEFORE_ID, BEFORE_KIND, BEFORE_PUBKEY, BEFORE_SIG,
    BEFORE_TAGS, END, IN_UNESCAPED,
};
use super::{EventId, Kind, PublicKey, Signature, hex};

/// Everything of an event but its strings.
pub(super) struct Head {
    pub id: EventId,
    pub pubkey: PublicKey,
    pub created_at: u64,
    pub kind: Kind,
    pub sig: Signature,
}

/// The text would be two gibibytes or more.
pub(super) struct TooLong;

/// Writes one event: [`Writer::new`], then each tag with its strings, then [`Writer::finish`].
pub(super) struct Writer {
    head: Head,
    json: String,
    unescaped: String,
    tag_ends: Vec<u32>,
    spans: Vec<u32>,
    tags_start: u32,
}

impl Writer {
    /// `text_bytes` is a guess at the length of the JSON, to allocate once.
    pub fn new(head: Head, text_bytes: usize) -> Self {
        let mut json = String::with_capacity(text_bytes);
        json.push_str(BEFORE_ID);
        hex::push(&mut json, head.id.as_bytes());
        json.push_str(BEFORE_PUBKEY);
        hex::push(&mut json, head.pubkey.as_bytes());
        json.push_str(BEFORE_CREATED_AT);
        push_number(&mut json, head.created_at);
        json.push_str(BEFORE_KIND);
        push_number(&mut json, u64::from(head.kind.as_u16()));
        json.push_str(BEFORE_TAGS);
        let tags_start = json.len() as u32;
        json.push('[');
        Self {
            head,
            json,
            unescaped: String::new(),
            tag_ends: Vec::new(),
            spans: Vec::new(),
            tags_start,
        }
    }

    /// Room for this many tags and strings.
    pub fn reserve(&mut self, tags: usize, strings: usize) {
        // The tag ends and the spans, content included, end up in one list.
        self.tag_ends.reserve_exact(tags + 2 * (strings + 1));
        self.spans.reserve_exact(2 * (strings + 1));
    }

    /// One tag. An empty one is the caller's mistake and is written as it is.
    pub fn tag<'a>(&mut self, strings: impl IntoIterator<Item = Text<'a>>) {
        self.json
            .push_str(if self.tag_ends.is_empty() { "[" } else { ",[" });
        for (position, text) in strings.into_iter().enumerate() {
            if position > 0 {
                self.json.push(',');
            }
            self.string(text);
        }
        self.json.push(']');
        self.tag_ends.push((self.spans.len() / 2) as u32);
    }

    /// The content and the rest of the text.
    pub fn finish(mut self, content: Text<'_>) -> Result<Event, TooLong> {
        self.json.push(']');
        self.json.push_str(BEFORE_CONTENT);
        let content_start = self.json.len() as u32;
        self.string(content);
        self.json.push_str(BEFORE_SIG);
        hex::push(&mut self.json, self.head.sig.as_bytes());
        self.json.push_str(END);
        // One test at the end: a longer text made offsets wrap above, but nothing used them yet.
        if self.json.len() >= IN_UNESCAPED as usize {
            return Err(TooLong);
        }
        let tag_count = self.tag_ends.len() as u32;
        let mut offsets = self.tag_ends;
        offsets.extend_from_slice(&self.spans);
        Ok(Event {
            id: self.head.id,
            pubkey: self.head.pubkey,
            created_at: self.head.created_at,
            kind: self.head.kind,
            may_expire: true,
            tag_count,
            tags_start: self.tags_start,
            content_start,
            json: self.json.into_boxed_str(),
            unescaped: self.unescaped.into_boxed_str(),
            offsets: offsets.into_boxed_slice(),
        }
        .knowing_expiration())
    }

    /// A quoted string and its span: into the JSON when it is the same there, else into a copy.
    fn string(&mut self, text: Text<'_>) {
        self.json.push('"');
        let start = self.json.len();
        let escaped = match text {
            Text::Plain(text) => {
                self.json.push_str(text);
                false
            }
            Text::Any(text) => push_escaped(&mut self.json, text),
        };
        if let (true, Text::Any(text)) = (escaped, text) {
            let start = self.unescaped.len() as u32;
            self.unescaped.push_str(text);
            self.spans.push(start | IN_UNESCAPED);
            self.spans.push(self.unescaped.len() as u32);
        } else {
            self.spans.push(start as u32);
            self.spans.push(self.json.len() as u32);
        }
        self.json.push('"');
    }
}

/// A string value to be written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Text<'a> {
    /// Known to need no escape in JSON: it stood in JSON without one.
    Plain(&'a str),
    /// Anything.
    Any(&'a str),
}

/// Appends `text` as the inside of a JSON string with the escapes of NIP-01, other control
/// characters as `\u00xx` because bare ones are not JSON. Tells whether anything was escaped.
pub(super) fn push_escaped(json: &mut String, text: &str) -> bool {
    let mut copied = 0;
    for (position, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        // Escaped characters are one byte long, so both cuts are at character boundaries.
        json.push_str(text.get(copied..position).unwrap_or_default());
        copied = position + 1;
        match byte {
            b'\n' => json.push_str("\\n"),
            b'"' => json.push_str("\\\""),
            b'\\' => json.push_str("\\\\"),
            b'\r' => json.push_str("\\r"),
            b'\t' => json.push_str("\\t"),
            0x08 => json.push_str("\\b"),
            0x0c => json.push_str("\\f"),
            _ => {
                json.push_str("\\u00");
                hex::push(json, &[byte]);
            }
        }
    }
    json.push_str(text.get(copied..).unwrap_or_default());
    copied > 0
}

/// Appends `text` as a JSON string, quotes included.
pub(super) fn push_quoted(json: &mut String, text: &str) {
    json.push('"');
    push_escaped(json, text);
    json.push('"');
}

/// Appends decimal digits.
fn push_number(json: &mut String, number: u64) {
    let mut digits = [b'0'; 20];
    let mut rest = number;
    let mut used = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        used += 1;
        if rest == 0 {
            break;
        }
    }
    let skipped = digits.len() - used;
    json.extend(digits.iter().skip(skipped).map(|digit| char::from(*digit)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut json = String::new();
        push_escaped(&mut json, text);
        json
    }

    #[test]
    fn nip01_37_the_seven_escapes() {
        assert_eq!(escaped("\n\"\\\r\t\u{8}\u{c}"), r#"\n\"\\\r\t\b\f"#);
    }

    #[test]
    fn nip01_38_everything_else_is_verbatim() {
        let text = "/ < > & \u{7f} \u{2028} \u{2029} é 日本 😀 \u{fdd1}";
        assert_eq!(escaped(text), text);
    }

    #[test]
    fn nip01_39_other_controls_are_lower_case_unicode_escapes() {
        assert_eq!(escaped("a\u{1}b\u{1f}"), r"a\u0001b\u001f");
    }

    #[test]
    fn numbers_are_plain_digits() {
        for number in [0, 7, 10, 1_700_000_000, (1 << 53) - 1, u64::MAX] {
            let mut text = String::new();
            push_number(&mut text, number);
            assert_eq!(text, number.to_string());
        }
    }
}
