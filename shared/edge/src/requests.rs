//! Request bodies with the member names from `infra/openapi.yaml`, and their conversion to use-case inputs.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, de::Error};

use super::fields::FieldTextsRequest;
use domain::{
    fields::{Field, FixedField, Language},
    numbers::CouponNumber,
};
use use_cases::{
    correct_address::AddressInput,
    identity_check::CredentialsInput,
    pick_up::{IssuanceInput, PickUpInput},
    save_application::ApplicationInput,
    stop_application::StopInput,
    submit_application::SubmissionInput,
};

/// The credentials entered in step 1.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CredentialsRequest {
    email_address: Option<String>,
    application_password: Option<String>,
    certificate_code: Option<String>,
    sign_in_code: Option<String>,
}

impl From<CredentialsRequest> for CredentialsInput {
    fn from(request: CredentialsRequest) -> Self {
        let CredentialsRequest { email_address, application_password, certificate_code, sign_in_code } =
            request;
        Self { email_address, application_password, certificate_code, sign_in_code }
    }
}

/// The application entered in step 4.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ApplicationRequest {
    coupon_number: Option<CouponNumber>,
    version: Option<u64>,
    fixed: FieldTextsRequest<FixedField>,
    fields: FieldTextsRequest<Field>,
}

impl From<ApplicationRequest> for ApplicationInput {
    fn from(request: ApplicationRequest) -> Self {
        let ApplicationRequest { coupon_number, version, fixed, fields } = request;
        Self { coupon_number, version, fixed: fixed.0, fields: fields.0 }
    }
}

/// The submission in step 5.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SubmissionRequest {
    coupon_number: Option<CouponNumber>,
    version: Option<u64>,
    language: Option<LanguageTag>,
    application_password: Option<String>,
}

/// A language, deserialized from its tag.
struct LanguageTag(Language);

impl<'de> Deserialize<'de> for LanguageTag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tag = Cow::<str>::deserialize(deserializer)?;
        let mut languages = Language::ALL.into_iter();
        let language = languages.find(|language| language.tag() == tag);
        language.map(Self).ok_or_else(|| D::Error::custom("not a supported language tag"))
    }
}

impl From<SubmissionRequest> for SubmissionInput {
    fn from(request: SubmissionRequest) -> Self {
        let SubmissionRequest { coupon_number, version, language, application_password } = request;
        let language = language.map(|LanguageTag(language)| language);
        Self { coupon_number, version, language, application_password }
    }
}

/// The corrected email address and the application password from step 6.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct AddressRequest {
    version: Option<u64>,
    email_address: Option<String>,
    application_password: Option<String>,
}

impl From<AddressRequest> for AddressInput {
    fn from(AddressRequest { version, email_address, application_password }: AddressRequest) -> Self {
        Self { version, email_address, application_password }
    }
}

/// The stop code.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct StopRequest {
    stop_code: Option<String>,
}

impl From<StopRequest> for StopInput {
    fn from(StopRequest { stop_code }: StopRequest) -> Self {
        Self { stop_code }
    }
}

/// The credentials for the pick-up.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PickUpRequest {
    certificate_code: Option<String>,
    application_password: Option<String>,
}

impl From<PickUpRequest> for PickUpInput {
    fn from(request: PickUpRequest) -> Self {
        let PickUpRequest { certificate_code, application_password } = request;
        Self { certificate_code, application_password }
    }
}

/// The credentials for the pick-up, and the certification request.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct IssuanceRequest {
    certificate_code: Option<String>,
    application_password: Option<String>,
    certification_request: Option<String>,
}

impl From<IssuanceRequest> for IssuanceInput {
    fn from(request: IssuanceRequest) -> Self {
        let IssuanceRequest { certificate_code, application_password, certification_request } = request;
        Self { certificate_code, application_password, certification_request }
    }
}
