//! What the relay answers to web browsers.

use super::section::section;

section! {
    /// What the relay answers to web browsers on the same port.
    pub struct Http = "http" {
        /// Whether the relay shows pages to people: meetups, communities, and itself.
        live page: bool = true;
        /// Whether the relay tells other applications of its pages in a note that it signs (NIP-89). Needs
        /// `server.public_url`.
        live announce_pages: bool = false;
        /// Whether pages show pictures, which browsers fetch from wherever their authors keep them.
        live pictures: bool = true;
        /// Where maps on pages have their tiles from, such as `https://tiles.example.com/{z}/{x}/{y}.png`; none is the
        /// outline of the world. Readers' browsers fetch them there.
        live map_tiles: Option<String> = None, check check_tiles;
        /// Whose map the tiles are, as their owners want it said.
        live map_attribution: String = "© OpenStreetMap contributors".to_owned(), check check_attribution;
        /// Whether the relay answers questions over HTTP, under /api/v1.
        live api: bool = true;
    }
}

/// Characters of whose map it is.
const ATTRIBUTION_CHARS_MAX: usize = 200;

fn check_tiles(tiles: &Option<String>) -> Result<(), String> {
    let Some(tiles) = tiles else { return Ok(()) };
    let has_all = ["{z}", "{x}", "{y}"]
        .iter()
        .all(|part| tiles.contains(part));
    let rest = tiles
        .strip_prefix("https://")
        .or_else(|| tiles.strip_prefix("http://"));
    let is_host = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
    // The host goes into what pages allow themselves to load.
    let has_host = rest
        .and_then(|rest| rest.split_once('/'))
        .is_some_and(|(host, _)| !host.is_empty() && host.chars().all(is_host));
    let is_plain = |c: char| c.is_ascii_graphic() && !"\"'<>\\`".contains(c);
    if has_all && has_host && tiles.chars().all(is_plain) {
        return Ok(());
    }
    Err(format!(
        "expected an address such as \"https://tiles.example.com/{{z}}/{{x}}/{{y}}.png\", found \"{tiles}\""
    ))
}

fn check_attribution(text: &str) -> Result<(), String> {
    match text.chars().count() {
        count if count <= ATTRIBUTION_CHARS_MAX => Ok(()),
        count => Err(format!(
            "expected at most {ATTRIBUTION_CHARS_MAX} characters, found {count}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_come_from_one_host_and_have_numbers() {
        let check = |tiles: &str| check_tiles(&Some(tiles.to_owned()));
        assert!(check_tiles(&None).is_ok());
        assert!(check("https://tiles.example.com:8443/osm/{z}/{x}/{y}@2x.png?key=a").is_ok());
        for wrong in [
            "",
            "https://tiles.example.com/{z}/{x}.png",
            "https://{s}.tiles.example.com/{z}/{x}/{y}.png",
            "https://a; script-src */{z}/{x}/{y}",
            "/tiles/{z}/{x}/{y}.png",
            "https://{z}{x}{y}",
        ] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }
}
