//! The service's log, and the metrics that CloudWatch extracts from the log.
//!
//! The `edge` crate runs all work of a function within an invocation. Each log line identifies its invocation. The
//! metrics of an invocation are published together when the invocation completes. Code that runs outside an invocation,
//! such as the operators' command-line tool, may use another log, but its metrics are discarded.

pub mod log;
pub mod metrics;
mod unreadable;

use std::future::Future;

use domain::numbers::CouponNumber;
use tracing::{Instrument, Span, field};

pub use self::unreadable::{Place, unreadable};

/// Runs `work` as one part of the invocation, such as the processing of one message in a batch. The log identifies the
/// part by `item`. Different parts of an invocation can process different applications.
pub async fn part<T>(item: &str, work: impl Future<Output = T>) -> T {
    work.instrument(tracing::error_span!("part", item, application = field::Empty)).await
}

/// Adds the coupon number to subsequent log lines of the current invocation or part, as the field `application`.
///
/// A coupon number identifies a certificate and is not a credential. A coupon number identifies a person only in
/// combination with the registry, so the log alone contains no personal data. Subscribers quote the coupon number when
/// they contact the operators. The coupon number is known once a certificate has been selected, before a receipt number
/// exists.
pub fn concerns(coupon_number: &CouponNumber) {
    Span::current().record("application", field::display(coupon_number));
}
