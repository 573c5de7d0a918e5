//! Seats and the waiting list, on a page.

use super::page::Page;
use crate::output::views::{AnswerView, SeatView, SeatWord};

impl Page {
    /// How many people that is, when some bring others or have to wait.
    pub(super) fn seats(&mut self, answers: &[AnswerView]) {
        let seats = || answers.iter().map(|answer| &answer.seat);
        let people = |word: SeatWord| -> usize {
            let guests = |seat: &SeatView| match seat.guests_seat == Some(word) {
                true => usize::try_from(seat.guests).unwrap_or(usize::MAX),
                false => 0,
            };
            seats()
                .map(|seat| usize::from(seat.seat == Some(word)) + guests(seat))
                .sum()
        };
        let is_plain = |seat: &SeatView| {
            seat.guests == 0 && !matches!(seat.seat, Some(SeatWord::Waiting | SeatWord::Late))
        };
        if seats().all(is_plain) {
            return;
        }
        let (going, waiting, late) = (
            people(SeatWord::Going),
            people(SeatWord::Waiting),
            people(SeatWord::Late),
        );
        let mut line = format!("{going} with a seat, {waiting} waiting");
        if late > 0 {
            line.push_str(&format!(", {late} too late"));
        }
        self.line(&line);
    }
}

/// What there is to say of a seat: nothing when somebody has one for themselves.
pub(super) fn seat(seat: &SeatView) -> Vec<String> {
    let mut remarks = Vec::new();
    match (seat.seat, seat.waiting) {
        (Some(SeatWord::Waiting), Some(place)) => remarks.push(format!("waiting, number {place}")),
        (Some(SeatWord::Late), _) => remarks.push("answered too late".to_owned()),
        _ => {}
    }
    if seat.guests > 0 {
        let without_seat = match (seat.seat, seat.guests_seat) {
            (Some(SeatWord::Going), Some(SeatWord::Waiting)) => " (waiting)",
            (Some(SeatWord::Going), Some(SeatWord::Late)) => " (too late)",
            _ => "",
        };
        remarks.push(format!("+{}{without_seat}", seat.guests));
    }
    remarks
}
