//! What the document says (NIP11-05 to NIP11-09, NIP11-11, NIP11-15, NIP11-16, NIP11-21).

use serde_json::{Value, json};

use super::{announced, document};
use crate::events::pubkey;
use crate::harness::TestRelay;

/// NIPs that concern clients, NIPs that nobody should use any more, and the number under which
/// the communities draft was once known.
const NEVER_SUPPORTED: [u64; 8] = [7, 19, 21, 26, 44, 46, 49, 73];
/// What this relay implements, when everything is switched on.
const SUPPORTED: [u64; 17] = [
    1, 2, 9, 11, 13, 17, 40, 42, 43, 45, 50, 59, 62, 65, 67, 70, 77,
];

/// Members of NIP-11 as it is today.
const MEMBERS: [&str; 14] = [
    "name",
    "description",
    "banner",
    "icon",
    "pubkey",
    "self",
    "contact",
    "supported_nips",
    "software",
    "version",
    "terms_of_service",
    "limitation",
    "payments_url",
    "fees",
];

async fn supported_nips(relay: &TestRelay) -> Vec<u64> {
    let document = document(relay).await;
    let numbers = document["supported_nips"].as_array().unwrap().iter();
    numbers.map(|number| number.as_u64().unwrap()).collect()
}

#[tokio::test]
async fn nip11_05_the_members_are_those_of_the_specification() {
    let operator = pubkey(1);
    let relay = TestRelay::start_with(|config| {
        let info = &mut config.info;
        info.name = "Brighton and Hove".to_owned();
        info.description = Some("For \"neighbours\",\nnot <b>bots</b>.".to_owned());
        info.banner = Some("https://example.com/banner.png".to_owned());
        info.icon = Some("https://example.com/icon.png".to_owned());
        info.pubkey = Some(operator);
        info.contact = Some("mailto:host@example.com".to_owned());
        info.terms_of_service = Some("https://example.com/terms".to_owned());
    })
    .await;
    let full = document(&relay).await;
    for (name, value) in [
        ("name", "Brighton and Hove"),
        ("description", "For \"neighbours\",\nnot <b>bots</b>."),
        ("banner", "https://example.com/banner.png"),
        ("icon", "https://example.com/icon.png"),
        ("pubkey", &operator.to_string()),
        ("contact", "mailto:host@example.com"),
        ("terms_of_service", "https://example.com/terms"),
    ] {
        assert_eq!(full[name], value);
    }
    let relay = TestRelay::start_with(|config| config.info.description = None).await;
    let empty = document(&relay).await;
    for unset in ["description", "banner", "icon", "pubkey", "contact"] {
        assert!(!empty.contains_key(unset), "{unset}: {empty:?}");
    }
    for document in [full, empty] {
        for (name, value) in &document {
            assert!(MEMBERS.contains(&name.as_str()), "{name}");
            assert!(!value.is_null(), "{name}");
        }
        assert!(document["name"].as_str().unwrap().chars().count() < 30);
        assert!(document["version"].is_string());
        let software = document["software"].as_str().unwrap();
        assert!(software.contains("kith"), "{software}");
    }
}

#[tokio::test]
async fn nip11_06_removed_members_are_absent() {
    let relay = TestRelay::start().await;
    let document = document(&relay).await;
    for removed in [
        "retention",
        "relay_countries",
        "language_tags",
        "tags",
        "posting_policy",
        "privacy_policy",
    ] {
        assert!(!document.contains_key(removed), "{removed}");
    }
    let limitation = document["limitation"].as_object().unwrap();
    assert!(!limitation.contains_key("max_filters"));
}

#[tokio::test]
async fn nip11_07_exactly_the_relay_side_nips_are_listed() {
    let relay = TestRelay::start().await;
    let supported = supported_nips(&relay).await;
    assert!(supported.is_sorted_by(|a, b| a < b), "{supported:?}");
    for number in NEVER_SUPPORTED {
        assert!(!supported.contains(&number), "{number}");
    }
    assert_eq!(supported, SUPPORTED);
}

#[tokio::test]
async fn nip11_08_a_feature_that_is_switched_off_is_not_announced() {
    let relay = TestRelay::start().await;
    for (variable, gone) in [
        ("KITH_RELAY_FEATURES_COUNT", &[45][..]),
        ("KITH_RELAY_FEATURES_SEARCH", &[50]),
        ("KITH_RELAY_FEATURES_EOSE_HINT", &[67]),
        ("KITH_RELAY_FEATURES_NEGENTROPY", &[77]),
        ("KITH_RELAY_FEATURES_MEMBERSHIP", &[43]),
        // Nobody could leave.
        ("KITH_RELAY_FEATURES_PROTECTED_EVENTS", &[43, 70]),
        // Nobody is known, so nothing can be kept for somebody.
        ("KITH_RELAY_FEATURES_AUTH", &[17, 42, 43, 59, 70]),
    ] {
        relay.reload(&[(variable, "false")]);
        let mut expected = SUPPORTED.to_vec();
        expected.retain(|number| !gone.contains(number));
        assert_eq!(supported_nips(&relay).await, expected, "{variable}");
        relay.reload(&[]);
        assert_eq!(supported_nips(&relay).await, SUPPORTED);
    }
}

#[tokio::test]
async fn nip11_09_limits_are_numbers_and_booleans_as_configured() {
    let relay = TestRelay::start_with(|config| {
        let limits = &mut config.limits;
        limits.max_message_length_bytes = 2_001;
        limits.max_subscriptions = 2_002;
        limits.max_limit = 2_003;
        limits.default_limit = 203;
        limits.max_event_tags = 2_004;
        limits.max_content_length_chars = 2_005;
        limits.min_pow_difficulty = 6;
        limits.created_at_lower_limit_seconds = Some(2_007);
        limits.created_at_upper_limit_seconds = Some(2_008);
        config.policy.auth_required = true;
    })
    .await;
    let expected = json!({
        "max_message_length": 2_001,
        "max_subscriptions": 2_002,
        "max_limit": 2_003,
        "default_limit": 203,
        "max_subid_length": 64,
        "max_event_tags": 2_004,
        "max_content_length": 2_005,
        "min_pow_difficulty": 6,
        "auth_required": true,
        "payment_required": false,
        "restricted_writes": true,
        "created_at_lower_limit": 2_007,
        "created_at_upper_limit": 2_008,
    });
    assert_eq!(document(&relay).await["limitation"], expected);

    // By default some of them do not exist.
    let relay = TestRelay::start().await;
    let limits = &relay.config().limits;
    let expected = json!({
        "max_message_length": limits.max_message_length_bytes,
        "max_subscriptions": limits.max_subscriptions,
        "max_limit": limits.max_limit,
        "default_limit": limits.default_limit,
        "max_subid_length": 64,
        "max_event_tags": limits.max_event_tags,
        "max_content_length": limits.max_content_length_chars,
        "min_pow_difficulty": 0,
        "auth_required": false,
        "payment_required": false,
        "restricted_writes": false,
        "created_at_upper_limit": 900,
    });
    assert_eq!(document(&relay).await["limitation"], expected);
}

#[tokio::test]
async fn nip11_11_con_02_subscription_ids_have_up_to_64_characters() {
    let relay = TestRelay::start().await;
    assert_eq!(announced(&relay, "max_subid_length").await, 64);
    let mut socket = relay.connect().await;
    for character in ["x", "é", "😀"] {
        let longest = character.repeat(64);
        assert_eq!(socket.req(&longest, json!({})).await, []);
        let longer = character.repeat(65);
        socket.send_req(&longer, json!({})).await;
        socket.expect_closed(&longer, "invalid").await;
    }
}

#[tokio::test]
async fn nip11_15_restricted_writes_means_work_and_not_less() {
    let relay = TestRelay::start_with(|config| {
        // Ordinary defence.
        config.limits.events_per_second_max = 10;
        config.limits.max_event_tags = 10;
    })
    .await;
    let restricted = document(&relay).await["limitation"]["restricted_writes"].clone();
    assert_eq!(restricted, json!(false));
    relay.reload(&[("KITH_RELAY_LIMITS_MIN_POW_DIFFICULTY", "1")]);
    let restricted = document(&relay).await["limitation"]["restricted_writes"].clone();
    assert_eq!(restricted, json!(true));
}

#[tokio::test]
async fn nip11_16_without_fees_there_is_nothing_about_fees() {
    let relay = TestRelay::start().await;
    let document = document(&relay).await;
    assert_eq!(document.get("fees"), None);
    assert_eq!(document.get("payments_url"), None);
    assert_eq!(document["limitation"]["payment_required"], json!(false));
}

#[tokio::test]
async fn nip11_21_limits_of_time_are_distances() {
    let relay = TestRelay::start_with(|config| {
        config.limits.created_at_lower_limit_seconds = Some(86_400);
        config.limits.created_at_upper_limit_seconds = Some(60);
    })
    .await;
    let limitation: Value = document(&relay).await["limitation"].clone();
    assert_eq!(limitation["created_at_lower_limit"], json!(86_400));
    assert_eq!(limitation["created_at_upper_limit"], json!(60));
}
