//! `kith follow` and `kith leave`.

use kith_client::Change;

use super::views;
use crate::arguments::community::Follow;
use crate::context::Context;
use crate::errors::CliError;
use crate::output::{Following, Output, Report};
use crate::reference;

/// Follows (`following`) or leaves a community.
pub async fn run(
    arguments: &Follow,
    following: bool,
    context: &Context,
) -> Result<Report, CliError> {
    let writer = context.list_writer(arguments.list).await?;
    let community = reference::community(writer.kith(), context, &arguments.community).await?;
    let kith = writer.unlock().await?;
    let change = if following {
        kith.follow(&community).await?
    } else {
        kith.leave(&community).await?
    };
    let mut warnings = views::unreachable(&kith);
    let published = match change {
        Change::Unchanged => None,
        Change::Published(published) => {
            warnings.extend(views::refusals(&published.refused, &kith));
            Some(views::published(&published))
        }
    };
    let output = Output::Following(Following {
        community: views::community(&community),
        following,
        changed: published.is_some(),
        published,
    });
    Ok(Report { output, warnings })
}
