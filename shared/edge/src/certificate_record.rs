//! Parses the JSON format of certificate records for an import. Application fields have the same names as in the API.

use serde::Deserialize;
use serde_json::Value;

use super::fields::FieldTextsRequest;
use domain::{
    fields::{Field, FixedField},
    revocation::RevocationReason,
};
use use_cases::register_certificates::{CertificateRecord, NumberedRecord, RecordedRevocation};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordJson {
    certificate: String,
    coupon_number: String,
    certificate_code: String,
    application_password: Option<String>,
    application_password_hash: Option<String>,
    corporate_number: String,
    #[serde(flatten)]
    fixed: FieldTextsRequest<FixedField>,
    revoked: Option<RevocationJson>,
    application: FieldTextsRequest<Field>,
}

#[derive(Deserialize)]
struct RevocationJson {
    reason: RevocationReason,
    at: String,
}

impl From<RecordJson> for CertificateRecord {
    fn from(json: RecordJson) -> Self {
        Self {
            certificate: json.certificate,
            coupon_number: json.coupon_number,
            certificate_code: json.certificate_code,
            application_password: json.application_password,
            application_password_hash: json.application_password_hash,
            corporate_number: json.corporate_number,
            fixed: json.fixed.0,
            revoked: json.revoked.map(|RevocationJson { reason, at }| RecordedRevocation { reason, at }),
            application: json.application.0,
        }
    }
}

/// Parses records in JSON Lines format and returns each record with its line number. Blank lines are ignored.
pub fn certificate_records(lines: &str) -> impl Iterator<Item = NumberedRecord> {
    let numbered = (1..).zip(lines.lines()).filter(|(_, line)| !line.trim().is_empty());
    numbered.map(|(number, line)| (number, record(serde_json::from_str(line))))
}

/// Parses a record from a JSON object.
///
/// # Errors
///
/// Returns a message that explains why `json` is not a valid record.
pub fn certificate_record(json: Value) -> Result<CertificateRecord, String> {
    record(serde_json::from_value(json))
}

fn record(read: serde_json::Result<RecordJson>) -> Result<CertificateRecord, String> {
    read.map(CertificateRecord::from).map_err(|error| format!("not a certificate record: {error}"))
}
