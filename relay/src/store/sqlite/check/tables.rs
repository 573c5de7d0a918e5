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
    /// Where rows are selected from, after `FROM` and the name of the file it is attached under.
    terms: bool,
}

impl Table {
    /// The statement that gives all rows in the order of their keys. `file` is the name that the
    /// index is attached under.
    pub fn select(&self, file: &str) -> String {
        let quoted: Vec<String> = self.columns.iter().map(|name| quote(name)).collect();
        let source = if self.terms {
            format!("temp.{}", quote(&terms_name(file, &self.name)))
        } else {
            format!("{file}.{}", quote(&self.name))
        };
        format!(
            "SELECT {} FROM {source} ORDER BY {}",
            quoted.join(", "),
            quoted[..self.key_columns.min(quoted.len())].join(", ")
        )
    }
}

/// The derived tables of the index that is attached as `file`, by name. Of a full-text table the
/// words are compared, each with its place, through a view onto it that is made here.
pub fn derived(connection: &Connection, file: &str) -> rusqlite::Result<Vec<Table>> {
    let mut statement = connection.prepare(&format!(
        "SELECT list.name, coalesce(master.sql, '')
         FROM pragma_table_list AS list JOIN {file}.sqlite_master AS master USING (name)
         WHERE list.schema = ?1 AND list.type IN ('table', 'virtual')
           AND list.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         ORDER BY list.name"
    ))?;
    let named = statement.query_map([file], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut tables = Vec::new();
    for row in named {
        let (name, sql): (String, String) = row?;
        if NOT_DERIVED.contains(&name.as_str()) {
            continue;
        }
        tables.push(if is_full_text(&sql) {
            full_text(connection, file, name)?
        } else {
            plain(connection, file, name)?
        });
    }
    Ok(tables)
}

fn is_full_text(sql: &str) -> bool {
    let sql = sql.to_ascii_lowercase();
    sql.starts_with("create virtual table") && sql.contains("using fts5")
}

fn plain(connection: &Connection, file: &str, name: String) -> rusqlite::Result<Table> {
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
        terms: false,
    })
}

fn full_text(connection: &Connection, file: &str, name: String) -> rusqlite::Result<Table> {
    connection.execute_batch(&format!(
        "CREATE VIRTUAL TABLE temp.{} USING fts5vocab({file}, {}, instance)",
        quote(&terms_name(file, &name)),
        quote(&name),
    ))?;
    let columns = ["term", "doc", "col", "offset"].map(str::to_owned).to_vec();
    Ok(Table {
        name,
        key_columns: columns.len(),
        columns,
        terms: true,
    })
}

fn terms_name(file: &str, table: &str) -> String {
    format!("{file}_{table}_terms")
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
