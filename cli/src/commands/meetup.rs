//! `kith meetup`.

use jiff::tz::TimeZone;
use kith_client::{self as client, Change, Kith, NewMeetup, Search};
use kith_nips::lbc::{Location, Meetup, MeetupStatus, Summary, Topic};
use kith_nips::nip52::When;

use super::times::TypedTimes;
use super::{texts, views};
use crate::arguments::meetup::{
    Change as Typed, Create, Edit, List, Meetup as Arguments, Reference,
};
use crate::context::Context;
use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::output::views::{AnswerView, MeetupStatus as Status, MeetupView};
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
    }
}

/// A meetup that can be shown: with a time (NIP52-09).
pub fn shown(found: &client::MeetupView, context: &Context) -> Result<MeetupView, CliError> {
    views::meetup(found, context.now_unix()).ok_or_else(|| {
        let message = format!("the meetup \"{}\" has no date", found.title());
        CliError::plain(ExitCode::NotFound, message)
    })
}

async fn create(typed: &Create, context: &Context) -> Result<Report, CliError> {
    // Everything that can be wrong without a relay is looked at first.
    let place = typed.place.as_deref().map(TypedPlace::parse).transpose()?;
    let description = texts::description(&typed.description)?.unwrap_or_default();
    let image = typed.image.as_deref().map(texts::image).transpose()?;
    let topics = topics(&typed.topics)?;
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

    let kith = context.writer().await?;
    let community = reference::community(&kith, context, &typed.community).await?;
    let mut warnings = views::unreachable(&kith);
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
        places: typed.location.iter().cloned().collect(),
        location,
        image,
        topics: if topics.is_empty() {
            community.topics().to_vec()
        } else {
            topics
        },
        ..NewMeetup::new(
            &community,
            typed.title.trim(),
            times.of_new_meetup(&zone, &context.now)?,
        )
    };
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
        format!("kith rsvp {} yes", meetup.link),
        format!(
            "kith meetup show {}",
            crate::output::views::short(&meetup.id)
        ),
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
    let location = place.as_ref().map(TypedPlace::location);
    let edit = Changes {
        title: typed.title.as_deref().map(str::trim),
        summary: typed.summary.as_deref().map(Summary::new).transpose()?,
        description: texts::description(&typed.description)?,
        image: typed.image.as_deref().map(texts::image).transpose()?,
        topics: topics(&typed.topics)?,
        location_text: typed.location.as_deref(),
        location,
        reopen: typed.reopen,
        when: None,
    };
    let times = TypedTimes {
        start: typed.start.as_deref(),
        end: typed.end.as_deref(),
        duration: typed.duration.as_deref(),
        timezone: typed.timezone.as_deref(),
        allow_past: typed.allow_past,
    };

    let kith = context.list_writer(typed.list).await?;
    let before = reference::meetup(&kith, context, &typed.meetup).await?;
    check_mine(&kith, &before)?;
    let when = match before.when() {
        Some(old) => times.of_edited_meetup(old, &context.now)?,
        None => Some(times.of_new_meetup(context.now.time_zone(), &context.now)?),
    };
    let edit = Changes { when, ..edit };
    let change = kith
        .edit_meetup(&before, |meetup| edit.apply(meetup))
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
    let kith = context.list_writer(typed.list).await?;
    let before = reference::meetup(&kith, context, &typed.meetup).await?;
    check_mine(&kith, &before)?;
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
    let kith = context.list_writer(typed.list).await?;
    let before = reference::meetup(&kith, context, &typed.meetup).await?;
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
        next: vec![format!("kith meetup show {}", meetup.link)],
        meetup,
    });
    Ok(Report { output, warnings })
}

async fn show(typed: &Reference, context: &Context) -> Result<Report, CliError> {
    let kith = context.reader().await?;
    let found = reference::meetup(&kith, context, &typed.meetup).await?;
    let attendance = kith.attendees(&found).await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::silent(&attendance.silent, &kith));
    let meetup = shown(&attendance.meetup, context)?;
    let answers = attendance
        .tally
        .attendees
        .iter()
        .map(|attendee| AnswerView {
            npub: views::npub(attendee.person),
            public_key: attendee.person.to_string(),
            status: attendee.answer.as_str().to_owned(),
            member: attendee.group == client::lbc::Group::Members,
            basis: views::basis(attendee.basis),
            note: attendee.comment.clone(),
        });
    let answers = answers.collect();
    Seen::remember(&context.folder, &[], std::slice::from_ref(&meetup));
    Ok(Report {
        output: Output::Meetup(MeetupShown { meetup, answers }),
        warnings,
    })
}

async fn list(typed: &List, context: &Context) -> Result<Report, CliError> {
    let kith = context.reader().await?;
    let mut warnings = views::unreachable(&kith);
    let communities = match &typed.community {
        Some(text) => vec![reference::community(&kith, context, text).await?],
        None => {
            let known = reference::known_communities(&kith, context).await?;
            warnings.extend(views::silent(&known.silent, &kith));
            if known.found.is_empty() {
                warnings.push(
                    "you own or follow no community; find some with `kith near <place>`".to_owned(),
                );
            }
            known.found
        }
    };
    let mut meetups: Vec<MeetupView> = Vec::new();
    for community in &communities {
        let search = Search::new().community(community);
        let search = if typed.past {
            search.to(context.now_unix())
        } else {
            search.from(context.now_unix())
        };
        let listing = kith.meetups(&search).await?;
        warnings.extend(views::silent(&listing.silent, &kith));
        let listed = listing
            .found
            .iter()
            .filter_map(|found| views::meetup(found, context.now_unix()));
        for meetup in listed.filter(|meetup| !typed.past || is_past(meetup, context)) {
            if meetups.iter().all(|known| known.address != meetup.address) {
                meetups.push(meetup);
            }
        }
    }
    meetups.sort_by(|one, other| {
        let order = (one.start_unix, &one.id).cmp(&(other.start_unix, &other.id));
        if typed.past { order.reverse() } else { order }
    });
    warnings.sort();
    warnings.dedup();
    Seen::remember(&context.folder, &[], &meetups);
    Ok(Report {
        output: Output::Meetups(Meetups { meetups }),
        warnings,
    })
}

fn check_mine(kith: &Kith, meetup: &client::MeetupView) -> Result<(), CliError> {
    if kith.public_key() == Some(meetup.author()) {
        return Ok(());
    }
    Err(CliError::new(
        ExitCode::Key,
        format!(
            "only whoever announced \"{}\" can change it",
            meetup.title()
        ),
        "`kith keys show` says which key you use",
    ))
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

/// Topics in lower case, each once; a blank one is an error.
pub fn topics(typed: &[String]) -> Result<Vec<Topic>, CliError> {
    let mut topics: Vec<Topic> = Vec::new();
    for text in typed {
        let topic = Topic::new(text).ok_or_else(|| {
            CliError::usage(
                "--topic: a topic cannot be blank",
                "name it in one word: --topic rust",
            )
        })?;
        if !topics.contains(&topic) {
            topics.push(topic);
        }
    }
    Ok(topics)
}

/// What an edit replaces; everything else stays.
struct Changes<'a> {
    title: Option<&'a str>,
    when: Option<When>,
    summary: Option<Summary>,
    description: Option<String>,
    image: Option<String>,
    topics: Vec<Topic>,
    location_text: Option<&'a str>,
    location: Option<Location>,
    reopen: bool,
}

impl Changes<'_> {
    fn apply(self, meetup: &mut Meetup) {
        if let Some(title) = self.title {
            meetup.title = title.to_owned();
        }
        if let Some(when) = self.when {
            meetup.when = Some(when);
        }
        if let Some(summary) = self.summary {
            meetup.summary = summary;
        }
        if let Some(description) = self.description {
            meetup.description = description;
        }
        if let Some(image) = self.image {
            meetup.image = Some(image);
        }
        if !self.topics.is_empty() {
            meetup.topics = self.topics;
        }
        if let Some(text) = self.location_text {
            meetup.places = vec![text.to_owned()];
        }
        if let Some(location) = self.location {
            meetup.location = location;
        }
        if self.reopen {
            meetup.status = MeetupStatus::Published;
        }
    }
}
