//! The values that parameters have.

use kith_nips::PublicKey;
use std::marker::PhantomData;

use kith_nips::discovery::{Circle, Discovery, Sort, read_time};
use kith_nips::lbc::Topic;
use kith_nips::nip50::Search;
use kith_nips::place::{
    BoundingBox, Cell, CityTag, Gazetteer, Point, looks_like_city, parse_place,
};
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};

use super::cursor;
use super::format::Format;
use super::parameter::Parameter;
use super::reference;

/// Items on a page that is not said how long to be.
const LIMIT_DEFAULT: usize = 20;
/// Items on a page.
pub(in crate::http) const LIMIT_MAX: usize = 100;
/// Characters of words to search for.
const WORDS_CHARACTERS_MAX: usize = 200;
/// Characters of a topic.
const TOPIC_CHARACTERS_MAX: usize = 50;
/// Characters of a moment or of a box.
const MOMENT_OR_BOX_CHARACTERS_MAX: usize = 100;
/// Bytes of a place.
const PLACE_BYTES_MAX: usize = kith_nips::place::QUERY_BYTES_MAX;

fn text(example: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .examples([example])
}

fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> Schema {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .enum_values(Some(words))
        .into()
}

fn none_of(text: &str, words: &[&str]) -> String {
    format!("{text:?} is none of {}", words.join(", "))
}

fn short(text: &str) -> Result<(), String> {
    match text.len() > MOMENT_OR_BOX_CHARACTERS_MAX {
        true => Err(format!(
            "longer than {MOMENT_OR_BOX_CHARACTERS_MAX} characters"
        )),
        false => Ok(()),
    }
}

/// A place to be near.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::http) struct Near(pub(in crate::http) Point);

impl Parameter for Near {
    fn read(text: &str) -> Result<Self, String> {
        match parse_place(text) {
            Ok(place) => Ok(Near(place.point)),
            // Short geohashes are no places that people type.
            Err(wrong) => match Cell::parse(text) {
                Ok(cell) => Ok(Near(cell.centre())),
                Err(_) => Err(wrong.to_string()),
            },
        }
    }

    fn schema() -> Schema {
        text("52.52,13.405")
            .min_length(Some(1))
            .max_length(Some(PLACE_BYTES_MAX))
            .into()
    }
}

/// How far "near" is, in km.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::http) struct Radius(pub(in crate::http) f64);

impl Radius {
    const DEFAULT: Radius = Radius(25.0);

    /// The circle around a place.
    pub(super) fn around(near: Near, radius: Option<Radius>) -> Result<Circle, String> {
        let Radius(radius_km) = radius.unwrap_or(Radius::DEFAULT);
        Circle::new(near.0, radius_km).map_err(|wrong| wrong.reason)
    }
}

impl Parameter for Radius {
    fn read(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a number of kilometres");
        let is_plain = |c: char| c.is_ascii_digit() || c == '.';
        let radius = text.parse().ok().filter(|_| text.chars().all(is_plain));
        let radius_km = radius.ok_or_else(wrong)?;
        let anywhere = Point::new(0.0, 0.0).map_err(|wrong| wrong.to_string())?;
        Circle::new(anywhere, radius_km).map_err(|wrong| wrong.reason)?;
        Ok(Radius(radius_km))
    }

    fn schema() -> Schema {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Number))
            .exclusive_minimum(Some(0))
            .maximum(Some(kith_nips::discovery::RADIUS_KM_MAX))
            .default(Some(Radius::DEFAULT.0.into()))
            .into()
    }
}

/// A box on the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::http) struct InBox(pub(in crate::http) BoundingBox);

impl Parameter for InBox {
    fn read(text: &str) -> Result<Self, String> {
        short(text)?;
        Discovery::read_bbox(text)
            .map(InBox)
            .map_err(|wrong| wrong.reason)
    }

    fn schema() -> Schema {
        text("9.9,53.4,10.2,53.7")
            .pattern(Some(r"^[-+.0-9]+(,[-+.0-9]+){3}$"))
            .max_length(Some(MOMENT_OR_BOX_CHARACTERS_MAX))
            .into()
    }
}

/// A moment, Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Moment(pub(in crate::http) u64);

impl Parameter for Moment {
    fn read(text: &str) -> Result<Self, String> {
        short(text)?;
        read_time(text).map(Moment)
    }

    fn schema() -> Schema {
        text("2026-12-04")
            .pattern(Some(r"^[0-9][-+:.0-9TZ]*$"))
            .max_length(Some(MOMENT_OR_BOX_CHARACTERS_MAX))
            .into()
    }
}

/// A city: all spellings under which it is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) struct InCity(pub(in crate::http) Vec<CityTag>);

impl Parameter for InCity {
    fn read(text: &str) -> Result<Self, String> {
        let known = Gazetteer::resolve(text);
        if looks_like_city(text) {
            let tag = CityTag::parse(text).map_err(|wrong| wrong.to_string())?;
            let mut tags: Vec<CityTag> = known.first().map_or_else(Vec::new, |city| city.tags());
            if !tags.contains(&tag) {
                tags.push(tag);
            }
            return Ok(InCity(tags));
        }
        match known.first() {
            Some(city) => Ok(InCity(city.tags())),
            None => Err(format!(
                "no city is called {text:?}; GET places?q= has those that are"
            )),
        }
    }

    fn schema() -> Schema {
        text("DE:Berlin")
            .min_length(Some(1))
            .max_length(Some(PLACE_BYTES_MAX))
            .into()
    }
}

impl Parameter for Topic {
    fn read(text: &str) -> Result<Self, String> {
        if text.chars().nth(TOPIC_CHARACTERS_MAX).is_some() {
            return Err(format!("longer than {TOPIC_CHARACTERS_MAX} characters"));
        }
        Topic::new(text).ok_or_else(|| "a topic is not blank".to_owned())
    }

    fn schema() -> Schema {
        text("board games")
            .min_length(Some(1))
            .max_length(Some(TOPIC_CHARACTERS_MAX))
            .into()
    }
}

/// How topics are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Topics(pub(in crate::http) crate::directory::TopicMatch);

impl Parameter for Topics {
    fn read(text: &str) -> Result<Self, String> {
        use crate::directory::TopicMatch;
        match text {
            "any" => Ok(Topics(TopicMatch::Any)),
            "all" => Ok(Topics(TopicMatch::All)),
            _ => Err(none_of(text, &["any", "all"])),
        }
    }

    fn schema() -> Schema {
        one_of(["any", "all"])
    }
}

/// Words, as people type them: in quotes they stand together, and no word means anything special.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) struct Words(pub(in crate::http) String);

impl Parameter for Words {
    fn read(typed: &str) -> Result<Self, String> {
        if typed.chars().nth(WORDS_CHARACTERS_MAX).is_some() {
            return Err(format!("longer than {WORDS_CHARACTERS_MAX} characters"));
        }
        let mut words = Vec::new();
        let mut rest = typed;
        while let Some((plain, quoted)) = rest.split_once('"') {
            let Some((phrase, after)) = quoted.split_once('"') else {
                break;
            };
            words.extend(plain.split_whitespace().map(harmless));
            words.push(format!("\"{phrase}\""));
            rest = after;
        }
        words.extend(rest.split_whitespace().map(harmless));
        let text = words.join(" ");
        match Search::parse(&text) {
            Ok(search) if !search.words().is_empty() => Ok(Words(text)),
            Ok(_) => Err("there is no word in it".to_owned()),
            Err(wrong) => Err(wrong.to_string()),
        }
    }

    fn schema() -> Schema {
        text("chess \"for beginners\"")
            .min_length(Some(1))
            .max_length(Some(WORDS_CHARACTERS_MAX))
            .into()
    }
}

/// In quotes a word is nothing but a word.
fn harmless(word: &str) -> String {
    let word = word.replace('"', "");
    match word == "open" || word.contains(':') {
        true => format!("\"{word}\""),
        false => word,
    }
}

/// A person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Person(pub(in crate::http) PublicKey);

impl Parameter for Person {
    fn read(text: &str) -> Result<Self, String> {
        reference::person(text).map(Person)
    }

    fn schema() -> Schema {
        text("npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg").into()
    }
}

impl Parameter for Sort {
    fn read(text: &str) -> Result<Self, String> {
        Sort::read(text).ok_or_else(|| none_of(text, &Sort::ALL.map(Sort::as_str)))
    }

    fn schema() -> Schema {
        one_of(Sort::ALL.map(Sort::as_str))
    }
}

/// An order of communities, which have no start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CommunityOrder(pub(super) Sort);

impl CommunityOrder {
    const ALL: [Sort; 3] = [Sort::Distance, Sort::Relevance, Sort::New];
}

impl Parameter for CommunityOrder {
    fn read(text: &str) -> Result<Self, String> {
        let known = Sort::read(text).filter(|sort| CommunityOrder::ALL.contains(sort));
        known
            .map(CommunityOrder)
            .ok_or_else(|| none_of(text, &CommunityOrder::ALL.map(Sort::as_str)))
    }

    fn schema() -> Schema {
        one_of(CommunityOrder::ALL.map(Sort::as_str))
    }
}

/// Which meetups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Status {
    /// Also those that were called off.
    All,
    /// Neither called off nor over.
    Open,
}

impl Parameter for Status {
    fn read(text: &str) -> Result<Self, String> {
        match text {
            "all" => Ok(Status::All),
            "open" => Ok(Status::Open),
            _ => Err(none_of(text, &["all", "open"])),
        }
    }

    fn schema() -> Schema {
        one_of(["all", "open"])
    }
}

/// Items on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Limit(usize);

impl Limit {
    /// As many as there can be.
    pub(super) const MOST: Limit = Limit(LIMIT_MAX);

    /// So many, as far as there can be so many.
    pub(in crate::http) fn of(number: usize) -> Limit {
        Limit(number.clamp(1, LIMIT_MAX))
    }

    /// The number, also when none was given.
    pub(super) fn or_default(limit: Option<Limit>) -> usize {
        limit.map_or(LIMIT_DEFAULT, |limit| limit.0)
    }
}

impl Parameter for Limit {
    fn read(text: &str) -> Result<Self, String> {
        let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(limit) if is_plain && (1..=LIMIT_MAX).contains(&limit) => Ok(Limit(limit)),
            _ => Err(format!("{text:?} is not a number from 1 to {LIMIT_MAX}")),
        }
    }

    fn schema() -> Schema {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Integer))
            .minimum(Some(1))
            .maximum(Some(LIMIT_MAX))
            .default(Some(LIMIT_DEFAULT.into()))
            .into()
    }
}

/// A cursor as it was given; which list it belongs to is checked when it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) struct CursorText(pub(in crate::http) String);

impl Parameter for CursorText {
    fn read(text: &str) -> Result<Self, String> {
        Ok(CursorText(text.to_owned()))
    }

    fn schema() -> Schema {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .pattern(Some(format!("^[-_A-Za-z0-9]{{{0}}}$", cursor::CHARACTERS)))
            .into()
    }
}

/// One of the formats of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OneFormat<T> {
    /// Which.
    pub(super) format: Format,
    of: PhantomData<T>,
}

/// Something that has formats.
pub(super) trait Formatted {
    /// Its formats.
    const FORMATS: &'static [Format];
}

impl<T: Formatted> Parameter for OneFormat<T> {
    fn read(text: &str) -> Result<Self, String> {
        let names: Vec<&str> = T::FORMATS.iter().map(|format| format.name()).collect();
        let known = Format::named(text).filter(|format| T::FORMATS.contains(format));
        let of = PhantomData;
        known
            .map(|format| OneFormat { format, of })
            .ok_or_else(|| none_of(text, &names))
    }

    fn schema() -> Schema {
        one_of(T::FORMATS.iter().map(|format| format.name()))
    }
}

/// The name of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlaceName(pub(super) String);

impl Parameter for PlaceName {
    fn read(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Err("is blank".to_owned()),
            name if name.len() > PLACE_BYTES_MAX => {
                Err(format!("longer than {PLACE_BYTES_MAX} bytes"))
            }
            name => Ok(PlaceName(name.to_owned())),
        }
    }

    fn schema() -> Schema {
        text("Portland, Oregon")
            .min_length(Some(1))
            .max_length(Some(PLACE_BYTES_MAX))
            .into()
    }
}
