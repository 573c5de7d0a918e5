//! How fast one address may publish: what a connection may do on a socket.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::session::rate::{Allowance, BURST_SECONDS};

/// Addresses whose allowance is remembered. Those that published nothing for as long as it takes to have
/// the whole allowance again need not be.
const ADDRESSES_MAX: usize = 4_096;

/// The allowances of addresses.
#[derive(Debug, Default)]
pub(in crate::http::api) struct Rates {
    by_address: Mutex<HashMap<IpAddr, (Allowance, Instant)>>,
}

impl Rates {
    /// Whether one more event may come from `address`; a rate of 0 means any number.
    pub(in crate::http::api) fn take(&self, address: IpAddr, events_per_second_max: u32) -> bool {
        self.take_at(address, events_per_second_max, Instant::now())
    }

    fn take_at(&self, address: IpAddr, events_per_second_max: u32, now: Instant) -> bool {
        if events_per_second_max == 0 {
            return true;
        }
        let mut by_address = self
            .by_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if by_address.len() >= ADDRESSES_MAX && !by_address.contains_key(&address) {
            let full_after = Duration::from_secs_f64(BURST_SECONDS);
            by_address.retain(|_, (_, used_at)| now.duration_since(*used_at) < full_after);
            if by_address.len() >= ADDRESSES_MAX {
                return false;
            }
        }
        let fresh = || (Allowance::full(events_per_second_max, now), now);
        let (allowance, used_at) = by_address.entry(address).or_insert_with(fresh);
        *used_at = now;
        allowance.take(events_per_second_max, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(number: u32) -> IpAddr {
        IpAddr::from(number.to_be_bytes())
    }

    #[test]
    fn each_address_has_its_own_allowance() {
        let (rates, now) = (Rates::default(), Instant::now());
        let taken = |address| (0..10).filter(|_| rates.take_at(address, 2, now)).count();
        assert_eq!(taken(address(1)), 4);
        assert_eq!(taken(address(2)), 4);
        assert_eq!(taken(address(1)), 0);
        assert!(rates.take_at(address(1), 0, now));
    }

    #[test]
    fn addresses_are_forgotten_when_there_are_too_many() {
        let (rates, now) = (Rates::default(), Instant::now());
        let most = u32::try_from(ADDRESSES_MAX).unwrap();
        assert!((0..most).all(|number| rates.take_at(address(number), 1, now)));
        assert!(!rates.take_at(address(most), 1, now));
        let later = now + Duration::from_secs(3);
        assert!(rates.take_at(address(most), 1, later));
        assert_eq!(rates.by_address.lock().unwrap().len(), 1);
    }
}
