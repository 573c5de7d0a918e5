//! Topics (`t` tags).

use std::fmt;

/// A topic, always lower case (LBC-45, NIP-24).
///
/// ```
/// use kith_nips::lbc::Topic;
/// assert_eq!(Topic::new(" Bitcoin "), Topic::new("bitcoin"));
/// assert_eq!(Topic::new("  "), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic(String);

impl Topic {
    /// The topic of this text: trimmed and lower-cased; `None` when nothing is left.
    pub fn new(text: &str) -> Option<Topic> {
        let text = text.trim().to_lowercase();
        (!text.is_empty()).then_some(Topic(text))
    }

    /// The lower-case text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn tag(&self) -> Vec<String> {
        super::tag_list::tag(["t", &self.0])
    }

    /// Adds the topic of a `t` tag's value unless it is there. Whether it was a topic.
    pub(crate) fn collect(topics: &mut Vec<Topic>, value: Option<&str>) -> bool {
        let topic = value.and_then(Topic::new);
        let is_topic = topic.is_some();
        topics.extend(topic.filter(|topic| !topics.contains(topic)));
        is_topic
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lbc_45_topics_are_lower_case_and_single() {
        let mut topics = Vec::new();
        for value in ["Bitcoin", "bitcoin", " BITCOIN", "Größe", ""] {
            Topic::collect(&mut topics, Some(value));
        }
        let texts: Vec<&str> = topics.iter().map(Topic::as_str).collect();
        assert_eq!(texts, ["bitcoin", "größe"]);
    }
}
