//! What search engines should read.

use askama::Template;

/// Where what is (<https://www.sitemaps.org>).
#[derive(Debug, Template)]
#[template(path = "sitemap.xml", escape = "html")]
pub struct Sitemap {
    /// Whole addresses.
    pub addresses: Vec<String>,
}
