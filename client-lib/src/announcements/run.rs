//! The work of an announcement, in three steps that go on side by side, each with a bounded queue
//! behind it: wraps are made and stored, sent, and noted. Stopping anywhere loses nothing: what was
//! not noted is sent again as it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use kith_nips::PublicKey;
use nostr_sdk::{Event, NostrSigner, RelayUrl};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::record::Begun;
use super::{AnnouncementError, Told};
use crate::inboxes::{Delivery, GivenUp};
use crate::kith::Kith;
use crate::local::Local;
use crate::messages::{MessageError, curve_point, draft, wrap};
use crate::publish::PublishError;

/// Wraps that are made and stored together: one flush to the disk for all of them.
const WRAPS_AT_ONCE: usize = 256;

/// Tasks that make wraps. More than there are processors bring nothing.
const SEALERS_MAX: usize = 16;

/// Wraps under way to relays. Each has [`crate::INBOX_RELAYS_MAX`] relays at most, and all of them
/// must fit into the relays that may be visited.
const LETTERS_UNDER_WAY_MAX: usize = 32;

/// Outcomes that are noted together.
const NOTED_AT_ONCE_MAX: usize = 256;

const _: () = assert!(LETTERS_UNDER_WAY_MAX * crate::INBOX_RELAYS_MAX <= crate::visits::VISITS_MAX);

/// One announcement that is carried out.
#[derive(Clone)]
pub(super) struct Run {
    pub(super) kith: Kith,
    pub(super) local: Local,
    pub(super) announcement: Begun,
    pub(super) text: String,
}

/// A wrap and where it goes.
struct Letter {
    person: PublicKey,
    inbox: Vec<RelayUrl>,
    wrap: Event,
}

type Outcomes = mpsc::Sender<Result<Told, AnnouncementError>>;

impl Run {
    /// Begins; dropping the tasks ends it.
    pub(super) fn start(
        self,
        people: Vec<PublicKey>,
        mut inboxes: BTreeMap<PublicKey, Vec<RelayUrl>>,
        outcomes: Outcomes,
    ) -> Result<JoinSet<()>, AnnouncementError> {
        let signer = self.kith.signer().ok_or(PublishError::ReadOnly)?.clone();
        let people: Vec<(PublicKey, Vec<RelayUrl>)> = people
            .into_iter()
            .map(|person| (person, inboxes.remove(&person).unwrap_or_default()))
            .collect();
        let (letters, to_send) = mpsc::channel(WRAPS_AT_ONCE);
        let (told, to_note) = mpsc::channel(NOTED_AT_ONCE_MAX);
        let mut tasks = JoinSet::new();
        let count = people.len();
        let (run, early) = (self.clone(), told.clone());
        let (sealing, sealed) = oneshot::channel();
        tasks.spawn(async move {
            let outcome = run.seal_all(&signer, people, letters, early).await;
            // Nobody may be listening any more.
            let _ = sealing.send(outcome);
        });
        tasks.spawn(self.clone().send_all(to_send, told));
        tasks.spawn(async move {
            let noted = self.note_all(count, to_note, &outcomes).await;
            // What was sent comes first: whoever hears of an error listens no longer.
            let outcome = match noted {
                Ok(()) => sealed.await.unwrap_or(Ok(())),
                Err(error) => Err(error),
            };
            if let Err(error) = outcome {
                let _ = outcomes.send(Err(error)).await;
            }
        });
        Ok(tasks)
    }

    /// Makes wraps, stores them, and only then gives them on; also those that were made before the signer
    /// failed.
    async fn seal_all(
        &self,
        signer: &Arc<dyn NostrSigner>,
        people: Vec<(PublicKey, Vec<RelayUrl>)>,
        letters: mpsc::Sender<Letter>,
        told: mpsc::Sender<Told>,
    ) -> Result<(), AnnouncementError> {
        let (ready, without): (Vec<_>, Vec<_>) =
            people.into_iter().partition(|(_, inbox)| !inbox.is_empty());
        for (person, _) in without {
            let delivery = Delivery::NoInbox;
            if told.send(Told { person, delivery }).await.is_err() {
                return Ok(());
            }
        }
        // The last sender but those of letters under way: noting ends after them.
        drop(told);
        let mut ready = ready.into_iter();
        loop {
            let chunk: BTreeMap<PublicKey, Vec<RelayUrl>> =
                ready.by_ref().take(WRAPS_AT_ONCE).collect();
            if chunk.is_empty() {
                return Ok(());
            }
            let people = chunk.keys().copied().collect();
            let mut wraps = self.local.wraps(self.announcement.id, people).await?;
            let missing = chunk.keys().filter(|person| !wraps.contains_key(person));
            let (made, outcome) = self.make_wraps(signer, missing.copied().collect()).await?;
            wraps.extend(self.local.store_wraps(self.announcement.id, made).await?);
            for (person, inbox) in chunk {
                let Some(wrap) = wraps.remove(&person) else {
                    continue;
                };
                let letter = Letter {
                    person,
                    inbox,
                    wrap,
                };
                if letters.send(letter).await.is_err() {
                    return Ok(());
                }
            }
            outcome?;
        }
    }

    /// Encryption and signatures are work for processors, so it is spread over the runtime's threads.
    /// With what was made comes why it is not all.
    async fn make_wraps(
        &self,
        signer: &Arc<dyn NostrSigner>,
        people: Vec<PublicKey>,
    ) -> Result<(BTreeMap<PublicKey, Event>, Result<(), MessageError>), AnnouncementError> {
        let author = curve_point(self.kith.author()?)?;
        let share = people.len().div_ceil(SEALERS_MAX).max(1);
        let mut sealers = JoinSet::new();
        for people in people.chunks(share) {
            let people = people.to_vec();
            let (signer, text) = (Arc::clone(signer), self.text.clone());
            let begun_at = self.announcement.begun_at;
            sealers.spawn(async move {
                let mut made = Vec::with_capacity(people.len());
                for person in people {
                    let wrapped = seal(&signer, author, person, &text, begun_at).await;
                    let is_over = wrapped.is_err();
                    made.push((person, wrapped));
                    if is_over {
                        break;
                    }
                    // The threads serve sockets as well.
                    tokio::task::yield_now().await;
                }
                made
            });
        }
        let (mut made, mut outcome) = (BTreeMap::new(), Ok(()));
        while let Some(share) = sealers.join_next().await {
            let share = share.map_err(|error| MessageError::Seal(error.to_string()))?;
            for (person, wrapped) in share {
                match wrapped {
                    Ok(wrap) => drop(made.insert(person, wrap)),
                    Err(error) => outcome = Err(error),
                }
            }
        }
        Ok((made, outcome))
    }

    async fn send_all(self, mut letters: mpsc::Receiver<Letter>, told: mpsc::Sender<Told>) {
        let given_up = GivenUp::default();
        let mut under_way = FuturesUnordered::new();
        let mut is_open = true;
        loop {
            let has_room = under_way.len() < LETTERS_UNDER_WAY_MAX;
            tokio::select! {
                letter = letters.recv(), if is_open && has_room => match letter {
                    Some(letter) => under_way.push(self.send(letter, &given_up)),
                    None => is_open = false,
                },
                Some(outcome) = under_way.next() => if told.send(outcome).await.is_err() {
                    return;
                },
                else => return,
            }
        }
    }

    async fn send(&self, letter: Letter, given_up: &GivenUp) -> Told {
        let Letter {
            person,
            inbox,
            wrap,
        } = letter;
        let delivery = self.kith.deliver(&wrap, &inbox, given_up).await;
        Told { person, delivery }
    }

    /// Notes outcomes as they come, as many at once as there are, and tells about them afterwards.
    async fn note_all(
        &self,
        count: usize,
        mut told: mpsc::Receiver<Told>,
        outcomes: &Outcomes,
    ) -> Result<(), AnnouncementError> {
        let mut done = 0;
        let mut batch = Vec::with_capacity(NOTED_AT_ONCE_MAX);
        while told.recv_many(&mut batch, NOTED_AT_ONCE_MAX).await > 0 {
            self.local.note(self.announcement.id, &batch).await?;
            for told in batch.drain(..) {
                done += usize::from(!matches!(told.delivery, Delivery::Failed(_)));
                if outcomes.send(Ok(told)).await.is_err() {
                    return Ok(());
                }
            }
        }
        let finished_at = (done == count).then(|| self.kith.now());
        let id = self.announcement.id;
        Ok(self.local.finish_announcement(id, finished_at).await?)
    }
}

/// The announcement, wrapped for one person.
async fn seal(
    signer: &Arc<dyn NostrSigner>,
    author: nostr_sdk::PublicKey,
    person: PublicKey,
    text: &str,
    begun_at: u64,
) -> Result<Event, MessageError> {
    let receiver = curve_point(person)?;
    let rumor = draft(author, &[receiver], text, [], begun_at);
    let wrapped = wrap(signer, &receiver, &rumor).await;
    wrapped.map_err(MessageError::Seal)
}
