//! `kith meetup`.

mod cancel;
mod changes;
mod creation;
mod hosts;
mod import;
mod now;
mod series;

use kith_client::{self as client, Change, Kith, Listing, Search};

use self::changes::Edited;
use self::creation::{Checked, Planned};
use super::views;
use crate::arguments::meetup::{List, Meetup as Arguments};
use crate::arguments::one_meetup::{Change as Typed, Create, Edit, Reference};
use crate::context::Context;
use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::output::views::{AnswerView, MeetupStatus as Status, MeetupView, short};
use crate::output::{Action, MeetupChanged, MeetupShown, Meetups, Output, Report};
use crate::reference;
use crate::seen::Seen;

/// Runs `kith meetup …`.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Report, CliError> {
    match arguments {
        Arguments::Create(create) => self::create(create, context).await,
        Arguments::Edit(edit) => self::edit(edit, context).await,
        Arguments::Cancel(typed) => cancel::run(typed, context).await,
        Arguments::Adopt(typed) => adopt(typed, Action::Adopted, context).await,
        Arguments::Release(typed) => adopt(typed, Action::Released, context).await,
        Arguments::Show(typed) => show(typed, context).await,
        Arguments::List(list) => self::list(list, context).await,
        Arguments::Series(series) => series::run(series, context).await,
        Arguments::Now(now) => now::run(now, context).await,
        Arguments::Hosts(hosts) => hosts::run(hosts, context).await,
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
    let checked = Checked::of(typed, context)?;
    let writer = context.writer().await?;
    let Planned {
        new,
        community,
        mut warnings,
    } = checked.meetup(writer.kith(), context).await?;
    let kith = writer.unlock().await?;
    let scheduled = kith.schedule_meetup(&new).await?;
    warnings.extend(views::refusals(&scheduled.published.refused, &kith));
    created(&kith, context, &scheduled, &community, warnings).await
}

/// What to say of a new meetup.
async fn created(
    kith: &Kith,
    context: &Context,
    scheduled: &client::Scheduled,
    community: &client::CommunityView,
    mut warnings: Vec<String>,
) -> Result<Report, CliError> {
    let found = kith.meetup(&scheduled.reference).await?;
    let meetup = shown(&found, context)?;
    if found.is_proposal() {
        warnings.push(proposal(community));
    }
    Seen::remember(&context.folder, &[], std::slice::from_ref(&meetup));
    let next = vec![
        format!("kith rsvp {} yes", short(&meetup.id)),
        format!("kith meetup show {}", short(&meetup.id)),
    ];
    let output = Output::MeetupChanged(MeetupChanged {
        action: Action::Created,
        meetup,
        published: views::published(&scheduled.published),
        told: None,
        next,
    });
    Ok(Report { output, warnings })
}

fn proposal(community: &client::CommunityView) -> String {
    format!(
        "this is a proposal until the owner of \"{}\" takes it into the calendar",
        community.title()
    )
}

async fn edit(typed: &Edit, context: &Context) -> Result<Report, CliError> {
    let edited = Edited::of(typed)?;
    let writer = context.list_writer(typed.list).await?;
    let before = reference::meetup(writer.kith(), context, &typed.meetup).await?;
    let changes = edited.changes(&before, context)?;
    let kith = writer.unlock().await?;
    let change = kith
        .edit_meetup(&before, |meetup| changes.apply(meetup))
        .await?;
    let mut warnings = edited.warnings();
    warnings.extend(views::unreachable(&kith));
    changed(&kith, context, &before, &change, Action::Edited, warnings).await
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
        told: None,
        next: vec![format!("kith meetup show {}", short(&meetup.id))],
        meetup,
    });
    Ok(Report { output, warnings })
}

async fn show(typed: &Reference, context: &Context) -> Result<Report, CliError> {
    let Attended {
        meetup,
        answers,
        warnings,
        ..
    } = attended(&typed.meetup, context).await?;
    Seen::remember(&context.folder, &[], std::slice::from_ref(&meetup));
    Ok(Report {
        output: Output::Meetup(MeetupShown { meetup, answers }),
        warnings,
    })
}

/// A meetup, who answered, and what should be said beside it.
pub struct Attended {
    /// The meetup.
    pub meetup: MeetupView,
    /// Members first.
    pub answers: Vec<AnswerView>,
    /// The same as the library has it.
    pub attendance: client::Attendance,
    /// Relays that did not answer.
    pub warnings: Vec<String>,
}

/// Reads the meetup that a text names, and who comes.
pub async fn attended(text: &str, context: &Context) -> Result<Attended, CliError> {
    let kith = context.reader().await?;
    let reference = reference::to_meetup(&kith, context, text).await?;
    let attendance = kith.attendees(&reference).await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::silent(&attendance.silent, &kith));
    let meetup = shown(&attendance.meetup, context)?;
    let attendees = attendance.tally.attendees.iter();
    let answers = attendees.map(|attendee| AnswerView {
        npub: views::npub(attendee.person),
        public_key: attendee.person.to_string(),
        status: attendee.answer.as_str().to_owned(),
        member: attendee.group == client::lbc::Group::Members,
        basis: views::basis(attendee.basis),
        note: attendee.comment.clone(),
        seat: views::seat(&attendance, attendee.person),
    });
    Ok(Attended {
        answers: answers.collect(),
        meetup,
        warnings,
        attendance,
    })
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
