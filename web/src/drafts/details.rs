//! What communities and meetups have in common: a name, a description, a picture, topics, links.

use kith_nips::lbc::Topic;

use super::form::Form;
use super::said::{Problems, Sayer};
use crate::link::WebLink;

/// Characters of a title.
pub(super) const TITLE_CHARACTERS_MAX: usize = 120;
/// Characters of a description.
pub(super) const DESCRIPTION_CHARACTERS_MAX: usize = 20_000;
/// Topics of one thing.
const TOPICS_MAX: usize = 20;
/// Characters of a topic.
const TOPIC_CHARACTERS_MAX: usize = 50;

/// What to call something: one line.
pub(super) fn title(form: &Form, sayer: Sayer, problems: &mut Problems) -> String {
    line(
        sayer.required(form, "title", TITLE_CHARACTERS_MAX, problems),
        "title",
        sayer,
        problems,
    )
}

/// One line of text.
pub(super) fn line(
    text: String,
    field: &'static str,
    sayer: Sayer,
    problems: &mut Problems,
) -> String {
    if text.contains(['\n', '\t']) {
        problems.add(field, sayer.say("field-characters"));
    }
    text
}

/// Topics with commas or hashes between them.
pub(super) fn topics(form: &Form, sayer: Sayer, problems: &mut Problems) -> Vec<Topic> {
    let text = form.text("topics").unwrap_or_default();
    let mut topics: Vec<Topic> = Vec::new();
    for name in text.split([',', '#', '、', '，', ';', '\n']) {
        if name.trim().chars().count() > TOPIC_CHARACTERS_MAX
            || name.trim().chars().any(char::is_control)
        {
            problems.add("topics", sayer.count("field-topics", TOPIC_CHARACTERS_MAX));
            return Vec::new();
        }
        let topic = Topic::new(name).filter(|topic| !topics.contains(topic));
        topics.extend(topic);
    }
    topics.truncate(TOPICS_MAX);
    topics
}

/// Topics as their field shows them.
pub(super) fn written(topics: &[Topic]) -> String {
    let names: Vec<&str> = topics.iter().map(Topic::as_str).collect();
    names.join(", ")
}

/// The address of a picture. One that was there already stays, whatever it is.
pub(super) fn image(
    form: &Form,
    before: Option<&str>,
    sayer: Sayer,
    problems: &mut Problems,
) -> Option<String> {
    let text = form.text("image")?;
    if before == Some(text) {
        return Some(text.to_owned());
    }
    let link = WebLink::secure(text);
    if link.is_none() {
        problems.add("image", sayer.say("field-image"));
    }
    link.map(|link| link.as_str().to_owned())
}

/// Addresses of pages, one on each line. Those that were there already stay, whatever they are.
pub(super) fn links(
    form: &Form,
    before: &[String],
    sayer: Sayer,
    problems: &mut Problems,
) -> Vec<String> {
    let text = form.lines("links").unwrap_or_default();
    let mut links = Vec::new();
    for link in text.lines().map(str::trim).filter(|link| !link.is_empty()) {
        let is_known = before.iter().any(|known| known == link);
        if !is_known && WebLink::read(link).is_none() {
            problems.add("links", sayer.say("field-link"));
            return Vec::new();
        }
        links.push(link.to_owned());
    }
    links
}
