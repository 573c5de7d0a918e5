//! Meetups from calendars of other programs (NIP-48): the same event of a calendar is the same
//! meetup whenever it is read, so that reading it again changes the meetup and makes no second one.

use std::collections::BTreeMap;

use kith_nips::extensions::{import_again, imported};
use kith_nips::icalendar::ReadEvent;
use kith_nips::lbc::{Meetup, Note};
use kith_nips::{Address, Kind, PublicKey};

use super::{KINDS, MeetupError};
use crate::fetch::Found;
use crate::filters::{addresses_filters, deletion_filters, deletion_filters_of};
use crate::kith::Kith;
use crate::lists::{Change, ListUnavailable};
use crate::publish::Published;
use crate::records::Record;
use crate::reference::Reference;
use crate::versions::{Deletions, newest};

/// What became of one event of a calendar.
///
/// ```no_run
/// # fn example(imported: &kith_client::Imported) {
/// println!("{}: {:?}", imported.reference, imported.outcome);
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Imported {
    /// Its meetup.
    pub reference: Reference,
    /// What was done.
    pub outcome: ImportOutcome,
}

/// What was done with one event of a calendar.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ImportOutcome {
    /// It is a new meetup.
    Created(Published),
    /// Its meetup has a new version.
    Updated(Published),
    /// Its meetup says all that already.
    Unchanged,
    /// It is called off, and was never announced here.
    CalledOff,
    /// Its meetup was deleted here, and stays so.
    Deleted,
}

impl Kith {
    /// Announces the events of a calendar as meetups of a community: new ones are scheduled, those
    /// that were imported before get a new version if the calendar says something new, and the rest
    /// is left alone. `each` is told after every event; what was done before a failure stays done,
    /// and importing again goes on from there.
    ///
    /// What the calendar does not say (a picture, a position) stays as it is in a meetup; a new one
    /// without a position is where the community is.
    ///
    /// ```no_run
    /// use kith_client::icalendar::{self, Window};
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, community: Reference, window: Window) -> Result<(), Box<dyn std::error::Error>> {
    /// let calendar = icalendar::read(&std::fs::read_to_string("events.ics")?, &window)?;
    /// kith.import_meetups(&community, &calendar.events, |imported| {
    ///     println!("{}", imported.reference);
    /// })
    /// .await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`MeetupError`]: the community is not there or mutes this key, not every relay says which
    /// versions it has, an event cannot be written, no relay takes it.
    pub async fn import_meetups(
        &self,
        community: impl Into<Reference>,
        events: &[ReadEvent],
        mut each: impl FnMut(&Imported),
    ) -> Result<Vec<Imported>, MeetupError> {
        let me = self.author()?;
        let _turn = self.turn().await;
        let record = self.record(&community.into()).await?;
        if record.mutes(me) {
            return Err(MeetupError::Muted(record.named()));
        }
        let mut known = self.imported_before(&record, events).await?;
        let mut all = Vec::with_capacity(events.len());
        for event in events {
            let identifier = event.source.slug().identifier(record.community.id);
            let mut outcome = None;
            for kind in KINDS {
                let address = Address {
                    kind,
                    pubkey: me,
                    identifier: identifier.clone(),
                };
                if let Some(before) = known.remove(&address) {
                    let done = self.import_again(before, kind, event).await?;
                    outcome = outcome.or(done);
                }
            }
            let outcome = match outcome {
                Some(outcome) => outcome,
                None if event.is_cancelled => ImportOutcome::CalledOff,
                None => ImportOutcome::Created(self.import_first(&record, event).await?),
            };
            let address = Address {
                kind: event.when.kind(),
                pubkey: me,
                identifier,
            };
            let relays = match &outcome {
                ImportOutcome::Created(published) | ImportOutcome::Updated(published) => {
                    published.accepted.clone()
                }
                _ => record.relays.clone(),
            };
            let imported = Imported {
                reference: Reference {
                    target: address.into(),
                    relays,
                },
                outcome,
            };
            each(&imported);
            all.push(imported);
        }
        Ok(all)
    }

    /// The newest versions of what was imported before, and whether it was deleted since.
    async fn imported_before(
        &self,
        record: &Record,
        events: &[ReadEvent],
    ) -> Result<BTreeMap<Address, Before>, MeetupError> {
        let me = self.author()?;
        let addresses = events.iter().flat_map(|event| {
            let identifier = event.source.slug().identifier(record.community.id);
            KINDS.map(|kind| Address {
                kind,
                pubkey: me,
                identifier: identifier.clone(),
            })
        });
        let addresses: Vec<Address> = addresses.collect();
        let what = "the meetups of the calendar";
        Ok(self.published_before(me, &addresses, what).await?)
    }

    /// The newest versions at these addresses of one author, and whether they were deleted since.
    pub(super) async fn published_before(
        &self,
        author: PublicKey,
        addresses: &[Address],
        what: &'static str,
    ) -> Result<BTreeMap<Address, Before>, ListUnavailable> {
        let found = self.fetch(addresses_filters(addresses)).await;
        self.demand_all(&found.silent, what)?;
        let mut standing = newest(found.found);
        // Also of what no relay has any more: it was deleted, and a new version would be too.
        let requests = deletion_filters_of(author, addresses);
        let by_id: Vec<Found> = standing.values().cloned().collect();
        let requests = requests.into_iter().chain(deletion_filters(&by_id));
        let requests = self.fetch(requests.collect()).await;
        self.demand_all(&requests.silent, what)?;
        let deletions = Deletions::read(requests.found.iter().map(|found| &found.event));
        let before = addresses.iter().filter_map(|address| {
            let found = standing.remove(address);
            let is_deleted = match &found {
                Some(found) => deletions.cover(&found.event),
                None => deletions.cover_address(address),
            };
            let before = match found {
                _ if is_deleted => Before::Deleted,
                Some(found) => Before::There(Box::new(found)),
                None => return None,
            };
            Some((address.clone(), before))
        });
        Ok(before.collect())
    }

    /// A new version, if there is something new. `None` when the event is of the other kind now: its
    /// meetup is called off, and another one is made.
    async fn import_again(
        &self,
        before: Before,
        kind: Kind,
        event: &ReadEvent,
    ) -> Result<Option<ImportOutcome>, MeetupError> {
        let found = match before {
            Before::Deleted => return Ok(Some(ImportOutcome::Deleted)),
            Before::There(found) => found,
        };
        let Ok(mut meetup) = Meetup::read(&found.event) else {
            return Ok(None);
        };
        let is_same_kind = kind == event.when.kind();
        let said = meetup.note.clone();
        match is_same_kind {
            true => import_again(&mut meetup.note, event),
            false => meetup.note.cancel(),
        }
        let change = self.publish_next(&meetup, &said).await?;
        Ok(is_same_kind.then_some(match change {
            Change::Unchanged => ImportOutcome::Unchanged,
            Change::Published(published) => ImportOutcome::Updated(published),
        }))
    }

    async fn import_first(
        &self,
        record: &Record,
        event: &ReadEvent,
    ) -> Result<Published, MeetupError> {
        let hint = self.relay_hint().to_string();
        let setting = self.setting(record, &hint)?;
        let metadata = record.metadata.as_ref().map(|metadata| &metadata.note);
        let meetup = imported(event, &setting, metadata)?;
        Ok(self.publish(&meetup.draft()?).await?)
    }
}

/// What is known of an address that an event has.
pub(super) enum Before {
    There(Box<Found>),
    Deleted,
}
