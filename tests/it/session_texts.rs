//! Tests that pages, messages and documents state the time limits of a session.

use std::{fs, path::Path};

use shared::domain::{
    HOUR, MINUTE,
    session::{ABSOLUTE_LIMIT, IDLE_LIMIT, MAX_WRONG_PASSWORDS, NEW_CHECK_LIMIT},
    session_limits::LimitedRequest,
    sign_ins::{MAX_SESSIONS, MAX_SIGN_INS, SIGN_IN_PERIOD},
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

#[test]
fn texts_state_the_limits_of_requests_and_sessions() {
    let hours = SIGN_IN_PERIOD / HOUR;
    let [selections, saves, extensions, codes] = LimitedRequest::ALL.map(LimitedRequest::limit);
    assert_eq!(selections, saves, "the contract states both with the same words");
    for (file, statement) in [
        ("shared/messages/src/ja.rs", format!("{hours} 時間に {MAX_SIGN_INS} 回までです。")),
        ("shared/messages/src/en.rs", format!("passed {MAX_SIGN_INS} times in {hours} hours")),
        ("shared/messages/src/ja.rs", format!("同時に開ける数（{MAX_SESSIONS} 件）")),
        ("shared/messages/src/en.rs", format!("at most {MAX_SESSIONS} sessions can be open")),
        ("shared/messages/src/ja.rs", format!("誤ったパスワードが {MAX_WRONG_PASSWORDS} 回")),
        ("shared/messages/src/en.rs", format!("because of {MAX_WRONG_PASSWORDS} wrong passwords")),
        ("web/js/catalogue/ja/common.js", format!("同時に進められる手続きは{MAX_SESSIONS}件まで")),
        ("web/js/catalogue/en/common.js", format!("at most {MAX_SESSIONS} can be open")),
        ("web/js/catalogue/ja/common.js", format!("誤ったパスワードが{MAX_WRONG_PASSWORDS}回")),
        ("web/js/catalogue/en/common.js", format!("because of {MAX_WRONG_PASSWORDS} wrong passwords")),
        ("shared/messages/src/ja.rs", format!("電子証明書を選べるのは、{selections} 回まで")),
        ("shared/messages/src/en.rs", format!("chosen {selections} times in one session")),
        ("shared/messages/src/ja.rs", format!("保存できるのは、{saves} 回まで")),
        ("shared/messages/src/en.rs", format!("saved {saves} times in one session")),
        ("shared/messages/src/ja.rs", format!("延長できるのは、{extensions} 回まで")),
        ("shared/messages/src/en.rs", format!("extended {extensions} times")),
        ("shared/messages/src/ja.rs", format!("合わせて {codes} 回まで")),
        ("shared/messages/src/en.rs", format!("corrected {codes} times in one session")),
        ("infra/openapi.yaml", format!("At most {MAX_SESSIONS} sessions with the same")),
        ("infra/openapi.yaml", format!("At most {MAX_SIGN_INS} sessions with the same")),
        ("infra/openapi.yaml", format!("At most {saves} times per session.")),
        ("infra/openapi.yaml", format!("At most {extensions} times per session.")),
        ("infra/openapi.yaml", format!("At most {codes} resends and corrections")),
    ] {
        assert_states(file, &statement);
    }
}

/// Asserts that `file` contains `statement`.
fn assert_states(file: &str, statement: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    assert!(fs::read_to_string(path).unwrap().contains(statement), "{file} does not state: {statement}");
}
