//! The keyring of the system: the Secret Service, the keychain of macOS, the Credential Manager of
//! Windows. Keeps secret keys under their public keys; knows nothing of files. Built with the feature
//! `keyring`; without it, every use is an error that says so.

use nostr::{Keys, PublicKey};

use super::KeystoreError;

/// The keyring, once it has answered.
pub struct Keyring {
    #[cfg(feature = "keyring")]
    store: std::sync::Arc<keyring_core::CredentialStore>,
}

/// Under which the entries are shown to people.
#[cfg(feature = "keyring")]
const SERVICE: &str = "kith";

#[cfg(feature = "keyring")]
impl Keyring {
    /// That of this system.
    pub fn open() -> Result<Self, KeystoreError> {
        let store = native_store().map_err(failed)?;
        Ok(Self { store })
    }

    /// Keeps a secret key.
    pub fn keep(&self, keys: &Keys) -> Result<(), KeystoreError> {
        let secret = zeroize::Zeroizing::new(keys.secret_key().to_secret_hex());
        let entry = self.entry(keys.public_key())?;
        entry.set_password(&secret).map_err(failed)
    }

    /// The secret key of this public key.
    pub fn take(&self, public_key: PublicKey) -> Result<Keys, KeystoreError> {
        let secret = match self.entry(public_key)?.get_password() {
            Ok(secret) => zeroize::Zeroizing::new(secret),
            Err(keyring_core::Error::NoEntry) => return Err(KeystoreError::NotInKeyring),
            Err(error) => return Err(failed(error)),
        };
        match Keys::parse(&secret) {
            Ok(keys) if keys.public_key() == public_key => Ok(keys),
            _ => Err(KeystoreError::NotInKeyring),
        }
    }

    fn entry(&self, public_key: PublicKey) -> Result<keyring_core::Entry, KeystoreError> {
        let entry = self.store.build(SERVICE, &public_key.to_hex(), None);
        entry.map_err(failed)
    }
}

#[cfg(not(feature = "keyring"))]
impl Keyring {
    /// There is none in this build.
    pub fn open() -> Result<Self, KeystoreError> {
        Err(KeystoreError::BuiltWithoutKeyring)
    }

    /// Nothing is kept.
    pub fn keep(&self, _: &Keys) -> Result<(), KeystoreError> {
        Err(KeystoreError::BuiltWithoutKeyring)
    }

    /// Nothing was kept.
    pub fn take(&self, _: PublicKey) -> Result<Keys, KeystoreError> {
        Err(KeystoreError::BuiltWithoutKeyring)
    }
}

#[cfg(all(feature = "keyring", target_os = "macos"))]
fn native_store() -> keyring_core::Result<std::sync::Arc<keyring_core::CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(all(feature = "keyring", windows))]
fn native_store() -> keyring_core::Result<std::sync::Arc<keyring_core::CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(all(feature = "keyring", unix, not(target_os = "macos")))]
fn native_store() -> keyring_core::Result<std::sync::Arc<keyring_core::CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

/// Errors of keyrings can hold what was read: only what kind they are is told.
#[cfg(feature = "keyring")]
fn failed(error: keyring_core::Error) -> KeystoreError {
    use keyring_core::Error;
    let message = match error {
        Error::PlatformFailure(_) => "it failed",
        Error::NoStorageAccess(_) => "it is locked, or does not answer",
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) => {
            "what it has is damaged"
        }
        Error::Ambiguous(_) => "it has several such keys",
        _ => "it cannot be used",
    };
    KeystoreError::Keyring(message)
}

#[cfg(feature = "keyring")]
#[cfg(test)]
pub mod tests {
    use super::*;

    /// A keyring in memory; entries of one store are the same for everybody who has it.
    pub fn in_memory() -> Keyring {
        let store = keyring_core::mock::Store::new().unwrap();
        Keyring { store }
    }

    #[test]
    fn a_key_is_kept_under_its_public_key() {
        let keyring = in_memory();
        let (one, other) = (Keys::generate(), Keys::generate());
        keyring.keep(&one).unwrap();
        assert_eq!(keyring.take(one.public_key()).unwrap(), one);
        let missing = keyring.take(other.public_key());
        assert!(matches!(missing, Err(KeystoreError::NotInKeyring)));
        keyring.keep(&other).unwrap();
        assert_eq!(keyring.take(one.public_key()).unwrap(), one);
    }

    #[test]
    fn what_is_not_that_key_is_not_given_and_failures_tell_no_secret() {
        let keyring = in_memory();
        let keys = Keys::generate();
        let entry = keyring.entry(keys.public_key()).unwrap();
        let other = Keys::generate().secret_key().to_secret_hex();
        for wrong in ["", "nonsense", &other] {
            entry.set_password(wrong).unwrap();
            let taken = keyring.take(keys.public_key());
            assert!(matches!(taken, Err(KeystoreError::NotInKeyring)), "{wrong}");
        }
        let error = failed(keyring_core::Error::BadEncoding(b"secret".to_vec()));
        assert!(
            !format!("{error} {error:?}").contains("secret"),
            "{error:?}"
        );
        assert!(error.to_string().contains("damaged") && error.hint().is_some());
    }
}
