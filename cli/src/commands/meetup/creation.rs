//! From what was typed of a new meetup to what the library is given: by `create` and `series create`.

use jiff::tz::TimeZone;
use kith_client::{self as client, Kith, NewMeetup, Plan};
use kith_nips::extensions::Host;
use kith_nips::extensions::attendance::Terms;
use kith_nips::lbc::{Location, Topic};

use super::changes::places;
use crate::arguments::one_meetup::Create;
use crate::commands::times::{TypedTimes, answer_by};
use crate::commands::{texts, views};
use crate::context::Context;
use crate::errors::CliError;
use crate::place::{TypedPlace, location_zone};
use crate::reference;

/// What was typed, looked at as far as no relay is needed.
pub struct Checked<'a> {
    typed: &'a Create,
    place: Option<TypedPlace>,
    title: &'a str,
    description: String,
    image: Option<String>,
    topics: Vec<Topic>,
    times: TypedTimes<'a>,
    hosts: Vec<Host>,
}

/// A meetup to be announced.
pub struct Planned {
    /// What the library is given.
    pub new: NewMeetup,
    /// Its community.
    pub community: client::CommunityView,
    /// Guesses that were made, relays that could not be reached.
    pub warnings: Vec<String>,
}

impl<'a> Checked<'a> {
    /// Looks at everything that can be wrong without a relay.
    pub fn of(typed: &'a Create, context: &Context) -> Result<Self, CliError> {
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
        let hosts = typed.hosts.iter().map(|host| reference::host(host));
        Ok(Checked {
            typed,
            place: typed
                .venue
                .place
                .as_deref()
                .map(TypedPlace::parse)
                .transpose()?,
            title: texts::title(&typed.title)?,
            description: texts::description(&typed.description)?.unwrap_or_default(),
            image: typed.image.as_deref().map(texts::image).transpose()?,
            topics: texts::topics(&typed.topics)?,
            times,
            hosts: hosts.collect::<Result<_, _>>()?,
        })
    }

    /// What it comes to in its community.
    pub async fn meetup(self, kith: &Kith, context: &Context) -> Result<Planned, CliError> {
        let typed = self.typed;
        let community = reference::community(kith, context, &typed.community).await?;
        let mut warnings = views::unreachable(kith);
        warnings.extend(self.place.as_ref().and_then(TypedPlace::warning));
        let location = location_of(self.place.as_ref(), &community);
        let zone = zone_of(
            self.place.as_ref(),
            &location,
            typed.timezone.is_some(),
            context,
            &mut warnings,
        );
        let when = self.times.of_new_meetup(&zone, &context.now)?;
        let last = typed.terms.answer_by.as_deref();
        let last = last.map(|text| answer_by(text, &when, &context.now));
        let plan = Plan {
            summary: typed.summary.clone().unwrap_or_default(),
            description: self.description,
            places: typed
                .venue
                .location
                .as_deref()
                .map(places)
                .unwrap_or_default(),
            location,
            image: self.image,
            topics: match self.topics.is_empty() {
                true => community.topics().to_vec(),
                false => self.topics,
            },
            terms: Terms {
                capacity: typed.terms.capacity,
                guests_max: typed.terms.guests_max,
                answer_by: last.transpose()?,
                published_at: None,
            },
            hosts: self.hosts,
            ..Plan::new(self.title)
        };
        Ok(Planned {
            new: NewMeetup::new(&community, plan, when),
            community,
            warnings,
        })
    }
}

/// Where a meetup is: in its own place, else where its community is.
pub fn location_of(place: Option<&TypedPlace>, community: &client::CommunityView) -> Location {
    match place {
        Some(place) => place.location(),
        None => community.location().clone(),
    }
}

/// The zone of the place; without one that of this machine, and a warning.
pub fn zone_of(
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
