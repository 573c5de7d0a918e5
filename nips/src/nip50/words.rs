//! Texts as words: folded, so that what looks alike is alike.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Letters that begin behind so many bytes of a folded word do not count, neither in the text nor
/// in the search.
const WORD_BYTES_MAX: usize = 1_024;

/// Calls `take` with each folded word of `text`: compatible forms are one (NFKD), diacritics are
/// gone, letters are small. Words are runs of letters and digits; characters of scripts that do
/// not separate words are words of their own.
pub fn for_each_word(text: &str, take: impl FnMut(&str)) {
    let mut words = Words {
        word: String::new(),
        take,
    };
    let mut rest = text;
    while !rest.is_empty() {
        let ascii = rest.bytes().take_while(u8::is_ascii).count();
        let (plain, other) = rest.split_at(ascii);
        plain.bytes().for_each(|byte| words.add_ascii(byte));
        // Marks are put in order between letters of their own kind only, so that a run of other
        // characters can be folded by itself.
        let other_end = other.find(|c: char| c.is_ascii()).unwrap_or(other.len());
        let (other, after) = other.split_at(other_end);
        let letters = other.nfkd().flat_map(char::to_lowercase).nfkd();
        letters.for_each(|letter| words.add(letter));
        rest = after;
    }
    words.end();
}

/// Puts letters together to words.
struct Words<T> {
    word: String,
    take: T,
}

impl<T: FnMut(&str)> Words<T> {
    /// What [`Words::add`] does, for most of most texts.
    fn add_ascii(&mut self, byte: u8) {
        if !byte.is_ascii_alphanumeric() {
            self.end();
        } else if self.word.len() < WORD_BYTES_MAX {
            self.word.push(char::from(byte.to_ascii_lowercase()));
        }
    }

    /// Takes a decomposed, small letter.
    fn add(&mut self, letter: char) {
        if is_diacritic(letter) {
            return;
        }
        if is_whole_word(letter) {
            self.end();
            self.word.push(letter);
            self.end();
        } else if letter.is_alphanumeric() || is_combining_mark(letter) {
            if self.word.len() < WORD_BYTES_MAX {
                match plain(letter) {
                    Some(letters) => self.word.push_str(letters),
                    None => self.word.push(letter),
                }
            }
        } else {
            self.end();
        }
    }

    fn end(&mut self) {
        if !self.word.is_empty() {
            (self.take)(&self.word);
            self.word.clear();
        }
    }
}

/// Marks that people leave out when they type: accents, vowel points of Hebrew and Arabic. Marks
/// that are letters in their script stay.
fn is_diacritic(letter: char) -> bool {
    matches!(letter,
        '\u{0300}'..='\u{036F}'
        | '\u{0591}'..='\u{05C7}'
        | '\u{0610}'..='\u{061A}'
        | '\u{064B}'..='\u{065F}'
        | '\u{0670}'
        | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}'
        | '\u{FE20}'..='\u{FE2F}')
        && is_combining_mark(letter)
}

/// Han, Hiragana and Katakana.
fn is_whole_word(letter: char) -> bool {
    matches!(letter,
        '\u{3041}'..='\u{30FF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{323AF}')
}

/// Letters that no decomposition makes plain.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ħ' => "h",
        'ı' => "i",
        'þ' => "th",
        'ς' => "σ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of a text that is folded as a whole.
    fn folded_at_once(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut words = Words {
            word: String::new(),
            take: |word: &str| found.push(word.to_owned()),
        };
        let letters = text.nfkd().flat_map(char::to_lowercase).nfkd();
        letters.for_each(|letter| words.add(letter));
        words.end();
        found
    }

    proptest::proptest! {
        #[test]
        fn nip50_05_folding_in_runs_is_folding_at_once(
            text in r"([a-zA-Z0-9 .'-]|[\u{300}-\u{330}\u{591}-\u{5c7}]|[ÄßøİﬁＫ한ก์あ漢]|\PC){0,40}"
        ) {
            let mut found = Vec::new();
            for_each_word(&text, |word| found.push(word.to_owned()));
            proptest::prop_assert_eq!(found, folded_at_once(&text));
        }
    }
}
