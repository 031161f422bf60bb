//! Tests that pages, messages and documents state the time limits of a session.

use std::{fs, path::Path};

use shared::domain::{
    MINUTE,
    session::{ABSOLUTE_LIMIT, IDLE_LIMIT, NEW_CHECK_LIMIT},
};

#[test]
fn texts_state_the_limits_of_a_session() {
    let (idle, longest) = (IDLE_LIMIT / MINUTE, ABSOLUTE_LIMIT / MINUTE);
    for (file, statement) in [
        ("web/privacy.html", format!("操作のないまま{idle}分で終わり、長くても{longest}分で終わります。")),
        (
            "web/privacy.html",
            format!("ends after {idle} minutes without input, and after {longest} minutes at the latest."),
        ),
        (
            "docs/glossary.md",
            format!(
                "Ends {idle} minutes after the last change, or {longest} minutes after the identity check."
            ),
        ),
    ] {
        assert_states(file, &statement);
    }
}

#[test]
fn texts_state_how_recent_an_identity_check_must_be() {
    let minutes = NEW_CHECK_LIMIT / MINUTE;
    let in_words = match minutes {
        10 => "ten",
        _ => panic!("the English texts write the number as a word"),
    };
    for (file, statement) in [
        ("shared/messages/src/ja.rs", format!("利用者確認を行い、{minutes} 分以内に")),
        ("shared/messages/src/en.rs", format!("send this within {in_words} minutes of it.")),
        ("web/js/catalogue/ja/receipt.js", format!("確認から{minutes}分以内に")),
        ("web/js/catalogue/en/receipt.js", format!("Correct the address within {in_words} minutes of it.")),
        ("infra/openapi.yaml", format!("in the last {in_words} minutes.")),
    ] {
        assert_states(file, &statement);
    }
}

/// Asserts that `file` contains `statement`.
fn assert_states(file: &str, statement: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    assert!(fs::read_to_string(path).unwrap().contains(statement), "{file} does not state: {statement}");
}
