//! Fixed notes of a community: the same ids, keys and signatures everywhere and always. The worlds
//! that `world` makes may become richer; these may not, or counts could not be compared.

use kith_nips::nip01::Draft;
use kith_nips::{Event, Kind, PublicKey};
use nostr::secp256k1::{Keypair, Message, SECP256K1};

/// Everybody who writes. A prime, so that everybody writes notes of every kind.
const PEOPLE: usize = 97;
/// When the first note was written, in Unix seconds.
pub const BEGINNING: u64 = 1_750_000_000;
/// Seconds from one note to the next.
const STEP_SECONDS: u64 = 60;
/// Events that a list of follows names.
const FOLLOWS: usize = 60;

const CITIES: [(&str, &str); 8] = [
    ("GB:Brighton", "gcpc"),
    ("DE:Berlin", "u33d"),
    ("FR:Paris", "u09t"),
    ("AT:Wien", "u2ed"),
    ("KE:Nairobi", "kzf0"),
    ("JP:Tokyo", "xn76"),
    ("US:Austin", "9v6k"),
    ("BR:São Paulo", "6gyf"),
];
const TOPICS: [&str; 6] = ["rust", "chess", "hiking", "books", "running", "board games"];
/// The letters of geohashes.
const LETTERS: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";

/// The first `count` notes: of every ten two meetups, three answers, two chat messages, a text, a
/// profile and a list of follows. About 1 kB each.
///
/// # Errors
/// Never with the notes as they are.
pub fn notes(count: usize) -> anyhow::Result<Vec<Event>> {
    let people = people()?;
    let mut notes: Vec<Event> = Vec::with_capacity(count);
    // Neighbours in time are different people.
    let authors = people.iter().cycle().step_by(31);
    for (number, author) in (0..count).zip(authors) {
        let (kind, tags, content) = match number % 10 {
            0 | 1 => meetup(number),
            2..=4 => answer(number, &notes),
            5 | 6 => message(number, &notes),
            7 => text(number),
            8 => profile(number),
            _ => follows(number, &notes),
        };
        let draft = Draft {
            kind: Kind::new(kind),
            created_at: Some(BEGINNING + number as u64 * STEP_SECONDS),
            tags,
            content,
        };
        notes.push(sign(&draft, author)?);
    }
    Ok(notes)
}

/// City and geohash cell of a meetup; meetups of a city lie around it.
pub fn place(number: usize) -> (&'static str, String) {
    let (city, around) = CITIES[number / 2 % CITIES.len()];
    let spread = number.wrapping_mul(2_654_435_761);
    let near = [5, 10, 15, 20].map(|shift| char::from(LETTERS[(spread >> shift) % LETTERS.len()]));
    (city, around.chars().chain(near).collect())
}

/// What a meetup or text is about.
pub fn topic(number: usize) -> &'static str {
    TOPICS[number / 3 % TOPICS.len()]
}

type Parts = (u16, Vec<Vec<String>>, String);

fn meetup(number: usize) -> Parts {
    let (city, cell) = place(number);
    let start = BEGINNING + number as u64 * 3_600;
    let mut tags = vec![
        tag("d", format!("{}-evening-{number}", topic(number))),
        tag("title", format!("{} evening \"{number}\"", topic(number))),
        tag("summary", "Talks, then chips. Newcomers are welcome."),
        tag("start", start.to_string()),
        tag("end", (start + 7_200).to_string()),
        tag("start_tzid", "Europe/London"),
        tag("D", (start / 86_400).to_string()),
        tag("location", format!("Queens Road {}, {city}", number % 200)),
        tag("t", topic(number)),
        tag("t", topic(number + 1)),
        tag("l", "meetup"),
        tag("g", city),
    ];
    let cells = (3..=cell.len()).filter_map(|length| cell.get(..length));
    tags.extend(cells.map(|cell| tag("g", cell)));
    let about = "Doors open at seven, talks begin at half past.\nBring a friend! ".repeat(8);
    (31_923, tags, about)
}

/// Of somebody to a meetup before it.
fn answer(number: usize, before: &[Event]) -> Parts {
    let meetup = before.get(number - number % 10 - earlier(number));
    let mut tags = vec![
        tag("d", format!("answer-{number}")),
        tag("status", ["accepted", "tentative", "declined"][number % 3]),
        tag("L", "status"),
        tag("l", "accepted"),
    ];
    if let Some(meetup) = meetup {
        tags.push(tag("e", meetup.id().to_string()));
        tags.push(tag("p", meetup.pubkey().to_string()));
        tags.extend(
            meetup
                .address()
                .map(|address| tag("a", address.to_string())),
        );
    }
    (31_925, tags, "See you there".to_owned())
}

/// In the chat about a meetup before it.
fn message(number: usize, before: &[Event]) -> Parts {
    let root = before.get(number - number % 10 - earlier(number));
    let mut tags = Vec::new();
    if let Some(root) = root {
        let mut marked = tag("e", root.id().to_string());
        marked.extend([String::new(), "root".to_owned()]);
        tags.push(marked);
        tags.push(tag("p", root.pubkey().to_string()));
    }
    let content =
        format!("Number {number}: who brings the \"good\" coffee?\n\tI can. ☕ ").repeat(3);
    (42, tags, content)
}

fn text(number: usize) -> Parts {
    let tags = vec![
        tag("t", topic(number)),
        tag("t", "meetups"),
        tag("r", format!("https://example.com/{number}")),
    ];
    let content = format!("What a week in {}! Photos will follow. ", place(number).0).repeat(12);
    (1, tags, content)
}

/// JSON inside of JSON: everything in it is escaped.
fn profile(number: usize) -> Parts {
    let content = serde_json::json!({
        "name": format!("person {}", number % PEOPLE),
        "about": "I like \"small\" meetups.\nAsk me about them.",
        "picture": format!("https://example.com/{number}.png"),
        "nip05": format!("person{number}@example.com"),
        "website": "https://example.com",
    });
    (0, Vec::new(), content.to_string())
}

fn follows(number: usize, before: &[Event]) -> Parts {
    let step = 1 + number % 7;
    let followed = before.iter().rev().step_by(step).take(FOLLOWS);
    let tags = followed.map(|note| tag("e", note.id().to_string()));
    (10_037, tags.collect(), String::new())
}

/// How far back lies what a note is about: a multiple of ten, so that it is a meetup.
fn earlier(number: usize) -> usize {
    let tens = number / 10;
    10 * (number.wrapping_mul(7_919) % (tens + 1)).min(20)
}

fn tag(name: &str, value: impl Into<String>) -> Vec<String> {
    vec![name.to_owned(), value.into()]
}

/// As [`Draft::sign`], but without anything random in the signature.
fn sign(draft: &Draft, author: &Keypair) -> anyhow::Result<Event> {
    let (key, _) = author.x_only_public_key();
    let mut unsigned = draft.to_unsigned(PublicKey::from_bytes(key.serialize()), BEGINNING)?;
    let id = unsigned.id();
    let message = Message::from_digest(id.to_bytes());
    let signed = nostr::Event::new(
        id,
        unsigned.pubkey,
        unsigned.created_at,
        unsigned.kind,
        unsigned.tags,
        unsigned.content,
        SECP256K1.sign_schnorr_no_aux_rand(&message, author),
    );
    Ok(Event::try_from(signed)?)
}

/// Their secret keys are the numbers from one on.
fn people() -> anyhow::Result<Vec<Keypair>> {
    (1..=PEOPLE as u64)
        .map(|number| {
            let mut secret = [0; 32];
            for (byte, from) in secret.iter_mut().skip(24).zip(number.to_be_bytes()) {
                *byte = from;
            }
            Ok(Keypair::from_seckey_slice(SECP256K1, &secret)?)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_what_they_claim_to_be_and_never_change() {
        let notes = notes(200).unwrap();
        for note in &notes {
            assert_eq!(note.verify(), Ok(()), "{}", note.json());
        }
        let bytes: usize = notes.iter().map(|note| note.json().len()).sum();
        assert_eq!(bytes, 199_254);
        let last = "a5919f347746e90e59530f40adce0340c27fd64f3b11cc85e2d61a8218b3e906";
        assert_eq!(notes[199].id().to_string(), last);
    }

    #[test]
    fn answers_and_messages_are_about_meetups() {
        let notes = notes(200).unwrap();
        for note in notes
            .iter()
            .filter(|note| matches!(note.kind().as_u16(), 42 | 31_925))
        {
            let about = note.tags().first_value("e").unwrap();
            let about = notes
                .iter()
                .find(|other| other.id().to_string() == about)
                .unwrap();
            assert_eq!(about.kind(), Kind::MEETUP);
        }
    }
}
