//! Tests of step 1. Every failure results in the same response, and credentials are accepted in all the forms that
//! subscribers commonly type.

use hyper::header;
use shared::domain::certificate_code::CertificateCode;

use crate::support::AnyStack;

fn other_code() -> String {
    CertificateCode::from_secret(&[7; 32]).to_display()
}

#[tokio::test]
async fn the_response_does_not_reveal_which_credential_was_wrong() {
    let stack = AnyStack::start().await;
    let account = stack.account("taro");
    let (address, password, code) =
        (&account.email_address, &account.application_password, &account.certificate_code);
    let mut answers = Vec::new();
    for (email_address, password, code) in [
        (stack.address("tarou").as_str(), password.as_str(), code.as_str()),
        (address, "sakura-2024-melom", code),
        (address, password, &other_code()),
        (address, password, "Hk7-Qp2x"),
        (address, "wrong", "wrong"),
        (&stack.address("hanako"), password, code),
        ("nobody@example.com", "wrong", &other_code()),
    ] {
        let answer = stack.client().identify_as(email_address, password, code).await;
        answer.problem(401, "identity-check-failed");
        assert_eq!(answer.header(header::SET_COOKIE), None);
        answers.push(answer.comparable());
    }
    for answer in &answers[1..] {
        assert_eq!(*answer, answers[0]);
    }
}

#[tokio::test]
async fn credentials_are_accepted_in_every_notation() {
    let stack = AnyStack::start().await;
    let account = stack.account("taro");
    let (address, password, code) =
        (&account.email_address, &account.application_password, account.certificate_code.clone());
    let full_width = |text: &str| -> String {
        let wide = |c: char| char::from_u32(u32::from(c) + 0xfee0).unwrap();
        text.chars().map(|c| if c.is_ascii_graphic() { wide(c) } else { c }).collect()
    };
    for (email_address, password, code) in [
        (full_width(address), password.clone(), code.clone()),
        (format!(" {} ", address.to_uppercase()), full_width(password), code.clone()),
        (address.clone(), password.clone(), code.to_lowercase().replace('-', " ")),
        (address.clone(), password.clone(), full_width(&code.replace('-', ""))),
        (address.clone(), password.clone(), code.replace('-', "－").replace('0', "O").replace('1', "l")),
    ] {
        stack.client().identify_as(&email_address, &password, &code).await.ok();
    }
    let trimmed = format!(" {password}");
    stack.client().identify_as(address, &trimmed, &code).await.problem(401, "identity-check-failed");
}

#[tokio::test]
async fn a_code_of_an_older_system_is_accepted_unchanged() {
    let stack = AnyStack::start().await;
    let account = stack.account("hanako");
    let attempt = async |code: &str| {
        stack.client().identify_as(&account.email_address, &account.application_password, code).await
    };
    for code in ["Hk7-Qp2x", " Hk7-Qp2x　", "Ｈｋ７-Ｑｐ２ｘ"] {
        attempt(code).await.ok();
    }
    for code in ["hk7-qp2x", "HK7-QP2X", "Hk7Qp2x"] {
        attempt(code).await.problem(401, "identity-check-failed");
    }
}
