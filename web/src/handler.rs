//! What the pages say of themselves to other applications: which kinds have a page here, and at which address
//! (NIP-89, kind 31990).

use kith_nips::Kind;
use kith_nips::nip01::Draft;

/// Where an application says what it shows.
pub const HANDLER: Kind = Kind::new(31_990);

/// What tells the pages apart from other applications of the same author.
pub const HANDLER_IDENTIFIER: &str = "kith-pages";

/// What has a page: communities and their descriptions, meetups, calendars, and the meetups of answers.
const KINDS: [Kind; 6] = [
    Kind::COMMUNITY,
    Kind::COMMUNITY_METADATA,
    Kind::DATE_MEETUP,
    Kind::MEETUP,
    Kind::CALENDAR,
    Kind::RSVP,
];

/// The beginnings of paths that take an identifier of NIP-19, and lead to whatever page it has.
const PATHS: [(&str, &str); 3] = [("m", "naddr"), ("c", "nevent"), ("p", "nprofile")];

/// The announcement of the pages at an origin, such as `https://kith.example`.
///
/// ```
/// let draft = kith_web::handler("https://kith.example", "Kith");
/// assert!(draft.tags.contains(&vec!["k".to_owned(), "31923".to_owned()]));
/// let web = ["web", "https://kith.example/m/<bech32>", "naddr"].map(str::to_owned);
/// assert!(draft.tags.contains(&web.to_vec()));
/// ```
pub fn handler(origin: &str, name: &str) -> Draft {
    let mut tags = vec![vec!["d".to_owned(), HANDLER_IDENTIFIER.to_owned()]];
    tags.extend(KINDS.map(|kind| vec!["k".to_owned(), kind.to_string()]));
    tags.extend(PATHS.map(|(path, entity)| {
        let address = format!("{origin}/{path}/<bech32>");
        vec!["web".to_owned(), address, entity.to_owned()]
    }));
    let content = serde_json::json!({ "name": name, "website": format!("{origin}/") });
    Draft {
        kind: HANDLER,
        created_at: None,
        tags,
        content: content.to_string(),
    }
}
