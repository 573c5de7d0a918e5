//! The screen: a line with room and connections, the messages, the line that is typed on.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::Paragraph;

use super::model::{Before, Model};
use super::wrap::{self, columns};

/// Before what is typed.
const PROMPT: &str = "> ";

/// Draws everything.
pub fn draw(model: &mut Model, frame: &mut Frame<'_>) {
    let areas = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(1),
        Constraint::Length(1),
        Constraint::Length(1),
    ]);
    let [head, body, status, line] = areas.areas(frame.area());
    let bar = Style::new().add_modifier(Modifier::REVERSED);
    frame.render_widget(Paragraph::new(heading(model)).style(bar), head);
    draw_messages(model, frame, body);
    frame.render_widget(Paragraph::new(below(model)).style(bar), status);
    draw_line(model, frame, line);
}

fn heading(model: &Model) -> String {
    let connection = match model.relays {
        (0, _) => "not connected, trying again".to_owned(),
        (listening, relays) if listening < relays => format!("{listening} of {relays} relays"),
        _ => "connected".to_owned(),
    };
    format!(" {} · {connection}", model.title)
}

fn below(model: &Model) -> String {
    let is_at_top = model.rows_above == 0;
    match (&model.failure, model.rows_below) {
        (Some(failure), _) => format!(" {failure}"),
        (None, _) if model.waits => {
            " signed and queued: it goes out when a relay is back".to_owned()
        }
        (None, 0) => " Enter says it · Page Up scrolls back · Esc ends".to_owned(),
        (None, rows) => match model.before {
            Before::Asked if is_at_top => format!(" {rows} rows below · looking for earlier ones"),
            Before::Nothing if is_at_top => format!(" {rows} rows below · this is the first"),
            _ => format!(" {rows} rows below · Page Down"),
        },
    }
}

fn draw_messages(model: &mut Model, frame: &mut Frame<'_>, area: Rect) {
    let height = usize::from(area.height);
    wrap::update(model, usize::from(area.width));
    let rows = model.rows.lines().len();
    model.page_rows = height;
    model.rows_below = model.rows_below.min(rows.saturating_sub(height));
    let end = rows.saturating_sub(model.rows_below);
    let start = end.saturating_sub(height);
    model.rows_above = start;
    let shown = model.rows.lines().get(start..end).unwrap_or_default();
    frame.render_widget(Paragraph::new(Text::from(shown.to_vec())), area);
}

/// The end of what is typed is shown, or what is around the cursor.
fn draw_line(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    let room = usize::from(area.width).saturating_sub(columns(PROMPT) + 1);
    let before: String = model.typed.iter().take(model.cursor).collect();
    let mut shown = before.as_str();
    while columns(shown) > room {
        let next = shown
            .char_indices()
            .nth(1)
            .map_or(shown.len(), |(at, _)| at);
        shown = shown.get(next..).unwrap_or_default();
    }
    let after: String = model.typed.iter().skip(model.cursor).collect();
    let line = Line::from(vec![
        Span::styled(PROMPT, Style::new().add_modifier(Modifier::BOLD)),
        Span::raw(format!("{shown}{after}")),
    ]);
    frame.render_widget(Paragraph::new(line), area);
    let column = columns(PROMPT) + columns(shown);
    let column = u16::try_from(column).unwrap_or(u16::MAX);
    frame.set_cursor_position(Position::new(area.x.saturating_add(column), area.y));
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyCode;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::super::model::tests::{message, model, press};
    use super::*;

    fn screen(model: &mut Model, width: u16, height: u16) -> Vec<String> {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(model, frame)).unwrap();
        let buffer = terminal.backend().buffer();
        let row = |y| {
            (0..width)
                .map(|x| buffer[(x, y)].symbol())
                .collect::<String>()
        };
        (0..height).map(|y| row(y).trim_end().to_owned()).collect()
    }

    #[test]
    fn the_newest_is_above_the_line_and_scrolling_keeps_its_place() {
        let mut model = model();
        for number in 1..=20 {
            message(&mut model, number, &format!("message {number}"));
        }
        let rows = screen(&mut model, 60, 8);
        assert_eq!(rows[0], " Brighton Chess · connected");
        assert!(
            rows[1].ends_with("message 16") && rows[5].ends_with("message 20"),
            "{rows:?}"
        );
        press(&mut model, KeyCode::PageUp);
        let rows = screen(&mut model, 60, 8);
        assert!(rows[5].ends_with("message 16"), "{rows:?}");
        assert_eq!(rows[6], " 4 rows below · Page Down");
        message(&mut model, 21, "message 21");
        assert!(screen(&mut model, 60, 8)[5].ends_with("message 16"));
        for _ in 0..9 {
            press(&mut model, KeyCode::PageUp);
        }
        let rows = screen(&mut model, 60, 8);
        assert!(rows[1].ends_with("message 1"), "{rows:?}");
        press(&mut model, KeyCode::PageDown);
        assert!(screen(&mut model, 60, 8)[1].ends_with("message 5"));
    }

    #[test]
    fn what_was_said_before_comes_above_without_moving_what_is_read() {
        let mut model = model();
        for number in 11..=20 {
            message(&mut model, number, &format!("message {number}"));
        }
        screen(&mut model, 60, 8);
        for _ in 0..3 {
            press(&mut model, KeyCode::PageUp);
            screen(&mut model, 60, 8);
        }
        let rows = screen(&mut model, 60, 8);
        assert!(rows[1].ends_with("message 11"), "{rows:?}");
        assert_eq!(rows[6], " 5 rows below · looking for earlier ones");
        for number in 1..=10 {
            message(&mut model, number, &format!("message {number}"));
        }
        let rows = screen(&mut model, 60, 8);
        assert!(rows[1].ends_with("message 11"), "{rows:?}");
        assert_eq!(rows[6], " 5 rows below · Page Down");
        press(&mut model, KeyCode::PageUp);
        let rows = screen(&mut model, 60, 8);
        assert!(rows[1].ends_with("message 7"), "{rows:?}");
        // What goes moves nothing either, above or below.
        for gone in [3, 18] {
            let gone = (gone, kith_client::EventId::from_bytes([gone as u8; 32]));
            model.messages.remove(&gone);
        }
        model.revision += 1;
        let rows = screen(&mut model, 60, 8);
        assert!(rows[1].ends_with("message 7"), "{rows:?}");
        assert_eq!(rows[6], " 8 rows below · Page Down");
        for _ in 0..4 {
            press(&mut model, KeyCode::PageUp);
            screen(&mut model, 60, 8);
        }
        model.look_back(Ok(Vec::new()));
        let rows = screen(&mut model, 60, 8);
        assert!(rows[1].ends_with("message 1"), "{rows:?}");
        assert!(
            rows[6].ends_with(" rows below · this is the first"),
            "{rows:?}"
        );
    }

    #[test]
    fn the_cursor_stays_on_a_narrow_screen_and_a_tiny_one_is_no_panic() {
        let mut model = model();
        model.keep("a long text that does not fit".to_owned());
        let rows = screen(&mut model, 12, 4);
        assert_eq!(rows[3], "> s not fit");
        for (width, height) in [(1, 1), (3, 2), (200, 1)] {
            screen(&mut model, width, height);
        }
    }
}
