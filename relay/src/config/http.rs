//! What the relay answers to web browsers.

use super::section::section;

section! {
    /// What the relay answers to web browsers on the same port.
    pub struct Http = "http" {
        /// Whether the relay shows pages to people: meetups, communities, and itself.
        live page: bool = true;
        /// Whether pages show pictures, which browsers fetch from wherever their authors keep them.
        live pictures: bool = true;
        /// Whether the relay answers questions over HTTP, under /api/v1.
        live api: bool = true;
    }
}
