//! Is an event what it claims to be: id (NIP-01) and signature (BIP-340). The expensive check, so
//! it has no part in parsing.

use std::collections::HashMap;

use secp256k1::{Message, SECP256K1, XOnlyPublicKey, schnorr};
use sha2::{Digest, Sha256};

use super::{Event, EventError, EventId, PublicKey};

/// Authors that a [`Verification`] remembers, at about 100 bytes each.
const AUTHORS_MAX: usize = 8_192;

/// Checks one event after the other and remembers the points on the curve of recent authors:
/// finding one takes a tenth of a check, and people write more than once.
///
/// ```
/// use kith_nips::{Event, Kind, nip01::{Draft, Verification}};
/// let keys = nostr::Keys::generate();
/// let draft = Draft { kind: Kind::TEXT_NOTE, created_at: None, tags: vec![], content: "hi".into() };
/// let mut verification = Verification::default();
/// for second in 0..3 {
///     let event = draft.clone().sign(&keys, 1_700_000_000 + second)?;
///     assert!(verification.verify(&event).is_ok());
/// }
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
#[derive(Debug, Default)]
pub struct Verification {
    authors: HashMap<PublicKey, XOnlyPublicKey>,
}

impl Verification {
    /// As [`Event::verify`].
    ///
    /// # Errors
    /// What is wrong with the event.
    pub fn verify(&mut self, event: &Event) -> Result<(), EventError> {
        event.verify_id()?;
        let author = event.pubkey();
        let point = match self.authors.get(&author) {
            Some(point) => *point,
            None => {
                let point = point_of(author)?;
                if self.authors.len() >= AUTHORS_MAX {
                    self.authors.clear();
                }
                self.authors.insert(author, point);
                point
            }
        };
        event.verify_signature_of(&point)
    }
}

impl Event {
    /// Checks the id, then the signature.
    ///
    /// ```
    /// use kith_nips::{Event, nip01::EventError};
    /// let forged = format!(
    ///     r#"{{"id":"{0}","pubkey":"{0}","created_at":1,"kind":1,"tags":[],"content":"","sig":"{0}{0}"}}"#,
    ///     "0".repeat(64),
    /// );
    /// assert_eq!(Event::parse(&forged)?.verify(), Err(EventError::WrongId));
    /// # Ok::<(), EventError>(())
    /// ```
    pub fn verify(&self) -> Result<(), EventError> {
        self.verify_id()?;
        self.verify_signature()
    }

    /// Whether the id is the SHA-256 of the canonical serialisation.
    ///
    /// Control characters beyond the seven that NIP-01 lists may have been hashed verbatim, as its
    /// text demands, or as `\u00xx`, as most libraries do.
    pub fn verify_id(&self) -> Result<(), EventError> {
        let (tags, content) = self.serialised_body();
        if self.hash(tags, content) == self.id() {
            return Ok(());
        }
        let verbatim = (verbatim_controls(tags), verbatim_controls(content));
        let tags = verbatim.0.as_deref().unwrap_or(tags);
        let content = verbatim.1.as_deref().unwrap_or(content);
        match verbatim {
            (None, None) => Err(EventError::WrongId),
            _ if self.hash(tags, content) == self.id() => Ok(()),
            _ => Err(EventError::WrongId),
        }
    }

    /// Whether the signature is by the public key over the bytes of the id.
    pub fn verify_signature(&self) -> Result<(), EventError> {
        self.verify_signature_of(&point_of(self.pubkey())?)
    }

    fn verify_signature_of(&self, author: &XOnlyPublicKey) -> Result<(), EventError> {
        let signature = schnorr::Signature::from_slice(self.sig().as_bytes())
            .map_err(|_| EventError::WrongSignature)?;
        let message = Message::from_digest(*self.id().as_bytes());
        SECP256K1
            .verify_schnorr(&signature, &message, author)
            .map_err(|_| EventError::WrongSignature)
    }

    /// The id that this event should have, with control characters as `\u00xx`.
    pub(super) fn computed_id(&self) -> EventId {
        let (tags, content) = self.serialised_body();
        self.hash(tags, content)
    }

    /// SHA-256 of `[0,pubkey,created_at,kind,tags,content]`.
    fn hash(&self, tags: &str, content: &str) -> EventId {
        let mut hash = Sha256::new();
        hash.update(format!(
            "[0,\"{}\",{},{},",
            self.pubkey(),
            self.created_at(),
            self.kind()
        ));
        hash.update(tags);
        hash.update(",");
        hash.update(content);
        hash.update("]");
        EventId::from_bytes(hash.finalize().into())
    }
}

/// The point on the curve that a key names (BIP-340).
fn point_of(key: PublicKey) -> Result<XOnlyPublicKey, EventError> {
    XOnlyPublicKey::from_slice(key.as_bytes()).map_err(|_| EventError::WrongPublicKey)
}

/// Canonical JSON text with `\u00xx` replaced by the character itself; nothing if there is none.
fn verbatim_controls(json: &str) -> Option<String> {
    if !json.contains("\\u00") {
        return None;
    }
    let mut text = String::with_capacity(json.len());
    let mut rest = json;
    // Escapes are taken one by one so that `\\u0001`, a backslash and letters, stays as it is.
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        let control = escape.strip_prefix("u00").and_then(|digits| {
            let value = u8::from_str_radix(digits.get(..2)?, 16).ok()?;
            Some((char::from(value), digits.get(2..)?))
        });
        if let Some((control, after)) = control {
            text.push(control);
            rest = after;
        } else {
            let length = escape.chars().next().map_or(0, char::len_utf8);
            let (escaped, after) = escape.split_at_checked(length).unwrap_or((escape, ""));
            text.push('\\');
            text.push_str(escaped);
            rest = after;
        }
    }
    text.push_str(rest);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lbc::testing;
    use crate::nip01::{Draft, Kind};

    /// The key whose secret is one.
    fn keys() -> nostr::Keys {
        nostr::Keys::new(nostr::SecretKey::from_hex(&format!("{:064x}", 1)).unwrap())
    }

    fn draft(kind: u16, tags: &[&[&str]], content: &str) -> Draft {
        Draft {
            kind: Kind::new(kind),
            created_at: None,
            tags: testing::tags(tags),
            content: content.to_owned(),
        }
    }

    fn id_of(draft: &Draft) -> String {
        let event = draft.sign(&keys(), 1_700_000_000).unwrap();
        event.verify().unwrap();
        Event::parse(event.json()).unwrap().verify().unwrap();
        event.id().to_string()
    }

    /// An event with these members whose signature is right for whatever its id says.
    fn signed_as(id: &str, content_json: &str) -> Event {
        let id = EventId::from_hex(id).unwrap();
        let sig = keys().sign_schnorr(&Message::from_digest(*id.as_bytes()));
        Event::parse(&format!(
            r#"{{"id":"{id}","pubkey":"{}","created_at":1700000000,"kind":1,"tags":[],"content":{content_json},"sig":"{sig}"}}"#,
            keys().public_key()
        ))
        .unwrap()
    }

    #[test]
    fn nip01_36_empty_event() {
        assert_eq!(
            id_of(&draft(1, &[], "")),
            "1868e8ad4ca66b7a9bb6ddaaecde6e5cc5d11682e87abb650a6ce8853854ef05"
        );
    }

    #[test]
    fn nip01_37_seven_escapes_are_hashed() {
        assert_eq!(
            id_of(&draft(
                1,
                &[],
                "lf\n quote\" bs\\ cr\r tab\t bs\u{8} ff\u{c} end"
            )),
            "0bbe94fcebe6548108ec51cedeca67b8414e375be2459661590f93369e580f02"
        );
    }

    #[test]
    fn nip01_38_other_characters_are_hashed_verbatim() {
        assert_eq!(
            id_of(&draft(
                1,
                &[],
                "a/b <c> & \u{7f} \u{2028} \u{2029} é 日本 😀"
            )),
            "456fc3bdde9033719ef578554629986a3feab4b622cb85a0616ae3589b06dec1"
        );
    }

    #[test]
    fn nip01_40_and_41_tags_are_escaped_alike_and_never_normalised() {
        let id = |cafe| {
            id_of(&draft(
                1,
                &[&["t", cafe], &["x", "line\nbreak", "\"q\""]],
                "",
            ))
        };
        assert_eq!(
            id("caf\u{e9}"),
            "518367e93e2f7cb6f05dc0070ca038b98d5ecdb32ad211d9cab2cfbca6ee2b6b"
        );
        assert_eq!(
            id("cafe\u{301}"),
            "1f2098ac4ccb2c04d6479f0b28925aa5843950357ca38a09870bf248e5d90fd3"
        );
    }

    #[test]
    fn nip01_39_control_characters_are_accepted_in_both_hash_forms() {
        for id in [
            "1de696096cbd038f2259db62d16fdb84e0c1ca2887e3a0cb581443bdc6130819",
            "0f8048f56ac7b672dcce8e44bf37294ed15345c228c24afe07339ddf85772a22",
        ] {
            let event = signed_as(id, r#""a\u0001b""#);
            assert_eq!(event.content(), "a\u{1}b");
            assert_eq!(event.verify(), Ok(()));
            // Served as JSON, so that every reader can read it.
            assert!(event.json().contains(r#""a\u0001b""#));
            assert_eq!(Event::parse(event.json()), Ok(event));
        }
        let other = "0".repeat(64);
        assert_eq!(
            signed_as(&other, r#""a\u0001b""#).verify(),
            Err(EventError::WrongId)
        );
    }

    #[test]
    fn nip01_39_a_backslash_before_letters_is_no_control_character() {
        assert_eq!(verbatim_controls(r"plain \n \\"), None);
        assert_eq!(verbatim_controls(r"\\u0001").as_deref(), Some(r"\\u0001"));
        assert_eq!(
            verbatim_controls(r"\\\u001f\\u0000\né\u0000").as_deref(),
            Some("\\\\\u{1f}\\\\u0000\\né\u{0}")
        );
    }

    #[test]
    fn nip01_52_the_four_versions_of_one_address() {
        let ids = ["a", "b", "c", "d"].map(|content| id_of(&draft(10037, &[], content)));
        assert_eq!(
            ids[1],
            "0d4817c6e3bf22a9849ccd2644fc680ef6251d578ed262c846fed8eddfbdff93"
        );
        for (id, start) in ids
            .iter()
            .zip(["baae015e", "0d4817c6", "2ac7d71c", "b898ec75"])
        {
            assert!(id.starts_with(start), "{id}");
        }
        assert_eq!(ids.iter().min(), Some(&ids[1]));
    }

    #[test]
    fn lbc_community_vector() {
        assert_eq!(
            id_of(&draft(1037, &[], "")),
            "0dba6b25d4b7ed5a57109c7266d8414aae7725df12d02bb3ecbb9741836fddc9"
        );
    }

    #[test]
    fn nip01_29_a_signature_over_a_wrong_id_does_not_help() {
        let event = signed_as(&"12".repeat(32), r#""""#);
        assert_eq!(event.verify_signature(), Ok(()));
        assert_eq!(event.verify(), Err(EventError::WrongId));
    }

    #[test]
    fn nip01_29_every_hashed_member_counts() {
        let event = draft(1, &[&["t", "x"]], "hello")
            .sign(&keys(), 1_700_000_000)
            .unwrap();
        let other = nostr::Keys::generate().public_key().to_string();
        let pubkey = event.pubkey().to_string();
        for (from, to) in [
            ("hello", "hellO"),
            (r#"["t","x"]"#, r#"["t","y"]"#),
            (r#"["t","x"]"#, r#"["t","x",""]"#),
            ("1700000000", "1700000001"),
            (r#""kind":1"#, r#""kind":2"#),
            (&pubkey, &other),
        ] {
            let changed = Event::parse(&event.json().replace(from, to)).unwrap();
            assert_eq!(changed.verify(), Err(EventError::WrongId), "{to}");
        }
    }

    #[test]
    fn nip01_30_signatures_that_are_none() {
        let event = draft(1, &[], "").sign(&keys(), 1_700_000_000).unwrap();
        let good = event.sig().to_hex();
        let (r, s) = good.split_at(64);
        let field = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f";
        let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
        let flipped = if good.ends_with('0') { "1" } else { "0" };
        let other = draft(1, &[], "")
            .sign(&nostr::Keys::generate(), 1_700_000_000)
            .unwrap();
        for bad in [
            "0".repeat(128),
            "f".repeat(128),
            format!("{field}{s}"),
            format!("{r}{order}"),
            format!("{}{flipped}", &good[..127]),
            other.sig().to_hex(),
        ] {
            let forged = Event::parse(&event.json().replace(&good, &bad)).unwrap();
            assert_eq!(forged.verify(), Err(EventError::WrongSignature), "{bad}");
        }
    }

    #[test]
    fn nip01_29_30_31_remembered_authors_are_checked_as_strictly() {
        let mut verification = Verification::default();
        let good = |content: &str| draft(1, &[], content).sign(&keys(), 1).unwrap();
        for _ in 0..2 {
            let event = good("mine");
            assert_eq!(verification.verify(&event), Ok(()));
            let other = good("other");
            let forged = event
                .json()
                .replace(&event.sig().to_hex(), &other.sig().to_hex());
            let forged = Event::parse(&forged).unwrap();
            assert_eq!(
                verification.verify(&forged),
                Err(EventError::WrongSignature)
            );
            let changed = Event::parse(&event.json().replace("mine", "none")).unwrap();
            assert_eq!(verification.verify(&changed), Err(EventError::WrongId));
        }
        assert_eq!(verification.authors.len(), 1);
    }

    #[test]
    fn nip01_31_a_public_key_off_the_curve_is_refused() {
        // 5 is not the x coordinate of any point.
        for key in [format!("{:064x}", 5), "f".repeat(64), "0".repeat(64)] {
            let json = format!(
                r#"{{"id":"{0}","pubkey":"{key}","created_at":1,"kind":1,"tags":[],"content":"","sig":"{0}{0}"}}"#,
                "1".repeat(64)
            );
            let event = Event::parse(&json).unwrap();
            assert_eq!(
                event.verify_signature(),
                Err(EventError::WrongPublicKey),
                "{key}"
            );
            let right_id = json.replace(&"1".repeat(64), &event.computed_id().to_hex());
            let right_id = Event::parse(&right_id).map(|event| event.verify());
            // The signature text repeats the id, so it changed as well; it is wrong either way.
            assert_eq!(right_id, Ok(Err(EventError::WrongPublicKey)));
        }
    }
}
