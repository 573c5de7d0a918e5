//! The pages of a relay: plain data in, HTML out.
//!
//! Owns what people see: templates, messages in six languages, the style sheet, how dates and numbers are
//! written, and which links and which Markdown are harmless. Must not know where the data comes from, what
//! time it is, or how a page gets to a browser.
//!
//! What others wrote comes in as [`Text`], [`WebLink`] or [`Markdown`], which cannot be dangerous any more;
//! templates escape everything else.

pub mod assets;
pub mod drafts;
pub mod feed;
mod formats;
mod frame;
mod handler;
mod language;
mod link;
mod live;
mod markdown;
mod mention;
pub mod pages;
mod preview;
mod qr;
mod text;
pub mod views;
mod when;
mod words;

pub use frame::{Frame, Site, Tiles};
pub use handler::{HANDLER, HANDLER_IDENTIFIER, handler};
pub use language::Language;
pub use link::{WebLink, address, path};
pub use markdown::Markdown;
pub use mention::{Line, MENTIONS_MAX, Mention, Mentioned, mentions_in};
pub use preview::{HEIGHT as PREVIEW_HEIGHT, Preview, WIDTH as PREVIEW_WIDTH};
pub use qr::Code;
pub use text::Text;
