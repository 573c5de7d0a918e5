//! What a run of `cargo test` printed, standard output and standard error together, and behind it what the
//! tests in browsers said (TAP, <https://testanything.org>): which test of which binary ended how. A run that
//! is not whole is refused, because a line would seem to be without tests that it has. Knows nothing of the
//! checklist.

use thiserror::Error;

/// What the tests in browsers are called beside the binaries.
const BROWSER: &str = "browser";

/// One test, as it ended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Test {
    /// The binary that it is in, without its hash: `kith_nips`, `end_to_end`.
    pub binary: String,
    /// The name of the function; for a test in documentation its file and item.
    pub name: String,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It did not run.
    Ignored,
    /// `ok`
    Passed,
    /// `FAILED`
    Failed,
}

/// Why an output tells too little.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum RunError {
    /// No test ran.
    #[error("this is not the output of a run of tests")]
    Empty,
    /// Something ended before its results were counted.
    #[error("{0} ended before it said how many tests passed")]
    Broken(String),
    /// Lines are missing, or one is broken by other output.
    #[error("{binary} counts {counted} tests, and {seen} of them can be read")]
    Count {
        /// The binary.
        binary: String,
        /// As many as it says.
        counted: usize,
        /// As many as have a line.
        seen: usize,
    },
    /// Only tests with certain names ran.
    #[error("{0} left tests out: run all of them")]
    Filtered(String),
}

/// Reads the output of `cargo test --workspace 2>&1`.
///
/// # Errors
/// An output that does not have every test.
pub fn read(output: &str) -> Result<Vec<Test>, RunError> {
    let mut reader = Reader::default();
    for line in output.lines() {
        reader.line(line.trim_end())?;
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    binary: String,
    tests: Vec<Test>,
    /// How many tests had been read when the current group began.
    before: usize,
    /// Whether a group of tests was begun and not counted yet.
    open: bool,
    /// Whether the group is of TAP.
    is_tap: bool,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), RunError> {
        if line.starts_with("TAP version ") {
            self.closed()?;
            self.binary = BROWSER.to_owned();
            self.before = self.tests.len();
            (self.open, self.is_tap) = (true, true);
        } else if self.open && self.is_tap {
            self.tap_line(line)?;
        } else if let Some(binary) = binary(line) {
            self.closed()?;
            self.binary = binary;
        } else if is_beginning(line) {
            self.closed()?;
            self.before = self.tests.len();
            self.open = true;
        } else if let Some(counts) = line.strip_prefix("test result: ") {
            self.count(counts)?;
            self.open = false;
        } else if self.open
            && let Some((name, outcome)) = test(line)
        {
            self.tests.push(Test {
                binary: self.binary.clone(),
                name: name.to_owned(),
                outcome,
            });
        }
        Ok(())
    }

    fn tap_line(&mut self, line: &str) -> Result<(), RunError> {
        if let Some((name, outcome)) = tap_test(line) {
            self.tests.push(Test {
                binary: self.binary.clone(),
                name: name.to_owned(),
                outcome,
            });
        } else if let Some(counted) = line.strip_prefix("# tests ") {
            (self.open, self.is_tap) = (false, false);
            return self.seen(counted.parse().unwrap_or(0));
        }
        Ok(())
    }

    fn count(&self, counts: &str) -> Result<(), RunError> {
        let count = |what| counted(counts, what);
        if count("filtered out") > 0 {
            return Err(RunError::Filtered(self.binary.clone()));
        }
        self.seen(count("passed") + count("failed") + count("ignored"))
    }

    /// Whether as many tests were read as there are said to be.
    fn seen(&self, counted: usize) -> Result<(), RunError> {
        let seen = self.tests.len() - self.before;
        match counted == seen {
            true => Ok(()),
            false => Err(RunError::Count {
                binary: self.binary.clone(),
                counted,
                seen,
            }),
        }
    }

    fn closed(&self) -> Result<(), RunError> {
        match self.open {
            true => Err(RunError::Broken(self.binary.clone())),
            false => Ok(()),
        }
    }

    fn finish(self) -> Result<Vec<Test>, RunError> {
        self.closed()?;
        match self.tests.is_empty() {
            true => Err(RunError::Empty),
            false => Ok(self.tests),
        }
    }
}

/// `     Running tests/end_to_end.rs (/…/deps/end_to_end-0123)` or `   Doc-tests kith_nips`.
fn binary(line: &str) -> Option<String> {
    let line = line.trim_start();
    if let Some(name) = line.strip_prefix("Doc-tests ") {
        return Some(name.to_owned());
    }
    let (_, path) = line.strip_prefix("Running ")?.rsplit_once('(')?;
    let file = path.strip_suffix(')')?.rsplit(['/', '\\']).next()?;
    let stem = file.strip_suffix(".exe").unwrap_or(file);
    let name = stem.rsplit_once('-').map_or(stem, |(name, _hash)| name);
    Some(name.to_owned())
}

/// `running 12 tests`
fn is_beginning(line: &str) -> bool {
    let number = line
        .strip_prefix("running ")
        .and_then(|rest| rest.strip_suffix(" tests").or(rest.strip_suffix(" test")));
    number.is_some_and(|number| number.parse::<usize>().is_ok())
}

/// `test nip01::tests::nip01_52_… ... ok`, also after something that ended without a line end.
fn test(line: &str) -> Option<(&str, Outcome)> {
    let (name, outcome) = line.rsplit_once(" ... ")?;
    let outcome = match outcome {
        "ok" => Outcome::Passed,
        "FAILED" => Outcome::Failed,
        _ if outcome == "ignored" || outcome.starts_with("ignored, ") => Outcome::Ignored,
        _ => return None,
    };
    let name = match name.strip_prefix("test ") {
        Some(name) => name,
        None => name.rsplit_once("test ")?.1,
    };
    let name = name.strip_suffix(" - should panic").unwrap_or(name);
    // The path of a module is no part of a function's name; a test in documentation has a
    // sentence for a name.
    let function = match name.contains(' ') {
        true => name,
        false => name.rsplit("::").next().unwrap_or(name),
    };
    Some((function, outcome))
}

/// `ok 3 - nip07_01_…`, of those that are in no other.
fn tap_test(line: &str) -> Option<(&str, Outcome)> {
    let (is_ok, rest) = match line.strip_prefix("not ") {
        Some(rest) => (false, rest),
        None => (true, line),
    };
    let (number, name) = rest.strip_prefix("ok ")?.split_once(" - ")?;
    number.parse::<usize>().ok()?;
    let (name, directive) = name.split_once(" # ").unwrap_or((name, ""));
    let is_ignored = ["SKIP", "TODO"]
        .iter()
        .any(|word| directive.starts_with(word));
    let outcome = match (is_ignored, is_ok) {
        (true, _) => Outcome::Ignored,
        (false, true) => Outcome::Passed,
        (false, false) => Outcome::Failed,
    };
    Some((name, outcome))
}

/// The number before a word of `ok. 12 passed; 0 failed; …`; none is 0.
fn counted(counts: &str, what: &str) -> usize {
    counts
        .split([';', '.'])
        .filter_map(|part| part.trim().strip_suffix(what))
        .find_map(|number| number.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "\
   Compiling kith-nips v0.1.0 (/somewhere/nips)
warning: something (the test ... ok
    Finished `test` profile in 1m 02s
     Running unittests src/lib.rs (/target/debug/deps/kith_nips-01ab)

running 3 tests
test nip01::tests::nip01_52_lowest ... ok
test nip13::tests::bad - should panic ... ok
test slow::nip01_06_pings has been running for over 60 seconds
test slow::nip01_06_pings ... ignored, needs an hour

test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s

     Running tests/end_to_end.rs (target/debug/deps/end_to_end-23cd)

running 2 tests
relay: test nip09::nip09_01_gone ... ok
test nip09::nip09_02_gone ... FAILED

failures:

---- nip09::nip09_02_gone stdout ----
thread panicked: expected ok

failures:
    nip09::nip09_02_gone

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 9.01s

   Doc-tests kith_nips

running 1 test
test nips/src/lbc.rs - lbc::Community (line 12) - compile ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.09s

running 0 tests

test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

all doctests ran in 1.20s; merged doctests compilation took 1.00s
";

    #[test]
    fn tests_are_read_with_binary_name_and_outcome() {
        let tests = read(RUN).unwrap();
        let found: Vec<(&str, &str, Outcome)> = tests
            .iter()
            .map(|test| (test.binary.as_str(), test.name.as_str(), test.outcome))
            .collect();
        assert_eq!(
            found,
            [
                ("kith_nips", "nip01_52_lowest", Outcome::Passed),
                ("kith_nips", "bad", Outcome::Passed),
                ("kith_nips", "nip01_06_pings", Outcome::Ignored),
                ("end_to_end", "nip09_01_gone", Outcome::Passed),
                ("end_to_end", "nip09_02_gone", Outcome::Failed),
                (
                    "kith_nips",
                    "nips/src/lbc.rs - lbc::Community (line 12) - compile",
                    Outcome::Passed
                ),
            ]
        );
    }

    const BROWSERS: &str = "\
TAP version 13
# Subtest: nip07_01_no extension, other ways
ok 1 - nip07_01_no extension, other ways
  ---
  duration_ms: 12.5
  ...
# Subtest: a chat
    ok 1 - inside of another
not ok 2 - a chat
ok 3 - later # SKIP no browser
1..3
# tests 3
# pass 1
";

    #[test]
    fn tests_in_browsers_are_read_behind_the_others() {
        let tests = read(&format!("{RUN}{BROWSERS}")).unwrap();
        let of_browser = tests.iter().filter(|test| test.binary == BROWSER);
        let found: Vec<(&str, Outcome)> = of_browser
            .map(|test| (test.name.as_str(), test.outcome))
            .collect();
        assert_eq!(
            found,
            [
                ("nip07_01_no extension, other ways", Outcome::Passed),
                ("a chat", Outcome::Failed),
                ("later", Outcome::Ignored),
            ]
        );
        let lost = format!("{RUN}{}", BROWSERS.replace("not ok 2 - a chat\n", ""));
        let expected = RunError::Count {
            binary: BROWSER.to_owned(),
            counted: 3,
            seen: 2,
        };
        assert_eq!(read(&lost), Err(expected));
        let (cut, _) = BROWSERS.split_once("# tests").unwrap();
        let broken = RunError::Broken(BROWSER.to_owned());
        assert_eq!(read(&format!("{RUN}{cut}")), Err(broken));
    }

    #[test]
    fn a_run_that_is_not_whole_is_refused() {
        assert_eq!(read("nothing"), Err(RunError::Empty));
        let lost = RUN.replace("test nip09::nip09_02_gone ... FAILED\n", "");
        let expected = RunError::Count {
            binary: "end_to_end".to_owned(),
            counted: 2,
            seen: 1,
        };
        assert_eq!(read(&lost), Err(expected));
        let crashed = RUN.replace("test result: FAILED.", "crash");
        assert_eq!(
            read(&crashed),
            Err(RunError::Broken("end_to_end".to_owned()))
        );
        let (cut, _) = RUN.split_once("test nip09::nip09_02").unwrap();
        assert_eq!(read(cut), Err(RunError::Broken("end_to_end".to_owned())));
        let filtered = RUN.replacen("0 filtered out", "7 filtered out", 1);
        assert_eq!(
            read(&filtered),
            Err(RunError::Filtered("kith_nips".to_owned()))
        );
    }
}
