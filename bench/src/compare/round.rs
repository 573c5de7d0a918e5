//! One turn of one relay: started on an empty folder, measured part by part, ended.

use std::fmt;
use std::thread;
use std::time::Duration;

use clap::ValueEnum;
use serde::Serialize;

use super::Part;
use super::figure::{Figure, written};
use crate::ingest::{Prepared, Share};
use crate::latency::Latency;
use crate::process::{self, Usage};
use crate::questions::{self, Class};
use crate::relays::{Relay, Running};
use crate::{conns, fanout, ingest, query, scan};

/// Given to a relay between ingest and the look at its folder.
const REST: Duration = Duration::from_secs(3);
const MEGABYTE: f64 = 1_048_576.0;

/// What every relay gets in a round.
pub struct Material {
    /// Which round, from 1.
    pub number: u64,
    /// What one core verifies.
    pub verifications_per_second: f64,
    /// The events of the world.
    pub lines: Vec<String>,
    /// Questions about it, the mix first.
    pub classes: Vec<Class>,
    pub ingest: ingest::Options,
    pub query: query::Options,
    pub fanout: fanout::Options,
    pub conns: conns::Options,
    pub scan: scan::Options,
}

/// What was measured of one relay in one round.
#[derive(Debug, Clone, Serialize)]
pub struct Round {
    /// Which round, from 1.
    pub number: u64,
    /// Which relay.
    pub relay: String,
    /// What was measured, in the order of the table.
    pub figures: Vec<Figure>,
    /// What did not work.
    pub failures: Vec<String>,
}

impl fmt::Display for Round {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for figure in &self.figures {
            writeln!(out, "  {}: {}", figure.name, written(figure.value))?;
        }
        for failure in &self.failures {
            writeln!(out, "  FAILED: {failure}")?;
        }
        Ok(())
    }
}

/// Measures one relay. What fails is noted, and the rest goes on.
pub fn measure(relay: &Relay, material: &Material, parts: &[Part]) -> Round {
    let mut round = Round {
        number: material.number,
        relay: relay.name.clone(),
        figures: Vec::new(),
        failures: Vec::new(),
    };
    let started = match parts.contains(&Part::Ingest) {
        true => relay.start_fresh(),
        false => relay.start(),
    };
    let Some(running) = round.unless_failed("start", started) else {
        return round;
    };
    for part in Part::value_variants() {
        if parts.contains(part) {
            let figures = work(*part, relay, &running, material);
            round.extend(&format!("{part:?}").to_lowercase(), figures);
        }
    }
    round.extend("process", process::usage(running.pid).map(usage_figures));
    if parts.contains(&Part::Conns) {
        // What the work left in the memory of the process would be lent to connections.
        let Some((running, seconds)) = round.unless_failed("restart", relay.restart(running))
        else {
            return round;
        };
        let start =
            seconds.map(|seconds| Figure::new("start on what was taken, ms", seconds * 1e3));
        round.figures.extend(start);
        round.extend("conns", conns_figures(relay, &running, material));
        round.unless_failed("stop", running.stop());
    } else {
        round.unless_failed("stop", running.stop());
    }
    round
}

/// The parts that one process does in a row.
fn work(
    part: Part,
    relay: &Relay,
    running: &Running,
    material: &Material,
) -> anyhow::Result<Vec<Figure>> {
    match part {
        Part::Ingest => ingest_figures(relay, running, material),
        Part::Query => query_figures(relay, running, material),
        Part::Fanout => fanout_figures(relay, running, material),
        Part::Scan => scan_figures(relay, material),
        Part::Conns => Ok(Vec::new()),
    }
}

impl Round {
    fn unless_failed<T>(&mut self, what: &str, result: anyhow::Result<T>) -> Option<T> {
        result
            .map_err(|error| self.failures.push(format!("{what}: {error:#}")))
            .ok()
    }

    fn extend(&mut self, what: &str, figures: anyhow::Result<Vec<Figure>>) {
        let figures = self.unless_failed(what, figures);
        self.figures.extend(figures.unwrap_or_default());
    }
}

fn ingest_figures(
    relay: &Relay,
    running: &Running,
    material: &Material,
) -> anyhow::Result<Vec<Figure>> {
    let prepared = Prepared::new(&material.lines, material.ingest)?;
    let before = process::usage(running.pid)?;
    let outcome = crate::block_on(ingest::publish(&relay.url, prepared))?;
    let after = process::usage(running.pid)?;
    let share = Share::of(&outcome, material.verifications_per_second);
    let events = outcome.events as f64;
    let cpu = cpu_between(before, after);
    // Relays put away in the background what they took.
    thread::sleep(REST);
    let disk = relay.disk()?;
    let mut figures = vec![
        Figure::new("ingest: OK/s", outcome.oks_per_second),
        Figure::new(
            "ingest: share of what signatures allow, %",
            share.share * 100.0,
        ),
    ];
    figures.extend(of_latency("ingest: time to OK", outcome.time_to_ok));
    figures.extend([
        Figure::new("ingest: refused", outcome.refused as f64),
        Figure::new("ingest: processor time, µs an event", cpu * 1e6 / events),
        Figure::new(
            "ingest: resident memory after it, MB",
            after.resident_bytes as f64 / MEGABYTE,
        ),
        Figure::new(
            "disk: allocated bytes an event",
            disk.allocated_bytes as f64 / events,
        ),
        Figure::new(
            "disk: file bytes an event",
            disk.logical_bytes as f64 / events,
        ),
    ]);
    Ok(figures)
}

fn query_figures(
    relay: &Relay,
    running: &Running,
    material: &Material,
) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for class in &material.classes {
        let before = process::usage(running.pid)?;
        let outcome = crate::block_on(query::ask(&relay.url, class, material.query))?;
        let cpu = cpu_between(before, process::usage(running.pid)?);
        figures.extend(class_figures(&outcome, cpu));
    }
    Ok(figures)
}

/// Of the mix everything is in the table, of a class alone how fast it is.
fn class_figures(outcome: &query::Outcome, cpu_seconds: f64) -> Vec<Figure> {
    let name = outcome.class;
    let questions = outcome.questions.max(1) as f64;
    let [p50, p99] = of_latency(&format!("{name}: time to EOSE"), outcome.time_to_eose);
    let cpu = format!("{name}: processor time, µs a REQ");
    let details = [
        p50,
        Figure::new(cpu, cpu_seconds * 1e6 / questions),
        Figure::new(format!("{name}: events a REQ"), outcome.events_per_req),
        Figure::new(format!("{name}: bytes a REQ"), outcome.bytes_per_req),
    ];
    let is_mix = name == questions::MIX;
    let mut figures = vec![
        Figure::new(format!("{name}: REQ/s"), outcome.reqs_per_second),
        p99,
    ];
    figures.extend(details.map(|figure| if is_mix { figure } else { figure.into_detail() }));
    figures
}

fn fanout_figures(
    relay: &Relay,
    running: &Running,
    material: &Material,
) -> anyhow::Result<Vec<Figure>> {
    let before = process::usage(running.pid)?;
    let outcome = crate::block_on(fanout::measure(&relay.url, material.fanout))?;
    let cpu = cpu_between(before, process::usage(running.pid)?);
    let deliveries = outcome.unpaced_deliveries + outcome.paced_deliveries;
    let rate = material.fanout.rate;
    let mut figures = vec![
        Figure::new("fan-out: deliveries/s", outcome.deliveries_per_second),
        Figure::new(
            "fan-out: processor time, µs a delivery",
            cpu * 1e6 / deliveries.max(1) as f64,
        ),
    ];
    figures.extend(of_latency(
        &format!("fan-out at {rate} events/s: time to delivery"),
        outcome.delivery,
    ));
    Ok(figures)
}

fn scan_figures(relay: &Relay, material: &Material) -> anyhow::Result<Vec<Figure>> {
    let points = scan::points(&material.classes);
    let outcome = scan::measure(&relay.url, &points, material.scan)?;
    Ok(vec![
        Figure::new(
            "points in quiet: time to EOSE, p99 ms",
            outcome.quiet.p99_ms,
        ),
        Figure::new(
            "points beside scans: time to EOSE, p99 ms",
            outcome.beside_scans.p99_ms,
        ),
        Figure::new("points beside scans: p99 over quiet p99", outcome.ratio),
        Figure::new("scans: events/s", outcome.scanned_events_per_second),
    ])
}

fn conns_figures(
    relay: &Relay,
    running: &Running,
    material: &Material,
) -> anyhow::Result<Vec<Figure>> {
    let outcome = crate::block_on(conns::hold(&relay.url, running.pid, material.conns))?;
    let kilobytes = outcome.private_bytes_per_connection / 1_024.0;
    Ok(vec![Figure::new(
        "idle connection with one REQ: private kB",
        kilobytes,
    )])
}

fn usage_figures(usage: Usage) -> Vec<Figure> {
    let megabytes = |bytes: u64| bytes as f64 / MEGABYTE;
    vec![
        Figure::new("whole round: processor time, s", usage.cpu_seconds),
        Figure::new(
            "whole round: resident memory, peak MB",
            megabytes(usage.resident_peak_bytes),
        ),
        Figure::new(
            "whole round: resident memory at the end, MB",
            megabytes(usage.resident_bytes),
        ),
        Figure::new(
            "whole round: private memory at the end, MB",
            megabytes(usage.private_bytes),
        ),
    ]
}

fn of_latency(name: &str, latency: Latency) -> [Figure; 2] {
    [
        Figure::new(format!("{name}, p50 ms"), latency.p50_ms),
        Figure::new(format!("{name}, p99 ms"), latency.p99_ms),
    ]
}

fn cpu_between(before: Usage, after: Usage) -> f64 {
    after.cpu_seconds - before.cpu_seconds
}
