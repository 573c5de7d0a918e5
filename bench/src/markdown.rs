//! Tables in documents: each stands between two marks of its own. Knows none of them.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

/// Writes a table into a file: between the marks of this name, or as all of a new file.
///
/// # Errors
/// The file cannot be written, or is there and has no marks.
pub fn write_between_marks(file: &Path, name: &str, table: &str) -> anyhow::Result<()> {
    let text = match file.exists() {
        true => fs::read_to_string(file).with_context(|| file.display().to_string())?,
        false => marks(name).join("\n") + "\n",
    };
    let text = between_marks(&text, name, table);
    let text = text.with_context(|| file.display().to_string())?;
    fs::write(file, text).with_context(|| file.display().to_string())
}

fn marks(name: &str) -> [String; 2] {
    ["begin", "end"].map(|edge| format!("<!-- {name}: {edge} -->"))
}

/// The text with `table` in place of what is between its marks.
fn between_marks(text: &str, name: &str, table: &str) -> anyhow::Result<String> {
    let [begin, end] = marks(name);
    let from = text.find(&begin).map(|at| at + begin.len());
    let to = text.find(&end);
    match (from, to) {
        (Some(from), Some(to)) if from <= to => {
            let (before, after) = (text.get(..from), text.get(to..));
            let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
            Ok(format!("{before}\n\n{table}\n{after}"))
        }
        _ => bail!("the marks {begin} and {end} are not there"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_is_replaced() {
        let [begin, end] = marks("compare");
        let other = marks("other").join("\nkept\n");
        let text = format!("{other}\nbefore\n{begin}\nold\n{end}\nafter\n");
        let new = between_marks(&text, "compare", "| new |\n").unwrap();
        let expected = format!("{other}\nbefore\n{begin}\n\n| new |\n\n{end}\nafter\n");
        assert_eq!(new, expected);
        assert!(between_marks("no marks", "compare", "").is_err());
        assert!(between_marks(&format!("{end}{begin}"), "compare", "").is_err());
    }
}
