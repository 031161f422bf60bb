//! Tests that only the edge and the functions define the API's JSON.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");

/// The only domain type that is written as JSON but never read is the signed statement.
const WRITTEN_ONLY: [&str; 1] = ["RevocationStatement"];

/// Without the `serde` crate, use cases cannot derive a JSON format.
#[test]
fn the_use_cases_do_not_depend_on_serde() {
    let manifest = fs::read_to_string(Path::new(SHARED).join("use-cases/Cargo.toml")).unwrap();
    let names: Vec<_> = manifest.lines().filter_map(|line| line.split(['.', ' ']).next()).collect();
    assert!(names.contains(&"serde_json") && !names.contains(&"serde"), "{names:?}");
}

/// Stored rows are both written and read. A type that is only written or only read is not a stored row, so its JSON
/// format belongs in another crate.
#[test]
fn the_domain_has_json_forms_of_stored_rows_only() {
    let sources = sources(&Path::new(SHARED).join("domain/src"));
    let one_way: BTreeSet<_> =
        sources.iter().flat_map(|source| types_with_half_a_json_form(source)).collect();
    assert_eq!(one_way, WRITTEN_ONLY.into());
}

fn sources(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| {
        if path.is_dir() { sources(&path) } else { vec![fs::read_to_string(path).unwrap()] }
    };
    entries.flat_map(read).collect()
}

/// Returns the names of the types that derive `Serialize` or `Deserialize`, but not both.
fn types_with_half_a_json_form(source: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for derived in source.split("#[derive(").skip(1) {
        let (traits, rest) = derived.split_once(")]").unwrap();
        let has = |name| traits.split(", ").any(|derived| derived == name);
        if has("Serialize") != has("Deserialize") {
            let mut words = rest.split_whitespace().skip_while(|word| !["struct", "enum"].contains(word));
            let name = words.nth(1).unwrap();
            names.push(name.split(|c: char| !c.is_alphanumeric()).next().unwrap());
        }
    }
    names
}
