//! `kith meetup now`: a meetup that begins now, whose note expires after its end (NIP-40).

use kith_client::{NewMeetup, Plan};
use kith_nips::extensions::attendance::Terms;
use kith_nips::nip52::{TimeSpan, When, Zone};

use super::changes::places;
use super::created;
use super::creation::{location_of, zone_of};
use crate::arguments::series::Now;
use crate::commands::{texts, views};
use crate::context::Context;
use crate::errors::CliError;
use crate::output::Report;
use crate::place::TypedPlace;
use crate::{reference, when};

/// Runs `kith meetup now`.
pub async fn run(typed: &Now, context: &Context) -> Result<Report, CliError> {
    let title = texts::title(&typed.title)?;
    let place = typed
        .venue
        .place
        .as_deref()
        .map(TypedPlace::parse)
        .transpose()?;
    let about = |error: CliError| error.about("--for");
    let length = when::parse_duration(&typed.length).map_err(|error| about(error.into()))?;
    let end = context.now.checked_add(length);
    let end = end.map_err(|error| about(CliError::usage(error.to_string(), "try \"1h\"")))?;
    let end = u64::try_from(end.timestamp().as_second()).unwrap_or_default();
    let span = TimeSpan::new(context.now_unix(), Some(end))?;

    let writer = context.writer().await?;
    let community = reference::community(writer.kith(), context, &typed.community).await?;
    let mut warnings = views::unreachable(writer.kith());
    warnings.extend(place.as_ref().and_then(TypedPlace::warning));
    let location = location_of(place.as_ref(), &community);
    // The moment is known whatever the zone is: only how it is shown depends on it.
    let zone = zone_of(place.as_ref(), &location, true, context, &mut warnings);
    let zone = zone.iana_name().and_then(|name| Zone::new(name).ok());
    let when = When::timed(span).in_zone(zone.unwrap_or_else(Zone::utc));
    let plan = Plan {
        summary: typed.summary.clone().unwrap_or_default(),
        places: typed
            .venue
            .location
            .as_deref()
            .map(places)
            .unwrap_or_default(),
        location,
        topics: community.topics().to_vec(),
        terms: Terms {
            capacity: typed.capacity,
            ..Terms::default()
        },
        expires: true,
        ..Plan::new(title)
    };
    let new = NewMeetup::new(&community, plan, when);
    let kith = writer.unlock().await?;
    let scheduled = kith.schedule_meetup(&new).await?;
    warnings.extend(views::refusals(&scheduled.published.refused, &kith));
    warnings.extend(views::kept_longer(&scheduled.published));
    created(&kith, context, &scheduled, &community, warnings).await
}
