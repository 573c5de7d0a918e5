//! `kith login` and `kith logout`: a signer elsewhere signs from now on, or does not any more.

use std::io::{IsTerminal, Read};
use std::time::Duration;

use kith_client::{BunkerAddress, RemoteSigner, SignerOptions};
use zeroize::Zeroizing;

use crate::arguments::login::Login;
use crate::commands::views::npub;
use crate::context::Context;
use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::keystore::{KEY_FILE_BYTES_MAX, KeystoreError};
use crate::locked_key::show_page;
use crate::output::account::{LoggedIn, LoggedOut};
use crate::output::{self, Output, Report};
use crate::qr;
use crate::signer_session::SessionStore;

/// Runs `kith login`.
pub async fn login(arguments: &Login, context: &Context) -> Result<Report, CliError> {
    let options = SignerOptions {
        timeout: Duration::from_secs(arguments.wait),
        show_page: show_page(&context.waiting),
    };
    let signer = match &arguments.bunker {
        Some(address) => {
            let address = typed_address(address.as_deref(), context)?;
            let address: BunkerAddress = address.trim().parse()?;
            RemoteSigner::connect(&address, options).await?
        }
        None => {
            let relays = context.relays()?.urls;
            let invitation = RemoteSigner::invite(relays, options).await?;
            let address = invitation.address().to_string();
            let code = qr::half_blocks(&qr::code(&address)?);
            // What is waited for is said with the address.
            let _resting = context.waiting.rest();
            output::show_address(&address, &code, context.global.json);
            invitation.accepted().await?
        }
    };
    let session = signer.session();
    let store = SessionStore::new(&context.folder);
    store.save(&session)?;
    let mut warnings = Vec::new();
    if context.environment.key.is_some() {
        warnings.push("KITH_KEY is set and will be used instead of the signer".to_owned());
    }
    Ok(Report {
        output: Output::LoggedIn(LoggedIn {
            npub: npub(session.user),
            public_key: session.user.to_string(),
            signer_public_key: session.signer.to_string(),
            relays: session.relays.iter().map(ToString::to_string).collect(),
            file: store.path(),
        }),
        warnings,
    })
}

/// Runs `kith logout`. Whatever the signer says, the connection is forgotten.
pub async fn logout(context: &Context) -> Result<Report, CliError> {
    let store = SessionStore::new(&context.folder);
    let session = store.load();
    store.remove()?;
    let Some(session) = session? else {
        return Err(KeystoreError::NotLoggedIn.into());
    };
    let options = SignerOptions {
        timeout: Duration::from_secs(context.global.timeout),
        show_page: show_page(&context.waiting),
    };
    let mut warnings = Vec::new();
    match RemoteSigner::resume(&session, options).await {
        Ok(signer) => signer.log_out().await,
        Err(error) => warnings.push(format!("the signer was not told: {error}")),
    }
    Ok(Report {
        output: Output::LoggedOut(LoggedOut {
            npub: npub(session.user),
            public_key: session.user.to_string(),
        }),
        warnings,
    })
}

/// As an argument, else from standard input when it is not a terminal, else asked.
fn typed_address(argument: Option<&str>, context: &Context) -> Result<Zeroizing<String>, CliError> {
    if let Some(argument) = argument {
        return Ok(Zeroizing::new(argument.to_owned()));
    }
    if std::io::stdin().is_terminal() {
        let question = "Address of your signer (bunker://…)";
        return Ok(context
            .prompt
            .secret(question, false, "give it on standard input")?);
    }
    let mut text = Zeroizing::new(String::new());
    let read = std::io::stdin()
        .lock()
        .take(KEY_FILE_BYTES_MAX)
        .read_to_string(&mut text);
    read.map_err(|error| CliError::plain(ExitCode::Failure, format!("standard input: {error}")))?;
    Ok(text)
}
