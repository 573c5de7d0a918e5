//! NIP-45, counting, line by line (merging is tested with the client library).

mod answers;
mod sketches;
