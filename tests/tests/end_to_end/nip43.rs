//! NIP-43, membership and roles, line by line (what clients make of it is tested elsewhere).

use kith_nips::{Event, PublicKey};
use kith_relay::Config;
use serde_json::{Value, json};

use crate::clock::in_one_second;
use crate::events::{FENCE_KEY, Note, note, now, pubkey};
use crate::harness::{Answer, Socket, TestRelay, within_deadline};
use crate::management::{ADMINISTRATOR, change, failure, managed, managed_with};

/// What only the relay says.
const RELAY_KINDS: [u16; 5] = [13_534, 8_000, 8_001, 28_935, 33_534];

/// Where only members and administrators may write.
fn members_only(config: &mut Config) {
    // Fences publish too.
    config.policy.administrators.push(pubkey(FENCE_KEY));
    config.policy.members_only = true;
}

async fn document(relay: &TestRelay) -> Value {
    let answer = relay.get("/", "Accept: application/nostr+json\r\n").await;
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}

async fn relay_key(relay: &TestRelay) -> PublicKey {
    let document = document(relay).await;
    PublicKey::from_hex(document["self"].as_str().unwrap()).unwrap()
}

/// Connected, and authenticated with these keys.
async fn connect_as(relay: &TestRelay, keys: &[u32]) -> Socket {
    let mut socket = relay.connect().await;
    for key in keys {
        socket.authenticate(*key).await.stored();
    }
    socket
}

/// Publishes until the answer is of this kind: a new configuration needs a moment to spread.
async fn publish_until(socket: &mut Socket, note: &Note, accepted: bool) -> Answer {
    let answer = within_deadline("a new configuration", async {
        loop {
            let answer = socket.event(&note.signed()).await;
            if answer.accepted == accepted {
                return answer;
            }
        }
    });
    answer.await
}

/// A request to join by the key `number`, now, as long as nobody says otherwise.
fn join(number: u32, code: &str) -> Note {
    note(number).kind(28_934).at(now()).tag(&["claim", code])
}

/// A request to leave by the key `number`.
fn leave(number: u32) -> Note {
    note(number).kind(28_936).at(now()).tag(&["-"])
}

fn tags(event: &Event) -> Vec<Vec<&str>> {
    let tags = event.tags();
    tags.iter().map(|tag| tag.iter().collect()).collect()
}

/// The code that this connection is given when it asks for one.
async fn code_for(socket: &mut Socket) -> String {
    let invites = socket.query(json!({"kinds": [28_935]})).await;
    match invites.as_slice() {
        [invite] => invite.tags().first_value("claim").unwrap().to_owned(),
        other => panic!("expected one invite, got {other:?}"),
    }
}

/// Makes these keys members.
async fn let_in(relay: &TestRelay, numbers: &[u32]) {
    let mut administrator = connect_as(relay, &[ADMINISTRATOR]).await;
    for number in numbers {
        let code = code_for(&mut administrator).await;
        let request = join(*number, &code).signed();
        administrator.event(&request).await.accepted_with("info");
    }
}

/// What the list of members says, in the order of the keys.
async fn member_tags(relay: &TestRelay) -> Vec<Vec<String>> {
    let author = relay_key(relay).await;
    let filter = json!({"kinds": [13_534], "authors": [author]});
    let lists = relay.connect().await.query(filter).await;
    assert!(lists.len() < 2, "{lists:?}");
    let tags = lists.iter().flat_map(|list| list.tags().iter());
    tags.filter(|tag| tag.name() == "member")
        .map(|tag| tag.iter().skip(1).map(str::to_owned).collect())
        .collect()
}

/// Exactly these keys are on the list.
async fn assert_members(relay: &TestRelay, numbers: &[u32]) {
    let mut expected: Vec<String> = numbers.iter().map(|n| pubkey(*n).to_string()).collect();
    expected.sort();
    let members = member_tags(relay).await;
    let found: Vec<&String> = members.iter().map(|member| &member[0]).collect();
    assert_eq!(found, expected.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn nip43_01_and_nip11_05_07_the_relay_signs_what_it_says() {
    let mut relay = managed().await;
    let document = document(&relay).await;
    assert!(
        document["supported_nips"]
            .as_array()
            .unwrap()
            .contains(&json!(43))
    );
    let author = relay_key(&relay).await;
    let_in(&relay, &[1, 2]).await;
    let mut socket = connect_as(&relay, &[1]).await;
    socket.event(&leave(1).signed()).await.stored();
    let mut administrator = connect_as(&relay, &[ADMINISTRATOR]).await;
    let said = administrator.query(json!({"kinds": RELAY_KINDS})).await;
    let mut kinds: Vec<u16> = said.iter().map(|event| event.kind().as_u16()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, [8_000, 8_000, 8_001, 13_534, 28_935]);
    for event in &said {
        assert_eq!(event.pubkey(), author, "{event:?}");
        assert!(event.is_protected(), "{event:?}");
    }
    // The key stays when the relay starts again.
    drop((socket, administrator));
    relay.restart().await;
    assert_eq!(relay_key(&relay).await, author);
}

#[tokio::test]
async fn nip43_01_and_nip11_08_without_membership_nothing_is_promised() {
    let relay = managed().await;
    let_in(&relay, &[1]).await;
    let mut socket = connect_as(&relay, &[1, 9, ADMINISTRATOR]).await;
    let code = code_for(&mut socket).await;
    let administrators = pubkey(ADMINISTRATOR).to_string();
    let switched = |on| {
        relay.reload(&[
            ("KITH_RELAY_POLICY_ADMINISTRATORS", administrators.as_str()),
            ("KITH_RELAY_FEATURES_MEMBERSHIP", on),
        ]);
    };
    switched("false");
    let off = document(&relay).await;
    assert!(
        !off["supported_nips"]
            .as_array()
            .unwrap()
            .contains(&json!(43))
    );
    assert!(off.get("self").is_none());
    let refusal = publish_until(&mut socket, &leave(9), false).await;
    refusal.refused_with("blocked");
    for request in [join(2, &code), leave(1)] {
        let request = request.signed();
        socket.event(&request).await.refused_with("blocked");
    }
    assert_eq!(socket.query(json!({"kinds": [28_935]})).await, []);
    // Who was a member still is.
    switched("true");
    assert_members(&relay, &[1]).await;
    socket
        .event(&join(2, &code).signed())
        .await
        .accepted_with("info");
    assert_members(&relay, &[1, 2]).await;
}

#[tokio::test]
async fn nip43_02_a_code_makes_its_bearer_a_member() {
    let mut relay = managed().await;
    let mut administrator = connect_as(&relay, &[ADMINISTRATOR]).await;
    let codes = [
        code_for(&mut administrator).await,
        code_for(&mut administrator).await,
        code_for(&mut administrator).await,
    ];
    // Nobody need be authenticated to join.
    let mut newcomer = relay.connect().await;
    let mut watcher = relay.connect().await;
    watcher.req("live", json!({"kinds": [28_934]})).await;
    let request = join(1, &codes[0]).signed();
    newcomer.event(&request).await.accepted_with("info");
    assert_members(&relay, &[1]).await;
    // A request is for the relay alone.
    watcher.nothing_delivered().await;
    assert_eq!(watcher.count(json!({"kinds": [28_934]})).await, 0);
    // A member may invite.
    newcomer.authenticate(1).await.stored();
    let own = code_for(&mut newcomer).await;
    let request = join(2, &own).signed();
    newcomer.event(&request).await.accepted_with("info");
    // With the tag of its example, it is taken from its author.
    let protected = join(3, &codes[1]).tag(&["-"]).signed();
    newcomer.authenticate(3).await.stored();
    newcomer.event(&protected).await.accepted_with("info");
    assert_members(&relay, &[1, 2, 3]).await;

    // Members and codes are there after a restart, and the list says so.
    drop((administrator, newcomer, watcher));
    relay.restart().await;
    assert_members(&relay, &[1, 2, 3]).await;
    let mut newcomer = relay.connect().await;
    let request = join(4, &codes[2]).signed();
    newcomer.event(&request).await.accepted_with("info");
    assert_members(&relay, &[1, 2, 3, 4]).await;
}

#[tokio::test]
async fn nip43_03_a_code_that_is_no_good_lets_nobody_in() {
    let relay = managed().await;
    let mut socket = connect_as(&relay, &[ADMINISTRATOR]).await;
    let code = code_for(&mut socket).await;
    for request in [
        join(1, ""),
        join(1, "f00d"),
        join(1, &code[1..]),
        join(1, &format!("{code}0")),
        join(1, &pubkey(1).to_string()),
        note(1).kind(28_934).at(now()),
        note(1).kind(28_934).at(now()).tag(&["claim"]),
        note(1).kind(28_934).at(now()).tag(&["code", &code]),
        note(1).kind(28_934).at(now()).content(&code),
    ] {
        let request = request.signed();
        socket.event(&request).await.refused_with("restricted");
    }
    assert_members(&relay, &[]).await;
    socket
        .event(&join(1, &code).signed())
        .await
        .accepted_with("info");
    let used = join(2, &code).signed();
    socket.event(&used).await.refused_with("restricted");
    assert_members(&relay, &[1]).await;
}

#[tokio::test]
async fn nip43_03_a_code_expires() {
    let relay = managed_with(|config| config.policy.invite_seconds = 1).await;
    let mut socket = connect_as(&relay, &[ADMINISTRATOR]).await;
    let code = code_for(&mut socket).await;
    let expired = now() + 1;
    while now() < expired {
        socket.nothing_more().await;
    }
    let request = join(1, &code).signed();
    socket.event(&request).await.refused_with("restricted");
    assert_members(&relay, &[]).await;
}

#[tokio::test]
async fn nip43_03_of_many_who_race_for_a_code_one_wins() {
    let relay = managed().await;
    let mut socket = connect_as(&relay, &[ADMINISTRATOR]).await;
    let code = code_for(&mut socket).await;
    let requests: Vec<Event> = (1..=20).map(|key| join(key, &code).signed()).collect();
    let texts = requests
        .iter()
        .map(|request| format!(r#"["EVENT",{}]"#, request.json()));
    socket.send_all(texts).await;
    let mut joined = 0;
    for request in &requests {
        let answer = socket.answer_to(request.id()).await;
        match answer.accepted {
            true => joined += 1,
            false => answer.refused_with("restricted"),
        }
    }
    assert_eq!(joined, 1);
    assert_eq!(member_tags(&relay).await.len(), 1);
}

#[tokio::test]
async fn nip43_04_who_is_a_member_stays_one() {
    let relay = managed().await;
    let_in(&relay, &[1]).await;
    let mut socket = connect_as(&relay, &[1]).await;
    let code = code_for(&mut socket).await;
    for claim in [code.as_str(), "f00d", ""] {
        let request = join(1, claim).signed();
        socket.event(&request).await.accepted_with("duplicate");
    }
    // Nothing was used up, and nothing said again.
    assert_eq!(socket.count(json!({"kinds": [8_000]})).await, 1);
    socket
        .event(&join(2, &code).signed())
        .await
        .accepted_with("info");
}

#[tokio::test]
async fn nip43_05_a_request_is_of_now() {
    let relay = managed().await;
    let mut socket = connect_as(&relay, &[ADMINISTRATOR, 1]).await;
    let code = code_for(&mut socket).await;
    for ahead in [true, false] {
        let answers = in_one_second(async |now| {
            let at = |distance| match ahead {
                true => now + distance,
                false => now - distance,
            };
            let beyond = join(1, &code).at(at(301)).signed();
            let beyond = socket.event(&beyond).await;
            let left = leave(1).at(at(301)).signed();
            let left = socket.event(&left).await;
            // Without a code, so that it can be tried again in another second.
            let last = socket.event(&join(1, "f00d").at(at(300)).signed()).await;
            let left_last = socket.event(&leave(1).at(at(300)).signed()).await;
            (beyond, left, last, left_last)
        });
        let (beyond, left, last, left_last) = answers.await;
        beyond.refused_with("invalid");
        left.refused_with("invalid");
        last.refused_with("restricted");
        left_last.stored();
    }
    assert_members(&relay, &[]).await;
    let earlier = join(1, &code).at(now() - 240).signed();
    socket.event(&earlier).await.accepted_with("info");
}

#[tokio::test]
async fn nip43_06_a_protected_request_comes_from_its_author() {
    let relay = managed().await;
    let_in(&relay, &[1]).await;
    let mut administrator = connect_as(&relay, &[ADMINISTRATOR]).await;
    let code = code_for(&mut administrator).await;
    let requests = [leave(1).signed(), join(2, &code).tag(&["-"]).signed()];
    let mut socket = relay.connect().await;
    for request in &requests {
        socket.event(request).await.refused_with("auth-required");
    }
    socket.authenticate(3).await.stored();
    for request in &requests {
        socket.event(request).await.refused_with("restricted");
    }
    // Only the author can send what says that it leaves.
    let open = note(1).kind(28_936).at(now()).signed();
    socket.event(&open).await.refused_with("invalid");
    assert_members(&relay, &[1]).await;
    // One connection, several people.
    socket.authenticate(1).await.stored();
    socket.authenticate(2).await.stored();
    socket.event(&open).await.refused_with("invalid");
    socket.event(&requests[0]).await.stored();
    socket.event(&requests[1]).await.accepted_with("info");
    assert_members(&relay, &[2]).await;
}

#[tokio::test]
async fn nip43_07_who_leaves_is_no_member() {
    let mut relay = managed_with(members_only).await;
    let_in(&relay, &[1, 2]).await;
    let mut socket = connect_as(&relay, &[1]).await;
    let given_out = code_for(&mut socket).await;
    socket.accept(&note(1).signed()).await;
    let mut watcher = relay.connect().await;
    watcher.req("live", json!({"kinds": [28_936]})).await;
    socket.event(&leave(1).signed()).await.stored();
    assert_members(&relay, &[2]).await;
    let written = note(1).content("more").signed();
    socket.event(&written).await.refused_with("restricted");
    assert_eq!(socket.query(json!({"kinds": [28_935]})).await, []);
    // What a member gave out is good as long as it is one.
    let invited = join(3, &given_out).signed();
    socket.event(&invited).await.refused_with("restricted");
    watcher.nothing_delivered().await;

    // Whoever is no member can leave as often as it likes.
    let news = json!({"kinds": [8_001, 13_534]});
    let before = watcher.query(news.clone()).await;
    for at in [now(), now() - 1] {
        socket.event(&leave(1).at(at).signed()).await.stored();
    }
    assert_eq!(watcher.query(news).await, before);
    drop((socket, watcher));
    relay.restart().await;
    assert_members(&relay, &[2]).await;
}

#[tokio::test]
async fn nip43_08_the_list_changes_and_everybody_hears_of_it() {
    let relay = managed().await;
    let mut watcher = relay.connect().await;
    watcher
        .req("live", json!({"kinds": [13_534, 8_000, 8_001]}))
        .await;
    let author = relay_key(&relay).await;
    let mut socket = connect_as(&relay, &[ADMINISTRATOR, 1]).await;
    let member = pubkey(1).to_string();
    // All of it within a second or two, so that times alone would not order it.
    let mut last = 0;
    for _ in 0..3 {
        let code = code_for(&mut socket).await;
        let request = join(1, &code).signed();
        socket.event(&request).await.accepted_with("info");
        let list = watcher.expect_event("live").await;
        assert_eq!(tags(&list), [vec!["-"], vec!["member", &member]]);
        let added = watcher.expect_event("live").await;
        assert_eq!(added.kind().as_u16(), 8_000);
        assert_eq!(tags(&added), [vec!["-"], vec!["p", &member]]);

        socket.event(&leave(1).signed()).await.stored();
        let empty = watcher.expect_event("live").await;
        assert_eq!(tags(&empty), [["-"]]);
        let removed = watcher.expect_event("live").await;
        assert_eq!(removed.kind().as_u16(), 8_001);
        assert_eq!(tags(&removed), [vec!["-"], vec!["p", &member]]);

        assert!(last < list.created_at() && list.created_at() < empty.created_at());
        last = empty.created_at();
        let lists = json!({"kinds": [13_534], "authors": [author]});
        assert_eq!(watcher.query(lists).await, [empty]);
    }
    watcher.nothing_delivered().await;
    // Who was there when is told in full.
    assert_eq!(watcher.count(json!({"kinds": [8_000]})).await, 3);
    assert_eq!(watcher.count(json!({"kinds": [8_001]})).await, 3);
}

#[tokio::test]
async fn nip43_09_a_member_is_given_a_fresh_code_for_each_request() {
    let relay = managed().await;
    let author = relay_key(&relay).await;
    let_in(&relay, &[1]).await;
    let mut member = connect_as(&relay, &[5, 1]).await;
    let mut codes = Vec::new();
    for filter in [
        json!({"kinds": [28_935]}),
        json!({"kinds": [28_935, 1], "limit": 1}),
        json!([{"kinds": [7]}, {"kinds": [28_935], "authors": [author], "since": now()}]),
        json!([{"kinds": [28_935]}, {"kinds": [28_935]}]),
    ] {
        let invites = member.query(filter).await;
        assert_eq!(invites.len(), 1, "{invites:?}");
        let invite = &invites[0];
        assert_eq!(invite.kind().as_u16(), 28_935);
        assert_eq!(invite.pubkey(), author);
        assert!(invite.created_at().abs_diff(now()) < 60);
        let code = invite.tags().first_value("claim").unwrap().to_owned();
        assert_eq!(tags(invite), [vec!["-"], vec!["claim", &code]]);
        // In hexadecimal, 16 bytes are 32 characters.
        assert!(code.len() >= 32 && !codes.contains(&code), "{code}");
        codes.push(code);
    }
    // What was not asked for does not come.
    for filter in [
        json!({}),
        json!({"kinds": [28_934, 28_936]}),
        json!({"authors": [author], "kinds": [1]}),
        json!({"kinds": [28_935], "authors": [pubkey(1)]}),
        json!({"kinds": [28_935], "ids": ["f".repeat(64)]}),
        json!({"kinds": [28_935], "until": 5}),
        json!({"kinds": [28_935], "#t": ["x"]}),
        json!({"kinds": [28_935], "limit": 0}),
    ] {
        let found = member.query(filter.clone()).await;
        let is_invite = |event: &Event| event.kind().as_u16() == 28_935;
        assert!(!found.iter().any(is_invite), "{filter}");
    }
    // It is for whoever asked, and kept nowhere.
    let mut watcher = connect_as(&relay, &[1]).await;
    watcher.req("live", json!({"kinds": [28_935]})).await;
    code_for(&mut member).await;
    watcher.nothing_delivered().await;
    assert_eq!(watcher.count(json!({"kinds": [28_935]})).await, 0);
}

#[tokio::test]
async fn nip43_09_others_are_given_no_code() {
    let relay = managed().await;
    let_in(&relay, &[1]).await;
    let filter = json!({"kinds": [28_935]});
    let mut stranger = relay.connect().await;
    // It might be a member.
    stranger.send_req("invite", filter.clone()).await;
    stranger.expect_closed("invite", "auth-required").await;
    let among_others = json!({"kinds": [28_935, 1]});
    assert_eq!(stranger.query(among_others).await, []);
    stranger.authenticate(2).await.stored();
    assert_eq!(stranger.query(filter.clone()).await, []);
    stranger.authenticate(1).await.stored();
    assert_eq!(stranger.query(filter).await.len(), 1);
}

#[tokio::test]
async fn nip43_09_open_codes_are_bounded() {
    let relay = managed_with(|config| config.policy.invites_per_member_max = 3).await;
    let mut socket = connect_as(&relay, &[ADMINISTRATOR]).await;
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(code_for(&mut socket).await);
    }
    let filter = json!({"kinds": [28_935]});
    socket.send_req("invite", filter).await;
    socket.expect_closed("invite", "rate-limited").await;
    // What else was asked for is answered.
    let others = json!({"kinds": [28_935, 13_534]});
    assert_eq!(socket.query(others).await, []);
    // Each one that is used makes room for another.
    let request = join(1, &codes[1]).signed();
    socket.event(&request).await.accepted_with("info");
    code_for(&mut socket).await;
}

/// The tags of each role, in the order of their ids.
async fn role_tags(relay: &TestRelay) -> Vec<Vec<Vec<String>>> {
    let filter = json!({"kinds": [33_534], "authors": [relay_key(relay).await]});
    let mut roles = relay.connect().await.query(filter).await;
    roles.sort_by(|a, b| a.identifier().cmp(b.identifier()));
    let owned = |tag: Vec<&str>| tag.into_iter().map(str::to_owned).collect();
    let roles = roles.iter().map(|role| tags(role).into_iter().map(owned));
    roles.map(Iterator::collect).collect()
}

#[tokio::test]
async fn nip43_10_and_nip86_10_17_roles_are_published_as_they_are() {
    let mut relay = managed().await;
    let mut watcher = relay.connect().await;
    watcher.req("live", json!({"kinds": [33_534]})).await;
    let king = json!(["28b7e50f", "king", "ruler of the relay", 37, 1]);
    for _ in 0..2 {
        change(&relay, "createrole", king.clone()).await;
        change(&relay, "createrole", json!(["cook", "", "", 0, 0])).await;
    }
    let role = watcher.expect_event("live").await;
    assert_eq!(role.pubkey(), relay_key(&relay).await);
    assert_eq!(
        tags(&role),
        [
            vec!["-"],
            vec!["d", "28b7e50f"],
            vec!["label", "king"],
            vec!["description", "ruler of the relay"],
            vec!["color", "37"],
            vec!["order", "1"],
        ]
    );
    assert_eq!(watcher.expect_event("live").await.identifier(), "cook");
    watcher.nothing_delivered().await;

    // Whoever is given a role is a member, and stays one.
    for (number, role) in [(1, "28b7e50f"), (1, "cook"), (2, "cook"), (1, "cook")] {
        change(&relay, "assignrole", json!([pubkey(number), role])).await;
    }
    let (ada, ben) = (pubkey(1).to_string(), pubkey(2).to_string());
    let with_roles = |roles: [&[&str]; 2]| {
        let [of_ada, of_ben] = roles;
        let tag = |key: &str, roles: &[&str]| {
            let roles = roles.iter().map(|role| (*role).to_owned());
            [key.to_owned()].into_iter().chain(roles).collect()
        };
        let mut tags: Vec<Vec<String>> = vec![tag(&ada, of_ada), tag(&ben, of_ben)];
        tags.sort();
        tags
    };
    let both = with_roles([&["28b7e50f", "cook"], &["cook"]]);
    assert_eq!(member_tags(&relay).await, both);
    drop(watcher);
    relay.restart().await;
    assert_eq!(member_tags(&relay).await, both);
    assert_eq!(role_tags(&relay).await.len(), 2);

    for _ in 0..2 {
        change(&relay, "unassignrole", json!([pubkey(2), "cook"])).await;
        let edited = json!(["28b7e50f", "queen", "", 360, -1]);
        change(&relay, "editrole", edited).await;
    }
    let fewer = with_roles([&["28b7e50f", "cook"], &[]]);
    assert_eq!(member_tags(&relay).await, fewer);
    let roles = role_tags(&relay).await;
    assert_eq!(roles.len(), 2);
    assert_eq!(roles[0][2], ["label", "queen"]);
    for _ in 0..2 {
        change(&relay, "deleterole", json!(["28b7e50f"])).await;
    }
    assert_eq!(member_tags(&relay).await, with_roles([&["cook"], &[]]));
    let roles = role_tags(&relay).await;
    assert_eq!(roles.len(), 1);
    assert_eq!(roles[0][1], ["d", "cook"]);
    // Within the same second it can come again.
    change(&relay, "createrole", king).await;
    assert_eq!(role_tags(&relay).await.len(), 2);

    failure(&relay, "assignrole", json!([pubkey(1), "nobody"])).await;
    failure(&relay, "editrole", json!(["nobody", "", "", 0, 0])).await;
    assert_members(&relay, &[1, 2]).await;
}

#[tokio::test]
async fn nip43_07_08_and_nip86_08_whoever_is_banned_is_no_member() {
    let relay = managed().await;
    let_in(&relay, &[1, 2, 3]).await;
    change(&relay, "banpubkey", json!([pubkey(1), "rude"])).await;
    assert_members(&relay, &[2, 3]).await;
    change(&relay, "unbanpubkey", json!([pubkey(1)])).await;
    assert_members(&relay, &[2, 3]).await;
    // Nor is whoever has vanished (NIP-62).
    let url = relay.url();
    let vanish = note(2).kind(62).at(now()).tag(&["relay", &url]).signed();
    relay.connect().await.accept(&vanish).await;
    assert_members(&relay, &[3]).await;
}

#[tokio::test]
async fn nip43_11_what_others_say_about_members_means_nothing() {
    let relay = managed_with(members_only).await;
    let_in(&relay, &[1]).await;
    let mut socket = connect_as(&relay, &[1]).await;
    let stranger = pubkey(2).to_string();
    let said = |kind| {
        note(1)
            .kind(kind)
            .tag(&["-"])
            .tag(&["d", "host"])
            .tag(&["p", &stranger])
            .tag(&["member", &stranger])
            .tag(&["claim", "f00d"])
    };
    for kind in RELAY_KINDS {
        // Like any other event.
        socket.accept(&said(kind).signed()).await;
        let mut other = connect_as(&relay, &[3]).await;
        let event = said(kind).content("again").signed();
        other.event(&event).await.refused_with("restricted");
        let mut nobody = relay.connect().await;
        nobody.event(&event).await.refused_with("auth-required");
    }
    assert_members(&relay, &[1]).await;
    let mut other = connect_as(&relay, &[2]).await;
    other
        .event(&note(2).signed())
        .await
        .refused_with("restricted");
    let request = join(2, "f00d").signed();
    other.event(&request).await.refused_with("restricted");
    assert_eq!(other.query(json!({"kinds": [28_935]})).await, []);
}

#[tokio::test]
async fn nip43_11_nobody_speaks_in_the_relays_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    std::fs::write(&file, format!("{:064x}\n", 7)).unwrap();
    let relay = managed_with(|config| {
        config.data.key_file = Some(file.to_str().unwrap().to_owned());
    })
    .await;
    assert_eq!(relay_key(&relay).await, pubkey(7));
    let_in(&relay, &[1]).await;
    let mut socket = connect_as(&relay, &[7]).await;
    for kind in RELAY_KINDS {
        let event = note(7).kind(kind).at(now() + 60).tag(&["-"]).signed();
        socket.event(&event).await.refused_with("blocked");
    }
    socket.accept(&note(7).signed()).await;
    assert_members(&relay, &[1]).await;
}

#[tokio::test]
async fn nip43_14_and_nip42_10_members_only_may_write() {
    let relay = managed_with(members_only).await;
    let_in(&relay, &[1]).await;
    let mut socket = connect_as(&relay, &[2]).await;
    // Who writes counts, not who sends.
    for kind in [0, 1, 3, 5, 1_037, 10_003, 20_001, 30_023, 31_923] {
        let by_member = note(1).kind(kind).tag(&["d", "x"]).signed();
        socket.accept(&by_member).await;
        let by_other = note(2).kind(kind).tag(&["d", "x"]).signed();
        socket.event(&by_other).await.refused_with("restricted");
    }
    socket.accept(&note(ADMINISTRATOR).signed()).await;
    assert_eq!(socket.count(json!({"authors": [pubkey(2)]})).await, 0);

    // Everybody may read, vanish, join, leave, and say where to be found.
    let mut nobody = relay.connect().await;
    assert!(!nobody.query(json!({"kinds": [1]})).await.is_empty());
    let code = code_for(&mut connect_as(&relay, &[1]).await).await;
    nobody
        .event(&join(3, &code).signed())
        .await
        .accepted_with("info");
    socket.event(&leave(2).signed()).await.stored();
    let url = relay.url();
    let vanish = note(4).kind(62).tag(&["relay", &url]).signed();
    nobody.accept(&vanish).await;
}

#[tokio::test]
async fn nip43_14_and_nip11_15_the_rule_follows_the_configuration() {
    let relay = managed().await;
    let restricted = async || document(&relay).await["limitation"]["restricted_writes"].clone();
    let mut socket = relay.connect().await;
    socket.accept(&note(2).signed()).await;
    assert_eq!(restricted().await, false);
    relay.reload(&[("KITH_RELAY_POLICY_MEMBERS_ONLY", "true")]);
    assert_eq!(restricted().await, true);
    let more = note(2).content("more");
    let refusal = publish_until(&mut socket, &more, false).await;
    refusal.refused_with("restricted");
    relay.reload(&[]);
    assert_eq!(restricted().await, false);
    publish_until(&mut socket, &more, true).await;
}

#[tokio::test]
async fn nip17_10_and_nip65_01_strangers_say_where_they_are_found() {
    let relay = managed_with(members_only).await;
    let mut socket = relay.connect().await;
    for (kind, tag) in [(10_002, "r"), (10_050, "relay")] {
        let list = |at| {
            note(2)
                .kind(kind)
                .at(at)
                .tag(&[tag, "wss://relay.example.com"])
                .signed()
        };
        let (older, newer) = (list(1_700_000_000), list(1_700_000_001));
        socket.accept(&older).await;
        socket.accept(&newer).await;
        socket.event(&older).await.refused_with("duplicate");
        let filter = json!({"kinds": [kind], "authors": [pubkey(2)]});
        assert_eq!(socket.query(filter).await, [newer]);
    }
}

#[tokio::test]
async fn nip46_01_signers_and_their_clients_need_not_be_members() {
    let relay = managed_with(members_only).await;
    let mut signer = relay.connect().await;
    let name = pubkey(5).to_string();
    let filter = json!({"kinds": [24_133], "#p": [name]});
    assert_eq!(signer.req("requests", filter.clone()).await, []);
    let mut client = relay.connect().await;
    let request = note(6).kind(24_133).at(now()).tag(&["p", &name]).signed();
    client.accept(&request).await;
    assert_eq!(signer.expect_event("requests").await, request);
    // Ephemeral.
    assert_eq!(client.query(filter).await, []);
}

#[tokio::test]
async fn nip43_14_and_nip59_a_gift_wrap_comes_from_a_member() {
    let relay = managed_with(members_only).await;
    let_in(&relay, &[1]).await;
    // Its author is made up for it.
    let wrap = |number: u32| {
        let receiver = pubkey(1).to_string();
        note(number).kind(1_059).tag(&["p", &receiver]).signed()
    };
    let mut socket = relay.connect().await;
    socket.event(&wrap(50)).await.refused_with("auth-required");
    socket.authenticate(2).await.stored();
    socket.event(&wrap(50)).await.refused_with("restricted");
    socket.authenticate(1).await.stored();
    socket.accept(&wrap(50)).await;
    // Everything else is by its author.
    let note = note(50).signed();
    socket.event(&note).await.refused_with("restricted");
}
