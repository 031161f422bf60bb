//! The OCSP responder's certificate.

use serde::{Deserialize, Serialize};

use super::pointer;
use crate::{
    Store, StoreError,
    expression::{equals, is_new, is_stored},
    item::{from_item, text},
    key::{Key, RowKind},
    write::Write,
};
use domain::{Timestamp, numbers::SerialNumber};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponderRow {
    /// The certificate in PEM format.
    pub certificate: String,
}

/// A row that reserves a serial number for a responder certificate. The row is written before the CA signs the
/// certificate.
#[derive(Serialize)]
struct ResponderIssuance<'a> {
    /// The base64-encoded DER of the TBSCertificate.
    to_be_signed: &'a str,
    issued_at: Timestamp,
}

impl Store {
    /// Returns the responder's certificate.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if a row cannot be
    /// parsed.
    pub async fn ocsp_responder(&self) -> Result<Option<ResponderRow>, StoreError> {
        self.row(&key()).await?.map(from_item).transpose()
    }

    /// Records that the CA is about to sign a certificate for the responder.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if the serial number is already taken, or [`StoreError::Unavailable`] if the
    /// DynamoDB call fails.
    pub async fn record_responder_issuance(
        &self,
        serial_number: &SerialNumber,
        to_be_signed: &[u8],
        issued_at: Timestamp,
    ) -> Result<(), StoreError> {
        let to_be_signed = data_encoding::BASE64.encode(to_be_signed);
        let issuance = ResponderIssuance { to_be_signed: &to_be_signed, issued_at };
        self.transact(vec![Write::put(pointer::serial(serial_number), &issuance, is_new())?]).await
    }

    /// Replaces the responder certificate `previous` with `new`.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if the stored certificate is not `previous`, or [`StoreError::Unavailable`] if
    /// the DynamoDB call fails.
    pub async fn replace_ocsp_responder(
        &self,
        previous: Option<&ResponderRow>,
        new: &ResponderRow,
    ) -> Result<(), StoreError> {
        let unchanged = match previous {
            None => is_new(),
            Some(previous) => equals("certificate", text(&previous.certificate)),
        };
        self.transact(vec![Write::put(key(), new, unchanged)?]).await
    }

    /// Replaces a responder certificate whose row cannot be parsed.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if no certificate is stored, or [`StoreError::Unavailable`] if the DynamoDB
    /// call fails.
    pub async fn replace_unreadable_ocsp_responder(&self, new: &ResponderRow) -> Result<(), StoreError> {
        self.transact(vec![Write::put(key(), new, is_stored())?]).await
    }
}

pub(super) fn key() -> Key {
    Key::alone(RowKind::OcspResponder, "RESPONDER")
}
