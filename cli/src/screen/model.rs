//! What the screen knows: messages, the text that is being typed, how far it is scrolled. Keys and
//! news go in, what to do comes out; nothing here reads or writes a terminal.

use std::collections::BTreeMap;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use jiff::tz::TimeZone;
use kith_client::{Chat, ChatMessage, ChatNews, EventId, Kith, LiveChat};

use crate::commands::chat::moment;
use crate::output::plain;

/// Messages that can be scrolled back to; older ones are forgotten, and not asked for.
const MESSAGES_MAX: usize = 2_000;

/// Longest text that can be typed, in characters.
const TYPED_CHARACTERS_MAX: usize = 2_000;

/// Digits of a key, for people without a name.
const KEY_CHARACTERS: usize = 8;

/// What to do after a key or after news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Show what is there now.
    Nothing,
    /// Say this.
    Say(String),
    /// Ask for what was said before.
    LookBack,
    /// Give the terminal back.
    Leave,
}

/// What became of a text.
#[derive(Debug)]
pub struct Outcome {
    /// The text.
    pub text: String,
    /// Whether a relay has it.
    pub fate: Fate,
}

/// Whether a relay has a text.
#[derive(Debug)]
pub enum Fate {
    /// One has.
    Said,
    /// It is signed, and waits for one.
    Waits,
    /// None has, and why.
    Failed(String),
}

/// What is before the first message that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// Nobody asked yet.
    Unknown,
    /// Somebody is asking.
    Asked,
    /// Nothing, or more than can be kept.
    Nothing,
}

/// A message without anything that a terminal would obey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// "19:02"; with the date when it is another day.
    pub at: String,
    /// Who said it.
    pub name: String,
    /// Which of the colours of names is theirs.
    pub colour: u8,
    /// The user said it.
    pub is_own: bool,
    /// What they said.
    pub lines: Vec<String>,
}

/// Everything that is shown.
pub struct Model {
    /// The room.
    pub title: String,
    /// By time.
    pub messages: BTreeMap<(u64, EventId), Message>,
    /// Changes with every change of the messages.
    pub revision: u64,
    /// What is being typed.
    pub typed: Vec<char>,
    /// Where, in characters.
    pub cursor: usize,
    /// Rows below the last one that is shown.
    pub rows_below: usize,
    /// Rows above the first one that is shown.
    pub rows_above: usize,
    /// What was said before the first message.
    pub before: Before,
    /// Rows of the last screen.
    pub page_rows: usize,
    /// How many relays listen, of how many.
    pub relays: (usize, usize),
    /// What went wrong last.
    pub failure: Option<String>,
    /// The last text waits for a relay.
    pub waits: bool,
    /// There is a key to sign with.
    pub can_write: bool,
    /// Names in colours.
    pub has_colours: bool,
    /// The messages in rows, as they were drawn last.
    pub rows: super::wrap::Rows,
    zone: TimeZone,
    me: Option<kith_client::PublicKey>,
}

impl Model {
    /// What was said before.
    pub fn new(
        chat: &Chat,
        kith: &Kith,
        live: &LiveChat,
        zone: TimeZone,
        has_colours: bool,
    ) -> Model {
        let relays = (live.listening(), kith.relays().len());
        let mut model = Model::empty(chat.name(), relays, zone);
        model.me = kith.public_key();
        model.can_write = model.me.is_some();
        model.has_colours = has_colours;
        for message in live.beginning() {
            model.add(message);
        }
        model
    }

    fn empty(title: &str, relays: (usize, usize), zone: TimeZone) -> Model {
        Model {
            title: plain(title),
            messages: BTreeMap::new(),
            revision: 0,
            typed: Vec::new(),
            cursor: 0,
            rows_below: 0,
            rows_above: 0,
            before: Before::Unknown,
            page_rows: 1,
            relays,
            failure: None,
            waits: false,
            can_write: true,
            has_colours: true,
            rows: super::wrap::Rows::default(),
            zone,
            me: None,
        }
    }

    /// Something happened in the room.
    pub fn hear(&mut self, news: ChatNews) -> Action {
        match news {
            ChatNews::Said(message) => self.add(&message),
            ChatNews::Gone(id) => {
                self.messages.retain(|(_, known), _| *known != id);
                self.revision += 1;
            }
            ChatNews::Connection { listening, relays } => self.relays = (listening, relays),
            _ => {}
        }
        Action::Nothing
    }

    /// What was said before; nothing more when this is empty.
    pub fn look_back(&mut self, earlier: Result<Vec<ChatMessage>, String>) -> Action {
        self.before = Before::Unknown;
        match earlier {
            Ok(earlier) => {
                let room = MESSAGES_MAX.saturating_sub(self.messages.len());
                if earlier.is_empty() || earlier.len() >= room {
                    self.before = Before::Nothing;
                }
                let surplus = earlier.len().saturating_sub(room);
                for message in earlier.iter().skip(surplus) {
                    self.add(message);
                }
            }
            Err(error) => self.failure = Some(format!("not read: {}", plain(&error))),
        }
        Action::Nothing
    }

    /// A text was said, or not.
    pub fn sent(&mut self, outcome: Outcome) -> Action {
        self.waits = matches!(outcome.fate, Fate::Waits);
        self.failure = match outcome.fate {
            Fate::Said | Fate::Waits => None,
            Fate::Failed(reason) => Some(format!("not sent: {}", plain(&reason))),
        };
        if self.failure.is_some() && self.typed.is_empty() {
            self.keep(outcome.text);
        }
        Action::Nothing
    }

    /// Puts a text back into the line.
    pub fn keep(&mut self, text: String) {
        self.typed = text.chars().collect();
        self.cursor = self.typed.len();
    }

    /// A key, a pasted text, another size.
    pub fn input(&mut self, event: &Event) -> Action {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.key(*key),
            Event::Paste(text) => {
                self.insert(text);
                Action::Nothing
            }
            _ => Action::Nothing,
        }
    }

    fn key(&mut self, key: KeyEvent) -> Action {
        let page = self.page_rows.saturating_sub(1).max(1);
        let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => return Action::Leave,
            KeyCode::Char('c' | 'd') if is_control => return Action::Leave,
            KeyCode::Char('u') if is_control => self.clear(),
            KeyCode::Char('a') if is_control => self.cursor = 0,
            KeyCode::Char('e') if is_control => self.cursor = self.typed.len(),
            KeyCode::Char(letter) if !is_control => self.insert(letter.encode_utf8(&mut [0; 4])),
            KeyCode::Enter => return self.say(),
            KeyCode::Backspace if self.cursor > 0 => {
                self.cursor -= 1;
                self.typed.remove(self.cursor);
            }
            KeyCode::Delete if self.cursor < self.typed.len() => {
                self.typed.remove(self.cursor);
            }
            KeyCode::Left => self.cursor = self.cursor.saturating_sub(1),
            KeyCode::Right => self.cursor = (self.cursor + 1).min(self.typed.len()),
            KeyCode::Home => self.cursor = 0,
            KeyCode::End => self.cursor = self.typed.len(),
            KeyCode::PageUp => return self.scroll_back(page),
            KeyCode::PageDown => self.rows_below = self.rows_below.saturating_sub(page),
            KeyCode::Up => return self.scroll_back(1),
            KeyCode::Down => self.rows_below = self.rows_below.saturating_sub(1),
            _ => {}
        }
        Action::Nothing
    }

    /// Asks for more when what is known ends within a page.
    fn scroll_back(&mut self, rows: usize) -> Action {
        // How far it can go is known when it is drawn.
        self.rows_below = self.rows_below.saturating_add(rows);
        let is_near = self.rows_above < rows.saturating_add(self.page_rows);
        if self.before != Before::Unknown || !is_near {
            return Action::Nothing;
        }
        if self.messages.len() >= MESSAGES_MAX {
            self.before = Before::Nothing;
            return Action::Nothing;
        }
        self.before = Before::Asked;
        self.failure = None;
        Action::LookBack
    }

    fn say(&mut self) -> Action {
        let text: String = self.typed.iter().collect();
        if text.trim().is_empty() {
            return Action::Nothing;
        }
        if !self.can_write {
            let failure = "not sent: there is no key to sign with; see `kith keys new`";
            self.failure = Some(failure.to_owned());
            return Action::Nothing;
        }
        self.clear();
        self.failure = None;
        self.waits = false;
        self.rows_below = 0;
        Action::Say(text.trim().to_owned())
    }

    fn clear(&mut self) {
        self.typed.clear();
        self.cursor = 0;
    }

    fn insert(&mut self, text: &str) {
        for letter in plain(text).chars() {
            if self.typed.len() < TYPED_CHARACTERS_MAX {
                self.typed.insert(self.cursor, letter);
                self.cursor += 1;
            }
        }
    }

    fn add(&mut self, message: &ChatMessage) {
        let note = &message.message;
        let key = note.author.to_string();
        let name = message.name.as_deref().map(plain);
        let name = name.filter(|name| !name.trim().is_empty());
        let at = moment(note.created_at, &self.zone);
        let shown = Message {
            at: at.short(),
            name: name.unwrap_or_else(|| key.chars().take(KEY_CHARACTERS).collect()),
            colour: note.author.as_bytes().first().copied().unwrap_or_default(),
            is_own: self.me == Some(note.author),
            lines: note.text.trim().lines().map(plain).collect(),
        };
        self.messages.insert((note.created_at, note.id), shown);
        while self.messages.len() > MESSAGES_MAX {
            self.messages.pop_first();
        }
        self.revision += 1;
    }
}

#[cfg(test)]
pub mod tests;
