//! Keys, relays and files on a page.

use super::page::{NO_GUARANTEE, Page};
use crate::output::account::{KeySaved, KeyShown, LoggedIn, LoggedOut, ManPages, Relays, Vanished};
use crate::output::doctor::{Check, Health};
use crate::settings::Source;

impl Page {
    /// `keys new`, `keys import`.
    pub fn key_saved(&mut self, saved: &KeySaved) {
        self.heading("Your key is ready");
        self.fact("public key", &saved.npub);
        self.fact("hex", &saved.public_key);
        self.fact("file", &saved.file.display().to_string());
        if let Some(kept) = &saved.replaced_key_file {
            self.fact("old key", &kept.display().to_string());
        }
        self.line(match saved.in_keyring {
            true => "It is in the keyring of this system: nobody can give you a new copy.",
            false => "Keep the file and its password: nobody can give you a new copy.",
        });
        self.next(&saved.next);
    }

    /// `keys show`.
    pub fn key(&mut self, key: &KeyShown) {
        self.fact("public key", &key.npub);
        self.fact("hex", &key.public_key);
        match &key.file {
            Some(file) => self.fact("file", &file.display().to_string()),
            None => self.fact("from", "KITH_KEY"),
        }
        if let Some(secret) = &key.secret_key {
            self.fact("secret key", secret);
        }
    }

    /// `login`.
    pub fn logged_in(&mut self, login: &LoggedIn) {
        self.heading("Your signer signs from now on");
        self.fact("public key", &login.npub);
        self.fact("hex", &login.public_key);
        self.fact("signer", &login.signer_public_key);
        for relay in &login.relays {
            self.fact("over", relay);
        }
        self.line("`kith logout` ends that.");
    }

    /// `logout`.
    pub fn logged_out(&mut self, logout: &LoggedOut) {
        self.heading("Your signer does not sign here any more");
        self.fact("public key", &logout.npub);
    }

    /// `doctor`.
    pub fn doctor(&mut self, checks: &[Check]) {
        for check in checks {
            let mark = match check.health {
                Health::Well => "ok",
                Health::Doubtful => "note",
                Health::Wrong => "wrong",
            };
            self.fact(mark, &format!("{}: {}", check.subject, check.finding));
            if let Some(remedy) = &check.remedy {
                self.fact("", remedy);
            }
        }
    }

    /// `relays …`.
    pub fn relays(&mut self, relays: &Relays) {
        for relay in &relays.relays {
            self.line(relay);
        }
        self.blank();
        self.line(match relays.source {
            Source::Flag => "named by --relay",
            Source::Environment => "named by KITH_RELAYS",
            Source::File => "from the configuration",
            Source::Default => "used because none is configured; see `kith relays add --help`",
        });
    }

    /// `vanish`.
    pub fn vanished(&mut self, vanished: &Vanished) {
        self.heading("Asked to delete all that your key wrote");
        self.published(&vanished.published);
        self.line(NO_GUARANTEE);
    }

    /// `man --out`.
    pub fn man_pages(&mut self, pages: &ManPages) {
        for file in &pages.files {
            self.line(&file.display().to_string());
        }
    }
}
