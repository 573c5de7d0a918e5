//! Tags as they are in a note, kept so that an edit changes what it means to change and nothing
//! else (LBC-14, LBC-15, NIP51-03). Knows tags only, not what they stand for.

use crate::{Event, Tag};

/// The tags of a list note, in order. Entries are appended at the end and removed by name and
/// value; whatever else is there stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TagList(Vec<Vec<String>>);

impl TagList {
    pub(crate) fn new(tags: Vec<Vec<String>>) -> TagList {
        TagList(tags)
    }

    pub(crate) fn of(event: &Event) -> TagList {
        TagList(event.tags().iter().map(owned).collect())
    }

    pub(crate) fn to_vec(&self) -> Vec<Vec<String>> {
        self.0.clone()
    }

    /// All tags, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[String]> {
        self.0.iter().map(Vec::as_slice)
    }

    /// The tags with this name.
    pub(crate) fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [String]> {
        self.0
            .iter()
            .map(Vec::as_slice)
            .filter(move |tag| tag.first().is_some_and(|found| found == name))
    }

    /// The values (second elements) of the tags with this name.
    pub(crate) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.named(name)
            .filter_map(|tag| tag.get(1))
            .map(String::as_str)
    }

    pub(crate) fn contains(&self, name: &str, value: &str) -> bool {
        self.values(name).any(|found| found == value)
    }

    /// Appends the tag unless one with its name and value is there. Whether anything changed.
    pub(crate) fn append(&mut self, tag: Vec<String>) -> bool {
        let is_new = match tag.as_slice() {
            [name, value, ..] => !self.contains(name, value),
            _ => false,
        };
        if is_new {
            self.0.push(tag);
        }
        is_new
    }

    /// Removes every tag with this name and value. Whether anything changed.
    pub(crate) fn remove(&mut self, name: &str, value: &str) -> bool {
        self.remove_where(
            |tag| matches!(tag, [found, entry, ..] if found == name && entry == value),
        )
    }

    /// Removes the tags that `unwanted` names. Whether anything changed.
    pub(crate) fn remove_where(&mut self, unwanted: impl Fn(&[String]) -> bool) -> bool {
        let before = self.0.len();
        self.0.retain(|tag| !unwanted(tag));
        self.0.len() != before
    }

    /// Changes the first tag with this name and value in its place. Whether `edit` changed it.
    pub(crate) fn edit(
        &mut self,
        name: &str,
        value: &str,
        edit: impl FnOnce(&mut Vec<String>) -> bool,
    ) -> bool {
        let is_it = |tag: &&mut Vec<String>| matches!(tag.as_slice(), [found, entry, ..] if found == name && entry == value);
        self.0.iter_mut().find(is_it).is_some_and(edit)
    }

    /// Gives the single-valued tag `name` this value where it stands, or appends it.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let place = self
            .0
            .iter()
            .position(|tag| tag.first().is_some_and(|found| found == name));
        match place.and_then(|index| self.0.get_mut(index)) {
            Some(tag) => *tag = vec![name.to_owned(), value.to_owned()],
            None => self.0.push(vec![name.to_owned(), value.to_owned()]),
        }
    }
}

/// The tag as strings.
pub(crate) fn owned(tag: Tag<'_>) -> Vec<String> {
    tag.iter().map(str::to_owned).collect()
}

/// A tag of these elements, without empty ones at its end.
pub(crate) fn tag<const N: usize>(elements: [&str; N]) -> Vec<String> {
    let used = elements
        .iter()
        .rposition(|element| !element.is_empty())
        .map_or(0, |last| last + 1);
    // A name and a value belong to every tag, even if the value is empty.
    elements
        .iter()
        .take(used.max(2))
        .map(|element| (*element).to_owned())
        .collect()
}

/// The tags that `take` did not take, in order: what an edit must preserve (LBC-14).
pub(crate) fn not_taken(event: &Event, mut take: impl FnMut(&Tag<'_>) -> bool) -> Vec<Vec<String>> {
    event
        .tags()
        .iter()
        .filter(|tag| !take(tag))
        .map(owned)
        .collect()
}

/// The element at `index`, unless it is missing or empty.
pub(crate) fn element(tag: &Tag<'_>, index: usize) -> Option<String> {
    tag.get(index)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lbc::testing::tags;

    #[test]
    fn nip51_03_entries_are_appended_and_removed_exactly() {
        let mut list = TagList::new(tags(&[
            &["e", "one"],
            &["x", "unknown", "kept"],
            &["e", "two"],
            &["e"],
        ]));
        assert!(list.append(tag(["e", "three"])));
        assert!(!list.append(tag(["e", "one"])), "no duplicates");
        assert!(list.remove("e", "two"));
        assert!(!list.remove("e", "two"));
        assert_eq!(
            list.to_vec(),
            tags(&[
                &["e", "one"],
                &["x", "unknown", "kept"],
                &["e"],
                &["e", "three"]
            ])
        );
    }

    #[test]
    fn single_values_are_set_in_place() {
        let mut list = TagList::new(tags(&[&["title", "old"], &["p", "a"]]));
        list.set("title", "new");
        list.set("image", "url");
        assert_eq!(
            list.to_vec(),
            tags(&[&["title", "new"], &["p", "a"], &["image", "url"]])
        );
    }

    #[test]
    fn tags_do_not_end_in_empty_elements() {
        assert_eq!(tag(["e", "id", "", ""]), ["e", "id"]);
        assert_eq!(tag(["e", "id", "", "owner"]), ["e", "id", "", "owner"]);
        assert_eq!(tag(["d", ""]), ["d", ""]);
    }
}
