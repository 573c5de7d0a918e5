//! `kith keys`: the only place where a secret key may be printed, and only when
//! it was asked for and confirmed.

use std::fs;
use std::io::{IsTerminal, Read};
use std::path::Path;

use nostr::nips::nip19::ToBech32;
use nostr::nips::nip49::KeySecurity;
use nostr::{Keys, PublicKey};
use zeroize::Zeroizing;

use crate::arguments::keys::{Kept, Keys as Arguments, Show};
use crate::context::Context;
use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::keystore::{
    KEY_FILE_BYTES_MAX, Keyring, Keystore, KeystoreError, StoredKey, TypedSecret,
};
use crate::output::account::{KeySaved, KeyShown};
use crate::output::{Output, Report};
use crate::settings::Source;
use crate::signer_session::SessionStore;

/// Runs `kith keys …`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Report, CliError> {
    match arguments {
        Arguments::New { kept } => {
            Keystore::new(&context.folder).check_free(kept.force)?;
            save(&Keys::generate(), KeySecurity::Medium, kept, context)
        }
        Arguments::Import { file, kept } => import(file.as_deref(), kept, context),
        Arguments::Show(show) => self::show(show, context),
    }
}

fn import(file: Option<&Path>, kept: &Kept, context: &Context) -> Result<Report, CliError> {
    Keystore::new(&context.folder).check_free(kept.force)?;
    let text = typed_secret(file, context)?;
    let secret = TypedSecret::parse(&text)?;
    // A key that was ever written in the clear may have been seen (NIP-49).
    let security = match &secret {
        TypedSecret::Plain(_) => KeySecurity::Weak,
        TypedSecret::Encrypted(encrypted) => encrypted.key_security(),
    };
    let keys = secret.unlock(|| context.password.get("Password of the key that you import"))?;
    save(&keys, security, kept, context)
}

fn save(
    keys: &Keys,
    security: KeySecurity,
    kept: &Kept,
    context: &Context,
) -> Result<Report, CliError> {
    let store = Keystore::new(&context.folder);
    let replaced_key_file = match kept.keyring {
        true => store.save_in_keyring(keys, &Keyring::open()?, kept.force)?,
        false => {
            let password = context.password.get_new()?;
            store.save(keys, &password, security, kept.force)?
        }
    };
    let mut warnings = Vec::new();
    if context.environment.key.is_some() {
        warnings.push("KITH_KEY is set and will be used instead of this file".to_owned());
    }
    Ok(Report {
        output: Output::KeySaved(KeySaved {
            npub: npub(keys)?,
            public_key: keys.public_key().to_hex(),
            file: store.path(),
            in_keyring: kept.keyring,
            replaced_key_file,
            next: next(context),
        }),
        warnings,
    })
}

/// A relay first, when none was named yet.
fn next(context: &Context) -> Vec<String> {
    let mut next = Vec::new();
    let relays = context.relays();
    if relays.is_ok_and(|relays| relays.source == Source::Default) {
        next.push("kith relays add wss://…".to_owned());
    }
    next.push("kith near \"your city\"".to_owned());
    next.push("kith community create \"…\" --place \"your city\"".to_owned());
    next
}

fn show(show: &Show, context: &Context) -> Result<Report, CliError> {
    if show.secret && !show.encrypted {
        context.prompt.confirm(
            "Show the secret key? Whoever sees it can act as you",
            show.yes,
        )?;
    }
    let mut warnings = Vec::new();
    let sessions = SessionStore::new(&context.folder);
    let (public_key, secret_key, file) = if context.environment.key.is_some() {
        let (public_key, secret) = environment_key(show, context)?;
        (public_key, secret, None)
    } else if let Some(session) = sessions.load()? {
        if show.secret {
            return Err(KeystoreError::Elsewhere.into());
        }
        let public_key = PublicKey::try_from(session.user)
            .map_err(|error| CliError::plain(ExitCode::Key, error.to_string()))?;
        (public_key, None, Some(sessions.path()))
    } else {
        let store = Keystore::new(&context.folder);
        let key = store.load()?;
        if key.readable_by_others {
            warnings.push(format!(
                "others on this machine can read {}; run: chmod 600 {0}",
                store.path().display()
            ));
        }
        let secret = stored_secret(show, &key, context)?;
        (key.public_key, secret, Some(store.path()))
    };
    let output = Output::Key(KeyShown {
        npub: public_key
            .to_bech32()
            .map_err(|_| KeystoreError::Encryption)?,
        public_key: public_key.to_hex(),
        file,
        secret_key,
    });
    Ok(Report { output, warnings })
}

/// `KITH_KEY`, and its secret when that is to be shown.
fn environment_key(
    show: &Show,
    context: &Context,
) -> Result<(PublicKey, Option<String>), CliError> {
    if show.encrypted {
        return Err(CliError::usage(
            "--encrypted shows the key file, but KITH_KEY is set",
            "leave --encrypted out, or unset KITH_KEY",
        ));
    }
    let keys = context.environment_keys()?.ok_or(KeystoreError::Missing)?;
    let secret = show.secret.then(|| nsec(&keys)).transpose()?;
    Ok((keys.public_key(), secret))
}

/// The secret of the key file, when it is to be shown.
fn stored_secret(
    show: &Show,
    key: &StoredKey,
    context: &Context,
) -> Result<Option<String>, CliError> {
    Ok(match (show.secret, show.encrypted) {
        (false, _) => None,
        (true, true) => Some(key.encrypted()?),
        (true, false) => {
            let keys = key.unlock(|| context.password.get("Password of your key"))?;
            Some(nsec(&keys)?)
        }
    })
}

/// From a file, else from standard input when it is not a terminal, else asked.
fn typed_secret(file: Option<&Path>, context: &Context) -> Result<Zeroizing<String>, CliError> {
    let mut text = Zeroizing::new(String::new());
    let read = match file {
        Some(path) if path != Path::new("-") => fs::File::open(path)
            .and_then(|file| file.take(KEY_FILE_BYTES_MAX).read_to_string(&mut text))
            .map_err(|error| CliError::file("read", path, &error)),
        None if std::io::stdin().is_terminal() => {
            return Ok(context.prompt.secret(
                "Secret key (nsec, hex or ncryptsec)",
                false,
                "give a file",
            )?);
        }
        _ => std::io::stdin()
            .lock()
            .take(KEY_FILE_BYTES_MAX)
            .read_to_string(&mut text)
            .map_err(|error| {
                CliError::plain(ExitCode::Failure, format!("standard input: {error}"))
            }),
    };
    read.map(|_| text)
}

fn npub(keys: &Keys) -> Result<String, CliError> {
    Ok(keys
        .public_key()
        .to_bech32()
        .map_err(|_| KeystoreError::Encryption)?)
}

fn nsec(keys: &Keys) -> Result<String, CliError> {
    Ok(keys
        .secret_key()
        .to_bech32()
        .map_err(|_| KeystoreError::Encryption)?)
}
