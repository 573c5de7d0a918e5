//! What search engines should read (<https://www.sitemaps.org>).

use askama::Template;

use crate::frame::Frame;

/// Where pages are.
#[derive(Debug, Template)]
#[template(path = "sitemap.xml", escape = "html")]
pub struct Sitemap<'a> {
    /// What is before their paths.
    pub frame: &'a Frame,
    /// The pages.
    pub links: &'a [SitemapLink],
}

/// A page, or a part of a sitemap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitemapLink {
    /// Its path.
    pub path: String,
    /// When what it is about was written last, Unix seconds; `None` where that is not one note's matter.
    pub changed_at: Option<u64>,
}

/// Where sitemaps are, when one has not room for everything.
#[derive(Debug, Template)]
#[template(path = "sitemap-index.xml", escape = "html")]
pub struct SitemapIndex<'a> {
    /// What is before their paths.
    pub frame: &'a Frame,
    /// The parts.
    pub parts: Vec<SitemapLink>,
}

impl SitemapLink {
    /// A page that shows many things.
    pub fn of_many(path: impl Into<String>) -> SitemapLink {
        SitemapLink {
            path: path.into(),
            changed_at: None,
        }
    }

    /// The time as sitemaps have it (W3C Datetime).
    fn lastmod(&self) -> Option<String> {
        let instant = crate::when::instant(self.changed_at?)?;
        Some(instant.to_string())
    }
}
