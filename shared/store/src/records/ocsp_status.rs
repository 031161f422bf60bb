//! The certificate status for an OCSP response, the stored signature of the last response, and the number of responses
//! with a nonce.

use serde::{Deserialize, Serialize};

use super::{
    ocsp_responder::{self, ResponderRow},
    pointer,
    revocation::{self, RecordedRevocation},
};
use crate::{
    Store, StoreError,
    database::Rows,
    expression::{Condition, Update, absent, at_most, equals, is_new, is_stored},
    item::{from_item, number, text},
    key::{Key, RowKind},
    write::Write,
};
use domain::{MINUTE, Timestamp, numbers::SerialNumber, ocsp::CertIdForm, revocation::CertificateStatus};

/// The records needed to answer one OCSP request.
#[derive(Clone, Debug, Default)]
pub struct StatusRecords {
    /// The responder's certificate, or `None` if none has been issued yet.
    pub responder: Option<ResponderRow>,
    /// The status of the certificate, or `None` if the CA has no record of the certificate.
    pub status: Option<CertificateStatus>,
    pub signature: StoredSignature,
    /// The number of responses with a nonce in the minute of the request, or 0 if the number was not read.
    pub nonces: u64,
}

/// The stored signature of the last response to requests with the same certificate identifier.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum StoredSignature {
    #[default]
    Absent,
    /// The row cannot be parsed. The next signature replaces the unreadable row. The variant contains the name of the
    /// unreadable row.
    Unreadable(String),
    Present(ResponseSignature),
}

/// The fields of a signed response that cannot be derived from the other records. The other fields are derived from the
/// records, so a stored signature becomes invalid if one of the records changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseSignature {
    /// The thisUpdate time of the response.
    pub this_update: Timestamp,
    /// The signature in base64.
    pub signature: String,
}

#[derive(Serialize)]
struct SignatureRow<'a> {
    #[serde(flatten)]
    signature: &'a ResponseSignature,
    ttl: Timestamp,
}

#[derive(Deserialize)]
struct NonceCount {
    signatures: u64,
}

impl Store {
    /// Returns the records for a response about one certificate. Makes a single strongly consistent call, so the result
    /// includes a revocation that was committed before the call. The number of responses with a nonce is read only if
    /// `nonces_at` is the time of the request.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unreadable`] if a revocation cannot be parsed, because a revoked certificate must not be
    /// reported as good. Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn status_records(
        &self,
        serial_number: &SerialNumber,
        form: CertIdForm,
        nonces_at: Option<Timestamp>,
    ) -> Result<StatusRecords, StoreError> {
        let mut keys = vec![
            pointer::serial(serial_number),
            revocation::key(serial_number),
            ocsp_responder::key(),
            signature_key(serial_number, form),
        ];
        keys.extend(nonces_at.map(nonces_key));
        read_status_records(serial_number, form, nonces_at, self.rows(&keys).await?)
    }

    /// Stores a new signature in place of `previous`. The row expires at `expires_at`. Does nothing if another process
    /// has stored a signature in the meantime.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn store_response_signature(
        &self,
        (serial_number, form): (&SerialNumber, CertIdForm),
        previous: &StoredSignature,
        new: &ResponseSignature,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let row = SignatureRow { signature: new, ttl: expires_at };
        self.write(Write::put(signature_key(serial_number, form), &row, is_unchanged(previous))?).await?;
        Ok(())
    }

    /// Counts a response with a nonce in the minute that contains `now`. Returns false if the count for this minute has
    /// already reached `limit`.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn claim_nonce_signature(&self, now: Timestamp, limit: u16) -> Result<bool, StoreError> {
        let count = Update::set("ttl", number(now.plus(10 * MINUTE))).and_add("signatures", 1);
        let is_below = absent("signatures").or(at_most("signatures", i64::from(limit) - 1));
        self.write(Write::update(nonces_key(now), count, is_below)).await
    }
}

fn signature_key(serial_number: &SerialNumber, form: CertIdForm) -> Key {
    Key::alone(RowKind::OcspSignature, format_args!("{serial_number}-{}", form.name()))
}

fn nonces_key(now: Timestamp) -> Key {
    Key::alone(RowKind::OcspNonces, now.as_seconds().div_euclid(MINUTE))
}

/// Requires that the row has not changed since it was read.
fn is_unchanged(previous: &StoredSignature) -> Condition {
    match previous {
        StoredSignature::Absent => is_new(),
        StoredSignature::Unreadable(_) => is_stored(),
        StoredSignature::Present(previous) => equals("signature", text(&previous.signature)),
    }
}

fn read_status_records(
    serial_number: &SerialNumber,
    form: CertIdForm,
    nonces_at: Option<Timestamp>,
    mut rows: Rows,
) -> Result<StatusRecords, StoreError> {
    let responder = rows.take(&ocsp_responder::key()).map(from_item).transpose()?;
    let is_registered = rows.take(&pointer::serial(serial_number)).is_some();
    let status = match rows.take(&revocation::key(serial_number)) {
        Some(row) => {
            let revoked = from_item::<RecordedRevocation>(row)?.revoked;
            Some(CertificateStatus::Revoked { reason: revoked.reason, at: revoked.revoked_at })
        }
        None => is_registered.then_some(CertificateStatus::Good),
    };
    let signature_key = signature_key(serial_number, form);
    let signature = match rows.take(&signature_key).map(from_item) {
        None => StoredSignature::Absent,
        Some(Ok(signature)) => StoredSignature::Present(signature),
        Some(Err(_)) => StoredSignature::Unreadable(signature_key.pk),
    };
    let count = nonces_at.and_then(|now| rows.take(&nonces_key(now)));
    // If the count cannot be read, nonces are ignored for the rest of the minute.
    let nonces =
        count.map_or(0, |row| from_item(row).map_or(u64::MAX, |NonceCount { signatures }| signatures));
    Ok(StatusRecords { responder, status, signature, nonces })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        item::{Item, to_item},
        key::Table,
    };
    use domain::revocation::RevocationReason;

    const FORM: CertIdForm = CertIdForm::Sha256;

    fn serial_number() -> SerialNumber {
        SerialNumber::from_be_bytes(&[1]).unwrap()
    }

    fn now() -> Timestamp {
        Timestamp::try_from(1_795_305_659).unwrap()
    }

    fn revocation() -> Item {
        let json = serde_json::json!({
            "pk": serial_number().to_string(),
            "enrollment": "0123456789abcdef0123456789abcdef",
            "serial_number": serial_number(),
            "revoked_at": 1_795_305_600,
            "reason": "superseded",
            "not_after": 1_800_000_000,
            "crl_shard": null,
            "statement": null,
        });
        serde_dynamo::to_item(json).unwrap()
    }

    fn read(rows: impl IntoIterator<Item = (Table, Item)>) -> Result<StatusRecords, StoreError> {
        read_status_records(&serial_number(), FORM, Some(now()), Rows(rows.into_iter().collect()))
    }

    fn registered() -> (Table, Item) {
        (Table::Registry, pointer::serial(&serial_number()).to_item())
    }

    #[test]
    fn a_revoked_certificate_is_never_good() {
        assert_eq!(read([]).unwrap().status, None);
        assert_eq!(read([registered()]).unwrap().status, Some(CertificateStatus::Good));
        let at = Timestamp::try_from(1_795_305_600).unwrap();
        let revoked = CertificateStatus::Revoked { reason: RevocationReason::Superseded, at };
        let rows = [registered(), (Table::Revocations, revocation())];
        assert_eq!(read(rows).unwrap().status, Some(revoked));

        let mut unreadable = revocation();
        unreadable.insert("reason".to_owned(), text("certificateHold"));
        let refused = read([registered(), (Table::Revocations, unreadable)]);
        assert!(matches!(refused, Err(StoreError::Unreadable(_))));
    }

    #[test]
    fn the_responder_and_the_signature_are_read_with_the_status() {
        let responder = ResponderRow { certificate: "PEM".to_owned() };
        let signature = ResponseSignature { this_update: now(), signature: "AAAA".to_owned() };
        let row = SignatureRow { signature: &signature, ttl: now() };
        let key = signature_key(&serial_number(), FORM);
        let records = read([
            (Table::Registry, to_item(&ocsp_responder::key(), &responder).unwrap()),
            (Table::Registry, to_item(&key, &row).unwrap()),
        ]);
        let records = records.unwrap();
        assert_eq!(records.responder, Some(responder));
        assert_eq!(records.signature, StoredSignature::Present(signature.clone()));
        assert_eq!(records.nonces, 0);

        let other_form = signature_key(&serial_number(), CertIdForm::Sha256Null);
        let records = read([(Table::Registry, to_item(&other_form, &row).unwrap())]).unwrap();
        assert_eq!(records.signature, StoredSignature::Absent);
    }

    #[test]
    fn an_unreadable_signature_or_count_does_not_stop_the_response() {
        let key = signature_key(&serial_number(), FORM);
        let records = read([
            registered(),
            (Table::Registry, key.to_item()),
            (Table::Registry, nonces_key(now()).to_item()),
        ]);
        let records = records.unwrap();
        assert_eq!(records.status, Some(CertificateStatus::Good));
        assert_eq!(records.signature, StoredSignature::Unreadable("OCSP-SIGNATURE#01-sha256".to_owned()));
        assert_eq!(records.nonces, u64::MAX);
    }

    #[test]
    fn nonces_are_counted_for_each_minute() {
        let pk = |seconds| nonces_key(now().plus(seconds)).pk;
        assert_eq!(pk(0), pk(-59));
        assert_ne!(pk(0), pk(1));
    }
}
