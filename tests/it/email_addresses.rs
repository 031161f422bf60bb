//! Tests of unusual email addresses in records, in step 1, in step 4 and in certificates. The cases in
//! `tests/cases/fields.json` cover the rules.

use serde_json::{Value, json};
use shared::domain::revocation::RevocationTiming;

use crate::support::{LocalCa, PickUpCredentials, Prepared, TestStack, code_in, new_request, record};

const COUPON: &str = "700000001";
const PASSWORD: &str = "a-password-of-old";
const CODE: &str = "Legacy-7x";

/// Starts a stack with the record of a certificate. The certificate contains the address `certified`, and the record
/// contains the address `recorded`.
async fn stack_with(certified: &str, recorded: &str) -> TestStack {
    let prepared = Prepared::new(RevocationTiming::Submission).await;
    let ca = LocalCa::of_stack(prepared.folder());
    let report = prepared.import(&record(&ca.issue(certified), COUPON, recorded).to_string()).await;
    assert_eq!(report.registered, 1, "{report:?}");
    prepared.run()
}

#[tokio::test]
async fn openssl_finds_the_a_labels_of_a_domain_in_the_certificate() {
    let a_label = "taro@xn--wgv71a119e.jp";
    let stack = stack_with(a_label, "taro@日本語.jp").await;
    let mut client = stack.client();
    client.identify_as("山田 <taro@日本語．ｊｐ>", PASSWORD, CODE).await.ok();
    client.select(COUPON).await.ok();
    let mut input = client.prefilled().await;
    assert_eq!(input["fields"]["emailAddress"], a_label);
    input["fields"]["emailAddress"] = json!("mailto:taro@日本語.jp?subject=x");
    let saved = client.enter(&input).await.ok();
    client.submit(COUPON, version(&saved), "0123456789abcdef").await.ok();
    stack.settle().await;

    let mails = client.mails().await;
    assert_eq!(mails[0]["to"], a_label);
    let credentials = PickUpCredentials { code: code_in(&mails[0]["text"]), password: PASSWORD.to_owned() };
    let request = new_request();
    let issued = stack.client().pick_up(&credentials, &request).await.ok();
    stack.assert_good(&issued, &request, a_label).await;
}

#[tokio::test]
async fn an_address_with_a_numeric_end_signs_in_but_is_not_reissued() {
    let address = "taro@old.123";
    let stack = stack_with(address, address).await;
    let mut client = stack.client();
    client.identify_as("Taro <TARO@old.123>", PASSWORD, CODE).await.ok();
    client.select(COUPON).await.ok();
    let mut input = client.prefilled().await;
    assert_eq!(input["fields"]["emailAddress"], address);
    client.enter(&input).await.invalid_fields(&["/fields/emailAddress numericDomain"]);
    input["fields"]["emailAddress"] = json!("taro@example.jp");
    client.enter(&input).await.ok();
}

#[tokio::test]
async fn the_import_names_the_fault_of_an_address() {
    let prepared = Prepared::new(RevocationTiming::Submission).await;
    let ca = LocalCa::of_stack(prepared.folder());
    let certificate = ca.issue("a@example.jp");
    let addresses = ["a@example,jp", "a@example.jp, b@example.jp", "a..x@example.jp", "a@example.jp."];
    let lines: Vec<_> = addresses.map(|address| record(&certificate, COUPON, address).to_string()).into();
    let report = prepared.import(&lines.join("\n")).await;
    let reasons: Vec<_> = report.refused.iter().map(|(line, reason)| (*line, reason.as_str())).collect();
    for ((line, reason), (expected_line, expected)) in
        reasons.iter().zip([(1, "comma"), (2, "more than one address"), (3, "two dots in a row")])
    {
        assert_eq!(*line, expected_line);
        assert!(reason.contains(expected), "{reason}");
    }
    assert_eq!((report.registered, report.refused.len()), (1, 3), "{report:?}");
}

fn version(saved: &Value) -> u64 {
    saved["version"].as_u64().unwrap()
}
