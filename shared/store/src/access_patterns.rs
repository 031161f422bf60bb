//! Checks the tables in ARCHITECTURE.md against the registry rows and store operations in the code.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::key::RowKind;

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Returns the cells of each row in the Markdown table whose header line starts with `header`.
fn table(header: &str) -> Vec<Vec<String>> {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ARCHITECTURE.md");
    let document = fs::read_to_string(document).unwrap();
    let lines = document.lines().skip_while(|line| !line.starts_with(header));
    let rows = lines.skip(2).take_while(|line| line.starts_with('|'));
    let rows: Vec<_> = rows
        .map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect();
    assert!(!rows.is_empty(), "there is no table {header}");
    rows
}

/// Returns the code spans in a table cell, without their backticks.
fn code(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// Returns the name and source text of each file in `records` and `transactions`.
fn modules() -> Vec<(String, String)> {
    let files = ["records", "transactions"].map(|folder| fs::read_dir(source().join(folder)).unwrap());
    let files = files.into_iter().flatten().map(|file| file.unwrap().path());
    let name = |file: &Path| file.file_stem().unwrap().to_str().unwrap().to_owned();
    files.map(|file| (name(&file), fs::read_to_string(file).unwrap())).collect()
}

fn first_word(key: &str) -> &str {
    key.split('#').next().unwrap_or_default()
}

#[test]
fn the_document_lists_every_kind_of_row() {
    let modules: BTreeSet<_> = modules().into_iter().map(|(name, _)| name).collect();
    let mut documented = BTreeSet::new();
    for row in table("| rows of the registry |") {
        let sort_key = first_word(code(&row[2]).next().unwrap()).to_owned();
        let partitions: BTreeSet<_> = code(&row[1]).map(first_word).map(str::to_owned).collect();
        assert_eq!(partitions.len(), 1, "{row:?}");
        documented.extend(partitions.into_iter().map(|partition| (partition, sort_key.clone())));
        assert!(code(&row[3]).all(|module| modules.contains(module)), "{row:?}");
    }
    let kinds = RowKind::ALL.map(RowKind::words);
    let kinds = kinds.map(|(partition, sort)| (partition.to_owned(), sort.to_owned()));
    assert_eq!(documented, BTreeSet::from(kinds));
}

#[test]
fn the_document_lists_every_operation_of_the_store() {
    let patterns = table("| pattern | operations |");
    let documented: BTreeSet<_> = patterns.iter().flat_map(|row| code(&row[1])).map(str::to_owned).collect();
    let mut operations = BTreeSet::new();
    for (_, text) in modules() {
        let functions = text.split("    pub async fn ").skip(1);
        operations.extend(functions.map(|function| function.split('(').next().unwrap().to_owned()));
    }
    assert_eq!(documented, operations);
}

#[test]
fn the_document_lists_every_kind_of_database_call() {
    const CALLS: [(&str, &str); 7] = [
        ("GetItem", ".get_item()"),
        ("BatchGetItem", ".batch_get_item()"),
        ("Query", ".query()"),
        ("Scan", ".scan()"),
        ("PutItem", ".put_item()"),
        ("UpdateItem", ".update_item()"),
        ("transaction", ".transact_write_items()"),
    ];
    let patterns = table("| pattern | operations |");
    let words: BTreeSet<_> =
        patterns.iter().flat_map(|row| row[2].split(|letter: char| !letter.is_alphanumeric())).collect();
    let mut text = fs::read_to_string(source().join("database.rs")).unwrap();
    text.extend(modules().into_iter().map(|(_, text)| text));
    for (name, call) in CALLS {
        assert_eq!(words.contains(name), text.contains(call), "{name}");
    }
}
