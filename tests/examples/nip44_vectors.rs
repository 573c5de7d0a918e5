//! Runs the official vectors of NIP-44 against the encryption that we stand on: one line for each
//! group, as `tests/foreign/run.sh` counts them.
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

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nostr::hashes::{Hash, sha256};
use nostr::nips::nip44::v2::{self, ConversationKey};
use nostr::nips::nip44::{self, Version};
use nostr::secp256k1::rand::{self, RngCore};
use nostr::{Keys, PublicKey, SecretKey};
use serde_json::Value;

/// NIP-44, "Test vectors".
const FILE_SHA256: &str = "269ed0f69e4c192512cc779e78c555090cebc7c785b609e338a62afc3ce25040";

/// The longest text that the crate takes, in bytes; the specification allows 65,535 and more.
const PLAINTEXT_BYTES_MAX: usize = 65_536 - 128;

fn main() -> ExitCode {
    let file = std::env::args().nth(1).expect("FILE");
    let bytes = std::fs::read(&file).expect("a file that can be read");
    let mut checks = Checks(ExitCode::SUCCESS);
    let hash = sha256::Hash::hash(&bytes).to_string();
    checks.check("the file is the official one", hash == FILE_SHA256);
    let vectors: Value = serde_json::from_slice(&bytes).expect("JSON");
    let (valid, invalid) = (&vectors["v2"]["valid"], &vectors["v2"]["invalid"]);
    checks.every("conversation keys", &valid["get_conversation_key"], |it| {
        let public = PublicKey::parse(text(&it["pub2"])).unwrap();
        ConversationKey::derive(&secret(&it["sec1"]), &public).unwrap() == conversation(it)
    });
    checks.every("padding", &valid["calc_padded_len"], is_padded);
    checks.every("conversations", &valid["encrypt_decrypt"], is_conversation);
    let long = &valid["encrypt_decrypt_long_msg"];
    checks.every("long texts are encrypted, or refused", long, is_long_text);
    checks.every(
        "nothing to encrypt",
        &invalid["encrypt_msg_lengths"],
        |it| {
            let text = vec![b'a'; length(it)];
            v2::encrypt_to_bytes(&ConversationKey::new([1; 32]), &text).is_err()
        },
    );
    checks.every("no keys", &invalid["get_conversation_key"], |it| {
        let secret = SecretKey::parse(text(&it["sec1"]));
        // A key is a number until it is used.
        let public = PublicKey::parse(text(&it["pub2"])).unwrap();
        secret.is_err() || ConversationKey::derive(&secret.unwrap(), &public).is_err()
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

/// `[length, padded length]`: seen in the length of a payload.
fn is_padded(vector: &Value) -> bool {
    let plaintext = vec![b'a'; length(&vector[0])];
    let payload = v2::encrypt_to_bytes(&ConversationKey::new([1; 32]), &plaintext);
    match plaintext.len() > PLAINTEXT_BYTES_MAX {
        true => payload.is_err(),
        false => payload.unwrap().len() == 1 + 32 + 2 + length(&vector[1]) + 32,
    }
}

fn is_conversation(vector: &Value) -> bool {
    let (one, other) = (secret(&vector["sec1"]), secret(&vector["sec2"]));
    let public = |secret: &SecretKey| Keys::new(secret.clone()).public_key();
    let (plaintext, payload) = (text(&vector["plaintext"]), text(&vector["payload"]));
    let mut nonce = Nonce(bytes_of(&vector["nonce"]));
    let key = |secret, public: &PublicKey| ConversationKey::derive(secret, public).unwrap();
    let version = Version::V2;
    key(&one, &public(&other)) == conversation(vector)
        && key(&other, &public(&one)) == conversation(vector)
        && nip44::encrypt_with_rng(&mut nonce, &one, &public(&other), plaintext, version).unwrap()
            == payload
        && nip44::decrypt(&other, &public(&one), payload).unwrap() == plaintext
}

fn is_long_text(vector: &Value) -> bool {
    let plaintext = text(&vector["pattern"]).repeat(length(&vector["repeat"]));
    let mut nonce = Nonce(bytes_of(&vector["nonce"]));
    let key = conversation(vector);
    let payload = v2::encrypt_to_bytes_with_rng(&mut nonce, &key, plaintext.as_bytes());
    match plaintext.len() > PLAINTEXT_BYTES_MAX {
        true => payload.is_err(),
        false => {
            let payload = STANDARD.encode(payload.unwrap());
            sha256::Hash::hash(payload.as_bytes()).to_string() == text(&vector["payload_sha256"])
        }
    }
}

/// With the key of the conversation, as far as it is a payload of version 2; else as a text.
fn is_refused(vector: &Value) -> bool {
    let payload = text(&vector["payload"]);
    match STANDARD.decode(payload) {
        Ok(bytes) if bytes.first() == Some(&2) => {
            v2::decrypt_to_bytes(&conversation(vector), &bytes).is_err()
        }
        _ => {
            let anybody = Keys::generate();
            nip44::decrypt(anybody.secret_key(), &anybody.public_key(), payload).is_err()
        }
    }
}

/// Random numbers that are the nonce of a vector.
struct Nonce(Vec<u8>);

impl RngCore for Nonce {
    fn next_u32(&mut self) -> u32 {
        0
    }

    fn next_u64(&mut self) -> u64 {
        0
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self.0);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

fn conversation(vector: &Value) -> ConversationKey {
    ConversationKey::from_slice(&bytes_of(&vector["conversation_key"])).unwrap()
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
