//! Refusals as RFC 9457 problem details, in the language of the client.

use lambda_http::{
    Body, Response,
    http::{HeaderValue, StatusCode, header},
};
use serde_json::{Map, Value, json};

use super::{
    request::SESSION_COOKIE,
    views::{correction_reason, resend_reason},
    with_headers,
};
use domain::{
    application::{NoCorrection, NoResend},
    fields::{Bilingual, Language},
};
use use_cases::refusal::Refusal;

/// The delay in seconds before a client may retry a request that failed because of a dependency.
const RETRY_AFTER_FAILURE: i64 = 5;

/// The instructions to the subscriber if the application has expired.
const NO_LONGER_WAITING: (&str, &str) = (
    "取得の期限を過ぎています。電子証明書が必要な場合は、認証局へ新規に申請してください。",
    "The application has ended. If you need a certificate, apply to the certification authority for a new one.",
);

/// Returns the response to a refused request.
pub(super) fn response(refusal: &Refusal, language: Language) -> Response<Body> {
    let known = describe(refusal);
    let mut body = Map::from_iter([
        ("type".to_owned(), json!(format!("/problems/{}", known.slug))),
        ("title".to_owned(), json!(known.title.in_language(language))),
        ("status".to_owned(), json!(known.status.as_u16())),
        ("detail".to_owned(), json!(known.remedy.in_language(language))),
    ]);
    add_members(&mut body, refusal, language);
    let mut response =
        with_headers(known.status, "application/problem+json", Value::Object(body).to_string());
    add_headers(&mut response, refusal, language);
    response
}

/// Returns the stable name of a refusal.
pub(super) fn slug(refusal: &Refusal) -> &'static str {
    describe(refusal).slug
}

struct Description {
    status: StatusCode,
    slug: &'static str,
    title: Bilingual,
    remedy: Bilingual,
}

fn description(
    status: StatusCode,
    slug: &'static str,
    (title_ja, title_en): (&'static str, &'static str),
    (remedy_ja, remedy_en): (&'static str, &'static str),
) -> Description {
    Description {
        status,
        slug,
        title: Bilingual { ja: title_ja, en: title_en },
        remedy: Bilingual { ja: remedy_ja, en: remedy_en },
    }
}

fn describe(refusal: &Refusal) -> Description {
    match refusal {
        Refusal::MalformedBody => description(
            StatusCode::BAD_REQUEST,
            "malformed-body",
            ("送信されたデータを読み取れません。", "The data that was sent cannot be read."),
            ("本文を JSON で送信してください。", "Send the body as JSON."),
        ),
        Refusal::UnsupportedMediaType => description(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            ("データの形式が違います。", "The data is of another kind than expected."),
            ("Content-Type を application/json にしてください。", "Send Content-Type: application/json."),
        ),
        Refusal::BodyTooLarge => description(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body-too-large",
            ("送信されたデータが大きすぎます。", "The data that was sent is too large."),
            ("本文を 16 KiB 以内にしてください。", "Keep the body within 16 KiB."),
        ),
        Refusal::InvalidFields(_) => description(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid-fields",
            ("入力内容に直していただきたい項目があります。", "Some of what was entered has to be corrected."),
            (
                "示された項目を直して、もう一度送信してください。",
                "Correct the fields that are named and send again.",
            ),
        ),
        Refusal::IdentityCheckFailed => description(
            StatusCode::UNAUTHORIZED,
            "identity-check-failed",
            ("利用者を確認できませんでした。", "We could not confirm who you are."),
            (
                "電子メールアドレス、申請パスワード、証明書コードの組み合わせが登録と一致しません。3 項目とも見直して、もう一度送信してください。",
                "The e-mail address, application password and certificate code do not belong together. Check all three and send again.",
            ),
        ),
        Refusal::TooManyAttempts(_) => description(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many-attempts",
            (
                "確認の失敗が続いたため、少しお待ちいただいています。",
                "Too many checks failed; there is a short wait.",
            ),
            (
                "少し待ってから、もう一度送信してください。受付が止まることはありません。",
                "Wait a little, then send again. You are not locked out.",
            ),
        ),
        Refusal::SessionMissing => description(
            StatusCode::UNAUTHORIZED,
            "session-missing",
            ("利用者確認がまだ済んでいません。", "The identity check has not been passed yet."),
            ("利用者確認から始めてください。", "Start with the identity check."),
        ),
        Refusal::SessionEnded => description(
            StatusCode::UNAUTHORIZED,
            "session-ended",
            (
                "時間が経過したため、手続きが中断されました。",
                "The session has ended because of the time that passed.",
            ),
            (
                "もう一度、利用者確認を行ってください。保存済みの入力内容は残っています。",
                "Pass the identity check again. What was saved is still there.",
            ),
        ),
        Refusal::StepOutOfOrder(_) => description(
            StatusCode::CONFLICT,
            "step-out-of-order",
            ("先に済ませる手順があります。", "Another step comes first."),
            ("nextStep の手順から続けてください。", "Go on with the step in nextStep."),
        ),
        Refusal::AlreadySubmitted(_) => description(
            StatusCode::CONFLICT,
            "already-submitted",
            (
                "この電子証明書の再発行は、すでに申請済みです。",
                "The reissue of this certificate was already applied for.",
            ),
            ("受付番号から、受付の内容を確認してください。", "See the receipt for what was accepted."),
        ),
        Refusal::NotFound => description(
            StatusCode::NOT_FOUND,
            "not-found",
            ("見つかりません。", "There is nothing here."),
            ("番号やアドレスを確認してください。", "Check the number or the address."),
        ),
        Refusal::CertificateNotReissuable { .. } => description(
            StatusCode::CONFLICT,
            "certificate-not-reissuable",
            ("この電子証明書は再発行できません。", "This certificate cannot be reissued."),
            (
                "再発行できるのは、失効しておらず、有効期間が 30 日より長く残っている電子証明書です。",
                "A certificate can be reissued while it is not revoked and more than 30 days of its validity are left.",
            ),
        ),
        Refusal::ApplicationChanged => description(
            StatusCode::CONFLICT,
            "application-changed",
            ("申請情報が、別の画面で更新されています。", "The application was changed in another window."),
            ("最新の内容を読み込んで、確認し直してください。", "Load it again and check it once more."),
        ),
        Refusal::IdempotencyKeyInvalid => description(
            StatusCode::BAD_REQUEST,
            "idempotency-key-invalid",
            ("送信を識別するキーがありません。", "The key that identifies this submission is missing."),
            (
                "Idempotency-Key に英数字、- または _ で 16〜64 文字の値を付けてください。",
                "Send an Idempotency-Key of 16 to 64 letters, digits, - or _.",
            ),
        ),
        Refusal::IdempotencyKeyReused => description(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency-key-reused",
            (
                "送信を識別するキーが、別の内容の送信に使われています。",
                "The key belongs to a submission of something else.",
            ),
            ("新しい Idempotency-Key で送信してください。", "Send with a new Idempotency-Key."),
        ),
        Refusal::PickUpCheckFailed => description(
            StatusCode::UNAUTHORIZED,
            "pick-up-check-failed",
            (
                "証明書コードと申請パスワードを確認できませんでした。",
                "The certificate code and the application password could not be confirmed.",
            ),
            (
                "最後に届いたメールの証明書コードと、申請パスワードを見直して、もう一度送信してください。",
                "Check the certificate code in the latest mail and the application password, and send again.",
            ),
        ),
        Refusal::CodeExpired(_) => description(
            StatusCode::GONE,
            "code-expired",
            ("この証明書コードの有効期限が過ぎています。", "The time of this certificate code is over."),
            (
                "受付の画面から証明書コードの再送を申し込み、新しいコードで取得してください。",
                "Ask for another certificate code on the receipt, and pick the certificate up with that one.",
            ),
        ),
        Refusal::AlreadyPickedUp(_) => description(
            StatusCode::CONFLICT,
            "already-picked-up",
            (
                "新しい電子証明書は、別の鍵ですでに発行されています。",
                "The new certificate was already issued, for another key.",
            ),
            (
                "最初に使った証明書署名要求をもう一度送信すると、同じ電子証明書を受け取れます。その鍵を失った場合は、新しい電子証明書の再発行を申請してください。",
                "Send the first certification request again to get the same certificate. If its key is lost, apply for the reissue of the new certificate.",
            ),
        ),
        Refusal::ApplicationExpired(_) => description(
            StatusCode::GONE,
            "application-expired",
            (
                "取得の期限を過ぎたため、この申請は終了しました。",
                "The application has ended: it was not picked up in time.",
            ),
            (
                "電子証明書が必要な場合は、認証局へ新規に申請してください。",
                "If you need a certificate, apply to the certification authority for a new one.",
            ),
        ),
        Refusal::ResendNotPossible(reason) => description(
            StatusCode::CONFLICT,
            "resend-not-possible",
            ("証明書コードを再送できません。", "No other certificate code can be sent."),
            match reason {
                NoResend::PickedUp => (
                    "新しい電子証明書は取得済みです。コードはもう必要ありません。",
                    "The new certificate was picked up; no code is needed any more.",
                ),
                NoResend::Expired => NO_LONGER_WAITING,
                NoResend::LimitReached => (
                    "再送の回数の上限に達しています。最後に届いたコードを使うか、お問い合わせください。",
                    "Codes were sent as often as is possible. Use the last one, or contact us.",
                ),
                NoResend::TooSoon { .. } => (
                    "前のメールが届いていないか確認し、数分待ってから、もう一度申し込んでください。",
                    "See whether the last mail has arrived, wait a few minutes, and ask again.",
                ),
            },
        ),
        Refusal::CorrectionNotPossible(reason) => description(
            StatusCode::CONFLICT,
            "correction-not-possible",
            ("電子メールアドレスを訂正できません。", "The e-mail address cannot be corrected."),
            match reason {
                NoCorrection::PickedUp => (
                    "新しい電子証明書は取得済みです。証明書のメールアドレスを変えるには、新しい電子証明書の再発行を申請してください。",
                    "The new certificate was picked up. For another address in it, apply for the reissue of the new certificate.",
                ),
                NoCorrection::Expired => NO_LONGER_WAITING,
                NoCorrection::IssuanceBegun => (
                    "届いた証明書コードで、取得の手続きが始まっています。同じ画面で取得を続けるか、お問い合わせください。",
                    "The pick-up was begun with the code that was mailed. Go on with it in the same window, or contact us.",
                ),
                NoCorrection::LimitReached => (
                    "訂正の回数の上限に達しています。お問い合わせください。",
                    "It was corrected as often as is possible. Contact us.",
                ),
            },
        ),
        Refusal::IdentityCheckRequired => description(
            StatusCode::FORBIDDEN,
            "identity-check-required",
            ("この操作の前に、もう一度、利用者確認が必要です。", "This needs another identity check first."),
            (
                "利用者確認を行い、10 分以内にもう一度送信してください。",
                "Pass the identity check again, and send this within ten minutes of it.",
            ),
        ),
        Refusal::MethodNotAllowed(_) => description(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            ("この操作はできません。", "This cannot be done here."),
            ("Allow に示されたメソッドを使ってください。", "Use one of the methods in Allow."),
        ),
        Refusal::TemporarilyUnavailable => description(
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily-unavailable",
            ("ただいま処理できませんでした。", "This could not be done just now."),
            (
                "入力内容はそのままです。少し待ってから、もう一度送信してください。",
                "Nothing is lost. Wait a moment and send the same again.",
            ),
        ),
        Refusal::InternalError => description(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal-error",
            ("システムに問題が起きました。", "Something went wrong on our side."),
            (
                "何も変更されていません。続く場合はお問い合わせください。",
                "Nothing was changed. If it happens again, contact us.",
            ),
        ),
    }
}

fn add_members(body: &mut Map<String, Value>, refusal: &Refusal, language: Language) {
    let members = match refusal {
        Refusal::InvalidFields(fields) => {
            let errors: Vec<_> = fields
                .iter()
                .map(|field| {
                    json!({ "pointer": field.pointer, "code": field.rule, "detail": field.message(language) })
                })
                .collect();
            vec![("errors", json!(errors))]
        }
        Refusal::StepOutOfOrder(step) => vec![("nextStep", json!(step))],
        Refusal::SessionMissing | Refusal::SessionEnded | Refusal::IdentityCheckRequired => {
            vec![("nextStep", json!("identify"))]
        }
        Refusal::AlreadySubmitted(receipt) => {
            vec![("nextStep", json!("receipt")), ("receiptNumber", json!(receipt))]
        }
        Refusal::CodeExpired(receipt)
        | Refusal::AlreadyPickedUp(receipt)
        | Refusal::ApplicationExpired(receipt) => vec![("receiptNumber", json!(receipt))],
        Refusal::ResendNotPossible(reason) => {
            let mut members = vec![("reason", json!(resend_reason(*reason)))];
            if let NoResend::TooSoon { not_before } = reason {
                members.push(("retryAt", json!(not_before.to_rfc3339())));
            }
            members
        }
        Refusal::CorrectionNotPossible(reason) => vec![("reason", json!(correction_reason(*reason)))],
        Refusal::CertificateNotReissuable { reason, not_after } => {
            vec![("reason", json!(reason)), ("notAfter", json!(not_after.to_rfc3339()))]
        }
        _ => Vec::new(),
    };
    body.extend(members.into_iter().map(|(name, value)| (name.to_owned(), value)));
}

fn add_headers(response: &mut Response<Body>, refusal: &Refusal, language: Language) {
    let content_language = match language {
        Language::Ja => "ja",
        Language::En => "en",
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(content_language));
    match refusal {
        Refusal::TooManyAttempts(seconds) => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        }
        Refusal::TemporarilyUnavailable => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_FAILURE));
        }
        Refusal::MethodNotAllowed(allowed) => {
            if let Ok(allow) = HeaderValue::try_from(allowed.join(", ")) {
                headers.insert(header::ALLOW, allow);
            }
        }
        Refusal::IdentityCheckFailed
        | Refusal::PickUpCheckFailed
        | Refusal::SessionMissing
        | Refusal::SessionEnded => {
            // RFC 9110 §11.6.1 requires a challenge with every 401.
            if let Ok(challenge) = HeaderValue::try_from(format!("Cookie cookie-name=\"{SESSION_COOKIE}\"")) {
                headers.insert(header::WWW_AUTHENTICATE, challenge);
            }
        }
        _ => {}
    }
}
