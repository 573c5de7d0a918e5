//! What the operator decided about writing. Values only.

/// Rules for incoming events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdmissionPolicy {
    /// The addresses by which clients know this relay, for authentication (NIP-42).
    pub relay_urls: Vec<String>,
    /// Whether clients can authenticate at all (NIP-42).
    pub authentication: bool,
    /// Whether clients must authenticate before anything else (NIP-11 `auth_required`).
    pub auth_required: bool,
    /// Whether protected events are taken from their authors; otherwise from nobody (NIP-70).
    pub protected_events: bool,
    /// Whether an ephemeral event that nobody received is answered `false` (NIP-01).
    pub ephemeral_mute: bool,
    /// Tags that an event may have (NIP-11 `max_event_tags`).
    pub event_tags_max: usize,
    /// Content that an event may have, in Unicode characters (NIP-11 `max_content_length`).
    pub content_chars_max: usize,
    /// How far in the future `created_at` may be, in seconds; `None` for any distance.
    pub created_at_upper_seconds: Option<u64>,
    /// How far in the past `created_at` may be, in seconds; `None` for any distance.
    pub created_at_lower_seconds: Option<u64>,
    /// Leading zero bits that an id must have (NIP-13); 0 asks for no work.
    pub work_bits_min: u32,
    /// Whether only kinds on the list of allowed kinds are taken (NIP-86).
    pub listed_kinds_only: bool,
    /// Whether community metadata must name its community and be by the community's owner (LBC).
    pub enforce_owner: bool,
    /// Whether people whom a community's owner muted are refused in that community (LBC).
    pub enforce_mute: bool,
}

impl Default for AdmissionPolicy {
    /// An open relay without a public address.
    fn default() -> Self {
        AdmissionPolicy {
            relay_urls: Vec::new(),
            authentication: true,
            auth_required: false,
            protected_events: true,
            ephemeral_mute: false,
            event_tags_max: 5_000,
            content_chars_max: 131_072,
            created_at_upper_seconds: Some(900),
            created_at_lower_seconds: None,
            work_bits_min: 0,
            listed_kinds_only: false,
            enforce_owner: true,
            enforce_mute: true,
        }
    }
}
