//! What the relay answers to web browsers.

use super::section::section;

section! {
    /// What the relay answers to web browsers on the same port.
    pub struct Http = "http" {
        /// Whether the relay shows a page that describes it.
        live page: bool = true;
        /// Whether the relay answers questions over HTTP, under /api/v1.
        live api: bool = true;
    }
}
