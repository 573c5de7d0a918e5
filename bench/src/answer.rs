//! What a relay says, read as bytes: which verb, about what. No JSON tree is built, because answers
//! are read while the clock runs. Knows no socket.

use memchr::memmem;

/// One message of a relay (NIP-01); names and ids as they stand between their quotes.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer<'a> {
    /// A stored or live event of a subscription.
    Event { subscription: &'a [u8] },
    /// The stored events are complete.
    Eose { subscription: &'a [u8] },
    /// The relay ended or refused a subscription.
    Closed { subscription: &'a [u8] },
    /// An event was taken or not.
    Ok { id: &'a [u8], accepted: bool },
    /// How many events a COUNT found (NIP-45).
    Count { subscription: &'a [u8] },
    /// Words for a person.
    Notice,
    /// Something else, such as an AUTH challenge.
    Other,
}

impl Answer<'_> {
    /// Reads a message.
    pub fn read(message: &[u8]) -> Answer<'_> {
        let Some((verb, rest)) = quoted(message) else {
            return Answer::Other;
        };
        let Some((name, rest)) = quoted(rest) else {
            return Answer::Other;
        };
        match verb {
            b"EVENT" => Answer::Event { subscription: name },
            b"EOSE" => Answer::Eose { subscription: name },
            b"CLOSED" => Answer::Closed { subscription: name },
            b"COUNT" => Answer::Count { subscription: name },
            b"NOTICE" => Answer::Notice,
            b"OK" => Answer::Ok {
                id: name,
                accepted: is_true(rest),
            },
            _ => Answer::Other,
        }
    }

    /// The subscription that it is about.
    pub fn subscription(&self) -> Option<&[u8]> {
        match self {
            Answer::Event { subscription }
            | Answer::Eose { subscription }
            | Answer::Closed { subscription }
            | Answer::Count { subscription } => Some(subscription),
            Answer::Ok { .. } | Answer::Notice | Answer::Other => None,
        }
    }
}

/// The beginning of an id, enough to tell the events of a run apart.
pub type IdPrefix = u64;

/// The beginning of this id, of 64 hexadecimal digits.
pub fn id_prefix(id: &[u8]) -> Option<IdPrefix> {
    let digits = std::str::from_utf8(id.get(..16)?).ok()?;
    u64::from_str_radix(digits, 16).ok()
}

/// The id of the event in a message, wherever the relay puts it among the members.
///
/// Quotes within texts are escaped, so a text cannot look like the member.
pub fn event_id(message: &[u8]) -> Option<&[u8]> {
    const MEMBER: &[u8] = br#""id""#;
    memmem::find_iter(message, MEMBER).find_map(|at| {
        let behind = message.get(at + MEMBER.len()..)?.trim_ascii_start();
        let value = behind.strip_prefix(b":")?;
        quoted(value).map(|(id, _)| id).filter(|id| id.len() == 64)
    })
}

/// The next text in quotes, and what is behind it. Verbs, ids and our own names have no escapes.
fn quoted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let begin = memchr::memchr(b'"', bytes)? + 1;
    let text = bytes.get(begin..)?;
    let end = memchr::memchr(b'"', text)?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

fn is_true(bytes: &[u8]) -> bool {
    let value = bytes.trim_ascii_start();
    value
        .strip_prefix(b",")
        .is_some_and(|value| value.trim_ascii_start().starts_with(b"true"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_with_and_without_spaces() {
        let id = "0123456789abcdef".repeat(4);
        for (text, accepted) in [
            (format!(r#"["OK","{id}",true,""]"#), true),
            (format!(r#"[ "OK" , "{id}" , true , "" ]"#), true),
            (format!(r#"["OK","{id}",false,"blocked: true"]"#), false),
        ] {
            let id = id.as_bytes();
            assert_eq!(Answer::read(text.as_bytes()), Answer::Ok { id, accepted });
        }
        let subscription = b"q1".as_slice();
        for (text, answer) in [
            (r#"["EOSE","q1"]"#, Answer::Eose { subscription }),
            (r#"["EOSE","q1","finish"]"#, Answer::Eose { subscription }),
            (
                r#"["CLOSED","q1","error: no"]"#,
                Answer::Closed { subscription },
            ),
            (
                r#"["EVENT", "q1", {"id":"x"}]"#,
                Answer::Event { subscription },
            ),
            (r#"["NOTICE","slow down"]"#, Answer::Notice),
            ("{}", Answer::Other),
        ] {
            assert_eq!(Answer::read(text.as_bytes()), answer, "{text}");
        }
    }

    #[test]
    fn the_id_is_found_among_members_that_look_like_it() {
        let id = "f".repeat(64);
        for text in [
            format!(r#"["EVENT","s",{{"id":"{id}","tags":[]}}]"#),
            format!(
                r#"["EVENT","s",{{"content":"\"id\":\"0\"","tags":[["id","1"]],"id": "{id}"}}]"#
            ),
        ] {
            assert_eq!(event_id(text.as_bytes()), Some(id.as_bytes()), "{text}");
        }
        assert_eq!(event_id(br#"["EVENT","s",{}]"#), None);
        assert_eq!(id_prefix(id.as_bytes()), Some(u64::MAX));
        assert_eq!(id_prefix(b"12"), None);
    }
}
