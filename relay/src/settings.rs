//! What each part of the relay gets from the configuration. The parts do not know the
//! configuration, the configuration does not know the parts: only this file knows both.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::watch;

use crate::admit::AdmissionPolicy;
use crate::config::{Config, GivenTo, Live, Synchronous};
use crate::management::membership::MembershipPolicy;
use crate::management::names::{self, NamesPolicy};
use crate::retention::{AgeRule, RetentionPolicy};
use crate::session::SessionLimits;
use crate::store::sqlite::{self, SqliteOptions};

const SECONDS_PER_DAY: u64 = 86_400;

/// Values that follow the configuration while the relay runs.
pub(crate) struct Following {
    pub(crate) policy: watch::Receiver<Arc<AdmissionPolicy>>,
    pub(crate) limits: watch::Receiver<Arc<SessionLimits>>,
    pub(crate) membership: watch::Receiver<Arc<MembershipPolicy>>,
    pub(crate) names: watch::Receiver<Arc<NamesPolicy>>,
    pub(crate) retention: watch::Receiver<Arc<RetentionPolicy>>,
    task: tokio::task::JoinHandle<()>,
}

impl Following {
    /// Begins to follow; ends when dropped. The relay listens on `listening`.
    pub(crate) fn start(live: &Live, listening: SocketAddr) -> Self {
        let mut configs = live.subscribe();
        let config = configs.borrow_and_update().clone();
        let (policy_sender, policy) =
            watch::channel(Arc::new(admission_policy(&config, listening)));
        let (limits_sender, limits) = watch::channel(Arc::new(session_limits(&config)));
        let (membership_sender, membership) = watch::channel(Arc::new(membership_policy(&config)));
        let (names_sender, names) = watch::channel(Arc::new(names_policy(&config, listening)));
        let (retention_sender, retention) = watch::channel(Arc::new(retention_policy(&config)));
        let task = tokio::spawn(async move {
            while configs.changed().await.is_ok() {
                let config = configs.borrow_and_update().clone();
                policy_sender.send_replace(Arc::new(admission_policy(&config, listening)));
                limits_sender.send_replace(Arc::new(session_limits(&config)));
                membership_sender.send_replace(Arc::new(membership_policy(&config)));
                names_sender.send_replace(Arc::new(names_policy(&config, listening)));
                let retention = Arc::new(retention_policy(&config));
                // A run goes on when something else has changed.
                retention_sender.send_if_modified(|current| {
                    let is_new = *current != retention;
                    *current = retention;
                    is_new
                });
            }
        });
        Following {
            policy,
            limits,
            membership,
            names,
            retention,
            task,
        }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What the store gets.
pub(crate) fn store_options(config: &Config, folder: &Path) -> SqliteOptions {
    let store = &config.store;
    let mut options = SqliteOptions::new(folder);
    options.synchronous = match store.synchronous {
        Synchronous::Full => sqlite::Synchronous::Full,
        Synchronous::Normal => sqlite::Synchronous::Normal,
    };
    options.group_commit_events_max = store.group_commit_events_max;
    options.writer_queue_events_max = store.writer_queue_events_max;
    options.index_after_events = store.index_after_events;
    options.index_after_ms = store.index_after_ms;
    options.tail_events_max = store.tail_events_max;
    options.readers = store.readers;
    options.scan_slice_ms = store.scan_slice_ms;
    options.page_bytes_max = store.page_bytes_max;
    options.cache_bytes_max = store.cache_bytes_max;
    options.index_cache_bytes_max = store.index_cache_bytes_max;
    options.index_filter_bytes_max = store.index_filter_bytes_max;
    options.enforce_owner = config.lbc.enforce_owner;
    options
}

/// What decides about incoming events.
fn admission_policy(config: &Config, listening: SocketAddr) -> AdmissionPolicy {
    let limits = &config.limits;
    AdmissionPolicy {
        relay_urls: config.relay_urls(Some(listening)),
        authentication: config.features.auth,
        auth_required: config.policy.auth_required,
        protected_events: config.features.protected_events,
        ephemeral_mute: config.policy.ephemeral_mute,
        event_tags_max: limits.max_event_tags,
        content_chars_max: limits.max_content_length_chars,
        created_at_upper_seconds: limits.created_at_upper_limit_seconds,
        created_at_lower_seconds: limits.created_at_lower_limit_seconds,
        work_bits_min: u32::try_from(limits.min_pow_difficulty).unwrap_or(u32::MAX),
        listed_kinds_only: config.policy.listed_kinds_only,
        enforce_owner: config.lbc.enforce_owner,
        enforce_mute: config.lbc.enforce_mute,
    }
}

/// What decides about members.
fn membership_policy(config: &Config) -> MembershipPolicy {
    let policy = &config.policy;
    MembershipPolicy {
        on: config.features.has_members(),
        members_only: policy.members_only,
        administrators: policy.administrators.clone(),
        invite_seconds: policy.invite_seconds,
        invites_per_member_max: policy.invites_per_member_max,
    }
}

/// What decides about names.
fn names_policy(config: &Config, listening: SocketAddr) -> NamesPolicy {
    let settings = &config.names;
    NamesPolicy {
        given_to: match settings.given_to {
            GivenTo::Nobody => names::GivenTo::Nobody,
            GivenTo::Members => names::GivenTo::Members,
            GivenTo::Anybody => names::GivenTo::Anybody,
        },
        host: config.names_host(listening),
        reserved: settings.reserved.clone(),
        administrators: config.policy.administrators.clone(),
        held_back_seconds: settings.held_back_days.saturating_mul(SECONDS_PER_DAY),
    }
}

/// What is old.
pub(crate) fn retention_policy(config: &Config) -> RetentionPolicy {
    let retention = &config.retention;
    let seconds = |days: u64| days.saturating_mul(SECONDS_PER_DAY);
    RetentionPolicy {
        meetup_seconds_after_end: retention.meetup_days_after_end.map(seconds),
        rules: retention
            .rules
            .iter()
            .map(|rule| AgeRule {
                kinds: rule.kinds.clone(),
                older_than_seconds: seconds(rule.older_than_days),
            })
            .collect(),
        interval_seconds: retention.interval_minutes.saturating_mul(60),
    }
}

/// What decides about events that the operator imports: they were admitted once, somewhere, so
/// that the limits for clients do not apply (NIP-11); what would make no sense in the store does.
pub(crate) fn import_policy(config: &Config) -> AdmissionPolicy {
    AdmissionPolicy {
        authentication: true,
        auth_required: false,
        protected_events: true,
        event_tags_max: usize::MAX,
        content_chars_max: usize::MAX,
        created_at_upper_seconds: None,
        created_at_lower_seconds: None,
        work_bits_min: 0,
        enforce_owner: config.lbc.enforce_owner,
        listed_kinds_only: false,
        enforce_mute: false,
        ephemeral_mute: false,
        relay_urls: config.relay_urls(config.server.listen.parse().ok()),
    }
}

/// The bounds of a connection.
fn session_limits(config: &Config) -> SessionLimits {
    let limits = &config.limits;
    SessionLimits {
        message_bytes_max: limits.max_message_length_bytes,
        subscriptions_max: limits.max_subscriptions,
        filters_per_request_max: limits.filters_per_request_max,
        filter_values_max: limits.filter_values_max,
        limit_default: limits.default_limit,
        limit_max: limits.max_limit,
        eose_hint: config.features.eose_hint,
        count: config.features.count,
        search: config.features.search,
        negentropy: config.features.negentropy,
        negentropy_records_max: limits.negentropy_records_max,
        negentropy_records_total_max: limits.negentropy_records_total_max,
        negentropy_sessions_max: limits.negentropy_sessions_max,
        negentropy_idle_ms: limits.negentropy_idle_seconds.saturating_mul(1_000),
        events_per_second_max: u32::try_from(limits.events_per_second_max).unwrap_or(u32::MAX),
        outbox_bytes_max: limits.session_outbox_bytes_max,
        ping_interval_ms: limits.ping_interval_seconds.saturating_mul(1_000),
        ping_timeout_ms: limits.ping_timeout_seconds.saturating_mul(1_000),
        leave_timeout_ms: config.server.shutdown_grace_seconds.saturating_mul(1_000),
        ..SessionLimits::default()
    }
}
