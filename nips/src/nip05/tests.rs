//! Names at domains, and files that are right and wrong.

use serde_json::json;

use super::*;

const KEY: &str = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
const NPUB: &str = "npub10xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqpkge6d";

fn identifier(text: &str) -> Identifier {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn read(file: &Value, name: &str) -> Result<Entry, FileError> {
    Entry::read(file.to_string().as_bytes(), name)
}

#[test]
fn nip05_01_the_file_of_the_domain_is_asked_about_the_name() {
    let bob = identifier(" Bob@Example.COM ");
    assert_eq!(
        bob.url(),
        "https://example.com/.well-known/nostr.json?name=bob"
    );
    assert_eq!(bob.to_string(), "bob@example.com");
    // As the host is asked for, which also shows letters that only look alike.
    let munich = identifier("münchen.example");
    assert_eq!(munich.domain(), "xn--mnchen-3ya.example");
    let file = json!({"names": {"bob": KEY, "Eve": KEY}, "more": [1]});
    assert_eq!(read(&file, "bob").unwrap().pubkey.to_string(), KEY);
    for name in ["Bob", "eve", "_", ""] {
        assert_eq!(read(&file, name), Err(FileError::NotListed), "{name}");
    }
}

#[test]
fn nip05_02_other_letters_make_no_identifier_so_nothing_can_be_asked() {
    for name in ["bob", "b-o_b.2", "BOB", "_", &"b".repeat(NAME_BYTES_MAX)] {
        let read = identifier(&format!("{name}@example.com"));
        assert_eq!(read.name(), name.to_lowercase());
    }
    let long = "b".repeat(NAME_BYTES_MAX + 1);
    // One has a Kelvin sign, which in lower case is a k, but is none as typed.
    for name in [
        "",
        "bob smith",
        "bob+1",
        "b%6fb",
        "bob&name=eve",
        "bob#",
        "bö",
        "b/o",
        "\u{0}",
        "bo\u{212a}",
        &long,
    ] {
        let error = format!("{name}@example.com").parse::<Identifier>();
        let expected = IdentifierFormError::Name(name.to_owned());
        assert_eq!(error, Err(expected), "{name}");
    }
    let domains = [
        "",
        "example",
        "example.com.",
        "example.com/x",
        "example.com?x",
        "example.com#x",
        "eve@example.com",
        "example.com:8443",
        "example.com:443",
        "example.com:80",
        "exa mple.com",
        "exam%70le.com",
        "[::1]",
        "example.com\\x",
        &format!("{}.com", "x".repeat(DOMAIN_BYTES_MAX - 3)),
    ];
    for domain in domains {
        let error = format!("bob@{domain}").parse::<Identifier>();
        let expected = IdentifierFormError::Domain(domain.to_owned());
        assert_eq!(error, Err(expected), "{domain}");
    }
    let endless = "x".repeat(10_000).parse::<Identifier>();
    assert_eq!(endless, Err(IdentifierFormError::TooLong(10_000)));
}

#[test]
fn nip05_04_what_is_no_key_in_lower_case_hex_is_nobody() {
    let upper = KEY.to_uppercase();
    let short = &KEY[1..];
    let long = format!("{KEY}0");
    let spaced = format!(" {short}");
    for key in [NPUB, &upper, short, &long, &spaced, "", "bob"] {
        let file = json!({"names": {"bob": key}});
        assert_eq!(read(&file, "bob"), Err(FileError::NotAKey), "{key}");
    }
    for key in [json!(null), json!(7), json!([KEY]), json!({"key": KEY})] {
        let file = json!({"names": {"bob": key}});
        assert_eq!(read(&file, "bob"), Err(FileError::NotAKey), "{key}");
    }
    for names in [json!(null), json!([]), json!("bob"), json!(KEY)] {
        let file = json!({"names": names});
        assert_eq!(read(&file, "bob"), Err(FileError::NoNames), "{names}");
    }
    assert_eq!(read(&json!({}), "bob"), Err(FileError::NoNames));
    let deep = "[".repeat(100_000);
    for text in ["", "<html>", "[]", "null", "{", "\u{feff}{}", &deep] {
        let read = Entry::read(text.as_bytes(), "bob");
        assert_eq!(read, Err(FileError::NotJson));
    }
    assert_eq!(Entry::read(b"\xff\xfe{}", "bob"), Err(FileError::NotJson));
}

#[test]
fn nip05_05_the_name_of_the_domain_is_asked_for_and_not_shown() {
    for text in ["_@example.com", "example.com", "_@EXAMPLE.com"] {
        let site = identifier(text);
        assert_eq!(site.to_string(), "example.com");
        assert_eq!(
            site.url(),
            "https://example.com/.well-known/nostr.json?name=_"
        );
        assert_eq!(identifier(&site.to_string()), site);
    }
    assert_eq!(identifier("__@example.com").to_string(), "__@example.com");
}

#[test]
fn nip05_08_only_addresses_of_relays_are_hints() {
    let relays = json!([
        "wss://one.example.com",
        "https://example.com",
        "javascript:alert(1)",
        7,
        null,
        "ws://two.example.com:7777/nostr",
        "wss://one.example.com/",
        format!("wss://{}.example.com", "x".repeat(ADDRESS_BYTES_MAX)),
        "relay.example.com",
    ]);
    let file = json!({"names": {"bob": KEY}, "relays": {KEY: relays}});
    let found = read(&file, "bob").unwrap().relays;
    let found: Vec<&str> = found.iter().map(RelayUrl::as_str).collect();
    assert_eq!(
        found,
        ["wss://one.example.com", "ws://two.example.com:7777/nostr"]
    );
    let many: Vec<String> = (0..100)
        .map(|i| format!("wss://r{i}.example.com"))
        .collect();
    let file = json!({"names": {"bob": KEY}, "relays": {KEY: many}});
    assert_eq!(read(&file, "bob").unwrap().relays.len(), FILE_RELAYS_MAX);
    // Of others, or none at all: the name is that of the key all the same.
    let others = json!({NPUB: ["wss://relay.example.com"], "bob": ["wss://relay.example.com"]});
    for relays in [others, json!({KEY: "wss://x"}), json!([]), json!(7)] {
        let file = json!({"names": {"bob": KEY}, "relays": relays});
        let entry = read(&file, "bob").unwrap();
        assert_eq!(
            (entry.pubkey.to_string().as_str(), entry.relays),
            (KEY, vec![])
        );
    }
}

#[test]
fn nip46_12_a_signer_that_a_site_announces_is_a_hint_and_decides_nothing() {
    let announced = |nip46: Value| {
        let file = json!({"names": {"_": KEY}, "nip46": nip46});
        let entry = read(&file, "_").unwrap();
        assert_eq!(
            (entry.pubkey.to_string().as_str(), entry.relays),
            (KEY, vec![])
        );
        entry.signer
    };
    let page = "https://signer.example.com/<nostrconnect>";
    let hint = announced(json!({
        "relays": ["wss://one.example.com", "https://example.com"],
        "nostrconnect_url": page,
    }));
    let hint = hint.unwrap();
    assert_eq!(hint.relays.len(), 1);
    assert_eq!(hint.nostrconnect_url.as_deref(), Some(page));
    let endless = format!("https://example.com/{}", "x".repeat(ADDRESS_BYTES_MAX));
    for page in [
        "javascript:alert(1)",
        "http://example.com/<nostrconnect>",
        &endless,
    ] {
        assert_eq!(announced(json!({"nostrconnect_url": page})), None, "{page}");
    }
    for broken in [
        json!(null),
        json!([]),
        json!("wss://x"),
        json!({"relays": 7}),
    ] {
        assert_eq!(announced(broken), None);
    }
    // Without a name it says nothing about anybody.
    let file = json!({"names": {}, "nip46": {"relays": ["wss://one.example.com"]}});
    assert_eq!(read(&file, "_"), Err(FileError::NotListed));
}

#[test]
fn this_machine_is_known_by_its_names_alone() {
    for (text, url) in [
        ("bob@localhost:80", "http://localhost/"),
        ("bob@LOCALHOST:8080", "http://localhost:8080/"),
        ("bob@127.0.0.1:8080", "http://127.0.0.1:8080/"),
        ("bob@127.1:8080", "http://127.0.0.1:8080/"),
        ("bob@localhost", "http://localhost/"),
    ] {
        let here = identifier(text);
        assert!(here.is_loopback(), "{text}");
        assert_eq!(here.url(), format!("{url}.well-known/nostr.json?name=bob"));
    }
    for text in [
        "bob@10.0.0.1",
        "bob@localhost.example.com",
        "127.0.0.1.example.com",
    ] {
        assert!(!identifier(text).is_loopback(), "{text}");
        assert!(identifier(text).url().starts_with("https://"), "{text}");
    }
}
