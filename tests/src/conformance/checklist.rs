//! The checklist as its file writes it: sections of lines such as
//! `NIP01-74: WHEN … THEN … [R,M]`. Knows nothing of tests.

use std::collections::HashSet;

use thiserror::Error;

use super::id::Id;

/// How long a condition is in the document.
const CONDITION_CHARACTERS_MAX: usize = 110;

/// Lines that belong together under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading; that of a part says its section first: `NIP-01 Basic protocol: Transport`.
    pub title: String,
    /// In the order of the file, at least one.
    pub lines: Vec<Line>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its name.
    pub id: Id,
    /// Who must do it: some of `R` (relay), `C` (client library), `W` (web), each once; empty
    /// for a line that only explains.
    pub side: String,
    /// How binding it is: some of `M`, `S`, `O`, `P`, as in `M/P`.
    pub force: String,
    /// When it applies, shortened.
    pub condition: String,
}

/// Why a text is no checklist.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ChecklistError {
    /// There is no line in it.
    #[error("the checklist has no lines")]
    Empty,
    /// Two lines have the same name.
    #[error("the checklist has two lines {0}")]
    Twice(Id),
}

/// Reads the file. What is not a line (prose, tables, vectors) is passed over.
///
/// # Errors
/// A text without lines, or with two lines of one name.
pub fn read(text: &str) -> Result<Vec<Section>, ChecklistError> {
    let mut reader = Reader::default();
    text.lines().for_each(|line| reader.line(line));
    reader.finish()
}

#[derive(Default)]
struct Reader {
    /// The heading of second order that is in force.
    section: String,
    sections: Vec<Section>,
    /// Where the next line goes, if it is a new section.
    title: String,
}

impl Reader {
    fn line(&mut self, text: &str) {
        if let Some(title) = text.strip_prefix("## ") {
            plain(title).clone_into(&mut self.section);
            self.title = self.section.clone();
        } else if let Some(part) = text.strip_prefix("### ") {
            self.title = format!("{}: {}", self.section, plain(part));
        } else if let Some((id, rest)) = text
            .split_once(": ")
            .and_then(|(id, rest)| Some((Id::parse(id)?, rest)))
        {
            self.add(id, rest);
        } else if let Some(line) = self
            .sections
            .last_mut()
            .and_then(|last| last.lines.last_mut())
            && line.side.is_empty()
        {
            // A line with a table in it says its side after the table.
            (line.side, line.force) = side_and_force(text);
        }
    }

    fn add(&mut self, id: Id, rest: &str) {
        let (side, force) = side_and_force(rest);
        let line = Line {
            id,
            side,
            force,
            condition: condition(rest),
        };
        match self.sections.last_mut() {
            Some(section) if section.title == self.title => section.lines.push(line),
            _ => self.sections.push(Section {
                title: self.title.clone(),
                lines: vec![line],
            }),
        }
    }

    fn finish(self) -> Result<Vec<Section>, ChecklistError> {
        let mut seen = HashSet::new();
        for line in self.sections.iter().flat_map(|section| &section.lines) {
            if !seen.insert(&line.id) {
                return Err(ChecklistError::Twice(line.id.clone()));
            }
        }
        match self.sections.is_empty() {
            true => Err(ChecklistError::Empty),
            false => Ok(self.sections),
        }
    }
}

/// A heading without its marks.
fn plain(title: &str) -> &str {
    let title = title.split('⚠').next().unwrap_or(title);
    title.trim()
}

/// Every `[R,M]` of a line taken together; what else is said in the brackets is passed over.
fn side_and_force(text: &str) -> (String, String) {
    let (mut side, mut force) = (String::new(), String::new());
    for bracket in text.split('[').skip(1) {
        let Some((inside, _)) = bracket.split_once(']') else {
            continue;
        };
        for pair in inside.split(" / ") {
            let Some((who, how)) = pair.split_once(',') else {
                continue;
            };
            if who.is_empty() || !who.chars().all(|letter| "RCW".contains(letter)) {
                continue;
            }
            add_letters(&mut side, who.chars(), "");
            let how = how.chars().take_while(|letter| "MSOP/".contains(*letter));
            add_letters(&mut force, how.filter(|letter| *letter != '/'), "/");
        }
    }
    (side, force)
}

fn add_letters(text: &mut String, letters: impl Iterator<Item = char>, between: &str) {
    for letter in letters {
        if !text.contains(letter) {
            if !text.is_empty() {
                text.push_str(between);
            }
            text.push(letter);
        }
    }
}

/// What stands between WHEN and THEN, or the beginning of a line without them.
fn condition(rest: &str) -> String {
    let text = rest.strip_prefix("WHEN ").unwrap_or(rest);
    let text = text.split(" THEN").next().unwrap_or(text);
    shortened(text.trim())
}

/// Cut between two words, never within a code span.
fn shortened(text: &str) -> String {
    if text.chars().count() <= CONDITION_CHARACTERS_MAX {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut length = 0;
    let mut end = 0;
    for (index, letter) in text.char_indices() {
        if letter == ' ' && kept.matches('`').count().is_multiple_of(2) {
            end = index;
        }
        kept.push(letter);
        length += 1;
        if length == CONDITION_CHARACTERS_MAX {
            break;
        }
    }
    let (short, _) = text.split_at(end);
    format!("{} …", short.trim_end_matches([',', ';', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn only_line(text: &str) -> Line {
        read(text).unwrap().remove(0).lines.remove(0)
    }

    #[track_caller]
    fn check_side(brackets: &str, side: &str, force: &str) {
        let line = only_line(&format!("LBC-01: WHEN a THEN b {brackets}\n"));
        assert_eq!((&*line.side, &*line.force), (side, force), "{brackets}");
    }

    #[test]
    fn lines_are_grouped_by_the_headings_above_them() {
        let sections = read(
            "# Title\nline form: `ID: WHEN`\n## NIP-01 Basic ⚠ (old)\n### Transport\n\
             NIP01-01: WHEN a THEN b [R,M]\nVector: 1\n\nNIP01-02: WHEN c THEN d [C,P]\n\
             ### Decisions\n| a | b |\n## NIP-02\nNIP02-01: WHEN e THEN f [R,S]\n## Rest\nprose\n",
        )
        .unwrap();
        let found: Vec<(&str, usize)> = sections
            .iter()
            .map(|section| (section.title.as_str(), section.lines.len()))
            .collect();
        assert_eq!(found, [("NIP-01 Basic: Transport", 2), ("NIP-02", 1)]);
    }

    #[test]
    fn sides_and_forces_are_read_whatever_stands_beside_them() {
        check_side("[R,M]", "R", "M");
        check_side("[RC,M]", "RC", "M");
        check_side("[R,M/P: always discarded]", "R", "M/P");
        check_side("[R,S→ we enforce]", "R", "S");
        check_side("[R,M; added 2026-05]", "R", "M");
        check_side("[R,P D5]", "R", "P");
        check_side("[R,P for the last]", "R", "P");
        check_side("[C,M / R,M]", "CR", "M");
        check_side("[R,P]; WHEN x THEN y [C,S]", "RC", "P/S");
        check_side(
            "of `[\"AUTH\",c]` and `[[]]` and [start, end) [R,O]",
            "R",
            "O",
        );
        check_side("nothing", "", "");
    }

    #[test]
    fn a_line_with_a_table_has_its_side_below() {
        let text = "LBC-50: WHEN computed THEN\n\n| a | b |\n\nall tested [C,M/P D7]\nmore [R,M]\n";
        let line = only_line(text);
        assert_eq!((&*line.side, &*line.force), ("C", "M/P"));
        assert_eq!(line.condition, "computed");
    }

    #[test]
    fn conditions_are_short_and_keep_code_whole() {
        let line = only_line("CON-01: one says this → that\n");
        assert_eq!(line.condition, "one says this → that");
        let long = "word ".repeat(21);
        let line = only_line(&format!(
            "LBC-01: WHEN {long}`a code span` and more THEN x [R,M]\n"
        ));
        assert_eq!(line.condition, format!("{} …", long.trim()));
        assert_eq!(shortened(&line.condition), line.condition);
    }

    #[test]
    fn what_is_no_checklist_is_refused() {
        assert_eq!(read("# Nothing\n"), Err(ChecklistError::Empty));
        let twice = read("LBC-01: WHEN a THEN b [R,M]\nLBC-01: WHEN c THEN d [R,M]\n");
        assert!(matches!(twice, Err(ChecklistError::Twice(_))));
    }
}
