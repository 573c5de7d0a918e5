//! What pages need beside HTML, under names that change with the content, so that a browser may keep it
//! for ever.

use std::borrow::Cow;
use std::sync::LazyLock;

use rust_embed::RustEmbed;

/// The beginning of all paths of assets.
pub const ROOT: &str = "/assets";

/// Bytes of the hash in a path.
const HASH_BYTES: usize = 8;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

/// A file.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Its content.
    pub content: Cow<'static, [u8]>,
    /// Its media type.
    pub media_type: &'static str,
}

/// The file at `/assets/<hash>/<name>`, if its content has this hash.
///
/// ```
/// use kith_web::assets;
/// let path = assets::style_path();
/// let (hash, name) = path.strip_prefix("/assets/").and_then(|path| path.split_once('/')).unwrap();
/// assert_eq!(assets::find(hash, name).unwrap().media_type, "text/css; charset=utf-8");
/// assert!(assets::find("0000000000000000", name).is_none());
/// ```
pub fn find(hash: &str, name: &str) -> Option<Asset> {
    let file = Files::get(name)?;
    (hash_of(&file) == hash).then(|| Asset {
        media_type: media_type(name),
        content: file.data,
    })
}

/// Where the style sheet is.
pub fn style_path() -> &'static str {
    static PATH: LazyLock<String> = LazyLock::new(|| path_of("style.css"));
    &PATH
}

/// Where the picture of the pages is that browsers show on tabs.
pub fn icon_path() -> &'static str {
    static PATH: LazyLock<String> = LazyLock::new(|| path_of("icon.svg"));
    &PATH
}

fn path_of(name: &str) -> String {
    let hash = Files::get(name).map(|file| hash_of(&file));
    format!("{ROOT}/{}/{name}", hash.unwrap_or_default())
}

fn hash_of(file: &rust_embed::EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let bytes = hash.iter().take(HASH_BYTES);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_leads_to_its_file() {
        for path in [style_path(), icon_path()] {
            let rest = path.strip_prefix("/assets/").unwrap();
            let (hash, name) = rest.split_once('/').unwrap();
            assert_eq!(hash.len(), 2 * HASH_BYTES);
            assert!(!find(hash, name).unwrap().content.is_empty());
        }
        assert!(find("", "nothing.css").is_none());
    }
}
