//! What somebody filled in, field by field.

use form_urlencoded::parse;

/// Fields that are looked at.
const FIELDS_MAX: usize = 2_000;

/// A form as a browser sends it (`application/x-www-form-urlencoded`).
///
/// ```
/// use kith_web::drafts::Form;
/// let form = Form::read(b"text=Is+there+a+lift%3F&who=a&who=b&parent=");
/// assert_eq!(form.text("text"), Some("Is there a lift?"));
/// assert_eq!(form.text("parent"), None);
/// assert_eq!(form.all("who").count(), 2);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// The fields of a body. What is no UTF-8 comes as the sign for it.
    pub fn read(body: &[u8]) -> Form {
        Form(parse(body).into_owned().take(FIELDS_MAX).collect())
    }

    /// What was filled into a field, without white space around it; a field that was left empty says
    /// nothing.
    pub fn text(&self, name: &str) -> Option<&str> {
        let mut named = self.0.iter().filter(|(found, _)| found == name);
        named.find_map(|(_, value)| filled(value))
    }

    /// What a field says as several lines: as [`Form::text`], with line ends as notes have them.
    pub fn lines(&self, name: &str) -> Option<String> {
        let text = self.text(name)?;
        Some(text.replace("\r\n", "\n").replace('\r', "\n"))
    }

    /// Everything that was filled into fields of one name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(found, _)| found == name);
        named.filter_map(|(_, value)| filled(value))
    }

    /// Whether a box was ticked.
    pub fn is_ticked(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    /// Whether there is such a field, filled or not.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(found, _)| found == name)
    }
}

fn filled(value: &str) -> Option<&str> {
    Some(value.trim()).filter(|value| !value.is_empty())
}

impl<const N: usize> From<[(&str, &str); N]> for Form {
    fn from(fields: [(&str, &str); N]) -> Self {
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Form(fields.into_iter().map(own).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_of_browsers_are_those_of_notes() {
        let form = Form::read(b"text=%0D%0Aone%0D%0A%0D%0Atwo%0Dthree");
        assert_eq!(form.lines("text").as_deref(), Some("one\n\ntwo\nthree"));
        assert_eq!(form.lines("other"), None);
    }

    #[test]
    fn only_so_many_fields_are_looked_at() {
        let body = "a=1&".repeat(FIELDS_MAX) + "b=2";
        let form = Form::read(body.as_bytes());
        assert_eq!(form.all("a").count(), FIELDS_MAX);
        assert!(!form.has("b"));
    }

    #[test]
    fn anything_is_a_form() {
        for body in [&b"\xff\xfe=%ff&&&=&a"[..], b"", b"%", b"a=%00%zz"] {
            let form = Form::read(body);
            assert!(form.text("nothing").is_none());
        }
        assert!(Form::read(b"box").has("box"));
        assert!(!Form::read(b"box").is_ticked("box"));
        assert!(Form::read(b"box=on").is_ticked("box"));
    }
}
