//! The folders of one person: where they are, and how a file in them is written. Knows nothing of what
//! the files hold.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use etcetera::BaseStrategy as _;

use super::{Environment, SettingsError};

/// The configuration folder.
#[derive(Debug, Clone)]
pub struct ConfigFolder(pub(super) PathBuf);

impl ConfigFolder {
    /// `KITH_CONFIG_DIR`, else the user's own configuration folder.
    pub fn find(environment: &Environment) -> Result<Self, SettingsError> {
        if let Some(folder) = &environment.config_dir {
            return Ok(Self(folder.clone()));
        }
        etcetera::choose_base_strategy()
            .map(|folders| Self(folders.config_dir().join("kith")))
            .map_err(|_| SettingsError::NoFolder)
    }

    /// Where the program keeps what nobody writes by hand: `KITH_CONFIG_DIR`, else the user's own
    /// data folder.
    pub fn find_data(environment: &Environment) -> Result<Self, SettingsError> {
        match &environment.config_dir {
            Some(folder) => Ok(Self(folder.clone())),
            None => etcetera::choose_base_strategy()
                .map(|folders| Self(folders.data_dir().join("kith")))
                .map_err(|_| SettingsError::NoFolder),
        }
    }

    /// The path of a file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Makes the folder, readable by its owner only.
    pub fn create(&self) -> std::io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.0)
    }

    /// Writes a file so that a reader sees the old or the new one, whole, and
    /// so that nobody else can read it. Without `replace` an existing file is
    /// left alone and the error is `AlreadyExists`.
    pub fn write(&self, name: &str, text: &str, replace: bool) -> std::io::Result<()> {
        self.create()?;
        let mut file = tempfile::Builder::new()
            .prefix(".kith-")
            .tempfile_in(&self.0)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        let path = self.file(name);
        if replace {
            file.persist(path).map_err(|error| error.error)?;
        } else {
            file.persist_noclobber(path).map_err(|error| error.error)?;
        }
        #[cfg(unix)]
        fs::File::open(&self.0)?.sync_all()?;
        Ok(())
    }
}
