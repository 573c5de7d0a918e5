//! What is on a page of the HTTP API. Gets none.

use anyhow::{Context, ensure};
use kith_nips::EventId;
use serde_json::Value;

use super::web::Page;

/// Where the next meetups of a city are.
pub fn meetups_path(city: &str, limit: usize) -> String {
    format!("/api/v1/meetups?city={city}&limit={limit}")
}

/// Where the communities of a city are.
pub fn communities_path(city: &str, limit: usize) -> String {
    format!("/api/v1/communities?city={city}&limit={limit}")
}

/// Where the calendar of a community is.
pub fn feed_path(community: EventId) -> String {
    format!("/api/v1/communities/{community}/meetups.ics")
}

/// The ids on a page: of a list, or of the list that is the member `name` or `items` of an object.
///
/// # Errors
/// It is no such page.
pub fn ids(page: &Page, name: &str) -> anyhow::Result<Vec<EventId>> {
    let body: Value = serde_json::from_slice(&page.body).context("a page that is not JSON")?;
    let named = || body.get(name).or_else(|| body.get("items"));
    let list = body.as_array().or_else(|| named()?.as_array());
    let list = list.with_context(|| format!("a page without {name}"))?;
    let id = |item: &Value| {
        let id = item.get("id").and_then(Value::as_str);
        id.and_then(|id| id.parse().ok()).context("an id")
    };
    list.iter().map(id).collect()
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
        for body in [
            format!(r#"[{{"id":"{id}"}}]"#),
            format!(r#"{{"total":7,"meetups":[{{"id":"{id}","title":"x"}}]}}"#),
            format!(r#"{{"items":[{{"id":"{id}"}}]}}"#),
        ] {
            let page = page("application/json", &body);
            let ids = ids(&page, "meetups").unwrap();
            assert_eq!(ids, [id.parse().unwrap()], "{body}");
        }
        for body in ["", "{}", r#"{"communities":[]}"#, r#"[{"id":"x"}]"#] {
            assert!(ids(&page("", body), "meetups").is_err(), "{body}");
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
