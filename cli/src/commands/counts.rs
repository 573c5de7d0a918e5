//! `kith community count`: how many people, asked of relays that count.

use kith_client::{Count, CountPrecision, Search};

use super::views;
use crate::arguments::community::Reference;
use crate::context::Context;
use crate::errors::CliError;
use crate::output::counts::{CommunityCounted, CountView, MeetupCounted, Precision};
use crate::output::views::CommunityName;
use crate::output::{Output, Report};
use crate::reference;

/// Meetups whose answers are counted.
const MEETUPS_MAX: usize = 10;

/// Runs `kith community count`.
pub async fn run(typed: &Reference, context: &Context) -> Result<Report, CliError> {
    let kith = context.reader().await?;
    let community = reference::community(&kith, context, &typed.community).await?;
    let search = Search::new().community(&community).from(context.now_unix());
    let (followers, members, meetups) = tokio::try_join!(
        kith.count_followers(&community),
        kith.count_members(&community),
        kith.meetups(&search)
    )?;
    let mut silent = meetups.silent;
    silent.extend(followers.silent.iter().chain(&members.silent).cloned());
    let mut counted = Vec::new();
    for meetup in meetups.found.iter().take(MEETUPS_MAX) {
        let answers = kith.count_answers(meetup).await?;
        silent.extend(answers.silent.iter().cloned());
        counted.push(MeetupCounted {
            id: meetup.id().to_string(),
            address: meetup.address().to_string(),
            title: meetup.title().to_owned(),
            start: meetup.when().and_then(views::start),
            answers: view(&answers),
        });
    }
    let mut warnings = views::unreachable(&kith);
    warnings.extend(views::silent(&silent, &kith));
    let output = Output::CommunityCounted(CommunityCounted {
        community: CommunityName {
            id: community.id().to_string(),
            title: Some(community.title()),
        },
        followers: view(&followers),
        members: view(&members),
        meetups: counted,
    });
    Ok(Report { output, warnings })
}

fn view(count: &Count) -> CountView {
    CountView {
        number: count.number,
        precision: match count.precision {
            CountPrecision::Exact => Precision::Exact,
            CountPrecision::Estimate => Precision::Estimate,
            CountPrecision::AtLeast => Precision::AtLeast,
        },
    }
}
