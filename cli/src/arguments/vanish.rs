//! `kith vanish` as typed.

use clap::{ArgGroup, Args};

/// Examples below the help of `kith vanish`.
pub const EXAMPLES: &str = "\
Examples:
  kith vanish --from wss://relay.example.com
  kith vanish --everywhere --reason \"I start anew\"

The relay deletes all that your key wrote so far, communities, meetups and answers
with it, and the private messages to you. There is no way back. Deletion cannot be
guaranteed: relays that do not know NIP-62 keep everything, and so does whoever has a
copy. The key stays yours, and can be used afterwards. --from asks that relay alone;
--everywhere asks every relay that is known, and they pass the request on.";

/// `kith vanish`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("scope").required(true).args(["from", "everywhere"])))]
pub struct Vanish {
    /// The one relay that is asked
    #[arg(long, value_name = "URL")]
    pub from: Option<String>,
    /// Ask every relay that is known
    #[arg(long)]
    pub everywhere: bool,
    /// Why, for those who run the relays; everybody can read it
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}
