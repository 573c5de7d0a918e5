//! `kith announce` as typed.

use clap::Args;
use kith_client::Audience;

/// Examples below the help of `kith announce`.
pub const EXAMPLES: &str = "\
Examples:
  kith announce \"Brighton Rust\" --to members \"We have a new home\"
  kith announce \"Rust and chips\" --to silent \"Will you come on Friday?\" --dry-run
  kith announce \"Rust and chips\" --to silent \"Will you come on Friday?\"
  kith announce --resume

Each person gets a private message (NIP-17) that does not say who else has it. You and
those whom the community muted get none, nor do those who receive no private messages.

A run that is stopped can be resumed, and the same announcement can be made again: it
goes to those whom it did not reach yet, and never twice to anybody. With --json it
prints one object a line: what became of it for each person, then the sum.";

/// `kith announce`.
#[derive(Debug, Args)]
pub struct Announce {
    /// The community or the meetup: title, id, start of an id that was listed, or nostr: link
    #[arg(
        value_name = "COMMUNITY|MEETUP",
        required_unless_present = "resume",
        conflicts_with = "resume"
    )]
    pub about: Option<String>,
    /// What to say; without it, standard input
    pub text: Option<String>,
    /// To whom: members or followers of a community; of a meetup also those who are going, those who
    /// said maybe, those who declined, all who answered, or silent: the members who have not
    #[arg(
        long,
        value_name = "AUDIENCE",
        required_unless_present = "resume",
        conflicts_with = "resume",
        value_parser = audience()
    )]
    pub to: Option<Audience>,
    /// Only show who would get it
    #[arg(long, conflicts_with = "resume")]
    pub dry_run: bool,
    /// Say the same once more, also to those who have it
    #[arg(long, conflicts_with_all = ["resume", "dry_run"])]
    pub again: bool,
    /// Go on with what was not finished
    #[arg(long)]
    pub resume: bool,
}

fn audience() -> impl clap::builder::TypedValueParser<Value = Audience> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    let words = Audience::ALL.map(Audience::as_str);
    PossibleValuesParser::new(words).try_map(|word| word.parse::<Audience>())
}
