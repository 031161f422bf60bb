//! Reads certificate records from CSV (RFC 4180). Each row is equivalent to one object of JSON Lines.

use serde_json::{Map, Value};
use shared::{
    edge,
    use_cases::register_certificates::{CertificateRecord, NumberedRecord},
};

/// Parses the records in `text`. Each item contains the line number of the row, and either the record or the reason why
/// the row is invalid.
///
/// # Errors
///
/// Returns an error if the header cannot be read.
pub(crate) fn read(text: &str) -> Result<impl Iterator<Item = NumberedRecord>, csv::Error> {
    // Spreadsheet programs write a byte order mark at the beginning of a UTF-8 file.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns = reader.headers()?.clone();
    let rows: Vec<_> = reader.into_records().collect();
    Ok(rows.into_iter().map(move |row| match row {
        Ok(row) => {
            let line = row.position().map_or(0, csv::Position::line);
            (usize::try_from(line).unwrap_or(usize::MAX), record(&columns, &row))
        }
        Err(error) => {
            let line = error.position().map_or(0, csv::Position::line);
            (usize::try_from(line).unwrap_or(usize::MAX), Err(format!("invalid CSV record: {error}")))
        }
    }))
}

fn record(columns: &csv::StringRecord, row: &csv::StringRecord) -> Result<CertificateRecord, String> {
    let mut object = Map::new();
    // An empty field is treated as absent.
    for (column, field) in columns.iter().zip(row).filter(|(_, field)| !field.is_empty()) {
        insert(&mut object, column, field);
    }
    edge::certificate_record(Value::Object(object))
}

/// Sets the member of `object` that `column` names. A dot in the name separates the levels of nested objects.
fn insert(object: &mut Map<String, Value>, column: &str, field: &str) {
    match column.split_once('.') {
        None => {
            object.insert(column.to_owned(), field.into());
        }
        Some((outer, inner)) => {
            let member = object.entry(outer).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(member) = member {
                insert(member, inner, field);
            }
        }
    }
}
