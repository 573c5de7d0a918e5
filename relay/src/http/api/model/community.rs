//! Communities.

use serde::Serialize;
use utoipa::ToSchema;

use super::people::PersonName;
use super::{Detail, Position, cities, texts};
use crate::directory::{CommunityRecord, CommunityView};
use crate::http::api::reference::naddr;

/// A community.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::api) struct Community {
    /// The community id: the id of its kind 1037.
    #[schema(example = "0dba6b25d4b7ed5a57109c7266d8414aae7725df12d02bb3ecbb9741836fddc9")]
    id: String,
    /// The address of its description (kind 30037).
    naddr: String,
    /// Who decides about it.
    owner: PersonName,
    /// What it is called: the first characters of its id if it has no title.
    #[schema(example = "Berlin Chess")]
    title: String,
    /// What it says of itself, in Markdown. Cut after a thousand characters in lists.
    description: String,
    /// The address of a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<Position>,
    /// Kilometres from `near`.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance_km: Option<f64>,
    /// Its cities, as `CC:Name`.
    #[schema(example = json!(["DE:Berlin"]))]
    cities: Vec<String>,
    /// What it is about.
    #[schema(example = json!(["chess"]))]
    topics: Vec<String>,
    /// When it was founded, Unix seconds.
    #[schema(example = 1_700_000_000)]
    created_at: u64,
    /// The owner, and who is a member and follows.
    #[schema(example = 12)]
    members: u64,
    /// Who follows, members among them.
    #[schema(example = 40)]
    followers: u64,
    /// Meetups that are neither called off nor over, proposals among them.
    #[schema(example = 3)]
    upcoming_meetups: u64,
}

impl Community {
    pub(in crate::http::api) fn of(view: &CommunityView, detail: Detail) -> Self {
        let record = &view.record;
        let metadata = record.metadata.as_ref();
        let location = metadata.map(|metadata| &metadata.location);
        let address = kith_nips::lbc::address::metadata(record.owner(), record.id());
        Community {
            id: record.id().to_string(),
            naddr: naddr(&metadata.map_or(address, |metadata| metadata.address())),
            owner: PersonName::of(record.owner()),
            title: record.title(),
            description: detail.cut(record.description()),
            image: metadata.and_then(|metadata| metadata.image.clone()),
            position: location.and_then(Position::read),
            distance_km: view.distance_km,
            cities: cities(location),
            topics: texts(record.topics()),
            created_at: record.community.created_at,
            members: view.counts.members,
            followers: view.counts.followers,
            upcoming_meetups: view.counts.upcoming_meetups,
        }
    }

    /// The address of its description.
    pub(in crate::http::api) fn naddr(&self) -> &str {
        &self.naddr
    }
}

/// A community by name.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::api) struct CommunityName {
    /// The community id.
    id: String,
    /// What it is called.
    title: String,
}

impl CommunityName {
    pub(super) fn of(record: &CommunityRecord) -> Self {
        CommunityName {
            id: record.id().to_string(),
            title: record.title(),
        }
    }
}
