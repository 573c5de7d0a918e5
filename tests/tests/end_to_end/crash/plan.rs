//! What the writers send: random histories in which events meet each other. Knows nothing of what
//! becomes of them. The same seed gives the same history, except for the times of expiration.

use kith_nips::Event;

use crate::events::{Dice, MOMENT, Note, keys, note, now};

/// Keys that write everything.
pub(super) const AUTHORS: [u32; 10] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
/// Keys that contend for a few addresses.
const CONTENDERS: usize = 3;
/// Keys that ask to vanish now and then: the last of the authors.
const VANISHING: [u32; 2] = [9, 10];
/// Who is written to in private.
pub(super) const READERS: [u32; 2] = [9, 12];
/// Who writes in private.
const WRAPPER: u32 = 11;
/// Topics of notes.
pub(super) const TOPICS: [&str; 3] = ["chess", "go", "tea"];
/// Kinds that are asked for.
pub(super) const KINDS: [u16; 6] = [0, 1, 1_037, 10_002, 30_023, 30_037];
/// Seconds within which the events of one round lie.
const ROUND_SECONDS: usize = 40;
/// Seconds from one round to the next: less, so that what comes later is not always newer.
const STEP_SECONDS: u64 = 15;
/// Earlier events that new ones mostly refer to.
const RECENT: usize = 300;

pub(super) struct Plan {
    dice: Dice,
    base: u64,
    /// Everything so far, sent or not.
    history: Vec<Event>,
    communities: Vec<Event>,
    /// Communities that were described before they are sent.
    announced: Vec<Event>,
}

impl Plan {
    pub(super) fn new(seed: u64) -> Self {
        Plan {
            dice: Dice(seed ^ 0x6b69_7468),
            base: MOMENT,
            history: Vec::new(),
            communities: Vec::new(),
            announced: Vec::new(),
        }
    }

    /// One list for each writer.
    pub(super) fn round(&mut self, writers: usize, events: usize) -> Vec<Vec<Event>> {
        self.base += STEP_SECONDS;
        let mut lists = vec![Vec::with_capacity(events); writers];
        for number in 0..writers * events {
            let event = self.next();
            self.history.push(event.clone());
            lists[number % writers].push(event);
        }
        lists
    }

    fn next(&mut self) -> Event {
        match self.dice.below(100) {
            0..30 => self.text().signed(),
            30..46 => self.contested().signed(),
            46..53 => self.expiring(),
            53..66 => self.deletion_by_id(),
            66..73 => self.deletion_by_address(),
            73..84 => self.community(),
            84..88 => self.wrap(),
            88..90 => self.vanishing(),
            _ => self.again(),
        }
    }

    fn at(&mut self) -> u64 {
        self.base + u64::try_from(self.dice.below(ROUND_SECONDS)).unwrap()
    }

    fn text(&mut self) -> Note {
        let at = self.at();
        let length = *self.dice.pick(&[3, 30, 300, 3_000]);
        // The number makes events differ that are alike otherwise.
        let content = format!("{} {}", self.history.len(), "x".repeat(length));
        note(*self.dice.pick(&AUTHORS))
            .tag(&["t", *self.dice.pick(&TOPICS)])
            .content(content)
            .at(at)
    }

    /// A version of an address that others write to as well.
    fn contested(&mut self) -> Note {
        let at = self.at();
        let author = *self.dice.pick(&AUTHORS[..CONTENDERS]);
        let note = note(author).content(self.history.len().to_string()).at(at);
        match self.dice.below(4) {
            0 => note.kind(*self.dice.pick(&[0, 10_002])),
            _ => note
                .kind(30_023)
                .tag(&["d", *self.dice.pick(&["a", "b", ""])]),
        }
    }

    fn expiring(&mut self) -> Event {
        let seconds = *self.dice.pick(&[1, 2, 3, 3_600]);
        let at = (now() + seconds).to_string();
        let note = match self.dice.below(3) {
            0 => self.text(),
            1 => self.contested(),
            _ => {
                let note = self.request();
                let target = self.earlier();
                note.tag(&["e", &target.map(id_of).unwrap_or_default()])
            }
        };
        note.tag(&["expiration", &at]).signed()
    }

    /// A deletion request that names nothing yet.
    fn request(&mut self) -> Note {
        let at = self.at();
        note(*self.dice.pick(&AUTHORS))
            .kind(5)
            .content(self.history.len().to_string())
            .at(at)
    }

    fn deletion_by_id(&mut self) -> Event {
        let mut request = self.request();
        for _ in 0..=self.dice.below(3) {
            if let Some(target) = self.earlier() {
                // Mostly by somebody who may.
                if self.dice.below(5) > 0 {
                    request = request.by(self.entitled(&target));
                }
                request = request.tag(&["e", &id_of(target)]);
            }
        }
        request.signed()
    }

    fn deletion_by_address(&mut self) -> Event {
        let author = *self.dice.pick(&AUTHORS[..CONTENDERS]);
        let address = match self.dice.below(4) {
            0 => format!("{}:{}:", self.dice.pick(&[0, 10_002]), public(author)),
            _ => format!(
                "30023:{}:{}",
                public(author),
                self.dice.pick(&["a", "b", ""])
            ),
        };
        self.request().by(author).tag(&["a", &address]).signed()
    }

    /// A community, or somebody's description of one that was sent, or is yet to be.
    fn community(&mut self) -> Event {
        let at = self.at();
        match self.dice.below(6) {
            0 => {
                let owned = self.new_community();
                self.announced.push(owned.clone());
                self.description(&owned, at)
            }
            1 if !self.announced.is_empty() => {
                let number = self.dice.below(self.announced.len());
                let owned = self.announced.swap_remove(number);
                self.communities.push(owned.clone());
                owned
            }
            2 => {
                let owned = self.new_community();
                self.communities.push(owned.clone());
                owned
            }
            _ => {
                let known: Vec<&Event> = self.announced.iter().chain(&self.communities).collect();
                let recent = &known[known.len().saturating_sub(12)..];
                if recent.is_empty() {
                    return self.text().signed();
                }
                let owned = (*self.dice.pick(recent)).clone();
                self.description(&owned, at)
            }
        }
    }

    fn new_community(&mut self) -> Event {
        let at = self.at();
        note(*self.dice.pick(&AUTHORS))
            .kind(1_037)
            .content(self.history.len().to_string())
            .at(at)
            .signed()
    }

    fn description(&mut self, community: &Event, at: u64) -> Event {
        let id = community.id().to_string();
        let author = match self.dice.below(2) {
            0 => number_of(community),
            _ => *self.dice.pick(&AUTHORS),
        };
        let described = note(author)
            .kind(30_037)
            .content(self.history.len().to_string());
        let described = match self.dice.below(3) {
            0 => described.tag(&["d", "here"]).tag(&["e", &id]),
            _ => described.tag(&["d", &id]),
        };
        described.at(at).signed()
    }

    fn wrap(&mut self) -> Event {
        let at = self.at();
        let reader = public(*self.dice.pick(&READERS));
        note(WRAPPER)
            .kind(1_059)
            .tag(&["p", &reader])
            .content(self.history.len().to_string())
            .at(at)
            .signed()
    }

    fn vanishing(&mut self) -> Event {
        let at = self.at();
        note(*self.dice.pick(&VANISHING))
            .kind(62)
            .tag(&["relay", "ALL_RELAYS"])
            .content(self.history.len().to_string())
            .at(at)
            .signed()
    }

    /// Something that was sent before, dead or alive.
    fn again(&mut self) -> Event {
        self.earlier().unwrap_or_else(|| self.text().signed())
    }

    fn earlier(&mut self) -> Option<Event> {
        let recent = self.dice.below(4) > 0;
        let from = if recent {
            self.history.len().saturating_sub(RECENT)
        } else {
            0
        };
        let choices = &self.history[from..];
        (!choices.is_empty()).then(|| self.dice.pick(choices).clone())
    }

    /// Somebody who may delete this event.
    fn entitled(&mut self, target: &Event) -> u32 {
        match target.kind().as_u16() {
            1_059 => *self.dice.pick(&READERS),
            _ => number_of(target),
        }
    }
}

fn id_of(event: Event) -> String {
    event.id().to_string()
}

fn public(number: u32) -> String {
    keys(number).public_key().to_string()
}

/// The number of the key that signed this.
fn number_of(event: &Event) -> u32 {
    let all = AUTHORS.into_iter().chain([WRAPPER]).chain(READERS);
    all.into_iter()
        .find(|number| crate::events::pubkey(*number) == event.pubkey())
        .expect("one of ours wrote it")
}
