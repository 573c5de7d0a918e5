//! What a page listens for, to stay current.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// These filters, and one for the deletions (NIP-09) of those whose notes are shown. A deletion names a note that is
/// gone, or an address that may have any name; whose it is can be known before.
pub(crate) fn with_deletions<'a>(
    mut filters: Vec<Value>,
    authors: impl IntoIterator<Item = &'a String>,
) -> Value {
    let authors: BTreeSet<&String> = authors.into_iter().collect();
    if !authors.is_empty() {
        filters.push(json!({ "kinds": [5], "authors": authors }));
    }
    Value::Array(filters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_author_is_named_once_and_nobody_is_no_filter() {
        let new = || vec![json!({ "kinds": [42] })];
        let authors = ["b", "a", "b"].map(str::to_owned);
        let filters = with_deletions(new(), &authors);
        assert_eq!(
            filters,
            json!([{ "kinds": [42] }, { "kinds": [5], "authors": ["a", "b"] }])
        );
        assert_eq!(with_deletions(new(), []), json!([{ "kinds": [42] }]));
    }
}
