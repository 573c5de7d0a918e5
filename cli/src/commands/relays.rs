//! `kith relays`: the list in the configuration. Nothing is connected to.

use crate::arguments::relays::Relays as Arguments;
use crate::context::Context;
use crate::errors::CliError;
use crate::output::{Output, Relays, Report};
use crate::settings::{Source, add_relays, remove_relays};

/// Runs `kith relays …`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Report, CliError> {
    match arguments {
        Arguments::List | Arguments::Find(_) => {}
        Arguments::Add { urls } => {
            add_relays(&context.folder, urls)?;
        }
        Arguments::Remove { urls } => {
            remove_relays(&context.folder, urls)?;
        }
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
