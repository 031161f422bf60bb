//! The records of an enrollment, which are read in a single query.

use super::{application, credential::Credential, idempotency::IdempotencyRecord, session};
use crate::{
    Store, StoreError,
    database::unavailable,
    expression::{Placeholders, absent, begins_with, equals},
    item::{Item, from_item, text, text_of, unreadable},
    key::{RowKind, enrollment_partition},
};
use domain::{
    application::AnyApplication,
    certificate::Certificate,
    enrollment::EnrollmentId,
    numbers::CouponNumber,
    session::{Session, SessionToken},
};

/// The enrollment records that are visible to a session.
#[derive(Clone, Debug, Default)]
pub struct EnrollmentRecords {
    /// The session, or `None` if no such session exists.
    pub session: Option<Session>,
    /// The enrollment's certificates, ordered by coupon number.
    pub certificates: Vec<Certificate>,
    pub applications: Vec<AnyApplication>,
    /// The idempotency records of earlier submissions.
    pub submissions: Vec<IdempotencyRecord>,
    /// The keys of the rows that cannot be read. The other members do not contain the records of the affected
    /// certificates.
    pub unreadable: Vec<String>,
    /// The enrollment's credential, with which a request can check the application password again.
    pub credential: Option<Credential>,
}

impl EnrollmentRecords {
    /// Returns the certificate with this coupon number.
    pub fn certificate(&self, coupon_number: &CouponNumber) -> Option<&Certificate> {
        self.certificates.iter().find(|certificate| certificate.coupon_number == *coupon_number)
    }

    /// Returns the application for the certificate with this coupon number.
    pub fn application(&self, coupon_number: &CouponNumber) -> Option<&AnyApplication> {
        self.applications.iter().find(|application| application.coupon_number() == coupon_number)
    }

    /// Returns true if the certificate with this coupon number, or its application, cannot be read.
    pub fn is_unreadable(&self, coupon_number: &CouponNumber) -> bool {
        concerns(&self.unreadable, coupon_number)
    }

    fn add(&mut self, row: Item) {
        let key = ["pk", "sk"].map(|name| text_of(&row, name).unwrap_or_default()).join(" ");
        if self.read(row).is_err() {
            self.unreadable.push(key);
        }
    }

    fn read(&mut self, row: Item) -> Result<(), StoreError> {
        let sort_key = text_of(&row, "sk").unwrap_or_default().to_owned();
        match RowKind::in_enrollment(&sort_key) {
            Some(RowKind::Session) => self.session = Some(session::read(row)?),
            Some(RowKind::Certificate) => self.certificates.push(from_item(row)?),
            Some(RowKind::Application) => self.applications.push(application::read(row)?),
            Some(RowKind::Idempotency) => self.submissions.push(from_item(row)?),
            Some(RowKind::Credential) => self.credential = Some(from_item(row)?),
            _ => return Err(unreadable("enrollment", &sort_key)),
        }
        Ok(())
    }

    /// Removes the records of every certificate that has an unreadable row.
    fn remove_incomplete(&mut self) {
        let unreadable = &self.unreadable;
        self.certificates.retain(|certificate| !concerns(unreadable, &certificate.coupon_number));
        self.applications.retain(|application| !concerns(unreadable, application.coupon_number()));
    }
}

/// Returns true if any of these keys belongs to the certificate with this coupon number or to its application.
fn concerns(keys: &[String], coupon_number: &CouponNumber) -> bool {
    keys.iter().any(|key| key.rsplit('#').next() == Some(coupon_number.as_str()))
}

impl Store {
    /// Reads the enrollment records that are visible to the session of `token`. Makes a single strongly consistent
    /// query.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if a row cannot be
    /// parsed.
    pub async fn enrollment_records(&self, token: &SessionToken) -> Result<EnrollmentRecords, StoreError> {
        let mut placeholders = Placeholders::default();
        let of_enrollment = equals("pk", text(enrollment_partition(token.enrollment())));
        let visible = absent("session_id").or(equals("session_id", text(token.id().as_str())));
        let (of_enrollment, visible) =
            (placeholders.condition(of_enrollment), placeholders.condition(visible));
        let mut rows = self
            .client
            .query()
            .table_name(&self.tables.registry)
            .consistent_read(true)
            .key_condition_expression(of_enrollment)
            .filter_expression(visible)
            .set_expression_attribute_names(placeholders.names())
            .set_expression_attribute_values(placeholders.values())
            .into_paginator()
            .items()
            .send();
        let mut records = EnrollmentRecords::default();
        while let Some(row) = rows.next().await {
            records.add(row.map_err(|error| unavailable(&error))?);
        }
        records.remove_incomplete();
        Ok(records)
    }

    /// Returns a certificate of the enrollment, or `None` if the enrollment has no certificates. All certificates of an
    /// enrollment have the same subscriber and email address. Skips certificates that cannot be parsed, if at least one
    /// can be parsed.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if no certificate
    /// can be parsed.
    pub async fn enrollment_certificate(
        &self,
        enrollment: &EnrollmentId,
    ) -> Result<Option<Certificate>, StoreError> {
        let mut placeholders = Placeholders::default();
        let (_, certificate) = RowKind::Certificate.words();
        let certificates = equals("pk", text(enrollment_partition(enrollment)))
            .and(begins_with("sk", text(format!("{certificate}#"))));
        let certificates = placeholders.condition(certificates);
        let answer = self
            .client
            .query()
            .table_name(&self.tables.registry)
            .consistent_read(true)
            .key_condition_expression(certificates)
            .set_expression_attribute_names(placeholders.names())
            .set_expression_attribute_values(placeholders.values())
            .send()
            .await
            .map_err(|error| unavailable(&error))?;
        let mut unreadable = None;
        for row in answer.items.unwrap_or_default() {
            match from_item(row) {
                Ok(certificate) => return Ok(Some(certificate)),
                Err(error) => unreadable = Some(error),
            }
        }
        unreadable.map_or(Ok(None), Err)
    }
}
