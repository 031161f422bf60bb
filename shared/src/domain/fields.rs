//! Every field that a subscriber fills in: its name, label, length and the rules it can break.
//!
//! This is the one place for them. The pages take them from `web/rules.json`, which a test keeps equal to
//! what [`FIELDS`] and [`Rule::ALL`] say; the API's JSON pointers are made from [`Field::name`].

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
    /// Japanese, the language of whoever asks for neither.
    #[default]
    Ja,
    /// English.
    En,
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
    /// 電子メールアドレス
    EmailAddress,
    /// 申請パスワード
    ApplicationPassword,
    /// 証明書コード
    CertificateCode,
    /// 役職 (日本語)
    TitleJa,
    /// 部署 (日本語)
    DepartmentJa,
    /// 役職/部署 (ローマ字)
    TitleDepartmentRomaji,
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

/// How a field's text is normalised and checked.
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

/// What is known of a field.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldSpec {
    /// The field.
    #[serde(skip)]
    pub field: Field,
    /// Its name in the API.
    #[serde(skip)]
    pub name: &'static str,
    /// How it is normalised and checked.
    pub kind: Kind,
    /// Whether it must be filled in.
    pub required: bool,
    /// At most this many Unicode scalar values after normalisation.
    pub max_length: usize,
    /// Its label on the pages.
    pub label: Bilingual,
}

/// The fields, in the order of the pages.
pub const FIELDS: [FieldSpec; 12] = [
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
    spec(Field::TitleJa, "titleJa", Kind::FullWidth, false, 60, "役職（日本語）", "Title (Japanese)"),
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
        "役職／部署（ローマ字）",
        "Title and department (Latin letters)",
    ),
    spec(
        Field::PostalCode,
        "postalCode",
        Kind::PostalCode,
        true,
        7,
        "勤務先住所（郵便番号）",
        "Work address: postal code",
    ),
    spec(
        Field::Prefecture,
        "prefecture",
        Kind::Prefecture,
        true,
        4,
        "勤務先住所（都道府県）",
        "Work address: prefecture",
    ),
    spec(Field::City, "city", Kind::Text, true, 60, "勤務先住所（市区町村）", "Work address: city or ward"),
    spec(
        Field::Street,
        "street",
        Kind::Text,
        true,
        100,
        "勤務先住所（地域・番地）",
        "Work address: area and number",
    ),
    spec(
        Field::Building,
        "building",
        Kind::Text,
        false,
        100,
        "勤務先住所（ビル・マンション名）",
        "Work address: building",
    ),
    spec(Field::Phone, "phone", Kind::Phone, true, 11, "勤務先電話番号", "Work telephone number"),
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
    /// What is known of this field.
    pub fn spec(self) -> &'static FieldSpec {
        &FIELDS[self as usize]
    }

    /// Its name in the API.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// At most this many Unicode scalar values after normalisation.
    pub fn max_length(self) -> usize {
        self.spec().max_length
    }
}

/// A rule that an input can break; the name of each is stable in the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("the rule {self:?} is broken")]
pub enum Rule {
    /// A required field is empty.
    Required,
    /// Longer than [`FieldSpec::max_length`].
    TooLong,
    /// Not a mailbox that a certificate can hold.
    NotAMailbox,
    /// A character without a full-width form.
    NotFullWidth,
    /// A character outside printable ASCII.
    NotRomaji,
    /// Not seven digits.
    NotAPostalCode,
    /// Not one of the 47.
    NotAPrefecture,
    /// Not a Japanese telephone number.
    NotAPhoneNumber,
    /// A control character, or another that no text field takes.
    UnsuitableCharacter,
    /// One of this system's codes with a mistake in it.
    CertificateCodeTypo,
    /// A fixed field was sent with another value.
    FixedField,
    /// A field that does not exist here.
    UnknownField,
    /// The irrevocable step was not acknowledged.
    NotAcknowledged,
    /// JSON of another type than the field's.
    WrongType,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 14] = [
        Self::Required,
        Self::TooLong,
        Self::NotAMailbox,
        Self::NotFullWidth,
        Self::NotRomaji,
        Self::NotAPostalCode,
        Self::NotAPrefecture,
        Self::NotAPhoneNumber,
        Self::UnsuitableCharacter,
        Self::CertificateCodeTypo,
        Self::FixedField,
        Self::UnknownField,
        Self::NotAcknowledged,
        Self::WrongType,
    ];

    /// The message that names the field and the remedy; `{label}` and `{max}` are the field's.
    pub const fn message(self) -> Bilingual {
        let (ja, en) = match self {
            Self::Required => ("{label}を入力してください。", "Enter: {label}."),
            Self::TooLong => (
                "{label}は {max} 文字以内で入力してください。",
                "{label}: shorten this to at most {max} characters.",
            ),
            Self::NotAMailbox => (
                "{label}は taro@example.co.jp のような形で、半角の英数字と記号で入力してください。",
                "{label}: enter an address like taro@example.co.jp, in Latin letters, digits and symbols.",
            ),
            Self::NotFullWidth => (
                "{label}は全角文字で入力してください。絵文字など、全角にできない文字を取り除いてください。",
                "{label}: use full-width Japanese characters; remove emoji and others without a full-width form.",
            ),
            Self::NotRomaji => (
                "{label}は半角の英数字と記号で入力してください。",
                "{label}: use Latin letters, digits and punctuation only.",
            ),
            Self::NotAPostalCode => (
                "{label}は 7 桁の数字で入力してください。例：1040028",
                "{label}: enter the 7 digits, for example 1040028.",
            ),
            Self::NotAPrefecture => {
                ("{label}は 47 都道府県から選んでください。", "{label}: choose one of the 47 prefectures.")
            }
            Self::NotAPhoneNumber => (
                "{label}は市外局番からの 10 桁または 11 桁の数字で入力してください。例：0350001111",
                "{label}: enter all 10 or 11 digits including the area code, for example 0350001111.",
            ),
            Self::UnsuitableCharacter => (
                "{label}に使えない文字（制御文字など）が含まれています。取り除いてください。",
                "{label}: remove the characters that cannot be used here, such as control characters.",
            ),
            Self::CertificateCodeTypo => (
                "{label}に打ち間違いがあります。メールに記載のコードと見比べて、もう一度入力してください。",
                "{label}: there is a typing mistake; compare it with the code in the mail and enter it again.",
            ),
            Self::FixedField => (
                "{label}は変更できません。表示されている値のまま送信してください。",
                "{label}: this cannot be changed; send the value that is shown.",
            ),
            Self::UnknownField => (
                "{label}という項目はありません。取り除いてください。",
                "{label}: there is no such field here; remove it.",
            ),
            Self::NotAcknowledged => (
                "失効は取り消せません。内容を確認し、「{label}」にチェックを入れてください。",
                "Revocation cannot be undone. Read the warning and tick “{label}”.",
            ),
            Self::WrongType => (
                "{label}の形式が正しくありません。API 仕様書の型に合わせてください。",
                "{label}: the JSON type is wrong; use the type given in the API description.",
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
