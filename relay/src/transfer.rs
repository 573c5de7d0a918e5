//! Events in and out of a data folder as JSON lines, without a running relay.

mod export;
mod import;
mod lines;
mod progress;
mod rejects;

pub use export::{ExportError, ExportSummary, export};
pub use import::{ImportError, ImportSummary, import};

use std::path::Path;

/// Stands for standard input or output.
fn is_standard_stream(path: &Path) -> bool {
    path.as_os_str() == "-"
}

#[cfg(test)]
mod tests;
