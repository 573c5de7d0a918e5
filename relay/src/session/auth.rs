//! AUTH: which keys a client has (NIP-42). Several may authenticate on one connection; none is
//! ever forgotten, and none is known anywhere else.

use std::sync::Arc;

use kith_nips::nip01::claimed_id;
use kith_nips::{Event, EventId, Prefix, PublicKey, RelayMessage, nip42};

use super::state::{Authenticated, Done, Session};
use crate::clock::unix_now;
use crate::refusal::Refusal;
use crate::verify::VerifyError;

impl Session {
    /// Takes the authentication event whose text is `json`.
    pub(super) fn auth(&mut self, json: &str) {
        let event = match Event::parse(json) {
            Ok(event) => event,
            Err(wrong) => return self.unreadable(json, &wrong.to_string()),
        };
        match self.may_authenticate(&event) {
            Ok(key) => {
                let id = event.id();
                let admission = Arc::clone(&self.context.admission);
                self.in_flight.authentication = true;
                self.work.push(Box::pin(async move {
                    let verified = admission.verifier().verify(Arc::new(event)).await;
                    Done::Authenticated(Authenticated { id, key, verified })
                }));
            }
            Err(refusal) => self.answer_auth(event.id(), Err(refusal)),
        }
    }

    /// Everything but the signature.
    fn may_authenticate(&self, event: &Event) -> Result<PublicKey, Refusal> {
        let policy = self.context.admission.policy();
        if !policy.authentication {
            return Err(Refusal::new(
                Prefix::Blocked,
                "this relay does not authenticate",
            ));
        }
        let key = nip42::check(event, &self.challenge, &policy.relay_urls, unix_now())
            .map_err(|wrong| Refusal::new(Prefix::Invalid, wrong.to_string()))?;
        let max = self.limits.authenticated_keys_max;
        if !self.reader.keys().contains(&key) && self.reader.keys().len() >= max {
            return Err(Refusal::new(
                Prefix::RateLimited,
                format!("more than {max} keys on one connection"),
            ));
        }
        Ok(key)
    }

    /// Takes the result of the signature check.
    pub(super) fn authenticated(&mut self, authenticated: Authenticated) {
        let Authenticated { id, key, verified } = authenticated;
        let answer = match verified {
            Ok(()) => {
                self.add_key(key);
                Ok(())
            }
            Err(VerifyError::Wrong(wrong)) => Err(Refusal::new(Prefix::Invalid, wrong.to_string())),
            Err(VerifyError::Stopped) => Err(Refusal::new(
                Prefix::Error,
                "the event could not be checked, try again",
            )),
        };
        self.answer_auth(id, answer);
    }

    /// Live delivery follows at once, stored answers with the next REQ.
    fn add_key(&mut self, key: PublicKey) {
        self.reader = self.reader.with_key(key);
        self.inbox.set_reader(self.reader.clone());
    }

    fn answer_auth(&mut self, id: EventId, answer: Result<(), Refusal>) {
        let message = answer.as_ref().err().map(Refusal::to_string);
        self.outbox.say(&RelayMessage::Ok {
            id,
            accepted: answer.is_ok(),
            message: message.as_deref().unwrap_or_default(),
        });
    }

    fn unreadable(&mut self, json: &str, wrong: &str) {
        match claimed_id(json) {
            Some(id) => {
                let refusal = Refusal::new(Prefix::Invalid, wrong.to_owned());
                self.answer_auth(id, Err(refusal));
            }
            None => self.notice(wrong),
        }
    }

    /// Tells the client the challenge of this connection, unless it knows it.
    pub(super) fn challenge_once(&mut self) {
        if !self.challenged {
            self.challenged = true;
            self.outbox.say(&RelayMessage::Auth {
                challenge: &self.challenge,
            });
        }
    }
}
