//! The document itself: the lines of the checklist with the tests that carry their ids, and what
//! is wrong with them. The same lines and tests give the same bytes.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;

use super::checklist::{Line, Section};
use super::id::Id;
use super::run::{Outcome, Test};

const HEAD: &str = "# Conformance

Which line of the checklist is proved by which test, made from a run of all of them. Do not edit this
file: `CONTRIBUTING.md` says how it is made. A line is proved by the tests whose names begin with its id.

- Side: R the relay, C the client library, W the web side. A line without a side explains a decision.
- Force: M the specification demands it, S it recommends it, O it allows it, P the project decided.
- Result: `passed`, `failed`, or `no test`; what is asked of library and web alone may be `not yet` done.
";
const COLUMNS: &str = "| line | side | force | when | tests | result |\n\
                       | --- | --- | --- | --- | --- | --- |\n";
const SIDES: [(&str, char); 3] = [
    ("R, the relay", 'R'),
    ("C, the library", 'C'),
    ("W, the web", 'W'),
];

/// Lines and their tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    sections: Vec<(String, Vec<Entry>)>,
    /// Tests that carry ids of no line.
    strays: Vec<(Id, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    line: Line,
    /// The names of its tests by binary, and how each ended.
    tests: BTreeMap<String, BTreeMap<String, Outcome>>,
}

/// What is wrong with a document; each is one sentence.
pub type Complaints = Vec<String>;

impl Document {
    /// Brings lines and tests together.
    #[must_use]
    pub fn new(sections: &[Section], tests: &[Test]) -> Self {
        let mut by_id: BTreeMap<Id, Vec<&Test>> = BTreeMap::new();
        for test in tests {
            for id in Id::carried_by(&test.name)
                .into_iter()
                .collect::<BTreeSet<_>>()
            {
                by_id.entry(id).or_default().push(test);
            }
        }
        let sections = sections
            .iter()
            .map(|section| {
                let entries = section.lines.iter().map(|line| Entry {
                    line: line.clone(),
                    tests: grouped(by_id.remove(&line.id).unwrap_or_default()),
                });
                (section.title.clone(), entries.collect())
            })
            .collect();
        let strays = by_id
            .into_iter()
            .flat_map(|(id, tests)| {
                let names = tests.into_iter().map(|test| test.name.clone());
                names.map(move |name| (id.clone(), name))
            })
            .collect();
        Document { sections, strays }
    }

    /// What must not be: a line of the relay without a test that passes, a test that fails, a
    /// test with the id of no line. Empty when all is well.
    #[must_use]
    pub fn complaints(&self) -> Complaints {
        let mut complaints = Vec::new();
        for entry in self.entries() {
            let id = &entry.line.id;
            match entry.result() {
                Outcome::Failed => complaints.push(format!("{id}: a test of it fails")),
                Outcome::Ignored if entry.line.side.contains('R') => {
                    complaints.push(format!("{id}: no test of it passes"));
                }
                Outcome::Ignored | Outcome::Passed => {}
            }
        }
        let strays = self.strays.iter();
        complaints
            .extend(strays.map(|(id, name)| format!("{id} is no line, and {name} carries it")));
        complaints
    }

    /// The document.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = format!("{HEAD}\n{}", self.summary());
        for (title, entries) in &self.sections {
            let rows: String = entries.iter().map(Entry::row).collect();
            // Writing to a string cannot fail.
            let _ = write!(text, "\n## {title}\n\n{COLUMNS}{rows}");
        }
        text
    }

    fn summary(&self) -> String {
        let mut text = "| side | lines | passed | failed | without a test |\n\
                        | --- | ---: | ---: | ---: | ---: |\n"
            .to_owned();
        for (name, side) in SIDES {
            text += &self.counts(name, |line| line.side.contains(side));
        }
        text += &self.counts("explanations", |line| line.side.is_empty());
        text + &self.counts("together", |_| true)
    }

    fn counts(&self, name: &str, of: impl Fn(&Line) -> bool) -> String {
        let results: Vec<Outcome> = self
            .entries()
            .filter(|entry| of(&entry.line))
            .map(Entry::result)
            .collect();
        let count = |wanted| results.iter().filter(|result| **result == wanted).count();
        format!(
            "| {name} | {} | {} | {} | {} |\n",
            results.len(),
            count(Outcome::Passed),
            count(Outcome::Failed),
            count(Outcome::Ignored),
        )
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.sections.iter().flat_map(|(_, entries)| entries)
    }
}

/// The lines that a document has, for whoever has no checklist at hand.
#[must_use]
pub fn lines(markdown: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut title = String::new();
    let mut seen = HashSet::new();
    for text in markdown.lines() {
        if let Some(heading) = text.strip_prefix("## ") {
            heading.clone_into(&mut title);
        } else if let Some(line) = line_of(text)
            && seen.insert(line.id.clone())
        {
            match sections.last_mut() {
                Some(section) if section.title == title => section.lines.push(line),
                _ => sections.push(Section {
                    title: title.clone(),
                    lines: vec![line],
                }),
            }
        }
    }
    sections
}

fn line_of(row: &str) -> Option<Line> {
    let row = row.strip_prefix("| ")?.replace("\\|", "\0");
    let mut cells = row.split(" | ").map(|cell| cell.replace('\0', "|"));
    Some(Line {
        id: Id::parse(&cells.next()?)?,
        side: cells.next()?.trim().to_owned(),
        force: cells.next()?.trim().to_owned(),
        condition: cells.next()?,
    })
}

impl Entry {
    /// Of its tests, the worst; `Ignored` when none ran.
    fn result(&self) -> Outcome {
        let tests = self.tests.values().flat_map(BTreeMap::values);
        tests.copied().max().unwrap_or(Outcome::Ignored)
    }

    fn row(&self) -> String {
        let line = &self.line;
        let result = match self.result() {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::Ignored if line.side.contains('R') => "no test",
            Outcome::Ignored if line.side.is_empty() => "",
            Outcome::Ignored => "not yet",
        };
        let tests: Vec<String> = self
            .tests
            .iter()
            .map(|(binary, tests)| {
                let names: Vec<String> = tests.keys().map(|name| format!("`{name}`")).collect();
                format!("{binary}: {}", names.join(", "))
            })
            .collect();
        let cells = [
            line.id.to_string(),
            line.side.clone(),
            line.force.clone(),
            line.condition.replace('|', "\\|"),
            tests.join("; "),
            result.to_owned(),
        ];
        format!("| {} |\n", cells.join(" | "))
    }
}

/// By binary and name. Of two with the same name the worse result counts.
fn grouped(tests: Vec<&Test>) -> BTreeMap<String, BTreeMap<String, Outcome>> {
    let mut groups: BTreeMap<String, BTreeMap<String, Outcome>> = BTreeMap::new();
    for test in tests {
        let names = groups.entry(test.binary.clone()).or_default();
        let outcome = names.entry(test.name.clone()).or_insert(test.outcome);
        *outcome = test.outcome.max(*outcome);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::super::checklist;
    use super::*;

    const CHECKLIST: &str = "## NIP-01 Basic ⚠\n\
        NIP01-01: WHEN a|b `c|d` THEN x [R,M]\nNIP01-02: WHEN e THEN x [RC,S]\n\
        ### Library\nNIP01-03: WHEN f THEN x [C,M]\nNIP01-04: WHEN g THEN x [W,O]\n\
        ## Contradictions\nCON-01: so or so → so\n";

    fn test(binary: &str, name: &str, outcome: Outcome) -> Test {
        Test {
            binary: binary.to_owned(),
            name: name.to_owned(),
            outcome,
        }
    }

    fn document(tests: &[Test]) -> Document {
        Document::new(&checklist::read(CHECKLIST).unwrap(), tests)
    }

    fn good() -> Vec<Test> {
        vec![
            test("relay", "nip01_02_b", Outcome::Passed),
            test("end_to_end", "nip01_01_02_z", Outcome::Passed),
            test("end_to_end", "nip01_01_a", Outcome::Passed),
            test("end_to_end", "something_else", Outcome::Failed),
        ]
    }

    #[test]
    fn each_line_has_its_tests_in_order() {
        let document = document(&good());
        let text = document.to_markdown();
        for row in [
            "\n## NIP-01 Basic\n",
            "| NIP01-01 | R | M | a\\|b `c\\|d` | end_to_end: `nip01_01_02_z`, `nip01_01_a` | passed |\n",
            "| NIP01-02 | RC | S | e | end_to_end: `nip01_01_02_z`; relay: `nip01_02_b` | passed |\n",
            "\n## NIP-01 Basic: Library\n",
            "| NIP01-03 | C | M | f |  | not yet |\n",
            "| CON-01 |  |  | so or so → so |  |  |\n",
            "| R, the relay | 2 | 2 | 0 | 0 |\n",
            "| C, the library | 2 | 1 | 0 | 1 |\n",
            "| W, the web | 1 | 0 | 0 | 1 |\n",
            "| explanations | 1 | 0 | 0 | 1 |\n",
            "| together | 5 | 2 | 0 | 3 |\n",
        ] {
            assert!(text.contains(row), "{row}\nis not in\n{text}");
        }
        assert_eq!(document.complaints(), Complaints::new());
    }

    #[test]
    fn the_order_of_the_run_changes_nothing() {
        let mut tests = good();
        tests.reverse();
        assert_eq!(
            document(&tests).to_markdown(),
            document(&good()).to_markdown()
        );
    }

    #[test]
    fn a_line_of_the_relay_needs_a_test_that_passes() {
        let mut tests = good();
        tests.retain(|test| !test.name.contains("nip01_01_"));
        assert_eq!(
            document(&tests).complaints(),
            ["NIP01-01: no test of it passes"]
        );
        tests.push(test("relay", "nip01_01_x", Outcome::Ignored));
        assert_eq!(
            document(&tests).complaints(),
            ["NIP01-01: no test of it passes"]
        );
        assert!(
            document(&tests)
                .to_markdown()
                .contains("`nip01_01_x` | no test |")
        );
    }

    #[test]
    fn one_test_that_fails_is_enough() {
        let mut tests = good();
        tests.push(test("relay", "nip01_01_a", Outcome::Failed));
        tests.push(test("relay", "nip01_01_a", Outcome::Passed));
        tests.push(test("client", "nip01_03_c", Outcome::Failed));
        let complaints = document(&tests).complaints();
        assert_eq!(
            complaints,
            [
                "NIP01-01: a test of it fails",
                "NIP01-03: a test of it fails"
            ]
        );
    }

    #[test]
    fn a_test_may_not_carry_the_id_of_no_line() {
        let mut tests = good();
        tests.push(test("relay", "nip01_02_07_b", Outcome::Passed));
        assert_eq!(
            document(&tests).complaints(),
            ["NIP01-07 is no line, and nip01_02_07_b carries it"]
        );
    }

    #[test]
    fn a_document_lists_the_lines_it_was_made_from() {
        let text = document(&good()).to_markdown();
        let again = Document::new(&lines(&text), &good());
        assert_eq!(again.to_markdown(), text);
        assert_eq!(lines(&text), checklist::read(CHECKLIST).unwrap());
    }
}
