//! The command line: what can be said, in which words. Decides nothing and opens nothing.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::config::Flags;

const AFTER_HELP: &str = "\
Every key of the configuration has an environment variable: limits.max_limit is \
KITH_RELAY_LIMITS_MAX_LIMIT. A flag wins over the environment, the environment over the file, \
the file over the default. `kith-relay config` shows every key, its meaning, and where its value \
comes from.

SIGHUP reads the configuration again. KITH_LOG (or RUST_LOG) chooses what is logged, such as \
`debug` or `kith_relay=debug,warn`.

Exit codes: 0 done; 1 the work failed; 2 the command line or the configuration is wrong.";

/// A Nostr relay that understands communities, places and dates.
#[derive(Debug, Parser)]
#[command(name = "kith-relay", version, after_help = AFTER_HELP, propagate_version = true)]
pub struct Arguments {
    /// Where the configuration comes from.
    #[command(flatten)]
    pub settings: SettingArguments,
    /// What to do; without a command, serve.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Flags that set keys of the configuration.
#[derive(Debug, Args)]
pub struct SettingArguments {
    /// Configuration file, in TOML [environment: KITH_RELAY_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address to listen on [environment: KITH_RELAY_LISTEN] [default: 127.0.0.1:7447]
    #[arg(long, global = true, value_name = "HOST:PORT")]
    listen: Option<String>,
    /// Data folder, created when missing [environment: KITH_RELAY_DATA] [default: ./kith-data]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve clients until Ctrl-C or SIGTERM (this is also what happens without a command)
    Serve,
    /// Print the effective configuration as TOML, with meanings and origins; valid for --config
    Config,
    /// Store events from a file of JSON lines
    ///
    /// Each line is an event, or a message ["EVENT",{…}]. Signatures are checked; the limits of the
    /// configuration on size, work and created_at are for clients and do not apply. A line that
    /// cannot be stored goes to the rejects file, with its number and the reason. The relay must
    /// not be running on the same data folder.
    ///
    /// Rejected lines do not change the exit code: it is 0 when the whole input was read.
    Import(ImportArguments),
    /// Write stored events as JSON lines, newest first
    ///
    /// Everything that is stored and not expired is written, newest first (by created_at, then by
    /// id): private messages too, so treat the file as you treat the data folder. A file appears
    /// under its name when it is complete. The relay must not be running on the same data folder.
    Export(ExportArguments),
    /// Verify the data folder: every event by itself, and the index against the log
    ///
    /// Reads every event and compares its id with what it holds, makes the index anew from the log
    /// in a temporary folder, and compares the two row by row. Prints what differs, or that
    /// everything agrees, and changes nothing in the data folder. The relay must not be running on
    /// it. Needs room for a copy of the data folder and for one more index.
    ///
    /// The exit code is 1 when something differs. What differs in index.db is repaired by deleting
    /// that file: the next start makes it from the log.
    Check(CheckArguments),
    /// Make everything that is derived from the log anew: index, words, places, counts
    ///
    /// Deletes index.db and makes it again from log.db, which is only read. A start does the same when
    /// the file is missing. The relay must not be running on the same data folder. When it is stopped,
    /// the next start goes on.
    Rebuild,
    /// Say what the retention settings would delete now, and delete nothing
    ///
    /// Counts what is old in the data folder, for each setting; what several of them name is counted by
    /// each. The relay must not be running on the same data folder.
    Retention,
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page, for `man -l -`
    Man,
}

/// What `import` is told.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// File to read, `-` for standard input
    #[arg(value_name = "FILE")]
    pub input: PathBuf,
    /// Where lines that cannot be stored go [default: FILE.rejects.jsonl, for standard input
    /// import.rejects.jsonl]
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
}

/// What `export` is told.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// File to write, `-` for standard output
    #[arg(value_name = "FILE")]
    pub output: PathBuf,
    /// Only events that match one of these filters (NIP-01).
    #[arg(
        long = "filter",
        value_name = "JSON",
        help = "Only events that match this filter (NIP-01), such as '{\"kinds\":[31923]}'; may be repeated"
    )]
    pub filters: Vec<String>,
}

/// What `check` is told.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Check the signature of every event too, which takes longer
    #[arg(long)]
    pub signatures: bool,
    /// Where the temporary folder is made [default: the system's folder for temporary files]
    #[arg(long, value_name = "DIR")]
    pub temporary: Option<PathBuf>,
}

impl SettingArguments {
    /// What these flags say about the configuration.
    pub fn flags(&self) -> Flags {
        Flags {
            config: self.config.clone(),
            listen: self.listen.clone(),
            data: self.data.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn without_a_command_the_flags_still_count() {
        let arguments = Arguments::parse_from(["kith-relay", "--listen", "0.0.0.0:80"]);
        assert!(arguments.command.is_none());
        let flags = arguments.settings.flags();
        assert_eq!(flags.listen.as_deref(), Some("0.0.0.0:80"));
    }

    #[test]
    fn flags_may_follow_the_command() {
        let arguments = Arguments::parse_from(["kith-relay", "import", "-", "--data", "x"]);
        assert_eq!(arguments.settings.flags().data, Some(PathBuf::from("x")));
    }
}
