//! `kith watch`: communities and meetups around a place, as they are announced.

use std::io;
use std::pin::Pin;
use std::time::Instant;

use kith_client::{self as client, Announcement, Subject, Watch};

use super::near::Around;
use super::{Ongoing, views};
use crate::arguments::watch::Watch as Arguments;
use crate::context::Context;
use crate::errors::CliError;
use crate::output::discovery::{Announced, News, Watching};
use crate::output::{Output, Report};
use crate::seen::Seen;

/// A watch that goes on: one answer after the other.
pub struct Running<'a> {
    context: &'a Context,
    started: Instant,
    watch: Watch,
    /// Ctrl-C, also while an announcement is being printed.
    interrupted: Pin<Box<dyn Future<Output = io::Result<()>>>>,
}

/// Begins `kith watch`; the first answer says what is watched.
pub async fn start<'a>(
    arguments: &Arguments,
    context: &'a Context,
) -> Result<(Report, Running<'a>), CliError> {
    let place = context.place(arguments.place.as_deref())?;
    let around = Around {
        place: &place,
        radius: arguments.radius,
        topics: &arguments.topics,
    };
    let search = around.search()?.from(context.now_unix());
    let kith = context.reader().await?;
    let watch = kith.watch(&search).await?;
    let mut warnings: Vec<String> = place.warning().into_iter().collect();
    warnings.extend(views::unreachable(&kith));
    warnings.extend(views::silent(watch.silent(), &kith));
    let output = Output::Watching(Watching {
        watching: place.view(),
        radius_km: arguments.radius.km(),
        topics: arguments.topics.clone(),
    });
    let running = Running {
        context,
        started: Instant::now(),
        watch,
        interrupted: Box::pin(tokio::signal::ctrl_c()),
    };
    Ok((Report { output, warnings }, running))
}

impl Ongoing for Running<'_> {
    /// The next announcement; `None` after Ctrl-C.
    async fn next(&mut self) -> Option<Report> {
        loop {
            let announcement = tokio::select! {
                announcement = self.watch.next() => announcement?,
                // Where it cannot be waited for, the process has no other end.
                _ = &mut self.interrupted => return None,
            };
            if let Some(announced) = self.shown(&announcement) {
                let communities = announced.community.as_ref();
                Seen::remember(&self.context.folder, communities, announced.meetup.as_ref());
                return Some(Output::Announced(Box::new(announced)).into());
            }
        }
    }
}

impl Running<'_> {
    /// A meetup without a usable time is in no list (NIP52-09).
    fn shown(&self, announcement: &Announcement) -> Option<Announced> {
        let now = self.context.now_unix() + self.started.elapsed().as_secs();
        let news = match announcement.news {
            client::News::New => News::New,
            client::News::Changed => News::Changed,
            client::News::Cancelled => News::Cancelled,
        };
        let (community, meetup) = match &announcement.subject {
            Subject::Community(found) => (Some(views::community(found)), None),
            Subject::Meetup(found) => (None, Some(views::meetup(found, now)?)),
        };
        Some(Announced {
            news,
            community,
            meetup,
        })
    }
}
