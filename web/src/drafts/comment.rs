//! Saying something below a meetup.

use kith_nips::lbc::{Meetup, Note, Published};
use kith_nips::nip22::{Comment, Root};

use super::TEXT_CHARACTERS_MAX;
use super::form::Form;
use super::said::{Drafted, Problems, Sayer};

/// What is commented on.
#[derive(Debug)]
pub struct CommentOn<'a> {
    /// The meetup.
    pub meetup: &'a Published<Meetup>,
    /// The comment that is answered.
    pub parent: Option<&'a Published<Comment>>,
    /// A relay that has the meetup.
    pub relay: Option<String>,
}

/// A comment: field `text`.
///
/// # Errors
/// What is wrong with the form.
pub fn comment(form: &Form, on: CommentOn<'_>, sayer: Sayer) -> Result<Drafted, Problems> {
    let mut problems = Problems::default();
    let text = sayer.required(form, "text", TEXT_CHARACTERS_MAX, &mut problems);
    problems.none()?;
    let comment = match on.parent {
        Some(parent) => Comment::reply_to(parent, text),
        None => Comment::new(Root::meetup(on.meetup, on.relay), text),
    };
    let draft = comment
        .draft()
        .map_err(|_| Problems::one("text", sayer.say("field-needed")))?;
    Ok(Drafted {
        drafts: vec![draft],
        shown: sayer.say_of("signs-comment", &on.meetup.title),
    })
}

#[cfg(test)]
mod tests {
    use kith_nips::nip22::Item;

    use super::super::testing::{meetup, sign};
    use super::*;
    use crate::language::Language;

    #[test]
    fn comments_and_answers_are_about_the_meetup() {
        let meetup = meetup(|_| ());
        let say = |text: &str, parent: Option<&Published<Comment>>| {
            let on = CommentOn {
                meetup: &meetup,
                parent,
                relay: None,
            };
            let drafted = comment(&Form::from([("text", text)]), on, Sayer(Language::English))?;
            Ok::<_, Problems>(Comment::read(&sign(&drafted.drafts[0], 5)).unwrap())
        };
        let question = say("Is there a lift?\r\nAnd tea?", None).unwrap();
        assert_eq!(question.text, "Is there a lift?\nAnd tea?");
        assert!(
            matches!(&question.root.item, Item::Address { address, .. } if *address == meetup.address())
        );
        let answer = say("Yes", Some(&question)).unwrap();
        let answered = answer.reply.as_ref().map(|reply| reply.comment);
        assert_eq!(answered, Some(question.id));
        assert!(
            matches!(&answer.root.item, Item::Address { address, .. } if *address == meetup.address())
        );
        let long = "x".repeat(TEXT_CHARACTERS_MAX + 1);
        for wrong in ["", "  \n ", "\u{0}", &long] {
            let problems = say(wrong, None).unwrap_err();
            assert_eq!(problems.0.len(), 1, "{wrong:?}");
            assert_eq!(problems.0[0].field, "text");
        }
    }
}
