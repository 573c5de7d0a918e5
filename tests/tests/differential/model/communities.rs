//! Who owns which community, and who is muted where (LBC-09, LBC-10, LBC-53), found by looking.

use super::Model;
use crate::differential::fact::{Fact, is_hex32, read_place};

/// A community of which the 1037 is kept: id and owner.
type Community = (String, String);

/// The community that a 30037 is about (D6).
pub(super) fn described(fact: &Fact) -> Option<&str> {
    let identifier = Some(fact.identifier()).filter(|identifier| is_hex32(identifier));
    identifier.or_else(|| fact.references("e").next())
}

impl Model {
    /// LBC-09.
    pub(super) fn describes_foreign_community(&self, fact: &Fact) -> bool {
        let about = described(fact).filter(|_| fact.kind == 30_037);
        let mut communities = self.kept.iter().filter(|kept| kept.kind == 1_037);
        communities.any(|kept| Some(kept.id.as_str()) == about && kept.pubkey != fact.pubkey)
    }

    /// Whether a search may show it: a description only with its owner's community (LBC-10).
    pub(super) fn is_grounded(&self, fact: &Fact) -> bool {
        let about = described(fact);
        let mut communities = self.kept.iter().filter(|kept| kept.kind == 1_037);
        fact.kind != 30_037
            || communities.any(|it| Some(it.id.as_str()) == about && it.pubkey == fact.pubkey)
    }

    /// Whether its author is on the block list of a community into which it goes (LBC-53, D10).
    pub(super) fn is_muted(&self, fact: &Fact, now: u64) -> bool {
        let communities = self.written_into(fact, now).into_iter();
        communities
            .filter(|(_, owner)| *owner != fact.pubkey)
            .any(|(id, owner)| {
                let identifier = format!("{id}:blocked");
                let list = self.find_place((30_000, &owner, &identifier), now);
                list.is_some_and(|list| list.values("p").any(|key| key == fact.pubkey))
            })
    }

    /// The communities into which it goes.
    fn written_into(&self, fact: &Fact, now: u64) -> Vec<Community> {
        match fact.kind {
            42 => self.around_channel(fact, now),
            1_111 => {
                let ids = fact.references("E").filter_map(|id| self.find(id, now));
                let places = fact.values("A").filter_map(read_place);
                let places = places.filter_map(|place| self.find_place(place, now));
                let roots = ids.chain(places);
                roots.flat_map(|root| self.around(root, now)).collect()
            }
            31_925 => self.around_answer(fact, now),
            31_922 | 31_923 => self.around_meetup(fact, now),
            _ => Vec::new(),
        }
    }

    /// The communities to which an event that is written about belongs.
    fn around(&self, fact: &Fact, now: u64) -> Vec<Community> {
        match fact.kind {
            1_037 => vec![(fact.id.clone(), fact.pubkey.clone())],
            31_922 | 31_923 => self.around_meetup(fact, now),
            30_037 => self.owned_by(&fact.pubkey, described(fact), now),
            _ => Vec::new(),
        }
    }

    /// Of a message only the root counts (LBC-56), and of channels only the owner's (LBC-52).
    fn around_channel(&self, message: &Fact, now: u64) -> Vec<Community> {
        let marker = |tag: &[String]| tag.get(3).cloned().unwrap_or_default();
        let is_marked = |tag: &[String]| matches!(marker(tag).as_str(), "root" | "reply");
        let any_marked = message.named("e").any(is_marked);
        let root = message
            .named("e")
            .filter(|tag| !any_marked || marker(tag) == "root")
            .filter_map(|tag| tag.get(1))
            .find(|id| is_hex32(id));
        let channel = root.and_then(|id| self.find(id, now));
        match channel.filter(|channel| channel.kind == 40) {
            Some(channel) => self.owned_by(&channel.pubkey, channel.references("e"), now),
            None => Vec::new(),
        }
    }

    /// An answer names its meetup by address, in old ones with an id in place of the kind
    /// (LBC-37); where no address can be read, by id.
    fn around_answer(&self, answer: &Fact, now: u64) -> Vec<Community> {
        let addresses: Vec<String> = answer
            .values("a")
            .map(|value| match value.split_once(':') {
                Some((label, rest)) if is_hex32(label) => format!("31923:{rest}"),
                _ => value.to_owned(),
            })
            .collect();
        let places: Vec<_> = addresses.iter().filter_map(|a| read_place(a)).collect();
        let meetups: Vec<_> = match places.is_empty() {
            true => answer
                .references("e")
                .filter_map(|id| self.find(id, now))
                .collect(),
            false => places
                .into_iter()
                .filter_map(|place| self.find_place(place, now))
                .collect(),
        };
        let around = meetups.into_iter().flat_map(|it| self.around(it, now));
        around.collect()
    }

    /// LBC-23 to LBC-25.
    fn around_meetup(&self, meetup: &Fact, now: u64) -> Vec<Community> {
        let named: Vec<&str> = meetup.references("e").collect();
        let start = meetup.identifier().split(':').next();
        let in_identifier = start.filter(|start| is_hex32(start));
        if named.is_empty() {
            return self.known(in_identifier, now);
        }
        let unnamed = in_identifier.filter(|id| !named.contains(id));
        match self.known(unnamed, now).is_empty() {
            true => self.known(named, now),
            false => Vec::new(),
        }
    }

    fn known<'a>(&self, ids: impl IntoIterator<Item = &'a str>, now: u64) -> Vec<Community> {
        let found = ids.into_iter().filter_map(|id| self.find(id, now));
        found
            .filter(|fact| fact.kind == 1_037)
            .map(|fact| (fact.id.clone(), fact.pubkey.clone()))
            .collect()
    }

    fn owned_by<'a>(
        &self,
        key: &str,
        ids: impl IntoIterator<Item = &'a str>,
        now: u64,
    ) -> Vec<Community> {
        let mut known = self.known(ids, now);
        known.retain(|(_, owner)| owner == key);
        known
    }
}
