//! Certificate records.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{
    StoreError,
    expression::{Condition, Update, equals, is_new},
    item::{number, text, to_attribute},
    key::{Key, RowKind},
    write::Write,
};
use domain::{
    application::{ApplicationId, FixedFieldsInput},
    certificate::Certificate,
    receipt::ReceiptNumber,
    revocation::RevokedCertificate,
};

pub(crate) fn key(ApplicationId { enrollment, coupon_number }: &ApplicationId) -> Key {
    Key::one_in_enrollment(RowKind::Certificate, enrollment, coupon_number)
}

pub(crate) fn create(id: &ApplicationId, certificate: &Certificate) -> Result<Write, StoreError> {
    Write::put(key(id), certificate, is_new())
}

/// Records the receipt number of the application that replaces an active certificate. Also records the revocation if
/// `revoked` is `Some`. Only one application can replace a certificate.
pub(crate) fn replace(
    id: &ApplicationId,
    receipt: &ReceiptNumber,
    revoked: Option<&RevokedCertificate>,
) -> Result<Write, StoreError> {
    let update = Update::set("replaced_by", text(receipt.as_str()));
    let update = match revoked {
        Some(revoked) => and_revoke(update, revoked)?,
        None => update,
    };
    let free = equals("replaced_by", AttributeValue::Null(true));
    Ok(Write::update(key(id), update, is_active().and(free)))
}

/// Revokes an active certificate.
pub(crate) fn revoke(id: &ApplicationId, revoked: &RevokedCertificate) -> Result<Write, StoreError> {
    Ok(Write::update(key(id), and_revoke(Update::default(), revoked)?, is_active()))
}

/// Checks that the fixed fields sent by the client match the stored fields. Returns `None` if the client sent no fixed
/// fields.
pub(crate) fn require_fixed_fields(id: &ApplicationId, fixed: &FixedFieldsInput) -> Option<Write> {
    let equal = fixed.sent().map(|(field, value)| equals(format!("fixed.{}", field.name()), text(value)));
    equal.reduce(Condition::and).map(|condition| Write::check(key(id), condition))
}

fn is_active() -> Condition {
    equals("state", text("active"))
}

fn and_revoke(update: Update, revoked: &RevokedCertificate) -> Result<Update, StoreError> {
    Ok(update
        .and_set("state", text("revoked"))
        .and_set("reason", to_attribute(&revoked.reason)?)
        .and_set("at", number(revoked.revoked_at)))
}
