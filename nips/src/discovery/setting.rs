//! Where and when an event is, as discovery sees it.

use super::{Cell, Event, Kind, Point, StorageClass};
use crate::lbc::MeetupStatus;
use crate::nip52::When;

/// Where and when an event is. Nothing of it depends on anything but the event.
///
/// ```
/// use kith_nips::discovery::Setting;
/// use kith_nips::{Kind, nip01::Draft};
/// let tags = [["g", "u33db"], ["start", "1796322600"], ["end", "1796335200"]];
/// let tags = tags.iter().map(|tag| tag.map(str::to_owned).to_vec()).collect();
/// let draft = Draft { kind: Kind::MEETUP, created_at: None, tags, content: String::new() };
/// let setting = Setting::of(&draft.sign(&nostr::Keys::generate(), 1_700_000_000)?);
/// assert_eq!(setting.cell.map(|cell| cell.to_string()).as_deref(), Some("u33db"));
/// assert_eq!((setting.start, setting.end), (Some(1_796_322_600), Some(1_796_335_200)));
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Setting {
    /// The longest valid geohash; its centre is the position.
    pub cell: Option<Cell>,
    /// When it begins, Unix seconds.
    pub start: Option<u64>,
    /// When it ends, after the start; without it, it is an instant.
    pub end: Option<u64>,
    /// Whether it was called off, or is a draft.
    pub is_off: bool,
}

impl Setting {
    /// The setting of `event`.
    pub fn of(event: &Event) -> Self {
        let mut setting = Setting::in_time(event);
        if may_have_position(event.kind()) {
            // LBC-43: what is said to be a city is none.
            let positions = event.tags().named("g");
            let positions = positions.filter(|tag| tag.get(2) != Some("city"));
            setting.cell = Cell::longest(positions.filter_map(|tag| tag.value()));
        }
        setting
    }

    /// The setting of `event` without its position.
    pub fn in_time(event: &Event) -> Self {
        let mut setting = Setting::default();
        let is_calendar_event = matches!(event.kind(), Kind::MEETUP | Kind::DATE_MEETUP);
        if is_calendar_event && let Some(when) = When::read(event) {
            setting.start = Some(when.starts_at());
            setting.end = when.ends_at();
            let status = event.tags().first_value("status").unwrap_or_default();
            setting.is_off = MeetupStatus::read(status) != MeetupStatus::Published;
        }
        setting
    }

    /// Where it is.
    pub fn position(&self) -> Option<Point> {
        self.cell.map(|cell| cell.centre())
    }

    /// Whether it has a time, is not called off, and not over at `now` (Unix seconds).
    pub fn is_open(&self, now: u64) -> bool {
        let over_at = self.end.or(self.start);
        !self.is_off && over_at.is_some_and(|at| at > now)
    }
}

/// Not the kinds that are about people, and not what is private.
fn may_have_position(kind: Kind) -> bool {
    let is_private = matches!(
        kind,
        Kind::ENCRYPTED_MESSAGE | Kind::SEAL | Kind::GIFT_WRAP | Kind::EPHEMERAL_GIFT_WRAP
    );
    let class = kind.storage_class();
    !is_private && !matches!(class, StorageClass::Replaceable | StorageClass::Ephemeral)
}
