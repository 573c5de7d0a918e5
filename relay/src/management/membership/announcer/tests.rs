//! What is published agrees with what holds, whatever happened before.

use std::sync::Arc;

use kith_nips::nip43::Role;
use kith_nips::{Event, Filter, Kind, PublicKey};
use tempfile::TempDir;
use tokio::sync::watch;

use super::Announcer;
use crate::clock::unix_now;
use crate::feed;
use crate::identity::Identity;
use crate::management::Management;
use crate::management::membership::MembershipPolicy;
use crate::own_notes::says;
use crate::store::sqlite::{SqliteOptions, SqliteStore};
use crate::store::{ScanOptions, Store};

/// A data folder with a store and the relay's key.
struct Bench {
    store: Arc<SqliteStore>,
    identity: Arc<Identity>,
    _folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Nobody subscribes.
        let (publisher, _) = feed::channel();
        let options = SqliteOptions::new(folder.path());
        let store = Arc::new(SqliteStore::open(&options, publisher).unwrap());
        let identity = Arc::new(Identity::open(None, folder.path()).unwrap());
        Bench {
            store,
            identity,
            _folder: folder,
        }
    }

    /// What a relay that starts now knows.
    async fn management(&self) -> Management {
        Management::load(self.store.clone()).await.unwrap()
    }

    /// Publishes what differs, as at a start.
    async fn agree(&self, management: &Management, on: bool) {
        let policy = MembershipPolicy {
            on,
            ..MembershipPolicy::default()
        };
        let (_policy, policy) = watch::channel(Arc::new(policy));
        let (announcer, task) = Announcer::start(
            self.identity.clone(),
            self.store.clone(),
            management.clone(),
            policy,
        );
        announcer.settled().await;
        task.abort();
    }

    /// Everything of these kinds, newest first.
    async fn published(&self, kinds: &[Kind]) -> Vec<Arc<Event>> {
        let mut filter = Filter {
            kinds: Some(kinds.to_vec()),
            ..Filter::default()
        };
        filter.normalise();
        let options = ScanOptions::everything(unix_now());
        let mut rest = Some(self.store.scan(Arc::from([filter]), options).await.unwrap());
        let mut events = Vec::new();
        while let Some(scan) = rest {
            let (page, next) = self.store.next_page(scan).await.unwrap();
            events.extend(page.events);
            rest = next;
        }
        events
    }

    async fn check_members(&self, expected: &[PublicKey]) {
        let lists = self.published(&[Kind::RELAY_MEMBERS]).await;
        let [list] = lists.as_slice() else {
            panic!("expected one list, found {lists:?}");
        };
        let members: Vec<PublicKey> = super::listed(list).collect();
        assert_eq!(members, expected);
    }

    async fn check_news(&self, kind: Kind, mut expected: Vec<PublicKey>) {
        let news = self.published(&[kind]).await;
        let about = |event: &Arc<Event>| event.tags().first_value("p").unwrap().to_owned();
        let mut about: Vec<String> = news.iter().map(about).collect();
        about.sort();
        expected.sort();
        let expected: Vec<String> = expected.iter().map(PublicKey::to_string).collect();
        assert_eq!(about, expected, "{kind}");
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let store = self.store.clone();
        // Closing waits, which a task may not.
        std::thread::spawn(move || store.close()).join().unwrap();
    }
}

fn key(number: u8) -> PublicKey {
    PublicKey::from_bytes([number; 32])
}

fn role(id: &str, label: &str) -> Role {
    Role::new(id, label, "", None, None).unwrap()
}

#[tokio::test]
async fn nip43_08_10_after_a_crash_the_events_follow_the_records() {
    let bench = Bench::new();
    let management = bench.management().await;
    bench.agree(&management, true).await;
    // A relay that never had members does not talk about them.
    assert_eq!(bench.published(&[Kind::RELAY_MEMBERS]).await, []);
    for id in ["host", "cook"] {
        management.create_role(role(id, "")).await.unwrap();
    }
    for number in 1..=3 {
        management.assign_role(key(number), "host").await.unwrap();
    }
    // Nothing of this was published when the relay ended.
    let management = bench.management().await;
    bench.agree(&management, true).await;
    bench.check_members(&[key(1), key(2), key(3)]).await;
    let everybody = (1..=3).map(key).collect();
    bench.check_news(Kind::MEMBER_ADDED, everybody).await;
    let roles = bench.published(&[Kind::RELAY_ROLE]).await;
    assert_eq!(roles.len(), 2);

    management.leave(key(2)).await.unwrap();
    management.delete_role("cook").await.unwrap();
    management.edit_role(role("host", "Host")).await.unwrap();
    management.assign_role(key(4), "host").await.unwrap();
    let management = bench.management().await;
    bench.agree(&management, true).await;
    bench.check_members(&[key(1), key(3), key(4)]).await;
    bench
        .check_news(Kind::MEMBER_ADDED, (1..=4).map(key).collect())
        .await;
    bench.check_news(Kind::MEMBER_REMOVED, vec![key(2)]).await;
    let roles = bench.published(&[Kind::RELAY_ROLE]).await;
    assert_eq!(roles.len(), 1);
    assert!(says(&roles[0], &role("host", "Host").draft()));
}

#[tokio::test]
async fn nip43_08_what_agrees_is_not_said_again() {
    let bench = Bench::new();
    let management = bench.management().await;
    management.create_role(role("host", "")).await.unwrap();
    management.assign_role(key(1), "host").await.unwrap();
    bench.agree(&management, true).await;
    let before = bench.store.status().await.unwrap();
    bench.agree(&bench.management().await, true).await;
    assert_eq!(bench.store.status().await.unwrap(), before);
}

#[tokio::test]
async fn nip43_10_and_nip86_10_a_role_comes_and_goes_within_a_second() {
    let bench = Bench::new();
    let management = bench.management().await;
    for round in 0..5 {
        management.create_role(role("host", "")).await.unwrap();
        bench.agree(&management, true).await;
        assert_eq!(
            bench.published(&[Kind::RELAY_ROLE]).await.len(),
            1,
            "{round}"
        );
        management.delete_role("host").await.unwrap();
        bench.agree(&management, true).await;
        assert_eq!(bench.published(&[Kind::RELAY_ROLE]).await, [], "{round}");
    }
}

#[tokio::test]
async fn nip43_08_somebody_comes_and_goes_within_a_second() {
    let bench = Bench::new();
    let management = bench.management().await;
    management.create_role(role("host", "")).await.unwrap();
    for _ in 0..5 {
        management.assign_role(key(1), "host").await.unwrap();
        bench.agree(&management, true).await;
        bench.check_members(&[key(1)]).await;
        management.leave(key(1)).await.unwrap();
        bench.agree(&management, true).await;
        bench.check_members(&[]).await;
    }
    bench.check_news(Kind::MEMBER_ADDED, vec![key(1); 5]).await;
    bench
        .check_news(Kind::MEMBER_REMOVED, vec![key(1); 5])
        .await;
}

#[tokio::test]
async fn nip43_01_with_another_key_what_the_former_one_signed_is_gone() {
    let mut bench = Bench::new();
    let management = bench.management().await;
    management.create_role(role("host", "")).await.unwrap();
    management.assign_role(key(1), "host").await.unwrap();
    bench.agree(&management, true).await;
    // Somebody else's are none of its business.
    let strange = Identity::open(None, tempfile::tempdir().unwrap().path()).unwrap();
    let strange = strange.sign(&role("host", "").draft(), 1).unwrap();
    let strange = Arc::new(strange);
    bench.store.save(strange.clone()).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    bench.identity = Arc::new(Identity::open(None, folder.path()).unwrap());
    for _ in 0..2 {
        bench.agree(&bench.management().await, true).await;
        let said = bench.published(&super::STORED_KINDS).await;
        let (own, others): (Vec<_>, Vec<_>) = said
            .into_iter()
            .partition(|event| event.pubkey() == bench.identity.public_key());
        assert_eq!(others, std::slice::from_ref(&strange));
        let mut kinds: Vec<Kind> = own.iter().map(|event| event.kind()).collect();
        kinds.sort();
        let expected = [Kind::MEMBER_ADDED, Kind::RELAY_MEMBERS, Kind::RELAY_ROLE];
        assert_eq!(kinds, expected);
    }
}

#[tokio::test]
async fn nip43_01_without_membership_nothing_is_said() {
    let bench = Bench::new();
    let management = bench.management().await;
    management.create_role(role("host", "")).await.unwrap();
    management.assign_role(key(1), "host").await.unwrap();
    bench.agree(&management, false).await;
    assert_eq!(bench.store.status().await.unwrap().events, 0);
}
