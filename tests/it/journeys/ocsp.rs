//! Tests of OCSP requests from relying parties, which verify the responses with openssl.

use crate::support::{Answer, AnyStack, RelyingParty, UNAUTHORIZED};

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
            for (serial, expected) in
                [(good.as_str(), "Cert Status: good"), (&revoked, "Cert Status: revoked")]
            {
                let request = relying_party.request(&[serial], &[hash, nonce]);
                for answer in ask(&relying_party, &request).await {
                    let text = relying_party.verified(&request, &answer, now(&stack));
                    assert!(text.contains(expected), "{hash} {nonce}: {text}");
                    assert!(text.contains(&format!("Hash Algorithm: {}", &hash[1..])), "{text}");
                    // By default, the responder ignores nonces, and openssl only warns.
                    assert!(!text.contains("OCSP Nonce"), "{text}");
                    assert_eq!(text.contains("WARNING: no nonce in response"), nonce == "-nonce", "{text}");
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

/// RFC 9919 §3.2.3 defines the response "unauthorized" for a responder without a record of the certificate.
#[tokio::test]
async fn a_certificate_without_a_record_is_unauthorized() {
    let (stack, relying_party) = start().await;
    let never_issued = relying_party.request(&[NEVER_ISSUED], &["-no_nonce", "-sha256"]);
    let good = stack.serial_number(stack.coupon("taro"));
    let request = relying_party.request(&[&good], &["-no_nonce", "-sha256"]);
    let of_another_ca = [request.len() - 40, request.len() - 75].map(|octet| {
        let mut other = request.clone();
        other[octet] ^= 1;
        other
    });
    for request in of_another_ca.iter().chain([&never_issued]) {
        for answer in ask(&relying_party, request).await {
            assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, &UNAUTHORIZED[..]));
        }
    }
}
