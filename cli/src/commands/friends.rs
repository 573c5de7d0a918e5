//! `kith friends`: people whom the user follows, and who follow back.

use kith_client::{Change, FollowedPerson, IdentifierState, Identifiers};

use super::views;
use crate::arguments::friends::{Friends, FriendsAction, FriendsChange};
use crate::context::Context;
use crate::errors::CliError;
use crate::output::friends::{FollowedView, FriendsChanged, FriendsShown};
use crate::output::views::PublishedView;
use crate::output::{Output, PersonChange, Report};
use crate::reference::TypedPerson;

/// Runs `kith friends`.
pub async fn run(arguments: &Friends, context: &Context) -> Result<Report, CliError> {
    match &arguments.action {
        None => list(arguments.identifiers, context).await,
        Some(FriendsAction::Add(typed)) => change(typed, true, context).await,
        Some(FriendsAction::Remove(typed)) => change(typed, false, context).await,
    }
}

async fn list(with_identifiers: bool, context: &Context) -> Result<Report, CliError> {
    let kith = context.reader().await?;
    let following = kith.followed_people().await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::silent(&following.silent, &kith));
    let mut identifiers = None;
    if with_identifiers {
        let people = following.people.iter().map(|one| one.person);
        let found = kith.identifiers(people).await;
        warnings.extend(views::silent(&found.silent, &kith));
        warnings.extend(unknown(&found));
        identifiers = Some(found);
    }
    warnings.dedup();
    let (friends, others): (Vec<_>, Vec<_>) = following
        .people
        .iter()
        .map(|one| followed(one, identifiers.as_ref()))
        .partition(|one| one.friend);
    let output = Output::Friends(FriendsShown {
        people: friends.into_iter().chain(others).collect(),
        further: following.further,
    });
    Ok(Report { output, warnings })
}

async fn change(
    typed: &FriendsChange,
    follow: bool,
    context: &Context,
) -> Result<Report, CliError> {
    let people = TypedPerson::parse_all(&typed.people)?;
    let kith = context.list_writer(typed.list).await?.unlock().await?;
    // Everybody is found before the list is rewritten for the first.
    let people = TypedPerson::find_all(&people, &kith).await?;
    let mut warnings = views::unreachable(&kith);
    let mut published = PublishedView::default();
    let mut changes = Vec::new();
    for person in people {
        let change = match follow {
            true => kith.follow_person(person).await?,
            false => kith.unfollow_person(person).await?,
        };
        warnings.extend(views::change_warnings(&change, &kith));
        let changed = matches!(change, Change::Published(_));
        if changed {
            published = views::changed(&change);
        }
        changes.push(PersonChange {
            npub: views::npub(person),
            public_key: person.to_string(),
            action: if follow { "followed" } else { "unfollowed" },
            changed,
        });
    }
    warnings.dedup();
    let output = Output::FriendsChanged(FriendsChanged {
        people: changes,
        published,
    });
    Ok(Report { output, warnings })
}

/// Which identifiers may be right, but nobody knows now.
fn unknown(identifiers: &Identifiers) -> impl Iterator<Item = String> {
    let checked = identifiers.people.values();
    checked.filter_map(|checked| match &checked.state {
        IdentifierState::Unknown(reason) => Some(format!("{}: {reason}", checked.identifier)),
        _ => None,
    })
}

fn followed(one: &FollowedPerson, identifiers: Option<&Identifiers>) -> FollowedView {
    let checked = identifiers.and_then(|found| found.people.get(&one.person));
    let shown = checked.and_then(|checked| checked.shown());
    FollowedView {
        identifier: shown.map(ToString::to_string),
        npub: views::npub(one.person),
        public_key: one.person.to_string(),
        name: one.name.clone(),
        petname: one.petname.clone(),
        friend: one.follows_back,
    }
}
