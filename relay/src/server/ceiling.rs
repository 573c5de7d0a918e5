//! Ceilings on what is open at once, for the whole relay and for each address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts what is open.
#[derive(Debug, Default)]
pub(crate) struct Ceiling {
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One place under the ceiling, free again when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    ceiling: Arc<Ceiling>,
    address: IpAddr,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// The relay has as many as it takes.
    Relay,
    /// This address has as many as one address may.
    Address,
}

impl Ceiling {
    /// Takes a place for `address`; an IPv4 address and its IPv6 form are the same.
    pub(crate) fn take(
        self: &Arc<Self>,
        address: IpAddr,
        total_max: usize,
        address_max: usize,
    ) -> Result<Place, Full> {
        let address = address.to_canonical();
        let mut open = self.lock();
        if open.total >= total_max {
            return Err(Full::Relay);
        }
        let of_address = open.by_address.get(&address).copied().unwrap_or(0);
        if of_address >= address_max {
            return Err(Full::Address);
        }
        open.total += 1;
        open.by_address.insert(address, of_address + 1);
        Ok(Place {
            ceiling: Arc::clone(self),
            address,
        })
    }

    /// How many are open.
    pub(crate) fn total(&self) -> usize {
        self.lock().total
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.ceiling.lock();
        open.total = open.total.saturating_sub(1);
        match open.by_address.get_mut(&self.address) {
            Some(count) if *count > 1 => *count -= 1,
            // Addresses without anything open are forgotten, so that the map stays small.
            _ => {
                open.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn nip01_12_each_address_has_its_own_ceiling_and_mapped_addresses_are_equal() {
        let ceiling = Arc::new(Ceiling::default());
        let take = |text: &str| ceiling.take(address(text), 10, 2);
        let first = take("192.0.2.1").unwrap();
        let _second = take("::ffff:192.0.2.1").unwrap();
        assert_eq!(take("192.0.2.1").unwrap_err(), Full::Address);
        let _other = take("192.0.2.2").unwrap();
        drop(first);
        let _again = take("192.0.2.1").unwrap();
    }

    #[test]
    fn the_relay_has_a_ceiling_and_forgets_closed_addresses() {
        let ceiling = Arc::new(Ceiling::default());
        let places: Vec<_> = (1..=3)
            .map(|last| {
                ceiling
                    .take(address(&format!("192.0.2.{last}")), 3, 2)
                    .unwrap()
            })
            .collect();
        assert_eq!(ceiling.take(address("::1"), 3, 2).unwrap_err(), Full::Relay);
        assert_eq!(ceiling.total(), 3);
        drop(places);
        assert_eq!(ceiling.total(), 0);
        assert!(ceiling.lock().by_address.is_empty());
    }
}
