//! One community of a world and every note of its life. Each note depends on the seed, the community
//! and its place in it alone, so any of them can be made again without the others.

use anyhow::Context;
use jiff::Timestamp;
use kith_nips::lbc::{
    Answer, Channel, ChannelMessage, ChannelProfile, Community, CommunityMetadata,
    CommunityReference, FollowList, Meetup, MeetupVersion, MemberList, Rsvp, Slug, Summary, Topic,
};
use kith_nips::nip01::Draft;
use kith_nips::nip52::{TimeSpan, When, Zone};
use kith_nips::place::City;
use kith_nips::{Address, Event, EventId, Kind};
use serde_json::json;

use super::dice::Dice;
use super::person::Person;
use super::places::somewhere_in;
use super::text::Words;
use super::{WEEK_SECONDS, WEEKS, World};

/// People of a community beside its owner.
pub const PEOPLE: u64 = 20;
/// Answers to each meetup.
pub const ANSWERS: u64 = 8;
/// Messages in the chat each week.
pub const MESSAGES: u64 = 6;
/// Notes of a community over all weeks: itself, its description, its chat, its members; the meetups
/// with their answers; the messages; a profile and a list of each person.
pub const NOTES: u64 = 4 + WEEKS * (1 + ANSWERS + MESSAGES) + 2 * PEOPLE;

/// People join in the first weeks.
const WEEKS_OF_JOINING: u64 = 8;
/// One person in so many communities follows hundreds of others.
const COMMUNITIES_PER_TRAVELLER: u64 = 4;
const FOLLOWED_BY_TRAVELLER_MIN: u64 = 100;
const TOPICS: [&str; 12] = [
    "rust",
    "bitcoin",
    "hiking",
    "chess",
    "books",
    "board games",
    "running",
    "photography",
    "python",
    "music",
    "gardening",
    "languages",
];
pub(super) const RELAY: &str = "wss://relay.example.com";

/// What the dice decide, so that no two decisions share their throws.
#[derive(Clone, Copy)]
enum Purpose {
    Head,
    Place,
    Description,
    Meetup,
    Rsvp,
    Message,
    Profile,
    Follows,
    Members,
}

/// A community, with what its notes refer to.
pub struct Head {
    /// Its number in the world.
    pub number: u64,
    /// Who founded it.
    pub owner: Person,
    /// Its id and owner.
    pub reference: CommunityReference,
    /// Its chat.
    pub channel: EventId,
    /// Where it is.
    pub city: City,
    /// What it is about.
    pub topic: &'static str,
}

/// A week of a community: what was written, in the order in which it could be.
pub struct Week<'a> {
    world: &'a World,
    words: &'a Words,
    head: &'a Head,
    week: u64,
    events: &'a mut Vec<Event>,
}

impl Head {
    /// The community of this number. Signs nothing.
    ///
    /// # Errors
    /// A note that cannot be written; there is none.
    pub fn new(world: &World, words: &Words, number: u64) -> anyhow::Result<Head> {
        let owner = world.owner(number)?;
        let mut dice = dice(world, Purpose::Head, &[number]);
        let city = world.places().throw(&mut dice)?;
        let topic = dice.one_of(&TOPICS).copied().context("a topic")?;
        let founded = world.founded(number);
        let (community, channel) = founding(world, words, number, city);
        let event = owner.outline(&community, founded)?;
        let reference = CommunityReference::new(event.id(), event.pubkey());
        let channel = Channel::of_community(reference.clone().at(RELAY), channel);
        let channel = owner.outline(&channel, founded)?.id();
        Ok(Head {
            number,
            owner,
            reference,
            channel,
            city,
            topic,
        })
    }

    /// Where its meetup of a week is found.
    ///
    /// # Errors
    /// A time before the calendar; there is none.
    pub fn meetup(&self, world: &World, week: u64) -> anyhow::Result<Address> {
        let slug = slug(self, start_of_meetup(world, self, week), week)?;
        Ok(Address {
            kind: Kind::MEETUP,
            pubkey: self.owner.pubkey(),
            identifier: slug.identifier(self.reference.id),
        })
    }

    /// The id of its meetup of a week.
    ///
    /// # Errors
    /// A note that cannot be written; there is none.
    pub fn meetup_id(&self, world: &World, words: &Words, week: u64) -> anyhow::Result<EventId> {
        let (meetup, created_at) = meetup(world, words, self, week)?;
        Ok(self.owner.outline(&meetup, created_at)?.id())
    }
}

/// Writes everything of one week of `head` behind `events`. `group` are the communities that the
/// people of this one have heard of.
///
/// # Errors
/// A note that cannot be written; there is none.
pub fn live_a_week(
    world: &World,
    words: &Words,
    head: &Head,
    group: &[Head],
    week: u64,
    events: &mut Vec<Event>,
) -> anyhow::Result<()> {
    let mut life = Week {
        world,
        words,
        head,
        week,
        events,
    };
    if week == 0 {
        life.found()?;
    }
    if week == WEEKS_OF_JOINING {
        life.list_members()?;
    }
    let (meetup, created_at) = meetup(world, words, head, week)?;
    let meetup = head.owner.sign(&meetup, created_at)?;
    let (address, version) = (meetup.address().context("an address")?, meetup.id());
    life.events.push(meetup);
    for number in (0..PEOPLE).filter(|number| number % WEEKS_OF_JOINING == week) {
        life.join(number, group)?;
    }
    for turn in 0..ANSWERS {
        let number = (week * ANSWERS + turn) % PEOPLE;
        let person = world.person(head.number, number)?;
        life.answer(&person, number, &address, version)?;
        if turn < MESSAGES {
            life.speak(&person, number)?;
        }
    }
    Ok(())
}

impl Week<'_> {
    fn found(&mut self) -> anyhow::Result<()> {
        let (world, head) = (self.world, self.head);
        let founded = world.founded(head.number);
        let (community, channel) = founding(world, self.words, head.number, head.city);
        self.sign(&head.owner, &community, founded)?;
        let channel = Channel::of_community(head.reference.clone().at(RELAY), channel);
        self.sign(&head.owner, &channel, founded)?;
        let mut dice = dice(world, Purpose::Description, &[head.number]);
        let title = format!("{} {} {}", head.city.name(), head.topic, head.number);
        let mut metadata = CommunityMetadata::new(head.reference.clone().at(RELAY), title);
        metadata.description = self.words.sentences(&mut dice, 600);
        metadata.image = Some(picture(&mut dice));
        metadata.location = somewhere_in(head.city, &mut dice)?;
        metadata.topics = topics(&[head.topic, "meetup"]);
        self.sign(&head.owner, &metadata, founded)
    }

    fn list_members(&mut self) -> anyhow::Result<()> {
        let head = self.head;
        let mut members = MemberList::new(head.reference.id);
        for number in 0..PEOPLE {
            members.add(self.world.person(head.number, number)?.pubkey());
        }
        let mut dice = dice(self.world, Purpose::Members, &[head.number]);
        let created_at = self.world.moment(head.number, self.week, &mut dice);
        self.sign(&head.owner, &members, created_at)
    }

    fn join(&mut self, number: u64, group: &[Head]) -> anyhow::Result<()> {
        let (world, head) = (self.world, self.head);
        let person = world.person(head.number, number)?;
        let mut dice = dice(world, Purpose::Profile, &[head.number, number]);
        let about = self.words.sentences(&mut dice, 160);
        let draft = profile(about, &mut dice, head.number, number);
        let created_at = world.moment(head.number, self.week, &mut dice);
        self.events.push(person.sign_draft(&draft, created_at)?);
        let mut dice = dice_of_follows(world, head, number);
        let created_at = world.moment(head.number, self.week, &mut dice);
        let follows = follows(&mut dice, head, number, group);
        self.sign(&person, &follows, created_at)
    }

    fn answer(
        &mut self,
        person: &Person,
        number: u64,
        meetup: &Address,
        version: EventId,
    ) -> anyhow::Result<()> {
        let words = [self.head.number, self.week, number];
        let mut dice = dice(self.world, Purpose::Rsvp, &words);
        let answers = [
            Answer::Accepted,
            Answer::Accepted,
            Answer::Tentative,
            Answer::Declined,
        ];
        let answer = dice.one_of(&answers).copied().context("an answer")?;
        let mut rsvp = Rsvp::new(meetup.clone(), answer);
        rsvp.relay = Some(RELAY.to_owned());
        rsvp.version = Some(MeetupVersion {
            id: version,
            relay: Some(RELAY.to_owned()),
        });
        let bytes = 40 + dice.below(300);
        rsvp.comment = self.words.sentences(&mut dice, bytes);
        let created_at = self.world.moment(self.head.number, self.week, &mut dice);
        self.sign(person, &rsvp, created_at)
    }

    fn speak(&mut self, person: &Person, number: u64) -> anyhow::Result<()> {
        let words = [self.head.number, self.week, number];
        let mut dice = dice(self.world, Purpose::Message, &words);
        let bytes = 40 + dice.below(dice.clone().below(3_600) + 1);
        let text = self.words.sentences(&mut dice, bytes);
        let mut message = ChannelMessage::new(self.head.channel, text);
        message.relay = Some(RELAY.to_owned());
        let created_at = self.world.moment(self.head.number, self.week, &mut dice);
        self.sign(person, &message, created_at)
    }

    fn sign(
        &mut self,
        person: &Person,
        note: &impl kith_nips::lbc::Note,
        created_at: u64,
    ) -> anyhow::Result<()> {
        self.events.push(person.sign(note, created_at)?);
        Ok(())
    }
}

/// What a community says of itself at first, and its chat.
fn founding(world: &World, words: &Words, number: u64, city: City) -> (Community, ChannelProfile) {
    let mut dice = dice(world, Purpose::Place, &[number]);
    let text = words.sentences(&mut dice, 200);
    let about = format!("Community number {number} of {}. {text}", city.label());
    let mut channel = ChannelProfile::named(format!("Chat of community {number}"));
    channel.about = Some(words.sentences(&mut dice, 120));
    (Community::new(about), channel)
}

/// The meetup of a week, and when it was announced.
fn meetup(world: &World, words: &Words, head: &Head, week: u64) -> anyhow::Result<(Meetup, u64)> {
    let mut dice = dice(world, Purpose::Meetup, &[head.number, week]);
    let start = start_of_meetup(world, head, week);
    let zone = Zone::new(head.city.timezone())?;
    let when = When::timed(TimeSpan::new(start, Some(start + 7_200))?).in_zone(zone);
    let slug = slug(head, start, week)?;
    let community = head.reference.clone().at(RELAY);
    let mut meetup = Meetup::new(community, &slug, title(head, week), when);
    meetup.summary = Summary::new(&words.sentences(&mut dice, 80))?;
    let bytes = 300 + dice.below(1_200);
    meetup.description = words.sentences(&mut dice, bytes);
    meetup.places = vec![format!(
        "Main street {}, {}",
        dice.below(200),
        head.city.name()
    )];
    meetup.location = somewhere_in(head.city, &mut dice)?;
    meetup.image = Some(picture(&mut dice));
    meetup.topics = topics(&[head.topic]);
    Ok((meetup, world.moment(head.number, week, &mut dice)))
}

/// In the evening, a week after it could be announced at the earliest.
fn start_of_meetup(world: &World, head: &Head, week: u64) -> u64 {
    let evening = 68_400 + 1_800 * (head.number % 6);
    let day = world.window(head.number, week).0 / 86_400 * 86_400;
    day + WEEK_SECONDS + evening
}

fn slug(head: &Head, start: u64, week: u64) -> anyhow::Result<Slug> {
    let start = Timestamp::from_second(i64::try_from(start)?)?;
    let day = start.to_zoned(jiff::tz::TimeZone::UTC).date();
    Ok(Slug::from_title(&title(head, week), day))
}

fn title(head: &Head, week: u64) -> String {
    format!("{} evening {}", head.topic, week + 1)
}

/// A profile (kind 0), as clients write it.
pub(super) fn profile(about: String, dice: &mut Dice, community: u64, number: u64) -> Draft {
    let name = format!("person{community}x{number}");
    let profile = json!({
        "name": name,
        "display_name": format!("Person {number} of community {community}"),
        "about": about,
        "picture": picture(dice),
        "nip05": format!("{name}@example.com"),
        "lud16": format!("{name}@pay.example.com"),
    });
    Draft {
        kind: Kind::PROFILE,
        created_at: None,
        tags: Vec::new(),
        content: profile.to_string(),
    }
}

fn dice_of_follows(world: &World, head: &Head, number: u64) -> Dice {
    dice(world, Purpose::Follows, &[head.number, number])
}

/// Follows the own community, as everybody does; a traveller follows hundreds.
fn follows(dice: &mut Dice, head: &Head, number: u64, group: &[Head]) -> FollowList {
    let mut follows = FollowList::new();
    follows.follow(head.reference.id);
    if number == 0 && head.number.is_multiple_of(COMMUNITIES_PER_TRAVELLER) {
        let others = group.len() as u64;
        let spread = others.saturating_sub(FOLLOWED_BY_TRAVELLER_MIN);
        let wanted = FOLLOWED_BY_TRAVELLER_MIN + dice.below(spread);
        let first = dice.below(others);
        let from_there = group.iter().cycle().skip(first as usize);
        for other in from_there.take(wanted.min(others) as usize) {
            follows.follow(other.reference.id);
        }
    }
    follows.set_cities(&[head.city.tag()]);
    follows.set_topics(&topics(&[head.topic]));
    follows
}

pub(super) fn topics(words: &[&str]) -> Vec<Topic> {
    words.iter().filter_map(|word| Topic::new(word)).collect()
}

pub(super) fn picture(dice: &mut Dice) -> String {
    format!(
        "https://media.example.com/{:016x}.jpg",
        dice.below(u64::MAX)
    )
}

fn dice(world: &World, purpose: Purpose, words: &[u64]) -> Dice {
    let mut all = vec![world.seed(), purpose as u64];
    all.extend_from_slice(words);
    Dice::of(&all)
}
