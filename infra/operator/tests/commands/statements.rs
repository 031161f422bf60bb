//! `statements`: shows the statement that was signed before a revocation, and verifies it offline.

use std::fs;

use serde_json::Value;

use crate::support::{PROGRAM, UsedFolder, openssl, operator, run};

#[test]
fn a_revocation_statement_verifies_offline() {
    let folder = UsedFolder::new();
    let serial_number = folder.reissue();
    let shown = operator(folder.path(), &["statements", "show", &serial_number.to_colon_hex()]);
    assert_eq!(shown.code, Some(0), "{}", shown.errors);
    let statement = folder.write("statement.json", &shown.output);
    let key = folder.write("key.pem", &operator(folder.path(), &["statements", "key"]).output);
    openssl(&["pkey", "-pubin", "-in", &key, "-noout"]);

    let verify = |file: &str| run(PROGRAM, &["statements", "verify", file, "--key", &key]);
    let verified = verify(&statement);
    assert_eq!(verified.code, Some(0), "{}", verified.errors);
    let payload: Value = serde_json::from_str(&verified.output).unwrap();
    assert_eq!(payload["serialNumber"], serial_number.to_string());
    assert_eq!(payload["reason"], "superseded");

    let forged = folder.write("forged.json", &shown.output.replace("superseded", "keyCompromise"));
    let refused = verify(&forged);
    assert_eq!((refused.code, refused.output.as_str()), (Some(1), ""));
    assert!(refused.errors.contains("the signature does not verify"), "{}", refused.errors);
    assert_eq!(operator(folder.path(), &["audit", "seal"]).code, Some(0));
    let checkpoints = fs::read_dir(folder.path().join("state/audit/checkpoints")).unwrap();
    for checkpoint in checkpoints {
        let refused = verify(checkpoint.unwrap().path().to_str().unwrap());
        assert_eq!((refused.code, refused.output.as_str()), (Some(1), ""));
        assert!(refused.errors.contains("a statement of another type"), "{}", refused.errors);
    }
    let other_key =
        folder.write("other.pem", &openssl(&["x509", "-in", &folder.file("ca.pem"), "-noout", "-pubkey"]));
    let refused = run(PROGRAM, &["statements", "verify", &statement, "--key", &other_key]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.errors.contains("signed with another key"), "{}", refused.errors);
}

#[test]
fn the_key_is_also_printed_as_a_jwk() {
    let folder = UsedFolder::new();
    let jwk = operator(folder.path(), &["statements", "key", "--jwk"]);
    let jwk: Value = serde_json::from_str(&jwk.output).unwrap();
    assert_eq!((&jwk["kty"], &jwk["crv"], &jwk["alg"]), (&"EC".into(), &"P-256".into(), &"ES256".into()));
}

#[test]
fn showing_a_missing_statement_is_an_error() {
    let folder = UsedFolder::new();
    let missing = operator(folder.path(), &["statements", "show", "0a"]);
    assert_eq!(missing.code, Some(1));
    assert!(
        missing.errors.contains("0a: no statement; the certificate is not revoked"),
        "{}",
        missing.errors
    );
    assert_eq!(operator(folder.path(), &["statements", "show", "serial"]).code, Some(2));
}
