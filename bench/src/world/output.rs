//! Makes the parts of a world on all cores and hands them over in order, a bounded number ahead.

use std::io::Write;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use anyhow::Context;

/// Parts that each core may be ahead; a part is about 5 MB.
const PARTS_AHEAD_MAX: usize = 2;

/// Some of a world's events as JSON, in the order of time, none of them earlier than the part before.
pub struct Part(pub Vec<String>);

/// A world that is made part by part, each without the others.
pub trait Parted: Sync {
    /// How many events it has; its parts may have more.
    fn events(&self) -> u64;

    /// How many parts.
    fn parts(&self) -> u64;

    /// One of them.
    ///
    /// # Errors
    /// A note that cannot be written; there is none.
    fn part(&self, number: u64) -> anyhow::Result<Part>;
}

/// All events in memory, one JSON text each.
///
/// # Errors
/// As [`Parted::part`].
pub fn lines(world: &impl Parted) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::with_capacity(world.events() as usize);
    for_each_line(world, |line| {
        lines.push(line);
        Ok(())
    })?;
    Ok(lines)
}

/// Writes one event a line.
///
/// # Errors
/// A file that cannot be written.
pub fn write(world: &impl Parted, mut out: impl Write) -> anyhow::Result<()> {
    for_each_line(world, |line| {
        out.write_all(line.as_bytes())?;
        out.write_all(b"\n")?;
        Ok(())
    })?;
    Ok(out.flush()?)
}

/// Calls `take` with each event of the world, in order.
///
/// # Errors
/// As [`Parted::part`]; what `take` says.
pub fn for_each_line(
    world: &impl Parted,
    mut take: impl FnMut(String) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut left = world.events();
    for_each_part(world, |part| {
        for line in part.0 {
            if left == 0 {
                return Ok(false);
            }
            left -= 1;
            take(line)?;
        }
        Ok(true)
    })
}

/// Calls `take` with each part of the world, in order, until it answers `false`.
///
/// # Errors
/// What a part could not be made of; what `take` says.
fn for_each_part(
    world: &impl Parted,
    mut take: impl FnMut(Part) -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let makers: Vec<Receiver<anyhow::Result<Part>>> = (0..cores)
            .map(|core| {
                let (made, parts) = sync_channel(PARTS_AHEAD_MAX);
                scope.spawn(move || {
                    for number in (0..world.parts()).skip(core).step_by(cores) {
                        // Nobody waits any more: enough was written, or writing failed.
                        if made.send(world.part(number)).is_err() {
                            return;
                        }
                    }
                });
                parts
            })
            .collect();
        for (_, maker) in (0..world.parts()).zip(makers.iter().cycle()) {
            let part = maker.recv().context("a part of the world failed")??;
            if !take(part)? {
                break;
            }
        }
        Ok(())
    })
}
