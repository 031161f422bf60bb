//! What the CRL publisher keeps: the numbers, and the revocations that it lists.

use aws_sdk_dynamodb::types::ReturnValue;

use super::{Store, StoreError, from_item, items::Key, number, submission::RevocationRow, unavailable};
use crate::domain::revocation::RevokedCertificate;

impl Store {
    /// Claims the next CRL number: higher than every number claimed before and than `published`, the number
    /// of the CRL that relying parties have. A publisher that dies leaves a gap, never a repetition (RFC 5280
    /// §5.2.3).
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn claim_crl_number(&self, published: u64) -> Result<u64, StoreError> {
        loop {
            let claimed = self.next_crl_number().await?;
            if claimed > published {
                return Ok(claimed);
            }
            self.raise_crl_number(claimed, published).await?;
        }
    }

    async fn next_crl_number(&self) -> Result<u64, StoreError> {
        let answer = self
            .client
            .update_item()
            .table_name(&self.tables.registry)
            .set_key(Some(Key::crl_numbers().to_item()))
            .update_expression("ADD claimed :one")
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::UpdatedNew)
            .send()
            .await
            .map_err(|error| unavailable(&error))?;
        let row: ClaimedNumber = from_item(answer.attributes.unwrap_or_default())?;
        Ok(row.claimed)
    }

    /// The table was restored from a backup that is older than the published CRL: goes on from its number.
    async fn raise_crl_number(&self, claimed: u64, published: u64) -> Result<(), StoreError> {
        let missing = i64::try_from(published - claimed).unwrap_or(i64::MAX);
        self.client
            .update_item()
            .table_name(&self.tables.registry)
            .set_key(Some(Key::crl_numbers().to_item()))
            .update_expression("ADD claimed :missing")
            .expression_attribute_values(":missing", number(missing))
            .send()
            .await
            .map(drop)
            .map_err(|error| unavailable(&error))
    }

    /// Every revocation there is, by a strongly consistent scan: one that was committed before the call is in
    /// it. Rows that cannot be read are given apart, by their key: one bad row must never block a CRL.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn revocations(&self) -> Result<(Vec<RevokedCertificate>, Vec<String>), StoreError> {
        let mut rows = self
            .client
            .scan()
            .table_name(&self.tables.revocations)
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let (mut revoked, mut unreadable) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next().await {
            let row = row.map_err(|error| unavailable(&error))?;
            let key = row.get("pk").and_then(|pk| pk.as_s().ok()).cloned().unwrap_or_default();
            match from_item::<RevocationRow>(row) {
                Ok(row) => revoked.push(row.revoked),
                Err(_) => unreadable.push(key),
            }
        }
        Ok((revoked, unreadable))
    }
}

#[derive(serde::Deserialize)]
struct ClaimedNumber {
    claimed: u64,
}
