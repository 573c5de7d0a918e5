//! What a relay says of its searches: how many rows it looked at for the rows that it gave.

use serde::Deserialize;

use crate::client::Target;
use crate::web::Web;

const PATH: &str = "/api/v1/stats";

/// Sums since the relay began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Searches {
    rows_examined: u64,
    rows_returned: u64,
}

#[derive(Deserialize)]
struct Stats {
    search: Searches,
}

/// Asks the relay; `None` when it does not say.
///
/// # Errors
/// It is not there.
pub async fn searches(relay: &Target) -> anyhow::Result<Option<Searches>> {
    // A relay need not keep a connection on which nobody asks.
    let page = Web::open(relay).await?.get(PATH).await?;
    let stats = page.and_then(|page| serde_json::from_slice::<Stats>(&page.body).ok());
    Ok(stats.map(|stats| stats.search))
}

impl Searches {
    /// Rows examined for each row returned since `before`; `None` when none was returned.
    pub fn examined_per_returned(&self, before: &Searches) -> Option<f64> {
        let returned = self.rows_returned.checked_sub(before.rows_returned)?;
        let examined = self.rows_examined.checked_sub(before.rows_examined)?;
        (returned > 0).then(|| examined as f64 / returned as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_examined_is_by_what_was_returned_since() {
        let text = r#"{"search":{"rows_examined":30,"rows_returned":10,"new":1},"other":{}}"#;
        let before = serde_json::from_str::<Stats>(text).unwrap().search;
        let after = Searches {
            rows_examined: 80,
            rows_returned: 30,
        };
        assert_eq!(after.examined_per_returned(&before), Some(2.5));
        assert_eq!(before.examined_per_returned(&before), None);
        assert_eq!(before.examined_per_returned(&after), None);
    }
}
