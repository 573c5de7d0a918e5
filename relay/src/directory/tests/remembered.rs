//! What is remembered is what the store says.

use kith_nips::EventId;

use super::*;
use crate::store::FacetsOf;

/// What `directory` says of a community, which must be what one says that remembers nothing: asked twice,
/// by several readers, at two moments.
async fn agreed(
    world: &World,
    directory: &Directory,
    id: EventId,
    step: &str,
) -> Option<CommunityView> {
    let view = async |directory: &Directory, visible: Visible, now: u64| {
        let reading = directory.reading(visible, now);
        let record = reading.record_of(id).await.unwrap()?;
        Some(reading.community(record).await.unwrap())
    };
    let all: Visible = Arc::new(|_| true);
    let bob = event_at(BOB, 1, &[], "", 1).pubkey();
    let not_bob: Visible = Arc::new(move |event: &Event| event.pubkey() != bob);
    let without_descriptions: Visible = Arc::new(|event: &Event| event.kind().as_u16() != 30_037);
    for visible in [&all, &not_bob, &without_descriptions] {
        for now in [NOW + 100, NOW, NOW + 100] {
            let fresh = Directory::new(world.store.clone());
            let expected = view(&fresh, visible.clone(), now).await;
            for _ in 0..2 {
                let got = view(directory, visible.clone(), now).await;
                assert_eq!(got, expected, "{step}");
            }
        }
    }
    view(directory, all, NOW).await
}

#[tokio::test]
async fn what_is_remembered_as_coming_is_never_out_of_date() {
    let mine = community(ALICE);
    let id = mine.id();
    let hex = id.to_string();
    let version = |author: &str, slug: &str, more: &[&[&str]], at: u64| {
        let tags = [&["d", slug][..], &["title", slug]];
        let tags: Vec<&[&str]> = tags.into_iter().chain(more.iter().copied()).collect();
        event_at(author, 31_923, &tags, "", NOW - 900 + at)
    };
    let named: &[&str] = &["e", &hex];
    let later = (NOW + 5_000).to_string();
    let soon = (NOW + 50).to_string();
    let coming: &[&str] = &["start", &later];
    let ended: &[&str] = &["start", &soon];
    let first = version(BOB, "first", &[named, coming], 1);
    let withdrawn = {
        let a = address(&first).to_string();
        let tags: &[&[&str]] = &[&["a", &a]];
        event_at(BOB, 5, tags, "", NOW - 100)
    };
    let muting = {
        let carol = event_at(CAROL, 1, &[], "", 1).pubkey().to_string();
        let tags: &[&[&str]] = &[&["d", &format!("{hex}:blocked")], &["p", &carol]];
        event_at(ALICE, 30_000, tags, "", NOW - 100)
    };
    let whole_day = {
        let tags: &[&[&str]] = &[
            named,
            &["d", "day"],
            &["title", "Day"],
            &["start", "2099-05-01"],
        ];
        event_at(BOB, 31_922, tags, "", NOW - 100)
    };
    let steps = [
        (first, 1),
        (version(BOB, "second", &[named, named, coming], 2), 2),
        // Over before the second moment at which it is asked.
        (version(CAROL, "short", &[named, ended], 3), 3),
        (version(CAROL, "elsewhere", &[coming], 4), 3),
        // Now it names the community; then it does not any more.
        (version(CAROL, "elsewhere", &[named, coming], 5), 4),
        (version(CAROL, "elsewhere", &[coming], 6), 3),
        (
            version(BOB, "second", &[named, coming, &["status", "cancelled"]], 7),
            2,
        ),
        (version(BOB, "second", &[named, coming], 8), 3),
        (
            version(BOB, "expiring", &[named, coming, &["expiration", &soon]], 9),
            4,
        ),
        (whole_day, 5),
        (withdrawn, 4),
        (version(ALICE, "own", &[named, coming], 10), 5),
        (muting, 4),
    ];
    let world = World::holding(std::slice::from_ref(&mine)).await;
    let directory = Directory::new(world.store.clone());
    let agree = async |step: &str| {
        let view = agreed(&world, &directory, id, step).await;
        view.unwrap().counts.upcoming_meetups
    };
    assert_eq!(agree("nothing yet").await, 0);
    for (event, expected) in steps {
        world.store.save(event.clone()).await.unwrap();
        assert_eq!(agree(event.json()).await, expected, "{}", event.json());
    }
    // Administrators take off what is not theirs.
    let own = version(ALICE, "own", &[named, coming], 10);
    assert!(world.store.remove(own.id()).await.unwrap());
    assert_eq!(agree("removed").await, 3);
}

#[tokio::test]
async fn what_is_remembered_is_never_out_of_date() {
    let mine = community(ALICE);
    let id = mine.id();
    let hex = id.to_string();
    let key = |secret: &str| event_at(secret, 1, &[], "", 1).pubkey().to_string();
    let (bob, carol) = (key(BOB), key(CAROL));
    let described = |title: &str, at: u64| {
        let tags: &[&[&str]] = &[&["d", &hex], &["e", &hex], &["title", title]];
        event_at(ALICE, 30_037, tags, "", NOW - 900 + at)
    };
    let old_form = |title: &str, at: u64| {
        let tags: &[&[&str]] = &[&["d", "about"], &["e", &hex], &["title", title]];
        event_at(ALICE, 30_037, tags, "", NOW - 900 + at)
    };
    let members = |at: u64| {
        let tags: &[&[&str]] = &[&["d", &hex], &["p", &bob], &["p", &carol]];
        event_at(ALICE, 30_000, tags, "", NOW - 900 + at)
    };
    let follows = |author: &str, named: &[&str], at: u64| {
        let tags: Vec<Vec<&str>> = named.iter().map(|id| vec!["e", *id]).collect();
        let tags: Vec<&[&str]> = tags.iter().map(Vec::as_slice).collect();
        event_at(author, 10_037, &tags, "", NOW - 900 + at)
    };
    let expiring = {
        let until = (NOW + 50).to_string();
        let tags: &[&[&str]] = &[
            &["d", &hex],
            &["e", &hex],
            &["title", "For now"],
            &["expiration", &until],
        ];
        event_at(ALICE, 30_037, tags, "", NOW - 600)
    };
    let edited = described("Chess club", 20);
    let deletion = {
        let a = address(&edited).to_string();
        let tags: &[&[&str]] = &[&["a", &a]];
        event_at(ALICE, 5, tags, "", NOW - 850)
    };
    let steps = [
        described("Chess", 10),
        members(11),
        follows(BOB, &[&hex], 12),
        follows(CAROL, &[&hex], 13),
        edited,
        follows(BOB, &[], 21),
        old_form("Older", 22),
        deletion,
        follows(BOB, &[&hex], 60),
        expiring,
    ];
    let world = World::holding(std::slice::from_ref(&mine)).await;
    let directory = Directory::new(world.store.clone());
    let agree = async |step: &str| agreed(&world, &directory, id, step).await;
    agree("nothing yet").await;
    let mut seen = Vec::new();
    for event in steps {
        world.store.save(event.clone()).await.unwrap();
        let view = agree(event.json()).await.unwrap();
        seen.push((
            view.record.title(),
            view.counts.members,
            view.counts.followers,
        ));
    }
    let seen: Vec<(&str, u64, u64)> = seen
        .iter()
        .map(|(title, members, followers)| (title.as_str(), *members, *followers))
        .collect();
    let expected = [
        ("Chess", 1, 0),
        ("Chess", 1, 0),
        ("Chess", 2, 1),
        ("Chess", 3, 2),
        ("Chess club", 3, 2),
        ("Chess club", 2, 1),
    ];
    assert_eq!(seen[..6], expected);
    assert_eq!(seen.last(), Some(&("For now", 3, 2)));
    // Administrators take off what is not theirs.
    let list = members(11);
    assert!(world.store.remove(list.id()).await.unwrap());
    let view = agree("removed").await.unwrap();
    assert_eq!((view.counts.members, view.counts.followers), (1, 2));
    assert!(world.store.remove(id).await.unwrap());
    assert!(agree("the community itself").await.is_none());
}

#[tokio::test]
async fn how_much_there_is_of_what_is_never_out_of_date() {
    let mine = community(ALICE);
    let hex = mine.id().to_string();
    let about = |author: &str, slug: &str, topic: &str, more: &[&str], at: u64| {
        let later = (NOW + 5_000).to_string();
        let tags: &[&[&str]] = &[
            &["d", slug],
            &["e", &hex],
            &["t", topic],
            &["g", "DE:Berlin"],
            &["start", &later],
            more,
        ];
        event_at(author, 31_923, tags, "", NOW - 900 + at)
    };
    let on = &["title", "Round"][..];
    let first = about(BOB, "first", "chess", on, 1);
    let address_of_first = address(&first).to_string();
    let deletion = event_at(BOB, 5, &[&["a", &address_of_first]], "", NOW - 800);
    let everywhere: &[&[&str]] = &[&["relay", "ALL_RELAYS"]];
    let vanishing = event_at(CAROL, 62, everywhere, "", NOW - 700);
    let described: &[&[&str]] = &[
        &["d", &hex],
        &["e", &hex],
        &["t", "chess"],
        &["g", "DE:Berlin"],
    ];
    let steps = [
        (first, 1),
        (about(CAROL, "second", "chess", on, 2), 2),
        (event_at(BOB, 1, &[&["t", "chess"]], "no meetup", NOW), 2),
        (event_at(ALICE, 30_037, described, "", NOW - 850), 3),
        (about(CAROL, "second", "go", on, 3), 2),
        (
            about(CAROL, "third", "chess", &["status", "cancelled"], 4),
            2,
        ),
        (about(CAROL, "third", "chess", on, 5), 3),
        (deletion, 2),
        (vanishing, 1),
        (about(ALICE, "own", "chess", on, 6), 2),
    ];
    let world = World::holding(std::slice::from_ref(&mine)).await;
    let directory = Directory::new(world.store.clone());
    let of_chess = async |step: &str| {
        let all: Visible = Arc::new(|_| true);
        let topics = async |directory: &Directory, of: FacetsOf| {
            let reading = directory.reading(all.clone(), NOW);
            reading.facets(of, 5).await.unwrap()
        };
        let berlin = || FacetsOf::TopicsIn("DE:Berlin".to_owned());
        for of in [
            FacetsOf::Cities,
            FacetsOf::Everything,
            berlin(),
            FacetsOf::Topics,
        ] {
            let expected = topics(&Directory::new(world.store.clone()), of.clone()).await;
            for _ in 0..2 {
                assert_eq!(topics(&directory, of.clone()).await, expected, "{step}");
            }
        }
        let found = topics(&directory, FacetsOf::Topics).await;
        let chess = found.iter().find(|facet| facet.name == "chess");
        chess.map_or(0, |facet| facet.communities + facet.meetups)
    };
    assert_eq!(of_chess("nothing yet").await, 0);
    for (event, expected) in steps {
        world.store.save(event.clone()).await.unwrap();
        assert_eq!(of_chess(event.json()).await, expected, "{}", event.json());
    }
    let own = about(ALICE, "own", "chess", on, 6);
    assert!(world.store.remove(own.id()).await.unwrap());
    assert_eq!(of_chess("removed").await, 1);
}
