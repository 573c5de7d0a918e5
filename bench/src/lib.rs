//! What the program `kith-bench` and the benches in `benches/` share: fixed pieces of work. All
//! that loads a relay over a socket is the program's own.

pub mod micro;
