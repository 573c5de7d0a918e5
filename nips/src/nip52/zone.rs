//! Time-zone names (`start_tzid`, `end_tzid`).

use std::fmt;

use jiff::tz::TimeZone;

use super::TimeError;

/// The name of a time zone, e.g. `Europe/London`. One that this machine's IANA database does not
/// know is kept as it was written and behaves as UTC, with a [`Zone::note`] (NIP52-05).
///
/// ```
/// use kith_nips::nip52::Zone;
/// assert!(Zone::new("Europe/London").is_ok());
/// assert!(Zone::new("Mars/Olympus").is_err());
/// let mars = Zone::read("Mars/Olympus");
/// assert!(mars.note().expect("a note").contains("UTC"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Zone(String);

impl Zone {
    /// A zone for writing: the name must be in the IANA database.
    ///
    /// # Errors
    /// [`TimeError::UnknownZone`].
    pub fn new(name: &str) -> Result<Zone, TimeError> {
        let zone = TimeZone::get(name).ok();
        // The database ignores case; what is written has the database's own spelling.
        let name_in_database = zone.as_ref().and_then(|zone| zone.iana_name());
        match name_in_database {
            Some(name) => Ok(Zone(name.to_owned())),
            None => Err(TimeError::UnknownZone(name.to_owned())),
        }
    }

    /// A zone as somebody else wrote it, known or not.
    pub fn read(name: &str) -> Zone {
        Zone(name.to_owned())
    }

    /// Coordinated universal time.
    pub fn utc() -> Zone {
        Zone("UTC".to_owned())
    }

    /// The name as written.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Whether the IANA database of this machine has it.
    pub fn is_known(&self) -> bool {
        TimeZone::get(&self.0).is_ok()
    }

    /// The zone's rules; UTC when it is unknown (NIP52-05).
    pub fn time_zone(&self) -> TimeZone {
        TimeZone::get(&self.0).unwrap_or(TimeZone::UTC)
    }

    /// What to tell a reader when the zone is unknown and times are shown in UTC (NIP52-05).
    pub fn note(&self) -> Option<String> {
        (!self.is_known())
            .then(|| format!("times are in UTC: the time zone `{}` is unknown", self.0))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nip52_05_unknown_zone_reads_as_utc_with_a_note() {
        let zone = Zone::read("Nowhere/Atlantis");
        assert_eq!(zone.time_zone(), TimeZone::UTC);
        assert!(zone.note().unwrap().contains("Nowhere/Atlantis"));
        assert_eq!(Zone::read("Europe/Berlin").note(), None);
    }

    #[test]
    fn nip52_05_zones_are_written_in_the_spelling_of_the_database() {
        assert_eq!(Zone::new("europe/london").unwrap().name(), "Europe/London");
        assert_eq!(Zone::new("utc").unwrap().name(), "UTC");
    }

    #[test]
    fn nip52_05_only_iana_names_are_written() {
        for name in [
            "",
            "CET+1",
            "../../etc/passwd",
            "Europe/Lonndon",
            "GMT+01:00",
        ] {
            assert!(Zone::new(name).is_err(), "{name:?}");
        }
        assert_eq!(
            Zone::new("America/Argentina/Buenos_Aires").unwrap().name(),
            "America/Argentina/Buenos_Aires"
        );
    }
}
