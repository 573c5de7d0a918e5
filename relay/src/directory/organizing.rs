//! What is read for somebody who organizes: what they own, what their meetups are called, and the meetups of
//! a series.

use std::collections::BTreeSet;

use kith_nips::extensions::{InSeries, identifiers_used};
use kith_nips::lbc::{Community, Meetup, Published, address};
use kith_nips::{EventId, Filter, Kind, PublicKey};

use super::meetups::any_meetup;
use super::reading::{Reading, kinds, tagged};
use crate::store::StoreError;

/// Communities of one owner that are looked at.
const COMMUNITIES_MAX: usize = 500;
/// Meetups and deletions of one author that are looked at.
const NAMES_MAX: usize = 5_000;
/// Meetups of one series.
const SERIES_MAX: usize = 1_000;

impl Reading {
    /// The communities that a person founded, closed ones too.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn founded_by(
        &self,
        person: PublicKey,
    ) -> Result<Vec<Published<Community>>, StoreError> {
        let filter = by(person, kinds(&[Kind::COMMUNITY]));
        let found = self.scan(filter, COMMUNITIES_MAX).await?;
        let read = found.iter().filter_map(|event| Community::read(event).ok());
        Ok(read.collect())
    }

    /// The `d` values that meetups of an author in a community have or had (LBC-22, LBC-26).
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn identifiers_used(
        &self,
        author: PublicKey,
        community: EventId,
    ) -> Result<BTreeSet<String>, StoreError> {
        let meetups = by(author, tagged(any_meetup(), 'e', [community.to_string()]));
        let deletions = by(author, kinds(&[Kind::DELETION]));
        let (meetups, deletions) = tokio::try_join!(
            self.scan(meetups, NAMES_MAX),
            self.scan(deletions, NAMES_MAX)
        )?;
        let events = meetups.iter().chain(&deletions);
        Ok(events.flat_map(|event| identifiers_used(event)).collect())
    }

    /// The meetups of an author that name a community, over or not.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn meetups_by(
        &self,
        author: PublicKey,
        community: EventId,
    ) -> Result<Vec<Published<Meetup>>, StoreError> {
        let filter = by(author, tagged(any_meetup(), 'e', [community.to_string()]));
        let found = self.scan(filter, NAMES_MAX).await?;
        let read = found.iter().filter_map(|event| Meetup::read(event).ok());
        Ok(read.collect())
    }

    /// The meetups of the series that one is in, by day; none of one that stands alone.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn series(
        &self,
        meetup: &Published<Meetup>,
    ) -> Result<Vec<Published<Meetup>>, StoreError> {
        let Some(place) = InSeries::read(meetup) else {
            return Ok(Vec::new());
        };
        let community = address::community_in_identifier(meetup.identifier());
        let filter = tagged(any_meetup(), 'l', [place.id.to_string()]);
        let found = self.scan(by(meetup.author, filter), SERIES_MAX).await?;
        let read = found.iter().filter_map(|event| {
            let known = Meetup::read(event).ok()?;
            let its = InSeries::read(&known)?;
            let named = address::community_in_identifier(known.identifier());
            (its.id == place.id && named == community).then_some((its.day, known))
        });
        let mut series: Vec<_> = read.collect();
        series.sort_by_key(|(day, known)| (*day, known.id));
        Ok(series.into_iter().map(|(_, known)| known).collect())
    }
}

fn by(author: PublicKey, filter: Filter) -> Filter {
    Filter {
        authors: Some(vec![author]),
        ..filter
    }
}
