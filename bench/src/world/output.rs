//! Makes the parts of a world on all cores and hands them over in order, a bounded number ahead.

use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use anyhow::Context;

use super::{Part, World};

/// Parts that each core may be ahead; a part is about 5 MB.
const PARTS_AHEAD_MAX: usize = 2;

/// Calls `take` with each part of the world, in order, until it answers `false`.
///
/// # Errors
/// What a part could not be made of; what `take` says.
pub fn for_each_part(
    world: &World,
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
