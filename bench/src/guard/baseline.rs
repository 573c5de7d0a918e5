//! The counts that are kept with the source, as a file.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

const HEAD: &str = "\
# Instructions of one round of each fixed piece of work. Written by `kith-bench guard --write`;
# CONTRIBUTING.md, Measuring, says when.
";

/// Instructions by name of the work.
pub type Instructions = BTreeMap<String, u64>;

/// What somebody counted, and with what.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// With what.
    pub tools: Tools,
    /// The counts.
    pub instructions: Instructions,
}

/// What counts depend on besides the source: each as it names its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tools {
    /// Compiled our code.
    pub rustc: String,
    /// Compiled SQLite and libsecp256k1.
    pub cc: String,
    /// Counted.
    pub valgrind: String,
}

impl Baseline {
    /// Reads the file.
    ///
    /// # Errors
    /// It cannot be read, or is no baseline.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        toml::from_str(&text).with_context(|| file.display().to_string())
    }

    /// Writes the file.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, file: &Path) -> anyhow::Result<()> {
        let text = format!("{HEAD}\n{}", toml::to_string(self)?);
        std::fs::write(file, text).with_context(|| file.display().to_string())
    }
}

impl Tools {
    /// What is different here, in words.
    pub fn differences(&self, here: &Tools) -> Vec<String> {
        [
            (&self.rustc, &here.rustc),
            (&self.cc, &here.cc),
            (&self.valgrind, &here.valgrind),
        ]
        .into_iter()
        .filter(|(then, now)| then != now)
        .map(|(then, now)| format!("{now}, then {then}"))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tools(rustc: &str) -> Tools {
        Tools {
            rustc: rustc.to_owned(),
            cc: "cc 12".to_owned(),
            valgrind: "valgrind-3".to_owned(),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("instructions.toml");
        let baseline = Baseline {
            tools: tools("rustc 1"),
            instructions: [("parse".to_owned(), 7), ("scan".to_owned(), u64::MAX >> 1)].into(),
        };
        baseline.write(&file).unwrap();
        assert_eq!(Baseline::read(&file).unwrap(), baseline);
    }

    #[test]
    fn what_is_missing_or_unknown_is_an_error_that_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("instructions.toml");
        let missing = Baseline::read(&file).unwrap_err().to_string();
        assert!(missing.contains("instructions.toml"), "{missing}");
        std::fs::write(&file, "[tools]\nrustc = \"1\"\n").unwrap();
        let half = Baseline::read(&file).unwrap_err();
        assert!(half.to_string().contains("instructions.toml"), "{half}");
    }

    #[test]
    fn another_compiler_is_named() {
        let then = tools("rustc 1");
        assert_eq!(then.differences(&then), Vec::<String>::new());
        assert_eq!(
            then.differences(&tools("rustc 2")),
            ["rustc 2, then rustc 1"]
        );
    }
}
