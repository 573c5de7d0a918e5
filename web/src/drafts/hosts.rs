//! Who runs a meetup beside its author: field `hosts`, one on each line.

use kith_nips::PublicKey;
use kith_nips::extensions::{Host, hosts, set_host};
use kith_nips::lbc::Meetup;
use nostr::nips::nip19::ToBech32;

use super::form::Form;
use super::said::{Problems, Sayer};
use super::values::Values;

/// People that a form may name.
const HOSTS_MAX: usize = 20;

/// Reads the field: `npub`, `nprofile` or hex. A form without it names those who were named before.
pub(super) fn read(
    form: &Form,
    before: &[Host],
    sayer: Sayer,
    problems: &mut Problems,
) -> Vec<Host> {
    if !form.has("hosts") {
        return before.to_vec();
    }
    let text = form.lines("hosts").unwrap_or_default();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut people: Vec<Host> = Vec::new();
    for line in lines {
        match line.parse::<Host>() {
            Ok(host) if names(&people, host.person) => {}
            // Those who were named by another program stay, however many they are.
            Ok(host) if people.len() < HOSTS_MAX || names(before, host.person) => people.push(host),
            _ => {
                problems.add("hosts", sayer.count("field-hosts", HOSTS_MAX));
                return Vec::new();
            }
        }
    }
    people
}

/// Writes those whom a meetup names into the field.
pub(super) fn fill(values: &mut Values, meetup: &Meetup) {
    values.set(
        "hosts",
        hosts(meetup)
            .into_iter()
            .map(|host| npub(host.person))
            .collect::<Vec<_>>()
            .join("\n"),
    );
}

/// Names those who are new, and no more those who are gone. What else is said of people stays.
pub(super) fn change(meetup: &mut Meetup, old: &[Host], new: &[Host]) {
    for host in old.iter().filter(|host| !names(new, host.person)) {
        set_host(meetup, host.person, false, None);
    }
    for host in new.iter().filter(|host| !names(old, host.person)) {
        set_host(meetup, host.person, true, host.relay.as_deref());
    }
}

fn names(hosts: &[Host], person: PublicKey) -> bool {
    hosts.iter().any(|host| host.person == person)
}

/// Only a key that is no point on the curve has none, and is written as it is.
fn npub(person: PublicKey) -> String {
    nostr::PublicKey::from_byte_array(*person.as_bytes())
        .to_bech32()
        .unwrap_or_else(|_| person.to_string())
}
