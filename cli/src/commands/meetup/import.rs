//! `kith meetup import`: events of a calendar become meetups of a community.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::Path;

use jiff::tz::TimeZone;
use jiff::{Span, Zoned};
use kith_client::icalendar::{self, CALENDAR_BYTES_MAX, People, ReadEvent, Window};
use kith_client::{ImportOutcome, Imported};
use kith_nips::nip52::Zone;

use super::super::views;
use super::creation::zone_of;
use crate::arguments::calendar::Import;
use crate::context::Context;
use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::output::calendar::{ImportAction, ImportedView, Imports, PeopleView, SkippedView};
use crate::output::{Output, Report};
use crate::progress::Progress;
use crate::reference;

/// Runs `kith meetup import`.
pub async fn run(typed: &Import, context: &Context) -> Result<Report, CliError> {
    let text = text_of(&typed.file)?;
    let zone = typed.timezone.as_deref().map(Zone::new).transpose();
    let zone = zone
        .map_err(|error| CliError::usage(error.to_string(), "see `timedatectl list-timezones`"))?;
    let writer = context.list_writer(typed.list).await?;
    let community = reference::community(writer.kith(), context, &typed.community).await?;
    let mut warnings = views::unreachable(writer.kith());
    let zone = match zone {
        Some(zone) => zone,
        None => {
            let zone = zone_of(None, community.location(), true, context, &mut warnings);
            zone_named(&zone)
        }
    };
    let window = Window {
        zone,
        from: if typed.past { 0 } else { context.now_unix() },
        to: later(&context.now, typed.days)?,
    };
    let calendar = icalendar::read(&text, &window).map_err(|error| {
        let message = format!("{}: {error}", typed.file.display());
        CliError::new(
            ExitCode::Usage,
            message,
            "a calendar program exports .ics files",
        )
    })?;
    let skipped = calendar.skipped.iter().map(|skipped| SkippedView {
        what: skipped.what.clone(),
        reason: skipped.reason.to_string(),
    });
    let skipped: Vec<SkippedView> = skipped.collect();
    let meetups = match typed.dry_run {
        true => calendar.events.iter().map(read).collect(),
        false => {
            let kith = writer.unlock().await?;
            let progress = Progress::of("importing", calendar.events.len(), context);
            let imported = kith
                .import_meetups(&community, &calendar.events, |_| progress.step())
                .await;
            progress.end();
            let imported = imported.map_err(|error| CliError {
                hint: Some("what was imported stays; run it again to go on".to_owned()),
                ..error.into()
            })?;
            for imported in &imported {
                warnings.extend(refused(imported, &kith));
            }
            warnings.sort();
            warnings.dedup();
            let events = calendar.events.iter().zip(&imported);
            events
                .map(|(event, imported)| done(event, imported))
                .collect()
        }
    };
    let output = Output::Imports(Imports {
        community: views::community(&community),
        calendar: calendar.name,
        people: people(&calendar.events),
        meetups,
        skipped,
    });
    Ok(Report { output, warnings })
}

fn text_of(file: &Path) -> Result<String, CliError> {
    let read = |source: &mut dyn Read| {
        let mut bytes = Vec::new();
        let bound = CALENDAR_BYTES_MAX as u64 + 1;
        source.take(bound).read_to_end(&mut bytes).map(|_| bytes)
    };
    let bytes = match file == Path::new("-") {
        true => read(&mut std::io::stdin().lock()),
        false => fs::File::open(file).and_then(|mut file| read(&mut file)),
    };
    let bytes = bytes.map_err(|error| CliError::file("read", file, &error))?;
    // Old programs write other characters than UTF-8; the rest is still worth reading.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn zone_named(zone: &TimeZone) -> Zone {
    let named = zone.iana_name().and_then(|name| Zone::new(name).ok());
    named.unwrap_or_else(Zone::utc)
}

fn later(now: &Zoned, days: i64) -> Result<u64, CliError> {
    let later = Span::new().try_days(days);
    let later = later.and_then(|span| now.checked_add(span));
    let later =
        later.map_err(|error| CliError::usage(format!("--days: {error}"), "give fewer --days"))?;
    Ok(u64::try_from(later.timestamp().as_second()).unwrap_or_default())
}

fn read(event: &ReadEvent) -> ImportedView {
    view(event, ImportAction::Read, None)
}

fn done(event: &ReadEvent, imported: &Imported) -> ImportedView {
    let action = match &imported.outcome {
        ImportOutcome::Created(_) => ImportAction::Created,
        ImportOutcome::Updated(_) => ImportAction::Updated,
        ImportOutcome::CalledOff => ImportAction::CalledOff,
        ImportOutcome::Deleted => ImportAction::Deleted,
        _ => ImportAction::Unchanged,
    };
    let link = match action {
        ImportAction::CalledOff | ImportAction::Deleted => None,
        _ => imported.reference.to_nip19().ok(),
    };
    view(event, action, link)
}

fn view(event: &ReadEvent, action: ImportAction, link: Option<String>) -> ImportedView {
    ImportedView {
        action,
        title: event.title.clone(),
        start: views::start(&event.when),
        start_unix: event.when.starts_at(),
        locations: event.place.iter().cloned().collect(),
        link,
    }
}

/// Of a repeated event those of the date that has most of them: every date names the same people.
fn people(events: &[ReadEvent]) -> PeopleView {
    let mut named: BTreeMap<&str, &People> = BTreeMap::new();
    for event in events {
        let most = named.entry(&event.source.uid).or_insert(&event.people);
        if event.people.attendees() > most.attendees() {
            *most = &event.people;
        }
    }
    let organizers = events
        .iter()
        .filter_map(|event| event.people.organizer.as_ref());
    let organizers: BTreeSet<&String> = organizers.collect();
    let mut people = PeopleView {
        organizers: organizers.into_iter().cloned().collect(),
        ..PeopleView::default()
    };
    for named in named.values() {
        people.going += named.going;
        people.maybe += named.maybe;
        people.not_going += named.not_going;
        people.unanswered += named.unanswered;
    }
    people
}

fn refused(imported: &Imported, kith: &kith_client::Kith) -> Vec<String> {
    match &imported.outcome {
        ImportOutcome::Created(published) | ImportOutcome::Updated(published) => {
            views::refusals(&published.refused, kith)
        }
        _ => Vec::new(),
    }
}
