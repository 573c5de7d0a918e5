//! A page of text: headings, facts, paragraphs, tables. It knows nothing of
//! what they are about.

use std::fmt::Write;

use comfy_table::{Attribute, Cell, ColumnConstraint, ContentArrangement, Table, Width, presets};

use super::plain;
use crate::output::Style;

/// What everybody is told who deletes something (NIP09-20).
pub const NO_GUARANTEE: &str =
    "Deletion cannot be guaranteed: a relay may keep it, and so may whoever has a copy.";

/// Columns of the label of a fact.
const LABEL_WIDTH: usize = 11;

/// Columns between those of a table.
const COLUMN_GAP: u16 = 2;
/// Longer words of titles and places may be broken on a narrow terminal.
const WHOLE_WORD_CHARACTERS_MAX: usize = 14;

/// A page that is being written.
pub struct Page {
    text: String,
    style: Style,
}

impl Page {
    /// An empty page.
    pub fn new(style: Style) -> Self {
        Self {
            text: String::new(),
            style,
        }
    }

    /// The page, without the blank lines at its end.
    pub fn finish(mut self) -> String {
        self.text.truncate(self.text.trim_end().len());
        self.text
    }

    /// A title, bold on a terminal.
    pub fn heading(&mut self, title: &str) {
        if self.style.bold {
            let _ = writeln!(self.text, "\u{1b}[1m{}\u{1b}[0m", plain(title));
        } else {
            let _ = writeln!(self.text, "{}", plain(title));
        }
    }

    /// One line.
    pub fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{}", plain(line));
    }

    /// An empty line.
    pub fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A label and its value; nothing when the value is empty.
    pub fn fact(&mut self, label: &str, value: &str) {
        if !value.is_empty() {
            let _ = writeln!(self.text, "  {label:LABEL_WIDTH$} {}", plain(value));
        }
    }

    /// Squares drawn in blocks: light on dark, whatever the colours of the terminal are.
    pub fn picture(&mut self, blocks: &str) {
        for line in blocks.lines() {
            let _ = match self.style.bold {
                true => writeln!(self.text, "\u{1b}[97;40m{line}\u{1b}[0m"),
                false => writeln!(self.text, "{line}"),
            };
        }
    }

    /// A text of several lines, as written.
    pub fn paragraphs(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.blank();
            for line in text.trim().lines() {
                self.line(line);
            }
        }
    }

    /// The commands to run next.
    pub fn next(&mut self, commands: &[String]) {
        if !commands.is_empty() && !self.style.quiet {
            self.blank();
            self.line("Next:");
            for command in commands {
                self.line(&format!("  {command}"));
            }
        }
    }

    /// Rows under a header, or `nothing` when there are no rows.
    pub fn table(&mut self, header: &[&str], rows: Vec<Vec<String>>, nothing: &str) {
        if rows.is_empty() {
            self.line(nothing);
            return;
        }
        let mut table = Table::new();
        table.load_style(presets::NOTHING).force_no_tty();
        if let Some(width) = self.style.width {
            table
                .set_width(width)
                .set_content_arrangement(ContentArrangement::Dynamic);
        }
        if self.style.bold {
            table.enforce_styling();
        }
        let constraints = header.iter().enumerate().map(|(index, title)| {
            let cells = rows.iter().filter_map(|row| row.get(index));
            constraint(title, cells.map(String::as_str))
        });
        table.set_header(
            header
                .iter()
                .map(|title| Cell::new(title).add_attribute(Attribute::Bold)),
        );
        for row in &rows {
            table.add_row(row.iter().map(|value| plain(value)));
        }
        for (column, constraint) in table.column_iter_mut().zip(constraints) {
            column
                .set_padding((0, COLUMN_GAP))
                .set_constraint(constraint);
        }
        let _ = writeln!(self.text, "{}", table.trim_fmt());
    }
}

/// What is there to be copied and compared is never broken; other texts between
/// words.
fn constraint<'a>(title: &'a str, cells: impl Iterator<Item = &'a str>) -> ColumnConstraint {
    let words = cells.chain([title]).flat_map(str::split_whitespace);
    let longest = words.map(|word| word.chars().count()).max();
    let longest = longest.unwrap_or_default();
    let whole = match title {
        "ID" | "WHEN" | "KM" | "ANSWER" | "STATE" => return ColumnConstraint::ContentWidth,
        "PERSON" => longest,
        _ => longest.min(WHOLE_WORD_CHARACTERS_MAX),
    };
    let whole = u16::try_from(whole).unwrap_or(u16::MAX);
    ColumnConstraint::LowerBoundary(Width::Fixed(whole.saturating_add(COLUMN_GAP)))
}
