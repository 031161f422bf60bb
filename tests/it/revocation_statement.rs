//! Tests of the statement that is signed before a certificate is revoked. The statement identifies the certificate, and
//! contains the receipt number, the time and the reason.

use local_stack::adapters::SoftwareSigner;
use serde_json::json;
use shared::pki::{EndEntityCertificate, PreparedStatement, StatementType};

use crate::support::{START, TestStack};

const COUPON: &str = "984940947";

#[tokio::test]
async fn the_statement_contains_the_certificate_reason_and_receipt() {
    let stack = TestStack::start().await;
    let receipt = stack.client().reissue(stack.account("taro"), COUPON).await;

    let certificate = stack.certificate(COUPON);
    let certificate = EndEntityCertificate::parse(certificate.as_bytes()).unwrap();
    // The JSON members are sorted by name, without white space between them (RFC 8785).
    let payload = format!(
        r#"{{"certificateSha256":"{}","couponNumber":"984940947","reason":"superseded","receiptNumber":{},"revokedAt":{START},"serialNumber":"{}"}}"#,
        certificate.sha256(),
        receipt["receiptNumber"],
        certificate.serial_number(),
    );
    assert_eq!(json!(certificate.serial_number().to_colon_hex()), receipt["serialNumber"]);

    let signer = SoftwareSigner::open(&stack.folder().join("statement-key.p8")).unwrap();
    let prepared = PreparedStatement::new(signer.public_key(), StatementType::Revocation, payload.as_bytes());
    let statements = stack.faults.statements();
    let [(signed, signature)] = &statements[..] else { panic!("{} were signed", statements.len()) };
    assert_eq!(signed, prepared.digest().as_ref());
    let jws = prepared.assemble(signature).unwrap();
    let verify =
        |payload: &str| jws.verify(payload.as_bytes(), StatementType::Revocation, signer.public_key());
    assert_eq!(verify(&payload), Ok(()));
    assert!(verify(&payload.replace("superseded", "keyCompromise")).is_err());
}
