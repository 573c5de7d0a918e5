//! What other sites show of a meetup where somebody shares its link.

use super::Meetup;
use crate::frame::Frame;
use crate::language::Language;
use crate::preview::Preview;
use crate::views::MeetupCard;

impl Meetup {
    /// What is on the picture of a meetup.
    pub fn preview_of(frame: &Frame, card: &MeetupCard) -> Preview {
        // The fonts of the picture have no letters of Japanese.
        let language = match frame.language {
            Language::Japanese => Language::English,
            language => language,
        };
        let frame = Frame {
            language,
            ..frame.clone()
        };
        let when = match (card.is_cancelled, frame.times(card)) {
            (true, _) => frame.say("cancelled"),
            (false, None) => frame.say("no-time"),
            (false, Some(times)) => {
                let (time, zone) = (times.start_time, times.zone);
                let time = time
                    .zip(zone)
                    .map(|(time, zone)| format!(" · {time} {zone}"));
                format!("{}{}", times.day, time.unwrap_or_default())
            }
        };
        let city = card.city.as_ref();
        let city = city.map(|city| city.name().to_string());
        let community = card.communities.first();
        Preview {
            title: frame.title(&card.title),
            title_elsewhere: frame.say("preview-title-elsewhere"),
            when,
            place: match card.place.is_empty() {
                true => city.unwrap_or_default(),
                false => card.place.to_string(),
            },
            community: community.map_or_else(String::new, |one| one.title.to_string()),
            site: frame.site.name.to_string(),
        }
    }

    /// Where the picture is, in the language of the page.
    pub(super) fn picture(&self) -> String {
        let language = self.frame.language.code();
        let path = format!("{}/preview.png", self.card.path());
        self.frame
            .whole(&crate::address(&path, &[("lang", language)]))
    }

    /// The picture in words.
    pub(super) fn picture_in_words(&self) -> String {
        let shown = Meetup::preview_of(&self.frame, &self.card);
        let title = self.frame.title(&self.card.title);
        let parts = [title, shown.when, shown.place, shown.community];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(" · ")
    }
}
