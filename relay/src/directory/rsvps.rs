//! The answers to meetups, added up and listed (LBC-35 to LBC-38).

use std::collections::BTreeSet;

use kith_nips::lbc::{
    Attendee, Group, Membership, Published, Rsvp, Tally, TallyContext, membership, tally,
};
use kith_nips::nip50::Rank;
use kith_nips::{EventId, Filter, Kind, PublicKey};

use super::communities::followers;
use super::meetups::MeetupView;
use super::page::{Page, Place, page_of};
use super::reading::{Reading, kinds, tagged};
use super::records::CommunityRecord;
use crate::store::StoreError;

/// Answers to one meetup that are read: the newest.
pub const RSVPS_PER_MEETUP_MAX: usize = 2_000;

/// The answers to one meetup.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rsvps {
    /// One answer per person, without people who are muted.
    pub tally: Tally,
    /// Whether there are more than [`RSVPS_PER_MEETUP_MAX`], so that older ones are not counted.
    pub cut: bool,
}

impl Reading {
    /// A page of the answers to a meetup that was read with them: members first, then others, each in
    /// the order of answering.
    pub fn rsvps(&self, view: &MeetupView, after: Option<Place>, limit: usize) -> Page<Attendee> {
        let rsvps = view.rsvps.clone().unwrap_or_default();
        let placed = rsvps.tally.attendees.into_iter().map(|attendee| {
            let group = match attendee.group {
                Group::Members => 0,
                Group::Others => 1,
            };
            let person = EventId::from_bytes(*attendee.person.as_bytes());
            let place = Place {
                unlikeness: group,
                rank: Rank(attendee.answered_at, 0, person),
            };
            (place, attendee)
        });
        let mut page = page_of(placed.collect(), after, limit);
        page.cut = rsvps.cut;
        page
    }

    pub(super) async fn rsvps_of(&self, view: &MeetupView) -> Result<Rsvps, StoreError> {
        let meetup = &view.meetup;
        let address = meetup.address();
        // The form of an old client has the id of the version in place of the kind (LBC-37).
        let old_form = format!("{}:{}:{}", meetup.id, address.pubkey, address.identifier);
        let named = [address.to_string(), old_form];
        let filter = tagged(kinds(&[Kind::RSVP]), 'a', named);
        let mut events = self.scan(filter, RSVPS_PER_MEETUP_MAX + 1).await?;
        let cut = events.len() > RSVPS_PER_MEETUP_MAX;
        events.truncate(RSVPS_PER_MEETUP_MAX);
        let rsvps: Vec<Published<Rsvp>> = events
            .iter()
            .filter_map(|event| Rsvp::read(event).ok())
            .collect();
        let record = view.communities.first().map(|first| &first.record);
        let people = rsvps.iter().map(|rsvp| rsvp.author).collect();
        let members = match record {
            Some(record) => self.members_among(record, people).await?,
            None => BTreeSet::new(),
        };
        let context = TallyContext {
            meetup,
            community: record.map(|record| record.id()),
            earlier_versions: &[],
            membership: |person| match record {
                Some(record) => record.membership(person, members.contains(&person)),
                None => Membership::Visitor,
            },
        };
        Ok(Rsvps {
            tally: tally(&rsvps, &context),
            cut,
        })
    }

    /// Those of the people who are on the list of members and follow.
    pub(super) async fn members_among(
        &self,
        record: &CommunityRecord,
        people: BTreeSet<PublicKey>,
    ) -> Result<BTreeSet<PublicKey>, StoreError> {
        let Some(list) = &record.members else {
            return Ok(BTreeSet::new());
        };
        let listed: BTreeSet<PublicKey> = list.people().into_iter().collect();
        let listed: Vec<PublicKey> = people.intersection(&listed).copied().collect();
        let limit = listed.len();
        let filter = Filter {
            authors: Some(listed),
            ..followers(record.id())
        };
        let lists = self.scan(filter, limit).await?;
        Ok(lists.iter().map(|list| list.pubkey()).collect())
    }
}

impl CommunityRecord {
    /// What a person is to the community (LBC-50).
    pub fn membership(&self, person: PublicKey, follows: bool) -> Membership {
        membership(
            person == self.owner(),
            self.mutes(person),
            self.lists(person),
            follows,
        )
    }
}

impl MeetupView {
    /// What answers add up to when nobody is known to be a member.
    pub(super) fn tally_of<'a>(
        &self,
        rsvps: impl IntoIterator<Item = &'a Published<Rsvp>>,
    ) -> Tally {
        let record = self.communities.first().map(|first| &first.record);
        let context = TallyContext {
            meetup: &self.meetup,
            community: record.map(|record| record.id()),
            earlier_versions: &[],
            membership: |person| match record {
                Some(record) => record.membership(person, false),
                None => Membership::Visitor,
            },
        };
        tally(rsvps, &context)
    }
}
