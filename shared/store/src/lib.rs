//! Stores the service's records in DynamoDB. The same code runs against AWS, an emulator, and the in-process database
//! of the local stack. ARCHITECTURE.md lists each access pattern with its key, consistency and cost.
//!
//! Updates are conditional on the values that were read. If another request has changed a row since it was read, the
//! update fails with [`StoreError::Conflict`] and overwrites nothing.

#[cfg(test)]
mod access_patterns;
mod database;
mod expression;
mod item;
mod key;
mod records;
mod tables;
mod transactions;
mod write;

use aws_sdk_dynamodb::Client;

use ports::PortError;

pub use self::{
    database::SERVICE,
    records::{
        audit_log::{SealedLog, UnsealedEvents},
        ca_certificate::CaRow,
        certificate_code::{CodeRecords, PickUpRecords},
        credential::{Credential, LoginRecords},
        enrollment::EnrollmentRecords,
        idempotency::IdempotencyRecord,
        key_fingerprints::KeyFingerprints,
        ocsp_responder::ResponderRow,
        ocsp_status::{ResponseSignature, StatusRecords, StoredSignature},
        outbox::{Deadline, DueRow, Effect, OutboxRow},
        pointer::LookupNumber,
        revocation::{RecordedRevocation, RecordedRevocations},
        sign_ins::StoredSignIns,
        throttle::{AttemptChanges, SessionStart},
    },
    tables::{TableDefinition, Tables},
    transactions::{
        address_correction::AddressChange,
        intervention::Consequences,
        issuance::Issuance,
        registration::{NewCertificate, RegistrationOutcome},
        submission::Submission,
    },
};

/// A handle to a deployment's tables. Clones share the same client.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    tables: Tables,
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A condition was not met, for example because another request changed the row first. Nothing was written.
    #[error("a condition was not met: {0}")]
    Conflict(String),
    /// DynamoDB did not respond or rejected the request.
    #[error(transparent)]
    Unavailable(#[from] PortError),
    /// A row could not be serialized or deserialized. The message omits the row's content, which may be personal data.
    #[error("the record {0} does not have the format of this version")]
    Unreadable(String),
}

impl Store {
    /// Creates a store that accesses `tables` through `client`.
    pub fn new(client: Client, tables: Tables) -> Self {
        Self { client, tables }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stub_service::{Answer, StubService};

    fn failure(code: &str, members: &str) -> Answer {
        let kind = format!("com.amazonaws.dynamodb.v20120810#{code}");
        Answer::json(400, &format!("{{\"__type\":\"{kind}\"{members}}}"))
    }

    fn cancelled(reason: &str) -> Answer {
        let reasons = format!(",\"CancellationReasons\":[{{\"Code\":\"None\"}},{{\"Code\":\"{reason}\"}}]");
        failure("TransactionCanceledException", &reasons)
    }

    fn store(service: &StubService) -> Store {
        Store::new(
            Client::new(&adapters::sdk_config_for(|name| service.variable(name)).unwrap()),
            Tables::with_prefix("test"),
        )
    }

    #[tokio::test]
    async fn a_throttled_call_is_reported_as_unavailable() {
        let codes = ["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"];
        let service = StubService::start(codes.map(|code| failure(code, "")));
        for code in codes {
            let error = store(&service).outbox_row("id").await.unwrap_err();
            assert_eq!(error.to_string(), format!("dynamodb: {code}"));
            assert!(matches!(error, StoreError::Unavailable(_)));
        }
    }

    #[tokio::test]
    async fn a_throttled_transaction_is_not_a_conflict() {
        let service = StubService::start(
            ["ThrottlingError", "ProvisionedThroughputExceeded", "ConditionalCheckFailed"].map(cancelled),
        );
        let store = store(&service);
        let write = async || store.transact(Vec::new()).await.unwrap_err();
        for _ in 0..2 {
            assert!(matches!(write().await, StoreError::Unavailable(_)));
        }
        assert!(matches!(write().await, StoreError::Conflict(_)));
    }
}
