//! `kith admin`: managing a relay (NIP-86).

use kith_client::nip86::{Answer, Call, Entry};
use kith_client::{EventId, Reference, RelayUrl, Target};
use kith_nips::Kind;
use kith_nips::nip43::Role;

use super::views;
use crate::arguments::admin::{Admin, NewRole, Role as TypedRole};
use crate::context::Context;
use crate::errors::CliError;
use crate::output::admin::{AdminAddress, AdminAnswer, AdminEvent, AdminPerson, AdminResult};
use crate::output::{Output, Report};
use crate::reference;

/// Runs `kith admin …`.
pub async fn run(arguments: &Admin, context: &Context) -> Result<Report, CliError> {
    let call = call(arguments)?;
    let relay = relay(context)?;
    let kith = context.writer().await?.unlock().await?;
    let answer = kith.relay_admin(&relay).call(&call).await?;
    let (result, unreadable) = result(answer);
    let mut warnings = Vec::new();
    if unreadable > 0 {
        warnings.push(format!("{unreadable} entries of the list cannot be read"));
    }
    let output = Output::Admin(AdminAnswer {
        relay: relay.to_string(),
        method: call.method().name(),
        result,
        unreadable,
    });
    Ok(Report { output, warnings })
}

/// The only relay that is used: what is meant for one must not reach another.
fn relay(context: &Context) -> Result<RelayUrl, CliError> {
    let relays = context.relays()?;
    match relays.urls.as_slice() {
        [relay] => Ok(relay.clone()),
        relays => {
            let names: Vec<String> = relays.iter().map(ToString::to_string).collect();
            Err(CliError::usage(
                format!("{} relays are used, and one has to be named", names.len()),
                format!("add --relay and one of: {}", names.join(", ")),
            ))
        }
    }
}

fn call(arguments: &Admin) -> Result<Call, CliError> {
    Ok(match arguments {
        Admin::Methods => Call::SupportedMethods,
        Admin::Ban(typed) => {
            Call::BanPubkey(reference::person(&typed.person)?, typed.reason.clone())
        }
        Admin::Unban(typed) => Call::UnbanPubkey(reference::person(&typed.person)?),
        Admin::Banned => Call::ListBannedPubkeys,
        Admin::Allow(typed) => {
            Call::AllowPubkey(reference::person(&typed.person)?, typed.reason.clone())
        }
        Admin::Unallow(typed) => Call::UnallowPubkey(reference::person(&typed.person)?),
        Admin::Allowed => Call::ListAllowedPubkeys,
        Admin::Reported => Call::ListEventsNeedingModeration,
        Admin::AllowEvent(typed) => Call::AllowEvent(event(&typed.event)?, typed.reason.clone()),
        Admin::BanEvent(typed) => Call::BanEvent(event(&typed.event)?, typed.reason.clone()),
        Admin::BannedEvents => Call::ListBannedEvents,
        Admin::Name { name } => Call::ChangeRelayName(name.clone()),
        Admin::Description { description } => Call::ChangeRelayDescription(description.clone()),
        Admin::Icon { url } => Call::ChangeRelayIcon(url.clone()),
        Admin::AllowKind { kind } => Call::AllowKind(Kind::new(*kind)),
        Admin::DisallowKind { kind } => Call::DisallowKind(Kind::new(*kind)),
        Admin::Kinds => Call::ListAllowedKinds,
        Admin::BlockIp { address, reason } => Call::BlockIp(*address, reason.clone()),
        Admin::UnblockIp { address } => Call::UnblockIp(*address),
        Admin::BlockedIps => Call::ListBlockedIps,
        Admin::Role(TypedRole::Create(typed)) => Call::CreateRole(role(typed)?),
        Admin::Role(TypedRole::Edit(typed)) => Call::EditRole(role(typed)?),
        Admin::Role(TypedRole::Delete { role }) => Call::DeleteRole(role.clone()),
        Admin::Role(TypedRole::Assign { role, person }) => {
            Call::AssignRole(reference::person(person)?, role.clone())
        }
        Admin::Role(TypedRole::Unassign { role, person }) => {
            Call::UnassignRole(reference::person(person)?, role.clone())
        }
    })
}

fn role(typed: &NewRole) -> Result<Role, CliError> {
    let role = Role::new(
        &typed.role,
        &typed.label,
        &typed.description,
        typed.color,
        typed.order,
    );
    role.map_err(|error| CliError::usage(error.to_string(), "see `kith admin role create --help`"))
}

/// One event: of what has an address, one version is not what somebody means.
fn event(text: &str) -> Result<EventId, CliError> {
    let reference: Reference = text.trim().parse()?;
    match reference.target {
        Target::Id(id) => Ok(id),
        Target::Address(_) => Err(CliError::usage(
            format!("\"{text}\" names all versions of a note"),
            "give the id of the event: note1…, nevent1… or 64 hexadecimal digits",
        )),
    }
}

fn result(answer: Answer) -> (AdminResult, usize) {
    match answer {
        Answer::Done => (AdminResult::Done { done: true }, 0),
        Answer::Methods(listed) => {
            let methods = listed.entries;
            (AdminResult::Methods { methods }, listed.unreadable)
        }
        Answer::Pubkeys(listed) => {
            let people = listed.entries.into_iter();
            let people = people.map(|Entry { item, reason }| AdminPerson {
                npub: views::npub(item),
                public_key: item.to_string(),
                reason,
            });
            let people = people.collect();
            (AdminResult::People { people }, listed.unreadable)
        }
        Answer::Events(listed) => {
            let events = listed.entries.into_iter();
            let events = events.map(|Entry { item, reason }| AdminEvent {
                id: item.to_string(),
                reason,
            });
            let events = events.collect();
            (AdminResult::Events { events }, listed.unreadable)
        }
        Answer::Kinds(listed) => {
            let kinds = listed.entries.into_iter().map(Kind::as_u16).collect();
            (AdminResult::Kinds { kinds }, listed.unreadable)
        }
        Answer::Addresses(listed) => {
            let addresses = listed.entries.into_iter();
            let addresses = addresses.map(|Entry { item, reason }| AdminAddress {
                ip: item.to_string(),
                reason,
            });
            let addresses = addresses.collect();
            (AdminResult::Addresses { addresses }, listed.unreadable)
        }
    }
}
