//! What communities and meetups are called that are kept: for whoever types a name. Knows the tables
//! and titles.

use kith_nips::{Event, Kind};
use rusqlite::{Transaction, params};

use crate::local::{Local, LocalError};

/// What something is called that relays told of.
///
/// ```
/// use kith_client::KnownName;
/// let name = KnownName::Community("Brighton Chess".to_owned());
/// assert!(matches!(name, KnownName::Community(title) if title.starts_with("Brighton")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum KnownName {
    /// The title of a community.
    Community(String),
    /// The title of a meetup.
    Meetup(String),
}

impl Local {
    /// The titles of communities and meetups that are kept, what was told last first; at most so
    /// many.
    ///
    /// ```no_run
    /// # async fn example(local: kith_client::Local) -> Result<(), kith_client::LocalError> {
    /// for name in local.known_names(100).await? {
    ///     println!("{name:?}");
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`LocalError`]
    pub async fn known_names(&self, names_max: u32) -> Result<Vec<KnownName>, LocalError> {
        self.look(move |db| names(db, names_max)).await
    }
}

fn names(db: &Transaction<'_>, names_max: u32) -> rusqlite::Result<Vec<KnownName>> {
    let select = "SELECT json FROM cached WHERE kind IN (?1, ?2, ?3)
        ORDER BY seen_at DESC, created_at DESC, number LIMIT ?4";
    let mut select = db.prepare(select)?;
    let kinds = params![
        Kind::COMMUNITY_METADATA.as_u16(),
        Kind::MEETUP.as_u16(),
        Kind::DATE_MEETUP.as_u16(),
        names_max
    ];
    let rows = select.query_map(kinds, |row| row.get::<_, String>(0))?;
    let rows: Vec<String> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(rows.iter().filter_map(|json| name(json)).collect())
}

fn name(json: &str) -> Option<KnownName> {
    let event = Event::parse(json).ok()?;
    let title = event.tags().first_value("title")?.to_owned();
    Some(match event.kind() {
        Kind::COMMUNITY_METADATA => KnownName::Community(title),
        _ => KnownName::Meetup(title),
    })
}
