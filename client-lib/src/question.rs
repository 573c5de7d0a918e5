//! A question as different relays have to be asked it: with the words of `nips/discovery.md` where a
//! relay announces them, with exact filters elsewhere. Knows filters; asks nobody.

use kith_nips::discovery::{Discovery, Sort};
use nostr_sdk::{Filter, Timestamp};

use crate::link::Announced;

/// What to ask for. Every part brings some of it; together they bring all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Question {
    parts: Vec<Part>,
    /// When it is listened for: so many seconds of what is stored come first.
    look_back: Option<u64>,
}

/// The same notes, in two ways.
#[derive(Debug, Clone)]
struct Part {
    /// For relays that know no words: brings more than is wanted.
    exact: Vec<Filter>,
    /// What the words go into.
    searched: Vec<Filter>,
    words: Discovery,
}

/// One filter for one relay.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) filter: Filter,
    /// What goes into its `search`; `None` for an exact filter.
    pub(crate) words: Option<Discovery>,
}

impl Asked {
    /// The filter with its search, answered in this order.
    pub(crate) fn sorted(&self, words: &Discovery, sort: Sort) -> Filter {
        let words = Discovery {
            sort: Some(sort),
            ..*words
        };
        self.filter.clone().search(words.to_string())
    }
}

impl Question {
    /// Filters, which words may narrow.
    pub(crate) fn new(filters: Vec<Filter>, words: Discovery) -> Question {
        Question::default().and(filters, words)
    }

    /// Filters, or others with words instead.
    pub(crate) fn either(exact: Vec<Filter>, searched: Vec<Filter>, words: Discovery) -> Question {
        let part = Part {
            exact,
            searched,
            words,
        };
        Question {
            parts: vec![part],
            look_back: None,
        }
    }

    /// Listening brings what is stored and not older than this many seconds as well, each time it
    /// begins.
    pub(crate) fn looking_back(self, seconds: u64) -> Question {
        Question {
            look_back: Some(seconds),
            ..self
        }
    }

    /// With what these filters bring as well.
    pub(crate) fn and(mut self, filters: Vec<Filter>, words: Discovery) -> Question {
        if !filters.is_empty() {
            self.parts.push(Part {
                exact: filters.clone(),
                searched: filters,
                words,
            });
        }
        self
    }

    /// Whether there is nothing to ask for.
    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Whether it matters what a relay announces.
    pub(crate) fn has_words(&self) -> bool {
        self.parts.iter().any(|part| !is_wordless(&part.words))
    }

    /// Together with another question.
    pub(crate) fn and_all(mut self, other: Question) -> Question {
        self.parts.extend(other.parts);
        self
    }

    /// What such a relay has to be asked for, to hear what comes from `now` on, in Unix seconds.
    pub(crate) fn live(&self, announced: &Announced, now: u64) -> Vec<Filter> {
        let asked = self.for_relay(announced).into_iter();
        asked
            .map(|Asked { filter, words }| {
                // The order is no matter.
                let words = words.map(|words| Discovery {
                    sort: None,
                    ..words
                });
                let filter = match words {
                    Some(words) => filter.search(words.to_string()),
                    None => filter,
                };
                match (self.look_back, words) {
                    (Some(seconds), _) => {
                        filter.since(Timestamp::from_secs(now.saturating_sub(seconds)))
                    }
                    // Nothing that is stored, as `nips/discovery.md` has it.
                    (None, Some(_)) => filter.limit(0),
                    // Some relays take a limit of 0 for none.
                    (None, None) => filter.limit(1),
                }
            })
            .collect()
    }

    /// Without words: as what knows filters alone has to be asked.
    pub(crate) fn exact(&self) -> Vec<Filter> {
        let asked = self.for_relay(&Announced::default()).into_iter();
        asked.map(|asked| asked.filter).collect()
    }

    /// As a relay that announces this has to be asked.
    pub(crate) fn for_relay(&self, announced: &Announced) -> Vec<Asked> {
        let parts = self.parts.iter();
        let filters = parts.flat_map(|part| {
            let words = announced.understands(&part.words);
            let filters = match words {
                Some(_) => &part.searched,
                None => &part.exact,
            };
            filters.iter().map(move |filter| Asked {
                filter: filter.clone(),
                words,
            })
        });
        filters.collect()
    }
}

/// An order alone asks for nothing.
fn is_wordless(words: &Discovery) -> bool {
    Discovery {
        sort: None,
        ..*words
    }
    .is_empty()
}
