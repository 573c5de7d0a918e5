//! `kith`: communities, meetups and answers from the terminal. Reads the
//! command line, runs one command, prints its answer in one place, ends with
//! a documented exit code.

mod arguments;
mod client_errors;
mod commands;
mod context;
mod errors;
mod exit_code;
mod first_run;
mod keystore;
mod locked_key;
mod output;
mod password;
mod place;
mod progress;
mod prompt;
mod qr;
mod radius;
mod reference;
mod repeat;
mod screen;
mod seen;
mod settings;
mod signer_session;
mod when;

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::pin::pin;
use std::process;

use arguments::relays::Relays;
use arguments::{Arguments, Command};
use clap::Parser;
use commands::Ongoing;
use context::Context;
use errors::CliError;
use exit_code::ExitCode;
use output::{Report, Style};
use settings::Environment;

fn main() -> process::ExitCode {
    let line: Vec<OsString> = std::env::args_os().collect();
    let arguments = match Arguments::try_parse_from(&line) {
        Ok(arguments) => arguments,
        Err(error) => return not_understood(&error, &line),
    };
    let json = arguments.global.json;
    let style = Style::of_this_terminal(json, arguments.global.quiet);
    let code = match run(arguments, style) {
        Ok(()) => ExitCode::Done,
        // Whoever read our output has seen enough (`kith near … | head`).
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::Done,
        Err(Failure::Output(_)) => ExitCode::Failure,
        Err(Failure::Command(error)) => {
            output::print_error(&error, json);
            error.code
        }
    };
    process::ExitCode::from(code.number())
}

/// Why a run ended before its end.
enum Failure {
    /// What was asked for cannot be done.
    Command(Box<CliError>),
    /// It was done, and cannot be printed.
    Output(io::Error),
}

impl From<CliError> for Failure {
    fn from(error: CliError) -> Self {
        Self::Command(Box::new(error))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

fn run(arguments: Arguments, style: Style) -> Result<(), Failure> {
    let Arguments { global, command } = arguments;
    if global.verbose {
        show_log();
    }
    let context = Context::new(global, Environment::read())?;
    let report = match &command {
        Command::Keys(keys) => commands::keys::run(keys, &context),
        Command::Login(login) => asked(&context, commands::login::login(login, &context)),
        Command::Logout => asked(&context, commands::login::logout(&context)),
        Command::Relays(Relays::Find(find)) => {
            asked(&context, commands::find_relays::run(find, &context))
        }
        Command::Relays(relays) => commands::relays::run(relays, &context),
        Command::Community(community) => {
            asked(&context, commands::community::run(community, &context))
        }
        Command::Follow(follow) => asked(&context, commands::follow::run(follow, true, &context)),
        Command::Leave(follow) => asked(&context, commands::follow::run(follow, false, &context)),
        Command::Meetup(meetup) => asked(&context, commands::meetup::run(meetup, &context)),
        Command::Attendees(attendees) => {
            asked(&context, commands::attendees::run(attendees, &context))
        }
        Command::Rsvp(rsvp) => asked(&context, commands::rsvp::run(rsvp, &context)),
        Command::Near(near) => asked(&context, commands::near::run(near, &context)),
        Command::Watch(watch) => {
            let beginning = commands::watch::start(watch, &context);
            return online(go_on(context.waiting.until(beginning), style));
        }
        Command::Chat(chat) if chat.follow && !style.json && screen::is_possible() => {
            return Ok(online(commands::chat::fill_screen(
                chat, &context, style.bold,
            ))?);
        }
        Command::Chat(chat) if chat.follow => {
            let beginning = commands::chat::start(chat, &context);
            return online(go_on(context.waiting.until(beginning), style));
        }
        Command::Comment(comment) => asked(&context, commands::comment::run(comment, &context)),
        Command::Invite(invite) => asked(&context, commands::invite::run(invite, &context)),
        Command::Chat(chat) => asked(&context, commands::chat::run(chat, &context)),
        Command::Agenda(agenda) => asked(&context, commands::agenda::run(agenda, &context)),
        Command::Members(members) => asked(&context, commands::members::run(members, &context)),
        Command::Doctor(typed) => return online(doctor(typed, &context, style)),
        Command::Announce(announce) if announce.dry_run => {
            asked(&context, commands::announce::plan(announce, &context))
        }
        Command::Announce(announce) => {
            return online(async {
                let beginning = commands::announce::start(announce, &context);
                let mut running = context.waiting.until(beginning).await?;
                stream(async || running.next().await, style).await
            });
        }
        Command::Dm(dm) if dm.follow => {
            return online(async {
                let beginning = commands::dm::start(dm, &context);
                let mut running = context.waiting.until(beginning).await?;
                stream(async || running.next().await, style).await
            });
        }
        Command::Dm(dm) => asked(&context, commands::dm::run(dm, &context)),
        Command::Friends(friends) => asked(&context, commands::friends::run(friends, &context)),
        Command::Feed(feed) if feed.follow => {
            return online(go_on(commands::feed::start(feed, &context), style));
        }
        Command::Feed(feed) => asked(&context, commands::feed::run(feed, &context)),
        Command::Report(report) => asked(&context, commands::report::run(report, &context)),
        Command::Reports(reports) => asked(&context, commands::report::read(reports, &context)),
        Command::Admin(admin) => asked(&context, commands::admin::run(admin, &context)),
        Command::Completions { shell } => Ok(commands::help::completions(*shell).into()),
        Command::Man { out } => commands::help::man(out.as_deref()).map(Report::from),
        Command::ExitCodes => Ok(commands::help::exit_codes().into()),
        Command::Environment => Ok(commands::help::environment().into()),
    };
    Ok(output::print(&report?, style)?)
}

/// Prints what was found, and fails when something is wrong.
async fn doctor(
    typed: &arguments::doctor::Doctor,
    context: &Context,
    style: Style,
) -> Result<(), Failure> {
    let checked = commands::doctor::run(typed, context);
    let (report, outcome) = context.waiting.until(checked).await;
    output::print(&report, style)?;
    Ok(outcome?)
}

/// Prints a beginning and then answers as they come, until Ctrl-C or until nobody reads them.
async fn go_on<R: Ongoing>(
    beginning: impl Future<Output = Result<(Report, R), CliError>>,
    style: Style,
) -> Result<(), Failure> {
    let (beginning, mut running) = beginning.await?;
    output::print(&beginning, style)?;
    stream(async || running.next().await.map(Ok), style).await
}

/// Prints answers as they come, until there are no more or until nobody reads them.
async fn stream(
    mut next: impl AsyncFnMut() -> Option<Result<Report, CliError>>,
    style: Style,
) -> Result<(), Failure> {
    let mut closed = pin!(output::closed());
    loop {
        let report = tokio::select! {
            report = next() => report,
            () = &mut closed => None,
        };
        match report {
            Some(report) => output::print(&report?, style)?,
            None => return Ok(()),
        }
    }
}

/// Runs a command that asks relays and then has its answer.
fn asked<T>(
    context: &Context,
    command: impl Future<Output = Result<T, CliError>>,
) -> Result<T, CliError> {
    online(context.waiting.until(command))
}

/// Runs what talks to relays.
fn online<T, E: From<CliError>>(command: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::plain(ExitCode::Failure, error.to_string()))?
        .block_on(command)
}

/// Help and version are answers; everything else is a usage error, which
/// programs get as JSON.
fn not_understood(error: &clap::Error, line: &[OsString]) -> process::ExitCode {
    if !error.use_stderr() {
        // Nothing is left to do when standard output is closed.
        let _ = error.print();
        return process::ExitCode::SUCCESS;
    }
    if line.iter().any(|argument| argument == "--json") {
        let text = error.to_string();
        let message = text
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ");
        output::print_error(&CliError::usage(message, "see `kith help`"), true);
    } else {
        let _ = error.print();
    }
    process::ExitCode::from(ExitCode::Usage.number())
}

fn show_log() {
    let filter = tracing_subscriber::EnvFilter::new("kith_client=debug,nostr_relay_pool=info");
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(io::stderr().is_terminal() && !output::is_colourless())
        .init();
}
