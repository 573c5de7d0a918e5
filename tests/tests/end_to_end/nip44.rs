//! The official vectors of NIP-44. A crate carries them as they were published: it is brought by cargo
//! and unpacked, never built, and nothing of it is kept here.

use std::path::PathBuf;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kith_nips::PublicKey;
use kith_nips::nip44::{self, ConversationKey, Extent};
use nostr::hashes::{Hash, HashEngine, Hmac, HmacEngine, sha256};
use nostr::{Keys, SecretKey};
use serde_json::Value;

/// NIP-44, "Test vectors".
const FILE_SHA256: &str = "269ed0f69e4c192512cc779e78c555090cebc7c785b609e338a62afc3ce25040";

const CRATE: &str = "gnostr-types";
const CRATE_VERSION: &str = "971907.1844.75902";

/// The number of vectors of each group: one that is passed over is missed.
const VALID: [(&str, usize); 4] = [
    ("get_conversation_key", 35),
    ("calc_padded_len", 24),
    ("encrypt_decrypt", 10),
    ("encrypt_decrypt_long_msg", 3),
];
const MESSAGE_KEYS: usize = 32;
const INVALID: [(&str, usize); 3] = [
    ("encrypt_msg_lengths", 4),
    ("get_conversation_key", 8),
    ("decrypt", 12),
];

/// The file, from cargo's own copy of the crate. Asking what is known of a crate brings it there.
fn file() -> Vec<u8> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let name = format!("{CRATE}@{CRATE_VERSION}");
    let asked = Command::new(cargo)
        .args(["info", "--quiet", &name])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&asked.stderr);
    assert!(asked.status.success(), "{name} cannot be had: {said}");
    let unpacked = Command::new("tar")
        .args([
            "--extract",
            "--gzip",
            "--to-stdout",
            "--wildcards",
            "--file",
        ])
        .arg(packed())
        .arg("*/nip44.vectors.json")
        .output()
        .unwrap();
    assert!(unpacked.status.success(), "{unpacked:?}");
    unpacked.stdout
}

/// Where cargo keeps the crate.
fn packed() -> PathBuf {
    let home = std::env::home_dir().unwrap().join(".cargo");
    let home = std::env::var_os("CARGO_HOME").map_or(home, PathBuf::from);
    let folders = std::fs::read_dir(home.join("registry/cache")).unwrap();
    let name = format!("{CRATE}-{CRATE_VERSION}.crate");
    let mut files = folders.map(|folder| folder.unwrap().path().join(&name));
    files.find(|file| file.exists()).expect("cargo has it")
}

#[test]
fn nip44_09_the_official_vectors_pass() {
    let file = file();
    assert_eq!(sha256::Hash::hash(&file).to_string(), FILE_SHA256);
    let vectors: Value = serde_json::from_slice(&file).unwrap();
    let (valid, invalid) = (&vectors["v2"]["valid"], &vectors["v2"]["invalid"]);
    let groups: [fn(&Value) -> bool; 4] = [
        is_conversation_key,
        is_padding,
        is_conversation,
        is_long_text,
    ];
    for ((name, count), holds) in VALID.into_iter().zip(groups) {
        every(&valid[name], (name, count), holds);
    }
    let of_messages = &valid["get_message_keys"];
    let key = conversation(of_messages);
    let keys = of_messages["keys"].as_array().unwrap();
    assert_eq!(keys.len(), MESSAGE_KEYS);
    for vector in keys {
        assert!(is_message_key(&key, vector), "message keys: {vector}");
    }
    let groups: [fn(&Value) -> bool; 3] = [is_no_length, is_no_key, is_refused];
    for ((name, count), holds) in INVALID.into_iter().zip(groups) {
        every(&invalid[name], (name, count), holds);
    }
    let groups = |vectors: &Value| vectors.as_object().unwrap().len();
    assert_eq!(groups(valid), VALID.len() + 1);
    assert_eq!(groups(invalid), INVALID.len());
}

fn every(vectors: &Value, (name, count): (&str, usize), holds: fn(&Value) -> bool) {
    let vectors = vectors.as_array().unwrap();
    assert_eq!(vectors.len(), count, "{name}");
    for vector in vectors {
        assert!(holds(vector), "{name}: {vector}");
    }
}

fn is_conversation_key(vector: &Value) -> bool {
    let public = PublicKey::from_hex(text(&vector["pub2"])).unwrap();
    ConversationKey::new(&secret(&vector["sec1"]), &public) == Ok(conversation(vector))
}

/// The keys of a message come from the same bytes, that of the code last: whoever has it right has the
/// others, which conversations prove.
fn is_message_key(key: &ConversationKey, vector: &Value) -> bool {
    let payload = key.encrypt("a", nonce(vector), Extent::Common).unwrap();
    let payload = STANDARD.decode(payload).unwrap();
    // A version before the nonce and what is encrypted, and the code after them.
    let (before, code) = payload.split_last_chunk::<32>().unwrap();
    let mut engine = HmacEngine::<sha256::Hash>::new(&bytes_of(&vector["hmac_key"]));
    engine.input(&before[1..]);
    Hmac::from_engine(engine).to_byte_array() == *code
}

fn is_padding(vector: &Value) -> bool {
    nip44::padded_length(length(&vector[0])) == length(&vector[1])
}

/// The file is older than the extended length: of a text that is too long for the common one, only
/// that it is refused there still applies.
fn is_no_length(vector: &Value) -> bool {
    let text = "a".repeat(length(vector));
    let key = ConversationKey::from_bytes([1; 32]);
    key.encrypt(&text, [1; 32], Extent::Common).is_err()
}

fn is_no_key(vector: &Value) -> bool {
    let public = PublicKey::from_hex(text(&vector["pub2"])).unwrap();
    let secret = SecretKey::parse(text(&vector["sec1"]));
    secret.is_err() || ConversationKey::new(&secret.unwrap(), &public).is_err()
}

fn is_conversation(vector: &Value) -> bool {
    let (one, other) = (secret(&vector["sec1"]), secret(&vector["sec2"]));
    let public = |secret: &SecretKey| Keys::new(secret.clone()).public_key().into();
    let (plaintext, payload) = (text(&vector["plaintext"]), text(&vector["payload"]));
    let key = |secret: &SecretKey, public| ConversationKey::new(secret, &public).unwrap();
    let mine = key(&one, public(&other));
    mine == conversation(vector)
        && key(&other, public(&one)) == mine
        && mine.encrypt(plaintext, nonce(vector), Extent::Common) == Ok(payload.to_owned())
        && mine.decrypt(payload, payload.len()).as_deref() == Ok(plaintext)
}

fn is_long_text(vector: &Value) -> bool {
    let plaintext = text(&vector["pattern"]).repeat(length(&vector["repeat"]));
    let key = conversation(vector);
    let payload = key
        .encrypt(&plaintext, nonce(vector), Extent::Common)
        .unwrap();
    sha256::Hash::hash(payload.as_bytes()).to_string() == text(&vector["payload_sha256"])
        && key.decrypt(&payload, payload.len()) == Ok(plaintext)
}

fn is_refused(vector: &Value) -> bool {
    let payload = text(&vector["payload"]);
    conversation(vector).decrypt(payload, usize::MAX).is_err()
}

fn nonce(vector: &Value) -> [u8; 32] {
    bytes_of(&vector["nonce"]).try_into().unwrap()
}

fn conversation(vector: &Value) -> ConversationKey {
    let bytes = bytes_of(&vector["conversation_key"]);
    ConversationKey::from_bytes(bytes.try_into().unwrap())
}

fn secret(value: &Value) -> SecretKey {
    SecretKey::parse(text(value)).unwrap()
}

fn length(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn bytes_of(hex: &Value) -> Vec<u8> {
    let digits = text(hex).as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}
