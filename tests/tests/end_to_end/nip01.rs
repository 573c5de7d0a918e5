//! NIP-01, the basic protocol, line by line. Lines that concern only clients are tested with the
//! client library.

mod messages;
mod serialisation;
mod storage;
mod transport;
mod validity;
