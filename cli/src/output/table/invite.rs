//! An invitation on a page.

use super::page::Page;
use crate::output::invite::Invitation;

impl Page {
    /// `invite`.
    pub fn invitation(&mut self, invitation: &Invitation) {
        self.heading(&invitation.title);
        self.line(&invitation.link);
        if let Some(web) = &invitation.web {
            self.line(web);
        }
        if let Some(code) = &invitation.qr {
            self.blank();
            self.picture(code);
        }
        if let Some(file) = &invitation.qr_file {
            self.line(&format!("QR code in {}", file.display()));
        }
    }
}
