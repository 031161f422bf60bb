//! Replaces the queues, schedules and retries of a deployment. The dispatcher passes each outbox row to its function,
//! and retries after a failure.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use lambda_http::{BoxFuture, Error};
use serde_json::{Value, json};
use shared::{
    domain::Timestamp,
    edge::{InvocationResult, Outcome, outbox_message},
    lambda,
    ports::Clock,
    refusal::Failure,
    schedules::{MEET_DEADLINES, PUBLISH_CRL, RENEW_OCSP_RESPONDER, SEAL_AUDIT_LOG, Schedule, WATCH_SERVICE},
    store::{Effect, Store},
};
use tokio::sync::{Mutex, Notify};

use crate::{adapters::OutboxMailer, event_handlers::EventHandlers, functions::RequestIds, mail_service};

/// The maximum interval between two queries for pending rows.
const POLL: Duration = Duration::from_millis(500);
/// The maximum delay before a failed row is retried.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Passes pending outbox rows to their functions, and runs the scheduled functions.
pub struct Dispatcher {
    store: Store,
    clock: Arc<dyn Clock>,
    functions: EventHandlers,
    mailer: Arc<OutboxMailer>,
    /// The number of the last email whose delivery was reported.
    reported: Mutex<u64>,
    woken: Notify,
    retries: Mutex<HashMap<String, Retry>>,
    request_ids: RequestIds,
}

struct Retry {
    failures: u32,
    not_before: Instant,
}

impl Retry {
    fn is_due(&self) -> bool {
        self.not_before <= Instant::now()
    }
}

/// The runs of a scheduled function. The interval is measured with the stack's clock, so that a run that is due after a
/// suspension of the machine or a change of the clock is not delayed.
struct Runs {
    schedule: Schedule,
    last: Option<Timestamp>,
}

impl Runs {
    /// Returns true and records a run at `now`, if one is due. If the clock was set back, a run is due.
    fn begins_one(&mut self, now: Timestamp) -> bool {
        let interval = self.schedule.interval.as_secs();
        let has_run = |last: Timestamp| u64::try_from(now.since(last)).is_ok_and(|age| age < interval);
        if self.last.is_some_and(has_run) {
            return false;
        }
        self.last = Some(now);
        true
    }
}

impl Dispatcher {
    /// Creates an idle dispatcher. Call [`Dispatcher::run`] or [`Dispatcher::drain`] to process rows.
    pub(crate) fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        functions: EventHandlers,
        mailer: Arc<OutboxMailer>,
    ) -> Self {
        Self {
            store,
            clock,
            functions,
            mailer,
            reported: Mutex::default(),
            woken: Notify::new(),
            retries: Mutex::default(),
            request_ids: RequestIds::new("event"),
        }
    }

    /// Wakes the dispatcher, because a request may have written new rows.
    pub(crate) fn wake(&self) {
        self.woken.notify_one();
    }

    /// Processes outbox rows and schedules until the process exits.
    pub async fn run(self: Arc<Self>) {
        let mut crl_schedule = Runs { schedule: PUBLISH_CRL, last: None };
        let mut ocsp_schedule = Runs { schedule: RENEW_OCSP_RESPONDER, last: None };
        // The first check comes one interval later, because the first CRL is published only after the start.
        let mut watch_schedule = Runs { schedule: WATCH_SERVICE, last: Some(self.clock.now()) };
        loop {
            if crl_schedule.begins_one(self.clock.now()) {
                self.publish_on_schedule().await;
            }
            if ocsp_schedule.begins_one(self.clock.now()) {
                self.renew_ocsp_responder().await;
            }
            if watch_schedule.begins_one(self.clock.now()) {
                self.watch_service().await;
            }
            if let Err(failure) = self.bring_rows(Retry::is_due).await {
                failure.log("the outbox could not be read");
            }
            self.report_deliveries().await;
            tokio::select! {
                () = self.woken.notified() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }

    /// Passes every row that is due to its function once, even if a retry is not due yet. Also runs meet-deadlines and
    /// seal-audit-log.
    ///
    /// # Errors
    ///
    /// Returns an error if the pending rows cannot be read from the database.
    pub async fn drain(&self) -> Result<(), Failure> {
        self.bring_rows(|_| true).await
    }

    /// Processes the deadlines that are due, passes every pending row to its function once, and seals the audit log.
    /// Skips failed rows whose retry is not `due` yet. meet-deadlines and seal-audit-log run at every call, so that
    /// developers see their effects immediately.
    async fn bring_rows(&self, due: fn(&Retry) -> bool) -> Result<(), Failure> {
        self.invoke(MEET_DEADLINES.function, Box::pin(self.functions.deadlines.handle(scheduled()))).await;
        for id in self.waiting(Effect::MAIL_QUEUE, due).await? {
            let done = self.pass_mail_messages(&[outbox_message(&id)]).await;
            self.settle(id, done).await;
        }
        for id in self.waiting(Effect::CRL_QUEUE, due).await? {
            let done = self.pass_crl_messages(&[outbox_message(&id)]).await;
            self.settle(id, done).await;
        }
        self.invoke(SEAL_AUDIT_LOG.function, Box::pin(self.functions.seal.handle())).await;
        Ok(())
    }

    /// Passes one message for each entry in `bodies` to send-certificate-code. Returns true if every email was sent.
    pub async fn pass_mail_messages(&self, bodies: &[String]) -> bool {
        let Ok(event) = serde_json::from_value(messages(bodies)) else { return false };
        self.invoke("send-certificate-code", Box::pin(self.functions.send.handle(event))).await
    }

    /// Passes one message for each entry in `bodies` to publish-crl. Returns true if every CRL was published.
    pub async fn pass_crl_messages(&self, bodies: &[String]) -> bool {
        let work = Box::pin(self.functions.publish.handle(messages(bodies)));
        self.invoke(PUBLISH_CRL.function, work).await
    }

    /// Reports the delivery of each email that was sent since the last call. After a restart, the first call reports
    /// all emails again. A repeated report has no effect.
    pub async fn report_deliveries(&self) {
        let mut reported = self.reported.lock().await;
        let mails = match self.mailer.after(*reported).await {
            Ok(mails) => mails,
            Err(error) => return tracing::error!(%error, "the sent emails could not be read"),
        };
        for mail in mails {
            let events = mail_service::events(&mail).iter().map(Value::to_string).collect();
            self.record_deliveries(events).await;
            *reported = mail.number;
        }
    }

    /// Passes one message for each entry in `bodies` to record-delivery, and returns the response. The message ids
    /// start at 0.
    pub async fn record_deliveries(&self, bodies: Vec<String>) -> Option<SqsBatchResponse> {
        let event: SqsEvent = serde_json::from_value(messages(&bodies)).ok()?;
        let work = Box::pin(self.functions.record.handle(event));
        lambda::event_invocation("record-delivery", &self.request_ids.next(), work).await.ok()
    }

    /// Runs publish-crl, as the schedule does in a deployment.
    pub async fn publish_on_schedule(&self) {
        self.invoke(PUBLISH_CRL.function, Box::pin(self.functions.publish.handle(scheduled()))).await;
    }

    /// Runs renew-ocsp-responder, as the schedule does in a deployment.
    pub async fn renew_ocsp_responder(&self) {
        self.invoke(RENEW_OCSP_RESPONDER.function, Box::pin(self.functions.renew.handle(scheduled()))).await;
    }

    /// Runs watch-service, as the schedule does in a deployment.
    pub async fn watch_service(&self) {
        self.invoke(WATCH_SERVICE.function, Box::pin(self.functions.watch.handle(scheduled()))).await;
    }

    /// Invokes the function `step` as Lambda does. Returns true if the function completed all its work.
    async fn invoke<T: InvocationResult>(&self, step: &str, work: BoxFuture<'_, Result<T, Error>>) -> bool {
        let answer = lambda::event_invocation(step, &self.request_ids.next(), work).await;
        answer.outcome() == Outcome::Accepted
    }

    /// Returns the pending rows that are due and that did not fail recently.
    async fn waiting(&self, queue: &str, due: fn(&Retry) -> bool) -> Result<Vec<String>, Failure> {
        let mut ids = self.store.due(queue, self.clock.now()).await?;
        let retries = self.retries.lock().await;
        ids.retain(|id| retries.get(id).is_none_or(due));
        Ok(ids)
    }

    async fn settle(&self, id: String, done: bool) {
        let mut retries = self.retries.lock().await;
        if done {
            retries.remove(&id);
            return;
        }
        let failures = retries.get(&id).map_or(0, |retry| retry.failures) + 1;
        let pause = Duration::from_secs(1 << failures.min(6)).min(LONGEST_PAUSE);
        retries.insert(id, Retry { failures, not_before: Instant::now() + pause });
    }
}

/// Returns the event that a schedule sends.
fn scheduled() -> Value {
    json!({ "source": "aws.scheduler" })
}

/// Returns an SQS event with one message for each entry in `bodies`. The message ids start at 0.
fn messages(bodies: &[String]) -> Value {
    let messages = bodies.iter().enumerate();
    let records: Vec<_> =
        messages.map(|(id, body)| json!({ "messageId": id.to_string(), "body": body })).collect();
    json!({ "Records": records })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheduled_run_is_due_after_the_interval_or_a_change_of_the_clock() {
        let start = Timestamp::try_from(1_796_000_000).unwrap();
        let mut runs = Runs { schedule: RENEW_OCSP_RESPONDER, last: None };
        for (seconds, is_due) in [
            (0, true),
            (3599, false),
            (3600, true),
            (4 * 86_400, true),
            (4 * 86_400 - 1, true),
            (4 * 86_400, false),
        ] {
            assert_eq!(runs.begins_one(start.plus(seconds)), is_due, "{seconds}");
        }
    }
}
