//! A page of text: headings, facts, paragraphs, tables. It knows nothing of
//! what they are about.

use std::fmt::Write;

use comfy_table::{Attribute, Cell, ColumnConstraint, ContentArrangement, Table, presets};

use super::plain;
use crate::output::Style;

/// Columns of the label of a fact.
const LABEL_WIDTH: usize = 11;

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
        if !commands.is_empty() {
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
        table.set_header(
            header
                .iter()
                .map(|title| Cell::new(title).add_attribute(Attribute::Bold)),
        );
        for row in rows {
            table.add_row(row.iter().map(|value| plain(value)));
        }
        // Ids, persons and times are there to be copied and compared: never broken.
        for (index, title) in header.iter().enumerate() {
            if let Some(column) = table.column_mut(index) {
                column.set_padding((0, 2));
                if matches!(*title, "ID" | "PERSON" | "WHEN" | "KM" | "ANSWER" | "STATE") {
                    column.set_constraint(ColumnConstraint::ContentWidth);
                }
            }
        }
        let _ = writeln!(self.text, "{}", table.trim_fmt());
    }
}
