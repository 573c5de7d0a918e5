//! NIP-45: counts that can be merged across relays (HyperLogLog). Which filters allow it and what
//! is counted is the relay's.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::nip01::{Address, Filter, PublicKey, hex};

/// Number of registers.
const REGISTERS: usize = 256;
/// The digit of the value that gives the offset.
const OFFSET_DIGIT: usize = 32;
const OFFSET_MIN: usize = 8;

/// Distinct authors of what a filter asks for, estimated from 256 registers of one byte (NIP-45).
///
/// The relay adds the author of every matching event; a client merges what several relays
/// answered.
///
/// ```
/// use kith_nips::{PublicKey, nip45::HyperLogLog};
/// let mut here = HyperLogLog::new("brighton");
/// here.add(&PublicKey::from_bytes([1; 32]));
/// let mut there = here.clone();
/// there.add(&PublicKey::from_bytes([2; 32]));
/// here.merge(&there);
/// assert_eq!(here.estimate(), 2);
/// let wire = here.to_hex();
/// assert_eq!(HyperLogLog::from_hex("brighton", &wire), Some(here));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct HyperLogLog {
    offset: usize,
    registers: [u8; REGISTERS],
}

impl HyperLogLog {
    /// Nothing counted yet, for the tag value that a filter asks for.
    pub fn new(value: &str) -> Self {
        Self {
            offset: Self::offset(value),
            registers: [0; REGISTERS],
        }
    }

    /// Nothing counted yet, for what this filter asks for: it must have exactly one tag condition
    /// with exactly one value, else counts cannot be merged.
    ///
    /// ```
    /// use kith_nips::{Filter, nip45::HyperLogLog};
    /// let filter = Filter::parse(r##"{"kinds":[31925],"#t":["brighton"]}"##)?;
    /// assert_eq!(HyperLogLog::for_filter(&filter), Some(HyperLogLog::new("brighton")));
    /// # Ok::<(), kith_nips::nip01::FilterError>(())
    /// ```
    pub fn for_filter(filter: &Filter) -> Option<Self> {
        let mut conditions = filter.tags.values();
        match (conditions.next().map(Vec::as_slice), conditions.next()) {
            (Some([value]), None) => Some(Self::new(value)),
            _ => None,
        }
    }

    /// Which byte of public keys picks the register, for the tag value that a filter asks for:
    /// 8 to 23.
    ///
    /// It is the 33rd digit, plus 8, of the value itself if that is 64 lower-case hex characters,
    /// of the public key if it is an address, else of its SHA-256.
    ///
    /// ```
    /// use kith_nips::nip45::HyperLogLog;
    /// assert_eq!(HyperLogLog::offset("brighton"), 8);
    /// ```
    pub fn offset(value: &str) -> usize {
        let bytes: [u8; 32] = hex::decode(value.as_bytes())
            .or_else(|| Some(*value.parse::<Address>().ok()?.pubkey.as_bytes()))
            .unwrap_or_else(|| Sha256::digest(value).into());
        // Two digits a byte; an even digit is the high half.
        let digit = bytes.get(OFFSET_DIGIT / 2).map_or(0, |byte| byte >> 4);
        usize::from(digit) + OFFSET_MIN
    }

    /// Counts the author of a matching event.
    pub fn add(&mut self, author: &PublicKey) {
        let chosen = author
            .as_bytes()
            .get(self.offset..)
            .and_then(<[u8]>::split_first);
        let Some((register, rest)) = chosen else {
            return;
        };
        let zero_bytes = rest.iter().take_while(|byte| **byte == 0).count();
        let partial = rest.get(zero_bytes).map_or(0, |byte| byte.leading_zeros());
        // At most 23 bytes follow, so 185 is the largest rank.
        let rank = (zero_bytes * 8) as u8 + partial as u8 + 1;
        if let Some(register) = self.registers.get_mut(usize::from(*register)) {
            *register = rank.max(*register);
        }
    }

    /// Takes in what another relay counted. What was counted for a value of another offset cannot
    /// be merged and changes nothing.
    pub fn merge(&mut self, other: &Self) {
        if self.offset != other.offset {
            return;
        }
        for (register, theirs) in self.registers.iter_mut().zip(&other.registers) {
            *register = (*register).max(*theirs);
        }
    }

    /// Reads the 512 lower-case hex characters that a relay answered for a filter that asks for
    /// `value`; anything else is nothing.
    ///
    /// ```
    /// use kith_nips::nip45::HyperLogLog;
    /// assert_eq!(HyperLogLog::from_hex("brighton", "00ff"), None);
    /// let zero = HyperLogLog::from_hex("brighton", &"00".repeat(256));
    /// assert_eq!(zero, Some(HyperLogLog::new("brighton")));
    /// ```
    pub fn from_hex(value: &str, text: &str) -> Option<Self> {
        let registers = hex::decode(text.as_bytes())?;
        Some(Self {
            offset: Self::offset(value),
            registers,
        })
    }

    /// The wire form: 512 lower-case hex characters.
    pub fn to_hex(&self) -> String {
        hex::encode(&self.registers)
    }

    /// The registers.
    pub fn registers(&self) -> &[u8; REGISTERS] {
        &self.registers
    }

    /// About how many authors were counted, with a standard error of 6.5 %. Small numbers are
    /// counted by empty registers (linear counting), which is more exact.
    pub fn estimate(&self) -> u64 {
        let count = REGISTERS as f64;
        let alpha = 0.7213 / (1.0 + 1.079 / count);
        let sum: f64 = self
            .registers
            .iter()
            .map(|rank| (-f64::from(*rank)).exp2())
            .sum();
        let raw = alpha * count * count / sum;
        let empty = self.registers.iter().filter(|rank| **rank == 0).count();
        let estimate = if raw <= 2.5 * count && empty > 0 {
            count * (count / empty as f64).ln()
        } else {
            raw
        };
        // Float to integer casts saturate, so hostile registers cannot do harm.
        estimate.round() as u64
    }
}

impl fmt::Display for HyperLogLog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_hex())
    }
}

impl fmt::Debug for HyperLogLog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "HyperLogLog(about {})", self.estimate())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VALUE: &str = "5c83da77af1dec6d7289834998ad7aafbd9e2191396d75ec3cc27f5a77226f36";

    /// The public key of a small secret key.
    fn key(secret: u8) -> PublicKey {
        let secret = nostr::SecretKey::from_hex(&format!("{secret:064x}")).unwrap();
        nostr::Keys::new(secret).public_key().into()
    }

    #[test]
    fn nip45_09_offsets_of_ids_addresses_and_other_values() {
        assert_eq!(HyperLogLog::offset(VALUE), 19);
        assert_eq!(HyperLogLog::offset(&format!("31923:{}:x", key(2))), 13);
        assert_eq!(HyperLogLog::offset("brighton"), 8);
        // Not lower-case hex, so hashed like any text.
        assert_ne!(VALUE.to_uppercase(), VALUE);
        assert!((8..24).contains(&HyperLogLog::offset(&VALUE.to_uppercase())));
    }

    #[test]
    fn nip45_10_registers_of_the_keys_one_to_five() {
        let mut counter = HyperLogLog::new(VALUE);
        for secret in 1..=5 {
            counter.add(&key(secret));
        }
        let set: Vec<_> = (0..)
            .zip(counter.registers())
            .filter(|(_, rank)| **rank > 0)
            .map(|(register, rank)| (register, *rank))
            .collect();
        assert_eq!(set, [(69, 1), (75, 1), (144, 5), (189, 1), (219, 3)]);
        assert_eq!(counter.estimate(), 5);
    }

    #[test]
    fn nip45_08_only_one_condition_with_one_value_can_be_merged() {
        let counter = |json| HyperLogLog::for_filter(&Filter::parse(json).unwrap());
        let brighton = Some(HyperLogLog::new("brighton"));
        assert_eq!(counter(r##"{"#t":["brighton"]}"##), brighton);
        assert_eq!(counter(r##"{"#t":["brighton","brighton"]}"##), brighton);
        assert_eq!(counter(r##"{"#t":["brighton","hove"]}"##), None);
        assert_eq!(counter(r##"{"#t":["brighton"],"#g":["gcp"]}"##), None);
        assert_eq!(counter(r##"{"#t":[]}"##), None);
        assert_eq!(counter("{}"), None);
    }

    #[test]
    fn nip45_10_a_key_of_zeros_has_the_largest_rank() {
        let mut counter = HyperLogLog::new("brighton");
        counter.add(&PublicKey::from_bytes([0; 32]));
        assert_eq!(counter.registers()[0], 185);
    }

    #[test]
    fn nip45_11_malformed_registers_are_nothing() {
        for bad in [
            "",
            "00",
            &"0".repeat(511),
            &"0".repeat(513),
            &"A".repeat(512),
            &"é".repeat(256),
        ] {
            assert_eq!(HyperLogLog::from_hex(VALUE, bad), None);
        }
        let full = HyperLogLog::from_hex(VALUE, &"ff".repeat(256)).unwrap();
        assert!(full.estimate() > 0);
    }

    #[test]
    fn nip45_11_registers_of_another_offset_are_not_merged() {
        let mut counter = HyperLogLog::new(VALUE);
        counter.merge(&HyperLogLog::from_hex("brighton", &"ff".repeat(256)).unwrap());
        assert_eq!(counter, HyperLogLog::new(VALUE));
    }

    proptest! {
        #[test]
        fn nip45_11_merging_is_the_count_of_both(
            ours in proptest::collection::vec(any::<[u8; 32]>(), 0..50),
            theirs in proptest::collection::vec(any::<[u8; 32]>(), 0..50),
            value in "[a-z]{0,3}",
        ) {
            let count = |keys: &[[u8; 32]]| {
                let mut counter = HyperLogLog::new(&value);
                for key in keys {
                    counter.add(&PublicKey::from_bytes(*key));
                }
                counter
            };
            let mut merged = count(&ours);
            merged.merge(&count(&theirs));
            prop_assert_eq!(&merged, &count(&[ours, theirs].concat()));
            let before = merged.clone();
            merged.merge(&before);
            prop_assert_eq!(&merged, &before);
            prop_assert_eq!(HyperLogLog::from_hex(&value, &merged.to_hex()), Some(merged));
        }

        #[test]
        fn nip45_10_estimates_are_near(count in 1_u64..3000) {
            let mut counter = HyperLogLog::new("brighton");
            for number in 0..count {
                let key: [u8; 32] = Sha256::digest(number.to_le_bytes()).into();
                counter.add(&PublicKey::from_bytes(key));
            }
            let error = counter.estimate().abs_diff(count) as f64 / count as f64;
            prop_assert!(error < 0.35, "{count} counted as {}", counter.estimate());
        }
    }
}
