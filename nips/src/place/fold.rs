//! Folding of names, so that a person need not type capitals, accents or punctuation.
//!
//! Owns: which spellings count as the same. `nips/data/make-cities.py` leaves out names that fold
//! to the same text, so it must never fold more than this file does.
//!
//! A folded text has lower-case letters and digits only. "São Paulo" folds to `saopaulo`,
//! "Stratford-upon-Avon" to `stratforduponavon`, "St. Ives" and "Saint Ives" to `stives`.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Words that people shorten, and what they are folded to.
const SHORTENED: [(&str, &str); 7] = [
    ("saint", "st"),
    ("sankt", "st"),
    ("sint", "st"),
    ("szent", "st"),
    ("sainte", "ste"),
    ("mount", "mt"),
    ("fort", "ft"),
];

/// The folded form of a text.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// The same into a buffer, which is emptied first.
pub(super) fn fold_into(text: &str, folded: &mut String) {
    write(text, folded, |_| None);
}

/// The folded form with the letters that are also written as two, "München" as `muenchen`. False
/// if there are none, and the form would be that of [`fold_into`].
pub(super) fn fold_digraphs_into(text: &str, folded: &mut String) -> bool {
    if text.is_ascii() || !text.chars().any(|character| digraph(character).is_some()) {
        return false;
    }
    write(text, folded, digraph);
    true
}

/// Whether `wanted`, which is folded, is a folded form of `text`. `folded` is working memory.
pub(super) fn folds_to(text: &str, wanted: &str, folded: &mut String) -> bool {
    fold_into(text, folded);
    if folded == wanted {
        return true;
    }
    fold_digraphs_into(text, folded);
    folded == wanted
}

fn write(text: &str, folded: &mut String, replaced: impl Fn(char) -> Option<&'static str>) {
    folded.clear();
    let mut word_start = 0;
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            folded.push(character.to_ascii_lowercase());
        } else if let Some(letters) = replaced(character) {
            folded.push_str(letters);
        } else if character.is_ascii() {
            // "L'Aquila" is one word.
            if !matches!(character, '\'' | '`') {
                word_start = end_word(folded, word_start);
            }
        } else if character.is_alphanumeric() || is_combining_mark(character) {
            decompose_compatible(character, |part| {
                part.to_lowercase().for_each(|lower| push(lower, folded));
            });
        } else if !matches!(character, '’' | '‘' | '´') {
            word_start = end_word(folded, word_start);
        }
    }
    end_word(folded, word_start);
}

/// Shortens the word that ends here; gives the start of the next.
fn end_word(folded: &mut String, word_start: usize) -> usize {
    let word = folded.get(word_start..).unwrap_or_default();
    let short = SHORTENED.iter().find(|(long, _)| *long == word);
    if let Some((_, short)) = short {
        folded.truncate(word_start);
        folded.push_str(short);
    }
    folded.len()
}

/// Adds one decomposed lower-case character.
fn push(character: char, folded: &mut String) {
    match character {
        'ß' => folded.push_str("ss"),
        'æ' => folded.push_str("ae"),
        'œ' => folded.push_str("oe"),
        'þ' => folded.push_str("th"),
        'ø' => folded.push('o'),
        'ł' => folded.push('l'),
        'đ' | 'ð' => folded.push('d'),
        'ı' => folded.push('i'),
        'ħ' => folded.push('h'),
        'ŋ' => folded.push('n'),
        'ə' => folded.push('e'),
        'ς' => folded.push('σ'),
        // Modifier letters and the marks of scripts that are read without them: Latin, Greek,
        // Cyrillic, Hebrew, Arabic. Marks that are vowels, as in Devanagari, stay.
        '\u{2b0}'..='\u{36f}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5c7}' => {}
        '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' => {}
        letter if letter.is_alphanumeric() || is_combining_mark(letter) => folded.push(letter),
        _ => {}
    }
}

fn digraph(character: char) -> Option<&'static str> {
    Some(match character {
        'ä' | 'Ä' => "ae",
        'ö' | 'Ö' | 'ø' | 'Ø' => "oe",
        'ü' | 'Ü' => "ue",
        'å' | 'Å' => "aa",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn same(texts: &[&str]) {
        let folded: Vec<String> = texts.iter().map(|text| fold(text)).collect();
        assert!(
            folded.windows(2).all(|pair| pair[0] == pair[1]),
            "{texts:?} {folded:?}"
        );
    }

    #[test]
    fn spellings_that_count_as_the_same() {
        same(&["München", "munchen", "MÜNCHEN", "Mu\u{308}nchen"]);
        same(&[
            "Stratford-upon-Avon",
            "stratford upon avon",
            "Stratford–upon–Avon",
        ]);
        same(&["St. Ives", "St Ives", "Saint Ives", "st.ives"]);
        same(&["Sankt Gallen", "St. Gallen", "ST.GALLEN"]);
        same(&["L'Aquila", "L’Aquila", "LAquila"]);
        same(&["Łódź", "Lodz"]);
        same(&["Tromsø", "Tromso"]);
        same(&["İstanbul", "Istanbul", "istanbul"]);
        same(&["Diyarbakır", "Diyarbakir"]);
        same(&["Gießen", "Giessen", "GIESSEN"]);
        same(&["Αθήνα", "ΑΘΗΝΑ", "Αθηνα"]);
        same(&["Πειραιάς", "ΠΕΙΡΑΙΑΣ"]);
        same(&["Орёл", "орел"]);
        same(&["  New   York ", "New-York", "newyork"]);
        same(&["Ｔｏｋｙｏ", "tokyo"]);
    }

    #[test]
    fn other_scripts_keep_what_tells_names_apart() {
        assert_ne!(fold("दिल्ली"), fold("दल"));
        assert_ne!(fold("ガ"), fold("カ"));
        assert_eq!(fold("東京"), "東京");
        assert!(fold("…,.- ").is_empty());
    }

    #[test]
    fn two_letters_for_one() {
        let mut folded = String::new();
        assert!(fold_digraphs_into("Köln", &mut folded));
        assert_eq!(folded, "koeln");
        assert!(fold_digraphs_into("Ålesund", &mut folded));
        assert_eq!(folded, "aalesund");
        assert!(!fold_digraphs_into("Paris", &mut folded));
        assert!(!fold_digraphs_into("Orléans", &mut folded));
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing_more(text in "\\PC{0,24}") {
            let once = fold(&text);
            let without_shortened = SHORTENED.iter().all(|(long, _)| once != *long);
            if without_shortened {
                prop_assert_eq!(fold(&once), once);
            }
        }
    }
}
