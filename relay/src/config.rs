//! The configuration: every key, its default and its bounds, and where its value came from.
//!
//! Sections declare themselves with one macro (`section`). Flag > environment > file > default is
//! decided in `load`; `print` writes the effective configuration back as TOML; [`Live`] is how
//! the running relay sees it. Nothing here opens a socket or a store.

mod error;
mod http;
mod info;
mod limits;
mod live;
mod load;
mod names;
mod policy;
mod print;
mod retention;
mod section;
mod server;
mod setting;
mod store;

pub use error::{ConfigError, Place, Problem};
pub use http::Http;
pub use info::Info;
pub(crate) use info::{check_name, check_web_address};
pub use limits::{Limits, SUBSCRIPTION_ID_CHARS_MAX};
pub use live::{Live, Reloaded};
pub use load::{Flags, Loaded, Origin, Sources};
pub use names::{GivenTo, NameSettings};
pub use policy::{Features, Lbc, Policy};
pub(crate) use retention::KINDS_NEVER_OLD;
pub use retention::{Retention, RetentionRule};
pub use section::Effect;
pub use server::{Data, Server};
pub use store::{StoreSettings, Synchronous};

use std::net::SocketAddr;

use kith_nips::nip05::{Identifier, ROOT_NAME};
use section::Section;

/// Names of the machine itself.
const LOOPBACK_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Every setting of the relay. `Config::default()` is what `kith-relay` without arguments uses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// `[server]`
    pub server: Server,
    /// `[data]`
    pub data: Data,
    /// `[info]`
    pub info: Info,
    /// `[limits]`
    pub limits: Limits,
    /// `[store]`
    pub store: StoreSettings,
    /// `[retention]`
    pub retention: Retention,
    /// `[policy]`
    pub policy: Policy,
    /// `[names]`
    pub names: NameSettings,
    /// `[lbc]`
    pub lbc: Lbc,
    /// `[features]`
    pub features: Features,
    /// `[http]`
    pub http: Http,
}

impl Config {
    /// The addresses under which clients may know this relay (NIP-42): the public one, its
    /// aliases, and the socket `listening`, under every name that a loopback address has.
    ///
    /// What a client says in `Host` is not among them: whoever passes on another's authentication
    /// could say anything there.
    pub fn relay_urls(&self, listening: Option<SocketAddr>) -> Vec<String> {
        let server = &self.server;
        let sockets = listening
            .into_iter()
            .flat_map(hosts)
            .map(|host| format!("ws://{host}{}", server.path));
        let public = server.public_url.iter().chain(&server.aliases).cloned();
        public.chain(sockets).collect()
    }

    /// What stands behind the `@` of names at this relay (NIP-05): the host of the public address, or the
    /// socket `listening` of a relay that has none and is for this machine only.
    ///
    /// None where nobody could ask for the file of names: it is at the port that browsers take.
    pub fn names_host(&self, listening: SocketAddr) -> Option<String> {
        let site = match &self.server.public_url {
            Some(url) => {
                let (scheme, rest) = url.split_once("://")?;
                let authority = rest.split(['/', '?', '#']).next()?;
                let port = if scheme == "ws" { ":80" } else { ":443" };
                authority.strip_suffix(port).unwrap_or(authority).to_owned()
            }
            None if listening.ip().is_loopback() => listening.to_string(),
            None => return None,
        };
        let site: Identifier = format!("{ROOT_NAME}@{site}").parse().ok()?;
        Some(site.domain().to_owned())
    }

    fn sections(&self) -> [&dyn Section; 11] {
        [
            &self.server,
            &self.data,
            &self.info,
            &self.limits,
            &self.store,
            &self.retention,
            &self.policy,
            &self.names,
            &self.lbc,
            &self.features,
            &self.http,
        ]
    }

    fn sections_mut(&mut self) -> [&mut dyn Section; 11] {
        [
            &mut self.server,
            &mut self.data,
            &mut self.info,
            &mut self.limits,
            &mut self.store,
            &mut self.retention,
            &mut self.policy,
            &mut self.names,
            &mut self.lbc,
            &mut self.features,
            &mut self.http,
        ]
    }

    fn section_mut(&mut self, name: &str) -> Option<&mut dyn Section> {
        self.sections_mut()
            .into_iter()
            .find(|section| section.name() == name)
    }
}

/// What clients may call a socket address.
fn hosts(listening: SocketAddr) -> Vec<String> {
    let (ip, port) = (listening.ip().to_canonical(), listening.port());
    let mut hosts = vec![SocketAddr::new(ip, port).to_string()];
    if ip.is_loopback() || ip.is_unspecified() {
        hosts.extend(LOOPBACK_HOSTS.map(|host| format!("{host}:{port}")));
    }
    hosts
}

#[cfg(test)]
mod tests;
