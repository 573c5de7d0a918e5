//! `kith profile`: what people say of themselves, and what the user says.

use kith_client::nip24::{self, Field, ProfileChange};
use kith_client::{Change, Identifier, IdentifierState, Kith};
use kith_nips::PublicKey;

use super::views;
use crate::arguments::profile::{Profile, ProfileSet};
use crate::context::Context;
use crate::errors::CliError;
use crate::keystore::KeystoreError;
use crate::output::profile::{IdentifierView, ProfileShown};
use crate::output::{Output, Report};
use crate::reference::TypedPerson;

/// Runs `kith profile …`.
pub async fn run(arguments: &Profile, context: &Context) -> Result<Report, CliError> {
    match arguments {
        Profile::Show { person } => show(person.as_deref(), context).await,
        Profile::Set(typed) => set(typed, context).await,
    }
}

async fn show(typed: Option<&str>, context: &Context) -> Result<Report, CliError> {
    let typed = typed.map(TypedPerson::parse).transpose()?;
    let kith = context.reader().await?;
    let person = match &typed {
        Some(person) => Some(person.find(&kith).await?),
        None => kith.public_key(),
    };
    let person = person.ok_or(KeystoreError::Missing)?;
    let found = kith.profile_of(person).await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::silent(&found.silent, &kith));
    let mut output = shown(person, found.profile, &kith).await;
    output.yours = kith.public_key() == Some(person);
    let output = Output::Profile(output);
    Ok(Report { output, warnings })
}

async fn set(typed: &ProfileSet, context: &Context) -> Result<Report, CliError> {
    let change = change(typed)?;
    let kith = context.list_writer(typed.list).await?.unlock().await?;
    let me = kith.public_key().ok_or(KeystoreError::Missing)?;
    let changed = kith.change_profile(&change).await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::change_warnings(&changed.change, &kith));
    let output = Output::Profile(ProfileShown {
        yours: true,
        changed: Some(matches!(changed.change, Change::Published(_))),
        published: Some(views::changed(&changed.change)),
        ..shown(me, Some(changed.profile), &kith).await
    });
    Ok(Report { output, warnings })
}

/// Everything is read before anybody is asked.
fn change(typed: &ProfileSet) -> Result<ProfileChange, CliError> {
    let mut change = ProfileChange::new();
    for field in Field::ALL {
        let text = match field {
            Field::Name => &typed.name,
            Field::About => &typed.words,
            Field::Picture => &typed.picture,
            Field::Website => &typed.website,
            Field::Identifier => &typed.identifier,
        };
        if let Some(text) = text {
            change.set(field, text)?;
        }
    }
    match change.is_empty() {
        true => Err(CliError::usage(
            "nothing was named that is to change",
            "name --name, --about, --picture, --website or --identifier; \"\" removes one",
        )),
        false => Ok(change),
    }
}

async fn shown(person: PublicKey, said: Option<nip24::Profile>, kith: &Kith) -> ProfileShown {
    let said = said.unwrap_or_default();
    let identifier = match said.identifier {
        Some(identifier) => {
            let state = kith.check_identifier(&identifier, person).await;
            Some(view(&identifier, &state))
        }
        None => None,
    };
    ProfileShown {
        npub: views::npub(person),
        public_key: person.to_string(),
        name: said.name,
        about: said.about,
        picture: said.picture,
        website: said.website,
        identifier,
        yours: false,
        changed: None,
        published: None,
    }
}

fn view(identifier: &Identifier, state: &IdentifierState) -> IdentifierView {
    let (state, reason) = match state {
        IdentifierState::Valid => ("valid", None),
        IdentifierState::Invalid(reason) => ("invalid", Some(reason.to_string())),
        IdentifierState::Unknown(reason) => ("unknown", Some(reason.to_string())),
    };
    IdentifierView {
        identifier: identifier.to_string(),
        state,
        reason,
    }
}
