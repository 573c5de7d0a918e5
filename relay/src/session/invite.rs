//! Invite codes (NIP-43): a REQ for kind 28935 by somebody who may invite is answered with a code
//! made for it, before what is stored. Who may is decided by `management`.

use std::sync::Arc;

use kith_nips::{Event, Filter, Prefix, RelayMessage};
use tracing::error;

use super::req::cannot_answer;
use super::state::{Done, Session};
use crate::clock::unix_now;
use crate::management::ManagementError;
use crate::management::membership::{Invitation, asks_for_invites, only_invites};
use crate::refusal::Refusal;
use crate::subscriptions::SubscriptionKey;

impl Session {
    /// Codes are for members: who asks for nothing else must be known (NIP-42).
    pub(super) fn may_ask_for_invites(&self, filters: &[Filter]) -> Result<(), Refusal> {
        let members = self.context.admission.members();
        let has_members = members.is_some_and(|members| members.policy().on);
        if has_members && self.reader.keys().is_empty() && only_invites(filters) {
            return Err(Refusal::new(
                Prefix::AuthRequired,
                "invite codes are given to members",
            ));
        }
        Ok(())
    }

    /// Begins the answer to `filters`: with an invite code if they ask for one, else with what is
    /// stored.
    pub(super) fn answer_request(&mut self, key: SubscriptionKey, filters: Arc<[Filter]>) {
        self.in_flight.queries += 1;
        let members = match self.context.admission.members() {
            Some(members) if filters.iter().any(asks_for_invites) => members.clone(),
            _ => return self.begin(key, filters),
        };
        let keys = self.reader.clone();
        self.work.push(Box::pin(async move {
            let invitation = members.invite(keys.keys(), &filters, unix_now()).await;
            Done::Invited(key, filters, invitation)
        }));
    }

    /// Sends the code, if there is one, and goes on with what is stored.
    pub(super) fn invited(
        &mut self,
        key: SubscriptionKey,
        filters: Arc<[Filter]>,
        invitation: Result<Invitation, ManagementError>,
    ) {
        let refusal = match invitation {
            Ok(Invitation::Fresh(event)) => return self.send_invite(key, filters, &event),
            Ok(Invitation::TooMany) if only_invites(&filters) => Refusal::new(
                Prefix::RateLimited,
                "as many invite codes as may wait to be used do so",
            ),
            Ok(Invitation::TooMany | Invitation::None) => return self.begin(key, filters),
            Err(failure) => {
                error!(%failure, "an invite code could not be made");
                cannot_answer()
            }
        };
        self.in_flight.queries -= 1;
        if let Some(id) = self.subscriptions.close_key(key) {
            self.refuse(&id, &refusal);
        }
    }

    fn send_invite(&mut self, key: SubscriptionKey, filters: Arc<[Filter]>, event: &Event) {
        if let Some(subscription) = self.subscriptions.id(key)
            && self.reader.may_read(event, unix_now())
        {
            self.outbox.say(&RelayMessage::Event {
                subscription,
                event,
            });
        }
        // The code is the newest of what the filter may bring.
        let rest = filters.iter().cloned().map(|mut filter| {
            if asks_for_invites(&filter) {
                filter.limit = filter.limit.map(|limit| limit - 1);
            }
            filter
        });
        self.begin(key, rest.collect());
    }
}
