//! Pick-up (証明書取得): a certificate code and a key become a certificate, once.

use std::{fs, path::Path};

use local_stack::Loss;
use serde_json::{Value, json};
use shared::domain::{DAY, HOUR, revocation::RevocationTiming};
use tokio::task::JoinSet;

use crate::support::{
    Answer, Crl, ExportedLog, Fault, Mailed, START, TestStack, mails, new_request, openssl, openssl_request,
};

const COUPON: &str = "984940947";
const AT_ONCE: usize = 10;

/// Writes `content` where openssl finds it, and gives the path.
fn file(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Has openssl judge what was issued: by the CA, for this mailbox, the key that of the request.
async fn assert_good(stack: &TestStack, issued: &Value, request: &str, mailbox: &str) {
    let folder = tempfile::tempdir().unwrap();
    let text = |name: &str| issued[name].as_str().unwrap();
    let certificate = file(folder.path(), "certificate.pem", text("certificate"));
    let request = file(folder.path(), "request.pem", request);
    let chain = file(folder.path(), "chain.pem", text("chain"));
    let pkcs7 = file(folder.path(), "pkcs7.pem", text("pkcs7"));
    let ca = stack.client().get("/ca.pem").await.body;
    let ca = file(folder.path(), "ca.pem", std::str::from_utf8(&ca).unwrap());

    let at = (START + DAY).to_string();
    for purpose in ["smimesign", "sslclient"] {
        let arguments = ["verify", "-x509_strict", "-attime", &at, "-purpose", purpose, "-CAfile"];
        for ca in [&ca, &chain] {
            openssl(&[&arguments[..], &[ca, &certificate]].concat()).unwrap();
        }
    }
    let shown =
        |options: &[&str]| openssl(&[&["x509", "-in", &certificate, "-noout"], options].concat()).unwrap();
    assert_eq!(shown(&["-email"]).trim(), mailbox);
    assert!(shown(&["-text"]).contains("CA:FALSE"));
    let key_of_request = openssl(&["req", "-in", &request, "-noout", "-pubkey", "-verify"]).unwrap();
    assert!(key_of_request.starts_with(&shown(&["-pubkey"])), "the key is that of the request");
    let fingerprint = shown(&["-fingerprint", "-sha256"]).replace(':', "").to_lowercase();
    assert!(fingerprint.contains(text("sha256")), "{fingerprint}");
    let serial = shown(&["-serial"]).to_lowercase();
    assert!(serial.contains(&text("serialNumber").replace(':', "")), "{serial}");

    let both = openssl(&["pkcs7", "-in", &pkcs7, "-print_certs"]).unwrap();
    for pem in [text("certificate"), text("chain")] {
        assert!(both.contains(pem.trim()), "{both}");
    }
}

#[tokio::test]
async fn a_request_of_every_kind_of_key_becomes_a_certificate_that_openssl_accepts() {
    let stack = TestStack::start().await;
    let folder = tempfile::tempdir().unwrap();
    let by_openssl = |key: &[&str]| openssl_request(folder.path(), key);
    let requests = [
        ("taro", COUPON, new_request()),
        ("hanako", "984940950", by_openssl(&["ec", "-pkeyopt", "ec_paramgen_curve:P-256"])),
        ("hanako", "984940951", by_openssl(&["ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-sha256"])),
        ("ichiro", "984940961", by_openssl(&["rsa:2048"])),
    ];
    for (mailbox, coupon_number, request) in requests {
        let Mailed { receipt, credentials } = stack.mailed(mailbox, coupon_number).await;
        let before = stack.client().check_pick_up(&credentials).await.ok();
        let issued = stack.client().pick_up(&credentials, &request).await;
        assert_eq!(issued.status, 201);
        let issued = issued.ok();
        assert_good(&stack, &issued, &request, &format!("{mailbox}@example.co.jp")).await;

        assert_eq!(before["receiptNumber"], receipt["receiptNumber"]);
        assert_eq!((&before["subject"], &before["notAfter"]), (&issued["subject"], &issued["notAfter"]));
        let mut after = before.clone();
        after["certificate"] = issued;
        assert_eq!(stack.client().check_pick_up(&credentials).await.ok(), after);
    }
}

#[tokio::test]
async fn what_will_happen_is_shown_before_and_on_the_receipt_after() {
    let stack = TestStack::start().await;
    let Mailed { receipt, credentials } = stack.mailed("taro", COUPON).await;
    let shown = stack.client().check_pick_up(&credentials).await.ok();
    let subject = json!({
        "commonName": "Veri Taro",
        "organizationName": "Sample Trading K.K.",
        "organizationIdentifier": "NTRJP-9000000000000",
        "countryName": "JP",
        "emailAddress": "taro@example.co.jp",
    });
    assert_eq!(
        shown,
        json!({
            "receiptNumber": receipt["receiptNumber"],
            "couponNumber": COUPON,
            "subject": subject,
            "notAfter": "2027-12-27T00:00:00Z",
            "codeExpiresAt": "2026-11-23T00:00:00Z",
            "replaces": {
                "serialNumber": receipt["serialNumber"],
                "notAfter": "2027-12-27T00:00:00Z",
                "revokedAt": "2026-11-22T00:00:00Z",
                "revokedByPickUp": false,
            },
            "certificate": null,
        })
    );

    stack.clock.advance(HOUR);
    let issued = stack.client().pick_up(&credentials, &new_request()).await.ok();
    assert_eq!(
        (&issued["notBefore"], &issued["notAfter"]),
        (&json!("2026-11-22T01:00:00Z"), &shown["notAfter"])
    );
    assert_ne!(issued["couponNumber"], COUPON);
    let read = stack.receipt_of("taro", &receipt).await;
    assert_eq!(
        read["pickUp"],
        json!({
            "until": "2026-12-22T00:00:00Z",
            "pickedUpAt": "2026-11-22T01:00:00Z",
            "couponNumber": issued["couponNumber"],
        })
    );
    let events: Vec<_> = read["timeline"].as_array().unwrap().iter().map(|event| &event["event"]).collect();
    assert_eq!(events, ["accepted", "revoked", "listed", "codeSent", "pickedUp"]);
    assert_eq!((&read["resend"]["possible"], &read["resend"]["reason"]), (&json!(false), &json!("pickedUp")));
}

#[tokio::test]
async fn the_same_request_again_gives_the_same_certificate_and_another_is_refused() {
    let stack = TestStack::start().await;
    let Mailed { receipt, credentials } = stack.mailed("taro", COUPON).await;
    let request = new_request();
    let first = stack.client().pick_up(&credentials, &request).await;
    stack.clock.advance(HOUR);
    let again = stack.client().pick_up(&credentials, &request).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));

    let refused = stack.client().pick_up(&credentials, &new_request()).await;
    let problem = refused.problem(409, "already-picked-up");
    assert_eq!(problem["receiptNumber"], receipt["receiptNumber"]);
    assert_eq!(stack.client().pick_up(&credentials, &request).await.body, first.body);
}

/// Sends each request from a client of its own, all at once.
async fn pick_up_at_once(stack: &TestStack, mailed: &Mailed, requests: Vec<String>) -> Vec<Answer> {
    let mut running = JoinSet::new();
    for request in requests {
        let (client, credentials) = (stack.client(), mailed.credentials.clone());
        running.spawn(async move { client.pick_up(&credentials, &request).await });
    }
    running.join_all().await
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_times_the_same_request_at_once_is_one_certificate() {
    let stack = TestStack::start_with(RevocationTiming::PickUp).await;
    let mailed = stack.mailed("taro", COUPON).await;
    let answers = pick_up_at_once(&stack, &mailed, vec![new_request(); AT_ONCE]).await;
    for answer in &answers {
        assert_eq!((answer.status.as_u16(), &answer.body), (201, &answers[0].body));
    }
    stack.settle().await;
    assert_eq!(Crl::fetch(&stack.client()).await.number(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_different_requests_at_once_one_wins() {
    let stack = TestStack::start().await;
    let mailed = stack.mailed("taro", COUPON).await;
    let requests = (0..AT_ONCE).map(|_| new_request()).collect();
    let answers = pick_up_at_once(&stack, &mailed, requests).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.problem(409, "already-picked-up");
    }
}

#[tokio::test]
async fn whoever_dies_before_or_after_signing_leaves_nothing_that_the_next_one_cannot_complete() {
    for fault in [Fault::Fails, Fault::FailsAfterwards, Fault::Garbage] {
        let stack = TestStack::start_with(RevocationTiming::PickUp).await;
        let Mailed { receipt, credentials } = stack.mailed("taro", COUPON).await;
        let request = new_request();
        // The first dies when the certificate is signed, the second after it, when the statement is.
        for signer in [&stack.faults.ca_signer, &stack.faults.statement_signer] {
            signer.always(fault);
            let failed = stack.client().pick_up(&credentials, &request).await;
            assert!(matches!(failed.status.as_u16(), 500 | 503), "{failed:?}");
            signer.heal();
            let shown = stack.client().check_pick_up(&credentials).await.ok();
            assert_eq!(
                (&shown["certificate"], &shown["replaces"]["revokedAt"]),
                (&json!(null), &json!(null))
            );
        }
        let read = stack.receipt_of("taro", &receipt).await;
        assert_eq!(read["pickUp"]["pickedUpAt"], json!(null));

        let issued = stack.client().pick_up(&credentials, &request).await.ok();
        assert_good(&stack, &issued, &request, "taro@example.co.jp").await;
    }
}

/// The fourth call claims the issuance, the fifth makes it true.
#[tokio::test]
async fn a_write_that_is_lost_costs_nothing_but_the_same_request_again() {
    let stack = TestStack::start_with(RevocationTiming::PickUp).await;
    let client = stack.client();
    for (mailbox, coupon_number, call, loss) in [
        ("taro", COUPON, 4, Loss::Request),
        ("hanako", "984940950", 4, Loss::Answer),
        ("hanako", "984940951", 5, Loss::Request),
        ("ichiro", "984940961", 5, Loss::Answer),
    ] {
        let Mailed { credentials, receipt } = stack.mailed(mailbox, coupon_number).await;
        let request = new_request();
        stack.database_calls.lose(call, loss);
        client.pick_up(&credentials, &request).await.problem(503, "temporarily-unavailable");
        let was_issued = (call, loss) == (5, Loss::Answer);
        let shown = client.check_pick_up(&credentials).await.ok();
        assert_eq!(
            (shown["certificate"].is_object(), shown["replaces"]["revokedAt"].is_string()),
            (was_issued, was_issued)
        );

        let issued = client.pick_up(&credentials, &request).await.ok();
        assert_good(&stack, &issued, &request, &format!("{mailbox}@example.co.jp")).await;
        stack.settle().await;
        let crl = Crl::fetch(&client).await;
        assert!(crl.entry(receipt["serialNumber"].as_str().unwrap()).is_some());
        assert!(crl.entry(issued["serialNumber"].as_str().unwrap()).is_none());
    }
}

#[tokio::test]
async fn what_was_claimed_for_a_key_that_is_lost_gives_way_to_another_key() {
    let stack = TestStack::start().await;
    let Mailed { credentials, .. } = stack.mailed("taro", COUPON).await;
    stack.faults.ca_signer.next(1, Fault::FailsAfterwards);
    let (lost, kept) = (new_request(), new_request());
    stack.client().pick_up(&credentials, &lost).await.problem(503, "temporarily-unavailable");
    let issued = stack.client().pick_up(&credentials, &kept).await.ok();
    assert_good(&stack, &issued, &kept, "taro@example.co.jp").await;
    stack.client().pick_up(&credentials, &lost).await.problem(409, "already-picked-up");
}

#[tokio::test]
async fn with_the_timing_pickup_the_old_certificate_is_revoked_with_the_pick_up() {
    let stack = TestStack::start_with(RevocationTiming::PickUp).await;
    let Mailed { receipt, credentials } = stack.mailed("taro", COUPON).await;
    let client = stack.client();
    let shown = client.check_pick_up(&credentials).await.ok();
    assert_eq!(
        (&shown["replaces"]["revokedAt"], &shown["replaces"]["revokedByPickUp"]),
        (&json!(null), &json!(true))
    );
    assert_eq!(ExportedLog::of(&stack).revocations(), 0);

    stack.clock.advance(HOUR);
    client.pick_up(&credentials, &new_request()).await.ok();
    let shown = client.check_pick_up(&credentials).await.ok();
    assert_eq!(
        (&shown["replaces"]["revokedAt"], &shown["replaces"]["revokedByPickUp"]),
        (&json!("2026-11-22T01:00:00Z"), &json!(false))
    );
    stack.settle().await;
    assert_eq!(ExportedLog::of(&stack).revocations(), 1);
    let entry = Crl::fetch(&client).await.entry(receipt["serialNumber"].as_str().unwrap()).unwrap();
    assert!(entry.iter().any(|line| line.contains("Superseded")), "{entry:?}");
    assert_eq!(stack.receipt_of("taro", &receipt).await["revocation"]["revokedAt"], "2026-11-22T01:00:00Z");
}

#[tokio::test]
async fn the_new_code_opens_the_new_certificate_in_the_next_reissue_and_the_old_one_does_not() {
    let stack = TestStack::start().await;
    let account = stack.account("taro").clone();
    let Mailed { credentials, .. } = stack.mailed("taro", COUPON).await;
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
    crl.verify_certificate(second["certificate"].as_str().unwrap(), START + DAY).unwrap();
    let revoked = crl.verify_certificate(first["certificate"].as_str().unwrap(), START + DAY);
    assert!(revoked.unwrap_err().contains("certificate revoked"));
}

#[tokio::test]
async fn a_changed_address_is_the_one_that_is_certified() {
    let stack = TestStack::start().await;
    let account = stack.account("taro");
    let mut client = stack.client();
    client.walk_to_entry(account, COUPON).await;
    let mut input = client.prefilled().await;
    input["fields"]["emailAddress"] = json!("veri.taro@example.com");
    let version = client.enter(&input).await.ok()["version"].as_u64().unwrap();
    client.submit(COUPON, version, crate::support::KEY).await.ok();
    stack.settle().await;

    let mails = mails(&client).await;
    let mail = mails.iter().find(|mail| mail["to"] == "veri.taro@example.com").unwrap();
    let credentials = crate::support::PickUpCredentials {
        code: crate::support::code_in(&mail["text"]),
        password: account.application_password.clone(),
    };
    let request = new_request();
    let issued = client.pick_up(&credentials, &request).await.ok();
    assert_good(&stack, &issued, &request, "veri.taro@example.com").await;
    let password = &account.application_password;
    client.identify_as("veri.taro@example.com", password, &credentials.code).await.ok();
    let failed = client.identify_as(&account.email_address, password, &credentials.code).await;
    failed.problem(401, "identity-check-failed");
}
