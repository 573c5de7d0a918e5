//! What search engines should read (<https://www.sitemaps.org>).

use askama::Template;

/// Where pages are.
#[derive(Debug, Template)]
#[template(path = "sitemap.xml", escape = "html")]
pub struct Sitemap {
    /// Whole addresses.
    pub addresses: Vec<String>,
}

/// Where sitemaps are, when one has not room for everything.
#[derive(Debug, Template)]
#[template(path = "sitemap-index.xml", escape = "html")]
pub struct SitemapIndex {
    /// Whole addresses.
    pub addresses: Vec<String>,
}
