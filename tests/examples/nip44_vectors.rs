//! Runs the official vectors of NIP-44 (NIP44-09): one line for each group, as
//! `tests/foreign/run.sh` counts them.
//!
//!     cargo run --example nip44_vectors FILE
//!
//! FILE is `nip44.vectors.json`, whose hash the specification names. It is older than the extended
//! length: what it says of texts from 65,536 bytes on does not apply any more.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "vectors that cannot be read are a failure"
)]

use std::process::ExitCode;

use kith_nips::PublicKey;
use kith_nips::nip44::{self, ConversationKey, Extent};
use nostr::hashes::{Hash, sha256};
use nostr::{Keys, SecretKey};
use serde_json::Value;

/// NIP-44, "Test vectors".
const FILE_SHA256: &str = "269ed0f69e4c192512cc779e78c555090cebc7c785b609e338a62afc3ce25040";

fn main() -> ExitCode {
    let file = std::env::args().nth(1).expect("FILE");
    let bytes = std::fs::read(&file).expect("a file that can be read");
    let mut checks = Checks(ExitCode::SUCCESS);
    let hash = sha256::Hash::hash(&bytes).to_string();
    checks.check("the file is the official one", hash == FILE_SHA256);
    let vectors: Value = serde_json::from_slice(&bytes).expect("JSON");
    let (valid, invalid) = (&vectors["v2"]["valid"], &vectors["v2"]["invalid"]);
    checks.every("conversation keys", &valid["get_conversation_key"], |it| {
        let public = PublicKey::from_hex(text(&it["pub2"])).unwrap();
        ConversationKey::new(&secret(&it["sec1"]), &public) == Ok(conversation(it))
    });
    checks.every("padding", &valid["calc_padded_len"], |it| {
        nip44::padded_length(length(&it[0])) == length(&it[1])
    });
    checks.every("conversations", &valid["encrypt_decrypt"], is_conversation);
    let long = &valid["encrypt_decrypt_long_msg"];
    checks.every("long texts", long, is_long_text);
    checks.every(
        "too short, too long",
        &invalid["encrypt_msg_lengths"],
        |it| {
            let text = "a".repeat(length(it));
            let key = ConversationKey::from_bytes([1; 32]);
            key.encrypt(&text, [1; 32], Extent::Common).is_err()
        },
    );
    checks.every("no keys", &invalid["get_conversation_key"], |it| {
        let public = PublicKey::from_hex(text(&it["pub2"])).unwrap();
        let secret = SecretKey::parse(text(&it["sec1"]));
        secret.is_err() || ConversationKey::new(&secret.unwrap(), &public).is_err()
    });
    checks.every("no payloads", &invalid["decrypt"], is_refused);
    checks.0
}

/// What was checked so far: whether all of it held.
struct Checks(ExitCode);

impl Checks {
    fn check(&mut self, what: &str, holds: bool) {
        if holds {
            println!("ok   NIP-44: {what}");
        } else {
            println!("FAIL NIP-44: {what}");
            self.0 = ExitCode::FAILURE;
        }
    }

    fn every(&mut self, what: &str, vectors: &Value, holds: impl Fn(&Value) -> bool) {
        let vectors = vectors.as_array().unwrap();
        let wrong: Vec<&Value> = vectors.iter().filter(|vector| !holds(vector)).collect();
        self.check(
            &format!("{what} ({} vectors)", vectors.len()),
            !vectors.is_empty() && wrong.is_empty(),
        );
        for vector in wrong {
            println!("     {vector}");
        }
    }
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
