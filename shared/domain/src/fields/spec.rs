//! Types that describe form fields.

use super::{Bilingual, Field, Language};

/// The definition of a field that the subscriber enters.
#[derive(Clone, Copy, Debug)]
pub struct FieldSpec {
    /// The API name.
    pub name: &'static str,
    /// The kind, which determines the input control, normalisation and validation.
    pub kind: Kind,
    /// The group on the pages of steps 4 and 5; `None` for credentials.
    pub group: Option<Group>,
    /// True if the field must not be empty.
    pub required: bool,
    /// The maximum length after normalisation, in Unicode scalar values.
    pub max_length: usize,
    /// The label on the pages.
    pub label: Bilingual,
    /// The hint below the label, in which `{example}` is a placeholder. `None` if the field has no hint or if each page
    /// defines its own hint.
    pub hint: Option<Bilingual>,
    /// A normalised example value; `None` for credentials.
    pub example: Option<&'static str>,
    /// The value of the `autocomplete` attribute (HTML Standard §4.10.18.7.1).
    pub autocomplete: &'static str,
    /// The class of personal data that the field contains.
    pub personal_data: PersonalData,
}

/// The definition of a fixed field, which the pages of steps 4 and 5 display read-only.
#[derive(Clone, Copy, Debug)]
pub struct FixedFieldSpec {
    /// The API name.
    pub name: &'static str,
    /// The group on the pages of steps 4 and 5.
    pub group: Group,
    /// The next editable field after this field on the pages.
    pub before: Field,
    /// The label on the pages.
    pub label: Bilingual,
    /// The language of the value; `None` for numbers.
    pub language: Option<Language>,
    /// The class of personal data that the field contains.
    pub personal_data: PersonalData,
}

/// The kind of a field, which determines how its text is normalised and validated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// [`crate::contact::EmailAddress`]
    Mailbox,
    /// [`crate::password::ApplicationPassword`]
    Password,
    /// [`crate::certificate_code::CertificateCode`]
    CertificateCode,
    /// [`crate::sign_in_code::SignInCode`]
    SignInCode,
    /// [`crate::stop_code::StopCode`]
    StopCode,
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
    /// Returns the largest length limit among the fields of this kind. No stored value of this kind exceeds the limit.
    pub fn max_length(self) -> usize {
        let fields = Field::ALL.iter().filter(|field| field.spec().kind == self);
        fields.map(|field| field.max_length()).max().unwrap_or_default()
    }
}

/// A group of fields on the pages of steps 4 and 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// 所属組織情報
    Organization,
    /// お客様情報
    Subscriber,
    /// 勤務先住所
    Address,
}

/// A class of personal data, as listed on the privacy page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonalData {
    /// The subscriber's name.
    Name,
    /// The subscriber's organisation.
    Organization,
    /// The subscriber's title and department.
    Position,
    /// The email address.
    EmailAddress,
    /// The business address.
    Address,
    /// A telephone number.
    Telephone,
    /// A credential. Credentials are never stored in plain text.
    Credential,
}
