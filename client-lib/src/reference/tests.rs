//! References in all their forms, and texts that are none.

use super::*;

const COMMUNITY: &str = "0dba6b25d4b7ed5a57109c7266d8414aae7725df12d02bb3ecbb9741836fddc9";
const KEY: &str = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
const NADDR: &str = "naddr1qp8nqerzvymxyv34vs6xydm9vs6kzdfhxycrjcehxgmrvepcxscngctpv5mnwv34v3nrzvnyxqexyc3nv43kyc3exu6rzwpnxenxgerr8yaryvpjxcknzv3dd4jk2ar4wqq3wamnwvaz7tmjv4kxz7fwv4uxzmtsd3jjucm0d5pzq7d7vel0nh9m4326qc54e6rskpczn07dktww9rv4nu5ptvt0s9ucqvzqqqrukvnu8az8";

fn vector() -> Reference {
    let address = format!("31923:{KEY}:{COMMUNITY}:2026-12-meetup");
    Reference {
        target: Target::Address(address.parse().unwrap()),
        relays: vec![RelayUrl::parse("wss://relay.example.com").unwrap()],
    }
}

#[test]
fn nip19_08_an_naddr_reads_the_same_in_any_order_of_its_parts() {
    assert_eq!(NADDR.parse::<Reference>().unwrap(), vector());
    // The encoder that we use puts the relay last.
    let written = vector().to_string();
    assert_ne!(written, NADDR);
    assert_eq!(written.parse::<Reference>().unwrap(), vector());
}

#[test]
fn lbc_60_every_form_of_an_id_means_the_same() {
    let id = EventId::from_hex(COMMUNITY).unwrap();
    let note = nostr_sdk::EventId::from(id).to_bech32().unwrap();
    let nevent = nevent(id, None, Some(Kind::COMMUNITY), &[]).unwrap();
    let forms = [
        COMMUNITY.to_owned(),
        COMMUNITY.to_uppercase(),
        format!(" {COMMUNITY}\n"),
        format!("nostr:{note}"),
        note,
        nevent,
    ];
    for form in forms {
        assert_eq!(
            form.parse::<Reference>().unwrap().target,
            Target::Id(id),
            "{form}"
        );
    }
}

#[test]
fn nip01_111_the_identifier_keeps_its_colons() {
    let text = format!("30000:{KEY}:{COMMUNITY}:blocked");
    match text.parse::<Reference>().unwrap().target {
        Target::Address(address) => {
            assert_eq!(address.identifier, format!("{COMMUNITY}:blocked"));
        }
        Target::Id(id) => panic!("{id}"),
    }
}

#[test]
fn nip21_01_a_secret_key_is_refused_and_not_repeated() {
    let secret = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5";
    for text in [
        secret.to_owned(),
        format!("nostr:{secret}"),
        secret.to_uppercase(),
    ] {
        let error = text.parse::<Reference>().unwrap_err();
        assert_eq!(error, ReferenceError::SecretKey);
    }
}

#[test]
fn nip19_03_damaged_text_is_an_error() {
    let mut damaged = NADDR.to_owned();
    damaged.replace_range(20..21, "q");
    for text in [
        damaged.as_str(),
        "naddr1",
        "nevent1qqs",
        "note1zzzz",
        "hello",
        "",
        "31923:x",
    ] {
        assert!(text.parse::<Reference>().is_err(), "{text}");
    }
    let person = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg";
    assert!(matches!(
        person.parse::<Reference>(),
        Err(ReferenceError::Person(_))
    ));
}

#[test]
fn nip19_04_long_text_is_refused() {
    let text = format!("naddr1{}", "q".repeat(REFERENCE_CHARACTERS_MAX));
    assert_eq!(
        text.parse::<Reference>(),
        Err(ReferenceError::TooLong(5006))
    );
}

#[test]
fn nip19_05_a_long_identifier_is_not_cut() {
    let mut address: Address = format!("31923:{KEY}:x").parse().unwrap();
    address.identifier = "ü".repeat(127);
    assert!(naddr(&address, &[]).is_ok());
    address.identifier.push_str("xx");
    assert_eq!(
        naddr(&address, &[]),
        Err(ReferenceError::IdentifierTooLong(256))
    );
    let shown = Reference::from(address.clone()).to_string();
    assert_eq!(shown, address.to_string());
}
