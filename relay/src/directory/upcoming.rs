//! How many meetups communities have before them.

use std::collections::BTreeMap;
use std::sync::Arc;

use kith_nips::discovery::Setting;
use kith_nips::{Event, EventId};

use super::following::{PeopleOf, named_in_e};
use super::meetups::KINDS;
use super::reading::{Reading, kinds, tagged};
use super::remembered::{KnownMeetup, KnownUpcoming};
use crate::store::{Stamp, StampOf, StoreError};

/// Coming meetups of a community that are counted at most.
const COUNTED_MAX: usize = 500;

/// Coming meetups by the communities that they name.
type MeetupsOf = BTreeMap<EventId, Vec<Arc<Event>>>;

impl Reading {
    /// How many meetups that are neither called off nor over name each of the communities, without
    /// those by people who are muted there.
    pub(super) async fn count_upcoming(
        &self,
        muted: &PeopleOf,
    ) -> Result<BTreeMap<EventId, u64>, StoreError> {
        let mut counts = BTreeMap::new();
        let mut unknown = Vec::new();
        for (id, muted) in muted {
            match self.remembered_upcoming(id) {
                Some(known) => {
                    let open = known.meetups.iter().filter(|meetup| {
                        meetup.setting.is_open(self.now())
                            && self.shows(&meetup.event)
                            && !muted.contains(&meetup.event.pubkey())
                    });
                    counts.insert(*id, open.count() as u64);
                }
                None => unknown.push(*id),
            }
        }
        for (id, meetups) in self.upcoming_of(&unknown).await? {
            let muted = muted.get(&id);
            let counted = meetups.iter().filter(|meetup| {
                let author = meetup.pubkey();
                self.shows(meetup) && !muted.is_some_and(|muted| muted.contains(&author))
            });
            counts.insert(id, counted.count() as u64);
        }
        Ok(counts)
    }

    /// Coming meetups, whoever may see them, and remembers those that are all of their community.
    async fn upcoming_of(&self, ids: &[EventId]) -> Result<MeetupsOf, StoreError> {
        if ids.is_empty() {
            return Ok(MeetupsOf::new());
        }
        let all = self.of_everything();
        let before = self.stamp(StampOf::Everything);
        let named = ids.iter().map(|id| self.stamps_of_naming(id));
        let named: Vec<Option<[Stamp; KINDS.len()]>> = named.collect();
        let together = all.upcoming_naming(ids).await?;
        let mut meetups: MeetupsOf = ids.iter().map(|id| (*id, Vec::new())).collect();
        if together.len() == COUNTED_MAX && ids.len() > 1 {
            // They may be more together than one community may have.
            for id in ids {
                meetups.insert(*id, all.upcoming_naming(&[*id]).await?);
            }
        } else {
            for meetup in &together {
                for id in named_in_e(meetup) {
                    let of_it = meetups.get_mut(&id);
                    // Once, however often it is named.
                    if let Some(of_it) = of_it.filter(|of_it| of_it.last() != Some(meetup)) {
                        of_it.push(Arc::clone(meetup));
                    }
                }
            }
        }
        for (id, named) in ids.iter().zip(named) {
            let found = meetups.get(id).filter(|found| found.len() < COUNTED_MAX);
            if let Some((found, named)) = found.zip(named) {
                self.remember_upcoming(*id, named, found, before);
            }
        }
        Ok(meetups)
    }

    async fn upcoming_naming(&self, ids: &[EventId]) -> Result<Vec<Arc<Event>>, StoreError> {
        let ids = ids.iter().map(EventId::to_string);
        let mut upcoming = tagged(kinds(&KINDS), 'e', ids);
        upcoming.search = super::query::open();
        self.scan(upcoming, COUNTED_MAX).await
    }

    /// What was coming lately, if nothing was added or changed since.
    fn remembered_upcoming(&self, id: &EventId) -> Option<KnownUpcoming> {
        let known = self.remembered().upcoming.get(id)?;
        let is_current = known.read_at <= self.now()
            && self.stamps_of_naming(id) == Some(known.named)
            && known.meetups.iter().all(|meetup| {
                let author = meetup.event.pubkey();
                self.stamp(StampOf::Author(&author)) == Some(meetup.stamp)
            });
        is_current.then_some(known)
    }

    fn remember_upcoming(
        &self,
        id: EventId,
        named: [Stamp; KINDS.len()],
        found: &[Arc<Event>],
        before: Option<Stamp>,
    ) {
        let stamped = found.iter().map(|event| {
            Some(KnownMeetup {
                event: Arc::clone(event),
                setting: Setting::in_time(event),
                stamp: self.stamp(StampOf::Author(&event.pubkey()))?,
            })
        });
        let Some(meetups) = stamped.collect::<Option<Arc<[_]>>>() else {
            return;
        };
        // Only now it is known whose stamps count: they are from before it was read if nothing changed
        // meanwhile.
        if before.is_some() && before == self.stamp(StampOf::Everything) {
            let known = KnownUpcoming {
                named,
                read_at: self.now(),
                meetups,
            };
            self.remembered().upcoming.insert(id, known);
        }
    }

    fn stamps_of_naming(&self, id: &EventId) -> Option<[Stamp; KINDS.len()]> {
        let [dates, times] = KINDS.map(|kind| self.stamp(StampOf::Naming(kind, id)));
        Some([dates?, times?])
    }
}
