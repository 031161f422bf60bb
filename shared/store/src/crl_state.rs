//! The state of CRL publication: the CRL numbers, and for each revocation its place in its segment and its first CRL.
//!
//! A revocation has the mark `unlisted` from its commit until CRLs that list it are published. The mark puts it in a
//! sparse index. So the publisher misses no revocation, even if clocks differ or the commit is late.

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnValue};
use serde::Deserialize;

use super::{
    Expression, Item, Store, StoreError, from_item, items::Key, malformed, number, tables, text,
    to_attribute, unavailable,
};
use domain::{
    certificate::{Certificate, CertificateState},
    crl_scope::CrlScope,
    numbers::SerialNumber,
    revocation::{Listing, RevokedCertificate},
};

/// The partition key of the sparse index of unlisted revocations.
pub(super) const UNLISTED: &str = "crl";

/// The maximum number of keys in a BatchGetItem and of writes in a TransactWriteItems.
const BATCH: usize = 100;

/// A revocation with the data that the publisher needs.
#[derive(Clone, Debug, Deserialize)]
pub struct RecordedRevocation {
    /// The data of its CRL entry.
    #[serde(flatten)]
    pub revoked: RevokedCertificate,
    /// The index of its entry in its segment, counted from 0; `None` before it is packed.
    #[serde(default)]
    pub place: Option<u64>,
    #[serde(default)]
    unlisted: Option<String>,
    #[serde(default)]
    listing: Option<Listing>,
}

impl RecordedRevocation {
    /// True if no published CRL is known to list it.
    pub fn is_unlisted(&self) -> bool {
        self.unlisted.is_some()
    }
}

/// The rows that were read, and the keys of unreadable rows. An unreadable row must never block a CRL.
#[derive(Clone, Debug, Default)]
pub struct RecordedRevocations {
    /// The rows that could be read.
    pub readable: Vec<RecordedRevocation>,
    /// The keys of the rows that could not be read.
    pub unreadable: Vec<String>,
}

impl RecordedRevocations {
    fn add(&mut self, row: Item) {
        let key = row.get("pk").and_then(|pk| pk.as_s().ok()).cloned().unwrap_or_default();
        match from_item(row) {
            Ok(row) => self.readable.push(row),
            Err(_) => self.unreadable.push(key),
        }
    }
}

impl Store {
    /// Claims the next number of the CRLs of `scope`. The number is higher than every number claimed before and than
    /// `published`, the number of the published CRL. A publisher that crashes leaves a gap in the numbers. It never
    /// causes a repeated number (RFC 5280 §5.2.3).
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn claim_crl_number(&self, scope: CrlScope, published: u64) -> Result<u64, StoreError> {
        loop {
            let claimed = self.next_crl_number(scope).await?;
            if claimed > published {
                return Ok(claimed);
            }
            self.raise_crl_number(scope, claimed, published).await?;
        }
    }

    async fn next_crl_number(&self, scope: CrlScope) -> Result<u64, StoreError> {
        let answer = self
            .client
            .update_item()
            .table_name(&self.tables.registry)
            .set_key(Some(Key::crl_numbers(scope).to_item()))
            .update_expression("ADD claimed :one")
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::UpdatedNew)
            .send()
            .await
            .map_err(|error| unavailable(&error))?;
        let row: ClaimedNumber = from_item(answer.attributes.unwrap_or_default())?;
        Ok(row.claimed)
    }

    /// Raises the counter to `published`, for a table that was restored from a backup older than the published CRL.
    async fn raise_crl_number(
        &self,
        scope: CrlScope,
        claimed: u64,
        published: u64,
    ) -> Result<(), StoreError> {
        let missing = i64::try_from(published - claimed).unwrap_or(i64::MAX);
        self.client
            .update_item()
            .table_name(&self.tables.registry)
            .set_key(Some(Key::crl_numbers(scope).to_item()))
            .update_expression("ADD claimed :missing")
            .expression_attribute_values(":missing", number(missing))
            .send()
            .await
            .map(drop)
            .map_err(|error| unavailable(&error))
    }

    /// Returns the keys of at most `limit` revocations that have the mark. The index is eventually consistent: a
    /// revocation that was just committed may be missing, and one that was just listed may be included.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn unlisted_revocations(&self, limit: usize) -> Result<Vec<String>, StoreError> {
        let mut rows = self
            .client
            .query()
            .table_name(&self.tables.revocations)
            .index_name(tables::UNLISTED_INDEX)
            .key_condition_expression("unlisted = :mark")
            .expression_attribute_values(":mark", text(UNLISTED))
            .into_paginator()
            .items()
            .send();
        let mut keys = Vec::new();
        while keys.len() < limit
            && let Some(row) = rows.next().await
        {
            let row = row.map_err(|error| unavailable(&error))?;
            keys.extend(row.get("pk").and_then(|pk| pk.as_s().ok()).cloned());
        }
        Ok(keys)
    }

    /// Returns the revocations with these keys, with strongly consistent reads. The keys are serial numbers in
    /// hexadecimal.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn revocations(&self, keys: &[String]) -> Result<RecordedRevocations, StoreError> {
        let mut found = RecordedRevocations::default();
        for keys in keys.chunks(BATCH) {
            let keys = keys.iter().map(|key| Item::from([("pk".to_owned(), text(key))])).collect();
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
                    found.add(row);
                }
                let unprocessed = answer.unprocessed_keys.unwrap_or_default().into_values().next();
                left = unprocessed
                    .map(|keys| KeysAndAttributes::builder().consistent_read(true).set_keys(Some(keys.keys)));
            }
        }
        Ok(found)
    }

    /// Returns every revocation, with a strongly consistent scan. All of them are in memory at once.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn all_revocations(&self) -> Result<RecordedRevocations, StoreError> {
        let mut rows = self
            .client
            .scan()
            .table_name(&self.tables.revocations)
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut found = RecordedRevocations::default();
        while let Some(row) = rows.next().await {
            found.add(row.map_err(|error| unavailable(&error))?);
        }
        Ok(found)
    }

    /// Records the index of each of these revocations in its segment. Recording them again changes nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when another publisher records the same revocations, [`StoreError::Unavailable`].
    pub async fn record_places(&self, places: &[(SerialNumber, u64)]) -> Result<(), StoreError> {
        self.update_revocations(places.iter().map(|(serial_number, place)| {
            let update = Expression::condition("attribute_exists(pk)")
                .update("SET place = :place")
                .value(":place", AttributeValue::N(place.to_string()));
            Ok((serial_number, update))
        }))
        .await
    }

    /// Removes the mark of these revocations and records the first CRL that listed each of them. A later CRL does not
    /// replace that record.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when another publisher records the same revocations, [`StoreError::Unavailable`].
    pub async fn record_listings(&self, listings: &[(SerialNumber, Listing)]) -> Result<(), StoreError> {
        self.update_revocations(listings.iter().map(|(serial_number, listing)| {
            let update = Expression::condition("attribute_exists(pk)")
                .update("SET listing = if_not_exists(listing, :listing) REMOVE unlisted")
                .value(":listing", to_attribute(listing)?);
            Ok((serial_number, update))
        }))
        .await
    }

    async fn update_revocations<'a>(
        &self,
        updates: impl Iterator<Item = Result<(&'a SerialNumber, Expression), StoreError>>,
    ) -> Result<(), StoreError> {
        let mut writes = Vec::new();
        for update in updates {
            let (serial_number, expression) = update?;
            let key = Item::from([("pk".to_owned(), text(serial_number.to_string()))]);
            writes.push(expression.into_update(&self.tables.revocations, key)?);
            if writes.len() == BATCH {
                self.transact(std::mem::take(&mut writes)).await?;
            }
        }
        if writes.is_empty() { Ok(()) } else { self.transact(writes).await }
    }

    /// Returns the first CRL that listed the revocation of this certificate; `None` while there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn listing(&self, serial_number: &SerialNumber) -> Result<Option<Listing>, StoreError> {
        let found = self.revocations(&[serial_number.to_string()]).await?;
        match found.unreadable.into_iter().next() {
            Some(key) => Err(StoreError::Unreadable(key)),
            None => Ok(found.readable.into_iter().next().and_then(|row| row.listing)),
        }
    }

    /// Like [`Self::listing`], but makes no call for a certificate that is not revoked.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn listing_of(&self, certificate: &Certificate) -> Result<Option<Listing>, StoreError> {
        match certificate.state {
            CertificateState::Active => Ok(None),
            CertificateState::Revoked { .. } => self.listing(&certificate.serial_number).await,
        }
    }
}

#[derive(Deserialize)]
struct ClaimedNumber {
    claimed: u64,
}
