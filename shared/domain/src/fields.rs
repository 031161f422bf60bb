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

/// A rule that an input can break; its name is stable in the API. Its messages are in the crate `messages`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("breaks the rule {self:?}")]
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
