//! From parameters to what the directory is asked for.

use kith_nips::discovery::{Discovery, Sort};
use kith_nips::lbc::Topic;
use kith_nips::nip50::Search;

use super::answer::Asked;
use super::format::Format;
use super::problem::Problem;
use super::values::{
    CursorText, InBox, InCity, Limit, Moment, Near, Person, Radius, Status, Topics, Words,
};
use crate::directory::Listing;

/// What lists of communities and meetups have in common; what a list does not take stays empty.
#[derive(Debug, Default)]
pub(in crate::http) struct Wanted {
    pub(in crate::http) near: Option<Near>,
    pub(in crate::http) radius: Option<Radius>,
    pub(in crate::http) bbox: Option<InBox>,
    pub(in crate::http) from: Option<Moment>,
    pub(in crate::http) to: Option<Moment>,
    pub(in crate::http) status: Option<Status>,
    pub(in crate::http) city: Option<InCity>,
    pub(in crate::http) topic: Vec<Topic>,
    pub(in crate::http) topics: Option<Topics>,
    pub(in crate::http) q: Option<Words>,
    pub(in crate::http) like: Option<Person>,
    pub(in crate::http) sort: Option<Sort>,
    pub(in crate::http) limit: Option<Limit>,
    pub(in crate::http) cursor: Option<CursorText>,
}

impl Wanted {
    /// The same for an answer in `format`: who reads anything but JSON mostly reads one page.
    pub(super) fn written_as(mut self, format: Format) -> Self {
        if format != Format::Json {
            self.limit = Some(self.limit.unwrap_or(Limit::MOST));
        }
        self
    }

    /// The question, checked as a whole. `searching` says whether the relay looks for words.
    pub(in crate::http) fn listing(
        self,
        asked: &Asked,
        searching: bool,
    ) -> Result<Listing, Problem> {
        if self.radius.is_some() && self.near.is_none() {
            return Err(Problem::parameter("radius", "there is no near"));
        }
        if self.topics.is_some() && self.topic.is_empty() {
            return Err(Problem::parameter("topics", "there is no topic"));
        }
        if self.q.is_some() && !searching {
            return Err(Problem::parameter("q", "this relay does not search texts"));
        }
        if self.sort == Some(Sort::Relevance) && self.q.is_none() {
            return Err(Problem::parameter("sort", "relevance needs q"));
        }
        let after = asked.place(self.cursor.as_ref())?;
        let discovery = self.discovery()?;
        Ok(Listing {
            search: search(&discovery, self.q.as_ref())?,
            cities: self.city.map(|InCity(cities)| cities).unwrap_or_default(),
            topics: self.topic,
            topic_match: self.topics.map(|Topics(how)| how).unwrap_or_default(),
            like: self.like.map(|Person(person)| person),
            after,
            limit: Limit::or_default(self.limit),
        })
    }

    fn discovery(&self) -> Result<Discovery, Problem> {
        let circle = |near| {
            Radius::around(near, self.radius).map_err(|wrong| Problem::parameter("radius", wrong))
        };
        let discovery = Discovery {
            near: self.near.map(circle).transpose()?,
            within: self.bbox.map(|InBox(area)| area),
            from: self.from.map(|Moment(from)| from),
            to: self.to.map(|Moment(to)| to),
            sort: self.sort,
            open: self.status == Some(Status::Open),
        };
        discovery
            .check()
            .map_err(|wrong| Problem::parameter(wrong.key, wrong.reason))?;
        Ok(discovery)
    }
}

/// `None` when nothing is searched for.
fn search(discovery: &Discovery, words: Option<&Words>) -> Result<Option<Search>, Problem> {
    let words = words.map_or("", |Words(words)| words);
    let text = format!("{words} {discovery}");
    let search =
        Search::parse(text.trim()).map_err(|wrong| Problem::parameter("q", wrong.to_string()))?;
    Ok((!search.is_empty()).then_some(search))
}
