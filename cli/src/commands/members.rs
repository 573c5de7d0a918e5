//! `kith members`.

use kith_client::{Kith, MemberChange};
use kith_nips::PublicKey;

use super::views;
use crate::arguments::community::Reference;
use crate::arguments::members::{Change as Typed, Members as Arguments};
use crate::context::Context;
use crate::errors::CliError;
use crate::output::views::PersonView;
use crate::output::{Members, MembersChanged, Output, PersonChange, Report};
use crate::reference::{self, TypedPerson};

/// Runs `kith members …`.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Report, CliError> {
    match arguments {
        Arguments::List(typed) => list(typed, context).await,
        Arguments::Approve(typed) => change(Action::Approve, typed, context).await,
        Arguments::Remove(typed) => change(Action::Remove, typed, context).await,
        Arguments::Mute(typed) => {
            let reason = typed.reason.as_deref();
            change(Action::Mute(reason), &typed.change, context).await
        }
        Arguments::Unmute(typed) => change(Action::Unmute, typed, context).await,
    }
}

#[derive(Clone, Copy)]
enum Action<'a> {
    Approve,
    Remove,
    Mute(Option<&'a str>),
    Unmute,
}

impl Action<'_> {
    fn past(self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Remove => "removed",
            Self::Mute(_) => "muted",
            Self::Unmute => "unmuted",
        }
    }
}

async fn list(typed: &Reference, context: &Context) -> Result<Report, CliError> {
    let kith = context.reader().await?;
    let community = reference::community(&kith, context, &typed.community).await?;
    let members = kith.members(&community).await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::silent(&members.silent, &kith));
    let people = members.found.iter().map(|member| PersonView {
        npub: views::npub(member.person),
        public_key: member.person.to_string(),
        state: views::membership(member.state).to_owned(),
        reason: member.reason.clone(),
    });
    let output = Output::Members(Members {
        community: views::community(&community),
        people: people.collect(),
    });
    Ok(Report { output, warnings })
}

async fn change(action: Action<'_>, typed: &Typed, context: &Context) -> Result<Report, CliError> {
    let people = TypedPerson::parse_all(&typed.people)?;
    let writer = context.list_writer(typed.list).await?;
    let community = reference::community(writer.kith(), context, &typed.community).await?;
    // Everybody is found before the first list is rewritten.
    let people = TypedPerson::find_all(&people, writer.kith()).await?;
    let kith = writer.unlock().await?;
    let mut warnings = views::unreachable(&kith);
    let mut changes = Vec::new();
    for person in people {
        let change = change_one(&kith, action, &community, person).await?;
        for list in [&change.members, &change.muted] {
            warnings.extend(views::change_warnings(list, &kith));
        }
        changes.push(PersonChange {
            npub: views::npub(person),
            public_key: person.to_string(),
            action: action.past(),
            changed: !change.is_nothing(),
        });
    }
    let output = Output::MembersChanged(MembersChanged {
        community: views::community(&community),
        people: changes,
    });
    Ok(Report { output, warnings })
}

async fn change_one(
    kith: &Kith,
    action: Action<'_>,
    community: &kith_client::CommunityView,
    person: PublicKey,
) -> Result<MemberChange, CliError> {
    Ok(match action {
        Action::Approve => kith.approve(community, person).await?,
        Action::Remove => kith.remove(community, person).await?,
        Action::Mute(None) => kith.mute(community, person).await?,
        Action::Mute(Some(reason)) => kith.mute_because(community, person, reason).await?,
        Action::Unmute => kith.unmute(community, person).await?,
    })
}
