//! What was announced, so that nothing is announced twice. Knows versions; asks nobody.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use kith_nips::{Address, EventId};

use super::{News, Subject};

/// Subjects that are remembered. Beyond that the oldest are forgotten.
const SUBJECTS_MAX: usize = 100_000;

/// The version of each subject that was announced last.
#[derive(Debug, Default)]
pub(super) struct Told {
    versions: HashMap<Name, Version>,
    /// What is older, in Unix seconds, may have been forgotten: it is not taken for new.
    since: u64,
}

impl Told {
    /// What this subject means to somebody who was told everything before; `None` when it is no news.
    /// From now on it was told.
    pub(super) fn tell(&mut self, subject: &Subject) -> Option<News> {
        self.tell_version(subject.name(), subject.version(), SUBJECTS_MAX)
    }

    /// Forgets all but these: what comes back is new again.
    pub(super) fn retain(&mut self, present: &[Subject]) {
        let names: HashSet<Name> = present.iter().map(Subject::name).collect();
        self.versions.retain(|name, _| names.contains(name));
    }

    fn tell_version(&mut self, name: Name, version: Version, max: usize) -> Option<News> {
        let known = self.versions.get(&name);
        if known.is_none() && version.rank.0 < self.since {
            return None;
        }
        let news = news(known, &version)?;
        self.versions.insert(name, version);
        if self.versions.len() > max {
            self.forget_oldest();
        }
        Some(news)
    }

    /// A tenth at once, or it would be looked for at every announcement.
    fn forget_oldest(&mut self) {
        let versions = self.versions.values();
        let mut created: Vec<u64> = versions.map(|version| version.rank.0).collect();
        let tenth = created.len() / 10;
        let (_, newest_forgotten, _) = created.select_nth_unstable(tenth);
        self.since = newest_forgotten.saturating_add(1);
        let since = self.since;
        self.versions.retain(|_, version| version.rank.0 >= since);
    }
}

/// What names a subject through all its versions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Name {
    Community(EventId),
    Meetup(Address),
}

/// The version that was announced last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Version {
    /// Newer ones are greater (NIP-01: of equally old ones the lowest id wins).
    rank: (u64, Reverse<EventId>),
    is_cancelled: bool,
}

impl Subject {
    fn name(&self) -> Name {
        match self {
            Subject::Community(community) => Name::Community(community.id()),
            Subject::Meetup(meetup) => Name::Meetup(meetup.address()),
        }
    }

    fn version(&self) -> Version {
        match self {
            Subject::Community(community) => {
                let metadata = community.metadata();
                let described = metadata.map(|note| (note.created_at, Reverse(note.id)));
                Version {
                    rank: described.unwrap_or((0, Reverse(community.id()))),
                    is_cancelled: false,
                }
            }
            Subject::Meetup(meetup) => Version {
                rank: (meetup.meetup().created_at, Reverse(meetup.id())),
                is_cancelled: meetup.is_cancelled(),
            },
        }
    }
}

/// What this version means to somebody who knows that one; `None` when it is no news.
fn news(known: Option<&Version>, seen: &Version) -> Option<News> {
    match known {
        Some(known) if known.rank >= seen.rank => None,
        Some(known) if known.is_cancelled && seen.is_cancelled => Some(News::Changed),
        _ if seen.is_cancelled => Some(News::Cancelled),
        Some(_) => Some(News::Changed),
        None => Some(News::New),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(created_at: u64, id: u8, is_cancelled: bool) -> Version {
        Version {
            rank: (created_at, Reverse(EventId::from_bytes([id; 32]))),
            is_cancelled,
        }
    }

    #[test]
    fn nip01_104_only_newer_versions_are_news() {
        let known = version(100, 5, false);
        assert_eq!(news(None, &known), Some(News::New));
        assert_eq!(news(Some(&known), &known), None);
        assert_eq!(news(Some(&known), &version(99, 1, false)), None);
        assert_eq!(news(Some(&known), &version(100, 6, false)), None);
        let lower = version(100, 4, false);
        assert_eq!(news(Some(&known), &lower), Some(News::Changed));
    }

    #[test]
    fn a_meetup_is_called_off_once() {
        let cancelled = version(200, 1, true);
        assert_eq!(news(None, &cancelled), Some(News::Cancelled));
        let on = version(100, 1, false);
        assert_eq!(news(Some(&on), &cancelled), Some(News::Cancelled));
        let again = version(300, 1, true);
        assert_eq!(news(Some(&cancelled), &again), Some(News::Changed));
        let reopened = version(300, 1, false);
        assert_eq!(news(Some(&cancelled), &reopened), Some(News::Changed));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_what_was_forgotten_is_not_new_again() {
        let name = |id: u8| Name::Community(EventId::from_bytes([id; 32]));
        let mut told = Told::default();
        for id in 0..=20 {
            let version = version(100 + u64::from(id), id, false);
            assert_eq!(told.tell_version(name(id), version, 20), Some(News::New));
            assert!(told.versions.len() <= 20);
        }
        for id in 0..=20 {
            let version = version(100 + u64::from(id), id, false);
            assert_eq!(told.tell_version(name(id), version, 20), None, "{id}");
        }
        // What was forgotten and has a newer version is heard of again.
        let newer = version(200, 0, false);
        assert_eq!(told.tell_version(name(0), newer, 20), Some(News::New));
    }
}
