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
}
