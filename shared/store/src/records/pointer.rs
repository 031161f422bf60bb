//! Pointers, which map a number or a public key to an application and the certificate that it replaces.

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

/// A number by which an operator finds a certificate and the application for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupNumber {
    /// The receipt number of the application.
    Receipt(ReceiptNumber),
    /// The coupon number of the certificate.
    Coupon(CouponNumber),
    /// The serial number of the certificate.
    Serial(SerialNumber),
}

impl Store {
    /// Returns the id of the application for this number, or `None` if no subscriber has a certificate or an
    /// application with the number.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Unreadable`].
    pub async fn find(&self, number: &LookupNumber) -> Result<Option<ApplicationId>, StoreError> {
        let key = match number {
            LookupNumber::Receipt(number) => receipt(number),
            LookupNumber::Coupon(number) => coupon(number),
            LookupNumber::Serial(number) => serial(number),
        };
        let row = self.row(&key).await?;
        // The row of an OCSP responder certificate contains no enrollment.
        row.filter(|row| row.contains_key("enrollment")).map(from_item).transpose()
    }

    /// Returns true if a stored certificate has the key with this hash.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn is_key_on_record(&self, key_sha256: &str) -> Result<bool, StoreError> {
        Ok(self.row(&subject_key(key_sha256)).await?.is_some())
    }
}

/// Returns the key of the pointer by coupon number.
pub(crate) fn coupon(coupon_number: &CouponNumber) -> Key {
    Key::alone(RowKind::Coupon, coupon_number)
}

/// Returns the key of the pointer by serial number. OCSP responder certificates also have a row with such a key.
pub(crate) fn serial(serial_number: &SerialNumber) -> Key {
    Key::alone(RowKind::Serial, serial_number)
}

/// Returns the key of the pointer by receipt number.
pub(crate) fn receipt(receipt_number: &ReceiptNumber) -> Key {
    Key::alone(RowKind::Receipt, receipt_number)
}

/// Returns the key of the pointer by the SHA-256 of a SubjectPublicKeyInfo in lower-case hexadecimal.
pub(crate) fn subject_key(sha256: &str) -> Key {
    Key::alone(RowKind::SubjectKey, sha256)
}

/// Creates the pointer with the key `key` to `target`.
pub(crate) fn create(key: Key, target: &ApplicationId) -> Result<Write, StoreError> {
    Write::put(key, target, is_new())
}
