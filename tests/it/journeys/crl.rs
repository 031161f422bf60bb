//! Tests that verify the published CRL with openssl.

use crate::support::{AnyStack, Crl, timestamp};

#[tokio::test]
async fn a_reissue_puts_the_old_certificate_on_the_crl_as_superseded() {
    let stack = AnyStack::start().await;
    let client = stack.client();
    let receipt = stack.client().reissue(stack.account("taro"), stack.coupon("taro")).await;
    stack.settle().await;
    let crl = Crl::fetch(&client).await;
    let revoked = timestamp(&receipt["revocation"]["revokedAt"]).to_utc();
    let format = time::macros::format_description!(
        "Revocation Date: [month repr:short] [day padding:space] [hour]:[minute]:[second] [year] GMT"
    );
    let expected =
        [&revoked.format(format).unwrap(), "CRL entry extensions:", "X509v3 CRL Reason Code:", "Superseded"];
    assert_eq!(crl.entry(receipt["serialNumber"].as_str().unwrap()).unwrap()[..4], expected);
}

#[tokio::test]
async fn openssl_refuses_the_certificate_only_after_its_reissue() {
    let stack = AnyStack::start().await;
    let client = stack.client();
    let certificate = stack.certificate(stack.coupon("taro"));
    let [reissued, other] = &stack.account("hanako").coupon_numbers[..] else { panic!("hanako has two") };
    // A reissue by another subscriber triggers the publication of a CRL.
    stack.client().reissue(stack.account("hanako"), reissued).await;
    stack.settle().await;
    let before = Crl::fetch(&client).await;
    let verified = before.verify_certificate(certificate, stack.now().as_seconds());
    assert!(verified.as_ref().is_ok_and(|text| text.contains("OK")), "{verified:?}");

    stack.client().reissue(stack.account("taro"), stack.coupon("taro")).await;
    stack.settle().await;
    let after = Crl::fetch(&client).await;
    let refused = after.verify_certificate(certificate, stack.now().as_seconds()).unwrap_err();
    assert!(refused.contains("certificate revoked"), "{refused}");
    assert!(after.number() > before.number());
    let other = stack.certificate(other);
    assert!(
        after.verify_certificate(other, stack.now().as_seconds()).is_ok(),
        "the neighbour is as good as before"
    );
}
