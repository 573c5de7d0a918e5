//! What people ask who look for meetups, around Berlin, and how long they should wait at most. The same
//! world gives the same questions. Knows no socket.

use anyhow::Context;
use kith_nips::{EventId, Filter};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::world::{Dice, DiscoveryWorld, END};

/// Different questions of each class.
const QUESTIONS_PER_CLASS: u64 = 200;
/// Sets the throws of the questions apart from those of the world.
const PURPOSE: u64 = 0x6469_7363_6f76_6572;
const BERLIN: (f64, f64) = (52.52, 13.405);
/// The city of the page.
const CITY: &str = "DE:Berlin";
/// Meetups or communities of the page.
const PAGE: usize = 20;
const DAY_SECONDS: u64 = 86_400;
/// The last day of the world on which a week begins.
const DAYS: u64 = 358;

/// What half of the questions, and 99 of 100, should not take longer than.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// Milliseconds.
    pub p50_ms: f64,
    /// Milliseconds.
    pub p99_ms: f64,
}

/// Questions of one sort.
#[derive(Debug)]
pub struct Class {
    /// What is asked for.
    pub name: &'static str,
    /// None for what is only beside the point.
    pub goal: Option<Goal>,
    /// How it is asked.
    pub ask: Ask,
    /// Filters of the questions; of a page the one that finds its meetups.
    pub filters: Vec<Filter>,
}

/// How a question is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// By REQ.
    Req,
    /// The next meetups and the communities of a city, over HTTP, both at once.
    CityPage {
        /// Such as `DE:Berlin`.
        city: String,
        /// Of each at most.
        limit: usize,
        /// Communities that there are at least.
        communities: usize,
    },
    /// The calendar of a community, over HTTP.
    Feed {
        /// The id of the community.
        community: EventId,
        /// Meetups in it.
        meetups: usize,
    },
}

/// All classes about a world.
///
/// # Errors
/// A filter that cannot be read; there is none.
pub fn classes(world: &DiscoveryWorld) -> anyhow::Result<Vec<Class>> {
    let by_req = [
        (
            "near 10 km, a week, by start: 20",
            Some((2.0, 10.0)),
            near_in_a_week as Question,
        ),
        (
            "near 200 km, a topic, open, by start: 50",
            Some((5.0, 20.0)),
            far_by_start,
        ),
        (
            "near 200 km, a topic, open, by distance: 50",
            Some((5.0, 20.0)),
            far_by_distance,
        ),
        (
            "two common words, near 25 km, open, by start: 20",
            Some((5.0, 25.0)),
            common_by_start,
        ),
        (
            "two common words, near 25 km, open, by distance: 20",
            Some((5.0, 25.0)),
            common_by_distance,
        ),
        (
            "a rare word, near 25 km, open, by start: 20",
            Some((5.0, 25.0)),
            rare_by_start,
        ),
        (
            "a rare word, near 25 km, open, by distance: 20",
            Some((5.0, 25.0)),
            rare_by_distance,
        ),
        (
            "two common words, near 25 km, open, by relevance: 20",
            None,
            common_by_relevance,
        ),
    ];
    let mut classes = Vec::new();
    for (of, (name, goal, question)) in by_req.into_iter().enumerate() {
        let filters = (0..QUESTIONS_PER_CLASS).map(|number| {
            let mut dice = Dice::of(&[PURPOSE, world.seed(), of as u64, number]);
            let filter = question(world, &mut dice).to_string();
            Filter::parse(&filter).context(filter)
        });
        classes.push(Class {
            name,
            goal: goal.map(Goal::of),
            ask: Ask::Req,
            filters: filters.collect::<anyhow::Result<Vec<Filter>>>()?,
        });
    }
    classes.push(city_page(world)?);
    classes.push(Class {
        name: "calendar feed of 200 meetups",
        goal: Some(Goal::of((5.0, 20.0))),
        ask: Ask::Feed {
            community: world.feed()?,
            meetups: usize::try_from(world.meetups_of(0))?,
        },
        filters: Vec::new(),
    });
    Ok(classes)
}

/// Makes one filter.
type Question = fn(&DiscoveryWorld, &mut Dice) -> serde_json::Value;

impl Goal {
    fn of((p50_ms, p99_ms): (f64, f64)) -> Goal {
        Goal { p50_ms, p99_ms }
    }
}

fn near_in_a_week(_: &DiscoveryWorld, dice: &mut Dice) -> serde_json::Value {
    let near = near(dice, 10);
    let from = END + dice.below(DAYS * DAY_SECONDS);
    let to = from + 7 * DAY_SECONDS;
    let search = format!("{near} from:{from} to:{to} sort:start");
    json!({"kinds": [31_922, 31_923], "limit": 20, "search": search})
}

fn far_by_start(world: &DiscoveryWorld, dice: &mut Dice) -> serde_json::Value {
    far(world, dice, "start")
}

fn far_by_distance(world: &DiscoveryWorld, dice: &mut Dice) -> serde_json::Value {
    far(world, dice, "distance")
}

fn far(world: &DiscoveryWorld, dice: &mut Dice, sort: &str) -> serde_json::Value {
    let search = format!("{} sort:{sort} open", near(dice, 200));
    let topic = world.topic(dice);
    json!({"kinds": [31_922, 31_923], "#t": [topic], "limit": 50, "search": search})
}

fn common_by_start(world: &DiscoveryWorld, dice: &mut Dice) -> serde_json::Value {
    words(&common(world, dice), "start", dice)
}

fn common_by_distance(world: &DiscoveryWorld, dice: &mut Dice) -> serde_json::Value {
    words(&common(world, dice), "distance", dice)
}

fn common_by_relevance(world: &DiscoveryWorld, dice: &mut Dice) -> serde_json::Value {
    words(&common(world, dice), "relevance", dice)
}

fn rare_by_start(world: &DiscoveryWorld, dice: &mut Dice) -> serde_json::Value {
    words(rare(world, dice), "start", dice)
}

fn rare_by_distance(world: &DiscoveryWorld, dice: &mut Dice) -> serde_json::Value {
    words(rare(world, dice), "distance", dice)
}

fn rare<'a>(world: &'a DiscoveryWorld, dice: &mut Dice) -> &'a str {
    let rare = dice.one_of(world.prose().rare());
    rare.map_or("", String::as_str)
}

fn words(words: &str, sort: &str, dice: &mut Dice) -> serde_json::Value {
    let search = format!("{words} {} sort:{sort} open", near(dice, 25));
    json!({"kinds": [31_922, 31_923], "limit": 20, "search": search})
}

fn common(world: &DiscoveryWorld, dice: &mut Dice) -> String {
    let common = world.prose().common();
    let mut word = || dice.one_of(common).copied().unwrap_or_default();
    format!("{} {}", word(), word())
}

/// Around the middle of Berlin, some hundred metres from it, another place each time.
fn near(dice: &mut Dice, km: u32) -> String {
    let mut shift = || (dice.below(401) as f64 - 200.0) / 1e4;
    let (latitude, longitude) = (BERLIN.0 + shift(), BERLIN.1 + shift());
    format!("near:{latitude:.4},{longitude:.4},{km}")
}

fn city_page(world: &DiscoveryWorld) -> anyhow::Result<Class> {
    let filter = json!({
        "kinds": [31_922, 31_923],
        "#g": [CITY],
        "limit": PAGE,
        "search": "sort:start open",
    });
    Ok(Class {
        name: "city page: the next 20 meetups, 20 communities",
        goal: Some(Goal::of((3.0, 10.0))),
        ask: Ask::CityPage {
            city: CITY.to_owned(),
            limit: PAGE,
            communities: world.communities_in(CITY)?,
        },
        filters: vec![Filter::parse(&filter.to_string())?],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Size;

    #[test]
    fn the_same_world_gives_the_same_questions() {
        let size = Size {
            events: 1_000,
            seed: 5,
        };
        let classes = || classes(&DiscoveryWorld::new(size).unwrap()).unwrap();
        let (one, other) = (classes(), classes());
        assert_eq!(one.len(), 10);
        for (one, other) in one.iter().zip(&other) {
            assert_eq!(one.filters, other.filters);
            let mut different: Vec<String> = one.filters.iter().map(Filter::to_json).collect();
            different.sort();
            different.dedup();
            assert!(different.len() > 190 || one.ask != Ask::Req, "{}", one.name);
        }
        assert_eq!(one.iter().filter(|class| class.goal.is_some()).count(), 9);
    }
}
