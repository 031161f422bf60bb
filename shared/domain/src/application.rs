//! The reissue application (再発行申請): its fields and its states.

mod state;

use serde::{Deserialize, Serialize};

pub use self::state::{
    APPLICATION_LIFETIME, Accepted, AddressCorrection, AnyApplication, Application, CodeLifetime,
    CodeLifetimeError, Confirmed, Draft, Expired, IssuanceClaim, IssuedCertificate, MAIL_PROMISE,
    MAX_CORRECTIONS, MAX_RESENDS, MailedCode, NoCorrection, NoResend, Outcome, PickedUp, REMINDER_BEFORE_END,
    RESEND_INTERVAL, Receipt,
};
use super::{
    address::{AddressText, PostalCode, Prefecture},
    contact::{EmailAddress, PhoneNumber},
    enrollment::EnrollmentId,
    fields::{FIELDS, Field, Rule},
    numbers::{CompanyCode, CouponNumber},
    text::{FullWidthText, RecordedName, RomajiText},
};

/// Identifies an application, and the certificate that it replaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationId {
    /// The enrollment that contains both.
    pub enrollment: EnrollmentId,
    /// The coupon number of the certificate.
    pub coupon_number: CouponNumber,
}

/// Evidence of the first authentication, shown but never editable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FixedFields {
    /// 企業コード
    pub company_code: CompanyCode,
    /// 組織名 (日本語)
    pub organization_name_ja: RecordedName,
    /// 組織名 (英語)
    pub organization_name_en: RecordedName,
    /// お名前 (日本語)
    pub subscriber_name_ja: RecordedName,
    /// お名前 (英語)
    pub subscriber_name_en: RecordedName,
}

/// The fixed fields as the client sent them back; each may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FixedFieldsInput {
    /// 企業コード
    pub company_code: Option<String>,
    /// 組織名 (日本語)
    pub organization_name_ja: Option<String>,
    /// 組織名 (英語)
    pub organization_name_en: Option<String>,
    /// お名前 (日本語)
    pub subscriber_name_ja: Option<String>,
    /// お名前 (英語)
    pub subscriber_name_en: Option<String>,
}

impl FixedFieldsInput {
    /// The values that were sent, each with its name in the API.
    pub fn sent(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("companyCode", &self.company_code),
            ("organizationNameJa", &self.organization_name_ja),
            ("organizationNameEn", &self.organization_name_en),
            ("subscriberNameJa", &self.subscriber_name_ja),
            ("subscriberNameEn", &self.subscriber_name_en),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.as_deref().map(|value| (name, value)))
    }

    /// The names of the fields whose value is not the recorded one.
    pub fn differing_from(&self, recorded: &FixedFields) -> Vec<&'static str> {
        self.sent()
            .filter(|(name, value)| recorded.by_name(name) != Some(*value))
            .map(|(name, _)| name)
            .collect()
    }
}

impl FixedFields {
    fn by_name(&self, name: &str) -> Option<&str> {
        Some(match name {
            "companyCode" => self.company_code.as_str(),
            "organizationNameJa" => self.organization_name_ja.as_str(),
            "organizationNameEn" => self.organization_name_en.as_str(),
            "subscriberNameJa" => self.subscriber_name_ja.as_str(),
            "subscriberNameEn" => self.subscriber_name_en.as_str(),
            _ => return None,
        })
    }
}

/// The fields that the subscriber enters, normalised. Old rows may lack some of them, so only the email address is
/// certain to be present; [`CompleteFields`] has every required field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationFields {
    /// 役職 (日本語)
    pub title_ja: Option<FullWidthText>,
    /// 部署 (日本語)
    pub department_ja: Option<FullWidthText>,
    /// 役職/部署 (ローマ字)
    pub title_department_romaji: Option<RomajiText>,
    /// 電子メールアドレス: receives the new certificate code and is named in the new certificate
    pub email_address: EmailAddress,
    /// 勤務先住所 (郵便番号)
    pub postal_code: Option<PostalCode>,
    /// 勤務先住所 (都道府県)
    pub prefecture: Option<Prefecture>,
    /// 勤務先住所 (市区町村)
    pub city: Option<AddressText>,
    /// 勤務先住所 (地域・番地)
    pub street: Option<AddressText>,
    /// 勤務先住所 (ビル・マンション名)
    pub building: Option<AddressText>,
    /// 勤務先電話番号
    pub phone: Option<PhoneNumber>,
}

/// The fields as the client sent them; an absent or empty text is an empty field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ApplicationFieldsInput {
    /// 役職 (日本語)
    pub title_ja: Option<String>,
    /// 部署 (日本語)
    pub department_ja: Option<String>,
    /// 役職/部署 (ローマ字)
    pub title_department_romaji: Option<String>,
    /// 電子メールアドレス
    pub email_address: Option<String>,
    /// 勤務先住所 (郵便番号)
    pub postal_code: Option<String>,
    /// 勤務先住所 (都道府県)
    pub prefecture: Option<String>,
    /// 勤務先住所 (市区町村)
    pub city: Option<String>,
    /// 勤務先住所 (地域・番地)
    pub street: Option<String>,
    /// 勤務先住所 (ビル・マンション名)
    pub building: Option<String>,
    /// 勤務先電話番号
    pub phone: Option<String>,
}

/// A field and the rule that its value breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field.
    pub field: Field,
    /// The rule.
    pub rule: Rule,
}

impl ApplicationFields {
    /// Normalises and checks the fields that are present.
    ///
    /// # Errors
    ///
    /// Every value that breaks a rule, in the order of the page, and a missing email address.
    pub fn parse(input: &ApplicationFieldsInput) -> Result<Self, Vec<FieldError>> {
        let mut reader = Reader { errors: Vec::new() };
        let title_ja = reader.text(Field::TitleJa, &input.title_ja, FullWidthText::parse);
        let department_ja = reader.text(Field::DepartmentJa, &input.department_ja, FullWidthText::parse);
        let title_department_romaji =
            reader.text(Field::TitleDepartmentRomaji, &input.title_department_romaji, RomajiText::parse);
        let email_address = reader.value(Field::EmailAddress, &input.email_address);
        if email_address.is_none() && reader.errors.iter().all(|error| error.field != Field::EmailAddress) {
            reader.errors.push(FieldError { field: Field::EmailAddress, rule: Rule::Required });
        }
        let postal_code = reader.value(Field::PostalCode, &input.postal_code);
        let prefecture = reader.value(Field::Prefecture, &input.prefecture);
        let city = reader.text(Field::City, &input.city, AddressText::parse);
        let street = reader.text(Field::Street, &input.street, AddressText::parse);
        let building = reader.text(Field::Building, &input.building, AddressText::parse);
        let phone = reader.value(Field::Phone, &input.phone);
        match email_address {
            Some(email_address) if reader.errors.is_empty() => Ok(Self {
                title_ja,
                department_ja,
                title_department_romaji,
                email_address,
                postal_code,
                prefecture,
                city,
                street,
                building,
                phone,
            }),
            _ => Err(reader.errors),
        }
    }

    fn is_filled(&self, field: Field) -> bool {
        match field {
            Field::PostalCode => self.postal_code.is_some(),
            Field::Prefecture => self.prefecture.is_some(),
            Field::City => self.city.is_some(),
            Field::Street => self.street.is_some(),
            Field::Phone => self.phone.is_some(),
            _ => true,
        }
    }
}

/// [`ApplicationFields`] in which every required field is filled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CompleteFields(ApplicationFields);

impl CompleteFields {
    /// Normalises and checks every field.
    ///
    /// # Errors
    ///
    /// Every invalid or missing field, in the order of the page.
    pub fn parse(input: &ApplicationFieldsInput) -> Result<Self, Vec<FieldError>> {
        let mut errors = match ApplicationFields::parse(input) {
            Ok(fields) => match Self::try_from(fields) {
                Ok(complete) => return Ok(complete),
                Err(missing) => missing,
            },
            Err(mut errors) => {
                errors.extend(input.empty_required_fields());
                errors
            }
        };
        errors.sort_by_key(|error| error.field);
        errors.dedup_by_key(|error| error.field);
        Err(errors)
    }

    /// The email address that receives the new certificate code.
    pub fn email_address(&self) -> &EmailAddress {
        &self.0.email_address
    }

    /// Returns the same fields with another email address.
    #[must_use]
    pub fn with_email_address(self, email_address: EmailAddress) -> Self {
        Self(ApplicationFields { email_address, ..self.0 })
    }

    /// The fields.
    pub fn as_fields(&self) -> &ApplicationFields {
        &self.0
    }
}

impl TryFrom<ApplicationFields> for CompleteFields {
    type Error = Vec<FieldError>;

    fn try_from(fields: ApplicationFields) -> Result<Self, Vec<FieldError>> {
        let missing: Vec<_> =
            required_fields().filter(|field| !fields.is_filled(*field)).map(missing).collect();
        if missing.is_empty() { Ok(Self(fields)) } else { Err(missing) }
    }
}

impl ApplicationFieldsInput {
    fn empty_required_fields(&self) -> impl Iterator<Item = FieldError> {
        let texts = [
            (Field::PostalCode, &self.postal_code),
            (Field::Prefecture, &self.prefecture),
            (Field::City, &self.city),
            (Field::Street, &self.street),
            (Field::Phone, &self.phone),
        ];
        texts.into_iter().filter(|(_, text)| is_blank(text)).map(|(field, _)| missing(field))
    }
}

fn required_fields() -> impl Iterator<Item = Field> {
    FIELDS.iter().filter(|spec| spec.required).map(|spec| spec.field)
}

fn missing(field: Field) -> FieldError {
    FieldError { field, rule: Rule::Required }
}

fn is_blank(text: &Option<String>) -> bool {
    text.as_deref().is_none_or(|text| text.trim().is_empty())
}

struct Reader {
    errors: Vec<FieldError>,
}

impl Reader {
    fn text<T>(
        &mut self,
        field: Field,
        input: &Option<String>,
        parse: impl Fn(&str, Field) -> Result<Option<T>, Rule>,
    ) -> Option<T> {
        match parse(input.as_deref().unwrap_or_default(), field) {
            Ok(value) => value,
            Err(rule) => {
                self.errors.push(FieldError { field, rule });
                None
            }
        }
    }

    fn value<T: std::str::FromStr<Err = Rule>>(&mut self, field: Field, input: &Option<String>) -> Option<T> {
        self.text(field, input, |text, _| match text.parse() {
            Ok(value) => Ok(Some(value)),
            Err(Rule::Required) => Ok(None),
            Err(rule) => Err(rule),
        })
    }
}
