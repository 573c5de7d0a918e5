//! `kith vanish`: asks relays to delete all that the key wrote (NIP-62), after saying what that means.

use kith_client::{VanishConfirmed, VanishFrom};

use super::views;
use crate::arguments::vanish::Vanish;
use crate::context::Context;
use crate::errors::CliError;
use crate::output::account::Vanished;
use crate::output::{Output, Report};
use crate::settings;

/// Runs `kith vanish`.
pub async fn run(typed: &Vanish, context: &Context) -> Result<Report, CliError> {
    let from = match &typed.from {
        Some(url) => VanishFrom::Relay(settings::relay_url(url)?),
        None => VanishFrom::Everywhere,
    };
    let writer = context.writer_with_a_key().await?;
    let me = writer.kith().public_key();
    let me = me.ok_or(kith_client::PublishError::ReadOnly)?;
    let question = question(&from, &views::npub(me));
    context.prompt.confirm(&question, typed.yes)?;
    let kith = writer.unlock().await?;
    let confirmed = VanishConfirmed::by_the_person(me, from.clone());
    let published = kith.vanish(&confirmed, &typed.reason).await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::refusals(&published.refused, &kith));
    let output = Output::Vanished(Vanished {
        id: published.id.to_string(),
        everywhere: from == VanishFrom::Everywhere,
        published: views::published(&published),
    });
    Ok(Report { output, warnings })
}

fn question(from: &VanishFrom, npub: &str) -> String {
    let whom = match from {
        VanishFrom::Relay(relay) => format!("Ask {relay}"),
        VanishFrom::Everywhere => "Ask every relay that is known".to_owned(),
    };
    format!(
        "{whom} to delete all that {npub} wrote, and the private messages to it? There is no way \
         back, and deletion cannot be guaranteed."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_client::RelayUrl;

    #[test]
    fn nip62_10_the_question_says_what_happens_and_where() {
        let relay = RelayUrl::parse("wss://relay.example.com").unwrap();
        let one = question(&VanishFrom::Relay(relay), "npub1xyz");
        let all = question(&VanishFrom::Everywhere, "npub1xyz");
        assert!(one.starts_with("Ask wss://relay.example.com to delete all that npub1xyz wrote"));
        assert!(all.starts_with("Ask every relay that is known to delete all"));
        for question in [one, all] {
            assert!(question.contains("There is no way back"));
            assert!(question.contains("cannot be guaranteed"));
        }
    }
}
