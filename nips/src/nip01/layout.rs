//! How the canonical JSON text of an event is laid out, and how spans point into it. Written by
//! `canonical`, read again by `stored` and `event`.

/// Names of the members with the punctuation around them, in canonical order.
pub(super) const BEFORE_ID: &str = r#"{"id":""#;
pub(super) const BEFORE_PUBKEY: &str = r#"","pubkey":""#;
pub(super) const BEFORE_CREATED_AT: &str = r#"","created_at":"#;
pub(super) const BEFORE_KIND: &str = r#","kind":"#;
pub(super) const BEFORE_TAGS: &str = r#","tags":"#;
pub(super) const BEFORE_CONTENT: &str = r#","content":"#;
pub(super) const BEFORE_SIG: &str = r#","sig":""#;
pub(super) const END: &str = r#""}"#;
/// From the end of the content to the end of the text.
pub(super) const TAIL_BYTES: usize = BEFORE_SIG.len() + 128 + END.len();

/// Marks a span that points into the unescaped copies instead of the JSON.
pub(super) const IN_UNESCAPED: u32 = 1 << 31;
