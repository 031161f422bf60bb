//! Tests of OCSP requests from relying parties, which verify the responses with openssl.

use crate::support::{Answer, AnyStack, RelyingParty};

const NEVER_ISSUED: &str = "1234567890abcdef";

/// Starts a stack, issues its responder certificate, and creates a relying party.
async fn start() -> (AnyStack, RelyingParty) {
    let stack = AnyStack::start().await;
    stack.renew_ocsp_responder().await;
    let relying_party = RelyingParty::new(stack.client()).await;
    (stack, relying_party)
}

/// Sends the OCSP request by POST and by GET. Skips GET if the path would contain an empty segment, because the
/// emulator of API Gateway removes empty segments.
async fn ask(relying_party: &RelyingParty, request: &[u8]) -> Vec<Answer> {
    let mut answers = vec![relying_party.post(request).await];
    if data_encoding::BASE64.encode(request).split('/').all(|segment| !segment.is_empty()) {
        answers.push(relying_party.get(request).await);
    }
    answers
}

/// Returns the time at which openssl verifies responses.
fn now(stack: &AnyStack) -> i64 {
    stack.now().as_seconds() + 1
}

#[tokio::test]
async fn openssl_accepts_every_status_for_every_form_of_request() {
    let (stack, relying_party) = start().await;
    let good = stack.serial_number(stack.coupon("taro"));
    let revoked = stack.serial_number(stack.coupon("shiro"));
    for hash in ["-sha1", "-sha256"] {
        for nonce in ["-nonce", "-no_nonce"] {
            for (serial, expected) in [
                (good.as_str(), "Cert Status: good"),
                (&revoked, "Cert Status: revoked"),
                (NEVER_ISSUED, "Cert Status: unknown"),
            ] {
                let request = relying_party.request(&[serial], &[hash, nonce]);
                for answer in ask(&relying_party, &request).await {
                    let text = relying_party.verified(&request, &answer, now(&stack));
                    assert!(text.contains(expected), "{hash} {nonce}: {text}");
                    assert!(text.contains(&format!("Hash Algorithm: {}", &hash[1..])), "{text}");
                    assert_eq!(text.contains("OCSP Nonce"), nonce == "-nonce", "{text}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_reissue_changes_the_status_immediately() {
    let (stack, relying_party) = start().await;
    let serial = stack.serial_number(stack.coupon("taro"));
    let request = relying_party.request(&[&serial], &["-nonce"]);
    let before = relying_party.verified(&request, &relying_party.post(&request).await, now(&stack));
    assert!(before.contains("Cert Status: good"), "{before}");
    stack.client().reissue(stack.account("taro"), stack.coupon("taro")).await;
    let after = relying_party.verified(&request, &relying_party.post(&request).await, now(&stack));
    assert!(after.contains("Cert Status: revoked") && after.contains("superseded"), "{after}");
}

/// RFC 6960 §2.2 defines the status "unknown". openssl does not accept this responder for another CA's certificates, so
/// the test disables openssl's check of the responder.
#[tokio::test]
async fn a_certificate_of_another_ca_is_unknown() {
    let (stack, relying_party) = start().await;
    let good = stack.serial_number(stack.coupon("taro"));
    let request = relying_party.request(&[&good], &["-no_nonce", "-sha256"]);
    for octet in [request.len() - 40, request.len() - 75] {
        let mut other = request.clone();
        other[octet] ^= 1;
        let answer = relying_party.post(&other).await;
        let text = relying_party.verified_as(&other, &answer, now(&stack), &["-no_cert_checks"]);
        assert!(text.contains("Cert Status: unknown"), "{text}");
    }
}
