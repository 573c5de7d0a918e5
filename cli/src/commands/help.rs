//! `kith completions`, `man`, `exit-codes` and `environment`: made from the
//! definition of the command line, so that they cannot differ from it.

use std::fs;
use std::path::Path;

use clap::CommandFactory;

use crate::arguments::{Arguments, environment_help};
use crate::completion;
use crate::errors::CliError;
use crate::exit_code::{ExitCode, exit_codes_help};
use crate::output::account::ManPages;
use crate::output::{Output, Text};

/// `kith completions <shell>`.
pub fn completions(shell: clap_complete::Shell) -> Output {
    text(&completion::script(shell).unwrap_or_default())
}

/// `kith man [--out DIR]`.
pub fn man(out: Option<&Path>) -> Result<Output, CliError> {
    match out {
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Arguments::command())
                .render(&mut page)
                .map_err(|error| CliError::plain(ExitCode::Failure, error.to_string()))?;
            Ok(text(&String::from_utf8_lossy(&page)))
        }
        Some(folder) => {
            let failed = |error: std::io::Error| CliError::file("write into", folder, &error);
            fs::create_dir_all(folder).map_err(failed)?;
            clap_mangen::generate_to(Arguments::command(), folder).map_err(failed)?;
            let mut files: Vec<_> = fs::read_dir(folder)
                .map_err(failed)?
                .filter_map(|entry| entry.ok().map(|entry| entry.path()))
                .filter(|path| path.extension().is_some_and(|extension| extension == "1"))
                .filter(|path| {
                    path.file_name()
                        .is_some_and(|name| name.to_string_lossy().starts_with("kith"))
                })
                .collect();
            files.sort();
            Ok(Output::ManPages(ManPages { files }))
        }
    }
}

/// `kith exit-codes`.
pub fn exit_codes() -> Output {
    text(&exit_codes_help())
}

/// `kith environment`.
pub fn environment() -> Output {
    text(environment_help())
}

fn text(text: &str) -> Output {
    Output::Text(Text {
        text: text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_man_page() {
        let folder = tempfile::tempdir().unwrap();
        let Output::ManPages(pages) = man(Some(folder.path())).unwrap() else {
            panic!("no pages")
        };
        let names: Vec<_> = pages
            .files
            .iter()
            .filter_map(|file| file.file_name()?.to_str())
            .collect();
        for name in [
            "kith.1",
            "kith-near.1",
            "kith-agenda.1",
            "kith-watch.1",
            "kith-community-create.1",
            "kith-members-approve.1",
        ] {
            assert!(names.contains(&name), "{name} in {names:?}");
        }
    }
}
