//! `kith meetup`.

mod changes;
mod import;

use jiff::tz::TimeZone;
use kith_client::{self as client, Change, Kith, Listing, NewMeetup, Search};
use kith_nips::lbc::Location;

use self::changes::{Changes, places};
use super::times::TypedTimes;
use super::{texts, views};
use crate::arguments::meetup::{
    Change as Typed, Create, Edit, List, Meetup as Arguments, Reference,
};
use crate::context::Context;
use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::output::views::{AnswerView, MeetupStatus as Status, MeetupView, short};
use crate::output::{Action, MeetupChanged, MeetupShown, Meetups, Output, Report};
use crate::place::{TypedPlace, location_zone};
use crate::reference;
use crate::seen::Seen;

/// Runs `kith meetup …`.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Report, CliError> {
    match arguments {
        Arguments::Create(create) => self::create(create, context).await,
        Arguments::Edit(edit) => self::edit(edit, context).await,
        Arguments::Cancel(typed) => cancel(typed, context).await,
        Arguments::Adopt(typed) => adopt(typed, Action::Adopted, context).await,
        Arguments::Release(typed) => adopt(typed, Action::Released, context).await,
        Arguments::Show(typed) => show(typed, context).await,
        Arguments::List(list) => self::list(list, context).await,
        Arguments::Import(import) => import::run(import, context).await,
        Arguments::Export(export) => super::calendar::export(export, context).await,
    }
}

/// A meetup that can be shown: with a time (NIP52-09).
pub fn shown(found: &client::MeetupView, context: &Context) -> Result<MeetupView, CliError> {
    views::meetup(found, context.now_unix()).ok_or_else(|| {
        let message = format!("the meetup \"{}\" has no date", found.display_title());
        CliError::plain(ExitCode::NotFound, message)
    })
}

async fn create(typed: &Create, context: &Context) -> Result<Report, CliError> {
    // Everything that can be wrong without a relay is looked at first.
    let place = typed.place.as_deref().map(TypedPlace::parse).transpose()?;
    let title = texts::title(&typed.title)?;
    let description = texts::description(&typed.description)?.unwrap_or_default();
    let image = typed.image.as_deref().map(texts::image).transpose()?;
    let topics = texts::topics(&typed.topics)?;
    let times = TypedTimes {
        start: Some(&typed.start),
        end: typed.end.as_deref(),
        duration: typed.duration.as_deref(),
        timezone: typed.timezone.as_deref(),
        allow_past: typed.allow_past,
    };
    // Which zone it is, and so whether it is over, only the community can tell.
    TypedTimes {
        allow_past: true,
        ..times
    }
    .of_new_meetup(context.now.time_zone(), &context.now)?;

    let writer = context.writer().await?;
    let community = reference::community(writer.kith(), context, &typed.community).await?;
    let mut warnings = views::unreachable(writer.kith());
    warnings.extend(place.as_ref().and_then(TypedPlace::warning));
    let location = match &place {
        Some(place) => place.location(),
        None => community.location().clone(),
    };
    let zone = zone_of(
        place.as_ref(),
        &location,
        typed.timezone.is_some(),
        context,
        &mut warnings,
    );
    let new = NewMeetup {
        summary: typed.summary.clone().unwrap_or_default(),
        description,
        places: typed.location.as_deref().map(places).unwrap_or_default(),
        location,
        image,
        topics: if topics.is_empty() {
            community.topics().to_vec()
        } else {
            topics
        },
        ..NewMeetup::new(&community, title, times.of_new_meetup(&zone, &context.now)?)
    };
    let kith = writer.unlock().await?;
    let scheduled = kith.schedule_meetup(&new).await?;
    let found = kith.meetup(&scheduled.reference).await?;
    let meetup = shown(&found, context)?;
    if found.is_proposal() {
        warnings.push(format!(
            "this is a proposal until the owner of \"{}\" takes it into the calendar",
            community.title()
        ));
    }
    warnings.extend(views::refusals(&scheduled.published.refused, &kith));
    Seen::remember(&context.folder, &[], std::slice::from_ref(&meetup));
    let next = vec![
        format!("kith rsvp {} yes", short(&meetup.id)),
        format!("kith meetup show {}", short(&meetup.id)),
    ];
    let published = views::published(&scheduled.published);
    let output = Output::MeetupChanged(MeetupChanged {
        action: Action::Created,
        meetup,
        published,
        next,
    });
    Ok(Report { output, warnings })
}

async fn edit(typed: &Edit, context: &Context) -> Result<Report, CliError> {
    let place = typed.place.as_deref().map(TypedPlace::parse).transpose()?;
    let mut changes = Changes::typed(typed, place.as_ref())?;
    let times = TypedTimes {
        start: typed.start.as_deref(),
        end: typed.end.as_deref(),
        duration: typed.duration.as_deref(),
        timezone: typed.timezone.as_deref(),
        allow_past: typed.allow_past,
    };
    if changes.is_empty() && times.is_empty() {
        return Err(texts::nothing_to_change("kith meetup edit"));
    }

    let writer = context.list_writer(typed.list).await?;
    let before = reference::meetup(writer.kith(), context, &typed.meetup).await?;
    changes.when = match before.when() {
        Some(old) => times.of_edited_meetup(old, &context.now)?,
        None => {
            let zone = location_zone(before.location());
            let zone = zone.unwrap_or_else(|| context.now.time_zone().clone());
            Some(times.of_new_meetup(&zone, &context.now)?)
        }
    };
    let kith = writer.unlock().await?;
    let change = kith
        .edit_meetup(&before, |meetup| changes.apply(meetup))
        .await?;
    let mut warnings: Vec<String> = place
        .as_ref()
        .and_then(TypedPlace::warning)
        .into_iter()
        .collect();
    warnings.extend(views::unreachable(&kith));
    changed(&kith, context, &before, &change, Action::Edited, warnings).await
}

async fn cancel(typed: &Typed, context: &Context) -> Result<Report, CliError> {
    let writer = context.list_writer(typed.list).await?;
    let before = reference::meetup(writer.kith(), context, &typed.meetup).await?;
    let kith = writer.unlock().await?;
    let change = kith.cancel_meetup(&before).await?;
    let warnings = views::unreachable(&kith);
    changed(
        &kith,
        context,
        &before,
        &change,
        Action::Cancelled,
        warnings,
    )
    .await
}

/// Takes a proposal into the calendar of the community, or out of it again.
async fn adopt(typed: &Typed, action: Action, context: &Context) -> Result<Report, CliError> {
    let writer = context.list_writer(typed.list).await?;
    let before = reference::meetup(writer.kith(), context, &typed.meetup).await?;
    let kith = writer.unlock().await?;
    let change = if action == Action::Adopted {
        kith.adopt_meetup(&before).await?
    } else {
        kith.release_meetup(&before).await?
    };
    let warnings = views::unreachable(&kith);
    changed(&kith, context, &before, &change, action, warnings).await
}

async fn changed(
    kith: &Kith,
    context: &Context,
    before: &client::MeetupView,
    change: &Change,
    action: Action,
    mut warnings: Vec<String>,
) -> Result<Report, CliError> {
    let meetup = shown(&kith.meetup(before).await?, context)?;
    warnings.extend(views::change_warnings(change, kith));
    Seen::remember(&context.folder, &[], std::slice::from_ref(&meetup));
    let output = Output::MeetupChanged(MeetupChanged {
        action: views::action(action, change),
        published: views::changed(change),
        next: vec![format!("kith meetup show {}", short(&meetup.id))],
        meetup,
    });
    Ok(Report { output, warnings })
}

async fn show(typed: &Reference, context: &Context) -> Result<Report, CliError> {
    let kith = context.reader().await?;
    let reference = reference::to_meetup(&kith, context, &typed.meetup).await?;
    let attendance = kith.attendees(&reference).await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::silent(&attendance.silent, &kith));
    let meetup = shown(&attendance.meetup, context)?;
    let answers = answers(&attendance);
    Seen::remember(&context.folder, &[], std::slice::from_ref(&meetup));
    Ok(Report {
        output: Output::Meetup(MeetupShown { meetup, answers }),
        warnings,
    })
}

/// Who answered, members first.
pub fn answers(attendance: &client::Attendance) -> Vec<AnswerView> {
    let attendees = attendance.tally.attendees.iter();
    let answers = attendees.map(|attendee| AnswerView {
        npub: views::npub(attendee.person),
        public_key: attendee.person.to_string(),
        status: attendee.answer.as_str().to_owned(),
        member: attendee.group == client::lbc::Group::Members,
        basis: views::basis(attendee.basis),
        note: attendee.comment.clone(),
    });
    answers.collect()
}

async fn list(typed: &List, context: &Context) -> Result<Report, CliError> {
    let kith = context.reader().await?;
    let mut warnings = views::unreachable(&kith);
    let known = match &typed.community {
        Some(text) => Listing {
            found: vec![reference::community(&kith, context, text).await?],
            silent: Vec::new(),
        },
        None => reference::known_communities(&kith).await?,
    };
    let mut silent = known.silent;
    let mut meetups: Vec<MeetupView> = Vec::new();
    if known.found.is_empty() {
        warnings
            .push("you own or follow no community; find some with `kith near <place>`".to_owned());
    } else {
        let search = match typed.past {
            true => Search::new().to(context.now_unix()),
            false => Search::new().from(context.now_unix()),
        };
        let search = known.found.iter().fold(search, Search::community);
        let listing = kith.meetups(&search).await?;
        silent.extend(listing.silent);
        let now = context.now_unix();
        let listed = listing
            .found
            .iter()
            .filter_map(|found| views::meetup(found, now));
        meetups.extend(listed.filter(|meetup| !typed.past || is_past(meetup, context)));
    }
    if typed.past {
        meetups.reverse();
    }
    warnings.extend(views::silent(&silent, &kith));
    Seen::remember(&context.folder, &[], &meetups);
    Ok(Report {
        output: Output::Meetups(Meetups { meetups }),
        warnings,
    })
}

/// Over, whether it took place or not.
fn is_past(meetup: &MeetupView, context: &Context) -> bool {
    meetup.status == Status::Over
        || meetup.end_unix.unwrap_or(meetup.start_unix) <= context.now_unix()
}

/// The zone of the place; without one that of this machine, and a warning.
fn zone_of(
    place: Option<&TypedPlace>,
    location: &Location,
    zone_is_typed: bool,
    context: &Context,
    warnings: &mut Vec<String>,
) -> TimeZone {
    let zone = place
        .and_then(TypedPlace::time_zone)
        .or_else(|| location_zone(location));
    zone.unwrap_or_else(|| {
        let own = context.now.time_zone();
        let own = if own.iana_name().is_some() {
            own.clone()
        } else {
            TimeZone::UTC
        };
        if !zone_is_typed {
            warnings.push(format!(
                "the place is not known, so the time is read in {}; --timezone names another",
                own.iana_name().unwrap_or("UTC")
            ));
        }
        own
    })
}
