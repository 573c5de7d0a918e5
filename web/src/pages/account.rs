//! Who is signed in on this browser: a page that is the same for everybody, which scripts fill. It has the
//! dialogs of signing too, so that other pages need not carry them.

use askama::Template;

use crate::frame::Frame;

/// The account.
#[derive(Debug, Template)]
#[template(path = "account.html")]
pub struct Account {
    /// What surrounds it.
    pub frame: Frame,
    /// The names that this relay gives.
    pub names: Option<NamesGiven>,
}

/// Names that a relay gives at its host (NIP-05).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamesGiven {
    /// What stands behind the `@`.
    pub host: String,
    /// Whether they are for members only.
    pub to_members: bool,
}

impl Account {
    fn names_hint(&self, names: &NamesGiven) -> String {
        let message = match names.to_members {
            true => "profile-names-members",
            false => "profile-names",
        };
        let example = format!("anna@{}", names.host);
        self.frame.say_with(message, "example", &example)
    }
}
