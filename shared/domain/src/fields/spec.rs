//! The types that define fields.

use serde::Serialize;

use super::{Bilingual, Field, Language};

/// The definition of a field that the subscriber enters.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldSpec {
    /// The name in the API.
    #[serde(skip)]
    pub name: &'static str,
    /// The kind, which determines the control on the pages, the normalisation and the validation.
    pub kind: Kind,
    /// The group on steps 4 and 5; `None` for a field that appears only in step 1.
    #[serde(skip)]
    pub group: Option<Group>,
    /// True if the field must have a value.
    pub required: bool,
    /// The maximum number of Unicode scalar values after normalisation.
    pub max_length: usize,
    /// The label on the pages.
    pub label: Bilingual,
    /// The hint below the label, in which `{example}` stands for the example. `None` if there is no hint or each page
    /// has its own.
    pub hint: Option<Bilingual>,
    /// An example value in normalised form; `None` for a credential.
    pub example: Option<&'static str>,
    /// The token for the browser's autofill (HTML, 4.10.18.7.1 Autofill field names).
    pub autocomplete: &'static str,
    /// The class of personal data in the field.
    pub personal_data: PersonalData,
}

/// The definition of a field that steps 4 and 5 only display.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FixedFieldSpec {
    /// The name in the API.
    #[serde(skip)]
    pub name: &'static str,
    /// The group on steps 4 and 5.
    #[serde(skip)]
    pub group: Group,
    /// The entered field that follows this field on the pages.
    #[serde(skip)]
    pub before: Field,
    /// The label on the pages.
    pub label: Bilingual,
    /// The language of the value; `None` for a number.
    pub language: Option<Language>,
    /// The class of personal data in the field.
    pub personal_data: PersonalData,
}

/// The kind of a field, which determines the normalisation and validation of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// [`crate::contact::EmailAddress`]
    Mailbox,
    /// [`crate::password::ApplicationPassword`]
    Password,
    /// [`crate::certificate_code::CertificateCode`]
    CertificateCode,
    /// [`crate::text::FullWidthText`]
    FullWidth,
    /// [`crate::text::RomajiText`]
    Romaji,
    /// [`crate::address::AddressText`]
    Text,
    /// [`crate::address::PostalCode`]
    PostalCode,
    /// [`crate::address::Prefecture`]
    Prefecture,
    /// [`crate::contact::PhoneNumber`]
    Phone,
}

impl Kind {
    /// The maximum length of the fields of this kind. No stored text of this kind is longer.
    pub fn max_length(self) -> usize {
        let fields = Field::ALL.iter().filter(|field| field.spec().kind == self);
        fields.map(|field| field.max_length()).max().unwrap_or_default()
    }
}

/// A group of fields on steps 4 and 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Group {
    /// 所属組織情報
    Organization,
    /// お客様情報
    Subscriber,
    /// 勤務先住所
    Address,
}

/// A class of personal data of the subscriber, as listed on the privacy page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PersonalData {
    /// The subscriber's name.
    Name,
    /// The subscriber's organisation.
    Organization,
    /// The subscriber's position in the organisation.
    Position,
    /// The email address.
    EmailAddress,
    /// The business address.
    Address,
    /// A telephone number.
    Telephone,
    /// A credential, which is never displayed or stored in plain text.
    Credential,
}

impl PersonalData {
    /// The name of the class on the privacy page.
    pub const fn on_privacy_page(self) -> Bilingual {
        let (ja, en) = match self {
            Self::Name => ("お名前", "name"),
            Self::Organization => ("所属組織", "organisation"),
            Self::Position => ("役職・部署", "title and department"),
            Self::EmailAddress => ("電子メールアドレス", "e-mail address"),
            Self::Address => ("勤務先の住所", "business address"),
            Self::Telephone => ("電話番号", "telephone number"),
            Self::Credential => ("利用者確認の情報", "Identity check"),
        };
        Bilingual { ja, en }
    }
}
