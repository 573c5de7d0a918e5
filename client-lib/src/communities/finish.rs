//! Finishing a community of which not all could be published (LBC-57).

use kith_nips::lbc::{
    Channel, CommunityReference, Published, address, official_channels, short_id,
};
use kith_nips::{EventId, Kind, PublicKey};
use nostr_sdk::{Alphabet, RelayUrl};

use super::create::{Progress, rest};
use super::{CommunityError, CommunityStep, CreatedCommunity, NamedCommunity, NewCommunity};
use crate::fetch::{Fetched, Found};
use crate::filters::{addresses_filters, authors, ids_filters, tag, tag_filters};
use crate::kith::Kith;
use crate::lookup::LookupError;
use crate::publish::{self, PublishError};
use crate::versions::newest;

impl Kith {
    /// Publishes what is missing of a community of one's own, and gives every relay the notes that
    /// others have. There is never a second kind 1037, and nothing that exists is replaced.
    ///
    /// ```no_run
    /// use kith_client::{EventId, Kith, NewCommunity};
    /// # async fn example(kith: Kith, id: EventId) -> Result<(), kith_client::CommunityError> {
    /// kith.finish_community(id, &NewCommunity::new("Brighton Chess")).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`CommunityError`]; also when a relay did not say what it has.
    pub async fn finish_community(
        &self,
        id: EventId,
        new: &NewCommunity,
    ) -> Result<CreatedCommunity, CommunityError> {
        let me = self.author()?;
        let _turn = self.turn().await;
        let existing = self.existing(id, me).await?;
        let published = self.resend(&existing.community).await?;
        let mut progress = Progress::begin(id, published);
        let community = CommunityReference::new(id, me).at(self.relay_hint());
        for (step, draft) in rest(new, &community, me, self.now()) {
            let outcome = match existing.of(step) {
                Some(found) => self.resend(found).await,
                None => self.publish(&draft?).await,
            };
            progress.add(step, outcome);
        }
        progress.finish()
    }

    /// Gives these relays, beside the set, the notes that it has: what they get later is refused
    /// without them (LBC-57). Nobody waits.
    pub(super) async fn carry(
        &self,
        id: EventId,
        me: PublicKey,
        relays: &[RelayUrl],
    ) -> Result<(), CommunityError> {
        let Existing {
            community,
            members,
            chat,
            ..
        } = self.existing(id, me).await?;
        let mut extra = Vec::new();
        for relay in relays {
            self.push_extra(&mut extra, relay);
        }
        let notes = [Some(community), members, chat].into_iter().flatten();
        let notes = notes.map(|found| found.event).collect();
        self.take_beside(notes, extra).await;
        Ok(())
    }

    /// The same event again: relays that have it say so.
    async fn resend(&self, found: &Found) -> Result<publish::Published, PublishError> {
        let event = nostr_sdk::Event::try_from(&found.event)
            .map_err(|error| PublishError::Signer(error.to_string()))?;
        self.send(&event, self.links()).await
    }

    async fn existing(&self, id: EventId, me: PublicKey) -> Result<Existing, CommunityError> {
        let addresses = [address::metadata(me, id), address::member_list(me, id)];
        let mut filters = ids_filters(&[id]);
        filters.extend(addresses_filters(&addresses));
        let chats = tag_filters(&[Kind::CHANNEL], tag(Alphabet::E), vec![id.to_string()]);
        filters.extend(
            chats
                .into_iter()
                .map(|filter| filter.authors(authors([me]))),
        );
        let Fetched { found, silent, .. } = self
            .fetch(filters)
            .await
            .answered()
            .map_err(LookupError::from)?;
        self.demand_all(&silent, "the community")?;
        let channels: Vec<Published<Channel>> = found
            .iter()
            .filter_map(|found| Channel::read(&found.event).ok())
            .collect();
        let main = official_channels(me, id, &channels)
            .first()
            .map(|channel| channel.id);
        let by_id = |id: EventId| found.iter().find(|found| found.event.id() == id).cloned();
        let chat = main.and_then(by_id);
        let community = by_id(id).filter(|found| found.event.kind() == Kind::COMMUNITY);
        let community = community.ok_or_else(|| LookupError::NotFound {
            what: "community",
            reference: short_id(id),
            silent,
        })?;
        if community.event.pubkey() != me {
            return Err(CommunityError::NotOwner(NamedCommunity {
                id,
                title: short_id(id),
            }));
        }
        let mut newest = newest(found);
        let [metadata, members] = addresses.map(|address| newest.remove(&address));
        Ok(Existing {
            community,
            metadata,
            members,
            chat,
        })
    }
}

/// What relays have of a community.
struct Existing {
    community: Found,
    metadata: Option<Found>,
    members: Option<Found>,
    chat: Option<Found>,
}

impl Existing {
    fn of(&self, step: CommunityStep) -> Option<&Found> {
        match step {
            CommunityStep::Community => Some(&self.community),
            CommunityStep::Metadata => self.metadata.as_ref(),
            CommunityStep::MemberList => self.members.as_ref(),
            CommunityStep::Chat => self.chat.as_ref(),
        }
    }
}
