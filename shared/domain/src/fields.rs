//! Every field that a subscriber fills in: its name, its label, its length and the rules that it can break.
//!
//! This module is the only definition of the fields. The pages take them from `web/rules.json`, which a test keeps
//! equal to [`FIELDS`] and [`Rule::ALL`]; the API's JSON pointers are made from [`Field::name`].

use serde::Serialize;

/// A text in the two languages of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Bilingual {
    /// Japanese.
    pub ja: &'static str,
    /// English.
    pub en: &'static str,
}

/// A language of the service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Japanese, the language for clients that ask for neither.
    #[default]
    Ja,
    /// English.
    En,
}

impl Language {
    /// Every language, the default first.
    pub const ALL: [Self; 2] = [Self::Ja, Self::En];
}

impl Bilingual {
    /// The text in `language`.
    pub fn in_language(&self, language: Language) -> &'static str {
        match language {
            Language::Ja => self.ja,
            Language::En => self.en,
        }
    }
}

/// A field of step 1 or step 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// 役職 (日本語)
    TitleJa,
    /// 部署 (日本語)
    DepartmentJa,
    /// 役職/部署 (ローマ字)
    TitleDepartmentRomaji,
    /// 電子メールアドレス
    EmailAddress,
    /// 申請パスワード
    ApplicationPassword,
    /// 証明書コード
    CertificateCode,
    /// 勤務先住所 (郵便番号)
    PostalCode,
    /// 勤務先住所 (都道府県)
    Prefecture,
    /// 勤務先住所 (市区町村)
    City,
    /// 勤務先住所 (地域・番地)
    Street,
    /// 勤務先住所 (ビル・マンション名)
    Building,
    /// 勤務先電話番号
    Phone,
}

/// The kind of a field, which determines the normalisation and the check of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// [`super::contact::EmailAddress`]
    Mailbox,
    /// [`super::password::ApplicationPassword`]
    Password,
    /// [`super::certificate_code::CertificateCode`]
    CertificateCode,
    /// [`super::text::FullWidthText`]
    FullWidth,
    /// [`super::text::RomajiText`]
    Romaji,
    /// [`super::address::AddressText`]
    Text,
    /// [`super::address::PostalCode`]
    PostalCode,
    /// [`super::address::Prefecture`]
    Prefecture,
    /// [`super::contact::PhoneNumber`]
    Phone,
}

/// The specification of a field.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldSpec {
    /// The field.
    #[serde(skip)]
    pub field: Field,
    /// Its name in the API.
    #[serde(skip)]
    pub name: &'static str,
    /// The kind, which determines its normalisation and its check.
    pub kind: Kind,
    /// True if it must be filled in.
    pub required: bool,
    /// The greatest number of Unicode scalar values after normalisation.
    pub max_length: usize,
    /// Its label on the pages.
    pub label: Bilingual,
}

/// The fields, in the order of step 1 and in that of step 4.
pub const FIELDS: [FieldSpec; 12] = [
    spec(Field::TitleJa, "titleJa", Kind::FullWidth, false, 60, "役職（日本語）", "Job title (Japanese)"),
    spec(
        Field::DepartmentJa,
        "departmentJa",
        Kind::FullWidth,
        false,
        60,
        "部署（日本語）",
        "Department (Japanese)",
    ),
    spec(
        Field::TitleDepartmentRomaji,
        "titleDepartmentRomaji",
        Kind::Romaji,
        false,
        64,
        "役職・部署（ローマ字）",
        "Job title and department (Latin letters)",
    ),
    spec(
        Field::EmailAddress,
        "emailAddress",
        Kind::Mailbox,
        true,
        254,
        "電子メールアドレス",
        "E-mail address",
    ),
    spec(
        Field::ApplicationPassword,
        "applicationPassword",
        Kind::Password,
        true,
        128,
        "申請パスワード",
        "Application password",
    ),
    spec(
        Field::CertificateCode,
        "certificateCode",
        Kind::CertificateCode,
        true,
        64,
        "証明書コード",
        "Certificate code",
    ),
    spec(Field::PostalCode, "postalCode", Kind::PostalCode, true, 7, "郵便番号", "Postal code"),
    spec(Field::Prefecture, "prefecture", Kind::Prefecture, true, 4, "都道府県", "Prefecture"),
    spec(Field::City, "city", Kind::Text, true, 60, "市区町村", "City or ward"),
    spec(Field::Street, "street", Kind::Text, true, 100, "地域・番地", "Area and block number"),
    spec(Field::Building, "building", Kind::Text, false, 100, "ビル・マンション名", "Building"),
    spec(Field::Phone, "phone", Kind::Phone, true, 11, "勤務先電話番号", "Office telephone number"),
];

const fn spec(
    field: Field,
    name: &'static str,
    kind: Kind,
    required: bool,
    max_length: usize,
    ja: &'static str,
    en: &'static str,
) -> FieldSpec {
    FieldSpec { field, name, kind, required, max_length, label: Bilingual { ja, en } }
}

impl Field {
    /// The specification of this field.
    pub fn spec(self) -> &'static FieldSpec {
        &FIELDS[self as usize]
    }

    /// Its name in the API.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// The greatest number of Unicode scalar values after normalisation.
    pub fn max_length(self) -> usize {
        self.spec().max_length
    }
}

/// The fixed fields of step 4: evidence of the first authentication, by their names in the API.
pub const FIXED_FIELDS: [(&str, Bilingual); 5] = [
    ("companyCode", Bilingual { ja: "企業コード", en: "Company code" }),
    ("organizationNameJa", Bilingual { ja: "組織名（日本語）", en: "Organisation (Japanese)" }),
    ("organizationNameEn", Bilingual { ja: "組織名（英語）", en: "Organisation (English)" }),
    ("subscriberNameJa", Bilingual { ja: "お名前（日本語）", en: "Name (Japanese)" }),
    ("subscriberNameEn", Bilingual { ja: "お名前（英語）", en: "Name (English)" }),
];

/// A rule that an input can break; its name is stable in the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{}", self.message_for("this value", 0, Language::En))]
pub enum Rule {
    /// A required field is empty.
    Required,
    /// The text is longer than [`FieldSpec::max_length`].
    TooLong,
    /// The text is not an email address that a certificate can hold.
    NotAMailbox,
    /// A character has no full-width form.
    NotFullWidth,
    /// A character is outside printable ASCII.
    NotRomaji,
    /// The text is not seven digits.
    NotAPostalCode,
    /// The text is not one of the 47 prefectures.
    NotAPrefecture,
    /// The text is not a Japanese telephone number.
    NotAPhoneNumber,
    /// The new email address is the one to be replaced.
    SameAddress,
    /// The text has a control character, or another character that no text field accepts.
    UnsuitableCharacter,
    /// The text has the form of this system's certificate codes, but contains a typing error.
    CertificateCodeTypo,
    /// A fixed field was sent with another value.
    FixedField,
    /// The operation has no such field.
    UnknownField,
    /// The irrevocable step was not acknowledged.
    NotAcknowledged,
    /// The JSON type is not that of the field.
    WrongType,
    /// The text is not a PKCS #10 request.
    CsrMalformed,
    /// The request is not signed with the key that it names: possession of the private key is not proven.
    CsrSignature,
    /// The CA does not certify this kind of key.
    KeyUnsupported,
    /// The private key can be computed from the public key.
    KeyWeak,
    /// The private key is known to be compromised.
    KeyCompromised,
    /// A certificate in the database already has this key.
    KeyReused,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 21] = [
        Self::Required,
        Self::TooLong,
        Self::NotAMailbox,
        Self::NotFullWidth,
        Self::NotRomaji,
        Self::NotAPostalCode,
        Self::NotAPrefecture,
        Self::NotAPhoneNumber,
        Self::SameAddress,
        Self::UnsuitableCharacter,
        Self::CertificateCodeTypo,
        Self::FixedField,
        Self::UnknownField,
        Self::NotAcknowledged,
        Self::WrongType,
        Self::CsrMalformed,
        Self::CsrSignature,
        Self::KeyUnsupported,
        Self::KeyWeak,
        Self::KeyCompromised,
        Self::KeyReused,
    ];

    /// The message that names the field and the remedy; `{label}` and `{max}` stand for the field's label and length.
    pub const fn message(self) -> Bilingual {
        let (ja, en) = match self {
            Self::Required => ("{label}を入力してください。", "“{label}” is empty. Fill it in."),
            Self::TooLong => (
                "{label}は{max}文字以内で入力してください。",
                "“{label}” is too long. Shorten it to {max} characters or fewer.",
            ),
            Self::NotAMailbox => (
                "{label}を name@example.co.jp のような形で、英数字と記号で入力してください。",
                "“{label}” is not an e-mail address. Enter it like name@example.co.jp, in Latin letters, digits and signs.",
            ),
            Self::NotFullWidth => (
                "{label}に、全角にできない文字があります。漢字・ひらがな・カタカナ・英数字で入力してください。",
                "“{label}” has a character without a full-width form. Use kanji, kana, letters and digits.",
            ),
            Self::NotRomaji => (
                "{label}は、ローマ字（英字・数字・記号）で入力してください。",
                "“{label}” must be in Latin letters, digits and signs. Replace the other characters.",
            ),
            Self::NotAPostalCode => (
                "{label}を7桁の数字で入力してください（例：1040028）。",
                "“{label}” must have 7 digits. Enter it like 1040028.",
            ),
            Self::NotAPrefecture => (
                "{label}を一覧から選んでください。",
                "“{label}” is not one of the 47 prefectures. Choose it from the list.",
            ),
            Self::NotAPhoneNumber => (
                "{label}を、市外局番から10桁または11桁の数字で入力してください（例：0350001111）。",
                "“{label}” must have 10 or 11 digits and begin with 0. Enter it with the area code, like 0350001111.",
            ),
            Self::SameAddress => (
                "{label}が、いまの送信先と同じです。正しい場合は、受付の画面から証明書コードの再送を申し込んでください。",
                "“{label}” is the one that the code is sent to already. If it is right, ask for another code on the receipt.",
            ),
            Self::UnsuitableCharacter => (
                "{label}に、使えない制御文字が含まれています。入力し直してください。",
                "“{label}” contains an invisible control character. Type it again.",
            ),
            Self::CertificateCodeTypo => (
                "{label}に打ち間違いがあります。案内のメールに書かれたコードと1文字ずつ見比べてください。",
                "“{label}” has a typing error. Compare it with the code in the mail, character by character.",
            ),
            Self::FixedField => (
                "{label}は変更できません。表示されているとおりの内容で送信してください。",
                "“{label}” cannot be changed. Send it as it was shown.",
            ),
            Self::UnknownField => (
                "{label}という項目はありません。取り除いてください。",
                "There is no field “{label}”. Leave it out.",
            ),
            Self::NotAcknowledged => (
                "失効は取り消せません。警告を読み、確認のチェックを入れてください。",
                "Revocation cannot be undone. Read the warning and tick the box.",
            ),
            Self::WrongType => (
                "{label}の型が違います。API 仕様書の型で指定してください。",
                "“{label}” has another JSON type than the API description says. Send that type.",
            ),
            Self::CsrMalformed => (
                "証明書署名要求を読み取れません。PKCS#10 形式の PEM を、先頭の BEGIN の行から末尾の END の行まで送信してください。",
                "The certification request cannot be read. Send it as PKCS#10 in PEM, from the BEGIN line to the END line.",
            ),
            Self::CsrSignature => (
                "証明書署名要求の署名が、その公開鍵のものではありません。鍵の持ち主であることを示すため、同じ鍵で署名した要求を作り直してください。",
                "The certification request is not signed with its own key, which would show that you hold it. Make it anew with that key.",
            ),
            Self::KeyUnsupported => (
                "この種類の鍵には発行できません。P-256、P-384、または 2048〜4096 ビットの RSA の鍵を新しく作ってください。",
                "No certificate is issued for this kind of key. Make a new key: P-256, P-384, or RSA of 2048 to 4096 bits.",
            ),
            Self::KeyWeak => (
                "この鍵は、秘密鍵を割り出されるおそれがある弱い鍵です。別のソフトウェアまたは機器で、新しい鍵を作ってください。",
                "This key is weak: its private key can be computed. Make a new key with other software or another device.",
            ),
            Self::KeyCompromised => (
                "この鍵は、秘密鍵が漏えいした鍵として知られています。使わずに、新しい鍵を作ってください。",
                "The private key of this key is known to others. Do not use it; make a new key.",
            ),
            Self::KeyReused => (
                "この鍵には、すでに電子証明書が発行されています。新しい鍵を作ってください。",
                "A certificate was issued for this key before. Make a new key.",
            ),
        };
        Bilingual { ja, en }
    }

    /// The message for a field with this label and length, in `language`.
    pub fn message_for(self, label: &str, max_length: usize, language: Language) -> String {
        self.message()
            .in_language(language)
            .replace("{label}", label)
            .replace("{max}", &max_length.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_finds_its_own_spec() {
        for spec in &FIELDS {
            assert_eq!(spec.field.spec().name, spec.name);
        }
    }
}
