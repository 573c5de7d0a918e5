//! `kith near`: communities and meetups around a place.

use jiff::Zoned;
use kith_client::{Kith, Listing, Search};
use kith_nips::place::CoverError;

use super::views;
use crate::arguments::near::Near as Arguments;
use crate::context::Context;
use crate::errors::CliError;
use crate::output::discovery::Near;
use crate::output::views::{CommunityView, MeetupView};
use crate::output::{Output, Report};
use crate::place::TypedPlace;
use crate::radius::Radius;
use crate::seen::Seen;
use crate::when;

/// Suggested when nothing is found within less.
const RADIUS_KM_WIDER: f64 = 100.0;

/// Runs `kith near`.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Report, CliError> {
    let place = context.place(arguments.place.as_deref())?;
    let window = Window::resolve(arguments, &place, &context.now)?;
    let kith = context.reader().await?;
    let around = Around {
        place: &place,
        radius: arguments.radius,
        topics: &arguments.topics,
    };
    let found = kith.discover(&window.narrow(around.search()?)).await?;
    let now = context.now_unix();
    let communities: Vec<CommunityView> = found.communities.iter().map(views::community).collect();
    let meetups = found.meetups.iter();
    let meetups: Vec<MeetupView> = meetups
        .filter_map(|found| views::meetup(found, now))
        .collect();
    let mut warnings: Vec<String> = place.warning().into_iter().collect();
    warnings.extend(views::unreachable(&kith));
    warnings.extend(views::silent(&found.silent, &kith));
    Seen::remember(&context.folder, &communities, &meetups);
    let next = match communities.is_empty() && meetups.is_empty() {
        true => nothing_near(arguments, &place),
        false => Vec::new(),
    };
    let output = Output::Near(Near {
        place: place.view(),
        radius_km: arguments.radius.km(),
        from: window.from.to_string(),
        to: window.to.map(|to| to.to_string()),
        communities,
        meetups,
        next,
    });
    Ok(Report { output, warnings })
}

/// A circle, and what it should be about.
pub struct Around<'a> {
    /// The centre.
    pub place: &'a TypedPlace,
    /// How far.
    pub radius: Radius,
    /// One of these is enough; none allows everything.
    pub topics: &'a [String],
}

impl Around<'_> {
    /// Communities in the circle, nearest first; then those that only name the
    /// city and no position.
    pub async fn communities(&self, kith: &Kith) -> Result<Listing<CommunityView>, CliError> {
        let listing = kith.communities(&self.search()?).await?;
        Ok(Listing {
            found: listing.found.iter().map(views::community).collect(),
            silent: listing.silent,
        })
    }

    /// What is in the circle, or without a position in the city.
    pub fn search(&self) -> Result<Search, CliError> {
        let place = self.place.place();
        let circle = Search::new().near(place.point, self.radius.km())?;
        let names = place.city.map(|city| city.tags()).unwrap_or_default();
        let search = names.into_iter().fold(circle, Search::or_in_city);
        let topics = self.topics.iter();
        Ok(topics.fold(search, |search, topic| search.topic(topic)))
    }
}

/// Look further, or make a beginning.
fn nothing_near(arguments: &Arguments, place: &TypedPlace) -> Vec<String> {
    let place = place.view().name;
    let start = format!("kith community create \"…\" --place \"{place}\"");
    match arguments.radius.km() < RADIUS_KM_WIDER {
        true => vec![
            format!("kith near \"{place}\" --radius {RADIUS_KM_WIDER}km"),
            start,
        ],
        false => vec![start],
    }
}

impl From<CoverError> for CliError {
    fn from(error: CoverError) -> Self {
        Self::usage(error.to_string(), "choose a smaller --radius")
    }
}

/// From when to when meetups are looked for.
#[derive(Debug, PartialEq)]
struct Window {
    from: Zoned,
    to: Option<Zoned>,
}

impl Window {
    /// Days and times are those of the place.
    fn resolve(arguments: &Arguments, place: &TypedPlace, now: &Zoned) -> Result<Self, CliError> {
        let zone = place.time_zone().unwrap_or_else(|| now.time_zone().clone());
        let here = now.with_time_zone(zone);
        let read = |argument: &str, text: &Option<String>| {
            text.as_deref()
                .map(|text| when::parse_stretch(text, &here))
                .transpose()
                .map_err(|error| CliError::from(error).about(argument))
        };
        if let Some(on) = read("--on", &arguments.on)? {
            return Ok(Self {
                from: on.start,
                to: Some(on.end),
            });
        }
        let from = read("--from", &arguments.from)?.map(|stretch| stretch.start);
        let from = from.unwrap_or_else(|| here.clone());
        let to = read("--to", &arguments.to)?.map(|stretch| stretch.end);
        if to.as_ref().is_some_and(|to| *to <= from) {
            return Err(CliError::usage(
                "--to: that is before --from",
                "give a later --to, or an earlier --from",
            ));
        }
        Ok(Self { from, to })
    }

    fn narrow(&self, search: Search) -> Search {
        let search = search.from(unix(&self.from));
        match &self.to {
            Some(to) => search.to(unix(to)),
            None => search,
        }
    }
}

/// Unix seconds.
pub fn unix(zoned: &Zoned) -> u64 {
    u64::try_from(zoned.timestamp().as_second()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(from: Option<&str>, to: Option<&str>, on: Option<&str>) -> Result<Window, CliError> {
        let arguments = Arguments {
            place: None,
            radius: Radius::default(),
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
            on: on.map(str::to_owned),
            topics: Vec::new(),
        };
        let place = TypedPlace::parse("Brighton, GB")?;
        let now = "2026-11-21T23:30:00+01:00[Europe/Berlin]".parse().unwrap();
        Window::resolve(&arguments, &place, &now)
    }

    fn shown(window: &Window) -> (String, String) {
        let to = window
            .to
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        (window.from.to_string(), to)
    }

    #[test]
    fn days_are_those_of_the_place() {
        let (from, to) = shown(&window(Some("today"), Some("2026-12"), None).unwrap());
        assert_eq!(from, "2026-11-21T00:00:00+00:00[Europe/London]");
        assert_eq!(to, "2027-01-01T00:00:00+00:00[Europe/London]");
        let (from, to) = shown(&window(None, None, None).unwrap());
        assert_eq!(from, "2026-11-21T22:30:00+00:00[Europe/London]");
        assert_eq!(to, "");
        let (from, to) = shown(&window(None, None, Some("next weekend")).unwrap());
        assert_eq!(from, "2026-11-28T00:00:00+00:00[Europe/London]");
        assert_eq!(to, "2026-11-30T00:00:00+00:00[Europe/London]");
    }

    #[test]
    fn what_ends_before_it_starts_is_refused() {
        let error = window(Some("2026-12-03"), Some("2026-12-01"), None).unwrap_err();
        assert_eq!(error.message, "--to: that is before --from");
        let error = window(Some("soon"), None, None).unwrap_err();
        assert!(
            error.message.starts_with("--from: \"soon\""),
            "{}",
            error.message
        );
    }
}
