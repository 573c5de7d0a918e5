//! The sum of an import, and the lines that were rejected.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::ImportError;
use super::judge::{Fate, Judged};
use crate::digits::grouped;
use crate::transfer::rejects::Rejects;

/// What became of the lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// Events that are stored now and were not before.
    pub imported: u64,
    /// Events that were stored already.
    pub known: u64,
    /// Versions of replaceable events that are older than the stored one.
    pub superseded: u64,
    /// Lines that were not stored; each is in the rejects file with the reason.
    pub rejected: u64,
    /// Where the rejected lines are.
    pub rejects: PathBuf,
    /// Whether it was stopped before the end of the input.
    pub stopped: bool,
}

impl fmt::Display for ImportSummary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "imported {}", grouped(self.imported))?;
        write!(formatter, ", already known {}", grouped(self.known))?;
        if self.superseded > 0 {
            write!(formatter, ", older versions {}", grouped(self.superseded))?;
        }
        write!(formatter, ", rejected {}", grouped(self.rejected))?;
        if self.rejected > 0 {
            write!(formatter, " → {}", self.rejects.display())?;
        }
        if self.stopped {
            write!(
                formatter,
                "; stopped before the end, import again to continue"
            )?;
        }
        Ok(())
    }
}

/// Counts, and keeps what was rejected.
pub(super) struct Tally {
    summary: ImportSummary,
    rejects: Rejects,
}

impl Tally {
    pub(super) fn new(rejects: PathBuf) -> Self {
        Tally {
            summary: ImportSummary::default(),
            rejects: Rejects::new(rejects),
        }
    }

    /// Lines counted so far.
    pub(super) fn done(&self) -> u64 {
        let ImportSummary {
            imported,
            known,
            superseded,
            ..
        } = self.summary;
        imported + known + superseded + self.rejects.count()
    }

    pub(super) fn count(&mut self, line: Judged) -> Result<(), ImportError> {
        match line.fate {
            Fate::Imported => self.summary.imported += 1,
            Fate::Known => self.summary.known += 1,
            Fate::Superseded => self.summary.superseded += 1,
            Fate::Rejected(reason) => self
                .rejects
                .add(line.number, &reason, &line.text)
                .map_err(|reason| self.rejects_error(reason))?,
            Fate::Unjudged(reason) => {
                return Err(ImportError::Unjudged {
                    line: line.number,
                    reason,
                });
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self, stopped: bool) -> Result<ImportSummary, ImportError> {
        self.rejects
            .finish()
            .map_err(|reason| self.rejects_error(reason))?;
        Ok(ImportSummary {
            rejected: self.rejects.count(),
            rejects: self.rejects.path().to_owned(),
            stopped,
            ..self.summary
        })
    }

    fn rejects_error(&self, reason: io::Error) -> ImportError {
        ImportError::Rejects {
            path: self.rejects.path().to_owned(),
            reason,
        }
    }
}
