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
mod formats;
mod frame;
mod language;
mod link;
mod markdown;
pub mod pages;
mod text;
pub mod views;
mod when;
mod words;

pub use frame::{Frame, Site};
pub use language::Language;
pub use link::{WebLink, address, path};
pub use markdown::Markdown;
pub use text::Text;
