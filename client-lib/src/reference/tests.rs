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

const HRP_SEPARATOR: char = '1';

/// The bytes behind the name of a bech32 text, without a look at its checksum.
fn bytes(text: &str) -> Vec<u8> {
    const ALPHABET: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const CHECKSUM_CHARACTERS: usize = 6;
    let (_, data) = text.split_once(HRP_SEPARATOR).unwrap();
    let data = &data[..data.len() - CHECKSUM_CHARACTERS];
    let values = data.chars().map(|letter| ALPHABET.find(letter).unwrap());
    let bits: Vec<usize> = values
        .flat_map(|value| (0..5).rev().map(move |bit| (value >> bit) & 1))
        .collect();
    let byte = |bits: &[usize]| bits.iter().fold(0, |byte, bit| byte << 1 | *bit);
    let bytes = bits.chunks_exact(8).map(byte);
    bytes.map(|byte| u8::try_from(byte).unwrap()).collect()
}

/// Type and value of each part.
fn parts(text: &str) -> Vec<(u8, Vec<u8>)> {
    let bytes = bytes(text);
    let mut rest = bytes.as_slice();
    let mut parts = Vec::new();
    while let [kind, length, after @ ..] = rest {
        let (value, after) = after.split_at(usize::from(*length));
        parts.push((*kind, value.to_vec()));
        rest = after;
    }
    assert!(rest.is_empty(), "{text}");
    parts.sort();
    parts
}

/// An id in both forms.
const NOTE: &str = "note1fntxtkcy9pjwucqwa9mddn7v03wwwsu9j330jj350nvhpky2tuaspk6nqc";
const NOTE_ID: &str = "4cd665db042864ee600ee976d6cfcc7c5ce743859462f94a347cd970d88a5f3b";

#[test]
fn nip19_01_07_a_note_is_bech32_over_its_id_and_still_decodable() {
    let expected = Target::Id(EventId::from_hex(NOTE_ID).unwrap());
    for text in [
        NOTE.to_owned(),
        NOTE.to_uppercase(),
        format!("nostr:{NOTE}"),
    ] {
        let reference: Reference = text.parse().unwrap();
        assert_eq!(reference.target, expected, "{text}");
    }
    let id = nostr_sdk::EventId::from_hex(NOTE_ID).unwrap();
    assert_eq!(id.to_bech32().unwrap(), NOTE);
    // The same 32 bytes with the checksum of bech32m, and 31 of them with the right one.
    for text in [
        "note1fntxtkcy9pjwucqwa9mddn7v03wwwsu9j330jj350nvhpky2tuas522l96",
        "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qhszdw2",
        "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dmup82t8f",
    ] {
        let error = text.parse::<Reference>().unwrap_err();
        assert!(matches!(error, ReferenceError::Damaged { .. }), "{error:?}");
    }
}

#[test]
fn nip19_02_an_naddr_is_written_in_its_parts() {
    let written = vector().to_nip19().unwrap();
    let identifier = format!("{COMMUNITY}:2026-12-meetup");
    let key = PublicKey::from_hex(KEY).unwrap();
    let expected = [
        (0, identifier.into_bytes()),
        (1, b"wss://relay.example.com".to_vec()),
        (2, key.as_bytes().to_vec()),
        (3, 31_923_u32.to_be_bytes().to_vec()),
    ];
    assert_eq!(parts(&written), expected);

    // A list of which a person has one has no identifier.
    let plain: Address = format!("10002:{KEY}:").parse().unwrap();
    let written = naddr(&plain, &[]).unwrap();
    let expected = [
        (0, vec![]),
        (2, key.as_bytes().to_vec()),
        (3, 10_002_u32.to_be_bytes().to_vec()),
    ];
    assert_eq!(parts(&written), expected);
    let read: Reference = written.parse().unwrap();
    assert_eq!(read.target, Target::Address(plain));
}

#[test]
fn nip19_02_an_naddr_without_author_or_kind_is_none() {
    let whole = "naddr1qq8ryvpjxcknzv3dd4jk2ar4wqq3wamnwvaz7tmjv4kxz7fwv4uxzmtsd3jjucm0d5pzq7d7vel0nh9m4326qc54e6rskpczn07dktww9rv4nu5ptvt0s9ucqvzqqqrukvrvdz9z";
    assert!(whole.parse::<Reference>().is_ok());
    for (missing, text) in [
        ("author", "naddr1qq8ryvpjxcknzv3dd4jk2ar4wqpsgqqq0jeshkec5d"),
        (
            "kind",
            "naddr1qq8ryvpjxcknzv3dd4jk2ar4wqpzq7d7vel0nh9m4326qc54e6rskpczn07dktww9rv4nu5ptvt0s9uc206xeu",
        ),
    ] {
        let error = text.parse::<Reference>();
        assert!(
            matches!(error, Err(ReferenceError::Damaged { .. })),
            "{missing}: {error:?}"
        );
    }
}

#[test]
fn nip19_02_an_nevent_is_written_in_its_parts_with_all_its_relays() {
    let id = EventId::from_hex(COMMUNITY).unwrap();
    let key = PublicKey::from_hex(KEY).unwrap();
    let relays = ["wss://one.example.com", "wss://two.example.com"];
    let urls = relays.map(|url| RelayUrl::parse(url).unwrap());
    let written = nevent(id, Some(key), Some(Kind::COMMUNITY), &urls).unwrap();
    let expected = [
        (0, id.as_bytes().to_vec()),
        (1, relays[0].as_bytes().to_vec()),
        (1, relays[1].as_bytes().to_vec()),
        (2, key.as_bytes().to_vec()),
        (3, 1_037_u32.to_be_bytes().to_vec()),
    ];
    assert_eq!(parts(&written), expected);
    let read: Reference = written.parse().unwrap();
    assert_eq!((read.target, read.relays), (Target::Id(id), urls.to_vec()));
}

#[test]
fn nip19_07_an_nrelay_names_no_note() {
    let text = "nrelay1qqxhwumn8ghj7u3w0qhxxmmdzq8v9f";
    for text in [text.to_owned(), format!("nostr:{text}")] {
        let error = text.parse::<Reference>().unwrap_err();
        assert!(matches!(error, ReferenceError::Unknown(_)), "{error:?}");
    }
}
