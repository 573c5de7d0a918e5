//! Ways in which a relay may keep events. No answer may depend on them: a test of what is kept
//! runs with each of [`WAYS`].

use kith_relay::Config;

/// Everything stays in memory until the end; everything is indexed at once.
pub(crate) const WAYS: [fn(&mut Config); 2] = [in_memory, indexed_at_once];

fn in_memory(config: &mut Config) {
    config.store.index_after_ms = 60_000;
    config.store.tail_events_max = 100_000;
    config.store.index_after_events = 50_000;
}

fn indexed_at_once(config: &mut Config) {
    config.store.index_after_events = 1;
    config.store.index_after_ms = 1;
}
