//! What was reported in a community. Reports are public; this list of them is for whoever runs the community
//! (NIP56-04): the browser says who asks with a signed request (NIP-98), and nothing is remembered of it.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::Response;
use http::HeaderMap;
use http::header::{AUTHORIZATION, CACHE_CONTROL};
use kith_nips::PublicKey;
use kith_nips::lbc::{Published, ReportSubject};
use kith_nips::nip56::{Report, ReportType};
use kith_nips::nip86::same_address;
use kith_nips::nip98::{self, HttpRequest};
use kith_web::pages::{ReportRow, ReportedRow, ReportsPage, ReportsReader, Tab};
use kith_web::{Text, path};

use super::{about, community, path_of};
use crate::clock::unix_now;
use crate::directory::{CommunityRecord, Reading, ReportedView};
use crate::http::api::problem::Problem;
use crate::http::api::reference::naddr;
use crate::http::insert;
use crate::http::pages::views::Names;
use crate::http::pages::visit::Visit;
use crate::http::pages::{Pages, policy, signed};

/// Things on the page.
const THINGS_MAX: usize = 100;
/// Reports of each group about one thing.
const REPORTS_PER_THING_MAX: usize = 20;
/// Characters of what somebody wrote.
const TEXT_CHARACTERS_MAX: usize = 1_000;

pub(in crate::http::pages) async fn reports(
    State(pages): State<Pages>,
    Path(id): Path<String>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (reading, record) = community(&pages, &id).await?;
    let reader = match asker(&pages, &visit, &headers) {
        None => ReportsReader::Unknown,
        Some(person) if person != record.owner() => ReportsReader::Other,
        Some(_) => ReportsReader::Owner(rows(&reading, &record).await?),
    };
    let mut response = signed(&ReportsPage {
        frame: visit.unlisted(path_of(&record, "reports")),
        about: about(&record, &visit, "reports-title", Tab::Reports),
        reader,
    });
    // It is another page for each who asks.
    insert(&mut response, CACHE_CONTROL, "no-store");
    Ok(response)
}

/// Who signed the request, if somebody did. Asking twice changes nothing, so it may come again.
fn asker(pages: &Pages, visit: &Visit, headers: &HeaderMap) -> Option<PublicKey> {
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let sources = &pages.sources;
    let relays = sources.config.current().relay_urls(Some(sources.listening));
    let is_url = |url: &str| {
        let mut own = relays.iter();
        own.any(|own| same_address(&format!("{}{}", policy::origin(own), visit.path()), url))
    };
    let request = HttpRequest {
        method: "GET",
        body: b"",
        payload_optional: true,
    };
    let asked = nip98::check(header, &request, is_url, unix_now()).ok()?;
    Some(asked.pubkey)
}

async fn rows(reading: &Reading, record: &CommunityRecord) -> Result<Vec<ReportedRow>, Problem> {
    let mut things = reading.reports(record).await?;
    things.truncate(THINGS_MAX);
    let reports = things.iter().flat_map(|view| {
        let (members, others) = (&view.thing.by_members, &view.thing.by_others);
        members.iter().chain(others)
    });
    let people = things.iter().map(|view| view.thing.person);
    let people: BTreeSet<_> = people.chain(reports.map(|report| report.author)).collect();
    let names = Names::of(reading, people).await?;
    let rows = things.into_iter().map(|view| row(view, record, &names));
    Ok(rows.collect())
}

fn row(view: ReportedView, record: &CommunityRecord, names: &Names) -> ReportedRow {
    let ReportedView {
        thing,
        text,
        is_hidden,
    } = view;
    let (what, message, path) = match &thing.subject {
        ReportSubject::Person(_) => ("reports-person", None, None),
        ReportSubject::Message(id) => ("reports-message", Some(id.to_string()), None),
        ReportSubject::Comment(_) => ("reports-comment", None, None),
        ReportSubject::Meetup(address) => {
            ("reports-meetup", None, Some(path(&["m", &naddr(address)])))
        }
    };
    let rows = |reports: &[Published<Report>]| {
        let reports = reports.iter().take(REPORTS_PER_THING_MAX);
        reports.map(|report| said(report, names)).collect()
    };
    ReportedRow {
        what,
        message,
        path,
        text: Text::line(&text, TEXT_CHARACTERS_MAX),
        person: names.person(thing.person),
        is_hidden,
        is_muted: record.mutes(thing.person),
        is_owner: thing.person == record.owner(),
        by_members: rows(&thing.by_members),
        by_others: rows(&thing.by_others),
    }
}

fn said(report: &Published<Report>, names: &Names) -> ReportRow {
    ReportRow {
        person: names.person(report.author),
        sort: match report.report_type {
            ReportType::Nudity => "report-nudity",
            ReportType::Malware => "report-malware",
            ReportType::Profanity => "report-profanity",
            ReportType::Illegal => "report-illegal",
            ReportType::Spam => "report-spam",
            ReportType::Impersonation => "report-impersonation",
            ReportType::Other => "report-other",
        },
        text: Text::line(&report.text, TEXT_CHARACTERS_MAX),
        created_at: report.created_at,
    }
}
