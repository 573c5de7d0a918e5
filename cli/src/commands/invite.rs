//! `kith invite`: a link to a community or a meetup, and a QR code of it.

use std::fs;
use std::path::Path;

use kith_client::{CommunityView, HINTS_MAX, Kith, LookupError, MeetupView, RelayUrl};

use super::views;
use crate::arguments::invite::Invite as Arguments;
use crate::context::Context;
use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::output::invite::{Invitation, InvitedTo};
use crate::output::{Output, Report};
use crate::qr;
use crate::reference::{self, Typed};

/// Runs `kith invite`.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Report, CliError> {
    let base = arguments.web.as_deref().map(web_base).transpose()?;
    if let Some(file) = &arguments.qr_file {
        demand_svg(file)?;
    }
    let kith = context.reader().await?;
    let (to, title, reference, relays) = match invited(&kith, context, &arguments.what).await? {
        Invited::Community(found) => {
            let relays = hints(found.relays());
            (InvitedTo::Community, found.title(), found.nevent()?, relays)
        }
        Invited::Meetup(found) => {
            let relays = hints(found.relays());
            (
                InvitedTo::Meetup,
                found.display_title(),
                found.naddr()?,
                relays,
            )
        }
    };
    let web = base.map(|base| format!("{base}/{reference}"));
    let link = format!("nostr:{reference}");
    let carried = web.as_deref().unwrap_or(&link);
    let qr = arguments.qr.then(|| qr::code(carried)).transpose()?;
    if let Some(file) = &arguments.qr_file {
        fs::write(file, qr::image(&qr::code(carried)?))
            .map_err(|error| CliError::file("write", file, &error))?;
    }
    let output = Output::Invitation(Invitation {
        to,
        title,
        web,
        relays,
        qr_file: arguments.qr_file.clone(),
        qr: qr.map(|code| qr::half_blocks(&code)),
        link,
    });
    let warnings = views::unreachable(&kith);
    Ok(Report { output, warnings })
}

enum Invited {
    Community(Box<CommunityView>),
    Meetup(Box<MeetupView>),
}

/// The community or meetup that a text names. A title is looked for among communities first.
async fn invited(kith: &Kith, context: &Context, text: &str) -> Result<Invited, CliError> {
    if let Typed::Reference(reference) = Typed::parse(text)? {
        return match kith.meetup(&reference).await {
            Ok(meetup) => Ok(Invited::Meetup(Box::new(meetup))),
            Err(LookupError::WrongKind { .. } | LookupError::NotFound { .. }) => {
                let community = kith.community(&reference).await?;
                Ok(Invited::Community(Box::new(community)))
            }
            Err(error) => Err(error.into()),
        };
    }
    let is_unknown =
        |error: &CliError| error.code == ExitCode::NotFound && error.candidates.is_empty();
    match reference::community(kith, context, text).await {
        Ok(community) => Ok(Invited::Community(Box::new(community))),
        Err(error) if is_unknown(&error) => match reference::meetup(kith, context, text).await {
            Ok(meetup) => Ok(Invited::Meetup(Box::new(meetup))),
            Err(other) if is_unknown(&other) => Err(error),
            Err(other) => Err(other),
        },
        Err(error) => Err(error),
    }
}

fn hints(relays: &[RelayUrl]) -> Vec<String> {
    let relays = relays.iter().take(HINTS_MAX);
    relays.map(ToString::to_string).collect()
}

/// An address to write something behind.
fn web_base(typed: &str) -> Result<&str, CliError> {
    let base = typed.trim().trim_end_matches('/');
    let host = base
        .strip_prefix("https://")
        .or_else(|| base.strip_prefix("http://"));
    let is_harmless = |c: char| !c.is_whitespace() && !c.is_control();
    match host {
        Some(host) if !host.is_empty() && base.chars().all(is_harmless) => Ok(base),
        _ => Err(CliError::usage(
            format!("\"{typed}\" is not the address of a web page"),
            "addresses start with https://",
        )),
    }
}

fn demand_svg(file: &Path) -> Result<(), CliError> {
    let is_svg = file
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("svg"));
    match is_svg {
        true => Ok(()),
        false => Err(CliError::usage(
            format!("{} does not end with .svg", file.display()),
            "a picture of lines prints well in any size: name a file such as poster.svg",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_page_has_an_address() {
        assert_eq!(
            web_base(" https://a.example/e/ ").unwrap(),
            "https://a.example/e"
        );
        for text in [
            "",
            "a.example",
            "https://",
            "https://a b",
            "javascript:alert(1)",
        ] {
            assert!(web_base(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn only_svg_is_written() {
        assert!(demand_svg(Path::new("a.SVG")).is_ok());
        assert!(demand_svg(Path::new("a.png")).is_err());
    }
}
