//! The form fields of the procedure, with their names, groups, labels and rules.
//!
//! This module is the single source of truth for the fields. `define_fields!` generates the stored type and the check
//! for required fields. The pages read the field definitions from `web/rules.json`, and the API description contains
//! generated schemas. A test compares both files with this module.

mod define;
mod input;
mod reading;
mod spec;

use serde::{Deserialize, Serialize};

pub(crate) use self::reading::Reader;
use self::{
    define::{define_enum, define_fields, define_fixed_fields, define_languages},
    reading::Member,
};
pub use self::{
    input::{ApplicationFieldsInput, FieldTexts, FixedFieldsInput},
    reading::{FieldError, FixedFieldError, FixedFieldFault},
    spec::{FieldSpec, FixedFieldSpec, Group, Kind, PersonalData},
};
use super::{
    address::{AddressText, PostalCode, Prefecture},
    contact::{EmailAddress, PhoneNumber},
    numbers::CompanyCode,
    text::{FullWidthText, RecordedName, RomajiText},
};

define_fields! {
    // The fields that the subscriber enters in step 4, in page order. A new member must be an `Option` even if the
    // field is required, because existing rows do not contain the member.
    application {
        /// 役職 (日本語)
        title_ja: Option<FullWidthText> => TitleJa "titleJa" {
            group: Some(Group::Subscriber),
            required: false,
            max_length: 60,
            label: Bilingual { ja: "役職（日本語）", en: "Job title (Japanese)" },
            hint: Some(Bilingual { ja: "例：{example}", en: "Example: {example}" }),
            example: Some("本部長"),
            autocomplete: "off",
            personal_data: PersonalData::Position,
        }
        /// 部署 (日本語)
        department_ja: Option<FullWidthText> => DepartmentJa "departmentJa" {
            group: Some(Group::Subscriber),
            required: false,
            max_length: 60,
            label: Bilingual { ja: "部署（日本語）", en: "Department (Japanese)" },
            hint: Some(Bilingual { ja: "例：{example}", en: "Example: {example}" }),
            example: Some("経理部"),
            autocomplete: "off",
            personal_data: PersonalData::Position,
        }
        /// 役職/部署 (ローマ字)
        title_department_romaji: Option<RomajiText> => TitleDepartmentRomaji "titleDepartmentRomaji" {
            group: Some(Group::Subscriber),
            required: false,
            max_length: 64,
            label: Bilingual { ja: "役職・部署（ローマ字）", en: "Job title and department (Latin letters)" },
            hint: Some(Bilingual { ja: "例：{example}", en: "Example: {example}" }),
            example: Some("Director, Accounting Dept."),
            autocomplete: "organization-title",
            personal_data: PersonalData::Position,
        }
        /// 電子メールアドレス. The new certificate code is sent to this address, and the new certificate contains the address.
        email_address: EmailAddress => EmailAddress "emailAddress" {
            group: Some(Group::Subscriber),
            required: true,
            max_length: 254,
            label: Bilingual { ja: "電子メールアドレス", en: "E-mail address" },
            hint: Some(Bilingual {
                ja: "新しい証明書コードをこのアドレスにお送りします。新しい電子証明書にも記載されます。",
                en: "The new certificate code is sent to this address. The new certificate contains it, too.",
            }),
            example: Some("taro@example.co.jp"),
            autocomplete: "email",
            personal_data: PersonalData::EmailAddress,
        }
        /// 勤務先住所 (郵便番号)
        postal_code: Option<PostalCode> => PostalCode "postalCode" {
            group: Some(Group::Address),
            required: true,
            max_length: 7,
            label: Bilingual { ja: "郵便番号", en: "Postal code" },
            hint: Some(Bilingual { ja: "7桁の数字（例：{example}）", en: "7 digits (example: {example})" }),
            example: Some("1040028"),
            autocomplete: "postal-code",
            personal_data: PersonalData::Address,
        }
        /// 勤務先住所 (都道府県)
        prefecture: Option<Prefecture> => Prefecture "prefecture" {
            group: Some(Group::Address),
            required: true,
            max_length: 4,
            label: Bilingual { ja: "都道府県", en: "Prefecture" },
            hint: None,
            example: Some("東京都"),
            autocomplete: "address-level1",
            personal_data: PersonalData::Address,
        }
        /// 勤務先住所 (市区町村)
        city: Option<AddressText> => City "city" {
            group: Some(Group::Address),
            required: true,
            max_length: 60,
            label: Bilingual { ja: "市区町村", en: "City or ward" },
            hint: Some(Bilingual { ja: "例：{example}", en: "Example: {example}" }),
            example: Some("中央区"),
            autocomplete: "address-level2",
            personal_data: PersonalData::Address,
        }
        /// 勤務先住所 (地域・番地)
        street: Option<AddressText> => Street "street" {
            group: Some(Group::Address),
            required: true,
            max_length: 100,
            label: Bilingual { ja: "地域・番地", en: "Area and block number" },
            hint: Some(Bilingual { ja: "例：{example}", en: "Example: {example}" }),
            example: Some("八重洲2-8-1"),
            autocomplete: "address-line1",
            personal_data: PersonalData::Address,
        }
        /// 勤務先住所 (ビル・マンション名)
        building: Option<AddressText> => Building "building" {
            group: Some(Group::Address),
            required: false,
            max_length: 100,
            label: Bilingual { ja: "ビル・マンション名", en: "Building" },
            hint: Some(Bilingual { ja: "例：{example}", en: "Example: {example}" }),
            example: Some("見本ビル13F"),
            autocomplete: "address-line2",
            personal_data: PersonalData::Address,
        }
        /// 勤務先電話番号
        phone: Option<PhoneNumber> => Phone "phone" {
            group: Some(Group::Address),
            required: true,
            max_length: 11,
            label: Bilingual { ja: "勤務先電話番号", en: "Office telephone number" },
            hint: Some(Bilingual {
                ja: "市外局番からの番号（例：{example}）",
                en: "With the area code (example: {example})",
            }),
            example: Some("0350001111"),
            autocomplete: "tel",
            personal_data: PersonalData::Telephone,
        }
    }
    // The secret credentials for step 1, the pick-up and the stop of an application. Hints for credentials differ by
    // page and are defined in `web/js/catalogue`.
    credentials {
        /// 申請パスワード
        ApplicationPassword "applicationPassword" {
            kind: Kind::Password,
            group: None,
            required: true,
            max_length: 128,
            label: Bilingual { ja: "申請パスワード", en: "Application password" },
            hint: None,
            example: None,
            autocomplete: "current-password",
            personal_data: PersonalData::Credential,
        }
        /// 証明書コード
        CertificateCode "certificateCode" {
            kind: Kind::CertificateCode,
            group: None,
            required: true,
            max_length: 64,
            label: Bilingual { ja: "証明書コード", en: "Certificate code" },
            hint: None,
            example: None,
            autocomplete: "off",
            personal_data: PersonalData::Credential,
        }
        /// 確認コード
        SignInCode "signInCode" {
            kind: Kind::SignInCode,
            group: None,
            required: false,
            max_length: 8,
            label: Bilingual { ja: "確認コード", en: "Sign-in code" },
            hint: None,
            example: None,
            autocomplete: "one-time-code",
            personal_data: PersonalData::Credential,
        }
        /// 停止コード
        StopCode "stopCode" {
            kind: Kind::StopCode,
            group: None,
            required: true,
            max_length: 64,
            label: Bilingual { ja: "停止コード", en: "Stop code" },
            hint: None,
            example: None,
            autocomplete: "off",
            personal_data: PersonalData::Credential,
        }
    }
}

define_fixed_fields! {
    /// 企業コード
    company_code: CompanyCode => CompanyCode "companyCode" {
        group: Group::Organization,
        before: Field::TitleJa,
        label: Bilingual { ja: "企業コード", en: "Company code" },
        language: None,
        personal_data: PersonalData::Organization,
    }
    /// 組織名 (日本語)
    organization_name_ja: RecordedName => OrganizationNameJa "organizationNameJa" {
        group: Group::Organization,
        before: Field::TitleJa,
        label: Bilingual { ja: "組織名（日本語）", en: "Organisation (Japanese)" },
        language: Some(Language::Ja),
        personal_data: PersonalData::Organization,
    }
    /// 組織名 (英語)
    organization_name_en: RecordedName => OrganizationNameEn "organizationNameEn" {
        group: Group::Organization,
        before: Field::TitleJa,
        label: Bilingual { ja: "組織名（英語）", en: "Organisation (English)" },
        language: Some(Language::En),
        personal_data: PersonalData::Organization,
    }
    /// お名前 (日本語)
    subscriber_name_ja: RecordedName => SubscriberNameJa "subscriberNameJa" {
        group: Group::Subscriber,
        before: Field::EmailAddress,
        label: Bilingual { ja: "お名前（日本語）", en: "Name (Japanese)" },
        language: Some(Language::Ja),
        personal_data: PersonalData::Name,
    }
    /// お名前 (英語)
    subscriber_name_en: RecordedName => SubscriberNameEn "subscriberNameEn" {
        group: Group::Subscriber,
        before: Field::EmailAddress,
        label: Bilingual { ja: "お名前（英語）", en: "Name (English)" },
        language: Some(Language::En),
        personal_data: PersonalData::Name,
    }
}

define_languages! {
    /// Japanese, the default if the client requests neither language.
    #[default]
    Ja: ja "ja",
    /// English.
    En: en "en",
}

define_enum! {
    /// A validation rule that an input can break. The `messages` crate contains the error messages, and the `edge`
    /// crate contains the API names.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
    #[error("the value violates the rule {self:?}")]
    pub enum Rule {
        /// A required field is empty.
        Required,
        /// The text is longer than [`FieldSpec::max_length`].
        TooLong,
        /// The text is not an email address that a certificate can contain, and no other rule names the fault.
        NotAMailbox,
        /// The email address has no `@`.
        MissingAtSign,
        /// The text contains more than one email address.
        SeveralAddresses,
        /// The email address has more than one `@`.
        SeveralAtSigns,
        /// The email address contains a space.
        SpaceInAddress,
        /// The email address contains a comma, which is probably a mistyped dot.
        CommaInAddress,
        /// The part of the email address before the `@` is not ASCII.
        LocalPartNotAscii,
        /// The part of the email address before the `@` begins or ends with a dot, or contains two dots in a row.
        LocalPartDots,
        /// The part of the email address before the `@` is longer than 64 octets.
        LocalPartTooLong,
        /// The part of the email address after the `@` has no dot.
        DomainWithoutDot,
        /// The part of the email address after the `@` is an IP address, or its last label is all-numeric.
        NumericDomain,
        /// The part of the email address after the `@` is not a domain name.
        DomainMalformed,
        /// The text contains a character without a full-width form.
        NotFullWidth,
        /// The text contains a character that is not printable ASCII.
        NotRomaji,
        /// The text does not consist of seven digits.
        NotAPostalCode,
        /// The text is not one of the 47 prefectures.
        NotAPrefecture,
        /// The text is not a Japanese telephone number.
        NotAPhoneNumber,
        /// The new email address is the same as the current one.
        SameAddress,
        /// The text contains a control character or another character that no text field accepts.
        UnsuitableCharacter,
        /// The text resembles a certificate code of this system but contains a typing error.
        CertificateCodeTypo,
        /// The text does not consist of the eight symbols of a sign-in code.
        NotASignInCode,
        /// The application password is wrong, in a request of a session that has passed the identity check.
        WrongPassword,
        /// The client sent a fixed field whose value differs from the record.
        FixedField,
        /// The request contains a field that the operation does not define.
        UnknownField,
        /// The subscriber did not acknowledge that the step is irreversible.
        NotAcknowledged,
        /// The JSON value has the wrong type for the field.
        WrongType,
        /// The text is not a PKCS #10 certification request.
        CsrMalformed,
        /// The text contains a private key instead of a certification request.
        CsrIsPrivateKey,
        /// The text is a certificate instead of a certification request.
        CsrIsCertificate,
        /// The CA does not accept the signature algorithm of the certification request.
        CsrSignatureAlgorithm,
        /// The certification request's signature is invalid, so it does not prove possession of the private key.
        CsrSignature,
        /// The CA does not issue certificates for this type of key.
        KeyUnsupported,
        /// The private key can be computed from the public key.
        KeyWeak,
        /// The private key is known to be compromised.
        KeyCompromised,
        /// A certificate in the database already uses this key.
        KeyReused,
    }
}
