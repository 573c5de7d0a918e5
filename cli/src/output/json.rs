//! Output for programs: one JSON object on standard output, or one a line when
//! there are several; failures and warnings are one JSON object on a line of
//! standard error.

use serde::Serialize;

use super::Output;
use super::freshness::{Beside, FreshnessView};
use crate::errors::{Candidate, CliError};
use crate::exit_code::ExitCode;

/// The answer; with a member `freshness` when it came from the cache.
pub fn render(output: &Output, beside: &Beside) -> std::io::Result<String> {
    if let Some(freshness) = &beside.freshness {
        return Ok(serde_json::to_string_pretty(&Aged { output, freshness })?);
    }
    let text = match output {
        Output::Watching(_)
        | Output::Announced(_)
        | Output::ChatBegun(_)
        | Output::ChatLine(_)
        | Output::FeedBegun(_)
        | Output::FeedLine(_)
        | Output::Message(_)
        | Output::Delivered(_)
        | Output::AnnouncementSum(_)
        | Output::NothingToResume(_) => serde_json::to_string(output),
        _ => serde_json::to_string_pretty(output),
    };
    Ok(text?)
}

/// `{"address":"nostrconnect://…"}`
pub fn address(address: &str) -> String {
    line(&Address { address })
}

/// `{"error":{"code":3,"kind":"not_found","message":…,"hint":…,"candidates":[…]}}`
pub fn error(error: &CliError) -> String {
    line(&Failure {
        error: FailureBody {
            code: error.code.number(),
            kind: error.code,
            message: &error.message,
            hint: error.hint.as_deref(),
            candidates: &error.candidates,
        },
    })
}

/// `{"warning":{"message":…}}`
pub fn warning(message: &str) -> String {
    line(&Warning {
        warning: WarningBody { message },
    })
}

fn line<T: Serialize>(value: &T) -> String {
    // Strings and numbers only: this cannot fail.
    serde_json::to_string(value).unwrap_or_default()
}

#[derive(Serialize)]
struct Aged<'a> {
    #[serde(flatten)]
    output: &'a Output,
    freshness: &'a FreshnessView,
}

#[derive(Serialize)]
struct Address<'a> {
    address: &'a str,
}

#[derive(Serialize)]
struct Failure<'a> {
    error: FailureBody<'a>,
}

#[derive(Serialize)]
struct FailureBody<'a> {
    code: u8,
    kind: ExitCode,
    message: &'a str,
    hint: Option<&'a str>,
    #[serde(skip_serializing_if = "<[Candidate]>::is_empty")]
    candidates: &'a [Candidate],
}

#[derive(Serialize)]
struct Warning<'a> {
    warning: WarningBody<'a>,
}

#[derive(Serialize)]
struct WarningBody<'a> {
    message: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_one_line() {
        let failure = CliError::new(ExitCode::NotFound, "no \"x\"", "try y");
        assert_eq!(
            error(&failure),
            r#"{"error":{"code":3,"kind":"not_found","message":"no \"x\"","hint":"try y"}}"#
        );
        assert_eq!(warning("w"), r#"{"warning":{"message":"w"}}"#);
    }
}
