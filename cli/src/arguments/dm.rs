//! `kith dm` as typed.

use clap::Args;

/// Examples below the help of `kith dm`.
pub const EXAMPLES: &str = "\
Examples:
  kith dm --open-inbox
  kith dm npub1… \"See you tonight\"
  kith dm bob@example.com \"And you?\"
  fortune | kith dm npub1…
  kith dm
  kith dm npub1… --follow
  kith dm npub1… --forget

A message can be read by those to whom it goes and by nobody else (NIP-17). It is
sent to the relays where they receive messages; who names none gets none. --forget
hides a conversation on this machine for good and asks the relays where you receive
messages to delete your copies; the others keep theirs.

--follow goes on until Ctrl-C. With --json it prints one object a line, for each
message.";

/// `kith dm`.
#[derive(Debug, Args)]
pub struct Dm {
    /// npub, nprofile, identifier (bob@example.com) or 64 hexadecimal digits; nobody: list your
    /// conversations
    #[arg(conflicts_with = "open_inbox")]
    pub person: Option<String>,
    /// What to say; without it, standard input when it is a pipe or a file, else the conversation is
    /// shown
    #[arg(conflicts_with_all = ["follow", "forget"])]
    pub text: Option<String>,
    /// Also to this person; can be repeated
    #[arg(long = "with", value_name = "PERSON", requires = "person")]
    pub with: Vec<String>,
    /// A name for the conversation
    #[arg(long, value_name = "TEXT", requires = "person", conflicts_with_all = ["follow", "forget"])]
    pub subject: Option<String>,
    /// Go on with what arrives
    #[arg(long, conflicts_with_all = ["forget", "open_inbox"])]
    pub follow: bool,
    /// Clear the conversation
    #[arg(long, requires = "person", conflicts_with = "open_inbox")]
    pub forget: bool,
    /// Show so many of the newest messages
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub last: usize,
    /// Say that messages for you go to the relays that you use, the first three of them
    #[arg(long)]
    pub open_inbox: bool,
    /// With --forget: do not ask
    #[arg(long, requires = "forget")]
    pub yes: bool,
}
