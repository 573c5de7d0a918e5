//! Lines of a file that nobody checked: any length, any bytes, read in bounded memory.

use std::io::{self, BufRead};

/// The longest line that is read as an event, in bytes.
pub(super) const LINE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// What is kept of a longer line, in bytes.
const LINE_START_BYTES: usize = 1_024;

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Text, without its line break.
    Text(String),
    /// Not UTF-8; what could not be read is replaced.
    NotUtf8(String),
    /// Longer than [`LINE_BYTES_MAX`]; its start.
    TooLong(String),
}

impl Line {
    /// What is kept of it.
    pub(super) fn text(&self) -> &str {
        match self {
            Line::Text(text) | Line::NotUtf8(text) | Line::TooLong(text) => text,
        }
    }

    /// What is kept of it.
    pub(super) fn into_text(self) -> String {
        match self {
            Line::Text(text) | Line::NotUtf8(text) | Line::TooLong(text) => text,
        }
    }
}

/// Reads lines and counts them and their bytes.
pub(super) struct Lines<R> {
    input: R,
    number: u64,
    bytes: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Lines {
            input,
            number: 0,
            bytes: 0,
        }
    }

    /// Bytes read so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next line that is not blank, with its number, counted from 1; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, Line)>> {
        loop {
            let Some(line) = self.read()? else {
                return Ok(None);
            };
            let blank = matches!(&line, Line::Text(text) if text.trim().is_empty());
            if !blank {
                return Ok(Some((self.number, line)));
            }
        }
    }

    fn read(&mut self) -> io::Result<Option<Line>> {
        let mut kept = Vec::new();
        let mut length = 0_usize;
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                break;
            }
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or(chunk);
            length = length.saturating_add(part.len());
            if length <= LINE_BYTES_MAX {
                kept.extend_from_slice(part);
            } else {
                kept.truncate(LINE_START_BYTES);
            }
            let used = part.len() + usize::from(end.is_some());
            self.bytes = self.bytes.saturating_add(used as u64);
            self.input.consume(used);
            if end.is_some() {
                self.number += 1;
                return Ok(Some(self.line(kept, length)));
            }
        }
        if length == 0 {
            return Ok(None);
        }
        self.number += 1;
        Ok(Some(self.line(kept, length)))
    }

    fn line(&self, mut bytes: Vec<u8>, length: usize) -> Line {
        if length > LINE_BYTES_MAX {
            bytes.truncate(LINE_START_BYTES);
            return Line::TooLong(String::from_utf8_lossy(&bytes).into_owned());
        }
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        match String::from_utf8(bytes) {
            // Some editors begin a file with a mark that means nothing.
            Ok(text) if self.number == 1 => {
                Line::Text(text.trim_start_matches('\u{feff}').to_owned())
            }
            Ok(text) => Line::Text(text),
            Err(error) => Line::NotUtf8(String::from_utf8_lossy(error.as_bytes()).into_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn all(input: &[u8]) -> Vec<(u64, Line)> {
        // A small buffer, so that lines cross its edges.
        let mut lines = Lines::new(BufReader::with_capacity(7, input));
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            all.push(line);
        }
        assert_eq!(lines.bytes(), input.len() as u64);
        all
    }

    fn text(text: &str) -> Line {
        Line::Text(text.to_owned())
    }

    #[test]
    fn lines_are_numbered_and_blank_ones_skipped() {
        let lines = all("\u{feff}first line\r\n\n  \nfourth\nlast".as_bytes());
        assert_eq!(
            lines,
            [
                (1, text("first line")),
                (4, text("fourth")),
                (5, text("last"))
            ]
        );
        assert_eq!(all(b""), []);
    }

    #[test]
    fn lines_that_are_no_text_are_kept_readable() {
        let lines = all(b"ok\n\xff{}\nok\n");
        assert_eq!(lines[1], (2, Line::NotUtf8("\u{fffd}{}".to_owned())));
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn a_line_of_the_greatest_length_is_read_and_a_longer_one_is_cut() {
        let mut input = vec![b'a'; LINE_BYTES_MAX];
        input.push(b'\n');
        input.extend(vec![b'b'; LINE_BYTES_MAX + 1]);
        input.extend(b"\nend");
        let mut lines = Lines::new(BufReader::new(input.as_slice()));
        let (_, first) = lines.next().unwrap().unwrap();
        assert!(matches!(first, Line::Text(text) if text.len() == LINE_BYTES_MAX));
        let (_, second) = lines.next().unwrap().unwrap();
        assert_eq!(second, Line::TooLong("b".repeat(LINE_START_BYTES)));
        assert_eq!(lines.next().unwrap(), Some((3, text("end"))));
    }
}
