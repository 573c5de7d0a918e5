//! `kith doctor`: what is wrong with the key, the relays and the clock, and how to mend it. Looks at
//! everything, asks nobody, and changes nothing, unless it is told to try writing.

use std::time::Duration;

use kith_client::{
    ConnectError, Keeping, KeepingCheckup, Kith, RelayCheckup, RemoteSigner, SignerOptions,
};

use crate::arguments::doctor::Doctor as Arguments;
use crate::commands::views::npub;
use crate::context::Context;
use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::keystore::{Keystore, KeystoreError, TypedSecret};
use crate::locked_key::show_page;
use crate::output::doctor::{Check, Doctor, Health};
use crate::output::{Output, Report, age};
use crate::settings::Source;
use crate::signer_session::SessionStore;

/// A clock that is further off than this makes notes that relays refuse, or that win over newer ones.
const CLOCK_OFF_SECONDS_MAX: i64 = 60;

/// A relay that takes longer than this is felt.
const SLOW: Duration = Duration::from_secs(2);

/// Runs `kith doctor`. The second is the failure when something is wrong.
pub async fn run(arguments: &Arguments, context: &Context) -> (Report, Result<(), CliError>) {
    let mut checks = vec![folder(context)];
    checks.extend(key(context).await);
    checks.extend(relays(context).await);
    checks.push(outbox(context).await);
    if arguments.write {
        checks.extend(writing(context).await);
    }
    let wrong = checks.iter().filter(|check| check.health == Health::Wrong);
    let outcome = match wrong.count() {
        0 => Ok(()),
        1 => Err("one thing is wrong".to_owned()),
        count => Err(format!("{count} things are wrong")),
    };
    let outcome = outcome.map_err(|message| {
        let hint = "what to do stands beside each; then run `kith doctor` again";
        CliError::new(ExitCode::Failure, message, hint)
    });
    (Output::Doctor(Doctor { checks }).into(), outcome)
}

/// Whether anything can be kept.
fn folder(context: &Context) -> Check {
    let path = context.folder.file("");
    let path = path.display();
    match context.folder.create() {
        Ok(()) => Check::well("configuration", path.to_string()),
        Err(error) => Check::wrong(
            "configuration",
            format!("{path} cannot be used: {error}"),
            "mend its permissions, or set KITH_CONFIG_DIR to another folder",
        ),
    }
}

async fn key(context: &Context) -> Vec<Check> {
    if let Some(typed) = &context.environment.key {
        return vec![match TypedSecret::parse(typed) {
            Ok(TypedSecret::Plain(keys)) => {
                let owner = npub(keys.public_key().into());
                Check::well("key", format!("{owner}, from KITH_KEY"))
            }
            Ok(TypedSecret::Encrypted(_)) => {
                Check::well("key", "in KITH_KEY, encrypted".to_owned())
            }
            Err(error) => Check::wrong("key", format!("KITH_KEY: {error}"), "correct or unset it"),
        }];
    }
    let sessions = SessionStore::new(&context.folder);
    match sessions.load() {
        Ok(Some(session)) => {
            let owner = npub(session.user);
            let options = SignerOptions {
                timeout: Duration::from_secs(context.global.timeout),
                show_page: show_page(&context.waiting),
            };
            let reached = RemoteSigner::resume(&session, options).await;
            return vec![match reached {
                Ok(_) => Check::well("key", format!("{owner}, with a signer elsewhere")),
                Err(error) => Check::wrong(
                    "key",
                    format!("{owner} is with a signer elsewhere: {error}"),
                    "`kith login` again, or `kith logout` to use the key file",
                ),
            }];
        }
        Ok(None) => {}
        Err(error) => return vec![wrong_key(&error)],
    }
    let store = Keystore::new(&context.folder);
    let stored = match store.load() {
        Ok(stored) => stored,
        Err(KeystoreError::Missing) => {
            let finding = "there is none: everything can be read, nothing written";
            let remedy = "`kith keys new`, `kith keys import` or `kith login`";
            return vec![Check::doubtful("key", finding.to_owned(), remedy)];
        }
        Err(error) => return vec![wrong_key(&error)],
    };
    let owner = npub(stored.public_key.into());
    let mut checks = vec![Check::well("key", owner)];
    if stored.readable_by_others {
        let path = store.path();
        let finding = format!("others on this machine can read {}", path.display());
        checks.push(Check::wrong("key file", finding, "run `chmod 600` on it"));
    }
    match context.password.given() {
        // Nobody is asked.
        Ok(None) if stored.needs_password() => {}
        Ok(password) => {
            if let Err(error) = stored.unlock(|| Ok(password.unwrap_or_default())) {
                checks.push(wrong_key(&error));
            }
        }
        Err(error) => checks.push(Check::wrong(
            "password",
            error.message,
            "check --password-file",
        )),
    }
    checks
}

fn wrong_key(error: &KeystoreError) -> Check {
    let remedy = error.hint().unwrap_or_default();
    Check::wrong("key", error.to_string(), &remedy)
}

async fn relays(context: &Context) -> Vec<Check> {
    let relays = match context.relays() {
        Ok(relays) => relays,
        Err(error) => {
            let remedy = error.hint.unwrap_or_default();
            return vec![Check::wrong("relays", error.message, &remedy)];
        }
    };
    let mut checks = Vec::new();
    if relays.source == Source::Default {
        let finding = "none is configured, so one on this machine is used".to_owned();
        let remedy = "`kith relays add wss://…`";
        checks.push(Check::doubtful("relays", finding, remedy));
    }
    let connecting = Kith::builder()
        .relays(relays.urls.iter().map(ToString::to_string))
        .timeout(Duration::from_secs(context.global.timeout))
        .connect();
    let kith = match connecting.await {
        Ok(kith) => kith,
        Err(ConnectError::NobodyReachable { relays }) => {
            checks.extend(relays.iter().map(|refusal| {
                let name = refusal.relay.to_string();
                unreachable(&name, &refusal.reason.to_string())
            }));
            return checks;
        }
        Err(error) => {
            let remedy = "`kith relays list` shows them";
            checks.push(Check::wrong("relays", error.to_string(), remedy));
            return checks;
        }
    };
    let found = kith.check_relays().await;
    kith.disconnect().await;
    checks.extend(found.iter().map(relay));
    checks.extend(clock(&found));
    checks
}

fn unreachable(name: &str, reason: &str) -> Check {
    let remedy = "is the address right, and the relay running? `kith relays remove` takes it away";
    Check::wrong(name, reason.to_owned(), remedy)
}

fn relay(found: &RelayCheckup) -> Check {
    let name = found.relay.to_string();
    let within = match &found.answered {
        Ok(within) => *within,
        Err(reason) => return unreachable(&name, &reason.to_string()),
    };
    let answers = format!("answers within {} ms", within.as_millis().max(1));
    if found.unasked_events > 0 {
        return Check::wrong(
            &name,
            format!("{answers}, and sends notes that nobody asked for"),
            "they are left out, but what it does not send is missing: use another relay, or one beside it",
        );
    }
    let information = match &found.information {
        Ok(information) => information,
        Err(reason) => {
            let finding = format!("{answers}, and says nothing of itself ({reason})");
            return Check::well(&name, finding);
        }
    };
    let software = information
        .software
        .as_deref()
        .unwrap_or("unnamed software");
    let version = information.version.as_deref().unwrap_or_default();
    let mut finding = format!("{answers}; {software} {version}")
        .trim_end()
        .to_owned();
    let limits = information.limitation.as_ref();
    let is = |limit: Option<bool>| limit == Some(true);
    if limits.is_some_and(|limits| is(limits.payment_required)) {
        finding.push_str("; asks for money before it takes notes");
        return Check::doubtful(
            &name,
            finding,
            "pay there, or use another relay for writing",
        );
    }
    if limits.is_some_and(|limits| is(limits.restricted_writes)) {
        finding.push_str("; does not take everybody's notes");
        return Check::doubtful(
            &name,
            finding,
            "ask who runs it, or use another relay beside it",
        );
    }
    if within > SLOW {
        return Check::doubtful(&name, finding, "a relay nearby is faster");
    }
    Check::well(&name, finding)
}

/// What becomes of a note that is written to the relays.
async fn writing(context: &Context) -> Vec<Check> {
    let kept = async {
        let kith = context.writer().await?.unlock().await?;
        let kept = kith.check_writing().await;
        kith.disconnect().await;
        Ok::<_, CliError>(kept?)
    };
    match kept.await {
        Ok(kept) => kept.iter().map(keeping).collect(),
        Err(error) => {
            let remedy = error.hint.unwrap_or_default();
            vec![Check::wrong("writing", error.message, &remedy)]
        }
    }
}

fn keeping(found: &KeepingCheckup) -> Check {
    let subject = format!("writing to {}", found.relay);
    match &found.keeping {
        Keeping::Kept => Check::well(&subject, "what was written is there".to_owned()),
        Keeping::Lost => Check::wrong(
            &subject,
            "it says that it took a note, and does not have it".to_owned(),
            "do not rely on it: use another relay, or one beside it",
        ),
        Keeping::Refused(reason) => Check::wrong(
            &subject,
            reason.to_string(),
            "use another relay for writing, or ask who runs it",
        ),
        Keeping::Unknown(reason) => {
            let finding = format!("it took a note, and did not say whether it has it: {reason}");
            Check::doubtful(&subject, finding, "try again")
        }
    }
}

/// What waits to be sent.
async fn outbox(context: &Context) -> Check {
    let queued = match context.local().await {
        Ok(local) => local.queued().await.map_err(CliError::from),
        Err(error) => Err(error),
    };
    let queued = match queued {
        Ok(queued) => queued,
        Err(error) => {
            let remedy = error.hint.unwrap_or_default();
            return Check::wrong("outbox", error.message, &remedy);
        }
    };
    let Some(oldest) = queued.first() else {
        return Check::well("outbox", "nothing waits to be sent".to_owned());
    };
    let since = age(context.now_unix().saturating_sub(oldest.queued_at));
    let finding = match queued.len() {
        1 => format!("1 note waits to be sent, for {since}"),
        count => format!("{count} notes wait to be sent, the oldest for {since}"),
    };
    let remedy =
        "`kith outbox` says why, `kith outbox send` tries now, `kith outbox drop` gives up";
    Check::doubtful("outbox", finding, remedy)
}

/// Ours, against those of the relays: one of them may be wrong, most of them are not.
fn clock(found: &[RelayCheckup]) -> Option<Check> {
    let ahead = found.iter().filter_map(|relay| relay.clock_ahead_seconds);
    let mut ahead: Vec<i64> = ahead.collect();
    ahead.sort_unstable();
    let middle = *ahead.get(ahead.len() / 2)?;
    let off = middle.unsigned_abs();
    Some(match middle.abs() <= CLOCK_OFF_SECONDS_MAX {
        true => Check::well("clock", "as those of the relays".to_owned()),
        false => {
            let direction = if middle > 0 { "behind" } else { "ahead of" };
            Check::wrong(
                "clock",
                format!("{off} seconds {direction} those of the relays"),
                "set the clock of this machine: relays refuse notes from the future, and older notes lose",
            )
        }
    })
}
