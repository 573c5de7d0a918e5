//! `kith relays`: the list in the configuration, and the one that others see (NIP-65).

use kith_client::{Change, PublicKey, RelayList, RelayListError, Usage};

use super::views;
use crate::arguments::ListRewrite;
use crate::arguments::relays::Relays as Arguments;
use crate::context::Context;
use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::keystore::KeystoreError;
use crate::output::account::Relays;
use crate::output::relay_list::{ListedRelay, RelayListShown};
use crate::output::{Output, Report};
use crate::reference::TypedPerson;
use crate::settings::{Source, add_relays, relay_url, remove_relays};

/// Runs `kith relays …`.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Report, CliError> {
    match arguments {
        Arguments::List | Arguments::Find(_) => {}
        Arguments::Add { urls } => {
            add_relays(&context.folder, urls)?;
        }
        Arguments::Remove { urls } => {
            remove_relays(&context.folder, urls)?;
        }
        Arguments::Publish {
            urls,
            write,
            read,
            list,
        } => {
            let relays = typed(urls, write, read, context)?;
            return publish(&relays, *list, context).await;
        }
        Arguments::Show { person } => return show(person.as_deref(), context).await,
    }
    let relays = context.relays()?;
    let mut warnings = Vec::new();
    let overridden = matches!(relays.source, Source::Flag | Source::Environment);
    if overridden && !matches!(arguments, Arguments::List) {
        warnings.push(
            "the configuration was changed, but --relay or KITH_RELAYS come first".to_owned(),
        );
    }
    let output = Output::Relays(Relays {
        relays: relays.urls.iter().map(ToString::to_string).collect(),
        source: relays.source,
    });
    Ok(Report { output, warnings })
}

/// What was typed; the configuration when nothing was.
fn typed(
    both: &[String],
    write: &[String],
    read: &[String],
    context: &Context,
) -> Result<RelayList, CliError> {
    let mut list = RelayList::default();
    let typed = [
        (both, Usage::Both),
        (write, Usage::Write),
        (read, Usage::Read),
    ];
    for (urls, usage) in typed {
        for url in urls {
            list.add(relay_url(url)?, usage);
        }
    }
    if list.relays().is_empty() {
        for url in context.relays()?.urls {
            list.add(url, Usage::Both);
        }
    }
    Ok(list)
}

async fn publish(
    list: &RelayList,
    rewrite: ListRewrite,
    context: &Context,
) -> Result<Report, CliError> {
    let kith = context.list_writer(rewrite).await?.unlock().await?;
    let me = kith.public_key().ok_or(KeystoreError::Missing)?;
    let change = kith.publish_relay_list(list).await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::change_warnings(&change, &kith));
    let output = RelayListShown {
        changed: Some(matches!(change, Change::Published(_))),
        published: Some(views::changed(&change)),
        ..shown(me, Some(list))
    };
    Ok(Report {
        output: Output::RelayList(output),
        warnings,
    })
}

async fn show(person: Option<&str>, context: &Context) -> Result<Report, CliError> {
    let person = person.map(TypedPerson::parse).transpose()?;
    let kith = context.reader().await?;
    let person = match &person {
        Some(person) => Some(person.find(&kith).await?),
        None => None,
    };
    let person = person.or(kith.public_key()).ok_or(KeystoreError::Missing)?;
    let list = kith.relay_list(person).await?;
    Ok(Report {
        output: Output::RelayList(shown(person, list.as_ref())),
        warnings: views::unreachable(&kith),
    })
}

fn shown(person: PublicKey, list: Option<&RelayList>) -> RelayListShown {
    let relays = list.iter().flat_map(|list| list.relays());
    let relays = relays.map(|(relay, usage)| ListedRelay {
        relay: relay.to_string(),
        reads: usage.reads(),
        writes: usage.writes(),
    });
    RelayListShown {
        npub: views::npub(person),
        relays: relays.collect(),
        changed: None,
        published: None,
    }
}

impl From<RelayListError> for CliError {
    fn from(error: RelayListError) -> Self {
        match error {
            RelayListError::ListUnavailable(error) => error.into(),
            RelayListError::Publish(error) => error.into(),
            RelayListError::TooMany { .. } | RelayListError::TooFew => Self::usage(
                error.to_string(),
                "two to four of each are enough: name them, or --write and --read",
            ),
            _ => Self::plain(ExitCode::Failure, error.to_string()),
        }
    }
}
