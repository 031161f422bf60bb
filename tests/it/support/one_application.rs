//! A database with the row of one application and little else, for conditions that no request can cause.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{
    domain::enrollment::EnrollmentId,
    store::{Pointer, Store},
};

use super::lifeline::{Lifeline, TABLES, records};

/// The version of the application.
pub(crate) const VERSION: u64 = 3;

/// Returns the store and the place of the application. The row contains only its key, the state `accepted`, the version
/// and an empty code.
pub(crate) async fn one_application() -> (Store, Pointer) {
    let (store, client) = records(&Lifeline::new()).await;
    let place = Pointer {
        enrollment: EnrollmentId::from_random([7; 16]),
        coupon_number: "984940947".to_owned().try_into().unwrap(),
    };
    let key = [
        ("pk", format!("ENROLLMENT#{}", place.enrollment)),
        ("sk", format!("APPLICATION#{}", place.coupon_number)),
    ];
    let mut row: HashMap<_, _> =
        key.into_iter().map(|(name, value)| (name.to_owned(), AttributeValue::S(value))).collect();
    row.insert("state".to_owned(), AttributeValue::S("accepted".to_owned()));
    row.insert("version".to_owned(), AttributeValue::N(VERSION.to_string()));
    row.insert("mailed_code".to_owned(), AttributeValue::Null(true));
    client.put_item().table_name(format!("{TABLES}-registry")).set_item(Some(row)).send().await.unwrap();
    (store, place)
}
