//! The schedules of functions, in a deployment and in the local stack. A test compares them with `infra/effects.yaml`.

use std::time::Duration;

/// A function that runs at fixed intervals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The name of the function.
    pub function: &'static str,
    /// The time from one run to the next.
    pub interval: Duration,
}

/// Publishes every CRL. The service guarantees new CRLs every 24 hours, so three consecutive runs may fail.
pub const PUBLISH_CRL: Schedule =
    Schedule { function: "publish-crl", interval: Duration::from_secs(6 * 60 * 60) };
/// Renews the OCSP responder's certificate if its renewal is due, which is 15 days before its expiry.
pub const RENEW_OCSP_RESPONDER: Schedule =
    Schedule { function: "renew-ocsp-responder", interval: Duration::from_secs(60 * 60) };
/// Measures the age of pending effects and CRLs.
pub const WATCH_SERVICE: Schedule =
    Schedule { function: "watch-service", interval: Duration::from_secs(5 * 60) };
/// Processes the deadlines that are due.
pub const MEET_DEADLINES: Schedule =
    Schedule { function: "meet-deadlines", interval: Duration::from_secs(5 * 60) };
/// Adds the pending events to the audit log.
pub const SEAL_AUDIT_LOG: Schedule =
    Schedule { function: "seal-audit-log", interval: Duration::from_secs(5 * 60) };

/// All schedules.
pub const SCHEDULES: [Schedule; 5] =
    [PUBLISH_CRL, RENEW_OCSP_RESPONDER, WATCH_SERVICE, MEET_DEADLINES, SEAL_AUDIT_LOG];
