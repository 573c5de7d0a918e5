//! `kith meetup hosts`: who runs a meetup beside its author.

use kith_nips::extensions::{Host, set_host};

use super::{changed, shown};
use crate::arguments::series::Hosts;
use crate::commands::views;
use crate::context::Context;
use crate::errors::CliError;
use crate::output::{Action, Meetups, Output, Report};
use crate::reference;

/// Runs `kith meetup hosts`.
pub async fn run(typed: &Hosts, context: &Context) -> Result<Report, CliError> {
    let people = |typed: &[String]| -> Result<Vec<Host>, CliError> {
        typed.iter().map(|text| reference::host(text)).collect()
    };
    let (add, remove) = (people(&typed.add)?, people(&typed.remove)?);
    if add.is_empty() && remove.is_empty() {
        let kith = context.reader().await?;
        let found = reference::meetup(&kith, context, &typed.meetup).await?;
        let output = Output::Hosts(Meetups {
            meetups: vec![shown(&found, context)?],
        });
        return Ok(Report {
            output,
            warnings: views::unreachable(&kith),
        });
    }
    let writer = context.list_writer(typed.list).await?;
    let before = reference::meetup(writer.kith(), context, &typed.meetup).await?;
    let kith = writer.unlock().await?;
    let change = kith
        .edit_meetup(&before, |meetup| {
            for host in &add {
                set_host(meetup, host.person, true, host.relay.as_deref());
            }
            for host in &remove {
                set_host(meetup, host.person, false, None);
            }
        })
        .await?;
    let warnings = views::unreachable(&kith);
    changed(&kith, context, &before, &change, Action::Edited, warnings).await
}
