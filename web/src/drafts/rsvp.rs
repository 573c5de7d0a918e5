//! Answering a meetup.

use kith_nips::extensions::attendance::GUESTS_MAX;
use kith_nips::extensions::{AnswerError, NewAnswer};
use kith_nips::lbc::{Answer, Meetup, Published, Rsvp};

use super::form::Form;
use super::said::{Drafted, Problems, Sayer};

/// Characters of a word to the organizer.
const NOTE_CHARACTERS_MAX: usize = 1_000;

/// The meetup that is answered.
#[derive(Debug)]
pub struct RsvpTo<'a> {
    /// The meetup.
    pub meetup: &'a Published<Meetup>,
    /// What the same person answered before.
    pub before: &'a [Published<Rsvp>],
    /// A relay that has the meetup.
    pub relay: Option<String>,
    /// Now, Unix seconds.
    pub now: u64,
}

/// The answer to a meetup: fields `status`, `guests`, `note`.
///
/// # Errors
/// What is wrong with the form.
pub fn rsvp(form: &Form, to: RsvpTo<'_>, sayer: Sayer) -> Result<Drafted, Problems> {
    let mut problems = Problems::default();
    let answer = form.text("status").and_then(Answer::read);
    if answer.is_none() {
        problems.add("status", sayer.say("field-choose"));
    }
    let comment = sayer.optional(form, "note", NOTE_CHARACTERS_MAX, &mut problems);
    let guests = sayer.number(form, "guests", GUESTS_MAX, &mut problems);
    problems.none()?;
    let Some(answer) = answer else {
        return Err(Problems::default());
    };
    // Who does not come brings nobody.
    let guests = guests.filter(|_| answer == Answer::Accepted).unwrap_or(0);
    let new = NewAnswer {
        comment,
        guests,
        ..answer.into()
    };
    let drafted = new.draft(to.meetup, to.before, to.relay, to.now);
    let draft = drafted.map_err(|refused| refusal(&refused, sayer))?;
    let title = to.meetup.title.as_str();
    let shown = match (answer, guests) {
        (Answer::Accepted, 0) => sayer.say_of("signs-going", title),
        (Answer::Accepted, guests) => {
            sayer.say_counted("signs-going-with", title, u64::from(guests))
        }
        (Answer::Tentative, _) => sayer.say_of("signs-maybe", title),
        (Answer::Declined, _) => sayer.say_of("signs-not-going", title),
    };
    Ok(Drafted {
        drafts: vec![draft],
        shown,
    })
}

fn refusal(refused: &AnswerError, sayer: Sayer) -> Problems {
    match refused {
        AnswerError::TooLate(_) => Problems::one("status", sayer.say("answer-too-late")),
        AnswerError::TooManyGuests(most) => {
            Problems::one("guests", sayer.count("field-number", *most as usize))
        }
        _ => Problems::one("", sayer.say("answer-cancelled")),
    }
}

#[cfg(test)]
mod tests {
    use kith_nips::extensions::attendance::{Terms, guests};
    use kith_nips::lbc::MeetupStatus;

    use super::super::testing::{self, NOW, fields, keys, meetup};
    use super::*;
    use crate::language::Language;

    fn asked(
        form: impl Into<Form>,
        meetup: &Published<Meetup>,
        before: &[Published<Rsvp>],
    ) -> Result<Drafted, Problems> {
        let to = RsvpTo {
            meetup,
            before,
            relay: Some("wss://r.example".to_owned()),
            now: NOW,
        };
        rsvp(&form.into(), to, Sayer(Language::English))
    }

    fn read(drafted: &Drafted) -> Published<Rsvp> {
        let [draft] = drafted.drafts.as_slice() else {
            panic!("{drafted:?}")
        };
        Rsvp::read(&testing::sign(draft, 5)).unwrap()
    }

    #[test]
    fn an_answer_says_what_was_filled_in() {
        let meetup = meetup(|_| ());
        let form = [
            ("status", "accepted"),
            ("guests", "2"),
            ("note", " I bring\r\nboards "),
        ];
        let drafted = asked(form, &meetup, &[]).unwrap();
        let rsvp = read(&drafted);
        assert_eq!(rsvp.answer, Answer::Accepted);
        assert_eq!(guests(&rsvp), 2);
        assert_eq!(rsvp.comment, "I bring\nboards");
        assert_eq!(rsvp.meetup, meetup.address());
        assert_eq!(
            rsvp.version.as_ref().map(|version| version.id),
            Some(meetup.id)
        );
        assert_eq!(
            drafted.shown,
            "You say that you are going to “\u{2068}Chess\u{2069}” and bring 2 guests."
        );
    }

    #[test]
    fn a_later_answer_keeps_the_place_and_is_newer() {
        let meetup = meetup(|_| ());
        let yes = asked([("status", "accepted")], &meetup, &[]).unwrap();
        let yes = Rsvp::read(&yes.drafts[0].sign(&keys(5), NOW + 30).unwrap()).unwrap();
        let again = asked([("status", "accepted"), ("note", "!")], &meetup, &[yes]).unwrap();
        assert_eq!(again.drafts[0].created_at, Some(NOW + 31));
        let since = vec!["accepted_at".to_owned(), (NOW + 30).to_string()];
        assert!(again.drafts[0].tags.contains(&since));
    }

    #[test]
    fn who_does_not_come_brings_nobody() {
        let meetup = meetup(|_| ());
        for status in ["declined", "tentative"] {
            let rsvp = read(&asked([("status", status), ("guests", "3")], &meetup, &[]).unwrap());
            assert_eq!(rsvp.answer.as_str(), status);
            assert_eq!(guests(&rsvp), 0);
        }
    }

    #[test]
    fn every_field_has_its_problem() {
        let meetup = meetup(|meetup| {
            let terms = Terms {
                guests_max: Some(1),
                answer_by: Some(NOW - 1),
                ..Terms::default()
            };
            terms.write(meetup);
        });
        let long = "x".repeat(NOTE_CHARACTERS_MAX + 1);
        for (form, wrong) in [
            (vec![], vec!["status"]),
            (vec![("status", "Accepted")], vec!["status"]),
            (
                vec![("status", "accepted"), ("guests", "-1")],
                vec!["guests"],
            ),
            (
                vec![("status", "accepted"), ("guests", "10")],
                vec!["guests"],
            ),
            (
                vec![("status", "accepted"), ("guests", "2")],
                vec!["guests"],
            ),
            (vec![("status", "accepted")], vec!["status"]),
            (vec![("status", "declined"), ("note", &long)], vec!["note"]),
            (
                vec![("status", "x"), ("note", "\u{1}"), ("guests", "+1")],
                vec!["status", "note", "guests"],
            ),
        ] {
            let problems = asked(fields(&form), &meetup, &[]).unwrap_err();
            let found: Vec<&str> = problems.0.iter().map(|problem| problem.field).collect();
            assert_eq!(found, wrong, "{form:?}");
            assert!(problems.0.iter().all(|problem| problem.message.len() > 5));
        }
        let cancelled = testing::meetup(|meetup| meetup.status = MeetupStatus::Cancelled);
        let problems = asked([("status", "accepted")], &cancelled, &[]).unwrap_err();
        assert_eq!(problems.0[0].field, "");
    }
}
