//! What is on a page of the HTTP API. Gets none.

use anyhow::{Context, ensure};
use kith_nips::EventId;
use serde::Deserialize;

use crate::web::Page;

#[derive(Deserialize)]
struct List {
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    id: EventId,
}

/// Where the next meetups of a city are.
pub fn meetups_path(city: &str, limit: usize) -> String {
    format!("/api/v1/meetups?city={city}&status=open&limit={limit}")
}

/// Where the communities of a city are.
pub fn communities_path(city: &str, limit: usize) -> String {
    format!("/api/v1/communities?city={city}&limit={limit}")
}

/// Where the calendar of a community is.
pub fn feed_path(community: EventId) -> String {
    format!("/api/v1/communities/{community}/meetups.ics")
}

/// The ids of what is on a page of a list.
///
/// # Errors
/// It is no such page.
pub fn ids(page: &Page) -> anyhow::Result<Vec<EventId>> {
    let list: List = serde_json::from_slice(&page.body).context("a page that is no list")?;
    Ok(list.items.into_iter().map(|item| item.id).collect())
}

/// How many meetups are on a calendar (RFC 5545).
///
/// # Errors
/// It is no calendar, or not all of one.
pub fn meetups_of_calendar(page: &Page) -> anyhow::Result<usize> {
    ensure!(
        page.content_type.starts_with("text/calendar"),
        "a calendar that says it is {:?}",
        page.content_type
    );
    let lines = || {
        let lines = page.body.split(|byte| *byte == b'\n');
        lines.map(<[u8]>::trim_ascii_end)
    };
    let is_whole = lines().next() == Some(b"BEGIN:VCALENDAR")
        && lines().rfind(|line| !line.is_empty()) == Some(b"END:VCALENDAR");
    ensure!(is_whole, "not all of a calendar");
    Ok(lines().filter(|line| *line == b"BEGIN:VEVENT").count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(content_type: &str, body: &str) -> Page {
        Page {
            content_type: content_type.to_owned(),
            body: body.to_owned().into(),
        }
    }

    #[test]
    fn ids_are_found_where_they_are() {
        let id = "ab".repeat(32);
        let body = format!(r#"{{"items":[{{"id":"{id}","title":"x"}}],"next":"y","cut":false}}"#);
        let page_of = |body: &str| page("application/json", body);
        assert_eq!(ids(&page_of(&body)).unwrap(), [id.parse().unwrap()]);
        for body in [
            "",
            "{}",
            "[]",
            r#"{"items":[{"id":"x"}]}"#,
            r#"{"items":[{}]}"#,
        ] {
            assert!(ids(&page_of(body)).is_err(), "{body}");
        }
    }

    #[test]
    fn meetups_of_a_calendar_are_counted() {
        let event = "BEGIN:VEVENT\r\nSUMMARY:BEGIN:VEVENT\r\nEND:VEVENT\r\n";
        let whole = format!("BEGIN:VCALENDAR\r\n{event}{event}END:VCALENDAR\r\n");
        let count = |kind: &str, body: &str| meetups_of_calendar(&page(kind, body)).ok();
        assert_eq!(count("text/calendar; charset=utf-8", &whole), Some(2));
        assert_eq!(count("text/html", &whole), None);
        assert_eq!(count("text/calendar", &whole[..whole.len() - 17]), None);
    }
}
