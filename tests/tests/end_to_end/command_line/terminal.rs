//! A real terminal for the program: a pseudo-terminal of the system, and a screen that understands what
//! is written to it. Knows keys and letters, not what commands do.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use tokio::sync::watch;

use crate::harness::within_deadline;

/// A program on a terminal.
pub(crate) struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    /// The terminal's modes are asked of it after the program has ended.
    _slave: Box<dyn SlavePty + Send>,
    keys: Box<dyn Write + Send>,
    parser: Arc<Mutex<vt100::Parser>>,
    changed: watch::Receiver<()>,
    modes: String,
}

impl Terminal {
    /// Starts the program on a terminal of so many rows and columns.
    pub(crate) fn start(command: CommandBuilder, rows: u16, columns: u16) -> Self {
        let pair = native_pty_system().openpty(size(rows, columns)).unwrap();
        let modes = modes(&*pair.master);
        let child = pair.slave.spawn_command(command).unwrap();
        let mut output = pair.master.try_clone_reader().unwrap();
        let parser = vt100::Parser::new(number(rows), number(columns), 0);
        let parser = Arc::new(Mutex::new(parser));
        let (changes, changed) = watch::channel(());
        let screen = Arc::clone(&parser);
        std::thread::spawn(move || {
            let mut bytes = [0; 4_096];
            while let Ok(length @ 1..) = output.read(&mut bytes) {
                screen.lock().unwrap().process(&bytes[..length]);
                if changes.send(()).is_err() {
                    return;
                }
            }
        });
        Terminal {
            child,
            keys: pair.master.take_writer().unwrap(),
            master: pair.master,
            _slave: pair.slave,
            parser,
            changed,
            modes,
        }
    }

    /// Types this; keys without letters as terminals send them.
    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// The window gets another size.
    pub(crate) fn resize(&mut self, rows: u16, columns: u16) {
        let mut parser = self.parser.lock().unwrap();
        parser.set_size(number(rows), number(columns));
        self.master.resize(size(rows, columns)).unwrap();
    }

    /// The rows of the screen, without blanks at their ends.
    pub(crate) fn rows(&self) -> Vec<String> {
        let parser = self.parser.lock().unwrap();
        let (_, columns) = parser.screen().size();
        let rows = parser.screen().rows(0, columns.get());
        rows.map(|row| row.trim_end().to_owned()).collect()
    }

    /// Waits until the screen looks like this; gives its rows.
    pub(crate) async fn shows(&mut self, is_right: impl Fn(&[String]) -> bool) -> Vec<String> {
        let waiting = async {
            loop {
                self.changed.borrow_and_update();
                let rows = self.rows();
                if is_right(&rows) {
                    return rows;
                }
                if self.changed.changed().await.is_err() {
                    panic!("the program has ended: {rows:#?}");
                }
            }
        };
        match tokio::time::timeout(crate::harness::DEADLINE, waiting).await {
            Ok(rows) => rows,
            Err(_) => panic!("the screen never looked right: {:#?}", self.rows()),
        }
    }

    /// Whether anything is bold or in another colour.
    pub(crate) fn has_style(&self) -> bool {
        let parser = self.parser.lock().unwrap();
        let (rows, columns) = parser.screen().size();
        let mut places =
            (0..rows.get()).flat_map(|row| (0..columns.get()).map(move |column| (row, column)));
        places.any(|(row, column)| {
            let cell = parser.screen().cell(row, column);
            cell.is_some_and(|cell| cell.bold() || cell.fgcolor() != vt100::Color::Default)
        })
    }

    /// Waits until some row contains this.
    pub(crate) async fn shows_text(&mut self, text: &str) -> Vec<String> {
        self.shows(|rows| rows.iter().any(|row| row.contains(text)))
            .await
    }

    /// The process, to send it signals.
    pub(crate) fn process_id(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Waits until the program has ended, and asserts that it left the terminal as it was.
    pub(crate) async fn ended(self) -> u32 {
        let Terminal {
            mut child,
            keys: _keys,
            master,
            _slave,
            parser,
            mut changed,
            modes: before,
        } = self;
        let waiting = tokio::task::spawn_blocking(move || child.wait().unwrap());
        let status = within_deadline("the program to end", waiting).await;
        let status = status.unwrap();
        let is_restored = || {
            let parser = parser.lock().unwrap();
            let screen = parser.screen();
            !(screen.alternate_screen() || screen.bracketed_paste() || screen.hide_cursor())
        };
        let restoring = async {
            while !is_restored() {
                changed.changed().await.unwrap();
            }
        };
        within_deadline("the screen to be given back", restoring).await;
        assert_eq!(modes(&*master), before, "echo and line editing");
        status.exit_code()
    }
}

fn modes(master: &(dyn MasterPty + Send)) -> String {
    format!("{:?}", master.get_termios().unwrap())
}

fn size(rows: u16, columns: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn number(length: u16) -> NonZeroU16 {
    NonZeroU16::new(length).unwrap()
}
