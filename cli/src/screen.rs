//! A chat that fills the terminal: what is said scrolls by, and below it is a line to type on. Owns
//! the terminal while it runs, and gives it back as it was, also after an error or a panic.

mod draw;
mod model;
mod wrap;

use std::io::{self, IsTerminal};
use std::pin::Pin;

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste, Event, EventStream};
use crossterm::execute;
use futures_util::StreamExt;
use jiff::tz::TimeZone;
use kith_client::{Chat, ChatMessage, Kith, Listing, LiveChat, PublishOutcome, ReadError};
use ratatui::DefaultTerminal;
use ratatui::layout::Rect;
use tokio::sync::mpsc;

use crate::errors::CliError;
use crate::exit_code::ExitCode;
use model::{Action, Fate, Model, Outcome};

/// Texts that may be on their way to the relays; further ones wait in the line.
const SENDING_MAX: usize = 8;

/// Messages that are asked for at once when somebody scrolls back.
const EARLIER_MESSAGES: usize = 100;

/// What is shown, and how.
pub struct Opened {
    /// For sending.
    pub kith: Kith,
    /// The room.
    pub chat: Chat,
    /// What goes on in it.
    pub live: LiveChat,
    /// Where the clock is.
    pub zone: TimeZone,
    /// Names in colours.
    pub has_colours: bool,
}

/// Whether there is a screen to fill and somebody to type.
pub fn is_possible() -> bool {
    io::stdout().is_terminal() && io::stdin().is_terminal()
}

/// Runs until Esc or Ctrl-C, or until the system ends it.
pub async fn run(opened: Opened) -> Result<(), CliError> {
    // Whoever asks the system to end it (`kill`, a closed window) leaves a usable terminal too.
    let mut ended = std::pin::pin!(ended());
    let mut screen = Screen::fill().map_err(failed)?;
    tokio::select! {
        outcome = converse(&mut screen.terminal, opened) => outcome.map_err(failed),
        () = &mut ended => Ok(()),
    }
}

async fn converse(terminal: &mut DefaultTerminal, opened: Opened) -> io::Result<()> {
    let Opened {
        kith,
        chat,
        mut live,
        zone,
        has_colours,
    } = opened;
    let mut model = Model::new(&chat, &kith, &live, zone, has_colours);
    let mut events = EventStream::new();
    let (sent, mut outcomes) = mpsc::channel(SENDING_MAX);
    let mut sending = 0;
    let mut looking_back = None;
    loop {
        terminal.draw(|frame| draw::draw(&mut model, frame))?;
        let action = tokio::select! {
            event = events.next() => match event {
                Some(event) => {
                    let event = event?;
                    // A size that changed and changed back leaves nothing where it was.
                    if let Event::Resize(columns, rows) = event {
                        terminal.resize(Rect::new(0, 0, columns, rows))?;
                    }
                    model.input(&event)
                }
                None => Action::Leave,
            },
            news = live.next() => match news {
                Some(news) => model.hear(news),
                None => Action::Leave,
            },
            Some(outcome) = outcomes.recv() => {
                sending -= 1;
                model.sent(outcome)
            }
            earlier = found(&mut looking_back) => {
                looking_back = None;
                model.look_back(earlier)
            }
        };
        match action {
            Action::Nothing => {}
            Action::Leave => return Ok(()),
            Action::LookBack => looking_back = Some(Box::pin(live.earlier(EARLIER_MESSAGES))),
            Action::Say(text) if sending >= SENDING_MAX => model.keep(text),
            Action::Say(text) => {
                sending += 1;
                let (kith, chat, sent) = (kith.clone(), chat.clone(), sent.clone());
                tokio::spawn(async move {
                    let outcome = kith.say(&chat, text.clone()).await;
                    let fate = match outcome {
                        Ok(said) if said.outcome() == PublishOutcome::Queued => Fate::Waits,
                        Ok(_) => Fate::Said,
                        Err(error) => Fate::Failed(error.to_string()),
                    };
                    // Nobody waits for it when the screen is gone.
                    let _ = sent.send(Outcome { text, fate }).await;
                });
            }
        }
    }
}

/// What was said before, once somebody has asked for it.
async fn found<F>(looking_back: &mut Option<Pin<Box<F>>>) -> Result<Vec<ChatMessage>, String>
where
    F: Future<Output = Result<Listing<ChatMessage>, ReadError>>,
{
    match looking_back {
        Some(earlier) => match earlier.await {
            Ok(earlier) => Ok(earlier.found),
            Err(error) => Err(error.to_string()),
        },
        None => std::future::pending().await,
    }
}

/// The whole terminal, without echo and line editing, until it is dropped.
struct Screen {
    terminal: DefaultTerminal,
}

impl Screen {
    fn fill() -> io::Result<Screen> {
        // This also makes a panic give the terminal back before it is reported.
        let terminal = ratatui::try_init()?;
        let screen = Screen { terminal };
        execute!(io::stdout(), EnableBracketedPaste)?;
        Ok(screen)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // If the terminal is gone, nothing is left to give back.
        let _ = execute!(io::stdout(), DisableBracketedPaste);
        let _ = self.terminal.show_cursor();
        let _ = ratatui::try_restore();
    }
}

#[cfg(unix)]
async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};

    let signals = (
        signal(SignalKind::terminate()),
        signal(SignalKind::hangup()),
    );
    match signals {
        (Ok(mut terminate), Ok(mut hangup)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
        }
        _ => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn ended() {
    std::future::pending().await
}

fn failed(error: io::Error) -> CliError {
    CliError::new(
        ExitCode::Failure,
        format!("the terminal failed: {error}"),
        "`kith chat --follow | cat` prints lines instead",
    )
}
