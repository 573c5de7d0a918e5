//! The chat of a terminal, key by key.

use super::*;

pub fn model() -> Model {
    Model::empty("Brighton Chess", (1, 1), TimeZone::UTC)
}

pub fn message(model: &mut Model, number: u8, text: &str) {
    let message = Message {
        at: "22 Nov 19:02".to_owned(),
        name: "alice".to_owned(),
        colour: 1,
        is_own: false,
        lines: text.lines().map(str::to_owned).collect(),
    };
    let place = (u64::from(number), EventId::from_bytes([number; 32]));
    model.messages.insert(place, message);
    model.revision += 1;
}

pub fn press(model: &mut Model, code: KeyCode) -> Action {
    model.input(&Event::Key(KeyEvent::new(code, KeyModifiers::NONE)))
}

fn typed(model: &Model) -> String {
    model.typed.iter().collect()
}

#[test]
fn a_line_is_typed_mended_and_said() {
    let mut model = model();
    for letter in "helo ".chars() {
        press(&mut model, KeyCode::Char(letter));
    }
    for key in [
        KeyCode::Left,
        KeyCode::Left,
        KeyCode::Char('l'),
        KeyCode::End,
    ] {
        press(&mut model, key);
    }
    model.input(&Event::Paste("wor\u{1b}\nld".to_owned()));
    assert_eq!(typed(&model), "hello wor  ld");
    let said = press(&mut model, KeyCode::Enter);
    assert_eq!(said, Action::Say("hello wor  ld".to_owned()));
    assert_eq!((typed(&model), model.cursor), (String::new(), 0));
    assert_eq!(press(&mut model, KeyCode::Enter), Action::Nothing);
    assert_eq!(press(&mut model, KeyCode::Esc), Action::Leave);
}

#[test]
fn what_was_not_sent_is_in_the_line_again_with_the_reason() {
    let mut model = model();
    let outcome = |fate| Outcome {
        text: "hello".to_owned(),
        fate,
    };
    model.sent(outcome(Fate::Waits));
    assert_eq!(typed(&model), "");
    assert!(model.waits && model.failure.is_none());
    model.sent(outcome(Fate::Failed(
        "no relay accepted it\u{7}".to_owned(),
    )));
    assert_eq!(typed(&model), "hello");
    let failure = "not sent: no relay accepted it ";
    assert_eq!(model.failure.as_deref(), Some(failure));
    model.can_write = false;
    assert_eq!(press(&mut model, KeyCode::Enter), Action::Nothing);
    assert_eq!(typed(&model), "hello");
}

#[test]
fn what_was_said_before_is_asked_for_once_at_a_time_until_there_is_no_more() {
    let mut model = model();
    message(&mut model, 9, "hello");
    assert_eq!(press(&mut model, KeyCode::PageUp), Action::LookBack);
    assert_eq!(press(&mut model, KeyCode::Up), Action::Nothing);
    model.look_back(Err("no relay answered\u{7}".to_owned()));
    let failure = "not read: no relay answered ";
    assert_eq!(model.failure.as_deref(), Some(failure));
    assert_eq!(press(&mut model, KeyCode::Up), Action::LookBack);
    model.look_back(Ok(Vec::new()));
    assert_eq!(
        (model.before, model.failure.clone()),
        (Before::Nothing, None)
    );
    assert_eq!(press(&mut model, KeyCode::PageUp), Action::Nothing);

    // Far from the top nobody asks, and what is full is not filled further.
    model.before = Before::Unknown;
    model.rows_above = 100;
    assert_eq!(press(&mut model, KeyCode::PageUp), Action::Nothing);
    model.rows_above = 0;
    for number in 0..MESSAGES_MAX as u64 {
        let shown = model.messages.values().next().unwrap().clone();
        let place = (number, EventId::from_bytes([1; 32]));
        model.messages.insert(place, shown);
    }
    assert_eq!(press(&mut model, KeyCode::PageUp), Action::Nothing);
    assert_eq!(model.before, Before::Nothing);
}

#[test]
fn a_line_has_an_end() {
    let mut model = model();
    model.input(&Event::Paste("x".repeat(5_000)));
    assert_eq!(model.typed.len(), TYPED_CHARACTERS_MAX);
}
