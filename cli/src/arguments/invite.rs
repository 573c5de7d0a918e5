//! `kith invite` as typed.

use std::path::PathBuf;

use clap::Args;

/// Examples below the help of `kith invite`.
pub const EXAMPLES: &str = "\
Examples:
  kith invite \"Brighton Rust\" --qr
  kith invite \"Rust and chips\" --web https://meet.example/e --qr-file poster.svg

The link names the relays that have it, so that other programs find it. With --web
there is also a link for browsers, and the QR code carries that one: cameras open it.";

/// `kith invite`.
#[derive(Debug, Args)]
pub struct Invite {
    /// The community or meetup: title, id, start of an id that was listed, or nostr: link
    pub what: String,
    /// Address of a web page that shows what is written behind it
    #[arg(long, value_name = "BASE")]
    pub web: Option<String>,
    /// Print a QR code
    #[arg(long)]
    pub qr: bool,
    /// Write the QR code into a file that ends with .svg
    #[arg(long, value_name = "FILE")]
    pub qr_file: Option<PathBuf>,
}
