//! What a request removes and what it leaves alone (NIP09-01 to NIP09-06, NIP09-14, NIP09-15,
//! NIP09-17).

use kith_nips::Event;
use serde_json::json;

use super::{address_of, found_everywhere, is_gone, is_there, request, request_of_address};
use crate::events::{MOMENT, note, pubkey};
use crate::harness::TestRelay;
use crate::keeping::WAYS;

#[tokio::test]
async fn nip09_01_events_named_by_id_are_removed_whatever_their_time() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let targets: Vec<Event> = [
            (1, MOMENT),
            (1, MOMENT + 10),
            (1, MOMENT + 20),
            (0, MOMENT + 20),
            (1_037, MOMENT),
            (10_002, MOMENT + 5),
            (30_023, MOMENT + 20),
            (50_000, MOMENT),
        ]
        .into_iter()
        .map(|(kind, at)| note(1).kind(kind).at(at).tag(&["d", "x"]).signed())
        .collect();
        let unnamed = note(1).content("unnamed").signed();
        socket.accept_all(&targets).await;
        socket.accept(&unnamed).await;
        let (first, rest) = targets.split_first().unwrap();
        socket
            .accept(&request(1, [first]).at(MOMENT + 10).signed())
            .await;
        is_gone(&mut socket, first).await;
        for other in rest {
            is_there(&mut socket, other).await;
        }
        socket
            .accept(&request(1, rest).at(MOMENT + 10).signed())
            .await;
        drop(socket);
        for _ in 0..2 {
            let mut socket = relay.connect().await;
            for target in &targets {
                is_gone(&mut socket, target).await;
            }
            is_there(&mut socket, &unnamed).await;
            assert_eq!(socket.count(json!({"#d": ["x"]})).await, 0);
            drop(socket);
            relay.restart().await;
        }
    }
}

#[tokio::test]
async fn nip09_02_an_address_is_removed_up_to_the_time_of_the_request() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let version = |d: &str, at| note(1).kind(31_923).at(at).tag(&["d", d]).signed();
        let older = version("older", MOMENT - 1);
        let equal = version("equal", MOMENT);
        let newer = version("newer", MOMENT + 1);
        for event in [&older, &equal, &newer] {
            socket.accept(event).await;
            let request = request_of_address(1, &address_of(event)).at(MOMENT);
            socket.accept(&request.signed()).await;
        }
        drop(socket);
        for _ in 0..2 {
            let mut socket = relay.connect().await;
            is_gone(&mut socket, &older).await;
            is_gone(&mut socket, &equal).await;
            is_there(&mut socket, &newer).await;
            drop(socket);
            relay.restart().await;
        }
    }
}

#[tokio::test]
async fn nip09_03_another_address_is_untouched() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let event = note(1).kind(31_923).tag(&["d", "meet:up"]).signed();
        socket.accept(&event).await;
        let (own, other) = (pubkey(1), pubkey(2));
        let addresses = [
            format!("31922:{own}:meet:up"),
            format!("31923:{other}:meet:up"),
            format!("31923:{own}:meet"),
            format!("31923:{own}:meet:"),
            format!("31923:{own}:meet:up:"),
            format!("31923:{own}:meet:upper"),
            format!("31923:{own}:Meet:up"),
            format!("31923:{own}: meet:up"),
            format!("31923:{own}:meet:u"),
            format!("31923:{own}:"),
            format!("31923:{own}"),
            format!("31923:{own}:*"),
        ];
        for address in &addresses {
            let request = request_of_address(1, address).at(MOMENT + 1);
            socket.accept(&request.signed()).await;
            is_there(&mut socket, &event).await;
        }
        // The address of an addressable event does not reach other kinds of storage.
        let regular = note(1).kind(1).tag(&["d", "meet:up"]).signed();
        socket.accept(&regular).await;
        let request = request_of_address(1, &format!("1:{own}:meet:up")).at(MOMENT + 2);
        socket.accept(&request.signed()).await;
        is_there(&mut socket, &regular).await;
    }
}

#[tokio::test]
async fn nip09_04_addresses_without_identifier() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let author = pubkey(1);
        let events = [
            note(1).kind(0).signed(),
            note(1).kind(3).tag(&["d", "ignored"]).signed(),
            note(1).kind(10_002).signed(),
            note(1).kind(30_003).signed(),
            note(1).kind(30_004).tag(&["d"]).signed(),
            note(1).kind(30_005).tag(&["d", ""]).signed(),
        ];
        socket.accept_all(&events).await;
        for event in &events {
            let address = format!("{}:{author}:", event.kind());
            is_there(&mut socket, event).await;
            socket
                .accept(&request_of_address(1, &address).signed())
                .await;
            is_gone(&mut socket, event).await;
        }
    }
}

#[tokio::test]
async fn nip09_05_identifier_with_colons() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let identifiers = [":", "a:b", "a:b:", ":a", "a::b", "abc:blocked", "31923:x:y"];
        let events: Vec<Event> = identifiers
            .iter()
            .map(|d| note(1).kind(30_000).tag(&["d", d]).signed())
            .collect();
        socket.accept_all(&events).await;
        for (index, event) in events.iter().enumerate() {
            let address = format!("30000:{}:{}", pubkey(1), identifiers[index]);
            socket
                .accept(&request_of_address(1, &address).signed())
                .await;
            is_gone(&mut socket, event).await;
            for later in &events[index + 1..] {
                is_there(&mut socket, later).await;
            }
        }
    }
}

#[tokio::test]
async fn nip09_06_only_own_events_are_removed() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let events = |key| {
            [
                note(key).signed(),
                note(key).kind(31_923).tag(&["d", "x"]).signed(),
                note(key).kind(10_002).signed(),
            ]
        };
        let (own, others) = (events(1), events(2));
        socket.accept_all(&own).await;
        socket.accept_all(&others).await;
        let request = request(1, [&others[0], &others[1], &own[0], &others[2]])
            .tag(&["a", &address_of(&others[1])])
            .tag(&["a", &address_of(&own[1])])
            .tag(&["a", &address_of(&others[2])])
            .tag(&["a", &address_of(&own[2])])
            .signed();
        socket.accept(&request).await;
        for event in &own {
            is_gone(&mut socket, event).await;
        }
        for event in &others {
            is_there(&mut socket, event).await;
        }
        is_there(&mut socket, &request).await;
    }
}

#[tokio::test]
async fn nip09_14_malformed_parts_are_ignored() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let target = note(1).signed();
        let addressed = note(1).kind(31_923).tag(&["d", "x"]).signed();
        let untouched = note(1).content("untouched").signed();
        for event in [&target, &addressed, &untouched] {
            socket.accept(event).await;
        }
        let id = untouched.id().to_string();
        let author = pubkey(1).to_string();
        let empty = [
            note(1).kind(5).signed(),
            note(1).kind(5).content("changed my mind").signed(),
            note(1).kind(5).tag(&["p", &author]).signed(),
            note(1).kind(5).tag(&["t", &id]).signed(),
            note(1).kind(5).tag(&["E", &id]).signed(),
            note(1).kind(5).tag(&["e"]).tag(&["a"]).signed(),
            note(1).kind(5).tag(&["e", "", &id]).signed(),
            note(1).kind(5).tag(&["e", &id[..63]]).signed(),
            note(1).kind(5).tag(&["e", &format!("{id}0")]).signed(),
            note(1).kind(5).tag(&["e", &id[..8]]).signed(),
            note(1).kind(5).tag(&["a", &id]).signed(),
            note(1).kind(5).tag(&["a", ""]).tag(&["a", "::"]).signed(),
            note(1).kind(5).tag(&["a", "99999999:x:y"]).signed(),
            note(1)
                .kind(5)
                .tag(&["a", &format!("x:{author}:x")])
                .signed(),
            note(1).kind(5).tag(&["a", "31923::x"]).signed(),
        ];
        for request in &empty {
            socket.accept(request).await;
            is_there(&mut socket, request).await;
        }
        for event in [&target, &addressed, &untouched] {
            is_there(&mut socket, event).await;
        }
        let address = address_of(&addressed);
        let mut request = request(1, [&target]).tag(&["e", "nonsense"]).tag(&["e"]);
        for _ in 0..50 {
            request = request
                .tag(&["e", &target.id().to_string()])
                .tag(&["a", "nonsense"])
                .tag(&["a", &address]);
        }
        let request = request.signed();
        socket.accept(&request).await;
        is_gone(&mut socket, &target).await;
        is_gone(&mut socket, &addressed).await;
        is_there(&mut socket, &untouched).await;
        is_there(&mut socket, &request).await;
    }
}

#[tokio::test]
async fn nip09_15_kind_tags_do_not_matter() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let kind_tags: [&[&str]; 6] = [
            &["k", "1"],
            &["k", "31923"],
            &["k", "7"],
            &["k", "x"],
            &["k"],
            &["K", "1"],
        ];
        for (round, kind_tag) in kind_tags.into_iter().enumerate() {
            let name = format!("round {round}");
            let target = note(1).content(name.as_str()).signed();
            let addressed = note(1).kind(31_923).tag(&["d", &name]).signed();
            socket.accept(&target).await;
            socket.accept(&addressed).await;
            let request = request(1, [&target]).tag(&["a", &address_of(&addressed)]);
            socket.accept(&request.tag(kind_tag).signed()).await;
            is_gone(&mut socket, &target).await;
            is_gone(&mut socket, &addressed).await;
        }
    }
}

#[tokio::test]
async fn nip09_17_a_wrap_is_removed_by_whom_it_is_for() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        socket.authenticate(2).await.stored();
        let recipient = pubkey(2).to_string();
        let wrap = note(1).kind(1_059).tag(&["p", &recipient]).signed();
        // Any other kind that names somebody is not theirs.
        let mention = note(1).tag(&["p", &recipient]).signed();
        socket.accept(&wrap).await;
        socket.accept(&mention).await;
        for stranger in [3, 4] {
            socket.accept(&request(stranger, [&wrap]).signed()).await;
            assert!(found_everywhere(&mut socket, &wrap).await);
        }
        socket.accept(&request(2, [&wrap, &mention]).signed()).await;
        is_gone(&mut socket, &wrap).await;
        is_there(&mut socket, &mention).await;
        socket.event(&wrap).await.refused_with("blocked");
    }
}
