//! What was measured, beside the goals and beside another run; as text, as JSON and as a Markdown
//! table.

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use super::Options;
use super::asking::{ASKED_ONCE_SECONDS_MAX, Heard};
use super::fresh::Written;
use super::questions::{Class, Goal};
use crate::compare::figure::written;
use crate::latency::Latency;
use crate::machine::Machine;
use crate::world::Size;

/// Stands where there is no figure.
const NONE: &str = "–";
/// Stands where the relay does not have what is asked for.
const NOT_THERE: &str = "not there";

/// A run.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    machine: Machine,
    /// Events of the world.
    events: u64,
    seed: u64,
    /// New events a second that were to be written meanwhile.
    rate: u32,
    seconds: f64,
    rows: Vec<Row>,
}

/// One class of questions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Row {
    /// What was asked for.
    pub class: String,
    /// What was wanted.
    pub goal: Option<Goal>,
    /// From a question to the end of its answer; `None` if the relay does not have it.
    pub latency: Option<Latency>,
    /// The same for questions that were asked for the first time, while nobody wrote.
    pub first_latency: Option<Latency>,
    /// Questions answered.
    pub questions: usize,
    /// Of these, wrongly.
    pub wrong: usize,
    /// What was wrong with the first of them.
    pub first_wrong: Option<String>,
    /// Rows that an answer has, on average.
    pub rows_per_answer: f64,
    /// Rows that the relay examined for each that it gave, if it says.
    pub examined_per_returned: Option<f64>,
    /// New events a second that were written meanwhile.
    pub written_per_second: f64,
    /// From sending such an event to its `OK`.
    pub time_to_ok: Latency,
}

impl Row {
    /// Sums up.
    pub fn of(class: &Class, mut first: Heard, mut heard: Heard, written: Written) -> Row {
        let questions = heard.waits.len();
        let is_there = !heard.is_not_there;
        Row {
            class: class.name.to_owned(),
            goal: class.goal,
            latency: is_there.then(|| Latency::of(&mut heard.waits)),
            first_latency: is_there.then(|| Latency::of(&mut first.waits)),
            questions,
            wrong: first.wrong + heard.wrong,
            first_wrong: first.first_wrong.or(heard.first_wrong),
            rows_per_answer: heard.rows as f64 / questions.max(1) as f64,
            examined_per_returned: heard.examined_per_returned,
            written_per_second: written.events_per_second,
            time_to_ok: written.time_to_ok,
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: ", self.class)?;
        match &self.latency {
            None => write!(out, "{NOT_THERE}"),
            Some(latency) => write!(
                out,
                "{latency} ({} questions, {:.1} rows each, {} examined for each row)",
                self.questions,
                self.rows_per_answer,
                self.examined_per_returned.map_or_else(none, written)
            ),
        }?;
        if let Some(goal) = self.goal {
            write!(out, "; goal {}", goal_written(goal))?;
        }
        write!(
            out,
            "; beside {:.0} events/s, OK {}",
            self.written_per_second, self.time_to_ok
        )?;
        if let Some(wrong) = &self.first_wrong {
            write!(out, "\n  {} WRONG, the first: {wrong}", self.wrong)?;
        }
        Ok(())
    }
}

impl Report {
    /// Sums up.
    pub fn of(size: Size, options: Options, rows: Vec<Row>) -> Report {
        Report {
            machine: Machine::here(),
            events: size.events,
            seed: size.seed,
            rate: options.rate,
            seconds: options.seconds,
            rows,
        }
    }

    /// Reads what an earlier run wrote.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(file: &Path) -> anyhow::Result<Report> {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        serde_json::from_str(&text).with_context(|| file.display().to_string())
    }

    /// The table, with the ratios to another run if there is one.
    pub fn markdown(&self, beside: Option<&Report>) -> String {
        let mut out = format!(
            "{}; {} events; each question once (for at most {ASKED_ONCE_SECONDS_MAX} s), then {} s of each class beside {} new events a second.\n\n",
            self.machine,
            written(self.events as f64),
            self.seconds,
            written(f64::from(self.rate)),
        );
        let mut head = vec![
            "question".to_owned(),
            "goal: p50 / p99, ms".to_owned(),
            "p50, ms".to_owned(),
            "p99, ms".to_owned(),
            "asked for the first time: p50, ms".to_owned(),
            "rows examined for each given".to_owned(),
            "rows an answer".to_owned(),
        ];
        if let Some(beside) = beside {
            let events = written(beside.events as f64);
            head.push(format!("p50 ÷ that of {events} events"));
            head.push(format!("p99 ÷ that of {events} events"));
        }
        push_line(&mut out, &head);
        out.push_str("| --- |");
        out.push_str(&" ---: |".repeat(head.len() - 1));
        out.push('\n');
        for row in &self.rows {
            push_line(&mut out, &self.cells(row, beside));
        }
        out
    }

    fn cells(&self, row: &Row, beside: Option<&Report>) -> Vec<String> {
        let figure = |latency: &Option<Latency>, of: fn(&Latency) -> f64| match latency {
            None => NOT_THERE.to_owned(),
            Some(latency) => written(of(latency)),
        };
        let p50 = |latency: &Latency| latency.p50_ms;
        let p99 = |latency: &Latency| latency.p99_ms;
        let mut cells = vec![
            row.class.clone(),
            row.goal.map_or_else(none, goal_written),
            figure(&row.latency, p50),
            figure(&row.latency, p99),
            figure(&row.first_latency, p50),
            row.examined_per_returned.map_or_else(none, written),
            match &row.latency {
                None => none(),
                Some(_) => written(row.rows_per_answer),
            },
        ];
        if let Some(beside) = beside {
            let mut rows = beside.rows.iter();
            let before = rows.find(|before| before.class == row.class);
            let before = before.and_then(|before| before.latency.as_ref());
            let ratio = |of: fn(&Latency) -> f64| match (&row.latency, before) {
                (Some(now), Some(before)) if of(before) > 0.0 => {
                    format!("{:.2}", of(now) / of(before))
                }
                _ => none(),
            };
            cells.extend([ratio(p50), ratio(p99)]);
        }
        cells
    }

    /// Fails when an answer was wrong.
    ///
    /// # Errors
    /// Which, and what the first was.
    pub fn check(&self) -> anyhow::Result<()> {
        let wrong = self.rows.iter().filter(|row| row.wrong > 0);
        let wrong: Vec<String> = wrong
            .map(|row| {
                let first = row.first_wrong.as_deref().unwrap_or_default();
                format!("{}: {} of {}; {first}", row.class, row.wrong, row.questions)
            })
            .collect();
        ensure!(wrong.is_empty(), "wrong answers: {}", wrong.join("\n"));
        Ok(())
    }
}

fn push_line(out: &mut String, cells: &[String]) {
    out.push_str(&format!("| {} |\n", cells.join(" | ")));
}

fn none() -> String {
    NONE.to_owned()
}

fn goal_written(goal: Goal) -> String {
    format!("{} / {}", goal.p50_ms, goal.p99_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latency(p50_ms: f64, p99_ms: f64) -> Latency {
        Latency {
            p50_ms,
            p90_ms: p99_ms,
            p99_ms,
            max_ms: p99_ms,
        }
    }

    fn report(latency_of_one: Option<Latency>, wrong: usize) -> Report {
        let row = Row {
            class: "one".to_owned(),
            goal: Some(Goal {
                p50_ms: 2.0,
                p99_ms: 10.0,
            }),
            first_latency: latency_of_one,
            latency: latency_of_one,
            questions: 7,
            wrong,
            first_wrong: (wrong > 0).then(|| "the order is wrong".to_owned()),
            rows_per_answer: 20.0,
            examined_per_returned: None,
            written_per_second: 1_000.0,
            time_to_ok: latency(1.0, 2.0),
        };
        let size = Size {
            events: 1_000,
            seed: 1,
        };
        Report::of(size, Options::default(), vec![row])
    }

    #[test]
    fn the_table_has_goals_and_ratios_and_says_what_is_not_there() {
        let now = report(Some(latency(3.0, 9.0)), 0);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("before.json");
        let before = report(Some(latency(2.0, 3.0)), 0);
        fs::write(&file, serde_json::to_string(&before).unwrap()).unwrap();
        let before = Report::read(&file).unwrap();
        let last = |table: String| table.lines().last().map(str::to_owned);
        assert_eq!(
            last(now.markdown(Some(&before))).as_deref(),
            Some("| one | 2 / 10 | 3.00 | 9.00 | 3.00 | – | 20.0 | 1.50 | 3.00 |")
        );
        let not_there = report(None, 0);
        assert_eq!(
            last(not_there.markdown(None)).as_deref(),
            Some("| one | 2 / 10 | not there | not there | not there | – | – |")
        );
        assert_eq!(
            last(now.markdown(Some(&not_there))).as_deref(),
            Some("| one | 2 / 10 | 3.00 | 9.00 | 3.00 | – | 20.0 | – | – |")
        );
    }

    #[test]
    fn a_wrong_answer_fails_the_run() {
        assert!(report(Some(latency(1.0, 1.0)), 0).check().is_ok());
        let wrong = report(Some(latency(1.0, 1.0)), 2).check().unwrap_err();
        assert!(
            wrong
                .to_string()
                .contains("one: 2 of 7; the order is wrong")
        );
    }
}
