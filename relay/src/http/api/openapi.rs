//! The description of the API (OpenAPI 3.1), made from the routes themselves.

use bytes::Bytes;
use utoipa::OpenApi;
use utoipa::openapi::{InfoBuilder, LicenseBuilder, ServerBuilder};

use super::ROOT;

/// Where the description is, below [`ROOT`].
pub(super) const PATH: &str = "/openapi.json";

#[derive(OpenApi)]
#[openapi(tags(
    (name = "communities", description = "Communities and their members"),
    (name = "meetups", description = "Meetups and who comes"),
    (name = "people", description = "Where people go and what they belong to"),
    (name = "places", description = "Cities, topics, words and numbers"),
    (name = "events", description = "The way in for signed events"),
))]
struct Tags;

/// The description without its routes.
pub(super) fn description() -> utoipa::openapi::OpenApi {
    let about = "Communities, meetups and people of a Nostr relay. Lists are read page by page: `next` of an \
                 answer is the `cursor` of the next. Every answer may be asked for by HEAD and with \
                 If-None-Match. Problems are as RFC 9457 says and name the parameter.";
    let mut licence = LicenseBuilder::new().name("MIT OR Apache-2.0").build();
    licence.identifier = Some("MIT OR Apache-2.0".to_owned());
    let mut description = Tags::openapi();
    description.info = InfoBuilder::new()
        .title("Kith")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(about))
        .license(Some(licence))
        .build();
    description.servers = Some(vec![ServerBuilder::new().url(ROOT).build()]);
    description
}

/// The description as it is served.
pub(super) fn written(description: &utoipa::openapi::OpenApi) -> Bytes {
    // Nothing in it can fail to be written.
    description.to_json().unwrap_or_default().into()
}
