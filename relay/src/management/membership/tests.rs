//! Members, codes and roles hold at once and after a start, or not at all.

use std::sync::Arc;

use kith_nips::PublicKey;
use kith_nips::nip43::Role;

use super::{InviteCode, Inviting, Joining, MEMBERS, MEMBERS_MAX, Membership, ROLES_MAX};
use crate::management::{Management, ManagementError};
use crate::session::fake_store::FakeStore;
use crate::store::{Record, Store};
use crate::subscriptions::Subscriptions;

const NOW: u64 = 1_700_000_000;
const SOON: u64 = NOW + 60;

fn store() -> Arc<FakeStore> {
    Arc::new(FakeStore::new(Arc::new(Subscriptions::new())))
}

fn key(number: u16) -> PublicKey {
    let mut bytes = [0; 32];
    bytes[..2].copy_from_slice(&number.to_be_bytes());
    PublicKey::from_bytes(bytes)
}

fn role(id: &str) -> Role {
    Role::new(id, "Host", "", Some(37), None).unwrap()
}

fn members(management: &Management) -> Vec<PublicKey> {
    let standing = management.standing();
    let members = standing.membership.members();
    members.map(|(key, _)| key).collect()
}

fn roles_of(management: &Management, member: PublicKey) -> Vec<String> {
    let standing = management.standing();
    let mut members = standing.membership.members();
    let (_, roles) = members.find(|(key, _)| *key == member).unwrap();
    roles.iter().cloned().collect()
}

async fn code_of(management: &Management, by: PublicKey) -> InviteCode {
    let code = InviteCode::new().unwrap();
    let invited = management.invite(by, &code, NOW, SOON, 10).await.unwrap();
    assert_eq!(invited, Inviting::Invited);
    code
}

async fn check_join(management: &Management, who: u16, claim: Option<&str>, expected: Joining) {
    let joining = management.join(key(who), claim, NOW).await.unwrap();
    assert_eq!(joining, expected, "{claim:?}");
}

#[tokio::test]
async fn nip43_02_03_04_a_code_lets_one_person_in() {
    let management = Management::new(store());
    let code = code_of(&management, key(1)).await;
    let code = Some(code.as_str());
    check_join(&management, 2, None, Joining::NoCode).await;
    check_join(&management, 2, Some("f00d"), Joining::UnknownCode).await;
    assert_eq!(members(&management), []);
    check_join(&management, 2, code, Joining::Joined).await;
    check_join(&management, 3, code, Joining::UnknownCode).await;
    assert_eq!(members(&management), [key(2)]);

    // Somebody who is there already uses nothing up.
    let other = code_of(&management, key(2)).await;
    for claim in [code, Some(other.as_str()), None] {
        check_join(&management, 2, claim, Joining::AlreadyMember).await;
    }
    check_join(&management, 3, Some(other.as_str()), Joining::Joined).await;
}

#[tokio::test]
async fn nip43_03_codes_that_wait_are_named_by_their_hashes_and_taken_back() {
    let management = Management::new(store());
    let code = code_of(&management, key(1)).await;
    let waiting = |now| {
        let standing = management.standing();
        let invites: Vec<_> = standing.membership.invites(now).collect();
        invites
    };
    assert_eq!(waiting(SOON), []);
    let [invite] = &waiting(NOW)[..] else {
        panic!("{:?}", waiting(NOW))
    };
    assert_eq!((invite.by, invite.expires_at), (key(1), SOON));
    assert_ne!(invite.code_hash, code.as_str());
    let wrong = management.revoke_invite(code.as_str()).await;
    assert!(matches!(wrong, Err(ManagementError::Invalid(_))));
    for _ in 0..2 {
        management.revoke_invite(&invite.code_hash).await.unwrap();
    }
    assert_eq!(waiting(NOW), []);
    let claim = Some(code.as_str());
    check_join(&management, 2, claim, Joining::UnknownCode).await;
}

#[tokio::test]
async fn nip43_03_a_code_has_its_time() {
    let management = Management::new(store());
    let code = code_of(&management, key(1)).await;
    let join = async |now| management.join(key(2), Some(code.as_str()), now).await;
    assert_eq!(join(SOON).await.unwrap(), Joining::ExpiredCode);
    assert_eq!(join(SOON - 1).await.unwrap(), Joining::Joined);
}

#[tokio::test]
async fn nip43_09_open_codes_are_bounded_and_expired_ones_make_room() {
    let management = Management::new(store());
    let invite = async |by, now| {
        let code = InviteCode::new().unwrap();
        let inviting = management.invite(by, &code, now, now + 60, 2);
        inviting.await.unwrap()
    };
    assert_eq!(invite(key(1), NOW).await, Inviting::Invited);
    assert_eq!(invite(key(1), NOW + 1).await, Inviting::Invited);
    assert_eq!(invite(key(1), NOW + 59).await, Inviting::TooMany);
    assert_eq!(invite(key(2), NOW + 59).await, Inviting::Invited);
    assert_eq!(invite(key(1), NOW + 60).await, Inviting::Invited);
    assert_eq!(invite(key(1), NOW + 60).await, Inviting::TooMany);
}

#[tokio::test]
async fn nip43_07_who_leaves_leaves_nothing_behind() {
    let store = store();
    let management = Management::new(store.clone());
    let code = code_of(&management, key(1)).await;
    check_join(&management, 2, Some(code.as_str()), Joining::Joined).await;
    let given_out = code_of(&management, key(2)).await;
    for _ in 0..2 {
        management.leave(key(2)).await.unwrap();
        assert_eq!(members(&management), []);
    }
    let claim = Some(given_out.as_str());
    check_join(&management, 3, claim, Joining::UnknownCode).await;
    assert_eq!(store.records().await.unwrap(), []);
}

#[tokio::test]
async fn nip43_07_and_nip86_08_a_ban_ends_membership() {
    let management = Management::new(store());
    management.create_role(role("host")).await.unwrap();
    management.assign_role(key(1), "host").await.unwrap();
    let given_out = code_of(&management, key(1)).await;
    management.ban_key(key(1), "").await.unwrap();
    assert_eq!(members(&management), []);
    let claim = Some(given_out.as_str());
    check_join(&management, 2, claim, Joining::UnknownCode).await;
    let assigned = management.assign_role(key(1), "host").await;
    assert!(matches!(assigned, Err(ManagementError::Invalid(_))));
    assert_eq!(members(&management), []);
}

#[tokio::test]
async fn nip86_10_17_roles_come_and_go_with_their_holders() {
    let management = Management::new(store());
    let edited = Role::new("host", "Hostess", "", None, None).unwrap();
    assert!(management.edit_role(edited.clone()).await.is_err());
    assert!(management.assign_role(key(1), "host").await.is_err());
    for _ in 0..2 {
        management.create_role(role("host")).await.unwrap();
        management.create_role(role("cook")).await.unwrap();
    }
    assert!(management.create_role(edited.clone()).await.is_err());
    for _ in 0..2 {
        management.edit_role(edited.clone()).await.unwrap();
        // Whoever has a role is a member.
        management.assign_role(key(1), "host").await.unwrap();
        management.assign_role(key(1), "cook").await.unwrap();
        management.assign_role(key(2), "host").await.unwrap();
    }
    assert_eq!(members(&management), [key(1), key(2)]);
    assert_eq!(roles_of(&management, key(1)), ["cook", "host"]);
    for _ in 0..2 {
        management.unassign_role(key(1), "cook").await.unwrap();
        management.unassign_role(key(9), "cook").await.unwrap();
    }
    assert_eq!(roles_of(&management, key(1)), ["host"]);
    for _ in 0..2 {
        management.delete_role("host").await.unwrap();
        management.unassign_role(key(2), "host").await.unwrap();
    }
    assert_eq!(members(&management), [key(1), key(2)]);
    assert_eq!(roles_of(&management, key(2)), Vec::<String>::new());
    let standing = management.standing();
    let left: Vec<&str> = standing.membership.roles().map(Role::id).collect();
    assert_eq!(left, ["cook"]);
}

#[tokio::test]
async fn nip43_10_and_nip86_10_there_is_room_for_so_many_roles() {
    let management = Management::new(store());
    for number in 0..ROLES_MAX {
        management
            .create_role(role(&number.to_string()))
            .await
            .unwrap();
    }
    assert!(management.create_role(role("one more")).await.is_err());
    management.create_role(role("0")).await.unwrap();
}

#[tokio::test]
async fn nip43_02_a_full_relay_uses_up_no_codes() {
    let store = store();
    let records = (0..MEMBERS_MAX).map(|number| Record {
        collection: MEMBERS.to_owned(),
        key: key(u16::try_from(number).unwrap()).to_string(),
        value: Some("[]".to_owned()),
    });
    store.put_records(records.collect()).await.unwrap();
    let management = Management::load(store).await.unwrap();
    let code = code_of(&management, key(1)).await;
    let newcomer = u16::MAX;
    check_join(&management, newcomer, Some(code.as_str()), Joining::NoRoom).await;
    management.create_role(role("host")).await.unwrap();
    assert!(management.assign_role(key(newcomer), "host").await.is_err());
    management.leave(key(7)).await.unwrap();
    check_join(&management, newcomer, Some(code.as_str()), Joining::Joined).await;
}

#[tokio::test]
async fn nip43_02_09_10_everything_is_there_after_a_start() {
    let store = store();
    let management = Management::new(store.clone());
    management.create_role(role("host")).await.unwrap();
    management.assign_role(key(1), "host").await.unwrap();
    let code = code_of(&management, key(1)).await;
    let again = Management::load(store.clone()).await.unwrap();
    assert_eq!(again.standing(), management.standing());
    check_join(&again, 2, Some(code.as_str()), Joining::Joined).await;
    let kept = store.records().await.unwrap();
    assert!(
        kept.iter()
            .all(|record| !format!("{record:?}").contains(code.as_str()))
    );
}

#[tokio::test]
async fn nip43_02_what_cannot_be_stored_has_no_effect() {
    let store = store();
    let management = Management::new(store.clone());
    let code = code_of(&management, key(1)).await;
    store.fail();
    let joining = management.join(key(2), Some(code.as_str()), NOW).await;
    assert!(matches!(joining, Err(ManagementError::Store(_))));
    assert_eq!(members(&management), []);
}

#[test]
fn a_spoilt_record_is_an_error() {
    let mut membership = Membership::default();
    let member = key(1).to_string();
    for (collection, key, value) in [
        ("members", "x", "[]"),
        ("members", &*member, ""),
        ("roles", "host", "{}"),
        ("members-signed-by", "key", "x"),
        ("invites", "x", "{}"),
        ("invites", &member, "{}"),
    ] {
        assert!(
            membership.read(collection, key, value).is_err(),
            "{collection}"
        );
    }
    assert_eq!(membership.read("of others", "x", "y"), Ok(()));
    assert_eq!(membership, Membership::default());
}
