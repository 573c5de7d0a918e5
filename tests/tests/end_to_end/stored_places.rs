//! Questions for places and dates (`nips/discovery.md`), over what is stored. What comes later is in
//! `live_places`.

use kith_nips::Event;
use serde_json::{Value, json};

use crate::events::{Note, ids, note, now};
use crate::harness::TestRelay;
use crate::keeping::WAYS;

const DAY: u64 = 86_400;

fn meetup(author: u32, cell: &str, title: &str, start: u64) -> Note {
    note(author)
        .kind(31_923)
        .tag(&["d", title])
        .tag(&["g", cell])
        .tag(&["title", title])
        .tag(&["start", &start.to_string()])
        .tag(&["end", &(start + 7_200).to_string()])
}

fn meetups(search: &str) -> Value {
    json!({"kinds": [31_923], "search": search})
}

#[tokio::test]
async fn what_is_near_and_soon_comes_in_the_order_that_is_asked_for() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let soon = now() / DAY * DAY + 3 * DAY;
        let mitte = meetup(1, "u33dc0cpk", "Chess in Mitte", soon + DAY).signed();
        let neukoelln = meetup(2, "u33d99z", "Chess for beginners", soon).signed();
        let potsdam = meetup(3, "u33616f", "Chess by the lake", soon);
        let potsdam = potsdam.tag(&["g", "DE:Potsdam"]).signed();
        let off = meetup(4, "u33dc0cpm", "Chess without players", soon);
        let off = off.tag(&["status", "cancelled"]).signed();
        let over = meetup(5, "u33dc0cpn", "Old chess", now() - DAY).signed();
        let nowhere = note(6)
            .kind(31_923)
            .tag(&["d", "x"])
            .tag(&["start", &soon.to_string()]);
        let all = [&mitte, &neukoelln, &potsdam, &off, &over, &nowhere.signed()];
        for event in all {
            socket.accept(event).await;
        }
        let here = "near:52.52,13.405";
        let table: [(String, Vec<&Event>); 9] = [
            (format!("{here},12 open"), vec![&mitte, &neukoelln]),
            (
                format!("{here},12 open sort:start"),
                vec![&neukoelln, &mitte],
            ),
            (
                format!("{here},50 open from:{soon} to:{}", soon + 60),
                vec![&neukoelln, &potsdam],
            ),
            (
                format!("{here},50 open \"for beginners\""),
                vec![&neukoelln],
            ),
            (format!("{here},50 open chess postdam"), vec![&potsdam]),
            ("bbox:12.9,52.3,13.2,52.5".to_owned(), vec![&potsdam]),
            (format!("near:u33dc0,1 to:{}", now()), vec![&over]),
            (format!("{here},3 sort:start"), vec![&over, &off, &mitte]),
            ("far:away".to_owned(), vec![]),
        ];
        for (search, expected) in table {
            let found = ids(&socket.query(meetups(&search)).await);
            let expected: Vec<_> = expected.into_iter().map(Event::id).collect();
            assert_eq!(found, expected, "{search}");
            assert_eq!(
                socket.count(meetups(&search)).await,
                expected.len() as u64,
                "{search}"
            );
        }
        let mut one = meetups(&format!("{here},50 open sort:start"));
        one["limit"] = 1.into();
        assert_eq!(socket.query(one).await.len(), 1);
    }
}

#[tokio::test]
async fn mistakes_end_the_question_and_name_the_key() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    for (search, key) in [
        ("near:91,0,10", "near: "),
        ("near:52.52,13.405", "near: "),
        ("near:1,2,3 near:1,2,3", "near: "),
        ("bbox:1,2,3", "bbox: "),
        ("from:tomorrow", "from: "),
        ("from:9 to:8", "to: "),
        ("sort:best", "sort: "),
        ("sort:distance", "sort: "),
    ] {
        socket.send_req("wrong", meetups(search)).await;
        let reason = socket.expect_closed("wrong", "invalid").await;
        assert!(reason.contains(key), "{search}: {reason}");
    }
    assert_eq!(socket.query(meetups("language:en near:1,2,3")).await, []);
}
