//! NIP-89, programs that show kinds of events: what people recommend (kind 31989), what programs announce
//! (kind 31990), and the address that opens a note with one. Opens nothing and asks nobody.

use nostr::Url;

use crate::nip01::{Address, Event, Kind};

/// Kind 31989: the programs that somebody recommends for a kind, which is its identifier.
pub const RECOMMENDATION: Kind = Kind::new(31_989);
/// Kind 31990: what a program shows, and how.
pub const HANDLER: Kind = Kind::new(31_990);

/// Programs that are read of one recommendation.
pub const RECOMMENDED_MAX: usize = 20;
/// Addresses that are read of one announcement.
pub const TEMPLATES_MAX: usize = 50;

/// Where the name of the note stands in an address.
const PLACE: &str = "<bech32>";
/// The platform of addresses for browsers.
const WEB: &str = "web";
/// Schemes that run what stands in the address, or read files of this machine.
const SCHEMES_NEVER: [&str; 8] = [
    "about",
    "blob",
    "data",
    "file",
    "filesystem",
    "http",
    "javascript",
    "vbscript",
];
/// Tags that are no platforms. The last two are from 2026-06, for sites of one file: not for us.
const TAGS_OF_OTHERS: [&str; 9] = ["d", "k", "t", "a", "e", "p", "alt", "latest", "next"];

/// The programs that a recommendation names for a platform; of the others only those for none.
///
/// ```
/// use kith_nips::{Kind, nip01::Draft, nip89};
/// let program = format!("31990:{}:kith", "ab".repeat(32));
/// let draft = Draft {
///     kind: nip89::RECOMMENDATION,
///     created_at: None,
///     tags: vec![
///         vec!["d".into(), "31923".into()],
///         vec!["a".into(), program.clone(), "wss://relay.example.com".into(), "web".into()],
///     ],
///     content: String::new(),
/// };
/// let event = draft.sign(&nostr::Keys::generate(), 1_700_000_000)?;
/// let found = nip89::recommended(&event, Kind::new(31_923), "web");
/// assert_eq!(found[0].to_string(), program);
/// assert!(nip89::recommended(&event, Kind::new(1), "web").is_empty());
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
pub fn recommended(event: &Event, kind: Kind, platform: &str) -> Vec<Address> {
    let is_of_kind = event.tags().first_value("d") == Some(kind.as_u16().to_string().as_str());
    if event.kind() != RECOMMENDATION || !is_of_kind {
        return Vec::new();
    }
    let tags = event.tags().named("a").filter(|tag| {
        let named = tag.get(3).unwrap_or_default();
        named.is_empty() || named == platform
    });
    let addresses = tags.filter_map(|tag| tag.get(1)?.parse::<Address>().ok());
    let addresses = addresses.filter(|address| address.kind == HANDLER);
    addresses.take(RECOMMENDED_MAX).collect()
}

/// A program that announced itself.
///
/// ```
/// use kith_nips::{Kind, nip01::Draft, nip89::{self, Handler}};
/// let tag = |texts: &[&str]| texts.iter().map(|text| text.to_string()).collect::<Vec<_>>();
/// let draft = Draft {
///     kind: nip89::HANDLER,
///     created_at: None,
///     tags: vec![
///         tag(&["d", "kith"]),
///         tag(&["k", "31923"]),
///         tag(&["web", "https://example.com/e/<bech32>", "naddr"]),
///     ],
///     content: r#"{"name":"Kith"}"#.into(),
/// };
/// let event = draft.sign(&nostr::Keys::generate(), 1_700_000_000)?;
/// let handler = Handler::read(&event).unwrap();
/// assert!(handler.shows(Kind::new(31_923)));
/// let address = handler.address("web", "naddr1qq", &[]).unwrap();
/// assert_eq!(address, "https://example.com/e/naddr1qq");
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handler {
    /// Where it is announced.
    pub at: Address,
    /// What it is called, if it says so.
    pub name: Option<String>,
    kinds: Vec<Kind>,
    templates: Vec<Template>,
}

/// An address of one platform.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Template {
    platform: String,
    text: String,
    /// `nevent`, `naddr`, …; `None` for all that no other address is for.
    entity: Option<String>,
}

impl Handler {
    /// Reads an announcement; `None` for any other event.
    pub fn read(event: &Event) -> Option<Handler> {
        if event.kind() != HANDLER {
            return None;
        }
        let kinds = event
            .tags()
            .named("k")
            .filter_map(|tag| tag.get(1)?.parse().ok());
        let tags = event.tags().iter().filter_map(|tag| {
            let platform = tag.get(0)?;
            let text = tag.get(1).filter(|text| text.contains(PLACE))?;
            let is_platform = !TAGS_OF_OTHERS.contains(&platform);
            let entity = tag.get(2).filter(|entity| !entity.is_empty());
            is_platform.then(|| Template {
                platform: platform.to_owned(),
                text: text.to_owned(),
                entity: entity.map(str::to_owned),
            })
        });
        let profile: Option<serde_json::Value> = serde_json::from_str(event.content()).ok();
        let name = profile.and_then(|profile| Some(profile.get("name")?.as_str()?.to_owned()));
        Some(Handler {
            at: event.address()?,
            name,
            kinds: kinds.map(Kind::new).collect(),
            templates: tags.take(TEMPLATES_MAX).collect(),
        })
    }

    /// Whether it says that it shows this kind.
    pub fn shows(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    /// What opens a note with it on this platform: the address for names such as this one, else the one
    /// for all. Only `https`, and schemes of programs that the user said yes to; never one that runs what
    /// stands behind it.
    pub fn address(&self, platform: &str, name: &str, confirmed: &[&str]) -> Option<String> {
        let (entity, _) = name.split_once('1')?;
        if entity.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let mine = || self.templates.iter().filter(|one| one.platform == platform);
        let exact = mine().find(|one| one.entity.as_deref() == Some(entity));
        // An address without the sort of name is for whatever no other is for.
        let template = exact.or_else(|| mine().find(|one| one.entity.is_none()))?;
        let address = Url::parse(&template.text.replace(PLACE, name)).ok()?;
        let scheme = address.scheme();
        let is_own = confirmed.contains(&scheme) && !SCHEMES_NEVER.contains(&scheme);
        (scheme == "https" || (is_own && platform != WEB)).then(|| address.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nip01::Draft;

    const NADDR: &str = "naddr1qqqq";

    fn event(kind: Kind, tags: &[&[&str]]) -> Event {
        let tag = |tag: &&[&str]| tag.iter().map(|text| (*text).to_owned()).collect();
        let draft = Draft {
            kind,
            created_at: None,
            tags: tags.iter().map(tag).collect(),
            content: "no profile".to_owned(),
        };
        draft.sign(&nostr::Keys::generate(), 1_700_000_000).unwrap()
    }

    fn handler(tags: &[&[&str]]) -> Handler {
        Handler::read(&event(HANDLER, tags)).unwrap()
    }

    #[test]
    fn nip89_02_the_name_of_the_note_is_put_into_the_address() {
        let own = handler(&[
            &["d", "x"],
            &["k", "31923"],
            &["k", "much"],
            &[
                "web",
                "https://example.com/a/<bech32>?from=<bech32>",
                "naddr",
            ],
            &["ios", "kith:<bech32>", "naddr"],
        ]);
        assert!(own.shows(Kind::new(31_923)) && !own.shows(Kind::new(1)));
        assert_eq!(own.name, None);
        let web = own.address("web", NADDR, &[]).unwrap();
        assert_eq!(web, "https://example.com/a/naddr1qqqq?from=naddr1qqqq");
        for (platform, name) in [
            ("web", "nevent1qqqq"),
            ("android", NADDR),
            ("web", "naddr1/../x"),
            ("web", "1qqqq"),
            ("web", ""),
        ] {
            assert_eq!(own.address(platform, name, &[]), None, "{platform} {name}");
        }
        assert_eq!(Handler::read(&event(Kind::TEXT_NOTE, &[&["d", "x"]])), None);
    }

    #[test]
    fn nip89_02_only_https_and_what_the_user_said_yes_to_is_opened() {
        let of = |platform: &str, text: &str, confirmed: &[&str]| {
            handler(&[&["d", "x"], &[platform, text]]).address(platform, NADDR, confirmed)
        };
        assert!(of("web", "https://example.com/<bech32>", &[]).is_some());
        assert_eq!(of("ios", "kith:<bech32>", &[]), None);
        assert_eq!(of("ios", "kith:<bech32>", &["other"]), None);
        let opened = of("ios", "kith:<bech32>", &["kith"]);
        assert_eq!(opened.as_deref(), Some("kith:naddr1qqqq"));
        for scheme in SCHEMES_NEVER {
            let text = format!("{scheme}:alert(<bech32>)");
            for text in [text.clone(), text.to_uppercase(), format!(" {text}")] {
                let text = text.replace("<BECH32>", PLACE);
                for platform in ["web", "ios"] {
                    assert_eq!(of(platform, &text, &[scheme]), None, "{text}");
                }
            }
        }
        assert_eq!(
            of("web", "kith:<bech32>", &["kith"]),
            None,
            "no address for browsers"
        );
        assert_eq!(of("web", "<bech32>", &[]), None);
        assert_eq!(
            of("web", "https://example.com/", &[]),
            None,
            "leads to no note"
        );
    }

    #[test]
    fn nip89_02_a_recommendation_counts_for_its_kind_and_platform() {
        let at = |kind: u16, name: &str| format!("{kind}:{}:{name}", "ab".repeat(32));
        let [any, web, ios, other] = [
            at(31_990, "any"),
            at(31_990, "web"),
            at(31_990, "ios"),
            at(30_000, "other"),
        ];
        let event = event(
            RECOMMENDATION,
            &[
                &["d", "31923"],
                &["a", &any],
                &["a", &web, "", "web"],
                &["a", &ios, "wss://relay.example.com", "ios"],
                &["a", &other, "", "web"],
                &["a", "nobody"],
                &["a"],
            ],
        );
        let found = recommended(&event, Kind::new(31_923), "web");
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found, [any, web]);
        assert_eq!(recommended(&event, Kind::new(31_922), "web"), []);
    }

    #[test]
    fn nip89_03_an_address_without_a_sort_of_name_is_for_all_others() {
        let own = handler(&[
            &["d", "x"],
            &["web", "https://example.com/any/<bech32>"],
            &["web", "https://example.com/a/<bech32>", "naddr"],
            &["web", "https://example.com/empty/<bech32>", ""],
        ]);
        let web = |name| own.address("web", name, &[]).unwrap();
        assert_eq!(web(NADDR), "https://example.com/a/naddr1qqqq");
        for name in ["nevent1qqqq", "npub1qqqq", "note1qqqq"] {
            assert_eq!(web(name), format!("https://example.com/any/{name}"));
        }
    }

    #[test]
    fn nip89_05_tags_of_site_manifests_are_ignored() {
        let tags: [&[&str]; 3] = [
            &["d", "x"],
            &["k", "1"],
            &["web", "https://example.com/<bech32>"],
        ];
        let plain = handler(&tags);
        let latest: &[&str] = &["latest", "https://evil.example.com/<bech32>", "naddr"];
        let next: &[&str] = &["next", "https://evil.example.com/<bech32>"];
        let with = handler(&[tags[0], latest, tags[1], next, tags[2]]);
        assert_eq!(with.templates, plain.templates);
        for platform in ["latest", "next"] {
            assert_eq!(with.address(platform, NADDR, &[]), None);
        }
        assert_eq!(
            with.address("web", NADDR, &[]),
            plain.address("web", NADDR, &[])
        );
    }
}
