//! Output for people: headings, short tables, one fact a line. Texts from
//! relays are made harmless first: no control character reaches the terminal.

mod account;
mod admin;
mod announcements;
mod calendar;
mod chat;
mod counts;
mod discovery;
mod friends;
mod invite;
mod messages;
mod mutes;
mod notes;
mod outbox;
mod page;
mod profile;
mod relay_list;
mod relays;
mod reports;
mod seats;
mod series;
#[cfg(test)]
mod tests;

use std::fmt::Write;

pub use outbox::age;
use page::Page;

use super::{Output, Style};
use crate::errors::CliError;

/// The answer as text.
pub fn render(output: &Output, style: Style) -> String {
    let mut page = Page::new(style);
    match output {
        Output::KeySaved(saved) => page.key_saved(saved),
        Output::Key(key) => page.key(key),
        Output::LoggedIn(login) => page.logged_in(login),
        Output::LoggedOut(logout) => page.logged_out(logout),
        Output::RelayList(list) => page.relay_list(list),
        Output::Relays(relays) => page.relays(relays),
        Output::CommunityChanged(changed) => page.community_changed(changed),
        Output::Community(shown) => page.community(shown),
        Output::Communities(found) => page.community_list(found),
        Output::Following(change) => page.following(change),
        Output::MeetupChanged(changed) => page.meetup_changed(changed),
        Output::Meetup(shown) => page.meetup(shown),
        Output::Meetups(found) => page.meetup_list(&found.meetups),
        Output::SeriesChanged(changed) => page.series_changed(changed),
        Output::Series(shown) => page.series(shown),
        Output::AllSeries(all) => page.all_series(all),
        Output::Hosts(shown) => page.hosts(shown),
        Output::Imports(imports) => page.imports(imports),
        Output::Attendees(attendees) => page.attendees(attendees),
        Output::Written(written) => page.written(written),
        Output::Answered(answered) => page.answered(answered),
        Output::Near(near) => page.near(near),
        Output::Agenda(agenda) => page.agenda(agenda),
        Output::Watching(watching) => page.watching(watching),
        Output::Announced(announced) => page.announced(announced),
        Output::Outbox(outbox) => page.outbox(outbox),
        Output::Doctor(doctor) => page.doctor(&doctor.checks),
        Output::Chat(chat) => page.chat(chat),
        Output::Comments(comments) => page.comments(comments),
        Output::Said(said) => page.said(said),
        Output::ChatBegun(begun) => page.chat_begun(begun),
        Output::ChatLine(line) => page.chat_line(line),
        Output::Invitation(invitation) => page.invitation(invitation),
        Output::Members(members) => page.members(members),
        Output::MembersChanged(changed) => page.members_changed(changed),
        Output::AnnouncementPlan(plan) => page.announcement_plan(plan),
        Output::Delivered(delivery) => page.delivery(delivery),
        Output::AnnouncementSum(sum) => page.announcement_sum(sum),
        Output::NothingToResume(nothing) => page.nothing_to_resume(nothing),
        Output::Conversations(found) => page.conversations(found),
        Output::Conversation(shown) => page.conversation(shown),
        Output::Message(message) => page.message(message),
        Output::MessageSent(sent) => page.message_sent(sent),
        Output::ConversationForgotten(forgotten) => page.conversation_forgotten(forgotten),
        Output::InboxOpened(opened) => page.inbox_opened(opened),
        Output::Friends(shown) => page.friends(shown),
        Output::FriendsChanged(changed) => page.friends_changed(changed),
        Output::Feed(shown) => page.feed(shown),
        Output::FeedBegun(begun) => page.feed_begun(*begun),
        Output::FeedLine(line) => page.feed_line(line),
        Output::Admin(answer) => page.admin(answer),
        Output::Profile(shown) => page.profile(shown),
        Output::Mutes(shown) => page.mutes(shown),
        Output::MutesChanged(changed) => page.mutes_changed(changed),
        Output::Vanished(vanished) => page.vanished(vanished),
        Output::ReportSent(sent) => page.report_sent(sent),
        Output::Reports(shown) => page.reports(shown),
        Output::CommunityCounted(counted) => page.community_counted(counted),
        Output::RelaysFound(found) => page.relays_found(found),
        Output::ManPages(pages) => page.man_pages(pages),
        Output::Text(text) => return text.text.clone(),
    }
    page.finish()
}

/// What a signer has to open.
pub fn address(address: &str, code: &str) -> String {
    format!("Open this with your signer; this program waits for it:\n\n{code}\n\n{address}\n")
}

/// `error: …`, then what a name could have meant, then `hint: …`.
pub fn error(error: &CliError) -> String {
    let mut text = format!("error: {}", plain(&error.message));
    for candidate in &error.candidates {
        let _ = write!(
            text,
            "\n  {}  {}",
            plain(&candidate.id),
            plain(&candidate.description)
        );
    }
    if let Some(hint) = &error.hint {
        let _ = write!(text, "\nhint: {}", plain(hint));
    }
    text
}

/// A text on one line, without anything that a terminal would obey.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if is_unsafe(c) { ' ' } else { c })
        .collect()
}

/// C0, C1, and what turns the direction of the text around.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
