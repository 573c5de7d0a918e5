//! Becoming a member of the relay (NIP-43). The code is behind the `#` of the link: it is in no log.

use askama::Template;

use crate::frame::Frame;

/// A form for an invite code.
#[derive(Debug, Template)]
#[template(path = "join.html")]
pub struct Join {
    /// What surrounds it.
    pub frame: Frame,
}
