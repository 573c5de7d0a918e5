//! Subscriptions to places and times (`nips/discovery.md`), after EOSE.

use kith_nips::Event;
use serde_json::{Value, json};

use crate::events::{ids, note, now};
use crate::harness::TestRelay;

const DAY: u64 = 86_400;

fn meetup(author: u32, cell: &str, topic: &str, start: u64) -> Event {
    note(author)
        .kind(31_923)
        .tag(&["d", cell])
        .tag(&["g", cell])
        .tag(&["t", topic])
        .tag(&["start", &start.to_string()])
        .tag(&["end", &(start + 7_200).to_string()])
        .signed()
}

fn nearby(search: &str) -> Value {
    json!({"kinds": [31_923], "search": search})
}

#[tokio::test]
async fn everybody_hears_of_the_meetups_of_their_own_place_and_time() {
    let relay = TestRelay::start().await;
    let soon = now() / DAY * DAY + 3 * DAY;
    let week = format!("from:{soon} to:{}", soon + 7 * DAY);
    let berlin = meetup(1, "u33dc0cpk", "chess", soon);
    let berlin_later = meetup(2, "u33dc0cp5", "go", soon + 20 * DAY);
    // Positions are centres: of a short geohash it lies far from its corners.
    let germany = meetup(3, "u3", "chess", soon);
    let meridian = meetup(4, "xbp0", "chess", soon + DAY);
    let north_pole = meetup(5, "upbpbpb", "chess", soon);
    let moved = note(1)
        .kind(31_923)
        .at(berlin.created_at() + 1)
        .tag(&["d", "u33dc0cpk"])
        .tag(&["g", "gcpchg"])
        .tag(&["start", &soon.to_string()])
        .signed();
    let table: [(Value, Vec<&Event>); 12] = [
        (nearby("near:52.52,13.405,10"), vec![&berlin, &berlin_later]),
        (
            nearby(&format!("near:52.52,13.405,10 {week} open")),
            vec![&berlin],
        ),
        (nearby("near:u3,1 open"), vec![&germany]),
        (
            nearby("near:u33d,1000"),
            vec![&berlin, &berlin_later, &germany, &moved],
        ),
        (nearby("bbox:179,-1,-179,1"), vec![]),
        (nearby("bbox:170,-30,-170,50 open"), vec![&meridian]),
        (nearby("near:90,0,600"), vec![&north_pole]),
        (
            nearby("bbox:-180,-90,180,90"),
            vec![
                &berlin,
                &berlin_later,
                &germany,
                &meridian,
                &north_pole,
                &moved,
            ],
        ),
        (
            nearby(&week),
            vec![&berlin, &germany, &meridian, &north_pole, &moved],
        ),
        (nearby("open near:gcpchg,1"), vec![&moved]),
        (
            json!({"kinds": [31_923], "#t": ["chess"], "search": "near:52.52,13.405,10"}),
            vec![&berlin],
        ),
        (
            json!({"kinds": [1], "search": "near:52.52,13.405,10"}),
            vec![],
        ),
    ];
    let mut listeners = Vec::new();
    for (filter, expected) in table {
        let mut socket = relay.connect().await;
        assert!(socket.req("places", filter.clone()).await.is_empty());
        listeners.push((socket, filter, expected));
    }
    let mut author = relay.connect().await;
    let published = [
        &berlin,
        &berlin_later,
        &germany,
        &meridian,
        &north_pole,
        &moved,
    ];
    for event in published {
        author.accept(event).await;
    }
    for (mut socket, filter, expected) in listeners {
        let mut heard = Vec::new();
        for _ in &expected {
            heard.push(socket.expect_event("places").await);
        }
        let expected: Vec<_> = expected.into_iter().map(Event::id).collect();
        assert_eq!(ids(&heard), expected, "{filter}");
        socket.nothing_delivered().await;
    }
}
