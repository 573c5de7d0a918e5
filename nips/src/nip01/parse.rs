//! JSON text to [`Event`]: strict on the seven members, silent on others (NIP-01).
//!
//! Members come in any order, so values are gathered first and then written once as canonical
//! JSON. Strings without escapes are borrowed from the input until then.

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

use super::canonical::{Head, Text, Writer};
use super::event::CREATED_AT_MAX;
use super::nesting::{self, Fault};
use super::values::{Hex, Integer};
use super::{Event, EventError, EventId, Kind, Member, NESTING_LEVELS_MAX, PublicKey, Signature};

/// Tags that most events have at most; the first allocation has room for so many.
const TAGS_EXPECTED: usize = 16;
const STRINGS_EXPECTED: usize = 48;

impl Event {
    /// Reads an event and checks its shape: strict types, lower-case hex, plain integers, no
    /// repeated member, no lone surrogates, at most [`NESTING_LEVELS_MAX`] levels counted from the
    /// event's own braces. Unknown members are dropped. Neither id nor signature is checked.
    pub fn parse(json: &str) -> Result<Self, EventError> {
        let mut reader = Reader::new();
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let read = deserializer
            .deserialize_map(&mut reader)
            .and_then(|()| deserializer.end());
        match read {
            Ok(()) => reader.into_event(json.len()),
            Err(error) => Err(reader.explain(&error)),
        }
    }
}

/// The `id` of something that is no acceptable event, to name it in the answer (NIP-01 `OK`):
/// the first `id` member, if it is an object up to there and the value is 64 lower-case hex
/// characters.
///
/// ```
/// use kith_nips::nip01::claimed_id;
/// let id = "ab".repeat(32);
/// let found = claimed_id(&format!(r#"{{"kind":"one","id":"{id}"}}"#));
/// assert_eq!(found.map(|id| id.to_string()), Some(id));
/// assert_eq!(claimed_id(r#"{"id":7}"#), None);
/// ```
pub fn claimed_id(json: &str) -> Option<EventId> {
    let mut found = None;
    let mut deserializer = serde_json::Deserializer::from_str(json);
    // What is wrong after the id does not matter: the caller knows already that something is.
    let _ = deserializer.deserialize_map(ClaimedId { found: &mut found });
    found
}

/// What was read so far, and where reading is, to say what went wrong.
struct Reader<'a> {
    id: Option<EventId>,
    pubkey: Option<PublicKey>,
    created_at: Option<u64>,
    kind: Option<Kind>,
    tags: Option<()>,
    content: Option<Piece<'a>>,
    sig: Option<Signature>,
    strings: Vec<Piece<'a>>,
    tag_ends: Vec<usize>,
    unescaped: String,
    place: Option<Member>,
    inside_tags: bool,
    failure: Option<EventError>,
}

/// A string of the input.
#[derive(Clone, Copy)]
enum Piece<'a> {
    /// Had no escapes.
    Borrowed(&'a str),
    /// Had escapes; start and end in `Reader::unescaped`.
    Unescaped(usize, usize),
}

impl<'a> Reader<'a> {
    fn new() -> Self {
        Self {
            id: None,
            pubkey: None,
            created_at: None,
            kind: None,
            tags: None,
            content: None,
            sig: None,
            strings: Vec::new(),
            tag_ends: Vec::new(),
            unescaped: String::new(),
            place: None,
            inside_tags: false,
            failure: None,
        }
    }

    fn into_event(self, text_bytes: usize) -> Result<Event, EventError> {
        let missing = EventError::Missing;
        let head = Head {
            id: self.id.ok_or(missing(Member::Id))?,
            pubkey: self.pubkey.ok_or(missing(Member::Pubkey))?,
            created_at: self.created_at.ok_or(missing(Member::CreatedAt))?,
            kind: self.kind.ok_or(missing(Member::Kind))?,
            sig: self.sig.ok_or(missing(Member::Sig))?,
        };
        self.tags.ok_or(missing(Member::Tags))?;
        let content = self.content.ok_or(missing(Member::Content))?;
        let text = |piece: &Piece<'a>| match *piece {
            Piece::Borrowed(text) => Text::Plain(text),
            Piece::Unescaped(start, end) => {
                Text::Any(self.unescaped.get(start..end).unwrap_or_default())
            }
        };
        // Canonical JSON is the shortest spelling: it never outgrows what was read.
        let mut writer = Writer::new(head, text_bytes);
        writer.reserve(self.tag_ends.len(), self.strings.len());
        let mut strings = self.strings.iter();
        let mut first = 0;
        for end in &self.tag_ends {
            writer.tag(strings.by_ref().take(end - first).map(text));
            first = *end;
        }
        Ok(writer.finish(text(&content))?)
    }

    /// The reason in our words.
    fn explain(&self, error: &serde_json::Error) -> EventError {
        match (self.failure, self.place) {
            (Some(failure), _) => failure,
            (None, Some(_)) if error.is_data() && self.inside_tags => {
                EventError::Tag(self.tag_ends.len())
            }
            (None, Some(member)) if error.is_data() => EventError::Malformed(member),
            (None, None) if error.is_data() => EventError::NotAnObject,
            _ => EventError::NotJson {
                line: error.line(),
                column: error.column(),
            },
        }
    }

    /// Keeps our own reason and gives the parser one to stop with.
    fn fail<E: serde::de::Error>(&mut self, failure: EventError) -> E {
        self.failure = Some(failure);
        E::custom("refused")
    }

    fn is_read(&self, member: Member) -> bool {
        match member {
            Member::Id => self.id.is_some(),
            Member::Pubkey => self.pubkey.is_some(),
            Member::CreatedAt => self.created_at.is_some(),
            Member::Kind => self.kind.is_some(),
            Member::Tags => self.tags.is_some(),
            Member::Content => self.content.is_some(),
            Member::Sig => self.sig.is_some(),
        }
    }

    fn read_member<A: MapAccess<'a>>(
        &mut self,
        map: &mut A,
        member: Member,
    ) -> Result<(), A::Error> {
        if self.is_read(member) {
            return Err(self.fail(EventError::Repeated(member)));
        }
        self.place = Some(member);
        match member {
            Member::Id => self.id = Some(EventId::from_bytes(map.next_value_seed(Hex)?)),
            Member::Pubkey => self.pubkey = Some(PublicKey::from_bytes(map.next_value_seed(Hex)?)),
            Member::CreatedAt => {
                self.created_at = Some(map.next_value_seed(Integer {
                    max: CREATED_AT_MAX,
                })?);
            }
            Member::Kind => {
                let number = map.next_value_seed(Integer {
                    max: u64::from(u16::MAX),
                })?;
                self.kind = u16::try_from(number).ok().map(Kind::new);
            }
            Member::Tags => {
                map.next_value_seed(TagList(&mut *self))?;
                self.tags = Some(());
            }
            Member::Content => {
                self.content = Some(map.next_value_seed(StringPiece(&mut self.unescaped))?);
            }
            Member::Sig => self.sig = Some(Signature::from_bytes(map.next_value_seed(Hex)?)),
        }
        self.place = None;
        Ok(())
    }

    /// An unknown member: nobody reads it, but what is refused anywhere is refused here.
    fn skip_member<A: MapAccess<'a>>(&mut self, map: &mut A) -> Result<(), A::Error> {
        let raw: &'a RawValue = map.next_value()?;
        match nesting::check(raw.get(), NESTING_LEVELS_MAX - 1) {
            Ok(()) => Ok(()),
            Err(Fault::TooDeep) => Err(self.fail(EventError::TooDeep)),
            Err(Fault::LoneSurrogate) => Err(self.fail(EventError::LoneSurrogate)),
        }
    }
}

impl<'a> Visitor<'a> for &mut Reader<'a> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an event")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(member) = map.next_key_seed(MemberName)? {
            match member {
                Some(member) => self.read_member(&mut map, member)?,
                None => self.skip_member(&mut map)?,
            }
        }
        Ok(())
    }
}

/// The name of a member; nothing for unknown ones.
struct MemberName;

impl<'de> DeserializeSeed<'de> for MemberName {
    type Value = Option<Member>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for MemberName {
    type Value = Option<Member>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a member name")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(match name {
            "id" => Some(Member::Id),
            "pubkey" => Some(Member::Pubkey),
            "created_at" => Some(Member::CreatedAt),
            "kind" => Some(Member::Kind),
            "tags" => Some(Member::Tags),
            "content" => Some(Member::Content),
            "sig" => Some(Member::Sig),
            _ => None,
        })
    }
}

/// A string, borrowed if it can be.
struct StringPiece<'r>(&'r mut String);

impl<'de> DeserializeSeed<'de> for StringPiece<'_> {
    type Value = Piece<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for StringPiece<'_> {
    type Value = Piece<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string")
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Piece::Borrowed(text))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        let start = self.0.len();
        self.0.push_str(text);
        Ok(Piece::Unescaped(start, self.0.len()))
    }
}

/// The array of tags.
struct TagList<'r, 'a>(&'r mut Reader<'a>);

impl<'de> DeserializeSeed<'de> for TagList<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for TagList<'_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of tags")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut tags: A) -> Result<(), A::Error> {
        let reader = self.0;
        reader.tag_ends.reserve(TAGS_EXPECTED);
        reader.strings.reserve(STRINGS_EXPECTED);
        reader.inside_tags = true;
        while tags.next_element_seed(OneTag(reader))?.is_some() {}
        reader.inside_tags = false;
        Ok(())
    }
}

/// One tag: a non-empty array of strings.
struct OneTag<'r, 'a>(&'r mut Reader<'a>);

impl<'de> DeserializeSeed<'de> for OneTag<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for OneTag<'_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a non-empty array of strings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut strings: A) -> Result<(), A::Error> {
        let reader = self.0;
        let first = reader.strings.len();
        while let Some(piece) = strings.next_element_seed(StringPiece(&mut reader.unescaped))? {
            reader.strings.push(piece);
        }
        if reader.strings.len() == first {
            return Err(A::Error::custom("empty"));
        }
        reader.tag_ends.push(reader.strings.len());
        Ok(())
    }
}

/// Looks for the `id` of an object and ignores everything else.
struct ClaimedId<'r> {
    found: &'r mut Option<EventId>,
}

impl<'de> Visitor<'de> for ClaimedId<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(member) = map.next_key_seed(MemberName)? {
            if member == Some(Member::Id) {
                *self.found = Some(EventId::from_bytes(map.next_value_seed(Hex)?));
                return Ok(());
            }
            map.next_value::<serde::de::IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "1868e8ad4ca66b7a9bb6ddaaecde6e5cc5d11682e87abb650a6ce8853854ef05";
    const KEY: &str = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    const NAMES: [&str; 7] = [
        "id",
        "pubkey",
        "created_at",
        "kind",
        "tags",
        "content",
        "sig",
    ];

    /// Name and JSON value of the members of a good event.
    fn members() -> Vec<(&'static str, String)> {
        let values = [
            format!("\"{ID}\""),
            format!("\"{KEY}\""),
            "1700000000".to_owned(),
            "1".to_owned(),
            r#"[["t","x"],["-"]]"#.to_owned(),
            "\"\"".to_owned(),
            format!("\"{ID}{KEY}\""),
        ];
        NAMES.into_iter().zip(values).collect()
    }

    fn object(members: &[(&str, String)]) -> String {
        let written: Vec<_> = members
            .iter()
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        format!("{{{}}}", written.join(","))
    }

    /// A good event but for this value.
    fn with(name: &str, value: &str) -> String {
        let mut members = members();
        for member in &mut members {
            if member.0 == name {
                member.1 = value.to_owned();
            }
        }
        object(&members)
    }

    fn check(json: &str, error: EventError) {
        assert_eq!(Event::parse(json), Err(error), "{json}");
        // Whoever reads it as stored must not accept it either.
        assert_eq!(Event::parse_stored(json), Err(error), "{json}");
    }

    fn is_not_json(json: &str) {
        assert!(
            matches!(Event::parse(json), Err(EventError::NotJson { .. })),
            "{json}"
        );
        assert!(
            matches!(Event::parse_stored(json), Err(EventError::NotJson { .. })),
            "{json}"
        );
    }

    fn accepted(json: &str) -> Event {
        let event = Event::parse(json).unwrap_or_else(|error| panic!("{error}: {json}"));
        assert_eq!(Event::parse_stored(event.json()), Ok(event.clone()));
        event
    }

    #[test]
    fn values_are_read() {
        let event = accepted(&object(&members()));
        assert_eq!(event.id().to_string(), ID);
        assert_eq!(event.pubkey().to_string(), KEY);
        assert_eq!(event.created_at(), 1_700_000_000);
        assert_eq!(event.kind(), Kind::TEXT_NOTE);
        assert_eq!(event.content(), "");
        assert_eq!(event.sig().to_string(), format!("{ID}{KEY}"));
        let tags: Vec<Vec<_>> = event
            .tags()
            .iter()
            .map(|tag| tag.iter().collect())
            .collect();
        assert_eq!(tags, [vec!["t", "x"], vec!["-"]]);
        assert!(event.memory_bytes() > event.json().len());
    }

    #[test]
    fn nip01_23_every_member_is_needed_with_its_type() {
        for (position, name) in NAMES.into_iter().enumerate() {
            let mut without = members();
            without.remove(position);
            let error = Event::parse(&object(&without)).unwrap_err();
            assert_eq!(error.to_string(), format!("{name} is missing"));
            for wrong in [
                "null", "true", "{}", "[{}]", "1.5", "\"x\"", "7e99", "-1", "[]",
            ] {
                let fits = matches!((name, wrong), ("content", "\"x\"") | ("tags", "[]"));
                let read = Event::parse(&with(name, wrong));
                assert_eq!(read.is_ok(), fits, "{name}: {wrong}");
                if let Err(error) = read {
                    assert!(error.to_string().starts_with(name), "{error}");
                }
            }
        }
    }

    #[test]
    fn nip01_24_hex_has_one_spelling() {
        for (name, member, length) in [
            ("id", Member::Id, 64),
            ("pubkey", Member::Pubkey, 64),
            ("sig", Member::Sig, 128),
        ] {
            for bad in [
                "a".repeat(length - 1),
                "a".repeat(length + 1),
                "A".repeat(length),
                "g".repeat(length),
                String::new(),
                format!("npub1{}", "q".repeat(58)),
            ] {
                check(
                    &with(name, &format!("\"{bad}\"")),
                    EventError::Malformed(member),
                );
            }
        }
        // An escape is another spelling of the JSON, not of the value.
        accepted(&with("id", &format!("\"\\u0031{}\"", &ID[1..])));
    }

    #[test]
    fn nip01_25_kinds_are_integers_up_to_65535() {
        for bad in [
            "-1",
            "65536",
            "1.0",
            "1e0",
            "\"1\"",
            "true",
            "-0",
            "[1]",
            "99999999999999999999",
        ] {
            check(&with("kind", bad), EventError::Malformed(Member::Kind));
        }
        is_not_json(&with("kind", "01"));
        is_not_json(&with("kind", "+1"));
        is_not_json(&with("kind", "NaN"));
        assert_eq!(accepted(&with("kind", "0")).kind().as_u16(), 0);
        assert_eq!(accepted(&with("kind", "65535")).kind().as_u16(), 65_535);
    }

    #[test]
    fn nip01_26_times_are_plain_integers() {
        for bad in [
            "-200",
            "1e+10",
            "1700000000.0",
            "\"1700000000\"",
            "9007199254740992",
            "null",
        ] {
            check(
                &with("created_at", bad),
                EventError::Malformed(Member::CreatedAt),
            );
        }
        let latest = accepted(&with("created_at", "9007199254740991"));
        assert_eq!(latest.created_at(), CREATED_AT_MAX);
        assert_eq!(accepted(&with("created_at", "0")).created_at(), 0);
    }

    #[test]
    fn nip01_27_tags_are_non_empty_arrays_of_strings() {
        for bad in ["{}", "\"x\"", "null", "7"] {
            check(&with("tags", bad), EventError::Malformed(Member::Tags));
        }
        for (bad, index) in [
            ("[[]]", 0),
            ("[[1]]", 0),
            ("[null]", 0),
            (r#"[["t",null]]"#, 0),
            (r#"[["t"],["x"],[[]]]"#, 2),
            (r#"[["t"],"x"]"#, 1),
            (r#"[["t"],{}]"#, 1),
        ] {
            check(&with("tags", bad), EventError::Tag(index));
        }
        assert!(accepted(&with("tags", "[]")).tags().is_empty());
        let odd = accepted(&with("tags", r#"[["",""],["e","not hex"],["a",""],["p"]]"#));
        assert_eq!(odd.tags().len(), 4);
    }

    #[test]
    fn nip01_28_content_is_a_string() {
        for bad in ["null", "7", "{}", "[\"x\"]"] {
            check(
                &with("content", bad),
                EventError::Malformed(Member::Content),
            );
        }
        assert_eq!(
            accepted(&with("content", r#""\u0041\/\n""#)).content(),
            "A/\n"
        );
    }

    #[test]
    fn nip01_17_whitespace_and_escapes_are_accepted() {
        let spaced = object(&members())
            .replace(':', " :\t")
            .replace(',', "\r\n, ");
        let spaced = format!("  {spaced}\n");
        assert_eq!(accepted(&spaced).json(), object(&members()));
        let escaped = object(&members()).replace("\"kind\"", r#""k\u0069nd""#);
        assert_eq!(accepted(&escaped).json(), object(&members()));
    }

    #[test]
    fn nip01_18_what_is_not_json() {
        for bad in [
            "",
            "{",
            "nonsense",
            &object(&members()).replace('}', ",}"),
            &format!("{} x", object(&members())),
            &with("content", "\"a\nb\""),
            &with("content", "\"\u{0}\""),
            &with("content", r#""\ud800""#),
            &with("content", r#""\ude00\ud83d""#),
            &with("content", r#""\x""#),
            &with("tags", r#"[["t","\ud800"]]"#),
            &with("tags", r#"[["t"],]"#),
        ] {
            is_not_json(bad);
        }
        for bad in ["[]", "7", "null", "\"{}\"", "true"] {
            check(bad, EventError::NotAnObject);
        }
    }

    #[test]
    fn nip01_18_unknown_members_may_not_hide_what_is_refused() {
        let with_extra = |extra: &str| {
            let mut members = members();
            members.insert(3, ("extra", extra.to_owned()));
            object(&members)
        };
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        accepted(&with_extra(&nested(31)));
        check(&with_extra(&nested(32)), EventError::TooDeep);
        check(&with_extra(&nested(100_000)), EventError::TooDeep);
        check(&with_extra(r#"{"a":"\ud800"}"#), EventError::LoneSurrogate);
        is_not_json(&with_extra("\"\t\""));
        is_not_json(&with_extra("[1,]"));
        assert!(Event::parse(&with("tags", &nested(100_000))).is_err());
        assert!(Event::parse(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn nip01_20_repeated_members_are_refused() {
        for ((name, value), member) in members().into_iter().zip([
            Member::Id,
            Member::Pubkey,
            Member::CreatedAt,
            Member::Kind,
            Member::Tags,
            Member::Content,
            Member::Sig,
        ]) {
            let mut twice = members();
            twice.push((name, value.clone()));
            check(&object(&twice), EventError::Repeated(member));
            let escaped = format!("\\u{:04x}{}", u32::from(name.as_bytes()[0]), &name[1..]);
            let mut twice = members();
            twice.insert(0, (&escaped, value));
            check(&object(&twice), EventError::Repeated(member));
        }
    }

    #[test]
    fn nip01_21_unknown_members_are_dropped() {
        let mut more = members();
        more.insert(
            2,
            (
                "ots",
                r#"{"a":[1,2.5e99,{"b":null}],"\ud83d\ude00":true}"#.to_owned(),
            ),
        );
        more.push(("ID", "7".to_owned()));
        more.push(("ots", "1".to_owned()));
        more.push(("", "\"\"".to_owned()));
        assert_eq!(accepted(&object(&more)).json(), object(&members()));
    }

    #[test]
    fn nip01_22_members_come_in_any_order() {
        let expected = object(&members());
        for shift in 0..7 {
            let mut shifted = members();
            shifted.rotate_left(shift);
            assert_eq!(accepted(&object(&shifted)).json(), expected);
            shifted.reverse();
            assert_eq!(accepted(&object(&shifted)).json(), expected);
        }
    }

    #[test]
    fn nip01_42_escapes_become_canonical_and_values_stay() {
        let event = accepted(&with(
            "content",
            r#""\u00e9 \ud83d\ude00 \u0041 \/ \u000a \u001F""#,
        ));
        assert_eq!(event.content(), "é 😀 A / \n \u{1f}");
        assert!(event.json().contains(r#""content":"é 😀 A / \n \u001f","#));
        let tags = accepted(&with("tags", r#"[["\u0074","\"\\","plain"],["\n"]]"#));
        assert_eq!(tags.tags().first_value("t"), Some("\"\\"));
        assert_eq!(tags.tags().get(0).and_then(|tag| tag.get(2)), Some("plain"));
        assert_eq!(tags.tags().get(1).map(|tag| tag.name()), Some("\n"));
        assert!(
            tags.json()
                .contains(r#""tags":[["t","\"\\","plain"],["\n"]],"#)
        );
    }

    #[test]
    fn nip01_19_the_id_of_what_is_no_event() {
        let id = EventId::from_hex(ID).ok();
        for named in [
            with("kind", "1.0"),
            with("content", "null"),
            with("content", r#""\ud800""#),
            format!("{{\"id\":\"{ID}\"}}"),
            format!("{{\"x\":[{{\"id\":7}}],\"id\":\"{ID}\",\"id\":7}}"),
        ] {
            assert!(Event::parse(&named).is_err());
            assert_eq!(claimed_id(&named), id, "{named}");
        }
        for nameless in [
            "",
            "[]",
            "{}",
            "7",
            "{\"id\":null}",
            "{\"id\":\"AB\"}",
            "{\"id\"",
            "nul",
        ] {
            assert_eq!(claimed_id(nameless), None, "{nameless}");
        }
        assert_eq!(
            claimed_id(&with("id", &format!("\"{}\"", ID.to_uppercase()))),
            None
        );
        assert_eq!(claimed_id(&format!("[\"{ID}\"]")), None);
    }

    #[test]
    fn nip02_03_a_follow_list_of_five_thousand() {
        let tags: Vec<_> = (0..5000)
            .map(|number| format!("[\"p\",\"{number:064x}\",\"\",\"x\"]"))
            .collect();
        let event = accepted(&with("tags", &format!("[{}]", tags.join(","))));
        assert_eq!(event.tags().len(), 5000);
        let last = event.tags().get(4999).and_then(|tag| tag.value());
        assert_eq!(last, Some(format!("{:064x}", 4999).as_str()));
        assert_eq!(event.indexed_tags().count(), 5000);
    }
}
