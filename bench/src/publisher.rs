//! One connection that publishes: as fast as it may, so many events under way, what can be sent at
//! once in one write; or so many events a second. Frames are made before. Measures nothing: whoever
//! watches does.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Context;
use tokio::time::MissedTickBehavior;

use crate::answer::{Answer, IdPrefix, event_id, id_prefix};
use crate::client::{Connection, Ear};
use crate::frame;

/// Events as frames, in the order in which they are sent.
#[derive(Default)]
pub struct Frames {
    bytes: Vec<u8>,
    /// Where each frame ends.
    ends: Vec<usize>,
    /// Which frame has the event of this id, until it is answered.
    by_id: HashMap<IdPrefix, usize>,
}

/// Who wants to know what happens to each event, by its place in the frames.
pub trait Watch {
    /// It left.
    fn sent(&mut self, number: usize);
    /// The relay took it or not, with this message.
    fn answered(&mut self, number: usize, accepted: bool, message: &[u8]);
}

impl Frames {
    /// Appends an event, as JSON.
    ///
    /// # Errors
    /// It has no id.
    pub fn push(&mut self, event: &str) -> anyhow::Result<()> {
        let id = event_id(event.as_bytes()).and_then(id_prefix);
        self.by_id
            .insert(id.context("an event without an id")?, self.ends.len());
        let message = format!(r#"["EVENT",{event}]"#);
        frame::push_text(&mut self.bytes, message.as_bytes());
        self.ends.push(self.bytes.len());
        Ok(())
    }

    /// How many events.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The frame at a place.
    pub fn get(&self, number: usize) -> Option<&[u8]> {
        self.bytes.get(self.end(number)..self.end(number + 1))
    }

    /// The place of the event of this id, the first time that it is asked for.
    pub fn take(&mut self, id: &[u8]) -> Option<usize> {
        self.by_id.remove(&id_prefix(id)?)
    }

    /// Where the first `count` frames end.
    fn end(&self, count: usize) -> usize {
        let last = count.min(self.ends.len()).wrapping_sub(1);
        self.ends.get(last).copied().unwrap_or_default()
    }
}

/// Publishes everything; returns when all is answered.
///
/// # Errors
/// The connection is lost.
pub async fn publish(
    connection: &mut Connection,
    mut frames: Frames,
    outstanding: usize,
    ear: &Ear,
    watch: &mut impl Watch,
) -> anyhow::Result<()> {
    let (mut bytes_sent, mut sent, mut answered) = (0, 0, 0);
    while answered < frames.len() {
        let allowed = frames.end(answered + outstanding.max(1));
        if let Some(waiting) = frames.bytes.get(bytes_sent..allowed)
            && !waiting.is_empty()
        {
            bytes_sent += connection.send_some(waiting)?;
            while frames.ends.get(sent).is_some_and(|end| *end <= bytes_sent) {
                watch.sent(sent);
                sent += 1;
            }
        }
        let hearing = connection.hear(ear, bytes_sent < allowed, |message| {
            let Answer::Ok { id, accepted } = Answer::read(message) else {
                return;
            };
            if let Some(number) = frames.take(id) {
                answered += 1;
                watch.answered(number, accepted, message);
            }
        });
        hearing.await?;
        if frames.end(sent) == bytes_sent {
            connection.answer_pings().await?;
        }
    }
    Ok(())
}

/// Publishes so many events a second, whatever the relay answers meanwhile; returns when all is
/// answered.
///
/// # Errors
/// The connection is lost.
pub async fn publish_paced(
    connection: &mut Connection,
    mut frames: Frames,
    ear: &Ear,
    watch: &mut impl Watch,
    rate: u32,
) -> anyhow::Result<()> {
    let mut tick = tokio::time::interval(Duration::from_secs(1) / rate.max(1));
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (mut sent, mut answered) = (0, 0);
    while answered < frames.len() {
        tokio::select! {
            _ = tick.tick(), if sent < frames.len() => {
                watch.sent(sent);
                let frame = frames.get(sent).unwrap_or_default();
                connection.send(frame).await?;
                sent += 1;
            }
            heard = connection.hear(ear, false, |message| {
                let Answer::Ok { id, accepted } = Answer::read(message) else {
                    return;
                };
                if let Some(number) = frames.take(id) {
                    answered += 1;
                    watch.answered(number, accepted, message);
                }
            }) => heard?,
        }
        connection.answer_pings().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_found_by_place_and_once_by_id() {
        let mut frames = Frames::default();
        let ids = ["a".repeat(64), "b".repeat(64)];
        for id in &ids {
            frames.push(&format!(r#"{{"id":"{id}"}}"#)).unwrap();
        }
        assert_eq!(frames.len(), 2);
        let [first, second] = [0, 1].map(|number| frames.get(number).unwrap().to_vec());
        assert_eq!([first, second].concat(), frames.bytes);
        assert_eq!(frames.get(2), Some(b"".as_slice()));
        assert_eq!(frames.take(ids[1].as_bytes()), Some(1));
        assert_eq!(frames.take(ids[1].as_bytes()), None);
        assert!(frames.push("{}").is_err());
    }
}
