//! Tests of the pick-up (証明書取得), in which a subscriber obtains one certificate with a certificate code and a key.

use serde_json::json;
use shared::pki::EndEntityCertificate;

use crate::support::{AnyStack, Crl, Mailed, PickUpCredentials, code_in, new_request, openssl_request};

const AT_ONCE: usize = 10;

#[tokio::test]
async fn openssl_accepts_the_certificates_for_every_key_type() {
    let stack = AnyStack::start().await;
    let folder = tempfile::tempdir().unwrap();
    let by_openssl = |key: &[&str]| openssl_request(folder.path(), key);
    let [one, other] = &stack.account("hanako").coupon_numbers[..] else { panic!("hanako has two") };
    let requests = [
        ("taro", stack.coupon("taro"), new_request()),
        ("hanako", one, by_openssl(&["ec", "-pkeyopt", "ec_paramgen_curve:P-256"])),
        ("hanako", other, by_openssl(&["ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-sha256"])),
        ("ichiro", stack.coupon("ichiro"), by_openssl(&["rsa:2048"])),
    ];
    for (mailbox, coupon_number, request) in requests {
        let Mailed { receipt, credentials } = stack.mailed(mailbox, coupon_number).await;
        let before = stack.client().check_pick_up(&credentials).await.ok();
        let issued = stack.client().pick_up(&credentials, &request).await;
        assert_eq!(issued.status, 201);
        let issued = issued.ok();
        stack.assert_good(&issued, &request, &stack.account(mailbox).email_address).await;

        assert_eq!(before["receiptNumber"], receipt["receiptNumber"]);
        assert_eq!((&before["subject"], &before["notAfter"]), (&issued["subject"], &issued["notAfter"]));
        let mut after = before.clone();
        after["certificate"] = issued;
        assert_eq!(stack.client().check_pick_up(&credentials).await.ok(), after);
    }
}

#[tokio::test]
async fn the_effects_are_shown_before_the_pick_up_and_on_the_receipt() {
    let stack = AnyStack::start().await;
    let (account, coupon) = (stack.account("taro"), stack.coupon("taro"));
    let old = EndEntityCertificate::parse(stack.certificate(coupon).as_bytes()).unwrap();
    let not_after = old.not_after().to_rfc3339();
    let Mailed { receipt, credentials } = stack.mailed("taro", coupon).await;
    let mailed = stack.receipt_of("taro", &receipt).await;
    let shown = stack.client().check_pick_up(&credentials).await.ok();
    let subject = json!({
        "commonName": "Mihon Taro",
        "organizationName": "Sample Trading K.K.",
        "organizationIdentifier": "NTRJP-9000000000000",
        "countryName": "JP",
        "emailAddress": account.email_address,
    });
    assert_eq!(
        shown,
        json!({
            "receiptNumber": receipt["receiptNumber"],
            "couponNumber": coupon,
            "subject": subject,
            "notAfter": not_after,
            "codeExpiresAt": mailed["mail"]["codeExpiresAt"],
            "replaces": {
                "serialNumber": receipt["serialNumber"],
                "notAfter": not_after,
                "revokedAt": receipt["acceptedAt"],
                "revokedByPickUp": false,
            },
            "certificate": null,
        })
    );

    let issued = stack.client().pick_up(&credentials, &new_request()).await.ok();
    stack.recently_issued(&issued["notBefore"]);
    assert_eq!(issued["notAfter"], not_after);
    assert_ne!(issued["couponNumber"], coupon);
    let read = stack.receipt_of("taro", &receipt).await;
    stack.recent(&read["pickUp"]["pickedUpAt"]);
    assert_eq!(
        (&read["pickUp"]["until"], &read["pickUp"]["couponNumber"]),
        (&receipt["pickUp"]["until"], &issued["couponNumber"])
    );
    let mut events: Vec<_> =
        read["timeline"].as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap()).collect();
    // The email event and the CRL event may occur in either order.
    events[2..4].sort_unstable();
    assert_eq!(events, ["accepted", "revoked", "codeSent", "listed", "pickedUp"]);
    assert_eq!((&read["resend"]["possible"], &read["resend"]["reason"]), (&json!(false), &json!("pickedUp")));
}

#[tokio::test]
async fn a_repeated_request_returns_the_same_certificate() {
    let stack = AnyStack::start().await;
    let Mailed { receipt, credentials } = stack.mailed("taro", stack.coupon("taro")).await;
    let request = new_request();
    let first = stack.client().pick_up(&credentials, &request).await;
    let again = stack.client().pick_up(&credentials, &request).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));

    let refused = stack.client().pick_up(&credentials, &new_request()).await;
    let problem = refused.problem(409, "already-picked-up");
    assert_eq!(problem["receiptNumber"], receipt["receiptNumber"]);
    assert_eq!(stack.client().pick_up(&credentials, &request).await.body, first.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_one_of_ten_concurrent_requests_succeeds() {
    let stack = AnyStack::start().await;
    let mailed = stack.mailed("taro", stack.coupon("taro")).await;
    let requests = (0..AT_ONCE).map(|_| new_request()).collect();
    let answers = stack.pick_up_at_once(&mailed, requests).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.problem(409, "already-picked-up");
    }
}

#[tokio::test]
async fn only_the_new_code_selects_the_new_certificate_in_the_next_reissue() {
    let stack = AnyStack::start().await;
    let account = stack.account("taro").clone();
    let Mailed { credentials, .. } = stack.mailed("taro", stack.coupon("taro")).await;
    let first = stack.client().pick_up(&credentials, &new_request()).await.ok();
    let coupon_number = first["couponNumber"].as_str().unwrap();

    let with_old_code = stack.identified("taro").await.get("/api/certificates").await.ok();
    assert_eq!(with_old_code["certificates"], json!([]));
    let mut client = stack.client();
    let renewed = local_stack::DemoAccount { certificate_code: credentials.code.clone(), ..account };
    client.identify(&renewed).await.ok();
    let list = client.get("/api/certificates").await.ok();
    assert_eq!(list["certificates"][0]["couponNumber"], coupon_number);
    assert_eq!((list["certificates"].as_array().unwrap().len(), &list["receipts"]), (1, &json!([])));

    let receipt = client.reissue(&renewed, coupon_number).await;
    assert_eq!(receipt["serialNumber"], first["serialNumber"]);
    stack.settle().await;
    let next = stack.latest_code("taro").await;
    let second = stack.client().pick_up(&next, &new_request()).await.ok();
    assert_eq!((&second["notAfter"], &second["subject"]), (&first["notAfter"], &first["subject"]));
    let crl = Crl::fetch(&stack.client()).await;
    let now = stack.now().as_seconds();
    crl.verify_certificate(second["certificate"].as_str().unwrap(), now).unwrap();
    let revoked = crl.verify_certificate(first["certificate"].as_str().unwrap(), now);
    assert!(revoked.unwrap_err().contains("certificate revoked"));
}

#[tokio::test]
async fn the_certificate_contains_the_changed_address() {
    let stack = AnyStack::start().await;
    let (account, coupon) = (stack.account("taro"), stack.coupon("taro"));
    let changed = stack.address("veri.taro");
    let mut client = stack.client();
    client.reissue_to(account, coupon, &changed).await;
    stack.settle().await;

    let mails = client.mails().await;
    let mail = mails.iter().find(|mail| mail["to"] == changed).unwrap();
    let credentials =
        PickUpCredentials { code: code_in(&mail["text"]), password: account.application_password.clone() };
    let request = new_request();
    let issued = client.pick_up(&credentials, &request).await.ok();
    stack.assert_good(&issued, &request, &changed).await;
    let password = &account.application_password;
    client.identify_as(&changed, password, &credentials.code).await.ok();
    let failed = client.identify_as(&account.email_address, password, &credentials.code).await;
    failed.problem(401, "identity-check-failed");
}
