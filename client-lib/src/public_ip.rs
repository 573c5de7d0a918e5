//! Which addresses of the network anybody can reach. What strangers write must not lead into somebody's own
//! machine or network. Knows addresses (RFC 6890), not names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether this address is one of the public network.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_reserved = match first {
        0 | 240.. => true,
        // Between a provider and its customers (RFC 6598).
        100 => (64..128).contains(&second),
        192 => (second, third) == (0, 0),
        // For measurements (RFC 2544).
        198 => second == 18 || second == 19,
        _ => false,
    };
    !(is_reserved
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, .., seventh, eighth] = address.segments();
    // An old address may be inside: mapped, translated (RFC 6052) or tunnelled (RFC 3056).
    let inside = match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => Some((seventh, eighth)),
        [0x2002, high, low, ..] => Some((high, low)),
        _ => None,
    };
    let inside = inside.map(|(high, low)| {
        let bits = u32::from(high) << 16 | u32::from(low);
        Ipv4Addr::from_bits(bits)
    });
    // What is given to the world is 2000::/3; of it 2001::/32 is tunnelled too.
    let is_global = (0x2000..0x4000).contains(&first);
    let is_tunnelled = (first, second) == (0x2001, 0);
    match inside {
        Some(inside) => is_public_v4(inside),
        None => is_global && !is_tunnelled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nip05_09_addresses_of_a_machine_or_a_private_network_are_not_public() {
        for address in [
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:192.168.1.1",
            "64:ff9b::10.0.0.1",
            "2002:7f00:1::",
            "2001:0:7f00:1::",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "1.1.1.1",
            "100.63.0.1",
            "100.128.0.1",
            "172.32.0.1",
            "192.1.0.1",
            "223.255.255.254",
            "2606:4700:4700::1111",
            "2a00:1450:4001::1",
            "64:ff9b::1.1.1.1",
            "2002:101:101::",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }
}
