//! Which tables of an index are derived from the log, and how their rows are read. Knows no table
//! by name but those that are not derived, so that a new one is compared without a change here.

use rusqlite::Connection;

/// What is no answer to a question: how far the indexer is, its secret, what is left to purge. The
/// sorted runs may be cut in many ways and are compared entry by entry.
const NOT_DERIVED: [&str; 4] = ["state", "purge", "run", "block"];

/// One derived table, as a list of rows in the order of their keys.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Names of the columns; those of the key come first.
    pub columns: Vec<String>,
    /// How many columns name a row.
    pub key_columns: usize,
}

impl Table {
    /// The statement that gives all rows in the order of their keys. `file` is the name that the
    /// index is attached under.
    pub fn select(&self, file: &str) -> String {
        let quoted: Vec<String> = self.columns.iter().map(|name| quote(name)).collect();
        format!(
            "SELECT {} FROM {file}.{} ORDER BY {}",
            quoted.join(", "),
            quote(&self.name),
            quoted[..self.key_columns.min(quoted.len())].join(", ")
        )
    }
}

/// The derived tables of the index that is attached as `file`, by name.
pub fn derived(connection: &Connection, file: &str) -> rusqlite::Result<Vec<Table>> {
    let mut statement = connection.prepare(
        "SELECT name FROM pragma_table_list
         WHERE schema = ?1 AND type IN ('table', 'virtual')
           AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         ORDER BY name",
    )?;
    let names = statement.query_map([file], |row| row.get(0))?;
    let names: Vec<String> = names.collect::<rusqlite::Result<_>>()?;
    names
        .into_iter()
        .filter(|name| !NOT_DERIVED.contains(&name.as_str()))
        .map(|name| table(connection, file, name))
        .collect()
}

fn table(connection: &Connection, file: &str, name: String) -> rusqlite::Result<Table> {
    let mut statement = connection.prepare(
        "SELECT name FROM pragma_table_info(?1, ?2)
         ORDER BY pk = 0, pk, cid",
    )?;
    let columns = statement
        .query_map([&name, file], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    let key_columns: usize = connection.query_row(
        "SELECT count(*) FROM pragma_table_info(?1, ?2) WHERE pk > 0",
        [&name, file],
        |row| row.get(0),
    )?;
    Ok(Table {
        name,
        // Without a key a row is named by all that it holds.
        key_columns: if key_columns == 0 {
            columns.len()
        } else {
            key_columns
        },
        columns,
    })
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
