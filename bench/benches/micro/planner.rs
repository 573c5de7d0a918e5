//! From a filter to its way through the index of a real store. The answers are empty or one row,
//! so that choosing the way is what is left; a hop to a reader's thread and back is in each figure.

use std::sync::Arc;

use criterion::Criterion;
use kith_bench::micro::disk::Disk;
use kith_bench::micro::notes::notes;
use kith_nips::{Event, Filter};

const NOTES: usize = 5_000;

/// One way after the other.
pub fn planner(criterion: &mut Criterion) {
    let notes: Vec<Arc<Event>> = notes(NOTES).unwrap().into_iter().map(Arc::new).collect();
    let disk = Disk::indexed(&notes).unwrap();
    let mut group = criterion.benchmark_group("planner");
    for (name, json, answer) in filters(&notes[NOTES / 2]) {
        let question: Arc<[Filter]> = Arc::from([Filter::parse(&json).unwrap()]);
        assert_eq!(disk.ask(&question).unwrap(), answer, "{json}");
        group.bench_function(name, |bencher| {
            bencher.iter(|| disk.ask(&question).unwrap())
        });
    }
    group.finish();
}

/// Name, filter, and the events of the answer.
fn filters(note: &Event) -> Vec<(&'static str, String, usize)> {
    let (id, author) = (note.id(), note.pubkey());
    let nobodys: Vec<String> = (0..100)
        .map(|number| format!("\"{number:064x}\""))
        .collect();
    let nobodys = nobodys.join(",");
    vec![
        ("matches nothing", r#"{"ids":[]}"#.to_owned(), 0),
        ("an id", format!(r#"{{"ids":["{id}"]}}"#), 1),
        (
            "100 ids that nobody has",
            format!(r#"{{"ids":[{nobodys}]}}"#),
            0,
        ),
        (
            "an author, newest",
            format!(r#"{{"authors":["{author}"],"limit":1}}"#),
            1,
        ),
        (
            "100 authors without notes",
            format!(r#"{{"authors":[{nobodys}],"kinds":[1]}}"#),
            0,
        ),
        (
            "a kind, newest",
            r#"{"kinds":[31923],"limit":1}"#.to_owned(),
            1,
        ),
        ("anything, newest", r#"{"limit":1}"#.to_owned(), 1),
        (
            "a value that no tag has",
            r##"{"kinds":[31923],"#g":["XX:Nowhere"]}"##.to_owned(),
            0,
        ),
        (
            "two tags, one without notes",
            r##"{"#g":["DE:Berlin"],"#t":["nothing"]}"##.to_owned(),
            0,
        ),
        (
            "two frequent tags, newest",
            r##"{"#l":["meetup"],"#t":["rust"],"limit":1}"##.to_owned(),
            1,
        ),
        (
            "a word that no note has",
            r#"{"search":"zeppelin"}"#.to_owned(),
            0,
        ),
    ]
}
