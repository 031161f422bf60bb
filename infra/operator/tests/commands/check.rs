//! `check`: reports a planted fault of each kind with its place and remedy.

use std::{fs, path::Path};

use crate::support::{CREATE_ROOT, UsedFolder, operator};

const WITHOUT_FINDINGS: &str = "keys: no findings\nCRLs: no findings\nCRL segments: no findings\naudit log: no findings\nrows: no findings\n";

/// Returns the folder of a stack with a reissued certificate, published CRLs and a sealed audit log.
fn published_folder() -> UsedFolder {
    let folder = UsedFolder::new();
    folder.reissue();
    for command in [["crl", "publish"], ["ocsp", "renew-responder"], ["audit", "seal"]] {
        assert_eq!(operator(folder.path(), &command).code, Some(0), "{command:?}");
    }
    folder
}

fn only_file_in(folder: &Path) -> String {
    let entry = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    if entry.is_dir() { only_file_in(&entry) } else { entry.to_str().unwrap().to_owned() }
}

#[test]
fn a_sound_folder_has_no_findings() {
    let folder = published_folder();
    for _ in 0..2 {
        let checked = operator(folder.path(), &["check"]);
        assert_eq!((checked.code, checked.errors.as_str()), (Some(0), ""));
        assert_eq!(checked.output, WITHOUT_FINDINGS);
    }
}

#[test]
fn a_fault_of_each_check_is_reported_with_its_place_and_remedy() {
    let other = UsedFolder::new();
    let folder = published_folder();
    let crl = folder.file("objects/crl/complete.crl");
    let segment = only_file_in(&folder.path().join("state/revoked"));
    let lines = only_file_in(&folder.path().join("state/audit/lines"));
    fs::copy(other.file("ocsp-key.p8"), folder.file("ocsp-key.p8")).unwrap();
    fs::remove_file(&crl).unwrap();
    fs::write(&segment, b"?").unwrap();
    fs::write(&lines, b"?").unwrap();
    folder.add_unreadable_revocation("0bad");

    let checked = operator(folder.path(), &["check"]);
    assert_eq!(checked.code, Some(1), "{}", checked.errors);
    assert_eq!(
        checked.output,
        "keys: 2 findings\nCRLs: 1 finding\nCRL segments: 1 finding\naudit log: 1 finding\nrows: 1 finding\n"
    );
    let findings = [
        (
            folder.file("ocsp-key.p8"),
            "is not the key whose fingerprint the database contains",
            "from one backup",
        ),
        ("OCSP#RESPONDER".to_owned(), "is a certificate for another key", "renews the certificate"),
        (crl, "is missing", "publishes the CRL again"),
        (segment, "cannot be read", "rebuilds the segment"),
        (lines, "does not continue the audit log", "from a backup"),
        ("the row 0bad".to_owned(), "cannot be read", "from a backup"),
    ];
    assert_eq!(checked.errors.lines().count(), findings.len(), "{}", checked.errors);
    for (line, (place, fault, remedy)) in checked.errors.lines().zip(findings) {
        assert!(line.contains(&place) && line.contains(fault) && line.contains(remedy), "{line}");
    }
}

#[test]
fn only_a_rotatable_key_can_be_recorded_again() {
    let other = UsedFolder::new();
    let folder = published_folder();
    let replace = |name: &str| fs::copy(other.file(name), folder.file(name)).unwrap();
    replace("ocsp-key.p8");
    let recorded = operator(folder.path(), &["check", "--record-keys"]);
    assert_eq!(recorded.code, Some(1), "{}", recorded.errors);
    assert!(recorded.errors.contains("renews the certificate"), "{}", recorded.errors);
    assert_eq!(operator(folder.path(), &["ocsp", "renew-responder"]).code, Some(0));
    assert_eq!(operator(folder.path(), &["check"]).output, WITHOUT_FINDINGS);

    replace("code-key");
    let refused = operator(folder.path(), &["check", "--record-keys"]);
    assert_eq!(refused.code, Some(2), "{}", refused.errors);
    assert!(refused.errors.contains("the CA key and the code key cannot be replaced"), "{}", refused.errors);
}

#[test]
fn unpublished_crls_and_unrecorded_keys_are_reported() {
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("publication-url"), "http://localhost:8080").unwrap();
    assert_eq!(operator(data.path(), &CREATE_ROOT).code, Some(0));
    let checked = operator(data.path(), &["check"]);
    assert_eq!(checked.code, Some(1), "{}", checked.errors);
    assert!(checked.errors.contains("contains no fingerprints of the keys yet"), "{}", checked.errors);
    assert_eq!(checked.errors.matches("is not published").count(), 5, "{}", checked.errors);
}

#[test]
fn a_check_that_cannot_be_completed_has_its_own_exit_code() {
    let folder = published_folder();
    fs::remove_file(folder.file("statement-key.p8")).unwrap();
    let failed = operator(folder.path(), &["check"]);
    assert_eq!(failed.code, Some(2), "{}", failed.errors);
    assert!(failed.errors.contains("statement-key.p8 is missing"), "{}", failed.errors);
    assert!(!folder.path().join("statement-key.p8").exists());
}
