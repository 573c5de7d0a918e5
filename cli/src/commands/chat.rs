//! `kith chat`: what was said in a community, saying something, and going on.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::pin::Pin;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kith_client::lbc::ChatView;
use kith_client::{
    CHAT_MESSAGES_MAX, Chat, ChatMessage, ChatNews, EventId, Kith, LiveChat, Published,
};

use super::{Ongoing, views};
use crate::arguments::chat::{Chat as Arguments, View};
use crate::context::Context;
use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::output::chat::{
    ChatBegun, ChatLine, ChatShown, MessageView, RoomView, Said, SaidAction,
};
use crate::output::views::{CommunityName, Moment};
use crate::output::{Output, Report};
use crate::reference::{self, TypedPerson};
use crate::screen::{self, Opened};

/// Longest text that is read from standard input, in bytes. Relays take notes of about twice that.
const TEXT_BYTES_MAX: u64 = 32 * 1024;

/// A screen can be scrolled back by at least so many messages.
const SCREEN_MESSAGES_MIN: usize = 200;

/// Runs `kith chat` without `--follow`.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Report, CliError> {
    if let Some(person) = &arguments.hide_person {
        let person = TypedPerson::parse(person)?;
        let kith = context.writer().await?.unlock().await?;
        let person = person.find(&kith).await?;
        let published = kith.hide_person(person, &arguments.reason).await?;
        return Ok(said(SaidAction::HiddenPerson, &published, &kith));
    }
    if let Some(text) = &arguments.text {
        return say(text, arguments, context).await;
    }
    if let Some(message) = &arguments.hide {
        let writer = context.writer().await?;
        let chat = chat(writer.kith(), arguments, context).await?;
        let message = message_of(writer.kith(), &chat, message).await?.message.id;
        let kith = writer.unlock().await?;
        let published = kith.hide_message(message, &arguments.reason).await?;
        return Ok(said(SaidAction::HiddenMessage, &published, &kith));
    }
    let kith = context.reader().await?;
    let chat = chat(&kith, arguments, context).await?;
    let limit = usize::from(arguments.limit);
    let messages = kith
        .chat_messages(&chat, view(arguments.view), limit)
        .await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::silent(&messages.silent, &kith));
    let zone = context.now.time_zone();
    let shown = messages.found.iter();
    let output = Output::Chat(ChatShown {
        community: community_name(&chat),
        room: room_view(&chat),
        messages: shown.map(|message| message_view(message, zone)).collect(),
    });
    Ok(Report { output, warnings })
}

async fn say(typed: &str, arguments: &Arguments, context: &Context) -> Result<Report, CliError> {
    let text = text(typed)?;
    let writer = context.writer().await?;
    let chat = chat(writer.kith(), arguments, context).await?;
    let answered = match &arguments.reply_to {
        Some(id) => Some(message_of(writer.kith(), &chat, id).await?),
        None => None,
    };
    let kith = writer.unlock().await?;
    let published = match &answered {
        Some(to) => kith.say_in_reply(&chat, to, text).await?,
        None => kith.say(&chat, text).await?,
    };
    Ok(said(SaidAction::Said, &published, &kith))
}

/// A text as typed; `-` is what standard input has.
pub fn text(typed: &str) -> Result<String, CliError> {
    if typed != "-" {
        return Ok(typed.to_owned());
    }
    let mut text = String::new();
    io::stdin()
        .lock()
        .take(TEXT_BYTES_MAX.saturating_add(1))
        .read_to_string(&mut text)
        .map_err(|error| CliError::plain(ExitCode::Failure, format!("standard input: {error}")))?;
    match text.len() as u64 > TEXT_BYTES_MAX {
        true => Err(CliError::plain(
            ExitCode::Usage,
            format!("the text is longer than {TEXT_BYTES_MAX} bytes"),
        )),
        false => Ok(text.trim_end().to_owned()),
    }
}

/// What was done, and which relays did not take it.
pub fn said(action: SaidAction, published: &Published, kith: &Kith) -> Report {
    let mut warnings = views::unreachable(kith);
    warnings.extend(views::refusals(&published.refused, kith));
    let output = Output::Said(Said {
        action,
        id: published.id.to_string(),
        published: views::published(published),
    });
    Report { output, warnings }
}

/// The room that was named.
async fn chat(kith: &Kith, arguments: &Arguments, context: &Context) -> Result<Chat, CliError> {
    let community = reference::community(kith, context, &arguments.community).await?;
    let chat = kith.chat(&community).await?;
    let Some(typed) = &arguments.room else {
        return Ok(chat);
    };
    let fits = |room: &&kith_client::ChatRoom| {
        room.name == *typed || is_start(typed, &room.id.to_string())
    };
    let room = chat.rooms().iter().find(fits);
    room.and_then(|room| chat.in_room(room.id)).ok_or_else(|| {
        let names: Vec<&str> = chat.rooms().iter().map(|room| room.name.as_str()).collect();
        CliError::new(
            ExitCode::NotFound,
            format!("the chat has no room \"{typed}\""),
            format!("its rooms: {}", names.join(", ")),
        )
    })
}

/// The message of this id, or of this start of an id.
async fn message_of(kith: &Kith, chat: &Chat, typed: &str) -> Result<ChatMessage, CliError> {
    let messages = kith
        .chat_messages(chat, ChatView::Everybody, CHAT_MESSAGES_MAX)
        .await?;
    let fits = |message: &ChatMessage| is_start(typed, &message.message.id.to_string());
    let mut found = messages.found.into_iter().filter(fits);
    match (found.next(), found.next()) {
        (Some(message), None) => Ok(message),
        (Some(_), Some(_)) => Err(CliError::new(
            ExitCode::NotFound,
            format!("\"{typed}\" can mean several messages"),
            "give more of the id",
        )),
        (None, _) => Err(CliError::new(
            ExitCode::NotFound,
            format!("no message that is shown starts with \"{typed}\""),
            "`kith chat` lists messages with the starts of their ids",
        )),
    }
}

/// The message of this id, or of this start of an id, in the main room of a community.
pub async fn message_in(
    kith: &Kith,
    context: &Context,
    community: &str,
    typed: &str,
) -> Result<EventId, CliError> {
    let community = reference::community(kith, context, community).await?;
    let chat = kith.chat(&community).await?;
    Ok(message_of(kith, &chat, typed).await?.message.id)
}

/// Whether these are the first digits of the id, or all.
pub fn is_start(typed: &str, id: &str) -> bool {
    const DIGITS_MIN: usize = 4;
    typed.len() >= DIGITS_MIN && id.starts_with(&typed.to_ascii_lowercase())
}

/// `kith chat --follow` on a terminal.
pub async fn fill_screen(
    arguments: &Arguments,
    context: &Context,
    has_colours: bool,
) -> Result<(), CliError> {
    // The password is asked for before the screen is full.
    let kith = match context.writer_with_a_key().await {
        Ok(writer) => writer.unlock().await?,
        Err(error) if error.code == ExitCode::Key => context.reader().await?,
        Err(error) => return Err(error),
    };
    let limit = usize::from(arguments.limit).max(SCREEN_MESSAGES_MIN);
    let opening = async {
        let chat = chat(&kith, arguments, context).await?;
        let live = kith.live_chat(&chat, view(arguments.view), limit).await?;
        Ok::<_, CliError>((chat, live))
    };
    let (chat, live) = context.waiting.until(opening).await?;
    screen::run(Opened {
        zone: context.now.time_zone().clone(),
        kith,
        chat,
        live,
        has_colours,
    })
    .await
}

/// `kith chat --follow` where no screen is filled.
pub struct Running<'a> {
    context: &'a Context,
    live: LiveChat,
    waiting: VecDeque<ChatLine>,
    /// Ctrl-C, also while a message is being printed.
    interrupted: Pin<Box<dyn Future<Output = io::Result<()>>>>,
}

/// Begins `kith chat --follow`; the first answer says what is followed.
pub async fn start<'a>(
    arguments: &Arguments,
    context: &'a Context,
) -> Result<(Report, Running<'a>), CliError> {
    let kith = context.reader().await?;
    let chat = chat(&kith, arguments, context).await?;
    let limit = usize::from(arguments.limit);
    let live = kith.live_chat(&chat, view(arguments.view), limit).await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::silent(live.silent(), &kith));
    let zone = context.now.time_zone();
    let beginning = live.beginning().iter().map(|message| ChatLine::Said {
        message: message_view(message, zone),
    });
    let running = Running {
        context,
        waiting: beginning.collect(),
        live,
        interrupted: Box::pin(tokio::signal::ctrl_c()),
    };
    let output = Output::ChatBegun(ChatBegun {
        community: community_name(&chat),
        room: room_view(&chat),
    });
    Ok((Report { output, warnings }, running))
}

impl Ongoing for Running<'_> {
    /// The next line; `None` after Ctrl-C.
    async fn next(&mut self) -> Option<Report> {
        loop {
            if let Some(line) = self.waiting.pop_front() {
                return Some(Output::ChatLine(Box::new(line)).into());
            }
            let news = tokio::select! {
                news = self.live.next() => news?,
                // Where it cannot be waited for, the process has no other end.
                _ = &mut self.interrupted => return None,
            };
            self.waiting
                .extend(line(&news, self.context.now.time_zone()));
        }
    }
}

fn line(news: &ChatNews, zone: &TimeZone) -> Option<ChatLine> {
    match news {
        ChatNews::Said(message) => Some(ChatLine::Said {
            message: message_view(message, zone),
        }),
        ChatNews::Gone(id) => Some(ChatLine::Gone {
            gone: id.to_string(),
        }),
        ChatNews::Connection { listening, relays } => Some(ChatLine::Connection {
            listening: *listening,
            relays: *relays,
        }),
        _ => None,
    }
}

fn view(typed: View) -> ChatView {
    match typed {
        View::Members => ChatView::Members,
        View::Followers => ChatView::MembersAndFollowers,
        View::Everybody => ChatView::Everybody,
    }
}

fn community_name(chat: &Chat) -> CommunityName {
    let community = chat.community();
    CommunityName {
        id: community.id.to_string(),
        title: Some(community.title),
    }
}

fn room_view(chat: &Chat) -> RoomView {
    RoomView {
        id: chat.room().to_string(),
        name: chat.name().to_owned(),
    }
}

fn message_view(message: &ChatMessage, zone: &TimeZone) -> MessageView {
    MessageView {
        id: message.message.id.to_string(),
        reply_to: message.reply_to().map(|id| id.to_string()),
        npub: views::npub(message.message.author),
        public_key: message.message.author.to_string(),
        name: message.name.clone(),
        state: views::membership(message.state).to_owned(),
        at: moment(message.message.created_at, zone),
        created_at: message.message.created_at,
        text: message.text().to_owned(),
    }
}

/// A time that no clock can show is shown as the beginning of time.
pub fn moment(unix: u64, zone: &TimeZone) -> Moment {
    let seconds = i64::try_from(unix).unwrap_or_default();
    let timestamp = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    Moment::Time(timestamp.to_zoned(zone.clone()))
}
