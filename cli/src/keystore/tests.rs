//! Keys that are saved, read back, damaged and replaced, in folders of their own.

use super::*;
use crate::settings::Environment;

/// The published example of NIP-49, password "nostr".
const PUBLISHED: &str = "ncryptsec1qgg9947rlpvqu76pj5ecreduf9jxhselq2nae2kghhvd5g7dgjtcxfqtd67p9m0w57lspw8gsq6yphnm8623nsl8xn9j4jdzz84zm3frztj3z7s35vpzmqf6ksu8r89qk5z2zxfmu5gv8th8wclt0h4p";
const PUBLISHED_SECRET: &str = "3501454135014541350145413501453fefb02227e449e57cf4d3a3ce05378683";

fn folder(root: &tempfile::TempDir) -> ConfigFolder {
    let environment = Environment {
        config_dir: Some(root.path().join("kith")),
        ..Environment::default()
    };
    ConfigFolder::find(&environment).unwrap()
}

fn password(text: &str) -> Result<Zeroizing<String>, KeystoreError> {
    Ok(Zeroizing::new(text.to_owned()))
}

#[test]
fn nip49_02_the_published_key_is_decrypted() {
    let keys = TypedSecret::parse(PUBLISHED)
        .unwrap()
        .unlock(|| password("nostr"))
        .unwrap();
    assert_eq!(keys.secret_key().to_secret_hex(), PUBLISHED_SECRET);
}

#[test]
fn nip49_03_passwords_are_normalised() {
    let keys = Keys::parse(PUBLISHED_SECRET).unwrap();
    let typed = "\u{212b}\u{2126}\u{1e9b}\u{323}";
    let encrypted =
        EncryptedSecretKey::new(keys.secret_key(), typed, 1, KeySecurity::Weak).unwrap();
    let normal = String::from_utf8(vec![0xc3, 0x85, 0xce, 0xa9, 0xe1, 0xb9, 0xa9]).unwrap();
    assert_eq!(decrypt(&encrypted, &normal).unwrap(), keys);
}

#[test]
fn nip49_04_too_much_work_is_refused_before_memory_is_taken() {
    let mut bytes = EncryptedSecretKey::from_bech32(PUBLISHED).unwrap().as_vec();
    for log_n in [21, 63, 255] {
        bytes[1] = log_n;
        let text = EncryptedSecretKey::from_slice(&bytes)
            .unwrap()
            .to_bech32()
            .unwrap();
        let refused = TypedSecret::parse(&text).err().unwrap();
        assert!(matches!(refused, KeystoreError::WorkFactor { log_n: n } if n == log_n));
    }
}

#[test]
fn nip49_04_damaged_keys_are_refused() {
    let flipped = PUBLISHED.replace("h4p", "h4q");
    for text in [
        flipped.as_str(),
        "ncryptsec1",
        "nsec1xyz",
        "",
        "zz",
        &"a".repeat(63),
    ] {
        let refused = TypedSecret::parse(text).err().unwrap();
        assert!(matches!(refused, KeystoreError::NotASecretKey), "{text:?}");
    }
    let public = Keys::parse(PUBLISHED_SECRET)
        .unwrap()
        .public_key()
        .to_bech32()
        .unwrap();
    assert!(matches!(
        TypedSecret::parse(&public).err(),
        Some(KeystoreError::PublicKey)
    ));
    let wrong = TypedSecret::parse(PUBLISHED)
        .unwrap()
        .unlock(|| password("other"));
    assert!(matches!(wrong, Err(KeystoreError::WrongPassword)));
}

#[test]
fn a_key_is_saved_once_and_read_back() {
    let root = tempfile::tempdir().unwrap();
    let folder = folder(&root);
    let store = Keystore::new(&folder);
    assert!(matches!(store.load().err(), Some(KeystoreError::Missing)));
    let keys = Keys::generate();
    store
        .save(&keys, "long enough", KeySecurity::Medium, false)
        .unwrap();

    let text = fs::read_to_string(store.path()).unwrap();
    assert!(!text.contains(&keys.secret_key().to_secret_hex()));
    let stored = store.load().unwrap();
    assert_eq!(stored.public_key, keys.public_key());
    assert!(!stored.readable_by_others);
    assert_eq!(stored.unlock(|| password("long enough")).unwrap(), keys);
    assert!(matches!(
        stored.unlock(|| password("wrong")),
        Err(KeystoreError::WrongPassword)
    ));

    let again = store.save(&Keys::generate(), "x", KeySecurity::Medium, false);
    assert!(matches!(again, Err(KeystoreError::Exists { .. })));
    assert_eq!(fs::read_to_string(store.path()).unwrap(), text);

    let empty = store.save(&keys, "", KeySecurity::Medium, true);
    assert!(matches!(empty, Err(KeystoreError::EmptyPassword)));
}

#[test]
fn a_replaced_key_is_kept() {
    let root = tempfile::tempdir().unwrap();
    let folder = folder(&root);
    let store = Keystore::new(&folder);
    let (first, second) = (Keys::generate(), Keys::generate());
    assert_eq!(
        store
            .save(&first, "one", KeySecurity::Medium, true)
            .unwrap(),
        None
    );
    let before = fs::read_to_string(store.path()).unwrap();
    let kept = store
        .save(&second, "two", KeySecurity::Medium, true)
        .unwrap()
        .unwrap();
    assert_eq!(fs::read_to_string(kept).unwrap(), before);
    assert_eq!(
        store.load().unwrap().unlock(|| password("two")).unwrap(),
        second
    );
}

#[test]
fn a_file_whose_parts_do_not_fit_is_damaged() {
    let root = tempfile::tempdir().unwrap();
    let folder = folder(&root);
    let store = Keystore::new(&folder);
    let keys = Keys::generate();
    store
        .save(&keys, "one", KeySecurity::Medium, false)
        .unwrap();
    let other = Keys::generate().public_key().to_hex();
    let text = fs::read_to_string(store.path()).unwrap();
    let swapped = text.replace(&keys.public_key().to_hex(), &other);
    folder.write(KEY_FILE, &swapped, true).unwrap();
    let unlocked = store.load().unwrap().unlock(|| password("one"));
    assert!(matches!(unlocked, Err(KeystoreError::Damaged { .. })));
    folder.write(KEY_FILE, "nonsense = 1", true).unwrap();
    assert!(matches!(
        store.load().err(),
        Some(KeystoreError::Damaged { .. })
    ));
}

#[cfg(feature = "keyring")]
#[test]
fn a_key_in_the_keyring_leaves_only_its_public_key_in_the_file() {
    let root = tempfile::tempdir().unwrap();
    let folder = folder(&root);
    let store = Keystore::new(&folder);
    let keyring = super::keyring::tests::in_memory();
    let keys = Keys::generate();
    store.save_in_keyring(&keys, &keyring, false).unwrap();
    let text = fs::read_to_string(store.path()).unwrap();
    assert!(!text.contains(&keys.secret_key().to_secret_hex()), "{text}");
    let stored = store.load().unwrap();
    assert_eq!(stored.public_key, keys.public_key());
    assert!(!stored.needs_password());
    assert!(matches!(stored.encrypted(), Err(KeystoreError::InKeyring)));
    assert_eq!(keyring.take(stored.public_key).unwrap(), keys);
    let again = store.save_in_keyring(&keys, &keyring, false);
    assert!(matches!(again, Err(KeystoreError::Exists { .. })));
}

#[cfg(not(feature = "keyring"))]
#[test]
fn without_the_feature_a_key_in_the_keyring_is_known_and_cannot_be_used() {
    let root = tempfile::tempdir().unwrap();
    let folder = folder(&root);
    let store = Keystore::new(&folder);
    let public_key = Keys::generate().public_key();
    let text = format!(
        "public_key = \"{}\"\nin_keyring = true\n",
        public_key.to_hex()
    );
    folder.write(KEY_FILE, &text, true).unwrap();
    let stored = store.load().unwrap();
    assert_eq!(stored.public_key, public_key);
    let error = stored.unlock(|| password("x")).unwrap_err();
    assert!(matches!(error, KeystoreError::BuiltWithoutKeyring));
    assert!(error.hint().unwrap().contains("--features keyring"));
    let both = text + &format!("encrypted_secret_key = \"{PUBLISHED}\"\n");
    folder.write(KEY_FILE, &both, true).unwrap();
    assert!(matches!(
        store.load().err(),
        Some(KeystoreError::Damaged { .. })
    ));
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_noticed() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().unwrap();
    let folder = folder(&root);
    let store = Keystore::new(&folder);
    store
        .save(&Keys::generate(), "one", KeySecurity::Medium, false)
        .unwrap();
    fs::set_permissions(store.path(), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(store.load().unwrap().readable_by_others);
}

/// What it is given is wiped when it is dropped; the compiler says so.
fn is_wiped<T: zeroize::ZeroizeOnDrop>(_: &T) {}

#[test]
fn nip49_05_keys_and_passwords_are_wiped_after_use() {
    let given = crate::password::Password::new(
        None,
        Some(Zeroizing::new("nostr".to_owned())),
        crate::prompt::Prompt::default(),
    );
    // What opens a key, what a new one is closed with, and what the environment has.
    is_wiped(&given.get("?").unwrap());
    is_wiped(&given.get_new().unwrap());
    is_wiped(&given.given().unwrap().unwrap());
    let environment = crate::settings::Environment {
        key: Some(Zeroizing::new(PUBLISHED_SECRET.to_owned())),
        password: given.given().unwrap(),
        ..Default::default()
    };
    is_wiped(&environment.key.unwrap());
    is_wiped(&environment.password.unwrap());
    // The crate `nostr` overwrites a secret key when it is dropped.
    assert!(std::mem::needs_drop::<nostr::SecretKey>());
    assert!(std::mem::needs_drop::<Keys>());
}
