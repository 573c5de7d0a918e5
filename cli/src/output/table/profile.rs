//! What people say of themselves, on a page.

use super::page::Page;
use crate::output::profile::{IdentifierView, ProfileShown};

impl Page {
    /// `profile show`, `profile set`.
    pub fn profile(&mut self, shown: &ProfileShown) {
        let name = shown.name.as_deref().unwrap_or_default();
        match shown.changed {
            Some(true) => self.heading("Others see from now on:"),
            Some(false) => self.heading("Others see already:"),
            None if shown.says_nothing() => {
                self.heading(&shown.npub);
                self.line(match shown.yours {
                    true => "you say nothing of yourself; `kith profile set --help` says how",
                    false => "says nothing of themselves",
                });
                return;
            }
            None => self.heading(if name.is_empty() { "(no name)" } else { name }),
        }
        if shown.changed.is_some() {
            self.fact("name", name);
        }
        self.fact("public key", &shown.npub);
        if let Some(identifier) = &shown.identifier {
            self.fact("identifier", &checked(identifier));
        }
        self.fact("website", shown.website.as_deref().unwrap_or_default());
        self.fact("picture", shown.picture.as_deref().unwrap_or_default());
        if let Some(published) = &shown.published {
            self.published(published);
        }
        self.paragraphs(shown.about.as_deref().unwrap_or_default());
    }
}

impl ProfileShown {
    fn says_nothing(&self) -> bool {
        let texts = [&self.name, &self.about, &self.picture, &self.website];
        texts.into_iter().all(Option::is_none) && self.identifier.is_none()
    }
}

/// "ben@example.com, which its domain confirms"
fn checked(identifier: &IdentifierView) -> String {
    let text = &identifier.identifier;
    let reason = identifier.reason.as_deref().unwrap_or_default();
    match identifier.state {
        "valid" => format!("{text}, which its domain confirms"),
        "invalid" => format!("{text}, which is not theirs: {reason}"),
        _ => format!("{text}, which nobody confirms now: {reason}"),
    }
}
