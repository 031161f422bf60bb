//! Tests of the complete wizard, including the content of each page.

use serde_json::{Value, json};
use shared::{
    domain::{
        DAY, HOUR, MINUTE, Timestamp,
        session::{ABSOLUTE_LIMIT, IDLE_LIMIT},
    },
    pki::EndEntityCertificate,
};
use time::{UtcOffset, macros::format_description};

use crate::support::{AnyStack, KEY, code_in, timestamp};

#[tokio::test]
async fn the_wizard_runs_from_the_identity_check_to_the_email() {
    let stack = AnyStack::start().await;
    let (account, coupon) = (stack.account("taro"), stack.coupon("taro"));
    let certificate = EndEntityCertificate::parse(stack.certificate(coupon).as_bytes()).unwrap();
    let mut client = stack.client();

    let started = client.identify(account).await.ok();
    assert_eq!(started["nextStep"], "choose");
    let begun =
        stack.recent(&json!(timestamp(&started["session"]["expiresAt"]).plus(-IDLE_LIMIT).to_rfc3339()));
    assert_eq!(timestamp(&started["session"]["endsAt"]), begun.plus(ABSOLUTE_LIMIT));

    let list = client.get("/api/certificates").await.ok();
    let row = json!({
        "couponNumber": coupon,
        "notBefore": certificate.not_before().to_rfc3339(),
        "notAfter": certificate.not_after().to_rfc3339(),
        "subscriberName": "見本 太郎",
        "organizationName": "株式会社サンプル商事",
        "companyCode": "984940947",
    });
    assert_eq!(list["certificates"], json!([row]));
    assert_eq!((&list["notReissuable"], &list["receipts"]), (&json!([]), &json!([])));
    assert_eq!(list["minimumDaysLeft"], 30);

    let page = client.get(&format!("/api/certificates/{coupon}")).await.ok();
    assert_eq!((&page["certificate"], &page["nextStep"]), (&row, &json!("check")));
    assert_eq!(
        (&page["commonName"], &page["emailAddress"]),
        (&json!("Mihon Taro"), &json!(account.email_address))
    );
    assert_eq!(page["revocation"], json!({ "timing": "submission", "latestAt": null }));

    assert_eq!(client.select(coupon).await.ok()["nextStep"], "enter");
    let form = client.get("/api/application").await.ok();
    assert_eq!(form["fixed"]["organizationNameEn"], "Sample Trading K.K.");
    let fields = json!({
        "titleJa": "本部長",
        "departmentJa": "経理部",
        "titleDepartmentRomaji": "Director, Accounting Dept.",
        "emailAddress": account.email_address,
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

    let receipt = client.submit(coupon, review["version"].as_u64().unwrap(), KEY).await.ok();
    let accepted = stack.recent(&receipt["acceptedAt"]);
    let after = |seconds| accepted.plus(seconds).to_rfc3339();
    let before_mail = json!({
        "receiptNumber": receipt["receiptNumber"],
        "version": 3,
        "acceptedAt": after(0),
        "couponNumber": coupon,
        "commonName": "Mihon Taro",
        "serialNumber": page["serialNumber"],
        "revocation": { "timing": "submission", "revokedAt": after(0), "latestAt": null },
        "mail": {
            "maskedAddress": masked(&account.email_address),
            "expectedBy": after(HOUR),
            "sentAt": null,
            "codeExpiresAt": null,
            "heldUntil": null,
            "state": "waiting",
            "bounce": null,
        },
        "state": "waiting",
        "timeline": [{ "event": "accepted", "at": after(0) }, { "event": "revoked", "at": after(0) }],
        "resend": {
            "possible": false,
            "reason": "tooSoon",
            "notBefore": after(5 * MINUTE),
            "remaining": 5,
        },
        "correction": { "possible": true, "reason": null, "remaining": 3, "identityCheckUntil": null },
        "pickUp": { "until": after(30 * DAY), "pickedUpAt": null, "couponNumber": null },
    });
    assert_eq!(receipt, before_mail);

    stack.settle().await;
    let after_mail = client.receipt(&receipt["receiptNumber"]).await.ok();
    let sent = stack.recent(&after_mail["mail"]["sentAt"]);
    assert_eq!(after_mail["mail"]["state"], "sent");
    // A code's validity begins when the code is created, before the email is sent.
    let made = timestamp(&after_mail["mail"]["codeExpiresAt"]).plus(-DAY);
    assert!((0..MINUTE).contains(&sent.since(made)), "{after_mail}");
    let [accepted, revoked, rest @ ..] = &after_mail["timeline"].as_array().unwrap()[..] else {
        panic!("{after_mail}")
    };
    assert_eq!(json!([accepted, revoked]), before_mail["timeline"]);
    let event = |name: &str| rest.iter().find(|event| event["event"] == name).unwrap();
    assert_eq!((rest.len(), &event("codeSent")["at"]), (2, &after_mail["mail"]["sentAt"]));
    stack.recent(&event("listed")["at"]);
    let crl_url = &certificate.crl_urls()[0];
    assert!(crl_url.ends_with(&format!("/crl/{}.crl", event("listed")["crl"].as_str().unwrap())));
    let unchanged =
        ["receiptNumber", "acceptedAt", "serialNumber", "revocation", "resend", "correction", "pickUp"];
    for name in unchanged {
        assert_eq!(after_mail[name], before_mail[name], "{name}");
    }
    let mails = client.mails().await;
    let [mail] = &mails[..] else { panic!("one mail is expected: {mails:?}") };
    assert_eq!(mail["to"], account.email_address.as_str());

    stack.settle().await;
    assert_eq!(client.mails().await, std::slice::from_ref(mail), "once is enough");
}

/// Returns the masked form of an email address, as shown on the receipt.
fn masked(email_address: &str) -> String {
    let (mailbox, domain) = email_address.split_once('@').unwrap();
    format!("{}***@{domain}", &mailbox[..1])
}

/// Asserts that the text and HTML versions of the email contain all `facts`.
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

/// Converts the time to Japan Standard Time.
fn in_japan(time: Timestamp) -> time::OffsetDateTime {
    time.to_utc().to_offset(UtcOffset::from_hms(9, 0, 0).unwrap())
}

#[tokio::test]
async fn the_email_is_in_japanese_by_default() {
    let stack = AnyStack::start().await;
    let mut client = stack.client();
    let receipt = client.reissue(stack.account("taro"), stack.coupon("taro")).await;
    stack.settle().await;

    let mails = client.mails().await;
    let subject = format!("【{}】新しい証明書コードのお知らせ", stack.service_name().ja);
    assert_eq!(mails[0]["subject"], subject);
    let shown = |time: &Value| {
        let format = format_description!("[year]/[month]/[day] [hour]:[minute]（日本時間）");
        in_japan(timestamp(time)).format(format).unwrap()
    };
    let read = client.receipt(&receipt["receiptNumber"]).await.ok();
    let facts = [
        "見本 太郎 様",
        &shown(&read["mail"]["codeExpiresAt"]),
        "電子証明書の取得",
        "申請パスワード",
        &format!("{} に失効しました", shown(&receipt["revocation"]["revokedAt"])),
        receipt["receiptNumber"].as_str().unwrap(),
        receipt["serialNumber"].as_str().unwrap(),
        stack.coupon("taro"),
    ];
    assert_both_parts_say(&mails[0], &facts);
}

#[tokio::test]
async fn the_email_is_in_english_if_requested() {
    let stack = AnyStack::start().await;
    let mut client = stack.client().in_english();
    let receipt = client.reissue(stack.account("taro"), stack.coupon("taro")).await;
    stack.settle().await;

    let mails = client.mails().await;
    assert_eq!(mails[0]["subject"], format!("[{}] Your new certificate code", stack.service_name().en));
    let shown = |time: &Value| {
        let format =
            format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] (Japan time)");
        in_japan(timestamp(time)).format(format).unwrap()
    };
    let read = client.receipt(&receipt["receiptNumber"]).await.ok();
    let facts = [
        "Dear Mihon Taro",
        &shown(&read["mail"]["codeExpiresAt"]),
        "Pick up a certificate",
        "application password",
        &format!("revoked on {}", shown(&receipt["revocation"]["revokedAt"])),
        receipt["receiptNumber"].as_str().unwrap(),
        receipt["serialNumber"].as_str().unwrap(),
        stack.coupon("taro"),
    ];
    assert_both_parts_say(&mails[0], &facts);
}

#[tokio::test]
async fn a_changed_address_receives_the_code_and_the_old_one_a_notice() {
    let stack = AnyStack::start().await;
    let (account, coupon) = (stack.account("taro"), stack.coupon("taro"));
    let changed = stack.address("veri.taro");
    let mut client = stack.client();
    let receipt = client.reissue_to(account, coupon, &changed).await;
    assert_eq!(receipt["mail"]["maskedAddress"], masked(&changed));
    stack.settle().await;

    let mut mails = client.mails().await;
    mails.sort_by_key(|mail| mail["to"].to_string());
    let [notice, code] = &mails[..] else { panic!("two mails are expected: {mails:?}") };
    assert_eq!(code["to"], changed);
    let code = code_in(&code["text"]);
    assert_eq!(notice["to"], account.email_address.as_str());
    for part in ["text", "html"] {
        let text = notice[part].as_str().unwrap();
        assert!(text.contains(&masked(&changed)) && !text.contains("veri.taro"), "{text}");
        assert!(text.contains(receipt["receiptNumber"].as_str().unwrap()), "{text}");
        assert!(!text.contains(&code), "{text}");
    }
}

#[tokio::test]
async fn the_same_address_in_capitals_is_unchanged() {
    let stack = AnyStack::start().await;
    let coupon = stack.coupon("taro");
    let mut client = stack.client();
    client.walk_to_entry(stack.account("taro"), coupon).await;
    let mut input = client.prefilled().await;
    let (mailbox, domain) = stack.account("taro").email_address.split_once('@').unwrap();
    input["fields"]["emailAddress"] = json!(format!("Taro@{}", domain.replace("example", "Example")));
    let version = client.enter(&input).await.ok()["version"].as_u64().unwrap();
    client.submit(coupon, version, KEY).await.ok();
    stack.settle().await;

    let mails = client.mails().await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!((mailbox, &mails[0]["to"]), ("taro", &json!(format!("Taro@{domain}"))));
}

#[tokio::test]
async fn the_list_shows_the_receipt_after_a_reissue() {
    let stack = AnyStack::start().await;
    let account = stack.account("hanako");
    let [reissued, other] = &account.coupon_numbers[..] else { panic!("hanako has two certificates") };
    let receipt = stack.client().reissue(account, reissued).await;
    stack.settle().await;

    let mut client = stack.client();
    client.identify(account).await.ok();
    let list = client.get("/api/certificates").await.ok();
    assert_eq!(list["certificates"][0]["couponNumber"], *other, "the other one is still there");
    assert_eq!(list["certificates"].as_array().unwrap().len(), 1);
    assert_eq!(list["notReissuable"][0]["certificate"]["couponNumber"], *reissued);
    assert_eq!(list["notReissuable"][0]["reason"], "revoked");
    let number = &receipt["receiptNumber"];
    let reference =
        json!({ "receiptNumber": number, "couponNumber": reissued, "acceptedAt": receipt["acceptedAt"] });
    assert_eq!(list["receipts"], json!([reference]));
    let read = client.receipt(number).await.ok();
    assert_eq!((&read["receiptNumber"], &read["couponNumber"]), (number, &json!(reissued)));
    let refused = client.select(reissued).await.problem(409, "already-submitted");
    assert_eq!(refused["receiptNumber"], *number);
}

/// Requests another code immediately after the submission.
#[tokio::test]
async fn requests_for_another_code_too_early_or_by_others_are_refused() {
    let stack = AnyStack::start().await;
    let receipt = stack.client().reissue(stack.account("taro"), stack.coupon("taro")).await;
    let refused = stack.identified("taro").await.resend(&receipt).await.problem(409, "resend-not-possible");
    assert_eq!(
        (&refused["reason"], &refused["retryAt"]),
        (&json!("tooSoon"), &receipt["resend"]["notBefore"])
    );
    stack.identified("hanako").await.resend(&receipt).await.problem(404, "not-found");
}
