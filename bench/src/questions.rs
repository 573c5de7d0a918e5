//! What people ask a relay: filters about a world, by class, and the mix of them. The same world
//! gives the same questions. Knows no socket.

use anyhow::Context;
use kith_nips::PublicKey;
use serde_json::{Value, json};

use crate::world::{Dice, Head, PEOPLE, WEEKS, World, cell_of};

/// Different questions of each class.
const QUESTIONS_PER_CLASS: u64 = 500;
/// Questions of the mix.
const QUESTIONS_OF_MIX: usize = 2_000;
/// Sets the throws of the questions apart from those of the world.
const PURPOSE: u64 = 0x7175_6573_7469_6f6e;

/// Makes one question about a community.
type Ask = fn(&World, &Head, &mut Dice) -> anyhow::Result<Value>;

/// What is asked for, how many of 100 questions of the mix ask for it, and how.
const CLASSES: [(&str, usize, Ask); 12] = [
    (NOTE_BY_ID, 20, note_by_id),
    (NOTES_OF_AUTHOR, 10, notes_of_author),
    (ADDRESS, 12, address),
    ("meetups of a city, newest 50", 9, meetups_of_city),
    ("meetups in a cell, newest 50", 8, meetups_in_cell),
    ("communities of a topic in a city", 5, communities_of_topic),
    ("answers to a meetup", 13, answers_to_meetup),
    ("chat of a community, newest 100", 7, chat_of_community),
    ("profiles of 20 people", 6, profiles),
    ("followers of a community", 5, followers),
    ("anything, newest 20", 3, anything),
    ("nothing there", 2, nothing),
];
/// The name of the questions of all classes.
pub const MIX: &str = "mix";
const NOTE_BY_ID: &str = "note by id";
const NOTES_OF_AUTHOR: &str = "notes of an author";
const ADDRESS: &str = "address";
/// Questions that read a few rows and nothing else.
const POINTS: [&str; 3] = [NOTE_BY_ID, NOTES_OF_AUTHOR, ADDRESS];

/// Questions of one sort.
#[derive(Debug, Clone)]
pub struct Class {
    /// What is asked for.
    pub name: &'static str,
    /// How many of 100 questions of the mix.
    share: usize,
    /// Filters in JSON, one for each question.
    pub filters: Vec<String>,
}

/// All classes about a world.
///
/// # Errors
/// A note that cannot be made again; there is none.
pub fn classes(world: &World) -> anyhow::Result<Vec<Class>> {
    let class = |(of, (name, share, ask)): (usize, (&'static str, usize, Ask))| {
        let filters = (0..QUESTIONS_PER_CLASS).map(|number| {
            let mut dice = Dice::of(&[PURPOSE, world.seed(), of as u64, number]);
            let head = world.head(dice.below(world.communities()))?;
            Ok(ask(world, &head, &mut dice)?.to_string())
        });
        let filters = filters.collect::<anyhow::Result<Vec<String>>>()?;
        Ok(Class {
            name,
            share,
            filters,
        })
    };
    CLASSES.into_iter().enumerate().map(class).collect()
}

/// Questions of all classes, each as often as its share says, in no order.
pub fn mix(classes: &[Class]) -> Class {
    let by_share = classes
        .iter()
        .flat_map(|class| std::iter::repeat_n(class, class.share));
    let by_share: Vec<&Class> = by_share.collect();
    some_of(MIX, &by_share)
}

/// Questions that read a few rows each: what a person waits for while others ask for much.
pub fn points(classes: &[Class]) -> Class {
    let is_point = |class: &&Class| POINTS.contains(&class.name);
    let points: Vec<&Class> = classes.iter().filter(is_point).collect();
    some_of("points", &points)
}

fn some_of(name: &'static str, classes: &[&Class]) -> Class {
    let mut dice = Dice::of(&[PURPOSE]);
    let throw = |_| {
        let class = dice.one_of(classes)?;
        dice.one_of(&class.filters).cloned()
    };
    let filters = (0..QUESTIONS_OF_MIX).filter_map(throw).collect();
    Class {
        name,
        share: 0,
        filters,
    }
}

fn note_by_id(world: &World, head: &Head, dice: &mut Dice) -> anyhow::Result<Value> {
    let week = dice.below(WEEKS);
    Ok(json!({"ids": [head.meetup_id(world, world.words(), week)?]}))
}

fn notes_of_author(world: &World, head: &Head, dice: &mut Dice) -> anyhow::Result<Value> {
    let person = world.person(head.number, dice.below(PEOPLE))?;
    Ok(json!({"authors": [person.pubkey()], "limit": 100}))
}

fn address(world: &World, head: &Head, dice: &mut Dice) -> anyhow::Result<Value> {
    let meetup = head.meetup(world, dice.below(WEEKS))?;
    Ok(json!({
        "kinds": [meetup.kind],
        "authors": [meetup.pubkey],
        "#d": [meetup.identifier],
    }))
}

fn meetups_of_city(_: &World, head: &Head, _: &mut Dice) -> anyhow::Result<Value> {
    let city = head.city.tag().to_string();
    Ok(json!({"kinds": [31_923], "#g": [city], "limit": 50}))
}

fn meetups_in_cell(_: &World, head: &Head, _: &mut Dice) -> anyhow::Result<Value> {
    let cell = cell_of(head.city);
    Ok(json!({"kinds": [31_923], "#g": [cell.as_str()], "limit": 50}))
}

fn communities_of_topic(_: &World, head: &Head, _: &mut Dice) -> anyhow::Result<Value> {
    let city = head.city.tag().to_string();
    Ok(json!({"kinds": [30_037], "#g": [city], "#t": [head.topic], "limit": 10}))
}

fn answers_to_meetup(world: &World, head: &Head, dice: &mut Dice) -> anyhow::Result<Value> {
    let meetup = head.meetup(world, dice.below(WEEKS))?.to_string();
    Ok(json!({"kinds": [31_925], "#a": [meetup]}))
}

fn chat_of_community(_: &World, head: &Head, _: &mut Dice) -> anyhow::Result<Value> {
    Ok(json!({"kinds": [42], "#e": [head.channel], "limit": 100}))
}

fn profiles(world: &World, head: &Head, _: &mut Dice) -> anyhow::Result<Value> {
    let people = (0..PEOPLE).map(|number| Ok(world.person(head.number, number)?.pubkey()));
    let people = people.collect::<anyhow::Result<Vec<PublicKey>>>()?;
    Ok(json!({"kinds": [0], "authors": people}))
}

fn followers(_: &World, head: &Head, _: &mut Dice) -> anyhow::Result<Value> {
    Ok(json!({"kinds": [10_037], "#e": [head.reference.id]}))
}

fn anything(_: &World, _: &Head, _: &mut Dice) -> anyhow::Result<Value> {
    Ok(json!({"limit": 20}))
}

fn nothing(_: &World, _: &Head, dice: &mut Dice) -> anyhow::Result<Value> {
    let nowhere = format!("XX:Nowhere {}", dice.below(1_000_000));
    Ok(json!({"kinds": [31_923], "#g": [nowhere]}))
}

/// The class of this name.
///
/// # Errors
/// There is none.
pub fn named(classes: &[Class], name: &str) -> anyhow::Result<Class> {
    let names = || {
        classes
            .iter()
            .map(|class| class.name)
            .collect::<Vec<_>>()
            .join("; ")
    };
    let class = classes.iter().find(|class| class.name == name).cloned();
    class.with_context(|| format!("no class {name}; there are: {}", names()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Size;

    #[test]
    fn the_same_world_gives_the_same_questions_and_a_mix_of_all() {
        let size = Size {
            events: 1_000,
            seed: 5,
        };
        let classes = || classes(&World::new(size).unwrap()).unwrap();
        let (one, other) = (classes(), classes());
        assert!(
            one.iter()
                .zip(&other)
                .all(|(one, other)| one.filters == other.filters)
        );
        assert_eq!(one.iter().map(|class| class.share).sum::<usize>(), 100);
        let mix = mix(&one);
        assert_eq!(mix.filters.len(), QUESTIONS_OF_MIX);
        for class in &one {
            let is_of_class = |filter: &&String| class.filters.contains(filter);
            assert!(
                mix.filters.iter().any(|filter| is_of_class(&filter)),
                "{}",
                class.name
            );
        }
        assert!(
            points(&one)
                .filters
                .iter()
                .all(|filter| !filter.contains("#g"))
        );
    }
}
