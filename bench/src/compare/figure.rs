//! A number with a name and a unit, and several of them summed up.

use serde::Serialize;

/// One measured number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// What was measured, with its unit.
    pub name: String,
    /// How much.
    pub value: f64,
    /// Whether the table leaves it out.
    pub is_detail: bool,
}

impl Figure {
    /// A number with a name.
    pub fn new(name: impl Into<String>, value: f64) -> Figure {
        Figure {
            name: name.into(),
            value,
            is_detail: false,
        }
    }

    /// The same, left out of the table.
    pub fn into_detail(self) -> Figure {
        Figure {
            is_detail: true,
            ..self
        }
    }
}

/// The same figure of several rounds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Summary {
    /// The middle one; of an even number the mean of the two in the middle.
    pub median: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

impl Summary {
    /// Sums up; `None` if there is nothing.
    pub fn of(mut values: Vec<f64>) -> Option<Summary> {
        values.sort_by(f64::total_cmp);
        let (min, max) = (*values.first()?, *values.last()?);
        let upper = values.get(values.len() / 2)?;
        let lower = values.get((values.len() - 1) / 2)?;
        Some(Summary {
            median: f64::midpoint(*lower, *upper),
            min,
            max,
        })
    }
}

/// As people read numbers: thousands apart, digits behind the point only where they say something.
pub fn written(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => grouped(value.round() as i64),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    match number < 0 {
        true => format!("-{text}"),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_of_odd_and_even_numbers() {
        let median = |values: &[f64]| Summary::of(values.to_vec()).map(|sum| sum.median);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(&[]), None);
        let sum = Summary::of(vec![3.0, 1.0, 2.0]).unwrap();
        assert_eq!((sum.min, sum.max), (1.0, 3.0));
    }

    #[test]
    fn numbers_are_written_for_people() {
        for (value, text) in [
            (1_234_567.8, "1,234,568"),
            (999.6, "1,000"),
            (123.0, "123"),
            (12.34, "12.3"),
            (1.234, "1.23"),
            (0.0, "0.00"),
            (-1_000.0, "-1,000"),
        ] {
            assert_eq!(written(value), text);
        }
    }
}
