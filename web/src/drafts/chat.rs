//! Saying something in the chat of a community.

use kith_nips::EventId;
use kith_nips::lbc::{ChannelMessage, Published};

use super::TEXT_CHARACTERS_MAX;
use super::form::Form;
use super::said::{Drafted, Problems, Sayer};

/// Where something is said.
#[derive(Debug)]
pub struct ChatRoom<'a> {
    /// What the community is called.
    pub title: &'a str,
    /// The channel (NIP-28).
    pub channel: EventId,
    /// The message that is answered.
    pub parent: Option<&'a Published<ChannelMessage>>,
    /// A relay that has the channel.
    pub relay: Option<String>,
    /// Now, Unix seconds.
    pub now: u64,
}

/// A message: field `text`.
///
/// # Errors
/// What is wrong with the form.
pub fn chat(form: &Form, room: ChatRoom<'_>, sayer: Sayer) -> Result<Drafted, Problems> {
    let mut problems = Problems::default();
    let text = sayer.required(form, "text", TEXT_CHARACTERS_MAX, &mut problems);
    problems.none()?;
    let draft = match room.parent {
        Some(parent) => {
            ChannelMessage::say_in_reply(parent, room.channel, room.relay, text, room.now)
        }
        None => ChannelMessage::say(room.channel, room.relay, text),
    };
    let draft = draft.map_err(|_| Problems::one("text", sayer.say("field-needed")))?;
    Ok(Drafted {
        drafts: vec![draft],
        shown: sayer.say_of("signs-message", room.title),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{NOW, keys, sign};
    use super::*;
    use crate::language::Language;

    #[test]
    fn messages_are_in_the_room_and_answers_after_what_they_answer() {
        let channel = EventId::from_bytes([7; 32]);
        let say = |text: &str, parent: Option<&Published<ChannelMessage>>| {
            let room = ChatRoom {
                title: "Brighton Chess",
                channel,
                parent,
                relay: Some("wss://r.example".to_owned()),
                now: NOW,
            };
            chat(
                &Form::from([("text", text)]),
                room,
                Sayer(Language::English),
            )
        };
        let question = say("Who brings boards?", None).unwrap();
        assert!(question.shown.contains("Brighton Chess"));
        let question = question.drafts[0].sign(&keys(6), NOW + 10).unwrap();
        let question = ChannelMessage::read(&question).unwrap();
        assert_eq!(question.channel, channel);
        let answer = say("Me", Some(&question)).unwrap();
        assert_eq!(answer.drafts[0].created_at, Some(NOW + 11));
        let answer = ChannelMessage::read(&sign(&answer.drafts[0], 5)).unwrap();
        assert_eq!(
            answer.reply.as_ref().map(|reply| reply.message),
            Some(question.id)
        );
        assert_eq!(answer.text, "Me");
        assert_eq!(say(" ", None).unwrap_err().0[0].field, "text");
    }
}
