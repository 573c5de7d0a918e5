//! Calendars that go into files: meetups of a community, one meetup, the agenda.

use std::path::Path;

use kith_client::{self as client, Search, write_calendar};

use super::views;
use crate::arguments::calendar::Export;
use crate::context::Context;
use crate::errors::CliError;
use crate::output::calendar::Written;
use crate::output::{Output, Report, Text};
use crate::reference;

/// Runs `kith meetup export`.
pub async fn export(typed: &Export, context: &Context) -> Result<Report, CliError> {
    let kith = context.reader().await?;
    let mut warnings = views::unreachable(&kith);
    let (name, meetups) = match (&typed.meetup, &typed.community) {
        (Some(meetup), _) => {
            let meetup = reference::meetup(&kith, context, meetup).await?;
            (meetup.display_title(), vec![meetup])
        }
        (None, community) => {
            let community = community.as_deref().unwrap_or_default();
            let community = reference::community(&kith, context, community).await?;
            let search = Search::new().community(&community);
            let listing = kith.meetups(&search).await?;
            warnings.extend(views::silent(&listing.silent, &kith));
            (community.title(), listing.found)
        }
    };
    let output = calendar(&name, &meetups, typed.out.as_deref())?;
    Ok(Report { output, warnings })
}

/// Meetups as a calendar, in a file or on standard output.
pub fn calendar(
    name: &str,
    meetups: &[client::MeetupView],
    out: Option<&Path>,
) -> Result<Output, CliError> {
    let text = write_calendar(name, meetups);
    written(text, meetups.len(), out)
}

/// A text with so many entries, in a file or on standard output.
pub fn written(text: String, entries: usize, out: Option<&Path>) -> Result<Output, CliError> {
    let Some(file) = out else {
        return Ok(Output::Text(Text { text }));
    };
    std::fs::write(file, text).map_err(|error| CliError::file("write", file, &error))?;
    Ok(Output::Written(Written {
        file: file.to_owned(),
        entries,
    }))
}
