//! The system as its users meet it: real sockets, real SQLite files, one test per line of the
//! conformance checklist.
//!
//! # Adding a module
//! 1. One file (or `name.rs` + `name/`) in `tests/end_to_end/`, named after the specification it
//!    tests, and a `mod` line below. Nothing else has to change.
//! 2. One test per checklist line, its id first: `nip09_04_only_own_events_are_deleted`. A test
//!    that needs several lines carries all their ids: `nip01_74_75_…`.
//! 3. Start from the tools, by their short names:
//!    - `crate::harness`: [`TestRelay`](harness::TestRelay) is a relay on a free port with a data
//!      folder of its own, gone at the end of the test; [`Socket`](harness::Socket) is a client
//!      that reads every answer strictly; [`RawClient`](harness::RawClient) writes single frames.
//!    - `crate::events`: `note(key).kind(..).tag(..).at(..).signed()`, and
//!      [`Forged`](events::Forged) for events that are wrong in one place.
//!    - `crate::process`: the real program, to be killed.
//!    - `crate::keeping`: the ways of keeping events between which no answer may differ.
//!    - `crate::management`: what an administrator asks of a relay over HTTP.
//!    - `crate::clock`: boundaries that are one second wide.
//! 4. Never sleep, never wait for silence. Every receive has a deadline, and reaching it is a
//!    failure. That nothing comes is shown by a fence: [`nothing_more`](harness::Socket::nothing_more)
//!    where an answer must not follow, [`nothing_delivered`](harness::Socket::nothing_delivered)
//!    where an event must not be pushed.
//!
//! ```ignore
//! #[tokio::test]
//! async fn nip01_34_a_known_event_is_a_duplicate() {
//!     let relay = TestRelay::start().await;
//!     let mut socket = relay.connect().await;
//!     let event = note(1).content("hello").signed();
//!     socket.accept(&event).await;
//!     socket.event(&event).await.accepted_with("duplicate");
//! }
//! ```
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on panics, also in what tests share"
)]

pub(crate) use end_to_end::{
    api, clock, command_line, events, harness, keeping, library, management, process,
};

mod end_to_end {
    pub(crate) mod api;
    pub(crate) mod clock;
    pub(crate) mod command_line;
    pub(crate) mod events;
    pub(crate) mod harness;
    pub(crate) mod keeping;
    pub(crate) mod library;
    pub(crate) mod management;
    pub(crate) mod process;

    mod access;
    mod console;
    mod crash;
    mod features;
    #[cfg(feature = "foreign-relays")]
    mod foreign_relays;
    mod hostile;
    mod kinds;
    mod lbc;
    mod live_places;
    mod nip01;
    mod nip02;
    mod nip05;
    mod nip09;
    mod nip11;
    mod nip13;
    mod nip17;
    mod nip19;
    mod nip22;
    mod nip28;
    mod nip40;
    mod nip42;
    mod nip43;
    // It asks a registry for a crate.
    #[cfg(feature = "foreign-relays")]
    mod nip44;
    mod nip45;
    mod nip46;
    mod nip49;
    mod nip50;
    mod nip51;
    mod nip52;
    mod nip56;
    mod nip59;
    mod nip62;
    mod nip65;
    mod nip66;
    mod nip67;
    mod nip70;
    mod nip77;
    mod nip86;
    mod nip89;
    mod nip98;
    mod pages;
    mod prefixes;
    mod real_data;
    mod relay_tester;
    mod retention;
    mod second_library;
    mod stored_places;
    mod tour;
}
