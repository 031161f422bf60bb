//! The Japanese messages.

use domain::{
    application::{NoCorrection, NoResend},
    fields::Rule,
    session::SessionEnd,
    session_limits::LimitedRequest,
};
use time::{format_description::FormatItem, macros::format_description};

use crate::{Catalogue, EmailSubject, Problem, ProblemText};

/// The Japanese catalogue.
pub(super) struct Japanese;

const MOMENT: &[FormatItem<'_>] = format_description!("[year]/[month]/[day] [hour]:[minute]（日本時間）");

const IDENTIFY_AGAIN: &str = "もう一度、利用者確認を行ってください。保存済みの入力内容は残っています。";

const STOPPED: &str = "これまでの電子証明書に登録されている電子メールアドレスから、申請が停止されました。手続きを続けたい場合は、受付番号を添えてお問い合わせください。";

const REJECTED: &str =
    "申請は却下されました。電子証明書が必要な場合は、受付番号を添えてお問い合わせください。";

const NO_LONGER_WAITING: &str =
    "取得の期限を過ぎています。電子証明書が必要な場合は、認証局へ新規に申請してください。";

impl Catalogue for Japanese {
    fn moment(&self) -> &'static [FormatItem<'static>] {
        MOMENT
    }

    fn subject_line(&self) -> &'static str {
        "【{service}】{subject}"
    }

    fn email_subject(&self, email: EmailSubject) -> &'static str {
        match email {
            EmailSubject::CertificateCode => "新しい証明書コードのお知らせ",
            EmailSubject::SignInCode => "確認コードのお知らせ",
            EmailSubject::AddressChangeNotice => "再発行申請で別のメールアドレスが指定されました",
            EmailSubject::Reminder => "新しい電子証明書の取得期限が近づいています",
            EmailSubject::ExpiryNotice => "再発行申請が期限切れで終了しました",
            EmailSubject::StopNotice => "再発行申請を停止しました",
            EmailSubject::RejectionNotice => "再発行申請は却下されました",
        }
    }

    fn rule(&self, rule: Rule) -> &'static str {
        match rule {
            Rule::Required => "{label}を入力してください。",
            Rule::TooLong => "{label}は{max}文字以内で入力してください。",
            Rule::NotAMailbox => {
                "{label}を name@example.co.jp のような形で、英数字と記号で入力してください。"
            }
            Rule::MissingAtSign => {
                "{label}に「@」がありません。name@example.co.jp のように、「@」を入れて入力してください。"
            }
            Rule::SeveralAddresses => {
                "{label}に、2つ以上のアドレスが入力されています。1つだけ入力してください。"
            }
            Rule::SeveralAtSigns => "{label}に「@」が2つ以上あります。余分な「@」を取り除いてください。",
            Rule::SpaceInAddress => "{label}の途中に空白があります。空白を取り除いてください。",
            Rule::CommaInAddress => "{label}に「,」（コンマ）があります。「.」（ドット）に直してください。",
            Rule::LocalPartNotAscii => {
                "{label}の「@」より前に、日本語などの文字があります。電子証明書に記載できないため、英数字と記号だけのアドレスを入力してください。"
            }
            Rule::LocalPartDots => {
                "{label}の「@」より前に、連続した「.」、または先頭や末尾の「.」があります。この形のアドレスは電子証明書に記載できません。打ち間違いでなければ、別のアドレスを入力してください。"
            }
            Rule::LocalPartTooLong => {
                "{label}の「@」より前が長すぎます。64文字以内のアドレスを入力してください。"
            }
            Rule::DomainWithoutDot => {
                "{label}の「@」より後ろに「.」がありません。example.co.jp のように、最後まで入力してください。"
            }
            Rule::NumericDomain => {
                "{label}の「@」より後ろが、IP アドレスか、数字だけで終わる形になっています。example.co.jp のようなドメイン名を入力してください。"
            }
            Rule::DomainMalformed => {
                "{label}の「@」より後ろが、ドメイン名として正しくありません。連続した「.」や余分な記号がないか確認し、example.co.jp のように入力してください。"
            }
            Rule::NotFullWidth => {
                "{label}に、全角にできない文字があります。漢字・ひらがな・カタカナ・英数字で入力してください。"
            }
            Rule::NotRomaji => "{label}は、ローマ字（英字・数字・記号）で入力してください。",
            Rule::NotAPostalCode => "{label}を7桁の数字で入力してください（例：1040028）。",
            Rule::NotAPrefecture => "{label}を一覧から選んでください。",
            Rule::NotAPhoneNumber => {
                "{label}を、市外局番から10桁または11桁の数字で入力してください（例：0350001111）。"
            }
            Rule::SameAddress => {
                "{label}が、いまの送信先と同じです。正しい場合は、受付の画面から証明書コードの再送を申し込んでください。"
            }
            Rule::UnsuitableCharacter => {
                "{label}に、使えない制御文字が含まれています。入力し直してください。"
            }
            Rule::CertificateCodeTypo => {
                "{label}に打ち間違いがあります。案内のメールに書かれたコードと1文字ずつ見比べてください。"
            }
            Rule::NotASignInCode => "{label}は8文字の英数字です。メールに書かれたコードと見比べてください。",
            Rule::WrongPassword => {
                "{label}が違います。利用者確認で入力したものと同じパスワードを入力してください。"
            }
            Rule::FixedField => "{label}は変更できません。表示されているとおりの内容で送信してください。",
            Rule::UnknownField => "{label}という項目はありません。取り除いてください。",
            Rule::NotAcknowledged => "失効は取り消せません。警告を読み、確認のチェックを入れてください。",
            Rule::WrongType => "{label}の型が違います。API 仕様書の型で指定してください。",
            Rule::CsrMalformed => {
                "証明書署名要求を読み取れません。PKCS#10 形式の PEM を、先頭の BEGIN の行から末尾の END の行まで送信してください。"
            }
            Rule::CsrIsPrivateKey => {
                "これは秘密鍵です。秘密鍵は、だれにも送信してはいけません。この鍵はもう使わず、新しい鍵を作って、その証明書署名要求だけを送信してください。"
            }
            Rule::CsrIsCertificate => {
                "これは電子証明書です。新しい鍵で作った証明書署名要求を、BEGIN CERTIFICATE REQUEST の行から送信してください。"
            }
            Rule::CsrSignatureAlgorithm => {
                "証明書署名要求の署名アルゴリズムには対応していません。ECDSA または RSA（PKCS#1 v1.5）と、SHA-256、SHA-384、SHA-512 のいずれかで作り直してください。"
            }
            Rule::CsrSignature => {
                "証明書署名要求の署名が、その公開鍵のものではありません。鍵の持ち主であることを示すため、同じ鍵で署名した要求を作り直してください。"
            }
            Rule::KeyUnsupported => {
                "この種類の鍵には発行できません。P-256、P-384、または 2048〜4096 ビット（8 の倍数）の RSA の鍵を新しく作ってください。"
            }
            Rule::KeyWeak => {
                "この鍵は、秘密鍵を割り出されるおそれがある弱い鍵です。別のソフトウェアまたは機器で、新しい鍵を作ってください。"
            }
            Rule::KeyCompromised => {
                "この鍵は、秘密鍵が漏えいした鍵として知られています。使わずに、新しい鍵を作ってください。"
            }
            Rule::KeyReused => "この鍵には、すでに電子証明書が発行されています。新しい鍵を作ってください。",
        }
    }

    fn problem(&self, problem: Problem) -> ProblemText {
        match problem {
            Problem::MalformedBody => ProblemText {
                title: "送信されたデータを読み取れません。",
                remedy: "本文を JSON で送信してください。",
            },
            Problem::UnsupportedMediaType => ProblemText {
                title: "データの形式が違います。",
                remedy: "Content-Type を application/json にしてください。",
            },
            Problem::BodyTooLarge => ProblemText {
                title: "送信されたデータが大きすぎます。",
                remedy: "本文を 16 KiB 以内にしてください。",
            },
            Problem::InvalidFields => ProblemText {
                title: "入力内容に直していただきたい項目があります。",
                remedy: "示された項目を直して、もう一度送信してください。",
            },
            Problem::IdentityCheckFailed => ProblemText {
                title: "利用者を確認できませんでした。",
                remedy: "電子メールアドレス、申請パスワード、証明書コードの組み合わせが登録と一致しません。3 項目とも見直して、もう一度送信してください。",
            },
            Problem::ConfirmationByEmail => ProblemText {
                title: "確認コードによる確認が必要です。",
                remedy: "このメールアドレスと証明書コードで、誤った入力が繰り返されました。入力内容が正しければ、登録されたメールアドレスに確認コードをお送りしています。下の欄に入力してください。5分たっても届かない場合は、入力内容を見直して、もう一度送信してください。",
            },
            Problem::CodeBlocked => ProblemText {
                title: "この証明書コードで、誤ったパスワードが繰り返し入力されました。",
                remedy: "このコードは使えなくなりました。受付の画面から別の証明書コードの送信を申し込み、そのコードで取得してください。",
            },
            Problem::SessionMissing => ProblemText {
                title: "利用者確認がまだ済んでいません。",
                remedy: "利用者確認から始めてください。",
            },
            Problem::SessionEnded(end) => ProblemText {
                title: match end {
                    SessionEnd::TimedOut => "時間が経過したため、手続きが中断されました。",
                    SessionEnd::SignedOut => "ログアウトしたため、手続きは終了しています。",
                    SessionEnd::Replaced => {
                        "同じブラウザで新しく利用者確認が行われたため、前の手続きは終了しています。"
                    }
                    SessionEnd::TooManySessions => {
                        "ほかの画面や端末で利用者確認が行われ、同時に開ける数（5 件）を超えたため、この手続きは終了しています。"
                    }
                    SessionEnd::WrongPasswords => {
                        "誤ったパスワードが 5 回入力されたため、手続きが中断されました。"
                    }
                },
                remedy: IDENTIFY_AGAIN,
            },
            Problem::SessionLimitReached(request) => ProblemText {
                title: match request {
                    LimitedRequest::Selection => "1 回の利用者確認で電子証明書を選べるのは、20 回までです。",
                    LimitedRequest::Save => "1 回の利用者確認で申請情報を保存できるのは、20 回までです。",
                    LimitedRequest::Extension => {
                        "1 回の利用者確認で手続きの時間を延長できるのは、120 回までです。"
                    }
                    LimitedRequest::Code => {
                        "1 回の利用者確認で行えるコードの再送とアドレスの訂正は、合わせて 10 回までです。"
                    }
                },
                remedy: IDENTIFY_AGAIN,
            },
            Problem::TooManySignIns => ProblemText {
                title: "利用者確認の回数が、上限に達しました。",
                remedy: "同じ証明書コードでの利用者確認は、24 時間に 30 回までです。時間をおいて、もう一度お試しください。お心当たりがない場合は、お問い合わせください。",
            },
            Problem::StepOutOfOrder => ProblemText {
                title: "先に済ませる手順があります。",
                remedy: "nextStep の手順から続けてください。",
            },
            Problem::AlreadySubmitted => ProblemText {
                title: "この電子証明書の再発行は、すでに申請済みです。",
                remedy: "受付番号から、受付の内容を確認してください。",
            },
            Problem::NotFound => ProblemText {
                title: "見つかりません。",
                remedy: "番号やアドレスを確認してください。",
            },
            Problem::CertificateNotReissuable => ProblemText {
                title: "この電子証明書は再発行できません。",
                remedy: "再発行できるのは、失効しておらず、有効期間が 30 日より長く残っている電子証明書です。",
            },
            Problem::ApplicationChanged => ProblemText {
                title: "申請情報が、別の画面で更新されています。",
                remedy: "最新の内容を読み込んで、確認し直してください。",
            },
            Problem::IdempotencyKeyInvalid => ProblemText {
                title: "送信を識別するキーがありません。",
                remedy: "Idempotency-Key に英数字、- または _ で 16〜64 文字の値を付けてください。",
            },
            Problem::IdempotencyKeyReused => ProblemText {
                title: "送信を識別するキーが、別の内容の送信に使われています。",
                remedy: "新しい Idempotency-Key で送信してください。",
            },
            Problem::PickUpCheckFailed => ProblemText {
                title: "証明書コードと申請パスワードを確認できませんでした。",
                remedy: "最後に届いたメールの証明書コードと、申請パスワードを見直して、もう一度送信してください。",
            },
            Problem::CodeExpired => ProblemText {
                title: "この証明書コードの有効期限が過ぎています。",
                remedy: "受付の画面から証明書コードの再送を申し込み、新しいコードで取得してください。",
            },
            Problem::AlreadyPickedUp => ProblemText {
                title: "新しい電子証明書は、別の鍵ですでに発行されています。",
                remedy: "最初に使った証明書署名要求をもう一度送信すると、同じ電子証明書を受け取れます。その鍵を失った場合は、新しい電子証明書の再発行を申請してください。",
            },
            Problem::ApplicationExpired => ProblemText {
                title: "取得の期限を過ぎたため、この申請は終了しました。",
                remedy: "電子証明書が必要な場合は、認証局へ新規に申請してください。",
            },
            Problem::ApplicationStopped => {
                ProblemText { title: "この申請は停止されています。", remedy: STOPPED }
            }
            Problem::ApplicationRejected => {
                ProblemText { title: "この申請は却下されました。", remedy: REJECTED }
            }
            Problem::StopCodeUnknown => ProblemText {
                title: "この停止コードに対応する申請はありません。",
                remedy: "アドレスの変更をお知らせしたメールの停止コードと見比べてください。解決しない場合は、すぐにお問い合わせください。",
            },
            Problem::ResendNotPossible(reason) => ProblemText {
                title: "証明書コードを再送できません。",
                remedy: match reason {
                    NoResend::PickedUp => "新しい電子証明書は取得済みです。コードはもう必要ありません。",
                    NoResend::Expired => NO_LONGER_WAITING,
                    NoResend::Stopped => STOPPED,
                    NoResend::Rejected => REJECTED,
                    NoResend::Held { until: Some(_) } => {
                        "電子メールアドレスが変更されたため、コードの送信を保留しています。保留の期間が終わると送信します。"
                    }
                    NoResend::Held { until: None } => {
                        "電子メールアドレスが変更されたため、コードの送信を保留しています。担当者が変更を承認すると送信します。"
                    }
                    NoResend::LimitReached => {
                        "再送の回数の上限に達しています。最後に届いたコードを使うか、お問い合わせください。"
                    }
                    NoResend::TooSoon { .. } => {
                        "前のメールが届いていないか確認し、数分待ってから、もう一度申し込んでください。"
                    }
                },
            },
            Problem::CorrectionNotPossible(reason) => ProblemText {
                title: "電子メールアドレスを訂正できません。",
                remedy: match reason {
                    NoCorrection::PickedUp => {
                        "新しい電子証明書は取得済みです。証明書のメールアドレスを変えるには、新しい電子証明書の再発行を申請してください。"
                    }
                    NoCorrection::Expired => NO_LONGER_WAITING,
                    NoCorrection::Stopped => STOPPED,
                    NoCorrection::Rejected => REJECTED,
                    NoCorrection::IssuanceBegun => {
                        "届いた証明書コードで、取得の手続きが始まっています。同じ画面で取得を続けるか、お問い合わせください。"
                    }
                    NoCorrection::LimitReached => "訂正の回数の上限に達しています。お問い合わせください。",
                },
            },
            Problem::IdentityCheckRequired => ProblemText {
                title: "この操作の前に、もう一度、利用者確認が必要です。",
                remedy: "利用者確認を行い、10 分以内にもう一度送信してください。",
            },
            Problem::CrossOriginRequest => ProblemText {
                title: "このサイトのページから送信されていないため、受け付けられません。",
                remedy: "このサイトのページで手続きを続けてください。プログラムから送信する場合は、ヘッダー Sec-Fetch-Site: same-origin を付けてください。",
            },
            Problem::DirectRequest => ProblemText {
                title: "このアドレスでは API を利用できません。",
                remedy: "サイトのアドレスに送信してください。",
            },
            Problem::MethodNotAllowed => ProblemText {
                title: "この操作はできません。",
                remedy: "Allow に示されたメソッドを使ってください。",
            },
            Problem::TemporarilyUnavailable => ProblemText {
                title: "ただいま処理できませんでした。",
                remedy: "入力内容はそのままです。少し待ってから、もう一度送信してください。",
            },
            Problem::InternalError => ProblemText {
                title: "システムに問題が起きました。",
                remedy: "何も変更されていません。続く場合はお問い合わせください。",
            },
        }
    }
}
