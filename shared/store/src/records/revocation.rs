//! Revocation records, stored in a separate table from which CRLs are generated.
//!
//! A new row has the `unlisted` attribute, which is removed after the CRLs that list the revocation have been
//! published. A sparse index contains the rows that have the `unlisted` attribute. The publisher therefore finds every
//! new revocation, even if clocks differ or a commit is delayed.

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use serde::{Deserialize, Serialize};

use crate::{
    Store, StoreError,
    database::{malformed, unavailable},
    expression::{Placeholders, Update, equals, is_new, is_stored},
    item::{Item, from_item, text, text_of, to_attribute},
    key::{Key, Table},
    tables::UNLISTED_INDEX,
    write::Write,
};
use domain::{
    certificate::{Certificate, CertificateState},
    enrollment::EnrollmentId,
    numbers::SerialNumber,
    revocation::{Listing, RevokedCertificate, SignedStatement},
};

/// The value of the `unlisted` attribute, which is the partition key of the sparse index.
const UNLISTED: &str = "crl";

/// The maximum number of keys in a `BatchGetItem` call and of writes in a `TransactWriteItems` call.
const BATCH: usize = 100;

/// A revocation, with the data that the CRL publisher needs.
#[derive(Clone, Debug, Deserialize)]
pub struct RecordedRevocation {
    /// The data for the CRL entry.
    #[serde(flatten)]
    pub revoked: RevokedCertificate,
    /// The zero-based index of the CRL entry in its segment, or `None` if no segment contains the entry yet.
    #[serde(default, rename = "place")]
    pub segment_index: Option<u64>,
    #[serde(default)]
    unlisted: Option<String>,
    #[serde(default)]
    listing: Option<Listing>,
}

impl RecordedRevocation {
    /// Returns true if the row has the `unlisted` attribute.
    pub fn is_unlisted(&self) -> bool {
        self.unlisted.is_some()
    }

    /// Returns the first CRL that listed the revocation.
    pub fn listing(&self) -> Option<Listing> {
        self.listing
    }
}

/// The revocations returned by a read, and the keys of unreadable rows. Unreadable rows do not cause an error, because
/// they must never prevent the publication of a CRL.
#[derive(Clone, Debug, Default)]
pub struct RecordedRevocations {
    pub readable: Vec<RecordedRevocation>,
    /// The partition keys of the rows that could not be parsed.
    pub unreadable: Vec<String>,
}

impl RecordedRevocations {
    fn add(&mut self, row: Result<RecordedRevocation, String>) {
        match row {
            Ok(row) => self.readable.push(row),
            Err(key) => self.unreadable.push(key),
        }
    }
}

/// Parses a row, or returns its key.
fn read(row: Item) -> Result<RecordedRevocation, String> {
    let key = text_of(&row, "pk").unwrap_or_default().to_owned();
    from_item(row).map_err(|_| key)
}

/// A new revocation row. The publisher adds attributes to the row later.
#[derive(Serialize)]
struct RevocationRow<'a> {
    enrollment: &'a EnrollmentId,
    #[serde(flatten)]
    revoked: &'a RevokedCertificate,
    statement: Option<&'a SignedStatement>,
    unlisted: &'static str,
}

#[derive(Deserialize)]
struct StatementRow {
    statement: Option<SignedStatement>,
}

impl Store {
    /// Returns the revocation statement of the certificate with this serial number. Returns `None` if the certificate
    /// is not revoked, or if it was already revoked at its registration.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if a row cannot be
    /// parsed.
    pub async fn statement(
        &self,
        serial_number: &SerialNumber,
    ) -> Result<Option<SignedStatement>, StoreError> {
        let row: Option<StatementRow> = self.row(&key(serial_number)).await?.map(from_item).transpose()?;
        Ok(row.and_then(|row| row.statement))
    }

    /// Returns the keys of at most `limit` unlisted revocations. The index is eventually consistent, so the result may
    /// omit a revocation that was just committed or include one that was just listed.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn unlisted_revocations(&self, limit: usize) -> Result<Vec<String>, StoreError> {
        let mut placeholders = Placeholders::default();
        let unlisted = placeholders.condition(equals("unlisted", text(UNLISTED)));
        let mut rows = self
            .client
            .query()
            .table_name(&self.tables.revocations)
            .index_name(UNLISTED_INDEX)
            .key_condition_expression(unlisted)
            .set_expression_attribute_names(placeholders.names())
            .set_expression_attribute_values(placeholders.values())
            .into_paginator()
            .items()
            .send();
        let mut keys = Vec::new();
        while keys.len() < limit
            && let Some(row) = rows.next().await
        {
            let row = row.map_err(|error| unavailable(&error))?;
            keys.extend(text_of(&row, "pk").map(str::to_owned));
        }
        Ok(keys)
    }

    /// Returns the revocations with these keys, which are hexadecimal serial numbers. The reads are strongly
    /// consistent.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn revocations(&self, keys: &[String]) -> Result<RecordedRevocations, StoreError> {
        let mut found = RecordedRevocations::default();
        for keys in keys.chunks(BATCH) {
            let keys = keys.iter().map(|key| key_of(key).to_item()).collect();
            let mut left = Some(KeysAndAttributes::builder().consistent_read(true).set_keys(Some(keys)));
            while let Some(request) = left.take() {
                let request = request.build().map_err(|error| malformed(&error))?;
                let answer = self
                    .client
                    .batch_get_item()
                    .request_items(&self.tables.revocations, request)
                    .send()
                    .await
                    .map_err(|error| unavailable(&error))?;
                for row in answer.responses.unwrap_or_default().into_values().flatten() {
                    found.add(read(row));
                }
                let unprocessed = answer.unprocessed_keys.unwrap_or_default().into_values().next();
                left = unprocessed
                    .map(|keys| KeysAndAttributes::builder().consistent_read(true).set_keys(Some(keys.keys)));
            }
        }
        Ok(found)
    }

    /// Returns all revocations. The strongly consistent scan loads all revocations into memory at once.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn all_revocations(&self) -> Result<RecordedRevocations, StoreError> {
        let mut found = RecordedRevocations::default();
        self.for_each_revocation(|row| found.add(row)).await?;
        Ok(found)
    }

    /// Passes each revocation to `take`, or the key of a revocation that cannot be read. The strongly consistent scan
    /// holds one page in memory.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn for_each_revocation(
        &self,
        mut take: impl FnMut(Result<RecordedRevocation, String>),
    ) -> Result<(), StoreError> {
        let mut rows = self
            .client
            .scan()
            .table_name(&self.tables.revocations)
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        while let Some(row) = rows.next().await {
            take(read(row.map_err(|error| unavailable(&error))?));
        }
        Ok(())
    }

    /// Records the index of each revocation within its segment. Repeated calls with the same indexes change nothing.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if another publisher is updating the same revocations, or
    /// [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn record_segment_indexes(&self, indexes: &[(SerialNumber, u64)]) -> Result<(), StoreError> {
        self.update_revocations(indexes.iter().map(|(serial_number, index)| {
            Ok((serial_number, Update::set("place", AttributeValue::N(index.to_string()))))
        }))
        .await
    }

    /// Removes the `unlisted` attribute from each revocation, and records the first CRL that listed the revocation.
    /// Later calls do not replace the recorded CRL.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if another publisher is updating the same revocations, or
    /// [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn record_listings(&self, listings: &[(SerialNumber, Listing)]) -> Result<(), StoreError> {
        self.update_revocations(listings.iter().map(|(serial_number, listing)| {
            let update =
                Update::default().and_set_if_absent("listing", to_attribute(listing)?).and_remove("unlisted");
            Ok((serial_number, update))
        }))
        .await
    }

    async fn update_revocations<'a>(
        &self,
        updates: impl Iterator<Item = Result<(&'a SerialNumber, Update), StoreError>>,
    ) -> Result<(), StoreError> {
        let mut writes = Vec::new();
        for update in updates {
            let (serial_number, update) = update?;
            writes.push(Write::update(key(serial_number), update, is_stored()));
            if writes.len() == BATCH {
                self.transact(std::mem::take(&mut writes)).await?;
            }
        }
        if writes.is_empty() { Ok(()) } else { self.transact(writes).await }
    }

    /// Returns the first CRL that listed the revoked certificate, or `None` if no CRL has listed the certificate yet.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if a row cannot be
    /// parsed.
    pub async fn listing(&self, serial_number: &SerialNumber) -> Result<Option<Listing>, StoreError> {
        let found = self.revocations(&[serial_number.to_string()]).await?;
        match found.unreadable.into_iter().next() {
            Some(key) => Err(StoreError::Unreadable(key)),
            None => Ok(found.readable.into_iter().next().and_then(|row| row.listing)),
        }
    }

    /// Returns the same result as [`Self::listing`], but skips the call for an active certificate.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if a row cannot be
    /// parsed.
    pub async fn listing_of(&self, certificate: &Certificate) -> Result<Option<Listing>, StoreError> {
        match certificate.state {
            CertificateState::Active => Ok(None),
            CertificateState::Revoked { .. } => self.listing(&certificate.serial_number).await,
        }
    }
}

pub(crate) fn key(serial_number: &SerialNumber) -> Key {
    key_of(&serial_number.to_string())
}

/// Creates the row of a new revocation that no CRL lists yet.
pub(crate) fn create(
    enrollment: &EnrollmentId,
    revoked: &RevokedCertificate,
    statement: Option<&SignedStatement>,
) -> Result<Write, StoreError> {
    let row = RevocationRow { enrollment, revoked, statement, unlisted: UNLISTED };
    Write::put(key(&revoked.serial_number), &row, is_new())
}

fn key_of(serial_number: &str) -> Key {
    Key::without_sort_key(Table::Revocations, serial_number)
}
