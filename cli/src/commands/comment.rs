//! `kith comment`: what people write below a meetup, and answers to text notes.

use jiff::tz::TimeZone;
use kith_client::{CommentError, Kind, Kith, LookupError, MeetupComment, Reference};

use super::chat::{is_start, moment, said, text};
use super::views;
use crate::arguments::comment::Comment as Arguments;
use crate::context::Context;
use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::output::chat::{CommentView, Comments, MessageView, SaidAction};
use crate::output::{Output, Report};
use crate::reference;

/// Runs `kith comment`.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Report, CliError> {
    if let Some(typed) = &arguments.text {
        return write(typed, arguments, context).await;
    }
    let kith = context.reader().await?;
    let meetup = reference::meetup(&kith, context, &arguments.meetup).await?;
    let comments = kith.comments(&meetup).await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::silent(&comments.silent, &kith));
    let zone = context.now.time_zone();
    let found = comments.found.iter();
    let output = Output::Comments(Comments {
        address: meetup.address().to_string(),
        title: meetup.display_title(),
        comments: found.map(|comment| view(comment, zone)).collect(),
    });
    Ok(Report { output, warnings })
}

async fn write(typed: &str, arguments: &Arguments, context: &Context) -> Result<Report, CliError> {
    let text = text(typed)?;
    let writer = context.writer().await?;
    let meetup = reference::to_meetup(writer.kith(), context, &arguments.meetup).await?;
    let answered = match &arguments.reply_to {
        Some(id) => Some(comment_of(writer.kith(), &meetup, id).await?),
        None => None,
    };
    let kith = writer.unlock().await?;
    let published = match &answered {
        Some(to) => kith.comment_in_reply(to, text).await?,
        None => match kith.comment(&meetup, text.as_str()).await {
            Err(CommentError::Lookup(error)) if is_text_note(&error) => {
                let published = kith.reply(&meetup, text).await?;
                return Ok(said(SaidAction::Replied, &published, &kith));
            }
            outcome => outcome?,
        },
    };
    Ok(said(SaidAction::Commented, &published, &kith))
}

/// Whether no meetup was named but a text note, which is never answered with a comment (NIP22-01).
fn is_text_note(error: &LookupError) -> bool {
    matches!(error, LookupError::WrongKind { kind, .. } if *kind == Kind::TEXT_NOTE)
}

/// The comment of this id, or of this start of an id.
async fn comment_of(
    kith: &Kith,
    meetup: &Reference,
    typed: &str,
) -> Result<MeetupComment, CliError> {
    let comments = kith.comments(meetup).await?;
    let fits = |comment: &MeetupComment| is_start(typed, &comment.comment.id.to_string());
    let mut found = comments.found.into_iter().filter(fits);
    match (found.next(), found.next()) {
        (Some(comment), None) => Ok(comment),
        (Some(_), Some(_)) => Err(CliError::new(
            ExitCode::NotFound,
            format!("\"{typed}\" can mean several comments"),
            "give more of the id",
        )),
        (None, _) => Err(CliError::new(
            ExitCode::NotFound,
            format!("no comment that is shown starts with \"{typed}\""),
            "`kith comment` lists comments with the starts of their ids",
        )),
    }
}

fn view(found: &MeetupComment, zone: &TimeZone) -> CommentView {
    let comment = &found.comment;
    let reply = comment.reply.as_ref();
    CommentView {
        depth: found.depth,
        message: MessageView {
            id: comment.id.to_string(),
            reply_to: reply.map(|reply| reply.comment.to_string()),
            npub: views::npub(comment.author),
            public_key: comment.author.to_string(),
            name: found.name.clone(),
            state: views::membership(found.state).to_owned(),
            at: moment(comment.created_at, zone),
            created_at: comment.created_at,
            text: found.text().to_owned(),
        },
    }
}
