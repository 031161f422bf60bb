//! The schedules of functions, both in a deployment and in the local stack. A test compares the schedules with
//! `infra/effects.yaml`.

use std::time::Duration;

/// A function that runs at fixed intervals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    pub function: &'static str,
    pub interval: Duration,
}

/// Publishes all CRLs. The service guarantees new CRLs every 24 hours, so three consecutive runs may fail.
pub const PUBLISH_CRL: Schedule =
    Schedule { function: "publish-crl", interval: Duration::from_secs(6 * 60 * 60) };
/// Renews the OCSP responder's certificate if it expires within 15 days.
pub const RENEW_OCSP_RESPONDER: Schedule =
    Schedule { function: "renew-ocsp-responder", interval: Duration::from_secs(60 * 60) };
/// Measures the age of pending outbox rows and published CRLs.
pub const WATCH_SERVICE: Schedule =
    Schedule { function: "watch-service", interval: Duration::from_secs(5 * 60) };
/// Processes the application deadlines that are due.
pub const MEET_DEADLINES: Schedule =
    Schedule { function: "meet-deadlines", interval: Duration::from_secs(5 * 60) };
/// Appends pending audit events to the audit log.
pub const SEAL_AUDIT_LOG: Schedule =
    Schedule { function: "seal-audit-log", interval: Duration::from_secs(5 * 60) };
/// Sends the messages of pending outbox rows again, and the messages of held rows that are due. The service promises to
/// send an email within 60 minutes, but may hold it for up to 45 minutes.
pub const SWEEP_OUTBOX: Schedule =
    Schedule { function: "relay-outbox", interval: Duration::from_secs(5 * 60) };

pub const SCHEDULES: [Schedule; 6] =
    [PUBLISH_CRL, RENEW_OCSP_RESPONDER, WATCH_SERVICE, MEET_DEADLINES, SEAL_AUDIT_LOG, SWEEP_OUTBOX];
