//! `kith feed`: what friends wrote, announced and answered, and going on.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;

use kith_client::{FeedItem, FeedNews, FeedPeople, FeedSubject, LiveFeed, MeetupView};

use super::chat::moment;
use super::{Ongoing, views};
use crate::arguments::friends::{Feed, FeedOf};
use crate::context::Context;
use crate::errors::CliError;
use crate::output::friends::{
    FeedBegun, FeedItemView, FeedLine, FeedName, FeedShown, FeedSubjectView,
};
use crate::output::{Output, Report};
use crate::seen::Seen;

/// Runs `kith feed` without `--follow`.
pub async fn run(arguments: &Feed, context: &Context) -> Result<Report, CliError> {
    let kith = context.reader().await?;
    let limit = usize::from(arguments.limit);
    let found = kith.feed(people(arguments.of), limit).await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::silent(&found.silent, &kith));
    let items = found.found.iter().map(|item| shown(item, context));
    let items: Vec<FeedItemView> = items.collect();
    remember(&items, context);
    let output = Output::Feed(FeedShown {
        feed: name(arguments.of),
        items,
    });
    Ok(Report { output, warnings })
}

/// `kith feed --follow` that goes on.
pub struct Running<'a> {
    context: &'a Context,
    live: LiveFeed,
    waiting: VecDeque<FeedItem>,
    /// Ctrl-C, also while an item is being printed.
    interrupted: Pin<Box<dyn Future<Output = io::Result<()>>>>,
}

/// Begins `kith feed --follow`; the first answer says whose feed it is.
pub async fn start<'a>(
    arguments: &Feed,
    context: &'a Context,
) -> Result<(Report, Running<'a>), CliError> {
    let kith = context.reader().await?;
    let limit = usize::from(arguments.limit);
    let live = kith.live_feed(people(arguments.of), limit).await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::silent(live.silent(), &kith));
    let running = Running {
        context,
        waiting: live.beginning().iter().rev().cloned().collect(),
        live,
        interrupted: Box::pin(tokio::signal::ctrl_c()),
    };
    let output = Output::FeedBegun(FeedBegun {
        feed: name(arguments.of),
    });
    Ok((Report { output, warnings }, running))
}

impl Ongoing for Running<'_> {
    /// The next line; `None` after Ctrl-C.
    async fn next(&mut self) -> Option<Report> {
        let line = |item: &FeedItem| {
            let item = shown(item, self.context);
            remember(std::slice::from_ref(&item), self.context);
            let item = Box::new(item);
            Some(Output::FeedLine(FeedLine::Item { item }).into())
        };
        if let Some(item) = self.waiting.pop_front() {
            return line(&item);
        }
        loop {
            let news = tokio::select! {
                news = self.live.next() => news?,
                // Where it cannot be waited for, the process has no other end.
                _ = &mut self.interrupted => return None,
            };
            match news {
                FeedNews::Item(item) => return line(&item),
                FeedNews::Connection { listening, relays } => {
                    let line = FeedLine::Connection { listening, relays };
                    return Some(Output::FeedLine(line).into());
                }
                _ => {}
            }
        }
    }
}

fn people(of: FeedOf) -> FeedPeople {
    match of {
        FeedOf::Friends => FeedPeople::Friends,
        FeedOf::Following => FeedPeople::Following,
    }
}

fn name(of: FeedOf) -> FeedName {
    match of {
        FeedOf::Friends => FeedName::Friends,
        FeedOf::Following => FeedName::Following,
    }
}

/// Meetups can be named by their title or the start of their id from now on.
fn remember(items: &[FeedItemView], context: &Context) {
    let meetups = items.iter().filter_map(|item| match &item.subject {
        FeedSubjectView::Meetup { meetup, .. } | FeedSubjectView::Answer { meetup, .. } => {
            meetup.as_deref()
        }
        FeedSubjectView::Note { .. } => None,
    });
    Seen::remember(&context.folder, &[], meetups);
}

fn shown(item: &FeedItem, context: &Context) -> FeedItemView {
    let now = context.now_unix();
    let view = |meetup: &MeetupView| views::meetup(meetup, now).map(Box::new);
    let subject = match &item.subject {
        FeedSubject::Meetup(meetup) => FeedSubjectView::Meetup {
            address: meetup.address().to_string(),
            meetup: view(meetup),
        },
        FeedSubject::Answer {
            answer,
            comment,
            address,
            meetup,
        } => FeedSubjectView::Answer {
            status: answer.as_str().to_owned(),
            note: comment.clone(),
            address: address.to_string(),
            meetup: meetup.as_deref().and_then(view),
        },
        FeedSubject::Note { text } => FeedSubjectView::Note { text: text.clone() },
        _ => FeedSubjectView::Note {
            text: String::new(),
        },
    };
    FeedItemView {
        id: item.id.to_string(),
        npub: views::npub(item.author),
        public_key: item.author.to_string(),
        name: item.name.clone(),
        at: moment(item.created_at, context.now.time_zone()),
        created_at: item.created_at,
        subject,
    }
}
