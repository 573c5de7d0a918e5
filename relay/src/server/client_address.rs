//! Whose connection is it? The peer of the socket, or whom a trusted proxy names.

use std::net::IpAddr;

use http::HeaderMap;

/// Every proxy appends the address of its own peer to this list.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The client's address: the last one in `X-Forwarded-For` that is no trusted proxy, if the
/// peer is one; anybody could write what stands before it. Otherwise the peer.
pub(super) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let is_trusted = |address: IpAddr| {
        let address = address.to_canonical();
        trusted.iter().any(|proxy| proxy.to_canonical() == address)
    };
    if !is_trusted(peer) {
        return peer.to_canonical();
    }
    let named: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    named
        .into_iter()
        .rev()
        // What is no address ends the chain: nothing before it can be trusted.
        .map_while(|text| text.trim().parse::<IpAddr>().ok())
        .find(|address| !is_trusted(*address))
        .unwrap_or(peer)
        .to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(peer: &str, forwarded: &[&str], expect: &str) {
        let trusted = ["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        let address = client_address(peer.parse().unwrap(), &headers, &trusted);
        assert_eq!(address.to_string(), expect);
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        check("192.0.2.9", &["203.0.113.1"], "192.0.2.9");
        check("10.0.0.1", &["203.0.113.1"], "203.0.113.1");
        check("::ffff:10.0.0.1", &["203.0.113.1"], "203.0.113.1");
        check("10.0.0.1", &[], "10.0.0.1");
    }

    #[test]
    fn the_last_untrusted_address_counts() {
        check(
            "10.0.0.1",
            &["198.51.100.1, 203.0.113.1, 10.0.0.2"],
            "203.0.113.1",
        );
        check("10.0.0.1", &["198.51.100.1", "203.0.113.1"], "203.0.113.1");
        check("10.0.0.1", &["198.51.100.1, nonsense"], "10.0.0.1");
    }
}
