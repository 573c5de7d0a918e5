//! Creating a community: four notes in an order that leaves no half-made community unexplained
//! (LBC-57). One that was interrupted is finished in `finish.rs`.

use std::fmt;
use std::sync::Arc;

use kith_nips::lbc::{
    BuildError, COMMUNITY_RELAYS_MAX, Community, CommunityProfile, CommunityReference, Location,
    Published, Topic, short_id,
};
use kith_nips::nip01::Draft;
use kith_nips::{EventId, Kind, PublicKey};
use nostr_sdk::RelayUrl;

use super::CommunityError;
use crate::filters::{authors, kinds_filter};
use crate::kith::Kith;
use crate::link::Link;
use crate::publish::{self, Destinations, PublishError};
use crate::refusal::Refusal;

/// A community to be created.
///
/// ```
/// use kith_client::NewCommunity;
/// use kith_client::lbc::{Location, Topic};
/// use kith_client::place::{CityTag, Point};
///
/// let community = NewCommunity {
///     description: "Boards on the *beach*".to_owned(),
///     location: Location::at(Point::new(50.8225, -0.1372)?).in_city(CityTag::parse("GB:Brighton")?),
///     topics: Topic::new("chess").into_iter().collect(),
///     ..NewCommunity::new("Brighton Chess")
/// };
/// assert_eq!(community.title, "Brighton Chess");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewCommunity {
    /// Its name.
    pub title: String,
    /// Markdown.
    pub description: String,
    /// Address of a picture.
    pub image: Option<String>,
    /// Position and cities.
    pub location: Location,
    /// What it is about.
    pub topics: Vec<Topic>,
    /// Relays that carry it, the most important first: its notes go to the first
    /// [`COMMUNITY_RELAYS_MAX`](crate::lbc::COMMUNITY_RELAYS_MAX) of them beside the set.
    pub carried_by: Vec<RelayUrl>,
}

impl NewCommunity {
    /// A community with a name.
    pub fn new(title: impl Into<String>) -> Self {
        NewCommunity {
            title: title.into(),
            ..NewCommunity::default()
        }
    }

    fn profile(&self) -> CommunityProfile {
        CommunityProfile {
            title: self.title.clone(),
            description: self.description.clone(),
            image: self.image.clone(),
            location: self.location.clone(),
            topics: self.topics.clone(),
            carried_by: Some(self.carried_by.iter().map(ToString::to_string).collect()),
        }
    }
}

/// One of the notes that make a community, in the order in which they are published.
///
/// ```
/// use kith_client::CommunityStep;
/// assert_eq!(CommunityStep::MemberList.to_string(), "the member list");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CommunityStep {
    /// The kind 1037: its id is the community.
    Community,
    /// Title, description, place, topics.
    Metadata,
    /// The member list, with the owner on it.
    MemberList,
    /// The chat.
    Chat,
}

impl fmt::Display for CommunityStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CommunityStep::Community => "the community note",
            CommunityStep::Metadata => "the description",
            CommunityStep::MemberList => "the member list",
            CommunityStep::Chat => "the chat",
        })
    }
}

/// A community that is complete.
///
/// ```no_run
/// # fn example(created: &kith_client::CreatedCommunity) {
/// println!("{}", created.id);
/// for (step, published) in &created.steps {
///     println!("{step} is on {} relays", published.accepted.len());
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreatedCommunity {
    /// The community id.
    pub id: EventId,
    /// What was published, in order.
    pub steps: Vec<(CommunityStep, publish::Published)>,
}

/// What became of the kind 1037, which every relay has to have before the others (LBC-57).
struct FirstTaken {
    /// These have it.
    by: Vec<Arc<Link>>,
    /// These get it from the queue, and the others after it.
    waits_for: Vec<Refusal>,
}

/// What is missing of a community whose kind 1037 is published.
///
/// ```no_run
/// use kith_client::{CommunityError, Kith, NewCommunity};
///
/// # async fn example(kith: Kith, new: NewCommunity) -> Result<(), CommunityError> {
/// match kith.create_community(&new).await {
///     Err(CommunityError::Incomplete(incomplete)) => {
///         eprintln!("{incomplete}");
///         kith.finish_community(incomplete.id, &new).await?;
///     }
///     outcome => println!("{}", outcome?.id),
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, thiserror::Error)]
#[error("the community {} exists, but {} could not be published", short_id(*.id), named(.missing))]
#[non_exhaustive]
pub struct IncompleteCommunity {
    /// The community id. [`Kith::finish_community`] publishes the rest.
    pub id: EventId,
    /// What was published, in order.
    pub steps: Vec<(CommunityStep, publish::Published)>,
    /// What was not, and why.
    pub missing: Vec<(CommunityStep, PublishError)>,
}

fn named(missing: &[(CommunityStep, PublishError)]) -> String {
    let texts: Vec<String> = missing
        .iter()
        .map(|(step, error)| format!("{step} ({error})"))
        .collect();
    texts.join(", ")
}

impl Kith {
    /// Creates a community with its description, a member list that has the owner, and a chat.
    /// A relay gets the other notes only after it took the first (LBC-57).
    ///
    /// ```no_run
    /// use kith_client::{Kith, NewCommunity};
    /// # async fn example(kith: Kith) -> Result<(), kith_client::CommunityError> {
    /// let created = kith.create_community(&NewCommunity::new("Brighton Chess")).await?;
    /// println!("{}", created.id);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`CommunityError`]. After [`CommunityError::Incomplete`] the community exists; call
    /// [`Kith::finish_community`], not this again.
    pub async fn create_community(
        &self,
        new: &NewCommunity,
    ) -> Result<CreatedCommunity, CommunityError> {
        let me = self.author()?;
        // Nothing is published of a community whose later notes cannot be.
        let nobody = CommunityReference::new(EventId::from_bytes([0; 32]), me);
        for (_, draft) in rest(new, &nobody, me, self.now()) {
            draft?
                .to_unsigned(me, self.now())
                .map_err(PublishError::Draft)?;
        }
        let (id, published, first) = self.publish_community(me, new).await?;
        let community = CommunityReference::new(id, me).at(self.relay_hint());
        let mut progress = Progress::begin(id, published);
        for (step, draft) in rest(new, &community, me, self.now()) {
            let outcome = match draft {
                Ok(draft) => self.publish_to(&draft, &first).await,
                Err(error) => return Err(error.into()),
            };
            progress.add(step, outcome);
        }
        progress.finish()
    }

    /// LBC-04: two communities of one second must not have the same id, so only one is made at a
    /// time, beside those that this handle made and those that the relays have.
    async fn publish_community(
        &self,
        me: PublicKey,
        new: &NewCommunity,
    ) -> Result<(EventId, publish::Published, FirstTaken), CommunityError> {
        let now = self.now();
        let mut made = self.made_communities().lock().await;
        made.retain(|community| community.created_at >= now);
        let filter = kinds_filter(&[Kind::COMMUNITY])
            .authors(authors([me]))
            .since(nostr_sdk::Timestamp::from_secs(now));
        let known = self.fetch(vec![filter]).await;
        let known = known
            .found
            .iter()
            .filter_map(|found| Community::read(&found.event).ok());
        let earlier: Vec<Published<Community>> = known.chain(made.iter().cloned()).collect();
        let note = Community::new(&new.description);
        let event = self.sign(&note.draft_beside(&earlier, now)?).await?;
        let mut destinations = self.destinations(&event).await;
        for relay in new.carried_by.iter().take(COMMUNITY_RELAYS_MAX) {
            self.push_extra(&mut destinations.extra.relays, relay);
        }
        let published = self.send(&event, destinations).await?;
        made.push(Published {
            id: published.id,
            author: me,
            created_at: event.created_at.as_secs(),
            kind: Kind::COMMUNITY,
            note,
        });
        let took_it = |link: &&Arc<Link>| published.accepted.contains(link.url());
        let first = FirstTaken {
            by: self.links().iter().filter(took_it).cloned().collect(),
            waits_for: published.queued.clone(),
        };
        Ok((published.id, published, first))
    }

    async fn publish_to(
        &self,
        draft: &Draft,
        first: &FirstTaken,
    ) -> Result<publish::Published, PublishError> {
        let event = self.sign(draft).await?;
        let destinations = Destinations {
            now: first.by.clone(),
            later: first.waits_for.clone(),
            extra: self.extra_relays(&event).await,
        };
        self.send(&event, destinations).await
    }
}

/// What was published and what was not.
pub(super) struct Progress {
    id: EventId,
    steps: Vec<(CommunityStep, publish::Published)>,
    missing: Vec<(CommunityStep, PublishError)>,
}

impl Progress {
    pub(super) fn begin(id: EventId, published: publish::Published) -> Progress {
        let steps = vec![(CommunityStep::Community, published)];
        Progress {
            id,
            steps,
            missing: Vec::new(),
        }
    }

    pub(super) fn add(
        &mut self,
        step: CommunityStep,
        outcome: Result<publish::Published, PublishError>,
    ) {
        match outcome {
            Ok(published) => self.steps.push((step, published)),
            Err(error) => self.missing.push((step, error)),
        }
    }

    pub(super) fn finish(self) -> Result<CreatedCommunity, CommunityError> {
        let Progress { id, steps, missing } = self;
        match missing.is_empty() {
            true => Ok(CreatedCommunity { id, steps }),
            false => {
                let incomplete = IncompleteCommunity { id, steps, missing };
                Err(CommunityError::Incomplete(Box::new(incomplete)))
            }
        }
    }
}

/// What follows the kind 1037, in order.
pub(super) fn rest(
    new: &NewCommunity,
    community: &CommunityReference,
    owner: PublicKey,
    now: u64,
) -> [(CommunityStep, Result<Draft, BuildError>); 3] {
    let [metadata, members, chat] = new.profile().founding(community, owner, now);
    [
        (CommunityStep::Metadata, metadata),
        (CommunityStep::MemberList, members),
        (CommunityStep::Chat, chat),
    ]
}
