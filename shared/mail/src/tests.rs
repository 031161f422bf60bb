//! Compares every email with its snapshot in `shared/mail/snapshots`.

use std::{env, fs, path::Path};

use serde_json::json;

use super::*;
use domain::{application::AddressChangeHold, receipt::ReceiptNumber, revocation::RevocationTiming};

/// To update the snapshots, run `UPDATE_EMAILS=1 cargo test -p mail`.
#[test]
fn the_emails_match_the_snapshots() {
    for language in Language::ALL {
        let written: String = emails(language).iter().map(printed).collect();
        let file = format!("snapshots/emails.{}.txt", language.tag());
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        if env::var_os("UPDATE_EMAILS").is_some() {
            fs::write(&file, &written).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap();
        assert!(written == expected, "{} differs: set UPDATE_EMAILS=1 and read the change", file.display());
    }
}

fn printed(mail: &Mail) -> String {
    let Mail { to, subject, text, html, outbox_id, send_number } = mail;
    format!(
        "==== {outbox_id}, code {send_number:?}\nTo: {to}\nSubject: {subject}\n---- text\n{text}\n---- HTML\n{html}\n"
    )
}

fn emails(language: Language) -> Vec<Mail> {
    let timings = [RevocationTiming::Submission, RevocationTiming::PickUp];
    let about_applications = timings.into_iter().flat_map(|timing| emails_with(language, timing));
    about_applications.chain([sign_in_code_email(language)]).collect()
}

fn sign_in_code_email(language: Language) -> Mail {
    let code = "0123-4567".parse().unwrap();
    let expires_at = Timestamp::try_from(1_760_000_900).unwrap();
    let email = SignInCodeEmail { code: &code, expires_at, language };
    email.compose(&branding(), "sign-in code", &certificate()).unwrap()
}

fn branding() -> MailBranding {
    MailBranding {
        site_url: "https://reissue.example.co.jp".to_owned(),
        service_name: ServiceName { ja: "再発行 & 取得".to_owned(), en: "Reissue & Pick-up".to_owned() },
    }
}

fn emails_with(language: Language, timing: RevocationTiming) -> Vec<Mail> {
    let (certificate, accepted) = (certificate(), accepted(language, timing));
    let code = CertificateCode::from_secret(&[7; 32]);
    let mailed = accepted.mailed_code.as_ref().unwrap();
    let stop_code = StopCode::from_secret(&[9; 32]);
    let held_until = |hold: AddressChangeHold| Accepted {
        address_hold: Some(hold.begun_at(accepted.accepted_at)),
        ..accepted.clone()
    };
    let notice = Email::AddressChangeNotice { stop_code: &stop_code };
    let compose = |email: Email<'_>, outbox_id, accepted: &Accepted| {
        email.compose(&branding(), outbox_id, accepted, &certificate).unwrap()
    };
    let mut emails = vec![
        compose(notice, "address change notice, held", &held_until(AddressChangeHold::default())),
        compose(notice, "address change notice, until approval", &held_until(AddressChangeHold::Officer)),
    ];
    let others = [
        (Email::CertificateCode { code: &code, mailed }, "certificate code"),
        (notice, "address change notice, released"),
        (Email::Reminder, "reminder"),
        (Email::ExpiryNotice, "expiry notice"),
        (Email::StopNotice, "stop notice"),
        (Email::RejectionNotice, "rejection notice"),
    ];
    emails.extend(others.map(|(email, outbox_id)| compose(email, outbox_id, &accepted)));
    emails
}

fn certificate() -> Certificate {
    let fields = json!({
        "coupon_number": "104277310001",
        "serial_number": "1a2b3c4d5e6f",
        "sha256": "00",
        "validity": [1_700_000_000, 1_800_000_000],
        "common_name": "Taro O'Neill",
        "fixed": {
            "companyCode": "123456789",
            "organizationNameJa": "例示株式会社",
            "organizationNameEn": "Example Inc.",
            "subscriberNameJa": "山田太郎",
            "subscriberNameEn": "Taro O'Neill",
        },
        "corporate_number": "7000012050002",
        "application": { "emailAddress": "old@example.co.jp" },
        "state": "active",
        "crl_shard": null,
        "replaced_by": null,
    });
    serde_json::from_value(fields).unwrap()
}

fn accepted(language: Language, timing: RevocationTiming) -> Accepted {
    let accepted_at = 1_760_000_000;
    let fields = json!({
        "fields": { "emailAddress": "new@example.co.jp" },
        "receipt_number": ReceiptNumber::from_random([5; 11]),
        "accepted_at": accepted_at,
        "timing": timing,
        "language": language,
        "mailed_code": {
            "send_number": 3,
            "sha256": "00",
            "made_at": accepted_at,
            "expires_at": accepted_at + 86_400,
            "sent_at": null,
        },
    });
    serde_json::from_value(fields).unwrap()
}
