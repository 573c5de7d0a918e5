//! What a shell offers while a line is typed: the command line itself, and the communities and
//! meetups that this machine knows. Asks no relay, changes nothing, and is silent when something is
//! wrong: nobody wants an error in the middle of a line.

use std::ffi::OsStr;
use std::time::Duration;

use clap::{Arg, Command, CommandFactory};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Shells};
use kith_client::{KnownName, Local};

use crate::arguments::Arguments;
use crate::context::LOCAL_FILE;
use crate::seen::{Seen, SeenKind, words_of_title};
use crate::settings::{ConfigFolder, Environment};

/// The variable by which a shell asks.
const VARIABLE: &str = "COMPLETE";

/// Names that are offered.
const NAMES_MAX: usize = 50;

/// Names that are looked through.
const KNOWN_MAX: u32 = 2_000;

/// A person waits with a finger on the key.
const TIME_MAX: Duration = Duration::from_millis(100);

/// What an argument names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Community,
    Meetup,
    Either,
}

/// Answers when a shell asks; `false` when it is a person who runs the program.
pub fn answer() -> bool {
    let asked = std::env::var_os(VARIABLE).is_some_and(|shell| !shell.is_empty());
    if asked {
        let folder = std::env::current_dir().ok();
        let completing = CompleteEnv::with_factory(command).var(VARIABLE);
        // A shell that is not known, or closed its end, gets nothing.
        let _ = completing.try_complete(std::env::args_os(), folder.as_deref());
    }
    asked
}

/// The script that makes a shell ask; `None` for a shell that cannot.
pub fn script(shell: clap_complete::Shell) -> Option<String> {
    let shells = Shells::builtins();
    let mut script = Vec::new();
    let registered = shells.completer(&shell.to_string())?.write_registration(
        VARIABLE,
        "kith",
        "kith",
        "kith",
        &mut script,
    );
    registered.ok()?;
    String::from_utf8(script).ok()
}

/// The command line, with names for what names something.
pub fn command() -> Command {
    with_names(Arguments::command())
}

fn with_names(command: Command) -> Command {
    command.mut_args(with_name).mut_subcommands(with_names)
}

fn with_name(argument: Arg) -> Arg {
    let sort = match argument.get_id().as_str() {
        "community" => Sort::Community,
        "meetup" => Sort::Meetup,
        "about" => Sort::Either,
        _ => return argument,
    };
    argument.add(ArgValueCompleter::new(move |typed: &OsStr| {
        names(sort, &typed.to_string_lossy())
    }))
}

fn names(sort: Sort, typed: &str) -> Vec<CompletionCandidate> {
    let environment = Environment::read();
    let mut titles = listed(sort, &environment);
    titles.extend(kept(sort, &environment));
    let typed = in_words(typed);
    let mut found: Vec<(String, String)> = Vec::new();
    for title in titles {
        let name = in_words(&title);
        let is_new = found.iter().all(|(known, _)| *known != name);
        if !name.is_empty() && name.starts_with(&typed) && is_new && found.len() < NAMES_MAX {
            found.push((name, title));
        }
    }
    let found = found.into_iter();
    found
        .map(|(name, title)| CompletionCandidate::new(name).help(Some(title.into())))
        .collect()
}

/// As it can be typed without quotes: "brighton-rust" names "Brighton Rust".
fn in_words(title: &str) -> String {
    words_of_title(title).join("-")
}

/// What was listed last.
fn listed(sort: Sort, environment: &Environment) -> Vec<String> {
    let Ok(folder) = ConfigFolder::find(environment) else {
        return Vec::new();
    };
    let wanted = match sort {
        Sort::Community => vec![SeenKind::Community],
        Sort::Meetup => vec![SeenKind::Meetup],
        Sort::Either => vec![SeenKind::Community, SeenKind::Meetup],
    };
    Seen::load(&folder).titles(&wanted)
}

/// What relays told.
fn kept(sort: Sort, environment: &Environment) -> Vec<String> {
    let file = ConfigFolder::find_data(environment).map(|folder| folder.file(LOCAL_FILE));
    let Some(file) = file.ok().filter(|file| file.exists()) else {
        return Vec::new();
    };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
    else {
        return Vec::new();
    };
    let asking = async {
        let local = Local::open(file).await.ok()?;
        local.known_names(KNOWN_MAX).await.ok()
    };
    let known = runtime.block_on(async { tokio::time::timeout(TIME_MAX, asking).await });
    // Whoever holds the file up is not waited for.
    runtime.shutdown_background();
    let known = known.ok().flatten().unwrap_or_default().into_iter();
    known
        .filter_map(|known| match known {
            KnownName::Community(title) => (sort != Sort::Meetup).then_some(title),
            KnownName::Meetup(title) => (sort != Sort::Community).then_some(title),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seen::same_title;

    #[test]
    fn a_name_needs_no_quotes_and_means_its_title() {
        for title in ["Brighton Rust", "Bob's picnic", "ZÜRICH: Schach & Bier!"] {
            let name = in_words(title);
            assert!(same_title(title, &name), "{name}");
            let is_plain = |c: char| c.is_alphanumeric() || c == '-';
            assert!(name.chars().all(is_plain), "{name}");
        }
    }

    #[test]
    fn what_names_something_is_completed() {
        let command = command();
        let chat = command.find_subcommand("chat").unwrap();
        let community = chat.get_arguments().find(|arg| arg.get_id() == "community");
        assert!(community.unwrap().get::<ArgValueCompleter>().is_some());
        let profile = command.find_subcommand("profile").unwrap();
        let set = profile.find_subcommand("set").unwrap();
        let mut set = set.get_arguments();
        assert!(set.all(|arg| arg.get::<ArgValueCompleter>().is_none()));
        let near = command.find_subcommand("near").unwrap();
        let mut near = near.get_arguments();
        assert!(near.all(|arg| arg.get::<ArgValueCompleter>().is_none()));
    }

    #[test]
    fn every_shell_has_a_script() {
        use clap_complete::Shell;
        for shell in [
            Shell::Bash,
            Shell::Zsh,
            Shell::Fish,
            Shell::Elvish,
            Shell::PowerShell,
        ] {
            let script = script(shell).unwrap();
            assert!(script.contains("COMPLETE"), "{shell}");
        }
    }
}
