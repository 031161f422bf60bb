//! A database with a minimal application row, for testing conditions that requests cannot cause.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{
    domain::{application::ApplicationId, enrollment::EnrollmentId},
    store::Store,
};

use super::call_budget::{CallBudget, TABLES, records};

/// The version in the application row.
pub(crate) const VERSION: u64 = 3;

/// Returns the store and the application's id. The application row contains only the key, the state `accepted`, the
/// version and an empty code.
pub(crate) async fn one_application() -> (Store, ApplicationId) {
    let (store, client) = records(&CallBudget::new()).await;
    let application_id = ApplicationId {
        enrollment: EnrollmentId::from_random([7; 16]),
        coupon_number: "984940947".to_owned().try_into().unwrap(),
    };
    let key = [
        ("pk", format!("ENROLLMENT#{}", application_id.enrollment)),
        ("sk", format!("APPLICATION#{}", application_id.coupon_number)),
    ];
    let mut row: HashMap<_, _> =
        key.into_iter().map(|(name, value)| (name.to_owned(), AttributeValue::S(value))).collect();
    row.insert("state".to_owned(), AttributeValue::S("accepted".to_owned()));
    row.insert("version".to_owned(), AttributeValue::N(VERSION.to_string()));
    row.insert("mailed_code".to_owned(), AttributeValue::Null(true));
    client.put_item().table_name(format!("{TABLES}-registry")).set_item(Some(row)).send().await.unwrap();
    (store, application_id)
}
