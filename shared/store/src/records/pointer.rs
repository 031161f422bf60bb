//! Pointer rows, which map a number or a public key to an application id.

use crate::{
    Store, StoreError,
    expression::is_new,
    item::from_item,
    key::{Key, RowKind},
    write::Write,
};
use domain::{
    application::ApplicationId,
    numbers::{CouponNumber, SerialNumber},
    receipt::ReceiptNumber,
};

/// A number that an operator can use to look up a certificate and its application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupNumber {
    Receipt(ReceiptNumber),
    Coupon(CouponNumber),
    Serial(SerialNumber),
}

impl Store {
    /// Returns the application id for this number, or `None` if no application or subscriber's certificate has this
    /// number.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if a row cannot be
    /// parsed.
    pub async fn find(&self, number: &LookupNumber) -> Result<Option<ApplicationId>, StoreError> {
        let key = match number {
            LookupNumber::Receipt(number) => receipt(number),
            LookupNumber::Coupon(number) => coupon(number),
            LookupNumber::Serial(number) => serial(number),
        };
        let row = self.row(&key).await?;
        // The row of an OCSP responder certificate has no `enrollment` attribute.
        row.filter(|row| row.contains_key("enrollment")).map(from_item).transpose()
    }

    /// Returns true if a stored certificate has the public key with this hash.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn is_key_on_record(&self, key_sha256: &str) -> Result<bool, StoreError> {
        Ok(self.row(&subject_key(key_sha256)).await?.is_some())
    }
}

/// Returns the row key of the pointer for a coupon number.
pub(crate) fn coupon(coupon_number: &CouponNumber) -> Key {
    Key::alone(RowKind::Coupon, coupon_number)
}

/// Returns the row key of the pointer for a serial number. Rows for OCSP responder certificates use the same key
/// format.
pub(crate) fn serial(serial_number: &SerialNumber) -> Key {
    Key::alone(RowKind::Serial, serial_number)
}

/// Returns the row key of the pointer for a receipt number.
pub(crate) fn receipt(receipt_number: &ReceiptNumber) -> Key {
    Key::alone(RowKind::Receipt, receipt_number)
}

/// Returns the row key of the pointer for a public key. `sha256` is the hash of the SubjectPublicKeyInfo in lower-case
/// hexadecimal.
pub(crate) fn subject_key(sha256: &str) -> Key {
    Key::alone(RowKind::SubjectKey, sha256)
}

/// Creates a pointer from `key` to `target`.
pub(crate) fn create(key: Key, target: &ApplicationId) -> Result<Write, StoreError> {
    Write::put(key, target, is_new())
}
