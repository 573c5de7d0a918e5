//! What the figures were measured on.

use std::fmt;
use std::fs;
use std::thread;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The machine and the moment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Machine {
    /// Processors that programs may use.
    pub cores: usize,
    /// What the processor calls itself.
    pub processor: String,
    /// The kernel's version.
    pub kernel: String,
    /// The day, in UTC.
    pub day: String,
}

impl Machine {
    /// This one, today; what the kernel does not say is "unknown".
    pub fn here() -> Machine {
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpuinfo
            .lines()
            .find_map(|line| line.strip_prefix("model name"));
        let model = model.map(|line| line.trim_start_matches([' ', '\t', ':']).to_owned());
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").ok();
        let unknown = || "unknown".to_owned();
        Machine {
            cores: thread::available_parallelism().map_or(1, usize::from),
            processor: model.unwrap_or_else(unknown),
            kernel: kernel.map_or_else(unknown, |text| text.trim().to_owned()),
            day: Timestamp::now().strftime("%Y-%m-%d").to_string(),
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine {
            cores,
            processor,
            kernel,
            day,
        } = self;
        write!(out, "{day}, {cores} × {processor}, Linux {kernel}")
    }
}
