//! `kith report`, and `kith reports` for the owner of a community.

use kith_client::nip56::ReportType;
use kith_client::{Kith, ReportOfSomebody, ReportSubject, ReportedThing};

use super::chat::{self, moment};
use super::views;
use crate::arguments::community::Reference;
use crate::arguments::report::Report as Arguments;
use crate::context::Context;
use crate::errors::CliError;
use crate::output::reports::{
    ReportSent, ReportSubjectView, ReportView, ReportedView, ReportsShown,
};
use crate::output::views::CommunityName;
use crate::output::{Output, Report};
use crate::reference::{self, TypedPerson};

/// Runs `kith report`.
pub async fn run(typed: &Arguments, context: &Context) -> Result<Report, CliError> {
    let report_type: ReportType = typed.report_type;
    let writer = context.writer().await?;
    let target = target(writer.kith(), typed, context).await?;
    let kith = writer.unlock().await?;
    let published = match target {
        Target::Person(person) => kith.report_person(person, report_type, &typed.text).await?,
        Target::Note(note) => kith.report_note(&note, report_type, &typed.text).await?,
    };
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::refusals(&published.refused, &kith));
    let output = Output::ReportSent(ReportSent {
        id: published.id.to_string(),
        report_type: report_type.as_str(),
        published: views::published(&published),
    });
    Ok(Report { output, warnings })
}

enum Target {
    Person(kith_nips::PublicKey),
    Note(kith_client::Reference),
}

/// 64 hexadecimal digits are a note: a person is given as people pass keys on.
async fn target(kith: &Kith, typed: &Arguments, context: &Context) -> Result<Target, CliError> {
    let what = typed.what.trim();
    if let Some(community) = &typed.chat {
        let message = chat::message_in(kith, context, community, what).await?;
        return Ok(Target::Note(message.into()));
    }
    let bare = what.strip_prefix("nostr:").unwrap_or(what);
    let is_key = bare.starts_with("npub1") || bare.starts_with("nprofile1");
    match is_key || TypedPerson::is_meant(what) {
        true => Ok(Target::Person(TypedPerson::parse(what)?.find(kith).await?)),
        false => {
            let note = reference::to_meetup(kith, context, what).await?;
            Ok(Target::Note(note))
        }
    }
}

/// Runs `kith reports`.
pub async fn read(typed: &Reference, context: &Context) -> Result<Report, CliError> {
    // Of whose community it is, the public key says: nothing is signed.
    let kith = context.reader().await?;
    let community = reference::community(&kith, context, &typed.community).await?;
    let found = kith.reports(&community).await?;
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::silent(&found.silent, &kith));
    let things = found.things.iter().map(|thing| reported(thing, context));
    let output = Output::Reports(ReportsShown {
        community: CommunityName {
            id: found.community.id.to_string(),
            title: Some(found.community.title.clone()),
        },
        reported: things.collect(),
    });
    Ok(Report { output, warnings })
}

fn reported(thing: &ReportedThing, context: &Context) -> ReportedView {
    let subject = match &thing.subject {
        ReportSubject::Meetup { address, title } => ReportSubjectView::Meetup {
            address: address.to_string(),
            title: title.clone(),
        },
        ReportSubject::Message { id, text } => ReportSubjectView::Message {
            id: id.to_string(),
            text: text.clone(),
        },
        ReportSubject::Comment { id, text } => ReportSubjectView::Comment {
            id: id.to_string(),
            text: text.clone(),
        },
        _ => ReportSubjectView::Person,
    };
    let reports = |reports: &[ReportOfSomebody]| {
        let reports = reports.iter();
        reports.map(|report| view(report, context)).collect()
    };
    ReportedView {
        subject,
        npub: views::npub(thing.person),
        public_key: thing.person.to_string(),
        name: thing.name.clone(),
        state: views::membership(thing.state),
        by_members: reports(&thing.by_members),
        by_others: reports(&thing.by_others),
    }
}

fn view(report: &ReportOfSomebody, context: &Context) -> ReportView {
    ReportView {
        id: report.id.to_string(),
        npub: views::npub(report.reporter),
        public_key: report.reporter.to_string(),
        name: report.name.clone(),
        state: views::membership(report.state),
        report_type: report.report_type.as_str(),
        text: report.text.clone(),
        at: moment(report.created_at, context.now.time_zone()),
        created_at: report.created_at,
    }
}
