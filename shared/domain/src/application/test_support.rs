//! Applications for unit tests.

use super::{Accepted, Application};
use crate::{numbers::CouponNumber, receipt::ReceiptNumber};

/// Returns an application in the stored format that predates address corrections.
pub(crate) fn accepted() -> Application<Accepted> {
    let state = serde_json::json!({
        "fields": { "emailAddress": "tarou@example.co.jp" },
        "receipt_number": ReceiptNumber::from_random([0; 11]),
        "accepted_at": 1_795_305_600,
        "timing": "submission",
        "language": "ja",
        "mailed_code": null,
    });
    let coupon_number = CouponNumber::from_random([0; 8]);
    Application { coupon_number, version: 3, state: serde_json::from_value(state).unwrap() }
}
