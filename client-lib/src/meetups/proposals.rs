//! What is official: the calendar of the owner lists it (LBC-27, LBC-28).

use kith_nips::lbc::{self, Calendar};

use super::MeetupError;
use crate::kith::Kith;
use crate::lists::Change;
use crate::lookup::LookupError;
use crate::reference::Reference;

impl Kith {
    /// Makes somebody's proposal official: the owner's calendar lists it (LBC-27).
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, proposal: Reference) -> Result<(), kith_client::MeetupError> {
    /// kith.adopt_meetup(&proposal).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`MeetupError`]; only the owner can.
    pub async fn adopt_meetup(&self, meetup: impl Into<Reference>) -> Result<Change, MeetupError> {
        let hint = self.relay_hint();
        self.edit_calendar(meetup.into(), |calendar, address| {
            calendar.list(address, Some(&hint))
        })
        .await
    }

    /// Takes a meetup out of the owner's calendar: it is a proposal again.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, meetup: Reference) -> Result<(), kith_client::MeetupError> {
    /// kith.release_meetup(&meetup).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`MeetupError`]; only the owner can.
    pub async fn release_meetup(
        &self,
        meetup: impl Into<Reference>,
    ) -> Result<Change, MeetupError> {
        self.edit_calendar(meetup.into(), |calendar, address| calendar.unlist(address))
            .await
    }

    async fn edit_calendar(
        &self,
        reference: Reference,
        edit: impl FnOnce(&mut Calendar, &kith_nips::Address) -> bool,
    ) -> Result<Change, MeetupError> {
        let me = self.author()?;
        let _turn = self.turn().await;
        let view = self.meetup(&reference).await?;
        let mine = view
            .communities()
            .iter()
            .find(|community| community.owner == me);
        let (community, title) = match (mine, view.community()) {
            (Some(mine), _) => (mine.id, mine.title.clone()),
            (None, Some(other)) => return Err(MeetupError::NotOwner(other.named())),
            (None, None) => {
                return Err(LookupError::NoCommunity(reference.short()).into());
            }
        };
        let address = lbc::address::calendar(me, community);
        let first = || Calendar::of_community(community, &title);
        let own = self
            .own_note(
                &address,
                "the calendar of the community",
                Calendar::read,
                first,
            )
            .await?;
        self.publish_edited(own, |calendar| edit(calendar, &view.address()))
            .await
    }
}
