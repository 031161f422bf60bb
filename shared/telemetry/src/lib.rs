//! What operators see of the service: its log, and the metrics that CloudWatch makes of it.
//!
//! Everything happens within an invocation, which `edge` opens: each line of the log names it, and its metrics leave together at
//! its end. Whatever runs outside one (the operators' tool) logs as it likes, and what it records is dropped.

pub mod log;
pub mod metrics;

use std::future::Future;

use domain::numbers::CouponNumber;
use tracing::{Instrument, Span, field};

/// Runs `work` as the part `item` of the invocation, such as a message of a batch, which may be about an application
/// of its own.
pub async fn part<T>(item: &str, work: impl Future<Output = T>) -> T {
    work.instrument(tracing::error_span!("part", item, application = field::Empty)).await
}

/// Says that the invocation, or the part of it, is about the application for this certificate. Its coupon number is
/// no personal data for who has only the log: it names a certificate, opens nothing, and leads to a person only through
/// the registry. Operators are told it by subscribers, and it is known from the selection on, before there is a receipt.
pub fn concerns(coupon_number: &CouponNumber) {
    Span::current().record("application", field::display(coupon_number));
}
