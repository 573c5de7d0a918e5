//! `kith mute` and `kith unmute`: what the user does not want to hear, anywhere.

use kith_client::{Change, Muted, MutedFor, Reference, Target};

use super::views;
use crate::arguments::mute::{Mute, Things, Unmute};
use crate::context::Context;
use crate::errors::CliError;
use crate::output::mutes::{MuteChange, MutedView, MutesChanged, MutesShown};
use crate::output::views::PublishedView;
use crate::output::{Output, Report};
use crate::reference;

/// Runs `kith mute`.
pub async fn run(typed: &Mute, context: &Context) -> Result<Report, CliError> {
    let items = items(&typed.things)?;
    match (items.is_empty(), typed.private) {
        (true, false) => return list(context).await,
        (true, true) => {
            return Err(CliError::usage(
                "--private says nothing about what to mute",
                "name people, notes, --word or --topic",
            ));
        }
        (false, _) => {}
    }
    let mode = match typed.private {
        true => MutedFor::Oneself,
        false => MutedFor::Everybody,
    };
    let kith = context.list_writer(typed.list).await?.unlock().await?;
    let mut report = Changes::new("muted", views::unreachable(&kith));
    for item in &items {
        report.note(item, &kith.add_own_mute(item, mode).await?, &kith);
    }
    Ok(report.finish())
}

/// Runs `kith unmute`.
pub async fn undo(typed: &Unmute, context: &Context) -> Result<Report, CliError> {
    let items = items(&typed.things)?;
    let kith = context.list_writer(typed.list).await?.unlock().await?;
    let mut report = Changes::new("unmuted", views::unreachable(&kith));
    for item in &items {
        report.note(item, &kith.remove_own_mute(item).await?, &kith);
    }
    Ok(report.finish())
}

async fn list(context: &Context) -> Result<Report, CliError> {
    let kith = context.writer().await?.unlock().await?;
    let own = kith.own_mutes().await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::silent(&own.silent, &kith));
    if own.is_sealed {
        warnings.push("the private part of the list could not be read".to_owned());
    }
    let shown = |items: &[Muted], private| {
        let items = items.iter();
        items
            .map(move |item| view(item, private))
            .collect::<Vec<_>>()
    };
    let mut muted = shown(&own.public, false);
    muted.extend(shown(&own.private, true));
    let output = Output::Mutes(MutesShown { muted });
    Ok(Report { output, warnings })
}

/// What happens to one item after the other.
struct Changes {
    action: &'static str,
    changes: Vec<MuteChange>,
    published: PublishedView,
    warnings: Vec<String>,
}

impl Changes {
    fn new(action: &'static str, warnings: Vec<String>) -> Changes {
        Changes {
            action,
            changes: Vec::new(),
            published: PublishedView::default(),
            warnings,
        }
    }

    fn note(&mut self, item: &Muted, change: &Change, kith: &kith_client::Kith) {
        self.warnings.extend(views::change_warnings(change, kith));
        let changed = matches!(change, Change::Published(_));
        if changed {
            self.published = views::changed(change);
        }
        let (kind, value) = named(item);
        self.changes.push(MuteChange {
            kind,
            value,
            action: self.action,
            changed,
        });
    }

    fn finish(mut self) -> Report {
        self.warnings.dedup();
        Report {
            output: Output::MutesChanged(MutesChanged {
                muted: self.changes,
                published: self.published,
            }),
            warnings: self.warnings,
        }
    }
}

/// All are read before the list is rewritten for the first.
fn items(typed: &Things) -> Result<Vec<Muted>, CliError> {
    let things = typed.things.iter().map(|thing| item(thing));
    let words = typed.words.iter().map(|word| Ok(Muted::word(word)));
    let topics = typed.topics.iter().map(|topic| Ok(Muted::topic(topic)));
    things.chain(words).chain(topics).collect()
}

/// A note by its link; 64 hexadecimal digits are a person.
fn item(typed: &str) -> Result<Muted, CliError> {
    let bare = typed.trim();
    let bare = bare.strip_prefix("nostr:").unwrap_or(bare);
    if !["nevent1", "note1", "naddr1"]
        .iter()
        .any(|start| bare.starts_with(start))
    {
        return Ok(Muted::Person(reference::person(typed)?));
    }
    match bare.parse::<Reference>()?.target {
        Target::Id(id) => Ok(Muted::Thread(id)),
        Target::Address(_) => Err(CliError::usage(
            "what is at an address cannot be muted",
            "mute its author, or a note by its nevent1…",
        )),
    }
}

fn view(item: &Muted, private: bool) -> MutedView {
    let (kind, value) = named(item);
    MutedView {
        kind,
        value,
        private,
    }
}

fn named(item: &Muted) -> (&'static str, String) {
    match item {
        Muted::Person(person) => ("person", views::npub(*person)),
        Muted::Topic(topic) => ("topic", topic.clone()),
        Muted::Word(word) => ("word", word.clone()),
        Muted::Thread(id) => ("thread", id.to_string()),
        _ => ("other", String::new()),
    }
}
