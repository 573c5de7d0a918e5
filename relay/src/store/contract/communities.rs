//! Ownership of communities (LBC), in whatever order the notes come.

use super::{NOW, in_both_modes, signed};
use crate::store::Outcome;

#[test]
fn lbc_09_only_the_owner_describes_a_community() {
    in_both_modes(|bench| {
        let community = signed(1, 1037, NOW, &[], "");
        let id = community.id().to_string();
        bench.saves(&community);
        bench.saves(&signed(
            1,
            30037,
            NOW,
            &[&["d", &id], &["title", "Ours"]],
            "",
        ));
        let forged = signed(2, 30037, NOW, &[&["d", &id], &["title", "Theirs"]], "");
        assert_eq!(bench.save(&forged), Outcome::NotOwner);
        let by_e = signed(2, 30037, NOW, &[&["d", "x"], &["e", &id]], "");
        assert_eq!(bench.save(&by_e), Outcome::NotOwner);
        bench.has(&forged, false);
    });
}

#[test]
fn lbc_10_58_descriptions_may_come_first() {
    in_both_modes(|bench| {
        let community = signed(1, 1037, NOW, &[], "");
        let id = community.id().to_string();
        let real = signed(1, 30037, NOW, &[&["d", &id]], "");
        let forged = signed(2, 30037, NOW, &[&["d", &id]], "");
        let forged_by_e = signed(3, 30037, NOW, &[&["d", "x"], &["e", &id]], "");
        let unrelated = signed(2, 30037, NOW, &[&["d", &"0".repeat(64)], &["e", &id]], "");
        for event in [&real, &forged, &forged_by_e, &unrelated] {
            bench.saves(event);
            bench.has(event, true);
        }
        bench.saves(&community);
        bench.has(&real, true);
        bench.has(&forged, false);
        bench.has(&forged_by_e, false);
        bench.has(&unrelated, true);
        assert_eq!(bench.save(&forged), Outcome::NotOwner);
    });
}
