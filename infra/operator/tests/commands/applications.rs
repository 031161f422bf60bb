//! `applications`: an officer releases or rejects an application whose email address was changed.

use serde_json::{Value, json};

use crate::support::{UsedFolder, operator};

fn decide(folder: &UsedFolder, command: &str, number: &str) -> (Option<i32>, String) {
    let arguments =
        ["applications", command, number, "--officer", "Sato", "--reason", "confirmed by telephone"];
    let decided = operator(folder.path(), &arguments);
    (decided.code, decided.errors)
}

fn show(folder: &UsedFolder, number: &str) -> Value {
    let shown = operator(folder.path(), &["applications", "show", number]);
    assert_eq!(shown.code, Some(0), "{}", shown.errors);
    assert!(!shown.output.contains("thief@"), "{}", shown.output);
    serde_json::from_str(&shown.output).unwrap()
}

#[test]
fn an_officer_approves_a_held_address_once() {
    let folder = UsedFolder::new();
    let number = folder.reissue_to(Some("thief@example.co.jp")).to_string();
    let held = show(&folder, &number);
    assert_eq!(
        (&held["state"], &held["heldUntil"], &held["address"]),
        (&json!("accepted"), &json!("officer"), &json!("t***@example.co.jp"))
    );
    assert_eq!(decide(&folder, "approve", &number).0, Some(0));
    let released = show(&folder, &number);
    assert_eq!((&released["heldUntil"], released["releases"].as_array().unwrap().len()), (&Value::Null, 1));
    let (code, errors) = decide(&folder, "release", &number);
    assert!(code == Some(1) && errors.contains("not stopped"), "{errors}");

    let sealed = operator(folder.path(), &["audit", "seal"]);
    assert_eq!(sealed.code, Some(0), "{}", sealed.errors);
}

#[test]
fn an_officer_rejects_an_application_once() {
    let folder = UsedFolder::new();
    let number = folder.reissue_to(Some("thief@example.co.jp")).to_string();
    assert_eq!(decide(&folder, "reject", &number).0, Some(0));
    assert_eq!(show(&folder, &number)["state"], "rejected");
    for command in ["reject", "release"] {
        let (code, errors) = decide(&folder, command, &number);
        assert!(code == Some(1) && errors.contains("already ended"), "{errors}");
    }
}

#[test]
fn a_decision_requires_an_officer_and_a_reason_in_one_line() {
    let folder = UsedFolder::new();
    for arguments in [
        &["applications", "release", "0123456789"][..],
        &["applications", "reject", "0123456789", "--officer", "Sato", "--reason", "two\nlines"],
        &["applications", "reject", "0123456789", "--officer", " ", "--reason", "none"],
    ] {
        assert_eq!(operator(folder.path(), arguments).code, Some(2), "{arguments:?}");
    }
}
