//! Where links lead: on this relay by path, elsewhere by addresses that can do nothing but be opened.

/// The longest address, in bytes.
const ADDRESS_BYTES_MAX: usize = 2_000;

/// An address on the web, or of a mailbox.
///
/// ```
/// use kith_web::WebLink;
/// assert!(WebLink::read("https://a.example/b").is_some());
/// assert!(WebLink::read("javascript:alert(1)").is_none());
/// assert!(WebLink::secure("http://a.example/b.png").is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebLink(String);

impl WebLink {
    /// An address with `http` or `https`.
    pub fn read(text: &str) -> Option<WebLink> {
        WebLink::with_scheme(text, &["https://", "http://"])
    }

    /// An address with `https`, from which pictures come.
    pub fn secure(text: &str) -> Option<WebLink> {
        WebLink::with_scheme(text, &["https://"])
    }

    /// `mailto:` and a mailbox.
    pub fn mail(text: &str) -> Option<WebLink> {
        let link = WebLink::with_scheme(text, &["mailto:"])?;
        (link.0.contains('@') && !link.0.contains('?')).then_some(link)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Host of the address: what a link is called.
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("//").map_or("", |(_, rest)| rest);
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        host.rsplit('@').next().unwrap_or_default()
    }

    fn with_scheme(text: &str, schemes: &[&str]) -> Option<WebLink> {
        let text = text.trim();
        let has_scheme = |scheme: &&str| {
            let begin = text.get(..scheme.len());
            let rest = text.get(scheme.len()..);
            begin.is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
                && rest
                    .is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['))
        };
        let is_plain = |c: char| !c.is_control() && !c.is_whitespace() && !"\"'<>\\`".contains(c);
        let is_harmless = text.len() <= ADDRESS_BYTES_MAX
            && text.chars().all(is_plain)
            && schemes.iter().any(has_scheme);
        is_harmless.then(|| WebLink(text.to_owned()))
    }
}

/// A path of these segments, each encoded.
///
/// ```
/// assert_eq!(kith_web::path(&["city", "GB", "a/b ü"]), "/city/GB/a%2Fb%20%C3%BC");
/// ```
pub fn path(segments: &[&str]) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        for byte in segment.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    path.push(char::from(byte));
                }
                _ => path.push_str(&format!("%{byte:02X}")),
            }
        }
    }
    path
}

/// An address with these parameters; those without a value are left out.
///
/// ```
/// assert_eq!(kith_web::address("/search", &[("q", "a b"), ("near", "")]), "/search?q=a+b");
/// ```
pub fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let given = parameters.iter().filter(|(_, value)| !value.is_empty());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(given);
    match query.finish() {
        empty if empty.is_empty() => path.to_owned(),
        query if path.contains('?') => format!("{path}&{query}"),
        query => format!("{path}?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_opened_is_a_link() {
        for good in [
            "https://a.example",
            "HTTP://a.example/?b=c#d",
            " https://[::1]/ ",
        ] {
            assert!(WebLink::read(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "https://",
            "https:///a",
            "//a.example",
            "javascript://a.example/%0aalert(1)",
            "https://a.example/\" onclick=x",
            "https://a.example/a b",
            "data:text/html,x",
            "ftp://a.example",
            "é",
        ] {
            assert!(WebLink::read(bad).is_none(), "{bad}");
        }
        assert!(WebLink::mail("mailto:a@b.example?bcc=all@c.example").is_none());
        let link = WebLink::read("https://bank.example@evil.example/x").unwrap();
        assert_eq!(link.host(), "evil.example");
    }
}
