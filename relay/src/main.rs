//! The relay as a program: arguments, configuration, one command. Nothing else.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use anyhow::Context;
use clap::{CommandFactory, Parser};
use kith_relay::arguments::{Arguments, Command, SettingArguments};
use kith_relay::config::{Live, Loaded, Sources};
use kith_relay::{check, rebuild, retention, run, signals, transfer};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// The command line or the configuration is wrong; clap ends with the same code.
const EXIT_USAGE: u8 = 2;
/// What is logged when nobody says otherwise.
const LOG_DEFAULT: &str = "info";

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let sources = sources(&arguments.settings);
    let loaded = match &arguments.command {
        Some(Command::Completions { shell }) => {
            let mut command = Arguments::command();
            clap_complete::generate(*shell, &mut command, "kith-relay", &mut io::stdout());
            return ExitCode::SUCCESS;
        }
        Some(Command::Man) => return end(print_manual()),
        _ => match sources.load() {
            Ok(loaded) => loaded,
            Err(error) => {
                complain(&error);
                return ExitCode::from(EXIT_USAGE);
            }
        },
    };
    if let Some(Command::Config) = &arguments.command {
        return end(print(&loaded.to_toml()));
    }
    if let Err(error) = start_log() {
        complain(&error);
        return ExitCode::from(EXIT_USAGE);
    }
    match work(arguments.command, sources, loaded) {
        Ok(code) => code,
        Err(error) => end(Err(error)),
    }
}

fn work(command: Option<Command>, sources: Sources, loaded: Loaded) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start threads")?;
    let result = runtime.block_on(perform(command, sources, loaded));
    // Whatever has to end in good order has ended; a check that was stopped needs not.
    runtime.shutdown_background();
    result
}

async fn perform(
    command: Option<Command>,
    sources: Sources,
    loaded: Loaded,
) -> anyhow::Result<ExitCode> {
    let config = loaded.config;
    let stop = signals::stop().context("cannot listen for signals")?;
    match command {
        Some(Command::Import(arguments)) => {
            let rejects = arguments.rejects;
            let summary = transfer::import(&config, &arguments.input, rejects, stop).await?;
            writeln!(io::stderr(), "{summary}")?;
            if summary.stopped {
                return Ok(ExitCode::FAILURE);
            }
        }
        Some(Command::Export(arguments)) => {
            let filters = &arguments.filters;
            let summary = transfer::export(&config, &arguments.output, filters, stop).await?;
            writeln!(io::stderr(), "{summary}")?;
        }
        Some(Command::Check(arguments)) => {
            let temporary = arguments.temporary.unwrap_or_else(std::env::temp_dir);
            let report = check::check(&config, &temporary, arguments.signatures, stop).await?;
            print(&check::in_words(&report))?;
            if !report.agrees() {
                return Ok(ExitCode::FAILURE);
            }
        }
        Some(Command::Rebuild) => {
            let events = rebuild::rebuild(&config, stop).await?;
            writeln!(io::stderr(), "rebuilt the index of {events} events")?;
        }
        Some(Command::Retention) => print(&retention::preview(&config, stop).await?.to_string())?,
        _ => {
            let listen = config.server.listen.clone();
            let listener = TcpListener::bind(&listen)
                .await
                .with_context(|| format!("cannot listen on {listen}"))?;
            let live = Live::new(config);
            signals::reload_on_hangup(live.clone(), sources)
                .context("cannot listen for signals")?;
            run(listener, live, stop).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn sources(settings: &SettingArguments) -> Sources {
    Sources::of_process(settings.flags())
}

fn start_log() -> anyhow::Result<()> {
    let variable = ["KITH_LOG", "RUST_LOG"]
        .into_iter()
        .find(|name| std::env::var_os(name).is_some());
    let filter = match variable {
        Some(name) => {
            let text = std::env::var(name).with_context(|| name)?;
            EnvFilter::try_new(text).with_context(|| name)?
        }
        None => EnvFilter::new(LOG_DEFAULT),
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
    Ok(())
}

fn print_manual() -> anyhow::Result<()> {
    let mut manual = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut manual)?;
    print(&String::from_utf8(manual)?)
}

fn print(text: &str) -> anyhow::Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        // Whoever reads has enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

fn end(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn complain(problem: &dyn std::fmt::Display) {
    for line in problem.to_string().lines() {
        // Without standard error there is nobody to tell.
        let _ = writeln!(io::stderr(), "kith-relay: {line}");
    }
}
