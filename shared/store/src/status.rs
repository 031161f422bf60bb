//! The data for OCSP responses: the status of certificates by their serial numbers, and the responder's own
//! certificate.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::KeysAndAttributes;
use serde::{Deserialize, Serialize};

use super::{
    Expression, Item, RecordedRevocation, Store, StoreError, absent, from_item, items::Key, malformed, text,
    to_item, unavailable,
};
use domain::{Timestamp, numbers::SerialNumber, revocation::CertificateStatus};
use ports::PortError;

/// The data for the response to one request.
#[derive(Clone, Debug, Default)]
pub struct StatusRecords {
    /// The responder's certificate; `None` if none was issued yet.
    pub responder: Option<ResponderRow>,
    statuses: HashMap<SerialNumber, CertificateStatus>,
}

impl StatusRecords {
    /// Returns the status of the certificate with this serial number; [`CertificateStatus::Unknown`] if it was not
    /// read.
    pub fn status(&self, serial_number: &SerialNumber) -> CertificateStatus {
        self.statuses.get(serial_number).copied().unwrap_or(CertificateStatus::Unknown)
    }
}

/// The row of the OCSP responder's certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponderRow {
    /// The certificate in PEM.
    pub certificate: String,
}

/// The row that assigns a serial number to a certificate of the responder. It is written before the CA signs the
/// certificate.
#[derive(Serialize)]
struct ResponderIssuance<'a> {
    /// The TBSCertificate, as base64 of the DER.
    to_be_signed: &'a str,
    issued_at: Timestamp,
}

impl Store {
    /// Returns the status of the certificates with these serial numbers, at most 49, and the responder's certificate.
    /// Makes one strongly consistent call. A revocation that was committed before the call is never missed.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`]; [`StoreError::Unreadable`] when a revocation cannot be read, because a revoked
    /// certificate must not be reported as good.
    pub async fn status_records(
        &self,
        serial_numbers: &BTreeSet<SerialNumber>,
    ) -> Result<StatusRecords, StoreError> {
        let (registry, revocations) = (&self.tables.registry, &self.tables.revocations);
        let pointers = serial_numbers.iter().map(Key::serial);
        let registry_keys = pointers.chain([Key::ocsp_responder()]).map(|key| key.to_item()).collect();
        let mut request = self.client.batch_get_item().request_items(registry, consistent(registry_keys)?);
        if !serial_numbers.is_empty() {
            let revocation_keys = serial_numbers.iter().map(revocation_key).collect();
            request = request.request_items(revocations, consistent(revocation_keys)?);
        }
        let answer = request.send().await.map_err(|error| unavailable(&error))?;
        if answer.unprocessed_keys().is_some_and(|unprocessed| !unprocessed.is_empty()) {
            let message = "keys were left unprocessed".to_owned();
            return Err(PortError { service: "dynamodb", message }.into());
        }
        let mut rows = answer.responses.unwrap_or_default();
        let registered = rows.remove(registry).unwrap_or_default();
        let revoked = rows.remove(revocations).unwrap_or_default();
        read_status_records(serial_numbers, registered, revoked)
    }

    /// Returns the responder's certificate.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn ocsp_responder(&self) -> Result<Option<ResponderRow>, StoreError> {
        self.row(&Key::ocsp_responder()).await?.map(from_item).transpose()
    }

    /// Records that the CA is about to sign a certificate for the responder.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the serial number is taken, [`StoreError::Unavailable`].
    pub async fn record_responder_issuance(
        &self,
        serial_number: &SerialNumber,
        to_be_signed: &[u8],
        issued_at: Timestamp,
    ) -> Result<(), StoreError> {
        let to_be_signed = data_encoding::BASE64.encode(to_be_signed);
        let issuance = ResponderIssuance { to_be_signed: &to_be_signed, issued_at };
        let item = to_item(&Key::serial(serial_number), &issuance)?;
        self.transact(vec![absent().into_put(&self.tables.registry, item)?]).await
    }

    /// Replaces the responder's `previous` certificate with the new one.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the stored certificate is not the previous one, [`StoreError::Unavailable`].
    pub async fn replace_ocsp_responder(
        &self,
        previous: Option<&ResponderRow>,
        new: &ResponderRow,
    ) -> Result<(), StoreError> {
        let unchanged = match previous {
            None => absent(),
            Some(previous) => Expression::condition("certificate = :previous")
                .value(":previous", text(&previous.certificate)),
        };
        let item = to_item(&Key::ocsp_responder(), new)?;
        self.transact(vec![unchanged.into_put(&self.tables.registry, item)?]).await
    }
}

fn consistent(keys: Vec<Item>) -> Result<KeysAndAttributes, StoreError> {
    let request = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true);
    request.build().map_err(|error| malformed(&error))
}

pub(super) fn revocation_key(serial_number: &SerialNumber) -> Item {
    Item::from([("pk".to_owned(), text(serial_number.to_string()))])
}

fn read_status_records(
    serial_numbers: &BTreeSet<SerialNumber>,
    registered: Vec<Item>,
    revoked: Vec<Item>,
) -> Result<StatusRecords, StoreError> {
    let mut records = StatusRecords::default();
    let responder = Key::ocsp_responder().pk;
    for row in registered {
        let partition = row.get("pk").and_then(|pk| pk.as_s().ok());
        if partition == Some(&responder) {
            records.responder = Some(from_item(row)?);
        } else if let Some(known) =
            serial_numbers.iter().find(|serial| partition == Some(&Key::serial(serial).pk))
        {
            records.statuses.insert(known.clone(), CertificateStatus::Good);
        }
    }
    for row in revoked {
        let revoked = from_item::<RecordedRevocation>(row)?.revoked;
        let status = CertificateStatus::Revoked { reason: revoked.reason, at: revoked.revoked_at };
        records.statuses.insert(revoked.serial_number, status);
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;
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
    fn what_is_revoked_is_never_good() {
        let [good, revoked, unknown] = serial_numbers();
        let asked = BTreeSet::from(serial_numbers());
        let registered = [&good, &revoked].map(|serial| Key::serial(serial).to_item()).to_vec();
        let records = read_status_records(&asked, registered.clone(), vec![revocation(&revoked)]).unwrap();
        let at = Timestamp::try_from(1_795_305_600).unwrap();
        assert_eq!(records.status(&good), CertificateStatus::Good);
        let reason = RevocationReason::Superseded;
        assert_eq!(records.status(&revoked), CertificateStatus::Revoked { reason, at });
        assert_eq!(records.status(&unknown), CertificateStatus::Unknown);
        assert_eq!(records.responder, None);

        let mut unreadable = revocation(&revoked);
        unreadable.insert("reason".to_owned(), text("certificateHold"));
        let refused = read_status_records(&asked, registered, vec![unreadable]);
        assert!(matches!(refused, Err(StoreError::Unreadable(_))));
    }

    #[test]
    fn the_responder_is_found_among_the_certificates() {
        let row = ResponderRow { certificate: "PEM".to_owned() };
        let [good, ..] = serial_numbers();
        let registered = vec![Key::serial(&good).to_item(), to_item(&Key::ocsp_responder(), &row).unwrap()];
        let records = read_status_records(&BTreeSet::from([good]), registered, Vec::new()).unwrap();
        assert_eq!(records.responder, Some(row));
    }
}
