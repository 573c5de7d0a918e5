//! The relay's clock: the one place that asks the system for the time of day.

use std::time::{SystemTime, UNIX_EPOCH};

/// Now, in Unix seconds; 0 on a machine whose clock stands before 1970.
pub fn unix_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_secs())
}
