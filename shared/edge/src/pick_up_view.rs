//! Response bodies of the pick-up, with the member names from `infra/openapi.yaml`.

use serde::Serialize;

use super::views::revoked_at;
use domain::{Timestamp, application::Outcome, certificate::CertificateState, revocation::RevocationTiming};
use pki::{issuance::SubjectName, pkcs7};
use use_cases::{
    pick_up::{Issued, OpenedPickUp},
    refusal::{Failure, Refusal},
};

/// A pick-up with valid credentials, including the application and the certificate that it replaces.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PickUpView<'a> {
    receipt_number: &'a str,
    coupon_number: &'a str,
    subject: SubjectView,
    not_after: String,
    code_expires_at: String,
    replaces: ReplacedView,
    certificate: Option<IssuedView<'a>>,
}

/// An issued certificate.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IssuedView<'a> {
    coupon_number: &'a str,
    serial_number: String,
    not_before: String,
    not_after: String,
    sha256: String,
    subject: SubjectView,
    certificate: String,
    chain: String,
    pkcs7: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SubjectView {
    common_name: String,
    organization_name: String,
    organization_identifier: String,
    country_name: &'static str,
    email_address: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReplacedView {
    serial_number: String,
    not_after: String,
    revoked_at: Option<String>,
    revoked_by_pick_up: bool,
}

impl<'a> PickUpView<'a> {
    /// Creates the view of an opened pick-up.
    ///
    /// # Errors
    ///
    /// Fails if the application has no receipt or no code, which never happens after a successful pick-up check.
    pub fn new(opened: &'a OpenedPickUp) -> Result<Self, Failure> {
        let replaced = &opened.records.certificate;
        let receipt = opened.records.application.receipt().ok_or(Refusal::PickUpCheckFailed)?;
        let code = receipt.accepted.mailed_code.as_ref().ok_or(Refusal::PickUpCheckFailed)?;
        let email_address = receipt.accepted.fields.email_address().as_str().to_owned();
        let revoked_by_pick_up = receipt.accepted.timing == RevocationTiming::PickUp
            && receipt.outcome == Outcome::Waiting
            && replaced.state == CertificateState::Active;
        Ok(Self {
            receipt_number: receipt.accepted.receipt_number.as_str(),
            coupon_number: replaced.coupon_number.as_str(),
            subject: SubjectView::new(&replaced.subject_name(), email_address),
            not_after: opened.not_after.to_rfc3339(),
            code_expires_at: code.expires_at.to_rfc3339(),
            replaces: ReplacedView {
                serial_number: replaced.serial_number.to_colon_hex(),
                not_after: replaced.validity.not_after().to_rfc3339(),
                revoked_at: revoked_at(replaced).map(Timestamp::to_rfc3339),
                revoked_by_pick_up,
            },
            certificate: opened.issued.as_ref().map(IssuedView::new),
        })
    }
}

impl<'a> IssuedView<'a> {
    pub fn new(issued: &'a Issued) -> Self {
        let certificate = &issued.certificate;
        Self {
            coupon_number: issued.coupon_number.as_str(),
            serial_number: certificate.serial_number().to_colon_hex(),
            not_before: certificate.not_before().to_rfc3339(),
            not_after: certificate.not_after().to_rfc3339(),
            sha256: certificate.sha256(),
            subject: SubjectView::new(&issued.subject, issued.email_address.clone()),
            certificate: certificate.pem(),
            chain: issued.authority.certificate_pem(),
            pkcs7: pkcs7::certificates_only_pem(&[certificate.der(), issued.authority.certificate_der()]),
        }
    }
}

impl SubjectView {
    fn new(subject: &SubjectName, email_address: String) -> Self {
        Self {
            common_name: subject.common_name().to_owned(),
            organization_name: subject.organization_name().to_owned(),
            organization_identifier: subject.organization_identifier().to_owned(),
            country_name: subject.country_name(),
            email_address,
        }
    }
}
