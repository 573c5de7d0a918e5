//! The events of a community arrive in any order (LBC-58).

use std::fmt::Write;

use kith_nips::Event;
use kith_relay::Config;
use kith_relay::transfer::import;
use serde_json::{Value, json};

use super::{community, meetup, metadata, people, rsvp};
use crate::events::{Dice, MOMENT, ids, in_order, note, pubkey};
use crate::harness::{Socket, TestRelay};
use crate::keeping::WAYS;

/// What arrives, one after the other: the community itself, its metadata, forged metadata, its
/// lists, a meetup, and an answer to it.
const STEPS: usize = 6;
/// The steps with answers of their own.
const COMMUNITY: usize = 0;
const FORGED: usize = 2;
/// The one who forges.
const FORGER: u32 = 900_001;
/// The one who answers.
const GUEST: u32 = 900_002;

/// A community of the key `owner`, in the order of [`STEPS`].
fn world(owner: u32) -> [Vec<Event>; STEPS] {
    let owned = community(owner).signed();
    let meetup = meetup(owner, &owned, "chess").signed();
    let calendar = note(owner)
        .kind(31_924)
        .tag(&["d", &owned.id().to_string()])
        .tag(&["a", &meetup.address().unwrap().to_string()]);
    let follows = note(owner)
        .kind(10_037)
        .tag(&["e", &owned.id().to_string()]);
    [
        vec![owned.clone()],
        vec![metadata(owner, &owned).signed()],
        // Newer than the real one.
        vec![metadata(FORGER, &owned).at(MOMENT + 9).signed()],
        vec![
            people(owner, &owned, "", &[owner, GUEST]).signed(),
            people(owner, &owned, ":blocked", &[FORGER]).signed(),
            calendar.signed(),
            follows.signed(),
        ],
        vec![meetup.clone()],
        vec![rsvp(GUEST, &meetup).signed()],
    ]
}

/// What is left of it in the end: everything but the forgery.
fn left(world: &[Vec<Event>; STEPS]) -> Vec<Event> {
    let steps = world.iter().enumerate();
    let events: Vec<Event> = steps
        .filter(|(step, _)| *step != FORGED)
        .flat_map(|(_, events)| events.clone())
        .collect();
    in_order(&events)
}

/// What is asked about a community, and what is answered in the end, whatever came first.
fn answers(world: &[Vec<Event>; STEPS]) -> Vec<(Value, Vec<Event>)> {
    let [owned, real, forged, lists, meetups, answers] = world;
    let (id, owner) = (owned[0].id(), owned[0].pubkey());
    let address = meetups[0].address().unwrap().to_string();
    vec![
        (json!({"ids": ids(world.iter().flatten())}), left(world)),
        (json!({"ids": [id], "kinds": [1_037]}), owned.clone()),
        (json!({"kinds": [30_037], "#d": [id]}), real.clone()),
        (json!({"kinds": [30_037], "#e": [id]}), real.clone()),
        (
            json!({"kinds": [30_000, 31_924, 10_037], "authors": [owner]}),
            in_order(lists),
        ),
        (json!({"kinds": [31_923], "#e": [id]}), meetups.clone()),
        (json!({"kinds": [31_925], "#a": [address]}), answers.clone()),
        (json!({"ids": [forged[0].id()]}), Vec::new()),
    ]
}

/// Every question about these communities has the answer that it always has.
async fn check_answers<'a>(
    socket: &mut Socket,
    worlds: impl IntoIterator<Item = &'a [Vec<Event>; STEPS]>,
) {
    for (number, world) in worlds.into_iter().enumerate() {
        let answers = answers(world);
        // All of them at once, and of some one after the other.
        let filters = json!(answers.iter().map(|(filter, _)| filter).collect::<Vec<_>>());
        assert_eq!(socket.query(filters.clone()).await, left(world));
        if number % 10 == 0 {
            assert_eq!(socket.count(filters).await, left(world).len() as u64);
            for (filter, expected) in answers {
                assert_eq!(socket.query(filter.clone()).await, expected, "{filter}");
            }
        }
    }
    let forged = json!({"authors": [pubkey(FORGER)]});
    assert_eq!(socket.count(forged).await, 0);
}

/// All orders of this many steps.
fn orders(steps: usize) -> Vec<Vec<usize>> {
    if steps == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(steps - 1);
    let longer = shorter.iter().flat_map(|order| {
        (0..=order.len()).map(move |place| {
            let mut order = order.clone();
            order.insert(place, steps - 1);
            order
        })
    });
    longer.collect()
}

/// A community of its own for each order.
fn worlds() -> Vec<(Vec<usize>, [Vec<Event>; STEPS])> {
    let orders = orders(STEPS);
    assert_eq!(orders.len(), 720);
    orders.into_iter().zip((1..).map(world)).collect()
}

#[tokio::test]
async fn lbc_58_every_order_of_arrival_ends_the_same() {
    let worlds = worlds();
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        // All communities at once, step by step.
        for step in 0..STEPS {
            let arriving = worlds.iter().flat_map(|(order, world)| {
                let is_forged = order[step] == FORGED;
                let known = order[..step].contains(&COMMUNITY);
                let events = world[order[step]].iter();
                events.map(move |event| (event, is_forged && known))
            });
            let arriving: Vec<(&Event, bool)> = arriving.collect();
            for chunk in arriving.chunks(100) {
                let texts: Vec<String> = chunk
                    .iter()
                    .map(|(event, _)| format!(r#"["EVENT",{}]"#, event.json()))
                    .collect();
                socket.send_all(texts).await;
                for (event, refused) in chunk {
                    let answer = socket.answer_to(event.id()).await;
                    match refused {
                        true => answer.refused_with("restricted"),
                        false => answer.stored(),
                    }
                }
            }
        }
        drop(socket);
        let worlds = worlds.iter().map(|(_, world)| world);
        let mut socket = relay.connect().await;
        check_answers(&mut socket, worlds.clone()).await;
        drop(socket);
        relay.restart().await;
        let mut socket = relay.connect().await;
        check_answers(&mut socket, worlds.step_by(7)).await;
    }
}

#[tokio::test]
async fn lbc_58_every_order_of_import_ends_the_same() {
    let mut dice = Dice(58);
    let worlds: Vec<_> = worlds()
        .into_iter()
        .map(|(_, world)| world)
        .take(40)
        .collect();
    let in_order: Vec<&Event> = worlds.iter().flatten().flatten().collect();
    let mut backwards = in_order.clone();
    backwards.reverse();
    let mut shuffled = in_order.clone();
    dice.shuffle(&mut shuffled);
    for events in [in_order, backwards, shuffled] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("events.jsonl");
        let lines = events.iter().fold(String::new(), |mut lines, event| {
            writeln!(lines, "{}", event.json()).unwrap();
            lines
        });
        std::fs::write(&file, lines).unwrap();
        let mut config = Config::default();
        config.data.folder = folder.path().join("data");
        import(&config, &file, None, std::future::pending())
            .await
            .unwrap();
        let data = config.data.folder;
        let relay = TestRelay::start_with(|config| config.data.folder = data).await;
        let mut socket = relay.connect().await;
        check_answers(&mut socket, &worlds).await;
    }
}
