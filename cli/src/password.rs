//! Where passwords come from: `--password-file`, `KITH_PASSWORD`, or the person at the terminal. It
//! knows nothing of what they unlock.

use std::fmt;
use std::fs;
use std::io::Read;
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::errors::CliError;
use crate::exit_code::ExitCode;
use crate::keystore::KEY_FILE_BYTES_MAX;
use crate::prompt::{Prompt, PromptError};

/// How a script gives the password.
const INSTEAD: &str = "set KITH_PASSWORD or give --password-file";

/// Where the passwords of this run come from.
#[derive(Clone, Default)]
pub struct Password {
    file: Option<PathBuf>,
    variable: Option<Zeroizing<String>>,
    prompt: Prompt,
}

impl fmt::Debug for Password {
    /// Without the password: it must not get into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Password")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

impl Password {
    /// `file` comes before `variable`, and both before the person.
    pub fn new(file: Option<PathBuf>, variable: Option<Zeroizing<String>>, prompt: Prompt) -> Self {
        Self {
            file,
            variable,
            prompt,
        }
    }

    /// One that was given, else asked for.
    pub fn get(&self, question: &str) -> Result<Zeroizing<String>, CliError> {
        match self.given()? {
            Some(password) => Ok(password),
            None => self.prompt.secret(question, false, INSTEAD).map_err(none),
        }
    }

    /// One that was given, else asked for twice.
    pub fn get_new(&self) -> Result<Zeroizing<String>, CliError> {
        match self.given()? {
            Some(password) => Ok(password),
            None => self
                .prompt
                .secret("New password for your key", true, INSTEAD)
                .map_err(none),
        }
    }

    /// One that was given; nobody is asked.
    pub fn given(&self) -> Result<Option<Zeroizing<String>>, CliError> {
        let Some(path) = &self.file else {
            return Ok(self.variable.clone());
        };
        let mut text = Zeroizing::new(String::new());
        fs::File::open(path)
            .and_then(|file| file.take(KEY_FILE_BYTES_MAX).read_to_string(&mut text))
            .map_err(|error| CliError::file("read", path, &error))?;
        let line = text.lines().next().unwrap_or_default();
        Ok(Some(Zeroizing::new(line.to_owned())))
    }
}

/// No password is a key problem for scripts, however it came about.
fn none(error: PromptError) -> CliError {
    CliError {
        code: ExitCode::Key,
        ..CliError::from(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_comes_before_the_variable_and_only_its_first_line_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        let variable = Some(Zeroizing::new("variable".to_owned()));
        let both = Password::new(Some(path.clone()), variable.clone(), Prompt::default());
        assert_eq!(both.given().unwrap_err().code, ExitCode::Failure);
        fs::write(&path, "from the file\r\nanother line\n").unwrap();
        assert_eq!(both.get("?").unwrap().as_str(), "from the file");
        assert_eq!(
            Password::new(None, variable, Prompt::default())
                .given()
                .unwrap()
                .unwrap()
                .as_str(),
            "variable"
        );
        assert!(Password::default().given().unwrap().is_none());
        assert!(!format!("{both:?}").contains("variable"));
    }
}
