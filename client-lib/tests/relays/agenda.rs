//! What is coming up for somebody: their communities, their answers, and nothing else, on relays
//! that are asked in words and on those that are not.

use kith_client::lbc::{FollowList, Location, Note, Rsvp};
use kith_client::{AgendaError, Answer, Draft, Event, Keys, Kind, Kith, Search};

use crate::discovery::{community, meetup, near, point, signed, span, visitor};
use crate::map_relay::MapRelay;
use crate::support::{EVENING, TIMEOUT};

const FOUNDED: u64 = 1_700_000_000;

const HOUR: u64 = 3_600;

struct Town {
    events: Vec<Event>,
    owner: Keys,
}

impl Town {
    /// A community with a meetup at each of these hours; gives the community and the meetups.
    fn add(&mut self, keys: &Keys, name: &str, latitude: f64, hours: &[i64]) -> Vec<Event> {
        let here = Location::at(point(latitude, -0.1372));
        let [founded, described] = community(keys, name, &here);
        let mut notes = vec![founded.clone()];
        for hour in hours {
            let start = EVENING.saturating_add_signed(hour * 3_600);
            let slug = format!("{name}{hour}").to_lowercase();
            let meetup = meetup(founded.id(), keys, &slug, &here, span(start, None));
            notes.push(signed(&meetup, keys, FOUNDED + 2));
        }
        self.events.push(described);
        self.events.extend(notes.iter().cloned());
        notes
    }
}

fn answer(meetup: &Event, keys: &Keys, answer: Answer, created_at: u64) -> Event {
    let rsvp = Rsvp::new(meetup.address().unwrap(), answer);
    let mut draft = rsvp.draft().unwrap();
    // As clients do that write a new note for every answer.
    draft.tags.retain(|tag| tag[0] != "d");
    let identifier = format!("{created_at}-{}", meetup.id());
    draft.tags.push(vec!["d".to_owned(), identifier]);
    draft.created_at = Some(created_at);
    draft.sign(keys, created_at).unwrap()
}

/// A request to delete what is at the address of this note.
fn taken_back(note: &Event, keys: &Keys) -> Event {
    let draft = Draft {
        kind: Kind::DELETION,
        created_at: None,
        tags: vec![vec!["a".to_owned(), note.address().unwrap().to_string()]],
        content: String::new(),
    };
    draft.sign(keys, note.created_at() + 1).unwrap()
}

async fn somebody(relays: &[&MapRelay], keys: &Keys) -> Kith {
    let urls = relays.iter().map(|relay| relay.url.clone());
    let builder = Kith::builder().relays(urls).timeout(TIMEOUT);
    builder.signer(keys.clone()).connect().await.unwrap()
}

async fn agenda(kith: &Kith, search: &Search) -> Vec<(String, Option<Answer>)> {
    let listing = kith.agenda(search).await.unwrap();
    assert_eq!(listing.silent, []);
    let items = listing.found.into_iter();
    items
        .map(|item| (item.meetup.title().to_owned(), item.answer))
        .collect()
}

#[tokio::test]
async fn an_agenda_has_what_one_follows_owns_or_answered() {
    let me = Keys::generate();
    let mut town = Town {
        events: Vec::new(),
        owner: Keys::generate(),
    };
    let owner = town.owner.clone();
    let followed = town.add(&owner, "Followed", 50.8, &[-5, 4, 1]);
    town.add(&me, "Own", 50.8, &[3]);
    let visited = town.add(&owner, "Visited", 51.5, &[2, 6]);
    town.add(&owner, "Other", 50.8, &[2]);
    let mut list = FollowList::new();
    list.follow(followed[0].id());
    let refused = answer(&visited[2], &me, Answer::Declined, FOUNDED + 7);
    town.events.extend([
        signed(&list, &me, FOUNDED),
        answer(&followed[3], &me, Answer::Tentative, FOUNDED + 5),
        answer(&visited[1], &me, Answer::Declined, FOUNDED + 5),
        answer(&visited[1], &me, Answer::Accepted, FOUNDED + 6),
        answer(&followed[2], &town.owner, Answer::Accepted, FOUNDED + 5),
        taken_back(&refused, &me),
        refused,
    ]);
    let expected = [
        ("followed1".to_owned(), Some(Answer::Tentative)),
        ("visited2".to_owned(), Some(Answer::Accepted)),
        ("own3".to_owned(), None),
        ("followed4".to_owned(), None),
    ];
    let (words, cells) = (MapRelay::honest().await, MapRelay::plain().await);
    words.hold(town.events.clone());
    cells.hold(town.events);
    let coming = Search::new().from(EVENING);
    for relays in [&[&words][..], &[&cells], &[&cells, &words]] {
        let kith = somebody(relays, &me).await;
        assert_eq!(agenda(&kith, &coming).await, expected);
        let soon = agenda(&kith, &coming.clone().to(EVENING + 3 * HOUR)).await;
        assert_eq!(soon, expected[..2]);
        let here = agenda(&kith, &near(50.8, -0.1372, 20.0).from(EVENING)).await;
        assert_eq!(here.len(), 3, "without London: {here:?}");
        assert_eq!(agenda(&kith, &Search::new()).await.len(), 5);
        let nobody = somebody(relays, &Keys::generate()).await;
        assert_eq!(agenda(&nobody, &coming).await, []);
    }
    assert!(words.searches().iter().any(|text| text.contains("from:")));
}

#[tokio::test]
async fn an_agenda_is_somebodys() {
    let relay = MapRelay::honest().await;
    let error = visitor(&[&relay]).await.agenda(&Search::new()).await;
    assert!(matches!(error, Err(AgendaError::NoKey)));
}
