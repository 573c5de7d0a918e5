//! `kith meetup series`: meetups that are repeated.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kith_client::extensions::{Scope, SeriesId, occurrences};
use kith_client::{self as client, Kith, Listing, NewSeries, Search, SeriesItem, SeriesOutcome};

use super::cancel::{Cancelled, tell};
use super::changes::Edited;
use super::creation::{Checked, Planned};
use super::{proposal, shown};
use crate::arguments::series::{Series, SeriesCancel, SeriesCreate, SeriesEdit, SeriesList, Which};
use crate::commands::views;
use crate::context::Context;
use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::output::calendar::{ImportAction, ImportedView};
use crate::output::series::{AllSeries, SeriesChanged, SeriesShown, SeriesView};
use crate::output::views::{MeetupStatus, MeetupView};
use crate::output::{Output, Report};
use crate::progress::Progress;
use crate::repeat::Repeat;
use crate::seen::Seen;
use crate::{reference, when};

/// Runs `kith meetup series …`.
pub async fn run(arguments: &Series, context: &Context) -> Result<Report, CliError> {
    match arguments {
        Series::Create(typed) => create(typed, context).await,
        Series::List(typed) => list(typed, context).await,
        Series::Show(typed) => show(&typed.meetup, context).await,
        Series::Edit(typed) => edit(typed, context).await,
        Series::Cancel(typed) => cancel(typed, context).await,
    }
}

async fn create(typed: &SeriesCreate, context: &Context) -> Result<Report, CliError> {
    let checked = Checked::of(&typed.meetup, context)?;
    let until = typed.until.as_deref().map(|day| last_day(day, context));
    let repeat = Repeat::parse(&typed.repeat, typed.times, until.transpose()?)?;
    let id = typed.id.as_deref().map(str::parse::<SeriesId>);
    let id = id.transpose().map_err(client::MeetupError::from)?;

    let writer = context.list_writer(typed.list).await?;
    let Planned {
        new,
        community,
        mut warnings,
    } = checked.meetup(writer.kith(), context).await?;
    // Before anybody types a password.
    let rule = repeat.beginning(&new.when)?;
    let planned = occurrences(&rule, &new.when).map_err(client::MeetupError::from)?;
    let kith = writer.unlock().await?;
    let series = NewSeries {
        meetup: new,
        rule: rule.clone(),
        id,
    };
    let progress = Progress::of("announcing", planned.len(), context);
    let made = kith.create_series(&series, |_| progress.step()).await;
    progress.end();
    let made = made.map_err(unfinished)?;
    if kith.public_key() != Some(community.owner()) {
        warnings.push(proposal(&community));
    }
    report(
        &kith,
        &made,
        rule.to_string(),
        warnings,
        |outcome| match outcome {
            SeriesOutcome::Created(_) => ImportAction::Created,
            SeriesOutcome::Updated(_) => ImportAction::Updated,
            SeriesOutcome::Kept => ImportAction::Kept,
            SeriesOutcome::Deleted => ImportAction::Deleted,
            SeriesOutcome::Beyond => ImportAction::Beyond,
            _ => ImportAction::Unchanged,
        },
    )
}

async fn edit(typed: &SeriesEdit, context: &Context) -> Result<Report, CliError> {
    let edited = Edited::of(&typed.edit)?;
    let writer = context.list_writer(typed.edit.list).await?;
    let (before, scope) = named(writer.kith(), context, &typed.edit.meetup, typed.which).await?;
    let mut changes = edited.changes(&before, context)?;
    let time = changes.when.take().map(client::SeriesTime::from);
    let kith = writer.unlock().await?;
    let change = |meetup: &mut client::lbc::Meetup| changes.apply(meetup);
    let progress = Progress::of("changing", None, context);
    let each = |_: &client::SeriesItem| progress.step();
    let done = kith.edit_series(&before, scope, time, change, each).await;
    progress.end();
    let mut warnings = edited.warnings();
    warnings.extend(views::unreachable(&kith));
    report(
        &kith,
        &done.map_err(unfinished)?,
        rule_of(&before),
        warnings,
        |outcome| match outcome {
            SeriesOutcome::Updated(_) => ImportAction::Updated,
            _ => ImportAction::Unchanged,
        },
    )
}

async fn cancel(typed: &SeriesCancel, context: &Context) -> Result<Report, CliError> {
    let writer = context.list_writer(typed.list).await?;
    let (before, scope) = named(writer.kith(), context, &typed.meetup, typed.which).await?;
    let kith = writer.unlock().await?;
    let progress = Progress::of("cancelling", None, context);
    let done = kith
        .cancel_series(&before, scope, |_| progress.step())
        .await;
    progress.end();
    let done = done.map_err(unfinished)?;
    let warnings = views::unreachable(&kith);
    let action = |outcome: &SeriesOutcome| match outcome {
        SeriesOutcome::Updated(_) => ImportAction::Cancelled,
        _ => ImportAction::Unchanged,
    };
    let mut report = report(&kith, &done, rule_of(&before), warnings, action)?;
    if let Output::SeriesChanged(changed) = &mut report.output {
        let cancelled = done.iter().filter_map(cancelled);
        let cancelled: Vec<Cancelled> = cancelled.collect();
        let told = tell(
            &kith,
            &cancelled,
            &typed.telling,
            context,
            &mut report.warnings,
        );
        changed.told = told.await;
    }
    Ok(report)
}

/// What is to be told of one; `None` when it was cancelled before, or takes place.
fn cancelled(item: &SeriesItem) -> Option<Cancelled> {
    matches!(item.outcome, SeriesOutcome::Updated(_)).then(|| Cancelled {
        reference: item.reference.clone(),
        title: item.title.clone(),
        start: item.when.as_ref().and_then(views::start),
    })
}

/// The meetup that a text names; for all of a series, any of them.
async fn named(
    kith: &Kith,
    context: &Context,
    text: &str,
    which: Which,
) -> Result<(client::MeetupView, Scope), CliError> {
    let scope = match (which.only, which.following) {
        (true, _) => Scope::Only,
        (_, true) => Scope::Following,
        _ => Scope::All,
    };
    let found = match scope {
        Scope::All => reference::meetup_of_series(kith, context, text).await?,
        _ => reference::meetup(kith, context, text).await?,
    };
    Ok((found, scope))
}

async fn show(text: &str, context: &Context) -> Result<Report, CliError> {
    let kith = context.reader().await?;
    let named = reference::meetup_of_series(&kith, context, text).await?;
    let title = named.display_title();
    let (Some(place), Some(community)) = (named.series(), named.community()) else {
        return Err(client::MeetupError::NotInSeries(title).into());
    };
    let listing = kith.meetups(&Search::new().community(community.id)).await?;
    let found = listing.found.iter().filter(|found| {
        let same = |other: client::extensions::InSeries| other.id == place.id;
        found.author() == named.author() && found.series().is_some_and(same)
    });
    let meetups: Vec<MeetupView> = found
        .filter_map(|found| views::meetup(found, context.now_unix()))
        .collect();
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::silent(&listing.silent, &kith));
    Seen::remember(&context.folder, &[], &meetups);
    let Some(series) = series_view(&meetups) else {
        return Err(match shown(&named, context) {
            Err(error) => error,
            Ok(_) => CliError::plain(ExitCode::NotFound, "the series has no meetup"),
        });
    };
    Ok(Report {
        output: Output::Series(SeriesShown { series, meetups }),
        warnings,
    })
}

async fn list(typed: &SeriesList, context: &Context) -> Result<Report, CliError> {
    let kith = context.reader().await?;
    let known = match &typed.community {
        Some(text) => Listing {
            found: vec![reference::community(&kith, context, text).await?],
            silent: Vec::new(),
        },
        None => reference::known_communities(&kith).await?,
    };
    let mut warnings = views::unreachable(&kith);
    let mut silent = known.silent;
    let mut grouped: BTreeMap<(String, String, String), Vec<MeetupView>> = BTreeMap::new();
    if !known.found.is_empty() {
        let search = known.found.iter().fold(Search::new(), Search::community);
        let listing = kith.meetups(&search).await?;
        silent.extend(listing.silent);
        for found in &listing.found {
            let (Some(place), Some(community)) = (found.series(), found.community()) else {
                continue;
            };
            let author = found.author().to_string();
            let key = (community.id.to_string(), author, place.id.to_string());
            let view = views::meetup(found, context.now_unix());
            grouped.entry(key).or_default().extend(view);
        }
    }
    warnings.extend(views::silent(&silent, &kith));
    let mut series: Vec<SeriesView> = grouped.values().filter_map(|m| series_view(m)).collect();
    series.sort_by_key(|series| (series.coming == 0, series.next_unix));
    let next: Vec<MeetupView> = grouped.into_values().flatten().collect();
    Seen::remember(&context.folder, &[], &next);
    Ok(Report {
        output: Output::AllSeries(AllSeries { series }),
        warnings,
    })
}

/// A series in one line, from its meetups by start; `None` without any.
fn series_view(meetups: &[MeetupView]) -> Option<SeriesView> {
    let is_open = |meetup: &&MeetupView| meetup.status == MeetupStatus::Open;
    let coming = meetups.iter().filter(is_open).count();
    let next = meetups.iter().find(is_open).or(meetups.last())?;
    let place = next.extensions.series.as_ref()?;
    Some(SeriesView {
        id: place.id.clone(),
        title: next.title.clone(),
        community: next.community.clone(),
        organiser: next.organiser.clone(),
        rule: place.rule.clone(),
        meetups: meetups.len(),
        coming,
        next: Some(next.start.clone()).filter(|_| coming > 0),
        next_unix: Some(next.start_unix).filter(|_| coming > 0),
        next_id: next.id.clone(),
    })
}

fn report(
    kith: &Kith,
    items: &[SeriesItem],
    rule: String,
    mut warnings: Vec<String>,
    action: impl Fn(&SeriesOutcome) -> ImportAction,
) -> Result<Report, CliError> {
    let view = |item: &SeriesItem| ImportedView {
        action: action(&item.outcome),
        title: item.title.clone(),
        start: item.when.as_ref().and_then(views::start),
        start_unix: item
            .when
            .as_ref()
            .map(|when| when.starts_at())
            .unwrap_or_default(),
        locations: item.places.clone(),
        link: match item.outcome {
            SeriesOutcome::Deleted => None,
            _ => item.reference.to_nip19().ok(),
        },
    };
    for item in items {
        if let SeriesOutcome::Created(published) | SeriesOutcome::Updated(published) = &item.outcome
        {
            warnings.extend(views::refusals(&published.refused, kith));
        }
    }
    warnings.sort();
    warnings.dedup();
    let output = Output::SeriesChanged(SeriesChanged {
        rule,
        meetups: items.iter().map(view).collect(),
        told: None,
    });
    Ok(Report { output, warnings })
}

fn rule_of(meetup: &client::MeetupView) -> String {
    meetup.series().map(|place| place.rule).unwrap_or_default()
}

fn last_day(text: &str, context: &Context) -> Result<Date, CliError> {
    let stretch = when::parse_stretch(text, &context.now)
        .map_err(|error| CliError::from(error).about("--until"))?;
    let last = match stretch.start == stretch.end {
        true => stretch.start.date(),
        false => stretch.end.date().yesterday().unwrap_or(Date::MAX),
    };
    Ok(last)
}

/// What was done before a failure stays done.
fn unfinished(error: client::MeetupError) -> CliError {
    let is_partial = matches!(error, client::MeetupError::Publish(_));
    let error = CliError::from(error);
    match is_partial {
        true => CliError {
            hint: Some("what was done stays; run it again to go on".to_owned()),
            ..error
        },
        false => error,
    }
}
