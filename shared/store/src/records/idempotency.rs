//! Idempotency records of submissions.

use serde::{Deserialize, Serialize};

use crate::{
    StoreError,
    expression::is_new,
    key::{Key, RowKind},
    write::Write,
};
use domain::{Timestamp, enrollment::EnrollmentId, receipt::ReceiptNumber};

/// The result of a submission, stored under its idempotency key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdempotencyRecord {
    /// The hash of the idempotency key.
    pub idempotency_key: String,
    /// The SHA-256 hash of the submitted data. A request with the same key but different data is refused.
    pub request_sha256: String,
    /// The receipt number of the accepted application.
    pub receipt_number: ReceiptNumber,
    /// The time after which DynamoDB may delete the row.
    pub ttl: Timestamp,
}

pub(crate) fn create(enrollment: &EnrollmentId, record: &IdempotencyRecord) -> Result<Write, StoreError> {
    let key = Key::one_in_enrollment(RowKind::Idempotency, enrollment, &record.idempotency_key);
    Write::put(key, record, is_new())
}
