//! The names of checklist lines, as the checklist writes them (`NIP01-52`, `LBC-14`) and as tests
//! carry them (`nip01_52_…`). Knows neither lines nor tests.

use std::fmt;

/// How many digits a number has at least, in the checklist and in test names. What has fewer is a
/// word of the test's sentence.
const DIGITS_MIN: usize = 2;
/// No range in a test's name names more lines than this.
const RANGE_LINES_MAX: u32 = 100;

/// The name of one line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    section: String,
    number: u32,
}

impl Id {
    /// Reads `NIP01-52`; nothing else is an id.
    ///
    /// ```
    /// use kith_tests::conformance::id::Id;
    ///
    /// assert_eq!(Id::parse("LBC-07").map(|id| id.to_string()).as_deref(), Some("LBC-07"));
    /// assert_eq!(Id::parse("RFC-2119"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, number) = text.split_once('-')?;
        let named = section(&name.to_lowercase())?;
        (named == name).then_some(Id {
            section: named,
            number: self::number(number)?,
        })
    }

    /// The ids that a test's name begins with: `nip01_74_75_…`, `nip01_70_to_73_and_79_…`,
    /// `lbc_61_nip62_01_…`. They end at the first word of the sentence.
    ///
    /// ```
    /// use kith_tests::conformance::id::Id;
    ///
    /// let ids = Id::carried_by("nip09_07_and_nip62_03_gone_for_good");
    /// let ids: Vec<String> = ids.iter().map(Id::to_string).collect();
    /// assert_eq!(ids, ["NIP09-07", "NIP62-03"]);
    /// ```
    #[must_use]
    pub fn carried_by(name: &str) -> Vec<Self> {
        let mut ids: Vec<Id> = Vec::new();
        let mut current = None;
        let mut words = name.split('_').peekable();
        while let Some(word) = words.next() {
            if let Some(named) = section(word) {
                current = Some(named);
            } else if let (Some(section), Some(number)) = (&current, number(word)) {
                ids.push(Id {
                    section: section.clone(),
                    number,
                });
            } else if word == "to"
                && let (Some(first), Some(last)) = (
                    ids.last().cloned(),
                    words.peek().and_then(|word| number(word)),
                )
            {
                words.next();
                ids.extend(first.up_to(last));
            } else if word != "and" {
                break;
            }
        }
        ids
    }

    /// The lines after this one up to `last`, which is in.
    fn up_to(&self, last: u32) -> impl Iterator<Item = Id> {
        let last = last.min(self.number.saturating_add(RANGE_LINES_MAX));
        (self.number + 1..=last).map(|number| Id {
            section: self.section.clone(),
            number,
        })
    }
}

impl fmt::Display for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}-{:02}", self.section, self.number)
    }
}

/// The part before the hyphen, for a word such as `nip01`.
fn section(word: &str) -> Option<String> {
    let known = match word.strip_prefix("nip") {
        Some(number) => {
            number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_alphanumeric())
        }
        None => matches!(word, "lbc" | "pfx" | "con"),
    };
    known.then(|| word.to_uppercase())
}

fn number(word: &str) -> Option<u32> {
    let digits = word.len() >= DIGITS_MIN && word.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| word.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::Id;

    #[track_caller]
    fn check(name: &str, expected: &[&str]) {
        let ids = Id::carried_by(name);
        let ids: Vec<String> = ids.iter().map(Id::to_string).collect();
        assert_eq!(ids, expected, "{name}");
    }

    #[test]
    fn ids_are_read_from_the_names_of_tests() {
        check("nip01_52_lowest_id_wins", &["NIP01-52"]);
        check("nip01_100_is_a_notice", &["NIP01-100"]);
        check("lbc_61_nip62_01_all_goes", &["LBC-61", "NIP62-01"]);
        check("nip01_43_45_kinds", &["NIP01-43", "NIP01-45"]);
        check("pfx_04_and_05_are_told_apart", &["PFX-04", "PFX-05"]);
        check("con_10_stays", &["CON-10"]);
        check(
            "nip01_70_to_73_and_79_wrong",
            &["NIP01-70", "NIP01-71", "NIP01-72", "NIP01-73", "NIP01-79"],
        );
        check(
            "nip59_05_and_06_and_nip45_07_private",
            &["NIP59-05", "NIP59-06", "NIP45-07"],
        );
    }

    #[test]
    fn sentences_are_no_ids() {
        check("lbc_community_vector", &[]);
        check("the_relay_answers_nip11", &[]);
        check("nip45_10_and_five_followers", &["NIP45-10"]);
        check("nip45_10_5_followers", &["NIP45-10"]);
        check("nip01_74_to_the_second", &["NIP01-74"]);
        check("nipper_01_is_a_dog", &[]);
        check("con", &[]);
    }

    #[test]
    fn a_range_backwards_names_its_beginning_only() {
        check("nip01_73_to_70_odd", &["NIP01-73"]);
        assert!(Id::carried_by("lbc_01_to_4000000000_odd").len() < 200);
    }

    #[test]
    fn only_the_spelling_of_the_checklist_is_an_id() {
        for text in ["NIP01-52", "NIP01-100", "LBC-01", "PFX-02", "CON-15"] {
            assert_eq!(Id::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "nip01-52", "NIP1-52", "NIP01-5", "NIP01", "D-12", "RFC-2119", "NIP01-5x",
        ] {
            assert_eq!(Id::parse(text), None, "{text}");
        }
    }
}
