//! NIP-43: requests to join and to leave a relay, and the events in which a relay says who its
//! members are and which roles they have. Who is a member, and which invite codes are good, is the
//! relay's to know; signatures are checked elsewhere.

use serde::{Deserialize, Serialize};

use crate::nip01::{Draft, Event, Kind, PublicKey};

/// How far the time of a request may be from the relay's, in seconds, either way.
pub const REQUEST_AGE_MAX_S: u64 = 300;
/// The longest identifier of a role, in characters.
pub const ROLE_ID_CHARS_MAX: usize = 64;
/// The longest label of a role, in characters.
pub const ROLE_LABEL_CHARS_MAX: usize = 100;
/// The longest description of a role, in characters.
pub const ROLE_DESCRIPTION_CHARS_MAX: usize = 1_000;
/// The greatest hue of a role, in degrees.
pub const ROLE_COLOR_MAX: u16 = 360;

/// What somebody asks of the relay.
///
/// ```
/// use kith_nips::{Kind, nip01::Draft, nip43::Request};
/// let draft = Draft {
///     kind: Kind::JOIN_REQUEST,
///     created_at: None,
///     tags: vec![vec!["-".into()], vec!["claim".into(), "f00d".into()]],
///     content: String::new(),
/// };
/// let event = draft.sign(&nostr::Keys::generate(), 1_700_000_000)?;
/// let asked = Request::read(&event, 1_700_000_010)?;
/// assert_eq!(asked, Some(Request::Join { claim: Some("f00d".into()) }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Kind 28934: its author wants to become a member.
    Join {
        /// The invite code, if there is a `claim` tag with a value.
        claim: Option<String>,
    },
    /// Kind 28936: its author wants to be a member no longer.
    Leave,
}

/// Why a request is refused. The text is what follows `invalid: ` in the answer.
///
/// ```
/// use kith_nips::nip43::RequestError;
/// assert_eq!(RequestError::Unprotected.to_string(), "a request to leave needs a - tag");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// More than [`REQUEST_AGE_MAX_S`] from the relay's time.
    #[error("created_at is more than 300 seconds from the relay's time")]
    Time,
    /// A request to leave that anybody could send again (NIP-70).
    #[error("a request to leave needs a - tag")]
    Unprotected,
}

impl Request {
    /// Reads a request; none if the event is of another kind. `now` is Unix time in seconds.
    pub fn read(event: &Event, now: u64) -> Result<Option<Self>, RequestError> {
        let request = match event.kind() {
            Kind::JOIN_REQUEST => Request::Join {
                claim: event.tags().first_value("claim").map(str::to_owned),
            },
            Kind::LEAVE_REQUEST => Request::Leave,
            _ => return Ok(None),
        };
        if event.created_at().abs_diff(now) > REQUEST_AGE_MAX_S {
            return Err(RequestError::Time);
        }
        // The text on joining does not ask for the tag, that on leaving does.
        if request == Request::Leave && !event.is_protected() {
            return Err(RequestError::Unprotected);
        }
        Ok(Some(request))
    }
}

/// A role that members may have.
///
/// ```
/// use kith_nips::nip43::{Role, RoleError};
/// let role = Role::new("host", "Host", "Opens the door", Some(37), Some(1))?;
/// assert_eq!(role.id(), "host");
/// assert_eq!(role.draft().tags[2], ["label", "Host"]);
/// assert_eq!(Role::new("", "Host", "", None, None), Err(RoleError::Id));
/// # Ok::<(), RoleError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    id: String,
    label: String,
    description: String,
    color: Option<u16>,
    order: Option<i64>,
}

/// What is wrong with a role.
///
/// ```
/// use kith_nips::nip43::RoleError;
/// assert_eq!(RoleError::Color.to_string(), "the color of a role is a hue from 0 to 360");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    /// Empty, or more than [`ROLE_ID_CHARS_MAX`] characters.
    #[error("the id of a role has 1 to 64 characters")]
    Id,
    /// More than [`ROLE_LABEL_CHARS_MAX`] characters.
    #[error("the label of a role has at most 100 characters")]
    Label,
    /// More than [`ROLE_DESCRIPTION_CHARS_MAX`] characters.
    #[error("the description of a role has at most 1000 characters")]
    Description,
    /// More than [`ROLE_COLOR_MAX`].
    #[error("the color of a role is a hue from 0 to 360")]
    Color,
    /// Some text has a control character, on which programs do not agree how to hash it (NIP-01).
    #[error("the texts of a role have no control characters")]
    ControlCharacter,
}

impl Role {
    /// A role; an empty label or description is none. `color` is a hue in degrees, `order` is for
    /// showing roles, lower first.
    pub fn new(
        id: impl Into<String>,
        label: impl Into<String>,
        description: impl Into<String>,
        color: Option<u16>,
        order: Option<i64>,
    ) -> Result<Self, RoleError> {
        let role = Role {
            id: id.into(),
            label: label.into(),
            description: description.into(),
            color,
            order,
        };
        let too_long = |text: &str, chars_max| text.chars().count() > chars_max;
        if role.id.is_empty() || too_long(&role.id, ROLE_ID_CHARS_MAX) {
            return Err(RoleError::Id);
        }
        if too_long(&role.label, ROLE_LABEL_CHARS_MAX) {
            return Err(RoleError::Label);
        }
        if too_long(&role.description, ROLE_DESCRIPTION_CHARS_MAX) {
            return Err(RoleError::Description);
        }
        if color.is_some_and(|hue| hue > ROLE_COLOR_MAX) {
            return Err(RoleError::Color);
        }
        let texts = [&role.id, &role.label, &role.description];
        if texts.iter().any(|text| text.contains(char::is_control)) {
            return Err(RoleError::ControlCharacter);
        }
        Ok(role)
    }

    /// Its identifier, as it stands behind the keys of members.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it is called, or nothing.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What it is for, or nothing.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// A hue in degrees.
    pub fn color(&self) -> Option<u16> {
        self.color
    }

    /// Where it is shown among others, lower first.
    pub fn order(&self) -> Option<i64> {
        self.order
    }

    /// Kind 33534: what the relay says about this role.
    pub fn draft(&self) -> Draft {
        let color = self.color.map(|hue| hue.to_string()).unwrap_or_default();
        let order = self.order.map(|order| order.to_string());
        let optional = [
            ("label", self.label.as_str()),
            ("description", self.description.as_str()),
            ("color", &color),
            ("order", order.as_deref().unwrap_or_default()),
        ];
        let tags = [tag(["d", self.id.as_str()])].into_iter();
        let optional = optional.into_iter().filter(|(_, value)| !value.is_empty());
        let optional = optional.map(|(name, value)| tag([name, value]));
        protected(Kind::RELAY_ROLE, tags.chain(optional))
    }
}

/// Kind 28934: a request to join with an invite code. Only its author can bring it (NIP-70).
///
/// ```
/// use kith_nips::{Kind, nip43};
/// let draft = nip43::join("f00d");
/// assert_eq!(draft.kind, Kind::JOIN_REQUEST);
/// assert_eq!(draft.tags, [vec!["-"], vec!["claim", "f00d"]]);
/// ```
pub fn join(claim: &str) -> Draft {
    protected(Kind::JOIN_REQUEST, [tag(["claim", claim])])
}

/// Kind 13534: everybody who is a member, each with the identifiers of their roles.
///
/// ```
/// use kith_nips::{Kind, PublicKey, nip43};
/// let ada = PublicKey::from_bytes([1; 32]);
/// let draft = nip43::member_list([(ada, ["host", "founder"])]);
/// assert_eq!(draft.kind, Kind::RELAY_MEMBERS);
/// assert_eq!(draft.tags[1][0], "member");
/// assert_eq!(draft.tags[1][2..], ["host", "founder"]);
/// ```
pub fn member_list<R>(members: impl IntoIterator<Item = (PublicKey, R)>) -> Draft
where
    R: IntoIterator<Item: AsRef<str>>,
{
    let tags = members.into_iter().map(|(member, roles)| {
        let mut tag = tag(["member", &member.to_string()]);
        tag.extend(roles.into_iter().map(|role| role.as_ref().to_owned()));
        tag
    });
    protected(Kind::RELAY_MEMBERS, tags)
}

/// Kind 8000: somebody has become a member.
///
/// ```
/// use kith_nips::{PublicKey, nip43};
/// let ada = PublicKey::from_bytes([1; 32]);
/// assert_eq!(nip43::member_added(ada).tags, [vec!["-".into()], vec!["p".into(), ada.to_string()]]);
/// ```
pub fn member_added(member: PublicKey) -> Draft {
    protected(Kind::MEMBER_ADDED, [tag(["p", &member.to_string()])])
}

/// Kind 8001: somebody is a member no longer.
///
/// ```
/// use kith_nips::{Kind, PublicKey, nip43};
/// let ada = PublicKey::from_bytes([1; 32]);
/// assert_eq!(nip43::member_removed(ada).kind, Kind::MEMBER_REMOVED);
/// ```
pub fn member_removed(member: PublicKey) -> Draft {
    protected(Kind::MEMBER_REMOVED, [tag(["p", &member.to_string()])])
}

/// Kind 28935: an invite code for whoever asked.
///
/// ```
/// use kith_nips::nip43;
/// assert_eq!(nip43::invite("f00d").tags, [vec!["-"], vec!["claim", "f00d"]]);
/// ```
pub fn invite(claim: &str) -> Draft {
    protected(Kind::INVITE, [tag(["claim", claim])])
}

/// For nobody else to pass on (NIP-70), as all that a relay publishes about itself.
fn protected(kind: Kind, tags: impl IntoIterator<Item = Vec<String>>) -> Draft {
    Draft {
        kind,
        created_at: None,
        tags: [tag(["-"])].into_iter().chain(tags).collect(),
        content: String::new(),
    }
}

fn tag<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_700_000_000;

    fn event(kind: Kind, created_at: u64, tags: &[&[&str]]) -> Event {
        let draft = Draft {
            kind,
            created_at: Some(created_at),
            tags: tags
                .iter()
                .map(|tag| tag.iter().map(|text| (*text).to_owned()).collect())
                .collect(),
            content: String::new(),
        };
        draft.sign(&nostr::Keys::generate(), NOW).unwrap()
    }

    fn claim(tags: &[&[&str]]) -> Option<String> {
        match Request::read(&event(Kind::JOIN_REQUEST, NOW, tags), NOW) {
            Ok(Some(Request::Join { claim })) => claim,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nip43_02_03_the_first_claim_with_a_value_counts() {
        assert_eq!(claim(&[&["claim", "a"]]).as_deref(), Some("a"));
        assert_eq!(claim(&[&["claim"], &["claim", "b"]]).as_deref(), Some("b"));
        assert_eq!(claim(&[&["-"], &["Claim", "a"]]), None);
        assert_eq!(claim(&[]), None);
    }

    #[test]
    fn nip43_05_a_few_minutes_are_five() {
        for kind in [Kind::JOIN_REQUEST, Kind::LEAVE_REQUEST] {
            let read = |time| Request::read(&event(kind, time, &[&["-"]]), NOW);
            for near in [NOW, NOW - 300, NOW + 300] {
                assert!(read(near).is_ok_and(|request| request.is_some()), "{near}");
            }
            for far in [NOW - 301, NOW + 301, 0] {
                assert_eq!(read(far), Err(RequestError::Time), "{far}");
            }
        }
    }

    #[test]
    fn nip43_06_only_leaving_needs_protection() {
        let leave = event(Kind::LEAVE_REQUEST, NOW, &[&["t", "-"]]);
        assert_eq!(
            Request::read(&leave, NOW),
            Err(RequestError::Unprotected),
            "anybody could send it"
        );
        let leave = event(Kind::LEAVE_REQUEST, NOW, &[&["-"]]);
        assert_eq!(Request::read(&leave, NOW), Ok(Some(Request::Leave)));
        assert_eq!(claim(&[&["claim", "a"]]).as_deref(), Some("a"));
    }

    #[test]
    fn nip43_11_what_relays_say_is_no_request() {
        let kinds = [
            Kind::RELAY_MEMBERS,
            Kind::RELAY_ROLE,
            Kind::MEMBER_ADDED,
            Kind::MEMBER_REMOVED,
            Kind::INVITE,
        ];
        for kind in kinds {
            let said = event(kind, NOW, &[&["-"], &["claim", "a"]]);
            assert_eq!(Request::read(&said, NOW), Ok(None), "{kind}");
        }
    }

    fn texts(draft: &Draft) -> Vec<Vec<&str>> {
        let tags = draft.tags.iter();
        tags.map(|tag| tag.iter().map(String::as_str).collect())
            .collect()
    }

    #[test]
    fn nip43_08_10_members_come_with_the_ids_of_their_roles() {
        let (ada, ben) = (
            PublicKey::from_bytes([0xad; 32]),
            PublicKey::from_bytes([0xbe; 32]),
        );
        let draft = member_list([(ada, vec!["king", "host"]), (ben, vec![])]);
        let (ada, ben) = (ada.to_string(), ben.to_string());
        assert_eq!(
            texts(&draft),
            [
                vec!["-"],
                vec!["member", &ada, "king", "host"],
                vec!["member", &ben],
            ]
        );
        let nobody = member_list(Vec::<(PublicKey, Vec<String>)>::new());
        assert_eq!(texts(&nobody), [["-"]]);
    }

    #[test]
    fn nip43_10_what_a_role_does_not_have_is_not_said() {
        let full = Role::new("28b7e50f", "king", "ruler", Some(0), Some(-1)).unwrap();
        assert_eq!(
            texts(&full.draft()),
            [
                vec!["-"],
                vec!["d", "28b7e50f"],
                vec!["label", "king"],
                vec!["description", "ruler"],
                vec!["color", "0"],
                vec!["order", "-1"],
            ]
        );
        let bare = Role::new("x", "", "", None, None).unwrap();
        assert_eq!(texts(&bare.draft()), [vec!["-"], vec!["d", "x"]]);
        assert_eq!(bare.draft().kind, Kind::RELAY_ROLE);
    }

    #[test]
    fn nip43_10_a_role_has_bounds() {
        let long = |chars| "é".repeat(chars);
        let check = |id: &str, label: &str, description: &str, color, expected| {
            let role = Role::new(id, label, description, color, None);
            assert_eq!(role.err(), expected);
        };
        let (id, label, description) = (long(64), long(100), long(1_000));
        check(&id, &label, &description, Some(360), None);
        check("", "", "", None, Some(RoleError::Id));
        check(&long(65), "", "", None, Some(RoleError::Id));
        check("x", &long(101), "", None, Some(RoleError::Label));
        check("x", "", &long(1_001), None, Some(RoleError::Description));
        check("x", "", "", Some(361), Some(RoleError::Color));
        for (id, label, description) in [("\0", "", ""), ("x", "\n", ""), ("x", "", "\u{7f}")] {
            let expected = Some(RoleError::ControlCharacter);
            check(id, label, description, None, expected);
        }
    }
}
