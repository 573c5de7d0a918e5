//! NIP-13, proof of work: how much an event has, and looking for a number that gives it some. Takes
//! the time from whoever asks, and does a bounded part of the work at a time: threads and giving up are
//! the caller's.

use sha2::{Digest as _, Sha256};

use crate::nip01::{Draft, DraftError, Event, EventId, PublicKey};

/// The tag that has the number and what was aimed at.
const TAG: &str = "nonce";

/// Leading zero bits of an id, as far as the event commits to them: who aimed lower was lucky.
///
/// ```
/// use kith_nips::{Kind, nip01::Draft, nip13};
/// let draft = Draft {
///     kind: Kind::TEXT_NOTE,
///     created_at: None,
///     tags: vec![vec!["nonce".into(), "1".into(), "0".into()]],
///     content: String::new(),
/// };
/// let event = draft.sign(&nostr::Keys::generate(), 1_700_000_000)?;
/// assert_eq!(nip13::difficulty(&event), 0);
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
pub fn difficulty(event: &Event) -> u32 {
    let bits = event.id().difficulty();
    let tag = event.tags().named(TAG).next();
    let target = tag.and_then(|tag| tag.get(2)?.parse::<u32>().ok());
    target.map_or(bits, |target| target.min(bits))
}

/// Why there is no work to be done.
///
/// ```
/// use kith_nips::nip13::WorkError;
/// assert_eq!(WorkError::TooMuch(300).to_string(), "an id has 256 bits, not 300 that could be zero");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WorkError {
    /// More bits than an id has.
    #[error("an id has 256 bits, not {0} that could be zero")]
    TooMuch(u32),
    /// The draft cannot become an event.
    #[error(transparent)]
    Draft(#[from] DraftError),
}

/// The work for one draft, a part at a time. Nothing is secret in it: somebody else may do it, and who
/// has the key signs what comes of it as it is, later (NIP-13, "Delegated Proof of Work").
///
/// ```
/// use kith_nips::{Kind, nip01::Draft, nip13::{self, Work}};
/// let keys = nostr::Keys::generate();
/// let draft = Draft { kind: Kind::TEXT_NOTE, created_at: None, tags: vec![], content: "Chess?".into() };
/// let mut work = Work::new(&draft, keys.public_key().into(), 4)?;
/// let worked = loop {
///     if let Some(worked) = work.try_some(1_000, 1_700_000_000)? {
///         break worked;
///     }
/// };
/// let event = worked.sign(&keys, 1_700_000_009)?;
/// assert!(nip13::difficulty(&event) >= 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Work {
    draft: Draft,
    author: PublicKey,
    bits: u32,
    next: u64,
}

impl Work {
    /// Work of so many bits on a draft that this author will sign. A number that it has from earlier
    /// work goes.
    ///
    /// # Errors
    /// [`WorkError`]
    pub fn new(draft: &Draft, author: PublicKey, bits: u32) -> Result<Work, WorkError> {
        if bits > 256 {
            return Err(WorkError::TooMuch(bits));
        }
        let mut draft = draft.clone();
        draft
            .tags
            .retain(|tag| tag.first().is_none_or(|name| name != TAG));
        // Says what is wrong before the work is done.
        draft.id(author, 0)?;
        Ok(Work {
            draft,
            author,
            bits,
            next: 0,
        })
    }

    /// Tries so many numbers, those after the last ones. `now`, in Unix seconds, is the time of the
    /// event, unless the draft has one of its own. What comes of it has its time and is to be signed as
    /// it is.
    ///
    /// # Errors
    /// [`WorkError`]
    pub fn try_some(&mut self, numbers: u32, now: u64) -> Result<Option<Draft>, WorkError> {
        let created_at = self.draft.created_at.unwrap_or(now);
        let (before, after) = self.around(created_at);
        let before = Sha256::new_with_prefix(before);
        let from = self.next;
        self.next = from.saturating_add(u64::from(numbers));
        for number in from..self.next {
            let mut hash = before.clone();
            hash.update(number.to_string());
            hash.update(&after);
            let id = EventId::from_bytes(hash.finalize().into());
            if id.difficulty() < self.bits {
                continue;
            }
            let mut worked = self.draft.clone();
            worked.created_at = Some(created_at);
            let tag = [TAG.to_owned(), number.to_string(), self.bits.to_string()];
            worked.tags.push(tag.into());
            // What was hashed here must be what is signed there.
            if worked.id(self.author, created_at)? == id {
                return Ok(Some(worked));
            }
        }
        Ok(None)
    }

    /// How many numbers were tried.
    pub fn tried(&self) -> u64 {
        self.next
    }

    /// What is hashed before and after the number: the array of NIP-01.
    fn around(&self, created_at: u64) -> (String, String) {
        let Draft {
            kind,
            tags,
            content,
            ..
        } = &self.draft;
        let text = |text: &str| serde_json::Value::from(text).to_string();
        let tags = tags.iter().map(|tag| {
            let elements: Vec<String> = tag.iter().map(|element| text(element)).collect();
            format!("[{}],", elements.join(","))
        });
        let tags: String = tags.collect();
        let (author, kind) = (self.author, kind.as_u16());
        (
            format!(r#"[0,"{author}",{created_at},{kind},[{tags}["{TAG}",""#),
            format!(r#"","{}"]],{}]"#, self.bits, text(content)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    const NOW: u64 = 1_700_000_000;
    const BITS: u32 = 9;
    /// Of so many numbers one is right, but for one time in 10^13.
    const NUMBERS: u32 = 15_000;

    fn draft(created_at: Option<u64>) -> Draft {
        let tag = |elements: &[&str]| elements.iter().map(|&text| text.to_owned()).collect();
        Draft {
            kind: Kind::TEXT_NOTE,
            created_at,
            tags: vec![
                tag(&["t", "chess"]),
                tag(&["nonce", "7", "30"]),
                tag(&["r", "a\"b\\\u{7f}ü/"]),
            ],
            content: "Tonight?\n\t\"Ä\" \u{1f600}".to_owned(),
        }
    }

    fn worked(work: &mut Work, now: u64) -> Draft {
        work.try_some(NUMBERS, now).unwrap().unwrap()
    }

    #[test]
    fn nip13_05_the_third_element_is_the_target_and_the_signature_comes_after_the_work() {
        let keys = nostr::Keys::generate();
        let author = keys.public_key().into();
        let mut work = Work::new(&draft(None), author, BITS).unwrap();
        let done = worked(&mut work, NOW);
        let nonces: Vec<_> = done.tags.iter().filter(|tag| tag[0] == TAG).collect();
        assert_eq!(nonces.len(), 1, "{nonces:?}");
        assert_eq!(nonces[0][2], BITS.to_string());
        let id = done.id(author, NOW + 1_000).unwrap();
        let event = done.sign(&keys, NOW + 1_000).unwrap();
        assert!(event.verify().is_ok());
        assert_eq!(event.id(), id, "signing changes nothing");
        assert_eq!(difficulty(&event), BITS);
        assert!(event.id().difficulty() >= BITS);
    }

    #[test]
    fn nip13_05_the_time_is_refreshed_while_the_work_goes_on() {
        let author = nostr::Keys::generate().public_key().into();
        let mut work = Work::new(&draft(None), author, 256).unwrap();
        for now in [NOW, NOW + 1] {
            assert_eq!(work.try_some(10, now).unwrap(), None);
        }
        assert_eq!(work.tried(), 20);
        work.bits = BITS;
        assert_eq!(worked(&mut work, NOW + 9).created_at, Some(NOW + 9));
        // One that was chosen stays.
        let mut chosen = Work::new(&draft(Some(NOW - 5)), author, BITS).unwrap();
        assert_eq!(worked(&mut chosen, NOW).created_at, Some(NOW - 5));
    }

    #[test]
    fn nip13_06_work_is_done_without_the_key_and_signed_later() {
        let keys = nostr::Keys::generate();
        let author = PublicKey::from(keys.public_key());
        // Elsewhere: only the public key is known.
        let done = std::thread::spawn(move || {
            let mut work = Work::new(&draft(None), author, BITS).unwrap();
            worked(&mut work, NOW)
        });
        let done = done.join().unwrap();
        // At home, in the form that other signers take, and a day later.
        let mut unsigned = done.to_unsigned(author, NOW + 86_400).unwrap();
        assert_eq!(EventId::from(unsigned.id()), done.id(author, NOW).unwrap());
        let signed = Event::try_from(&unsigned.sign_with_keys(&keys).unwrap()).unwrap();
        assert!(signed.verify().is_ok());
        assert!(difficulty(&signed) >= BITS);
    }

    #[test]
    fn what_cannot_be_done_is_said_before() {
        let author = nostr::Keys::generate().public_key().into();
        assert_eq!(
            Work::new(&draft(None), author, 257).err(),
            Some(WorkError::TooMuch(257))
        );
        let mut empty = draft(None);
        empty.tags.push(vec![]);
        let error = WorkError::Draft(DraftError::EmptyTag(2));
        assert_eq!(Work::new(&empty, author, 1).err(), Some(error));
    }
}
