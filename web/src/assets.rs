//! What pages need beside HTML, under paths that change with the content, so that a browser may keep it
//! for ever. All files have one folder, named after what is in any of them: so a module finds the next one by a
//! relative path, and never one of another version.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use rust_embed::RustEmbed;

/// The beginning of all paths of assets.
pub const ROOT: &str = "/assets";

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

/// The file at `/assets/<hash>/<name>`, if this is the hash of what there is.
///
/// ```
/// use kith_web::assets;
/// let path = assets::style_path();
/// let (hash, name) = path.strip_prefix("/assets/").and_then(|path| path.split_once('/')).unwrap();
/// assert_eq!(assets::find(hash, name).unwrap().media_type, "text/css; charset=utf-8");
/// assert!(assets::find("0000000000000000", name).is_none());
/// ```
pub fn find(hash: &str, name: &str) -> Option<Asset> {
    if hash != *HASH {
        return None;
    }
    let file = Files::get(name)?;
    Some(Asset {
        media_type: media_type(name),
        content: file.data,
    })
}

/// Where the module is that every page begins with.
pub fn script_path() -> &'static str {
    static PATH: LazyLock<String> = LazyLock::new(|| path_of("js/page.js"));
    &PATH
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
    format!("{ROOT}/{}/{name}", *HASH)
}

/// Changes with every file.
static HASH: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = DefaultHasher::new();
    for name in Files::iter() {
        name.hash(&mut hasher);
        let hash = Files::get(&name).map(|file| file.metadata.sha256_hash());
        hash.hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
});

fn media_type(name: &str) -> &'static str {
    match name.rsplit(['.', '/']).next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("LICENSE" | "VERSION") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// What the modules of a page that is read may weigh, compressed, without the map.
    const READING_BYTES_MAX: usize = 40_000;

    fn content(path: &str) -> String {
        let (hash, name) = path[ROOT.len() + 1..].split_once('/').unwrap();
        String::from_utf8(find(hash, name).unwrap().content.into_owned()).unwrap()
    }

    /// The modules that a module imports, as paths; those that it imports when they are needed, too if wanted.
    fn imports(path: &str, later: bool) -> BTreeSet<String> {
        let text = content(path);
        let mut found = BTreeSet::new();
        for line in text
            .lines()
            .filter(|line| !line.trim_start().starts_with(['*', '/']))
        {
            // A thread of its own begins with a module too.
            for begin in [
                " from '",
                " from \"",
                "import '",
                "import('",
                "new Worker(new URL('",
            ] {
                let is_later = begin.ends_with("('");
                for rest in line.split(begin).skip(1).filter(|_| later || !is_later) {
                    let end = rest.find(['\'', '"']).unwrap();
                    found.insert(joined(path, &rest[..end]));
                }
            }
        }
        found
    }

    fn joined(from: &str, relative: &str) -> String {
        assert!(relative.starts_with('.'), "{from} imports {relative}");
        let mut parts: Vec<&str> = from.split('/').collect();
        parts.pop();
        for part in relative.split('/') {
            match part {
                "." => {}
                ".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        parts.join("/")
    }

    /// Everything that a module leads to.
    fn graph(from: &str, later: bool) -> BTreeSet<String> {
        let mut known = BTreeSet::from([from.to_owned()]);
        let mut new = vec![from.to_owned()];
        while let Some(path) = new.pop() {
            for found in imports(&path, later) {
                if known.insert(found.clone()) {
                    new.push(found);
                }
            }
        }
        known
    }

    #[test]
    fn every_path_leads_to_its_file() {
        for path in [style_path(), icon_path(), script_path()] {
            assert!(!content(path).is_empty());
        }
        assert!(find("", "style.css").is_none());
        assert!(find(&HASH, "nothing.css").is_none());
        assert!(find(&HASH, "../Cargo.toml").is_none());
    }

    #[test]
    fn every_import_leads_to_a_module_and_every_module_is_imported() {
        let modules = graph(script_path(), true);
        let ours = Files::iter().filter(|name| name.ends_with(".js"));
        for name in ours {
            assert!(
                modules.contains(&path_of(&name)),
                "{name} is imported by nobody"
            );
        }
    }

    #[test]
    fn what_is_read_needs_few_and_small_modules() {
        // What a page that is read begins with, and what it may load for the parts that are on it.
        let mut modules = graph(script_path(), false);
        for part in [
            "js/form.js",
            "js/live.js",
            "js/meetup.js",
            "js/community.js",
            "js/times.js",
            "js/near.js",
            "js/places.js",
        ] {
            modules.extend(graph(&path_of(part), false));
        }
        assert!(
            modules.iter().all(|path| !path.contains("/vendor/")),
            "{modules:?}"
        );
        let bytes: usize = modules.iter().map(|path| compressed(&content(path))).sum();
        assert!(bytes < READING_BYTES_MAX, "{bytes} bytes in {modules:?}");
    }

    /// Bytes of a text that a server would send.
    fn compressed(text: &str) -> usize {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
        encoder.finish().unwrap().len()
    }

    #[test]
    fn what_is_of_others_has_its_licence_beside_it() {
        let vendored = Files::iter().filter(|name| name.starts_with("vendor/"));
        let folders: BTreeSet<String> = vendored
            .map(|name| name.split('/').nth(1).unwrap().to_owned())
            .collect();
        assert!(folders.len() > 3);
        for folder in folders {
            let path = format!("vendor/{folder}/LICENSE");
            let licence = find(&HASH, &path).unwrap_or_else(|| panic!("{path} is missing"));
            assert_eq!(licence.media_type, "text/plain; charset=utf-8");
        }
    }
}
