//! What all pages have around them: the name of the relay, the language, and where the page is.

use fluent_bundle::FluentArgs;

use crate::language::Language;
use crate::link::address;
use crate::text::Text;
use crate::views::{MeetupCard, Topic};
use crate::when::Times;
use crate::{assets, formats, words};

/// Characters of what somebody typed.
const TYPED_CHARACTERS_MAX: usize = 200;

/// The relay that shows the pages.
#[derive(Debug, Clone)]
pub struct Site {
    /// What it is called.
    pub name: Text,
    /// The beginning of its addresses: `https://relay.example`.
    pub origin: String,
    /// Where clients connect: `wss://relay.example`.
    pub relay: String,
    /// Whether pictures from elsewhere are shown.
    pub pictures: bool,
    /// Whether it searches texts.
    pub searches: bool,
    /// Whether there is an API, which has calendars and feeds.
    pub api: bool,
    /// Where maps have their tiles from; none is the outline of the world.
    pub tiles: Option<Tiles>,
}

/// Pictures of which maps are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tiles {
    /// Where one is: `https://tiles.example/{z}/{x}/{y}.png`.
    pub address: String,
    /// Whose map it is.
    pub attribution: Text,
}

/// What surrounds a page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The relay.
    pub site: Site,
    /// The language of the page.
    pub language: Language,
    /// Whether the reader chose it by a link; links on the page then keep it.
    pub is_chosen: bool,
    /// Where the page is, without its language: `/search?q=chess`.
    pub path: String,
    /// Whether search engines may list it.
    pub is_listed: bool,
}

/// A language to choose.
#[derive(Debug)]
pub struct LanguageLink {
    /// Its code.
    pub code: &'static str,
    /// What it calls itself.
    pub name: &'static str,
    /// The page in this language.
    pub path: String,
    /// Whether it is the language of the page.
    pub is_current: bool,
}

impl Frame {
    /// A message.
    pub fn say(&self, id: &str) -> String {
        words::say(self.language, id, &FluentArgs::new())
    }

    /// A message with a text in it that may be in any script.
    pub fn say_with(&self, id: &str, name: &'static str, text: &str) -> String {
        let mut given = FluentArgs::new();
        given.set(name, format!("\u{2068}{}\u{2069}", self.plain(text)));
        words::say(self.language, id, &given)
    }

    /// What somebody typed, as it is shown.
    pub fn plain(&self, typed: &str) -> Text {
        Text::line(typed, TYPED_CHARACTERS_MAX)
    }

    /// A message with a number.
    pub fn count(&self, id: &str, count: &u64) -> String {
        let mut given = FluentArgs::new();
        given.set("count", *count);
        given.set("shown", self.number(count));
        words::say(self.language, id, &given)
    }

    /// A message with two numbers.
    pub fn numbers(&self, id: &str, count: u64, all: u64) -> String {
        let mut given = FluentArgs::new();
        given.set("count", count);
        given.set("shown", self.number(&count));
        given.set("all", self.number(&all));
        words::say(self.language, id, &given)
    }

    /// A number.
    pub fn number(&self, number: &u64) -> String {
        formats::number(self.language, *number)
    }

    /// Topics in one sentence.
    pub fn list(&self, topics: &[Topic]) -> String {
        formats::list(self.language, topics.iter().map(|topic| topic.0.as_str()))
    }

    /// How far something is.
    pub fn distance(&self, kilometres: &f64) -> String {
        let mut given = FluentArgs::new();
        given.set("shown", formats::kilometres(self.language, *kilometres));
        words::say(self.language, "distance", &given)
    }

    /// A day that something was written on.
    pub fn day_of(&self, seconds: &u64) -> String {
        match crate::when::instant(*seconds) {
            Some(instant) => {
                let date = instant.to_zoned(jiff::tz::TimeZone::UTC).date();
                formats::day_of_year(self.language, date)
            }
            None => String::new(),
        }
    }

    /// An instant for machines.
    pub fn instant(&self, seconds: &u64) -> String {
        let instant = crate::when::instant(*seconds);
        instant
            .map(|instant| instant.to_string())
            .unwrap_or_default()
    }

    /// When a meetup is.
    pub fn times(&self, card: &MeetupCard) -> Option<Times> {
        Times::of(card.when.as_ref()?, card.point, self.language)
    }

    /// A title, or what stands for one.
    pub fn title(&self, title: &Text) -> String {
        match title.is_empty() {
            true => self.say("untitled"),
            false => title.to_string(),
        }
    }

    /// A path on this relay, in the language that the reader chose.
    pub fn to(&self, path: &str) -> String {
        match self.is_chosen {
            true => address(path, &[("lang", self.language.code())]),
            false => path.to_owned(),
        }
    }

    /// The whole address of a path on this relay.
    pub fn whole(&self, path: &str) -> String {
        format!("{}{path}", self.site.origin)
    }

    /// The address under which the page is known.
    pub fn canonical(&self) -> String {
        self.whole(&self.to(&self.path))
    }

    /// The page in every language.
    pub fn languages(&self) -> Vec<LanguageLink> {
        let link = |language: Language| LanguageLink {
            code: language.code(),
            name: language.own_name(),
            path: address(&self.path, &[("lang", language.code())]),
            is_current: language == self.language,
        };
        Language::ALL.into_iter().map(link).collect()
    }

    /// Where the style sheet is.
    pub fn style(&self) -> &'static str {
        assets::style_path()
    }

    /// Where the first module is.
    pub fn script(&self) -> &'static str {
        assets::script_path()
    }

    /// Where the picture on the tab is.
    pub fn icon(&self) -> &'static str {
        assets::icon_path()
    }
}
