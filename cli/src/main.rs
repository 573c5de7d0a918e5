//! `kith`: communities, meetups and answers from the terminal. Reads the
//! command line, runs one command, prints its answer in one place, ends with
//! a documented exit code.

mod arguments;
mod client_errors;
mod commands;
mod completion;
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
    if completion::answer() {
        return process::ExitCode::SUCCESS;
    }
    let line: Vec<OsString> = std::env::args_os().collect();
    let arguments = match Arguments::try_parse_from(&line) {
        Ok(arguments) => arguments,
        Err(error) => return not_understood(&error, &line),
    };
    let json = arguments.global.json;
    let style = Style::of_this_terminal(json, arguments.global.quiet);
    let code = match run(arguments, style) {
        Ok(code) => code,
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

fn run(arguments: Arguments, style: Style) -> Result<ExitCode, Failure> {
    let Arguments { global, command } = arguments;
    if global.verbose {
        show_log();
    }
    let context = Context::new(global, Environment::read())?;
    let online = Online::start()?;
    let outcome = answer(&command, &context, style, &online);
    // The answer is out: now there is time for what goes on beside it.
    online.run(context.settle());
    let code = outcome.map(|()| online.run(context.exit_code()));
    // Connections end where they were made: elsewhere the client pool starts a runtime for that.
    online.run(async { drop(context) });
    code
}

/// Runs one command and prints its answer.
fn answer(
    command: &Command,
    context: &Context,
    style: Style,
    online: &Online,
) -> Result<(), Failure> {
    let report = match command {
        Command::Watch(watch) => {
            let beginning = context
                .waiting
                .until(commands::watch::start(watch, context));
            return online.run(go_on(beginning, style));
        }
        Command::Chat(chat) if chat.follow && !style.json && screen::is_possible() => {
            return Ok(online.run(commands::chat::fill_screen(chat, context, style.bold))?);
        }
        Command::Chat(chat) if chat.follow => {
            let beginning = context.waiting.until(commands::chat::start(chat, context));
            return online.run(go_on(beginning, style));
        }
        Command::Feed(feed) if feed.follow => {
            let beginning = context.waiting.until(commands::feed::start(feed, context));
            return online.run(go_on(beginning, style));
        }
        Command::Doctor(typed) => return online.run(doctor(typed, context, style)),
        Command::Announce(announce) if !announce.dry_run => {
            return online.run(async {
                let beginning = commands::announce::start(announce, context);
                let mut running = context.waiting.until(beginning).await?;
                stream(async || running.next().await, style).await
            });
        }
        Command::Dm(dm) if dm.follow => {
            return online.run(async {
                let beginning = commands::dm::start(dm, context);
                let mut running = context.waiting.until(beginning).await?;
                stream(async || running.next().await, style).await
            });
        }
        Command::Keys(keys) => commands::keys::run(keys, context),
        Command::Completions { shell } => Ok(commands::help::completions(*shell).into()),
        Command::Man { out } => commands::help::man(out.as_deref()).map(Report::from),
        Command::ExitCodes => Ok(commands::help::exit_codes().into()),
        Command::Environment => Ok(commands::help::environment().into()),
        Command::Login(login) => online.ask(context, commands::login::login(login, context)),
        Command::Logout => online.ask(context, commands::login::logout(context)),
        Command::Relays(Relays::Find(find)) => {
            online.ask(context, commands::find_relays::run(find, context))
        }
        Command::Relays(relays) => online.ask(context, commands::relays::run(relays, context)),
        Command::Community(community) => {
            online.ask(context, commands::community::run(community, context))
        }
        Command::Follow(follow) => {
            online.ask(context, commands::follow::run(follow, true, context))
        }
        Command::Leave(follow) => {
            online.ask(context, commands::follow::run(follow, false, context))
        }
        Command::Meetup(meetup) => online.ask(context, commands::meetup::run(meetup, context)),
        Command::Attendees(attendees) => {
            online.ask(context, commands::attendees::run(attendees, context))
        }
        Command::Rsvp(rsvp) => online.ask(context, commands::rsvp::run(rsvp, context)),
        Command::Near(near) => online.ask(context, commands::near::run(near, context)),
        Command::Comment(comment) => online.ask(context, commands::comment::run(comment, context)),
        Command::Invite(invite) => online.ask(context, commands::invite::run(invite, context)),
        Command::Chat(chat) => online.ask(context, commands::chat::run(chat, context)),
        Command::Agenda(agenda) => online.ask(context, commands::agenda::run(agenda, context)),
        Command::Members(members) => online.ask(context, commands::members::run(members, context)),
        Command::Outbox(outbox) => online.ask(context, commands::outbox::run(outbox, context)),
        Command::Announce(announce) => {
            online.ask(context, commands::announce::plan(announce, context))
        }
        Command::Dm(dm) => online.ask(context, commands::dm::run(dm, context)),
        Command::Friends(friends) => online.ask(context, commands::friends::run(friends, context)),
        Command::Feed(feed) => online.ask(context, commands::feed::run(feed, context)),
        Command::Profile(profile) => online.ask(context, commands::profile::run(profile, context)),
        Command::Mute(mute) => online.ask(context, commands::mute::run(mute, context)),
        Command::Unmute(unmute) => online.ask(context, commands::mute::undo(unmute, context)),
        Command::Vanish(vanish) => online.ask(context, commands::vanish::run(vanish, context)),
        Command::Report(report) => online.ask(context, commands::report::run(report, context)),
        Command::Reports(reports) => online.ask(context, commands::report::read(reports, context)),
        Command::Admin(admin) => online.ask(context, commands::admin::run(admin, context)),
    };
    Ok(output::print_with(&report?, &context.beside(), style)?)
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

/// Where commands run that talk to relays: what they begin beside the answer goes on after it.
struct Online(tokio::runtime::Runtime);

impl Online {
    fn start() -> Result<Self, CliError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build();
        let failed = |error: io::Error| CliError::plain(ExitCode::Failure, error.to_string());
        runtime.map(Self).map_err(failed)
    }

    fn run<T>(&self, command: impl Future<Output = T>) -> T {
        self.0.block_on(command)
    }

    /// Runs a command that asks relays and then has its answer.
    fn ask<T>(&self, context: &Context, command: impl Future<Output = T>) -> T {
        self.run(context.waiting.until(command))
    }
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
