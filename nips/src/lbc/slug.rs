//! The part of a meetup's `d` that tells the meetups of a community apart (LBC-22).

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::BuildError;
use crate::EventId;

/// The longest slug (LBC: `[a-z0-9-]{1,64}`).
pub const SLUG_CHARACTERS_MAX: usize = 64;

/// The longest slug that is written. With a community's id before it a `d` has 100 characters, and some
/// relays (those with eventstore, such as khatru's) neither find nor replace by longer values.
pub(crate) const SLUG_CHARACTERS_WRITTEN_MAX: usize = 35;

/// What a title without a single usable letter becomes.
const FALLBACK: &str = "meetup";

/// `[a-z0-9-]{1,64}`: new for each meetup of a community and never reused (D2).
///
/// ```
/// use jiff::civil::date;
/// use kith_nips::lbc::Slug;
/// let slug = Slug::from_title("Größtes Schachtreffen!", date(2026, 12, 3));
/// assert_eq!(slug.as_str(), "2026-12-03-grosstes-schachtreffen");
/// assert!("Not a slug".parse::<Slug>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

impl Slug {
    /// A slug from what a meetup is called and its day: `2026-12-03-title-in-plain-letters`.
    pub fn from_title(title: &str, day: Date) -> Slug {
        let words = plain_words(title);
        let words = if words.is_empty() { FALLBACK } else { &words };
        let slug = format!("{day}-{words}");
        Slug(shortened(&slug, SLUG_CHARACTERS_WRITTEN_MAX))
    }

    /// A slug of so many characters that stands for something elsewhere: a word and the beginning of a
    /// hash, in hex.
    pub(crate) fn of_hash(word: &str, hash: &[u8], characters: usize) -> Slug {
        let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Slug(shortened(&format!("{word}-{digits}"), characters))
    }

    /// A slug from the id of a series and the day of one of its meetups.
    pub(crate) fn of_series(id: &str, day: Date) -> Slug {
        Slug(format!("{id}-{day}"))
    }

    /// Lower-case ASCII letters and digits of a title, everything else as single hyphens between
    /// them; may be empty, and of any length.
    pub(crate) fn plain_words(title: &str) -> String {
        plain_words(title)
    }

    /// As [`Slug::from_title`], followed by `-2`, `-3`, … while `is_used` says that the community
    /// had a meetup with that slug: one that is used again would replace the old meetup (LBC-26).
    ///
    /// ```
    /// use jiff::civil::date;
    /// use kith_nips::lbc::Slug;
    /// let day = date(2026, 12, 3);
    /// let used = [Slug::from_title("Chess", day)];
    /// assert_eq!(Slug::unused("Chess", day, |slug| used.contains(slug)).as_str(), "2026-12-03-chess-2");
    /// ```
    pub fn unused(title: &str, day: Date, is_used: impl Fn(&Slug) -> bool) -> Slug {
        let plain = Slug::from_title(title, day);
        if !is_used(&plain) {
            return plain;
        }
        let mut slug = plain.clone();
        for number in 2..u32::MAX {
            let suffix = format!("-{number}");
            let start = shortened(&plain.0, SLUG_CHARACTERS_WRITTEN_MAX - suffix.len());
            slug = Slug(start + &suffix);
            if !is_used(&slug) {
                break;
            }
        }
        slug
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The `d` of a meetup of this community: `<community id>:<slug>` (LBC-22).
    pub fn identifier(&self, community: EventId) -> String {
        format!("{community}:{}", self.0)
    }

    /// The slug in a `d` of that form; `None` for the bare community id and for other forms.
    pub fn of_identifier(identifier: &str) -> Option<Slug> {
        let (community, slug) = identifier.split_once(':')?;
        community.parse::<EventId>().ok()?;
        slug.parse().ok()
    }
}

impl FromStr for Slug {
    type Err = BuildError;

    fn from_str(text: &str) -> Result<Slug, BuildError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=SLUG_CHARACTERS_MAX).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Slug(text.to_owned()))
        } else {
            Err(BuildError::Slug(text.to_owned()))
        }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Lower-case ASCII letters and digits, everything else as single hyphens between them.
fn plain_words(title: &str) -> String {
    let mut words = String::new();
    let letters = title
        .nfkd()
        .filter(|character| !is_combining_mark(*character))
        .flat_map(char::to_lowercase);
    for letter in letters {
        match letter {
            'ß' => words.push_str("ss"),
            'æ' => words.push_str("ae"),
            'ø' => words.push('o'),
            'ł' => words.push('l'),
            _ if letter.is_ascii_alphanumeric() => words.push(letter),
            // Apostrophes stand within words: "king's" is one.
            '\'' | '’' => {}
            _ if words.is_empty() || words.ends_with('-') => {}
            _ => words.push('-'),
        }
    }
    words.trim_end_matches('-').to_owned()
}

fn shortened(text: &str, characters_max: usize) -> String {
    let short: String = text.chars().take(characters_max).collect();
    short.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::lbc::testing::{COMMUNITY, community};

    #[test]
    fn lbc_22_identifier_is_community_id_colon_slug() {
        let slug: Slug = "2026-12-meetup".parse().unwrap();
        assert_eq!(
            slug.identifier(community()),
            format!("{COMMUNITY}:2026-12-meetup")
        );
        assert_eq!(
            Slug::of_identifier(&slug.identifier(community())),
            Some(slug)
        );
        assert_eq!(Slug::of_identifier(COMMUNITY), None);
    }

    #[test]
    fn lbc_22_slugs_are_lower_case_ascii_up_to_64() {
        for bad in ["", "A", "a b", "a_b", "ä", "a:b", &"a".repeat(65)] {
            assert!(bad.parse::<Slug>().is_err(), "{bad}");
        }
        assert!("a".repeat(64).parse::<Slug>().is_ok());
    }

    #[test]
    fn titles_become_plain_words() {
        let day = date(2026, 12, 3);
        for (title, slug) in [
            ("Kings' & Queens  #3", "2026-12-03-kings-queens-3"),
            ("Århus møde", "2026-12-03-arhus-mode"),
            ("Встреча", "2026-12-03-meetup"),
            ("", "2026-12-03-meetup"),
        ] {
            assert_eq!(Slug::from_title(title, day).as_str(), slug);
        }
    }

    #[test]
    fn lbc_22_a_used_slug_is_not_used_again() {
        let day = date(2026, 12, 3);
        let long = "x".repeat(80);
        let mut used: Vec<Slug> = Vec::new();
        for _ in 0..12 {
            let slug = Slug::unused(&long, day, |slug| used.contains(slug));
            assert!(!used.contains(&slug));
            used.push(slug);
        }
        let length = |slug: &Slug| slug.identifier(community()).len();
        assert!(used.iter().all(|slug| length(slug) <= 100), "{used:?}");
    }

    proptest! {
        #[test]
        fn every_title_makes_a_valid_slug(title in ".{0,100}", year in 1..9999i16, month in 1..=12i8, day in 1..=28i8) {
            let slug = Slug::from_title(&title, date(year, month, day));
            prop_assert_eq!(slug.as_str().parse::<Slug>().unwrap(), slug);
        }
    }
}
