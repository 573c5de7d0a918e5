//! The relay information document (NIP-11). All of it is derived from the configuration in force
//! and from what administrators changed, so that what is announced is what is enforced.

use axum::body::Body;
use axum::response::Response;
use http::HeaderMap;
use http::header::{
    ACCEPT, ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL, CONTENT_TYPE, HeaderName, VARY,
};
use kith_nips::PublicKey;
use kith_nips::discovery::SEARCH_EXTENSIONS_HEADER;
use kith_nips::nip11::{Limitation, MEDIA_TYPE, RelayInformation, accepts_nostr_json};

use super::{allow_every_origin, insert};
use crate::config::{Config, Features, GivenTo, SUBSCRIPTION_ID_CHARS_MAX};
use crate::management::Standing;

/// What a search may ask for beside words (`nips/discovery.md`).
const SEARCH_EXTENSIONS_ANNOUNCED: &str = "near, bbox, from, to, sort, open";

/// The numbers of the NIPs that this relay implements and that are switched on, in order. 73 is
/// never among them: the number that Location Based Communities had in their draft belongs to
/// another NIP today.
pub fn supported_nips(config: &Config) -> Vec<u16> {
    let Features {
        auth,
        count,
        eose_hint,
        management,
        membership: _,
        negentropy,
        protected_events,
        search,
    } = config.features;
    // Without administrators there is nobody whom it would serve.
    let management = management && !config.policy.administrators.is_empty();
    let names = config.names.given_to != GivenTo::Nobody;
    [
        (1, true),
        (2, true),
        (5, names),
        (9, true),
        (11, true),
        (13, true),
        // Private messages, gift wraps and protected events are for people whom the relay knows.
        (17, auth),
        (40, true),
        (42, auth),
        (43, config.features.has_members()),
        (45, count),
        (50, search),
        (59, auth),
        (62, true),
        (65, true),
        (67, eose_hint),
        (70, auth && protected_events),
        (77, negentropy),
        (86, management),
    ]
    .into_iter()
    .filter_map(|(number, on)| on.then_some(number))
    .collect()
}

/// What the relay says of itself.
pub fn information(config: &Config, standing: &Standing, relay_key: PublicKey) -> RelayInformation {
    let info = &config.info;
    let words = words(config, standing);
    RelayInformation {
        name: Some(words.name.to_owned()),
        description: words.description.map(str::to_owned),
        banner: info.banner.clone(),
        icon: words.icon.map(str::to_owned),
        pubkey: info.pubkey,
        own_pubkey: config.features.has_members().then_some(relay_key),
        contact: info.contact.clone(),
        supported_nips: Some(supported_nips(config)),
        software: Some(software().to_owned()),
        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        terms_of_service: info.terms_of_service.clone(),
        limitation: Some(limitation(config, standing)),
        ..RelayInformation::default()
    }
}

/// The address of the program, if its package names one, else its name: clients show whose relay it is.
fn software() -> &'static str {
    match env!("CARGO_PKG_REPOSITORY") {
        "" => env!("CARGO_PKG_NAME"),
        address => address,
    }
}

/// The texts that administrators may change.
pub(super) struct Words<'a> {
    pub(super) name: &'a str,
    pub(super) description: Option<&'a str>,
    pub(super) icon: Option<&'a str>,
}

/// What the relay calls itself: an administrator's word, else the configuration's.
pub(super) fn words<'a>(config: &'a Config, standing: &'a Standing) -> Words<'a> {
    let info = &config.info;
    Words {
        name: standing.name.as_ref().unwrap_or(&info.name),
        description: standing
            .description
            .as_deref()
            .or(info.description.as_deref()),
        icon: standing.icon.as_deref().or(info.icon.as_deref()),
    }
}

fn limitation(config: &Config, standing: &Standing) -> Limitation {
    let limits = &config.limits;
    let number = |number: usize| u64::try_from(number).ok();
    Limitation {
        max_message_length: number(limits.max_message_length_bytes),
        max_subscriptions: number(limits.max_subscriptions),
        max_limit: number(limits.max_limit),
        max_subid_length: number(SUBSCRIPTION_ID_CHARS_MAX),
        max_event_tags: number(limits.max_event_tags),
        max_content_length: number(limits.max_content_length_chars),
        min_pow_difficulty: number(limits.min_pow_difficulty),
        auth_required: Some(config.policy.auth_required),
        payment_required: Some(false),
        restricted_writes: Some(
            limits.min_pow_difficulty > 0
                || config.policy.members_only
                || !standing.allowed_keys.is_empty(),
        ),
        created_at_lower_limit: limits.created_at_lower_limit_seconds,
        created_at_upper_limit: limits.created_at_upper_limit_seconds,
        default_limit: number(limits.default_limit),
    }
}

/// Whether a request wants the document and not the page.
pub(super) fn is_asked_for(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|accept| accept.to_str().ok())
        .any(accepts_nostr_json)
}

/// 200 with the document.
pub(super) fn document(config: &Config, standing: &Standing, relay_key: PublicKey) -> Response {
    let text = information(config, standing, relay_key).to_json();
    let mut response = Response::new(Body::from(text));
    allow_every_origin(&mut response);
    for (name, value) in [
        (CONTENT_TYPE, MEDIA_TYPE),
        (CACHE_CONTROL, "no-cache"),
        (VARY, "Accept"),
    ] {
        insert(&mut response, name, value);
    }
    if config.features.search {
        let announced = HeaderName::from_static(SEARCH_EXTENSIONS_HEADER);
        insert(&mut response, announced, SEARCH_EXTENSIONS_ANNOUNCED);
        insert(
            &mut response,
            ACCESS_CONTROL_EXPOSE_HEADERS,
            SEARCH_EXTENSIONS_HEADER,
        );
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use http::header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    };
    use http_body_util::BodyExt;
    use kith_nips::discovery::{SEARCH_EXTENSIONS, announced_keys};
    use serde_json::Value;

    const RELAY_KEY: PublicKey = PublicKey::from_bytes([7; 32]);

    async fn json(config: &Config) -> Value {
        let bytes = document(config, &Standing::default(), RELAY_KEY)
            .into_body()
            .collect()
            .await
            .unwrap();
        serde_json::from_slice(&bytes.to_bytes()).unwrap()
    }

    /// A relay with an administrator.
    fn managed() -> Config {
        let mut config = Config::default();
        config.policy.administrators = vec![PublicKey::from_bytes([1; 32])];
        config
    }

    fn accept(values: &[&'static str]) -> bool {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(ACCEPT, HeaderValue::from_static(value));
        }
        is_asked_for(&headers)
    }

    #[test]
    fn every_key_of_a_search_is_announced_while_searching_is_on() {
        let keys: Vec<&str> = announced_keys(SEARCH_EXTENSIONS_ANNOUNCED).collect();
        assert_eq!(keys, SEARCH_EXTENSIONS);
        let mut config = Config::default();
        for on in [true, false] {
            config.features.search = on;
            let key = PublicKey::from_bytes([1; 32]);
            let answer = document(&config, &Standing::default(), key);
            let announced = answer.headers().get(SEARCH_EXTENSIONS_HEADER);
            assert_eq!(announced.is_some(), on);
        }
    }

    #[test]
    fn nip11_02_browsers_get_the_page() {
        assert!(!accept(&[]));
        assert!(!accept(&["text/html, */*;q=0.8"]));
        assert!(!accept(&["application/nostr+json;q=0"]));
        assert!(accept(&["text/html", "application/nostr+json"]));
    }

    #[test]
    fn nip11_03_every_origin_may_read() {
        let document = document(&Config::default(), &Standing::default(), RELAY_KEY);
        for response in [document, crate::http::preflight(crate::http::READING)] {
            for name in [
                ACCESS_CONTROL_ALLOW_ORIGIN,
                ACCESS_CONTROL_ALLOW_HEADERS,
                ACCESS_CONTROL_ALLOW_METHODS,
            ] {
                assert!(response.headers().contains_key(name));
            }
        }
    }

    #[tokio::test]
    async fn nip11_05_unset_members_are_omitted() {
        let document = json(&Config::default()).await;
        for name in ["icon", "banner", "pubkey", "contact", "fees"] {
            assert!(document.get(name).is_none(), "{name}");
        }
        assert_eq!(document["name"], "Kith");
    }

    #[tokio::test]
    async fn nip11_05_08_and_nip43_01_a_relay_with_members_names_its_own_key() {
        let mut config = Config::default();
        assert_eq!(json(&config).await["self"], RELAY_KEY.to_string());
        let switches: [fn(&mut Features) -> &mut bool; 3] = [
            |features| &mut features.membership,
            |features| &mut features.auth,
            |features| &mut features.protected_events,
        ];
        for switch in switches {
            *switch(&mut config.features) = false;
            assert!(json(&config).await.get("self").is_none());
            assert!(!supported_nips(&config).contains(&43));
            *switch(&mut config.features) = true;
        }
        assert!(supported_nips(&config).contains(&43));
    }

    #[test]
    fn nip11_07_and_lbc_01_exactly_what_is_implemented() {
        assert_eq!(
            supported_nips(&Config::default()),
            [
                1, 2, 9, 11, 13, 17, 40, 42, 43, 45, 50, 59, 62, 65, 67, 70, 77
            ]
        );
    }

    #[test]
    fn nip11_08_what_is_switched_off_is_not_announced() {
        let off = |change: fn(&mut Features)| {
            let mut config = managed();
            change(&mut config.features);
            supported_nips(&config)
        };
        assert!(supported_nips(&managed()).contains(&86));
        assert!(!off(|features| features.management = false).contains(&86));
        assert!(!off(|features| features.count = false).contains(&45));
        assert!(!off(|features| features.eose_hint = false).contains(&67));
        assert!(!off(|features| features.negentropy = false).contains(&77));
        assert!(!off(|features| features.protected_events = false).contains(&70));
        let without_auth = off(|features| features.auth = false);
        assert_eq!(
            without_auth,
            [1, 2, 9, 11, 13, 40, 45, 50, 62, 65, 67, 77, 86]
        );
    }

    #[tokio::test]
    async fn nip11_09_11_and_21_limits_are_those_of_the_configuration() {
        let mut config = Config::default();
        config.limits.max_limit = 77;
        config.limits.created_at_upper_limit_seconds = None;
        config.limits.created_at_lower_limit_seconds = Some(60);
        config.policy.auth_required = true;
        let limitation = json(&config).await["limitation"].clone();
        assert_eq!(limitation["max_limit"], 77);
        assert_eq!(limitation["max_subid_length"], 64);
        assert_eq!(limitation["created_at_lower_limit"], 60);
        assert!(limitation.get("created_at_upper_limit").is_none());
        assert_eq!(limitation["auth_required"], true);
        assert_eq!(limitation["payment_required"], false);
    }

    #[test]
    fn nip11_15_work_membership_and_a_list_of_allowed_keys_restrict_writing() {
        let mut config = Config::default();
        let restricted = |config: &Config, standing: &Standing| {
            limitation(config, standing).restricted_writes == Some(true)
        };
        let mut standing = Standing::default();
        assert!(!restricted(&config, &standing));
        config.limits.min_pow_difficulty = 8;
        assert!(restricted(&config, &standing));
        config = Config::default();
        config.policy.members_only = true;
        assert!(restricted(&config, &standing));
        config = Config::default();
        standing.read("allowed-keys", &"a".repeat(64), "").unwrap();
        assert!(restricted(&config, &standing));
    }
}
