//! The library against relays that are not ours: `nostr-relay-builder` from the nostr-sdk family,
//! and scripted ones that answer what a test tells them.

mod support;

mod asking;
mod lists;
mod reading;
mod tour;
