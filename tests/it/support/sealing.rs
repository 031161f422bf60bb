//! Runs the sealer of the audit log without the other functions, with a limited number of calls.

use std::sync::Arc;

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use local_stack::adapters::{DiskObjectStore, SoftwareSigner};
use shared::{
    domain::{audit::AuditEvent, revocation::SignedStatement},
    ports::Clock,
    store::{Effect, OutboxRow},
    use_cases::{seal_audit_log::SealAuditLog, statements::StatementSigner},
};
use tempfile::TempDir;

use super::{
    ExportedLog, MovedClock,
    call_budget::{BudgetedObjects, BudgetedSigner, CallBudget, TABLES, records},
    revoked,
};

/// A sealer and all its dependencies.
pub(crate) struct Sealing {
    pub(crate) seal: Arc<SealAuditLog>,
    pub(crate) clock: Arc<MovedClock>,
    pub(crate) budget: Arc<CallBudget>,
    client: Client,
    folder: TempDir,
}

impl Sealing {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (clock, budget) = (MovedClock::new(), CallBudget::new());
        let signer = SoftwareSigner::open(&folder.path().join("statement-key.p8")).unwrap();
        let public_key = signer.public_key().clone();
        let (store, client) = records(&budget).await;
        let seal = Arc::new(SealAuditLog {
            store,
            log: Arc::new(BudgetedObjects {
                inner: DiskObjectStore::new(folder.path().join("state")),
                budget: Arc::clone(&budget),
            }),
            statements: StatementSigner {
                signer: Arc::new(BudgetedSigner { inner: signer, budget: Arc::clone(&budget) }),
                public_key,
            },
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
        });
        Self { seal, clock, budget, client, folder }
    }

    /// Stores a pending audit event for the revocation of certificate number `number`, and returns the event's id.
    pub(crate) async fn record(&self, number: u32) -> String {
        let now = self.clock.now();
        let statement = SignedStatement { payload: format!("statement {number}"), jws: String::new() };
        let event = AuditEvent::revocation(&revoked(number, now.as_seconds(), None, now), &statement);
        let row = OutboxRow {
            id: event.id(),
            created_at: now,
            due_at: now,
            done_at: None,
            effect: Effect::SealEvent { event },
        };
        let mut item: std::collections::HashMap<_, _> = serde_dynamo::to_item(&row).unwrap();
        item.insert("pending".to_owned(), AttributeValue::S(Effect::AUDIT_QUEUE.to_owned()));
        let table = format!("{TABLES}-outbox");
        self.client.put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
        row.id
    }

    /// Returns the current content of the audit log.
    pub(crate) fn log(&self) -> ExportedLog {
        ExportedLog::in_folder(self.folder.path())
    }
}
