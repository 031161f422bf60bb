//! `crl`: publishes every CRL, and rebuilds lost segments with the same content.

use std::{fs, path::Path};

use crate::support::{UsedFolder, openssl, operator};

#[test]
fn publish_publishes_every_crl() {
    let folder = UsedFolder::new();
    let serial_number = folder.reissue();
    let published = operator(folder.path(), &["crl", "publish"]);
    assert_eq!(published.code, Some(0), "{}", published.errors);
    let scopes: Vec<_> =
        published.output.lines().map(|line| line.split_once(": number 1, ").unwrap().0).collect();
    assert_eq!(scopes, ["complete", "shard-0", "shard-1", "shard-2", "shard-3"]);
    let again = operator(folder.path(), &["crl", "publish"]);
    assert!(again.output.starts_with("complete: number 2, "), "{}", again.output);

    let complete = folder.file("objects/crl/complete.crl");
    let shown = openssl(&["crl", "-in", &complete, "-noout", "-text", "-CAfile", &folder.file("ca.pem")]);
    assert!(shown.contains(&serial_number.to_string().to_uppercase()), "{shown}");
    let entries = format!(" {} entries,", shown.matches("Serial Number: ").count());
    assert!(again.output.lines().next().unwrap().contains(&entries), "{}", again.output);
}

#[test]
fn an_unreadable_revocation_is_reported_and_every_crl_is_published() {
    let folder = UsedFolder::new();
    folder.add_unreadable_revocation("0bad");
    let published = operator(folder.path(), &["crl", "publish"]);
    assert_eq!((published.code, published.output.lines().count()), (Some(3), 5));
    assert_eq!(published.errors, "the revocation of 0bad cannot be read and was skipped\n");
    let rebuilt = operator(folder.path(), &["crl", "rebuild"]);
    assert_eq!((rebuilt.code, rebuilt.errors), (Some(3), published.errors));
}

#[test]
fn lost_segments_are_rebuilt_with_the_same_content() {
    let folder = UsedFolder::new();
    folder.reissue();
    let first = operator(folder.path(), &["crl", "publish"]);
    let segments = folder.path().join("state/revoked");
    let before = contents(&segments);
    assert!(!before.is_empty());
    fs::remove_dir_all(&segments).unwrap();

    let rebuilt = operator(folder.path(), &["crl", "rebuild"]);
    assert_eq!(rebuilt.code, Some(0), "{}", rebuilt.errors);
    assert!(rebuilt.output.contains("publish the CRLs next"), "{}", rebuilt.output);
    assert_eq!(contents(&segments), before);
    let next = operator(folder.path(), &["crl", "publish"]);
    assert_eq!(entries(&next.output), entries(&first.output));
}

/// Returns the entry count of each CRL from the output of `crl publish`.
fn entries(published: &str) -> Vec<&str> {
    published.lines().map(|line| line.split(", ").nth(1).unwrap()).collect()
}

/// Returns the path and content of every file below `folder`.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(contents(&path));
        } else {
            files.push((path.to_str().unwrap().to_owned(), fs::read(path).unwrap()));
        }
    }
    files.sort();
    files
}
