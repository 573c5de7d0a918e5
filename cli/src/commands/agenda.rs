//! `kith agenda`: what is coming up for the user.

use jiff::{Span, Zoned};
use kith_client::{AgendaError, Search};

use super::calendar::calendar;
use super::near::{Around, unix};
use super::views;
use crate::arguments::agenda::Agenda as Arguments;
use crate::context::Context;
use crate::errors::CliError;
use crate::keystore::KeystoreError;
use crate::output::discovery::{Agenda, AgendaEntry};
use crate::output::{Output, Report};
use crate::place::TypedPlace;
use crate::seen::Seen;

/// Runs `kith agenda`.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Report, CliError> {
    let place = arguments.place.as_deref().map(TypedPlace::parse);
    let place = place.transpose()?;
    let to = arguments.days.map(|days| later(&context.now, days));
    let to = to.transpose()?;
    let search = match &place {
        Some(place) => Around {
            place,
            radius: arguments.radius,
            topics: &[],
        }
        .search()?,
        None => Search::new(),
    };
    let search = search.from(context.now_unix());
    let search = to.iter().fold(search, |search, to| search.to(unix(to)));

    let kith = context.reader().await?;
    let listing = kith.agenda(&search).await?;
    let mut warnings: Vec<String> = place.iter().filter_map(TypedPlace::warning).collect();
    warnings.extend(views::unreachable(&kith));
    warnings.extend(views::silent(&listing.silent, &kith));
    if let Some(file) = &arguments.ics {
        let meetups = listing.found.into_iter().map(|item| item.meetup);
        let output = calendar("Agenda", &meetups.collect::<Vec<_>>(), Some(file))?;
        return Ok(Report { output, warnings });
    }
    let now = context.now_unix();
    let entries = listing.found.iter().filter_map(|item| {
        Some(AgendaEntry {
            meetup: views::meetup(&item.meetup, now)?,
            answer: item.answer.map(|answer| answer.as_str().to_owned()),
        })
    });
    let meetups: Vec<AgendaEntry> = entries.collect();
    Seen::remember(
        &context.folder,
        &[],
        meetups.iter().map(|entry| &entry.meetup),
    );
    let next = match meetups.is_empty() {
        true => vec!["kith near \"…\"".to_owned(), "kith follow \"…\"".to_owned()],
        false => Vec::new(),
    };
    let output = Output::Agenda(Agenda {
        from: context.now.to_string(),
        to: to.map(|to| to.to_string()),
        radius_km: place.is_some().then(|| arguments.radius.km()),
        place: place.as_ref().map(TypedPlace::view),
        meetups,
        next,
    });
    Ok(Report { output, warnings })
}

fn later(now: &Zoned, days: i64) -> Result<Zoned, CliError> {
    let span = Span::new().try_days(days);
    let later = span.and_then(|span| now.checked_add(span));
    later.map_err(|error| CliError::usage(format!("--days: {error}"), "give fewer --days"))
}

impl From<AgendaError> for CliError {
    fn from(error: AgendaError) -> Self {
        match error {
            AgendaError::NoKey => KeystoreError::Missing.into(),
            AgendaError::Read(error) => error.into(),
            _ => Self::plain(crate::exit_code::ExitCode::Failure, error.to_string()),
        }
    }
}
