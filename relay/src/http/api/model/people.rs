//! People, and what they belong to.

use kith_nips::PublicKey;
use kith_nips::lbc::Membership;
use serde::Serialize;
use utoipa::ToSchema;

use super::community::CommunityName;
use crate::directory::{Member, PersonCommunity};
use crate::http::api::reference::npub;

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::api) struct PersonName {
    /// The public key (NIP-19).
    #[schema(example = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg")]
    npub: String,
    /// The public key in hex.
    pubkey: String,
}

impl PersonName {
    pub(super) fn of(person: PublicKey) -> Self {
        PersonName {
            npub: npub(person),
            pubkey: person.to_string(),
        }
    }
}

/// Somebody who belongs to a community.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::api) struct CommunityMember {
    /// Who.
    #[serde(flatten)]
    person: PersonName,
    /// Whether they own it.
    owner: bool,
}

impl CommunityMember {
    pub(in crate::http::api) fn of(member: &Member) -> Self {
        CommunityMember {
            person: PersonName::of(member.person),
            owner: member.is_owner,
        }
    }
}

/// What a person is to a community.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::http::api) enum MembershipWord {
    /// Signed it.
    Owner,
    /// On the list of members, and following.
    Member,
    /// On the list of members, not following.
    Lapsed,
    /// Following only.
    Follower,
    /// Muted by the owner.
    Muted,
    /// None of these.
    Visitor,
}

/// A community that a person has to do with.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::api) struct CommunityOfPerson {
    /// The community.
    #[serde(flatten)]
    name: CommunityName,
    /// What the person is to it.
    membership: MembershipWord,
}

impl CommunityOfPerson {
    pub(in crate::http::api) fn of(community: &PersonCommunity) -> Self {
        CommunityOfPerson {
            name: CommunityName::of(&community.record),
            membership: match community.membership {
                Membership::Owner => MembershipWord::Owner,
                Membership::Member => MembershipWord::Member,
                Membership::Lapsed => MembershipWord::Lapsed,
                Membership::Follower => MembershipWord::Follower,
                Membership::Muted => MembershipWord::Muted,
                Membership::Visitor => MembershipWord::Visitor,
            },
        }
    }
}
