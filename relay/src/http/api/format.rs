//! In which format a list is answered: by the ending of the path, the parameter `format`, or `Accept`, in
//! this order; else as JSON.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use http::header::ACCEPT;
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, Uri};

use super::problem::Problem;
use super::values::{Formatted, OneFormat};

/// A format of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Pages of objects.
    Json,
    /// RFC 7946.
    GeoJson,
    /// RFC 5545.
    ICalendar,
    /// RFC 4287.
    Atom,
}

impl Format {
    /// All of them, the usual one first.
    pub(super) const ALL: [Format; 4] = [
        Format::Json,
        Format::GeoJson,
        Format::ICalendar,
        Format::Atom,
    ];

    /// Its name: the value of `format`, and the ending of a path.
    pub(super) fn name(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::GeoJson => "geojson",
            Format::ICalendar => "ics",
            Format::Atom => "atom",
        }
    }

    /// Its media type.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Format::Json => "application/json",
            Format::GeoJson => "application/geo+json",
            Format::ICalendar => "text/calendar",
            Format::Atom => "application/atom+xml",
        }
    }

    /// Its media type, as it is written in an answer.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Format::ICalendar => "text/calendar; charset=utf-8",
            Format::Json | Format::GeoJson | Format::Atom => self.media_type(),
        }
    }

    /// The format of this name.
    pub(super) fn named(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The format that a client likes best.
    fn accepted(headers: &HeaderMap) -> Option<Format> {
        let values = headers.get_all(ACCEPT).iter();
        let ranges = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','));
        let mut best: Option<(f32, Format)> = None;
        for range in ranges {
            let (name, parameters) = range.split_once(';').unwrap_or((range, ""));
            let name = name.trim();
            let wanted = Format::ALL
                .into_iter()
                .find(|format| format.media_type().eq_ignore_ascii_case(name));
            let quality = quality(parameters);
            if let Some(format) = wanted
                && quality > best.map_or(0.0, |(quality, _)| quality)
            {
                best = Some((quality, format));
            }
        }
        best.map(|(_, format)| format)
    }
}

fn quality(parameters: &str) -> f32 {
    let value = parameters
        .split(';')
        .find_map(|parameter| parameter.trim().strip_prefix("q="));
    value.map_or(1.0, |value| value.trim().parse().unwrap_or(0.0))
}

/// The ending that the path of a request had.
#[derive(Debug, Clone, Copy)]
struct Ending(Format);

/// Takes the ending of a path off, so that the routes need not know endings.
pub(super) async fn take_ending(mut request: Request) -> Request {
    let path = request.uri().path();
    let Some((rest, ending)) = path.rsplit_once('.') else {
        return request;
    };
    let Some(format) = Format::named(ending) else {
        return request;
    };
    if !is_formatted(rest) {
        return request;
    }
    let rest = match request.uri().query() {
        Some(query) => format!("{rest}?{query}"),
        None => rest.to_owned(),
    };
    let mut parts = request.uri().clone().into_parts();
    if let Ok(path_and_query) = PathAndQuery::try_from(rest) {
        parts.path_and_query = Some(path_and_query);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
            request.extensions_mut().insert(Ending(format));
        }
    }
    request
}

/// Whether there are formats of what is at this path: of lists, and of a single meetup.
fn is_formatted(path: &str) -> bool {
    let mut segments = path.rsplit('/');
    let last = segments.next().unwrap_or_default();
    matches!(last, "communities" | "meetups" | "agenda") || segments.eq(["meetups", ""])
}

/// What a request says about formats beside its parameters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Preference {
    ending: Option<Format>,
    accepted: Option<Format>,
}

impl Preference {
    /// The format of the answer. `parameter` is what the parameter `format` says.
    pub(super) fn choose<T: Formatted>(
        self,
        parameter: Option<OneFormat<T>>,
    ) -> Result<Format, Problem> {
        let is_offered = |format: &Format| T::FORMATS.contains(format);
        if let Some(format) = self.ending {
            let not_found = || Problem::not_found("format of this");
            return Some(format).filter(is_offered).ok_or_else(not_found);
        }
        let chosen = parameter.map(|parameter| parameter.format);
        let accepted = self.accepted.filter(is_offered);
        Ok(chosen.or(accepted).unwrap_or(Format::Json))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Preference {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Preference {
            ending: parts.extensions.get().map(|Ending(format)| *format),
            accepted: Format::accepted(&parts.headers),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn accepted(value: &'static str) -> Option<Format> {
        Format::accepted(&HeaderMap::from_iter([(
            ACCEPT,
            HeaderValue::from_static(value),
        )]))
    }

    #[test]
    fn the_best_format_that_is_known_is_taken() {
        assert_eq!(accepted("*/*"), None);
        assert_eq!(
            accepted("text/html, application/geo+json"),
            Some(Format::GeoJson)
        );
        assert_eq!(accepted("text/calendar;q=0"), None);
        assert_eq!(
            accepted("application/json;q=0.5, Application/Atom+XML; q=0.8"),
            Some(Format::Atom)
        );
        assert_eq!(
            accepted("text/calendar, application/json"),
            Some(Format::ICalendar)
        );
    }

    #[tokio::test]
    async fn the_ending_of_a_path_is_taken_off() {
        for (given, path, format) in [
            (
                "/meetups.ics?limit=2",
                "/meetups?limit=2",
                Some(Format::ICalendar),
            ),
            (
                "/communities/ab/meetups.atom",
                "/communities/ab/meetups",
                Some(Format::Atom),
            ),
            (
                "/meetups/naddr1.ics",
                "/meetups/naddr1",
                Some(Format::ICalendar),
            ),
            ("/openapi.json", "/openapi.json", None),
            ("/communities/ab.ics", "/communities/ab.ics", None),
            ("/meetups.pdf", "/meetups.pdf", None),
            ("/a.b/meetups", "/a.b/meetups", None),
        ] {
            let request = Request::builder().uri(given).body(Default::default());
            let taken = take_ending(request.unwrap()).await;
            assert_eq!(taken.uri().to_string(), path);
            let ending = taken.extensions().get::<Ending>().map(|ending| ending.0);
            assert_eq!(ending, format, "{given}");
        }
    }
}
