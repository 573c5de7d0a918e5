//! The events of a world: few people, kinds, tags and times, so that everything meets everything.

use std::sync::Arc;

use super::{AHEAD_SECONDS, LIFE_SECONDS_MAX, PEOPLE, Sent};
use crate::differential::fact::{Class, Fact};
use crate::differential::model::OUR_URL;
use crate::events::{Dice, Forged, MOMENT, Note, note, pubkey};

/// Different times at which events say they were made.
const TIMES: usize = 7;
/// Words of contents and titles: some begin like others, some are written in several ways.
pub(super) const WORDS: [&str; 14] = [
    "chess",
    "Chess",
    "che",
    "café",
    "cafe\u{301}",
    "cafe",
    "CAFÉS",
    "naïve",
    "日本",
    "日本語",
    "go",
    "Ｇｏ",
    "a-b",
    "x:y",
];
/// Identifiers of addressable events.
const IDENTIFIERS: [&str; 6] = ["", "x", "X", "y", "x:y", "é"];

pub(super) struct Notes<'a> {
    dice: &'a mut Dice,
    now: u64,
    made: Vec<Arc<Sent>>,
    /// The 1037s.
    communities: Vec<Arc<Fact>>,
}

impl<'a> Notes<'a> {
    pub(super) fn new(dice: &'a mut Dice, now: u64) -> Self {
        Notes {
            dice,
            now,
            made: Vec::new(),
            communities: Vec::new(),
        }
    }

    /// About this many events. What refers to another is made later than that, so they have to be
    /// shuffled.
    pub(super) fn make(&mut self, amount: usize) -> Vec<Arc<Sent>> {
        for number in 0..3 {
            let community = self.by_anybody().kind(1_037).content(number.to_string());
            self.add(community);
            let community = Arc::clone(&self.made[number].fact);
            self.communities.push(community);
        }
        while self.made.len() < amount {
            let draft = match self.dice.below(10) {
                0..=3 => self.anything(),
                4..=5 => self.addressable(),
                6 => match self.dice.below(6) {
                    0 => self.vanishing(),
                    _ => self.deletion(),
                },
                7 => self.owners(),
                _ => self.in_community(),
            };
            let draft = self.with_oddities(draft);
            self.add(draft);
        }
        self.made.clone()
    }

    /// Events of which none matters to another, nor to anything else.
    pub(super) fn plain(&mut self, amount: usize) -> Vec<Arc<Sent>> {
        let mut plain = Vec::new();
        for _ in 0..amount {
            let draft = self.by_anybody().content(plain.len().to_string());
            let event = self.with_tag(draft).tag(&["T", "race"]).signed();
            plain.push(Arc::new(Sent {
                fact: Arc::new(Fact::read(event.json())),
                text: event.json().to_owned(),
                is_broken: false,
            }));
        }
        plain
    }

    /// Adds it as it is served, in another form, or broken.
    fn add(&mut self, draft: Note) {
        let event = draft.signed();
        let fact = Arc::new(Fact::read(event.json()));
        let text = event.json().to_owned();
        let sent = |text, is_broken| {
            Arc::new(Sent {
                fact: Arc::clone(&fact),
                text,
                is_broken,
            })
        };
        match self.dice.below(30) {
            0 => {
                let forged = self.broken(&Forged::of(&event));
                self.made.push(sent(forged.json(), true));
            }
            1 => self
                .made
                .push(sent(Forged::of(&event).reversed().json(), false)),
            2 => {
                let more = Forged::of(&event).and("more", "[1,{}]").json();
                self.made.push(sent(more, false));
            }
            _ => self.made.push(sent(text, false)),
        }
    }

    /// Wrong in one place (NIP01-19 to NIP01-31).
    fn broken(&mut self, right: &Forged) -> Forged {
        let upper = right.get("pubkey").to_uppercase();
        let zeros = format!("\"{}\"", "0".repeat(128));
        let wrong: [(&str, &str); 12] = [
            ("pubkey", &upper),
            ("pubkey", "\"npub1\""),
            ("sig", &zeros),
            ("sig", "\"\""),
            ("kind", "65536"),
            ("kind", "1.0"),
            ("created_at", "-1"),
            ("created_at", "\"1700000000\""),
            ("tags", "[[]]"),
            ("tags", "[[\"t\",null]]"),
            ("content", "null"),
            ("content", "\"not what was hashed\""),
        ];
        match self.dice.below(wrong.len() + 2) {
            0 => right.clone().without("sig"),
            1 => right.clone().and("kind", "1"),
            number => {
                let (member, value) = wrong[number - 2];
                right.clone().with(member, value)
            }
        }
    }

    fn by_anybody(&mut self) -> Note {
        let person = self.person();
        self.by(person)
    }

    fn by(&mut self, person: u32) -> Note {
        let at = MOMENT + self.dice.below(TIMES) as u64;
        note(person).at(at)
    }

    fn person(&mut self) -> u32 {
        u32::try_from(1 + self.dice.below(PEOPLE)).unwrap()
    }

    fn words(&mut self) -> String {
        let amount = self.dice.below(4);
        let words: Vec<&str> = (0..amount).map(|_| *self.dice.pick(&WORDS)).collect();
        words.join(" ")
    }

    /// Any event made so far.
    fn earlier(&mut self) -> Arc<Fact> {
        Arc::clone(&self.dice.pick(&self.made).fact)
    }

    /// Number of the key that signed it.
    fn author(fact: &Fact) -> u32 {
        let people = 1..=u32::try_from(PEOPLE).unwrap();
        people
            .into_iter()
            .find(|person| pubkey(*person).to_string() == fact.pubkey)
            .unwrap()
    }

    /// Every class, public and private.
    fn anything(&mut self) -> Note {
        let kinds = [
            1, 1, 1, 1, 7, 45, 40_000, 4, 1_059, 1_059, 0, 3, 3, 10_002, 10_037, 10_037, 20_001,
            20_001, 21_059, 13, 22_242,
        ];
        let kind = *self.dice.pick(&kinds);
        let words = self.words();
        let draft = self.by_anybody().kind(kind).content(words);
        match kind {
            4 | 1_059 | 21_059 => self.to_somebody(draft),
            _ => self.with_tags(draft),
        }
    }

    fn to_somebody(&mut self, mut draft: Note) -> Note {
        for _ in 0..*self.dice.pick(&[0, 1, 1, 1, 1, 2]) {
            let person = self.person();
            draft = draft.tag(&["p", &pubkey(person).to_string()]);
        }
        draft
    }

    fn with_tags(&mut self, mut draft: Note) -> Note {
        for _ in 0..self.dice.below(4) {
            draft = self.with_tag(draft);
        }
        draft
    }

    fn with_tag(&mut self, draft: Note) -> Note {
        let other = self.earlier();
        let person = self.person();
        match self.dice.below(12) {
            0 | 1 => draft.tag(&["t", *self.dice.pick(&["go", "chess", "", "Chess"])]),
            2 | 3 => draft.tag(&["e", &other.id, "wss://example.com"]),
            4 => draft.tag(&["p", &pubkey(person).to_string()]),
            5 => draft.tag(&["a", &address(&other)]),
            6 => draft.tag(&["g", *self.dice.pick(&["gcp", "gcpc", "GB:Brighton"])]),
            7 => draft.tag(&["T", "go"]),
            8 => draft.tag(&["t"]),
            9 => draft.tag(&["title", "go"]),
            10 => draft.tag(&["d", *self.dice.pick(&IDENTIFIERS)]),
            _ => draft.tag(&["l", "meetup", "kind"]),
        }
    }

    fn addressable(&mut self) -> Note {
        let kind = *self.dice.pick(&[30_023, 30_023, 31_924, 30_000, 39_999]);
        let words = self.words();
        let draft = self.by_anybody().kind(kind).content(words);
        let first = *self.dice.pick(&IDENTIFIERS);
        let second = *self.dice.pick(&IDENTIFIERS);
        let draft = match self.dice.below(6) {
            0 => draft,
            1 => draft.tag(&["d"]),
            2 => draft.tag(&["d", first]).tag(&["d", second]),
            3 => draft.tag(&["d"]).tag(&["d", second]),
            _ => draft.tag(&["d", first, "third"]),
        };
        self.with_tags(draft)
    }

    /// By the author of a target or by somebody else; by id, by address, or both; of anything,
    /// deletions included (NIP-09).
    fn deletion(&mut self) -> Note {
        let target = self.earlier();
        let author = match self.dice.below(4) {
            0 => self.person(),
            _ => Self::author(&target),
        };
        let mut draft = self.by(author).kind(5);
        for turn in 0..=self.dice.below(3) {
            let target = match turn {
                0 => Arc::clone(&target),
                _ => self.earlier(),
            };
            draft = match self.dice.below(7) {
                0 => draft.tag(&["e", "not an id"]),
                1 => draft.tag(&["a", &format!("5:{}:", target.pubkey)]),
                2 | 3 if target.place().is_some() => draft.tag(&["a", &address(&target)]),
                _ => draft.tag(&["e", &target.id]),
            };
        }
        match self.dice.below(4) {
            0 => draft.tag(&["k", "1"]),
            _ => draft,
        }
    }

    /// From here, from everywhere, or from another relay (NIP-62).
    fn vanishing(&mut self) -> Note {
        let draft = self.by_anybody().kind(62);
        match self.dice.below(8) {
            0 => draft,
            1 => draft.tag(&["relay", "wss://other.test"]),
            2 => draft.tag(&["relay", "all_relays"]),
            3 | 4 => draft.tag(&["relay", OUR_URL]),
            5 => draft
                .tag(&["relay", "wss://other.test"])
                .tag(&["relay", OUR_URL]),
            _ => draft.tag(&["relay", "ALL_RELAYS"]),
        }
    }

    fn community(&mut self) -> Arc<Fact> {
        Arc::clone(self.dice.pick(&self.communities))
    }

    /// What owners write, by the owner or by somebody who would like to be.
    fn owners(&mut self) -> Note {
        let community = self.community();
        let author = match self.dice.below(3) {
            0 => self.person(),
            _ => Self::author(&community),
        };
        let words = self.words();
        let draft = self.by(author).content(words.as_str());
        let id = community.id.as_str();
        match self.dice.below(6) {
            0 => draft.kind(30_037).tag(&["d", id]).tag(&["title", &words]),
            1 => draft.kind(30_037).tag(&["d", "x"]).tag(&["e", id]),
            2 => self.with_tags(draft.kind(30_037)),
            3 => draft.kind(40).tag(&["e", id, "", &community.pubkey]),
            _ => {
                let draft = draft.kind(30_000).tag(&["d", &format!("{id}:blocked")]);
                self.to_somebody(draft)
            }
        }
    }

    /// What everybody writes into a community, and some of the muted too.
    fn in_community(&mut self) -> Note {
        let community = self.community();
        let id = community.id.as_str();
        let words = self.words();
        let draft = self.by_anybody().content(words.as_str());
        let about = match self.dice.below(3) {
            0 => Arc::clone(&community),
            _ => self.latest_of(&[31_923, 40, 30_037], &community),
        };
        match self.dice.below(8) {
            0 => draft.kind(31_923).tag(&["d", "x"]).tag(&["e", id]),
            1 => draft.kind(31_923).tag(&["d", &format!("{id}:x")]),
            2 => {
                let other = self.community();
                let draft = draft.kind(31_923).tag(&["d", id]);
                draft.tag(&["e", &other.id]).tag(&["title", &words])
            }
            3 => draft.kind(31_922).tag(&["e", id]).tag(&["title", &words]),
            4 => draft.kind(1_111).tag(&["E", &about.id]),
            5 => draft.kind(1_111).tag(&["A", &address(&about)]),
            6 => self.answer(draft, &about),
            _ => {
                let channel = self.latest_of(&[40], &community);
                self.message(draft, &channel, &about)
            }
        }
    }

    fn answer(&mut self, draft: Note, meetup: &Fact) -> Note {
        let draft = draft.kind(31_925).tag(&["d", "x"]);
        match self.dice.below(4) {
            0 => draft.tag(&["e", &meetup.id]),
            1 => {
                let old = format!("{}:{}:{}", meetup.id, meetup.pubkey, meetup.identifier());
                draft.tag(&["a", &old])
            }
            _ => draft.tag(&["a", &address(meetup)]).tag(&["e", &meetup.id]),
        }
    }

    fn message(&mut self, draft: Note, channel: &Fact, other: &Fact) -> Note {
        let draft = draft.kind(42);
        match self.dice.below(4) {
            0 => draft.tag(&["e", &channel.id]).tag(&["e", &other.id]),
            1 => draft
                .tag(&["e", &channel.id, "", "reply"])
                .tag(&["e", &other.id, "", "root"]),
            _ => draft
                .tag(&["e", &other.id, "", "reply"])
                .tag(&["e", &channel.id, "", "root"]),
        }
    }

    /// Some event of these kinds, or `otherwise`.
    fn latest_of(&mut self, kinds: &[u64], otherwise: &Arc<Fact>) -> Arc<Fact> {
        let facts = self.made.iter().map(|sent| &sent.fact);
        let found: Vec<_> = facts.filter(|fact| kinds.contains(&fact.kind)).collect();
        match found.is_empty() {
            true => Arc::clone(otherwise),
            false => Arc::clone(*self.dice.pick(&found)),
        }
    }

    /// What may be with any event: an end, protection, a time that has not come yet.
    fn with_oddities(&mut self, draft: Note) -> Note {
        match self.dice.below(60) {
            0 => draft.at(self.now + AHEAD_SECONDS + 600),
            1 => draft.at(self.now + AHEAD_SECONDS / 2),
            2 | 3 => draft.tag(&["-"]),
            4 => draft.tag(&["expiration", *self.dice.pick(&["", "soon", "-5", "1.0"])]),
            5 => draft.tag(&["expiration"]),
            6 => draft.tag(&["expiration", "1500000000"]),
            7 => draft
                .tag(&["expiration", "4000000000"])
                .tag(&["expiration", "1"]),
            8..=11 => {
                let end = self.now + 1 + self.dice.below(LIFE_SECONDS_MAX) as u64;
                draft.tag(&["expiration", &end.to_string()])
            }
            _ => draft,
        }
    }
}

/// As an `a` tag names it, right or wrong: regular events have no address.
pub(super) fn address(fact: &Fact) -> String {
    let identifier = match fact.class() {
        Class::Addressable => fact.identifier(),
        _ => "",
    };
    format!("{}:{}:{identifier}", fact.kind, fact.pubkey)
}
