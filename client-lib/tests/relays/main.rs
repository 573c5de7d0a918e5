//! The library against relays that are not ours: `nostr-relay-builder` from the nostr-sdk family,
//! and scripted ones that answer what a test tells them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy allows them in test functions, but not in what these share"
)]

mod map_relay;
mod site;
mod support;

mod admin;
mod agenda;
mod asking;
mod clocks;
mod connections;
mod discovery;
mod examples;
mod friends;
mod handlers;
mod identifiers;
mod kept;
mod limits;
mod lists;
mod lying;
mod messages;
mod mutes;
mod notes;
mod outbox;
mod owners;
mod pages;
mod profiles;
mod reading;
mod relay_members;
mod remote_signer;
mod short_values;
mod tour;
mod vanishing;
mod watching;
