//! The log of the service, and the metrics that CloudWatch extracts from it.
//!
//! `edge` opens an invocation around all work of a function. Each log line names the invocation, and its metrics are
//! published together at its end. Code outside an invocation, such as the operators' tool, may use its own
//! log; its metrics are discarded.

pub mod log;
pub mod metrics;

use std::future::Future;

use domain::numbers::CouponNumber;
use tracing::{Instrument, Span, field};

/// Runs `work` as the part `item` of the invocation, for example a message of a batch. Each part can concern a
/// different application.
pub async fn part<T>(item: &str, work: impl Future<Output = T>) -> T {
    work.instrument(tracing::error_span!("part", item, application = field::Empty)).await
}

/// Records in the log that the invocation, or the part of it, concerns the application for this certificate.
///
/// The coupon number is not personal data for a reader who has only the log. It names a certificate, is not a
/// credential, and leads to a person only through the registry. Subscribers tell it to operators, and it is known from
/// the selection on, before there is a receipt.
pub fn concerns(coupon_number: &CouponNumber) {
    Span::current().record("application", field::display(coupon_number));
}
