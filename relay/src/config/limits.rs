//! Bounds on what clients may send, ask for and hold open. What NIP-11 announces is read from
//! here, and so is what is enforced.

use super::section::section;

/// The longest subscription id, in characters (NIP-01; announced as NIP-11 `max_subid_length`).
pub const SUBSCRIPTION_ID_CHARS_MAX: usize = 64;

section! {
    /// Bounds on what clients may send, ask for and hold open.
    pub struct Limits = "limits" {
        /// Longest message, in bytes (NIP-11 `max_message_length`).
        live max_message_length_bytes: usize = 524_288, in 1_024..=67_108_864;
        /// Subscriptions open at once on a connection.
        live max_subscriptions: usize = 100, in 1..=100_000;
        /// Most stored events that a filter may bring; a higher `limit` is lowered to it.
        live max_limit: usize = 5_000, in 1..=1_000_000;
        /// Stored events that a filter without `limit` brings.
        live default_limit: usize = 500, in 1..=1_000_000;
        /// Most tags of an event.
        live max_event_tags: usize = 5_000, in 1..=1_000_000;
        /// Longest content of an event, in Unicode characters.
        live max_content_length_chars: usize = 131_072, in 1..=67_108_864;
        /// How far in the future `created_at` may be, in seconds, or "none" for any distance.
        live created_at_upper_limit_seconds: Option<u64> = Some(900);
        /// How far in the past `created_at` may be, in seconds, or "none" for any distance.
        live created_at_lower_limit_seconds: Option<u64> = None;
        /// Leading zero bits that the id of an event must have (NIP-13); 0 asks for no work.
        live min_pow_difficulty: usize = 0, in 0..=256;
        /// Most filters in one REQ or COUNT.
        live filters_per_request_max: usize = 100, in 10..=10_000;
        /// Most values in one list of a filter.
        live filter_values_max: usize = 5_000, in 2_000..=1_000_000;
        /// Most events in one comparison of sets (NIP-77); each takes up to 80 bytes of memory.
        live negentropy_records_max: usize = 500_000, in 1..=100_000_000;
        /// Most events in all comparisons that are open at the same time.
        live negentropy_records_total_max: usize = 2_000_000, in 1..=1_000_000_000;
        /// Comparisons open at once on a connection.
        live negentropy_sessions_max: usize = 16, in 1..=10_000;
        /// A comparison ends when the client does not go on with it for this many seconds.
        live negentropy_idle_seconds: u64 = 120, in 1..=86_400;
        /// WebSocket connections open at once.
        live connections_max: usize = 10_000, in 1..=10_000_000;
        /// WebSocket connections open at once from one IP address.
        live connections_per_address_max: usize = 256, in 1..=10_000_000;
        /// Events that one connection may send per second on average; 0 for any number.
        live events_per_second_max: usize = 0, in 0..=1_000_000;
        /// A connection that was silent for this many seconds is sent a ping.
        live ping_interval_seconds: u64 = 30, in 1..=86_400;
        /// A connection is dropped when nothing came back this many seconds after a ping.
        live ping_timeout_seconds: u64 = 30, in 1..=86_400;
        /// New events that may wait for a slow reader, in bytes; beyond it its connection ends.
        live session_outbox_bytes_max: usize = 8_388_608, in 65_536..=1_073_741_824;
        /// Threads that verify signatures; 0 takes one for each processor.
        restart verify_threads: usize = 0, in 0..=1_024;
    }
}
