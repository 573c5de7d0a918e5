//! Rounds summed up: for each figure and relay the median and the range, and what it is of the first
//! relay's; as JSON and as a Markdown table.

use std::fmt::Write;

use serde::Serialize;

use super::Round;
use super::figure::{Figure, Summary, written};
use crate::machine::Machine;

/// A comparison.
#[derive(Debug, Serialize)]
pub struct Report {
    machine: Machine,
    /// Events of each round.
    events: u64,
    /// The first is what the others are compared with.
    relays: Vec<String>,
    rows: Vec<Row>,
    rounds: Vec<Round>,
}

/// One figure of all relays.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    /// Whether the table leaves it out.
    is_detail: bool,
    /// In the order of the relays; none for a relay that failed.
    summaries: Vec<Option<Summary>>,
}

impl Report {
    /// Sums up.
    pub fn of(events: u64, relays: &[String], rounds: Vec<Round>) -> Report {
        Report {
            machine: Machine::here(),
            events,
            relays: relays.to_vec(),
            rows: rows(relays, &rounds),
            rounds,
        }
    }

    /// The table, with what it was measured on and what failed.
    pub fn markdown(&self) -> String {
        let mut out = self.machine_line();
        out.push_str("\n| |");
        for relay in &self.relays {
            // A String takes everything.
            let _ = write!(out, " {relay} |");
        }
        for relay in self.relays.iter().skip(1) {
            let _ = write!(out, " {relay} ÷ {} |", self.first());
        }
        out.push_str("\n| --- |");
        out.push_str(&" ---: |".repeat(2 * self.relays.len() - 1));
        out.push('\n');
        for row in self.rows.iter().filter(|row| !row.is_detail) {
            out.push_str(&row.markdown());
        }
        for round in &self.rounds {
            for failure in &round.failures {
                let _ = writeln!(out, "\n{}, round {}: {failure}", round.relay, round.number);
            }
        }
        out
    }

    fn first(&self) -> &str {
        self.relays.first().map(String::as_str).unwrap_or_default()
    }

    fn machine_line(&self) -> String {
        let numbers = self.rounds.iter().map(|round| round.number);
        let rounds = numbers.max().unwrap_or_default();
        let events = written(self.events as f64);
        format!(
            "{}; {events} events; median (least–most) of {rounds} rounds.\n",
            self.machine
        )
    }
}

impl Row {
    fn markdown(&self) -> String {
        let none = || "–".to_owned();
        let mut cells = vec![self.name.clone()];
        let written = |summary: &Option<Summary>| summary.map_or_else(none, range);
        cells.extend(self.summaries.iter().map(written));
        let first = self.summaries.first().copied().flatten();
        let ratio = |summary: &Option<Summary>| match (summary, first) {
            (Some(summary), Some(first)) if first.median != 0.0 => {
                format!("{:.2}", summary.median / first.median)
            }
            _ => none(),
        };
        cells.extend(self.summaries.iter().skip(1).map(ratio));
        format!("| {} |\n", cells.join(" | "))
    }
}

fn range(summary: Summary) -> String {
    let Summary { median, min, max } = summary;
    match min == max {
        true => written(median),
        false => format!("{} ({}–{})", written(median), written(min), written(max)),
    }
}

/// All figures, in the order in which they were first measured.
fn rows(relays: &[String], rounds: &[Round]) -> Vec<Row> {
    let mut figures: Vec<&Figure> = Vec::new();
    for figure in rounds.iter().flat_map(|round| &round.figures) {
        if !figures.iter().any(|other| other.name == figure.name) {
            figures.push(figure);
        }
    }
    let summary = |relay: &String, name: &String| {
        let of_relay = rounds.iter().filter(|round| round.relay == *relay);
        let figures = of_relay.flat_map(|round| &round.figures);
        let of_name = figures.filter(|figure| figure.name == *name);
        Summary::of(of_name.map(|figure| figure.value).collect())
    };
    let row = |figure: &Figure| Row {
        name: figure.name.clone(),
        is_detail: figure.is_detail,
        summaries: relays
            .iter()
            .map(|relay| summary(relay, &figure.name))
            .collect(),
    };
    figures.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(number: u64, relay: &str, figures: &[(&str, f64)]) -> Round {
        let figure = |(name, value): &(&str, f64)| Figure::new(*name, *value);
        Round {
            number,
            relay: relay.to_owned(),
            figures: figures.iter().map(figure).collect(),
            failures: Vec::new(),
        }
    }

    #[test]
    fn relays_are_compared_with_the_first_and_failures_are_named() {
        let relays = ["one".to_owned(), "two".to_owned()];
        let mut failed = round(2, "two", &[("speed", 30.0)]);
        failed.failures.push("query: no answer".to_owned());
        let rounds = vec![
            round(1, "one", &[("speed", 10.0), ("size", 1.0)]),
            round(1, "two", &[("speed", 20.0)]),
            round(2, "one", &[("speed", 10.0), ("size", 3.0)]),
            failed,
        ];
        let table = Report::of(1_000, &relays, rounds).markdown();
        let rows: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(rows[0], "| | one | two | two ÷ one |");
        assert_eq!(rows[1], "| --- | ---: | ---: | ---: |");
        assert_eq!(rows[2], "| speed | 10.0 | 25.0 (20.0–30.0) | 2.50 |");
        assert_eq!(rows[3], "| size | 2.00 (1.00–3.00) | – | – |");
        assert_eq!(rows[5], "two, round 2: query: no answer");
    }
}
