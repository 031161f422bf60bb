//! OCSP tests that advance the clock, count calls or inject faults. The other OCSP tests are in
//! [`journeys`](crate::journeys).

use hyper::{Method, body::Bytes, header};
use proptest::{
    prelude::*,
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use shared::domain::{DAY, HOUR};

use crate::support::{
    Answer, Fault, INTERNAL_ERROR, MALFORMED_REQUEST, RelyingParty, START, TRY_LATER, TestStack, UNAUTHORIZED,
};

const COUPON: &str = "984940947";
const REVOKED_COUPON: &str = "984940964";
const NEVER_ISSUED: &str = "1234567890abcdef";

/// Starts a stack, issues its responder certificate, and creates a relying party.
async fn start() -> (TestStack, RelyingParty) {
    let stack = TestStack::start().await;
    stack.renew_ocsp_responder().await;
    let relying_party = RelyingParty::new(stack.client()).await;
    (stack, relying_party)
}

/// Returns the serial number of the responder's certificate in the response.
fn responder(text: &str) -> &str {
    let after = text.lines().skip_while(|line| !line.trim().starts_with("Certificate:"));
    after.skip_while(|line| !line.contains("Serial Number:")).nth(1).unwrap().trim()
}

#[tokio::test]
async fn a_response_contains_the_revocation_time_and_reason() {
    let (stack, relying_party) = start().await;
    let request = relying_party.request(&[&stack.serial_number(REVOKED_COUPON)], &[]);
    let text = relying_party.verified(&request, &relying_party.post(&request).await, START + 1);
    assert!(text.contains("Revocation Time: Nov  2 00:00:00 2026 GMT"), "{text}");
    assert!(text.contains("Revocation Reason: affiliationChanged (0x3)"), "{text}");
    assert!(text.contains("This Update: Nov 22 00:00:00 2026 GMT"), "{text}");
    assert!(text.contains("Next Update: Nov 22 12:00:00 2026 GMT"), "{text}");
}

#[tokio::test]
async fn openssl_sends_its_request_over_http() {
    let (stack, relying_party) = start().await;
    let serial = stack.serial_number(COUPON);
    let url = stack.url("/ocsp");
    let said = relying_party.ask_with_openssl(&url, &serial, &["-sha256"], START + 1).await;
    assert!(said.contains("Response verify OK") && said.contains(": good"), "{said}");

    stack.clock.advance(60);
    stack.client().reissue(stack.account("taro"), COUPON).await;
    let said = relying_party.ask_with_openssl(&url, &serial, &["-sha1"], START + 61).await;
    assert!(said.contains("Response verify OK") && said.contains(": revoked"), "{said}");
    assert!(said.contains("Reason: superseded"), "{said}");
    assert!(said.contains("Revocation Time: Nov 22 00:01:00 2026 GMT"), "{said}");
}

/// RFC 9919 §3.1.1 allows only one certificate in a request. openssl creates requests for several certificates.
#[tokio::test]
async fn a_request_for_several_certificates_receives_the_status_of_the_first() {
    let (stack, relying_party) = start().await;
    let (good, revoked) = (stack.serial_number(COUPON), stack.serial_number(REVOKED_COUPON));
    for (first, status) in [(&good, "good"), (&revoked, "revoked")] {
        let request = relying_party.request(&[first, NEVER_ISSUED, &good, &revoked], &["-no_nonce"]);
        let text = relying_party.verified(&request, &relying_party.post(&request).await, START + 1);
        let said: Vec<_> =
            text.lines().filter_map(|line| line.trim().strip_prefix("Cert Status: ")).collect();
        assert_eq!(said, [status]);
    }
}

/// RFC 9919 §6 defines these headers. The maximum age is short, so that relying parties detect a revocation within
/// minutes.
#[tokio::test]
async fn responses_are_cacheable_for_five_minutes() {
    let (stack, relying_party) = start().await;
    let serial = stack.serial_number(COUPON);
    for (nonce, seconds) in [("-no_nonce", 300), ("-nonce", 300), ("-no_nonce", 10)] {
        let request = relying_party.request(&[&serial], &[nonce]);
        for (answer, audience) in
            [(relying_party.get(&request).await, "public"), (relying_party.post(&request).await, "private")]
        {
            let value = |name: &str| answer.headers[name].to_str().unwrap();
            assert_eq!(value("content-type"), "application/ocsp-response");
            let cache_control = format!("max-age={seconds}, {audience}, no-transform, must-revalidate");
            assert_eq!(value("cache-control"), cache_control);
            assert_eq!(value("last-modified"), "Sun, 22 Nov 2026 00:00:00 GMT");
            assert_eq!(value("expires"), "Sun, 22 Nov 2026 12:00:00 GMT");
            let sha256 = ring::digest::digest(&ring::digest::SHA256, &answer.body);
            assert_eq!(value("etag"), format!("\"{}\"", data_encoding::HEXLOWER.encode(sha256.as_ref())));
        }
        if nonce == "-nonce" {
            // The response is signed again ten seconds after this time.
            stack.clock.advance(4 * HOUR - 10);
        }
    }
    let malformed = stack.client().get("/ocsp/AAAA").await;
    assert_eq!(malformed.header(header::CACHE_CONTROL), Some("no-store"));
}

#[tokio::test]
async fn slashes_in_the_path_may_be_unencoded() {
    let (stack, relying_party) = start().await;
    // The base64 encoding of these octets contains `+` and `/`.
    let request = relying_party.request(&["fbeffffbefbefbef"], &["-no_nonce"]);
    let base64 = data_encoding::BASE64.encode(&request);
    assert!(base64.contains('/') && base64.contains('+') && base64.ends_with('='), "{base64}");
    let plain = stack.client().get(&format!("/ocsp/{base64}")).await;
    for answer in [plain, relying_party.get(&request).await] {
        assert_eq!(answer.body[..], UNAUTHORIZED);
    }
}

/// A client that appends `/` to a URL that already ends with `/` sends two slashes.
#[tokio::test]
async fn additional_slashes_before_the_request_are_ignored() {
    let (stack, relying_party) = start().await;
    let request = relying_party.request(&[&stack.serial_number(COUPON)], &["-no_nonce"]);
    let base64 = data_encoding::BASE64.encode(&request);
    for slashes in ["/", "//", "///"] {
        let answer = stack.client().get(&format!("/ocsp{slashes}{base64}")).await;
        let text = relying_party.verified(&request, &answer, START + 1);
        assert!(text.contains("Cert Status: good"), "{slashes}: {text}");
    }
}

#[tokio::test]
async fn the_responder_is_renewed_after_half_of_its_validity() {
    let (stack, relying_party) = start().await;
    let request = relying_party.request(&[&stack.serial_number(COUPON)], &["-no_nonce"]);
    let ask = async |at| relying_party.verified(&request, &relying_party.get(&request).await, at);
    let first = ask(START).await;
    for expected in [
        "Responder Id: ",
        "OCSP Signing",
        "OCSP No Check",
        "Not After : Dec 22 00:00:00 2026 GMT",
        "Issuer: C=JP, O=cert-reissue local stack, CN=cert-reissue Local CA",
        "Subject: C=JP, O=cert-reissue local stack, CN=OCSP responder",
    ] {
        assert!(first.contains(expected), "{expected}: {first}");
    }

    stack.clock.advance(15 * DAY - 1);
    stack.renew_ocsp_responder().await;
    assert_eq!(responder(&ask(START + 15 * DAY - 1).await), responder(&first));
    stack.clock.advance(1);
    // After a failed renewal, the current certificate remains in use.
    stack.faults.ca_signer.next(1, Fault::Fails);
    stack.renew_ocsp_responder().await;
    assert_eq!(responder(&ask(START + 15 * DAY).await), responder(&first));
    stack.faults.ca_signer.next(1, Fault::Garbage);
    stack.renew_ocsp_responder().await;
    assert_eq!(responder(&ask(START + 15 * DAY).await), responder(&first));
    stack.renew_ocsp_responder().await;
    let second = ask(START + 15 * DAY).await;
    assert_ne!(responder(&second), responder(&first));
    assert!(second.contains("Not After : Jan  6 00:00:00 2027 GMT"), "{second}");
}

#[tokio::test]
async fn concurrent_renewals_yield_one_certificate() {
    let stack = TestStack::start().await;
    tokio::join!(stack.renew_ocsp_responder(), stack.renew_ocsp_responder(), stack.renew_ocsp_responder());
    let relying_party = RelyingParty::new(stack.client()).await;
    let request = relying_party.request(&[&stack.serial_number(COUPON)], &["-nonce"]);
    let first = relying_party.verified(&request, &relying_party.get(&request).await, START);
    // The CA also issued the responder's certificate.
    let own = relying_party.request(&[&responder(&first).replace(':', "")], &["-nonce"]);
    let second = relying_party.verified(&own, &relying_party.get(&own).await, START);
    assert_eq!(responder(&second), responder(&first));
    assert!(second.contains("Cert Status: good"), "{second}");
}

/// A response is valid for at least 8 hours (S/MIME Baseline Requirements §4.9.10). A response cannot be verified after
/// the responder's certificate has expired.
#[tokio::test]
async fn a_response_expires_no_later_than_the_responder() {
    let (stack, relying_party) = start().await;
    let request = relying_party.request(&[&stack.serial_number(COUPON)], &["-no_nonce"]);
    stack.clock.advance(30 * DAY - 8 * HOUR);
    let last =
        relying_party.verified(&request, &relying_party.get(&request).await, START + 30 * DAY - 8 * HOUR);
    assert!(last.contains("Next Update: Dec 22 00:00:00 2026 GMT"), "{last}");
    // A stored signature is reused during the first half of the response's validity. A reused response would expire too
    // early.
    stack.clock.advance(4 * HOUR - 1);
    let same =
        relying_party.verified(&request, &relying_party.get(&request).await, START + 30 * DAY - 4 * HOUR);
    assert_eq!(same, last);
    stack.clock.advance(1);
    unavailable(&relying_party.get(&request).await, INTERNAL_ERROR);
    stack.renew_ocsp_responder().await;
    relying_party.verified(&request, &relying_party.get(&request).await, START + 30 * DAY);
}

fn unavailable(answer: &Answer, expected: [u8; 5]) {
    assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, &expected[..]));
    assert_eq!(answer.header(header::CACHE_CONTROL), Some("no-store"));
}

#[tokio::test]
async fn a_missing_certificate_or_signature_causes_an_error_response() {
    let stack = TestStack::start().await;
    let relying_party = RelyingParty::new(stack.client()).await;
    let request = relying_party.request(&[&stack.serial_number(COUPON)], &["-no_nonce"]);
    unavailable(&relying_party.get(&request).await, INTERNAL_ERROR);
    stack.renew_ocsp_responder().await;
    stack.faults.ocsp_signer.next(1, Fault::Fails);
    unavailable(&relying_party.get(&request).await, TRY_LATER);
    stack.faults.ocsp_signer.next(1, Fault::Garbage);
    unavailable(&relying_party.get(&request).await, INTERNAL_ERROR);
    relying_party.verified(&request, &relying_party.get(&request).await, START);
}

#[tokio::test]
async fn other_methods_are_refused() {
    let (stack, _) = start().await;
    let client = stack.client();
    for (method, path, allowed) in
        [(Method::GET, "/ocsp", "POST"), (Method::PUT, "/ocsp", "POST"), (Method::POST, "/ocsp/AAAA", "GET")]
    {
        let answer = client.send(method, path, &[], Bytes::new()).await;
        answer.problem(405, "method-not-allowed");
        assert_eq!(answer.header(header::ALLOW), Some(allowed), "{path}");
    }
}

/// Every input results in a signed OCSP response, `malformedRequest` or `unauthorized`, but never in an internal error.
#[tokio::test]
async fn no_input_causes_an_internal_error() {
    let (stack, relying_party) = start().await;
    let request = relying_party.request(&[&stack.serial_number(COUPON)], &["-nonce"]);
    let length = request.len();
    let altered = (prop::collection::vec((0..length, any::<u8>()), 1..4), 0..=length).prop_map(
        move |(changes, end)| {
            let mut altered = request.clone();
            for (at, octet) in changes {
                altered[at] = octet;
            }
            altered.truncate(if end % 2 == 0 { end } else { length });
            altered
        },
    );
    let inputs = prop_oneof![1 => prop::collection::vec(any::<u8>(), 0..300), 3 => altered];
    let mut runner = TestRunner::deterministic();
    for _ in 0..250 {
        let input = inputs.new_tree(&mut runner).unwrap().current();
        let path = format!(
            "/ocsp/{}",
            String::from_utf8_lossy(&input).replace(|c: char| !c.is_ascii_graphic(), "%")
        );
        let mut answers = vec![relying_party.post(&input).await, relying_party.get(&input).await];
        if path.parse::<hyper::Uri>().is_ok_and(|uri| uri.query().is_none()) && path.len() > 6 {
            answers.push(stack.client().get(&path).await);
        }
        for answer in answers {
            let is_ocsp =
                [MALFORMED_REQUEST, UNAUTHORIZED].iter().any(|refusal| answer.body[..] == refusal[..])
                    || answer.body.len() > 500;
            assert!(answer.status == 200 && is_ocsp, "{input:02x?}: {answer:?}");
        }
    }
}
