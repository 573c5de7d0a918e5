//! Messages in rows of a width. Knows columns, not what is drawn in them.

use kith_client::EventId;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

use super::model::{Message, Model};

/// Colours of names that can be read on light and on dark.
const COLOURS: [Color; 6] = [
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
];

/// Columns before the further rows of a message.
const MARGIN: usize = 2;

/// All messages in rows, as long as neither they nor the width change.
#[derive(Debug, Default)]
pub struct Rows {
    lines: Vec<Line<'static>>,
    /// For each row, of which message it is.
    owners: Vec<Place>,
    of: Option<(u64, usize)>,
}

/// Where a message stands.
type Place = (u64, EventId);

impl Rows {
    /// The rows.
    pub fn lines(&self) -> &[Line<'static>] {
        &self.lines
    }
}

/// Makes the rows anew when something changed. Whoever has scrolled back goes on seeing the same,
/// whether something is said now or what was said before is found.
pub fn update(model: &mut Model, width: usize) {
    let of = Some((model.revision, width));
    if model.rows.of == of {
        return;
    }
    let mut rows = Rows {
        of,
        ..Rows::default()
    };
    for (place, message) in &model.messages {
        let lines = self::rows(message, width, model.has_colours);
        rows.owners.extend(lines.iter().map(|_| *place));
        rows.lines.extend(lines);
    }
    if model.rows_below > 0 {
        model.rows_below = rows.below_the_same(&model.rows, model.rows_below);
    }
    model.rows = rows;
}

impl Rows {
    /// How many rows are below the one that had so many rows below it.
    fn below_the_same(&self, old: &Rows, rows_below: usize) -> usize {
        let end = old.owners.len().saturating_sub(rows_below);
        let (above, below) = old.owners.split_at(end);
        let Some(owner) = above.last() else {
            return rows_below;
        };
        // Rows of the same message, of another number when the width has changed.
        let rest = below.iter().take_while(|row| *row == owner).count();
        let later = self.owners.iter().rev();
        let later = later.take_while(|row| *row > owner).count();
        let own = self.owners.iter().filter(|row| *row == owner).count();
        later.saturating_add(rest.min(own.saturating_sub(1)))
    }
}

fn rows(message: &Message, width: usize, has_colours: bool) -> Vec<Line<'static>> {
    let mut name = Style::new().add_modifier(Modifier::BOLD);
    if has_colours && !message.is_own {
        let colour = COLOURS.get(usize::from(message.colour) % COLOURS.len());
        name = name.fg(colour.copied().unwrap_or(Color::Reset));
    }
    let head = vec![
        Span::styled(
            format!("{} ", message.at),
            Style::new().add_modifier(Modifier::DIM),
        ),
        Span::styled(format!("{}: ", message.name), name),
    ];
    let mut used = head.iter().map(Span::width).sum::<usize>();
    let mut rows = vec![head];
    let width = width.max(MARGIN + 2);
    for (number, line) in message.lines.iter().enumerate() {
        if number > 0 {
            used = start_row(&mut rows);
        }
        for word in line.split_inclusive(' ') {
            let length = columns(word.trim_end());
            if used > MARGIN && used + length > width {
                used = start_row(&mut rows);
            }
            used = put(word, &mut rows, used, width);
        }
    }
    rows.into_iter().map(Line::from).collect()
}

fn start_row(rows: &mut Vec<Vec<Span<'static>>>) -> usize {
    rows.push(vec![Span::raw(" ".repeat(MARGIN))]);
    MARGIN
}

/// Writes a word, in several rows when it is longer than one.
fn put(word: &str, rows: &mut Vec<Vec<Span<'static>>>, used: usize, width: usize) -> usize {
    let mut used = used;
    let mut part = String::new();
    for letter in word.chars() {
        let length = columns(letter.encode_utf8(&mut [0; 4]));
        if used + length > width && letter != ' ' {
            push(rows, &mut part);
            used = start_row(rows);
        }
        part.push(letter);
        used += length;
    }
    push(rows, &mut part);
    used
}

fn push(rows: &mut [Vec<Span<'static>>], part: &mut String) {
    if let Some(row) = rows.last_mut()
        && !part.is_empty()
    {
        row.push(Span::raw(std::mem::take(part)));
    }
}

/// Columns of a text on a terminal.
pub fn columns(text: &str) -> usize {
    Span::raw(text).width()
}

#[cfg(test)]
mod tests {
    use super::super::model::tests::{message, model};
    use super::*;

    fn wrapped(text: &str, width: usize) -> Vec<String> {
        let mut model = model();
        message(&mut model, 1, text);
        update(&mut model, width);
        let lines = model.rows.lines().iter();
        lines
            .map(|line| line.to_string().trim_end().to_owned())
            .collect()
    }

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(
            wrapped("who brings boards?\nand clocks", 30),
            [
                "22 Nov 19:02 alice: who brings",
                "  boards?",
                "  and clocks"
            ]
        );
    }

    #[test]
    fn nothing_is_wider_than_the_screen() {
        for width in [4, 9, 21, 40] {
            let text = format!("{} 漢字漢字漢字漢字漢字 ok", "x".repeat(70));
            let rows = wrapped(&text, width);
            let all: String = rows.concat().split_whitespace().collect();
            assert!(all.ends_with("漢字漢字漢字漢字漢字ok"), "{rows:?}");
            assert!(
                rows.iter().skip(1).all(|row| columns(row) <= width),
                "{width}: {rows:?}"
            );
        }
    }
}
