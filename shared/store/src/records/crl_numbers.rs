//! CRL number counters, one for each CRL scope.

use aws_sdk_dynamodb::types::ReturnValue;
use serde::Deserialize;

use crate::{
    Store, StoreError,
    database::unavailable,
    item::{from_item, number},
    key::{Key, RowKind},
};
use domain::crl_scope::CrlScope;

#[derive(Deserialize)]
struct ClaimedNumber {
    claimed: u64,
}

impl Store {
    /// Returns the last CRL number that was claimed for `scope`, or 0 if none was claimed.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if the row cannot
    /// be parsed.
    pub async fn claimed_crl_number(&self, scope: CrlScope) -> Result<u64, StoreError> {
        let row: Option<ClaimedNumber> = self.row(&key(scope)).await?.map(from_item).transpose()?;
        Ok(row.map_or(0, |row| row.claimed))
    }

    /// Claims the next CRL number for `scope`. The claimed number is higher than all previously claimed numbers and
    /// higher than `published`, the number of the published CRL. A publisher crash can leave a gap in the numbers, but
    /// no number is used twice (RFC 5280 §5.2.3).
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if a row cannot be
    /// parsed.
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
            .set_key(Some(key(scope).to_item()))
            .update_expression("ADD claimed :one")
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::UpdatedNew)
            .send()
            .await
            .map_err(|error| unavailable(&error))?;
        let row: ClaimedNumber = from_item(answer.attributes.unwrap_or_default())?;
        Ok(row.claimed)
    }

    /// Raises the counter to `published`. The counter is too low if the table was restored from a backup that is older
    /// than the published CRL.
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
            .set_key(Some(key(scope).to_item()))
            .update_expression("ADD claimed :missing")
            .expression_attribute_values(":missing", number(missing))
            .send()
            .await
            .map(drop)
            .map_err(|error| unavailable(&error))
    }
}

fn key(scope: CrlScope) -> Key {
    Key::alone(RowKind::CrlNumbers, scope)
}
