//! NIP-01, the basic protocol, line by line. Lines that concern only clients are tested with the
//! client library.

mod answers;
mod close;
mod filters;
mod messages;
mod results;
mod serialisation;
mod storage;
mod subscription_ids;
mod transport;
mod validity;
