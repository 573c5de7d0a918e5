//! `kith login` as typed.

use clap::Args;

/// Examples of `kith login`.
pub const EXAMPLES: &str = "\
Examples:
  kith login
  kith login --bunker
  kith login --bunker 'bunker://…?relay=wss://…&secret=…'
  kith logout

Without --bunker an address is shown, as text and as a QR code, for your signer
to open. While you are logged in, the signer's key is used and not the key file.";

/// Let a signer elsewhere sign: a phone, a bunker (NIP-46).
#[derive(Debug, Args)]
pub struct Login {
    /// Address that your signer gave you; without a value it is read from
    /// standard input, or asked for, so that other programs cannot see it
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1)]
    pub bunker: Option<Option<String>>,
    /// Seconds that you have to say yes on your signer
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 300,
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    pub wait: u64,
}
