//! Text that somebody wrote, as one harmless line: no characters that turn others around or move them,
//! bounded in length. Templates escape it.

use std::fmt;

/// Marks that stand on top of one letter, beyond which further ones are left out.
const MARKS_PER_LETTER_MAX: usize = 4;

/// One line of text by somebody.
///
/// ```
/// use kith_web::Text;
/// assert_eq!(Text::line("  Chess\u{202e} \n club ", 80).as_str(), "Chess club");
/// assert_eq!(Text::line("Chess club", 5).as_str(), "Chess…");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(String);

impl Text {
    /// The text as one line, cut after so many characters.
    pub fn line(text: &str, characters_max: usize) -> Text {
        let mut line = String::new();
        let mut marks = 0;
        let mut left = characters_max;
        let mut is_space = false;
        for character in text.chars().filter(|character| !is_unruly(*character)) {
            if character.is_whitespace() {
                is_space = !line.is_empty();
                continue;
            }
            marks = if is_mark(character) { marks + 1 } else { 0 };
            if marks > MARKS_PER_LETTER_MAX {
                continue;
            }
            if left <= usize::from(is_space) {
                line.push('…');
                break;
            }
            if is_space {
                line.push(' ');
                left -= 1;
            }
            is_space = false;
            line.push(character);
            left -= 1;
        }
        Text(line)
    }

    /// A part of what is harmless already.
    pub(crate) fn harmless(part: &str) -> Text {
        Text(part.to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing to see.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Embeddings, overrides and isolates of direction (UAX #9), and what is no character of a text.
pub(crate) fn is_unruly(character: char) -> bool {
    let is_control = character.is_control() && !character.is_whitespace();
    let turns = matches!(
        character,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}'
    );
    is_control || turns || matches!(character, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{200b}')
}

fn is_mark(character: char) -> bool {
    matches!(
        character,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_text_around_is_left_out() {
        for (given, expected) in [
            ("a\u{202e}b\u{2066}c", "abc"),
            ("\u{0}a\u{7}\tb", "a b"),
            ("   ", ""),
            ("עברית", "עברית"),
            ("👩‍👩‍👧 family", "👩‍👩‍👧 family"),
        ] {
            assert_eq!(Text::line(given, 80).as_str(), expected);
        }
    }

    #[test]
    fn towers_of_marks_and_long_names_are_cut() {
        let tower = format!("Z{}", "\u{301}".repeat(500));
        assert_eq!(Text::line(&tower, 80).as_str().chars().count(), 5);
        let long = Text::line(&"x".repeat(10_000), 120);
        assert_eq!(long.as_str().chars().count(), 121);
        assert!(long.as_str().ends_with('…'));
        assert_eq!(Text::line("abc d", 4).as_str(), "abc…");
        assert_eq!(Text::line("abc", 3).as_str(), "abc");
    }
}
