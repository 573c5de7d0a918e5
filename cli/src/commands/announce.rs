//! `kith announce`: the same message to many, each in private.

use std::collections::VecDeque;
use std::io::IsTerminal;
use std::pin::Pin;

use kith_client::{
    AnnouncementRecord, Announcing, Audience, Delivery, Kith, Local, NewAnnouncement, Reference,
    Told,
};

use super::dm::{delivery, read_text};
use super::views;
use crate::arguments::announce::Announce;
use crate::context::Context;
use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::output::announcements::{AnnouncementPlan, AnnouncementSum, NothingToResume};
use crate::output::messages::DeliveryView;
use crate::output::{Output, Report};
use crate::progress::Progress;
use crate::reference;

/// People who were not reached that are named on a page.
const NAMED_MAX: usize = 20;

const RESUME_HINT: &str = "`kith announce --resume` goes on with them; nobody gets it twice";

/// Runs `kith announce --dry-run`.
pub async fn plan(typed: &Announce, context: &Context) -> Result<Report, CliError> {
    let audience = audience(typed)?;
    let writer = context.writer().await?;
    let about = about(writer.kith(), typed, audience, context).await?;
    let recipients = writer.kith().recipients(&about, audience).await?;
    let mut warnings = views::unreachable(writer.kith());
    warnings.extend(views::silent(&recipients.silent, writer.kith()));
    let people = recipients.people.iter();
    let output = Output::AnnouncementPlan(AnnouncementPlan {
        about: recipients.title,
        audience: audience.as_str(),
        people: people.clone().map(|person| views::npub(*person)).collect(),
        public_keys: people.map(ToString::to_string).collect(),
    });
    Ok(Report { output, warnings })
}

/// `kith announce` that goes on: one announcement after the other.
pub struct Running<'a> {
    context: &'a Context,
    kith: Kith,
    local: Local,
    waiting: VecDeque<Work>,
    current: Option<Current>,
    /// What is said when everything else is done.
    last: Option<CliError>,
    is_empty: bool,
    interrupted: Pin<Box<dyn Future<Output = std::io::Result<()>>>>,
}

enum Work {
    New(NewAnnouncement),
    Left(AnnouncementRecord),
}

struct Current {
    announcing: Announcing,
    sum: AnnouncementSum,
    progress: Progress,
    warnings: Vec<String>,
}

/// Begins `kith announce`, without `--dry-run`.
pub async fn start<'a>(typed: &Announce, context: &'a Context) -> Result<Running<'a>, CliError> {
    let writer = context.writer().await?;
    let local = context.local().await?;
    let mut waiting = VecDeque::new();
    let kith = if typed.resume {
        let kith = writer.unlock().await?;
        if let Some(me) = kith.public_key() {
            let records = local.announcements(me).await?.into_iter();
            let left = records.filter(|record| !record.is_finished());
            // The oldest first.
            waiting.extend(left.map(Work::Left).rev());
        }
        kith
    } else {
        let audience = audience(typed)?;
        let text = text(typed)?;
        let about = about(writer.kith(), typed, audience, context).await?;
        waiting.push_back(Work::New(NewAnnouncement {
            again: typed.again,
            ..NewAnnouncement::new(about, audience, text)
        }));
        writer.unlock().await?
    };
    Ok(Running {
        context,
        kith,
        local,
        is_empty: waiting.is_empty(),
        waiting,
        current: None,
        last: None,
        interrupted: Box::pin(tokio::signal::ctrl_c()),
    })
}

impl Running<'_> {
    /// The next line for programs, or the next sum; an error at the end when somebody is left.
    pub async fn next(&mut self) -> Option<Result<Report, CliError>> {
        if std::mem::take(&mut self.is_empty) {
            let nothing = NothingToResume { unfinished: 0 };
            return Some(Ok(Output::NothingToResume(nothing).into()));
        }
        loop {
            let Some(mut current) = self.current.take() else {
                match self.waiting.pop_front() {
                    Some(work) => match self.begin(work).await {
                        Ok(current) => self.current = Some(current),
                        // What cannot be begun any more does not hold up the others.
                        Err(error) => self.last = Some(error),
                    },
                    None => return self.last.take().map(Err),
                }
                continue;
            };
            let told = tokio::select! {
                told = current.announcing.next() => told,
                // Where it cannot be waited for, the process has no other end.
                _ = &mut self.interrupted => {
                    current.progress.end();
                    self.waiting.clear();
                    let message = "stopped; not everybody was reached";
                    return Some(Err(CliError::new(ExitCode::Failure, message, RESUME_HINT)));
                }
            };
            match told {
                Some(Ok(told)) => {
                    let line = current.note(&told);
                    self.current = Some(current);
                    if self.context.global.json {
                        return Some(Ok(Output::Delivered(Box::new(line)).into()));
                    }
                }
                Some(Err(error)) => {
                    current.progress.end();
                    self.last = Some(error.into());
                }
                None => return Some(Ok(self.end(current))),
            }
        }
    }

    async fn begin(&self, work: Work) -> Result<Current, CliError> {
        let (announcing, audience) = match work {
            Work::New(new) => (self.kith.announce(&self.local, &new).await?, new.audience),
            Work::Left(record) => {
                let resumed = self.kith.resume_announcement(&self.local, &record);
                (resumed.await?, record.audience)
            }
        };
        let mut warnings = views::unreachable(&self.kith);
        warnings.extend(views::silent(announcing.silent(), &self.kith));
        let reached_before = announcing.reached_before();
        let left = announcing.people() - reached_before;
        Ok(Current {
            progress: Progress::of("announcing", left, self.context),
            sum: AnnouncementSum {
                about: announcing.recipients().title.clone(),
                audience: audience.as_str(),
                people: announcing.people(),
                reached_before,
                reached: 0,
                no_inbox: 0,
                refused: 0,
                failed: 0,
                not_reached: Vec::new(),
            },
            announcing,
            warnings,
        })
    }

    fn end(&mut self, current: Current) -> Report {
        current.progress.end();
        let failed = current.sum.failed;
        if failed > 0 {
            let plural = if failed == 1 { "person" } else { "people" };
            let message = format!("it could not be sent to {failed} {plural}");
            self.last = Some(CliError::new(ExitCode::Unreachable, message, RESUME_HINT));
        }
        Report {
            output: Output::AnnouncementSum(Box::new(current.sum)),
            warnings: current.warnings,
        }
    }
}

impl Current {
    fn note(&mut self, told: &Told) -> DeliveryView {
        self.progress.step();
        let count = match &told.delivery {
            Delivery::Reached { .. } => &mut self.sum.reached,
            Delivery::NoInbox => &mut self.sum.no_inbox,
            Delivery::Refused(_) => &mut self.sum.refused,
            _ => &mut self.sum.failed,
        };
        *count += 1;
        let line = delivery(told.person, &told.delivery);
        if !told.delivery.is_reached() && self.sum.not_reached.len() < NAMED_MAX {
            self.sum.not_reached.push(line.clone());
        }
        line
    }
}

/// Sends something new to everybody it is for, and says what became of it.
pub async fn send(
    kith: Kith,
    new: NewAnnouncement,
    context: &Context,
) -> Result<(AnnouncementSum, Vec<String>), CliError> {
    let mut running = Running {
        context,
        local: context.local().await?,
        kith,
        waiting: VecDeque::new(),
        current: None,
        last: None,
        is_empty: false,
        interrupted: Box::pin(tokio::signal::ctrl_c()),
    };
    let mut current = running.begin(Work::New(new)).await?;
    loop {
        let told = tokio::select! {
            told = current.announcing.next() => told,
            _ = &mut running.interrupted => {
                current.progress.end();
                let message = "stopped; not everybody was told";
                return Err(CliError::new(ExitCode::Failure, message, RESUME_HINT));
            }
        };
        match told {
            Some(Ok(told)) => drop(current.note(&told)),
            Some(Err(error)) => {
                current.progress.end();
                return Err(error.into());
            }
            None => break,
        }
    }
    current.progress.end();
    if current.sum.failed > 0 {
        current
            .warnings
            .push(format!("not everybody was told; {RESUME_HINT}"));
    }
    Ok((current.sum, current.warnings))
}

/// The command line asks for it unless there is something to resume.
fn audience(typed: &Announce) -> Result<Audience, CliError> {
    let missing = || CliError::usage("--to is missing", "say to whom: --to members");
    typed.to.ok_or_else(missing)
}

fn text(typed: &Announce) -> Result<String, CliError> {
    let stdin = std::io::stdin();
    let text = match &typed.text {
        Some(text) if text != "-" => Some(text.clone()),
        None if stdin.is_terminal() => None,
        _ => read_text(stdin.lock())?,
    };
    text.ok_or_else(|| {
        CliError::usage(
            "there is nothing to announce",
            "give the text behind the name, or through a pipe",
        )
    })
}

/// A community has members and followers, also when one of its meetups is named.
async fn about(
    kith: &Kith,
    typed: &Announce,
    audience: Audience,
    context: &Context,
) -> Result<Reference, CliError> {
    let name = typed.about.as_deref().unwrap_or_default();
    if audience.is_of_meetup() {
        return match reference::to_meetup(kith, context, name).await {
            Err(error) if error.code == ExitCode::NotFound => {
                // Somebody may have named the community, which has no such people.
                match reference::community(kith, context, name).await {
                    Ok(community) => Ok(Reference::from(&community)),
                    Err(_) => Err(error),
                }
            }
            found => found,
        };
    }
    match reference::community(kith, context, name).await {
        Ok(community) => Ok(Reference::from(&community)),
        Err(error) if error.code == ExitCode::NotFound => {
            let meetup = reference::to_meetup(kith, context, name).await;
            meetup.map_err(|_| error)
        }
        Err(error) => Err(error),
    }
}
