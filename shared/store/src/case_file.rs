//! Steps 2 to 6: reads all rows of one enrollment in one call, and makes the writes of the steps.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;

use super::{
    Expression, Item, Store, StoreError, absent, from_item,
    identity::SessionRow,
    items::{
        APPLICATION, ApplicationRow, CERTIFICATE, CREDENTIAL, Key, SESSION, SUBMISSION, Submitted,
        enrollment_partition,
    },
    number, text, to_attribute, to_item, unavailable, unreadable,
};
use domain::{
    Timestamp,
    application::{AnyApplication, Application, Confirmed, Draft, FixedFieldsInput},
    audit::AuditEvent,
    certificate::Certificate,
    numbers::CouponNumber,
    session::{IDLE_LIMIT, Session, SessionToken},
};

/// The rows of an enrollment that a session can see.
#[derive(Clone, Debug, Default)]
pub struct CaseFile {
    /// The session, or `None` if it does not exist or was deleted.
    pub session: Option<Session>,
    /// The certificates of the enrollment, ordered by coupon number.
    pub certificates: Vec<Certificate>,
    /// The applications for these certificates.
    pub applications: Vec<AnyApplication>,
    /// The earlier submissions.
    pub submissions: Vec<Submitted>,
}

impl CaseFile {
    /// Returns the certificate with this coupon number.
    pub fn certificate(&self, coupon_number: &CouponNumber) -> Option<&Certificate> {
        self.certificates.iter().find(|certificate| certificate.coupon_number == *coupon_number)
    }

    /// Returns the application for the certificate with this coupon number.
    pub fn application(&self, coupon_number: &CouponNumber) -> Option<&AnyApplication> {
        self.applications.iter().find(|application| application.coupon_number() == coupon_number)
    }
}

impl Store {
    /// Reads the rows that the session `token` can see, with one strongly consistent query.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn case_file(&self, token: &SessionToken) -> Result<CaseFile, StoreError> {
        let mut rows = self
            .client
            .query()
            .table_name(&self.tables.registry)
            .consistent_read(true)
            .key_condition_expression("pk = :pk")
            .filter_expression("attribute_not_exists(session_id) OR session_id = :session")
            .expression_attribute_values(":pk", text(enrollment_partition(token.enrollment())))
            .expression_attribute_values(":session", text(token.id().as_str()))
            .into_paginator()
            .items()
            .send();
        let mut file = CaseFile::default();
        while let Some(row) = rows.next().await {
            file.add(row.map_err(|error| unavailable(&error))?)?;
        }
        Ok(file)
    }

    /// Extends the session's idle time and returns the session. Returns `None` when it has ended.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn extend_session(
        &self,
        token: &SessionToken,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let expression = extension(now, "");
        let answer = self
            .client
            .update_item()
            .table_name(&self.tables.registry)
            .set_key(Some(Key::session(token.enrollment(), &token.id()).to_item()))
            .condition_expression(&expression.condition)
            .set_update_expression(expression.update.clone())
            .set_expression_attribute_values(expression.values())
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllNew)
            .send()
            .await;
        match answer {
            Ok(answer) => answer
                .attributes
                .map(from_item::<SessionRow>)
                .transpose()
                .map(|row| row.map(|row| row.session)),
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(None),
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// Deletes the session. Succeeds if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn end_session(&self, token: &SessionToken) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.tables.registry)
            .set_key(Some(Key::session(token.enrollment(), &token.id()).to_item()))
            .send()
            .await
            .map(drop)
            .map_err(|error| unavailable(&error))
    }

    /// Step 3: selects the certificate in the session, and creates `draft` if it is given.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the session has ended or an application was created in the meantime,
    /// [`StoreError::Unavailable`].
    pub async fn select_certificate(
        &self,
        token: &SessionToken,
        coupon_number: &CouponNumber,
        draft: Option<Application<Draft>>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let table = &self.tables.registry;
        let selection = extension(now, " AND progress <> :submitted")
            .update(
                "SET idle_until = :idle, progress = :selected, couponNumber = :coupon, acknowledgedAt = :now",
            )
            .value(":submitted", text("submitted"))
            .value(":selected", text("selected"))
            .value(":coupon", text(coupon_number.as_str()));
        let mut writes =
            vec![selection.into_update(table, Key::session(token.enrollment(), &token.id()).to_item())?];
        if let Some(draft) = draft {
            let application_id = token.application_id(coupon_number);
            writes.push(self.audit(AuditEvent::application(&application_id, &draft, now))?);
            let row = ApplicationRow::from(AnyApplication::Draft(draft));
            writes.push(absent().into_put(table, to_item(&Key::application(&application_id), &row)?)?);
        }
        self.transact(writes).await
    }

    /// Step 4: writes the entered fields in one call, without a read. The session must have selected this certificate.
    /// The application must be at `shown_version` and not accepted. The fixed fields that the client sent must equal
    /// the stored ones.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when one of these conditions does not hold, [`StoreError::Unavailable`].
    pub async fn save_application(
        &self,
        token: &SessionToken,
        application: &Application<Confirmed>,
        shown_version: u64,
        fixed: &FixedFieldsInput,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let table = &self.tables.registry;
        let application_id = token.application_id(&application.coupon_number);
        let session = extension(now, " AND progress = :selected AND couponNumber = :coupon")
            .value(":selected", text("selected"))
            .value(":coupon", text(application.coupon_number.as_str()));
        let entered = Expression::condition("version = :shown AND #state IN (:draft, :confirmed)")
            .update("SET version = :version, #state = :confirmed, #fields = :fields")
            .name("#state", "state")
            .name("#fields", "fields")
            .value(":shown", to_attribute(&shown_version)?)
            .value(":draft", text("draft"))
            .value(":confirmed", text("confirmed"))
            .value(":version", to_attribute(&application.version)?)
            .value(":fields", to_attribute(&application.state.fields)?);
        let mut writes = vec![
            session.into_update(table, Key::session(token.enrollment(), &token.id()).to_item())?,
            entered.into_update(table, Key::application(&application_id).to_item())?,
            self.audit(AuditEvent::application(&application_id, application, now))?,
        ];
        if let Some(unchanged) = recorded(fixed) {
            writes.push(unchanged.into_check(table, Key::certificate(&application_id).to_item())?);
        }
        self.transact(writes).await
    }
}

impl CaseFile {
    fn add(&mut self, row: Item) -> Result<(), StoreError> {
        let sort_key = row.get("sk").and_then(|sk| sk.as_s().ok()).cloned().unwrap_or_default();
        match sort_key.split('#').next() {
            Some(SESSION) => self.session = Some(from_item::<SessionRow>(row)?.session),
            Some(CERTIFICATE) => self.certificates.push(from_item(row)?),
            Some(APPLICATION) => self.applications.push(from_item::<ApplicationRow>(row)?.into()),
            Some(SUBMISSION) => self.submissions.push(from_item(row)?),
            Some(CREDENTIAL) => {}
            _ => return Err(unreadable("enrollment", &sort_key)),
        }
        Ok(())
    }
}

/// The condition that the session has not ended and that `and` holds, with the update that restarts the idle time.
fn extension(now: Timestamp, and: &str) -> Expression {
    Expression::condition(&format!("idle_until > :now AND absolute_until > :now{and}"))
        .update("SET idle_until = :idle")
        .value(":now", number(now))
        .value(":idle", number(now.plus(IDLE_LIMIT)))
}

/// The condition that the fixed fields that the client sent equal the stored ones; `None` when it sent none.
fn recorded(fixed: &FixedFieldsInput) -> Option<Expression> {
    let mut expression = Expression::default().name("#fixed", "fixed");
    let mut conditions = Vec::new();
    for (index, (name, value)) in fixed.sent().enumerate() {
        conditions.push(format!("#fixed.#f{index} = :f{index}"));
        expression = expression.name(&format!("#f{index}"), name).value(&format!(":f{index}"), text(value));
    }
    expression.condition = conditions.join(" AND ");
    (!conditions.is_empty()).then_some(expression)
}
