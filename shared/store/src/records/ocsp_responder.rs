//! The OCSP responder's certificate, and the certificate statuses for OCSP responses.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::{
    pointer,
    revocation::{self, RecordedRevocation},
};
use crate::{
    Store, StoreError,
    database::Rows,
    expression::{equals, is_new},
    item::{from_item, text},
    key::{Key, RowKind},
    write::Write,
};
use domain::{Timestamp, numbers::SerialNumber, revocation::CertificateStatus};

/// The records needed to answer one OCSP request.
#[derive(Clone, Debug, Default)]
pub struct StatusRecords {
    /// The responder's certificate, or `None` if none has been issued yet.
    pub responder: Option<ResponderRow>,
    statuses: HashMap<SerialNumber, CertificateStatus>,
}

impl StatusRecords {
    /// Returns the status of the certificate with this serial number, or [`CertificateStatus::Unknown`] if its status
    /// was not read.
    pub fn status(&self, serial_number: &SerialNumber) -> CertificateStatus {
        self.statuses.get(serial_number).copied().unwrap_or(CertificateStatus::Unknown)
    }
}

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
    /// Returns the responder's certificate and the statuses of at most 49 certificates. Makes a single strongly
    /// consistent call, so the result includes every revocation that was committed before the call.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unreadable`] if a revocation cannot be parsed, because a revoked certificate must not be
    /// reported as good. Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn status_records(
        &self,
        serial_numbers: &BTreeSet<SerialNumber>,
    ) -> Result<StatusRecords, StoreError> {
        let pointers = serial_numbers.iter().map(pointer::serial);
        let revocations = serial_numbers.iter().map(revocation::key);
        let keys: Vec<_> = pointers.chain(revocations).chain([key()]).collect();
        read_status_records(serial_numbers, self.rows(&keys).await?)
    }

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
}

fn key() -> Key {
    Key::alone(RowKind::OcspResponder, "RESPONDER")
}

fn read_status_records(
    serial_numbers: &BTreeSet<SerialNumber>,
    mut rows: Rows,
) -> Result<StatusRecords, StoreError> {
    let responder = rows.take(&key()).map(from_item).transpose()?;
    let mut statuses = HashMap::new();
    for serial_number in serial_numbers {
        let is_registered = rows.take(&pointer::serial(serial_number)).is_some();
        let status = match rows.take(&revocation::key(serial_number)) {
            Some(row) => {
                let revoked = from_item::<RecordedRevocation>(row)?.revoked;
                CertificateStatus::Revoked { reason: revoked.reason, at: revoked.revoked_at }
            }
            None if is_registered => CertificateStatus::Good,
            None => CertificateStatus::Unknown,
        };
        statuses.insert(serial_number.clone(), status);
    }
    Ok(StatusRecords { responder, statuses })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        item::{Item, to_item},
        key::Table,
    };
    use domain::revocation::RevocationReason;

    fn serial_numbers() -> [SerialNumber; 3] {
        [1, 2, 3].map(|number| SerialNumber::from_be_bytes(&[number]).unwrap())
    }

    fn revocation(serial_number: &SerialNumber) -> Item {
        let json = serde_json::json!({
            "pk": serial_number.to_string(),
            "enrollment": "0123456789abcdef0123456789abcdef",
            "serial_number": serial_number,
            "revoked_at": 1_795_305_600,
            "reason": "superseded",
            "not_after": 1_800_000_000,
            "crl_shard": null,
            "statement": null,
        });
        serde_dynamo::to_item(json).unwrap()
    }

    #[test]
    fn a_revoked_certificate_is_never_good() {
        let [good, revoked, unknown] = serial_numbers();
        let asked = BTreeSet::from(serial_numbers());
        let rows = |revocation| {
            let registered =
                [&good, &revoked].map(|serial| (Table::Registry, pointer::serial(serial).to_item()));
            Rows(registered.into_iter().chain([(Table::Revocations, revocation)]).collect())
        };
        let records = read_status_records(&asked, rows(revocation(&revoked))).unwrap();
        let at = Timestamp::try_from(1_795_305_600).unwrap();
        assert_eq!(records.status(&good), CertificateStatus::Good);
        let reason = RevocationReason::Superseded;
        assert_eq!(records.status(&revoked), CertificateStatus::Revoked { reason, at });
        assert_eq!(records.status(&unknown), CertificateStatus::Unknown);
        assert_eq!(records.responder, None);

        let mut unreadable = revocation(&revoked);
        unreadable.insert("reason".to_owned(), text("certificateHold"));
        let refused = read_status_records(&asked, rows(unreadable));
        assert!(matches!(refused, Err(StoreError::Unreadable(_))));
    }

    #[test]
    fn the_responder_row_is_read_with_the_certificates() {
        let row = ResponderRow { certificate: "PEM".to_owned() };
        let [good, ..] = serial_numbers();
        let items = [pointer::serial(&good).to_item(), to_item(&key(), &row).unwrap()];
        let rows = Rows(items.map(|item| (Table::Registry, item)).into());
        let records = read_status_records(&BTreeSet::from([good]), rows).unwrap();
        assert_eq!(records.responder, Some(row));
    }
}
