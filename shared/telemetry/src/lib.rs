//! The log of the service, and the metrics that CloudWatch extracts from the log.
//!
//! `edge` runs all work of a function inside an invocation. Each log line identifies the invocation. The metrics of an
//! invocation are published together when the invocation completes. Code outside an invocation, such as the operators'
//! command-line tool, may use its own log, but its metrics are discarded.

pub mod log;
pub mod metrics;

use std::future::Future;

use domain::numbers::CouponNumber;
use tracing::{Instrument, Span, field};

/// Runs `work` as one part of the invocation, such as one message of a batch. `item` identifies the part. Each part can
/// concern a different application.
pub async fn part<T>(item: &str, work: impl Future<Output = T>) -> T {
    work.instrument(tracing::error_span!("part", item, application = field::Empty)).await
}

/// Records in the log that the invocation, or its current part, concerns the application for this certificate.
///
/// The coupon number identifies a certificate and is not a credential. It identifies a person only in combination with
/// the registry, so the log alone contains no personal data. Subscribers quote the coupon number to operators. The
/// number is known after the selection, before a receipt exists.
pub fn concerns(coupon_number: &CouponNumber) {
    Span::current().record("application", field::display(coupon_number));
}
