//! NIP-11: the document in which a relay describes itself, and when to answer with it. Serving it
//! over HTTP is the relay's.

mod limits;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::nip01::PublicKey;

pub use self::limits::BrokenLimit;

/// The media type of the document.
pub const MEDIA_TYPE: &str = "application/nostr+json";

/// What a relay says of itself. Members that are not set are left out when written; when read,
/// unknown members and values of a wrong type are ignored.
///
/// ```
/// use kith_nips::nip11::{Limitation, RelayInformation};
/// let information = RelayInformation {
///     name: Some("Brighton".into()),
///     supported_nips: Some(vec![1, 11]),
///     limitation: Some(Limitation { max_subid_length: Some(64), ..Limitation::default() }),
///     ..RelayInformation::default()
/// };
/// assert_eq!(
///     information.to_json(),
///     r#"{"name":"Brighton","supported_nips":[1,11],"limitation":{"max_subid_length":64}}"#,
/// );
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RelayInformation {
    /// A name of less than 30 characters.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub name: Option<String>,
    /// Plain text.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub description: Option<String>,
    /// URL of a wide picture.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub banner: Option<String>,
    /// URL of a square picture.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub icon: Option<String>,
    /// The administrator.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub pubkey: Option<PublicKey>,
    /// The relay's own key.
    #[serde(
        rename = "self",
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient"
    )]
    pub own_pubkey: Option<PublicKey>,
    /// URI of another way to reach the administrator.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub contact: Option<String>,
    /// Numbers of the NIPs that are switched on, sorted, each once.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient_list"
    )]
    pub supported_nips: Option<Vec<u16>>,
    /// URL of the program; some relays give its name.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub software: Option<String>,
    /// Version of the program.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub version: Option<String>,
    /// URL of the terms.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub terms_of_service: Option<String>,
    /// Enforced limits.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub limitation: Option<Limitation>,
    /// URL where fees are paid.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub payments_url: Option<String>,
    /// What using the relay costs.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub fees: Option<Fees>,
}

/// Limits as enforced. Times are relative to the relay's clock.
///
/// ```
/// use kith_nips::nip11::RelayInformation;
/// let text = r#"{"limitation":{"max_limit":500,"auth_required":"maybe"}}"#;
/// let limitation = RelayInformation::from_json(text).limitation.unwrap();
/// assert_eq!(limitation.max_limit, Some(500));
/// assert_eq!(limitation.auth_required, None);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limitation {
    /// Bytes of UTF-8 of a whole message, brackets included.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub max_message_length: Option<u64>,
    /// Open subscriptions of one connection.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub max_subscriptions: Option<u64>,
    /// Ceiling for `limit` in a filter.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub max_limit: Option<u64>,
    /// Code points of a subscription id.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub max_subid_length: Option<u64>,
    /// Tags of an event.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub max_event_tags: Option<u64>,
    /// Code points of the content of an event.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub max_content_length: Option<u64>,
    /// Leading zero bits of ids (NIP-13).
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub min_pow_difficulty: Option<u64>,
    /// Nothing works before NIP-42 authentication.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub auth_required: Option<bool>,
    /// Nothing works before payment.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub payment_required: Option<bool>,
    /// Writing needs membership, payment or work.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub restricted_writes: Option<bool>,
    /// Seconds that `created_at` may be in the past.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub created_at_lower_limit: Option<u64>,
    /// Seconds that `created_at` may be in the future.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub created_at_upper_limit: Option<u64>,
    /// Events sent for a filter without `limit`.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub default_limit: Option<u64>,
}

/// What using the relay costs.
///
/// ```
/// use kith_nips::nip11::RelayInformation;
/// let text = r#"{"fees":{"admission":[{"amount":1000000,"unit":"msats"},"free"]}}"#;
/// let fees = RelayInformation::from_json(text).fees.unwrap();
/// assert_eq!(fees.admission.unwrap().len(), 1);
/// assert_eq!(fees.publication, None);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fees {
    /// To be let in.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient_list"
    )]
    pub admission: Option<Vec<Fee>>,
    /// To stay in.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient_list"
    )]
    pub subscription: Option<Vec<Fee>>,
    /// To write.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient_list"
    )]
    pub publication: Option<Vec<Fee>>,
}

/// One price.
///
/// ```
/// use kith_nips::nip11::Fee;
/// let fee: Fee = serde_json::from_str(r#"{"amount":5000,"unit":"msats","period":2592000}"#)?;
/// assert_eq!(fee.period, Some(2_592_000));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// How many units.
    pub amount: u64,
    /// Of what, such as `msats`.
    pub unit: String,
    /// For how many seconds.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient"
    )]
    pub period: Option<u64>,
    /// For which kinds.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient_list"
    )]
    pub kinds: Option<Vec<u16>>,
}

impl RelayInformation {
    /// Reads a document; what cannot be understood is as if it were not there.
    ///
    /// ```
    /// use kith_nips::nip11::RelayInformation;
    /// let information = RelayInformation::from_json(r#"{"name":7,"version":"1","retention":[]}"#);
    /// assert_eq!(information.name, None);
    /// assert_eq!(information.version.as_deref(), Some("1"));
    /// assert_eq!(RelayInformation::from_json("<html>"), RelayInformation::default());
    /// ```
    pub fn from_json(text: &str) -> Self {
        // Through a value tree: there the last of repeated members wins instead of being an error.
        serde_json::from_str(text)
            .ok()
            .and_then(typed)
            .unwrap_or_default()
    }

    /// The document as JSON.
    pub fn to_json(&self) -> String {
        // Strings, numbers and booleans always serialise.
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }
}

/// Whether a request with this `Accept` header wants the document rather than a page for people:
/// `application/nostr+json` is named and not refused with `q=0`.
///
/// ```
/// use kith_nips::nip11::accepts_nostr_json;
/// assert!(accepts_nostr_json("text/html, application/nostr+json; q=0.5"));
/// assert!(!accepts_nostr_json("application/nostr+json;q=0"));
/// assert!(!accepts_nostr_json("*/*"));
/// ```
pub fn accepts_nostr_json(accept: &str) -> bool {
    accept.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(MEDIA_TYPE));
        named && !parts.any(is_zero_quality)
    })
}

/// `q=0`, with any number of zero decimals (RFC 9110 §12.4.2).
fn is_zero_quality(parameter: &str) -> bool {
    parameter.split_once('=').is_some_and(|(name, value)| {
        name.trim().eq_ignore_ascii_case("q")
            && value
                .trim()
                .parse::<f32>()
                .is_ok_and(|quality| quality <= 0.0)
    })
}

/// A value of the right type, or nothing.
fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(typed(Value::deserialize(deserializer)?))
}

/// The elements of the right type, or nothing if it is no array.
fn lenient_list<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let Value::Array(elements) = Value::deserialize(deserializer)? else {
        return Ok(None);
    };
    Ok(Some(elements.into_iter().filter_map(typed).collect()))
}

fn typed<T: DeserializeOwned>(value: Value) -> Option<T> {
    // Derived readers would take an array for the members of a struct in order.
    if value.is_array() {
        return None;
    }
    serde_json::from_value(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nip11_01_the_document_is_wanted() {
        for accept in [
            "application/nostr+json",
            "Application/Nostr+JSON",
            "application/nostr+json; charset=utf-8",
            "text/html;q=0.9, application/nostr+json;q=0.001",
            "application/json , application/nostr+json;q=1.0",
            "application/nostr+json;q=",
        ] {
            assert!(accepts_nostr_json(accept), "{accept}");
        }
    }

    #[test]
    fn nip11_02_the_document_is_not_wanted() {
        for accept in [
            "",
            "text/html",
            "*/*",
            "application/*",
            "application/json",
            "application/nostr+json;q=0",
            "application/nostr+json; Q=0.000",
            "application/nostr+jsonx",
            "text/html;x=application/nostr+json",
        ] {
            assert!(!accepts_nostr_json(accept), "{accept}");
        }
    }

    fn full() -> RelayInformation {
        let text = |text: &str| Some(text.to_owned());
        let fee = Fee {
            amount: 1000,
            unit: "msats".to_owned(),
            period: Some(60),
            kinds: Some(vec![4]),
        };
        RelayInformation {
            name: text("name"),
            description: text("description"),
            banner: text("banner"),
            icon: text("icon"),
            pubkey: Some(PublicKey::from_bytes([1; 32])),
            own_pubkey: Some(PublicKey::from_bytes([2; 32])),
            contact: text("mailto:someone@example.com"),
            supported_nips: Some(vec![1, 11]),
            software: text("https://example.com"),
            version: text("1.0"),
            terms_of_service: text("https://example.com/terms"),
            limitation: Some(Limitation {
                max_message_length: Some(1),
                max_subscriptions: Some(2),
                max_limit: Some(3),
                max_subid_length: Some(64),
                max_event_tags: Some(4),
                max_content_length: Some(5),
                min_pow_difficulty: Some(6),
                auth_required: Some(true),
                payment_required: Some(false),
                restricted_writes: Some(true),
                created_at_lower_limit: Some(7),
                created_at_upper_limit: Some(8),
                default_limit: Some(9),
            }),
            payments_url: text("https://example.com/pay"),
            fees: Some(Fees {
                admission: Some(vec![fee.clone()]),
                subscription: Some(vec![fee.clone()]),
                publication: Some(vec![fee]),
            }),
        }
    }

    fn member_names(value: &Value) -> Vec<&str> {
        let mut names: Vec<_> = value
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn nip11_05_06_and_09_exactly_the_members_of_today() {
        let written: Value = serde_json::from_str(&full().to_json()).unwrap();
        let mut members: Vec<_> =
            "name description banner icon pubkey self contact supported_nips \
            software version terms_of_service limitation payments_url fees"
                .split_whitespace()
                .collect();
        members.sort_unstable();
        assert_eq!(member_names(&written), members);
        let mut limits: Vec<_> = "max_message_length max_subscriptions max_limit max_subid_length \
            max_event_tags max_content_length min_pow_difficulty auth_required payment_required \
            restricted_writes created_at_lower_limit created_at_upper_limit default_limit"
            .split_whitespace()
            .collect();
        limits.sort_unstable();
        assert_eq!(member_names(&written["limitation"]), limits);
        assert_eq!(RelayInformation::default().to_json(), "{}");
    }

    #[test]
    fn nip11_17_what_was_written_is_read_again() {
        assert_eq!(RelayInformation::from_json(&full().to_json()), full());
    }

    #[test]
    fn nip11_17_wrong_types_and_unknown_members_are_ignored() {
        let members = serde_json::to_value(full()).unwrap();
        for name in member_names(&members) {
            for wrong in [
                "null",
                "7.5",
                "[{}]",
                "{\"x\":[]}",
                "true",
                "\"text\"",
                "-1",
            ] {
                let text = format!(r#"{{"{name}":{wrong},"unheard_of":[{{}}],"tags":["x"]}}"#);
                RelayInformation::from_json(&text);
            }
        }
        let nips = RelayInformation::from_json(r#"{"supported_nips":[1,"x",-2,70000,11,null]}"#);
        assert_eq!(nips.supported_nips, Some(vec![1, 11]));
        let odd = RelayInformation::from_json(r#"{"pubkey":"npub1x","limitation":[],"name":"n"}"#);
        assert_eq!(
            (odd.pubkey, odd.limitation, odd.name.as_deref()),
            (None, None, Some("n"))
        );
        let twice = RelayInformation::from_json(r#"{"name":"a","name":"b"}"#);
        assert_eq!(twice.name.as_deref(), Some("b"));
        for text in ["", "[]", "[\"name\"]", "7", "{", "\u{0}"] {
            assert_eq!(
                RelayInformation::from_json(text),
                RelayInformation::default()
            );
        }
    }
}
