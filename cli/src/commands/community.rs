//! `kith community`.

mod changes;

use kith_client::{
    self as client, Change, CommunityError, CreatedCommunity, Kith, NewCommunity, Search,
};
use kith_nips::EventId;

use self::changes::{Changes, carriers};
use super::near::Around;
use super::texts::replaced;
use super::{texts, views};
use crate::arguments::community::{Close, Community as Arguments, Create, Edit, List, Reference};
use crate::context::Context;
use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::output::views::{CommunityView, MeetupView, PublishedView, RelayView, short};
use crate::output::{Action, Communities, CommunityChanged, CommunityShown, Output, Report};
use crate::place::TypedPlace;
use crate::reference;
use crate::seen::Seen;

/// Runs `kith community …`.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Report, CliError> {
    match arguments {
        Arguments::Create(create) => self::create(create, context).await,
        Arguments::Edit(edit) => self::edit(edit, context).await,
        Arguments::Show(typed) => show(typed, context).await,
        Arguments::Count(typed) => super::counts::run(typed, context).await,
        Arguments::List(list) => self::list(list, context).await,
        Arguments::Close(close) => self::close(close, context).await,
    }
}

async fn create(typed: &Create, context: &Context) -> Result<Report, CliError> {
    let place = typed.place.as_deref().map(TypedPlace::parse).transpose()?;
    let new = NewCommunity {
        description: texts::description(&typed.description)?.unwrap_or_default(),
        image: typed.image.as_deref().map(texts::image).transpose()?,
        location: place.as_ref().map(TypedPlace::location).unwrap_or_default(),
        topics: texts::topics(&typed.topics)?,
        carried_by: carriers(&typed.carried_by)?,
        ..NewCommunity::new(texts::title(&typed.title)?)
    };
    let kith = context.writer().await?.unlock().await?;
    let created = match &typed.finish {
        None => kith.create_community(&new).await,
        Some(id) => kith.finish_community(unfinished(id)?, &new).await,
    };
    let created = created.map_err(|error| explain_incomplete(error, typed))?;
    let mut warnings: Vec<String> = place.iter().filter_map(TypedPlace::warning).collect();
    warnings.extend(views::unreachable(&kith));
    let (published, more) = in_short(&created);
    warnings.extend(more);
    let community = views::community(&kith.community(created.id).await?);
    Seen::remember(&context.folder, std::slice::from_ref(&community), &[]);
    let next = vec![
        format!(
            "kith meetup create {} \"…\" --start \"next friday 19:00\" --where \"…\"",
            short(&community.id)
        ),
        format!("kith community show {}", short(&community.id)),
    ];
    let output = Output::CommunityChanged(CommunityChanged {
        action: Action::Created,
        community,
        published,
        next,
    });
    Ok(Report { output, warnings })
}

async fn edit(typed: &Edit, context: &Context) -> Result<Report, CliError> {
    let place = typed.place.as_deref().map(TypedPlace::parse).transpose()?;
    let image = typed.image.as_deref().map(texts::image).transpose()?;
    let topics = Some(texts::topics(&typed.topics)?).filter(|topics| !topics.is_empty());
    let carried_by = Some(carriers(&typed.carried_by)?).filter(|relays| !relays.is_empty());
    let changes = Changes {
        title: typed.title.as_deref().map(texts::title).transpose()?,
        description: texts::description(&typed.description)?,
        image: replaced(image.map(Some), typed.no_image),
        location: replaced(place.as_ref().map(TypedPlace::location), typed.no_place),
        topics: replaced(topics, typed.no_topics),
        carried_by: replaced(carried_by, typed.no_carried_by),
    };
    if changes == Changes::default() {
        return Err(texts::nothing_to_change("kith community edit"));
    }
    let writer = context.list_writer(typed.list).await?;
    let before = reference::community(writer.kith(), context, &typed.community).await?;
    let kith = writer.unlock().await?;
    let change = kith
        .edit_community(&before, |metadata| changes.apply(metadata))
        .await?;
    let mut warnings: Vec<String> = place.iter().filter_map(TypedPlace::warning).collect();
    warnings.extend(views::unreachable(&kith));
    warnings.extend(views::change_warnings(&change, &kith));
    let community = match &change {
        Change::Unchanged => views::community(&before),
        Change::Published(_) => views::community(&kith.community(&before).await?),
    };
    Seen::remember(&context.folder, std::slice::from_ref(&community), &[]);
    let next = vec![format!("kith community show {}", short(&community.id))];
    let published = views::changed(&change);
    let output = Output::CommunityChanged(CommunityChanged {
        action: views::action(Action::Edited, &change),
        community,
        published,
        next,
    });
    Ok(Report { output, warnings })
}

async fn close(typed: &Close, context: &Context) -> Result<Report, CliError> {
    let writer = context.writer().await?;
    let found = reference::community(writer.kith(), context, &typed.community).await?;
    if writer.kith().public_key() != Some(found.owner()) {
        return Err(CommunityError::NotOwner((&found).into()).into());
    }
    let question = format!(
        "Close \"{}\" for good, with its lists and your meetups in it?",
        crate::output::plain(&found.title())
    );
    context.prompt.confirm(&question, typed.yes)?;
    let kith = writer.unlock().await?;
    let closed = kith
        .close_community(&found, typed.reason.as_deref().unwrap_or_default())
        .await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::refusals(&closed.published.refused, &kith));
    warnings.extend(
        closed
            .silent
            .iter()
            .map(|refusal| format!("it may still be seen on {refusal}")),
    );
    let output = Output::CommunityChanged(CommunityChanged {
        action: Action::Closed,
        community: views::community(&found),
        published: views::published(&closed.published),
        next: Vec::new(),
    });
    Ok(Report { output, warnings })
}

async fn show(typed: &Reference, context: &Context) -> Result<Report, CliError> {
    let kith = context.reader().await?;
    let found = reference::community(&kith, context, &typed.community).await?;
    let search = Search::new().community(&found).from(context.now_unix());
    let (meetups, people) = tokio::try_join!(kith.meetups(&search), kith.members(&found))?;
    let mut warnings = views::unreachable(&kith);
    let silent = meetups.silent.iter().chain(&people.silent);
    warnings.extend(views::silent(silent, &kith));
    let you = kith.public_key().map(|me| {
        people
            .found
            .iter()
            .find(|member| member.person == me)
            .map_or("visitor", |member| views::membership(member.state))
            .to_owned()
    });
    let count = |fits: fn(client::Membership) -> bool| {
        people
            .found
            .iter()
            .filter(|member| fits(member.state))
            .count()
    };
    let community = views::community(&found);
    let meetups: Vec<MeetupView> = meetups
        .found
        .iter()
        .filter_map(|meetup| views::meetup(meetup, context.now_unix()))
        .collect();
    Seen::remember(&context.folder, std::slice::from_ref(&community), &meetups);
    let output = Output::Community(CommunityShown {
        community,
        members: count(|state| state == client::Membership::Member),
        followers: count(|state| {
            matches!(
                state,
                client::Membership::Member | client::Membership::Follower
            )
        }),
        you,
        meetups,
    });
    Ok(Report { output, warnings })
}

async fn list(typed: &List, context: &Context) -> Result<Report, CliError> {
    let place = typed.place.as_deref().map(TypedPlace::parse).transpose()?;
    let kith = context.reader().await?;
    let mut warnings: Vec<String> = place.iter().filter_map(TypedPlace::warning).collect();
    warnings.extend(views::unreachable(&kith));
    let (communities, silent) = match &place {
        Some(place) => {
            let around = Around {
                place,
                radius: typed.radius.unwrap_or_default(),
                topics: &typed.topics,
            };
            let listing = around.communities(&kith).await?;
            (listing.found, listing.silent)
        }
        None if !typed.topics.is_empty() => {
            let topics = typed.topics.iter();
            let search = topics.fold(Search::new(), |search, topic| search.topic(topic));
            let listing = kith.communities(&search).await?;
            (
                listing.found.iter().map(views::community).collect(),
                listing.silent,
            )
        }
        None => mine(typed, &kith).await?,
    };
    warnings.extend(views::silent(&silent, &kith));
    Seen::remember(&context.folder, &communities, &[]);
    let near = place.as_ref().map(TypedPlace::view);
    let is_mine = near.is_none() && typed.topics.is_empty();
    let next = match communities.is_empty() && is_mine {
        true => vec![
            "kith near \"your city\"".to_owned(),
            "kith community create \"…\" --place \"your city\"".to_owned(),
        ],
        false => Vec::new(),
    };
    Ok(Report {
        output: Output::Communities(Communities {
            communities,
            near,
            next,
        }),
        warnings,
    })
}

async fn mine(
    typed: &List,
    kith: &Kith,
) -> Result<(Vec<CommunityView>, Vec<client::Refusal>), CliError> {
    let Some(me) = kith.public_key() else {
        return Err(CliError::new(
            ExitCode::Key,
            "there is no key, so there are no communities of yours",
            "make one with `kith keys new`, or look around with `kith near <place>`",
        ));
    };
    let listing = if typed.owned {
        kith.communities_of(me).await?
    } else if typed.followed {
        kith.following_of(me).await?
    } else {
        reference::known_communities(kith).await?
    };
    Ok((
        listing.found.iter().map(views::community).collect(),
        listing.silent,
    ))
}

fn unfinished(typed: &str) -> Result<EventId, CliError> {
    typed.parse().map_err(|_| {
        CliError::usage(
            "--finish: not the id of a community",
            "copy it from the error message",
        )
    })
}

/// The community exists already: making it again would make a second one.
fn explain_incomplete(error: CommunityError, typed: &Create) -> CliError {
    let CommunityError::Incomplete(incomplete) = &error else {
        return error.into();
    };
    let hint = format!(
        "run the same command again with: kith community create \"{}\" --finish {} …",
        typed.title, incomplete.id
    );
    CliError::new(ExitCode::Refused, error.to_string(), hint)
}

/// The relays that took every note, and warnings about the rest.
fn in_short(created: &CreatedCommunity) -> (PublishedView, Vec<String>) {
    let mut view = PublishedView::default();
    let mut warnings = Vec::new();
    for (step, published) in &created.steps {
        for refusal in &published.refused {
            let reason = format!("{step}: {}", refusal.reason);
            warnings.push(format!("{step} is not stored on {refusal}"));
            view.refused.push(RelayView {
                relay: refusal.relay.to_string(),
                reason,
            });
        }
    }
    let waiting = created.steps.iter();
    let waiting = waiting.flat_map(|(_, published)| &published.queued);
    view.waiting = views::once_each(waiting).map(views::relay).collect();
    let first = created
        .steps
        .first()
        .map(|(_, published)| published.accepted.as_slice());
    view.accepted = first
        .unwrap_or_default()
        .iter()
        .map(ToString::to_string)
        .filter(|relay| view.refused.iter().all(|refused| refused.relay != *relay))
        .collect();
    (view, warnings)
}
