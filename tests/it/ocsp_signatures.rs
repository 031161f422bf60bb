//! Tests the number of signatures that OCSP requests cause.

use dynoxide::Database;
use local_stack::Loss;
use serde_json::{Value, json};
use shared::{
    domain::{HOUR, MINUTE, ocsp::NoncePolicy},
    pki::ocsp::REFRESH_AFTER,
};

use crate::support::{Answer, Fault, Prepared, RelyingParty, START, TestStack, UNAUTHORIZED};

const COUPON: &str = "984940947";
const REVOKED_COUPON: &str = "984940964";
const REGISTRY: &str = "cert-reissue-local-registry";

/// A stack with a responder certificate, and a relying party.
struct Responder {
    stack: TestStack,
    relying_party: RelyingParty,
}

impl Responder {
    async fn start() -> Self {
        Self::of(TestStack::start().await).await
    }

    async fn with_nonces(limit: &str) -> Self {
        let nonces: NoncePolicy = limit.parse().unwrap();
        Self::of(Prepared::with_ocsp_nonces(nonces).await.run()).await
    }

    async fn of(stack: TestStack) -> Self {
        stack.renew_ocsp_responder().await;
        let relying_party = RelyingParty::new(stack.client()).await;
        Self { stack, relying_party }
    }

    fn request(&self, coupon_number: &str, nonce: &str) -> Vec<u8> {
        self.relying_party.request(&[&self.stack.serial_number(coupon_number)], &["-sha256", nonce])
    }

    fn signatures(&self) -> usize {
        self.stack.faults.ocsp_signatures()
    }

    fn text(&self, request: &[u8], answer: &Answer) -> String {
        self.relying_party.verified(request, answer, START + 1)
    }

    /// Returns the response to a request without a nonce.
    async fn ask(&self, coupon_number: &str) -> String {
        let request = self.request(coupon_number, "-no_nonce");
        self.text(&request, &self.relying_party.post(&request).await)
    }

    /// Returns true if the response to a new request repeats the nonce of the request.
    async fn repeats_nonce(&self) -> bool {
        let request = self.request(COUPON, "-nonce");
        let text = self.text(&request, &self.relying_party.post(&request).await);
        !text.contains("no nonce in response")
    }

    fn database(&self) -> Database {
        Database::new(&self.stack.folder().join("dynamodb.sqlite").to_string_lossy()).unwrap()
    }

    /// Returns the key of the stored signature for `coupon_number`.
    fn signature_key(&self, coupon_number: &str) -> Value {
        let serial_number = self.stack.serial_number(coupon_number);
        // openssl's requests have NULL parameters.
        let key = format!("OCSP-SIGNATURE#{serial_number}-sha256-null");
        json!({ "pk": { "S": key }, "sk": { "S": "SIGNATURE" } })
    }

    /// Returns the stored signature for `coupon_number`.
    fn stored(&self, coupon_number: &str) -> Value {
        let request = json!({ "TableName": REGISTRY, "Key": self.signature_key(coupon_number) });
        let answer = self.database().get_item(serde_json::from_value(request).unwrap()).unwrap();
        serde_json::to_value(answer).unwrap()["Item"].clone()
    }

    /// Replaces an attribute of the stored signature for [`COUPON`].
    fn damage(&self, attribute: &str, value: &Value) {
        let mut item = self.stored(COUPON);
        item[attribute] = value.clone();
        let request = json!({ "TableName": REGISTRY, "Item": item });
        self.database().put_item(serde_json::from_value(request).unwrap()).unwrap();
    }
}

/// Attack H4: each of 200 requests with nonces for random serial numbers used to cause one signature.
#[tokio::test]
async fn random_serial_numbers_cost_no_signature() {
    let responder = Responder::start().await;
    let template = responder.relying_party.request(&["1234567890abcdef"], &["-nonce"]);
    let serial_number = template.windows(2).position(|octets| octets == [0x12, 0x34]).unwrap();
    for number in 0..200_u64 {
        let mut request = template.clone();
        // Multiplying by an odd number yields a different number for each request.
        let random = (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 1) | 1 << 62;
        request[serial_number..serial_number + 8].copy_from_slice(&random.to_be_bytes());
        assert_eq!(responder.relying_party.post(&request).await.body[..], UNAUTHORIZED);
        assert_eq!(responder.relying_party.get(&request).await.body[..], UNAUTHORIZED);
    }
    assert_eq!(responder.signatures(), 0);
}

/// Attack H4: in addition, the responses were not cacheable.
#[tokio::test]
async fn many_requests_for_a_certificate_cost_one_signature() {
    let responder = Responder::start().await;
    let first = responder.ask(COUPON).await;
    for number in 0..100 {
        let request = responder.request(COUPON, if number % 2 == 0 { "-nonce" } else { "-no_nonce" });
        let answer = responder.relying_party.get(&request).await;
        let text = responder.text(&request, &answer).replace("WARNING: no nonce in response\n", "");
        assert_eq!(text, first);
        assert!(answer.headers["cache-control"].to_str().unwrap().contains("public"));
    }
    assert_eq!(responder.signatures(), 1);
    responder.ask(REVOKED_COUPON).await;
    assert_eq!(responder.signatures(), 2);
}

#[tokio::test]
async fn a_response_is_signed_again_after_four_hours() {
    assert_eq!(REFRESH_AFTER, 4 * HOUR);
    let responder = Responder::start().await;
    let first = responder.ask(COUPON).await;
    responder.stack.clock.advance(REFRESH_AFTER - 1);
    assert_eq!(responder.ask(COUPON).await, first);
    assert_eq!(responder.signatures(), 1);
    responder.stack.clock.advance(1);
    let second = responder.ask(COUPON).await;
    assert!(second.contains("This Update: Nov 22 04:00:00 2026 GMT"), "{second}");
    assert_eq!(responder.ask(COUPON).await, second);
    assert_eq!(responder.signatures(), 2);
    // A signature with a time in the future is not reused after the clock has been corrected.
    responder.stack.clock.advance(-HOUR);
    let third = responder.ask(COUPON).await;
    assert!(third.contains("This Update: Nov 22 03:00:00 2026 GMT"), "{third}");
}

#[tokio::test]
async fn a_revocation_invalidates_the_stored_signature() {
    let responder = Responder::start().await;
    assert!(responder.ask(COUPON).await.contains("Cert Status: good"));
    let account = responder.stack.account("taro");
    responder.stack.client().reissue(account, COUPON).await;
    let revoked = responder.ask(COUPON).await;
    assert!(revoked.contains("Cert Status: revoked") && revoked.contains("superseded"), "{revoked}");
    assert_eq!(responder.ask(COUPON).await, revoked);
    assert_eq!(responder.signatures(), 2);
}

#[tokio::test]
async fn parallel_signers_store_one_signature() {
    let responder = Responder::start().await;
    let request = responder.request(COUPON, "-no_nonce");
    let ask = || responder.relying_party.post(&request);
    for answer in <[Answer; 4]>::from(tokio::join!(ask(), ask(), ask(), ask())) {
        assert!(responder.text(&request, &answer).contains("Cert Status: good"));
    }
    let (signatures, stored) = (responder.signatures(), responder.stored(COUPON));
    assert!((1..=4).contains(&signatures), "{signatures}");
    responder.ask(COUPON).await;
    assert_eq!((responder.signatures(), responder.stored(COUPON)), (signatures, stored));
}

#[tokio::test]
async fn a_damaged_signature_is_replaced() {
    let responder = Responder::start().await;
    responder.ask(COUPON).await;
    let stored = responder.stored(COUPON);
    let other = {
        responder.ask(REVOKED_COUPON).await;
        responder.stored(REVOKED_COUPON)["signature"].clone()
    };
    for (attribute, damage) in [
        ("signature", other),
        ("signature", json!({ "S": "not base64" })),
        ("signature", json!({ "N": "1" })),
        ("this_update", json!({ "S": "yesterday" })),
        ("this_update", json!({ "N": (START - 1).to_string() })),
    ] {
        responder.damage(attribute, &damage);
        let before = responder.signatures();
        let text = responder.ask(COUPON).await;
        assert!(text.contains("This Update: Nov 22 00:00:00 2026 GMT"), "{attribute} {damage}: {text}");
        responder.ask(COUPON).await;
        assert_eq!(responder.signatures() - before, 1, "{attribute} {damage}");
        assert_eq!(responder.stored(COUPON)["this_update"], stored["this_update"]);
    }
}

#[tokio::test]
async fn a_response_contains_the_current_responder_certificate() {
    let responder = Responder::start().await;
    responder.stack.clock.advance(15 * 24 * HOUR - 1);
    let request = responder.request(COUPON, "-no_nonce");
    let ask = async || {
        let answer = responder.relying_party.post(&request).await;
        responder.relying_party.verified(&request, &answer, START + 15 * 24 * HOUR)
    };
    let first = ask().await;
    responder.stack.clock.advance(1);
    responder.stack.renew_ocsp_responder().await;
    let second = ask().await;
    assert_ne!(first, second, "the second contains the new certificate");
    assert!(second.contains("Not After : Jan  6 00:00:00 2027 GMT"), "{second}");
    // The first response was signed before the new certificate was issued.
    assert_eq!(responder.signatures(), 2);
}

#[tokio::test]
async fn a_response_is_given_even_if_its_signature_cannot_be_stored() {
    let responder = Responder::start().await;
    responder.stack.database_calls.lose(2, Loss::Request);
    assert!(responder.ask(COUPON).await.contains("Cert Status: good"));
    assert_eq!(responder.stored(COUPON), Value::Null);
    responder.ask(COUPON).await;
    responder.ask(COUPON).await;
    assert_eq!(responder.signatures(), 2);
}

#[tokio::test]
async fn a_failed_signature_is_not_stored() {
    let responder = Responder::start().await;
    let request = responder.request(COUPON, "-no_nonce");
    for fault in [Fault::Fails, Fault::FailsAfterwards, Fault::Garbage] {
        responder.stack.faults.ocsp_signer.next(1, fault);
        assert_eq!(responder.relying_party.post(&request).await.body.len(), 5);
        assert_eq!(responder.stored(COUPON), Value::Null);
    }
}

#[tokio::test]
async fn nonces_are_repeated_up_to_the_limit_of_a_minute() {
    let responder = Responder::with_nonces("3").await;
    responder.ask(COUPON).await;
    for minute in 1..=2 {
        for number in 0..20 {
            assert_eq!(responder.repeats_nonce().await, number < 3, "{minute}, {number}");
        }
        // One of the signatures is for requests without a nonce or with a nonce beyond the limit.
        assert_eq!(responder.signatures(), 1 + 3 * minute);
        responder.stack.clock.advance(MINUTE);
    }
    let random = responder.relying_party.request(&["1234567890abcdef"], &["-nonce"]);
    assert_eq!(responder.relying_party.post(&random).await.body[..], UNAUTHORIZED);
    assert!(responder.repeats_nonce().await, "a random serial number does not count");
}

#[tokio::test]
async fn parallel_requests_do_not_exceed_the_limit_for_nonces() {
    let responder = Responder::with_nonces("2").await;
    responder.ask(COUPON).await;
    let repeats = || responder.repeats_nonce();
    let repeated =
        <[bool; 6]>::from(tokio::join!(repeats(), repeats(), repeats(), repeats(), repeats(), repeats()));
    assert_eq!(repeated.iter().filter(|repeats| **repeats).count(), 2);
    assert_eq!(responder.signatures(), 3);
}

#[tokio::test]
async fn an_uncounted_nonce_is_ignored() {
    let responder = Responder::with_nonces("3").await;
    responder.ask(COUPON).await;
    responder.stack.database_calls.lose(2, Loss::Request);
    assert!(!responder.repeats_nonce().await);
    assert!(responder.repeats_nonce().await);
}

#[tokio::test]
async fn responses_cost_the_documented_number_of_calls() {
    let responder = Responder::with_nonces("1").await;
    let calls = async |request: Vec<u8>| {
        let before = (responder.stack.database_calls.count(), responder.signatures());
        responder.relying_party.post(&request).await;
        (responder.stack.database_calls.count() - before.0, responder.signatures() - before.1)
    };
    let never_issued = responder.relying_party.request(&["1234567890abcdef"], &["-nonce"]);
    assert_eq!(calls(never_issued.clone()).await, (1, 0), "a serial number without a record");
    let mut other_ca = never_issued;
    let end = other_ca.windows(2).position(|octets| octets == [0x12, 0x34]).unwrap() - 4;
    other_ca[end] ^= 1;
    assert_eq!(calls(other_ca).await, (0, 0), "another CA");
    assert_eq!(calls(responder.request(COUPON, "-no_nonce")).await, (2, 1), "a new signature");
    assert_eq!(calls(responder.request(COUPON, "-no_nonce")).await, (1, 0), "a stored signature");
    assert_eq!(calls(responder.request(COUPON, "-nonce")).await, (2, 1), "a nonce");
    assert_eq!(calls(responder.request(COUPON, "-nonce")).await, (1, 0), "a nonce above the limit");
}
