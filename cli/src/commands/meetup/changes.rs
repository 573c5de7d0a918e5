//! What `kith meetup edit` replaces; everything else stays. Pure: no relay is asked.

use kith_client as client;
use kith_nips::extensions::Move;
use kith_nips::extensions::attendance::Terms;
use kith_nips::lbc::{Location, Meetup, MeetupStatus, Summary, Topic};
use kith_nips::nip52::When;

use crate::arguments::one_meetup::Edit;
use crate::commands::texts::{self, replaced};
use crate::commands::times::{self, TypedTimes};
use crate::context::Context;
use crate::errors::CliError;
use crate::place::{TypedPlace, location_zone};

/// What was typed, before anybody was asked for the meetup.
pub struct Edited<'a> {
    typed: &'a Edit,
    place: Option<TypedPlace>,
    times: TypedTimes<'a>,
}

impl<'a> Edited<'a> {
    /// Looks at everything that can be wrong without the meetup.
    pub fn of(typed: &'a Edit) -> Result<Self, CliError> {
        let place = typed.place.as_deref().map(TypedPlace::parse).transpose()?;
        let times = TypedTimes {
            start: typed.start.as_deref(),
            end: typed.end.as_deref(),
            duration: typed.duration.as_deref(),
            timezone: typed.timezone.as_deref(),
            allow_past: typed.allow_past,
        };
        let changes = Changes::typed(typed, place.as_ref())?;
        if changes.is_empty() && times.is_empty() && typed.terms.answer_by.is_none() {
            return Err(texts::nothing_to_change("kith meetup edit"));
        }
        Ok(Edited {
            typed,
            place,
            times,
        })
    }

    /// What it comes to for this meetup.
    pub fn changes(
        &self,
        before: &client::MeetupView,
        context: &Context,
    ) -> Result<Changes<'a>, CliError> {
        let mut changes = Changes::typed(self.typed, self.place.as_ref())?;
        changes.when = match before.when() {
            Some(old) => self.times.of_edited_meetup(old, &context.now)?,
            None => {
                let zone = location_zone(before.location());
                let zone = zone.unwrap_or_else(|| context.now.time_zone().clone());
                Some(self.times.of_new_meetup(&zone, &context.now)?)
            }
        };
        let when = changes.when.as_ref().or(before.when());
        if let (Some(text), Some(when)) = (&self.typed.terms.answer_by, when) {
            let last = times::answer_by(text, when, &context.now)?;
            changes.answer_by = Some(Some((when.clone(), last)));
        }
        Ok(changes)
    }

    /// Guesses that were made.
    pub fn warnings(&self) -> Vec<String> {
        let place = self.place.as_ref();
        place.and_then(TypedPlace::warning).into_iter().collect()
    }
}

/// New values; what is `None` stays.
#[derive(Debug, Default, PartialEq)]
pub struct Changes<'a> {
    title: Option<&'a str>,
    /// What `--start` and the like come to; only the meetup itself can tell.
    pub when: Option<When>,
    summary: Option<Summary>,
    description: Option<String>,
    image: Option<Option<String>>,
    topics: Option<Vec<Topic>>,
    places: Option<Vec<String>>,
    location: Option<Location>,
    capacity: Option<Option<u32>>,
    guests_max: Option<u32>,
    /// The last moment to say yes to a meetup at this time; of others of its series, as long before.
    pub answer_by: Option<Option<(When, u64)>>,
    reopen: bool,
}

impl<'a> Changes<'a> {
    /// Everything but the time, as typed.
    pub fn typed(typed: &'a Edit, place: Option<&TypedPlace>) -> Result<Self, CliError> {
        let summary = typed.summary.as_deref().map(Summary::new).transpose()?;
        let image = typed.image.as_deref().map(texts::image).transpose()?;
        let topics = Some(texts::topics(&typed.topics)?).filter(|topics| !topics.is_empty());
        let places = typed.location.as_deref().map(places);
        Ok(Self {
            title: typed.title.as_deref().map(texts::title).transpose()?,
            when: None,
            summary: replaced(summary, typed.no_summary),
            description: texts::description(&typed.description)?,
            image: replaced(image.map(Some), typed.no_image),
            topics: replaced(topics, typed.no_topics),
            places: replaced(places, typed.no_location),
            location: replaced(place.map(TypedPlace::location), typed.no_place),
            capacity: replaced(typed.terms.capacity.map(Some), typed.no_capacity),
            guests_max: typed.terms.guests_max,
            answer_by: replaced(None, typed.no_answer_by),
            reopen: typed.reopen,
        })
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Makes the changes.
    pub fn apply(&self, meetup: &mut Meetup) {
        if let Some(title) = self.title {
            meetup.title = title.to_owned();
        }
        if let Some(when) = &self.when {
            meetup.when = Some(when.clone());
        }
        replace(&mut meetup.summary, self.summary.as_ref());
        replace(&mut meetup.description, self.description.as_ref());
        replace(&mut meetup.image, self.image.as_ref());
        replace(&mut meetup.topics, self.topics.as_ref());
        replace(&mut meetup.places, self.places.as_ref());
        replace(&mut meetup.location, self.location.as_ref());
        let mut terms = Terms::read(meetup);
        replace(&mut terms.capacity, self.capacity.as_ref());
        terms.guests_max = self.guests_max.or(terms.guests_max);
        if let Some(answer_by) = &self.answer_by {
            let moment = |(named, at): &(When, u64)| {
                let moved = Move::between(named, meetup.when.as_ref()?)?;
                moved.moment(named, *at)
            };
            terms.answer_by = answer_by.as_ref().and_then(moment);
        }
        if terms != Terms::read(meetup) {
            terms.write(meetup);
        }
        if self.reopen {
            meetup.status = MeetupStatus::Published;
        }
    }
}

fn replace<T: Clone>(old: &mut T, new: Option<&T>) {
    if let Some(new) = new {
        old.clone_from(new);
    }
}

/// The venues of a note; a blank one is none.
pub fn places(typed: &str) -> Vec<String> {
    let place = typed.trim();
    match place.is_empty() {
        true => Vec::new(),
        false => vec![place.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use kith_nips::lbc::CommunityReference;
    use kith_nips::nip52::TimeSpan;
    use kith_nips::{EventId, PublicKey};

    use super::*;
    use crate::arguments::meetup::Meetup as MeetupCommand;
    use crate::arguments::{Arguments, Command};

    fn edited(options: &[&str]) -> Meetup {
        let line = ["kith", "meetup", "edit", "Chips"].iter().chain(options);
        let Command::Meetup(MeetupCommand::Edit(typed)) = Arguments::parse_from(line).command
        else {
            panic!("not an edit")
        };
        let place = typed
            .place
            .as_deref()
            .map(|text| TypedPlace::parse(text).unwrap());
        let mut meetup = old();
        Changes::typed(&typed, place.as_ref())
            .unwrap()
            .apply(&mut meetup);
        meetup
    }

    fn old() -> Meetup {
        let community =
            CommunityReference::new(EventId::from_bytes([1; 32]), PublicKey::from_bytes([2; 32]));
        let when = When::timed(TimeSpan::new(1_796_322_600, None).unwrap());
        let mut meetup = Meetup::new(community, &"chips".parse().unwrap(), "Chips", when);
        meetup.summary = Summary::new("Chips for all").unwrap();
        meetup.description = "Bring vinegar.".to_owned();
        meetup.image = Some("https://example.com/chips.png".to_owned());
        meetup.topics = vec![Topic::new("chips").unwrap()];
        meetup.places = vec!["The pier".to_owned()];
        meetup.location = TypedPlace::parse("Brighton, GB").unwrap().location();
        meetup.status = MeetupStatus::Cancelled;
        meetup
    }

    #[test]
    fn what_is_not_named_stays() {
        let mut renamed = old();
        renamed.title = "Fish".to_owned();
        assert_eq!(edited(&["--title", " Fish "]), renamed);
        let mut reopened = old();
        reopened.status = MeetupStatus::Published;
        assert_eq!(edited(&["--reopen"]), reopened);
    }

    #[test]
    fn everything_but_title_and_time_can_be_removed() {
        let new = edited(&[
            "--no-image",
            "--no-place",
            "--no-summary",
            "--no-topics",
            "--no-where",
        ]);
        assert_eq!(new.image, None);
        assert_eq!(new.location, Location::default());
        assert!(new.summary.is_empty() && new.topics.is_empty() && new.places.is_empty());
        assert_eq!(
            (new.title, new.when, new.description),
            (old().title, old().when, old().description)
        );
        let blank = edited(&["--where", " ", "--description", ""]);
        assert!(blank.places.is_empty() && blank.description.is_empty());
    }

    #[test]
    fn new_values_come_instead_of_the_old_ones() {
        let new = edited(&[
            "--topic",
            "Fish",
            "--where",
            "The beach",
            "--place",
            "London, GB",
        ]);
        assert_eq!(new.topics, [Topic::new("fish").unwrap()]);
        assert_eq!(new.places, ["The beach"]);
        assert!(
            new.location
                .cities
                .iter()
                .any(|city| city.to_string() == "GB:London")
        );
    }
}
