//! What people ask of stored notes, every way through the index at least once.

use std::sync::Arc;

use kith_nips::{Event, Filter};

use super::notes::{place, topic};

/// So many questions of one filter each, about things that `notes` are about.
///
/// # Errors
/// Never with the filters as they are.
pub fn questions(count: usize, notes: &[Arc<Event>]) -> anyhow::Result<Vec<Arc<[Filter]>>> {
    let spread = (0..count).map(|number| number * notes.len() / count.max(1));
    let asked = spread.enumerate().filter_map(|(number, place)| {
        let note = notes.get(place)?;
        Some((number, place, note))
    });
    asked
        .map(|(number, place, note)| Ok(Arc::from([question(number, place, note)?])))
        .collect()
}

/// Question number `number`, about the note at `at`.
fn question(number: usize, at: usize, note: &Event) -> anyhow::Result<Filter> {
    let (city, cell) = place(at);
    let (id, person, topic) = (note.id(), note.pubkey(), topic(at));
    let json = match number % 10 {
        0 => format!(r#"{{"ids":["{id}"]}}"#),
        1 => format!(r#"{{"authors":["{person}"],"limit":20}}"#),
        2 => format!(r#"{{"authors":["{person}"],"kinds":[0,1,31923],"limit":20}}"#),
        3 => format!(
            r##"{{"kinds":[31923],"#g":["{}"],"limit":50}}"##,
            cell.get(..5).unwrap_or_default()
        ),
        4 => format!(r##"{{"kinds":[31923],"#g":["{city}"],"#t":["{topic}"],"limit":50}}"##),
        5 => format!(r##"{{"#e":["{id}"]}}"##),
        6 => format!(
            r#"{{"kinds":[31923],"until":{},"limit":20}}"#,
            note.created_at()
        ),
        7 => format!(r#"{{"since":{},"limit":20}}"#, note.created_at()),
        8 => r##"{"kinds":[31923],"#g":["XX:Nowhere"]}"##.to_owned(),
        _ => format!(r#"{{"kinds":[31923],"search":"evening {at}","limit":10}}"#),
    };
    Ok(Filter::parse(&json)?)
}
