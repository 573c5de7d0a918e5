//! What was listed last, so that the short id in a table can be typed instead
//! of the long one. A convenience: when the file is lost or damaged, nothing
//! but the short ids is. It knows nothing of relays.

use std::fs;
use std::io::Read;

use serde::{Deserialize, Serialize};

use crate::output::views::{CommunityView, MeetupView, SHORT_ID_CHARACTERS};
use crate::settings::ConfigFolder;

/// Most things that are remembered; the oldest are forgotten first.
const SEEN_MAX: usize = 500;
/// Largest file that is read, in bytes.
const SEEN_BYTES_MAX: u64 = 1024 * 1024;
/// Longest title that is remembered, in characters.
const TITLE_CHARACTERS_MAX: usize = 200;
/// Fewest hexadecimal digits that are taken for the start of an id.
const PREFIX_CHARACTERS_MIN: usize = 4;

const SEEN_FILE: &str = "seen.json";

/// What sort of thing was listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeenKind {
    /// A community.
    Community,
    /// A meetup.
    Meetup,
}

/// One thing that was listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenItem {
    /// What it is.
    pub kind: SeenKind,
    /// The id whose start was listed.
    pub id: String,
    /// What leads to it: the id of a community, the address of a meetup.
    pub reference: String,
    /// Its title then.
    pub title: String,
}

/// What was listed, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    items: Vec<SeenItem>,
}

impl Seen {
    /// Reads the file; what cannot be read counts as nothing.
    pub fn load(folder: &ConfigFolder) -> Self {
        let mut text = String::new();
        fs::File::open(folder.file(SEEN_FILE))
            .and_then(|file| file.take(SEEN_BYTES_MAX).read_to_string(&mut text))
            .ok()
            .and_then(|_| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    }

    /// Remembers what is about to be printed. A failure to write is no failure
    /// of the command.
    pub fn remember<'a>(
        folder: &ConfigFolder,
        communities: impl IntoIterator<Item = &'a CommunityView>,
        meetups: impl IntoIterator<Item = &'a MeetupView>,
    ) {
        let communities = communities.into_iter().map(|community| SeenItem {
            kind: SeenKind::Community,
            id: community.id.clone(),
            reference: community.id.clone(),
            title: community.title.chars().take(TITLE_CHARACTERS_MAX).collect(),
        });
        let meetups = meetups.into_iter().map(|meetup| SeenItem {
            kind: SeenKind::Meetup,
            id: meetup.id.clone(),
            reference: meetup.address.clone(),
            title: meetup.title.chars().take(TITLE_CHARACTERS_MAX).collect(),
        });
        let fresh: Vec<SeenItem> = communities.chain(meetups).collect();
        if fresh.is_empty() {
            return;
        }
        let before = Self::load(folder);
        let seen = before.clone().with(fresh);
        // To write is to wait for the disk, before anything is printed.
        if seen == before {
            return;
        }
        if let Ok(text) = serde_json::to_string(&seen) {
            // Short ids are a convenience; the list itself was found and is shown.
            let _ = folder.write(SEEN_FILE, &text, true);
        }
    }

    /// The things whose id starts with `digits`; none when that is not the
    /// start of an id.
    pub fn starting_with(&self, kind: SeenKind, digits: &str) -> Vec<&SeenItem> {
        if !is_start_of_id(digits) {
            return Vec::new();
        }
        let digits = digits.to_ascii_lowercase();
        self.of_kind(kind, |item| item.id.starts_with(&digits))
    }

    /// The things with this title, in any spelling of [`same_title`].
    pub fn titled(&self, kind: SeenKind, title: &str) -> Vec<&SeenItem> {
        self.of_kind(kind, |item| same_title(&item.title, title))
    }

    /// The titles of all things of these sorts, newest first.
    pub fn titles(&self, kinds: &[SeenKind]) -> Vec<String> {
        let items = self.items.iter().filter(|item| kinds.contains(&item.kind));
        items.map(|item| item.title.clone()).collect()
    }

    fn of_kind(&self, kind: SeenKind, matches: impl Fn(&SeenItem) -> bool) -> Vec<&SeenItem> {
        let mut found: Vec<&SeenItem> = Vec::new();
        for item in self
            .items
            .iter()
            .filter(|item| item.kind == kind && matches(item))
        {
            // Two versions of one meetup are one meetup.
            if found.iter().all(|known| known.reference != item.reference) {
                found.push(item);
            }
        }
        found
    }

    fn with(self, fresh: Vec<SeenItem>) -> Self {
        let old = self
            .items
            .into_iter()
            .filter(|old| fresh.iter().all(|new| new.id != old.id))
            .collect::<Vec<_>>();
        let mut items = fresh;
        items.extend(old);
        items.truncate(SEEN_MAX);
        Self { items }
    }
}

/// Whether a text could be the start of an id, as it is listed or longer.
pub fn is_start_of_id(text: &str) -> bool {
    (PREFIX_CHARACTERS_MIN..64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// "Brighton Rust", "brighton rust" and "brighton-rust" are one title.
pub fn same_title(one: &str, other: &str) -> bool {
    let words = words_of_title(one);
    !words.is_empty() && words == words_of_title(other)
}

/// What of a title matters.
pub fn words_of_title(title: &str) -> Vec<String> {
    title
        .to_lowercase()
        .replace(['\'', '’'], "")
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

const _: () = assert!(PREFIX_CHARACTERS_MIN <= SHORT_ID_CHARACTERS);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Environment;

    fn community(id: &str, title: &str) -> CommunityView {
        CommunityView {
            id: id.repeat(8),
            title: title.to_owned(),
            ..CommunityView::default()
        }
    }

    fn folder(root: &tempfile::TempDir) -> ConfigFolder {
        let environment = Environment {
            config_dir: Some(root.path().join("kith")),
            ..Environment::default()
        };
        ConfigFolder::find(&environment).unwrap()
    }

    #[test]
    fn what_was_listed_is_found_by_its_short_id_and_title() {
        let root = tempfile::tempdir().unwrap();
        let folder = folder(&root);
        assert_eq!(Seen::load(&folder), Seen::default());
        Seen::remember(&folder, &[community("3f2a9c01", "Brighton Rust")], &[]);
        Seen::remember(
            &folder,
            &[
                community("3f2a77aa", "Chess"),
                community("3f2a9c01", "Brighton Rust!"),
            ],
            &[],
        );
        let seen = Seen::load(&folder);
        assert_eq!(seen.items.len(), 2);
        let ids = |digits: &str| {
            let found = seen.starting_with(SeenKind::Community, digits);
            found
                .iter()
                .map(|item| item.title.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(ids("3F2A9C"), ["Brighton Rust!"]);
        assert_eq!(ids("3f2a"), ["Chess", "Brighton Rust!"]);
        assert!(ids("3f2").is_empty());
        assert!(ids("chess").is_empty());
        assert!(seen.starting_with(SeenKind::Meetup, "3f2a9c").is_empty());
        assert_eq!(seen.titled(SeenKind::Community, "brighton-rust").len(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_remembered_already_is_not_written() {
        use std::os::unix::fs::MetadataExt;
        let root = tempfile::tempdir().unwrap();
        let folder = folder(&root);
        // Each writing makes a file anew; the old one is held, so that its number is not used again.
        let file = || fs::File::open(folder.file(SEEN_FILE)).unwrap();
        let number = |file: &fs::File| file.metadata().unwrap().ino();
        let listed = [community("3f2a77aa", "Chess")];
        Seen::remember(&folder, &listed, &[]);
        let first = file();
        Seen::remember(&folder, &listed, &[]);
        assert_eq!(number(&file()), number(&first));
        Seen::remember(&folder, &[community("3f2a77aa", "Go")], &[]);
        assert_ne!(number(&file()), number(&first));
    }

    #[test]
    fn a_damaged_file_is_nothing() {
        let root = tempfile::tempdir().unwrap();
        let folder = folder(&root);
        folder.write(SEEN_FILE, "{\"items\": [", true).unwrap();
        assert_eq!(Seen::load(&folder), Seen::default());
    }

    #[test]
    fn only_so_much_is_remembered() {
        let item = |number: usize| SeenItem {
            kind: SeenKind::Community,
            id: format!("{number:064x}"),
            reference: String::new(),
            title: String::new(),
        };
        let seen = Seen::default()
            .with((0..SEEN_MAX).map(item).collect())
            .with(vec![item(9999)]);
        assert_eq!(seen.items.len(), SEEN_MAX);
        assert_eq!(seen.items[0], item(9999));
    }

    #[test]
    fn titles_compare_by_their_words() {
        assert!(same_title("Brighton Rust", " brighton-rust "));
        assert!(same_title("ZÜRICH", "zürich"));
        assert!(same_title("Bob's picnic", "bobs picnic"));
        assert!(!same_title("Brighton Rust", "Brighton"));
        assert!(!same_title("", "!"));
    }
}
