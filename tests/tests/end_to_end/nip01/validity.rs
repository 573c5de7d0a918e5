//! Which events are accepted (NIP01-23 to NIP01-35).

use kith_nips::Event;
use nostr_sdk::hashes::{Hash, sha256};
use serde_json::json;

use crate::events::{Forged, MOMENT, hex, ids, note, pubkey, sign};
use crate::harness::{Reply, Socket, TestRelay, assert_prefix};

const MEMBERS: [&str; 7] = [
    "id",
    "pubkey",
    "created_at",
    "kind",
    "tags",
    "content",
    "sig",
];

/// The message is answered by `OK- "invalid: …"` with this id.
async fn refused(socket: &mut Socket, forged: &Forged, event: &Event) {
    socket.send_text(forged.message()).await;
    match socket.receive().await {
        Reply::Ok(answer) if answer.id == event.id() => {
            assert!(!answer.accepted, "accepted: {}", forged.json());
            assert_prefix(&answer.message, "invalid");
        }
        other => panic!("{other:?} for {}", forged.json()),
    }
}

/// The message has no usable id: NOTICE.
async fn noticed(socket: &mut Socket, forged: &Forged) {
    socket.send_text(forged.message()).await;
    match socket.receive().await {
        Reply::Notice(reason) => assert_prefix(&reason, "invalid"),
        other => panic!("{other:?} for {}", forged.json()),
    }
}

async fn nothing_stored(mut socket: Socket) {
    socket.nothing_more().await;
    assert_eq!(socket.count(json!({})).await, 0);
}

#[tokio::test]
async fn nip01_23_all_seven_members_are_there_with_the_right_type() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).signed();
    for name in MEMBERS {
        let forged = Forged::of(&event).without(name);
        match name {
            "id" => noticed(&mut socket, &forged).await,
            _ => refused(&mut socket, &forged, &event).await,
        }
        for value in [
            "null",
            "true",
            "{}",
            "[]",
            "1.5",
            "\"\"",
            "[\"x\"]",
            "{\"x\":1}",
        ] {
            // The only value of these that any member may have.
            if (name, value) == ("tags", "[]") || (name, value) == ("content", "\"\"") {
                continue;
            }
            let forged = Forged::of(&event).with(name, value);
            match name {
                "id" => noticed(&mut socket, &forged).await,
                _ => refused(&mut socket, &forged, &event).await,
            }
        }
    }
    nothing_stored(socket).await;
}

#[tokio::test]
async fn nip01_24_keys_ids_and_signatures_are_lower_case_hex_of_exact_length() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).signed();
    let npub = "npub10xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqpkge6d";
    for name in ["id", "pubkey", "sig"] {
        let forged = Forged::of(&event);
        let right = forged.get(name).trim_matches('"').to_owned();
        let wrong = [
            right.to_uppercase(),
            right.replacen(|digit: char| digit.is_ascii_lowercase(), "A", 1),
            right[1..].to_owned(),
            right[2..].to_owned(),
            format!("{right}0"),
            format!("{right}00"),
            format!("0x{}", &right[2..]),
            format!("g{}", &right[1..]),
            format!(" {}", &right[1..]),
            format!("{right} "),
            format!("{}é", &right[2..]),
            npub.to_owned(),
            String::new(),
        ];
        for value in wrong {
            let forged = Forged::of(&event).with(name, &json!(value).to_string());
            match name {
                "id" => noticed(&mut socket, &forged).await,
                _ => refused(&mut socket, &forged, &event).await,
            }
        }
    }
    nothing_stored(socket).await;
}

#[tokio::test]
async fn nip01_25_a_kind_is_an_integer_from_0_to_65535() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    // Whoever rounds, converts or wraps these around reads 1, which was signed.
    let event = note(1).signed();
    let wrong = [
        "-1",
        "-0",
        "1.0",
        "1e0",
        "10e-1",
        "\"1\"",
        "true",
        "[1]",
        "65537",
        "4294967297",
        "18446744073709551617",
        "-65535",
        "65536",
    ];
    for value in wrong {
        refused(&mut socket, &Forged::of(&event).with("kind", value), &event).await;
    }
    socket.nothing_more().await;
    for kind in [0, 65_535] {
        let event = note(1).kind(kind).signed();
        socket.accept(&event).await;
        assert_eq!(socket.query(json!({"kinds": [kind]})).await, [event]);
    }
    assert_eq!(socket.count(json!({})).await, 2);
}

#[tokio::test]
async fn nip01_26_created_at_is_a_plain_integer() {
    let relay =
        TestRelay::start_with(|config| config.limits.created_at_upper_limit_seconds = None).await;
    let mut socket = relay.connect().await;
    let usual = note(1).signed();
    let ten_digits = note(1).at(10_000_000_000).signed();
    let largest = note(1).at(9_007_199_254_740_991).signed();
    let wrong = [
        (&usual, "-200"),
        (&usual, "-1700000000"),
        (&usual, "1700000000.0"),
        (&usual, "1.7e9"),
        (&usual, "17e8"),
        (&usual, "\"1700000000\""),
        (&usual, "[1700000000]"),
        (&ten_digits, "1e+10"),
        (&ten_digits, "1e10"),
        (&ten_digits, "1E10"),
        (&largest, "9007199254740992"),
        (&largest, "9007199254740991.0"),
        (&largest, "18446744073709551616"),
    ];
    for (event, value) in wrong {
        refused(
            &mut socket,
            &Forged::of(event).with("created_at", value),
            event,
        )
        .await;
    }
    // A right hash does not make a wrong number right.
    let serialised = format!("[0,\"{}\",9007199254740992,1,[],\"\"]", pubkey(1));
    let beyond =
        Forged::hashed(1, &serialised, "[]", "\"\"").with("created_at", "9007199254740992");
    socket.send_text(beyond.message()).await;
    match socket.receive().await {
        Reply::Ok(answer) => answer.refused_with("invalid"),
        other => panic!("{other:?}"),
    }
    for event in [note(1).at(0).signed(), ten_digits, largest] {
        socket.accept(&event).await;
        assert_eq!(socket.query(json!({"ids": [event.id()]})).await, [event]);
    }
}

#[tokio::test]
async fn nip01_27_tags_are_non_empty_arrays_of_strings() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).signed();
    let tagged = note(1).tag(&["t", "1"]).signed();
    let wrong = [
        "[[]]", "[null]", "[[],[]]", "{}", "\"\"", "[\"t\"]", "[{}]", "[[[]]]", "[1]", "0",
    ];
    for value in wrong {
        refused(&mut socket, &Forged::of(&event).with("tags", value), &event).await;
    }
    let wrong = [
        "[[\"t\",1]]",
        "[[\"t\",null]]",
        "[[\"t\",[\"1\"]]]",
        "[[\"t\",\"1\",null]]",
        "[[\"t\",\"1\"],[]]",
        "[[\"t\",\"1\"],null]",
        "{\"t\":\"1\"}",
        "[[1]]",
        "[[\"t\",true]]",
    ];
    for value in wrong {
        refused(
            &mut socket,
            &Forged::of(&tagged).with("tags", value),
            &tagged,
        )
        .await;
    }
    // An empty tag is wrong also when it was hashed.
    let serialised = format!("[0,\"{}\",{MOMENT},1,[[]],\"\"]", pubkey(1));
    socket
        .send_text(Forged::hashed(1, &serialised, "[[]]", "\"\"").message())
        .await;
    match socket.receive().await {
        Reply::Ok(answer) => answer.refused_with("invalid"),
        other => panic!("{other:?}"),
    }
    nothing_stored(socket).await;
}

#[tokio::test]
async fn nip01_28_content_is_a_string() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).signed();
    for value in ["null", "0", "false", "[]", "{}", "[\"\"]"] {
        refused(
            &mut socket,
            &Forged::of(&event).with("content", value),
            &event,
        )
        .await;
    }
    socket.nothing_more().await;
    socket.accept(&event).await;
}

#[tokio::test]
async fn nip01_29_the_id_is_the_hash_even_where_the_signature_fits_the_claim() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).content("signed").tag(&["t", "x"]).signed();
    let changes = [
        ("content", "\"changed\""),
        ("created_at", "1700000001"),
        ("kind", "2"),
        ("tags", "[]"),
        ("tags", "[[\"t\",\"x\",\"\"]]"),
    ];
    for (name, value) in changes {
        refused(&mut socket, &Forged::of(&event).with(name, value), &event).await;
    }
    let other = format!("\"{}\"", pubkey(2));
    refused(
        &mut socket,
        &Forged::of(&event).with("pubkey", &other),
        &event,
    )
    .await;
    // Any 32 bytes may be signed; they are no id for that.
    let claimed = sha256::Hash::hash(b"something else").to_byte_array();
    let forged = Forged::of(&event)
        .with("id", &format!("\"{}\"", hex(&claimed)))
        .with("sig", &format!("\"{}\"", sign(1, claimed)));
    socket.send_text(forged.message()).await;
    match socket.receive().await {
        Reply::Ok(answer) if answer.id.as_bytes() == &claimed => answer.refused_with("invalid"),
        other => panic!("{other:?}"),
    }
    nothing_stored(socket).await;
}

/// The examples of NIP-13 and NIP-48, whose ids and signatures are right, and those of NIP-98 and
/// NIP-51, whose signatures are right for their ids, which are not those of their bodies.
const PUBLISHED_RIGHT: [&str; 2] = [
    r#"{"id":"000006d8c378af1779d2feebc7603a125d99eca0ccf1085959b307f64e5dd358","pubkey":"a48380f4cfcc1ad5378294fcac36439770f9c878dd880ffa94bb74ea54a6f243","created_at":1651794653,"kind":1,"tags":[["nonce","776797","20"]],"content":"It's just me mining my own business","sig":"284622fc0a3f4f1303455d5175f7ba962a3300d136085b9566801bc2e0699de0c7e31e44c81fb40ad9049173742e904713c3594a1da0fc5d2382a25c11aba977"}"#,
    r#"{"kind":1,"content":"I'm vegan btw","tags":[["proxy","https://gleasonator.com/objects/8f6fac53-4f66-4c6e-ac7d-92e5e78c3e79","activitypub"]],"pubkey":"79c2cae114ea28a981e7559b4fe7854a473521a8d22a66bbab9fa248eb820ff6","created_at":1691091365,"id":"55920b758b9c7b17854b6e3d44e6a02a83d1cb49e1227e75a30426dea94d4cb2","sig":"a72f12c08f18e85d98fb92ae89e2fe63e48b8864c5e10fbdd5335f3c9f936397a6b0a7350efe251f8168b1601d7012d4a6d0ee6eec958067cf22a14f5a5ea579"}"#,
];
const PUBLISHED_WRONG: [&str; 2] = [
    r#"{"id":"fe964e758903360f28d8424d092da8494ed207cba823110be3a57dfe4b578734","pubkey":"63fe6318dc58583cfe16810f86dd09e18bfd76aabc24a0081ce2856f330504ed","content":"","kind":27235,"created_at":1682327852,"tags":[["u","https://api.snort.social/api/v1/n5sp/list"],["method","GET"]],"sig":"5ed9d8ec958bc854f997bdc24ac337d005af372324747efe4a00e24f4c30437ff4dd8308684bed467d9d6be3e5a517bb43b1732cc7d33949a3aaf86705c22184"}"#,
    r#"{"id":"567b41fc9060c758c4216fe5f8d3df7c57daad7ae757fa4606f0c39d4dd220ef","pubkey":"d6dc95542e18b8b7aec2f14610f55c335abebec76f3db9e58c254661d0593a0c","created_at":1695327657,"kind":30004,"tags":[["d","jvdy9i4"],["name","Yaks"],["picture","https://cdn.britannica.com/40/188540-050-9AC748DE/Yak-Himalayas-Nepal.jpg"],["about","The domestic yak, also known as the Tartary ox, grunting ox, or hairy cattle, is a species of long-haired domesticated cattle found throughout the Himalayan region of the Indian subcontinent, the Tibetan Plateau, Gilgit-Baltistan, Tajikistan and as far north as Mongolia and Siberia."],["a","30023:26dc95542e18b8b7aec2f14610f55c335abebec76f3db9e58c254661d0593a0c:95ODQzw3ajNoZ8SyMDOzQ"],["a","30023:54af95542e18b8b7aec2f14610f55c335abebec76f3db9e58c254661d0593a0c:1-MYP8dAhramH9J5gJWKx"],["a","30023:f8fe95542e18b8b7aec2f14610f55c335abebec76f3db9e58c254661d0593a0c:D2Tbd38bGrFvU0bIbvSMt"],["e","d78ba0d5dce22bfff9db0a9e996c9ef27e2c91051de0c4e1da340e0326b4941e"]],"content":"","sig":"a9a4e2192eede77e6c9d24ddfab95ba3ff7c03fbd07ad011fff245abea431fb4d3787c2d04aad001cb039cb8de91d83ce30e9a94f82ac3c5a2372aa1294a96bd"}"#,
];

#[tokio::test]
async fn nip01_29_42_con_13_published_examples_are_judged_by_their_bodies() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    for json in PUBLISHED_RIGHT {
        let event = Event::parse(json).unwrap();
        socket.send_text(format!("[\"EVENT\",{json}]")).await;
        socket.expect_ok(event.id()).await.stored();
        assert_eq!(socket.query(json!({"ids": [event.id()]})).await, [event]);
    }
    for json in PUBLISHED_WRONG {
        let wrong = Event::parse(json).unwrap();
        wrong.verify_signature().unwrap();
        refused(&mut socket, &Forged::of(&wrong), &wrong).await;
    }
    socket.nothing_more().await;
}

#[tokio::test]
async fn nip01_30_the_signature_is_checked() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).signed();
    let right = event.sig().to_string();
    let (r, s) = right.split_at(64);
    let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    let field = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f";
    let zeros = "0".repeat(64);
    let mut wrong = vec![
        "0".repeat(128),
        "f".repeat(128),
        format!("{zeros}{s}"),
        format!("{r}{zeros}"),
        format!("{r}{order}"),
        format!("{field}{s}"),
        format!("{s}{r}"),
        sign(2, *event.id().as_bytes()),
        sign(1, [7; 32]),
    ];
    for bit in [0, 7, 8, 255, 256, 300, 511] {
        let mut bytes = *event.sig().as_bytes();
        bytes[bit / 8] ^= 0x80 >> (bit % 8);
        wrong.push(hex(&bytes));
    }
    for sig in wrong {
        refused(
            &mut socket,
            &Forged::of(&event).with("sig", &format!("\"{sig}\"")),
            &event,
        )
        .await;
    }
    nothing_stored(socket).await;
}

#[tokio::test]
async fn nip01_31_a_key_that_is_no_point_of_the_curve_is_refused() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let no_points = [
        "0".repeat(64),
        "f".repeat(64),
        // BIP-340, test vectors 5 and 14.
        "eefdea4cdb677750a420fee807eacf21eb9898ae79b9768766e4faa04a2d4a34".to_owned(),
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc30".to_owned(),
    ];
    for pubkey in no_points {
        let serialised = format!("[0,\"{pubkey}\",{MOMENT},1,[],\"\"]");
        let forged =
            Forged::hashed(1, &serialised, "[]", "\"\"").with("pubkey", &format!("\"{pubkey}\""));
        socket.send_text(forged.message()).await;
        match socket.receive().await {
            Reply::Ok(answer) => answer.refused_with("invalid"),
            other => panic!("{other:?}"),
        }
        // Asking for it does no harm either.
        assert_eq!(socket.query(json!({"authors": [pubkey]})).await, []);
    }
    nothing_stored(socket).await;
}

#[tokio::test]
async fn nip01_32_tags_mean_nothing_to_the_base_protocol() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1)
        .tag(&["e"])
        .tag(&["e", ""])
        .tag(&["e", "not an id", "wss://", "reply"])
        .tag(&["p", &pubkey(2).to_string().to_uppercase()])
        .tag(&["p", "npub1", "x"])
        .tag(&["a", "::"])
        .tag(&["a", "99999:abc"])
        .tag(&["", ""])
        .tag(&["t"])
        .tag(&["r", "no link"])
        .signed();
    socket.accept(&event).await;
    assert_eq!(socket.query(json!({"ids": [event.id()]})).await, [event]);
}

#[tokio::test]
async fn nip01_33_what_was_refused_is_never_seen() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let mut witness = relay.connect().await;
    let event = note(1)
        .kind(30_023)
        .tag(&["d", "x"])
        .tag(&["t", "y"])
        .signed();
    witness.req("all", json!({})).await;
    witness.req("id", json!({"ids": [event.id()]})).await;
    let other = note(2).signed();
    let forgeries = [
        Forged::of(&event).with("sig", Forged::of(&other).get("sig")),
        Forged::of(&event).with("content", "\"x\""),
        Forged::of(&event).with("kind", "20001"),
        Forged::of(&event).with("created_at", "1"),
    ];
    for forged in forgeries {
        refused(&mut socket, &forged, &event).await;
    }
    witness.nothing_delivered().await;
    let filters = [
        json!({"ids": [event.id()]}),
        json!({"authors": [pubkey(1)]}),
        json!({"kinds": [30_023, 20_001]}),
        json!({"#t": ["y"]}),
        json!({"#d": ["x"]}),
    ];
    for filter in filters {
        assert_eq!(socket.query(filter.clone()).await, []);
        assert_eq!(socket.count(filter).await, 0);
    }
    // The refusal does not stick to the id: the real one is welcome.
    socket.accept(&event).await;
}

#[tokio::test]
async fn nip01_34_a_known_event_is_a_duplicate_and_not_pushed_again() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let mut witness = relay.connect().await;
    witness.req("live", json!({})).await;
    let events = [
        note(1).signed(),
        note(1).kind(0).signed(),
        note(1).kind(30_023).tag(&["d", "x"]).signed(),
    ];
    for event in &events {
        socket.accept(event).await;
        assert_eq!(&witness.expect_event("live").await, event);
        let mut another = relay.connect().await;
        another.event(event).await.accepted_with("duplicate");
        socket.event(event).await.accepted_with("duplicate");
    }
    witness.nothing_delivered().await;
    for event in &events {
        assert_eq!(
            ids(&socket.query(json!({"ids": [event.id()]})).await),
            [event.id()]
        );
    }
    let by_author = json!({"authors": [pubkey(1)]});
    assert_eq!(socket.count(by_author).await, events.len() as u64);
}

#[tokio::test]
async fn nip01_34_a_duplicate_is_one_after_a_restart_too() {
    let mut relay = TestRelay::start().await;
    let event = note(1).signed();
    relay.connect().await.accept(&event).await;
    relay.restart().await;
    let mut socket = relay.connect().await;
    socket.event(&event).await.accepted_with("duplicate");
    assert_eq!(socket.count(json!({})).await, 1);
}

#[tokio::test]
async fn nip01_35_another_signature_changes_nothing() {
    let mut relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).signed();
    socket.accept(&event).await;
    let signed_again = sign(1, *event.id().as_bytes());
    assert_ne!(signed_again, event.sig().to_string());
    let again = Forged::of(&event).with("sig", &format!("\"{signed_again}\""));
    socket.send_text(again.message()).await;
    socket
        .expect_ok(event.id())
        .await
        .accepted_with("duplicate");
    // Whatever is said about a wrong one, it is not kept.
    let wrong = Forged::of(&event).with("sig", &format!("\"{}\"", "0".repeat(128)));
    socket.send_text(wrong.message()).await;
    socket.expect_ok(event.id()).await;
    let stored = socket.query(json!({"ids": [event.id()]})).await;
    assert_eq!(stored[0].json(), event.json());
    drop(socket);
    relay.restart().await;
    let stored = relay.connect().await.query(json!({})).await;
    assert_eq!(stored[0].json(), event.json());
}
