//! Who something is said to by who organizes: the people of a community, or those of a meetup by what they
//! answered. Pure; who follows, the lists and the answers are passed in.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::{Answer, Membership, Tally};
use crate::PublicKey;

/// The people of a community or of a meetup.
///
/// ```
/// use kith_nips::lbc::Audience;
///
/// let audience: Audience = "silent".parse()?;
/// assert_eq!(audience, Audience::Silent);
/// assert!(audience.is_of_meetup());
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Audience {
    /// The owner and the members of the community.
    Members,
    /// Everybody who follows the community, members among them.
    Followers,
    /// Who comes to the meetup.
    Going,
    /// Who may come.
    Maybe,
    /// Who does not come.
    Declined,
    /// Everybody who answered the meetup, whatever they said.
    Answered,
    /// The owner and the members who have not answered the meetup.
    Silent,
}

impl Audience {
    /// All of them.
    pub const ALL: [Audience; 7] = [
        Audience::Members,
        Audience::Followers,
        Audience::Going,
        Audience::Maybe,
        Audience::Declined,
        Audience::Answered,
        Audience::Silent,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Audience::Members => "members",
            Audience::Followers => "followers",
            Audience::Going => "going",
            Audience::Maybe => "maybe",
            Audience::Declined => "declined",
            Audience::Answered => "answered",
            Audience::Silent => "silent",
        }
    }

    /// Whether only a meetup has it.
    pub fn is_of_meetup(self) -> bool {
        !matches!(self, Audience::Members | Audience::Followers)
    }

    /// Whether it depends on who belongs to the community, and not on answers alone.
    pub fn is_of_community(self) -> bool {
        matches!(
            self,
            Audience::Members | Audience::Followers | Audience::Silent
        )
    }

    /// Who is in it, without whoever says it, and without those who are muted.
    ///
    /// `people` are those who follow the community and its owner, each with what they are to it; they are
    /// needed where [`Audience::is_of_community`]. `answers` are those to the meetup, in which nobody is
    /// who is muted; they are needed where [`Audience::is_of_meetup`].
    ///
    /// ```
    /// use kith_nips::PublicKey;
    /// use kith_nips::lbc::{Audience, Membership, Tally};
    ///
    /// let [owner, ada, bob] = [1, 2, 3].map(|byte| PublicKey::from_bytes([byte; 32]));
    /// let people = [
    ///     (owner, Membership::Owner),
    ///     (ada, Membership::Member),
    ///     (bob, Membership::Follower),
    /// ];
    /// let silent = Audience::Silent.people(owner, people, &Tally::default());
    /// assert!(silent.into_iter().eq([ada]));
    /// ```
    pub fn people(
        self,
        sender: PublicKey,
        people: impl IntoIterator<Item = (PublicKey, Membership)>,
        answers: &Tally,
    ) -> BTreeSet<PublicKey> {
        let with = |answer| answers.with(answer).map(|attendee| attendee.person);
        let answered = || answers.attendees.iter().map(|attendee| attendee.person);
        let members = |is_one: fn(Membership) -> bool| {
            let found = people.into_iter().filter(move |(_, state)| is_one(*state));
            found.map(|(person, _)| person)
        };
        let follows = |state: Membership| state.is_member() || state == Membership::Follower;
        let mut found: BTreeSet<PublicKey> = match self {
            Audience::Members => members(Membership::is_member).collect(),
            Audience::Followers => members(follows).collect(),
            Audience::Going => with(Answer::Accepted).collect(),
            Audience::Maybe => with(Answer::Tentative).collect(),
            Audience::Declined => with(Answer::Declined).collect(),
            Audience::Answered => answered().collect(),
            Audience::Silent => {
                let answered: BTreeSet<PublicKey> = answered().collect();
                let members = members(Membership::is_member);
                members
                    .filter(|person| !answered.contains(person))
                    .collect()
            }
        };
        found.remove(&sender);
        found
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Audience {
    type Err = String;

    fn from_str(text: &str) -> Result<Audience, String> {
        let named = |audience: &Audience| audience.as_str() == text;
        let found = Audience::ALL.into_iter().find(named);
        found.ok_or_else(|| format!("\"{text}\" is no audience"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Attendee, Basis, Group};
    use super::*;

    fn key(number: u8) -> PublicKey {
        PublicKey::from_bytes([number; 32])
    }

    fn attendee(number: u8, answer: Answer) -> Attendee {
        Attendee {
            person: key(number),
            answer,
            availability: None,
            comment: String::new(),
            group: Group::Others,
            basis: Basis::Current,
            answered_at: 1,
        }
    }

    #[test]
    fn every_audience_has_its_people_and_never_who_says_it() {
        let people = [
            (1, Membership::Owner),
            (2, Membership::Member),
            (3, Membership::Member),
            (4, Membership::Follower),
            (5, Membership::Muted),
            (6, Membership::Lapsed),
            (7, Membership::Visitor),
        ];
        let answers = Tally {
            attendees: vec![
                attendee(1, Answer::Accepted),
                attendee(2, Answer::Accepted),
                attendee(4, Answer::Tentative),
                attendee(8, Answer::Declined),
            ],
            answered_earlier_version: vec![attendee(3, Answer::Accepted)],
        };
        for (audience, wanted) in [
            (Audience::Members, &[2, 3][..]),
            (Audience::Followers, &[2, 3, 4]),
            (Audience::Going, &[2]),
            (Audience::Maybe, &[4]),
            (Audience::Declined, &[8]),
            (Audience::Answered, &[2, 4, 8]),
            (Audience::Silent, &[3]),
        ] {
            let people = people.map(|(number, state)| (key(number), state));
            let found = audience.people(key(1), people, &answers);
            assert!(
                found.into_iter().eq(wanted.iter().copied().map(key)),
                "{audience}"
            );
            assert_eq!(audience.as_str().parse(), Ok(audience));
        }
        let by_another =
            Audience::Silent.people(key(9), [(key(1), Membership::Owner)], &Tally::default());
        assert!(by_another.into_iter().eq([key(1)]));
        assert!("everybody".parse::<Audience>().is_err());
    }
}
