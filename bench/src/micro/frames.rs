//! Both directions of the wire without the wire: text to client messages, relay messages to text.

use anyhow::Context;
use kith_nips::nip01::{EoseHint, FilterLimits};
use kith_nips::{ClientMessage, Event, RelayMessage, SubscriptionId};

use super::notes::{place, topic};

/// What clients send, one message for each note: of every ten three questions, a count, an end and
/// five events.
pub fn client_messages(notes: &[Event]) -> Vec<String> {
    let numbered = notes.iter().enumerate();
    numbered
        .map(|(number, note)| client_message(number, note))
        .collect()
}

/// A message that has to do with this note.
pub fn client_message(number: usize, note: &Event) -> String {
    let (city, cell) = place(number);
    let (id, author, topic) = (note.id(), note.pubkey(), topic(number));
    match number % 10 {
        0 => format!(r##"["REQ","near",{{"kinds":[31923],"#g":["{cell}","{city}"],"limit":50}}]"##),
        1 => format!(
            r##"["REQ","home:{number}",{{"authors":["{author}"],"kinds":[0,1,10037],"limit":20}},{{"#e":["{id}"],"since":1750000000}}]"##
        ),
        2 => format!(
            r##"["REQ","about {topic}",{{"kinds":[1,31923],"#t":["{topic}"],"until":1760000000}}]"##
        ),
        3 => format!(r##"["COUNT","answers",{{"kinds":[31925],"#e":["{id}"]}}]"##),
        4 => r#"["CLOSE","near"]"#.to_owned(),
        _ => format!(r#"["EVENT",{}]"#, note.json()),
    }
}

/// Reads them; gives how many were read.
///
/// # Errors
/// A message is none.
pub fn read(messages: &[String]) -> anyhow::Result<usize> {
    let limits = FilterLimits::default();
    for message in messages {
        std::hint::black_box(ClientMessage::parse(message, &limits)?);
    }
    Ok(messages.len())
}

/// Writes each note as it goes out to a subscription, the answer to its author, and the end of a
/// page of notes; gives how many messages were written.
///
/// # Errors
/// Never.
pub fn write(notes: &[Event]) -> anyhow::Result<usize> {
    const PAGE: usize = 50;
    let subscription = SubscriptionId::new("near").context("a name")?;
    let mut written = 0;
    let mut say = |message: RelayMessage<'_>| {
        std::hint::black_box(message.to_json());
        written += 1;
    };
    for page in notes.chunks(PAGE) {
        for event in page {
            say(RelayMessage::Event {
                subscription: &subscription,
                event,
            });
            say(RelayMessage::Ok {
                id: event.id(),
                accepted: true,
                message: "",
            });
        }
        say(RelayMessage::Eose {
            subscription: &subscription,
            hint: Some(EoseHint::More),
        });
    }
    Ok(written)
}
