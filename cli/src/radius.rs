//! Distances as people type them: "25km", "10 miles", "25".

use std::str::FromStr;

/// Longest radius in kilometres. Wider circles need more geohash cells than one
/// filter should carry.
pub const RADIUS_KM_MAX: f64 = 500.0;
/// Shortest radius in kilometres.
pub const RADIUS_KM_MIN: f64 = 0.1;
/// Used when none is given.
pub const RADIUS_KM_DEFAULT: f64 = 25.0;

const KM_PER_MILE: f64 = 1.609_344;
const KM_PER_METRE: f64 = 0.001;

/// A distance in kilometres between [`RADIUS_KM_MIN`] and [`RADIUS_KM_MAX`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Radius(f64);

/// Why a text is no radius.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RadiusError {
    /// Not a number with a unit that is known.
    #[error("\"{0}\" is not a distance")]
    NotADistance(String),
    /// Not between the bounds.
    #[error("\"{0}\" is not between {RADIUS_KM_MIN} and {RADIUS_KM_MAX} km")]
    OutOfRange(String),
}

impl Radius {
    /// Kilometres.
    pub fn km(self) -> f64 {
        self.0
    }
}

impl Default for Radius {
    fn default() -> Self {
        Self(RADIUS_KM_DEFAULT)
    }
}

impl FromStr for Radius {
    type Err = RadiusError;

    fn from_str(text: &str) -> Result<Self, RadiusError> {
        let text = text.trim();
        let wrong = || RadiusError::NotADistance(text.to_owned());
        let unit_at = text
            .find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',')
            .unwrap_or(text.len());
        let (number, unit) = text.split_at_checked(unit_at).ok_or_else(wrong)?;
        let number: f64 = number.replace(',', ".").parse().map_err(|_| wrong())?;
        let km_per_unit = match unit.trim().to_lowercase().as_str() {
            "" | "km" | "kms" | "kilometre" | "kilometres" | "kilometer" | "kilometers" => 1.0,
            "mi" | "mile" | "miles" => KM_PER_MILE,
            "m" | "metre" | "metres" | "meter" | "meters" => KM_PER_METRE,
            _ => return Err(wrong()),
        };
        let km = number * km_per_unit;
        if !(RADIUS_KM_MIN..=RADIUS_KM_MAX).contains(&km) {
            return Err(RadiusError::OutOfRange(text.to_owned()));
        }
        Ok(Self(km))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_as_people_type_them() {
        for (text, km) in [
            ("25", 25.0),
            ("25km", 25.0),
            (" 25 KM ", 25.0),
            ("10 miles", 16.093_44),
            ("1 mi", 1.609_344),
            ("500m", 0.5),
            ("2.5 km", 2.5),
            ("2,5km", 2.5),
        ] {
            let found: Radius = text.parse().unwrap();
            assert!((found.km() - km).abs() < 1e-9, "{text:?}: {found:?}");
        }
    }

    #[test]
    fn what_is_no_distance_is_refused() {
        for text in [
            "",
            "km",
            "far",
            "-5km",
            "1.2.3",
            "5 furlongs",
            "25 km²",
            "NaN",
            "inf",
        ] {
            assert!(
                matches!(text.parse::<Radius>(), Err(RadiusError::NotADistance(_))),
                "{text:?}"
            );
        }
        for text in ["0", "50000 km", "0.01", "99999999999999999999999"] {
            assert!(
                matches!(text.parse::<Radius>(), Err(RadiusError::OutOfRange(_))),
                "{text:?}"
            );
        }
    }
}
