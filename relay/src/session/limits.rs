//! Bounds of one session. Values only.

/// What one connection may send, ask for, and keep waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLimits {
    /// Longest message from `[` to `]`, in bytes (NIP-11 `max_message_length`).
    pub message_bytes_max: usize,
    /// Subscriptions that may be open at once (NIP-11 `max_subscriptions`).
    pub subscriptions_max: usize,
    /// Filters in one REQ or COUNT.
    pub filters_per_request_max: usize,
    /// Values in all lists of one filter together.
    pub filter_values_max: usize,
    /// Stored events for a filter that names no limit (NIP-11 `default_limit`).
    pub limit_default: usize,
    /// Stored events for any filter (NIP-11 `max_limit`).
    pub limit_max: usize,
    /// Whether EOSE says if there are more stored events (NIP-67).
    pub eose_hint: bool,
    /// Whether COUNT is answered (NIP-45).
    pub count: bool,
    /// Whether filters may search (NIP-50).
    pub search: bool,
    /// Events of a COUNT that are looked at for the sketch of their authors (NIP-45 `hll`);
    /// beyond it only the number is given.
    pub count_sketch_events_max: u64,
    /// Whether sets are compared (NIP-77).
    pub negentropy: bool,
    /// Records in one set that is compared.
    pub negentropy_records_max: usize,
    /// Records in all sets that the relay compares at the same time.
    pub negentropy_records_total_max: usize,
    /// Comparisons that may be open at once.
    pub negentropy_sessions_max: usize,
    /// Time after which a comparison ends with which the client does not go on, in milliseconds.
    pub negentropy_idle_ms: u64,
    /// EVENT messages that may be in the works; then nothing more is read.
    pub events_in_flight_max: usize,
    /// Memory of the events in the works, in bytes; then nothing more is read.
    pub events_in_flight_bytes_max: usize,
    /// Questions (REQ, COUNT, NEG-OPEN, NEG-MSG) that are worked on; then nothing more is read.
    pub queries_in_flight_max: usize,
    /// EVENT messages per second on average; 0 means any number.
    pub events_per_second_max: u32,
    /// New events that may wait for a slow reader, in bytes; beyond it the session ends.
    pub outbox_bytes_max: usize,
    /// New events that may wait for a slow reader; beyond it the session ends.
    pub outbox_events_max: usize,
    /// New events that are held back for one subscription until its stored events are sent, in
    /// bytes; beyond it the subscription is closed.
    pub held_bytes_max: usize,
    /// The same bound in events.
    pub held_events_max: usize,
    /// Keys that may authenticate on one connection.
    pub authenticated_keys_max: usize,
    /// Silence after which a ping is sent, in milliseconds.
    pub ping_interval_ms: u64,
    /// Silence after a ping that ends the session, in milliseconds.
    pub ping_timeout_ms: u64,
    /// Time to finish accepted events and to take leave, in milliseconds.
    pub leave_timeout_ms: u64,
}

impl Default for SessionLimits {
    fn default() -> Self {
        SessionLimits {
            message_bytes_max: 524_288,
            subscriptions_max: 100,
            filters_per_request_max: 100,
            filter_values_max: 5_000,
            limit_default: 500,
            limit_max: 5_000,
            eose_hint: true,
            count: true,
            search: true,
            count_sketch_events_max: 10_000,
            negentropy: true,
            negentropy_records_max: 500_000,
            negentropy_records_total_max: 2_000_000,
            negentropy_sessions_max: 16,
            negentropy_idle_ms: 120_000,
            events_in_flight_max: 256,
            events_in_flight_bytes_max: 4_194_304,
            queries_in_flight_max: 64,
            events_per_second_max: 0,
            outbox_bytes_max: 8_388_608,
            outbox_events_max: 20_000,
            held_bytes_max: 2_097_152,
            held_events_max: 5_000,
            authenticated_keys_max: 16,
            ping_interval_ms: 30_000,
            ping_timeout_ms: 30_000,
            leave_timeout_ms: 5_000,
        }
    }
}
