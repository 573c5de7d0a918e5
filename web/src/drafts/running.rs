//! What the owner of a community decides: who belongs to it, who is muted, and which meetups are its own.
//! Lists are written anew from the stored ones, so that nothing else in them is lost.

use kith_nips::lbc::{
    Calendar, ChannelHide, ChannelMute, Community, MemberList, MuteList, Note, Published,
    Versioned, approve, mute_because, remove, unmute,
};
use kith_nips::nip01::Draft;
use kith_nips::{Address, EventId, PublicKey};

use super::form::Form;
use super::said::{Drafted, Problems, Sayer};

/// Characters of a reason.
const REASON_CHARACTERS_MAX: usize = 200;

/// A community with the lists of its owner, as they are stored.
#[derive(Debug)]
pub struct Running<'a> {
    /// The community.
    pub community: &'a Published<Community>,
    /// What it is called.
    pub title: &'a str,
    /// Its members.
    pub members: Option<&'a Published<MemberList>>,
    /// Who is muted.
    pub muted: Option<&'a Published<MuteList>>,
    /// Its own meetups.
    pub calendar: Option<&'a Published<Calendar>>,
    /// A relay that has it.
    pub relay: Option<&'a str>,
    /// Now, Unix seconds.
    pub now: u64,
}

/// What becomes of a person: fields `action` (`approve`, `remove`, `mute`, `unmute`) and `reason` of muting.
/// The list of the muted comes first: it decides.
///
/// # Errors
/// What is wrong with the form.
pub fn members(
    form: &Form,
    running: &Running<'_>,
    person: PublicKey,
    sayer: Sayer,
) -> Result<Drafted, Problems> {
    let mut problems = Problems::default();
    let reason = sayer.optional(form, "reason", REASON_CHARACTERS_MAX, &mut problems);
    let reason = reason.replace(['\n', '\t'], " ");
    problems.none()?;
    if person == running.community.owner() {
        return Err(Problems::one("person", sayer.say("owner-stays")));
    }
    let id = running.community.id;
    let members = running.members.map(|list| list.note.clone());
    let members = members.unwrap_or_else(|| MemberList::new(id));
    let muted = running.muted.map(|list| list.note.clone());
    let muted = muted.unwrap_or_else(|| MuteList::new(id));
    let (changes, message) = match form.text("action") {
        Some("approve") => (approve(person, &members), "signs-approve"),
        Some("remove") => (remove(person, &members), "signs-remove"),
        Some("mute") => (
            mute_because(person, &reason, &members, &muted),
            "signs-mute",
        ),
        Some("unmute") => (unmute(person, &muted), "signs-unmute"),
        _ => return Err(Problems::one("action", sayer.say("field-choose"))),
    };
    let muted = changes
        .muted
        .map(|list| next(list, running.muted, running.now));
    let members = changes
        .members
        .map(|list| next(list, running.members, running.now));
    let drafts: Vec<Draft> = muted.into_iter().chain(members).flatten().collect();
    if drafts.is_empty() {
        return Err(Problems::one("", sayer.say("nothing-changed")));
    }
    Ok(Drafted::new(drafts, sayer.say_of(message, running.title)))
}

/// Which proposals become meetups of the community, and which do not stay so.
///
/// # Errors
/// Nothing would change.
pub fn calendar(
    running: &Running<'_>,
    add: &[Address],
    take: &[Address],
    sayer: Sayer,
) -> Result<Drafted, Problems> {
    let known = running.calendar.map(|calendar| calendar.note.clone());
    let first = || Calendar::of_community(running.community.id, running.title);
    let mut calendar = known.unwrap_or_else(first);
    let mut changed = 0;
    for meetup in add {
        changed += u64::from(calendar.list(meetup, running.relay));
    }
    for meetup in take {
        changed += u64::from(calendar.unlist(meetup));
    }
    if changed == 0 {
        return Err(Problems::one("", sayer.say("nothing-changed")));
    }
    let draft = next(calendar, running.calendar, running.now);
    let message = if add.is_empty() {
        "signs-release"
    } else {
        "signs-adopt"
    };
    let shown = sayer.say_counted(message, running.title, changed);
    Ok(Drafted::new(draft.into_iter().collect(), shown))
}

/// Hides a message of the chat: for everybody when the owner does it (NIP28-05). Field `reason`.
///
/// # Errors
/// What is wrong with the form.
pub fn hide(form: &Form, message: EventId, title: &str, sayer: Sayer) -> Result<Drafted, Problems> {
    let mut problems = Problems::default();
    let reason = sayer.optional(form, "reason", REASON_CHARACTERS_MAX, &mut problems);
    problems.none()?;
    let draft = ChannelHide::new(message, reason).draft();
    let draft = draft.map_err(|_| Problems::one("reason", sayer.say("field-characters")))?;
    Ok(Drafted::new(vec![draft], sayer.say_of("signs-hide", title)))
}

/// Hides all that somebody writes in chats, for whoever signs (NIP28-05). Owners mute by their list instead.
///
/// # Errors
/// It cannot be written.
pub fn hide_person(person: PublicKey, sayer: Sayer) -> Result<Drafted, Problems> {
    let draft = ChannelMute::new(person, "").draft();
    let draft = draft.map_err(|_| Problems::one("", sayer.say("field-characters")))?;
    Ok(Drafted::new(vec![draft], sayer.say("signs-hide-person")))
}

/// The list in its next version, or in its first.
fn next<N: Versioned>(note: N, before: Option<&Published<N>>, now: u64) -> Option<Draft> {
    let mut draft = note.draft().ok()?;
    let last = before.map(|before| before.created_at);
    draft.created_at = last.map(|last| kith_nips::lbc::created_at_after(last, now));
    Some(draft)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, NOW, fields, keys, sign};
    use super::*;
    use crate::language::Language;

    const SAYER: Sayer = Sayer(Language::English);
    const OWNER: u8 = 3;

    fn person(number: u8) -> PublicKey {
        keys(number).public_key().into()
    }

    fn community() -> Published<Community> {
        Community::read(&sign(&Community::new("").draft().unwrap(), OWNER)).unwrap()
    }

    fn running(community: &Published<Community>) -> Running<'_> {
        Running {
            community,
            title: "Brighton Chess",
            members: None,
            muted: None,
            calendar: None,
            relay: None,
            now: NOW,
        }
    }

    #[test]
    fn people_are_approved_muted_and_let_go_and_nothing_else_is_lost() {
        let community = community();
        let mut members = MemberList::new(community.id);
        members.add(person(8));
        let members = MemberList::read(&sign(&members.draft().unwrap(), OWNER)).unwrap();
        let running = Running {
            members: Some(&members),
            ..running(&community)
        };
        let act = |action: &str, whom| {
            let form = fields(&[("action", action), ("reason", "spam")]);
            super::members(&form, &running, person(whom), SAYER)
        };
        let approved = act("approve", 9).unwrap();
        let list = MemberList::read(&sign(&approved.drafts[0], OWNER)).unwrap();
        assert_eq!(list.people(), [person(8), person(9)]);
        assert!(list.created_at > members.created_at);
        let muted = act("mute", 8).unwrap();
        let list = MuteList::read(&sign(&muted.drafts[0], OWNER)).unwrap();
        assert_eq!(list.reason(person(8)), Some("spam"));
        let list = MemberList::read(&sign(&muted.drafts[1], OWNER)).unwrap();
        assert!(list.people().is_empty());
        assert_eq!(act("remove", 9).unwrap_err().0[0].field, "");
        assert_eq!(act("approve", OWNER).unwrap_err().0[0].field, "person");
        assert_eq!(act("promote", 9).unwrap_err().0[0].field, "action");
        let long = "x".repeat(201);
        let form = fields(&[("action", "mute"), ("reason", &long)]);
        let wrong = super::members(&form, &running, person(9), SAYER).unwrap_err();
        assert_eq!(wrong.0[0].field, "reason");
    }

    #[test]
    fn proposals_are_adopted_and_released() {
        let community = community();
        let meetup = testing::meetup(|_| ()).address();
        let running = running(&community);
        let adopted = calendar(&running, std::slice::from_ref(&meetup), &[], SAYER).unwrap();
        let list = Calendar::read(&sign(&adopted.drafts[0], OWNER)).unwrap();
        assert!(list.lists(&meetup));
        assert_eq!(list.identifier(), community.id.to_string());
        let running = Running {
            calendar: Some(&list),
            ..running
        };
        assert!(calendar(&running, std::slice::from_ref(&meetup), &[], SAYER).is_err());
        let released = calendar(&running, &[], std::slice::from_ref(&meetup), SAYER).unwrap();
        let next = Calendar::read(&sign(&released.drafts[0], OWNER)).unwrap();
        assert!(!next.lists(&meetup));
        assert!(next.created_at > list.created_at);
    }

    #[test]
    fn nip28_05_somebody_is_hidden_for_whoever_signs() {
        let drafted = hide_person(person(9), SAYER).unwrap();
        let hidden = ChannelMute::read(&sign(&drafted.drafts[0], 5)).unwrap();
        assert_eq!(hidden.person, person(9));
    }

    #[test]
    fn a_message_is_hidden_with_a_reason() {
        let id = EventId::from_bytes([4; 32]);
        let form = fields(&[("reason", "advertising")]);
        let drafted = hide(&form, id, "Brighton Chess", SAYER).unwrap();
        let hidden = ChannelHide::read(&sign(&drafted.drafts[0], OWNER)).unwrap();
        assert_eq!(hidden.message, id);
        let long = "x".repeat(201);
        let wrong = hide(&fields(&[("reason", &long)]), id, "", SAYER).unwrap_err();
        assert_eq!(wrong.0[0].field, "reason");
    }
}
