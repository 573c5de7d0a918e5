//! `kith rsvp`: whether somebody comes.

use kith_client::{Answer, NewAnswer};

use super::meetup::shown;
use super::views;
use crate::arguments::meetup::{Answer as Typed, Rsvp};
use crate::context::Context;
use crate::errors::CliError;
use crate::output::{Answered, Output, Report};
use crate::reference;

/// Runs `kith rsvp`.
pub async fn run(arguments: &Rsvp, context: &Context) -> Result<Report, CliError> {
    let writer = context.writer().await?;
    let found = reference::meetup(writer.kith(), context, &arguments.meetup).await?;
    let meetup = shown(&found, context)?;
    let answer = match arguments.answer {
        Typed::Yes => Answer::Accepted,
        Typed::No => Answer::Declined,
        Typed::Maybe => Answer::Tentative,
    };
    let comment = arguments.note.clone().unwrap_or_default();
    let kith = writer.unlock().await?;
    let published = kith
        .answer(
            &found,
            NewAnswer {
                comment,
                guests: arguments.guests,
                ..answer.into()
            },
        )
        .await?;
    let mut warnings = views::unreachable(&kith);
    let seat = match (kith.public_key(), meetup.extensions.capacity, answer) {
        (Some(me), Some(_), Answer::Accepted) => {
            let attendance = kith.attendees(&found).await?;
            warnings.extend(views::silent(&attendance.silent, &kith));
            Some(views::seat(&attendance, me))
        }
        _ => None,
    };
    if found
        .when()
        .is_some_and(|when| when.is_over(context.now_unix()))
    {
        warnings.push("this meetup is over".to_owned());
    }
    warnings.extend(views::refusals(&published.refused, &kith));
    let output = Output::Answered(Answered {
        status: answer.as_str().to_owned(),
        meetup,
        published: views::published(&published),
        seat,
    });
    Ok(Report { output, warnings })
}
