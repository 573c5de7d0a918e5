//! `kith meetup cancel`, and who is told of a cancellation: everybody who answered.

use kith_client::{Audience, Kith, NewAnnouncement, Reference};

use super::changed;
use crate::arguments::one_meetup::{Cancel, Telling};
use crate::commands::{announce, views};
use crate::context::Context;
use crate::errors::CliError;
use crate::output::announcements::CancellationTold;
use crate::output::views::Moment;
use crate::output::{Action, Output, Report};
use crate::reference;

/// Runs `kith meetup cancel`.
pub async fn run(typed: &Cancel, context: &Context) -> Result<Report, CliError> {
    let writer = context.list_writer(typed.list).await?;
    let before = reference::meetup(writer.kith(), context, &typed.meetup).await?;
    let kith = writer.unlock().await?;
    let change = kith.cancel_meetup(&before).await?;
    let warnings = views::unreachable(&kith);
    let action = Action::Cancelled;
    let mut report = changed(&kith, context, &before, &change, action, warnings).await?;
    if let Output::MeetupChanged(done) = &mut report.output {
        let cancelled = Cancelled {
            reference: Reference::from(&before),
            title: done.meetup.title.clone(),
            start: Some(done.meetup.start.clone()),
        };
        done.told = tell(
            &kith,
            &[cancelled],
            &typed.telling,
            context,
            &mut report.warnings,
        )
        .await;
    }
    Ok(report)
}

/// A meetup that does not take place.
pub struct Cancelled {
    /// What leads to it.
    pub reference: Reference,
    /// Its title.
    pub title: String,
    /// When it would have begun.
    pub start: Option<Moment>,
}

/// Tells those who answered, unless nobody is to be told. It is cancelled all the same when that fails: what
/// went wrong is added to `warnings`.
pub async fn tell(
    kith: &Kith,
    cancelled: &[Cancelled],
    telling: &Telling,
    context: &Context,
    warnings: &mut Vec<String>,
) -> Option<CancellationTold> {
    if telling.tell_nobody {
        return None;
    }
    let mut told = CancellationTold::default();
    for meetup in cancelled {
        let text = text(meetup, telling.tell.as_deref());
        let new = NewAnnouncement::new(meetup.reference.clone(), Audience::Answered, text);
        match announce::send(kith.clone(), new, context).await {
            Ok((sum, more)) => {
                told.people += sum.people;
                told.reached += sum.reached + sum.reached_before;
                told.no_inbox += sum.no_inbox;
                told.refused += sum.refused;
                told.failed += sum.failed;
                warnings.extend(more);
            }
            Err(error) => {
                let title = &meetup.title;
                warnings.push(format!(
                    "those who answered \"{title}\" were not told: {error}; cancel it once more to try again"
                ));
            }
        }
    }
    warnings.sort();
    warnings.dedup();
    Some(told)
}

fn text(meetup: &Cancelled, words: Option<&str>) -> String {
    let title = &meetup.title;
    let cancelled = match &meetup.start {
        Some(start) => format!("\"{title}\" on {} is cancelled.", start.for_people()),
        None => format!("\"{title}\" is cancelled."),
    };
    match words.map(str::trim).filter(|words| !words.is_empty()) {
        Some(words) => format!("{cancelled}\n\n{words}"),
        None => cancelled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_says_what_is_cancelled_and_then_why() {
        let meetup = Cancelled {
            reference: Reference::from(kith_client::EventId::from_bytes([1; 32])),
            title: "Rust and chips".to_owned(),
            start: Some(Moment::Day(jiff::civil::date(2026, 11, 27))),
        };
        let plain = "\"Rust and chips\" on Fri 27 Nov 2026 is cancelled.";
        assert_eq!(text(&meetup, None), plain);
        assert_eq!(text(&meetup, Some("  ")), plain);
        let why = text(&meetup, Some("The pub is flooded."));
        assert_eq!(why, format!("{plain}\n\nThe pub is flooded."));
    }
}
