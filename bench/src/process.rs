//! What the kernel says about a process in /proc (proc(5)). Starts and ends none.

use std::fs;

use anyhow::Context;
use serde::Serialize;

/// What a process used so far, and has.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Usage {
    /// Processor time, of all its threads, in its own code and in the kernel.
    pub cpu_seconds: f64,
    /// Memory that is in use, shared or not.
    pub resident_bytes: u64,
    /// The most of it so far.
    pub resident_peak_bytes: u64,
    /// Memory that nobody else uses: what would be free without the process.
    pub private_bytes: u64,
}

/// Looks at a process.
///
/// # Errors
/// It is gone, or belongs to somebody else.
pub fn usage(pid: u32) -> anyhow::Result<Usage> {
    let read = |name: &str| {
        let file = format!("/proc/{pid}/{name}");
        fs::read_to_string(&file).context(file)
    };
    let (stat, status, smaps) = (read("stat")?, read("status")?, read("smaps_rollup")?);
    let ticks = ticks(&stat).context("/proc/PID/stat")?;
    let of_status = |field| bytes(&status, field).context("/proc/PID/status");
    Ok(Usage {
        cpu_seconds: ticks as f64 / rustix::param::clock_ticks_per_second() as f64,
        resident_bytes: of_status("VmRSS:")?,
        resident_peak_bytes: of_status("VmHWM:")?,
        private_bytes: private_bytes(&smaps).context("/proc/PID/smaps_rollup")?,
    })
}

/// utime and stime. The name before them is in brackets and may have anything in it.
fn ticks(stat: &str) -> Option<u64> {
    let (_, behind_name) = stat.rsplit_once(')')?;
    let mut fields = behind_name.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

fn private_bytes(smaps: &str) -> Option<u64> {
    Some(bytes(smaps, "Private_Clean:")? + bytes(smaps, "Private_Dirty:")?)
}

/// The value of a line like `VmHWM:   1234 kB`.
fn bytes(text: &str, field: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(field))?;
    let kilobytes: u64 = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_the_kernel_writes_them() {
        let stat = "26137 (a) b (c) S 1 26137 26137 0 -1 4194560 250 0 0 0 71 29 3 4 20 0 9 0 1\n";
        assert_eq!(ticks(stat), Some(100));
        assert_eq!(ticks("26137 (x) S 1"), None);
        let status = "Name:\tx\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n";
        assert_eq!(bytes(status, "VmHWM:"), Some(2_097_152));
        assert_eq!(bytes(status, "VmSwap:"), None);
        let smaps = "55-7f ---p 0 00:00 0 [rollup]\nPrivate_Clean:  1 kB\nPrivate_Dirty:  3 kB\n";
        assert_eq!(private_bytes(smaps), Some(4_096));
    }

    #[test]
    fn this_process_is_there_and_another_is_not() {
        let own = usage(std::process::id()).unwrap();
        assert!(own.resident_bytes > 0 && own.resident_peak_bytes >= own.resident_bytes / 2);
        assert!(own.private_bytes > 0);
        assert!(usage(0).is_err());
    }
}
