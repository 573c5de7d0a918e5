//! What people write about a community or a meetup: descriptions, pictures, topics. A description is
//! given on the command line, in a file, or on standard input.

use std::fs;
use std::io::Read;
use std::path::Path;

use kith_nips::lbc::Topic;

use crate::arguments::community::Description;
use crate::errors::CliError;
use crate::exit_code::ExitCode;

/// Largest description that is read, in bytes. Relays take notes of about twice
/// that at most.
const DESCRIPTION_BYTES_MAX: u64 = 64 * 1024;

/// The description, when one was given.
pub fn description(typed: &Description) -> Result<Option<String>, CliError> {
    let Some(path) = &typed.description_file else {
        return Ok(typed.description.clone());
    };
    let text = if path == Path::new("-") {
        read(std::io::stdin().lock())
    } else {
        fs::File::open(path).and_then(read)
    };
    let text = text.map_err(|error| CliError::file("read", path, &error))?;
    if text.len() as u64 > DESCRIPTION_BYTES_MAX {
        return Err(CliError::plain(
            ExitCode::Usage,
            format!(
                "{} is longer than {DESCRIPTION_BYTES_MAX} bytes",
                path.display()
            ),
        ));
    }
    Ok(Some(text.trim_end().to_owned()))
}

/// The address of a picture: http or https.
pub fn image(typed: &str) -> Result<String, CliError> {
    let address = typed.trim();
    let web = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"));
    match web {
        Some(rest) if !rest.is_empty() && !address.contains(char::is_whitespace) => {
            Ok(address.to_owned())
        }
        _ => Err(CliError::usage(
            format!("\"{typed}\" is not the address of a picture"),
            "addresses start with https://",
        )),
    }
}

/// Topics in lower case, each once; a blank one is an error.
pub fn topics(typed: &[String]) -> Result<Vec<Topic>, CliError> {
    let mut topics: Vec<Topic> = Vec::new();
    for text in typed {
        let topic = Topic::new(text).ok_or_else(|| {
            CliError::usage(
                "--topic: a topic cannot be blank",
                "name it in one word: --topic rust",
            )
        })?;
        if !topics.contains(&topic) {
            topics.push(topic);
        }
    }
    Ok(topics)
}

/// A title; a blank one is an error.
pub fn title(typed: &str) -> Result<&str, CliError> {
    match typed.trim() {
        "" => Err(CliError::usage(
            "the title is empty",
            "name it in a few words",
        )),
        title => Ok(title),
    }
}

/// The error of an edit without an edit.
pub fn nothing_to_change(command: &str) -> CliError {
    CliError::usage(
        "nothing to change",
        format!("name what is new, such as --title; see `{command} --help`"),
    )
}

/// A new value, an empty one, or no change.
pub fn replaced<T: Default>(new: Option<T>, is_removed: bool) -> Option<T> {
    match is_removed {
        true => Some(T::default()),
        false => new,
    }
}

fn read(source: impl Read) -> std::io::Result<String> {
    let mut text = String::new();
    source
        .take(DESCRIPTION_BYTES_MAX.saturating_add(1))
        .read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_file(path: &Path) -> Result<Option<String>, CliError> {
        description(&Description {
            description: None,
            description_file: Some(path.to_owned()),
        })
    }

    #[test]
    fn a_description_comes_from_the_line_or_from_a_file() {
        let typed = Description {
            description: Some("here".to_owned()),
            description_file: None,
        };
        assert_eq!(description(&typed).unwrap().as_deref(), Some("here"));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("about.md");
        assert_eq!(from_file(&file).unwrap_err().code, ExitCode::Failure);
        fs::write(&file, "# About\n\nus\n").unwrap();
        assert_eq!(from_file(&file).unwrap().as_deref(), Some("# About\n\nus"));
        fs::write(&file, "x".repeat(65 * 1024)).unwrap();
        assert_eq!(from_file(&file).unwrap_err().code, ExitCode::Usage);
        fs::write(&file, [0xff, 0xfe]).unwrap();
        assert!(from_file(&file).is_err());
    }

    #[test]
    fn lbc_45_topics_are_in_lower_case_and_each_once() {
        let typed = ["Rust", " rust ", "WASM"].map(str::to_owned);
        let topics: Vec<String> = topics(&typed)
            .unwrap()
            .iter()
            .map(Topic::to_string)
            .collect();
        assert_eq!(topics, ["rust", "wasm"]);
        assert_eq!(
            super::topics(&[" ".to_owned()]).unwrap_err().code,
            ExitCode::Usage
        );
    }

    #[test]
    fn a_title_is_not_blank() {
        assert_eq!(title(" Chips ").unwrap(), "Chips");
        assert_eq!(title(" \t").unwrap_err().code, ExitCode::Usage);
    }

    #[test]
    fn pictures_are_web_addresses() {
        assert_eq!(
            image(" https://example.com/a.png ").unwrap(),
            "https://example.com/a.png"
        );
        for text in [
            "",
            "a.png",
            "https://",
            "javascript:alert(1)",
            "https://a b",
        ] {
            assert!(image(text).is_err(), "{text:?}");
        }
    }
}
