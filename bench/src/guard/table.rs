//! Counts beside the baseline, for people to read and for the guard to judge.

use std::collections::BTreeSet;
use std::fmt;

use super::baseline::Instructions;

/// One row for each name that either side has.
pub struct Table(Vec<Row>);

struct Row {
    name: String,
    counted: Option<u64>,
    expected: Option<u64>,
}

impl Table {
    /// What was counted, and what was expected.
    pub fn new(counted: &Instructions, expected: &Instructions) -> Self {
        let names: BTreeSet<&String> = counted.keys().chain(expected.keys()).collect();
        let row = |name: &String| Row {
            name: name.clone(),
            counted: counted.get(name).copied(),
            expected: expected.get(name).copied(),
        };
        Table(names.into_iter().map(row).collect())
    }

    /// The names of those that are more than `percent_max` off, or that one side does not have.
    pub fn off(&self, percent_max: f64) -> Vec<&str> {
        let is_off = |row: &&Row| {
            row.percent()
                .is_none_or(|percent| percent.abs() > percent_max)
        };
        self.0
            .iter()
            .filter(is_off)
            .map(|row| row.name.as_str())
            .collect()
    }
}

impl Row {
    /// The difference in per cent of what was expected.
    fn percent(&self) -> Option<f64> {
        let (counted, expected) = (self.counted? as f64, self.expected? as f64);
        Some((counted - expected) * 100.0 / expected)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |count: Option<u64>| count.map_or_else(|| "none".to_owned(), grouped);
        write!(
            out,
            "{:<8} {:>15} {:>15} {:>10}",
            "work", "instructions", "baseline", "difference"
        )?;
        for row in &self.0 {
            let (counted, expected) = (count(row.counted), count(row.expected));
            write!(out, "\n{:<8} {counted:>15} {expected:>15}", row.name)?;
            if let Some(percent) = row.percent() {
                write!(out, " {percent:>+8.2} %")?;
            }
        }
        Ok(())
    }
}

/// Digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(counted: &[(&str, u64)], expected: &[(&str, u64)]) -> Table {
        let map = |pairs: &[(&str, u64)]| {
            let owned = pairs
                .iter()
                .map(|(name, count)| ((*name).to_owned(), *count));
            owned.collect()
        };
        Table::new(&map(counted), &map(expected))
    }

    #[test]
    fn both_directions_count() {
        let expected = [("a", 1_000), ("b", 1_000), ("c", 1_000), ("d", 1_000)];
        let counted = [("a", 1_030), ("b", 970), ("c", 1_031), ("d", 969)];
        assert_eq!(table(&counted, &expected).off(3.0), ["c", "d"]);
    }

    #[test]
    fn what_one_side_does_not_have_is_off() {
        let table = table(&[("a", 1), ("new", 2)], &[("a", 1), ("old", 2)]);
        assert_eq!(table.off(3.0), ["new", "old"]);
    }

    #[test]
    fn what_counts_nothing_any_more_is_off() {
        assert_eq!(table(&[("a", 0)], &[("a", 9)]).off(3.0), ["a"]);
        assert_eq!(table(&[("a", 9)], &[("a", 0)]).off(3.0), ["a"]);
    }

    #[test]
    fn the_table_is_read_in_columns() {
        let table = table(&[("parse", 1_030_000), ("new", 7)], &[("parse", 1_000_000)]);
        let lines = [
            "work        instructions        baseline difference",
            "new                    7            none",
            "parse          1,030,000       1,000,000    +3.00 %",
        ];
        assert_eq!(table.to_string(), lines.join("\n"));
    }
}
