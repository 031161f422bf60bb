//! The main job, end to end, each page as it is shown.

use serde_json::{Value, json};
use shared::{
    domain::{DAY, HOUR, MINUTE, revocation::RevocationTiming},
    pki::EndEntityCertificate,
};

use crate::support::{KEY, TestStack, code_in, demo_certificate, mails};

const ACCEPTED_AT: &str = "2026-11-22T00:00:00Z";

#[tokio::test]
async fn a_certificate_is_reissued_from_the_identity_check_to_the_mail() {
    let stack = TestStack::start().await;
    let account = stack.account("taro");
    let mut client = stack.client();

    let started = client.identify(account).await.ok();
    assert_eq!(started["nextStep"], "choose");
    assert_eq!(started["session"]["expiresAt"], "2026-11-22T00:15:00Z");
    assert_eq!(started["session"]["endsAt"], "2026-11-22T01:00:00Z");

    let list = client.get("/api/certificates").await.ok();
    let row = json!({
        "couponNumber": "984940947",
        "notBefore": "2025-11-22T00:00:00Z",
        "notAfter": "2027-12-27T00:00:00Z",
        "subscriberName": "辺利 太郎",
        "organizationName": "株式会社サンプル商事",
        "companyCode": "984940947",
    });
    assert_eq!(list["certificates"], json!([row]));
    assert_eq!((&list["notReissuable"], &list["receipts"]), (&json!([]), &json!([])));
    assert_eq!(list["minimumDaysLeft"], 30);

    let page = client.get("/api/certificates/984940947").await.ok();
    assert_eq!((&page["certificate"], &page["nextStep"]), (&row, &json!("check")));
    assert_eq!(
        (&page["commonName"], &page["emailAddress"]),
        (&json!("Veri Taro"), &json!("taro@example.co.jp"))
    );
    assert_eq!(page["revocation"], json!({ "timing": "submission", "latestAt": null }));

    assert_eq!(client.select("984940947").await.ok()["nextStep"], "enter");
    let form = client.get("/api/application").await.ok();
    assert_eq!(form["fixed"]["organizationNameEn"], "Sample Trading K.K.");
    let fields = json!({
        "titleJa": "本部長",
        "departmentJa": "経理部",
        "titleDepartmentRomaji": "Director, Accounting Dept.",
        "emailAddress": "taro@example.co.jp",
        "postalCode": "1040028",
        "prefecture": "東京都",
        "city": "中央区",
        "street": "八重洲2-8-1",
        "building": "サンプルビル13F",
        "phone": "0350001111",
    });
    assert_eq!(form["fields"], fields);

    let mut input = client.prefilled().await;
    input["fields"]["phone"] = json!("０３－５０００－２２２２");
    input["fields"]["building"] = json!("ﾋﾞｰﾙ町ﾋﾞﾙ　１３Ｆ");
    let saved = client.enter(&input).await.ok();
    assert_eq!((&saved["nextStep"], &saved["fields"]["phone"]), (&json!("confirm"), &json!("0350002222")));
    let review = client.get("/api/application/review").await.ok();
    assert_eq!((&review["version"], &review["fields"]), (&saved["version"], &saved["fields"]));
    assert_eq!(review["fields"]["building"], "ビール町ビル 13F");
    assert_eq!(review["fixed"], form["fixed"]);

    let receipt = client.submit("984940947", review["version"].as_u64().unwrap(), KEY).await.ok();
    let before_mail = json!({
        "receiptNumber": receipt["receiptNumber"],
        "acceptedAt": ACCEPTED_AT,
        "couponNumber": "984940947",
        "commonName": "Veri Taro",
        "serialNumber": page["serialNumber"],
        "revocation": { "timing": "submission", "revokedAt": ACCEPTED_AT, "latestAt": null },
        "mail": {
            "maskedAddress": "t***@example.co.jp",
            "expectedBy": "2026-11-22T01:00:00Z",
            "sentAt": null,
            "codeExpiresAt": null,
            "state": "waiting",
            "bounce": null,
        },
        "timeline": [
            { "event": "accepted", "at": ACCEPTED_AT },
            { "event": "revoked", "at": ACCEPTED_AT },
        ],
        "resend": {
            "possible": false,
            "reason": "tooSoon",
            "notBefore": "2026-11-22T00:05:00Z",
            "remaining": 5,
        },
        "pickUp": { "until": "2026-12-22T00:00:00Z", "pickedUpAt": null, "couponNumber": null },
    });
    assert_eq!(receipt, before_mail);
    assert_eq!(client.receipt(&receipt["receiptNumber"]).await.ok(), before_mail);
    assert_eq!(mails(&client).await, [json!(null); 0]);

    stack.clock.advance(MINUTE);
    stack.settle().await;
    let mut after_mail = before_mail;
    after_mail["mail"]["sentAt"] = json!("2026-11-22T00:01:00Z");
    after_mail["mail"]["codeExpiresAt"] = json!("2026-11-23T00:01:00Z");
    after_mail["mail"]["state"] = json!("sent");
    let certificate = demo_certificate(stack.folder(), "984940947");
    let crl_url = EndEntityCertificate::parse(certificate.as_bytes()).unwrap().crl_urls()[0].clone();
    let shard = crl_url.rsplit_once('/').unwrap().1.strip_suffix(".crl");
    after_mail["timeline"].as_array_mut().unwrap().extend([
        json!({ "event": "listed", "at": "2026-11-22T00:01:00Z", "crl": shard, "crlNumber": 1 }),
        json!({ "event": "codeSent", "at": "2026-11-22T00:01:00Z" }),
    ]);
    assert_eq!(client.receipt(&receipt["receiptNumber"]).await.ok(), after_mail);
    let mails = mails(&client).await;
    let [mail] = &mails[..] else { panic!("one mail is expected: {mails:?}") };
    assert_eq!(mail["to"], account.email_address.as_str());

    stack.clock.advance(HOUR);
    stack.settle().await;
    assert_eq!(self::mails(&client).await, std::slice::from_ref(mail), "once is enough");
}

/// Asserts that both parts of the mail say all of it.
#[track_caller]
fn assert_both_parts_say(mail: &Value, facts: &[&str]) {
    assert_eq!(code_in(&mail["text"]), code_in(&mail["html"]));
    for part in ["text", "html"] {
        let text = mail[part].as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        for fact in facts {
            assert!(text.contains(fact), "{part} does not say {fact}: {text}");
        }
    }
}

#[tokio::test]
async fn the_mail_is_in_japanese_when_no_language_is_asked_for() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    let receipt = client.reissue(stack.account("taro"), "984940947").await;
    stack.settle().await;

    let mails = mails(&client).await;
    assert_eq!(mails[0]["subject"], "【電子証明書再発行サービス】新しい証明書コードのお知らせ");
    let facts = [
        "辺利 太郎 様",
        "2026/11/23 09:00（日本時間）",
        "電子証明書の取得",
        "申請パスワード",
        "2026/11/22 09:00（日本時間） に失効しました",
        receipt["receiptNumber"].as_str().unwrap(),
        receipt["serialNumber"].as_str().unwrap(),
        "984940947",
    ];
    assert_both_parts_say(&mails[0], &facts);
}

#[tokio::test]
async fn the_mail_is_in_english_when_that_is_asked_for() {
    let stack = TestStack::start().await;
    let mut client = stack.client().in_english();
    let receipt = client.reissue(stack.account("taro"), "984940947").await;
    stack.settle().await;

    let mails = mails(&client).await;
    assert_eq!(mails[0]["subject"], "[電子証明書再発行サービス] Your new certificate code");
    let facts = [
        "Dear Veri Taro",
        "23 November 2026, 09:00 (Japan time)",
        "Pick up a certificate",
        "application password",
        "revoked on 22 November 2026, 09:00 (Japan time)",
        receipt["receiptNumber"].as_str().unwrap(),
        receipt["serialNumber"].as_str().unwrap(),
        "984940947",
    ];
    assert_both_parts_say(&mails[0], &facts);
}

#[tokio::test]
async fn a_changed_address_gets_the_code_and_the_old_one_a_notice_without_it() {
    let stack = TestStack::start().await;
    let account = stack.account("taro");
    let mut client = stack.client();
    client.walk_to_entry(account, "984940947").await;
    let mut input = client.prefilled().await;
    input["fields"]["emailAddress"] = json!("veri.taro@example.com");
    let version = client.enter(&input).await.ok()["version"].as_u64().unwrap();
    let receipt = client.submit("984940947", version, KEY).await.ok();
    assert_eq!(receipt["mail"]["maskedAddress"], "v***@example.com");
    stack.settle().await;

    let mut mails = mails(&client).await;
    mails.sort_by_key(|mail| mail["to"].to_string());
    let [notice, code] = &mails[..] else { panic!("two mails are expected: {mails:?}") };
    assert_eq!(code["to"], "veri.taro@example.com");
    let code = code_in(&code["text"]);
    assert_eq!(notice["to"], account.email_address.as_str());
    for part in ["text", "html"] {
        let text = notice[part].as_str().unwrap();
        assert!(text.contains("v***@example.com") && !text.contains("veri.taro"), "{text}");
        assert!(text.contains(receipt["receiptNumber"].as_str().unwrap()), "{text}");
        assert!(!text.contains(&code), "{text}");
    }
}

#[tokio::test]
async fn the_same_address_in_capitals_is_no_change() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    client.walk_to_entry(stack.account("taro"), "984940947").await;
    let mut input = client.prefilled().await;
    input["fields"]["emailAddress"] = json!("Taro@Example.co.jp");
    let version = client.enter(&input).await.ok()["version"].as_u64().unwrap();
    client.submit("984940947", version, KEY).await.ok();
    stack.settle().await;

    let mails = mails(&client).await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(mails[0]["to"], "Taro@example.co.jp");
}

#[tokio::test]
async fn after_a_reissue_the_list_offers_the_receipt_and_no_longer_the_certificate() {
    let stack = TestStack::start().await;
    let account = stack.account("hanako");
    let receipt = stack.client().reissue(account, "984940950").await;
    stack.settle().await;

    let mut client = stack.client();
    client.identify(account).await.ok();
    let list = client.get("/api/certificates").await.ok();
    assert_eq!(list["certificates"][0]["couponNumber"], "984940951", "the other one is still there");
    assert_eq!(list["certificates"].as_array().unwrap().len(), 1);
    assert_eq!(list["notReissuable"][0]["certificate"]["couponNumber"], "984940950");
    assert_eq!(list["notReissuable"][0]["reason"], "revoked");
    let number = &receipt["receiptNumber"];
    let reference =
        json!({ "receiptNumber": number, "couponNumber": "984940950", "acceptedAt": ACCEPTED_AT });
    assert_eq!(list["receipts"], json!([reference]));
    let read = client.receipt(number).await.ok();
    assert_eq!((&read["receiptNumber"], &read["couponNumber"]), (number, &json!("984940950")));
    let refused = client.select("984940950").await.problem(409, "already-submitted");
    assert_eq!(refused["receiptNumber"], *number);
}

#[tokio::test]
async fn with_the_timing_pickup_the_certificate_lives_until_then() {
    let stack = TestStack::start_with(RevocationTiming::PickUp).await;
    let account = stack.account("taro");
    let mut client = stack.client();
    client.walk_to_entry(account, "984940947").await;
    let rule = json!({ "timing": "pickup", "latestAt": "2026-12-06T00:00:00Z" });
    assert_eq!(client.get("/api/certificates/984940947").await.ok()["revocation"], rule);
    assert_eq!(client.get("/api/application").await.ok()["revocation"], rule);

    let receipt = client.reissue(account, "984940947").await;
    assert_eq!(
        receipt["revocation"],
        json!({ "timing": "pickup", "revokedAt": null, "latestAt": "2026-12-06T00:00:00Z" })
    );
    stack.clock.advance(DAY);
    stack.settle().await;

    client.identify(account).await.ok();
    let list = client.get("/api/certificates").await.ok();
    assert_eq!(list["certificates"], json!([]));
    assert_eq!(list["notReissuable"][0]["reason"], "reissueInProgress");
    let later = client.receipt(&receipt["receiptNumber"]).await.ok();
    assert_eq!(later["revocation"], receipt["revocation"], "the date does not wander");
    assert_both_parts_say(&mails(&client).await[0], &["2026/12/06 09:00（日本時間）", "取得したときに失効"]);
    assert_eq!(client.get("/crl/complete.crl").await.status, 404, "nothing was revoked, nothing published");
}
