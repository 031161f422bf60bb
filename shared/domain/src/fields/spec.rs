//! The terms in which a field is defined.

use serde::Serialize;

use super::{Bilingual, Field, Language};

/// The definition of a field that is entered.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldSpec {
    /// Its name in the API.
    #[serde(skip)]
    pub name: &'static str,
    /// The kind, which determines its control on the pages, its normalisation and its check.
    pub kind: Kind,
    /// Its group on steps 4 and 5; `None` for a field of step 1 only.
    #[serde(skip)]
    pub group: Option<Group>,
    /// True if it must be filled in.
    pub required: bool,
    /// The greatest number of Unicode scalar values after normalisation.
    pub max_length: usize,
    /// Its label on the pages.
    pub label: Bilingual,
    /// The hint below the label; `{example}` stands for the example. `None` if the field has none, or one for each page.
    pub hint: Option<Bilingual>,
    /// A value in its normal form; `None` for a credential.
    pub example: Option<&'static str>,
    /// The token by which a browser fills it in (HTML, 4.10.18.7.1 Autofill field names).
    pub autocomplete: &'static str,
    /// The class of its data.
    pub personal_data: PersonalData,
}

/// The definition of a field that steps 4 and 5 only show.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FixedFieldSpec {
    /// Its name in the API.
    #[serde(skip)]
    pub name: &'static str,
    /// Its group on steps 4 and 5.
    #[serde(skip)]
    pub group: Group,
    /// The entered field that follows it on the pages.
    #[serde(skip)]
    pub before: Field,
    /// Its label on the pages.
    pub label: Bilingual,
    /// The language of its value; `None` for a number.
    pub language: Option<Language>,
    /// The class of its data.
    pub personal_data: PersonalData,
}

/// The kind of a field, which determines the normalisation and the check of its text.
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
    /// The greatest length of a field of this kind, which every text of the kind on record keeps.
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

/// A class of data about the subscriber, as the privacy page distinguishes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PersonalData {
    /// The subscriber's name.
    Name,
    /// The organisation that the subscriber belongs to.
    Organization,
    /// The subscriber's position in it.
    Position,
    /// The email address.
    EmailAddress,
    /// The business address.
    Address,
    /// A telephone number.
    Telephone,
    /// A credential, which is never shown or kept in clear text.
    Credential,
}

impl PersonalData {
    /// The words by which the privacy page names the class.
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
