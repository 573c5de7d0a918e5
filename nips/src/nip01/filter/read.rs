//! JSON text to [`Filter`]. Errors say which member and which element.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::{Filter, FilterError};
use crate::nip01::values::{Hex, Integer, not_hex, quote, shorten};
use crate::nip01::{EventId, Kind, PublicKey, TagName, hex};
use crate::nip50::Search;

/// Characters of a whole reason: some are the JSON reader's and repeat foreign text uncut.
const REASON_CHARACTERS_MAX: usize = 200;
const ANY_INTEGER: Integer = Integer { max: u64::MAX };

/// Reads a filter with at most `values_max` values in all its lists together.
pub(in crate::nip01) fn read(json: &str, values_max: usize) -> Result<Filter, FilterError> {
    let mut reader = Reader {
        filter: Filter::default(),
        values_left: values_max,
        values_max,
        place: Place::Filter,
        unsupported: None,
    };
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let outcome = deserializer
        .deserialize_map(&mut reader)
        .and_then(|()| deserializer.end());
    match outcome {
        Ok(()) => {
            reader.filter.normalise();
            Ok(reader.filter)
        }
        Err(error) => Err(reader.explain(&error)),
    }
}

struct Reader {
    filter: Filter,
    values_left: usize,
    values_max: usize,
    place: Place,
    unsupported: Option<String>,
}

/// Where reading is.
enum Place {
    Filter,
    Member(Member),
    Element(Member, usize),
}

/// A member that filters can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    Ids,
    Authors,
    Kinds,
    Tag(TagName),
    Since,
    Until,
    Limit,
    Search,
}

impl Member {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "ids" => Self::Ids,
            "authors" => Self::Authors,
            "kinds" => Self::Kinds,
            "since" => Self::Since,
            "until" => Self::Until,
            "limit" => Self::Limit,
            "search" => Self::Search,
            _ => Self::Tag(TagName::from_text(name.strip_prefix('#')?)?),
        })
    }
}

impl fmt::Display for Member {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Ids => "ids",
            Self::Authors => "authors",
            Self::Kinds => "kinds",
            Self::Since => "since",
            Self::Until => "until",
            Self::Limit => "limit",
            Self::Search => "search",
            Self::Tag(name) => return write!(formatter, "#{name}"),
        })
    }
}

impl Reader {
    fn explain(&self, error: &serde_json::Error) -> FilterError {
        if let Some(name) = &self.unsupported {
            return FilterError::Unsupported(format!("member {name}"));
        }
        if !error.is_data() {
            return FilterError::Invalid(format!("not JSON: {error}"));
        }
        let text = error.to_string();
        // The parser adds its position; ours names the member instead.
        let reason = text
            .rsplit_once(" at line ")
            .map_or(text.as_str(), |(reason, _)| reason);
        let reason = shorten(reason, REASON_CHARACTERS_MAX);
        FilterError::Invalid(match self.place {
            Place::Filter => "a filter must be an object".to_owned(),
            Place::Member(member) => format!("{member}: {reason}"),
            Place::Element(member, index) => format!("{member}[{index}]: {reason}"),
        })
    }

    fn is_read(&self, member: Member) -> bool {
        match member {
            Member::Ids => self.filter.ids.is_some(),
            Member::Authors => self.filter.authors.is_some(),
            Member::Kinds => self.filter.kinds.is_some(),
            Member::Since => self.filter.since.is_some(),
            Member::Until => self.filter.until.is_some(),
            Member::Limit => self.filter.limit.is_some(),
            Member::Search => self.filter.search.is_some(),
            Member::Tag(name) => self.filter.tags.contains_key(&name),
        }
    }

    fn read_member<'de, A: MapAccess<'de>>(
        &mut self,
        map: &mut A,
        member: Member,
    ) -> Result<(), A::Error> {
        self.place = Place::Member(member);
        if self.is_read(member) {
            return Err(A::Error::custom("repeated"));
        }
        match member {
            Member::Ids => {
                let ids = self.list(map, member, Hex::<32>)?;
                self.filter.ids = Some(ids.into_iter().map(EventId::from_bytes).collect());
            }
            Member::Authors => {
                let keys = self.list(map, member, Hex::<32>)?;
                self.filter.authors = Some(keys.into_iter().map(PublicKey::from_bytes).collect());
            }
            Member::Kinds => self.filter.kinds = Some(self.list(map, member, KindNumber)?),
            Member::Tag(name) => {
                let whole = matches!(name, TagName::E | TagName::P);
                let values = self.list(map, member, Value { whole })?;
                self.filter.tags.insert(name, values);
            }
            Member::Since => self.filter.since = Some(map.next_value_seed(ANY_INTEGER)?),
            Member::Until => self.filter.until = Some(map.next_value_seed(ANY_INTEGER)?),
            Member::Limit => {
                let limit = map.next_value_seed(ANY_INTEGER)?;
                self.filter.limit = Some(usize::try_from(limit).unwrap_or(usize::MAX));
            }
            Member::Search => {
                let text = map.next_value_seed(Value { whole: false })?;
                self.filter.search = Some(Search::parse(&text).map_err(A::Error::custom)?);
            }
        }
        self.place = Place::Filter;
        Ok(())
    }

    fn list<'de, A: MapAccess<'de>, S: DeserializeSeed<'de> + Copy>(
        &mut self,
        map: &mut A,
        member: Member,
        element: S,
    ) -> Result<Vec<S::Value>, A::Error> {
        map.next_value_seed(List {
            reader: self,
            member,
            element,
        })
    }
}

impl<'de> Visitor<'de> for &mut Reader {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a filter")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(member) = map.next_key_seed(MemberName)? {
            match member {
                Ok(member) => self.read_member(&mut map, member)?,
                Err(name) => {
                    self.unsupported = Some(name);
                    return Err(A::Error::custom("unsupported"));
                }
            }
        }
        Ok(())
    }
}

/// The name of a member; unknown ones come back quoted for the error.
struct MemberName;

impl<'de> DeserializeSeed<'de> for MemberName {
    type Value = Result<Member, String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for MemberName {
    type Value = Result<Member, String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a member name")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Member::of(name).ok_or_else(|| quote(name)))
    }
}

/// An array whose elements are read by `element`, counted against the ceiling.
struct List<'r, S> {
    reader: &'r mut Reader,
    member: Member,
    element: S,
}

impl<'de, S: DeserializeSeed<'de> + Copy> DeserializeSeed<'de> for List<'_, S> {
    type Value = Vec<S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, S: DeserializeSeed<'de> + Copy> Visitor<'de> for List<'_, S> {
    type Value = Vec<S::Value>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        self.reader.place = Place::Element(self.member, 0);
        while let Some(value) = elements.next_element_seed(self.element)? {
            if self.reader.values_left == 0 {
                self.reader.place = Place::Member(self.member);
                let most = self.reader.values_max;
                return Err(A::Error::custom(format_args!(
                    "a filter may have {most} values in all"
                )));
            }
            self.reader.values_left -= 1;
            list.push(value);
            self.reader.place = Place::Element(self.member, list.len());
        }
        Ok(list)
    }
}

/// A kind.
#[derive(Clone, Copy)]
struct KindNumber;

impl<'de> DeserializeSeed<'de> for KindNumber {
    type Value = Kind;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Kind, D::Error> {
        deserializer.deserialize_u64(self)
    }
}

impl Visitor<'_> for KindNumber {
    type Value = Kind;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a kind (0 to 65535)")
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Kind, E> {
        let number = u16::try_from(number)
            .map_err(|_| E::custom(format_args!("{number} is not a kind (0 to 65535)")))?;
        Ok(Kind::new(number))
    }
}

/// A string; `whole` asks for 64 lower-case hex characters.
#[derive(Clone, Copy)]
struct Value {
    whole: bool,
}

impl<'de> DeserializeSeed<'de> for Value {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Value {
    type Value = String;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<String, E> {
        if self.whole && hex::decode::<32>(text.as_bytes()).is_none() {
            return Err(not_hex(text, 64));
        }
        Ok(text.to_owned())
    }
}
