//! `kith relays find`: relays near a place, by the word of monitors (NIP-66). Nothing is added.

use kith_client::NearbyRelay;

use super::chat::moment;
use super::views;
use crate::arguments::relays::Find;
use crate::context::Context;
use crate::errors::CliError;
use crate::output::relays::{FoundRelay, RelaysFound};
use crate::output::{Output, Report};
use crate::place::TypedPlace;

/// Runs `kith relays find`.
pub async fn run(typed: &Find, context: &Context) -> Result<Report, CliError> {
    let place = TypedPlace::parse(&typed.place)?;
    let kith = context.reader().await?;
    let found = kith
        .relays_near(place.place().point, typed.radius.km())
        .await?;
    let mut warnings: Vec<String> = place.warning().into_iter().collect();
    warnings.extend(views::unreachable(&kith));
    warnings.extend(views::silent(&found.silent, &kith));
    let own: Vec<String> = kith
        .relays()
        .iter()
        .map(|relay| relay.url.to_string())
        .collect();
    let wanted = found.relays.iter().filter(|relay| {
        let mut nips = typed.nips.iter();
        nips.all(|nip| relay.said.nips.contains(nip))
    });
    let relays: Vec<FoundRelay> = wanted
        .take(usize::from(typed.limit))
        .map(|relay| view(relay, &own, context))
        .collect();
    let first = relays.iter().find(|relay| !relay.yours);
    let next = first.map(|relay| format!("kith relays add {}", relay.url));
    let output = Output::RelaysFound(RelaysFound {
        place: place.view(),
        radius_km: typed.radius.km(),
        next: next.into_iter().collect(),
        relays,
        stale: found.stale,
    });
    Ok(Report { output, warnings })
}

fn view(relay: &NearbyRelay, own: &[String], context: &Context) -> FoundRelay {
    let url = relay.url.to_string();
    FoundRelay {
        yours: own.contains(&url),
        url,
        distance_km: relay.distance_km,
        monitors: relay.monitors,
        seen_at: moment(relay.seen_at, context.now.time_zone()),
        seen_unix: relay.seen_at,
        network: relay.said.network.clone(),
        nips: relay.said.nips.clone(),
        requirements: relay
            .said
            .requirements
            .iter()
            .map(ToString::to_string)
            .collect(),
        open_ms: relay.said.open_ms,
        read_ms: relay.said.read_ms,
        write_ms: relay.said.write_ms,
    }
}
