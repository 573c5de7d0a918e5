//! `kith attendees`: who comes to a meetup, for people and for spreadsheets.

use kith_client as client;
use kith_nips::extensions::attendance::no_formula;

use super::calendar::written;
use super::meetup::{Attended, attended};
use crate::arguments::calendar::Attendees as Typed;
use crate::context::Context;
use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::output::calendar::Attendees;
use crate::output::views::{AnswerView, SeatWord};
use crate::output::{Output, Report};

/// Runs `kith attendees`.
pub async fn run(typed: &Typed, context: &Context) -> Result<Report, CliError> {
    let Attended {
        meetup,
        answers,
        attendance,
        warnings,
    } = attended(&typed.meetup, context).await?;
    let output = match typed.csv {
        true => {
            let text = values(&answers, &attendance)?;
            written(text, answers.len(), typed.out.as_deref())?
        }
        false => Output::Attendees(Attendees { meetup, answers }),
    };
    Ok(Report { output, warnings })
}

/// One line for each person, in the order of answering within members and others.
fn values(answers: &[AnswerView], attendance: &client::Attendance) -> Result<String, CliError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| CliError::plain(ExitCode::Failure, error.to_string());
    let header = [
        "npub",
        "answer",
        "member",
        "answered_at",
        "basis",
        "seat",
        "waiting",
        "guests",
        "guests_seat",
        "note",
    ];
    writer.write_record(header).map_err(failed)?;
    for (answer, attendee) in answers.iter().zip(&attendance.tally.attendees) {
        let at = i64::try_from(attendee.answered_at).unwrap_or(i64::MAX);
        let at = jiff::Timestamp::from_second(at);
        let record = [
            answer.npub.clone(),
            answer.status.clone(),
            if answer.member { "yes" } else { "no" }.to_owned(),
            at.map(|at| at.to_string()).unwrap_or_default(),
            answer.basis.as_str().to_owned(),
            answer
                .seat
                .seat
                .map(SeatWord::as_str)
                .unwrap_or_default()
                .to_owned(),
            answer
                .seat
                .waiting
                .map(|place| place.to_string())
                .unwrap_or_default(),
            answer.seat.guests.to_string(),
            answer
                .seat
                .guests_seat
                .map(SeatWord::as_str)
                .unwrap_or_default()
                .to_owned(),
            no_formula(&answer.note),
        ];
        writer.write_record(record).map_err(failed)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| CliError::plain(ExitCode::Failure, error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
