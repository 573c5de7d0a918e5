//! The languages of the pages, and which of them somebody reads.

/// A language of the pages.
///
/// ```
/// use kith_web::Language;
/// assert_eq!(Language::accepted("fr-CA, en;q=0.5"), Some(Language::French));
/// assert_eq!(Language::named("ja"), Some(Language::Japanese));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// English, the language of what is not translated.
    #[default]
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
    /// Portuguese.
    Portuguese,
    /// Japanese.
    Japanese,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 6] = [
        Language::English,
        Language::German,
        Language::French,
        Language::Spanish,
        Language::Portuguese,
        Language::Japanese,
    ];

    /// Its code (BCP 47): the value of `lang`.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
            Language::French => "fr",
            Language::Spanish => "es",
            Language::Portuguese => "pt",
            Language::Japanese => "ja",
        }
    }

    /// What it calls itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::German => "Deutsch",
            Language::French => "Français",
            Language::Spanish => "Español",
            Language::Portuguese => "Português",
            Language::Japanese => "日本語",
        }
    }

    /// The language with this code, with or without a region.
    pub fn named(code: &str) -> Option<Language> {
        let primary = code.split(['-', '_']).next()?;
        Language::ALL
            .into_iter()
            .find(|language| language.code().eq_ignore_ascii_case(primary))
    }

    /// What somebody likes best of what `Accept-Language` says (RFC 9110 §12.5.4).
    pub fn accepted(header: &str) -> Option<Language> {
        let mut best: Option<(f32, Language)> = None;
        for range in header.split(',') {
            let (code, parameters) = range.split_once(';').unwrap_or((range, ""));
            let quality = parameters
                .split(';')
                .find_map(|parameter| parameter.trim().strip_prefix("q="));
            let quality = quality.map_or(1.0, |quality| quality.trim().parse().unwrap_or(0.0));
            if let Some(language) = Language::named(code.trim())
                && quality > best.map_or(0.0, |(quality, _)| quality)
            {
                best = Some((quality, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_liked_best_is_taken() {
        for (header, expected) in [
            ("", None),
            ("*", None),
            ("sv", None),
            ("sv, de-AT;q=0.7, en;q=0.8", Some(Language::English)),
            ("pt-BR", Some(Language::Portuguese)),
            ("de;q=0, ja;q=0.1", Some(Language::Japanese)),
            ("de;q=x", None),
            ("english", None),
        ] {
            assert_eq!(Language::accepted(header), expected, "{header}");
        }
    }
}
